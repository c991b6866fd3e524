// What was written while an answer is under way: sent one after the other when it ends; edited, dropped or
// reordered until then.
#pragma once

#include "ui/widgets/buttons.h"

#include <QStringList>
#include <QWidget>

class QVBoxLayout;

namespace ui {

class QueueBar : public QWidget
{
    Q_OBJECT

public:
    explicit QueueBar(const Appearance &appearance, QWidget *parent = nullptr);
    void setMessages(const QStringList &messages);

Q_SIGNALS:
    void editRequested(int index);
    void dropRequested(int index);
    void moveUpRequested(int index);

private:
    class Row;

    const Appearance &m_appearance;
    QVBoxLayout *m_rows;
};

} // namespace ui
