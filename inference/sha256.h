// SHA-256 (FIPS 180-4), for keys that must not collide.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>

namespace inference {

class Sha256
{
public:
    using Digest = std::array<std::byte, 32>;

    Sha256 &add(std::span<const std::byte> bytes);
    Sha256 &add(std::string_view text) { return add(std::as_bytes(std::span(text))); }
    // Its bytes, little endian.
    template <class T, class = std::enable_if_t<std::is_arithmetic_v<T>>> Sha256 &addNumber(T number)
    {
        return add(std::as_bytes(std::span(&number, 1)));
    }
    // Once, at the end.
    Digest finish();

private:
    void addBlock(const std::byte *block);

    std::array<std::uint32_t, 8> m_state{0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                         0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};
    std::array<std::byte, 64> m_block{}; // what does not fill a block yet
    std::uint64_t m_bytes = 0;
};

// The first `bytes` of a digest in lower-case hexadecimal digits.
std::string hexadecimal(const Sha256::Digest &digest, std::size_t bytes = 32);

} // namespace inference
