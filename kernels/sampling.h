// What drawing a token is made of, for the host's sampler (inference/sampler.h) and for a GPU that draws by itself
// (token_stream.h): plain multiplications and additions in a fixed order, the same bits on every machine.
#pragma once

#include <bit>
#include <cstdint>

#ifdef __clang__
#pragma STDC FP_CONTRACT OFF // a fused product would change the draw from machine to machine
#endif

namespace kernels {

// Logits that are looked at together: sums over a vocabulary are those of runs, in order, each of eight lanes, one behind the
// other.
inline constexpr std::uint32_t kLogitBlock = 64, kLogitRun = 4096, kLogitLanes = 8;

// Below it dividing by the temperature overflows, and nothing but the greatest logit has weight.
inline constexpr float kLeastTemperature = 1e-4f;

// e^x for x <= 0, relative error below 1e-6, 0 below -87. Not the C library's expf, which differs between machines; written to be
// vectorised.
constexpr float exponential(float x)
{
    const float clamped = x < -87.0f ? -87.0f : x;
    const float scaled = clamped * 1.44269504f;
    const std::int32_t whole = static_cast<std::int32_t>(scaled - 0.5f); // rounds to nearest for scaled <= 0
    const float n = static_cast<float>(whole);
    const float r = (clamped - n * 0.693359375f) + n * 2.12194440e-4f; // ln 2 in two parts (Cephes)
    float p = 1.9875691500e-4f;
    p = p * r + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    p = p * r * r + r + 1.0f;
    const float power = std::bit_cast<float>((whole + 127) << 23);
    return x < -87.0f ? 0.0f : p * power;
}

// e^(logit - greatest) as the probabilities of tokens have it: what inference/logit_passes.inl.h computes in vectors.
constexpr float chanceOf(float logit, float greatest)
{
    float t = (logit - greatest) * 1.44269504f;
    t = t > -126.0f ? t : -126.0f;
    const std::int32_t whole = static_cast<std::int32_t>(t - 0.5f);
    const float f = t - static_cast<float>(whole);
    const float p = (((f * 9.6663685e-3f + 5.5921976e-2f) * f + 2.4022349e-1f) * f + 6.9312105e-1f) * f + 1.0f;
    return std::bit_cast<float>(std::bit_cast<std::int32_t>(p) + whole * (1 << 23));
}

// SplitMix64 (Steele, Lea, Flood 2014): each draw adds kRandomStep to the state, and is the mixed state.
inline constexpr std::uint64_t kRandomStep = 0x9e3779b97f4a7c15ull;
constexpr std::uint64_t mixed(std::uint64_t z)
{
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
    return z ^ (z >> 31);
}
// [0, 1), 53 bits, of a draw.
constexpr double unitOf(std::uint64_t draw)
{
    return static_cast<double>(draw >> 11) * 0x1.0p-53;
}

} // namespace kernels
