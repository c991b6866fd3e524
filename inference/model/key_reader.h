// Reads one architecture's metadata keys ("llama." + suffix) and collects what is wrong with them.
#pragma once

#include "inference/gguf/gguf_file.h"
#include "inference/model/problem_list.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace inference {

// A problem goes to the list and reading goes on: a count that could not be read is 0, so that checks between
// counts can skip it and the list names every problem once.
class KeyReader
{
public:
    KeyReader(const GgufFile &file, std::string_view architecture, ProblemList &problems);

    std::string key(std::string_view suffix) const { return m_prefix + std::string(suffix); }
    bool has(std::string_view suffix) const { return m_file.find(key(suffix)) != nullptr; }

    // A number of things, 1 to `highest`. Where a file has one for each layer, they must agree.
    std::uint32_t count(std::string_view suffix, std::uint32_t highest);
    std::uint32_t countOr(std::string_view suffix, std::uint32_t highest, std::uint32_t fallback);
    // A count of a part that most models do not have: 0 where the key is missing.
    std::uint32_t countOrNone(std::string_view suffix);
    // A number that the formulas divide by: finite and above 0. Missing without a fallback is a problem.
    float positive(std::string_view suffix, std::optional<float> fallback = std::nullopt);
    bool flag(std::string_view suffix, bool fallback);
    std::string_view text(std::string_view suffix, std::string_view fallback);

    // `value` where it is 1 to `highest`, else a problem and 0.
    std::uint32_t inRange(std::string_view what, std::uint64_t value, std::uint32_t highest);

private:
    std::optional<std::uint64_t> integer(const std::string &name, const GgufValue &value);
    void addWrongType(std::string_view name, std::string_view expected, const GgufValue &found);

    const GgufFile &m_file;
    ProblemList &m_problems;
    std::string m_prefix;
};

} // namespace inference
