#include "inference/model/problem_list.h"

#include <algorithm>

namespace inference {

void ProblemList::add(Kind kind, std::string phrase)
{
    m_phrases.push_back(std::move(phrase));
    m_damaged = m_damaged || kind == Kind::Damaged;
}

void ProblemList::add(const Error &error)
{
    std::string phrase = error.message;
    if (!phrase.empty() && phrase.back() == '.')
        phrase.pop_back();
    add(error.code == ErrorCode::Unsupported ? Kind::Unsupported : Kind::Damaged, std::move(phrase));
}

Error ProblemList::toError(std::string_view where) const
{
    std::string what;
    if (m_phrases.size() == 1) {
        what = "The model cannot be loaded: " + m_phrases.front();
    } else {
        what = "The model cannot be loaded for " + groupedDigits(m_phrases.size()) + " reasons: ";
        for (std::size_t i = 0; i < std::min(m_phrases.size(), kNamed); ++i)
            what.append(i ? "; " : "").append(m_phrases[i]);
        if (m_phrases.size() > kNamed)
            what.append("; and ").append(groupedDigits(m_phrases.size() - kNamed)).append(" more");
    }
    const std::string_view wayOut = m_damaged ? "Download the file again, or choose another one."
                                              : "Choose another file of this model, or another model.";
    return Error(m_damaged ? ErrorCode::Damaged : ErrorCode::Unsupported,
                 ErrorParts{.what = what, .where = where, .wayOut = wayOut});
}

std::string groupedDigits(std::uint64_t number)
{
    std::string digits = std::to_string(number);
    for (std::size_t at = digits.size(); at > 3;) {
        at -= 3;
        digits.insert(at, ",");
    }
    return digits;
}

std::string dimensionText(std::span<const std::uint64_t> dimensions)
{
    std::string text = "[";
    for (std::size_t i = 0; i < dimensions.size(); ++i)
        text.append(i ? ", " : "").append(std::to_string(dimensions[i]));
    return text + "]";
}

std::string printable(std::string_view foreign)
{
    constexpr std::size_t kLongest = 80;
    std::string text(foreign.substr(0, kLongest));
    for (char &c : text)
        if (c < 0x20 || c > 0x7e)
            c = '?';
    return foreign.size() > kLongest ? text + "..." : text;
}

} // namespace inference
