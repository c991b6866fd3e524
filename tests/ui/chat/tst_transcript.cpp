// The transcript by itself: formulas among words, copying, heads of code, footnotes, zoom.
#include "app/chat/message_list_model.h"
#include "tests/support/temporary_file.h"
#include "ui/chat/formula_pictures.h"
#include "ui/chat/transcript.h"

#include <QApplication>
#include <QClipboard>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTest>
#include <QWheelEvent>

using namespace ui;

namespace {

struct Setup
{
    explicit Setup(const QStringList &answers, int width = 1000)
    {
        QVector<app::MessageRecord> records;
        for (const QString &answer : answers) {
            app::MessageRecord record;
            record.id = records.size() + 1;
            record.parentId = records.size();
            record.conversationId = 1;
            record.role = app::Role::Assistant;
            record.content = answer;
            records.append(record);
        }
        appearance.setScheme(Scheme::Light);
        model.reset(records, records.size());
        transcript.resize(width, 1600);
        transcript.setModel(&model);
        transcript.show();
    }
    bool drawn() // every formula
    {
        auto &renderer = FormulaPictures::of(appearance).renderer();
        const bool done = QTest::qWaitFor([&] { return renderer.waiting() == 0; }, 60000);
        QTest::qWait(100); // came() is told of at most 30 times a second
        return done;
    }
    Item &item(int row, int index) { return *transcript.message(row).item(index).item; }
    int height(int row, int index) { return transcript.message(row).item(index).height; }

    test::TemporaryFolder folder;
    app::Settings settings{folder.path(QStringLiteral("baleen.ini"))};
    Appearance appearance{settings};
    app::MessageListModel model;
    Transcript transcript{appearance};
};

// Pixels that are nearer to ink than to paper.
int inkIn(const QImage &image, const QRect &rect, const QColor &ink, const QColor &paper)
{
    int count = 0;
    const QRect within = rect & image.rect();
    for (int y = within.top(); y <= within.bottom(); ++y) {
        for (int x = within.left(); x <= within.right(); ++x) {
            const QColor c = image.pixelColor(x, y);
            const int toInk = std::abs(c.red() - ink.red()) + std::abs(c.green() - ink.green()) + std::abs(c.blue() - ink.blue());
            const int toPaper = std::abs(c.red() - paper.red()) + std::abs(c.green() - paper.green()) + std::abs(c.blue() - paper.blue());
            count += toInk < toPaper ? 1 : 0;
        }
    }
    return count;
}

QPoint middleOf(const Hot &hot, const Placed &placed)
{
    return (QPointF(placed.x, placed.y) + hot.rect.center()).toPoint();
}

} // namespace

