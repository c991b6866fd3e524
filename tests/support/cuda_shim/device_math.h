// CUDA's arithmetic functions: bits, dot products of bytes, conversions, and the fast forms of functions of
// floats, which here are the exact ones.
#pragma once

#include <algorithm>
#include <bit>
#include <cfenv>
#include <cmath>
#include <cstdint>
#include <limits>
#include <type_traits>

// Bits.
inline int __popc(unsigned value)
{
    return std::popcount(value);
}
inline int __popcll(unsigned long long value)
{
    return std::popcount(value);
}
inline int __clz(int value)
{
    return std::countl_zero(unsigned(value));
}
inline int __clzll(long long value)
{
    return std::countl_zero((unsigned long long)(value));
}
inline int __ffs(int value)
{
    return __builtin_ffs(value);
}
inline int __ffsll(long long value)
{
    return __builtin_ffsll(value);
}
inline unsigned __brev(unsigned value)
{
    unsigned result = 0;
    for (int bit = 0; bit < 32; ++bit)
        result |= (value >> bit & 1u) << (31 - bit);
    return result;
}
// Byte i of the result is the one that nibble i of the selector names; its top bit asks for copies of that
// byte's sign.
inline unsigned __byte_perm(unsigned low, unsigned high, unsigned selector)
{
    const std::uint64_t bytes = std::uint64_t(high) << 32 | low;
    unsigned result = 0;
    for (int i = 0; i < 4; ++i) {
        const unsigned nibble = selector >> (4 * i) & 15;
        unsigned byte = unsigned(bytes >> (8 * (nibble & 7))) & 255;
        if (nibble & 8)
            byte = byte & 128 ? 255 : 0;
        result |= byte << (8 * i);
    }
    return result;
}
inline unsigned __funnelshift_r(unsigned low, unsigned high, unsigned shift)
{
    return unsigned((std::uint64_t(high) << 32 | low) >> (shift & 31));
}
inline unsigned __funnelshift_l(unsigned low, unsigned high, unsigned shift)
{
    return unsigned((std::uint64_t(high) << 32 | low) << (shift & 31) >> 32);
}
inline int __mulhi(int a, int b)
{
    return int(std::int64_t(a) * b >> 32);
}
inline unsigned __umulhi(unsigned a, unsigned b)
{
    return unsigned(std::uint64_t(a) * b >> 32);
}
inline unsigned long long __umul64hi(unsigned long long a, unsigned long long b)
{
    __extension__ using Wide = unsigned __int128;
    return (unsigned long long)(Wide(a) * b >> 64);
}

// c + the sum of four products of bytes; wraps as the device does.
inline int __dp4a(int a, int b, int c)
{
    unsigned sum = unsigned(c);
    for (int i = 0; i < 4; ++i)
        sum += unsigned(int(std::int8_t(a >> (8 * i))) * int(std::int8_t(b >> (8 * i))));
    return int(sum);
}
inline unsigned __dp4a(unsigned a, unsigned b, unsigned c)
{
    for (int i = 0; i < 4; ++i)
        c += (a >> (8 * i) & 255) * (b >> (8 * i) & 255);
    return c;
}

// Four bytes at once.
namespace shim {

template <class Operation> unsigned eachByte(unsigned a, unsigned b, Operation operation)
{
    unsigned result = 0;
    for (int i = 0; i < 4; ++i)
        result |= (unsigned(operation(int(a >> (8 * i) & 255), int(b >> (8 * i) & 255))) & 255) << (8 * i);
    return result;
}

} // namespace shim

inline unsigned __vadd4(unsigned a, unsigned b)
{
    return shim::eachByte(a, b, [](int x, int y) { return x + y; });
}
inline unsigned __vsub4(unsigned a, unsigned b)
{
    return shim::eachByte(a, b, [](int x, int y) { return x - y; });
}
inline unsigned __vsubss4(unsigned a, unsigned b)
{
    return shim::eachByte(
        a, b, [](int x, int y) { return std::clamp(int(std::int8_t(x)) - int(std::int8_t(y)), -128, 127); });
}
inline unsigned __vcmpeq4(unsigned a, unsigned b)
{
    return shim::eachByte(a, b, [](int x, int y) { return x == y ? 255 : 0; });
}
inline unsigned __vcmpne4(unsigned a, unsigned b)
{
    return shim::eachByte(a, b, [](int x, int y) { return x != y ? 255 : 0; });
}

