// Every action of the program in one table: its name, where it holds and its keys. The window and the panels bind to it what they do;
// menus, tooltips, the palette and the page of keys read it.
#pragma once

#include <QAction>
#include <QString>
#include <QVector>

#include <functional>

class QMenu;

namespace ui {

class Appearance;

enum class ActionPlace { Window, Chat, Code, Translate };

struct ActionInfo
{
    const char *id;   // "chat.retry"
    const char *name; // in English; actionName() translates
    ActionPlace place;
    const char *icon; // of resources/icons
    const char *keys; // portable, "; " between several; the first is the one that is shown
};

// In the order of the page of keys.
const QVector<ActionInfo> &allActions();
QString actionName(const char *id);
QString actionKeys(const char *id); // the first ones, in words of the desktop
QKeySequence actionShortcut(const char *id);
QString actionTip(const char *id);  // "Find in this chat (Ctrl+F)"
QList<QKeySequence> actionSequences(const ActionInfo &info);

// Keys that belong to the field or list that has the focus and are no actions of their own.
struct FieldKeys
{
    const char *keys; // as they are shown
    const char *does;
    ActionPlace place;
};
const QVector<FieldKeys> &allFieldKeys();
QString fieldKeysShown(const FieldKeys &keys);
QString fieldKeysDoes(const FieldKeys &keys);

// An action as its owner carries it out. Its keys work while the owner is seen, wherever in the window the focus is.
class BoundAction : public QAction
{
    Q_OBJECT

public:
    using Possible = std::function<bool()>;
    BoundAction(const ActionInfo &info, QWidget *owner, std::function<void()> act, Possible possible);
    const ActionInfo &info() const { return m_info; }
    bool isPossible() const { return !m_possible || m_possible(); } // has something to work on now

private:
    const ActionInfo &m_info;
    Possible m_possible;
};

// `id` is of the table. Without `possible` it always is. The owner's child.
BoundAction *bindAction(QWidget *owner, const char *id, std::function<void()> act, BoundAction::Possible possible = {});
QVector<BoundAction *> boundActions(const QWidget *owner);
BoundAction *boundAction(const QWidget *owner, const char *id); // null: the owner has none
// With icon and keys, greyed where it is not possible now.
QAction *addToMenu(QMenu &menu, const Appearance &appearance, const QWidget *owner, const char *id);

} // namespace ui
