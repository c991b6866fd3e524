// Rows of things that can be done: an icon, a name with its matched letters marked, keys or a word at the right. The palette and the page
// of keys show it.
#pragma once

#include "ui/appearance.h"

#include <QAbstractListModel>
#include <QListView>

#include <functional>

namespace ui {

struct Command
{
    enum class Kind { Action, Chat, Model, Setting, Key };
    Kind kind = Kind::Action;
    QString icon, title;
    QString keys;   // at the right, as caps
    QString detail; // at the right, where there are no keys: what it is
    QString more;   // a second line: the words that were found
    std::function<void()> run; // none: only told
    QString others = QString(); // words it is found by, too
};

// What matches a few letters, best first; all, in their order, where there are none.
class CommandListModel : public QAbstractListModel
{
    Q_OBJECT

public:
    enum Roles { MatchedRole = Qt::UserRole + 1 }; // QVector<int>: letters of the title
    using QAbstractListModel::QAbstractListModel;

    void setCommands(QVector<Command> commands);
    void find(const QString &letters);
    void addFound(QVector<Command> commands); // below what matches; gone with the next find()
    int rowCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    const Command &command(int row) const { return m_shown[row].command; }

private:
    struct Shown
    {
        Command command;
        QVector<int> matched;
    };
    QVector<Command> m_all;
    QVector<Shown> m_shown;
    QString m_letters;
};

class CommandList : public QListView
{
    Q_OBJECT

public:
    CommandList(const Appearance &appearance, CommandListModel &model, QWidget *parent = nullptr);
    void step(int rows); // of the current row, round the ends
    int contentHeight(int most) const;

private:
    class Delegate;
    const Appearance &m_appearance;
};

// A word for what it is: "Chat"; for readers of the screen also of those that show keys.
QString commandKindName(Command::Kind kind);

} // namespace ui
