// selftest: every kernel of the device against the reference.
#include "inference/cli/common.h"
#include "inference/cli/report.h"
#include "inference/device_choice.h"

#include "kernels/cpu/self_test.h"

namespace inference::cli {

int runSelftest(CommandLine arguments)
{
    bool all = false;
    CommonOptions common;
    Options options("selftest",
                    "Runs every kernel of the device on odd sizes and compares it with the reference.\n"
                    "Shows what failed; the last line counts.");
    options.flag("--all", "show what passed, too", all);
    common.addTo(options);
    if (const auto code = options.parse(arguments))
        return *code;
    if (auto applied = common.apply(); !applied)
        return fail(applied.error());
    const kernels::SelfTestReport report = [&](const std::string &check, const std::string &failure) {
        if (!failure.empty())
            write("failed: " + oneLine(check) + ": " + oneLine(failure) + "\n");
        else if (all)
            write("passed: " + oneLine(check) + "\n");
    };
    kernels::SelfTestResult result;
    if (common.load.device != "cpu" && common.load.device != "auto") {
        const auto gpu = chooseDevice(common.load.device, Precision::Fast, {}, probeFor(common.load));
        if (!gpu)
            return fail(gpu.error());
        const auto onGpu = kernels::runCudaSelfTest(pluginOf(common.load), gpu->gpu, report);
        if (!onGpu)
            return fail(Error(ErrorCode::Internal, onGpu.error().message));
        result = *onGpu;
    } else {
        result = kernels::runSelfTest(common.load.isa, report);
    }
    write(std::to_string(result.passed) + " passed, " + std::to_string(result.failed) + " failed\n");
    return result.failed == 0 && result.passed > 0 ? kDone : kFailed;
}

} // namespace inference::cli
