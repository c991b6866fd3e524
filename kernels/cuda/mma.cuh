// Matrix products of a warp on tensor cores. Fragments lie in the lanes as the PTX ISA says ("Matrix Fragments for mma.m16n8k32",
// "... m16n8k16"): with g = lane / 4 and q = lane % 4
//   a, bytes:  a[0] = A(g, 4q .. 4q + 3), a[1] = A(g + 8, the same), a[2] and a[3] the same 16 columns on
//   b, bytes:  b[0] = B(4q .. 4q + 3, g), b[1] the same 16 rows on
//   a, halves: a[0] = A(g, 2q, 2q + 1), a[1] = A(g + 8, the same), a[2] and a[3] the same 8 columns on
//   b, halves: b[0] = B(2q, 2q + 1, g), b[1] the same 8 rows on
//   d:         d[0], d[1] = D(g, 2q), D(g, 2q + 1), d[2], d[3] = D(g + 8, the same)
// All 32 lanes call them. Before sm_80 a product is made of the smaller ones that there are.
#pragma once

#include "kernels/cuda/device.cuh"

namespace kernels::cuda {

#if !defined(__CUDA_ARCH__) && defined(BALEEN_CUDA_SHIM)

struct MmaFragments
{
    std::uint32_t a[4], b[2];
};

// D(row, column) of the lane's four += the sum of product(row, column, k) over the k of all fragments: `words` of a row and of a
// column, in the order above. product: of two words.
template <class D, class Product>
inline void emulateMma(D (&d)[4], const MmaFragments &mine, int halves, Product product)
{
    const shim::Exchange<MmaFragments> all(kAllLanes, mine);
    const unsigned lane = threadIdx.x % kWarp, group = lane / 4, quad = lane % 4;
    for (unsigned i = 0; i < 4; ++i) {
        const unsigned column = 2 * quad + i % 2, lower = i / 2; // row: group + 8 * lower
        D sum = d[i];
        for (int half = 0; half < halves; ++half)
            for (unsigned k = 0; k < 4; ++k)
                sum = product(sum, all[4 * group + k].a[2 * half + int(lower)], all[4 * column + k].b[half]);
        d[i] = sum;
    }
}

inline int sumOfBytes(int sum, std::uint32_t a, std::uint32_t b)
{
    return __dp4a(static_cast<int>(a), static_cast<int>(b), sum);
}

#endif

// d(16, 8) += a(16, 32) b(32, 8), signed bytes.
KERNELS_DEVICE void mmaBytes(int (&d)[4], const std::uint32_t (&a)[4], const std::uint32_t (&b)[2])
{
#if defined(__CUDA_ARCH__)
#if __CUDA_ARCH__ >= 800
    asm volatile("mma.sync.aligned.m16n8k32.row.col.s32.s8.s8.s32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
                 : "+r"(d[0]), "+r"(d[1]), "+r"(d[2]), "+r"(d[3])
                 : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
#else
    for (int i = 0; i < 4; ++i) // rows 8 * (i % 2), columns of a 16 * (i / 2)
        asm volatile("mma.sync.aligned.m8n8k16.row.col.s32.s8.s8.s32 {%0, %1}, {%2}, {%3}, {%0, %1};"
                     : "+r"(d[2 * (i % 2)]), "+r"(d[2 * (i % 2) + 1])
                     : "r"(a[i]), "r"(b[i / 2]));
#endif
#elif defined(BALEEN_CUDA_SHIM)
    emulateMma(d, {{a[0], a[1], a[2], a[3]}, {b[0], b[1]}}, 2, sumOfBytes);
#endif
}

// The same for 16 columns of a: half a fragment, a[0] and a[1], or a[2] and a[3], and the b of these.
KERNELS_DEVICE void mmaHalfBytes(int (&d)[4], std::uint32_t upper, std::uint32_t lower, std::uint32_t b)
{
#if defined(__CUDA_ARCH__)
#if __CUDA_ARCH__ >= 800
    asm volatile("mma.sync.aligned.m16n8k16.row.col.s32.s8.s8.s32 {%0, %1, %2, %3}, {%4, %5}, {%6}, {%0, %1, %2, %3};"
                 : "+r"(d[0]), "+r"(d[1]), "+r"(d[2]), "+r"(d[3])
                 : "r"(upper), "r"(lower), "r"(b));
#else
    asm volatile("mma.sync.aligned.m8n8k16.row.col.s32.s8.s8.s32 {%0, %1}, {%2}, {%3}, {%0, %1};"
                 : "+r"(d[0]), "+r"(d[1])
                 : "r"(upper), "r"(b));
    asm volatile("mma.sync.aligned.m8n8k16.row.col.s32.s8.s8.s32 {%0, %1}, {%2}, {%3}, {%0, %1};"
                 : "+r"(d[2]), "+r"(d[3])
                 : "r"(lower), "r"(b));
#endif
#elif defined(BALEEN_CUDA_SHIM)
    emulateMma(d, {{upper, lower, 0, 0}, {b, 0}}, 1, sumOfBytes);
#endif
}

// d(16, 8) += a(16, 16) b(16, 8), halves, sums in float.
KERNELS_DEVICE void mmaHalves(float (&d)[4], const std::uint32_t (&a)[4], const std::uint32_t (&b)[2])
{
#if defined(__CUDA_ARCH__)
#if __CUDA_ARCH__ >= 800
    asm volatile("mma.sync.aligned.m16n8k16.row.col.f32.f16.f16.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"
                 : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3])
                 : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]));
#else
    for (int half = 0; half < 2; ++half)
        asm volatile("mma.sync.aligned.m16n8k8.row.col.f32.f16.f16.f32 {%0, %1, %2, %3}, {%4, %5}, {%6}, {%0, %1, %2, %3};"
                     : "+f"(d[0]), "+f"(d[1]), "+f"(d[2]), "+f"(d[3])
                     : "r"(a[2 * half]), "r"(a[2 * half + 1]), "r"(b[half]));
#endif
#elif defined(BALEEN_CUDA_SHIM)
    emulateMma(d, {{a[0], a[1], a[2], a[3]}, {b[0], b[1]}}, 2, [](float sum, std::uint32_t x, std::uint32_t y) {
        sum += halfBitsToFloat(x & 0xffffu) * halfBitsToFloat(y & 0xffffu);
        return sum + halfBitsToFloat(x >> 16) * halfBitsToFloat(y >> 16);
    });
#endif
}

// The fragment b of 16 rows and 8 columns of halves in shared memory, rows of `stride` halves; tile is 16-byte aligned.
KERNELS_DEVICE void loadTransposed(const std::uint16_t *tile, std::uint32_t stride, std::uint32_t (&b)[2])
{
    const std::uint32_t lane = threadIdx.x % kWarp;
#if defined(__CUDA_ARCH__)
    const auto address = static_cast<std::uint32_t>(__cvta_generic_to_shared(tile + lane % 16 * stride));
    asm volatile("ldmatrix.sync.aligned.m8n8.x2.trans.shared.b16 {%0, %1}, [%2];" : "=r"(b[0]), "=r"(b[1]) : "r"(address));
#else
    for (std::uint32_t i = 0; i < 2; ++i) {
        const std::uint16_t *upper = tile + (8 * i + lane % 4 * 2) * stride + lane / 4;
        b[i] = upper[0] | std::uint32_t(upper[stride]) << 16;
    }
#endif
}

} // namespace kernels::cuda
