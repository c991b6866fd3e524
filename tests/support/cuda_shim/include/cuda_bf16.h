// bfloat16 and its pair as CUDA has them: every operation rounds once, to nearest, ties to even.
#pragma once

#include "tests/support/cuda_shim/device_language.h"
#include "tests/support/cuda_shim/device_math.h"
#include "tests/support/cuda_shim/small_float.h"

#define BALEEN_SHIM_SMALL __nv_bfloat16
#define BALEEN_SHIM_SMALL2 __nv_bfloat162
#define BALEEN_SHIM_SMALL_BITS shim::bfloatBits
#define BALEEN_SHIM_SMALL_VALUE shim::bfloatValue
#include "tests/support/cuda_shim/small_float.inl.h"

using nv_bfloat16 = __nv_bfloat16;
using nv_bfloat162 = __nv_bfloat162;

inline __nv_bfloat16 __float2bfloat16(float value)
{
    return __nv_bfloat16(value);
}
inline __nv_bfloat16 __float2bfloat16_rn(float value)
{
    return __nv_bfloat16(value);
}
inline float __bfloat162float(__nv_bfloat16 value)
{
    return float(value);
}
inline __nv_bfloat162 __float2bfloat162_rn(float value)
{
    return {__nv_bfloat16(value), __nv_bfloat16(value)};
}
inline __nv_bfloat162 __floats2bfloat162_rn(float low, float high)
{
    return {__nv_bfloat16(low), __nv_bfloat16(high)};
}
inline __nv_bfloat162 __float22bfloat162_rn(float2 values)
{
    return {__nv_bfloat16(values.x), __nv_bfloat16(values.y)};
}
inline float2 __bfloat1622float2(__nv_bfloat162 values)
{
    return {float(values.x), float(values.y)};
}
inline unsigned short __bfloat16_as_ushort(__nv_bfloat16 value)
{
    return value.bits;
}
inline __nv_bfloat16 __ushort_as_bfloat16(unsigned short bits)
{
    return __nv_bfloat16(__nv_bfloat16_raw{bits});
}
