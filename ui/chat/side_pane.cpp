#include "ui/chat/side_pane.h"

#include "ui/widgets/list_keys.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QListView>
#include <QPainter>
#include <QVBoxLayout>

namespace ui {

namespace {

constexpr int kHead = 52; // with the rule below, px

} // namespace

SidePane::SidePane(const Appearance &appearance, const QString &title, const QString &closeName, QWidget *parent)
    : QWidget(parent), m_appearance(appearance), m_title(new QLabel(title, this)), m_column(new QVBoxLayout(this))
{
    setFixedWidth(kSidePaneWidth);
    auto *close = new IconButton(appearance, QStringLiteral("close"), closeName, this);
    connect(close, &IconButton::clicked, this, &SidePane::closed);
    auto *headBox = new QWidget(this);
    headBox->setFixedHeight(kHead);
    auto *head = new QHBoxLayout(headBox);
    head->setContentsMargins(kSidePaneMargin, 0, 12, 0);
    head->addWidget(m_title, 1);
    head->addWidget(close);
    m_column->setContentsMargins(1, 0, 0, 0);
    m_column->setSpacing(0);
    m_column->addWidget(headBox);
    connect(&appearance, &Appearance::changed, this, &SidePane::restyle);
    restyle();
}

void SidePane::styleLabel(QLabel *label, const QFont &font, const QColor &color)
{
    label->setFont(font);
    QPalette palette = label->palette();
    palette.setColor(QPalette::WindowText, color);
    label->setPalette(palette);
}

void SidePane::setUpList(QListView *list)
{
    list->setFrameShape(QFrame::NoFrame);
    list->setMouseTracking(true);
    moveWithJk(list);
    list->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    list->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    list->viewport()->setAutoFillBackground(false);
}

void SidePane::restyle()
{
    styleLabel(m_title, m_appearance.font(FontRole::Title), m_appearance.theme().text);
    update();
}

void SidePane::paintEvent(QPaintEvent *)
{
    const Theme &theme = m_appearance.theme();
    QPainter painter(this);
    painter.fillRect(rect(), theme.surface);
    painter.fillRect(QRect(0, 0, 1, height()), theme.border);
    painter.fillRect(QRect(0, kHead - 1, width(), 1), theme.border);
}

} // namespace ui
