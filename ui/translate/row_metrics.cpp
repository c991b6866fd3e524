#include "ui/translate/row_metrics.h"

#include <algorithm>

namespace ui {

void RowMetrics::replace(int head, int tail, int size)
{
    const auto count = std::size_t(std::max(0, size - head - tail));
    m_rows.erase(m_rows.begin() + head, m_rows.end() - tail);
    m_rows.insert(m_rows.begin() + head, count, Row());
    m_tops.resize(m_rows.size() + 1);
    invalidate(head);
}

void RowMetrics::setContentHeight(int row, Side side, int height)
{
    int &own = m_rows[std::size_t(row)].content[side];
    if (own == height)
        return;
    own = height;
    invalidate(row);
}

void RowMetrics::setFootHeight(int row, int height)
{
    int &own = m_rows[std::size_t(row)].foot;
    if (own == height)
        return;
    own = height;
    invalidate(row);
}

int RowMetrics::height(int row) const
{
    const Row &r = m_rows[std::size_t(row)];
    return std::max(kMinHeight, std::max(r.content[Source], r.content[Target] + r.foot) + 2 * kPadding);
}

int RowMetrics::top(int row) const
{
    settle(row);
    return m_tops[std::size_t(row)];
}

int RowMetrics::rowAt(int y) const
{
    if (m_rows.empty())
        return -1;
    settle(size());
    const auto after = std::upper_bound(m_tops.begin(), m_tops.end() - 1, y);
    return std::clamp(int(after - m_tops.begin()) - 1, 0, size() - 1);
}

void RowMetrics::invalidate(int row)
{
    m_known = std::min(m_known, row);
    if (m_announced)
        return;
    m_announced = true;
    QMetaObject::invokeMethod(
        this,
        [this] {
            m_announced = false;
            Q_EMIT changed();
        },
        Qt::QueuedConnection);
}

void RowMetrics::settle(int row) const
{
    for (; m_known < row; ++m_known)
        m_tops[std::size_t(m_known) + 1] = m_tops[std::size_t(m_known)] + height(m_known);
}

} // namespace ui
