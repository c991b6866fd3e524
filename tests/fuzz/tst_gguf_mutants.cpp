// Mutated GGUF files: whatever is in a file, opening it ends in a file or in a sentence.
//
// The mutator knows the format (support/mutators.h). The seed is fixed; BALEEN_FUZZ_FILES and
// BALEEN_FUZZ_SEED change number and seed.
#include "inference/gguf/gguf_file.h"

#include "tests/fuzz/support/mutant_run.h"
#include "tests/fuzz/support/mutators.h"
#include "tests/support/gguf_sample.h"

#include <QTest>

#include <algorithm>
#include <random>
#include <set>

using namespace inference;
using test::GgufField;

class TestGgufMutants : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyMutantOpensOrSaysWhy_data();
    void everyMutantOpensOrSaysWhy();
    void everyByteChangedOpensOrSaysWhy();
    void everyPairOfOverlappingTensorsIsRefused();
};

constexpr int kParts = 3; // each is a function of the test for itself

void TestGgufMutants::everyMutantOpensOrSaysWhy_data()
{
    QTest::addColumn<int>("part");
    for (int part = 0; part < kParts; ++part)
        QTest::addRow("part %d of %d", part + 1, kParts) << part;
}

void TestGgufMutants::everyMutantOpensOrSaysWhy()
{
    QFETCH(int, part);
    const int count = std::max(1, fuzz::mutantCount("gguf") / kParts);
    fuzz::GgufMutator mutator(fuzz::mutantSeed() + std::uint64_t(part));
    const fuzz::Tally tally =
        fuzz::runMutants("gguf", count, [&] { return fuzz::probeGguf(mutator.next()); });
    QVERIFY2(tally.slowest < fuzz::kMostSeconds, qPrintable(QString::number(tally.slowestNumber)));
    QVERIFY2(tally.largest < fuzz::kMostBytes, qPrintable(QString::number(tally.largestNumber)));
    if (count >= 5'000) { // else the mutator does not reach what it should
        const auto refused = [&](ErrorCode code) {
            const auto found = tally.refused.find(code);
            return found == tally.refused.end() ? 0 : found->second;
        };
        QVERIFY(tally.opened > count / 50 && tally.opened < count / 2);
        QVERIFY(refused(ErrorCode::Damaged) > count / 10 && refused(ErrorCode::Incomplete) > count / 20);
    }
}

void TestGgufMutants::everyByteChangedOpensOrSaysWhy()
{
    const fuzz::GgufOriginal from = fuzz::ggufOriginals()[1];
    const std::size_t dataStart = std::find_if(from.places.begin(), from.places.end(), [](const auto &place) {
                                      return place.field == GgufField::Data;
                                  })->offset;
    int opened = 0;
    std::set<ErrorCode> codes;
    for (std::size_t at = 0; at < dataStart; ++at)
        for (const int change : {0x01, 0x10, 0x80, 0xff}) {
            std::string bytes = from.bytes;
            bytes[at] = static_cast<char>(bytes[at] ^ change);
            const fuzz::Outcome outcome = fuzz::probeGguf(bytes);
            if (outcome.opened)
                ++opened;
            else
                codes.insert(outcome.code);
        }
    QVERIFY(opened > 0 && codes.size() == 3);
}

// 10,000 pairs of extents: those that share a byte are refused with both names, all others open.
void TestGgufMutants::everyPairOfOverlappingTensorsIsRefused()
{
    std::mt19937_64 random(20260101);
    int refused = 0;
    for (int i = 0; i < 10'000; ++i) {
        const std::uint64_t sizes[] = {1 + random() % 64, 1 + random() % 64}; // floats
        const std::uint64_t offsets[] = {random() % 32 * 32, random() % 32 * 32};
        test::GgufWriter writer;
        for (int t = 0; t < 2; ++t)
            writer.addTensor(t == 0 ? "tensor.a" : "tensor.b", 0, {sizes[t]}, std::string(1024, 'x'),
                             offsets[t]);
        const std::string bytes = writer.finish();
        const bool overlap = offsets[0] < offsets[1] + sizes[1] * 4 && offsets[1] < offsets[0] + sizes[0] * 4;
        const auto file = GgufFile::openMemory(test::bytesOf(bytes), "pair.gguf");
        if (file.ok() == overlap)
            QFAIL(qPrintable(
                QStringLiteral("%1+%2, %3+%4").arg(offsets[0]).arg(sizes[0]).arg(offsets[1]).arg(sizes[1])));
        if (!overlap)
            continue;
        ++refused;
        const std::string &message = file.error().message;
        QVERIFY2(message.find("tensor.a") != std::string::npos &&
                     message.find("tensor.b") != std::string::npos,
                 message.c_str());
    }
    QVERIFY(refused > 500 && refused < 9'500);
}

QTEST_GUILESS_MAIN(TestGgufMutants)
#include "tst_gguf_mutants.moc"
