// The window at other scales than 1: each in a process of its own, since Qt reads the factor at the start.
#include "tests/ui/window_setup.h"
#include "ui/widgets/buttons.h"

#include <QLabel>
#include <QProcess>
#include <QScreen>

using namespace ui;
using Setup = test::WindowSetup;

class TestScaleFactors : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void wordsHaveRoomAtEveryScale_data();
    void wordsHaveRoomAtEveryScale();
    void wordsHaveRoom();
};

void TestScaleFactors::wordsHaveRoomAtEveryScale_data()
{
    QTest::addColumn<QString>("factor");
    for (const char *factor : {"1", "1.25", "1.5", "2"})
        QTest::newRow(factor) << QString::fromLatin1(factor);
}

void TestScaleFactors::wordsHaveRoomAtEveryScale()
{
    QFETCH(QString, factor);
    QProcess child;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(QStringLiteral("QT_SCALE_FACTOR"), factor);
    child.setProcessEnvironment(environment);
    child.setProcessChannelMode(QProcess::MergedChannels);
    child.start(QCoreApplication::applicationFilePath(), {QStringLiteral("wordsHaveRoom")});
    QVERIFY(child.waitForFinished(60000));
    QVERIFY2(child.exitStatus() == QProcess::NormalExit && child.exitCode() == 0, child.readAll().constData());
}

void TestScaleFactors::wordsHaveRoom()
{
    Setup s;
    QCOMPARE(s.window->devicePixelRatioF(), std::max(1.0, qEnvironmentVariable("QT_SCALE_FACTOR", QStringLiteral("1")).toDouble()));
    QVERIFY(s.converse());
    for (const QSize &size : {QSize(1441, 900), QSize(880, 560)}) {
        s.window->resize(size);
        for (const char *panel : {"chat", "code", "translate"}) {
            s.window->showPanel(QString::fromLatin1(panel));
            QTest::qWait(20);
            const QImage picture = s.window->grab().toImage();
            QCOMPARE(picture.size(), s.window->size() * s.window->devicePixelRatioF());
            int buttons = 0;
            for (const TextButton *button : s.window->findChildren<TextButton *>()) {
                if (!button->isVisible() || button->text().isEmpty())
                    continue;
                ++buttons;
                QVERIFY2(button->width() >= button->sizeHint().width() && button->height() >= button->fontMetrics().height(),
                         qPrintable(QStringLiteral("%1: %2 of %3 px").arg(button->text()).arg(button->width()).arg(button->sizeHint().width())));
            }
            QVERIFY(buttons > 0);
        }
    }
}

QTEST_MAIN(TestScaleFactors)
#include "tst_scale_factors.moc"
