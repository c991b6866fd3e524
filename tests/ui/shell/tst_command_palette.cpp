// The palette in the real window: what it lists, how it is found, and where the focus goes.
#include "ui/shell/command_palette.h"

#include "tests/ui/window_setup.h"
#include "ui/chat/chat_find_bar.h"
#include "ui/chat/conversation_list.h"

#include <QElapsedTimer>

using namespace ui;
using Setup = test::WindowSetup;

namespace {

QStringList titles(const CommandPalette &palette)
{
    QStringList all;
    for (int row = 0; row < palette.model().rowCount(); ++row)
        all << palette.model().command(row).title;
    return all;
}

CommandPalette *open(Setup &s)
{
    QTest::keyClick(s.window.get(), Qt::Key_K, Qt::ControlModifier);
    return s.window->palettePopover();
}

} // namespace

class TestCommandPalette : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void opensFromEveryFieldAndGivesTheFocusBack_data();
    void opensFromEveryFieldAndGivesTheFocusBack();
    void listsActionsOfTheScreenWithTheirKeys();
    void findsChatsByTitleAndOpensThem();
    void findsWhatWasSaidWhenNothingIsCalledThat();
    void keysBehindItDoNothing();
    void liesInTheUpperThird();
    void manyChatsAreFoundAtOnce();
};

void TestCommandPalette::opensFromEveryFieldAndGivesTheFocusBack_data()
{
    QTest::addColumn<QString>("panel");
    for (const char *panel : {"chat", "code", "translate"})
        QTest::newRow(panel) << QString::fromLatin1(panel);
}

void TestCommandPalette::opensFromEveryFieldAndGivesTheFocusBack()
{
    QFETCH(QString, panel);
    Setup s;
    s.window->showPanel(panel);
    QVector<QWidget *> fields{s.window->focusWidget()};
    for (QWidget *each : s.window->findChildren<QWidget *>())
        if (each->isVisible() && each->isEnabled() && each->focusPolicy() & Qt::TabFocus && (qobject_cast<QLineEdit *>(each) || qobject_cast<QAbstractScrollArea *>(each)))
            fields << each;
    QVERIFY(fields.size() >= 2);
    for (QWidget *field : fields) {
        field->setFocus();
        QTest::keyClick(field, Qt::Key_K, Qt::ControlModifier);
        CommandPalette *palette = s.window->palettePopover();
        QVERIFY2(palette && palette->isVisible(), field->metaObject()->className());
        QVERIFY(palette->field()->hasFocus());
        QTest::keyClick(palette->field(), Qt::Key_Escape);
        QVERIFY(!palette->isVisible());
        QVERIFY2(field->hasFocus(), field->metaObject()->className());
    }
    // The key that opens it closes it.
    CommandPalette *palette = open(s);
    QTest::keyClick(palette->field(), Qt::Key_K, Qt::ControlModifier);
    QVERIFY(!palette->isVisible());
}

void TestCommandPalette::listsActionsOfTheScreenWithTheirKeys()
{
    Setup s;
    QVERIFY(s.converse());
    CommandPalette *palette = open(s);
    QVERIFY(titles(*palette).contains(QStringLiteral("Retry the answer")));
    QVERIFY(titles(*palette).contains(QStringLiteral("Settings")));
    QVERIFY(!titles(*palette).contains(QStringLiteral("Run the verb")));
    QVERIFY(!titles(*palette).contains(QStringLiteral("Continue the answer"))); // it is whole
    QTest::keyClicks(palette->field(), QStringLiteral("retr"));
    QCOMPARE(titles(*palette).first(), QStringLiteral("Retry the answer"));
    QCOMPARE(palette->model().command(0).keys, QStringLiteral("Ctrl+R"));
    QVERIFY(palette->field()->accessibleDescription().startsWith(QLatin1String("Retry the answer, Ctrl+R")));
    palette->field()->setText(QStringLiteral("dark")); // no name, but a word of a setting
    QCOMPARE(titles(*palette), QStringList{QStringLiteral("Colours")});
    // Down and up go round the ends; Enter carries it out.
    palette->field()->clear();
    QTest::keyClick(palette->field(), Qt::Key_Up);
    QCOMPARE(palette->list()->currentIndex().row(), palette->model().rowCount() - 1);
    QTest::keyClick(palette->field(), Qt::Key_Down);
    QCOMPARE(palette->list()->currentIndex().row(), 0);
    QTest::keyClicks(palette->field(), QStringLiteral("go to transl"));
    QTest::keyClick(palette->field(), Qt::Key_Return);
    QVERIFY(!palette->isVisible());
    QCOMPARE(s.window->currentPanel(), QStringLiteral("translate"));
    palette = open(s);
    QVERIFY(titles(*palette).contains(QStringLiteral("Language to translate to…")));
    QVERIFY(!titles(*palette).contains(QStringLiteral("Retry the answer")));
}

