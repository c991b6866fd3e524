// Heights of the rows that the source and the translation share, so that the two sides are always level.
#pragma once

#include <QObject>

#include <array>
#include <vector>

namespace ui {

// Pixels from the top of the table. GUI thread.
class RowMetrics : public QObject
{
    Q_OBJECT

public:
    enum Side { Source, Target };

    static constexpr int kPadding = 10;   // above and below the text of a row
    static constexpr int kMinHeight = 44; // of a row

    explicit RowMetrics(QObject *parent = nullptr) : QObject(parent) {}

    int size() const { return int(m_rows.size()); }
    // Keeps the heights of the first `head` and the last `tail` rows; those between are new and unknown (0).
    void replace(int head, int tail, int size);
    int contentHeight(int row, Side side) const { return m_rows[std::size_t(row)].content[side]; }
    void setContentHeight(int row, Side side, int height);
    // Room below the translation for a remark and its buttons.
    int footHeight(int row) const { return m_rows[std::size_t(row)].foot; }
    void setFootHeight(int row, int height);

    int top(int row) const; // row == size(): the end
    int height(int row) const;
    int total() const { return top(size()); }
    int rowAt(int y) const; // clamped; -1 when there are no rows

Q_SIGNALS:
    void changed(); // some height: once for each burst, when the event loop runs; tops are right before that

private:
    struct Row
    {
        std::array<int, 2> content{};
        int foot = 0;
    };
    void invalidate(int row);
    void settle(int row) const;

    std::vector<Row> m_rows;
    mutable std::vector<int> m_tops{0}; // size() + 1
    mutable int m_known = 0;            // tops up to this row are right
    bool m_announced = false;
};

} // namespace ui
