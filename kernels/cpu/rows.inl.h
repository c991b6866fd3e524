// kLanes rows of weights at equal distances, in a form that fits the addressing modes of x86: a pointer to every
// fourth row, and the distance once and three times. Included by simd_*.h only.
#pragma once

namespace kernels::KERNELS_ISA {

struct Rows
{
    const std::uint8_t *fourth[kLanes / 4]; // rows 0, 4, 8, ...
    std::size_t stride, stride3;

    KERNELS_INLINE_MEMBER Rows(const std::uint8_t *first, std::size_t rowBytes) : stride(rowBytes), stride3(3 * rowBytes)
    {
        for (int i = 0; i < kLanes / 4; ++i)
            fourth[i] = first + std::size_t(4 * i) * rowBytes;
        // Keeps the compiler from holding 16 products of the distance in registers instead.
        __asm__("" : "+r"(stride3));
    }
    KERNELS_INLINE_MEMBER const std::uint8_t *row(int r, std::size_t offset) const
    {
        const std::uint8_t *p = fourth[r / 4] + offset;
        switch (r % 4) {
        case 0:
            return p;
        case 1:
            return p + stride;
        case 2:
            return p + 2 * stride;
        default:
            return p + stride3;
        }
    }
    KERNELS_INLINE_MEMBER void advance(std::size_t bytes)
    {
        for (int i = 0; i < kLanes / 4; ++i)
            fourth[i] += bytes;
    }
};

} // namespace kernels::KERNELS_ISA
