// The partner of a bracket, outside of strings and comments.
#pragma once

#include <QTextDocument>

namespace ui {

struct BracketPair
{
    int first = -1, second = -1; // positions in the document; second -1: there is no partner
};

// For the bracket before or after the position, the one before first. `isText` says whether a character
// belongs to a string or comment; first -1: no bracket there. Looks at most kFarthest characters far.
template <class IsText> BracketPair matchBracket(const QTextDocument &document, int position, IsText isText)
{
    constexpr int kFarthest = 100000;
    static const QString open = QStringLiteral("([{"), close = QStringLiteral(")]}");
    BracketPair pair;
    for (const int at : {position - 1, position}) {
        if (at < 0 || at >= document.characterCount() || isText(at))
            continue;
        const QChar c = document.characterAt(at);
        const bool opens = open.contains(c);
        if (!opens && !close.contains(c))
            continue;
        pair.first = at;
        const QChar partner = opens ? close[open.indexOf(c)] : open[close.indexOf(c)];
        const int step = opens ? 1 : -1;
        int depth = 0;
        for (int p = at, n = 0; p >= 0 && p < document.characterCount() && n < kFarthest; p += step, ++n) {
            const QChar other = document.characterAt(p);
            if ((other != c && other != partner) || isText(p))
                continue;
            depth += other == c ? 1 : -1;
            if (depth == 0) {
                pair.second = p;
                break;
            }
        }
        return pair;
    }
    return pair;
}

} // namespace ui
