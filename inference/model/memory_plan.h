// How much memory a model needs, told before it is loaded, and whether the machine has it.
#pragma once

#include "inference/result.h"
#include "kernels/kv_cache_type.h"
#include "kernels/plan.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

namespace inference {

// Bytes. What a load with these settings needs at most, when the context is full.
struct MemoryPlan
{
    std::uint64_t weightBytes = 0;     // every tensor of the plan once; a tied head is not counted twice
    std::uint64_t kvBytesPerToken = 0; // keys and values of all layers
    std::uint64_t kvBytes = 0;         // of contextLength, in whole pages
    std::uint64_t activationBytes = 0;
    std::uint32_t contextLength = 0;

    std::uint64_t totalBytes() const { return weightBytes + kvBytes + activationBytes; }
};

// What a model's cache is held in where this is asked for. Q8 is for ordinary attention and no experts: of the others only
// small models with random weights could be measured, which it moved by more than users are promised, and the latent cache is
// small as it is.
kernels::KvCacheType kvCacheTypeFor(const kernels::Plan &plan, kernels::KvCacheType asked);

struct MemoryOptions
{
    std::uint32_t contextLength = 0; // tokens
    bool reference = false; // the reference path: a cache in F32, and MLA expanded; else kvCacheType and absorbed
    kernels::KvCacheType kvCacheType = kernels::KvCacheType::F16; // as asked for: see kvCacheTypeFor()
    std::uint32_t chunkTokens = 256; // tokens of one run: activations are sized for them
    std::uint64_t repackedBytes = 0; // a copy of weights in another layout, where a backend makes one
};

// Never fails. The activations are what the steps of kernels/plan.h keep in float, with 25 % for a backend's
// own.
MemoryPlan planMemory(const kernels::Plan &plan, const MemoryOptions &options);

// Bytes that new allocations can have without swapping: MemAvailable of /proc/meminfo, or what the memory
// limit of this process's control group (version 2 or 1) leaves, whichever is less. Nothing where neither can
// be read. `root` is / but in tests.
std::optional<std::uint64_t> availableMemory(const std::filesystem::path &root = "/");

// Refuses with OutOfMemory a plan that does not fit `available` bytes, with the figures and the ways out that
// would help: the longest context that fits, or a smaller model. The weights count in full: they are mapped
// from the file and could be dropped and read again, but at the speed of the disk for every token.
Result<void> checkMemory(const MemoryPlan &plan, std::uint64_t available, std::string_view modelName);

// "4.9 GiB", "612 MiB": rounded up for needs, so that a refusal never shows two equal figures.
std::string memoryText(std::uint64_t bytes, bool roundUp);

} // namespace inference
