#include "app/chat/store_check.h"

#include <QStringList>

#include <algorithm>

namespace app {

using inference::Error;
using inference::ErrorCode;
using inference::ErrorParts;
using inference::Result;

namespace {

Error damaged(const Database &database, const QString &found)
{
    return Error(ErrorCode::Damaged, ErrorParts{.what = "The database is damaged",
                                                .where = database.path().toStdString(),
                                                .found = found.simplified().toStdString()});
}

Result<QStringList> column(const Database &database, const char *sql, std::initializer_list<SqlValue> values = {})
{
    QStringList texts;
    if (const auto read = database.each(sql, values, [&](const Statement &row) { texts << row.text(0); }); !read)
        return read.error();
    return texts;
}

constexpr const char *kNames = "SELECT name FROM sqlite_schema WHERE type IN ('table', 'index') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'";

// A file of that schema, in memory.
Result<std::unique_ptr<Database>> example(qint64 version, StoreSchema schema)
{
    auto database = Database::open(QStringLiteral(":memory:"), Database::Mode::ReadWrite);
    if (database)
        if (const auto made = migrateStore(**database, 0, schema.first(std::size_t(version))); !made)
            return made.error();
    return database;
}

// Columns, references and indexes of these tables and indexes, as text.
Result<QString> structureOf(const Database &database, const QStringList &which)
{
    auto names = column(database, kNames);
    if (!names)
        return names.error();
    names->erase(std::remove_if(names->begin(), names->end(), [&](const QString &name) { return !which.contains(name); }), names->end());
    names->sort();
    QString text;
    for (const QString &name : std::as_const(*names))
        for (const char *sql :
             {"SELECT name || ' ' || type || ' ' || \"notnull\" || ' ' || pk || ' ' || coalesce(dflt_value, '') FROM pragma_table_info(?1) ORDER BY cid",
              "SELECT \"from\" || '>' || \"table\" || '.' || coalesce(\"to\", '') || ' ' || on_delete FROM pragma_foreign_key_list(?1) ORDER BY id, seq",
              "SELECT coalesce(name, 'rowid') FROM pragma_index_info(?1) ORDER BY seqno"}) {
            const auto lines = column(database, sql, {name});
            if (!lines)
                return lines.error();
            text += name + QLatin1Char('(') + lines->join(QLatin1Char(',')) + QLatin1String(")\n");
        }
    return text;
}

} // namespace

Result<void> checkPages(const Database &database)
{
    const auto answer = column(database, "PRAGMA integrity_check(1)");
    if (!answer)
        return answer.error();
    const QString text = answer->join(QLatin1Char(' '));
    if (text == QLatin1String("ok"))
        return {};
    return damaged(database, text);
}

bool hasKnownTables(const Database &database)
{
    const auto newest = example(qint64(storeSchema().size()), storeSchema());
    const auto names = newest ? column(**newest, kNames) : Result<QStringList>(newest.error());
    const auto is = names ? structureOf(database, *names) : Result<QString>(names.error());
    if (!is)
        return false;
    for (qint64 version = qint64(storeSchema().size()); version > 0; --version) {
        const auto one = example(version, storeSchema());
        const auto was = one ? structureOf(**one, *names) : Result<QString>(one.error());
        if (was && *was == *is)
            return true;
    }
    return false;
}

Result<void> checkStore(const Database &database, qint64 version, StoreSchema schema)
{
    if (version < 0 || version > kNewestThinkable)
        return damaged(database, QStringLiteral("schema %1").arg(version));
    if (const auto pages = checkPages(database); !pages)
        return pages;
    // Read in another encoding, every text would be another.
    const auto encoding = column(database, "PRAGMA encoding");
    if (!encoding)
        return encoding.error();
    if (encoding->value(0) != QLatin1String("UTF-8"))
        return damaged(database, encoding->join(QLatin1Char(' ')));
    // What the user added to the file is no business of ours, what a later schema has is.
    const auto newest = example(qint64(storeSchema().size()), storeSchema()), wanted = example(version, schema);
    if (!newest || !wanted)
        return (newest ? wanted : newest).error();
    auto names = column(**newest, kNames);
    const auto others = column(**wanted, kNames);
    if (!names || !others)
        return (names ? others : names).error();
    *names += *others;
    const auto is = structureOf(database, *names), shouldBe = structureOf(**wanted, *names);
    if (!is || !shouldBe)
        return (is ? shouldBe : is).error();
    if (*is == *shouldBe)
        return {};
    const QStringList lines = is->split(QLatin1Char('\n')), others2 = shouldBe->split(QLatin1Char('\n'));
    const auto differs = std::mismatch(lines.begin(), lines.end(), others2.begin(), others2.end()).first;
    return damaged(database, QStringLiteral("tables that are not those of schema %1: %2").arg(version).arg(differs == lines.end() ? lines.last() : *differs));
}

} // namespace app
