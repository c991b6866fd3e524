#include "app/chat/store_salvage.h"

#include "app/chat/store_check.h"
#include "app/chat/store_leaves.h"
#include "app/chat/store_schema.h"

#include <QElapsedTimer>
#include <QFile>
#include <QStringList>
#include <QtEndian>

#include <deque>
#include <limits>
#include <optional>

namespace app {

using inference::Result;

namespace {

constexpr qint64 kTableTimeLimitMs = 20000; // a table
constexpr int kFruitlessReads = 100;   // in a row; what is left is looked for in the leaf pages

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
        while (!m_gaps.empty() && fruitless < kFruitlessReads && m_timer.elapsed() < kTableTimeLimitMs) {
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

// A copy of the file beside it, to be mended and read; gone with the object.
class MendedCopy
{
public:
    explicit MendedCopy(const QString &path) : m_path(path + QStringLiteral(".salvage"))
    {
        remove();
        m_whole = QFile::copy(path, m_path);
        if (QFile::exists(path + QStringLiteral("-wal")))
            QFile::copy(path + QStringLiteral("-wal"), m_path + QStringLiteral("-wal"));
        QFile::setPermissions(m_path, QFile::ReadOwner | QFile::WriteOwner);
    }
    ~MendedCopy() { remove(); }
    MendedCopy(const MendedCopy &) = delete;
    MendedCopy &operator=(const MendedCopy &) = delete;

    bool isWhole() const { return m_whole; }
    const QString &path() const { return m_path; }

    // Brings what the write-ahead log has into the file.
    void takeLog()
    {
        if (!QFile::exists(m_path + QStringLiteral("-wal")))
            return;
        if (const auto database = Database::open(m_path, Database::Mode::ReadWrite))
            (void)(*database)->run("PRAGMA writable_schema = ON; PRAGMA wal_checkpoint(TRUNCATE)");
        QFile::remove(m_path + QStringLiteral("-wal"));
        QFile::remove(m_path + QStringLiteral("-shm"));
    }

    // SQLite refuses a file that is shorter than its header says, or whose counts contradict each other:
    // without a page count it goes by the size of the file, which is made a multiple of the page size. What else
    // the header says is known: a bit that flipped there would make other rows and texts of all that follows.
    void mendHeader(const QByteArray &freshFirstPage, bool replaceFirstPage)
    {
        QFile file(m_path);
        if (!file.open(QIODevice::ReadWrite) || freshFirstPage.size() < kHeaderBytes)
            return;
        QByteArray header = freshFirstPage;
        if (!replaceFirstPage) {
            const QByteArray found = file.read(kHeaderBytes);
            header.truncate(kHeaderBytes);
            if (found.size() == kHeaderBytes && isPageSize(pageSizeOf(found)))
                header.replace(16, 2, found.mid(16, 2));
        }
        const int pageSize = pageSizeOf(header);
        if (!isPageSize(pageSize))
            return;
        const qint64 pages = (file.size() + pageSize - 1) / pageSize;
        header.replace(28, 4, QByteArray(4, '\0')); // the page count, not valid any more
        header.replace(92, 4, QByteArray(4, '\0'));
        header.replace(32, 8, QByteArray(8, '\0')); // the list of free pages
        file.seek(0);
        file.write(header);
        file.resize(pages * pageSize);
    }

private:
    static constexpr qsizetype kHeaderBytes = 100;
    static int pageSizeOf(const QByteArray &header)
    {
        const int stored = int(qFromBigEndian<quint16>(header.constData() + 16));
        return stored == 1 ? 65536 : stored;
    }
    static bool isPageSize(int size) { return size >= 512 && (size & (size - 1)) == 0; }

    void remove()
    {
        for (const char *suffix : {"", "-wal", "-shm"})
            QFile::remove(m_path + QLatin1String(suffix));
    }

    QString m_path;
    bool m_whole = false;
};

// The first page of the fresh database: same schema, same root pages.
QByteArray firstPage(Database &fresh)
{
    const QString copy = fresh.path() + QStringLiteral(".first");
    QByteArray page;
    if (fresh.copyTo(copy)) {
        QFile file(copy);
        if (file.open(QIODevice::ReadOnly))
            page = file.read(4096);
    }
    QFile::remove(copy);
    return page;
}

// A bit that flips in the schema makes other columns of the same bytes.
bool hasKnownTables(const QString &path)
{
    const auto from = Database::open(path, Database::Mode::ReadWrite);
    if (!from)
        return true; // nothing is read by it either
    (void)(*from)->run("PRAGMA writable_schema = ON;");
    return hasKnownTables(**from);
}

QHash<QString, int> readTables(const QString &path, Database &into)
{
    QHash<QString, int> rows;
    auto from = Database::open(path, Database::Mode::ReadWrite); // a copy: its log may be replayed
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
            rows[QLatin1String(table.name)] += TableWalk(**from, into, table, columns).run();
    }
    return rows;
}

} // namespace

Result<QHash<QString, int>> salvageRows(const QString &path, Database &into)
{
    QHash<QString, int> rows;
    const QByteArray page = firstPage(into);
    if (const auto begun = into.run("BEGIN IMMEDIATE"); !begun)
        return begun.error();
    bool replacesFirst = false;
    {
        MendedCopy copy(path);
        copy.mendHeader(page, false);
        replacesFirst = copy.isWhole() && !hasKnownTables(copy.path());
    }
    for (const bool replaceFirstPage : {replacesFirst, !replacesFirst}) {
        MendedCopy copy(path);
        if (!copy.isWhole())
            break;
        if (replaceFirstPage)
            copy.takeLog();
        copy.mendHeader(page, replaceFirstPage);
        const QHash<QString, int> found = readTables(copy.path(), into);
        for (auto table = found.begin(); table != found.end(); ++table)
            rows[table.key()] += table.value();
        salvageLeaves(copy.path(), into, rows);
        if (found.value(QStringLiteral("conversations")) > 0 && found.value(QStringLiteral("messages")) > 0)
            break;
    }
    if (const auto done = into.run("COMMIT"); !done) {
        if (into.inTransaction())
            (void)into.run("ROLLBACK");
        return done.error();
    }
    return rows;
}

} // namespace app
