// Changes JSON texts as something that knows JSON would: values of another kind, numbers at edges, members
// that come, go, double and change places, words of the format where they do not belong; and now and then
// bytes.
#pragma once

#include <nlohmann/json.hpp>

#include <cstdint>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace fuzz {

using Random = std::mt19937_64;

inline std::size_t below(Random &random, std::size_t limit)
{
    return static_cast<std::size_t>(random() % limit);
}

// A number that is likely to be at an edge of something, made of `old`; `size`: bytes that it has.
std::uint64_t edge(Random &random, std::uint64_t old, std::size_t size);

// One to four bytes or stretches of any text changed, or all behind a place cut off.
void changeBytes(Random &random, std::string &text);

class JsonMutator
{
public:
    // Words of the originals and `more` are put in where they do not belong.
    JsonMutator(const std::vector<std::string> &originals, const std::vector<std::string> &more);

    // One of the originals with one to four places changed.
    std::string mutant(Random &random) const { return mutant(random, below(random, m_originals.size())); }
    std::string mutant(Random &random, std::size_t original) const;

private:
    using Json = nlohmann::ordered_json;

    void collectWords(const Json &json);
    void change(Random &random, Json &root) const;
    Json value(Random &random) const;
    const std::string &word(Random &random) const { return m_words[below(random, m_words.size())]; }
    static void changeNumber(Random &random, Json &json);

    std::vector<Json> m_originals;
    std::vector<std::string> m_words;
};

} // namespace fuzz
