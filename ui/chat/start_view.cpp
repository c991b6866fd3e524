#include "ui/chat/start_view.h"

#include <QPainter>

#include <algorithm>

namespace ui {

namespace {
constexpr int kStartHeight = 70;
constexpr int kHead = 34 + 4 + 24 + 24; // title, sentence and the space below
} // namespace

// One start: icon, what it does, what it wants.
class StartView::Start : public PaintedButton
{
public:
    Start(const Appearance &appearance, const QString &icon, const QString &title, const QString &hint,
          QWidget *parent)
        : PaintedButton(appearance, parent), m_icon(icon), m_title(title), m_hint(hint)
    {
        setAccessibleName(title);
        setAccessibleDescription(hint);
        setCursor(Qt::PointingHandCursor);
    }

protected:
    void paintEvent(QPaintEvent *) override
    {
        const Theme &t = theme();
        QPainter painter(this);
        paintGround(painter,
                    isDown()      ? t.pressed
                    : isHovered() ? t.raised
                                  : t.surface,
                    isHovered() ? t.control : t.borderStrong, 10);
        paintIcon(painter, m_icon, QRect(17, 15, 20, 20), t.accentText);
        painter.setFont(m_appearance.font(FontRole::Ui));
        painter.setPen(t.text);
        const int room = width() - 49 - 12;
        painter.drawText(QRect(49, 15, room, 20), Qt::AlignVCenter,
                         painter.fontMetrics().elidedText(m_title, Qt::ElideRight, room));
        painter.setFont(m_appearance.font(FontRole::Small));
        painter.setPen(t.text2);
        painter.drawText(QRect(49, 37, room, 18), Qt::AlignVCenter,
                         painter.fontMetrics().elidedText(m_hint, Qt::ElideRight, room));
    }

private:
    QString m_icon, m_title, m_hint;
};

StartView::StartView(const Appearance &appearance, QWidget *parent)
    : QWidget(parent), m_appearance(appearance)
{
    const struct
    {
        QString icon, title, hint, before, after;
    } starts[] = {
        {QStringLiteral("explain"), tr("Explain a piece of code"), tr("Paste it, or drop a file here"),
         tr("Explain step by step what this code does:\n\n```\n"), QStringLiteral("\n```\n")},
        {QStringLiteral("edit"), QStringLiteral("把这段话改得更通顺"), QStringLiteral("粘贴原文，保留原意"),
         QStringLiteral("把下面这段话改得更通顺，保留原意：\n\n"), QString()},
        {QStringLiteral("list"), tr("Summarise a document"), tr("Paste the text, or drop a text file here"),
         tr("Summarise this text in five points:\n\n"), QString()},
        {QStringLiteral("think"), QStringLiteral("一步一步解一道题"), QStringLiteral("公式可以用 LaTeX 书写"),
         QStringLiteral("请一步一步解这道题，最后写出答案：\n\n"), QString()},
    };
    for (const auto &one : starts) {
        auto *start = new Start(appearance, one.icon, one.title, one.hint, this);
        connect(start, &Start::clicked, this, [this, before = one.before, after = one.after] {
            Q_EMIT chosen(before + after, int(before.size()));
        });
        m_starts.append(start);
    }
    connect(&appearance, &Appearance::changed, this, [this] { update(); });
}

QWidget *StartView::first() const
{
    return m_starts.value(0);
}

QRect StartView::column() const
{
    const int w = std::min(720, width() - 48);
    const int rows = w >= 480 ? 2 : 4;
    const int h = kHead + rows * kStartHeight + (rows - 1) * 12;
    return QRect((width() - w) / 2, std::max(16, (height() - h - 24) / 2), w, h);
}

void StartView::resizeEvent(QResizeEvent *)
{
    const QRect c = column();
    const int columns = c.width() >= 480 ? 2 : 1;
    const int w = (c.width() - (columns - 1) * 12) / columns;
    for (int i = 0; i < m_starts.size(); ++i) {
        m_starts[i]->setGeometry(c.left() + (i % columns) * (w + 12),
                                 c.top() + kHead + (i / columns) * (kStartHeight + 12), w, kStartHeight);
        m_starts[i]->setVisible(m_starts[i]->geometry().bottom() <= height());
    }
}

void StartView::paintEvent(QPaintEvent *)
{
    const Theme &theme = m_appearance.theme();
    const QRect c = column();
    QPainter painter(this);
    painter.setFont(m_appearance.font(FontRole::Hero));
    painter.setPen(theme.text);
    painter.drawText(QRect(c.left(), c.top(), c.width(), 34), Qt::AlignVCenter,
                     tr("What are you working on?"));
    QFont font = m_appearance.font(FontRole::Reading);
    font.setPixelSize(15);
    painter.setFont(font);
    painter.setPen(theme.text2);
    painter.drawText(
        QRect(c.left(), c.top() + 38, c.width(), 24), Qt::AlignVCenter,
        painter.fontMetrics().elidedText(
            tr("Everything runs on this computer. Write in any language, or start from one of these."),
            Qt::ElideRight, c.width()));
}

} // namespace ui
