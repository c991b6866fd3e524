#include "ui/chat/table_item.h"

#include "ui/chat/rich_text.h"

#include <QPainter>
#include <QPainterPath>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <vector>

namespace ui {

namespace {

using app::markdown::Alignment;
using app::markdown::Block;

constexpr int kPadX = 14;
constexpr int kPadY = 5;
constexpr int kWidestWord = 180; // longer words are broken

struct Cell
{
    std::unique_ptr<RichText> words;
    int natural = 0; // px, on one line
    int least = 0;   // px, without breaking a word
    int start = 0;   // of its characters among those of the table
};

class TableItem : public Item
{
public:
    TableItem(const Appearance &appearance, const Block &table, TableItem *previous)
        : m_appearance(appearance), m_alignments(table.alignments)
    {
        int start = 0;
        for (int r = 0; r < table.rows.size(); ++r) {
            std::vector<Cell> row;
            for (int c = 0; c < table.rows[r].size(); ++c) {
                Cell cell = taken(previous, r, c, table.rows[r][c]);
                if (!cell.words) {
                    const TextType type = r == 0 ? TextType{FontRole::TableHead, &Theme::text, false}
                                                 : TextType{FontRole::Table, &Theme::text, false};
                    cell.words = std::make_unique<RichText>(appearance, table.rows[r][c], type);
                    measure(cell);
                }
                cell.start = start;
                start += cell.words->length() + 1;
                row.push_back(std::move(cell));
            }
            m_rows.push_back(std::move(row));
        }
        m_length = std::max(0, start - 1);
    }

    int layout(int width) override
    {
        if (width == m_width)
            return m_height;
        m_width = width;
        setColumns(width - 2);
        m_tops.clear();
        int y = 1;
        for (int r = 0; r < int(m_rows.size()); ++r) {
            m_tops.push_back(y);
            int tallest = m_appearance.lineHeight(FontRole::Table);
            for (int c = 0; c < int(m_rows[r].size()) && c < int(m_columns.size()); ++c) {
                const Alignment alignment = m_alignments.value(c, Alignment::Left);
                tallest = std::max(
                    tallest, m_rows[r][c].words->layout(m_columns[c] - 2 * kPadX,
                                                        alignment == Alignment::Right    ? Qt::AlignRight
                                                        : alignment == Alignment::Center ? Qt::AlignHCenter
                                                                                         : Qt::AlignLeft));
            }
            y += tallest + 2 * kPadY + 1;
        }
        m_height = y;
        m_offset = std::clamp(m_offset, 0, std::max(0, m_total + 2 - m_width));
        return m_height;
    }

    void paint(QPainter &painter, const PaintContext &context) const override
    {
        if (m_rows.empty())
            return;
        const Theme &theme = m_appearance.theme();
        const QRectF edge(0.5, 0.5, m_width - 1, m_height - 1);
        QPainterPath shape;
        shape.addRoundedRect(edge, 7.5, 7.5);
        painter.save();
        painter.setRenderHint(QPainter::Antialiasing);
        const int headBottom = m_rows.size() > 1 ? m_tops[1] : m_height;
        QPainterPath head;
        head.addRect(QRectF(0, 0, m_width, headBottom - 1));
        painter.fillPath(shape.intersected(head), theme.raised);
        for (int r = 1; r < int(m_rows.size()); ++r)
            painter.fillRect(QRectF(1, m_tops[r] - 1, m_width - 2, 1), theme.border);
        painter.setPen(QPen(theme.border, 1));
        painter.setBrush(Qt::NoBrush);
        painter.drawPath(shape);
        painter.setClipRect(QRectF(1, 1, m_width - 2, m_height - 2), Qt::IntersectClip);
        for (int r = 0; r < int(m_rows.size()); ++r) {
            const int bottom = r + 1 < int(m_rows.size()) ? m_tops[r + 1] : m_height;
            if (m_tops[r] > context.clip.bottom() || bottom < context.clip.top())
                continue;
            int x = 1 - m_offset;
            for (int c = 0; c < int(m_rows[r].size()) && c < int(m_columns.size()); ++c) {
                const Cell &cell = m_rows[r][c];
                const QPointF at = cellAt(r, c, x);
                const int from = std::clamp(context.from - cell.start, 0, cell.words->length());
                const int to = std::clamp(context.to - cell.start, 0, cell.words->length());
                cell.words->paint(painter, at, context.selection, from, to,
                                  cell.words->linkAt(context.pointer - at), context.marksIn(cell.words->text(), cell.start));
                x += m_columns[c];
            }
        }
        painter.restore();
    }

