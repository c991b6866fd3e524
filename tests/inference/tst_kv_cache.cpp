// inference/kv_cache.h on a backend that checks every row, against a model without pages.
#include "inference/kv_cache.h"
#include "tests/support/fake_backend.h"
#include "tests/support/token_lists.h"

#include <QTest>

#include <algorithm>
#include <random>

using namespace inference;
using kernels::kKvPageTokens;
using test::count;
using test::operator+;
using test::Tokens;

namespace {

constexpr std::uint32_t kVocabulary = 1000;

struct Machine
{
    std::shared_ptr<test::FakeBackend::Arrangement> arrangement =
        std::make_shared<test::FakeBackend::Arrangement>();
    test::FakeBackend backend{arrangement};
    KvCache cache;
    std::vector<float> logits = std::vector<float>(kVocabulary);

    explicit Machine(std::uint32_t contextLength = 1024, std::uint32_t pageBudget = 64)
        : cache((compile(backend), backend), contextLength, pageBudget)
    {}
    static void compile(test::FakeBackend &backend)
    {
        kernels::Plan plan;
        plan.shape.vocabularySize = kVocabulary;
        QVERIFY(backend.compile(std::move(plan), 4096));
    }
    // Runs what open() did not find; gives how many tokens it found.
    std::uint32_t read(const Tokens &tokens)
    {
        const std::uint32_t cached = cache.open(tokens);
        write(Tokens(tokens.begin() + cached, tokens.end()));
        return cached;
    }
    void write(const Tokens &tokens)
    {
        const Result<void> reserved = cache.reserve(std::uint32_t(tokens.size()));
        QVERIFY2(reserved.ok(), reserved.ok() ? "" : reserved.error().message.c_str());
        const kernels::RunInput input{
            .tokens = tokens, .firstPosition = cache.length(), .pages = cache.pages()};
        QVERIFY(backend.run(input, logits, {}).ok());
        cache.append(tokens);
    }
    bool sound() const
    {
        return arrangement->faults.empty() && arrangement->pagesInUse == cache.pagesInUse();
    }
};

} // namespace