void TestCommandPalette::findsChatsByTitleAndOpensThem()
{
    Setup s;
    QVERIFY(s.converse("First"));
    const qint64 first = s.chat()->session()->conversationId();
    s.chat()->conversations().rename(first, QStringLiteral("鲸鱼如何进食"));
    s.chat()->newItem();
    QVERIFY(s.converse("Second"));
    QTRY_COMPARE(s.chat()->conversations().all().size(), 2);
    s.window->showPanel(QStringLiteral("code"));
    CommandPalette *palette = open(s);
    palette->field()->setText(QStringLiteral("鲸食"));
    QCOMPARE(palette->model().rowCount(), 1);
    QCOMPARE(palette->model().command(0).kind, Command::Kind::Chat);
    QTest::keyClick(palette->field(), Qt::Key_Return);
    QCOMPARE(s.window->currentPanel(), QStringLiteral("chat"));
    QTRY_COMPARE(s.chat()->session()->conversationId(), first);
}

void TestCommandPalette::findsWhatWasSaidWhenNothingIsCalledThat()
{
    Setup s;
    QVERIFY(s.converse("Hello", "Krill is what they zzyzxfilter from the sea."));
    const qint64 chat = s.chat()->session()->conversationId();
    s.chat()->newItem();
    CommandPalette *palette = nullptr;
    // The search reads in the background.
    QVERIFY(QTest::qWaitFor([&] {
        palette = open(s);
        if (!palette->isVisible())
            palette = open(s);
        palette->field()->setText(QStringLiteral("zzyzxfilter"));
        return QTest::qWaitFor([&] { return palette->model().rowCount() > 0; }, 600) || (palette->close(), false);
    }, 10000));
    QCOMPARE(palette->model().rowCount(), 1);
    QVERIFY(palette->model().command(0).more.contains(QLatin1String("zzyzxfilter")));
    QTest::keyClick(palette->field(), Qt::Key_Return);
    QTRY_COMPARE(s.chat()->session()->conversationId(), chat);
    QTRY_VERIFY(s.chat()->transcript()->foundCount() > 0);
    // Nothing at all is said in words.
    palette = open(s);
    palette->field()->setText(QStringLiteral("qqqqxyz"));
    QTest::qWait(400);
    QCOMPARE(palette->model().rowCount(), 0);
    QVERIFY(palette->isVisible());
    QCOMPARE(palette->field()->accessibleDescription(), QStringLiteral("Nothing is called or says that."));
}

void TestCommandPalette::keysBehindItDoNothing()
{
    Setup s;
    QVERIFY(s.converse());
    CommandPalette *palette = open(s);
    for (const auto &[key, modifiers] : {std::pair(Qt::Key_R, Qt::KeyboardModifiers(Qt::ControlModifier)), {Qt::Key_B, Qt::ControlModifier}, {Qt::Key_2, Qt::ControlModifier}, {Qt::Key_F6, Qt::NoModifier}, {Qt::Key_Tab, Qt::NoModifier}})
        QTest::keyClick(palette->field(), key, modifiers);
    QVERIFY(palette->field()->hasFocus());
    QCOMPARE(s.window->currentPanel(), QStringLiteral("chat"));
    QCOMPARE(s.script->requests().size(), size_t(1));
    // A click elsewhere closes it.
    s.chat()->composer()->edit()->setFocus(Qt::MouseFocusReason);
    QTRY_VERIFY(!palette->isVisible());
}

void TestCommandPalette::liesInTheUpperThird()
{
    Setup s;
    CommandPalette *palette = open(s);
    for (const QSize &size : {QSize(1440, 900), QSize(880, 560)}) {
        s.window->resize(size);
        QTRY_COMPARE(palette->x() + palette->width() / 2, s.window->width() / 2);
        QCOMPARE(palette->width(), CommandPalette::kWidth);
        QVERIFY(palette->y() < s.window->height() / 3);
        QVERIFY(palette->geometry().bottom() < s.window->height() - 8);
    }
}

void TestCommandPalette::manyChatsAreFoundAtOnce()
{
    Setup s;
    CommandPalette *palette = open(s);
    QVector<Command> commands;
    for (int i = 0; i < 10000; ++i)
        commands.append({Command::Kind::Chat, QStringLiteral("chat"), QStringLiteral("A conversation about whales and 鲸鱼, number %1").arg(i), {}, {}, {}, {}});
    palette->setCommands(commands);
    QElapsedTimer timer;
    timer.start();
    palette->field()->setText(QStringLiteral("whal 777"));
    const qint64 ms = timer.elapsed();
    QVERIFY(palette->model().rowCount() >= 19);
    QVERIFY2(ms < 250, qPrintable(QString::number(ms)));
}

QTEST_MAIN(TestCommandPalette)
#include "tst_command_palette.moc"
