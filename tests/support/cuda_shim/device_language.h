// The CUDA C++ that kernels are written in, for a C++ compiler: qualifiers, indices, barriers, warp
// functions, atomics.
#pragma once

#include "tests/support/cuda_shim/lanes.h"

#include <bit>
#include <cmath>
#include <cstring>

#define BALEEN_CUDA_SHIM 1

#define __global__
#define __device__
#define __host__
#define __constant__
#define __grid_constant__
#define __forceinline__ inline __attribute__((always_inline))
#define __launch_bounds__(...)
#define __align__(bytes) __attribute__((aligned(bytes)))
// One block runs at a time, so a block's memory may be static. The tag is in the symbol's name, by which the
// shim finds it and spoils it before every block (shared_memory.h). Dynamic shared memory: dynamicShared() of
// kernels/cuda/launch.h.
#define __shared__ static __attribute__((abi_tag("deviceShared")))

#define threadIdx (::shim::self().threadIndex)
#define blockIdx (::shim::self().blockIndex)
#define blockDim (::shim::self().blockSize)
#define gridDim (::shim::self().gridSize)
inline constexpr int warpSize = 32;

inline void __syncthreads(shim::Site site = shim::Site::here())
{
    shim::meetBlock(shim::BlockVote::None, false, site);
}
inline int __syncthreads_count(int predicate, shim::Site site = shim::Site::here())
{
    return shim::meetBlock(shim::BlockVote::Count, predicate != 0, site);
}
inline int __syncthreads_and(int predicate, shim::Site site = shim::Site::here())
{
    return shim::meetBlock(shim::BlockVote::And, predicate != 0, site);
}
inline int __syncthreads_or(int predicate, shim::Site site = shim::Site::here())
{
    return shim::meetBlock(shim::BlockVote::Or, predicate != 0, site);
}

inline void __syncwarp(unsigned mask = 0xffffffffu, shim::Site site = shim::Site::here())
{
    shim::leaveMeeting(shim::meetWarp(mask, shim::Reason::Barrier, nullptr, 0, site));
}

inline void __threadfence() {}
inline void __threadfence_block() {}
inline void __threadfence_system() {}
inline void __nanosleep(unsigned)
{
    shim::yieldLane();
}

// Shuffles. A segment is `width` lanes; a source outside it is the lane itself, as on the device.
namespace shim {

template <class T> T shuffle(unsigned mask, T value, unsigned source, Site site)
{
    const Exchange<T> all(mask, value, Reason::Shuffle, site);
    return all[source];
}

inline unsigned firstOfSegment(int width)
{
    return self().lane & ~unsigned(width - 1);
}

} // namespace shim

template <class T>
T __shfl_sync(unsigned mask, T value, int source, int width = 32, shim::Site site = shim::Site::here())
{
    return shim::shuffle(mask, value, shim::firstOfSegment(width) + (unsigned(source) & unsigned(width - 1)),
                         site);
}
template <class T>
T __shfl_xor_sync(unsigned mask, T value, int lanes, int width = 32, shim::Site site = shim::Site::here())
{
    // Earlier segments may be read, later ones not.
    const unsigned source = shim::self().lane ^ unsigned(lanes);
    const bool inside = source < shim::firstOfSegment(width) + unsigned(width);
    return shim::shuffle(mask, value, inside ? source : shim::self().lane, site);
}
template <class T>
T __shfl_down_sync(unsigned mask, T value, unsigned lanes, int width = 32,
                   shim::Site site = shim::Site::here())
{
    const unsigned source = shim::self().lane + lanes;
    const bool inside = source < shim::firstOfSegment(width) + unsigned(width);
    return shim::shuffle(mask, value, inside ? source : shim::self().lane, site);
}
template <class T>
T __shfl_up_sync(unsigned mask, T value, unsigned lanes, int width = 32, shim::Site site = shim::Site::here())
{
    const bool inside = shim::self().lane >= shim::firstOfSegment(width) + lanes;
    return shim::shuffle(mask, value, inside ? shim::self().lane - lanes : shim::self().lane, site);
}

