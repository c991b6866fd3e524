#include "inference/text/character_joins.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace inference {

namespace {

std::uint32_t byteAt(std::string_view text, std::size_t i)
{
    return static_cast<std::uint8_t>(text[i]);
}

bool isContinuation(std::uint32_t byte)
{
    return (byte & 0xC0) == 0x80;
}

// Bytes of a character that begins with this one.
std::uint32_t lengthAfter(std::uint32_t lead)
{
    return lead < 0xC0 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
}

std::uint32_t lowest(std::uint32_t bytes, std::uint32_t count)
{
    return count >= 4 ? bytes : bytes & ((1u << 8 * count) - 1);
}

} // namespace

CharacterJoins::CharacterJoins(std::size_t tokens, Ascii ascii)
    : m_bits(std::bit_ceil(std::clamp<std::size_t>(tokens, 64, 1u << 16)) / 8),
      m_shift(64 - 6 - std::countr_zero(m_bits.size())), m_ascii(ascii)
{}

std::size_t CharacterJoins::bitOf(std::uint32_t left, std::uint32_t right) const
{
    std::uint64_t hash = (std::uint64_t(left) << 32 | right) * 0x9E3779B97F4A7C15u;
    hash = (hash ^ hash >> 32) * 0xBF58476D1CE4E5B9u;
    return hash >> m_shift;
}

// From the first byte of the last character on. Bytes that lead no character are none.
CharacterJoins::Side CharacterJoins::before(std::string_view text, std::size_t place)
{
    Side side;
    while (side.length < 4 && side.length < place) {
        const std::uint32_t byte = byteAt(text, place - 1 - side.length);
        side.bytes = side.bytes << 8 | byte;
        ++side.length;
        if (!isContinuation(byte))
            return side;
    }
    if (side.length == 4)
        return {};
    side.cut = true;
    return side;
}

CharacterJoins::Side CharacterJoins::behind(std::string_view text, std::size_t place)
{
    const std::uint32_t lead = byteAt(text, place);
    if (lead < 0x80)
        return {lead, 1, false};
    if (text.size() - place >= 4) { // most are of two or three bytes
        std::uint32_t four = 0;
        std::memcpy(&four, text.data() + place, 4); // the first byte lowest
        if ((four & 0xC0C0F0) == 0x8080E0)
            return {four & 0xFFFFFF, 3, false};
        if ((four & 0xC0E0) == 0x80C0)
            return {four & 0xFFFF, 2, false};
    }
    const std::uint32_t wanted = lengthAfter(lead);
    Side side{lead, 1, false};
    for (; side.length < wanted; ++side.length) {
        if (place + side.length == text.size()) {
            side.cut = true;
            break;
        }
        const std::uint32_t byte = byteAt(text, place + side.length);
        if (!isContinuation(byte))
            break;
        side.bytes |= byte << 8 * side.length;
    }
    return side;
}

void CharacterJoins::add(std::string_view token)
{
    for (std::size_t i = 1; i < token.size(); ++i) {
        const std::uint32_t byte = byteAt(token, i);
        if (isInside(byte, byteAt(token, i - 1)))
            continue;
        const Side left = before(token, i), right = behind(token, i);
        if (left.length == 0)
            continue; // partEnd() does not cut there
        if (left.cut)
            m_tails[byteAt(token, i - 1)] |= static_cast<std::uint8_t>(1u << left.length);
        if (right.cut)
            m_heads[byte] |= static_cast<std::uint8_t>(1u << right.length);
        const std::size_t bit = bitOf(left.bytes, right.bytes);
        m_bits[bit / 64] |= std::uint64_t(1) << bit % 64;
    }
}

bool CharacterJoins::mayJoin(Side left, Side right) const
{
    if (left.length == 0 || has(left.bytes, right.bytes))
        return true;
    const std::uint32_t tails = m_tails[left.bytes >> 8 * (left.length - 1)];
    const std::uint32_t heads = m_heads[right.bytes & 0xFF];
    if ((tails | heads) == 0)
        return false;
    // Tokens that end or begin within these characters.
    for (std::uint32_t l = 1; l <= left.length; ++l) {
        if (l < left.length && (tails >> l & 1) == 0)
            continue;
        const std::uint32_t tail = left.bytes >> 8 * (left.length - l);
        for (std::uint32_t r = 1; r <= right.length; ++r) {
            if ((r == right.length || (heads >> r & 1) != 0) && has(tail, lowest(right.bytes, r)))
                return true;
        }
    }
    return false;
}

std::size_t CharacterJoins::partEnd(std::string_view text, std::size_t from) const
{
    Side left; // the last character that was looked at, and where it ends
    std::size_t leftEnd = 0;
    for (std::size_t i = from + 1; i < text.size();) {
        const std::uint32_t byte = byteAt(text, i);
        if (isInside(byte, byteAt(text, i - 1))) {
            ++i;
            continue;
        }
        const Side right = behind(text, i);
        if (!mayJoin(leftEnd == i ? left : before(text, i), right))
            return i;
        left = right;
        i = leftEnd = i + right.length;
    }
    return text.size();
}

} // namespace inference
