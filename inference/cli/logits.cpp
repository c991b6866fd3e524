// logits: what the model computes for a list of tokens, as a NumPy file.
#include "inference/cli/common.h"
#include "inference/cli/input.h"
#include "inference/cli/interrupt.h"
#include "inference/cli/npy_file.h"
#include "inference/cli/report.h"

#include <algorithm>

namespace inference::cli {

namespace {

constexpr std::uint32_t kDefaultChunk = 64; // rows of a large vocabulary in memory: 64 take 40 MB

Result<void> writeLogits(OpenModel &model, std::span<const TokenId> tokens, std::uint32_t chunk,
                         NpyFile &file)
{
    const std::size_t vocabulary = model.file->config.shape.vocabularySize;
    KvCache &cache = *model.cache;
    cache.open({});
    std::vector<float> rows(chunk * vocabulary);
    while (cache.length() < tokens.size()) {
        const auto run =
            tokens.subspan(cache.length(), std::min<std::size_t>(chunk, tokens.size() - cache.length()));
        if (auto reserved = cache.reserve(std::uint32_t(run.size())); !reserved)
            return reserved;
        const std::span<float> logits(rows.data(), run.size() * vocabulary);
        const auto outcome = model.backend->run({.tokens = run,
                                                 .firstPosition = cache.length(),
                                                 .pages = cache.pages(),
                                                 .logitsWanted = kernels::LogitsWanted::All},
                                                logits, interrupt().token());
        if (!outcome)
            return outcome.error();
        if (*outcome == kernels::RunOutcome::Stopped)
            return Error(ErrorCode::Cancelled, "Interrupted. No file was written.");
        if (auto written = file.write(logits); !written)
            return written;
        cache.append(run);
    }
    return file.finish();
}

} // namespace

int runLogits(CommandLine arguments)
{
    std::string model;
    std::optional<std::string> tokenFile, out;
    std::uint32_t chunk = 0;
    CommonOptions common;
    Options options("logits",
                    "Writes the logits after every token: float32, C order, shape (tokens, vocabulary).");
    options.positional("MODEL", "the model file", model);
    options.text("--tokens", "F", "token ids, separated by white space or commas; - is standard input",
                 tokenFile);
    options.text("--out", "F.npy", "the NumPy file to write; it appears when it is complete", out);
    options.number("--chunk", "N", "tokens read at once; 1 is the decode path", chunk, 1, 65536);
    options.shownDefault(std::to_string(kDefaultChunk));
    addGpuMemoryOption(options, common);
    common.addTo(options);
    if (const auto code = options.parse(arguments))
        return *code;
    if (auto applied = common.apply(); !applied)
        return fail(applied.error());
    if (!tokenFile || !out)
        return fail({ErrorCode::InvalidArgument,
                     {.what = "An option is missing",
                      .where = tokenFile ? "--out" : "--tokens",
                      .wayOut = "See baleen-cli logits --help."}});

    const auto path = findModel(model);
    if (!path)
        return fail(path.error());
    const auto input = readAll(*tokenFile);
    if (!input)
        return fail(input.error());
    const auto file = ModelFile::open(*path);
    if (!file)
        return fail(file.error());
    const auto tokens = parseTokens(*input, (*file)->config.shape.vocabularySize);
    if (!tokens)
        return fail(tokens.error());
    if (tokens->empty())
        return fail({ErrorCode::InvalidArgument, {.what = "There are no tokens", .where = *tokenFile}});
    if (tokens->size() > (*file)->config.contextLength) {
        const std::string expected = "at most " + std::to_string((*file)->config.contextLength) + " tokens";
        return fail({ErrorCode::ContextFull,
                     {.what = "The tokens do not fit the context of the model",
                      .where = *tokenFile,
                      .expected = expected,
                      .found = std::to_string(tokens->size())}});
    }

    common.load.contextLength = std::uint32_t(tokens->size());
    common.load.chunkTokens = std::min(chunk ? chunk : kDefaultChunk, common.load.contextLength);
    const auto open =
        OpenModel::open(*path, common.load, deviceFactory(), loadProgress(), interrupt().token());
    if (!open)
        return fail(open.error());
    auto npy = NpyFile::create(*out, tokens->size(), (*file)->config.shape.vocabularySize);
    if (!npy)
        return fail(npy.error());
    if (auto written = writeLogits(**open, *tokens, common.load.chunkTokens, **npy); !written)
        return fail(written.error());
    return kDone;
}

} // namespace inference::cli
