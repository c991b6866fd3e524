// A model on a device, ready to run: the file, the compiled backend and the KV cache.
#pragma once

#include "inference/draft_planner.h"
#include "inference/engine.h"
#include "inference/kv_cache.h"
#include "inference/model_file.h"
#include "inference/prefill.h"
#include "kernels/backend.h"

#include <functional>
#include <memory>
#include <stop_token>

namespace inference {

inline constexpr std::uint32_t kFastChunk = 512; // tokens of the largest prefill run, where nothing else is asked for

// Unsupported or InvalidArgument when `device` is not one that this program can use.
Result<void> checkDevice(const std::string &device);

// The backend that the options ask for; not compiled. "auto" is the CPU here: whether a model fits a GPU is OpenModel::open()'s
// question. Fails with Unsupported (device, instruction set: named).
Result<std::unique_ptr<kernels::Backend>> createBackend(const LoadOptions &options);
using BackendFactory = std::function<Result<std::unique_ptr<kernels::Backend>>(const LoadOptions &)>;

struct OpenModel
{
    std::shared_ptr<const ModelFile> file;
    std::unique_ptr<kernels::Backend> backend; // reads weights from the file's mapping
    std::unique_ptr<KvCache> cache;            // pages of the backend
    PrefillChunk chunk{1, 1, 1};
    DraftPlanner drafts;
    std::uint32_t mostTokens = 1; // of a run: what the backend was compiled for
    ModelSummary summary;

    // Opens, checks, plans the memory, chooses the device (device_choice.h), compiles, and brings the file's bytes into memory (progress per
    // slice). Fails like Engine::load().
    static Result<std::unique_ptr<OpenModel>>
    open(const std::filesystem::path &path, const LoadOptions &options, const BackendFactory &createBackend,
         const Engine::LoadProgress &progress, std::stop_token stop);
};

} // namespace inference
