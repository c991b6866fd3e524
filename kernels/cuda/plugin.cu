// The one function that the plug-in exports.
#include "kernels/build_identity.h"
#include "kernels/cuda/bandwidth.h"
#include "kernels/cuda/engine_table.h"
#include "kernels/cuda/probe.h"
#include "kernels/cuda/self_test.h"

namespace {

constexpr kernels::cuda::EngineTable kEngine = {kernels::cuda::createCudaBackend, kernels::cuda::runSelfTest,
                                                 kernels::cuda::measureCopyBandwidth};

} // namespace

extern "C" __attribute__((visibility("default"))) const BaleenCudaPlugin *baleenCudaPlugin()
{
    static const std::string build = kernels::buildIdentity();
    static const BaleenCudaPlugin plugin = {kBaleenCudaAbi, build.c_str(), kernels::cuda::probe, &kEngine};
    return &plugin;
}
