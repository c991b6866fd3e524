// Quantised blocks to 8-bit weights with a scale and an offset: value = scale * unsigned byte + offset.
//
// One struct per element type. unpack() takes one unit (32 or 256 weights) of kLanes rows that lie `stride` bytes
// apart, transposes it so that a row sits in a lane, and hands it to a sink: beginBlock(scales, offsets), then 4 or 8
// times weights(4 consecutive weights of every row), then endBlock(). Formats: reference/deepseek-models.md 3a.
//
// Offsets make symmetric types (Q4_0: scale * (q - 8)) fit the unsigned dot product of VNNI. Included by isa_*.cpp only.
#pragma once

namespace kernels::KERNELS_ISA {

static inline VB nibbles()
{
    return set1I(0x0f0f0f0f);
}

// 8 groups of 4 weights in the low or high nibbles of two transposed chunks of 16 bytes.
template <int shift, class Sink> static inline void emitNibbles(const VB first[4], const VB second[4], Sink &sink)
{
    for (int j = 0; j < 4; ++j)
        sink.weights(andB(shiftRight<shift>(first[j]), nibbles()));
    for (int j = 0; j < 4; ++j)
        sink.weights(andB(shiftRight<shift>(second[j]), nibbles()));
}

// Scalar gathers of 16- and 32-bit fields, one a row.
static inline VI gather16(const std::uint8_t *p, std::size_t stride)
{
    std::int32_t values[kLanes];
    for (int row = 0; row < kLanes; ++row) {
        std::uint16_t field;
        std::memcpy(&field, p + std::size_t(row) * stride, 2);
        values[row] = field;
    }
    return loadB(values);
}
static inline VI gather32(const std::uint8_t *p, std::size_t stride)
{
    std::int32_t values[kLanes];
    for (int row = 0; row < kLanes; ++row)
        std::memcpy(&values[row], p + std::size_t(row) * stride, 4);
    return loadB(values);
}

// Four bits of every lane (bit 4 * group and up) spread to bit 4 of its four bytes.
static inline VB fifthBits(VI bits)
{
    return shiftLeft<4>(andB(mulI(andB(bits, set1I(15)), set1I(0x00204081)), set1I(0x01010101)));
}

struct UnpackQ4_0
{
    static constexpr std::uint32_t kUnit = 32, kUnitBytes = 18, kScaleBlock = 32;
    static constexpr bool kSigned = false;
    template <class Sink> static inline void unpack(const std::uint8_t *p, std::size_t stride, Sink &sink)
    {
        VB q[4];
        loadTransposed(p + 2, stride, q);
        const VF d = halfLow(gather16(p, stride));
        sink.beginBlock(d, mul(d, set1(-8.0f)));
        for (int j = 0; j < 4; ++j)
            sink.weights(andB(q[j], nibbles()));
        for (int j = 0; j < 4; ++j)
            sink.weights(andB(shiftRight<4>(q[j]), nibbles()));
        sink.endBlock();
    }
};

struct UnpackQ4_1
{
    static constexpr std::uint32_t kUnit = 32, kUnitBytes = 20, kScaleBlock = 32;
    static constexpr bool kSigned = false;
    template <class Sink> static inline void unpack(const std::uint8_t *p, std::size_t stride, Sink &sink)
    {
        VB q[4];
        loadTransposed(p + 4, stride, q);
        const VI header = gather32(p, stride);
        sink.beginBlock(halfLow(header), halfHigh(header));
        for (int j = 0; j < 4; ++j)
            sink.weights(andB(q[j], nibbles()));
        for (int j = 0; j < 4; ++j)
            sink.weights(andB(shiftRight<4>(q[j]), nibbles()));
        sink.endBlock();
    }
};

// Q5_0 and Q5_1 differ by their header: nibbles, and the fifth bit of weight j in bit j of qh.
template <class Sink> static inline void emitQ5(const std::uint8_t *quants, const std::uint8_t *high, std::size_t stride, Sink &sink)
{
    VB q[4];
    loadTransposed(quants, stride, q);
    const VI qh = gather32(high, stride);
    sink.weights(orB(andB(q[0], nibbles()), fifthBits(qh)));
    sink.weights(orB(andB(q[1], nibbles()), fifthBits(shiftRight<4>(qh))));
    sink.weights(orB(andB(q[2], nibbles()), fifthBits(shiftRight<8>(qh))));
    sink.weights(orB(andB(q[3], nibbles()), fifthBits(shiftRight<12>(qh))));
    sink.weights(orB(andB(shiftRight<4>(q[0]), nibbles()), fifthBits(shiftRight<16>(qh))));
    sink.weights(orB(andB(shiftRight<4>(q[1]), nibbles()), fifthBits(shiftRight<20>(qh))));
    sink.weights(orB(andB(shiftRight<4>(q[2]), nibbles()), fifthBits(shiftRight<24>(qh))));
    sink.weights(orB(andB(shiftRight<4>(q[3]), nibbles()), fifthBits(shiftRight<28>(qh))));
}

struct UnpackQ5_0
{
    static constexpr std::uint32_t kUnit = 32, kUnitBytes = 22, kScaleBlock = 32;
    static constexpr bool kSigned = false;
    template <class Sink> static inline void unpack(const std::uint8_t *p, std::size_t stride, Sink &sink)
    {
        const VF d = halfLow(gather16(p, stride));
        sink.beginBlock(d, mul(d, set1(-16.0f)));
        emitQ5(p + 6, p + 2, stride, sink);
        sink.endBlock();
    }
};

struct UnpackQ5_1
{
    static constexpr std::uint32_t kUnit = 32, kUnitBytes = 24, kScaleBlock = 32;
    static constexpr bool kSigned = false;
    template <class Sink> static inline void unpack(const std::uint8_t *p, std::size_t stride, Sink &sink)
    {
        const VI header = gather32(p, stride);
        sink.beginBlock(halfLow(header), halfHigh(header));
        emitQ5(p + 8, p + 4, stride, sink);
        sink.endBlock();
    }
};

struct UnpackQ8_0
{
    static constexpr std::uint32_t kUnit = 32, kUnitBytes = 34, kScaleBlock = 32;
    static constexpr bool kSigned = !kHasVnni; // maddubs has no room for 8 unsigned bits: signed there
    template <class Sink> static inline void unpack(const std::uint8_t *p, std::size_t stride, Sink &sink)
    {
        VB first[4], second[4];
        loadTransposed(p + 2, stride, first);
        loadTransposed(p + 18, stride, second);
        const VF d = halfLow(gather16(p, stride));
        const VB flip = kSigned ? zeroI() : set1I(static_cast<std::int32_t>(0x80808080u));
        sink.beginBlock(d, kSigned ? zeroF() : mul(d, set1(-128.0f)));
        for (int j = 0; j < 4; ++j)
            sink.weights(xorB(first[j], flip));
        for (int j = 0; j < 4; ++j)
            sink.weights(xorB(second[j], flip));
        sink.endBlock();
    }
};

// Scales and minima of the 8 sub-blocks of Q4_K and Q5_K: 6 bits each, 12 bytes behind d and dmin.
struct KScales
{
    VF d, dmin;
    VI low, middle, high; // scales[0..3], [4..7], [8..11] of every row

