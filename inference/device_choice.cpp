#include "inference/device_choice.h"

#include "inference/gguf/wording.h"
#include "kernels/cuda_memory.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <mutex>
#include <utility>

namespace inference {

namespace {

Error unusable(const std::string &why)
{
    return {ErrorCode::Unsupported,
            {.what = "The device cuda cannot be used", .where = why, .wayOut = "Choose --device cpu."}};
}

// As the driver names it, with the maker or without.
std::string_view shortName(std::string_view name)
{
    constexpr std::string_view kMaker = "NVIDIA ";
    return name.starts_with(kMaker) ? name.substr(kMaker.size()) : name;
}

bool isWished(const DeviceWish &wish, const kernels::CudaProbe &probe, int gpu)
{
    return wish.number ? *wish.number == gpu : wish.name.empty() || shortName(wish.name) == shortName(probe.devices[gpu].name);
}

// Number of the usable GPU with most free memory of those that the wish is about; -1 where there is none.
int roomiest(const DeviceWish &wish, const kernels::CudaProbe &probe)
{
    int best = -1;
    for (int i = 0; i < int(probe.devices.size()); ++i)
        if (isWished(wish, probe, i) && probe.devices[i].problem.empty() &&
            (best < 0 || probe.devices[i].freeBytes > probe.devices[best].freeBytes))
            best = i;
    return best;
}

// Why none of those that the wish is about is usable, within a sentence.
std::string whyNone(const DeviceWish &wish, const kernels::CudaProbe &probe)
{
    if (!probe.problem.empty())
        return probe.problem;
    std::string names;
    for (int i = 0; i < int(probe.devices.size()); ++i) {
        if (isWished(wish, probe, i))
            return probe.devices[i].name + ": " + probe.devices[i].problem;
        names += (i > 0 ? ", " : "") + std::to_string(i) + " is " + probe.devices[i].name;
    }
    return names.empty() ? "no GPU runs our code" : "there is no such GPU: " + names;
}

} // namespace

MemoryPlan planGpuMemory(const kernels::Plan &plan, std::uint32_t contextLength, std::uint32_t chunkTokens)
{
    MemoryPlan memory = planMemory(plan, {.contextLength = contextLength, .chunkTokens = chunkTokens});
    memory.weightBytes = kernels::cuda::weightBytesOf(plan);
    memory.activationBytes += kernels::cuda::workBytesOf(plan, chunkTokens);
    return memory;
}

std::optional<FittingSplit> fittingSplit(const kernels::Plan &plan, std::uint32_t contextLength, std::uint32_t chunkTokens,
                                         std::uint64_t bytes)
{
    const std::vector<kernels::PlanSplit> splits = kernels::splitsOf(plan);
    const auto memoryOf = [&](const kernels::PlanSplit &split) {
        return planGpuMemory(kernels::splitPlan(plan, split).gpu, contextLength, chunkTokens);
    };
    // Each needs less than the one before.
    const auto found = std::partition_point(splits.begin(), splits.end(), [&](const kernels::PlanSplit &split) {
        return memoryOf(split).totalBytes() > bytes;
    });
    if (found == splits.end())
        return {};
    return FittingSplit{*found, memoryOf(*found), plan.shape.layers};
}

std::string placementSentence(const Placement &placement)
{
    const std::string layers = std::to_string(placement.layers), room = memoryText(placement.gpuFreeBytes, false) + " free";
    if (placement.cpuLayers == 0 && placement.cpuExpertLayers == 0)
        return "All layers are on " + placement.gpu + "; the embedding does not fit its memory (" + room + ") and stays on the processor.";
    if (placement.cpuLayers == 0)
        return "All " + layers + " layers are on " + placement.gpu + ", but for the routed experts of the first " +
               std::to_string(placement.cpuExpertLayers) + ", which do not fit its memory (" + room + ") and run on the processor.";
    return std::to_string(placement.layers - placement.cpuLayers) + " of " + layers + " layers are on " + placement.gpu +
           (placement.cpuExpertLayers > 0 ? ", without their routed experts; the rest does not fit its memory ("
                                          : "; the rest does not fit its memory (") +
           room + ") and runs on the processor.";
}

Result<DeviceWish> parseDevice(const std::string &device)
{
    using Where = DeviceWish::Where;
    if (device == "auto" || device == "cpu" || device == "cuda")
        return DeviceWish{device == "auto" ? Where::Auto : device == "cpu" ? Where::Cpu : Where::Gpu, {}, {}};
    const std::string which = device.starts_with("cuda:") ? device.substr(5) : std::string();
    if (which.empty())
        return Error(ErrorCode::InvalidArgument,
                     {.what = "There is no such device", .expected = "cpu, cuda, cuda:NUMBER, cuda:NAME or auto", .found = device});
    int number = 0;
    const auto [end, error] = std::from_chars(which.data(), which.data() + which.size(), number);
    if (error == std::errc() && end == which.data() + which.size() && number >= 0)
        return DeviceWish{Where::Gpu, number, {}};
    return DeviceWish{Where::Gpu, {}, which};
}

Result<DeviceChoice> chooseDevice(const std::string &device, Precision precision, const MemoryPlan &gpuMemory,
                                  const kernels::CudaProbe &probe, const SplitSearch &findSplit)
{
    const auto wish = parseDevice(device);
    if (!wish)
        return wish.error();
    const bool mustBeGpu = wish->where == DeviceWish::Where::Gpu;
    if (wish->where == DeviceWish::Where::Cpu || (!mustBeGpu && precision == Precision::Reference))
        return DeviceChoice();
    if (precision == Precision::Reference)
        return unusable("the reference path runs on the CPU");
    DeviceChoice choice;
    const int gpu = probe.status == kernels::CudaStatus::Ready ? roomiest(*wish, probe) : -1;
    if (gpu < 0) {
        if (mustBeGpu)
            return unusable(whyNone(*wish, probe));
        choice.reason = probe.line;
        return choice;
    }
    const kernels::CudaDevice &found = probe.devices[gpu];
    const std::uint64_t needed = gpuMemory.totalBytes() + kGpuReserveBytes;
    const std::string figures =
        memoryText(needed, true) + " of " + memoryText(found.freeBytes, false) + " free";
    if (needed > found.freeBytes) {
        const std::uint64_t room = found.freeBytes - std::min(found.freeBytes, kGpuReserveBytes);
        if (const std::optional<FittingSplit> part = findSplit ? findSplit(room) : std::nullopt) {
            choice.onGpu = true;
            choice.gpu = gpu;
            choice.kvBytes = room - part->gpu.totalBytes() + part->gpu.kvBytes;
            choice.placement = Placement{part->layers, part->split.cpuLayers, part->split.cpuExpertLayers, found.name, found.freeBytes};
            choice.reason = placementSentence(*choice.placement);
            return choice;
        }
        if (mustBeGpu) {
            if (auto fits = checkMemory(gpuMemory, room, found.name); !fits)
                return fits.error();
        }
        choice.reason =
            "The model does not fit the memory of " + found.name + " (" + figures +
            "): it runs on the processor. A shorter context or a smaller quantisation would fit sooner.";
        return choice;
    }
    choice.onGpu = true;
    choice.gpu = gpu;
    choice.kvBytes = found.freeBytes - needed + gpuMemory.kvBytes;
    choice.reason = "The model fits the memory of " + found.name + " (" + figures + ").";
    return choice;
}

std::string whyNotTrusted(const std::filesystem::path &plugin, int gpu)
{
    static std::mutex mutex;
    static std::map<std::pair<std::filesystem::path, int>, std::string> known;
    const std::lock_guard lock(mutex);
    const auto [found, isNew] = known.try_emplace({plugin, gpu});
    std::string &why = found->second;
    if (!isNew)
        return why;
    std::string first;
    const auto result = kernels::runCudaSelfTest(plugin, gpu, [&](const std::string &check, const std::string &failure) {
        if (!failure.empty() && first.empty())
            first = check + ": " + failure;
    });
    if (!result)
        why = result.error().message;
    else if (result->failed > 0)
        why = std::to_string(result->failed) + " of " + std::to_string(result->passed + result->failed) +
              " checks of the GPU's kernels failed (" + first + ").";
    return why;
}

std::filesystem::path pluginOf(const LoadOptions &options)
{
    return options.gpu.plugin.empty() ? kernels::findCudaPlugin() : options.gpu.plugin;
}

kernels::CudaProbe probeFor(const LoadOptions &options)
{
    if (options.device == "cpu" || (options.device == "auto" && options.precision == Precision::Reference))
        return {};
    kernels::CudaProbe probe = kernels::probeCuda(pluginOf(options));
    for (kernels::CudaDevice &device : probe.devices)
        if (options.gpu.mostBytes != 0)
            device.freeBytes = std::min(device.freeBytes, options.gpu.mostBytes);
    return probe;
}

} // namespace inference
