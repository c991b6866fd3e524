#include "ui/shell/sidebar.h"

#include "app/settings_keys.h"
#include "ui/actions.h"

#include <QMouseEvent>
#include <QPainter>
#include <QPainterPath>
#include <QVBoxLayout>

#include <algorithm>

namespace ui {

namespace {
constexpr int kGrip = 5; // px at the right edge that can be dragged
}

ModelSwitch::ModelSwitch(const Appearance &appearance, QWidget *parent) : PaintedButton(appearance, parent)
{
    setAccessibleName(tr("Switch the model"));
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
    setModel(tr("No model"), tr("Choose one"), actionTip("window.model"));
}

void ModelSwitch::setModel(const QString &name, const QString &details, const QString &tip)
{
    m_name = name;
    m_details = details;
    setToolTip(tip);
    setAccessibleDescription(name + QLatin1Char(' ') + details);
    update();
}

void ModelSwitch::setProgress(int percent)
{
    m_percent = percent;
    update();
}

void ModelSwitch::setRailed(bool railed)
{
    m_railed = railed;
    updateGeometry();
}

void ModelSwitch::paintEvent(QPaintEvent *)
{
    const Theme &t = theme();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QRect tile(m_railed ? (width() - 32) / 2 : 9, (height() - 32) / 2, 32, 32);
    if (isHovered() || isDown()) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(isDown() ? t.pressed : t.hover);
        painter.drawRoundedRect(rect(), 8, 8);
    }
    painter.setPen(Qt::NoPen);
    painter.setBrush(t.accent);
    painter.drawRoundedRect(tile, 8, 8);
    paintIcon(painter, QStringLiteral("baleen"), QRect(tile.x() + 6, tile.y() + 6, 20, 20), t.onAccent);
    if (m_percent >= 0) {
        QPainterPath clip;
        clip.addRoundedRect(tile, 8, 8);
        painter.setClipPath(clip);
        painter.fillRect(QRectF(tile.left(), tile.bottom() - 3, tile.width(), 4),
                         blend(t.onAccent, t.accent, 0.3));
        painter.fillRect(QRectF(tile.left(), tile.bottom() - 3, tile.width() * m_percent / 100.0, 4),
                         t.onAccent);
        painter.setClipping(false);
    }
    if (m_railed)
        return;
    paintIcon(painter, QStringLiteral("updown"), QRect(width() - 25, (height() - 16) / 2, 16, 16), t.text3);
    const int left = tile.right() + 11, room = width() - left - 32;
    painter.setFont(m_appearance.font(FontRole::UiBold));
    painter.setPen(t.text);
    painter.drawText(QRect(left, height() / 2 - 18, room, 20), Qt::AlignVCenter,
                     painter.fontMetrics().elidedText(m_name, Qt::ElideRight, room));
    painter.setFont(m_appearance.font(FontRole::Caption));
    painter.setPen(t.text3);
    painter.drawText(QRect(left, height() / 2 + 1, room, 16), Qt::AlignVCenter,
                     painter.fontMetrics().elidedText(m_details, Qt::ElideRight, room));
}

NavRow::NavRow(const Appearance &appearance, const QString &icon, const QString &name, const QString &keys,
               QWidget *parent)
    : PaintedButton(appearance, parent), m_icon(icon), m_name(name)
{
    setAccessibleName(name);
    setToolTip(keys.isEmpty() ? name : QStringLiteral("%1 (%2)").arg(name, keys));
    setSizePolicy(QSizePolicy::Preferred, QSizePolicy::Fixed);
}

void NavRow::setBadge(const QString &text)
{
    m_badge = text;
    setAccessibleDescription(text);
    update();
}

void NavRow::setCurrent(bool current)
{
    m_current = current;
    update();
}

void NavRow::setRailed(bool railed)
{
    m_railed = railed;
    updateGeometry();
}

void NavRow::paintEvent(QPaintEvent *)
{
    const Theme &t = theme();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    if (m_current || isHovered() || isDown()) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(m_current || isDown() ? t.pressed : t.hover);
        painter.drawRoundedRect(rect(), m_railed ? 8 : 6, m_railed ? 8 : 6);
    }
    const QColor color = m_current ? t.accentText : isHovered() ? t.text : t.text2;
    if (m_railed) {
        paintIcon(painter, m_icon, QRect((width() - 20) / 2, (height() - 20) / 2, 20, 20), color);
        if (!m_badge.isEmpty()) {
            painter.setPen(QPen(m_current ? t.pressed : t.window, 2));
            painter.setBrush(t.accent);
            painter.drawEllipse(QPointF(width() - 10, 10), 5, 5);
        }
        return;
    }
    paintIcon(painter, m_icon, QRect(8, (height() - 16) / 2, 16, 16), color);
    painter.setFont(m_appearance.font(FontRole::Ui));
    painter.setPen(m_current || isHovered() ? t.text : t.text2);
    painter.drawText(QRect(34, 0, width() - 34, height()), Qt::AlignVCenter, m_name);
    painter.setFont(m_appearance.font(FontRole::Small));
    painter.setPen(t.text3);
    painter.drawText(QRect(0, 0, width() - 8, height()), Qt::AlignVCenter | Qt::AlignRight, m_badge);
}

