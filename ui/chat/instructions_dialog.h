// What the model is told before every conversation: for all chats, one model, one folder or one chat.
#pragma once

#include "app/chat/chat_choices.h"
#include "ui/widgets/plain_edit.h"
#include "ui/widgets/segmented.h"

#include <QDialog>
#include <QVector>

class QLabel;

namespace ui {

class InstructionsDialog : public QDialog
{
    Q_OBJECT

public:
    struct Level
    {
        QString name;         // "All chats"
        QString of;           // the model's or the folder's name, or empty
        QString instructions; // empty: none of its own
    };

    // From the widest to the nearest; `shown` is the one to begin with. `preview` gives a text with its variables filled in.
    InstructionsDialog(const Appearance &appearance, const QVector<Level> &levels, int shown, std::function<QString(const QString &)> preview,
                       QWidget *parent = nullptr);
    // As they are to be kept, once it is accepted.
    const QVector<Level> &levels() const { return m_levels; }
    PlainEdit *edit() const { return m_edit; }
    void show(int level);

private:
    void keep();
    void tell();

    const Appearance &m_appearance;
    QVector<Level> m_levels;
    int m_level = 0;
    std::function<QString(const QString &)> m_preview;
    Segmented *m_choice;
    PlainEdit *m_edit;
    QLabel *m_of, *m_told;
};

} // namespace ui
