// bench: the speed of a model on this machine, and how much of the machine's limits that is.
#include "inference/cli/common.h"
#include "inference/cli/input.h"
#include "inference/cli/interrupt.h"
#include "inference/cli/machine.h"
#include "inference/cli/report.h"
#include "inference/gguf/gguf_info.h"
#include "inference/gguf/wording.h"
#include "inference/sampler.h"
#include "inference/token_cost.h"
#include "kernels/cpu/machine.h"
#include "kernels/cuda_plugin.h"
#include "kernels/token_stream.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>

namespace inference::cli {

namespace {

using Clock = std::chrono::steady_clock;
using Json = nlohmann::ordered_json;

double secondsSince(Clock::time_point start)
{
    return std::chrono::duration<double>(Clock::now() - start).count();
}

struct BenchOptions
{
    std::uint32_t prompt = 512, generate = 64, depth = 0, repeat = 5;
};

struct Spread
{
    double least = 0, median = 0, most = 0;
};

Spread spreadOf(std::vector<double> values)
{
    if (values.empty())
        return {};
    std::sort(values.begin(), values.end());
    const std::size_t half = values.size() / 2;
    const double median = values.size() % 2 ? values[half] : (values[half - 1] + values[half]) / 2;
    return {values.front(), median, values.back()};
}

Json toJson(const Spread &spread)
{
    return {{"min", spread.least}, {"median", spread.median}, {"max", spread.most}};
}

struct Measured
{
    std::vector<double> prefill, decode; // tokens per second
    std::vector<double> firstTokenMs;
};

// Real text, so that the tokens are spread as they are in use.
std::vector<TokenId> promptOf(const Tokenizer &tokenizer, std::uint32_t length)
{
    const std::string text = "The baleen of a whale is a filter of plates that hang from the upper jaw. The "
                             "animal takes in water with all "
                             "that lives in it, closes its mouth and presses the water out with its tongue; "
                             "what is left it swallows. In "
                             "C++ one would write: for (const auto &plate : baleen) { water = "
                             "plate.filter(water); } 1, 2, 3, 5, 8, 13. ";
    const std::vector<TokenId> piece = tokenizer.encode(text, PromptPiece::Origin::User);
    std::vector<TokenId> tokens;
    if (tokenizer.addsBos() && tokenizer.bos())
        tokens.push_back(*tokenizer.bos());
    while (tokens.size() < length && !piece.empty())
        tokens.insert(tokens.end(), piece.begin(), piece.end());
    tokens.resize(length);
    return tokens;
}

class Bench
{
public:
    Bench(OpenModel &model, const BenchOptions &options)
        : m_model(model), m_options(options), m_logits(model.file->config.shape.vocabularySize),
          m_sampler({.temperature = 0}, std::uint32_t(m_logits.size()), 1, 1)
    {}

