#include "ui/chat/queue_bar.h"

#include <QHBoxLayout>
#include <QPainter>
#include <QVBoxLayout>

namespace ui {

class QueueBar::Row : public QWidget
{
public:
    Row(const Appearance &appearance, const QString &text, QueueBar *bar, int index)
        : QWidget(bar), m_appearance(appearance), m_text(text.simplified())
    {
        setFixedHeight(32);
        setAccessibleName(QueueBar::tr("Waiting message: %1").arg(m_text));
        auto *line = new QHBoxLayout(this);
        line->setContentsMargins(0, 0, 4, 0);
        line->setSpacing(2);
        line->addStretch(1);
        const auto button = [&](const char *icon, const QString &name, void (QueueBar::*signal)(int)) {
            auto *b = new IconButton(appearance, QLatin1String(icon), name, this, 24);
            connect(b, &IconButton::clicked, bar, [bar, signal, index] { (bar->*signal)(index); });
            line->addWidget(b);
        };
        if (index > 0)
            button("chevron-up", QueueBar::tr("Send this message earlier"), &QueueBar::moveUpRequested);
        button("edit", QueueBar::tr("Take the message back into the composer"), &QueueBar::editRequested);
        button("close", QueueBar::tr("Drop the message"), &QueueBar::dropRequested);
    }

protected:
    void paintEvent(QPaintEvent *) override
    {
        const Theme &theme = m_appearance.theme();
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(QPen(theme.border, 1));
        painter.setBrush(theme.raised);
        painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 7.5, 7.5);
        painter.drawPixmap(QPoint(10, 8), m_appearance.pixmap(QStringLiteral("clock"), 16, theme.text3,
                                                              devicePixelRatioF()));
        painter.setFont(m_appearance.font(FontRole::Ui));
        painter.setPen(theme.text2);
        const QRect words(34, 0, width() - 34 - 92, height());
        painter.drawText(words, Qt::AlignVCenter | Qt::TextSingleLine,
                         painter.fontMetrics().elidedText(m_text, Qt::ElideRight, words.width()));
    }

private:
    const Appearance &m_appearance;
    QString m_text;
};

QueueBar::QueueBar(const Appearance &appearance, QWidget *parent)
    : QWidget(parent), m_appearance(appearance), m_rows(new QVBoxLayout(this))
{
    m_rows->setContentsMargins(0, 0, 0, 6);
    m_rows->setSpacing(4);
    hide();
}

void QueueBar::setMessages(const QStringList &messages)
{
    while (QLayoutItem *item = m_rows->takeAt(0)) {
        if (item->widget()) {
            item->widget()->hide();
            item->widget()->deleteLater();
        }
        delete item;
    }
    for (int i = 0; i < messages.size(); ++i)
        m_rows->addWidget(new Row(m_appearance, messages[i], this, i));
    setVisible(!messages.isEmpty());
}

} // namespace ui
