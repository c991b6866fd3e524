#include "kernels/result.h"

namespace kernels {

std::string describeError(const ErrorParts &parts)
{
    std::string text(parts.what);
    if (!parts.where.empty())
        text.append(", ").append(parts.where);
    if (!parts.expected.empty() || !parts.found.empty()) {
        text.append(" (");
        if (!parts.expected.empty())
            text.append("expected ").append(parts.expected);
        if (!parts.found.empty())
            text.append(parts.expected.empty() ? "found " : ", found ").append(parts.found);
        text.append(")");
    }
    text.append(".");
    if (!parts.wayOut.empty())
        text.append(" ").append(parts.wayOut);
    return text;
}

} // namespace kernels
