// What all verbs share: their list, the common options, and the way to a model.
#pragma once

#include "inference/cli/options.h"
#include "inference/engine.h"
#include "inference/open_model.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace inference::cli {

struct Verb
{
    const char *name;
    const char *summary;
    int (*run)(CommandLine arguments);
};

int runInfo(CommandLine arguments);
int runTokenize(CommandLine arguments);
int runDetokenize(CommandLine arguments);
int runTemplate(CommandLine arguments);
int runLogits(CommandLine arguments);
int runGenerate(CommandLine arguments);
int runChat(CommandLine arguments);
int runBench(CommandLine arguments);
int runDoctor(CommandLine arguments);
int runSelftest(CommandLine arguments);

// --device, --threads, --precision, --isa, --kv-cache-type, --quiet, --log of every verb.
struct CommonOptions
{
    LoadOptions load;
    std::uint32_t gpuMegabytes = 0; // GpuOptions::mostBytes, in millions of bytes

    void addTo(Options &options);
    // After parsing: applies --quiet and --log, fills `load`. Fails when the device cannot be used.
    Result<void> apply();

private:
    std::string m_precision = "fast";
    std::string m_kvCacheType = "f16";
    std::string m_log = "warning";
    bool m_quiet = false;
};

// --context of the verbs that run a model: into CommonOptions::load.
void addContextOption(Options &options, CommonOptions &common);

// --gpu-memory of the verbs that measure.
void addGpuMemoryOption(Options &options, CommonOptions &common);

// --kv-cache, --kv-cache-size of the verbs that answer.
struct KvCacheOptions
{
    void addTo(Options &options);
    // After parsing. Fails when the folder has no name.
    Result<void> apply(LoadOptions &load) const;

private:
    std::optional<std::string> m_folder;
    std::uint32_t m_megabytes = std::uint32_t(kDefaultKvFolderBytes / 1'000'000);
};

// --temperature, --top-k, --top-p, --min-p, --repeat-penalty, --seed.
void addSamplingOptions(Options &options, SamplingOptions &sampling);

// createBackend(), with errors of the device told from errors of the model: they end with exit code 1.
BackendFactory deviceFactory();

// Shows the progress of a load on a terminal.
Engine::LoadProgress loadProgress();

// What a model's answer should be read with, where there is something: warnings.
void logNotes(const std::vector<std::string> &notes);

// The engine with the named model loaded; Ctrl-C stops the load.
Result<std::unique_ptr<Engine>> loadEngine(const std::string &name, const LoadOptions &options);

// The tokenizer of a named model without its weights: works for architectures that cannot run, too.
struct ModelText
{
    std::unique_ptr<GgufFile> file;
    std::unique_ptr<Tokenizer> tokenizer;
};
Result<ModelText> openText(const std::string &name);

// One line about a finished generation.
std::string describe(const GenerationStatistics &statistics);

// Exit code of a finished generation.
int exitCode(const GenerationStatistics &statistics);

} // namespace inference::cli
