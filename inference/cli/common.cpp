#include "inference/cli/common.h"

#include "inference/cli/input.h"
#include "inference/cli/interrupt.h"
#include "inference/cli/report.h"
#include "inference/device_choice.h"
#include "inference/gguf/wording.h"
#include "inference/model_engine.h"

#include <chrono>
#include <cstdio>

namespace inference::cli {

void CommonOptions::addTo(Options &options)
{
    options.choice("--device", {"cpu", "cuda", "auto"}, "where the model runs; one of several GPUs as doctor lists them: cuda:1, cuda:NAME",
                   load.device, [](const std::string &text) { return bool(parseDevice(text)); });
    options.number("--threads", "N", "threads of the CPU", load.threads, 0, 4096);
    options.shownDefault("physical cores");
    options.choice("--precision", {"fast", "reference"}, "fast kernels, or plain float ones to compare with",
                   m_precision);
    options.choice("--isa", {"scalar", "avx2", "avxvnni", "avx512", "amx", "auto"},
                   "instruction set of the fast kernels", load.isa);
    options.choice("--kv-cache-type", {"f16", "q8"},
                   "the context of the fast kernels in 16 bits, or mostly in 8: three fifths of the memory "
                   "(models with experts or latent attention keep 16)",
                   m_kvCacheType);
    options.flag("--quiet", "no progress and no statistics on standard error", m_quiet);
    options.choice("--log", {"error", "warning", "info", "debug"}, "what is told on standard error", m_log);
}

Result<void> CommonOptions::apply()
{
    setQuiet(m_quiet);
    setLogLevel(m_log == "debug"   ? LogLevel::Debug
                : m_log == "info"  ? LogLevel::Info
                : m_log == "error" ? LogLevel::Error
                                   : LogLevel::Warning);
    load.kvCacheType = m_kvCacheType == "q8" ? KvCacheType::Q8 : KvCacheType::F16;
    load.gpu.mostBytes = gpuMegabytes * std::uint64_t(1'000'000);
    load.precision = m_precision == "reference" ? Precision::Reference : Precision::Fast;
    if (auto usable = checkDevice(load.device); !usable)
        return Error(ErrorCode::Internal, usable.error().message);
    return {};
}

void addContextOption(Options &options, CommonOptions &common)
{
    options.number("--context", "N", "context length in tokens", common.load.contextLength, 1, 1u << 30);
    options.shownDefault("the model's own, at most " + std::to_string(kDefaultContextLength));
}

void addGpuMemoryOption(Options &options, CommonOptions &common)
{
    options.number("--gpu-memory", "MB",
                   "use no more of a GPU's memory, in millions of bytes; what does not fit runs on the processor",
                   common.gpuMegabytes, 0, 1u << 30);
    options.shownDefault("all that is free");
}

void KvCacheOptions::addTo(Options &options)
{
    options.text("--kv-cache", "DIR",
                 "keep what is read in this folder, so that it is not read again; its files hold the text",
                 m_folder);
    options.number("--kv-cache-size", "MB", "what all files of that folder may take, in millions of bytes",
                   m_megabytes, 1, 1u << 30);
}

Result<void> KvCacheOptions::apply(LoadOptions &load) const
{
    if (m_folder && m_folder->empty())
        return Error(ErrorCode::InvalidArgument,
                     {.what = "The folder has no name",
                      .where = "--kv-cache",
                      .wayOut = "Name one that files may be kept in, or leave the option out."});
    load.kvFolder = m_folder.value_or("");
    load.kvFolderBytes = m_megabytes * std::uint64_t(1'000'000);
    return {};
}

void addSamplingOptions(Options &options, SamplingOptions &sampling)
{
    options.number("--temperature", "T", "0 takes the likeliest token", sampling.temperature, 0, 1000);
    options.number("--top-k", "K", "only the K likeliest tokens; 0: off", sampling.topK, 0, 1u << 30);
    options.number("--top-p", "P", "only the likeliest tokens that reach P together; 1: off", sampling.topP,
                   0, 1);
    options.number("--min-p", "P", "only tokens at least P times as likely as the likeliest; 0: off",
                   sampling.minP, 0, 1);
    options.number("--repeat-penalty", "R", "makes the last tokens unlikelier; 1: off",
                   sampling.repeatPenalty, 0.001f, 1000);
    options.number("--seed", "N", "the same seed gives the same answer", sampling.seed);
    options.shownDefault("a random one");
}

BackendFactory deviceFactory()
{
    return [](const LoadOptions &options) -> Result<std::unique_ptr<kernels::Backend>> {
        auto backend = createBackend(options);
        if (!backend && backend.error().code == ErrorCode::Unsupported)
            return Error(ErrorCode::Internal, backend.error().message);
        return backend;
    };
}

Engine::LoadProgress loadProgress()
{
    if (isQuiet() || !errorsAreTerminal())
        return nullptr;
    auto shown = std::make_shared<std::chrono::steady_clock::time_point>();
    return [shown](std::uint64_t done, std::uint64_t total) {
        const auto now = std::chrono::steady_clock::now();
        if (done == total) {
            std::fputs("\r\x1b[K", stderr);
        } else if (now - *shown > std::chrono::milliseconds(100)) {
            *shown = now;
            std::fprintf(stderr, "\rReading the model: %s of %s", byteAmount(done).c_str(),
                         byteAmount(total).c_str());
        }
        std::fflush(stderr);
    };
}

void logNotes(const std::vector<std::string> &notes)
{
    for (const std::string &sentence : notes)
        log(LogLevel::Warning, oneLine(sentence));
}

Result<std::unique_ptr<Engine>> loadEngine(const std::string &name, const LoadOptions &options)
{
    const auto path = findModel(name);
    if (!path)
        return path.error();
    std::unique_ptr<Engine> engine = std::make_unique<ModelEngine>(deviceFactory());
    const auto summary = engine->load(*path, options, loadProgress(), interrupt().token());
    if (!summary)
        return summary.error();
    log(LogLevel::Info, summary->name + ", " + summary->quantisation + ", " + byteAmount(summary->fileBytes) +
                            ", loaded in " + shortNumber(summary->loadMs) + " ms on " + summary->device +
                            ", context " + grouped(summary->contextLength) + " tokens, chat format " +
                            summary->chatFormat);
    if (!summary->deviceReason.empty())
        log(LogLevel::Info, oneLine(summary->deviceReason));
    if (!summary->chatFormatKnown)
        log(LogLevel::Info, oneLine(summary->chatFormatNote));
    return engine;
}

Result<ModelText> openText(const std::string &name)
{
    const auto path = findModel(name);
    if (!path)
        return path.error();
    auto file = openGguf(*path);
    if (!file)
        return file.error();
    auto tokenizer = Tokenizer::fromGguf(**file);
    if (!tokenizer)
        return tokenizer.error();
    return ModelText{std::move(*file), std::move(*tokenizer)};
}

std::string describe(const GenerationStatistics &statistics)
{
    std::string text = "prompt " + grouped(statistics.promptTokens) + " tokens";
    if (statistics.cachedTokens)
        text += " (" + grouped(statistics.cachedTokens) + " reused" +
                (statistics.tokensFromDisk
                     ? ", " + grouped(statistics.tokensFromDisk) + " of them from disk in " +
                           shortNumber(statistics.diskMs) + " ms)"
                     : ")");
    if (statistics.prefillTokensPerSecond > 0)
        text += ", " + shortNumber(statistics.prefillTokensPerSecond) + " tok/s";
    text += "; answer " + grouped(statistics.generatedTokens) + " tokens";
    if (statistics.decodeTokensPerSecond > 0)
        text += ", " + shortNumber(statistics.decodeTokensPerSecond) + " tok/s";
    if (statistics.firstTokenMs > 0)
        text += "; first token after " + shortNumber(statistics.firstTokenMs) + " ms";
    return text + "; ended by " + endReasonName(statistics.endReason) + "; seed " +
           std::to_string(statistics.seed);
}

int exitCode(const GenerationStatistics &statistics)
{
    return statistics.endReason == EndReason::Cancelled ? kInterrupted : kDone;
}

} // namespace inference::cli
