// The one function that the plug-in exports.
#include "kernels/cuda/probe.h"

extern "C" __attribute__((visibility("default"))) std::int32_t baleenCudaProbe(BaleenCudaProbe *probe)
{
    if (probe->abi != kBaleenCudaAbi) {
        probe->abi = kBaleenCudaAbi;
        return kBaleenCudaFailed;
    }
    return kernels::cuda::probe(probe);
}
