// A plug-in without CUDA that answers what BALEEN_FAKE_CUDA asks for: the cases that this machine cannot
// show.
#include "kernels/cuda/plugin_abi.h"

#include <cstdlib>
#include <cstring>
#include <string_view>

namespace {

// Fills every byte, as a plug-in that forgets the zero would.
template <std::size_t size> void fillUp(char (&field)[size])
{
    std::memset(field, 'x', size);
}

void addDevice(BaleenCudaProbe &probe, const char *name, const char *problem)
{
    BaleenCudaDevice &device = probe.devices[probe.deviceCount++];
    std::strncpy(device.name, name, sizeof device.name - 1);
    std::strncpy(device.problem, problem, sizeof device.problem - 1);
    device.computeMajor = 9;
    device.computeMinor = 0;
    device.multiprocessors = 132;
    device.runsOurCode = problem[0] == 0;
    device.totalBytes = std::uint64_t(80) << 30;
    device.freeBytes = std::uint64_t(79) << 30;
}

} // namespace

extern "C" __attribute__((visibility("default"))) std::int32_t baleenCudaProbe(BaleenCudaProbe *probe)
{
    const char *wanted = std::getenv("BALEEN_FAKE_CUDA");
    const std::string_view kind = wanted ? wanted : "";
    std::memset(probe, 0, sizeof *probe);
    probe->abi = kind == "other version" ? kBaleenCudaAbi + 1 : kBaleenCudaAbi;
    probe->runtimeVersion = 13000;
    probe->driverVersion = kind == "no driver" ? 0 : kind == "old driver" ? 12040 : 13010;
    if (kind == "no driver")
        return kBaleenCudaNoDriver;
    if (kind == "old driver")
        return kBaleenCudaOldDriver;
    if (kind == "no gpu")
        return kBaleenCudaNoGpu;
    if (kind == "error") {
        std::strcpy(probe->errorText, "out of memory");
        return kBaleenCudaFailed;
    }
    if (kind == "unknown status")
        return 77;
    if (kind == "garbage") {
        probe->deviceCount = 1000000;
        fillUp(probe->errorText);
        for (BaleenCudaDevice &device : probe->devices)
            fillUp(device.name);
        return kBaleenCudaReady;
    }
    addDevice(*probe, "Fake 1", "");
    addDevice(*probe, "Fake 2", "no kernel image is available for execution on the device");
    return kBaleenCudaReady;
}
