// Mutated safetensors files: whatever is in a file, opening it ends in a file or in a sentence. See
// support/mutators.h and support/mutant_run.h.
#include "tests/fuzz/support/mutant_run.h"
#include "tests/fuzz/support/mutators.h"

#include <QTest>

using inference::ErrorCode;

class TestSafetensorsMutants : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void originalsOpen()
    {
        for (const std::string &file : fuzz::safetensorsOriginals())
            QVERIFY(fuzz::probeSafetensors(file).opened);
    }
    void everyMutantOpensOrSaysWhy()
    {
        const int count = fuzz::mutantCount("safetensors");
        fuzz::SafetensorsMutator mutator(fuzz::mutantSeed());
        fuzz::Tally tally =
            fuzz::runMutants("safetensors", count, [&] { return fuzz::probeSafetensors(mutator.next()); });
        QVERIFY2(tally.slowest < fuzz::kMostSeconds, qPrintable(QString::number(tally.slowestNumber)));
        QVERIFY2(tally.largest < fuzz::kMostBytes, qPrintable(QString::number(tally.largestNumber)));
        if (count >= 10'000) { // else the mutator does not reach what it should
            QVERIFY(tally.opened > count / 50 && tally.opened < count / 2);
            QVERIFY(tally.refused[ErrorCode::Damaged] > count / 10);
            QVERIFY(tally.refused[ErrorCode::Incomplete] > count / 50);
            QVERIFY(tally.refused[ErrorCode::Unsupported] > count / 100);
        }
    }
    void everyByteChangedOpensOrSaysWhy()
    {
        int opened = 0, refused = 0;
        for (const std::string &file : fuzz::safetensorsOriginals())
            for (std::size_t at = 0; at < file.size(); ++at)
                for (const int change : {0x01, 0x10, 0x80, 0xff}) {
                    std::string bytes = file;
                    bytes[at] = static_cast<char>(bytes[at] ^ change);
                    ++(fuzz::probeSafetensors(bytes).opened ? opened : refused);
                }
        QVERIFY(opened > 100 && refused > 100);
    }
};

QTEST_GUILESS_MAIN(TestSafetensorsMutants)
#include "tst_safetensors_mutants.moc"
