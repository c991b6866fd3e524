// Collects everything that is wrong with a model file, so that one message can name it all.
#pragma once

#include "inference/result.h"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace inference {

// Problems in the order they were found. A problem is a phrase without a full stop: "qwen2.block_count is 0
// (expected 1 to 1,024)".
class ProblemList
{
public:
    enum class Kind { Damaged, Unsupported };

    void add(Kind kind, std::string phrase);

    bool empty() const { return m_count == 0; }
    std::size_t size() const { return m_count; }

    // One sentence: at most kNamed problems by name, then a count. Damaged when any problem is damage: then
    // the file should be fetched again, whatever else is the matter. `where` is the file. Not for an empty
    // list.
    Error toError(std::string_view where) const;
    static constexpr std::size_t kNamed = 5;

private:
    std::vector<std::string> m_phrases; // those that are named: a file may have millions of problems
    std::size_t m_count = 0;
    bool m_damaged = false;
};

// "[576, 49152]": digits are not grouped, "[576, 49,152]" would read as three numbers.
std::string dimensionText(std::span<const std::uint64_t> dimensions);

} // namespace inference
