// The table of actions: each exists, has a name and a key of its own, and is carried out wherever the focus is.
#include "ui/actions.h"

#include "tests/structure/source_tree.h"
#include "tests/ui/window_setup.h"
#include "ui/chat/chat_find_bar.h"
#include "ui/chat/context_inspector.h"
#include "ui/chat/conversation_list.h"
#include "ui/shell/keys_dialog.h"

#include <QClipboard>
#include <QLineEdit>
#include <QListView>
#include <QMenu>
#include <QRegularExpression>
#include <QSet>
#include <QTimer>

using namespace ui;
using Setup = test::WindowSetup;

class TestActions : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void eachHasANameAnIconAndAKey();
    void noKeyDoesTwoThingsOnAScreen();
    void eachIsCarriedOutByItsPlace();
    void keysAreWrittenDownOnce();
    void keysOfTheLookAreThere_data();
    void keysOfTheLookAreThere();
    void aKeyWorksFromTheListAndTheTranscript();
    void keysWorkOnTheMessageThatHasTheFocus();
    void aMessageHasItsMenuWithoutAPointer();
    void theListMovesByLettersAndUndoesADeletion();
    void whatIsNotPossibleDoesNothingAndIsGrey();
    void theKeysOfAScreenAreShown();
    void everyRegionIsReached();
};

void TestActions::eachHasANameAnIconAndAKey()
{
    QSet<QByteArray> ids;
    for (const ActionInfo &info : allActions()) {
        QVERIFY2(!ids.contains(info.id), info.id);
        ids.insert(info.id);
        QVERIFY2(!actionName(info.id).isEmpty(), info.id);
        QVERIFY2(QFile::exists(QStringLiteral(":/icons/%1.svg").arg(QLatin1String(info.icon))), info.icon);
        QVERIFY2(!actionSequences(info).isEmpty(), info.id);
        for (const QKeySequence &keys : actionSequences(info)) {
            QVERIFY2(keys.count() == 1 && keys[0].key() != Qt::Key_unknown, info.id);
            // A letter alone would be taken from text fields.
            QVERIFY2(keys[0].keyboardModifiers() & ~Qt::ShiftModifier || keys[0].key() >= Qt::Key_Escape, info.id);
        }
        QVERIFY(actionTip(info.id).contains(actionKeys(info.id)));
    }
}

void TestActions::noKeyDoesTwoThingsOnAScreen()
{
    for (const ActionPlace place : {ActionPlace::Chat, ActionPlace::Code, ActionPlace::Translate}) {
        QHash<QString, const char *> seen;
        for (const ActionInfo &info : allActions()) {
            if (info.place != place && info.place != ActionPlace::Window)
                continue;
            for (const QKeySequence &keys : actionSequences(info)) {
                const QString name = keys.toString(QKeySequence::PortableText);
                QVERIFY2(!seen.contains(name), qPrintable(QStringLiteral("%1: %2 and %3").arg(name, QLatin1String(info.id), QLatin1String(seen.value(name)))));
                seen.insert(name, info.id);
            }
        }
    }
}

void TestActions::eachIsCarriedOutByItsPlace()
{
    Setup s;
    const std::pair<ActionPlace, const char *> places[] = {
        {ActionPlace::Chat, "chat"}, {ActionPlace::Code, "code"}, {ActionPlace::Translate, "translate"}};
    for (const auto &[place, name] : places)
        s.window->showPanel(QString::fromLatin1(name));
    QSet<QByteArray> bound;
    for (const ActionInfo &info : allActions()) {
        const QWidget *owner = s.window.get();
        for (const auto &[place, name] : places)
            if (info.place == place)
                owner = s.window->panel(QString::fromLatin1(name));
        QVERIFY2(boundAction(owner, info.id), info.id);
        bound.insert(info.id);
    }
    QCOMPARE(bound.size(), allActions().size());
}

// Choices of notices and of a comparison, and the keys of the code's size, belong to what has the focus; all others are in the table.
void TestActions::keysAreWrittenDownOnce()
{
    const QString root = QStringLiteral(BALEEN_SOURCE_DIR);
    const QSet<QString> allowed{QStringLiteral("ui/actions.cpp"), QStringLiteral("ui/widgets/notice.cpp"), QStringLiteral("ui/chat/context_choices.cpp"),
                                QStringLiteral("ui/chat/comparison_card.cpp"), QStringLiteral("ui/chat/comparison_column.cpp")};
    static const QRegularExpression raw(QStringLiteral("QShortcut|setShortcuts?\\((?!actionShortcut|action->shortcut)|\"(Ctrl|Alt|Shift)\\+|\\((Ctrl|Alt)\\+"));
    int files = 0;
    for (const QString &file : test::textFiles(root)) {
        if (!file.startsWith(QLatin1String("ui/")) || !test::isSource(file) || allowed.contains(file))
            continue;
        ++files;
        static const QRegularExpression comment(QStringLiteral("//[^\n]*"));
        const QRegularExpressionMatch found = raw.match(test::textOf(root, file).remove(comment));
        QVERIFY2(!found.hasMatch(), qPrintable(file + QStringLiteral(": ") + found.captured()));
    }
    QVERIFY(files > 100);
}