    int length() const override { return m_length; }
    int positionAt(const QPointF &point) const override
    {
        const auto [r, c] = cellUnder(point);
        if (r < 0)
            return point.y() < 0 ? 0 : m_length;
        const Cell &cell = m_rows[r][c];
        return cell.start + cell.words->positionAt(point - cellAt(r, c, columnLeft(c)));
    }
    QString text(int from, int to) const override
    {
        QString all;
        for (const std::vector<Cell> &row : m_rows) {
            for (int c = 0; c < int(row.size()); ++c) {
                const int end = row[c].start + row[c].words->length();
                const int a = std::max(from, row[c].start), b = std::min(to, end);
                if (b >= a && row[c].start < to && end >= from)
                    all += row[c].words->text().mid(a - row[c].start, b - a);
                if (to > end && from <= end)
                    all += c + 1 < int(row.size()) ? QLatin1Char('\t') : QLatin1Char('\n');
            }
        }
        all.replace(QChar::LineSeparator, QLatin1Char(' '));
        return all;
    }
    Hot hotAt(const QPointF &point) const override
    {
        const auto [r, c] = cellUnder(point);
        if (r < 0)
            return {};
        const RichText &words = *m_rows[r][c].words;
        const QPointF inCell = point - cellAt(r, c, columnLeft(c));
        const int link = words.linkAt(inCell);
        return link < 0 ? Hot{Action::None, QRectF(point, QSizeF(1, 1)), words.formulaErrorAt(inCell), {}, {}, {}}
                        : linkHot(point, words.link(link), words.linkWords(link));
    }
    QVector<Hot> hots() const override
    {
        QVector<Hot> all;
        for (const std::vector<Cell> &row : m_rows)
            for (const Cell &cell : row)
                for (int i = 0; i < cell.words->source().links.size(); ++i)
                    all << linkHot({}, cell.words->link(i), cell.words->linkWords(i));
        return all;
    }
    bool isTextAt(const QPointF &point) const override { return cellUnder(point).first >= 0; }
    bool scrollSideways(int delta) override
    {
        const int most = std::max(0, m_total + 2 - m_width);
        m_offset = std::clamp(m_offset - delta, 0, most);
        return most > 0;
    }

    bool takeFormulas() override
    {
        bool any = false;
        for (std::vector<Cell> &row : m_rows) {
            for (Cell &cell : row) {
                if (cell.words->takeFormulas()) {
                    measure(cell);
                    any = true;
                }
            }
        }
        if (any)
            m_width = -1;
        return any;
    }

private:
    static void measure(Cell &cell)
    {
        cell.words->layout(1 << 20);
        cell.natural = cell.words->naturalWidth() + 1;
        cell.least = std::min({cell.natural, cell.words->longestWord(), kWidestWord});
    }
    Cell taken(TableItem *previous, int r, int c, const app::markdown::Text &text) const
    {
        if (!previous || r >= int(previous->m_rows.size()) || c >= int(previous->m_rows[r].size()))
            return {};
        Cell &old = previous->m_rows[r][c];
        return old.words && old.words->source() == text ? std::move(old) : Cell{};
    }

    // Natural widths where they fit, the rest shared out; else between the longest words and the natural
    // widths.
    void setColumns(int room)
    {
        const int count = int(m_rows.empty() ? 0 : m_rows.front().size());
        std::vector<int> natural(count, 0), least(count, 0);
        for (const std::vector<Cell> &row : m_rows) {
            for (int c = 0; c < count && c < int(row.size()); ++c) {
                natural[c] = std::max(natural[c], row[c].natural + 2 * kPadX);
                least[c] = std::max(least[c], row[c].least + 2 * kPadX);
            }
        }
        const int wanted = std::accumulate(natural.begin(), natural.end(), 0);
        const int needed = std::accumulate(least.begin(), least.end(), 0);
        m_columns = natural;
        if (wanted <= room) {
            for (int c = 0; c < count; ++c)
                m_columns[c] += int((room - wanted) * double(natural[c]) / std::max(1, wanted));
        } else if (needed < room) {
            for (int c = 0; c < count; ++c)
                m_columns[c] = least[c] + int((room - needed) * double(natural[c] - least[c]) /
                                              std::max(1, wanted - needed));
        } else {
            m_columns = least;
        }
        m_total = std::accumulate(m_columns.begin(), m_columns.end(), 0);
        if (count > 0 && m_total < room) {
            m_columns.back() += room - m_total;
            m_total = room;
        }
    }

    int columnLeft(int c) const
    {
        return std::accumulate(m_columns.begin(), m_columns.begin() + c, 1 - m_offset);
    }
    QPointF cellAt(int r, int, int left) const { return QPointF(left + kPadX, m_tops[r] + kPadY); }
    std::pair<int, int> cellUnder(const QPointF &point) const
    {
        if (m_rows.empty() || m_tops.empty() || point.y() < 0 || point.y() >= m_height)
            return {-1, -1};
        const int r =
            int(std::upper_bound(m_tops.begin(), m_tops.end(), int(point.y())) - m_tops.begin()) - 1;
        int x = 1 - m_offset;
        const int row = std::max(0, r);
        const int cells = std::min(int(m_rows[row].size()), int(m_columns.size()));
        for (int c = 0; c < cells; ++c) {
            x += m_columns[c];
            if (point.x() < x || c + 1 == cells)
                return {row, c};
        }
        return {-1, -1};
    }

    const Appearance &m_appearance;
    QVector<Alignment> m_alignments;
    std::vector<std::vector<Cell>> m_rows;
    std::vector<int> m_columns;
    std::vector<int> m_tops;
    int m_width = -1, m_height = 0, m_total = 0, m_offset = 0, m_length = 0;
};

} // namespace

std::unique_ptr<Item> makeTableItem(const Appearance &appearance, const Block &table, Item *previous)
{
    return std::make_unique<TableItem>(appearance, table, dynamic_cast<TableItem *>(previous));
}

} // namespace ui