    Result<Measured> run()
    {
        Measured measured;
        // One more than asked: the first one warms caches and finds the size of the chunks.
        for (std::uint32_t i = 0; i <= m_options.repeat; ++i) {
            auto prefill = timePrefill(i == 0 ? nullptr : &measured);
            if (!prefill)
                return prefill.error();
            auto decode = timeDecode(i == 0 ? nullptr : &measured);
            if (!decode)
                return decode.error();
        }
        return measured;
    }

private:
    Result<TokenId> read(std::uint32_t length)
    {
        m_model.cache->clear();
        const std::vector<TokenId> prompt = promptOf(*m_model.file->tokenizer, length);
        m_model.cache->open(prompt);
        const auto outcome = readPrompt(*m_model.backend, *m_model.cache, prompt, m_model.chunk, m_logits,
                                        nullptr, interrupt().token());
        return next(outcome);
    }
    Result<TokenId> next(const Result<kernels::RunOutcome> &outcome)
    {
        if (!outcome)
            return outcome.error();
        if (*outcome == kernels::RunOutcome::Stopped)
            return Error(ErrorCode::Cancelled, "Interrupted.");
        return m_sampler.sample(m_logits);
    }
    Result<void> timePrefill(Measured *measured)
    {
        if (m_options.prompt == 0)
            return {};
        const auto start = Clock::now();
        const auto token = read(m_options.prompt);
        if (!token)
            return token.error();
        const double seconds = secondsSince(start);
        if (measured) {
            measured->prefill.push_back(m_options.prompt / seconds);
            measured->firstTokenMs.push_back(seconds * 1000);
        }
        return {};
    }
    // As a generation does it: the backend goes ahead by itself, where it can.
    Result<void> decode(TokenId token)
    {
        KvCache &cache = *m_model.cache;
        kernels::TokenStream *const stream = m_model.backend->tokenStream();
        const kernels::DrawOptions options = m_sampler.drawOptions(0);
        const bool drawsItself = stream && stream->serves(options, 0);
        std::uint32_t queued = 0;
        for (std::uint32_t i = 0; i < m_options.generate; ++i) {
            if (!drawsItself) {
                const auto drawn = next(decodeStep(*m_model.backend, cache, {&token, 1}, m_logits, interrupt().token()));
                if (!drawn)
                    return drawn.error();
                token = *drawn;
                continue;
            }
            for (; queued < m_options.generate && queued - i < kernels::TokenStream::kMostAhead; ++queued) {
                if (const auto reserved = cache.reserve(queued - i + 1); !reserved)
                    return reserved;
                if (queued == 0) {
                    const kernels::RunInput first{.tokens = {&token, 1}, .firstPosition = cache.length(), .pages = cache.pages()};
                    if (const auto started = stream->startDrawing(options, m_sampler.drawState(), first); !started)
                        return started;
                }
                if (const auto done = stream->queueStep(cache.pages()); !done)
                    return done;
            }
            const auto drawn = stream->takeToken();
            if (!drawn)
                return drawn.error();
            if (drawn->token < 0)
                return kernels::invalidNumbers("the logits of the next token");
            if (interrupt().token().stop_requested())
                return Error(ErrorCode::Cancelled, "Interrupted.");
            cache.append({&token, 1});
            token = drawn->token;
        }
        return {};
    }
    Result<void> timeDecode(Measured *measured)
    {
        if (m_options.generate == 0)
            return {};
        auto token = read(std::max(m_options.depth, 1u));
        if (!token)
            return token.error();
        const auto start = Clock::now();
        if (const auto done = decode(*token); !done)
            return done;
        if (measured)
            measured->decode.push_back(m_options.generate / secondsSince(start));
        return {};
    }