class TestTranscript : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aFormulaIsItsSourceUntilItIsDrawn()
    {
        Setup s({QStringLiteral("Words with $\\sum_{i=1}^{n} \\frac{1}{i^2}$ among them.\n\nOther words.\n\n$$\\frac{a}{b}$$")});
        QVERIFY(FormulaPictures::of(s.appearance).renderer().waiting() == 2);
        const int plain = s.height(0, 1);
        const qint64 made = blockItemsMade();
        const QString all = s.item(0, 0).text(0, s.item(0, 0).length());
        QVERIFY(s.drawn());
        QCOMPARE(blockItemsMade(), made); // what is there is laid out again, nothing is made anew
        QVERIFY(s.height(0, 0) > s.appearance.lineHeight(FontRole::Reading)); // the line is higher where the formula is
        QCOMPARE(s.height(0, 1), plain);
        QCOMPARE(s.item(0, 0).text(0, s.item(0, 0).length()), all);
        QCOMPARE(all, QStringLiteral("Words with \\sum_{i=1}^{n} \\frac{1}{i^2} among them."));
        QVERIFY(s.height(0, 2) > 40);
        QCOMPARE(s.item(0, 2).text(0, 99), QStringLiteral("\\frac{a}{b}"));
        // Another one of the same is drawn at once.
        s.transcript.setModel(nullptr);
        s.transcript.setModel(&s.model);
        QVERIFY(s.height(0, 2) > 40);
    }

    void positionsAreThoseOfTheSource()
    {
        Setup s({QStringLiteral("ab $\\alpha\\beta\\gamma$ cd")});
        QVERIFY(s.drawn());
        Item &item = s.item(0, 0);
        QCOMPARE(item.length(), int(QStringLiteral("ab \\alpha\\beta\\gamma cd").size()));
        QCOMPARE(item.positionAt(QPointF(0, 5)), 0);
        QCOMPARE(item.positionAt(QPointF(900, 5)), item.length());
        int last = 0; // never goes back
        for (int x = 0; x < 200; ++x) {
            const int at = item.positionAt(QPointF(x, 5));
            QVERIFY(at >= last);
            QVERIFY(at <= 3 || at >= 20 || at == last); // nowhere within the formula
            last = at;
        }
    }

    void aFormulaFollowsTheTheme()
    {
        Setup s({QStringLiteral("$$\\rule{3em}{2em}$$")});
        QVERIFY(s.drawn());
        for (const Scheme scheme : {Scheme::Light, Scheme::Dark}) {
            s.appearance.setScheme(scheme);
            const QImage image = s.transcript.viewport()->grab().toImage();
            const Theme &theme = s.appearance.theme();
            const int ink = inkIn(image, QRect(300, 0, 400, 80), theme.text, theme.surface);
            QVERIFY2(ink > 1800 && ink < 2700, qPrintable(QString::number(ink))); // 57 x 38 px
        }
    }

    void whatCannotBeDrawnStaysItsSourceAndSaysWhy()
    {
        Setup s({QStringLiteral("One $\\frac{1}{$ here.\n\n$$\\nosuch$$\n\n| a |\n|---|\n| $\\nosuch$ |")});
        QVERIFY(s.drawn());
        const auto tips = [&](int index) {
            QString tip;
            for (int x = 0; x < 720 && tip.isEmpty(); x += 4)
                for (int y = 2; y < s.height(0, index) && tip.isEmpty(); y += 6)
                    tip = s.item(0, index).hotAt(QPointF(x, y)).tip;
            return tip;
        };
        QVERIFY2(tips(0).contains(QLatin1String("Missing close brace")), qPrintable(tips(0)));
        QVERIFY2(tips(1).contains(QLatin1String("Undefined control sequence")), qPrintable(tips(1)));
        QVERIFY2(tips(2).contains(QLatin1String("Undefined control sequence")), qPrintable(tips(2)));
        QCOMPARE(s.item(0, 1).text(0, 99), QStringLiteral("\\nosuch"));
    }

    void selectionIsCopiedAsTextAndAsMarkdown()
    {
        const QString answer = QStringLiteral("# Head\n\nWords **bold** and $x^2$[^1].\n\n- one\n- two\n\n```c\nint a;\n```\n\n[^1]: Note");
        Setup s({answer, QStringLiteral("*Second*")});
        QVERIFY(s.drawn());
        s.transcript.selectAll();
        s.transcript.copyAsMarkdown();
        QCOMPARE(QApplication::clipboard()->text(), answer + QStringLiteral("\n\n*Second*"));
        s.transcript.copySelection();
        const QString text = QApplication::clipboard()->text();
        QVERIFY2(text.startsWith(QLatin1String("Head\n\nWords bold and x^2[1].")), qPrintable(text));
        QVERIFY(text.endsWith(QLatin1String("Second")));
    }

    void codeIsWrappedSavedAndShowsWhatIsHidden()
    {
        Setup s({QStringLiteral("```c\n") + QStringLiteral("int a = 1 + 2; ").repeated(40) + QStringLiteral("\nx\u202e\u00a0y\n```")});
        QSignalSpy saved(&s.transcript, &Transcript::saveCodeRequested);
        const auto press = [&](Action action) {
            const Placed &placed = s.transcript.message(0).item(0);
            for (int x = 0; x < 720; x += 3) {
                const Hot hot = placed.item->hotAt(QPointF(x, 17));
                if (hot.action != action)
                    continue;
                const QRect column = s.transcript.column();
                const QPoint at = middleOf(hot, placed) + QPoint(column.left(), s.transcript.messageRect(0).top() - s.transcript.viewport()->mapToGlobal(QPoint(0, 0)).y());
                QTest::mouseClick(s.transcript.viewport(), Qt::LeftButton, {}, at);
                return true;
            }
            return false;
        };
        const int flat = s.height(0, 0);
        const QString code = s.item(0, 0).text(0, s.item(0, 0).length());
        QVERIFY(press(Action::ToggleWrap));
        QVERIFY(s.height(0, 0) >= flat + 3 * s.appearance.lineHeight(FontRole::Mono));
        QCOMPARE(s.item(0, 0).positionAt(QPointF(700, s.height(0, 0) - 14)), int(code.size())); // behind the end of the last row
        QVERIFY(press(Action::ToggleWrap));
        QCOMPARE(s.height(0, 0), flat);
        QVERIFY(press(Action::SaveCode));
        QCOMPARE(saved.size(), 1);
        QCOMPARE(saved[0][0].toString(), code); // as it is
        QCOMPARE(saved[0][1].toString(), QStringLiteral("c"));
        const Theme &theme = s.appearance.theme();
        const QImage image = s.transcript.viewport()->grab().toImage();
        QVERIFY(inkIn(image, image.rect(), theme.warn, theme.warnSoft) > 30); // the badge and the two signs
        const QString tip = [&] {
            for (int x = 0; x < 200; ++x)
                if (const Hot hot = s.item(0, 0).hotAt(QPointF(x, flat - 14)); !hot.tip.isEmpty())
                    return hot.tip;
            return QString();
        }();
        QCOMPARE(tip, QStringLiteral("U+202E"));
    }

    void aReferenceLeadsToItsFootnote()
    {
        Setup s({QStringLiteral("Words[^1].\n\n") + QStringLiteral("More words.\n\n").repeated(100) + QStringLiteral("[^1]: The note.")});
        QSignalSpy left(&s.transcript, &Transcript::linkActivated);
        s.transcript.verticalScrollBar()->setValue(0);
        QTest::qWait(1);
        Hot hot;
        int x = 0;
        for (; x < 200 && hot.action == Action::None; ++x)
            hot = s.item(0, 0).hotAt(QPointF(x, 12));
        QCOMPARE(hot.text, QStringLiteral("#footnote-1"));
        QTest::mouseClick(s.transcript.viewport(), Qt::LeftButton, {}, QPoint(s.transcript.column().left() + x, 20 + 12));
        QCOMPARE(s.transcript.selectedText(), QStringLiteral("The note."));
        QVERIFY(s.transcript.verticalScrollBar()->value() > 500);
        QCOMPARE(left.size(), 0);
    }

    void controlAndWheelAskForAnotherSize()
    {
        Setup s({QStringLiteral("a")});
        QSignalSpy zoom(&s.transcript, &Transcript::zoomRequested);
        const auto wheel = [&](int delta) {
            QWheelEvent event(QPointF(50, 50), QPointF(50, 50), {}, QPoint(0, delta), Qt::NoButton, Qt::ControlModifier, Qt::NoScrollPhase, false);
            QApplication::sendEvent(s.transcript.viewport(), &event);
        };
        wheel(120);
        QCOMPARE(zoom.size(), 1);
        QCOMPARE(zoom[0][0].toInt(), 1);
        wheel(-60); // half a step
        QCOMPARE(zoom.size(), 1);
        wheel(-60);
        QCOMPARE(zoom[1][0].toInt(), -1);
    }

    void aLongTableGoesOnWithItsHead()
    {
        QString table = QStringLiteral("| Name | Value |\n|---|---|\n");
        for (int i = 0; i < 2000; ++i)
            table += QStringLiteral("| name %1 | %1 |\n").arg(i);
        Setup s({table});
        s.transcript.selectAll();
        QVERIFY(s.transcript.message(0).itemCount() > 5);
        const QString markdown = s.transcript.selectedMarkdown();
        QCOMPARE(markdown.count(QLatin1String("| Name | Value |")), 1);
        QVERIFY(markdown.contains(QLatin1String("| name 1999 | 1999 |")));
        QCOMPARE(markdown.count(QLatin1Char('\n')), 2001);
    }
};

QTEST_MAIN(TestTranscript)
#include "tst_transcript.moc"
