// How well a name answers to a few letters of it: "stng" finds "Settings", "tf pal" finds "Find in the palette, text", "新话" finds "新对话".
#pragma once

#include <QString>
#include <QVector>

#include <optional>

namespace app {

struct FuzzyMatch
{
    int score = 0;          // more is better; comparable for one pattern only
    QVector<int> positions; // matched letters of the text, rising, each once
};

// Each word of the pattern has to be found, in any order: its letters in theirs, together or at beginnings of words, with a few left
// out. Upper and lower case, full and half width and marks on letters make no difference; every letter of CJK begins a word. Only
// the first kLongestMatched letters of each are looked at, so that a call costs at most some 10 microseconds. No match: nothing. An
// empty pattern matches all with 0.
inline constexpr int kLongestMatched = 160;
std::optional<FuzzyMatch> fuzzyMatch(const QString &pattern, const QString &text);

} // namespace app