// The same bits as another type.
inline int __float_as_int(float value)
{
    return std::bit_cast<int>(value);
}
inline unsigned __float_as_uint(float value)
{
    return std::bit_cast<unsigned>(value);
}
inline float __int_as_float(int bits)
{
    return std::bit_cast<float>(bits);
}
inline float __uint_as_float(unsigned bits)
{
    return std::bit_cast<float>(bits);
}

// Conversions. The device's are defined everywhere: NaN gives 0, what is too large the last value.
namespace shim {

template <class Integer> Integer toInteger(float rounded)
{
    if (std::isnan(rounded))
        return 0;
    if (double(rounded) <= double(std::numeric_limits<Integer>::min()))
        return std::numeric_limits<Integer>::min();
    if (double(rounded) >= double(std::numeric_limits<Integer>::max()))
        return std::numeric_limits<Integer>::max();
    return Integer(rounded);
}

} // namespace shim

inline int __float2int_rn(float value)
{
    return shim::toInteger<int>(std::nearbyint(value));
}
inline int __float2int_rz(float value)
{
    return shim::toInteger<int>(std::trunc(value));
}
inline int __float2int_rd(float value)
{
    return shim::toInteger<int>(std::floor(value));
}
inline int __float2int_ru(float value)
{
    return shim::toInteger<int>(std::ceil(value));
}
inline unsigned __float2uint_rn(float value)
{
    return shim::toInteger<unsigned>(std::nearbyint(value));
}
inline unsigned __float2uint_rz(float value)
{
    return shim::toInteger<unsigned>(std::trunc(value));
}
inline float __int2float_rn(int value)
{
    return float(value);
}
inline float __uint2float_rn(unsigned value)
{
    return float(value);
}

// Arithmetic with a rounding of its own, never contracted.
inline float __fadd_rn(float a, float b)
{
    return a + b;
}
inline float __fsub_rn(float a, float b)
{
    return a - b;
}
inline float __fmul_rn(float a, float b)
{
    return a * b;
}
inline float __fdiv_rn(float a, float b)
{
    return a / b;
}
inline float __fmaf_rn(float a, float b, float c)
{
    return std::fma(a, b, c);
}
inline float __frcp_rn(float value)
{
    return 1.0f / value;
}
inline float __fsqrt_rn(float value)
{
    return std::sqrt(value);
}
inline float __frsqrt_rn(float value)
{
    return float(1.0 / std::sqrt(double(value)));
}
inline float rsqrtf(float value)
{
    return float(1.0 / std::sqrt(double(value)));
}
inline float __fdividef(float a, float b)
{
    return a / b;
}
inline float __expf(float value)
{
    return std::exp(value);
}
inline float __exp10f(float value)
{
    return float(std::pow(10.0, double(value)));
}
inline float __logf(float value)
{
    return std::log(value);
}
inline float __log2f(float value)
{
    return std::log2(value);
}
inline float __sinf(float value)
{
    return std::sin(value);
}
inline float __cosf(float value)
{
    return std::cos(value);
}
inline float __tanf(float value)
{
    return std::tan(value);
}
inline float __powf(float base, float exponent)
{
    return std::pow(base, exponent);
}
inline void __sincosf(float value, float *sine, float *cosine)
{
    *sine = std::sin(value);
    *cosine = std::cos(value);
}
// Between 0 and 1; NaN gives 0.
inline float __saturatef(float value)
{
    return value > 0 ? (value < 1 ? value : 1.0f) : 0.0f;
}

// Of floats, the one that is a number.
template <class A, class B, class = std::enable_if_t<std::is_arithmetic_v<A> && std::is_arithmetic_v<B>>>
constexpr std::common_type_t<A, B> min(A a, B b)
{
    using Common = std::common_type_t<A, B>;
    if constexpr (std::is_floating_point_v<Common>)
        return std::fmin(Common(a), Common(b));
    else
        return Common(b) < Common(a) ? Common(b) : Common(a);
}
template <class A, class B, class = std::enable_if_t<std::is_arithmetic_v<A> && std::is_arithmetic_v<B>>>
constexpr std::common_type_t<A, B> max(A a, B b)
{
    using Common = std::common_type_t<A, B>;
    if constexpr (std::is_floating_point_v<Common>)
        return std::fmax(Common(a), Common(b));
    else
        return Common(b) > Common(a) ? Common(b) : Common(a);
}
