#include "app/code/insertion.h"

#include <algorithm>

namespace app::code {

namespace {

constexpr qsizetype kLongestRepeat = 4000; // characters looked at
constexpr qsizetype kShortestRepeat = 8;

} // namespace

QString withoutRepeatedEnd(const QString &piece, const QString &after)
{
    const QStringView follows = QStringView(after).left(kLongestRepeat);
    for (qsizetype length = std::min(piece.size(), follows.size()); length > 0; --length) {
        const QStringView repeat = follows.left(length);
        if (!QStringView(piece).endsWith(repeat))
            continue;
        const QStringView words = repeat.trimmed();
        // "}\n" at the end of the piece is more often its own bracket than the next one.
        const bool wholeLine = words.size() >= 4 && (repeat.endsWith(u'\n') || length == after.size());
        if (words.size() >= kShortestRepeat || wholeLine)
            return piece.left(piece.size() - length);
        return piece;
    }
    return piece;
}

QString withoutRepeatedStart(const QString &piece, const QString &before)
{
    const QString line = before.mid(before.lastIndexOf(u'\n') + 1);
    if (line.isEmpty())
        return piece;
    if (piece.startsWith(line))
        return piece.mid(line.size());
    // The line again, but indented otherwise.
    const QStringView words = QStringView(line).trimmed();
    qsizetype indent = 0;
    while (indent < piece.size() && (piece[indent] == u' ' || piece[indent] == u'\t'))
        ++indent;
    if (words.size() >= 3 && QStringView(piece).mid(indent).startsWith(words)) {
        qsizetype from = indent + words.size();
        if (line.back().isSpace())
            while (from < piece.size() && piece[from] == u' ')
                ++from;
        return piece.mid(from);
    }
    return words.isEmpty() ? piece.mid(std::min(indent, line.size())) : piece;
}

} // namespace app::code
