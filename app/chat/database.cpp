#include "app/chat/database.h"

#include <QFile>
#include <QFileInfo>
#include <QUrl>

#include <sqlite3.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>

namespace app {

using inference::Error;
using inference::ErrorCode;
using inference::ErrorParts;
using inference::Result;

namespace {

ErrorCode codeOf(int extended, int systemError)
{
    switch (extended & 0xff) {
    case SQLITE_FULL:
        return ErrorCode::DiskFull;
    case SQLITE_READONLY:
    case SQLITE_PERM:
        return ErrorCode::ReadOnly;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return ErrorCode::Damaged;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return ErrorCode::Busy;
    case SQLITE_NOMEM:
        return ErrorCode::OutOfMemory;
    case SQLITE_IOERR:
        // A quota and a limit on the file's size are full disks to the user.
        if (systemError == ENOSPC || systemError == EDQUOT || systemError == EFBIG)
            return ErrorCode::DiskFull;
        if (extended == SQLITE_IOERR_NOMEM)
            return ErrorCode::OutOfMemory;
        return systemError == EROFS ? ErrorCode::ReadOnly : ErrorCode::Io;
    case SQLITE_CANTOPEN:
        if (systemError == ENOSPC || systemError == EDQUOT)
            return ErrorCode::DiskFull;
        if (systemError == EROFS || systemError == EACCES)
            return ErrorCode::ReadOnly;
        return ErrorCode::Io;
    case SQLITE_CONSTRAINT:
    case SQLITE_MISMATCH:
    case SQLITE_TOOBIG:
        return ErrorCode::InvalidArgument;
    case SQLITE_ERROR:
    case SQLITE_MISUSE:
        return ErrorCode::Internal;
    default:
        return ErrorCode::Io;
    }
}

const char *wayOutOf(ErrorCode code)
{
    switch (code) {
    case ErrorCode::DiskFull:
        return "Free some space; Baleen tries again by itself.";
    case ErrorCode::ReadOnly:
        return "Make the folder and the file writable.";
    case ErrorCode::Damaged:
        return "Start Baleen again: it keeps the file aside and saves what can be read.";
    case ErrorCode::Busy:
        return "Close the other program that has it open.";
    case ErrorCode::Io:
        return "Check the disk and the folder's permissions.";
    default:
        return "";
    }
}

int bind(sqlite3_stmt *statement, int index, const SqlValue &value)
{
    if (const auto *number = std::get_if<qint64>(&value))
        return sqlite3_bind_int64(statement, index, *number);
    if (const auto *real = std::get_if<double>(&value))
        return sqlite3_bind_double(statement, index, *real);
    if (const auto *string = std::get_if<QString>(&value)) {
        const QByteArray utf8 = string->toUtf8();
        return sqlite3_bind_text64(statement, index, utf8.constData(), sqlite3_uint64(utf8.size()),
                                   SQLITE_TRANSIENT, SQLITE_UTF8);
    }
    if (const auto *bytes = std::get_if<QByteArray>(&value))
        return sqlite3_bind_blob64(statement, index, bytes->constData(), sqlite3_uint64(bytes->size()), SQLITE_TRANSIENT);
    return sqlite3_bind_null(statement, index);
}

} // namespace

Statement::Statement(Statement &&other) noexcept
    : m_database(other.m_database), m_statement(std::exchange(other.m_statement, nullptr))
{}

Statement::~Statement()
{
    sqlite3_finalize(m_statement);
}

Result<bool> Statement::step()
{
    errno = 0; // see Database::error()
    switch (sqlite3_step(m_statement)) {
    case SQLITE_ROW:
        return true;
    case SQLITE_DONE:
        return false;
    default:
        return m_database->error("The database could not be read or written");
    }
}

int Statement::columns() const
{
    return sqlite3_column_count(m_statement);
}

bool Statement::isNull(int column) const
{
    return sqlite3_column_type(m_statement, column) == SQLITE_NULL;
}

qint64 Statement::integer(int column) const
{
    return sqlite3_column_int64(m_statement, column);
}

double Statement::real(int column) const
{
    return sqlite3_column_double(m_statement, column);
}

QString Statement::text(int column) const
{
    const auto *bytes = reinterpret_cast<const char *>(sqlite3_column_text(m_statement, column));
    return QString::fromUtf8(bytes, bytes ? sqlite3_column_bytes(m_statement, column) : 0);
}

QByteArray Statement::blob(int column) const
{
    const auto *bytes = static_cast<const char *>(sqlite3_column_blob(m_statement, column));
    return QByteArray(bytes, bytes ? sqlite3_column_bytes(m_statement, column) : 0);
}

Result<void> Statement::runWithRow(const Statement &row)
{
    sqlite3_reset(m_statement);
    const int places = std::min(row.columns(), sqlite3_bind_parameter_count(m_statement));
    for (int column = 0; column < places; ++column) {
        sqlite3_value *value = sqlite3_column_value(row.m_statement, column);
        if (sqlite3_bind_value(m_statement, column + 1, value) != SQLITE_OK)
            return m_database->error("A value could not be copied");
    }
    const auto stepped = step();
    if (!stepped)
        return stepped.error();
    return {};
}

Result<std::unique_ptr<Database>> Database::open(const QString &path, Mode mode)
{
    const auto attempt = [&](const QString &name, int flags) {
        sqlite3 *handle = nullptr;
        sqlite3_open_v2(name.toUtf8().constData(), &handle, flags | SQLITE_OPEN_NOMUTEX, nullptr);
        auto database = std::unique_ptr<Database>(new Database(path, handle));
        if (handle) {
            sqlite3_extended_result_codes(handle, 1);
            sqlite3_busy_timeout(handle, 1000);
        }
        return database;
    };
    if (mode == Mode::ReadWrite) {
        auto database = attempt(path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
        if (sqlite3_errcode(database->m_handle) != SQLITE_OK)
            return database->error("The database could not be opened");
        return database;
    }
    auto database = attempt(path, SQLITE_OPEN_READONLY);
    if (sqlite3_errcode(database->m_handle) == SQLITE_OK &&
        sqlite3_exec(database->m_handle, "SELECT count(*) FROM sqlite_schema", nullptr, nullptr, nullptr) ==
            SQLITE_OK)
        return database;
    // A file in WAL mode cannot be read where its -shm file cannot be made, but as an immutable one it can.
    const QString uri = QUrl::fromLocalFile(QFileInfo(path).absoluteFilePath()).toString(QUrl::FullyEncoded) +
                        QStringLiteral("?immutable=1");
    auto immutable = attempt(uri, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI);
    if (sqlite3_errcode(immutable->m_handle) != SQLITE_OK)
        return immutable->error("The database could not be opened");
    return immutable;
}

Database::~Database()
{
    sqlite3_close_v2(m_handle);
}

bool Database::isReadOnly() const
{
    return sqlite3_db_readonly(m_handle, "main") == 1;
}

void Database::setCheckpointAtClose(bool does)
{
    sqlite3_db_config(m_handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, does ? 0 : 1, nullptr);
}

Result<void> Database::run(const char *sql)
{
    errno = 0;
    if (sqlite3_exec(m_handle, sql, nullptr, nullptr, nullptr) != SQLITE_OK)
        return error("The database could not be read or written");
    return {};
}

Result<void> Database::run(const char *sql, std::initializer_list<SqlValue> values)
{
    auto statement = prepare(sql, values);
    if (!statement)
        return statement.error();
    const auto stepped = statement->step();
    if (!stepped)
        return stepped.error();
    return {};
}

Result<Statement> Database::prepare(const QByteArray &sql, std::initializer_list<SqlValue> values) const
{
    sqlite3_stmt *raw = nullptr;
    if (sqlite3_prepare_v2(m_handle, sql.constData(), int(sql.size()), &raw, nullptr) != SQLITE_OK)
        return error("The database could not be read");
    Statement statement(*this, raw);
    int index = 0;
    for (const SqlValue &value : values)
        if (bind(raw, ++index, value) != SQLITE_OK)
            return error("A value could not be stored");
    return statement;
}

Result<qint64> Database::integer(const char *sql, std::initializer_list<SqlValue> values) const
{
    auto statement = prepare(sql, values);
    if (!statement)
        return statement.error();
    const auto stepped = statement->step();
    if (!stepped)
        return stepped.error();
    return *stepped ? statement->integer(0) : qint64(0);
}

qint64 Database::changes() const
{
    return sqlite3_changes64(m_handle);
}

bool Database::inTransaction() const
{
    return sqlite3_get_autocommit(m_handle) == 0;
}

Result<void> Database::copyTo(const QString &path) const
{
    const QString part = path + QStringLiteral(".part");
    QFile::remove(part);
    Result<void> result;
    {
        auto target = open(part, Mode::ReadWrite);
        if (!target)
            return target.error();
        sqlite3_backup *backup = sqlite3_backup_init((*target)->m_handle, "main", m_handle, "main");
        if (!backup)
            return (*target)->error("The backup could not be begun");
        const int stepped = sqlite3_backup_step(backup, -1);
        sqlite3_backup_finish(backup);
        if (stepped != SQLITE_DONE)
            result = (*target)->error("The backup could not be written");
    }
    if (result.ok()) {
        std::error_code failed;
        std::filesystem::rename(part.toStdString(), path.toStdString(), failed); // in the place of a former one at once
        if (failed)
            result = Error(ErrorCode::Io,
                           ErrorParts{.what = "The backup could not be named",
                                      .where = path.toStdString(),
                                      .found = failed.message()});
    }
    if (!result.ok())
        QFile::remove(part);
    return result;
}

Error Database::error(const char *what) const
{
    // A COMMIT that fails does not tell SQLite's caller why; errno still does.
    const int lastError = errno;
    const int extended = m_handle ? sqlite3_extended_errcode(m_handle) : SQLITE_NOMEM;
    int systemError = m_handle ? sqlite3_system_errno(m_handle) : 0;
    if (systemError == 0)
        systemError = lastError;
    const ErrorCode code = codeOf(extended, systemError);
    std::string found = m_handle ? sqlite3_errmsg(m_handle) : "no memory";
    const int primary = extended & 0xff;
    if (systemError && (primary == SQLITE_IOERR || primary == SQLITE_CANTOPEN || primary == SQLITE_FULL))
        found += std::string(", ") + std::strerror(systemError);
    return Error(code, ErrorParts{.what = code == ErrorCode::DiskFull ? "The disk is full" : what,
                                  .where = m_path.toStdString(),
                                  .found = found,
                                  .wayOut = wayOutOf(code)});
}

} // namespace app
