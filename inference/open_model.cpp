#include "inference/open_model.h"

#include "inference/kv_root.h"
#include "inference/model/architecture.h"
#include "inference/model/memory_plan.h"
#include "inference/weight_reader.h"
#include "kernels/cpu/cpu_backend.h"
#include "kernels/reference/reference_backend.h"

#include <algorithm>
#include <chrono>
#include <string>

namespace inference {

namespace {

constexpr std::uint32_t kFastChunk = 512;     // tokens of the largest prefill run
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

// One context and what a quarter of the free memory holds besides, up to three more contexts: the
// conversations that are remembered next to the current one.
std::uint32_t choosePageBudget(std::uint32_t contextLength, std::size_t pageBytes)
{
    const std::uint64_t context = KvCache::pagesFor(contextLength);
    const std::uint64_t fitting = availableMemory().value_or(0) / 4 / std::max<std::size_t>(pageBytes, 1);
    return std::uint32_t(std::clamp(fitting, context, 4 * context));
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
    if (device != "cuda")
        return Error(ErrorCode::InvalidArgument,
                     {.what = "There is no such device", .expected = "cpu, cuda or auto", .found = device});
    return Error(ErrorCode::Unsupported, {.what = "The device cuda cannot be used",
                                          .where = "this version runs on the CPU only",
                                          .expected = "cpu or auto",
                                          .found = "cuda",
                                          .wayOut = "Choose --device cpu."});
}

Result<std::unique_ptr<kernels::Backend>> createBackend(const LoadOptions &options)
{
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
    const MemoryPlan memory = planMemory(*plan, {.contextLength = *contextLength,
                                                 .reference = options.precision == Precision::Reference,
                                                 .kvCacheType = options.kvCacheType,
                                                 .chunkTokens = chunk});
    if (const auto available = availableMemory()) {
        if (auto fits = checkMemory(memory, *available, path.filename().native()); !fits)
            return fits.error();
    }
    if (stop.stop_requested())
        return notLoaded();

    LoadOptions ofModel = options;
    ofModel.kvCacheType = kvCacheTypeFor(*plan, options.kvCacheType);
    auto backend = createBackend(ofModel);
    if (!backend)
        return backend.error();
    model->backend = std::move(*backend);
    if (auto compiled = model->backend->compile(std::move(*plan), chunk); !compiled)
        return compiled.error();
    if (!weights.finish(progress))
        return notLoaded();

    const std::size_t pageBytes = model->backend->kvPageBytes();
    model->cache = std::make_unique<KvCache>(*model->backend, *contextLength,
                                             choosePageBudget(*contextLength, pageBytes));
    if (!options.kvFolder.empty())
        openKvFolder(*model, options, *contextLength);
    model->mostTokens = chunk;
    model->chunk = PrefillChunk(chunk, config.shape.layers, options.chunkTokens);
    model->summary = summarise(*model->file);
    model->summary.device = model->backend->capabilities().description;
    model->summary.kvBytesPerToken = pageBytes / kernels::kKvPageTokens;
    model->summary.contextLength = *contextLength;
    const std::chrono::duration<double, std::milli> elapsed = std::chrono::steady_clock::now() - start;
    model->summary.loadMs = elapsed.count();
    return model;
}

} // namespace inference
