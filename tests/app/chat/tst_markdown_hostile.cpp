// Markdown that is made to cost time: parsing takes at most 50 ms of the processor for a chunk, whatever stands in it.
#include "app/chat/markdown_stream.h"
#include "app/chat/markdown_writer.h"
#include "tests/support/markdown_cases.h"
#include "tests/support/sanitized.h"

#include <QTest>

#include <time.h>

using namespace app::markdown;

namespace {

// The processor's time of this thread, which other programs do not take from it.
double threadMs()
{
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return double(time.tv_sec) * 1e3 + double(time.tv_nsec) / 1e6;
}

constexpr double kMostMs = 50;

// The dearest chunk of a source, best of three.
double dearestChunk(const QString &source)
{
    double best = 1e9;
    for (int round = 0; round < 3 && best > kMostMs; ++round) {
        double dearest = 0;
        for (qsizetype at = 0; at < source.size(); at += kLongestChunk) {
            const double begin = threadMs();
            parse(QStringView(source).mid(at, kLongestChunk));
            dearest = std::max(dearest, threadMs() - begin);
        }
        best = std::min(best, dearest);
    }
    return best;
}

void check(const QVector<Block> &blocks)
{
    for (const Block &block : blocks) {
        QVERIFY(block.containers.size() <= kDeepestNesting);
        const auto checkText = [](const Text &text) {
            int at = 0;
            for (const Span &span : text.spans) { // in order, within the words
                QVERIFY(span.start >= at && span.length > 0 && span.start + span.length <= text.text.size());
                QVERIFY(span.link < text.links.size());
                at = span.start + span.length;
            }
        };
        checkText(block.text);
        qsizetype cells = 0;
        for (const auto &row : block.rows) {
            cells += row.size();
            for (const Text &cell : row)
                checkText(cell);
        }
        QVERIFY2(cells <= kMostTableCells + 2 * kMostTableColumns, qPrintable(QString::number(cells)));
    }
}

} // namespace

class TestMarkdownHostile : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyCaseIsParsedInTime()
    {
        const auto cases = test::markdownCases();
        QVERIFY2(cases.size() >= 300, qPrintable(QString::number(cases.size())));
        double dearest = 0;
        QString name;
        for (const test::MarkdownCase &one : cases) {
            MarkdownStream stream;
            stream.append(one.source);
            stream.finish();
            check(stream.blocks());
            if (QTest::currentTestFailed())
                QFAIL(qPrintable(one.name));
            const double ms = dearestChunk(one.source);
            if (ms > dearest) {
                dearest = ms;
                name = one.name;
            }
            QVERIFY2(test::kSanitized || ms <= kMostMs, qPrintable(QStringLiteral("%1: %2 ms").arg(one.name).arg(ms)));
        }
        qInfo("dearest chunk: %.1f ms (%s)", dearest, qPrintable(name));
    }

    void mutantsAreParsedInTimeAndInAnyPieces()
    {
        std::mt19937 random(20261127);
        const QString source = test::wholeAnswer();
        double dearest = 0;
        for (int i = 0; i < 1500; ++i) {
            const QString mutant = test::mutated(source, random);
            MarkdownStream whole, pieces;
            whole.append(mutant);
            whole.finish();
            check(whole.blocks());
            if (QTest::currentTestFailed())
                QFAIL(qPrintable(QStringLiteral("mutant %1").arg(i)));
            for (qsizetype at = 0; i % 10 == 0 && at < mutant.size(); at += 37)
                pieces.append(QStringView(mutant).mid(at, 37));
            if (i % 10 == 0) {
                pieces.finish();
                QVERIFY2(plainText(pieces.blocks()) == plainText(whole.blocks()), qPrintable(QStringLiteral("mutant %1").arg(i)));
            }
            asMarkdown(whole.blocks());
            const double ms = dearestChunk(mutant);
            dearest = std::max(dearest, ms);
            QVERIFY2(test::kSanitized || ms <= kMostMs, qPrintable(QStringLiteral("mutant %1: %2 ms").arg(i).arg(ms)));
        }
        qInfo("dearest mutant: %.1f ms", dearest);
    }
};

QTEST_APPLESS_MAIN(TestMarkdownHostile)
#include "tst_markdown_hostile.moc"
