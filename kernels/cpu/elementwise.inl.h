// Norm, quantisation, activation function and small vector work. Included by isa_*.cpp only.
#pragma once

namespace kernels::KERNELS_ISA {

// e^x for x <= 88, relative error below 2e-7: 2^n * e^r with |r| <= ln 2 / 2, Taylor to the 7th power. NaN stays NaN.
KERNELS_INLINE VF expF(VF x)
{
    x = maxF(set1(-87.0f), x);
    const VI n = roundToInt(mul(x, set1(1.44269504f)));
    const VF whole = toFloat(n);
    VF r = fma(whole, set1(-0.693359375f), x);
    r = fma(whole, set1(2.12194440e-4f), r);
    VF p = set1(1.0f / 5040.0f);
    p = fma(p, r, set1(1.0f / 720.0f));
    p = fma(p, r, set1(1.0f / 120.0f));
    p = fma(p, r, set1(1.0f / 24.0f));
    p = fma(p, r, set1(1.0f / 6.0f));
    p = fma(p, r, set1(0.5f));
    p = fma(p, r, set1(1.0f));
    p = fma(p, r, set1(1.0f));
    return mul(p, exponent(n));
}

static void rmsNorm(const float *x, const float *weight, float epsilon, std::uint32_t count, float *normed)
{
    VF sums[4] = {zeroF(), zeroF(), zeroF(), zeroF()};
    std::uint32_t i = 0;
    for (; i + 4 * kLanes <= count; i += 4 * kLanes)
        for (std::uint32_t j = 0; j < 4; ++j) {
            const VF v = loadF(x + i + j * kLanes);
            sums[j] = fma(v, v, sums[j]);
        }
    float sum = sumF(add(add(sums[0], sums[1]), add(sums[2], sums[3])));
    for (; i < count; ++i)
        sum = __builtin_fmaf(x[i], x[i], sum);
    const float scale = 1.0f / __builtin_sqrtf(sum / static_cast<float>(count) + epsilon);
    for (i = 0; i + kLanes <= count; i += kLanes)
        storeF(normed + i, mul(mul(loadF(x + i), set1(scale)), loadF(weight + i)));
    for (; i < count; ++i)
        normed[i] = x[i] * scale * weight[i];
}

// 16 values to the planes at q; gives their sum.
KERNELS_INLINE std::int32_t quantiseHalf(const float *x, VF inverse, std::int8_t *q)
{
    VI sum = zeroI();
    for (int i = 0; i < 16; i += kLanes) {
        const VI rounded = roundToInt(mul(loadF(x + i), inverse));
        const VI high = shiftRightSigned<8>(addI(rounded, set1I(128)));
        // -128 would not fit the pair sums of AVX2: one step of 32512 is given up for it
        const VI low = maxI(subI(rounded, shiftLeft<8>(high)), set1I(-127));
        storeInt8(q + i, high);
        storeInt8(q + kQuantBlock + i, low);
        sum = addI(sum, addI(shiftLeft<8>(high), low));
    }
    return sumI(sum);
}

static void quantise(const float *x, std::uint32_t count, const QuantRows &out, std::uint32_t row, std::uint32_t first)
{
    std::int8_t *q = out.q + QuantRows::planeOffset(out.columns, row, first);
    float *scales = out.scales + std::size_t(row) * (out.columns / kQuantBlock) + first / kQuantBlock;
    float *sums16 = out.sums16 + std::size_t(row) * (out.columns / 16) + first / 16;
    float *sums32 = out.sums32 + std::size_t(row) * (out.columns / kQuantBlock) + first / kQuantBlock;
    std::int32_t *negated16 = out.negated16 + std::size_t(row) * (out.columns / 16) + first / 16;
    std::int32_t *negated32 = out.negated32 + std::size_t(row) * (out.columns / kQuantBlock) + first / kQuantBlock;
    std::uint8_t *outliers = out.outliers + std::size_t(row) * (out.columns / kQuantBlock) + first / kQuantBlock;
    VF wrong = zeroF(); // 0, or NaN where a value is not finite
    for (std::uint32_t block = 0; block < count / kQuantBlock; ++block, x += kQuantBlock, q += 2 * kQuantBlock) {
        float groups[kQuantBlock]; // the maximum of a group of 4 in each of its places
        for (std::uint32_t i = 0; i < kQuantBlock; i += kLanes) {
            const VF v = loadF(x + i);
            storeF(groups + i, maxOfFour(absF(v)));
            wrong = fma(v, zeroF(), wrong);
        }
        float maximum = groups[0], rest = 0; // of all, of all but the group that has it
        std::uint32_t outlier = 0;
        for (std::uint32_t i = 1; i < kQuantBlock / kOutlierGroup; ++i) {
            const float group = groups[i * kOutlierGroup], smaller = group < maximum ? group : maximum;
            rest = smaller > rest ? smaller : rest;
            outlier = group > maximum ? i : outlier;
            maximum = group > maximum ? group : maximum;
        }
        // What the maximum becomes: as much as 8 bits leave to the others, 16 bits at the most.
        const bool outlying = out.form == QuantForm::Outliers && maximum * 127 < rest * kQuantMaximum;
        const float largest = outlying ? 127 * maximum / rest : kQuantMaximum;
        const float scale = maximum / largest;
        const VF inverse = set1(maximum > 1e-30f ? largest / maximum : 0.0f); // 32512 / 1e-30 is still finite
        if (out.form == QuantForm::Outliers)
            outliers[block] = static_cast<std::uint8_t>(outlier);
        // Not in an array: what is written as two numbers and read as one waits for all stores before it.
        const std::int32_t sum = quantiseHalf(x, inverse, q), nextSum = quantiseHalf(x + 16, inverse, q + 16);
        scales[block] = scale;
        sums16[2 * block] = scale * static_cast<float>(sum);
        sums16[2 * block + 1] = scale * static_cast<float>(nextSum);
        // with a NaN more than 31 bits
        sums32[block] = scale * static_cast<float>(std::int64_t(sum) + nextSum);
        const std::uint32_t negated = 0u - static_cast<std::uint32_t>(sum);
        negated16[2 * block] = static_cast<std::int32_t>(negated);
        negated16[2 * block + 1] = static_cast<std::int32_t>(0u - static_cast<std::uint32_t>(nextSum));
        negated32[block] = static_cast<std::int32_t>(negated - static_cast<std::uint32_t>(nextSum));
    }
    if (const float nan = sumF(wrong); nan != 0.0f)
        for (std::uint32_t block = 0; block < count / kQuantBlock; ++block)
            scales[block] = nan;
}

static inline float silu(float x)
{
    return x / (1.0f + __builtin_expf(-x));
}

static void siluMultiply(float *gate, const float *up, std::uint32_t count)
{
    std::uint32_t i = 0;
    const VF one = set1(1.0f);
    for (; i + kLanes <= count; i += kLanes) {
        const VF g = loadF(gate + i);
        // e^-x is capped at x = -87: silu is 0 there in float anyway
        const VF e = expF(minF(sub(zeroF(), g), set1(87.0f)));
        storeF(gate + i, mul(div(g, add(one, e)), loadF(up + i)));
    }
    for (; i < count; ++i)
        gate[i] = silu(gate[i]) * up[i];
}

static void addInPlace(float *x, const float *y, std::uint32_t count)
{
    std::uint32_t i = 0;
    for (; i + kLanes <= count; i += kLanes)
        storeF(x + i, add(loadF(x + i), loadF(y + i)));
    for (; i < count; ++i)
        x[i] += y[i];
}

static bool toHalf(const float *x, std::uint32_t count, std::uint16_t *half)
{
    const VF limit = set1(65504.0f), lowest = set1(-65504.0f);
    VF wrong = zeroF(); // 0, or NaN where a value is not finite
    for (std::uint32_t i = 0; i < count; i += kLanes) {
        float values[kLanes] = {};
        std::uint16_t halves[kLanes];
        const std::uint32_t n = count - i < kLanes ? count - i : kLanes;
        std::memcpy(values, x + i, n * sizeof(float));
        const VF v = loadF(values);
        storeHalf(halves, maxF(minF(v, limit), lowest));
        wrong = fma(v, zeroF(), wrong);
        std::memcpy(half + i, halves, n * sizeof(std::uint16_t));
    }
    return sumF(wrong) == 0.0f;
}

static bool toInt8(const float *x, std::uint32_t count, std::int8_t *bytes, float *scales)
{
    VF wrong = zeroF(); // 0, or NaN where a value is not finite
    for (std::uint32_t first = 0; first < count; first += kKvBlock) {
        const std::uint32_t some = count - first < kKvBlock ? count - first : kKvBlock;
        alignas(64) float values[kKvBlock] = {};
        alignas(64) std::int8_t rounded[kKvBlock];
        std::memcpy(values, x + first, some * sizeof(float));
        VF largest = zeroF();
        for (std::uint32_t i = 0; i < kKvBlock; i += kLanes) {
            const VF v = loadF(values + i);
            largest = maxF(largest, absF(v));
            wrong = fma(v, zeroF(), wrong);
        }
        // Keys that are read as values meet weights of 0 (AttentionTask): a scale has to be a number in any case.
        const bool finite = sumF(wrong) == 0.0f;
        const float maximum = finite ? maxLane(largest) : 0.0f;
        const VF inverse = set1(maximum > 1e-30f ? 127.0f / maximum : 0.0f); // 127 / 1e-30 is still finite
        scales[first / kKvBlock] = maximum / 127.0f;
        for (std::uint32_t i = 0; i < kKvBlock; i += kLanes)
            storeInt8(rounded + i, roundToInt(mul(loadF(values + i), inverse)));
        std::memcpy(bytes + first, rounded, some);
    }
    return sumF(wrong) == 0.0f;
}

static std::uint32_t readAll(const void *bytes, std::size_t count)
{
    const auto *p = static_cast<const std::uint8_t *>(bytes);
    VB sums[4] = {zeroI(), zeroI(), zeroI(), zeroI()};
    constexpr std::size_t step = sizeof(VB);
    std::size_t i = 0;
    for (; i + 4 * step <= count; i += 4 * step)
        for (std::size_t j = 0; j < 4; ++j)
            sums[j] = xorB(sums[j], loadB(p + i + j * step));
    const std::int32_t sum = sumI(xorB(xorB(sums[0], sums[1]), xorB(sums[2], sums[3])));
    return static_cast<std::uint32_t>(sum);
}

// Blocks of 32 small weights: 8 groups, widened once where sums are narrow.
struct SmallLevels
{
    static constexpr std::uint32_t kScaleBlock = 32;
    static constexpr bool kSigned = false;
    static constexpr int kLargest = 3;
};
static std::uint64_t dotRounds(std::uint32_t rounds)
{
    // Variables, not an array: of that compilers make copies, round for round.
    VI a = set1I(0), b = set1I(1), c = set1I(2), d = set1I(3), e = set1I(4), f = set1I(5), g = set1I(6), h = set1I(7);
    VI partialA = a, partialB = b, partialC = c, partialD = d, partialE = e, partialF = f, partialG = g, partialH = h;
    const VB weights = set1I(0x03020103);
    // Other ones for each sum: or one product is added to all.
    alignas(4) std::int8_t activations[8][4] = {{1, 3, 2, 1}, {2, 3, 2, 1}, {3, 3, 2, 1}, {1, 2, 2, 1}, {1, 1, 2, 1}, {1, 3, 1, 1}, {1, 3, 3, 1}, {1, 3, 2, 2}};
    for (std::uint32_t round = 0; round < rounds; round += 8) {
#pragma GCC unroll 8
        for (int group = 0; group < 8; ++group) {
            __asm__ volatile("" : "+m"(activations)); // or the compiler sees that every group adds the same
            dotPlane<SmallLevels>(a, partialA, group, weights, activations[0]);
            dotPlane<SmallLevels>(b, partialB, group, weights, activations[1]);
            dotPlane<SmallLevels>(c, partialC, group, weights, activations[2]);
            dotPlane<SmallLevels>(d, partialD, group, weights, activations[3]);
            dotPlane<SmallLevels>(e, partialE, group, weights, activations[4]);
            dotPlane<SmallLevels>(f, partialF, group, weights, activations[5]);
            dotPlane<SmallLevels>(g, partialG, group, weights, activations[6]);
            dotPlane<SmallLevels>(h, partialH, group, weights, activations[7]);
        }
    }
    const VI total = addI(addI(addI(a, b), addI(c, d)), addI(addI(e, f), addI(g, h)));
    volatile std::int32_t sink = sumI(total);
    (void)sink;
    return std::uint64_t(rounds + 7) / 8 * 8 * 8 * kLanes * 4 * 2;
}

} // namespace kernels::KERNELS_ISA