void TestActions::keysOfTheLookAreThere_data()
{
    QTest::addColumn<QString>("keys");
    QTest::addColumn<QString>("id");
    const auto row = [](const char *keys, const char *id) { QTest::newRow(id) << QString::fromLatin1(keys) << QString::fromLatin1(id); };
    row("Ctrl+1", "window.chat");
    row("Ctrl+2", "window.code");
    row("Ctrl+3", "window.translate");
    row("Ctrl+,", "window.settings");
    row("Ctrl+N", "window.new");
    row("Ctrl+K", "window.palette");
    row("Ctrl+F", "chat.find");
    row("Ctrl+F", "code.find");
    row("Ctrl+Shift+F", "window.searchChats");
    row("F3", "chat.findNext");
    row("Shift+F3", "code.findPrevious");
    row("Esc", "window.stop");
    row("Ctrl+Enter", "code.run");
    row("Ctrl+Return", "translate.run");
    row("Ctrl+R", "chat.retry");
    row("Ctrl+Shift+Return", "chat.continue");
    row("Alt+Left", "chat.previousVersion");
    row("Alt+Right", "chat.nextVersion");
    row("Ctrl+Shift+B", "chat.branch");
    row("Ctrl+L", "chat.lens");
    row("Ctrl+T", "chat.tree");
    row("Ctrl+I", "chat.inspector");
    row("Ctrl+B", "window.sidebar");
    row("Alt+Up", "translate.previous");
    row("Alt+Down", "translate.next");
    row("Ctrl+J", "code.notes");
    row("Ctrl+D", "translate.swap");
    row("Ctrl+Shift+T", "chat.think");
    row("Ctrl+M", "window.model");
    row("Ctrl+Shift+C", "chat.copyAnswer");
    row("Ctrl+Shift+C", "translate.copy");
    row("Ctrl+Shift+S", "chat.saveCode");
    row("Ctrl+O", "chat.attach");
    row("Ctrl+O", "code.open");
    row("Ctrl+O", "translate.open");
    row("Ctrl+S", "chat.export");
    row("Ctrl+S", "code.save");
    row("Ctrl+S", "translate.save");
    row("Ctrl+P", "chat.pin");
    row("Ctrl++", "window.larger");
    row("Ctrl+-", "window.smaller");
    row("Ctrl+0", "window.usual");
    row("F6", "window.nextRegion");
    row("Shift+F6", "window.previousRegion");
    row("F1", "window.keys");
    row("Ctrl+Z", "chat.undoDelete");
}

void TestActions::keysOfTheLookAreThere()
{
    QFETCH(QString, keys);
    QFETCH(QString, id);
    const QByteArray name = id.toLatin1();
    const auto info = std::find_if(allActions().begin(), allActions().end(), [&](const ActionInfo &each) { return name == each.id; });
    QVERIFY(info != allActions().end());
    QVERIFY(actionSequences(*info).contains(QKeySequence(keys, QKeySequence::PortableText)));
}

void TestActions::aKeyWorksFromTheListAndTheTranscript()
{
    Setup s;
    s.beWide();
    QVERIFY(s.converse());
    ChatPanel *chat = s.chat();
    for (QWidget *focus : QVector<QWidget *>{chat->list()->view(), chat->list()->search(), chat->transcript(), chat->composer()->edit(), chat->composer()->preset()}) {
        focus->setFocus();
        QVERIFY(focus->hasFocus());
        const bool before = chat->inspector()->isVisible();
        QTest::keyClick(focus, Qt::Key_I, Qt::ControlModifier);
        QCOMPARE(chat->inspector()->isVisible(), !before);
        focus->setFocus();
        QTest::keyClick(focus, Qt::Key_F, Qt::ControlModifier);
        QVERIFY(chat->findBar()->isVisible());
        chat->findBar()->close();
    }
}

