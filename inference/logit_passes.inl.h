// The passes for one instruction set: included by logit_passes.cpp with PASS(name) and PASS_TARGET defined. Every set has eight lanes, adds
// in one order and has no fused product, so that all give the same bits.

PASS_TARGET bool PASS(blockMaxima)(const float *logits, std::size_t count, float *maxima)
{
    const Floats least = splat(-std::numeric_limits<float>::max());
    for (std::size_t at = 0; at < count; at += kLogitBlock, ++maxima) {
        const std::size_t size = count - at < kLogitBlock ? count - at : kLogitBlock;
        const float *values = logits + at;
        Floats greatest = least;
        Whole bad = {};
        std::size_t i = 0;
        for (; i + 8 <= size; i += 8) {
            Floats v;
            std::memcpy(&v, values + i, sizeof v);
            greatest = v > greatest ? v : greatest;
            bad |= ((Whole)v & 0x7f800000) == 0x7f800000; // all exponent bits set: NaN or infinity
        }
        float all[8];
        std::int32_t bits[8];
        std::memcpy(all, &greatest, sizeof all);
        std::memcpy(bits, &bad, sizeof bits);
        for (; i < size; ++i) {
            all[0] = values[i] > all[0] ? values[i] : all[0];
            bits[0] |= (std::bit_cast<std::int32_t>(values[i]) & 0x7f800000) == 0x7f800000;
        }
        for (int j = 1; j < 8; ++j) {
            all[0] = all[j] > all[0] ? all[j] : all[0];
            bits[0] |= bits[j];
        }
        if (bits[0])
            return false;
        *maxima = all[0];
    }
    return true;
}

// 2^t for t in -126 .. 0 as 2^whole times a polynomial on -0.5 .. 0.5 (through the Chebyshev points, relative error 4e-6).
PASS_TARGET double PASS(sumOfChances)(const float *logits, std::size_t count, float greatest)
{
    const Floats base = splat(greatest), least = splat(-126.0f);
    const auto add = [&](const Floats &v, Floats &sums) __attribute__((always_inline)) PASS_TARGET {
        Floats t = (v - base) * 1.44269504f;
        t = t > least ? t : least;
        const Whole whole = __builtin_convertvector(t - 0.5f, Whole); // to nearest, for t <= 0
        const Floats f = t - __builtin_convertvector(whole, Floats);
        const Floats p = (((f * 9.6663685e-3f + 5.5921976e-2f) * f + 2.4022349e-1f) * f + 6.9312105e-1f) * f + 1.0f;
        sums += (Floats)((Whole)p + (whole << 23));
    };
    double total = 0;
    for (std::size_t at = 0; at < count;) {
        const std::size_t end = count - at < 4096 ? count : at + 4096; // short runs: float sums stay exact enough
        Floats sums = {};
        for (; at + 8 <= end; at += 8) {
            Floats v;
            std::memcpy(&v, logits + at, sizeof v);
            add(v, sums);
        }
        if (at < end) {
            Floats v = splat(-std::numeric_limits<float>::infinity());
            std::memcpy(&v, logits + at, (end - at) * sizeof(float));
            add(v, sums);
            at = end;
        }
        float lanes[8];
        std::memcpy(lanes, &sums, sizeof lanes);
        for (const float lane : lanes)
            total += double(lane);
    }
    return total;
}
