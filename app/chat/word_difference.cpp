#include "app/chat/word_difference.h"

#include <QHash>
#include <QTextBoundaryFinder>

#include <algorithm>
#include <vector>

namespace app {

namespace {

struct Word
{
    int begin, length;
    int id; // the same for the same word
};

std::vector<Word> wordsIn(const QString &text, QHash<QStringView, int> &ids)
{
    std::vector<Word> words;
    QTextBoundaryFinder finder(QTextBoundaryFinder::Word, text);
    int begin = 0;
    for (qsizetype next = finder.toNextBoundary(); next >= 0; next = finder.toNextBoundary()) {
        const QStringView word = QStringView(text).mid(begin, next - begin);
        if (word.trimmed().isEmpty()) { // another width of a space is no difference
            begin = int(next);
            continue;
        }
        auto id = ids.constFind(word);
        if (id == ids.constEnd())
            id = ids.insert(word, int(ids.size()));
        words.push_back({begin, int(word.size()), *id});
        begin = int(next);
    }
    return words;
}

void mark(QVector<QPair<int, int>> &places, const std::vector<Word> &words, int index)
{
    const Word &word = words[std::size_t(index)];
    if (!places.isEmpty() && index > 0) {
        const Word &before = words[std::size_t(index) - 1];
        auto &last = places.last();
        if (last.first + last.second == before.begin + before.length) {
            last.second = word.begin + word.length - last.first;
            return;
        }
    }
    places.append({word.begin, word.length});
}

} // namespace

// E. W. Myers, "An O(ND) Difference Algorithm and Its Variations", 1986: the furthest point of each diagonal for each number of
// differences, and the way back through them.
WordDifference wordDifference(const QString &left, const QString &right)
{
    QHash<QStringView, int> ids;
    const std::vector<Word> a = wordsIn(left, ids), b = wordsIn(right, ids);
    const auto same = [&](int i, int j) { return a[std::size_t(i)].id == b[std::size_t(j)].id; };
    int start = 0, endA = int(a.size()), endB = int(b.size());
    while (start < endA && start < endB && same(start, start))
        ++start;
    while (endA > start && endB > start && same(endA - 1, endB - 1))
        --endA, --endB;
    const int n = endA - start, m = endB - start, most = std::min(n + m, kMostDifferingWords);
    std::vector<std::vector<int>> furthest; // [differences][diagonal + differences]: how far in a
    int found = -1;
    for (int d = 0; d <= most && found < 0; ++d) {
        std::vector<int> reach(std::size_t(2 * d) + 1);
        for (int k = -d; k <= d && found < 0; k += 2) {
            const auto before = [&](int diagonal) { return furthest.back()[std::size_t(diagonal + d - 1)]; };
            int x = d == 0 ? 0 : k == -d || (k != d && before(k - 1) < before(k + 1)) ? before(k + 1) : before(k - 1) + 1;
            while (x < n && x - k < m && same(start + x, start + x - k))
                ++x;
            reach[std::size_t(k + d)] = x;
            if (x >= n && x - k >= m)
                found = d;
        }
        furthest.push_back(std::move(reach));
    }
    std::vector<bool> onlyA(std::size_t(n), found < 0), onlyB(std::size_t(m), found < 0);
    for (int d = found, x = n, y = m; d > 0; --d) {
        const auto before = [&](int diagonal) { return furthest[std::size_t(d - 1)][std::size_t(diagonal + d - 1)]; };
        const int k = x - y;
        const bool down = k == -d || (k != d && before(k - 1) < before(k + 1));
        x = down ? before(k + 1) : before(k - 1);
        y = x - (down ? k + 1 : k - 1);
        if (down)
            onlyB[std::size_t(y)] = true;
        else
            onlyA[std::size_t(x)] = true;
    }
    WordDifference difference;
    for (int i = 0; i < n; ++i)
        if (onlyA[std::size_t(i)])
            mark(difference.left, a, start + i);
    for (int i = 0; i < m; ++i)
        if (onlyB[std::size_t(i)])
            mark(difference.right, b, start + i);
    return difference;
}

} // namespace app