void TestActions::keysWorkOnTheMessageThatHasTheFocus()
{
    Setup s;
    QVERIFY(s.converse("first question", "first answer"));
    QVERIFY(s.converse("second question", "second answer"));
    ChatPanel *chat = s.chat();
    QCOMPARE(chat->transcript()->messageCount(), 4);
    QTest::keyClick(chat->composer()->edit(), Qt::Key_C, Qt::ControlModifier | Qt::ShiftModifier);
    QCOMPARE(QGuiApplication::clipboard()->text(), QStringLiteral("second answer"));
    QTest::keyClick(chat->composer()->edit(), Qt::Key_Up, Qt::ControlModifier);
    QVERIFY(chat->transcript()->hasFocus());
    QCOMPARE(chat->transcript()->focusedMessage(), 3);
    QTest::keyClick(chat->transcript(), Qt::Key_Up, Qt::ControlModifier);
    QTest::keyClick(chat->transcript(), Qt::Key_Up, Qt::ControlModifier);
    QCOMPARE(chat->transcript()->focusedMessage(), 1);
    QTest::keyClick(chat->transcript(), Qt::Key_C, Qt::ControlModifier | Qt::ShiftModifier);
    QCOMPARE(QGuiApplication::clipboard()->text(), QStringLiteral("first answer"));
    // A branch from there: what follows is on the other path.
    QTest::keyClick(chat->transcript(), Qt::Key_B, Qt::ControlModifier | Qt::ShiftModifier);
    QTRY_COMPARE(chat->transcript()->messageCount(), 2);
    QVERIFY(chat->composer()->edit()->hasFocus());
    // Without a focus there it is the last question.
    QTest::keyClick(chat->composer()->edit(), Qt::Key_E, Qt::AltModifier);
    QCOMPARE(chat->composer()->edit()->text(), QStringLiteral("first question"));
}

void TestActions::aMessageHasItsMenuWithoutAPointer()
{
    Setup s;
    QVERIFY(s.converse("Show code", "Here [a link](https://example.org/x):\n\n```python\nprint(1)\n```\n"));
    Transcript *transcript = s.chat()->transcript();
    QTest::keyClick(s.chat()->composer()->edit(), Qt::Key_Up, Qt::ControlModifier);
    QTest::keyClick(transcript, Qt::Key_Down, Qt::ControlModifier);
    QCOMPARE(transcript->focusedMessage(), 1);
    QStringList entries;
    QTimer::singleShot(0, this, [&] {
        auto *menu = qobject_cast<QMenu *>(QApplication::activePopupWidget());
        QVERIFY(menu);
        for (const QAction *action : menu->actions())
            entries << action->text();
        for (QAction *action : menu->actions())
            if (action->text().startsWith(QLatin1String("Copy code")))
                action->trigger();
        menu->close();
    });
    QTest::keyClick(transcript, Qt::Key_Return);
    QTRY_VERIFY(!entries.isEmpty());
    QVERIFY2(entries.filter(QStringLiteral("Open the link “a link”")).size() == 1, qPrintable(entries.join(u'|')));
    QVERIFY(entries.contains(QStringLiteral("Retry")));
    QVERIFY(entries.contains(QStringLiteral("Save this code as a file")));
    QVERIFY(entries.contains(QStringLiteral("Wrap long lines")));
    QCOMPARE(QGuiApplication::clipboard()->text().trimmed(), QStringLiteral("print(1)"));
}

void TestActions::theListMovesByLettersAndUndoesADeletion()
{
    Setup s;
    s.beWide();
    QVERIFY(s.converse("first question"));
    s.chat()->newItem();
    QVERIFY(s.converse("second question"));
    ConversationList *list = s.chat()->list();
    QTRY_COMPARE(list->view()->model()->rowCount(), 2);
    list->view()->setFocus();
    list->view()->setCurrentIndex(list->view()->model()->index(0, 0));
    QTest::keyClick(list->view(), Qt::Key_J);
    QCOMPARE(list->view()->currentIndex().row(), 1);
    QTest::keyClick(list->view(), Qt::Key_K);
    QCOMPARE(list->view()->currentIndex().row(), 0);
    QTest::keyClick(list->view(), Qt::Key_F2);
    auto *editor = list->view()->findChild<QLineEdit *>();
    QVERIFY(editor && editor->hasFocus());
    editor->setText(QStringLiteral("A better name"));
    QTest::keyClick(editor, Qt::Key_Return);
    QTRY_COMPARE(list->view()->model()->index(0, 0).data().toString(), QStringLiteral("A better name"));
    list->view()->setCurrentIndex(list->view()->model()->index(0, 0));
    QTest::keyClick(list->view(), Qt::Key_Delete);
    QTRY_COMPARE(list->view()->model()->rowCount(), 1);
    list->view()->setFocus();
    QTest::keyClick(list->view(), Qt::Key_Z, Qt::ControlModifier);
    QTRY_COMPARE(list->view()->model()->rowCount(), 2);
    QVERIFY(!list->undoNotice()->isVisible());
}

