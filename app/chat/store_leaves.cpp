#include "app/chat/store_leaves.h"

#include "app/chat/store_schema.h"

#include <QElapsedTimer>
#include <QFile>
#include <QSet>
#include <QtEndian>

#include <array>

namespace app {

namespace {

constexpr qint64 kTimeLimitMs = 60000;
constexpr char kLeafOfTable = 13, kInteriorOfTable = 5; // SQLite file format, section 1.6

struct LeafTable
{
    const char *name;
    const char *columns; // that matter
    const char *rowFits; // a row of another table, read as one of this table, does not
};
constexpr std::array<LeafTable, 2> kSalvagedTables{
    {{"messages",
      "id, conversation_id, parent_id, role, content, reasoning, reasoning_ms, state, end_reason, error, "
      "error_code,"
      " model, prompt_tokens, cached_tokens, generated_tokens, prefill_tokens_per_second, "
      "decode_tokens_per_second,"
      " first_token_ms, created",
      "typeof(conversation_id) = 'integer' AND role IN ('user', 'assistant', 'system')"
      " AND typeof(content) = 'text' AND typeof(created) = 'integer'"},
     {"conversations",
      "id, kind, title, titled_by_user, pinned, folder_id, current_leaf, created, updated, deleted_at, "
      "archived_at",
      "typeof(kind) = 'text' AND typeof(title) = 'text' AND typeof(created) = 'integer'"
      " AND typeof(updated) = 'integer'"}}};

qint64 rootPage(const QString &path, const char *table)
{
    const auto database = Database::open(path, Database::Mode::ReadOnly);
    if (!database)
        return 0;
    const auto page = (*database)->integer(
        "SELECT rootpage FROM sqlite_schema WHERE type = 'table' AND name = ?", {QString::fromLatin1(table)});
    return page ? *page : 0;
}

// An interior page whose two children are the same leaf: a tree of one page.
QByteArray treeOf(quint32 leaf, int pageSize)
{
    QByteArray page(pageSize, '\0');
    const int cell = pageSize - 5; // child, key of one byte
    page[0] = kInteriorOfTable;
    qToBigEndian<quint16>(1, page.data() + 3);
    qToBigEndian<quint16>(quint16(cell), page.data() + 5);
    qToBigEndian<quint32>(leaf, page.data() + 8);
    qToBigEndian<quint16>(quint16(cell), page.data() + 12);
    qToBigEndian<quint32>(leaf, page.data() + cell);
    page[cell + 4] = 1;
    return page;
}

qint64 varint(const uchar *&at, const uchar *end)
{
    quint64 value = 0;
    for (int i = 0; i < 9 && at < end; ++i) {
        const uchar byte = *at++;
        if (i == 8)
            return qint64((value << 8) | byte);
        value = (value << 7) | (byte & 0x7f);
        if (!(byte & 0x80))
            break;
    }
    return qint64(value);
}

// Every row of the leaf was saved already: it was reached from its tree. False also where the page makes no sense.
bool holdsNothingNew(const QByteArray &page, const QSet<qint64> &saved)
{
    const auto *bytes = reinterpret_cast<const uchar *>(page.constData());
    const int cells = qFromBigEndian<quint16>(bytes + 3);
    if (8 + 2 * cells > page.size())
        return false;
    for (int i = 0; i < cells; ++i) {
        const int offset = qFromBigEndian<quint16>(bytes + 8 + 2 * i);
        if (offset >= page.size())
            return false;
        const uchar *at = bytes + offset;
        (void)varint(at, bytes + page.size()); // the size of the row
        if (!saved.contains(varint(at, bytes + page.size())))
            return false;
    }
    return true;
}

QSet<qint64> savedKeys(const Database &database)
{
    QSet<qint64> keys;
    for (const StoreTable &table : kStoreTables) {
        auto rows = database.prepare(QByteArray("SELECT ") + table.key + " FROM " + table.name);
        if (rows)
            for (auto row = rows->step(); row && *row; row = rows->step())
                keys << rows->integer(0);
    }
    return keys;
}

int copyRows(const QString &path, const LeafTable &table, Database &into)
{
    const QByteArray columns = table.columns;
    const auto from = Database::open(path, Database::Mode::ReadOnly);
    if (!from)
        return 0;
    auto rows =
        (*from)->prepare("SELECT " + columns + " FROM " + table.name + " NOT INDEXED WHERE " + table.rowFits);
    auto insert = into.prepare("INSERT OR IGNORE INTO " + QByteArray(table.name) + "(" + columns +
                               ") VALUES(?" + QByteArray(",?").repeated(columns.count(',')) + ")");
    int count = 0;
    if (rows && insert)
        for (auto row = rows->step(); row && *row; row = rows->step())
            count += insert->runWithRow(*rows).ok() && into.changes() > 0;
    return count;
}

} // namespace

void salvageLeaves(const QString &copy, Database &into, QHash<QString, int> &rows)
{
    QFile file(copy);
    if (!file.open(QIODevice::ReadWrite | QIODevice::Unbuffered))
        return;
    const QByteArray header = file.read(100);
    if (header.size() < 100)
        return;
    const int stored = int(qFromBigEndian<quint16>(header.constData() + 16));
    const int pageSize = stored == 1 ? 65536 : stored;
    if (pageSize < 512 || pageSize > 32768 || (pageSize & (pageSize - 1)) != 0)
        return;
    file.seek(18);
    file.write("\1\1", 2); // no write-ahead log from here on
    std::array<qint64, kSalvagedTables.size()> roots{};
    for (std::size_t i = 0; i < kSalvagedTables.size(); ++i)
        roots[i] = rootPage(copy, kSalvagedTables[i].name);

    const QSet<qint64> saved = savedKeys(into);
    QElapsedTimer timer;
    timer.start();
    const qint64 pages = file.size() / pageSize;
    for (qint64 page = 2; page <= pages && timer.elapsed() < kTimeLimitMs; ++page) {
        if (!file.seek((page - 1) * pageSize))
            continue;
        const QByteArray bytes = file.read(pageSize);
        if (bytes.size() < pageSize || bytes[0] != kLeafOfTable || holdsNothingNew(bytes, saved))
            continue;
        for (std::size_t i = 0; i < kSalvagedTables.size(); ++i) {
            if (roots[i] <= 1 || roots[i] > pages || roots[i] == page)
                continue;
            file.seek((roots[i] - 1) * pageSize);
            file.write(treeOf(quint32(page), pageSize));
            rows[QLatin1String(kSalvagedTables[i].name)] += copyRows(copy, kSalvagedTables[i], into);
        }
    }
}

} // namespace app
