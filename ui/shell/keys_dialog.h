// F1: the keys of the screen one looks at. Enter on an action carries it out.
#pragma once

#include "ui/actions.h"
#include "ui/shell/command_list.h"

#include <QDialog>
#include <QLineEdit>

namespace ui {

class KeysDialog : public QDialog
{
    Q_OBJECT

public:
    // `owners` carry the actions: the panel first, then the window. What is chosen is carried out after the dialog has closed.
    KeysDialog(const Appearance &appearance, const QString &title, const QVector<const QWidget *> &owners, ActionPlace place,
               QWidget *parent = nullptr);
    QLineEdit *field() const { return m_field; }
    CommandList *list() const { return m_list; }
    const CommandListModel &model() const { return m_model; }

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void run(const QModelIndex &index);

    CommandListModel m_model;
    QLineEdit *m_field;
    CommandList *m_list;
};

} // namespace ui
