// doctor: what this machine can do, and one line of advice for each thing that is missing.
#include "inference/cli/common.h"
#include "inference/cli/machine.h"
#include "inference/cli/report.h"
#include "inference/model/memory_plan.h"
#include "kernels/cpu/isa.h"
#include "kernels/cpu/machine.h"
#include "kernels/cuda_plugin.h"

#include <nlohmann/json.hpp>

#include <dlfcn.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

namespace inference::cli {

namespace {

using Json = nlohmann::ordered_json;
namespace fs = std::filesystem;

// Of /proc/cpuinfo: what the processor and the kernel grant.
std::vector<std::string> cpuFlags()
{
    std::ifstream file("/proc/cpuinfo");
    std::string line;
    while (std::getline(file, line)) {
        if (!line.starts_with("flags"))
            continue;
        std::istringstream words(line.substr(line.find(':') + 1));
        std::vector<std::string> flags;
        for (std::string word; words >> word;)
            flags.push_back(word);
        return flags;
    }
    return {};
}

bool canOpenLibrary(const char *name)
{
    // Not closed again: some libraries lose memory when they are.
    return ::dlopen(name, RTLD_LAZY | RTLD_LOCAL) != nullptr;
}

std::string firstLine(const fs::path &path)
{
    std::ifstream file(path);
    std::string line;
    std::getline(file, line);
    return line;
}

struct Diagnosis
{
    Json json;
    std::vector<std::string> advice;
};

void examineCpu(Diagnosis &diagnosis, const LoadOptions &load)
{
    static constexpr const char *interesting[] = {"avx2",        "fma",         "f16c",     "avx_vnni",
                                                  "avx512f",     "avx512bw",    "avx512vl", "avx512_vnni",
                                                  "avx512_bf16", "avx512_fp16", "amx_int8", "amx_bf16"};
    const std::vector<std::string> flags = cpuFlags();
    Json features;
    for (const char *name : interesting)
        features[name] = std::find(flags.begin(), flags.end(), name) != flags.end();
    Json &cpu = diagnosis.json["cpu"];
    cpu = {{"name", cpuName()},
           {"threads_of_the_machine", std::thread::hardware_concurrency()},
           {"features", features}};
    if (!features["avx2"].get<bool>())
        diagnosis.advice.push_back(
            "The processor has no AVX2: models run with the slow scalar kernels. A processor of "
            "the last ten years is several times faster.");
    const std::string &whyNoAmx = kernels::whyNoAmx();
    diagnosis.json["amx"] = {{"granted", whyNoAmx.empty()}, {"reason", whyNoAmx.empty() ? Json() : Json(whyNoAmx)}};
    LoadOptions onCpu = load;
    onCpu.device = "cpu";
    if (const auto backend = createBackend(onCpu)) {
        const kernels::BackendCapabilities &capabilities = (*backend)->capabilities();
        diagnosis.json["kernels"] = {{"isa", capabilities.isa},
                                     {"threads", capabilities.threads},
                                     {"description", capabilities.description}};
    } else {
        diagnosis.json["kernels"] = nullptr;
        diagnosis.advice.push_back("The kernels of the processor cannot run: " + backend.error().message);
    }
}

void measure(Diagnosis &diagnosis, unsigned threads)
{
    const double bandwidth = kernels::measureReadBandwidth(threads), rate = kernels::measureInt8Rate(threads);
    diagnosis.json["measured"] = {{"read_gb_s", bandwidth > 0 ? Json(bandwidth / 1e9) : Json()},
                                  {"int8_gops", rate > 0 ? Json(rate / 1e9) : Json()}};
}

void examineMemory(Diagnosis &diagnosis)
{
    const std::uint64_t total = totalMemory(), available = availableMemory().value_or(0);
    diagnosis.json["memory"] = {{"total_bytes", total}, {"available_bytes", available}};
    if (available != 0 && available < (std::uint64_t(2) << 30))
        diagnosis.advice.push_back("Only " + byteAmount(available) +
                                   " of memory are free: close programs before you "
                                   "load a model larger than that.");
}

void examineGpu(Diagnosis &diagnosis)
{
    std::error_code error;
    const bool device = fs::exists("/dev/nvidiactl", error) || fs::exists("/dev/nvidia0", error);
    const std::string driver = nvidiaDriverVersion(firstLine("/proc/driver/nvidia/version"));
    const kernels::CudaProbe cuda = kernels::probeCuda();
    const bool driverLibrary = canOpenLibrary("libcuda.so.1");
    const bool cublas = canOpenLibrary("libcublas.so.13") || canOpenLibrary("libcublas.so.12");
    Json devices = Json::array();
    for (const kernels::CudaDevice &gpu : cuda.devices)
        devices.push_back(
            {{"name", gpu.name},
             {"compute", std::to_string(gpu.computeMajor) + "." + std::to_string(gpu.computeMinor)},
             {"total_bytes", gpu.totalBytes},
             {"free_bytes", gpu.freeBytes},
             {"problem", gpu.problem.empty() ? Json() : Json(gpu.problem)}});
    diagnosis.json["gpu"] = {{"nvidia_device", device},
                             {"driver", driver.empty() ? Json() : Json(driver)},
                             {"driver_library", driverLibrary},
                             {"driver_cuda_version", cuda.driverVersion},
                             {"plugin", cuda.plugin.empty() ? Json() : Json(cuda.plugin.string())},
                             {"status", cuda.line},
                             {"devices", devices},
                             {"cublas", cublas}};
    auto &advice = diagnosis.advice;
    if (!device)
        advice.push_back("No NVIDIA GPU is there: models run on the processor.");
    else if (!driverLibrary)
        advice.push_back("There is a GPU but no driver library (libcuda.so.1): install the NVIDIA driver.");
    if (cuda.status == kernels::CudaStatus::Failed || cuda.status == kernels::CudaStatus::OldDriver)
        advice.push_back(cuda.line);
    if (cuda.plugin.empty())
        advice.push_back("The CUDA plug-in (libbaleen_cuda.so) is not installed: this version runs on the "
                         "processor only.");
    if (device && !cublas)
        advice.push_back("cuBLAS is not installed: long prompts will be read more slowly on the GPU.");
}

std::string doctorText(const Diagnosis &diagnosis)
{
    const Json &json = diagnosis.json;
    std::string text;
    const auto line = [&](std::string name, const std::string &value) {
        name.resize(12, ' ');
        text += name + oneLine(value) + "\n";
    };
    line("Processor", json["cpu"]["name"].get<std::string>());
    std::string features;
    for (const auto &[name, there] : json["cpu"]["features"].items())
        features += there.get<bool>() ? (features.empty() ? "" : " ") + name : "";
    line("Features", features.empty() ? "none that the kernels use" : features);
    if (!json["kernels"].is_null())
        line("Kernels", json["kernels"]["description"].get<std::string>());
    const Json &amx = json["amx"];
    line("AMX", amx["granted"].get<bool>() ? "granted" : "not used: " + amx["reason"].get<std::string>());
    const Json &measured = json["measured"];
    const auto amount = [](const Json &value, const char *unit) {
        return value.is_null() ? std::string("not measured") : shortNumber(value.get<double>()) + unit;
    };
    line("Measured", "memory " + amount(measured["read_gb_s"], " GB/s read") + ", " +
                         amount(measured["int8_gops"], " Gop/s int8"));
    line("Memory", byteAmount(json["memory"]["total_bytes"].get<std::uint64_t>()) + ", " +
                       byteAmount(json["memory"]["available_bytes"].get<std::uint64_t>()) + " free");
    const Json &gpu = json["gpu"];
    line("GPU", gpu["nvidia_device"].get<bool>()
                    ? (gpu["driver"].is_null() ? "NVIDIA, no driver" : "NVIDIA, driver " + gpu["driver"].get<std::string>())
                    : "none");
    line("CUDA", gpu["status"].get<std::string>());
    for (const std::string &advice : diagnosis.advice)
        text += "- " + advice + "\n";
    return text;
}

} // namespace

int runDoctor(CommandLine arguments)
{
    bool json = false;
    CommonOptions common;
    Options options("doctor", "Shows what this machine can do. Measures for about a second.");
    options.flag("--json", "one JSON object", json);
    common.addTo(options);
    if (const auto code = options.parse(arguments))
        return *code;
    if (auto applied = common.apply(); !applied)
        return fail(applied.error());
    Diagnosis diagnosis;
    diagnosis.json = {{"version", BALEEN_VERSION}, {"commit", BALEEN_COMMIT}};
    examineCpu(diagnosis, common.load);
    measure(diagnosis, common.load.threads);
    examineMemory(diagnosis);
    examineGpu(diagnosis);
    if (json) {
        diagnosis.json["advice"] = diagnosis.advice;
        write(diagnosis.json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n");
    } else {
        write(doctorText(diagnosis));
    }
    return kDone;
}

} // namespace inference::cli
