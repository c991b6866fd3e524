// ui/shell/speed_popover.h, status_line.h and diagnostics_page.h: the speed is a button that says why; what Baleen runs on can be copied.
#include "ui/shell/speed_popover.h"

#include "tests/support/temporary_file.h"
#include "ui/shell/diagnostics_page.h"
#include "ui/shell/status_line.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QSignalSpy>
#include <QTest>

using namespace ui;

namespace {

struct Setup
{
    Setup() : settings(folder.path(QStringLiteral("settings.ini"))), appearance(settings) { window.resize(1200, 700); }
    test::TemporaryFolder folder;
    app::Settings settings;
    Appearance appearance;
    QWidget window;
};

app::SpeedFacts facts()
{
    app::SpeedFacts f;
    f.weightBytes = 0.9e9;
    f.bitsPerWeight = 4.85;
    f.kvBytesPerToken = 28672;
    f.readBandwidth = 20e9;
    f.decodeTokensPerSecond = 19;
    f.prefillTokensPerSecond = 200;
    f.promptTokens = 1500;
    f.cachedTokens = 1244;
    f.generatedTokens = 200;
    f.layers = 28;
    return f;
}

} // namespace

class TestSpeedPopover : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void saysWhyAndShowsWhatWasMeasured()
    {
        Setup s;
        SpeedPopover popover(s.appearance, &s.window);
        QVERIFY(popover.isHidden());
        popover.setFacts(facts());
        QVERIFY2(popover.sentence().startsWith(QStringLiteral("Memory speed is the limit")), qPrintable(popover.sentence()));
        QCOMPARE(popover.rows().size(), 6);
        QCOMPARE(popover.rows()[4].value, QStringLiteral("1,244 of 1,500"));
        for (const SpeedPopover::Row &row : popover.rows()) {
            QVERIFY(row.share >= 0 && row.share <= 1);
            QVERIFY2(popover.accessibleDescription().contains(row.value), qPrintable(row.value));
        }
        popover.setFacts({});
        QVERIFY(popover.rows().isEmpty());
        QVERIFY(!popover.sentence().isEmpty());
    }
    void staysInTheWindowAndCloses()
    {
        Setup s;
        SpeedPopover popover(s.appearance, &s.window);
        popover.setFacts(facts());
        s.window.show();
        QVERIFY(QTest::qWaitForWindowExposed(&s.window));
        for (const QPoint place : {QPoint(300, 670), QPoint(1190, 690), QPoint(-50, 10)}) {
            popover.openAbove(place);
            QTRY_VERIFY(popover.width() == SpeedPopover::kWidth && popover.height() > 150);
            QTRY_VERIFY2(s.window.rect().contains(popover.geometry()), qPrintable(QStringLiteral("%1 %2").arg(popover.y()).arg(popover.height())));
            QVERIFY(popover.isVisible());
            QTest::keyClick(&popover, Qt::Key_Escape);
            QVERIFY(!popover.isVisible());
        }
    }
    void theSpeedIsAButton()
    {
        Setup s;
        StatusLine line(s.appearance, &s.window);
        line.setGeometry(0, 670, 1200, 30);
        s.window.show();
        QVERIFY(QTest::qWaitForWindowExposed(&s.window));
        QVERIFY(line.speedButton()->isHidden());
        line.setStatus(BusyDot::State::Idle, QStringLiteral("Ready"), QStringLiteral("19.0 tok/s"));
        QTRY_VERIFY(line.speedButton()->isVisible());
        QSignalSpy pressed(&line, &StatusLine::speedPressed);
        QTest::mouseClick(line.speedButton(), Qt::LeftButton);
        QCOMPARE(pressed.count(), 1);
        QVERIFY(QRect(0, 660, 300, 40).contains(pressed[0][0].toPoint()));
        line.speedButton()->setFocus();
        QTest::keyClick(line.speedButton(), Qt::Key_Space);
        QCOMPARE(pressed.count(), 2);
        QVERIFY(!line.speedButton()->accessibleName().isEmpty());
        line.setStatus(BusyDot::State::Hollow, QStringLiteral("No model loaded"));
        QTRY_VERIFY(line.speedButton()->isHidden());
    }
    void whatItRunsOnCanBeCopied()
    {
        Setup s;
        int asked = 0;
        DiagnosticsPage page(s.appearance, [&] {
            ++asked;
            return app::Diagnosis{{QStringLiteral("Processor"), QStringLiteral("Fast One")}, {QStringLiteral("Qt"), QStringLiteral("6")}};
        });
        QCOMPARE(asked, 1);
        page.copyButton()->click();
        QCOMPARE(QGuiApplication::clipboard()->text(), QStringLiteral("Processor: Fast One\nQt: 6\n"));
    }
};

QTEST_MAIN(TestSpeedPopover)
#include "tst_speed_popover.moc"
