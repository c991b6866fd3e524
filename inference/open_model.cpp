#include "inference/open_model.h"

#include "inference/device_choice.h"
#include "inference/kv_root.h"
#include "inference/model/architecture.h"
#include "inference/model/memory_plan.h"
#include "inference/weight_reader.h"
#include "kernels/cpu/cpu_backend.h"
#include "kernels/hybrid_backend.h"
#include "kernels/reference/reference_backend.h"

#include <algorithm>
#include <chrono>
#include <string>

namespace inference {

namespace {

constexpr std::uint32_t kReferenceChunk = 64; // the plain path gains nothing from more
constexpr std::uint32_t kWarmTokens = 2048;   // a conversation that comes back at once

Error notLoaded()
{
    return {ErrorCode::Cancelled, "Loading was stopped."};
}

std::uint32_t largestRun(const LoadOptions &options, std::uint32_t contextLength)
{
    const std::uint32_t wanted = options.chunkTokens                    ? options.chunkTokens
                                 : options.precision == Precision::Fast ? kFastChunk
                                                                        : kReferenceChunk;
    return std::min(wanted, contextLength);
}

// One context and what these bytes hold besides, up to three more contexts: the conversations that are remembered next to
// the current one.
std::uint32_t choosePageBudget(std::uint32_t contextLength, std::size_t pageBytes, std::uint64_t bytes)
{
    const std::uint64_t context = KvCache::pagesFor(contextLength);
    return std::uint32_t(std::clamp(bytes / std::max<std::size_t>(pageBytes, 1), context, 4 * context));
}

// Has the backend fetch pages from the system that it hands out later: memory that was never touched takes
// twice as long as reading the pages that belong into it.
void warmPages(kernels::Backend &backend, std::uint32_t tokens)
{
    std::vector<kernels::KvPageId> pages;
    for (std::uint32_t i = 0; i < KvCache::pagesFor(tokens); ++i) {
        const auto page = backend.allocateKvPage();
        if (!page)
            break;
        pages.push_back(*page);
    }
    for (const kernels::KvPageId page : pages)
        backend.freeKvPage(page);
}

// split: what the CPU has of a model that goes to the GPU.
Result<std::unique_ptr<kernels::Backend>> compileBackend(const BackendFactory &create, const LoadOptions &options,
                                                         kernels::Plan plan, std::uint32_t maxTokens,
                                                         const std::optional<kernels::PlanSplit> &split = {})
{
    auto backend = create(options);
    if (!backend)
        return backend.error();
    if (split) {
        LoadOptions onCpu = options;
        onCpu.device = "cpu";
        onCpu.kvCacheType = KvCacheType::F16; // as on the GPU
        auto cpu = create(onCpu);
        if (!cpu)
            return cpu.error();
        *backend = kernels::createHybridBackend(std::move(*backend), std::move(*cpu), *split);
    }
    if (auto compiled = (*backend)->compile(std::move(plan), maxTokens); !compiled)
        return compiled.error();
    return backend;
}

// Where a model was put.
struct Placed
{
    std::unique_ptr<kernels::Backend> backend;
    std::string reason;        // ModelSummary::deviceReason
    std::uint64_t kvBytes = 0; // for its KV cache
    std::optional<Placement> placement{};
};

// The processor's memory holds what it is to have.
Result<void> checkProcessorMemory(const ModelFile &file, const MemoryPlan &memory, const std::optional<std::uint64_t> &available)
{
    return available ? checkMemory(memory, *available, file.gguf->path().filename().native()) : Result<void>();
}

// Decides by the plan what fits where, and compiles there. What fails on the GPU all the same goes to the CPU, unless the GPU
// was asked for.
Result<Placed> placeModel(const ModelFile &file, kernels::Plan plan, const LoadOptions &options,
                          std::uint32_t contextLength, std::uint32_t chunk, const BackendFactory &create)
{
    const auto available = availableMemory();
    auto choice = chooseDevice(options.device, options.precision, planGpuMemory(plan, contextLength, chunk), probeFor(options),
                               [&](std::uint64_t bytes) { return fittingSplit(plan, contextLength, chunk, bytes); });
    if (!choice)
        return choice.error();
    std::string reason = choice->reason;
    if (choice->onGpu && options.device == "auto") {
        if (const std::string why = whyNotTrusted(pluginOf(options), choice->gpu); !why.empty()) {
            choice->onGpu = false;
            reason = why + " The model runs on the processor.";
        }
    }
    if (choice->onGpu) {
        LoadOptions onGpu = options;
        onGpu.device = "cuda";
        onGpu.gpu.device = choice->gpu;
        onGpu.gpu.kvBytes = choice->kvBytes;
        std::uint64_t kvBytes = choice->kvBytes;
        std::optional<kernels::PlanSplit> split;
        if (const auto &placement = choice->placement) {
            split = {placement->cpuLayers, placement->cpuExpertLayers};
            const MemoryPlan cpu = planMemory(kernels::splitPlan(plan, *split).cpu, {.contextLength = contextLength, .chunkTokens = chunk});
            if (auto fits = checkProcessorMemory(file, cpu, available); !fits)
                return fits.error();
            // A page has its layers on both sides.
            kvBytes = kvBytes / (placement->layers - placement->cpuLayers) * placement->layers;
            if (available && placement->cpuLayers > 0)
                kvBytes = std::min(kvBytes, *available / 4 / placement->cpuLayers * placement->layers);
        }
        auto backend = compileBackend(create, onGpu, std::move(plan), chunk, split);
        if (backend)
            return Placed{std::move(*backend), reason, kvBytes, choice->placement};
        if (options.device != "auto")
            return backend.error();
        reason = backend.error().message + " The model runs on the processor.";
        auto again = buildPlan(*file.gguf, file.config);
        if (!again)
            return again.error();
        plan = std::move(*again);
    }
    const MemoryPlan memory = planMemory(plan, {.contextLength = contextLength,
                                                .reference = options.precision == Precision::Reference,
                                                .kvCacheType = options.kvCacheType,
                                                .chunkTokens = chunk});
    if (auto fits = checkProcessorMemory(file, memory, available); !fits)
        return fits.error();
    LoadOptions onCpu = options;
    onCpu.device = "cpu";
    onCpu.kvCacheType = kvCacheTypeFor(plan, options.kvCacheType);
    auto backend = compileBackend(create, onCpu, std::move(plan), chunk);
    if (!backend)
        return backend.error();
    return Placed{std::move(*backend), reason, available.value_or(0) / 4};
}

void openKvFolder(OpenModel &model, const LoadOptions &options, std::uint32_t contextLength)
{
    kernels::Backend &backend = *model.backend;
    model.cache->setDisk(std::make_unique<KvDisk>(backend, kvRoot(*model.file->gguf, backend),
                                                  options.kvFolder, options.kvFolderBytes));
    warmPages(backend, std::min(kWarmTokens, contextLength));
}

} // namespace

Result<void> checkDevice(const std::string &device)
{
    if (device == "cpu" || device == "auto")
        return {};
    if (auto wish = parseDevice(device); !wish)
        return wish.error();
    // Whether a model fits is asked when there is one.
    const auto choice = chooseDevice(device, Precision::Fast, {}, probeFor({.device = device}));
    if (!choice)
        return choice.error();
    return {};
}

Result<std::unique_ptr<kernels::Backend>> createBackend(const LoadOptions &options)
{
    if (options.device.starts_with("cuda"))
        return kernels::createCudaBackend(
            pluginOf(options), {.device = options.gpu.device, .kvBudgetBytes = std::size_t(options.gpu.kvBytes)});
    if (auto usable = checkDevice(options.device); !usable)
        return usable.error();
    if (options.precision == Precision::Reference)
        return kernels::createReferenceBackend(options.threads);
    return kernels::createCpuBackend(
        {.threads = options.threads, .isa = options.isa, .kvCacheType = options.kvCacheType});
}

Result<std::unique_ptr<OpenModel>> OpenModel::open(const std::filesystem::path &path,
                                                   const LoadOptions &options,
                                                   const BackendFactory &createBackend,
                                                   const Engine::LoadProgress &progress, std::stop_token stop)
{
    const auto start = std::chrono::steady_clock::now();
    if (stop.stop_requested())
        return notLoaded();
    auto gguf = openGguf(path);
    if (!gguf)
        return gguf.error();
    const auto file = std::make_shared<ModelFile>();
    file->gguf = std::move(*gguf);
    WeightReader weights(*file->gguf, stop);
    if (auto read = file->read(); !read)
        return read.error();
    auto model = std::make_unique<OpenModel>();
    model->file = file;
    const ModelConfig &config = model->file->config;
    const auto contextLength = chooseContextLength(config, options.contextLength);
    if (!contextLength)
        return contextLength.error();
    auto plan = buildPlan(*model->file->gguf, config);
    if (!plan)
        return plan.error();
    const std::uint32_t chunk = largestRun(options, *contextLength);
    if (stop.stop_requested())
        return notLoaded();
    auto placed = placeModel(*model->file, std::move(*plan), options, *contextLength, chunk, createBackend);
    if (!placed)
        return placed.error();
    model->backend = std::move(placed->backend);
    if (!weights.finish(progress))
        return notLoaded();

    const std::size_t pageBytes = model->backend->kvPageBytes();
    model->cache = std::make_unique<KvCache>(*model->backend, *contextLength,
                                             choosePageBudget(*contextLength, pageBytes, placed->kvBytes));
    if (!options.kvFolder.empty())
        openKvFolder(*model, options, *contextLength);
    model->mostTokens = chunk;
    model->chunk = PrefillChunk(chunk, config.shape.layers, options.chunkTokens);
    model->summary = summarise(*model->file);
    model->summary.device = model->backend->capabilities().description;
    model->summary.deviceReason = placed->reason;
    model->summary.placement = placed->placement;
    model->summary.kvBytesPerToken = pageBytes / kernels::kKvPageTokens;
    model->summary.contextLength = *contextLength;
    const std::chrono::duration<double, std::milli> elapsed = std::chrono::steady_clock::now() - start;
    model->summary.loadMs = elapsed.count();
    return model;
}

} // namespace inference
