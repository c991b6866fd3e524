#include "ui/widgets/buttons.h"

#include <QEvent>
#include <QKeyEvent>
#include <QMenu>
#include <QMouseEvent>
#include <QPainter>

#include <algorithm>

namespace ui {

PaintedButton::PaintedButton(const Appearance &appearance, QWidget *parent)
    : QAbstractButton(parent), m_appearance(appearance)
{
    setFocusPolicy(Qt::TabFocus);
    connect(&appearance, &Appearance::changed, this, [this] {
        updateGeometry();
        update();
    });
}

void PaintedButton::enterEvent(QEnterEvent *event)
{
    QAbstractButton::enterEvent(event);
    m_hovered = true;
    update();
}

void PaintedButton::leaveEvent(QEvent *event)
{
    QAbstractButton::leaveEvent(event);
    m_hovered = false;
    update();
}

bool PaintedButton::event(QEvent *event)
{
    if (event->type() == QEvent::Hide)
        m_hovered = false; // no leave event comes to a hidden button
    return QAbstractButton::event(event);
}

void PaintedButton::paintGround(QPainter &painter, const QColor &fill, const QColor &edge, qreal radius) const
{
    if (!fill.isValid() && !edge.isValid())
        return;
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setBrush(fill.isValid() ? QBrush(fill) : QBrush(Qt::NoBrush));
    if (edge.isValid()) {
        painter.setPen(QPen(edge, 1));
        painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), radius - 0.5, radius - 0.5);
    } else {
        painter.setPen(Qt::NoPen);
        painter.drawRoundedRect(QRectF(rect()), radius, radius);
    }
}

void PaintedButton::paintIcon(QPainter &painter, const QString &name, const QRect &rect,
                              const QColor &color) const
{
    const QPixmap pixmap = m_appearance.pixmap(name, rect.width(), color, devicePixelRatioF());
    painter.drawPixmap(rect.topLeft(), pixmap);
}

IconButton::IconButton(const Appearance &appearance, const QString &icon, const QString &name,
                       QWidget *parent, int side)
    : PaintedButton(appearance, parent), m_icon(icon), m_side(side), m_iconPixels(side >= 40 ? 20 : 16)
{
    setName(name);
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    setFixedSize(side, side);
}

void IconButton::setIconName(const QString &icon)
{
    if (m_icon == icon)
        return;
    m_icon = icon;
    update();
}

void IconButton::setName(const QString &name, const QString &keys)
{
    setAccessibleName(name);
    setToolTip(keys.isEmpty() ? name : QStringLiteral("%1 (%2)").arg(name, keys));
}

void IconButton::setIconPixels(int px)
{
    m_iconPixels = px;
    update();
}

void IconButton::setKind(Kind kind)
{
    m_kind = kind;
    update();
}

void IconButton::setSide(int px)
{
    m_side = px;
    setFixedSize(px, px);
}

void IconButton::paintEvent(QPaintEvent *)
{
    const Theme &t = theme();
    QPainter painter(this);
    QColor fill, edge, color = isHovered() || isDown() ? t.text : t.text2;
    if (isDown())
        fill = t.pressed;
    else if (isHovered())
        fill = t.hover;
    if (isCheckable() && isChecked()) {
        fill = t.accentSoft;
        color = t.accentText;
    }
    if (m_kind == Kind::Primary) {
        fill = isHovered() || isDown() ? t.accentHover : t.accent;
        color = t.onAccent;
    } else if (m_kind == Kind::Outlined) {
        edge = t.borderStrong;
        if (!fill.isValid())
            fill = t.surface;
    }
    if (!isEnabled()) {
        color = t.disabled;
        fill = m_kind == Kind::Quiet ? QColor() : t.raised;
        edge = m_kind == Kind::Quiet ? QColor() : t.border;
    }
    paintGround(painter, fill, edge, m_side >= 40 ? 8 : 6);
    const int p = m_iconPixels;
    paintIcon(painter, m_icon, QRect((width() - p) / 2, (height() - p) / 2, p, p), color);
}

TextButton::TextButton(const Appearance &appearance, const QString &text, Kind kind, QWidget *parent)
    : PaintedButton(appearance, parent), m_kind(kind)
{
    setText(text);
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    if (kind == Kind::Pill)
        m_height = 24;
}

void TextButton::setIconName(const QString &icon)
{
    m_icon = icon;
    updateGeometry();
    update();
}

void TextButton::setKind(Kind kind)
{
    m_kind = kind;
    update();
}

void TextButton::setButtonHeight(int px)
{
    m_height = px;
    updateGeometry();
}

void TextButton::setKeyHint(const QString &keys)
{
    m_keyHint = keys;
    updateGeometry();
    update();
}

QFont TextButton::wordsFont() const
{
    return m_appearance.font(m_height <= 24 ? FontRole::Small : FontRole::Ui);
}

int TextButton::iconPixels() const
{
    return m_height <= 24 ? 14 : 16;
}

QSize TextButton::sizeHint() const
{
    const int padding = m_height <= 24 ? 8 : m_height <= 28 ? 10 : 12;
    int width = 2 * padding + QFontMetrics(wordsFont()).horizontalAdvance(text()) + m_trailing;
    if (!m_icon.isEmpty())
        width += iconPixels() + (text().isEmpty() ? 0 : m_height <= 24 ? 5 : 6);
    if (!m_keyHint.isEmpty())
        width += QFontMetrics(m_appearance.font(FontRole::Caption)).horizontalAdvance(m_keyHint) + 6;
    return {width, m_height};
}

