// Hugging Face folders with one mutated file: opened whole, and run where they open. See support/mutators.h
// and support/mutant_run.h.
#include "tests/fuzz/support/mutant_run.h"
#include "tests/fuzz/support/mutators.h"

#include <QTest>

#include <algorithm>

using inference::ErrorCode;

class TestFolderMutants : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void originalsRun()
    {
        for (const fuzz::FolderProbe::Files &files : fuzz::folderOriginals()) {
            fuzz::FolderProbe probe(files);
            const fuzz::Outcome outcome = probe.open("config.json", files.at("config.json"));
            QVERIFY2(outcome.opened, outcome.message.c_str());
        }
    }
    void everyMutantRunsOrSaysWhy_data()
    {
        QTest::addColumn<QString>("kind");
        QTest::addColumn<int>("folder");
        QTest::addColumn<QString>("only"); // see FolderMutator
        int folder = 0;
        for (const char *family : {"llama", "qwen2", "qwen3", "deepseek", "deepseek_v3"})
            QTest::newRow(family) << "folder" << folder++ << "";
        QTest::newRow("the index") << "index" << 0 << "model.safetensors.index.json";
    }
    void everyMutantRunsOrSaysWhy()
    {
        QFETCH(QString, kind);
        QFETCH(int, folder);
        QFETCH(QString, only);
        const std::vector<fuzz::FolderProbe::Files> originals = fuzz::folderOriginals();
        const auto rows = kind == "folder" ? int(originals.size()) : 1;
        const int count = std::max(1, fuzz::mutantCount(kind.toStdString()) / rows);
        fuzz::FolderProbe probe(originals.at(std::size_t(folder)));
        fuzz::FolderMutator mutator(probe.files(), fuzz::mutantSeed() + std::uint64_t(folder),
                                    only.toStdString());
        fuzz::Tally tally = fuzz::runMutants(kind.toStdString(), count, [&] {
            const auto [name, bytes] = mutator.next();
            return probe.open(name, bytes);
        });
        QVERIFY2(tally.slowest < fuzz::kMostSeconds, qPrintable(QString::number(tally.slowestNumber)));
        QVERIFY2(tally.largest < fuzz::kMostBytes, qPrintable(QString::number(tally.largestNumber)));
        if (count >= 1'000) { // else the mutator does not reach what it should
            QVERIFY(tally.opened > count / 20 && tally.opened < count * 3 / 4);
            QVERIFY(tally.refused[ErrorCode::Damaged] > count / 20);
        }
    }
};

QTEST_GUILESS_MAIN(TestFolderMutants)
#include "tst_folder_mutants.moc"
