#include "inference/logit_passes.h"

#include <bit>
#include <cstdint>
#include <cstring>
#include <limits>

#ifdef __clang__
#pragma STDC FP_CONTRACT OFF // a fused product would give other bits
#endif

namespace inference {

namespace {

using Floats = float __attribute__((vector_size(32)));
using Whole = std::int32_t __attribute__((vector_size(32)));

#define splat(value) (Floats{} + (value))

#define PASS(name) name##Plain
#define PASS_TARGET
#include "inference/logit_passes.inl.h"
#undef PASS
#undef PASS_TARGET

#if defined(__x86_64__)
#define PASS(name) name##Avx2
#define PASS_TARGET __attribute__((target("avx2")))
#include "inference/logit_passes.inl.h"
#undef PASS
#undef PASS_TARGET

const bool kAvx2 = [] {
    __builtin_cpu_init();
    return __builtin_cpu_supports("avx2") != 0;
}();
#endif

} // namespace

bool blockMaxima(std::span<const float> logits, std::span<float> maxima)
{
#if defined(__x86_64__)
    if (kAvx2)
        return blockMaximaAvx2(logits.data(), logits.size(), maxima.data());
#endif
    return blockMaximaPlain(logits.data(), logits.size(), maxima.data());
}

double sumOfChances(std::span<const float> logits, float greatest)
{
#if defined(__x86_64__)
    if (kAvx2)
        return sumOfChancesAvx2(logits.data(), logits.size(), greatest);
#endif
    return sumOfChancesPlain(logits.data(), logits.size(), greatest);
}

} // namespace inference