    OpenModel &m_model;
    BenchOptions m_options;
    std::vector<float> m_logits;
    Sampler m_sampler;
};

Json report(const OpenModel &model, const BenchOptions &options, const Measured &measured)
{
    const kernels::BackendCapabilities &device = model.backend->capabilities();
    const Spread prefill = spreadOf(measured.prefill), decode = spreadOf(measured.decode);
    TokenCost cost = tokenCost(model.backend->plan());
    // What the cache adds on average, in its own element size.
    cost.decodeBytes += double(model.summary.kvBytesPerToken) * (options.depth + options.generate / 2.0);
    // Of a GPU the one limit that is measured is its memory's. Two devices that share a model have no one limit.
    const bool onGpu = device.device == "cuda", onCpu = device.device == "cpu";
    const auto copied = onGpu ? kernels::measureCudaBandwidth(kernels::findCudaPlugin(), device.gpu) : kernels::Result<double>(0.0);
    const double bandwidth = onCpu ? kernels::measureReadBandwidth(device.threads) : copied ? *copied : 0.0,
                 rate = onCpu ? kernels::measureInt8Rate(device.threads) : 0.0;
    const auto percent = [](double achieved, double limit) {
        return limit > 0 ? Json(100 * achieved / limit) : Json();
    };
    const auto known = [](double value) { return value > 0 ? Json(value / 1e9) : Json(); };
    return {{"model", model.summary.path.filename().string()},
            {"commit", BALEEN_COMMIT},
            {"device", device.device},
            {"device_reason", model.summary.deviceReason},
            {"threads", device.threads},
            {"isa", device.isa},
            {"kv_bytes_per_token", model.summary.kvBytesPerToken},
            {"load_ms", model.summary.loadMs},
            {"first_token_ms", spreadOf(measured.firstTokenMs).median},
            {"peak_rss_bytes", peakMemory()},
            {"prefill", {{"tokens", options.prompt}, {"tokens_per_second", toJson(prefill)}}},
            {"decode",
             {{"tokens", options.generate}, {"depth", options.depth}, {"tokens_per_second", toJson(decode)}}},
            {"machine", {{"cpu", cpuName()}, {"read_gb_s", known(bandwidth)}, {"int8_gops", known(rate)}}},
            {"percent_of_limit",
             {{"prefill", percent(prefill.median * cost.prefillOperations, rate)},
              {"decode", percent(decode.median * cost.decodeBytes, bandwidth)}}}};
}

std::string toText(const Json &json)
{
    std::string text;
    const auto line = [&](const char *name, const std::string &value) {
        std::string left(name);
        left.resize(14, ' ');
        text += left + value + "\n";
    };
    const auto speed = [](const Json &spread) {
        return shortNumber(spread["median"].get<double>()) + " tok/s (" +
               shortNumber(spread["min"].get<double>()) + " to " + shortNumber(spread["max"].get<double>()) +
               ")";
    };
    const auto percent = [](const Json &value) {
        return value.is_null() ? std::string() : ", " + shortNumber(value.get<double>()) + " % of the limit";
    };
    line("Model", json["model"].get<std::string>());
    line("Device", json["device"].get<std::string>() + " " + json["isa"].get<std::string>() + ", " +
                       std::to_string(json["threads"].get<unsigned>()) + " threads");
    line("Load", shortNumber(json["load_ms"].get<double>()) + " ms");
    line("Prefill", grouped(json["prefill"]["tokens"].get<unsigned>()) +
                        " tokens: " + speed(json["prefill"]["tokens_per_second"]) +
                        percent(json["percent_of_limit"]["prefill"]));
    line("Decode", grouped(json["decode"]["tokens"].get<unsigned>()) + " tokens at depth " +
                       grouped(json["decode"]["depth"].get<unsigned>()) + ": " +
                       speed(json["decode"]["tokens_per_second"]) +
                       percent(json["percent_of_limit"]["decode"]));
    line("First token", shortNumber(json["first_token_ms"].get<double>()) + " ms");
    line("Memory", byteAmount(json["peak_rss_bytes"].get<std::uint64_t>()) + " at most");
    const Json &machine = json["machine"];
    line("Machine", machine["cpu"].get<std::string>() +
                        (machine["read_gb_s"].is_null()
                             ? ""
                             : ", reads " + shortNumber(machine["read_gb_s"].get<double>()) + " GB/s") +
                        (machine["int8_gops"].is_null()
                             ? ""
                             : ", " + shortNumber(machine["int8_gops"].get<double>()) + " Gop/s int8"));
    return text;
}

} // namespace

int runBench(CommandLine arguments)
{
    std::string model;
    BenchOptions bench;
    bool json = false;
    CommonOptions common;
    Options options(
        "bench", "Measures prefill and decode: one run to warm up, then --repeat runs; medians and spread.");
    options.positional("MODEL", "the model file", model);
    options.number("--prompt", "N", "tokens of the prompt; 0: no prefill", bench.prompt, 0, 1u << 24);
    options.number("--generate", "N", "tokens to decode; 0: no decode", bench.generate, 0, 1u << 24);
    options.number("--depth", "N", "tokens in the cache before decoding", bench.depth, 0, 1u << 24);
    options.number("--repeat", "N", "measured runs", bench.repeat, 1, 1000);
    options.flag("--json", "one JSON object", json);
    addGpuMemoryOption(options, common);
    common.addTo(options);
    if (const auto code = options.parse(arguments))
        return *code;
    if (auto applied = common.apply(); !applied)
        return fail(applied.error());

    const auto path = findModel(model);
    if (!path)
        return fail(path.error());
    common.load.contextLength = std::max({bench.prompt, std::max(bench.depth, 1u) + bench.generate, 64u});
    auto open = OpenModel::open(*path, common.load, deviceFactory(), loadProgress(), interrupt().token());
    if (!open)
        return fail(open.error());
    const auto measured = Bench(**open, bench).run();
    if (!measured)
        return fail(measured.error());
    const Json result = report(**open, bench, *measured);
    write(json ? result.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n"
               : toText(result));
    return kDone;
}

} // namespace inference::cli
