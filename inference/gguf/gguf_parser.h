// One part of a GGUF file from bytes to tables, every number checked before it is used.
#pragma once

#include "inference/gguf/gguf_file.h"
#include "inference/gguf/text_arena.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace inference {

// Limits above which a file is refused (reference/faults-and-threats.md section 3).
inline constexpr std::uint64_t kMaxMetadataBytes = 256ull << 20; // keys, values and tensor infos together
inline constexpr std::uint64_t kMaxKeyBytes = 65'535;
inline constexpr std::uint64_t kMaxTensorNameBytes = 255;
inline constexpr std::uint64_t kMaxStringBytes = 16ull << 20;
inline constexpr std::uint64_t kMaxKeyValues = 65'536;
inline constexpr std::uint64_t kMaxTensors = 1'048'576;
inline constexpr std::uint64_t kMaxWeights = 1ull << 48; // of one tensor
inline constexpr std::uint32_t kDefaultAlignment = 32, kMinAlignment = 8, kMaxAlignment = 65'536;

// Positions of names in a table, sorted by name: built once, searched without allocation. The names never
// change.
class NameIndex
{
public:
    // nameOf(i) for i in 0 .. count - 1. Two equal names, if any, are duplicate().
    template <class NameOf> void build(std::size_t count, NameOf nameOf);
    template <class NameOf> std::optional<std::size_t> find(std::string_view name, NameOf nameOf) const;
    // Positions of two entries with the same name.
    const std::optional<std::pair<std::size_t, std::size_t>> &duplicate() const { return m_duplicate; }

private:
    std::vector<std::uint32_t> m_order;
    std::optional<std::pair<std::size_t, std::size_t>> m_duplicate;
};

// What a part holds. Keys, names and string values are views into texts; offsets refer to the bytes that were
// parsed.
struct GgufPart
{
    TextArena texts;
    std::uint32_t version = 0;
    std::vector<std::pair<std::string_view, GgufValue>> metadata; // in file order, keys unique
    NameIndex keys;
    std::vector<GgufTensor> tensors; // in file order, names unique, extents disjoint
    NameIndex names;                 // of tensors

    const GgufValue *find(std::string_view key) const;
};

// fileName appears in messages. part is written to every tensor.
Result<GgufPart> parseGguf(std::span<const std::byte> bytes, std::string_view fileName, std::uint32_t part);

template <class NameOf> void NameIndex::build(std::size_t count, NameOf nameOf)
{
    m_duplicate.reset();
    m_order.resize(count);
    for (std::size_t i = 0; i < count; ++i)
        m_order[i] = static_cast<std::uint32_t>(i);
    std::sort(m_order.begin(), m_order.end(), [&](std::uint32_t a, std::uint32_t b) {
        const int order = nameOf(a).compare(nameOf(b));
        return order != 0 ? order < 0 : a < b;
    });
    for (std::size_t i = 1; i < count && !m_duplicate; ++i)
        if (nameOf(m_order[i - 1]) == nameOf(m_order[i]))
            m_duplicate.emplace(m_order[i - 1], m_order[i]);
}

template <class NameOf> std::optional<std::size_t> NameIndex::find(std::string_view name, NameOf nameOf) const
{
    const auto at = std::lower_bound(m_order.begin(), m_order.end(), name,
                                     [&](std::uint32_t i, std::string_view n) { return nameOf(i) < n; });
    return at != m_order.end() && nameOf(*at) == name ? std::optional<std::size_t>(*at) : std::nullopt;
}

} // namespace inference