Sidebar::Sidebar(const Appearance &appearance, QWidget *parent)
    : QWidget(parent), m_appearance(appearance), m_all(new QVBoxLayout(this)), m_nav(new QVBoxLayout),
      m_switch(new ModelSwitch(appearance, this)), m_listPlace(new QWidget(this)),
      m_settings(new NavRow(appearance, QStringLiteral("settings"), tr("Settings"), actionKeys("window.settings"), this))
{
    setAccessibleName(tr("Sidebar"));
    setMouseTracking(true);
    m_nav->setSpacing(1);
    m_nav->setContentsMargins(0, 8, 0, 0);
    auto *list = new QVBoxLayout(m_listPlace);
    list->setContentsMargins(0, 17, 0, 0);
    m_all->setSpacing(0);
    m_all->addWidget(m_switch);
    m_all->addLayout(m_nav);
    m_all->addWidget(m_listPlace, 1);
    m_all->addSpacing(15); // the rule above the foot stands in it
    m_all->addWidget(m_settings);
    for (QWidget *child : std::initializer_list<QWidget *>{m_switch, m_listPlace, m_settings})
        child->setCursor(Qt::ArrowCursor); // the pointer comes from the grip at once: not with its cursor
    connect(m_switch, &ModelSwitch::clicked, this, &Sidebar::modelMenuRequested);
    connect(m_settings, &NavRow::clicked, this, &Sidebar::settingsRequested);
    connect(&appearance, &Appearance::changed, this, [this] { update(); });
    setRailed(false);
}

void Sidebar::addPanel(const QString &id, const QString &icon, const QString &name, const QString &keys)
{
    auto *row = new NavRow(m_appearance, icon, name, keys, this);
    row->setRailed(m_railed);
    row->setCursor(Qt::ArrowCursor);
    m_nav->addWidget(row);
    m_rows.insert(id, row);
    connect(row, &NavRow::clicked, this, [this, id] { Q_EMIT panelChosen(id); });
}

void Sidebar::setCurrentPanel(const QString &id)
{
    for (auto it = m_rows.cbegin(); it != m_rows.cend(); ++it)
        it.value()->setCurrent(it.key() == id);
}

void Sidebar::setBadge(const QString &id, const QString &text)
{
    if (NavRow *row = m_rows.value(id))
        row->setBadge(text);
}

void Sidebar::setRailed(bool railed)
{
    m_railed = railed;
    m_all->setContentsMargins(8, 8, 8, 8);
    m_switch->setRailed(railed);
    for (NavRow *row : std::as_const(m_rows))
        row->setRailed(railed);
    m_settings->setRailed(railed);
    if (m_list)
        m_list->setVisible(!railed);
    update();
}

void Sidebar::setFloating(bool floating)
{
    m_floating = floating;
    update();
}

void Sidebar::setList(QWidget *list)
{
    if (m_list == list)
        return;
    if (m_list) {
        m_listPlace->layout()->removeWidget(m_list);
        m_list->hide();
    }
    m_list = list;
    if (list) {
        m_listPlace->layout()->addWidget(list);
        list->setVisible(!m_railed);
    }
    update();
}

void Sidebar::paintEvent(QPaintEvent *)
{
    const Theme &t = m_appearance.theme();
    QPainter painter(this);
    painter.fillRect(rect(), t.window);
    if (m_floating)
        painter.fillRect(QRect(width() - 1, 0, 1, height()), t.popoverEdge);
    const int left = 8, lane = width() - 16;
    if (!m_railed && m_list)
        painter.fillRect(QRect(left, m_listPlace->y() + 8, lane, 1), t.borderStrong);
    painter.fillRect(QRect(left, m_settings->y() - 7, lane, 1), t.borderStrong);
}

void Sidebar::mousePressEvent(QMouseEvent *event)
{
    m_dragging =
        !m_railed && !m_floating && event->button() == Qt::LeftButton && event->pos().x() >= width() - kGrip;
}

void Sidebar::mouseMoveEvent(QMouseEvent *event)
{
    const bool overGrip = !m_railed && !m_floating && event->pos().x() >= width() - kGrip;
    setCursor(overGrip || m_dragging ? Qt::SizeHorCursor : Qt::ArrowCursor);
    if (m_dragging)
        Q_EMIT widthDragged(std::clamp(event->pos().x(), app::kNarrowestSidebar, app::kWidestSidebar));
}

void Sidebar::mouseReleaseEvent(QMouseEvent *)
{
    m_dragging = false;
}

} // namespace ui
