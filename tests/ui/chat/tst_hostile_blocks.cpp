// What is made to cost time, laid out and painted: at most 50 ms of the processor for a block.
#include "app/chat/markdown_stream.h"
#include "tests/support/markdown_cases.h"
#include "tests/support/sanitized.h"
#include "tests/support/temporary_file.h"
#include "ui/chat/formula_pictures.h"
#include "ui/chat/item.h"

#include <QPainter>
#include <QTest>

#include <time.h>

using namespace ui;

namespace {

double threadMs()
{
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return double(time.tv_sec) * 1e3 + double(time.tv_nsec) / 1e6;
}

constexpr double kMostMs = 50;

} // namespace

class TestHostileBlocks : public QObject
{
    Q_OBJECT

private:
    // The dearest block, best of three where it is too dear at first.
    double dearestBlock(const QString &source)
    {
        app::markdown::MarkdownStream stream;
        stream.append(source);
        stream.finish();
        double dearest = 0;
        for (const app::markdown::Block &block : stream.blocks()) {
            double best = 1e9;
            for (int round = 0; round < 3 && best > kMostMs; ++round) {
                const double begin = threadMs();
                const auto item = makeBlockItem(m_appearance, block, {}, nullptr);
                item->layout(672);
                QPainter painter(&m_image);
                painter.setClipRect(m_image.rect());
                item->paint(painter, PaintContext{m_appearance, QRectF(m_image.rect()), QPointF(-1e4, -1e4), Qt::gray, 0, 0, 1, false, {}});
                best = std::min(best, threadMs() - begin);
            }
            dearest = std::max(dearest, best);
        }
        return dearest;
    }

    test::TemporaryFolder m_folder;
    app::Settings m_settings{m_folder.path(QStringLiteral("baleen.ini"))};
    Appearance m_appearance{m_settings};
    QImage m_image{672, 800, QImage::Format_ARGB32_Premultiplied};

private Q_SLOTS:
    void everyCaseIsLaidOutInTime()
    {
        dearestBlock(test::wholeAnswer()); // fonts are loaded
        double dearest = 0;
        QString name;
        for (const test::MarkdownCase &one : test::markdownCases()) {
            const double ms = dearestBlock(one.source);
            if (ms > dearest) {
                dearest = ms;
                name = one.name;
            }
            if (qEnvironmentVariableIsSet("BALEEN_SHOW_COSTS") && ms > kMostMs)
                qInfo("%s: %.0f ms", qPrintable(one.name), ms);
            else
                QVERIFY2(test::kSanitized || ms <= kMostMs, qPrintable(QStringLiteral("%1: %2 ms").arg(one.name).arg(ms)));
        }
        qInfo("dearest block: %.1f ms (%s)", dearest, qPrintable(name));
    }

    void mutantsAreLaidOutInTime()
    {
        std::mt19937 random(20261128);
        const QString source = test::wholeAnswer();
        double dearest = 0;
        for (int i = 0; i < 300; ++i) {
            const double ms = dearestBlock(test::mutated(source, random));
            dearest = std::max(dearest, ms);
            QVERIFY2(test::kSanitized || ms <= kMostMs, qPrintable(QStringLiteral("mutant %1: %2 ms").arg(i).arg(ms)));
        }
        qInfo("dearest mutant: %.1f ms", dearest);
    }
};

QTEST_MAIN(TestHostileBlocks)
#include "tst_hostile_blocks.moc"
