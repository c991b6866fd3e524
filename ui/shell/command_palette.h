// The palette of Ctrl+K: actions, chats, models and settings in one list, found by a few letters of their names.
#pragma once

#include "ui/shell/command_list.h"

#include <QLineEdit>
#include <QPointer>
#include <QTimer>
#include <QWidget>

class QLabel;

namespace ui {

class CommandPalette : public QWidget
{
    Q_OBJECT

public:
    static constexpr int kWidth = 560;

    // A child of the window, hidden at first; it lies in its upper third.
    CommandPalette(const Appearance &appearance, QWidget *window);

    void open(QVector<Command> commands);
    void setCommands(QVector<Command> commands); // others while it is open
    // An answer to nothingMatches(): chats in which the words were said. Ignored when something else is typed by then.
    void addFound(const QString &typed, QVector<Command> commands);
    void close(); // the focus goes back to where it was

    QLineEdit *field() const { return m_field; }
    CommandList *list() const { return m_list; }
    const CommandListModel &model() const { return m_model; }

Q_SIGNALS:
    void nothingMatches(const QString &typed); // a moment after the last key

protected:
    void paintEvent(QPaintEvent *event) override;
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void find();
    void run(const QModelIndex &index);
    void tellCurrent();
    void place();

    const Appearance &m_appearance;
    CommandListModel m_model;
    QLineEdit *m_field;
    CommandList *m_list;
    QLabel *m_empty;
    QPointer<QWidget> m_before; // had the focus
    QTimer m_askTimer;
};

} // namespace ui
