// Mutated tokenizer.json files: whatever is in one, reading it ends in a tokenizer or in a sentence. See
// support/mutators.h and support/mutant_run.h.
#include "tests/fuzz/support/mutant_run.h"
#include "tests/fuzz/support/mutators.h"

#include <QTest>

#include <algorithm>

using inference::ErrorCode;

class TestTokenizerMutants : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void originalsOpen()
    {
        for (const std::string &file : fuzz::tokenizerOriginals()) {
            const fuzz::Outcome outcome = fuzz::probeTokenizerJson(file);
            QVERIFY2(outcome.opened, outcome.message.c_str());
        }
    }
    void everyMutantOpensOrSaysWhy_data()
    {
        QTest::addColumn<int>("original");
        int original = 0;
        for (const char *name : {"DeepSeek-V3", "Llama 3", "Qwen2"})
            QTest::newRow(name) << original++;
    }
    void everyMutantOpensOrSaysWhy()
    {
        QFETCH(int, original);
        const int count =
            std::max(1, fuzz::mutantCount("tokenizer") / int(fuzz::tokenizerOriginals().size()));
        fuzz::TokenizerMutator mutator(fuzz::mutantSeed() + std::uint64_t(original));
        fuzz::Tally tally = fuzz::runMutants("tokenizer", count, [&] {
            return fuzz::probeTokenizerJson(mutator.next(std::size_t(original)));
        });
        QVERIFY2(tally.slowest < fuzz::kMostSeconds, qPrintable(QString::number(tally.slowestNumber)));
        QVERIFY2(tally.largest < fuzz::kMostBytes, qPrintable(QString::number(tally.largestNumber)));
        if (count >= 2'000) { // else the mutator does not reach what it should
            QVERIFY(tally.opened > count / 20 && tally.opened < count * 3 / 4);
            QVERIFY(tally.refused[ErrorCode::Damaged] > count / 20);
            QVERIFY(tally.refused[ErrorCode::Unsupported] > count / 20);
        }
    }
};

QTEST_GUILESS_MAIN(TestTokenizerMutants)
#include "tst_tokenizer_mutants.moc"
