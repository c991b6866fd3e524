#include "inference/model/memory_plan.h"

#include "inference/gguf/wording.h"
#include "kernels/backend.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <sstream>
#include <string>

namespace inference {

using kernels::kKvPageTokens;
using kernels::ModelShape;

namespace {

constexpr std::uint64_t kKibibyte = 1024, kMebibyte = kKibibyte * 1024, kGibibyte = kMebibyte * 1024;

std::uint64_t kvBytesOf(std::uint64_t perToken, std::uint32_t contextLength)
{
    return (std::uint64_t(contextLength) + kKvPageTokens - 1) / kKvPageTokens * kKvPageTokens * perToken;
}

// The first number of a file that holds one; nothing for "max" or no file.
std::optional<std::uint64_t> readNumber(const std::filesystem::path &path)
{
    std::ifstream in(path);
    std::uint64_t number = 0;
    if (in >> number)
        return number;
    return std::nullopt;
}

// "Name:  123 kB" of /proc/meminfo, or "name 123" of memory.stat.
std::optional<std::uint64_t> readField(const std::filesystem::path &path, std::string_view name)
{
    std::ifstream in(path);
    for (std::string line; std::getline(in, line);) {
        std::istringstream words(line);
        std::string key, unit;
        std::uint64_t number = 0;
        if (words >> key >> number && (key == name || key == std::string(name) + ":"))
            return words >> unit && unit == "kB" ? number * kKibibyte : number;
    }
    return std::nullopt;
}

// What a control group leaves: its limit less its usage, page cache that can be dropped not counted as used.
std::optional<std::uint64_t> leftInGroup(const std::filesystem::path &folder, const char *limitFile,
                                         const char *usageFile, std::string_view inactiveField)
{
    const std::optional<std::uint64_t> limit = readNumber(folder / limitFile);
    const std::optional<std::uint64_t> usage = readNumber(folder / usageFile);
    if (!limit || !usage)
        return std::nullopt;
    const std::uint64_t droppable = readField(folder / "memory.stat", inactiveField).value_or(0);
    const std::uint64_t used = *usage - std::min(*usage, droppable);
    return *limit - std::min(*limit, used);
}

// The least that any group from this process's up to the root leaves.
std::optional<std::uint64_t> leftInControlGroups(const std::filesystem::path &root)
{
    std::optional<std::uint64_t> least;
    const auto consider = [&least](std::optional<std::uint64_t> left) {
        if (left && (!least || *left < *least))
            least = left;
    };
    std::ifstream groups(root / "proc/self/cgroup");
    for (std::string line; std::getline(groups, line);) { // "0::/user.slice" or "5:memory:/job"
        const std::size_t first = line.find(':'), second = line.find(':', first + 1);
        if (second == std::string::npos)
            continue;
        const std::string controllers = line.substr(first + 1, second - first - 1);
        const bool unified = controllers.empty();
        if (!unified && ("," + controllers + ",").find(",memory,") == std::string::npos)
            continue;
        const std::filesystem::path mount = root / (unified ? "sys/fs/cgroup" : "sys/fs/cgroup/memory");
        // In a container the path may be that of the host, which is not there: the mount's own files count
        // then.
        for (std::filesystem::path group = std::filesystem::path(line.substr(second + 1)).relative_path();;
             group = group.parent_path()) {
            if (unified)
                consider(leftInGroup(mount / group, "memory.max", "memory.current", "inactive_file"));
            else
                consider(leftInGroup(mount / group, "memory.limit_in_bytes", "memory.usage_in_bytes",
                                     "total_inactive_file"));
            if (group.empty())
                break;
        }
    }
    return least;
}

} // namespace

kernels::KvCacheType kvCacheTypeFor(const kernels::Plan &plan, kernels::KvCacheType asked)
{
    return plan.shape.hasMla() || kernels::hasRoutedExperts(plan) ? kernels::KvCacheType::F16 : asked;
}

MemoryPlan planMemory(const kernels::Plan &plan, const MemoryOptions &options)
{
    const ModelShape &s = plan.shape;
    MemoryPlan memory;
    for (const kernels::WeightView &weight : plan.weights)
        memory.weightBytes += weight.byteSize();
    memory.weightBytes += options.repackedBytes;

    memory.contextLength = options.contextLength;
    const std::uint64_t heads = s.attentionHeads;
    const bool absorbed = s.hasMla() && !options.reference;
    const std::uint64_t keyDim = absorbed ? s.mla.latentSize + s.mla.ropeDim : s.headDim;
    const std::uint64_t valueDim = absorbed ? s.mla.latentSize : s.valueDim();
    const std::uint64_t kvRow = absorbed ? keyDim : s.keyValueHeads * (keyDim + valueDim);
    memory.kvBytesPerToken = s.layers * kvRow * (options.reference ? 4 : 2);
    if (kvCacheTypeFor(plan, options.kvCacheType) == kernels::KvCacheType::Q8 && !options.reference)
        memory.kvBytesPerToken =
            s.layers * s.keyValueHeads *
            (kernels::kvRowBytes(s.headDim, kernels::kvHalfDims(s.headDim)) + kernels::kvRowBytes(s.headDim, 0));
    memory.kvBytes = kvBytesOf(memory.kvBytesPerToken, options.contextLength);

    // residual, normed; q, attended; gate, up and what becomes of them; latents; routed experts; one row of
    // logits.
    std::uint64_t perToken =
        2 * std::uint64_t(s.hiddenSize) + heads * (keyDim + valueDim) + 3 * std::uint64_t(s.intermediateSize);
    if (s.hasMla())
        perToken += heads * (s.headDim + s.mla.valueDim + 2 * std::uint64_t(s.mla.latentSize)) +
                    2 * std::uint64_t(s.mla.queryLatentSize);
    std::uint64_t used = 0;
    for (const kernels::Step &step : plan.steps) {
        if (const auto *router = std::get_if<kernels::RouterStep>(&step))
            used = router->used;
        if (const auto *moe = std::get_if<kernels::MoeFfnStep>(&step)) {
            perToken += used * (s.hiddenSize + std::uint64_t(plan.weights[moe->gate].rows));
            break; // the arenas of one layer serve all
        }
    }
    const std::uint64_t floats = perToken * options.chunkTokens + s.vocabularySize;
    memory.activationBytes = floats * sizeof(float) * 5 / 4;
    return memory;
}

std::optional<std::uint64_t> availableMemory(const std::filesystem::path &root)
{
    const std::optional<std::uint64_t> machine = readField(root / "proc/meminfo", "MemAvailable");
    const std::optional<std::uint64_t> group = leftInControlGroups(root);
    if (machine && group)
        return std::min(*machine, *group);
    return machine ? machine : group;
}

Result<void> checkMemory(const MemoryPlan &plan, std::uint64_t available, std::string_view modelName)
{
    const std::uint64_t total = plan.totalBytes();
    if (total <= available)
        return {};

    const std::uint64_t withoutCache = plan.weightBytes + plan.activationBytes;
    const std::uint64_t pageBytes = plan.kvBytesPerToken * kKvPageTokens;
    const std::uint64_t fittingPages =
        available > withoutCache && pageBytes ? (available - withoutCache) / pageBytes : 0;
    const std::uint64_t fittingTokens = fittingPages * kKvPageTokens;
    // Below this a chat has no room for a question and its answer.
    constexpr std::uint64_t kShortestUseful = 512;

    const std::string need = memoryText(total, true) + ": weights " + memoryText(plan.weightBytes, true) +
                             ", " + grouped(plan.contextLength) + " tokens of context " +
                             memoryText(plan.kvBytes, true) + ", activations " +
                             memoryText(plan.activationBytes, true);
    const std::string free = memoryText(available, false) + " free";
    const std::string wayOut =
        fittingTokens >= kShortestUseful
            ? "Choose a context of " + grouped(fittingTokens) +
                  " tokens or less, or close other programs, or choose a smaller quantisation of the model."
            : std::string(
                  "Close other programs, or choose a smaller quantisation of the model or a smaller model.");
    return Error(ErrorCode::OutOfMemory, ErrorParts{.what = "There is not enough memory for the model",
                                                    .where = modelName,
                                                    .expected = need,
                                                    .found = free,
                                                    .wayOut = wayOut});
}

std::string memoryText(std::uint64_t bytes, bool roundUp)
{
    const bool large = bytes >= kGibibyte;
    const double tenths = double(bytes) / double(large ? kGibibyte : kMebibyte) * (large ? 10 : 1);
    const auto whole = std::uint64_t(roundUp ? std::ceil(tenths) : std::floor(tenths));
    if (!large)
        return grouped(whole) + " MiB";
    return grouped(whole / 10) + "." + std::to_string(whole % 10) + " GiB";
}

} // namespace inference
