#include "inference/sha256.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace inference {

namespace {

// The first 32 bits of the fractions of the cube roots of the first 64 primes (section 4.2.2).
constexpr std::array<std::uint32_t, 64> kRoundConstants{
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

std::uint32_t bigEndian(const std::byte *bytes)
{
    return std::uint32_t(bytes[0]) << 24 | std::uint32_t(bytes[1]) << 16 | std::uint32_t(bytes[2]) << 8 |
           std::uint32_t(bytes[3]);
}

} // namespace

// Section 6.2.2.
void Sha256::addBlock(const std::byte *block)
{
    std::array<std::uint32_t, 64> w;
    for (std::size_t t = 0; t < 16; ++t)
        w[t] = bigEndian(block + 4 * t);
    for (std::size_t t = 16; t < 64; ++t) {
        const std::uint32_t s0 = std::rotr(w[t - 15], 7) ^ std::rotr(w[t - 15], 18) ^ (w[t - 15] >> 3);
        const std::uint32_t s1 = std::rotr(w[t - 2], 17) ^ std::rotr(w[t - 2], 19) ^ (w[t - 2] >> 10);
        w[t] = w[t - 16] + s0 + w[t - 7] + s1;
    }
    auto [a, b, c, d, e, f, g, h] = m_state;
    for (std::size_t t = 0; t < 64; ++t) {
        const std::uint32_t s1 = std::rotr(e, 6) ^ std::rotr(e, 11) ^ std::rotr(e, 25);
        const std::uint32_t t1 = h + s1 + ((e & f) ^ (~e & g)) + kRoundConstants[t] + w[t];
        const std::uint32_t s0 = std::rotr(a, 2) ^ std::rotr(a, 13) ^ std::rotr(a, 22);
        const std::uint32_t t2 = s0 + ((a & b) ^ (a & c) ^ (b & c));
        h = g;
        g = f;
        f = e;
        e = d + t1;
        d = c;
        c = b;
        b = a;
        a = t1 + t2;
    }
    const std::array<std::uint32_t, 8> added{a, b, c, d, e, f, g, h};
    for (std::size_t i = 0; i < 8; ++i)
        m_state[i] += added[i];
}

Sha256 &Sha256::add(std::span<const std::byte> bytes)
{
    std::size_t filled = m_bytes % 64;
    m_bytes += bytes.size();
    if (filled > 0) {
        const std::size_t taken = std::min(bytes.size(), 64 - filled);
        std::memcpy(m_block.data() + filled, bytes.data(), taken);
        bytes = bytes.subspan(taken);
        if (filled + taken < 64)
            return *this;
        addBlock(m_block.data());
    }
    for (; bytes.size() >= 64; bytes = bytes.subspan(64))
        addBlock(bytes.data());
    std::copy(bytes.begin(), bytes.end(), m_block.begin());
    return *this;
}

Sha256::Digest Sha256::finish()
{
    const std::uint64_t bits = m_bytes * 8;
    std::array<std::byte, 72> padding{std::byte(0x80)};
    const std::size_t zeros = (119 - m_bytes % 64) % 64; // up to 8 bytes before the end of a block
    for (std::size_t i = 0; i < 8; ++i)
        padding[1 + zeros + i] = std::byte(bits >> (56 - 8 * i));
    add(std::span(padding).first(1 + zeros + 8));
    Digest digest;
    for (std::size_t i = 0; i < digest.size(); ++i)
        digest[i] = std::byte(m_state[i / 4] >> (24 - 8 * (i % 4)));
    return digest;
}

std::string hexadecimal(const Sha256::Digest &digest, std::size_t bytes)
{
    std::string text;
    for (const std::byte byte : std::span(digest).first(std::min(bytes, digest.size()))) {
        text += "0123456789abcdef"[std::size_t(byte >> 4)];
        text += "0123456789abcdef"[std::size_t(byte & std::byte(15))];
    }
    return text;
}

} // namespace inference
