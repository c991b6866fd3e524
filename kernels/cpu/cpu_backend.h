// The fast path on the CPU: plans on quantised blocks with the instruction set of this machine.
#pragma once

#include "kernels/backend.h"
#include "kernels/kv_cache_type.h"

#include <memory>
#include <string>

namespace kernels {

struct CpuBackendOptions
{
    unsigned threads = 0;     // 0: one for each physical core
    std::string isa = "auto"; // see opsForIsa()
    KvCacheType kvCacheType = KvCacheType::F16;
};

// Fails with Unsupported or InvalidArgument when the instruction set cannot be had.
// The thread that calls run() becomes one of the pinned threads.
Result<std::unique_ptr<Backend>> createCpuBackend(const CpuBackendOptions &options);

} // namespace kernels
