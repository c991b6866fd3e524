// Every text field of the program with an input method for Chinese, Japanese and Korean: what is composed is shown and is no text yet;
// keys belong to it meanwhile; what is committed comes once.
#include "tests/ui/window_setup.h"
#include "ui/chat/chat_find_bar.h"
#include "ui/chat/conversation_list.h"
#include "ui/chat/instructions_dialog.h"
#include "ui/code/code_editor.h"
#include "ui/code/code_panel.h"
#include "ui/code/editor_card.h"
#include "ui/code/editor_find_bar.h"
#include "ui/code/task_card.h"
#include "ui/shell/command_palette.h"
#include "ui/shell/keys_dialog.h"
#include "ui/shell/settings_dialog.h"
#include "ui/shell/settings_parts.h"
#include "ui/translate/translate_panel.h"
#include "ui/widgets/composing.h"

#include <QInputMethodEvent>
#include <QLineEdit>
#include <QTextBlock>
#include <QTextLayout>

using namespace ui;
using Setup = test::WindowSetup;

namespace {

struct Script
{
    const char *name;
    QStringList preedits; // as they come, key by key
    QString commit;
};

const QVector<Script> &scripts()
{
    static const QVector<Script> all{
        {"Chinese", {QStringLiteral("n"), QStringLiteral("ni"), QStringLiteral("ni h"), QStringLiteral("ni hao")}, QStringLiteral("你好")},
        {"Japanese", {QStringLiteral("か"), QStringLiteral("かん"), QStringLiteral("かんじ"), QStringLiteral("漢字")}, QStringLiteral("漢字")},
        {"Korean", {QStringLiteral("ㅎ"), QStringLiteral("하"), QStringLiteral("한")}, QStringLiteral("한")},
    };
    return all;
}

QString textOf(const QWidget *field)
{
    if (const auto *line = qobject_cast<const QLineEdit *>(field))
        return line->text();
    if (const auto *edit = qobject_cast<const QTextEdit *>(field))
        return edit->toPlainText();
    return qobject_cast<const QPlainTextEdit *>(field)->toPlainText();
}

void clear(QWidget *field)
{
    if (auto *line = qobject_cast<QLineEdit *>(field))
        line->clear();
    else if (auto *edit = qobject_cast<QTextEdit *>(field))
        edit->clear();
    else
        qobject_cast<QPlainTextEdit *>(field)->clear();
}

// Shown in the line of the cursor; a QLineEdit tells of its own in no other way than by its picture.
QString preeditOf(QWidget *field)
{
    if (const auto *edit = qobject_cast<QTextEdit *>(field))
        return edit->textCursor().block().layout()->preeditAreaText();
    if (const auto *plain = qobject_cast<QPlainTextEdit *>(field))
        return plain->textCursor().block().layout()->preeditAreaText();
    return {};
}

void send(QWidget *field, const QString &preedit, const QString &commit = {})
{
    QInputMethodEvent event(preedit, {});
    event.setCommitString(commit);
    QApplication::sendEvent(field, &event);
}

} // namespace

class TestInputMethods : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void composesInEveryField();
    void enterDoesNotSendWhileItComposes();
    void whatIsComposedEndsWithTheFocus();

private:
    void compose(QWidget *field, const char *name, const std::function<bool()> &undisturbed);
};

void TestInputMethods::compose(QWidget *field, const char *name, const std::function<bool()> &undisturbed)
{
    QVERIFY2(field, name);
    field->setFocus(Qt::OtherFocusReason);
    QTRY_VERIFY2(field->hasFocus(), name);
    QVERIFY2(field->testAttribute(Qt::WA_InputMethodEnabled), name);
    for (const Script &script : scripts()) {
        clear(field);
        for (const QString &preedit : script.preedits) {
            const QImage before = field->grab().toImage();
            send(field, preedit);
            QVERIFY2(isComposing(field), name);
            QVERIFY2(textOf(field).isEmpty(), name);
            if (qobject_cast<QLineEdit *>(field))
                QVERIFY2(field->grab().toImage() != before, qPrintable(QStringLiteral("%1, %2: %3").arg(QLatin1String(name), QLatin1String(script.name), preedit)));
            else
                QCOMPARE(preeditOf(field), preedit);
            for (const auto &[key, modifiers] : {std::pair(Qt::Key_Return, Qt::KeyboardModifiers(Qt::NoModifier)), {Qt::Key_Escape, Qt::NoModifier}, {Qt::Key_Up, Qt::NoModifier},
                                                 {Qt::Key_Down, Qt::NoModifier}, {Qt::Key_2, Qt::NoModifier}, {Qt::Key_Tab, Qt::NoModifier}, {Qt::Key_K, Qt::ControlModifier},
                                                 {Qt::Key_N, Qt::ControlModifier}, {Qt::Key_2, Qt::ControlModifier}, {Qt::Key_Return, Qt::ControlModifier}, {Qt::Key_F6, Qt::NoModifier}}) {
                QTest::keyClick(field, key, modifiers);
                QVERIFY2(field->hasFocus() && undisturbed(), name);
                QVERIFY2(textOf(field).isEmpty(), name);
            }
        }
        send(field, {}, script.commit);
        QVERIFY2(!isComposing(field), name);
        QCOMPARE(textOf(field), script.commit);
        send(field, script.preedits.first()); // a second word behind it, given up
        QCOMPARE(textOf(field), script.commit);
        send(field, {});
        QCOMPARE(textOf(field), script.commit);
    }
    clear(field);
}