TextButton::Colors TextButton::colors() const
{
    const Theme &t = theme();
    const QColor touched = isDown() ? t.pressed : isHovered() ? t.hover : QColor();
    if (!isEnabled()) {
        const bool edged = m_kind != Kind::Quiet;
        return {edged && m_kind != Kind::Pill ? t.raised : QColor(), edged ? t.border : QColor(), t.disabled,
                t.disabled};
    }
    switch (m_kind) {
    case Kind::Primary: {
        const QColor fill = isHovered() || isDown() ? t.accentHover : t.accent;
        return {fill, fill, t.onAccent, t.onAccent};
    }
    case Kind::Outlined:
        return {touched.isValid() ? touched : t.surface, t.borderStrong, t.text, t.text};
    case Kind::Quiet:
        return {touched, QColor(), touched.isValid() ? t.text : t.text2,
                touched.isValid() ? t.text : t.text2};
    case Kind::Soft:
        return {isHovered() || isDown() ? blend(t.accent, t.accentSoft, 0.12) : t.accentSoft, QColor(),
                t.accentText, t.accentText};
    case Kind::Danger:
        return {touched.isValid() ? touched : t.surface, t.borderStrong, t.danger, t.danger};
    case Kind::Pill:
        if (isCheckable() && isChecked())
            return {isHovered() || isDown() ? blend(t.accent, t.accentSoft, 0.12) : t.accentSoft, QColor(),
                    t.accentText, t.accentText};
        return {touched.isValid() ? touched : t.raised, t.border, touched.isValid() ? t.text : t.text2,
                touched.isValid() ? t.text : t.text2};
    }
    return {};
}

void TextButton::paintEvent(QPaintEvent *)
{
    const Colors c = colors();
    QPainter painter(this);
    paintGround(painter, c.fill, c.edge, m_kind == Kind::Pill ? height() / 2.0 : m_height <= 24 ? 5 : 6);
    const QFontMetrics metrics(wordsFont());
    const int gap = m_height <= 24 ? 5 : 6;
    const int iconWidth = m_icon.isEmpty() ? 0 : iconPixels() + (text().isEmpty() ? 0 : gap);
    const QFont hintFont = m_appearance.font(FontRole::Caption);
    const int hintWidth = m_keyHint.isEmpty() ? 0 : QFontMetrics(hintFont).horizontalAdvance(m_keyHint) + 6;
    const int room = width() - 2 * gap - iconWidth - hintWidth - m_trailing;
    const QString words = metrics.elidedText(text(), Qt::ElideRight, room);
    const int wordsWidth = metrics.horizontalAdvance(words);
    int x = (width() - wordsWidth - iconWidth - hintWidth - m_trailing) / 2;
    if (!m_icon.isEmpty()) {
        const int p = iconPixels();
        paintIcon(painter, m_icon, QRect(x, (height() - p) / 2, p, p), c.icon);
        x += iconWidth;
    }
    painter.setFont(wordsFont());
    painter.setPen(c.words);
    painter.drawText(QRect(x, 0, wordsWidth + 2, height()), Qt::AlignVCenter | Qt::AlignLeft, words);
    if (hintWidth) {
        painter.setFont(hintFont);
        painter.setPen(m_kind == Kind::Primary ? c.words : theme().text3);
        painter.drawText(QRect(x + wordsWidth + 6, 0, hintWidth, height()), Qt::AlignVCenter | Qt::AlignLeft,
                         m_keyHint);
    }
}

ComboButton::ComboButton(const Appearance &appearance, const QString &text, Look look, QWidget *parent)
    : TextButton(appearance, text,
                 look == Look::Pill    ? Kind::Pill
                 : look == Look::Quiet ? Kind::Quiet
                                       : Kind::Outlined,
                 parent),
      m_menu(new QMenu(this)), m_look(look)
{
    setTrailingWidth(18);
}

void ComboButton::setChevronShown(bool shown)
{
    m_chevron = shown;
    setTrailingWidth(shown ? 18 : 0);
    updateGeometry();
}

TextButton::Colors ComboButton::colors() const
{
    Colors c = TextButton::colors();
    if (m_look == Look::Field && isEnabled())
        c.edge = theme().control;
    return c;
}

void ComboButton::openMenu()
{
    setDown(true);
    m_menu->setMinimumWidth(width());
    // Where there is no room below, Qt flips the menu by itself only when it leaves the screen: say where it
    // fits.
    const QSize size = m_menu->sizeHint();
    QPoint at = mapToGlobal(QPoint(0, height() + 4));
    if (window() && mapTo(window(), QPoint(0, height() + 4 + size.height())).y() > window()->height() &&
        mapTo(window(), QPoint(0, 0)).y() > size.height())
        at = mapToGlobal(QPoint(0, -size.height() - 4));
    m_menu->exec(at);
    setDown(false);
    update();
}

void ComboButton::keyPressEvent(QKeyEvent *event)
{
    if (event->key() == Qt::Key_Space || event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter ||
        event->key() == Qt::Key_Down) {
        openMenu();
        event->accept();
        return;
    }
    TextButton::keyPressEvent(event);
}

void ComboButton::mousePressEvent(QMouseEvent *event)
{
    if (event->button() == Qt::LeftButton && isEnabled())
        openMenu();
}

void ComboButton::paintEvent(QPaintEvent *event)
{
    TextButton::paintEvent(event);
    if (!m_chevron)
        return;
    QPainter painter(this);
    const int right = m_height <= 24 ? 7 : 9;
    paintIcon(painter, QStringLiteral("chevron-down"),
              QRect(width() - right - 14, (height() - 14) / 2, 14, 14),
              isEnabled() ? theme().text2 : theme().disabled);
}

} // namespace ui
