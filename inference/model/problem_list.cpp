#include "inference/model/problem_list.h"

#include "inference/gguf/wording.h"

#include <algorithm>

namespace inference {

void ProblemList::add(Kind kind, std::string phrase)
{
    ++m_count;
    if (m_phrases.size() < kNamed)
        m_phrases.push_back(std::move(phrase));
    m_damaged = m_damaged || kind == Kind::Damaged;
}

Error ProblemList::toError(std::string_view where) const
{
    std::string what;
    if (m_count == 1) {
        what = "The model cannot be loaded: " + m_phrases.front();
    } else {
        what = "The model cannot be loaded for " + grouped(m_count) + " reasons: ";
        for (std::size_t i = 0; i < m_phrases.size(); ++i)
            what.append(i ? "; " : "").append(m_phrases[i]);
        if (m_count > kNamed)
            what.append("; and ").append(grouped(m_count - kNamed)).append(" more");
    }
    const std::string_view wayOut = m_damaged ? "Download the file again, or choose another one."
                                              : "Choose another file of this model, or another model.";
    return Error(m_damaged ? ErrorCode::Damaged : ErrorCode::Unsupported,
                 ErrorParts{.what = what, .where = where, .wayOut = wayOut});
}

std::string dimensionText(std::span<const std::uint64_t> dimensions)
{
    std::string text = "[";
    for (std::size_t i = 0; i < dimensions.size(); ++i)
        text.append(i ? ", " : "").append(std::to_string(dimensions[i]));
    return text + "]";
}

} // namespace inference
