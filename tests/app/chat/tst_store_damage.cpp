// app/chat/store_file.h on five hundred damaged copies of one database: each opens, the damaged file is kept, what lies on pages that
// were not hit is there, the counts that are told are right, and a backup brings the rest.
#include "app/chat/search_index.h"
#include "app/chat/store_file.h"
#include "app/chat/store_queries.h"
#include "tests/support/disk/faulty_disk.h"
#include "tests/support/temporary_file.h"

#include <QDir>
#include <QFile>
#include <QMap>
#include <QRandomGenerator>
#include <QSet>
#include <QTest>
#include <QtEndian>

using namespace app;

namespace {

constexpr int kPage = 4096;
constexpr int kConversations = 12, kMessages = 40;

// A b-tree of a table as SQLite's file format describes it: on which pages each row lies, those of its overflow included.
class TableMap
{
public:
    TableMap(const QByteArray &file, qint64 root) : m_file(file) { walk(quint32(root), 0); }
    const QHash<qint64, QSet<int>> &rows() const { return m_rows; }
    const QSet<int> &interior() const { return m_interior; }

private:
    const uchar *at(qint64 page, int offset) const { return reinterpret_cast<const uchar *>(m_file.constData()) + (page - 1) * kPage + offset; }
    static qint64 varint(const uchar *&p)
    {
        quint64 value = 0;
        for (int i = 0; i < 8; ++i) {
            value = (value << 7) | (*p & 0x7f);
            if (!(*p++ & 0x80))
                return qint64(value);
        }
        return qint64((value << 8) | *p++);
    }
    void walk(quint32 page, int depth)
    {
        if (depth > 20)
            return;
        const int start = page == 1 ? 100 : 0;
        const bool leaf = *at(page, start) == 13;
        const int cells = qFromBigEndian<quint16>(at(page, start + 3));
        const int pointers = start + (leaf ? 8 : 12);
        if (!leaf) {
            m_interior << int(page);
            walk(qFromBigEndian<quint32>(at(page, start + 8)), depth + 1);
        }
        for (int i = 0; i < cells; ++i) {
            const uchar *cell = at(page, qFromBigEndian<quint16>(at(page, pointers + 2 * i)));
            if (!leaf) {
                walk(qFromBigEndian<quint32>(cell), depth + 1);
                continue;
            }
            const qint64 size = varint(cell);
            QSet<int> &pages = m_rows[varint(cell)];
            pages << int(page);
            constexpr qint64 kMost = kPage - 35, kLeast = (kPage - 12) * 32 / 255 - 23;
            if (size <= kMost)
                continue;
            const qint64 fits = kLeast + (size - kLeast) % (kPage - 4);
            for (quint32 next = qFromBigEndian<quint32>(cell + (fits <= kMost ? fits : kLeast)); next; next = qFromBigEndian<quint32>(at(next, 0)))
                pages << int(next);
        }
    }

    const QByteArray &m_file;
    QHash<qint64, QSet<int>> m_rows;
    QSet<int> m_interior;
};

MessageRecord message(qint64 id, qint64 chat, const QString &text)
{
    MessageRecord record;
    record.id = id;
    record.conversationId = chat;
    record.role = id % 2 ? Role::User : Role::Assistant;
    record.content = text;
    record.created = 1790000000000 + id;
    return record;
}

QHash<qint64, QString> messagesOf(const Database &database)
{
    QHash<qint64, QString> all;
    auto rows = database.prepare("SELECT id, conversation_id || role || content || created FROM messages NOT INDEXED");
    if (rows)
        for (auto row = rows->step(); row && *row; row = rows->step())
            all.insert(rows->integer(0), rows->text(1));
    return all;
}

// Those that a window would show: read by conversation, as it does.
QSet<qint64> shown(const Database &database)
{
    QSet<qint64> ids;
    const auto chats = readConversations(database);
    if (!chats)
        return ids;
    for (const ConversationRecord &chat : *chats)
        if (const auto contents = readContents(database, chat.id))
            for (const MessageRecord &each : contents->messages)
                ids << each.id;
    return ids;
}

enum class Damage { Bits, Zeroed, FirstPage, HeaderBits, Cut, WriteAheadLog };

} // namespace

class TestStoreDamage : public QObject
{
    Q_OBJECT

private:
    test::TemporaryFolder m_folder;
    QByteArray m_whole, m_log; // the file, and one with its last part in the write-ahead log
    QByteArray m_withLog;
    QHash<qint64, QString> m_messages;
    QHash<qint64, QSet<int>> m_pagesOf;     // of the messages
    QHash<qint64, QSet<int>> m_chatPagesOf; // of the conversations
    QSet<int> m_interior;

