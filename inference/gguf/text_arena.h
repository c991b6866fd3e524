// Copies of many short texts, whose addresses stay the same.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>
#include <vector>

namespace inference {

// Names and keys are sorted and compared again and again. In a mapped file another process could change them
// between two comparisons, and a sort whose order changes under it reads outside its table; so they are
// copied once.
class TextArena
{
public:
    // The view lives as long as the arena, moves included.
    std::string_view keep(std::string_view text)
    {
        if (text.empty())
            return {};
        if (m_chunks.empty() || text.size() > m_free) { // empty: also after a move
            const std::size_t chunkBytes = std::size_t(1024) << std::min<std::size_t>(m_chunks.size(), 6);
            m_free = std::max(chunkBytes, text.size());
            m_chunks.emplace_back(new char[m_free]);
            m_next = m_chunks.back().get();
        }
        char *copy = m_next;
        std::memcpy(copy, text.data(), text.size());
        m_next += text.size();
        m_free -= text.size();
        return {copy, text.size()};
    }

private:
    std::vector<std::unique_ptr<char[]>> m_chunks;
    char *m_next = nullptr;
    std::size_t m_free = 0;
};

} // namespace inference
