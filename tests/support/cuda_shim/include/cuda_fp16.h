// half and half2 as CUDA has them: every operation rounds once, to nearest, ties to even.
#pragma once

#include "tests/support/cuda_shim/device_language.h"
#include "tests/support/cuda_shim/device_math.h"
#include "tests/support/cuda_shim/small_float.h"

#define BALEEN_SHIM_SMALL __half
#define BALEEN_SHIM_SMALL2 __half2
#define BALEEN_SHIM_SMALL_BITS shim::halfBits
#define BALEEN_SHIM_SMALL_VALUE shim::halfValue
#include "tests/support/cuda_shim/small_float.inl.h"

using half = __half;
using half2 = __half2;

inline __half __float2half(float value)
{
    return __half(value);
}
inline __half __float2half_rn(float value)
{
    return __half(value);
}
inline float __half2float(__half value)
{
    return float(value);
}
inline __half __int2half_rn(int value)
{
    return __half(float(value)); // exact as a float up to 2^24; above, infinity either way
}
inline __half2 __float2half2_rn(float value)
{
    return {__half(value), __half(value)};
}
inline __half2 __floats2half2_rn(float low, float high)
{
    return {__half(low), __half(high)};
}
inline __half2 __float22half2_rn(float2 values)
{
    return {__half(values.x), __half(values.y)};
}
inline float2 __half22float2(__half2 values)
{
    return {float(values.x), float(values.y)};
}
inline __half2 __half2half2(__half value)
{
    return {value, value};
}
inline __half2 __halves2half2(__half low, __half high)
{
    return {low, high};
}
inline unsigned short __half_as_ushort(__half value)
{
    return value.bits;
}
inline short __half_as_short(__half value)
{
    return short(value.bits);
}
inline __half __ushort_as_half(unsigned short bits)
{
    return __half(__half_raw{bits});
}
inline __half __short_as_half(short bits)
{
    return __half(__half_raw{(unsigned short)(bits)});
}
inline float __low2float(__half2 values)
{
    return float(values.x);
}
inline float __high2float(__half2 values)
{
    return float(values.y);
}
inline __half __low2half(__half2 values)
{
    return values.x;
}
inline __half __high2half(__half2 values)
{
    return values.y;
}