    static bool fill(Database &database, int first, int last)
    {
        if (!database.run("BEGIN"))
            return false;
        for (int c = first; c <= last; ++c) {
            ConversationRecord chat;
            chat.id = c;
            chat.title = QStringLiteral("Chat %1").arg(c);
            chat.created = chat.updated = 1790000000000 + c;
            if (!apply(database, CreateConversation{chat}))
                return false;
            for (int m = 0; m < kMessages; ++m) {
                const qint64 id = 1000 * c + m;
                const int times = m % 13 == 0 ? 200 : 3 + m * 7 % 30; // some longer than a page
                if (!apply(database, SaveMessage{message(id, c, QStringLiteral("message %1 鲸 ").arg(id).repeated(times))}))
                    return false;
            }
            if (!apply(database, SetDraft{c, QStringLiteral("draft %1").arg(c)}) || !apply(database, SetTags{c, {QStringLiteral("t%1").arg(c)}}))
                return false;
        }
        return database.run("DELETE FROM search_pending; COMMIT").ok();
    }
    static QByteArray read(const QString &path)
    {
        QFile file(path);
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }

private Q_SLOTS:
    void initTestCase()
    {
        const QString folder = m_folder.path(QStringLiteral("source"));
        auto opened = openStoreFile(folder);
        QVERIFY(opened.database);
        QVERIFY(fill(*opened.database, 1, kConversations / 2));
        QVERIFY(opened.database->run("PRAGMA wal_checkpoint(TRUNCATE)"));
        QVERIFY(fill(*opened.database, kConversations / 2 + 1, kConversations));
        m_withLog = read(storePath(folder));
        m_log = read(storePath(folder) + QStringLiteral("-wal"));
        QVERIFY(m_log.size() > 50 * kPage);
        m_messages = messagesOf(*opened.database);
        const auto root = opened.database->integer("SELECT rootpage FROM sqlite_schema WHERE name = 'messages'");
        const auto chats = opened.database->integer("SELECT rootpage FROM sqlite_schema WHERE name = 'conversations'");
        QVERIFY(root && chats);
        opened.database.reset();
        m_whole = read(storePath(folder));
        const TableMap map(m_whole, *root);
        m_pagesOf = map.rows();
        m_interior = map.interior();
        m_chatPagesOf = TableMap(m_whole, *chats).rows();
        QCOMPARE(m_messages.size(), qsizetype(kConversations * kMessages));
        QCOMPARE(m_pagesOf.size(), m_messages.size());
        QCOMPARE(m_chatPagesOf.size(), qsizetype(kConversations));
        QVERIFY(!m_interior.isEmpty());
    }
    void opensInEveryCase_data()
    {
        QTest::addColumn<int>("kind");
        QTest::addColumn<int>("copies");
        QTest::newRow("1 to 64 bits") << int(Damage::Bits) << 220;
        QTest::newRow("1 to 3 zeroed pages") << int(Damage::Zeroed) << 150;
        QTest::newRow("first page, bits or whole") << int(Damage::FirstPage) << 60;
        QTest::newRow("bits of the header") << int(Damage::HeaderBits) << 40;
        QTest::newRow("cut") << int(Damage::Cut) << 20;
        QTest::newRow("write-ahead log") << int(Damage::WriteAheadLog) << 30;
    }
    void opensInEveryCase()
    {
        QFETCH(int, kind);
        QFETCH(int, copies);
        const int pages = int(m_whole.size() / kPage);
        int kept = 0, expectedInAll = 0, foundInAll = 0;
        for (int copy = 0; copy < copies; ++copy) {
            QRandomGenerator random(quint32(1000 * kind + copy));
            QByteArray bytes = kind == int(Damage::WriteAheadLog) ? m_withLog : m_whole, log;
            QSet<int> hit;
            const auto flip = [&](QByteArray &where, qsizetype offset) {
                where[offset] = char(where[offset] ^ char(1 << random.bounded(8)));
                hit << int(offset / kPage) + 1;
            };
            switch (Damage(kind)) {
            case Damage::Bits:
                for (int i = 0, count = 1 + int(random.bounded(64u)); i < count; ++i)
                    flip(bytes, qsizetype(random.bounded(quint32(bytes.size()))));
                break;
            case Damage::Zeroed:
                for (int i = 0, count = 1 + copy % 3; i < count; ++i) {
                    const int page = i == 0 && copy % 7 == 0 ? *m_interior.begin() : 2 + int(random.bounded(quint32(pages - 1)));
                    bytes.replace(qsizetype(page - 1) * kPage, kPage, QByteArray(kPage, '\0'));
                    hit << page;
                }
                break;
            case Damage::FirstPage:
                for (int i = 0, count = 1 + int(random.bounded(8u)); i < count; ++i)
                    flip(bytes, qsizetype(random.bounded(quint32(kPage))));
                if (copy % 10 == 0)
                    bytes.replace(0, kPage, QByteArray(kPage, '\0'));
                break;
            case Damage::HeaderBits:
                flip(bytes, qsizetype(copy % 2 ? 60 + random.bounded(4u) : random.bounded(100u))); // 60: the number of the schema
                break;
            case Damage::Cut:
                bytes.truncate(qsizetype(1 + random.bounded(quint32(pages))) * kPage - (copy % 2 ? 100 : 0));
                for (int page = int(bytes.size() / kPage) + 1; page <= pages; ++page)
                    hit << page;
                break;
            case Damage::WriteAheadLog:
                log = m_log;
                for (int i = 0; i < 3; ++i)
                    log[qsizetype(random.bounded(quint32(log.size())))] = char(random.bounded(256u));
                break;
            }
            const QString folder = m_folder.path(QStringLiteral("copy"));
            QDir(folder).removeRecursively();
            QVERIFY(QDir().mkpath(backupFolder(folder)));
            const bool hasBackup = copy % 2 == 1;
            const QString backup = backupFolder(folder) + QStringLiteral("/baleen-2030-01-0%1.db");
            const auto put = [](const QString &path, const QByteArray &contents) {
                QFile file(path);
                return file.open(QIODevice::WriteOnly) && file.write(contents) == contents.size();
            };
            QVERIFY(put(storePath(folder), bytes));
            QVERIFY(log.isEmpty() || put(storePath(folder) + QStringLiteral("-wal"), log));
            if (hasBackup) {
                QVERIFY(put(backup.arg(2), m_whole));
                if (copy % 4 == 1) // the newest one is no good
                    QVERIFY(put(backup.arg(3), m_whole.left(m_whole.size() / 3)));
            }

            const test::FaultyDisk fast(folder);
            const OpenedStore opened = openStoreFile(folder);
            const QString which = QStringLiteral("copy %1: ").arg(copy);
            QVERIFY2(opened.database, qPrintable(which + opened.report.notice));
            const StoreReport &report = opened.report;
            if (report.readOnly) {
                // A bit of the schema's number alone may make it look newer: then all is there to be read.
                QVERIFY2(Damage(kind) == Damage::HeaderBits && report.newerSchema > 0, qPrintable(which + report.notice));
                QCOMPARE(messagesOf(*opened.database), m_messages);
                continue;
            }
            QVERIFY2(!report.error, qPrintable(which + report.notice));
            const auto checked = opened.database->integer("SELECT integrity_check = 'ok' FROM pragma_integrity_check");
            QVERIFY2(checked && *checked == 1, qPrintable(which));
            QCOMPARE(*opened.database->integer("PRAGMA user_version"), qint64(storeSchema().size()));

            const auto now = messagesOf(*opened.database);
            int expected = 0, found = 0;
            QString lost;
            for (auto row = m_messages.begin(); row != m_messages.end(); ++row) {
                if (Damage(kind) == Damage::WriteAheadLog && row.key() >= 1000 * (kConversations / 2 + 1))
                    continue; // what is behind the damage in the log is lost
                if (m_pagesOf[row.key()].intersects(hit))
                    continue;
                ++expected;
                if (now.value(row.key()) == row.value())
                    ++found;
                else if (lost.isEmpty())
                    lost = QStringLiteral("%1: %2, is %3").arg(row.key()).arg(row.value().left(60), now.value(row.key()).left(60));
            }
            expectedInAll += expected;
            foundInAll += found;
            QVERIFY2(found >= expected * 99 / 100, qPrintable(which + QStringLiteral("%1 of %2 are there; ").arg(found).arg(expected) + lost + report.notice));
            QVERIFY2(shown(*opened.database).size() == now.size(),
                     qPrintable(which + QStringLiteral("%1 shown of %2").arg(shown(*opened.database).size()).arg(now.size())));
            if (!report.damagedCopy.isEmpty()) {
                ++kept;
                QVERIFY2(read(report.damagedCopy) == bytes, qPrintable(which));
                QVERIFY(log.isEmpty() || read(report.damagedCopy + QStringLiteral("-wal")) == log);
                QCOMPARE(report.salvagedMessages + report.restoredMessages, int(now.size()));
                QVERIFY2(report.salvagedMessages >= expected * 99 / 100, qPrintable(which));
                if (hasBackup) {
                    QCOMPARE(report.restoredFrom, backup.arg(2));
                    for (auto row = m_messages.begin(); row != m_messages.end(); ++row)
                        QVERIFY2(now.contains(row.key()), qPrintable(which + QString::number(row.key())));
                    QVERIFY(*opened.database->integer("SELECT count(*) FROM conversations") >= kConversations);
                } else {
                    QVERIFY(report.restoredFrom.isEmpty());
                    QCOMPARE(report.restoredMessages, 0);
                }
            } else if (Damage(kind) != Damage::WriteAheadLog) {
                QCOMPARE(now.size(), m_messages.size());
            }
            // It goes on.
            QVERIFY(apply(*const_cast<Database *>(opened.database.get()), SaveMessage{message(999999, 1, QStringLiteral("x"))}).ok() ||
                    *opened.database->integer("SELECT count(*) FROM conversations WHERE id = 1") == 0);
            QVERIFY(SearchIndex::open(*opened.database, folder).ok());
        }
        QVERIFY2(foundInAll >= expectedInAll * 0.999, qPrintable(QStringLiteral("%1 of %2").arg(foundInAll).arg(expectedInAll)));
        qInfo("%d of %d kept aside; %d of %d messages off the damage are there", kept, copies, foundInAll, expectedInAll);
    }
};

QTEST_GUILESS_MAIN(TestStoreDamage)
#include "tst_store_damage.moc"
