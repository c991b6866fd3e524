#include "ui/code/code_parts.h"

#include <QPainter>
#include <QPainterPath>

#include <algorithm>

namespace ui {

VerbButton::VerbButton(const Appearance &appearance, const QString &icon, const QString &text,
                       QWidget *parent)
    : PaintedButton(appearance, parent), m_icon(icon)
{
    setText(text);
    setCheckable(true);
    setAutoExclusive(true);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
}

QSize VerbButton::sizeHint() const
{
    return {9 + 16 + 7 + QFontMetrics(m_appearance.font(FontRole::Ui)).horizontalAdvance(text()) + 9, 32};
}

void VerbButton::paintEvent(QPaintEvent *)
{
    const Theme &t = theme();
    QPainter painter(this);
    const QColor touched = isDown() ? t.pressed : isHovered() ? t.hover : t.surface;
    paintGround(painter, isChecked() ? t.accentSoft : touched, isChecked() ? t.accent : t.borderStrong, 6);
    const QColor ink = isChecked() ? t.accentText : isHovered() ? t.text : t.text2;
    paintIcon(painter, m_icon, QRect(9, (height() - 16) / 2, 16, 16), ink);
    painter.setFont(m_appearance.font(FontRole::Ui));
    painter.setPen(ink);
    painter.drawText(QRect(32, 0, width() - 32, height()), Qt::AlignVCenter | Qt::AlignLeft, text());
}

TabButton::TabButton(const Appearance &appearance, const QString &icon, QWidget *parent)
    : PaintedButton(appearance, parent), m_icon(icon)
{
    setCheckable(true);
    setAutoExclusive(true);
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
}

void TabButton::setName(const QString &name, const QString &toolTip)
{
    setText(name);
    setToolTip(toolTip);
    updateGeometry();
    update();
}

void TabButton::setMark(Mark mark)
{
    if (m_mark == mark)
        return;
    m_mark = mark;
    setAccessibleName(mark == Mark::Modified ? tr("%1, not saved").arg(text())
                      : mark == Mark::Busy   ? tr("%1, being written").arg(text())
                                             : text());
    updateGeometry();
    update();
}

QSize TabButton::sizeHint() const
{
    const int words = std::min(240, QFontMetrics(m_appearance.font(FontRole::Ui)).horizontalAdvance(text()));
    return {10 + 16 + 7 + words + 4 + 10 + (m_mark == Mark::None ? 0 : 14), 32};
}

void TabButton::paintEvent(QPaintEvent *)
{
    const Theme &t = theme();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    if (isChecked() || isHovered())
        paintGround(painter, t.hover, QColor(), 6);
    const QColor ink = isChecked() || isHovered() ? t.text : t.text2;
    paintIcon(painter, m_icon, QRect(10, (height() - 16) / 2, 16, 16), ink);
    const int markWidth = m_mark == Mark::None ? 0 : 14;
    painter.setFont(m_appearance.font(FontRole::Ui));
    painter.setPen(ink);
    const QRect words(33, 0, width() - 33 - 10 - markWidth, height());
    painter.drawText(words, Qt::AlignVCenter | Qt::AlignLeft,
                     QFontMetrics(painter.font()).elidedText(text(), Qt::ElideMiddle, words.width()));
    if (m_mark == Mark::None)
        return;
    painter.setPen(Qt::NoPen);
    painter.setBrush(m_mark == Mark::Busy ? t.accent : t.text3);
    painter.drawEllipse(QPointF(width() - 10 - 4, height() / 2.0), 3.5, 3.5);
}

LanguageButton::LanguageButton(const Appearance &appearance, QWidget *parent)
    : ComboButton(appearance, QString(), Look::Field, parent)
{}

void LanguageButton::paintEvent(QPaintEvent *)
{
    const Theme &t = theme();
    QPainter painter(this);
    paintGround(painter, isDown() ? t.pressed : isHovered() ? t.hover : t.surface, t.control, 6);
    painter.setFont(m_appearance.font(FontRole::Ui));
    painter.setPen(t.text);
    const QRect words(12, 0, width() - 12 - 30, height());
    painter.drawText(words, Qt::AlignVCenter | Qt::AlignLeft,
                     QFontMetrics(painter.font()).elidedText(text(), Qt::ElideRight, words.width()));
    paintIcon(painter, QStringLiteral("chevron-down"), QRect(width() - 9 - 14, (height() - 14) / 2, 14, 14),
              t.text2);
}

CardHead::CardHead(const Appearance &appearance, Kind kind, QWidget *parent)
    : QWidget(parent), m_appearance(appearance), m_kind(kind)
{
    setFixedHeight(kind == Kind::Card ? 51 : 40); // with the card's edge 52
    connect(&appearance, &Appearance::changed, this, [this] { update(); });
}

void CardHead::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    const int y = m_kind == Kind::Card ? height() - 1 : 0;
    painter.fillRect(0, y, width(), 1, m_appearance.theme().border);
}

TokenBar::TokenBar(const Appearance &appearance, QWidget *parent) : QWidget(parent), m_appearance(appearance)
{
    setFixedHeight(6);
    connect(&appearance, &Appearance::changed, this, [this] { update(); });
}

void TokenBar::setTokens(int used, int kept, int limit)
{
    m_used = used;
    m_kept = kept;
    m_limit = limit;
    update();
}

void TokenBar::paintEvent(QPaintEvent *)
{
    const Theme &t = m_appearance.theme();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    QPainterPath track;
    track.addRoundedRect(QRectF(rect()), 2, 2);
    painter.setClipPath(track);
    painter.fillRect(rect(), t.mapFree);
    if (m_limit <= 0)
        return;
    const double scale = double(width()) / m_limit;
    const int used = m_used > 0 ? std::clamp(int(m_used * scale), 3, width()) : 0;
    painter.fillRect(QRect(0, 0, used, height()), m_used > m_limit ? t.danger : t.mapFiles);
    const int kept = std::min(int(m_kept * scale), width() - used - 2);
    if (kept < 4)
        return;
    // Hatched inside an outline, at the end of the track.
    const QRectF room(width() - kept + 0.5, 0.5, kept - 1, height() - 1);
    painter.setClipRect(room.adjusted(-0.5, -0.5, 0.5, 0.5), Qt::IntersectClip);
    painter.setPen(QPen(t.mapKept, 1.5));
    for (int x = int(room.left()) - height(); x < width(); x += 4)
        painter.drawLine(QPointF(x, height()), QPointF(x + height(), 0));
    painter.setPen(QPen(t.mapConversation, 1));
    painter.setBrush(Qt::NoBrush);
    painter.drawRoundedRect(room, 2, 2);
}

} // namespace ui
