// Every kernel of every instruction set of this machine against plain loops in double, on odd sizes.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

namespace kernels {

struct SelfTestResult
{
    unsigned passed = 0, failed = 0;
};

// Called after each check: "avx512 matmul Q4_K 17 x 512, 5 tokens", and what was wrong (empty when it passed).
using SelfTestReport = std::function<void(const std::string &check, const std::string &failure)>;

// isa: one instruction set, or "auto" for all that this machine has.
SelfTestResult runSelfTest(const std::string &isa, const SelfTestReport &report);

} // namespace kernels
