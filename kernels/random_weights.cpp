#include "kernels/random_weights.h"

#include <cstdint>
#include <cstring>

namespace kernels {

namespace {

// Where a block holds half-precision numbers: random bits there would be NaN now and then.
std::vector<std::uint32_t> halfFields(ElementType type)
{
    switch (type) {
    case ElementType::Q4_0:
    case ElementType::Q5_0:
    case ElementType::Q8_0:
    case ElementType::IQ4_NL:
    case ElementType::IQ4_XS:
        return {0};
    case ElementType::Q4_1:
    case ElementType::Q5_1:
    case ElementType::Q4_K:
    case ElementType::Q5_K:
        return {0, 2};
    case ElementType::Q2_K:
        return {80, 82};
    case ElementType::Q3_K:
        return {108};
    case ElementType::Q6_K:
        return {208};
    default:
        return {};
    }
}

} // namespace

std::vector<std::byte> randomWeights(const ElementTypeTraits &traits, std::size_t elements, WeightLevels levels,
                                     std::mt19937 &random)
{
    std::vector<std::byte> bytes(elements / traits.blockLength * traits.blockBytes);
    const auto put16 = [&](std::size_t at, std::uint16_t bits) { std::memcpy(&bytes[at], &bits, 2); };
    if (traits.type == ElementType::F32) {
        for (std::size_t i = 0; i < elements; ++i) {
            const float value = std::uniform_real_distribution<float>(-1, 1)(random);
            std::memcpy(&bytes[4 * i], &value, 4);
        }
    } else if (traits.type == ElementType::F16) {
        for (std::size_t i = 0; i < elements; ++i)
            put16(2 * i, static_cast<std::uint16_t>((random() & 0x8000) | (0x2c00 + random() % 0x1000)));
    } else if (traits.type == ElementType::BF16) {
        for (std::size_t i = 0; i < elements; ++i)
            put16(2 * i, static_cast<std::uint16_t>((random() & 0x8000) | (0x3d00 + random() % 0x280)));
    } else if (traits.type == ElementType::F8_E4M3) {
        for (std::byte &weight : bytes)
            do
                weight = static_cast<std::byte>(random());
            while ((weight & std::byte(0x7f)) == std::byte(0x7f)); // NaN
    } else {
        constexpr unsigned char ends[] = {0xff, 0x77, 0x00};
        for (std::size_t i = 0; i < bytes.size(); ++i)
            bytes[i] = static_cast<std::byte>(levels == WeightLevels::Ends ? ends[i / traits.blockBytes % 3] : random());
        for (std::size_t block = 0; block < bytes.size(); block += traits.blockBytes)
            for (const std::uint32_t field : halfFields(traits.type))
                put16(block + field, static_cast<std::uint16_t>((random() & 0x8000) | (0x1c00 + random() % 0x1000)));
        if (traits.type == ElementType::MXFP4) // scales of 2^-8 to 2^-4, and some too small to count
            for (std::size_t block = 0; block < bytes.size(); block += traits.blockBytes)
                bytes[block] = static_cast<std::byte>(random() % 8 == 0 ? random() % 4 : 120 + random() % 5);
    }
    return bytes;
}

} // namespace kernels