inline unsigned __ballot_sync(unsigned mask, int predicate, shim::Site site = shim::Site::here())
{
    const shim::Exchange<int> all(mask, predicate, shim::Reason::Vote, site);
    unsigned result = 0;
    for (unsigned lane = 0; lane < 32; ++lane)
        if (all.mask() >> lane & 1 && all[lane])
            result |= 1u << lane;
    return result;
}
inline int __any_sync(unsigned mask, int predicate, shim::Site site = shim::Site::here())
{
    return __ballot_sync(mask, predicate, site) != 0;
}
inline int __all_sync(unsigned mask, int predicate, shim::Site site = shim::Site::here())
{
    return __ballot_sync(mask, predicate, site) == (mask & shim::self().members);
}
template <class T> unsigned __match_any_sync(unsigned mask, T value, shim::Site site = shim::Site::here())
{
    const shim::Exchange<T> all(mask, value, shim::Reason::Vote, site);
    unsigned result = 0;
    for (unsigned lane = 0; lane < 32; ++lane)
        if (all.mask() >> lane & 1 && all[lane] == value)
            result |= 1u << lane;
    return result;
}

namespace shim {

template <class T, class Combine> T reduceWarp(unsigned mask, T value, Site site, Combine combine)
{
    const Exchange<T> all(mask, value, Reason::Vote, site);
    T result = value;
    for (unsigned lane = 0; lane < 32; ++lane)
        if (all.mask() >> lane & 1 && lane != self().lane)
            result = combine(result, all[lane]);
    return result;
}

} // namespace shim

inline unsigned __reduce_add_sync(unsigned mask, unsigned value, shim::Site site = shim::Site::here())
{
    return shim::reduceWarp(mask, value, site, [](unsigned a, unsigned b) { return a + b; });
}
inline int __reduce_add_sync(unsigned mask, int value, shim::Site site = shim::Site::here())
{
    return int(__reduce_add_sync(mask, unsigned(value), site));
}
#define BALEEN_SHIM_REDUCE(name, Type, expression)                                                           \
    inline Type name(unsigned mask, Type value, shim::Site site = shim::Site::here())                        \
    {                                                                                                        \
        return shim::reduceWarp(mask, value, site, [](Type a, Type b) { return expression; });               \
    }
BALEEN_SHIM_REDUCE(__reduce_min_sync, unsigned, a < b ? a : b)
BALEEN_SHIM_REDUCE(__reduce_min_sync, int, a < b ? a : b)
BALEEN_SHIM_REDUCE(__reduce_max_sync, unsigned, a > b ? a : b)
BALEEN_SHIM_REDUCE(__reduce_max_sync, int, a > b ? a : b)
BALEEN_SHIM_REDUCE(__reduce_and_sync, unsigned, a &b)
BALEEN_SHIM_REDUCE(__reduce_or_sync, unsigned, a | b)
BALEEN_SHIM_REDUCE(__reduce_xor_sync, unsigned, a ^ b)
#undef BALEEN_SHIM_REDUCE

