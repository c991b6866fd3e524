#include "inference/lookup_draft.h"

#include <QtTest>

#include <random>

using namespace inference;

namespace {

LookupDraft of(const std::vector<TokenId> &tokens)
{
    LookupDraft draft(4096);
    for (const TokenId token : tokens)
        draft.append(token);
    return draft;
}

std::vector<TokenId> guessed(const LookupDraft &draft, std::uint32_t most = 3)
{
    const auto tokens = draft.guess(most).tokens;
    return {tokens.begin(), tokens.end()};
}

} // namespace

class TestLookupDraft : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void guessesWhatStoodBehindTheSameTokens();
    void prefersTheLongestMatchThenTheLatest();
    void findsWhatADefinitionFinds();
};

void TestLookupDraft::guessesWhatStoodBehindTheSameTokens()
{
    QCOMPARE(guessed(of({})), std::vector<TokenId>());
    QCOMPARE(guessed(of({7})), std::vector<TokenId>());
    QCOMPARE(guessed(of({1, 2, 3, 4, 5, 6})), std::vector<TokenId>());
    const LookupDraft draft = of({1, 2, 3, 4, 5, 9, 1, 2});
    QCOMPARE(guessed(draft), (std::vector<TokenId>{3, 4, 5}));
    QCOMPARE(guessed(draft, 1), std::vector<TokenId>{3});
    QCOMPARE(guessed(draft, 0), std::vector<TokenId>());
    QCOMPARE(draft.guess(3).matched, 2u);
    // what stands behind may reach the end of the text
    QCOMPARE(guessed(of({5, 5, 5})), std::vector<TokenId>{5});
}

void TestLookupDraft::prefersTheLongestMatchThenTheLatest()
{
    const LookupDraft longest = of({1, 2, 3, 10, 8, 2, 3, 20, 1, 2, 3});
    QCOMPARE(guessed(longest, 1), std::vector<TokenId>{10});
    QCOMPARE(longest.guess(1).matched, 3u);
    QCOMPARE(guessed(of({8, 2, 3, 10, 9, 2, 3, 20, 1, 2, 3}), 1), std::vector<TokenId>{20});
}

// Every text of few tokens against a search through all places, the latest of the longest: up to the number
// of candidates that is looked at, which such texts do not reach.
void TestLookupDraft::findsWhatADefinitionFinds()
{
    std::mt19937 random(4);
    int found = 0;
    for (int round = 0; round < 3000; ++round) {
        std::vector<TokenId> tokens(random() % 40);
        for (TokenId &token : tokens)
            token = static_cast<TokenId>(random() % 5);
        std::size_t best = 0;
        std::uint32_t longest = LookupDraft::kShortest - 1;
        for (std::size_t end = tokens.size(); end-- > 1;) {
            std::uint32_t length = 0;
            while (length < end && length < LookupDraft::kLongest &&
                   tokens[end - 1 - length] == tokens[tokens.size() - 1 - length])
                ++length;
            if (length > longest) {
                longest = length;
                best = end;
            }
        }
        std::vector<TokenId> expected;
        for (std::size_t i = best; best != 0 && i < std::min(best + 3, tokens.size()); ++i)
            expected.push_back(tokens[i]);
        QCOMPARE(guessed(of(tokens)), expected);
        found += best != 0 ? 1 : 0;
    }
    QVERIFY(found > 1000);
}

QTEST_GUILESS_MAIN(TestLookupDraft)
#include "tst_lookup_draft.moc"