void TestActions::whatIsNotPossibleDoesNothingAndIsGrey()
{
    Setup s;
    BoundAction *retry = boundAction(s.chat(), "chat.retry");
    QVERIFY(!retry->isPossible());
    retry->trigger();
    QCOMPARE(s.chat()->session()->messages()->rowCount(), 0);
    QMenu menu;
    QVERIFY(!addToMenu(menu, s.appearance, s.chat(), "chat.retry")->isEnabled());
    QVERIFY(retry->isEnabled()); // its key goes on working
    QVERIFY(s.converse());
    QVERIFY(retry->isPossible());
    QVERIFY(addToMenu(menu, s.appearance, s.chat(), "chat.retry")->isEnabled());
}

void TestActions::theKeysOfAScreenAreShown()
{
    Setup s;
    const auto shown = [&](const char *panel) {
        s.window->showPanel(QString::fromLatin1(panel));
        s.window->activateWindow(); // after a dialog
        QStringList rows;
        if (!QTest::qWaitForWindowActive(s.window.get()))
            return rows;
        QTimer::singleShot(0, this, [&] {
            auto *dialog = qobject_cast<KeysDialog *>(QApplication::activeModalWidget());
            QVERIFY(dialog);
            for (int row = 0; row < dialog->model().rowCount(); ++row)
                rows << dialog->model().index(row).data(Qt::AccessibleTextRole).toString();
            QTest::keyClick(dialog->field(), Qt::Key_Escape);
        });
        QTest::keyClick(s.window.get(), Qt::Key_F1);
        return rows;
    };
    const QStringList chat = shown("chat"), code = shown("code");
    QVERIFY(chat.contains(QStringLiteral("Retry the answer, Ctrl+R")));
    QVERIFY(chat.contains(QStringLiteral("Send the message, Enter")));
    QVERIFY(chat.contains(QStringLiteral("Command palette, Ctrl+K")));
    QVERIFY(!code.contains(QStringLiteral("Retry the answer, Ctrl+R")));
    QVERIFY(code.contains(QStringLiteral("Show or hide the notes of the model, Ctrl+J")));
    // Enter carries out what is chosen, when the page has closed.
    s.window->showPanel(QStringLiteral("chat"));
    s.window->activateWindow();
    QVERIFY(QTest::qWaitForWindowActive(s.window.get()));
    QTimer::singleShot(0, this, [&] {
        auto *dialog = qobject_cast<KeysDialog *>(QApplication::activeModalWidget());
        QVERIFY(dialog);
        QTest::keyClicks(dialog->field(), QStringLiteral("go to code"));
        QTest::keyClick(dialog->field(), Qt::Key_Return);
    });
    QTest::keyClick(s.window.get(), Qt::Key_F1);
    QTRY_COMPARE(s.window->currentPanel(), QStringLiteral("code"));
}

void TestActions::everyRegionIsReached()
{
    Setup s;
    s.beWide();
    QVERIFY(s.converse());
    if (!s.chat()->inspector()->isVisible())
        s.chat()->toggleInspector();
    s.chat()->focusInput();
    const auto within = [&](QWidget *area) {
        const QWidget *focus = s.window->focusWidget();
        return focus && (focus == area || area->isAncestorOf(focus));
    };
    const QVector<QWidget *> round{s.window->statusLine(), s.window->sidebar(), s.chat()->transcript(), s.chat()->inspector(), s.chat()->composer()};
    for (QWidget *region : round) {
        QTest::keyClick(s.window.get(), Qt::Key_F6);
        QVERIFY2(within(region), region->metaObject()->className());
    }
    for (int i = int(round.size()) - 2; i >= 0; --i) {
        QTest::keyClick(s.window.get(), Qt::Key_F6, Qt::ShiftModifier);
        QVERIFY2(within(round[i]), round[i]->metaObject()->className());
    }
    // Where one was in a region, one comes back to.
    s.chat()->list()->search()->setFocus();
    QTest::keyClick(s.window.get(), Qt::Key_F6);
    QTest::keyClick(s.window.get(), Qt::Key_F6, Qt::ShiftModifier);
    QVERIFY2(s.chat()->list()->search()->hasFocus(), s.window->focusWidget()->metaObject()->className());
    for (const char *panel : {"code", "translate"}) {
        s.window->showPanel(QString::fromLatin1(panel));
        QSet<QWidget *> reached;
        for (int i = 0; i < 6; ++i) {
            QTest::keyClick(s.window.get(), Qt::Key_F6);
            reached.insert(s.window->focusWidget());
        }
        QVERIFY2(reached.size() >= 4, panel);
    }
}

QTEST_MAIN(TestActions)
#include "tst_actions.moc"
