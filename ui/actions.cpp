#include "ui/actions.h"

#include "ui/appearance.h"

#include <QCoreApplication>
#include <QKeySequence>
#include <QMenu>
#include <QWidget>

#include <algorithm>
#include <cstring>

namespace ui {

namespace {

using enum ActionPlace;

constexpr const char *kContext = "Actions";

const ActionInfo &infoOf(const char *id)
{
    const QVector<ActionInfo> &all = allActions();
    const auto found = std::find_if(all.begin(), all.end(), [id](const ActionInfo &info) { return std::strcmp(info.id, id) == 0; });
    Q_ASSERT_X(found != all.end(), "actions", id);
    return *found;
}

} // namespace

const QVector<ActionInfo> &allActions()
{
    // One key does one thing on a screen: those of the window are nobody else's, panels may share theirs.
    static const QVector<ActionInfo> all = {
        {"window.palette", QT_TRANSLATE_NOOP("Actions", "Command palette"), Window, "search", "Ctrl+K"},
        {"window.keys", QT_TRANSLATE_NOOP("Actions", "Keys of this screen"), Window, "keyboard", "F1"},
        {"window.chat", QT_TRANSLATE_NOOP("Actions", "Go to Chat"), Window, "chat", "Ctrl+1"},
        {"window.code", QT_TRANSLATE_NOOP("Actions", "Go to Code"), Window, "code", "Ctrl+2"},
        {"window.translate", QT_TRANSLATE_NOOP("Actions", "Go to Translate"), Window, "translate", "Ctrl+3"},
        {"window.new", QT_TRANSLATE_NOOP("Actions", "New chat, task or text"), Window, "new-chat", "Ctrl+N"},
        {"window.searchChats", QT_TRANSLATE_NOOP("Actions", "Search all chats"), Window, "search", "Ctrl+Shift+F"},
        {"window.model", QT_TRANSLATE_NOOP("Actions", "Switch the model"), Window, "model", "Ctrl+M"},
        {"window.openModel", QT_TRANSLATE_NOOP("Actions", "Open model file…"), Window, "folder", "Ctrl+Shift+M"},
        {"window.unload", QT_TRANSLATE_NOOP("Actions", "Unload the model"), Window, "power", "Ctrl+Alt+M"},
        {"window.speed", QT_TRANSLATE_NOOP("Actions", "Why this speed"), Window, "gauge", "Ctrl+Shift+W"},
        {"window.settings", QT_TRANSLATE_NOOP("Actions", "Settings"), Window, "settings", "Ctrl+,"},
        {"window.sidebar", QT_TRANSLATE_NOOP("Actions", "Show or hide the sidebar"), Window, "sidebar", "Ctrl+B"},
        {"window.larger", QT_TRANSLATE_NOOP("Actions", "Larger text"), Window, "plus", "Ctrl++; Ctrl+="},
        {"window.smaller", QT_TRANSLATE_NOOP("Actions", "Smaller text"), Window, "minus", "Ctrl+-"},
        {"window.usual", QT_TRANSLATE_NOOP("Actions", "Text of the usual size"), Window, "eye", "Ctrl+0"},
        {"window.nextRegion", QT_TRANSLATE_NOOP("Actions", "Next region of the window"), Window, "chevron-right", "F6"},
        {"window.previousRegion", QT_TRANSLATE_NOOP("Actions", "Previous region of the window"), Window, "chevron-left", "Shift+F6"},
        {"window.stop", QT_TRANSLATE_NOOP("Actions", "Close what is open, else stop"), Window, "stop", "Esc"},
        {"window.quit", QT_TRANSLATE_NOOP("Actions", "Quit Baleen"), Window, "close", "Ctrl+Q"},

        {"chat.retry", QT_TRANSLATE_NOOP("Actions", "Retry the answer"), Chat, "retry", "Ctrl+R"},
        {"chat.continue", QT_TRANSLATE_NOOP("Actions", "Continue the answer"), Chat, "continue", "Ctrl+Shift+Enter; Ctrl+Shift+Return"},
        {"chat.edit", QT_TRANSLATE_NOOP("Actions", "Edit the message"), Chat, "edit", "Alt+E"},
        {"chat.previousVersion", QT_TRANSLATE_NOOP("Actions", "Previous version"), Chat, "chevron-left", "Alt+Left"},
        {"chat.nextVersion", QT_TRANSLATE_NOOP("Actions", "Next version"), Chat, "chevron-right", "Alt+Right"},
        {"chat.branch", QT_TRANSLATE_NOOP("Actions", "Branch from this answer"), Chat, "branch", "Ctrl+Shift+B"},
        {"chat.previousMessage", QT_TRANSLATE_NOOP("Actions", "Go to the message before"), Chat, "chevron-up", "Ctrl+Up"},
        {"chat.nextMessage", QT_TRANSLATE_NOOP("Actions", "Go to the message after"), Chat, "chevron-down", "Ctrl+Down"},
        {"chat.copyAnswer", QT_TRANSLATE_NOOP("Actions", "Copy the answer"), Chat, "copy", "Ctrl+Shift+C"},
        {"chat.saveCode", QT_TRANSLATE_NOOP("Actions", "Save the last code block"), Chat, "save", "Ctrl+Shift+S"},
        {"chat.lens", QT_TRANSLATE_NOOP("Actions", "Token lens"), Chat, "lens", "Ctrl+L"},
        {"chat.compare", QT_TRANSLATE_NOOP("Actions", "Compare answers…"), Chat, "compare", "Alt+C"},
        {"chat.receipt", QT_TRANSLATE_NOOP("Actions", "Receipt and replay…"), Chat, "receipt", "Ctrl+Shift+R"},
        {"chat.think", QT_TRANSLATE_NOOP("Actions", "Think on or off"), Chat, "think", "Ctrl+Shift+T"},
        {"chat.tree", QT_TRANSLATE_NOOP("Actions", "Tree of this chat"), Chat, "tree", "Ctrl+T"},
        {"chat.inspector", QT_TRANSLATE_NOOP("Actions", "Context: what the model sees"), Chat, "context-map", "Ctrl+I"},
        {"chat.instructions", QT_TRANSLATE_NOOP("Actions", "Instructions for the model…"), Chat, "explain", "Ctrl+Shift+I"},
        {"chat.attach", QT_TRANSLATE_NOOP("Actions", "Attach files…"), Chat, "attach", "Ctrl+O"},
        {"chat.find", QT_TRANSLATE_NOOP("Actions", "Find in this chat"), Chat, "search", "Ctrl+F"},
        {"chat.findNext", QT_TRANSLATE_NOOP("Actions", "Next hit"), Chat, "chevron-down", "F3"},
        {"chat.findPrevious", QT_TRANSLATE_NOOP("Actions", "Previous hit"), Chat, "chevron-up", "Shift+F3"},
        {"chat.pin", QT_TRANSLATE_NOOP("Actions", "Pin or unpin this chat"), Chat, "pin", "Ctrl+P"},
        {"chat.rename", QT_TRANSLATE_NOOP("Actions", "Rename the chat"), Chat, "edit", "F2"},
        {"chat.duplicate", QT_TRANSLATE_NOOP("Actions", "Duplicate the chat"), Chat, "copy", "Ctrl+Shift+D"},
        {"chat.archive", QT_TRANSLATE_NOOP("Actions", "Archive the chat, or bring it back"), Chat, "save", "Ctrl+Shift+A"},
        {"chat.delete", QT_TRANSLATE_NOOP("Actions", "Delete the chat"), Chat, "trash", "Ctrl+Shift+Del"},
        {"chat.undoDelete", QT_TRANSLATE_NOOP("Actions", "Bring back the chat deleted last"), Chat, "undo", "Ctrl+Z"},
        {"chat.export", QT_TRANSLATE_NOOP("Actions", "Export the chat…"), Chat, "export", "Ctrl+S"},
        {"chat.copyMarkdown", QT_TRANSLATE_NOOP("Actions", "Copy the chat as Markdown"), Chat, "copy", "Ctrl+Alt+C"},
        {"chat.menu", QT_TRANSLATE_NOOP("Actions", "More for this chat"), Chat, "more", "Alt+M"},
        {"chat.import", QT_TRANSLATE_NOOP("Actions", "Import chats…"), Chat, "import", "Ctrl+Alt+I"},
        {"chat.exportAll", QT_TRANSLATE_NOOP("Actions", "Export all chats…"), Chat, "export", "Ctrl+Alt+E"},
        {"chat.archived", QT_TRANSLATE_NOOP("Actions", "Show or hide archived chats"), Chat, "list", "Ctrl+Alt+H"},
        {"chat.deleted", QT_TRANSLATE_NOOP("Actions", "Deleted chats…"), Chat, "trash", "Ctrl+Alt+B"},

        {"code.run", QT_TRANSLATE_NOOP("Actions", "Run the verb"), Code, "run", "Ctrl+Enter; Ctrl+Return"},
        {"code.open", QT_TRANSLATE_NOOP("Actions", "Open file…"), Code, "folder", "Ctrl+O"},
        {"code.save", QT_TRANSLATE_NOOP("Actions", "Save the code"), Code, "save", "Ctrl+S"},
        {"code.saveAs", QT_TRANSLATE_NOOP("Actions", "Save the code as…"), Code, "save", "Ctrl+Shift+S"},
        {"code.copy", QT_TRANSLATE_NOOP("Actions", "Copy code"), Code, "copy", "Ctrl+Shift+C"},
        {"code.former", QT_TRANSLATE_NOOP("Actions", "Show the code, or its source before the last answer"), Code, "clock", "Ctrl+T"},
        {"code.useFormer", QT_TRANSLATE_NOOP("Actions", "Use that source again"), Code, "undo", "Ctrl+Alt+U"},
        {"code.find", QT_TRANSLATE_NOOP("Actions", "Find in this text"), Code, "search", "Ctrl+F"},
        {"code.findNext", QT_TRANSLATE_NOOP("Actions", "Next hit"), Code, "chevron-down", "F3"},
        {"code.findPrevious", QT_TRANSLATE_NOOP("Actions", "Previous hit"), Code, "chevron-up", "Shift+F3"},
        {"code.notes", QT_TRANSLATE_NOOP("Actions", "Show or hide the notes of the model"), Code, "terminal", "Ctrl+J"},

        {"translate.run", QT_TRANSLATE_NOOP("Actions", "Translate now"), Translate, "translate", "Ctrl+Enter; Ctrl+Return"},
        {"translate.again", QT_TRANSLATE_NOOP("Actions", "Translate all again"), Translate, "retry", "Ctrl+R"},
        {"translate.swap", QT_TRANSLATE_NOOP("Actions", "Swap the languages"), Translate, "swap", "Ctrl+D"},
        {"translate.from", QT_TRANSLATE_NOOP("Actions", "Language of the text…"), Translate, "globe", "Alt+F"},
        {"translate.to", QT_TRANSLATE_NOOP("Actions", "Language to translate to…"), Translate, "globe", "Alt+T"},
        {"translate.next", QT_TRANSLATE_NOOP("Actions", "Next doubt"), Translate, "doubt", "Alt+Down"},
        {"translate.previous", QT_TRANSLATE_NOOP("Actions", "Previous doubt"), Translate, "doubt", "Alt+Up"},
        {"translate.open", QT_TRANSLATE_NOOP("Actions", "Open a text file…"), Translate, "folder", "Ctrl+O"},
        {"translate.save", QT_TRANSLATE_NOOP("Actions", "Save the translation…"), Translate, "export", "Ctrl+S"},
        {"translate.copy", QT_TRANSLATE_NOOP("Actions", "Copy the translation"), Translate, "copy", "Ctrl+Shift+C"},
        {"translate.copySource", QT_TRANSLATE_NOOP("Actions", "Copy the source text"), Translate, "copy", "Ctrl+Alt+C"},
    };
    return all;
}

const QVector<FieldKeys> &allFieldKeys()
{
    static const QVector<FieldKeys> all = {
        {QT_TRANSLATE_NOOP("Actions", "Alt+1, Alt+2, Alt+3"), QT_TRANSLATE_NOOP("Actions", "A choice of a notice"), Window},
        {QT_TRANSLATE_NOOP("Actions", "J, K or arrows"), QT_TRANSLATE_NOOP("Actions", "Move in a list"), Window},
        {QT_TRANSLATE_NOOP("Actions", "Ctrl+Z, Ctrl+Shift+Z"), QT_TRANSLATE_NOOP("Actions", "Undo and redo in a text field"), Window},
        {QT_TRANSLATE_NOOP("Actions", "Enter"), QT_TRANSLATE_NOOP("Actions", "Send the message"), Chat},
        {QT_TRANSLATE_NOOP("Actions", "Shift+Enter"), QT_TRANSLATE_NOOP("Actions", "New line in the message"), Chat},
        {QT_TRANSLATE_NOOP("Actions", "Up"), QT_TRANSLATE_NOOP("Actions", "In an empty message: edit the last one"), Chat},
        {QT_TRANSLATE_NOOP("Actions", "Enter, Menu"), QT_TRANSLATE_NOOP("Actions", "On a message: what can be done with it"), Chat},
        {QT_TRANSLATE_NOOP("Actions", "Del"), QT_TRANSLATE_NOOP("Actions", "In the list: delete the chat. On a part of the context: leave it out"), Chat},
        {QT_TRANSLATE_NOOP("Actions", "Tab, Shift+Tab"), QT_TRANSLATE_NOOP("Actions", "In the code: indent. F6 leaves the code"), Code},
    };
    return all;
}

QString fieldKeysShown(const FieldKeys &keys)
{
    return QCoreApplication::translate(kContext, keys.keys);
}

QString fieldKeysDoes(const FieldKeys &keys)
{
    return QCoreApplication::translate(kContext, keys.does);
}

QList<QKeySequence> actionSequences(const ActionInfo &info)
{
    return QKeySequence::listFromString(QString::fromLatin1(info.keys), QKeySequence::PortableText);
}

QString actionName(const char *id)
{
    return QCoreApplication::translate(kContext, infoOf(id).name);
}

QKeySequence actionShortcut(const char *id)
{
    return actionSequences(infoOf(id)).value(0);
}

QString actionKeys(const char *id)
{
    return actionShortcut(id).toString(QKeySequence::NativeText);
}

QString actionTip(const char *id)
{
    return QStringLiteral("%1 (%2)").arg(actionName(id), actionKeys(id));
}

BoundAction::BoundAction(const ActionInfo &info, QWidget *owner, std::function<void()> act, Possible possible)
    : QAction(QCoreApplication::translate(kContext, info.name), owner), m_info(info), m_possible(std::move(possible))
{
    setObjectName(QString::fromLatin1(info.id));
    setShortcuts(actionSequences(info));
    setShortcutContext(Qt::WindowShortcut);
    connect(this, &QAction::triggered, owner, [this, act = std::move(act)] {
        if (isPossible())
            act();
    });
}

BoundAction *bindAction(QWidget *owner, const char *id, std::function<void()> act, BoundAction::Possible possible)
{
    auto *action = new BoundAction(infoOf(id), owner, std::move(act), std::move(possible));
    owner->addAction(action);
    return action;
}

QVector<BoundAction *> boundActions(const QWidget *owner)
{
    QVector<BoundAction *> all;
    for (QAction *each : owner->actions())
        if (auto *action = qobject_cast<BoundAction *>(each))
            all << action;
    return all;
}

BoundAction *boundAction(const QWidget *owner, const char *id)
{
    for (BoundAction *action : boundActions(owner))
        if (std::strcmp(action->info().id, id) == 0)
            return action;
    return nullptr;
}

QAction *addToMenu(QMenu &menu, const Appearance &appearance, const QWidget *owner, const char *id)
{
    BoundAction *action = boundAction(owner, id);
    Q_ASSERT_X(action, "actions", id);
    // A copy: greying the action itself would take its keys from it.
    QAction *entry = menu.addAction(appearance.icon(QString::fromLatin1(action->info().icon)), action->text(), action, &QAction::trigger);
    entry->setShortcut(action->shortcut());
    entry->setEnabled(action->isPossible());
    return entry;
}

} // namespace ui