class TestKvCache : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void knowsNothingAtFirst()
    {
        Machine m;
        QCOMPARE(m.cache.open(count(0, 100)), 0u);
        QCOMPARE(m.cache.length(), 0u);
        QVERIFY(m.sound());
    }
    void goesOnWithAConversation()
    {
        Machine m;
        m.read(count(0, 100));
        m.write(count(500, 30));
        m.cache.close();
        const std::uint32_t pages = m.cache.pagesInUse();
        const Tokens longer = count(0, 100) + count(500, 30) + count(700, 20);
        QCOMPARE(m.cache.longestPrefix(longer), 130u);
        QCOMPARE(m.read(longer), 130u);
        QCOMPARE(m.arrangement->copies, std::size_t(0)); // nobody else needs the rows
        QCOMPARE(m.cache.pagesInUse(), pages);
        m.cache.close();
        QCOMPARE(m.cache.rememberedSequences(), std::size_t(1));
        QVERIFY(m.sound());
    }
    void leavesTheLastTokenOfARepeatedPromptToRun()
    {
        Machine m;
        for (const std::size_t length : {1u, 2u, 64u, 65u, 128u, 200u}) {
            const Tokens prompt = count(TokenId(length), length);
            m.read(prompt);
            QCOMPARE(m.read(prompt), std::uint32_t(length - 1));
        }
        QVERIFY(m.sound());
    }
    void branchesShareWholePagesAndCopyThePartialOne()
    {
        Machine m;
        m.read(count(0, 200)); // pages 0, 1, 2 and 8 rows of page 3
        m.cache.close();
        QCOMPARE(m.cache.pagesInUse(), 4u);
        QCOMPARE(m.read(count(0, 150) + count(600, 50)), 150u);
        QCOMPARE(m.arrangement->copies, std::size_t(1));
        QCOMPARE(m.cache.pagesInUse(), 6u); // two shared, two of the branch
        m.cache.close();
        QCOMPARE(m.read(count(0, 200) + count(800, 1)), 200u); // the first branch is untouched
        m.cache.close();
        QCOMPARE(m.read(count(0, 150) + count(600, 50) + count(900, 1)), 200u);
        QVERIFY(m.sound());
    }
    void alternatingConversationsKeepTheirPrefixes()
    {
        Machine m;
        std::array<Tokens, 3> panels{count(0, 90), count(200, 130), count(400, 64)};
        for (Tokens &panel : panels)
            m.read(panel);
        for (int turn = 0; turn < 3; ++turn) {
            for (Tokens &panel : panels) {
                const auto known = std::uint32_t(panel.size());
                panel = panel + count(TokenId(600 + 30 * turn), 30);
                QCOMPARE(m.read(panel), known);
            }
        }
        QVERIFY(m.sound());
    }
    void forgetsTheLeastRecentlyUsedFirstAndFromItsEnd()
    {
        Machine m(256, 8); // two sequences of 256 tokens fill it
        const Tokens a = count(0, 256), b = count(300, 256), c = count(600, 128);
        m.read(a);
        m.read(b);
        m.read(c); // takes two pages from the end of a
        m.cache.close();
        QCOMPARE(m.cache.longestPrefix(a), 128u);
        QCOMPARE(m.cache.longestPrefix(b), 255u);
        QCOMPARE(m.read(a), 128u); // now two pages are taken from b, which is the oldest
        QCOMPARE(m.cache.longestPrefix(b), 128u);
        QCOMPARE(m.cache.longestPrefix(c), 127u);
        QVERIFY(m.sound());
    }
    void worksWithABudgetOfOneSequence()
    {
        Machine m(128, 0); // raised to two pages
        QCOMPARE(m.cache.pageBudget(), 2u);
        m.read(count(0, 128));
        QCOMPARE(m.read(count(0, 100) + count(500, 28)),
                 100u); // no page for a copy: the old branch gives its own
        QCOMPARE(m.arrangement->copies, std::size_t(0));
        m.cache.close();
        QCOMPARE(m.cache.rememberedSequences(), std::size_t(1));
        QCOMPARE(m.read(count(700, 128)), 0u);
        QVERIFY(m.sound());
    }
    void refusesMoreThanTheContext()
    {
        Machine m(128, 8);
        m.read(count(0, 100));
        QVERIFY(m.cache.reserve(28));
        const Result<void> full = m.cache.reserve(29);
        QVERIFY(!full);
        QCOMPARE(full.error().code, ErrorCode::ContextFull);
        QVERIFY(full.error().message.find("128 tokens") != std::string::npos);
    }
    void givesSequencesUpWhenTheBackendHasNoPageLeft()
    {
        Machine m(512, 64);
        m.arrangement->pageLimit = 8;
        m.read(count(0, 256));
        m.read(count(300, 512)); // takes all of the first one
        m.cache.close();
        QCOMPARE(m.cache.rememberedSequences(), std::size_t(1));
        m.arrangement->pageLimit = 4;
        m.cache.open(count(700, 300));
        const Result<void> reserved = m.cache.reserve(300);
        QVERIFY(!reserved);
        QCOMPARE(reserved.error().code, ErrorCode::OutOfMemory);
        m.cache.discard();
        QCOMPARE(m.cache.pagesInUse(), 0u);
        QVERIFY(m.sound());
    }
    void discardForgetsWhatWasAppended()
    {
        Machine m;
        m.read(count(0, 100));
        m.cache.close();
        m.read(count(0, 80) + count(500, 40)); // a branch
        m.cache.discard();
        QCOMPARE(m.cache.longestPrefix(count(0, 80) + count(500, 40)), 80u);
        QCOMPARE(m.cache.longestPrefix(count(0, 101)), 100u);
        m.read(count(0, 100) + count(500, 70)); // the same conversation goes on
        m.cache.discard();
        QCOMPARE(m.cache.longestPrefix(count(0, 100) + count(500, 70)), 100u);
        QCOMPARE(m.cache.pagesInUse(), 2u);
        m.cache.clear();
        QCOMPARE(m.cache.pagesInUse(), 0u);
        QVERIFY(m.sound());
    }
    void randomOperations_data()
    {
        QTest::addColumn<unsigned>("seed");
        QTest::addColumn<unsigned>("budget");
        QTest::addColumn<unsigned>("pageLimit");
        for (unsigned seed = 1; seed <= 40; ++seed) {
            const unsigned budget = seed % 4 == 0 ? 4096 : 4 + seed % 5;
            QTest::addRow("seed %u, budget %u", seed, budget)
                << seed << budget << (seed % 7 == 0 ? 5u : 1u << 20);
        }
    }
    // The model: all sequences ever remembered, without pages. The cache may know less than it (pages were
    // given up), with a large budget it must know as much.
    void randomOperations()
    {
        QFETCH(unsigned, seed);
        QFETCH(unsigned, budget);
        QFETCH(unsigned, pageLimit);
        std::mt19937 random(seed);
        Machine m(256, budget);
        m.arrangement->pageLimit = pageLimit;
        std::vector<Tokens> known;
        Tokens current;
        std::ptrdiff_t foundLength = 0;
        for (int step = 0; step < 400; ++step) {
            const auto pick = random() % 10;
            if (pick < 5 ||
                current.empty()) { // a prompt: a piece of a known sequence and something of its own
                Tokens prompt;
                if (!known.empty() && random() % 5) {
                    const Tokens &base =
                        known[known.size() - 1 - random() % std::min<std::size_t>(known.size(), 6)];
                    prompt.assign(base.begin(), base.begin() + std::ptrdiff_t(random() % (base.size() + 1)));
                }
                const std::size_t more = 1 + random() % 90;
                for (std::size_t i = 0; i < more && prompt.size() < 255; ++i)
                    prompt.push_back(TokenId(random() % 3)); // few tokens: many common prefixes
                if (!current.empty())
                    known.push_back(current);
                std::size_t longest = 0;
                for (const Tokens &sequence : known) {
                    const auto end =
                        std::mismatch(sequence.begin(), sequence.end(), prompt.begin(), prompt.end()).first;
                    longest = std::max(longest, std::size_t(end - sequence.begin()));
                }
                longest = std::min(longest, prompt.size() - 1);
                const std::uint32_t found = m.read(prompt);
                QVERIFY(found <= longest);
                if (budget == 4096 && pageLimit > 4096 && known.size() < 60)
                    QCOMPARE(std::size_t(found), longest);
                current = prompt;
                foundLength = found;
            } else if (pick < 8) { // decode
                const std::size_t tokens = std::min<std::size_t>(1 + random() % 10, 256 - current.size());
                for (std::size_t i = 0; i < tokens; ++i) {
                    const Tokens one{TokenId(random() % 3)};
                    m.write(one);
                    current = current + one;
                }
            } else if (pick == 8) {
                m.cache.close();
                known.push_back(current);
                current.clear();
            } else {
                m.cache.discard();
                known.push_back(Tokens(current.begin(), current.begin() + foundLength));
                current.clear();
            }
            QVERIFY2(m.arrangement->faults.empty(),
                     m.arrangement->faults.empty() ? "" : m.arrangement->faults.front().c_str());
            QVERIFY(m.cache.pagesInUse() <= m.cache.pageBudget());
            QCOMPARE(std::size_t(m.cache.pagesInUse()), m.arrangement->pagesInUse);
        }
        m.cache.clear();
        QCOMPARE(m.arrangement->pagesInUse, std::size_t(0));
    }
};

QTEST_GUILESS_MAIN(TestKvCache)
#include "tst_kv_cache.moc"
