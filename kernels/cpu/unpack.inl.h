// Quantised blocks to 8-bit weights with a scale and an offset: value = scale * unsigned byte + offset.
//
// One struct per element type. unpack() takes one unit (32 or 256 weights) of kLanes rows, transposes it so that a row sits
// in a lane, and hands it to a sink: beginBlock(scales, offsets), then 4 or 8 times weights(4 consecutive weights of every
// row), then endBlock(). Formats: reference/deepseek-models.md 3a.
//
// The unsigned dot product of VNNI wants unsigned bytes. Symmetric types (Q4_0: scale * (q - 8)) have a zero point for it,
// kZero, which is taken off in whole numbers; others have an offset in every block: kZero is kOffsets. kLargest bounds the
// bytes: see groupsTogether(). Included by isa_*.cpp only.
#pragma once

namespace kernels::KERNELS_ISA {

inline constexpr int kOffsets = -1;

KERNELS_INLINE VB nibbles()
{
    return set1I(0x0f0f0f0f);
}

// 8 groups of 4 weights in the low or high nibbles of two transposed chunks of 16 bytes.
template <int shift, class Sink> KERNELS_INLINE void emitNibbles(const VB first[4], const VB second[4], Sink &sink)
{
#pragma GCC unroll 4
    for (int j = 0; j < 4; ++j)
        sink.weights(andB(shiftRight<shift>(first[j]), nibbles()));
#pragma GCC unroll 4
    for (int j = 0; j < 4; ++j)
        sink.weights(andB(shiftRight<shift>(second[j]), nibbles()));
}

// Bytes that a field of whole bits in the upper part of a byte makes without a shift are 2^n times as large: with VNNI, which
// takes all 8 bits, the scale makes up for it, exactly.
inline constexpr int kUnshifted4 = kHasVnni ? 16 : 1;
template <class Sink> KERNELS_INLINE void emitHighNibbles(const VB first[4], const VB second[4], Sink &sink)
{
    if constexpr (kUnshifted4 == 1)
        return emitNibbles<4>(first, second, sink);
    const VB high = set1I(static_cast<std::int32_t>(0xf0f0f0f0u));
#pragma GCC unroll 4
    for (int j = 0; j < 4; ++j)
        sink.weights(andB(first[j], high));
#pragma GCC unroll 4
    for (int j = 0; j < 4; ++j)
        sink.weights(andB(second[j], high));
}

// A 16-bit field of every row. Reads the two bytes behind it too: never the last field of a block.
KERNELS_INLINE VI gather16(const Rows &rows, std::size_t offset)
{
    return andB(gather32(rows, offset), set1I(0xffff));
}

// Byte n of every lane with its sign.
template <int n> KERNELS_INLINE VI signedByte(VI a)
{
    return shiftRightSigned<24>(shiftLeft<24 - 8 * n>(a));
}

// Four bits of every lane (bit 4 * group and up) spread to bit 4 of its four bytes.
KERNELS_INLINE VB fifthBits(VI bits)
{
    return shiftLeft<4>(andB(mulI(andB(bits, set1I(15)), set1I(0x00204081)), set1I(0x01010101)));
}

// Scale blocks of a row that come in their order.
struct InOrder
{
    KERNELS_INLINE_MEMBER static constexpr std::uint32_t blockAt(std::uint32_t emission) { return emission; }
};

struct UnpackQ4_0 : InOrder
{
    static constexpr std::uint32_t kUnit = 32, kUnitBytes = 18, kScaleBlock = 32;
    static constexpr bool kSigned = false;
    static constexpr int kLargest = 15;
    static constexpr int kZero = 8;
    template <class Sink> KERNELS_INLINE void unpack(const Rows &rows, Sink &sink)
    {
        VB q[4];
        loadTransposed(rows, 2, q);
        const VF d = halfLow(gather16(rows, 0));
        sink.beginBlock(d);
#pragma GCC unroll 4
        for (int j = 0; j < 4; ++j)
            sink.weights(andB(q[j], nibbles()));
#pragma GCC unroll 4
        for (int j = 0; j < 4; ++j)
            sink.weights(andB(shiftRight<4>(q[j]), nibbles()));
        sink.endBlock();
    }
};

struct UnpackQ4_1 : InOrder
{
    static constexpr std::uint32_t kUnit = 32, kUnitBytes = 20, kScaleBlock = 32;
    static constexpr bool kSigned = false;
    static constexpr int kLargest = 15;
    static constexpr int kZero = kOffsets;
    template <class Sink> KERNELS_INLINE void unpack(const Rows &rows, Sink &sink)
    {
        VB q[4];
        loadTransposed(rows, 4, q);
        const VI header = gather32(rows, 0);
        sink.beginBlock(halfLow(header), halfHigh(header));
#pragma GCC unroll 4
        for (int j = 0; j < 4; ++j)
            sink.weights(andB(q[j], nibbles()));
#pragma GCC unroll 4
        for (int j = 0; j < 4; ++j)
            sink.weights(andB(shiftRight<4>(q[j]), nibbles()));
        sink.endBlock();
    }
};

// Q5_0 and Q5_1 differ by their header: nibbles, and the fifth bit of weight j in bit j of qh.
template <class Sink> KERNELS_INLINE void emitQ5(const Rows &rows, std::size_t quants, std::size_t high, Sink &sink)
{
    VB q[4];
    loadTransposed(rows, quants, q);
    const VI qh = gather32(rows, high);
    sink.weights(orB(andB(q[0], nibbles()), fifthBits(qh)));
    sink.weights(orB(andB(q[1], nibbles()), fifthBits(shiftRight<4>(qh))));
    sink.weights(orB(andB(q[2], nibbles()), fifthBits(shiftRight<8>(qh))));
    sink.weights(orB(andB(q[3], nibbles()), fifthBits(shiftRight<12>(qh))));
    sink.weights(orB(andB(shiftRight<4>(q[0]), nibbles()), fifthBits(shiftRight<16>(qh))));
    sink.weights(orB(andB(shiftRight<4>(q[1]), nibbles()), fifthBits(shiftRight<20>(qh))));
    sink.weights(orB(andB(shiftRight<4>(q[2]), nibbles()), fifthBits(shiftRight<24>(qh))));
    sink.weights(orB(andB(shiftRight<4>(q[3]), nibbles()), fifthBits(shiftRight<28>(qh))));
}

struct UnpackQ5_0 : InOrder
{
    static constexpr std::uint32_t kUnit = 32, kUnitBytes = 22, kScaleBlock = 32;
    static constexpr bool kSigned = false;
    static constexpr int kLargest = 31;
    static constexpr int kZero = 16;
    template <class Sink> KERNELS_INLINE void unpack(const Rows &rows, Sink &sink)
    {
        const VF d = halfLow(gather16(rows, 0));
        sink.beginBlock(d);
        emitQ5(rows, 6, 2, sink);
        sink.endBlock();
    }
};

struct UnpackQ5_1 : InOrder
{
    static constexpr std::uint32_t kUnit = 32, kUnitBytes = 24, kScaleBlock = 32;
    static constexpr bool kSigned = false;
    static constexpr int kLargest = 31;
    static constexpr int kZero = kOffsets;
    template <class Sink> KERNELS_INLINE void unpack(const Rows &rows, Sink &sink)
    {
        const VI header = gather32(rows, 0);
        sink.beginBlock(halfLow(header), halfHigh(header));
        emitQ5(rows, 8, 4, sink);
        sink.endBlock();
    }
};

struct UnpackQ8_0 : InOrder
{
    static constexpr std::uint32_t kUnit = 32, kUnitBytes = 34, kScaleBlock = 32;
    static constexpr bool kSigned = !kHasVnni; // maddubs has no room for 8 unsigned bits: signed there
    static constexpr int kLargest = 255;
    static constexpr int kZero = kSigned ? 0 : 128;
    template <class Sink> KERNELS_INLINE void unpack(const Rows &rows, Sink &sink)
    {
        VB first[4], second[4];
        loadTransposed(rows, 2, first);
        loadTransposed(rows, 18, second);
        const VF d = halfLow(gather16(rows, 0));
        const VB flip = kSigned ? zeroI() : set1I(static_cast<std::int32_t>(0x80808080u));
        sink.beginBlock(d);
#pragma GCC unroll 4
        for (int j = 0; j < 4; ++j)
            sink.weights(xorB(first[j], flip));
#pragma GCC unroll 4
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

    KERNELS_INLINE_MEMBER explicit KScales(const Rows &rows)
    {
        VB header[4];
        loadTransposed(rows, 0, header);
        d = halfLow(header[0]);
        dmin = sub(zeroF(), halfHigh(header[0]));
        low = header[1];
        middle = header[2];
        high = header[3];
    }
    // of what is `times` as large as the weights
    template <int j, int times = 1> KERNELS_INLINE_MEMBER VF scale() const
    {
        VI s;
        if constexpr (j < 4)
            s = andB(shiftRight<8 * j>(low), set1I(63));
        else
            s = orB(andB(shiftRight<8 * (j - 4)>(high), set1I(15)),
                    shiftLeft<4>(andB(shiftRight<8 * (j - 4) + 6>(low), set1I(3))));
        return mul(times == 1 ? d : mul(d, set1(1.0f / times)), toFloat(s));
    }
    template <int j> KERNELS_INLINE_MEMBER VF offset() const
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

struct UnpackQ4_K : InOrder
{
    static constexpr std::uint32_t kUnit = 256, kUnitBytes = 144, kScaleBlock = 32;
    static constexpr bool kSigned = false;
    static constexpr int kLargest = 15 * kUnshifted4;
    static constexpr int kZero = kOffsets;
    template <int pair, class Sink>
    KERNELS_INLINE void unpackPair(const KScales &scales, const Rows &rows, Sink &sink)
    {
        VB first[4], second[4];
        loadTransposed(rows, 16 + 32 * pair, first);
        loadTransposed(rows, 32 + 32 * pair, second);
        sink.beginBlock(scales.scale<2 * pair>(), scales.offset<2 * pair>());
        emitNibbles<0>(first, second, sink);
        sink.endBlock();
        sink.beginBlock(scales.scale<2 * pair + 1, kUnshifted4>(), scales.offset<2 * pair + 1>());
        emitHighNibbles(first, second, sink);
        sink.endBlock();
    }
    template <class Sink> KERNELS_INLINE void unpack(const Rows &rows, Sink &sink)
    {
        const KScales scales(rows);
        unpackPair<0>(scales, rows, sink);
        unpackPair<1>(scales, rows, sink);
        unpackPair<2>(scales, rows, sink);
        unpackPair<3>(scales, rows, sink);
    }
};

struct UnpackQ5_K : InOrder
{
    static constexpr std::uint32_t kUnit = 256, kUnitBytes = 176, kScaleBlock = 32;
    static constexpr bool kSigned = false;
    static constexpr int kLargest = 31;
    static constexpr int kZero = kOffsets;
    template <int block, class Sink>
    KERNELS_INLINE void emit(const KScales &scales, const VB first[4], const VB second[4], const VB high[8], Sink &sink)
    {
        constexpr int shift = block % 2 ? 4 : 0;
        const VB one = set1I(0x01010101);
        sink.beginBlock(scales.scale<block>(), scales.offset<block>());
#pragma GCC unroll 4
        for (int j = 0; j < 4; ++j)
            sink.weights(orB(andB(shiftRight<shift>(first[j]), nibbles()),
                             shiftLeft<4>(andB(shiftRight<block>(high[j]), one))));
#pragma GCC unroll 4
        for (int j = 0; j < 4; ++j)
            sink.weights(orB(andB(shiftRight<shift>(second[j]), nibbles()),
                             shiftLeft<4>(andB(shiftRight<block>(high[4 + j]), one))));
        sink.endBlock();
    }
    template <int pair, class Sink>
    KERNELS_INLINE void unpackPair(const KScales &scales, const VB high[8], const Rows &rows, Sink &sink)
    {
        VB first[4], second[4];
        loadTransposed(rows, 48 + 32 * pair, first);
        loadTransposed(rows, 64 + 32 * pair, second);
        emit<2 * pair>(scales, first, second, high, sink);
        emit<2 * pair + 1>(scales, first, second, high, sink);
    }
    template <class Sink> KERNELS_INLINE void unpack(const Rows &rows, Sink &sink)
    {
        const KScales scales(rows);
        VB high[8];
        loadTransposed(rows, 16, high);
        loadTransposed(rows, 32, high + 4);
        unpackPair<0>(scales, high, rows, sink);
        unpackPair<1>(scales, high, rows, sink);
        unpackPair<2>(scales, high, rows, sink);
        unpackPair<3>(scales, high, rows, sink);
    }
};

struct UnpackQ6_K
{
    static constexpr std::uint32_t kUnit = 256, kUnitBytes = 210, kScaleBlock = 16;
    static constexpr bool kSigned = false;
    static constexpr int kLargest = 63;
    static constexpr int kZero = 32;

    // 16 bytes of qh belong to blocks 0, 2, 4, 6 of 128 weights, the next 16 to 1, 3, 5, 7: blocks that share bytes come
    // one after the other, so that registers suffice.
    KERNELS_INLINE_MEMBER static constexpr std::uint32_t blockAt(std::uint32_t emission)
    {
        return emission / 8 * 8 + emission % 4 * 2 + emission / 4 % 2;
    }

    // One block of 16: the low or high nibbles of ql, two bits of qh, and its scale.
    template <int block, int nibbleShift, int bitShift, class Sink>
    KERNELS_INLINE void emit(const VB low[4], const VB high[4], VF d, const VB sc[4], Sink &sink)
    {
        const VB twoBits = set1I(0x30303030);
        const VF scale = mul(d, toFloat(signedByte<block % 4>(sc[block / 4])));
        sink.beginBlock(scale);
#pragma GCC unroll 4
        for (int j = 0; j < 4; ++j) {
            VB bits;
            if constexpr (bitShift <= 4)
                bits = shiftLeft<4 - bitShift>(high[j]);
            else
                bits = shiftRight<bitShift - 4>(high[j]);
            sink.weights(andOr(shiftRight<nibbleShift>(low[j]), nibbles(), andB(bits, twoBits)));
        }
        sink.endBlock();
    }
    // Four blocks: `part` 0 or 1 says which 16 bytes of qh, and of the two 32 of ql, in the half.
    template <int half, int part, class Sink>
    KERNELS_INLINE void unpackPart(const Rows &rows, VF d, const VB sc[4], Sink &sink)
    {
        VB first[4], second[4], high[4];
        loadTransposed(rows, 64 * half + 16 * part, first);
        loadTransposed(rows, 128 + 32 * half + 16 * part, high);
        emit<8 * half + part, 0, 0>(first, high, d, sc, sink);
        loadTransposed(rows, 64 * half + 32 + 16 * part, second);
        emit<8 * half + 2 + part, 0, 2>(second, high, d, sc, sink);
        emit<8 * half + 4 + part, 4, 4>(first, high, d, sc, sink);
        emit<8 * half + 6 + part, 4, 6>(second, high, d, sc, sink);
    }
    template <class Sink> KERNELS_INLINE void unpack(const Rows &rows, Sink &sink)
    {
        VB sc[4];
        loadTransposed(rows, 192, sc);
        const VF d = halfHigh(gather32(rows, 206)); // the last field of the block
        unpackPart<0, 0>(rows, d, sc, sink);
        unpackPart<0, 1>(rows, d, sc, sink);
        unpackPart<1, 0>(rows, d, sc, sink);
        unpackPart<1, 1>(rows, d, sc, sink);
    }
};

// Two bits a weight: 16 bytes of qs belong to blocks 0, 2, 4, 6 of 128 weights, the next 16 to 1, 3, 5, 7.
struct UnpackQ2_K
{
    static constexpr std::uint32_t kUnit = 256, kUnitBytes = 84, kScaleBlock = 16;
    static constexpr bool kSigned = false;
    static constexpr int kLargest = 3;
    static constexpr int kZero = kOffsets;
    KERNELS_INLINE_MEMBER static constexpr std::uint32_t blockAt(std::uint32_t emission)
    {
        return UnpackQ6_K::blockAt(emission);
    }

    // Block 8 * half + 2 * k + part.
    template <int half, int part, int k, class Sink>
    KERNELS_INLINE void emit(const VB q[4], VF d, VF dmin, const VB sc[4], Sink &sink)
    {
        constexpr int word = 2 * half + k / 2, shift = 8 * (k % 2 * 2 + part);
        sink.beginBlock(mul(d, toFloat(andB(shiftRight<shift>(sc[word]), set1I(15)))),
                        mul(dmin, toFloat(andB(shiftRight<shift + 4>(sc[word]), set1I(15)))));
#pragma GCC unroll 4
        for (int j = 0; j < 4; ++j)
            sink.weights(andB(shiftRight<2 * k>(q[j]), set1I(0x03030303)));
        sink.endBlock();
    }
    template <int half, int part, class Sink>
    KERNELS_INLINE void unpackPart(const Rows &rows, VF d, VF dmin, const VB sc[4], Sink &sink)
    {
        VB q[4];
        loadTransposed(rows, 16 + 32 * half + 16 * part, q);
        emit<half, part, 0>(q, d, dmin, sc, sink);
        emit<half, part, 1>(q, d, dmin, sc, sink);
        emit<half, part, 2>(q, d, dmin, sc, sink);
        emit<half, part, 3>(q, d, dmin, sc, sink);
    }
    template <class Sink> KERNELS_INLINE void unpack(const Rows &rows, Sink &sink)
    {
        VB sc[4];
        loadTransposed(rows, 0, sc);
        const VI both = gather32(rows, 80);
        const VF d = halfLow(both), dmin = sub(zeroF(), halfHigh(both));
        unpackPart<0, 0>(rows, d, dmin, sc, sink);
        unpackPart<0, 1>(rows, d, dmin, sc, sink);
        unpackPart<1, 0>(rows, d, dmin, sc, sink);
        unpackPart<1, 1>(rows, d, dmin, sc, sink);
    }
};

struct UnpackQ3_K
{
    static constexpr std::uint32_t kUnit = 256, kUnitBytes = 110, kScaleBlock = 16;
    static constexpr bool kSigned = false;
    static constexpr int kLargest = 7;
    static constexpr int kZero = 4;

    // 16 bytes of hmask belong to all even blocks, the next 16 to the odd ones.
    KERNELS_INLINE_MEMBER static constexpr std::uint32_t blockAt(std::uint32_t emission)
    {
        return emission / 16 * 16 + emission % 8 * 2 + emission / 8 % 2;
    }

    // Block 2 * pair + part; bit `pair` of hmask is the third one of its weights.
    template <int part, int pair, class Sink>
    KERNELS_INLINE void emit(const VB q[4], const VB high[4], VF d, const VB sc[4], Sink &sink)
    {
        constexpr int block = 2 * pair + part;
        const VF scale = mul(d, toFloat(signedByte<block % 4>(sc[block / 4])));
        sink.beginBlock(scale);
#pragma GCC unroll 4
        for (int j = 0; j < 4; ++j) {
            VB bit;
            if constexpr (pair <= 2)
                bit = shiftLeft<2 - pair>(high[j]);
            else
                bit = shiftRight<pair - 2>(high[j]);
            sink.weights(andOr(shiftRight<pair % 4 * 2>(q[j]), set1I(0x03030303), andB(bit, set1I(0x04040404))));
        }
        sink.endBlock();
    }
    template <int part, class Sink>
    KERNELS_INLINE void unpackPart(const Rows &rows, VF d, const VB sc[4], Sink &sink)
    {
        VB high[4], q[4];
        loadTransposed(rows, 16 * part, high);
        loadTransposed(rows, 32 + 16 * part, q);
        emit<part, 0>(q, high, d, sc, sink);
        emit<part, 1>(q, high, d, sc, sink);
        emit<part, 2>(q, high, d, sc, sink);
        emit<part, 3>(q, high, d, sc, sink);
        loadTransposed(rows, 64 + 16 * part, q);
        emit<part, 4>(q, high, d, sc, sink);
        emit<part, 5>(q, high, d, sc, sink);
        emit<part, 6>(q, high, d, sc, sink);
        emit<part, 7>(q, high, d, sc, sink);
    }
    // Bytes of six bits to signed bytes, 32 less.
    KERNELS_INLINE VB minus32(VB six)
    {
        const VB top = set1I(static_cast<std::int32_t>(0x80808080u));
        return xorB(subI(orB(six, top), set1I(0x20202020)), top);
    }
    template <class Sink> KERNELS_INLINE void unpack(const Rows &rows, Sink &sink)
    {
        // The last 16 bytes of the block: two of qs, scales[12], d.
        VB tail[4];
        loadTransposed(rows, 94, tail);
        const VB first = orB(shiftRight<16>(tail[0]), shiftLeft<16>(tail[1]));
        const VB second = orB(shiftRight<16>(tail[1]), shiftLeft<16>(tail[2]));
        const VB third = orB(shiftRight<16>(tail[2]), shiftLeft<16>(tail[3]));
        const VB twoBits = set1I(0x30303030);
        const VB sc[4] = {minus32(andOr(first, nibbles(), andB(shiftLeft<4>(third), twoBits))),
                          minus32(andOr(second, nibbles(), andB(shiftLeft<2>(third), twoBits))),
                          minus32(andOr(shiftRight<4>(first), nibbles(), andB(third, twoBits))),
                          minus32(andOr(shiftRight<4>(second), nibbles(), andB(shiftRight<2>(third), twoBits)))};
        const VF d = halfHigh(tail[3]);
        unpackPart<0>(rows, d, sc, sink);
        unpackPart<1>(rows, d, sc, sink);
    }
};

inline constexpr std::int8_t kIq4Levels[16]{-127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113};
// Twice the values of FP4, and 12 more: unsigned.
inline constexpr std::int8_t kFp4Levels[16]{12, 13, 14, 15, 16, 18, 20, 24, 12, 11, 10, 9, 8, 6, 4, 0};

// Nibbles that number the levels of a table: 8 groups of 4 weights.
template <class Sink> KERNELS_INLINE void emitLevels(VB table, const VB q[4], Sink &sink)
{
#pragma GCC unroll 4
    for (int j = 0; j < 4; ++j)
        sink.weights(lookUp(table, andB(q[j], nibbles())));
#pragma GCC unroll 4
    for (int j = 0; j < 4; ++j)
        sink.weights(lookUp(table, andB(shiftRight<4>(q[j]), nibbles())));
}

// The levels of IQ4_NL and IQ4_XS: 128 more where bytes are unsigned. They need all 8 bits: see UnpackQ8_0.
struct Iq4Levels : InOrder
{
    static constexpr bool kSigned = !kHasVnni;
    static constexpr int kLargest = 241;
    static constexpr int kZero = kSigned ? 0 : 128;
    KERNELS_INLINE VB table()
    {
        return xorB(loadTable(kIq4Levels), kSigned ? zeroI() : set1I(static_cast<std::int32_t>(0x80808080u)));
    }
};

struct UnpackIQ4_NL : Iq4Levels
{
    static constexpr std::uint32_t kUnit = 32, kUnitBytes = 18, kScaleBlock = 32;
    template <class Sink> KERNELS_INLINE void unpack(const Rows &rows, Sink &sink)
    {
        VB q[4];
        loadTransposed(rows, 2, q);
        const VF d = halfLow(gather16(rows, 0));
        sink.beginBlock(d);
        emitLevels(table(), q, sink);
        sink.endBlock();
    }
};

struct UnpackIQ4_XS : Iq4Levels
{
    static constexpr std::uint32_t kUnit = 256, kUnitBytes = 136, kScaleBlock = 32;
    template <int block, class Sink>
    KERNELS_INLINE void emit(const Rows &rows, VF d, VI high, VI low, Sink &sink)
    {
        VB q[4];
        loadTransposed(rows, 8 + 16 * block, q);
        const VI top = andB(shiftRight<12 + 2 * block>(high), set1I(0x30));
        const VI six = andOr(shiftRight<4 * block>(low), set1I(15), top);
        const VF scale = mul(d, toFloat(subI(six, set1I(32))));
        sink.beginBlock(scale);
        emitLevels(table(), q, sink);
        sink.endBlock();
    }
    template <class Sink> KERNELS_INLINE void unpack(const Rows &rows, Sink &sink)
    {
        const VI header = gather32(rows, 0), low = gather32(rows, 4);
        const VF d = halfLow(header);
        emit<0>(rows, d, header, low, sink);
        emit<1>(rows, d, header, low, sink);
        emit<2>(rows, d, header, low, sink);
        emit<3>(rows, d, header, low, sink);
        emit<4>(rows, d, header, low, sink);
        emit<5>(rows, d, header, low, sink);
        emit<6>(rows, d, header, low, sink);
        emit<7>(rows, d, header, low, sink);
    }
};

// The scale is 2^(e - 128). For e = 0 and 1 it would be subnormal, which is slow, and blocks of zeros have e = 0: it counts
// as zero here. The weights that vanish are below 2^-123.
struct UnpackMXFP4 : InOrder
{
    static constexpr std::uint32_t kUnit = 32, kUnitBytes = 17, kScaleBlock = 32;
    static constexpr bool kSigned = false;
    static constexpr int kLargest = 24;
    static constexpr int kZero = 12;
    template <class Sink> KERNELS_INLINE void unpack(const Rows &rows, Sink &sink)
    {
        VB q[4];
        loadTransposed(rows, 1, q);
        const VI e = andB(gather32(rows, 0), set1I(0xff));
        const VF d = floatOfBits(shiftLeft<23>(subI(maxI(e, set1I(1)), set1I(1))));
        sink.beginBlock(d);
        emitLevels(loadTable(kFp4Levels), q, sink);
        sink.endBlock();
    }
};

} // namespace kernels::KERNELS_ISA