    KScales(const std::uint8_t *p, std::size_t stride)
    {
        VB header[4];
        loadTransposed(p, stride, header);
        d = halfLow(header[0]);
        dmin = sub(zeroF(), halfHigh(header[0]));
        low = header[1];
        middle = header[2];
        high = header[3];
    }
    template <int j> VF scale() const
    {
        VI s;
        if constexpr (j < 4)
            s = andB(shiftRight<8 * j>(low), set1I(63));
        else
            s = orB(andB(shiftRight<8 * (j - 4)>(high), set1I(15)),
                    shiftLeft<4>(andB(shiftRight<8 * (j - 4) + 6>(low), set1I(3))));
        return mul(d, toFloat(s));
    }
    template <int j> VF offset() const
    {
        VI m;
        if constexpr (j < 4)
            m = andB(shiftRight<8 * j>(middle), set1I(63));
        else
            m = orB(andB(shiftRight<8 * (j - 4) + 4>(high), set1I(15)),
                    shiftLeft<4>(andB(shiftRight<8 * (j - 4) + 6>(middle), set1I(3))));
        return mul(dmin, toFloat(m));
    }
};

struct UnpackQ4_K
{
    static constexpr std::uint32_t kUnit = 256, kUnitBytes = 144, kScaleBlock = 32;
    static constexpr bool kSigned = false;
    template <int pair, class Sink>
    static inline void unpackPair(const KScales &scales, const std::uint8_t *p, std::size_t stride, Sink &sink)
    {
        VB first[4], second[4];
        loadTransposed(p + 16 + 32 * pair, stride, first);
        loadTransposed(p + 32 + 32 * pair, stride, second);
        sink.beginBlock(scales.scale<2 * pair>(), scales.offset<2 * pair>());
        emitNibbles<0>(first, second, sink);
        sink.endBlock();
        sink.beginBlock(scales.scale<2 * pair + 1>(), scales.offset<2 * pair + 1>());
        emitNibbles<4>(first, second, sink);
        sink.endBlock();
    }
    template <class Sink> static inline void unpack(const std::uint8_t *p, std::size_t stride, Sink &sink)
    {
        const KScales scales(p, stride);
        unpackPair<0>(scales, p, stride, sink);
        unpackPair<1>(scales, p, stride, sink);
        unpackPair<2>(scales, p, stride, sink);
        unpackPair<3>(scales, p, stride, sink);
    }
};

struct UnpackQ5_K
{
    static constexpr std::uint32_t kUnit = 256, kUnitBytes = 176, kScaleBlock = 32;
    static constexpr bool kSigned = false;
    template <int block, class Sink>
    static inline void emit(const KScales &scales, const VB first[4], const VB second[4], const VB high[8], Sink &sink)
    {
        constexpr int shift = block % 2 ? 4 : 0;
        const VB one = set1I(0x01010101);
        sink.beginBlock(scales.scale<block>(), scales.offset<block>());
        for (int j = 0; j < 4; ++j)
            sink.weights(orB(andB(shiftRight<shift>(first[j]), nibbles()),
                             shiftLeft<4>(andB(shiftRight<block>(high[j]), one))));
        for (int j = 0; j < 4; ++j)
            sink.weights(orB(andB(shiftRight<shift>(second[j]), nibbles()),
                             shiftLeft<4>(andB(shiftRight<block>(high[4 + j]), one))));
        sink.endBlock();
    }
    template <int pair, class Sink>
    static inline void unpackPair(const KScales &scales, const VB high[8], const std::uint8_t *p, std::size_t stride, Sink &sink)
    {
        VB first[4], second[4];
        loadTransposed(p + 48 + 32 * pair, stride, first);
        loadTransposed(p + 64 + 32 * pair, stride, second);
        emit<2 * pair>(scales, first, second, high, sink);
        emit<2 * pair + 1>(scales, first, second, high, sink);
    }
    template <class Sink> static inline void unpack(const std::uint8_t *p, std::size_t stride, Sink &sink)
    {
        const KScales scales(p, stride);
        VB high[8];
        loadTransposed(p + 16, stride, high);
        loadTransposed(p + 32, stride, high + 4);
        unpackPair<0>(scales, high, p, stride, sink);
        unpackPair<1>(scales, high, p, stride, sink);
        unpackPair<2>(scales, high, p, stride, sink);
        unpackPair<3>(scales, high, p, stride, sink);
    }
};

struct UnpackQ6_K
{
    static constexpr std::uint32_t kUnit = 256, kUnitBytes = 210, kScaleBlock = 16;
    static constexpr bool kSigned = false;

