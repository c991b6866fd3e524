// A SQLite connection and its statements, with errors as values. Synchronous: for the store's thread.
#pragma once

#include "inference/result.h"

#include <QByteArray>
#include <QString>

#include <initializer_list>
#include <memory>
#include <utility>
#include <variant>

struct sqlite3;
struct sqlite3_stmt;

namespace app {

// What a statement binds. QString is stored as UTF-8, QByteArray as a blob; std::monostate is NULL.
using SqlValue = std::variant<std::monostate, qint64, double, QString, QByteArray>;

inline SqlValue orNull(qint64 value)
{
    return value ? SqlValue(value) : SqlValue();
}
inline SqlValue orNull(const QString &value)
{
    return value.isEmpty() ? SqlValue() : SqlValue(value);
}
inline SqlValue orNull(const QByteArray &value)
{
    return value.isEmpty() ? SqlValue() : SqlValue(value);
}
// QString's null and its empty string are one to a NOT NULL column.
inline SqlValue orEmpty(const QString &value)
{
    return value.isNull() ? QStringLiteral("") : value;
}

class Database;

// One prepared statement. Values of a row are read after step() gave true.
class Statement
{
public:
    Statement(Statement &&other) noexcept;
    Statement &operator=(Statement &&) = delete;
    ~Statement();

    inference::Result<bool> step(); // true: a row is there; false: the end
    int columns() const;
    bool isNull(int column) const;
    qint64 integer(int column) const;
    double real(int column) const;
    QString text(int column) const; // invalid UTF-8 becomes U+FFFD
    QByteArray blob(int column) const;
    // Binds the first columns of the other statement's row, as they are, runs this one to its end, and can do
    // so again.
    inference::Result<void> runWithRow(const Statement &row);

private:
    friend class Database;
    Statement(const Database &database, sqlite3_stmt *statement)
        : m_database(&database), m_statement(statement)
    {}

    const Database *m_database;
    sqlite3_stmt *m_statement;
};

// Closed when it goes. Not thread-safe.
class Database
{
public:
    enum class Mode { ReadWrite, ReadOnly };

    // Opens or creates a file. ReadOnly falls back to an immutable view when the folder cannot be written, so
    // that a database on a read-only medium can be read.
    static inference::Result<std::unique_ptr<Database>> open(const QString &path, Mode mode);
    ~Database();
    Database(const Database &) = delete;
    Database &operator=(const Database &) = delete;

    QString path() const { return m_path; }
    bool isReadOnly() const;
    // Whether the end of the connection brings the write-ahead log into the file, as it does at first. A file that may be damaged is
    // better left as it is.
    void setCheckpointAtClose(bool does);
    inference::Result<void> run(const char *sql); // one or several statements without values or rows
    inference::Result<void> run(const char *sql, std::initializer_list<SqlValue> values);
    inference::Result<Statement> prepare(const QByteArray &sql,
                                         std::initializer_list<SqlValue> values = {}) const;
    inference::Result<qint64> integer(const char *sql, std::initializer_list<SqlValue> values = {}) const;
    // Runs a query to its end and gives each row to `take`, which reads it as a Statement.
    template <class Take> inference::Result<void> each(const QByteArray &sql, std::initializer_list<SqlValue> values, Take take) const
    {
        auto rows = prepare(sql, values);
        if (!rows)
            return rows.error();
        for (;;) {
            const auto row = rows->step();
            if (!row)
                return row.error();
            if (!*row)
                return {};
            take(std::as_const(*rows));
        }
    }
    qint64 changes() const; // rows of the last statement
    bool inTransaction() const;
    // Copies all pages into a new file, which appears under its name when it is whole.
    inference::Result<void> copyTo(const QString &path) const;
    // The last failure of this connection. DiskFull, ReadOnly, Damaged, Busy, OutOfMemory, NotFound or Io.
    inference::Error error(const char *what) const;

private:
    Database(const QString &path, sqlite3 *handle) : m_path(path), m_handle(handle) {}

    QString m_path;
    sqlite3 *m_handle;
};

} // namespace app
