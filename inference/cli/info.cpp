// info: what a model file holds, what it needs, and what is unsupported and why.
#include "inference/chat/recommended_sampling.h"
#include "inference/cli/common.h"
#include "inference/cli/input.h"
#include "inference/cli/report.h"
#include "inference/device_choice.h"
#include "inference/gguf/gguf_info.h"
#include "inference/gguf/wording.h"
#include "inference/model/architecture.h"
#include "inference/model/memory_plan.h"

#include <nlohmann/json.hpp>

#include <cmath>
#include <cstdio>

namespace inference::cli {

namespace {

using Json = nlohmann::ordered_json;

struct Facts
{
    std::unique_ptr<GgufFile> file;
    GgufInfo info;
    std::optional<ModelConfig> config;
    std::unique_ptr<Tokenizer> tokenizer;
    std::optional<ChatFormat> chatFormat;
    RecommendedSampling sampling;
    std::optional<MemoryPlan> memory;  // of a model that can run
    std::optional<MemoryPlan> gpuMemory;
    DeviceChoice device;               // what auto would choose now
    std::vector<std::string> problems; // why it cannot run, a sentence each
    ErrorCode code = ErrorCode::Unsupported;

    void add(const Error &error)
    {
        if (problems.empty())
            code = error.code;
        problems.push_back(error.message);
    }
};

Facts collect(std::unique_ptr<GgufFile> file, const LoadOptions &load)
{
    Facts facts;
    facts.file = std::move(file);
    facts.info = describeGguf(*facts.file);
    if (auto config = ModelConfig::fromGguf(*facts.file)) {
        facts.config = std::move(*config);
        const auto plan = buildPlan(*facts.file, *facts.config);
        const auto contextLength = chooseContextLength(*facts.config, load.contextLength);
        if (!plan)
            facts.add(plan.error());
        else if (contextLength) {
            facts.memory = planMemory(*plan, {.contextLength = *contextLength,
                                              .reference = load.precision == Precision::Reference,
                                              .kvCacheType = load.kvCacheType});
            facts.gpuMemory = planGpuMemory(*plan, *contextLength, kFastChunk);
            LoadOptions automatic = load;
            automatic.device = "auto";
            if (const auto device = chooseDevice(
                    "auto", load.precision, *facts.gpuMemory, probeFor(automatic),
                    [&](std::uint64_t bytes) { return fittingSplit(*plan, *contextLength, kFastChunk, bytes); }))
                facts.device = *device;
        }
    } else {
        facts.add(config.error());
    }
    if (auto tokenizer = Tokenizer::fromGguf(*facts.file)) {
        facts.tokenizer = std::move(*tokenizer);
        facts.chatFormat = ChatFormat::fromGguf(*facts.file, *facts.tokenizer);
        facts.sampling = recommendedSampling(*facts.file, *facts.tokenizer, *facts.chatFormat);
    } else {
        facts.add(tokenizer.error());
    }
    return facts;
}

// 0.6, where the float next to it would be printed with sixteen digits.
double rounded(float value)
{
    return std::round(double(value) * 10000) / 10000;
}

std::string inWords(const SamplingOptions &options)
{
    const auto number = [](float value) {
        char text[32];
        std::snprintf(text, sizeof text, "%.4g", double(value));
        return std::string(text);
    };
    if (options.temperature == 0)
        return "the likeliest token always (temperature 0)";
    std::string text = "temperature " + number(options.temperature) + ", top-p " + number(options.topP);
    if (options.topK > 0)
        text += ", top-k " + std::to_string(options.topK);
    if (options.minP > 0)
        text += ", min-p " + number(options.minP);
    if (options.repeatPenalty != 1)
        text += ", repeat penalty " + number(options.repeatPenalty);
    return text;
}

std::vector<std::string> notesOf(const Facts &facts)
{
    return facts.config ? facts.config->notes() : std::vector<std::string>();
}

Json infoJson(const Facts &facts)
{
    const GgufInfo &info = facts.info;
    Json json{{"path", facts.file->path().string()}, {"name", info.name},
              {"architecture", info.architecture},   {"quantisation", info.quantisation},
              {"gguf_version", info.version},        {"parts", info.partCount},
              {"file_bytes", info.fileBytes},        {"parameters", info.parameterCount},
              {"tensors", info.tensorCount}};
    for (const GgufGroupTotal &group : info.groups) {
        Json types;
        for (const GgufTypeTotal &type : group.types)
            types[type.name] = {
                {"tensors", type.tensorCount}, {"weights", type.weightCount}, {"bytes", type.bytes}};
        json["groups"][group.name] = {{"tensors", group.tensorCount},
                                      {"weights", group.weightCount},
                                      {"bytes", group.bytes},
                                      {"types", types}};
    }
    if (facts.config) {
        const kernels::ModelShape &shape = facts.config->shape;
        json["context_length"] = facts.config->contextLength;
        json["shape"] = {{"layers", shape.layers},
                         {"hidden_size", shape.hiddenSize},
                         {"attention_heads", shape.attentionHeads},
                         {"key_value_heads", shape.keyValueHeads},
                         {"head_dim", shape.headDim},
                         {"intermediate_size", shape.intermediateSize},
                         {"vocabulary_size", shape.vocabularySize}};
        if (shape.hasMla())
            json["shape"]["mla"] = {{"latent_size", shape.mla.latentSize},
                                    {"query_latent_size", shape.mla.queryLatentSize},
                                    {"nope_dim", shape.mla.nopeDim},
                                    {"rope_dim", shape.mla.ropeDim},
                                    {"value_dim", shape.mla.valueDim}};
        if (const MoeConfig &moe = facts.config->moe; moe.router.experts > 0)
            json["shape"]["experts"] = {{"routed", moe.router.experts},
                                        {"used", moe.router.used},
                                        {"shared", moe.sharedExperts},
                                        {"groups", moe.router.groups},
                                        {"groups_used", moe.router.groupsUsed},
                                        {"intermediate_size", moe.expertIntermediateSize},
                                        {"leading_dense_layers", moe.leadingDenseLayers}};
    }
    if (facts.memory) {
        json["memory"] = {{"context_length", facts.memory->contextLength},
                          {"weight_bytes", facts.memory->weightBytes},
                          {"kv_bytes", facts.memory->kvBytes},
                          {"kv_bytes_per_token", facts.memory->kvBytesPerToken},
                          {"activation_bytes", facts.memory->activationBytes},
                          {"total_bytes", facts.memory->totalBytes()}};
    }
    if (facts.gpuMemory) {
        json["gpu"] = {{"fits", facts.device.onGpu && !facts.device.placement},
                       {"needed_bytes", facts.gpuMemory->totalBytes() + kGpuReserveBytes},
                       {"reason", facts.device.reason}};
        if (const auto &placement = facts.device.placement)
            json["gpu"]["shared"] = {{"layers", placement->layers},
                                     {"cpu_layers", placement->cpuLayers},
                                     {"cpu_expert_layers", placement->cpuExpertLayers}};
    }
    if (facts.tokenizer) {
        json["tokenizer"] = {{"kind", facts.tokenizer->kind()},
                             {"pre_tokenizer", facts.tokenizer->preTokenizer()},
                             {"vocabulary_size", facts.tokenizer->vocabularySize()},
                             {"adds_bos", facts.tokenizer->addsBos()},
                             {"fill_in_middle", facts.tokenizer->fillInMiddle().has_value()}};
        json["chat_format"] = {{"name", facts.chatFormat->name()},
                               {"template_known", facts.chatFormat->known()},
                               {"template_used", facts.chatFormat->usesTemplate()},
                               {"can_think", facts.chatFormat->canThink()},
                               {"note", facts.chatFormat->note()}};
        const SamplingOptions &advice = facts.sampling.options;
        if (!facts.sampling.source.empty())
            json["sampling"] = {{"temperature", rounded(advice.temperature)},
                                {"top_k", advice.topK},
                                {"top_p", rounded(advice.topP)},
                                {"min_p", rounded(advice.minP)},
                                {"repeat_penalty", rounded(advice.repeatPenalty)},
                                {"source", facts.sampling.source}};
    }
    if (const std::vector<std::string> notes = notesOf(facts); !notes.empty())
        json["notes"] = notes;
    json["supported"] = facts.problems.empty();
    json["problems"] = facts.problems;
    return json;
}

std::string infoText(const Facts &facts)
{
    const GgufInfo &info = facts.info;
    std::string text;
    const auto line = [&](std::string name, const std::string &value) {
        name.resize(18, ' ');
        text += name + oneLine(value) + "\n";
    };
    line("File", facts.file->path().string());
    line("Name", info.name.empty() ? "-" : printable(info.name));
    line("Architecture", info.architecture.empty() ? "-" : printable(info.architecture));
    line("Quantisation", info.quantisation);
    line("Size", byteAmount(info.fileBytes) +
                     (info.partCount > 1 ? " in " + grouped(info.partCount) + " parts" : "") + ", GGUF " +
                     std::to_string(info.version));
    line("Parameters", grouped(info.parameterCount) + " in " + grouped(info.tensorCount) + " tensors");
    for (const GgufGroupTotal &group : info.groups) {
        std::string types;
        for (const GgufTypeTotal &type : group.types)
            types += (types.empty() ? "" : ", ") + type.name + " (" + grouped(type.tensorCount) +
                     (type.supported ? ")" : ", unsupported)");
        line("  " + group.name, byteAmount(group.bytes) + ": " + types);
    }
    if (facts.config) {
        const kernels::ModelShape &shape = facts.config->shape;
        line("Shape", grouped(shape.layers) + " layers, hidden " + grouped(shape.hiddenSize) + ", " +
                          grouped(shape.attentionHeads) + " heads of " + grouped(shape.headDim) + ", " +
                          grouped(shape.keyValueHeads) + " KV heads, feed-forward " +
                          grouped(shape.intermediateSize) + ", vocabulary " + grouped(shape.vocabularySize));
        if (shape.hasMla())
            line("Attention",
                 "MLA, latent " + grouped(shape.mla.latentSize) + " + " + grouped(shape.mla.ropeDim) +
                     (shape.mla.queryLatentSize ? ", query latent " + grouped(shape.mla.queryLatentSize)
                                                : std::string()));
        if (const MoeConfig &moe = facts.config->moe; moe.router.experts > 0)
            line("Experts",
                 grouped(moe.router.used) + " of " + grouped(moe.router.experts) +
                     (moe.sharedExperts ? " and " + grouped(moe.sharedExperts) + " shared" : "") + ", " +
                     grouped(moe.expertIntermediateSize) + " wide" +
                     (moe.router.groups > 1 ? ", " + grouped(moe.router.groupsUsed) + " of " +
                                                  grouped(moe.router.groups) + " groups"
                                            : "") +
                     (moe.leadingDenseLayers ? ", first " + grouped(moe.leadingDenseLayers) + " layers dense"
                                             : ""));
        line("Context", grouped(facts.config->contextLength) + " tokens trained");
    }
    if (facts.memory) {
        const MemoryPlan &memory = *facts.memory;
        line("Memory", byteAmount(memory.totalBytes()) + " at " + grouped(memory.contextLength) +
                           " tokens: " + byteAmount(memory.weightBytes) + " weights, " +
                           byteAmount(memory.kvBytes) + " KV cache (" + byteAmount(memory.kvBytesPerToken) +
                           " a token), " + byteAmount(memory.activationBytes) + " activations");
    }
    if (!facts.device.reason.empty())
        line("GPU", facts.device.reason);
    if (facts.tokenizer) {
        line("Tokenizer", std::string(facts.tokenizer->kind()) +
                              (facts.tokenizer->preTokenizer().empty()
                                   ? ""
                                   : ", " + std::string(facts.tokenizer->preTokenizer())) +
                              ", " + grouped(facts.tokenizer->vocabularySize()) + " tokens" +
                              (facts.tokenizer->fillInMiddle() ? ", can fill in the middle" : ""));
        line("Chat format", std::string(facts.chatFormat->name()) +
                                (facts.chatFormat->known()          ? ", template known"
                                 : facts.chatFormat->usesTemplate() ? ", template of the file not known"
                                                                    : ", no template used") +
                                (facts.chatFormat->canThink() ? ", can think" : ""));
        if (!facts.chatFormat->note().empty())
            line("", std::string(facts.chatFormat->note()));
        if (!facts.sampling.source.empty())
            line("Sampling", inWords(facts.sampling.options) + " (" + facts.sampling.source + ")");
    }
    for (const std::string &note : notesOf(facts))
        line("Note", note);
    line("Supported", facts.problems.empty() ? "yes" : "no");
    return text;
}

} // namespace

int runInfo(CommandLine arguments)
{
    std::string model;
    bool json = false;
    CommonOptions common;
    Options options("info",
                    "Shows what a model file holds and what it needs, and what is unsupported and why.");
    options.positional("MODEL", "the model file", model);
    options.flag("--json", "one JSON object", json);
    addContextOption(options, common);
    addGpuMemoryOption(options, common);
    common.addTo(options);
    if (const auto code = options.parse(arguments))
        return *code;
    if (auto applied = common.apply(); !applied)
        return fail(applied.error());
    const auto path = findModel(model);
    if (!path)
        return fail(path.error());
    auto file = openGguf(*path);
    if (!file)
        return fail(file.error());
    if (common.load.contextLength != 0) {
        const auto config = ModelConfig::fromGguf(**file);
        if (config) {
            if (const auto length = chooseContextLength(*config, common.load.contextLength); !length)
                return fail(length.error());
        }
    }
    const Facts facts = collect(std::move(*file), common.load);
    if (json)
        write(infoJson(facts).dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n");
    else
        write(infoText(facts));
    int code = kDone;
    for (const std::string &problem : facts.problems)
        code = fail({facts.code, problem});
    return code;
}

} // namespace inference::cli
