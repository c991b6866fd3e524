// The transcript with the token lens on one answer.
#include "ui/chat/transcript.h"

#include <QScrollBar>

namespace ui {

void Transcript::setLens(int row, std::shared_ptr<const app::TokenLens> lens, bool doubt)
{
    const int before = lensRow();
    if (before >= 0 && (before != row || !lens))
        m_messages[size_t(before)]->setLens(nullptr, false);
    m_lensId = 0;
    if (lens && row >= 0 && row < messageCount()) {
        m_lensId = m_messages[size_t(row)]->id();
        m_messages[size_t(row)]->setLens(std::move(lens), doubt);
        m_anchor = m_cursor = {};
    }
    relayoutInPlace();
}

// What is read stays where it is, also at the end.
void Transcript::relayoutInPlace()
{
    m_following = false;
    relayout();
    m_following = verticalScrollBar()->value() >= verticalScrollBar()->maximum() - 2;
    placeEndButton();
}

int Transcript::lensRow() const
{
    const int row = rowOf(m_lensId);
    return row >= 0 && m_messages[size_t(row)]->hasLens() ? row : -1;
}

void Transcript::setLensToken(int token, int room)
{
    const int row = lensRow();
    if (row < 0)
        return;
    m_messages[size_t(row)]->setLensToken(token, room);
    relayoutInPlace();
}

QRect Transcript::lensTokenRect(int token) const
{
    const int row = lensRow();
    const Placed *placed = row < 0 ? nullptr : m_messages[size_t(row)]->lensPlaced(token);
    if (!placed)
        return {};
    const QRectF rect = static_cast<const TokenLensItem &>(*placed->item).rectOf(token);
    if (rect.isEmpty())
        return {};
    return rect.translated(columnLeft() + placed->x, topOf(row) - verticalScrollBar()->value() + placed->y).toAlignedRect();
}

int Transcript::lensTokenAt(const QPoint &point) const
{
    const Hot hot = hotAt(point);
    if (hot.action != Action::Custom || !hot.text.startsWith(QLatin1String("token:")))
        return -1;
    return hot.text.mid(6).toInt();
}

void Transcript::showRect(const QRect &rect)
{
    QScrollBar *bar = verticalScrollBar();
    const int above = rect.top() - 24, below = rect.bottom() + 24 - viewport()->height();
    if (above < 0)
        bar->setValue(bar->value() + above);
    else if (below > 0)
        bar->setValue(bar->value() + below);
}

} // namespace ui
