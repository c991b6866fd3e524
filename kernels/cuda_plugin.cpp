#include "kernels/cuda_plugin.h"

#include "kernels/build_identity.h"
#include "kernels/cuda/engine_table.h"
#include "kernels/cuda/plugin_abi.h"

#include <dlfcn.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <memory>

namespace kernels {

namespace {

namespace fs = std::filesystem;

constexpr const char *kPluginFile = "libbaleen_cuda.so";

// "13.0" of 13000.
std::string versionText(int version)
{
    return std::to_string(version / 1000) + "." + std::to_string(version % 1000 / 10);
}

std::string gibibytes(std::uint64_t bytes)
{
    char text[32];
    std::snprintf(text, sizeof text, "%.1f GiB", double(bytes) / (1 << 30));
    return text;
}

// A text field from the plug-in, which may have left out the zero.
template <std::size_t size> std::string textOf(const char (&field)[size])
{
    return std::string(field, ::strnlen(field, size));
}

CudaDevice toDevice(const BaleenCudaDevice &device)
{
    CudaDevice result;
    result.name = textOf(device.name);
    result.computeMajor = device.computeMajor;
    result.computeMinor = device.computeMinor;
    result.multiprocessors = device.multiprocessors;
    result.totalBytes = device.totalBytes;
    result.freeBytes = device.freeBytes;
    if (!device.runsOurCode)
        result.problem = device.problem[0] ? textOf(device.problem) : "a kernel did not run on it";
    return result;
}

CudaStatus toStatus(std::int32_t status)
{
    switch (status) {
    case kBaleenCudaReady:
        return CudaStatus::Ready;
    case kBaleenCudaNoDriver:
        return CudaStatus::NoDriver;
    case kBaleenCudaOldDriver:
        return CudaStatus::OldDriver;
    case kBaleenCudaNoGpu:
        return CudaStatus::NoGpu;
    default:
        return CudaStatus::Failed;
    }
}

std::string lineOf(const CudaDevice &device)
{
    std::string line = device.name + " (compute " + std::to_string(device.computeMajor) + "." +
                       std::to_string(device.computeMinor) + ", " + gibibytes(device.totalBytes) + ", " +
                       gibibytes(device.freeBytes) + " free)";
    return device.problem.empty() ? line : line + ": cannot be used, " + device.problem;
}

std::string lineOf(const CudaProbe &probe, const std::string &errorText)
{
    switch (probe.status) {
    case CudaStatus::NoPlugin:
        return "No CUDA plug-in beside the program: models run on the processor.";
    case CudaStatus::NoDriver:
        return "No NVIDIA driver: models run on the processor. For a GPU, install the driver for CUDA " +
               versionText(probe.runtimeVersion) + " or later.";
    case CudaStatus::OldDriver:
        return "The NVIDIA driver is for CUDA " + versionText(probe.driverVersion) +
               " and the plug-in needs " + versionText(probe.runtimeVersion) +
               ": models run on the processor. Install a newer driver.";
    case CudaStatus::NoGpu:
        return "An NVIDIA driver (CUDA " + versionText(probe.driverVersion) +
               ") and no GPU that this process may use: models run on the processor.";
    case CudaStatus::Failed:
        return "The GPU cannot be used (" + errorText + "): models run on the processor.";
    case CudaStatus::Ready:
        break;
    }
    std::string line;
    for (const CudaDevice &device : probe.devices)
        line += (line.empty() ? "" : "; ") + lineOf(device);
    return line + ", driver for CUDA " + versionText(probe.driverVersion);
}

std::string problemOf(const CudaProbe &probe, const std::string &errorText)
{
    switch (probe.status) {
    case CudaStatus::NoPlugin:
        return "there is no CUDA plug-in beside the program";
    case CudaStatus::NoDriver:
        return "there is no NVIDIA driver";
    case CudaStatus::OldDriver:
        return "the NVIDIA driver is for CUDA " + versionText(probe.driverVersion) + " and the plug-in needs " +
               versionText(probe.runtimeVersion);
    case CudaStatus::NoGpu:
        return "there is no GPU that this process may use";
    case CudaStatus::Failed:
        return errorText;
    case CudaStatus::Ready:
        break;
    }
    return {};
}

CudaProbe described(CudaProbe probe, const std::string &errorText)
{
    probe.problem = problemOf(probe, errorText);
    probe.line = lineOf(probe, errorText);
    return probe;
}

CudaProbe failed(CudaProbe probe, const std::string &why)
{
    probe.status = CudaStatus::Failed;
    return described(std::move(probe), why);
}

// A plug-in of this build, or why the file is none.
struct Opened
{
    const BaleenCudaPlugin *plugin = nullptr;
    std::string problem;
};

Opened openPlugin(const fs::path &file)
{
    // An absolute path: a bare name would be searched for in folders that others may write to.
    std::error_code error;
    void *library = ::dlopen(fs::absolute(file, error).c_str(), RTLD_NOW | RTLD_LOCAL);
    if (!library) {
        const char *reason = ::dlerror();
        return {nullptr, reason ? reason : file.string() + " cannot be loaded"};
    }
    const auto table = reinterpret_cast<BaleenCudaPluginFunction>(::dlsym(library, BALEEN_CUDA_PLUGIN_NAME));
    if (!table && !::dlsym(library, BALEEN_CUDA_OLD_NAME))
        return {nullptr, file.string() + " is not a plug-in of this program"};
    const BaleenCudaPlugin *plugin = table ? table() : nullptr;
    if (!plugin || plugin->abi != kBaleenCudaAbi)
        return {nullptr, file.string() + " is of another version of the program"};
    if (!plugin->build || buildIdentity() != plugin->build)
        return {nullptr, file.string() + " is of another build of the program"};
    return {plugin, {}};
}

// What the program calls of it, or the sentence why not.
Result<const cuda::EngineTable *> openEngine(const fs::path &file)
{
    const auto refused = [](std::string why) {
        return Error(ErrorCode::Unsupported, {.what = "The device cuda cannot be used",
                                              .where = why,
                                              .wayOut = "Choose --device cpu."});
    };
    if (file.empty())
        return refused("there is no CUDA plug-in beside the program");
    const Opened opened = openPlugin(file);
    if (!opened.plugin)
        return refused(opened.problem);
    return static_cast<const cuda::EngineTable *>(opened.plugin->engine);
}

} // namespace

std::filesystem::path findCudaPlugin()
{
    std::error_code error;
    const fs::path folder = fs::read_symlink("/proc/self/exe", error).parent_path();
    if (error)
        return {};
    // An installed program lies in bin/; its plug-in in the library folder, which some systems name by
    // architecture.
    for (const fs::path &place : {folder, folder / "../lib/baleen", folder / "../lib64/baleen",
                                  folder / "../lib/x86_64-linux-gnu/baleen"}) {
        const fs::path file = place / kPluginFile;
        if (fs::is_regular_file(file, error))
            return fs::canonical(file, error);
    }
    return {};
}

CudaProbe probeCuda()
{
    return probeCuda(findCudaPlugin());
}

CudaProbe probeCuda(const std::filesystem::path &plugin)
{
    CudaProbe result;
    if (plugin.empty())
        return described(std::move(result), {});
    result.plugin = plugin;
    const Opened opened = openPlugin(plugin);
    if (!opened.plugin)
        return failed(std::move(result), opened.problem);
    const auto answer = std::make_unique<BaleenCudaProbe>();
    const std::int32_t status = opened.plugin->probe(answer.get());
    result.status = toStatus(status);
    result.driverVersion = answer->driverVersion;
    result.runtimeVersion = answer->runtimeVersion;
    const std::int32_t count =
        std::clamp<std::int32_t>(answer->deviceCount, 0, std::int32_t(std::size(answer->devices)));
    for (std::int32_t i = 0; i < count; ++i)
        result.devices.push_back(toDevice(answer->devices[i]));
    return described(std::move(result), textOf(answer->errorText));
}

Result<std::unique_ptr<Backend>> createCudaBackend(const std::filesystem::path &plugin,
                                                   const cuda::CudaBackendOptions &options)
{
    const auto engine = openEngine(plugin);
    if (!engine)
        return engine.error();
    return (*engine)->createBackend(options);
}

Result<SelfTestResult> runCudaSelfTest(const std::filesystem::path &plugin, int device, const SelfTestReport &report)
{
    const auto engine = openEngine(plugin);
    if (!engine)
        return engine.error();
    return (*engine)->selfTest(device, report);
}

Result<double> measureCudaBandwidth(const std::filesystem::path &plugin, int device)
{
    const auto engine = openEngine(plugin);
    if (!engine)
        return engine.error();
    return (*engine)->measureCopyBandwidth(device);
}

} // namespace kernels
