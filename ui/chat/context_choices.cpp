#include "ui/chat/context_choices.h"

#include <QPainter>

#include <algorithm>

namespace ui {

namespace {

constexpr int kCardHeight = 84, kGap = 10, kNarrowest = 160;

class CardButton : public PaintedButton
{
public:
    CardButton(const Appearance &appearance, const ContextChoices::Card &card, int number, QWidget *parent)
        : PaintedButton(appearance, parent), m_card(card), m_keys(ContextChoices::tr("Alt %1").arg(number))
    {
        setAccessibleName(card.title);
        setAccessibleDescription(card.words);
        setCursor(Qt::PointingHandCursor);
        setFocusPolicy(Qt::StrongFocus);
    }

protected:
    void paintEvent(QPaintEvent *) override
    {
        const Theme &t = theme();
        QPainter painter(this);
        paintGround(painter, isDown() ? t.pressed : isHovered() ? t.raised : t.surface, isHovered() ? t.control : t.borderStrong, 10);
        paintIcon(painter, m_card.icon, QRect(14, 12, 16, 16), t.accentText);
        painter.setFont(m_appearance.font(FontRole::Caption));
        painter.setPen(t.text3);
        painter.drawText(QRect(0, 10, width() - 12, 20), Qt::AlignRight | Qt::AlignVCenter, m_keys);
        const int keys = painter.fontMetrics().horizontalAdvance(m_keys) + 20;
        painter.setFont(m_appearance.font(FontRole::Ui));
        painter.setPen(t.text);
        painter.drawText(QRect(38, 10, width() - 38 - keys, 20), Qt::AlignVCenter | Qt::TextSingleLine,
                         painter.fontMetrics().elidedText(m_card.title, Qt::ElideRight, width() - 38 - keys));
        painter.setFont(m_appearance.font(FontRole::Small));
        painter.setPen(t.text2);
        painter.drawText(QRect(14, 36, width() - 24, height() - 40), Qt::AlignLeft | Qt::AlignTop | Qt::TextWordWrap, m_card.words);
    }

private:
    ContextChoices::Card m_card;
    QString m_keys;
};

} // namespace

ContextChoices::ContextChoices(const Appearance &appearance, QWidget *parent) : QWidget(parent), m_appearance(appearance) {}

void ContextChoices::setCards(const QVector<Card> &cards)
{
    const bool same = std::equal(cards.begin(), cards.end(), m_cards.begin(), m_cards.end(), [](const Card &a, const Card &b) {
        return a.choice == b.choice && a.title == b.title && a.words == b.words;
    });
    if (same && m_buttons.size() == cards.size())
        return;
    qDeleteAll(m_buttons);
    m_buttons.clear();
    m_cards = cards;
    for (int i = 0; i < cards.size(); ++i) {
        auto *button = new CardButton(m_appearance, cards[i], i + 1, this);
        button->setShortcut(QKeySequence(Qt::ALT | Qt::Key(Qt::Key_1 + i)));
        // Through the queue: what is chosen may replace the cards.
        connect(button, &QAbstractButton::clicked, this, [this, choice = cards[i].choice] { Q_EMIT chosen(choice); }, Qt::QueuedConnection);
        button->show();
        m_buttons << button;
    }
    place();
}

QAbstractButton *ContextChoices::button(Choice choice) const
{
    for (int i = 0; i < m_cards.size(); ++i)
        if (m_cards[i].choice == choice)
            return m_buttons[i];
    return nullptr;
}

void ContextChoices::place()
{
    const int n = int(m_buttons.size());
    if (n == 0) {
        setFixedHeight(0);
        return;
    }
    const int columns = std::clamp((width() + kGap) / (kNarrowest + kGap), 1, n);
    const int rows = (n + columns - 1) / columns;
    const int w = (width() - (columns - 1) * kGap) / columns;
    for (int i = 0; i < n; ++i)
        m_buttons[i]->setGeometry((i % columns) * (w + kGap), kGap + (i / columns) * (kCardHeight + kGap), w, kCardHeight);
    setFixedHeight(rows * (kCardHeight + kGap));
}

void ContextChoices::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    place();
}

} // namespace ui
