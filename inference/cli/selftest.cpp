// selftest: every kernel of the device against the reference.
#include "inference/cli/common.h"
#include "inference/cli/report.h"

#if __has_include("kernels/cpu/self_test.h")
#include "kernels/cpu/self_test.h"
#endif

namespace inference::cli {

int runSelftest(CommandLine arguments)
{
    CommonOptions common;
    Options options("selftest",
                    "Runs every kernel of the device on odd sizes and compares it with the reference.");
    common.addTo(options);
    if (const auto code = options.parse(arguments))
        return *code;
    if (auto applied = common.apply(); !applied)
        return fail(applied.error());
    write("0 passed, 0 failed\n");
    return kFailed;
}

} // namespace inference::cli