// Atomics, on whole numbers only: sums of floats would depend on the order of threads.
#define BALEEN_SHIM_ATOMICS(Type)                                                                            \
    inline Type atomicExch(Type *at, Type value)                                                             \
    {                                                                                                        \
        return __atomic_exchange_n(at, value, __ATOMIC_RELAXED);                                             \
    }                                                                                                        \
    inline Type atomicCAS(Type *at, Type expected, Type value)                                               \
    {                                                                                                        \
        __atomic_compare_exchange_n(at, &expected, value, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED);        \
        return expected;                                                                                     \
    }                                                                                                        \
    inline Type atomicMin(Type *at, Type value)                                                              \
    {                                                                                                        \
        Type old = __atomic_load_n(at, __ATOMIC_RELAXED);                                                    \
        while (!__atomic_compare_exchange_n(at, &old, old < value ? old : value, false, __ATOMIC_RELAXED,    \
                                            __ATOMIC_RELAXED)) {                                             \
        }                                                                                                    \
        return old;                                                                                          \
    }                                                                                                        \
    inline Type atomicMax(Type *at, Type value)                                                              \
    {                                                                                                        \
        Type old = __atomic_load_n(at, __ATOMIC_RELAXED);                                                    \
        while (!__atomic_compare_exchange_n(at, &old, old > value ? old : value, false, __ATOMIC_RELAXED,    \
                                            __ATOMIC_RELAXED)) {                                             \
        }                                                                                                    \
        return old;                                                                                          \
    }                                                                                                        \
    inline Type atomicAnd(Type *at, Type value)                                                              \
    {                                                                                                        \
        return __atomic_fetch_and(at, value, __ATOMIC_RELAXED);                                              \
    }                                                                                                        \
    inline Type atomicOr(Type *at, Type value)                                                               \
    {                                                                                                        \
        return __atomic_fetch_or(at, value, __ATOMIC_RELAXED);                                               \
    }                                                                                                        \
    inline Type atomicXor(Type *at, Type value)                                                              \
    {                                                                                                        \
        return __atomic_fetch_xor(at, value, __ATOMIC_RELAXED);                                              \
    }
BALEEN_SHIM_ATOMICS(int)
BALEEN_SHIM_ATOMICS(unsigned)
BALEEN_SHIM_ATOMICS(unsigned long long)
#undef BALEEN_SHIM_ATOMICS
inline int atomicAdd(int *at, int value)
{
    return __atomic_fetch_add(at, value, __ATOMIC_RELAXED);
}
inline unsigned atomicAdd(unsigned *at, unsigned value)
{
    return __atomic_fetch_add(at, value, __ATOMIC_RELAXED);
}
inline unsigned long long atomicAdd(unsigned long long *at, unsigned long long value)
{
    return __atomic_fetch_add(at, value, __ATOMIC_RELAXED);
}
inline int atomicSub(int *at, int value)
{
    return __atomic_fetch_sub(at, value, __ATOMIC_RELAXED);
}
inline unsigned atomicSub(unsigned *at, unsigned value)
{
    return __atomic_fetch_sub(at, value, __ATOMIC_RELAXED);
}
// Counts to `last` and starts again at 0.
inline unsigned atomicInc(unsigned *at, unsigned last)
{
    unsigned old = __atomic_load_n(at, __ATOMIC_RELAXED);
    while (!__atomic_compare_exchange_n(at, &old, old >= last ? 0 : old + 1, false, __ATOMIC_RELAXED,
                                        __ATOMIC_RELAXED)) {
    }
    return old;
}
float atomicAdd(float *at, float value) = delete;
double atomicAdd(double *at, double value) = delete;

// Loads and stores with a wish for the cache.
#define BALEEN_SHIM_LOAD(name)                                                                               \
    template <class T> T name(const T *at)                                                                   \
    {                                                                                                        \
        return *at;                                                                                          \
    }
BALEEN_SHIM_LOAD(__ldg)
BALEEN_SHIM_LOAD(__ldca)
BALEEN_SHIM_LOAD(__ldcg)
BALEEN_SHIM_LOAD(__ldcs)
BALEEN_SHIM_LOAD(__ldlu)
BALEEN_SHIM_LOAD(__ldcv)
#undef BALEEN_SHIM_LOAD
#define BALEEN_SHIM_STORE(name)                                                                              \
    template <class T> void name(T *at, std::type_identity_t<T> value)                                       \
    {                                                                                                        \
        *at = value;                                                                                         \
    }
BALEEN_SHIM_STORE(__stwb)
BALEEN_SHIM_STORE(__stcg)
BALEEN_SHIM_STORE(__stcs)
BALEEN_SHIM_STORE(__stwt)
#undef BALEEN_SHIM_STORE
