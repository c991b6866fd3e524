// A plug-in without CUDA that answers what BALEEN_FAKE_CUDA asks for: the cases that this machine cannot
// show.
#include "kernels/build_identity.h"
#include "kernels/cuda/engine_table.h"
#include "kernels/cuda/plugin_abi.h"
#include "kernels/reference/reference_backend.h"

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

std::string_view wantedKind()
{
    const char *wanted = std::getenv("BALEEN_FAKE_CUDA");
    return wanted ? wanted : "";
}

std::int32_t probe(BaleenCudaProbe *probe)
{
    const std::string_view kind = wantedKind();
    std::memset(probe, 0, sizeof *probe);
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

// A backend that is none of CUDA's, but made and deleted by this library.
kernels::Result<std::unique_ptr<kernels::Backend>>
createBackend(const kernels::cuda::CudaBackendOptions &options)
{
    if (options.device != 0)
        return kernels::Error(kernels::ErrorCode::Unsupported, "There is no such GPU.");
    return kernels::createReferenceBackend(1);
}

kernels::Result<kernels::SelfTestResult> selfTest(int device, const kernels::SelfTestReport &report)
{
    report("fake kernel " + std::to_string(device), "");
    report("another", "wrong by 1");
    return kernels::SelfTestResult{1, 1};
}

kernels::Result<double> measureCopyBandwidth(int device)
{
    return device == 0 ? 3e12 : 2e12;
}

constexpr kernels::cuda::EngineTable kEngine = {createBackend, selfTest, measureCopyBandwidth};

} // namespace

extern "C" __attribute__((visibility("default"))) const BaleenCudaPlugin *baleenCudaPlugin()
{
    static BaleenCudaPlugin plugin;
    static std::string build;
    const std::string_view kind = wantedKind();
    if (kind == "no table")
        return nullptr;
    build = kernels::buildIdentity() + (kind == "other build" ? " 8" : "");
    plugin = {kBaleenCudaAbi + (kind == "other version"), build.c_str(), probe, &kEngine};
    return &plugin;
}