void TestInputMethods::composesInEveryField()
{
    Setup s;
    s.beWide();
    QVERIFY(s.converse());
    const auto still = [&](const char *panel) {
        return [&s, panel = QString::fromLatin1(panel)] { return s.window->currentPanel() == panel && s.script->requests().size() == 1; };
    };
    ChatPanel *chat = s.chat();
    const auto undisturbed = still("chat");
    compose(chat->composer()->edit(), "composer", undisturbed);
    compose(chat->list()->search(), "search of chats", undisturbed);
    chat->list()->search()->clear();
    chat->findHere();
    compose(chat->findBar()->field(), "find in the chat", [&] { return undisturbed() && chat->findBar()->isVisible(); });
    chat->findBar()->close();
    chat->editHere();
    QVERIFY(!chat->composer()->edit()->text().isEmpty());
    compose(chat->composer()->edit(), "an earlier message", undisturbed);
    QTest::keyClick(chat->composer()->edit(), Qt::Key_Escape);
    QTest::keyClick(s.window.get(), Qt::Key_F2);
    QLineEdit *title = nullptr;
    for (QLineEdit *line : s.window->findChildren<QLineEdit *>())
        if (line->isVisible() && line->accessibleName() == QLatin1String("New title"))
            title = line;
    compose(title, "title", undisturbed);
    chat->list()->rename(chat->session()->conversationId());
    for (QLineEdit *line : chat->list()->findChildren<QLineEdit *>())
        if (line->isVisible() && line->accessibleName() == QLatin1String("New title"))
            title = line;
    compose(title, "title in the list", undisturbed);

    QTest::keyClick(s.window.get(), Qt::Key_K, Qt::ControlModifier);
    compose(s.window->palettePopover()->field(), "palette", [&] { return undisturbed() && s.window->palettePopover()->isVisible(); });
    s.window->palettePopover()->close();

    s.window->showPanel(QStringLiteral("code"));
    auto *code = qobject_cast<CodePanel *>(s.window->panel(QStringLiteral("code")));
    compose(code->taskCard()->instructionField(), "what to build", still("code"));
    compose(code->editorCard()->editor(), "code", still("code"));
    code->editorCard()->findBar()->open();
    compose(code->editorCard()->findBar()->field(), "find in the code", still("code"));

    s.window->showPanel(QStringLiteral("translate"));
    auto *translate = qobject_cast<TranslatePanel *>(s.window->panel(QStringLiteral("translate")));
    compose(&translate->table().source(), "text to translate", still("translate"));

    app::KeptPages kept(s.paths.keptPages());
    SettingsDialog settings(s.service, s.settings, s.appearance, kept);
    settings.show();
    QVERIFY(QTest::qWaitForWindowActive(&settings));
    const auto open = [](const QWidget &dialog) { return [&dialog] { return dialog.isVisible(); }; };
    compose(settings.search(), "search of settings", open(settings));
    settings.showPage(SettingPage::Chat);
    compose(settings.findChild<EditField *>()->edit(), "system prompt", open(settings));
    settings.close();

    InstructionsDialog instructions(s.appearance, {{QStringLiteral("All chats"), {}, {}}}, 0, [](const QString &text) { return text; });
    instructions.setVisible(true); // show(int) is another one
    QVERIFY(QTest::qWaitForWindowActive(&instructions));
    compose(instructions.edit(), "instructions", open(instructions));
    instructions.close();

    KeysDialog keys(s.appearance, QStringLiteral("Keys"), {s.window.get()}, ActionPlace::Chat);
    keys.show();
    QVERIFY(QTest::qWaitForWindowActive(&keys));
    compose(keys.field(), "search of keys", open(keys));
}

void TestInputMethods::enterDoesNotSendWhileItComposes()
{
    Setup s;
    QVERIFY(s.converse());
    s.script->addAnswer("Again.");
    PlainEdit *edit = s.chat()->composer()->edit();
    edit->setFocus();
    QTest::keyClicks(edit, QStringLiteral("say "));
    send(edit, QStringLiteral("ni hao"));
    QTest::keyClick(edit, Qt::Key_Return);
    QCOMPARE(s.script->requests().size(), size_t(1));
    send(edit, {}, QStringLiteral("你好"));
    QCOMPARE(edit->text(), QStringLiteral("say 你好"));
    QTest::keyClick(edit, Qt::Key_Return);
    QTRY_COMPARE(s.script->requests().size(), size_t(2));
    QTRY_COMPARE(s.chat()->session()->messages()->rowCount(), 4);
    QCOMPARE(s.chat()->session()->messages()->message(2).content, QStringLiteral("say 你好"));
}

void TestInputMethods::whatIsComposedEndsWithTheFocus()
{
    Setup s;
    s.beWide();
    PlainEdit *edit = s.chat()->composer()->edit();
    edit->setFocus();
    send(edit, QStringLiteral("ni"));
    QVERIFY(isComposing(edit));
    s.chat()->list()->search()->setFocus();
    QVERIFY(!isComposing(edit));
    QTest::keyClick(s.chat()->list()->search(), Qt::Key_K, Qt::ControlModifier);
    QVERIFY(s.window->palettePopover()->isVisible());
}

QTEST_MAIN(TestInputMethods)
#include "tst_input_methods.moc"
