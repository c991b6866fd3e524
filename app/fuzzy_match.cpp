#include "app/fuzzy_match.h"

#include <QStringList>

#include <algorithm>
#include <array>

namespace app {

namespace {

constexpr int kLongestPattern = 48;
// What a matched letter is worth. A word of the pattern has to reach kLeast for each of its letters: letters that are strewn over the text
// do not.
constexpr int kLetter = 5, kBeginning = 8, kTogether = 10, kFirst = 2, kJump = -6, kLeast = 4;
constexpr int kNone = -1000000;

// One letter for one letter, so that positions stay.
QChar folded(QChar c)
{
    if (c.unicode() >= 0xff01 && c.unicode() <= 0xff5e) // full width
        c = QChar(char16_t(c.unicode() - 0xfee0));
    if (c.unicode() >= 0xc0 && c.decompositionTag() == QChar::Canonical && !c.isSurrogate()) {
        const QString parts = c.decomposition();
        if (!parts.isEmpty() && parts[0].isLetter() && parts[0].unicode() < 0x250)
            c = parts[0];
    }
    return c.toCaseFolded();
}

QString folded(const QString &text, int longest)
{
    QString result = text.left(longest);
    for (QChar &c : result)
        c = folded(c);
    return result;
}

bool isIdeograph(QChar c)
{
    const QChar::Script script = c.script();
    return script == QChar::Script_Han || script == QChar::Script_Hiragana || script == QChar::Script_Katakana ||
           script == QChar::Script_Hangul || c.isHighSurrogate();
}

// `text` as it is written: "openFile" has two words.
bool beginsWord(const QString &text, int at)
{
    if (at == 0 || isIdeograph(text[at]))
        return true;
    const QChar before = text[at - 1], here = text[at];
    if (!here.isLetterOrNumber())
        return false;
    return !before.isLetterOrNumber() || isIdeograph(before) || (here.isUpper() && before.isLower()) ||
           (here.isDigit() && !before.isDigit());
}

using Row = std::array<int, kLongestMatched>;

// The best way to find `word` in `text`, letter by letter; adds the places to `positions`. kNone: it is not there.
int placeWord(const QString &word, const QString &text, const std::array<bool, kLongestMatched> &begins, QVector<int> &positions)
{
    const int n = int(word.size()), m = int(text.size());
    int at = 0;
    for (int i = 0; i < m && at < n; ++i)
        at += text[i] == word[at];
    if (n == 0 || at < n)
        return kNone; // most texts end here
    std::array<Row, kLongestPattern> best, from; // best[i][j]: letters 0..i placed, the last one at j; from: where the one before stands
    for (int i = 0; i < n; ++i) {
        int before = kNone, beforeAt = -1; // the best of the row above, left of j - 1
        for (int j = 0; j < m; ++j) {
            before = std::max(before - 1, kNone); // a letter that is left out
            if (i > 0 && j >= 2 && best[i - 1][j - 2] - 1 > before) {
                before = best[i - 1][j - 2] - 1;
                beforeAt = j - 2;
            }
            best[i][j] = kNone;
            if (text[j] != word[i])
                continue;
            const int here = kLetter + (begins[j] ? kBeginning : 0) + (j == 0 ? kFirst : 0);
            if (i == 0) {
                best[i][j] = here + (begins[j] ? 0 : kJump);
                from[i][j] = -1;
                continue;
            }
            if (j >= 1 && best[i - 1][j - 1] > kNone) {
                best[i][j] = best[i - 1][j - 1] + kLetter + kTogether;
                from[i][j] = j - 1;
            }
            if (before > kNone && before + here + (begins[j] ? 0 : kJump) > best[i][j]) {
                best[i][j] = before + here + (begins[j] ? 0 : kJump);
                from[i][j] = beforeAt;
            }
        }
    }
    int end = 0;
    for (int j = 1; j < m; ++j)
        if (best[n - 1][j] > best[n - 1][end])
            end = j;
    const int score = best[n - 1][end];
    if (score < kLeast * n)
        return kNone;
    for (int i = n - 1, j = end; i >= 0; j = from[i][j], --i)
        positions << j;
    return score;
}

} // namespace

std::optional<FuzzyMatch> fuzzyMatch(const QString &pattern, const QString &text)
{
    FuzzyMatch match;
    const QStringList words = folded(pattern, kLongestMatched).split(QLatin1Char(' '), Qt::SkipEmptyParts);
    const QString shown = text.left(kLongestMatched), letters = folded(text, kLongestMatched);
    std::array<bool, kLongestMatched> begins{};
    for (int i = 0; i < shown.size() && !words.isEmpty(); ++i)
        begins[i] = beginsWord(shown, i);
    for (const QString &word : words) {
        const int score = word.size() > kLongestPattern ? kNone : placeWord(word, letters, begins, match.positions);
        if (score == kNone)
            return std::nullopt;
        match.score += score;
    }
    if (!words.isEmpty())
        match.score = match.score * 4 - int(shown.size()) / 4; // of two that match alike the shorter one
    std::sort(match.positions.begin(), match.positions.end());
    match.positions.erase(std::unique(match.positions.begin(), match.positions.end()), match.positions.end());
    return match;
}

} // namespace app
