// Where two texts differ, word by word.
#pragma once

#include <QPair>
#include <QString>
#include <QVector>

namespace app {

struct WordDifference
{
    QVector<QPair<int, int>> left, right; // (begin, length) of what the other one has not, in order; neighbours are joined
};

// Words by the rules of Unicode, each CJK letter one; spaces count with the words they follow. Linear in texts that are alike; where they
// differ in more than kMostDifferingWords, all between their common beginning and end counts as different.
inline constexpr int kMostDifferingWords = 2000;
WordDifference wordDifference(const QString &left, const QString &right);

} // namespace app
