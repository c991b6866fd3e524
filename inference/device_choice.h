// Where a model runs: on a GPU where the plug-in is ready, what does not fit there on the CPU; and why.
#pragma once

#include "inference/engine.h"
#include "inference/model/memory_plan.h"
#include "kernels/cuda_plugin.h"
#include "kernels/plan_split.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

namespace inference {

// What stays free of a GPU's memory: room for CUDA itself, libraries, and what the backend needs whatever the
// model.
inline constexpr std::uint64_t kGpuReserveBytes = std::uint64_t(512) << 20;

// What LoadOptions::device asks for. Of a GPU: CUDA's number of it, or a name as `doctor` shows it; both empty where any will do.
struct DeviceWish
{
    enum class Where { Auto, Cpu, Gpu } where = Where::Auto;
    std::optional<int> number;
    std::string name;
};
// "auto", "cpu", "cuda", "cuda:1", "cuda:NVIDIA GeForce RTX 4090". Fails with InvalidArgument for anything else.
Result<DeviceWish> parseDevice(const std::string &device);

struct DeviceChoice
{
    bool onGpu = false;
    int gpu = 0;               // CUDA's number of it
    std::uint64_t kvBytes = 0; // what the KV cache may take there
    std::optional<Placement> placement; // where the CPU has a part of the model as well
    // One sentence: what of the GPU is used, or why none is. Empty where none was asked for.
    std::string reason;
};

// What a load takes of a GPU's memory: weights as they lie there, keys and values in 16 bits, MLA absorbed, activations for chunks
// of that many tokens and what kernels and libraries work in.
MemoryPlan planGpuMemory(const kernels::Plan &plan, std::uint32_t contextLength, std::uint32_t chunkTokens);

// What of a plan a GPU takes that has no room for all, and what it needs there.
struct FittingSplit
{
    kernels::PlanSplit split;
    MemoryPlan gpu;
    std::uint32_t layers = 0; // of the whole plan
};
// The one with most on the GPU that fits so many bytes; nothing where not even the smallest does.
std::optional<FittingSplit> fittingSplit(const kernels::Plan &plan, std::uint32_t contextLength, std::uint32_t chunkTokens,
                                         std::uint64_t bytes);
using SplitSearch = std::function<std::optional<FittingSplit>(std::uint64_t bytes)>;

// Of the numbers of a placement, for messages: "20 of 28 layers are on NAME; ...". One sentence.
std::string placementSentence(const Placement &placement);

// The GPU with most free memory of those that were asked for, when the plan fits there, or what of it findSplit says. device: see
// parseDevice(), and its error. Fails with Unsupported when a GPU was asked for and cannot be used, with OutOfMemory when nothing of
// the model fits. Looks at nothing but its arguments.
Result<DeviceChoice> chooseDevice(const std::string &device, Precision precision, const MemoryPlan &gpuMemory,
                                  const kernels::CudaProbe &probe, const SplitSearch &findSplit = {});

// Why a GPU is not to be used without being asked for: a kernel of ours gives wrong numbers on it, or the check could not be done. Empty
// when all are right. Every kernel is tried, once for each GPU and plug-in in a run of the program: about a second.
std::string whyNotTrusted(const std::filesystem::path &plugin, int gpu);

// What the plug-in of these options says, with no more memory free than GpuOptions::mostBytes; not asked where the device is the CPU
// or the path is the reference.
kernels::CudaProbe probeFor(const LoadOptions &options);
std::filesystem::path pluginOf(const LoadOptions &options);

} // namespace inference
