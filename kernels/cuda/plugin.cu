// The one function that the plug-in exports.
#include "kernels/build_identity.h"
#include "kernels/cuda/engine_table.h"
#include "kernels/cuda/probe.h"

namespace {

// While the engine is not in the plug-in.
kernels::Result<std::unique_ptr<kernels::Backend>> createBackend(const kernels::cuda::CudaBackendOptions &)
{
    return kernels::Error(kernels::ErrorCode::Unsupported,
                          "The CUDA engine is not built yet. Choose --device cpu.");
}

constexpr kernels::cuda::EngineTable kEngine = {createBackend, nullptr};

} // namespace

extern "C" __attribute__((visibility("default"))) const BaleenCudaPlugin *baleenCudaPlugin()
{
    static const std::string build = kernels::buildIdentity();
    static const BaleenCudaPlugin plugin = {kBaleenCudaAbi, build.c_str(), kernels::cuda::probe, &kEngine};
    return &plugin;
}
