#include "app/chat/store_salvage.h"

#include "app/chat/store_schema.h"

#include <QElapsedTimer>
#include <QStringList>

#include <deque>
#include <limits>
#include <optional>

namespace app {

namespace {

constexpr qint64 kTimeLimitMs = 20000; // a table; what is left by then is in the backup or lost
constexpr int kFruitlessReads = 3000;  // in a row: only damaged pages are left

QStringList columnsOf(const Database &database, const char *table)
{
    QStringList columns;
    auto statement = database.prepare(QByteArray("SELECT name FROM pragma_table_info('") + table + "')");
    if (!statement)
        return columns;
    for (auto row = statement->step(); row && *row; row = statement->step())
        columns << statement->text(0);
    return columns;
}

// Walks one table by its key. A read that fails ends a walk, so the rest is walked from its other end, and
// what lies between the two breaks is halved, widest first, until reads bring nothing any more.
class TableWalk
{
public:
    TableWalk(const Database &from, Database &into, const StoreTable &table, const QStringList &columns)
        : m_from(from), m_into(into), m_table(table), m_columns(columns.join(QLatin1Char(',')).toUtf8())
    {
        QByteArray places = "?";
        for (qsizetype i = 1; i < columns.size(); ++i)
            places += ",?";
        auto insert = into.prepare("INSERT OR IGNORE INTO " + QByteArray(table.name) + "(" + m_columns +
                                   ") VALUES(" + places + ")");
        if (insert)
            m_insert.emplace(std::move(*insert));
        m_timer.start();
    }

    int run()
    {
        if (m_insert)
            m_gaps.push_back({std::numeric_limits<qint64>::min(), std::numeric_limits<qint64>::max()});
        int fruitless = 0;
        while (!m_gaps.empty() && fruitless < kFruitlessReads && m_timer.elapsed() < kTimeLimitMs) {
            const Gap gap = m_gaps.front();
            m_gaps.pop_front();
            const int before = m_rows;
            read(gap);
            fruitless = m_rows > before ? 0 : fruitless + 1;
        }
        return m_rows;
    }

private:
    struct Gap // keys not read yet, both ends included
    {
        qint64 low = 0, high = 0;
    };

    // Reads the gap from both ends; what is left between two breaks becomes two smaller gaps.
    void read(Gap gap)
    {
        if (scan(gap.low, gap.high, true, gap.low) || scan(gap.low, gap.high, false, gap.high) ||
            gap.low >= gap.high)
            return;
        const qint64 middle = (gap.low & gap.high) + ((gap.low ^ gap.high) >> 1);
        m_gaps.push_back({gap.low, middle});
        m_gaps.push_back({middle + 1, gap.high});
    }

    // Copies rows in order until the end (true) or a break (false); `edge` is then the first key that is
    // still unread, seen from this side.
    bool scan(const qint64 low, const qint64 high, bool ascending, qint64 &edge)
    {
        const QByteArray key = m_table.key;
        auto rows =
            m_from.prepare("SELECT " + m_columns + "," + key + " FROM " + m_table.name + " WHERE " + key +
                               " BETWEEN ? AND ? ORDER BY " + key + (ascending ? " ASC" : " DESC"),
                           {low, high});
        if (!rows)
            return false;
        for (;;) {
            const auto row = rows->step();
            if (!row)
                return false;
            if (!*row)
                return true;
            const qint64 id = rows->integer(rows->columns() - 1);
            if (id < low || id > high)
                return false; // keys out of order: the page lies
            if (m_insert->runWithRow(*rows).ok())
                m_rows += m_into.changes() > 0;
            if (ascending ? id == high : id == low)
                return true;
            edge = ascending ? id + 1 : id - 1;
        }
    }

    const Database &m_from;
    Database &m_into;
    const StoreTable &m_table;
    QByteArray m_columns;
    std::deque<Gap> m_gaps;
    std::optional<Statement> m_insert;
    QElapsedTimer m_timer;
    int m_rows = 0;
};

} // namespace

QHash<QString, int> salvageRows(const QString &path, Database &into)
{
    QHash<QString, int> rows;
    auto from = Database::open(path, Database::Mode::ReadOnly);
    if (!from)
        return rows;
    (void)(*from)->run(
        "PRAGMA cell_size_check = ON; PRAGMA writable_schema = ON;"); // a broken schema row is passed over
    for (const StoreTable &table : kStoreTables) {
        const QStringList present = columnsOf(**from, table.name);
        QStringList columns;
        for (const QString &column : columnsOf(into, table.name))
            if (present.contains(column))
                columns << column;
        if (columns.contains(QLatin1String(table.key)))
            rows.insert(QLatin1String(table.name), TableWalk(**from, into, table, columns).run());
    }
    return rows;
}

} // namespace app
