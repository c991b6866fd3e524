// What there is to do when the context is full: cards to choose from, none of which happens by itself.
#pragma once

#include "ui/widgets/buttons.h"

#include <QWidget>


namespace ui {

class ContextChoices : public QWidget
{
    Q_OBJECT

public:
    enum class Choice { Summarise, LeaveOut, Larger, NewChat };
    struct Card
    {
        Choice choice;
        QString icon, title, words;
    };

    explicit ContextChoices(const Appearance &appearance, QWidget *parent = nullptr);
    // Alt+1 .. choose them while they are seen. The same cards again change nothing.
    void setCards(const QVector<Card> &cards);
    int count() const { return int(m_buttons.size()); }
    QAbstractButton *button(Choice choice) const; // null: not offered

Q_SIGNALS:
    void chosen(ui::ContextChoices::Choice choice);

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    void place();

    const Appearance &m_appearance;
    QVector<Card> m_cards;
    QVector<QAbstractButton *> m_buttons;
};

} // namespace ui
