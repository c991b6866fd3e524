#include "inference/text/byte_pairs.h"
#include "tests/inference/text/byte_vocabulary.h"

#include <QTest>

#include <algorithm>
#include <map>
#include <random>
#include <set>

using namespace inference;
using Ids = std::vector<TokenId>;

namespace {

using Parts = std::vector<std::string>;

// The definition: of all pairs the one with the lowest rank, the leftmost of these, until there is none.
class Definition
{
public:
    std::vector<std::pair<std::string, std::string>> merges;

    Parts encode(std::string_view text) const
    {
        Parts parts;
        for (const char c : text)
            parts.emplace_back(1, c);
        for (;;) {
            std::size_t best = merges.size(), place = 0;
            for (std::size_t i = 0; i + 1 < parts.size(); ++i) {
                const auto found = m_ranks.find({parts[i], parts[i + 1]});
                if (found != m_ranks.end() && found->second < best) {
                    best = found->second;
                    place = i;
                }
            }
            if (best == merges.size())
                return parts;
            parts[place] += parts[place + 1];
            parts.erase(parts.begin() + static_cast<std::ptrdiff_t>(place) + 1);
        }
    }
    bool add(const std::string &left, const std::string &right)
    {
        if (!m_made.insert(left + right).second)
            return false;
        m_ranks[{left, right}] = merges.size();
        merges.emplace_back(left, right);
        return true;
    }

    bool makes(const std::string &token) const { return m_made.count(token) != 0; }

private:
    std::map<std::pair<std::string, std::string>, std::size_t> m_ranks;
    std::set<std::string> m_made;
};

std::string textOf(std::mt19937 &random, const QList<QByteArray> &units, std::size_t bytes)
{
    std::string text;
    // Some units are frequent, as letters are.
    while (text.size() < bytes)
        text +=
            units[static_cast<qsizetype>(random() % (1 + random() % static_cast<std::size_t>(units.size())))]
                .toStdString();
    return text;
}

} // namespace

class TestBytePairs : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void mergesAsDefined_data();
    void mergesAsDefined();
};

void TestBytePairs::mergesAsDefined_data()
{
    QTest::addColumn<QList<QByteArray>>("units");
    const auto row = [](const char *name, const char *units) {
        QTest::newRow(name) << QByteArray(units).split('|');
    };
    row("letters", "a|b|c|d|e");
    row("one letter", "a");
    row("ideographs", "中|文|字|日|本|語|的|一|是|不");
    row("Thai", "\u0E01|\u0E32|\u0E19|\u0E31|\u0E49|\u0E40|\u0E23|\u0E35|\u0E21");
    row("Cyrillic and spaces", "о| |е|а|и|н|.");
    row("four bytes", "😀|😁|🏽|a|👍");
    row("accents", "e|\u0301|\u00E9|\u0323|a|ß");
    row("broken", "\xE4|\xB8|\xAD|中|a|\xE4\xB8|\xB8\xAD|\x80|\xF0\x9F|\xFF|\x80\x80\x80\x80");
}

// Whatever merges a vocabulary has, also over the ends of characters, and however long a piece is.
void TestBytePairs::mergesAsDefined()
{
    QFETCH(QList<QByteArray>, units);
    std::mt19937 random(11);
    for (const std::size_t wanted : {5u, 40u, 200u}) {
        Definition definition;
        for (std::size_t tries = 0; definition.merges.size() < wanted && tries < 4 * wanted; ++tries) {
            const Parts parts = definition.encode(textOf(random, units, 60));
            if (parts.size() > 1) {
                const std::size_t i = random() % (parts.size() - 1);
                definition.add(parts[i], parts[i + 1]);
            }
        }
        test::ByteVocabulary v;
        v.merges = definition.merges;
        std::shuffle(v.merges.begin(), v.merges.end(), random); // so that ids say nothing about ranks
        for (int i = 0; i < 20; ++i) {                          // tokens that no merge makes
            const std::string text = textOf(random, units, 2 + random() % 20);
            if (definition.makes(text) ||
                std::any_of(v.merges.begin(), v.merges.end(),
                            [&](const auto &known) { return known.first + known.second == text; }))
                continue;
            v.merges.emplace_back(text.substr(0, 1), text.substr(1));
        }
        std::map<std::string, TokenId> ids;
        for (std::size_t i = 0; i < v.merges.size(); ++i)
            ids[v.merges[i].first + v.merges[i].second] = static_cast<TokenId>(256 + i);
        for (int b = 0; b < 256; ++b)
            ids[std::string(1, static_cast<char>(b))] = b;
        const auto open = test::OpenVocabulary::of(v);
        QVERIFY2(open.file, open.error.c_str());
        const Result<Vocabulary> vocabulary = Vocabulary::fromGguf(*open.file, TokenSpelling::ByteLevel);
        QVERIFY(vocabulary);
        std::vector<std::string> lines;
        for (const auto &[left, right] : definition.merges)
            lines.push_back(test::spelled(left) + " " + test::spelled(right));
        const std::vector<std::string_view> views(lines.begin(), lines.end());
        for (const bool wholeFirst : {false, true}) {
            const auto pairs = BytePairs::create(*vocabulary, views, wholeFirst, "test");
            QVERIFY(pairs);
            PieceCache large(1000000), small(1);
            for (int round = 0; round < 300; ++round) {
                std::string piece = textOf(random, units, 1 + random() % (round % 20 == 0 ? 700 : 60));
                if (round % 5 == 0) {
                    const auto &[left, right] = v.merges[random() % v.merges.size()];
                    piece = left + right;
                }
                Ids expected;
                if (wholeFirst && ids.count(piece)) {
                    expected = {ids.at(piece)};
                } else {
                    for (const std::string &part : definition.encode(piece))
                        expected.push_back(ids.at(part));
                }
                for (PieceCache *cache : {&large, &large, &small}) {
                    Ids found;
                    (*pairs)->encode(piece, *cache, found);
                    QVERIFY2(found == expected, QByteArray::fromStdString(piece).toHex(' ').constData());
                }
            }
        }
    }
}

QTEST_GUILESS_MAIN(TestBytePairs)
#include "tst_byte_pairs.moc"