    // Two blocks of 16: low or high nibbles of ql, two bits of qh, scales 2k and 2k + 1 of the 16.
    template <int scaleIndex, int nibbleShift, int bitShift, class Sink>
    static inline void emit(const VB low[8], const VB high[8], VF d, const VB sc[4], Sink &sink)
    {
        emitHalf<scaleIndex, nibbleShift, bitShift>(low, high, d, sc, sink);
        emitHalf<scaleIndex + 1, nibbleShift, bitShift>(low + 4, high + 4, d, sc, sink);
    }
    template <int scaleIndex, int nibbleShift, int bitShift, class Sink>
    static inline void emitHalf(const VB low[4], const VB high[4], VF d, const VB sc[4], Sink &sink)
    {
        const VB twoBits = set1I(0x30303030);
        const VF scale = mul(d, toFloat(signedByte<scaleIndex % 4>(sc[scaleIndex / 4])));
        sink.beginBlock(scale, mul(scale, set1(-32.0f)));
        for (int j = 0; j < 4; ++j) {
            VB bits;
            if constexpr (bitShift <= 4)
                bits = shiftLeft<4 - bitShift>(high[j]);
            else
                bits = shiftRight<bitShift - 4>(high[j]);
            sink.weights(orB(andB(shiftRight<nibbleShift>(low[j]), nibbles()), andB(bits, twoBits)));
        }
        sink.endBlock();
    }
    template <int half, class Sink>
    static inline void unpackHalf(const std::uint8_t *p, std::size_t stride, VF d, const VB sc[4], Sink &sink)
    {
        VB first[8], second[8], high[8]; // ql[0..31], ql[32..63], qh[0..31] of this half
        loadTransposed(p + 64 * half, stride, first);
        loadTransposed(p + 64 * half + 16, stride, first + 4);
        loadTransposed(p + 128 + 32 * half, stride, high);
        loadTransposed(p + 128 + 32 * half + 16, stride, high + 4);
        emit<8 * half + 0, 0, 0>(first, high, d, sc, sink);
        loadTransposed(p + 64 * half + 32, stride, second);
        loadTransposed(p + 64 * half + 48, stride, second + 4);
        emit<8 * half + 2, 0, 2>(second, high, d, sc, sink);
        emit<8 * half + 4, 4, 4>(first, high, d, sc, sink);
        emit<8 * half + 6, 4, 6>(second, high, d, sc, sink);
    }
    template <class Sink> static inline void unpack(const std::uint8_t *p, std::size_t stride, Sink &sink)
    {
        VB sc[4];
        loadTransposed(p + 192, stride, sc);
        const VF d = halfLow(gather16(p + 208, stride));
        unpackHalf<0>(p, stride, d, sc, sink);
        unpackHalf<1>(p, stride, d, sc, sink);
    }
};

} // namespace kernels::KERNELS_ISA
