// A string that knows which of its bytes are foreign: from the user, a tool or the model, not from the
// template.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace inference::jinja {

// UTF-8; invalid bytes are kept, each counts as one character. At most 4 GiB (Limits keep it far below).
class Text
{
public:
    struct Run
    {
        std::uint32_t end = 0; // offset behind the run's last byte
        bool foreign = false;
    };

    Text() = default;
    Text(std::string_view bytes, bool foreign) { append(bytes, foreign); }

    std::string_view bytes() const { return m_bytes; }
    std::size_t size() const { return m_bytes.size(); }
    bool empty() const { return m_bytes.empty(); }
    // Neighbouring runs differ in origin; together they cover all bytes.
    const std::vector<Run> &runs() const { return m_runs; }
    bool foreignAt(std::size_t offset) const;
    bool anyForeign() const;

    void append(std::string_view bytes, bool foreign);
    void append(const Text &other);
    void append(const Text &other, std::size_t from, std::size_t length); // the part must lie inside
    Text slice(std::size_t from, std::size_t length) const;

private:
    std::string m_bytes;
    std::vector<Run> m_runs;
};

// Offsets of each character's first byte, and the size at the end.
std::vector<std::uint32_t> characterOffsets(std::string_view text);
std::size_t characterCount(std::string_view text);

} // namespace inference::jinja
