// app/chat/conversation_list_model.h: groups, order, finding, removal with undo.
#include "app/chat/conversation_list_model.h"

#include "tests/support/temporary_file.h"

#include <QAbstractItemModelTester>
#include <QDateTime>
#include <QRandomGenerator>
#include <QSignalSpy>
#include <QTest>

using namespace app;
using Group = ConversationListModel::Group;

namespace {

struct Setup
{
    Setup() { open(); }
    void open()
    {
        list.reset();
        store.reset();
        store = std::make_unique<ChatStore>(folder.path(QStringLiteral("data")));
        list = std::make_unique<ConversationListModel>(*store);
        (void)QTest::qWaitFor([&] { return list->isLoaded(); });
    }
    bool settle()
    {
        return QTest::qWaitFor([&] { return store->saveState() == ChatStore::SaveState::Saved; });
    }
    qint64 add(const QString &title, int daysAgo = 0)
    {
        ConversationRecord record;
        record.id = newRecordId();
        record.title = title;
        record.created = record.updated = QDateTime::currentDateTime().addDays(-daysAgo).toMSecsSinceEpoch();
        store->write({CreateConversation{record}}, Durability::Typed);
        (void)settle();
        return record.id;
    }
    QStringList titles()
    {
        QStringList all;
        for (int row = 0; row < list->rowCount(); ++row)
            all << list->index(row).data(ConversationListModel::TitleRole).toString();
        return all;
    }

    test::TemporaryFolder folder;
    std::unique_ptr<ChatStore> store;
    std::unique_ptr<ConversationListModel> list;
};

} // namespace

class TestConversationListModel : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void groupsByTimeNewestFirst()
    {
        Setup s;
        const QAbstractItemModelTester tester(s.list.get());
        s.add(QStringLiteral("old"), 30);
        s.add(QStringLiteral("week"), 7);
        s.add(QStringLiteral("yesterday"), 1);
        s.add(QStringLiteral("today"));
        const qint64 pinned = s.add(QStringLiteral("pinned"), 60);
        s.list->setPinned(pinned, true);
        QVERIFY(s.settle());
        QCOMPARE(s.titles(),
                 (QStringList{QStringLiteral("pinned"), QStringLiteral("today"), QStringLiteral("yesterday"),
                              QStringLiteral("week"), QStringLiteral("old")}));
        const QVector<Group> groups{Group::Pinned, Group::Today, Group::Yesterday, Group::PreviousWeek,
                                    Group::Earlier};
        for (int row = 0; row < 5; ++row)
            QCOMPARE(Group(s.list->index(row).data(ConversationListModel::GroupRole).toInt()), groups[row]);
        s.open();
        QCOMPARE(s.list->rowCount(), 5);
        QCOMPARE(s.titles().first(), QStringLiteral("pinned"));
        QSignalSpy changed(s.list.get(), &QAbstractItemModel::dataChanged);
        s.list->setToday(QDate::currentDate().addDays(1)); // midnight has passed
        QCOMPARE(Group(s.list->index(1).data(ConversationListModel::GroupRole).toInt()), Group::Yesterday);
        QVERIFY(changed.count() > 0);
    }
    void aChatThatGoesOnMovesUp()
    {
        Setup s;
        const qint64 first = s.add(QStringLiteral("a"), 2);
        s.add(QStringLiteral("b"), 1);
        QSignalSpy moved(s.list.get(), &QAbstractItemModel::rowsMoved);
        s.store->write({SetCurrentLeaf{first, 0, nowMs()}}, Durability::Typed);
        QVERIFY(s.settle());
        QCOMPARE(s.titles(), (QStringList{QStringLiteral("a"), QStringLiteral("b")}));
        QCOMPARE(moved.count(), 1);
        s.store->write({SetCurrentLeaf{first, 0, 0}},
                       Durability::Typed); // another version shown: nothing new
        QVERIFY(s.settle());
        QCOMPARE(moved.count(), 1);
    }
    void findsByTitle_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QStringList>("found");
        QTest::newRow("case") << QStringLiteral("GRÖSSE") << QStringList{QStringLiteral("Die grösse")};
        QTest::newRow("two words") << QStringLiteral("sort  how")
                                   << QStringList{QStringLiteral("How to Sort")};
        QTest::newRow("chinese") << QStringLiteral("排序") << QStringList{QStringLiteral("快速排序怎么写")};
        QTest::newRow("one character")
            << QStringLiteral("写") << QStringList{QStringLiteral("快速排序怎么写")};
        QTest::newRow("nothing") << QStringLiteral("zebra") << QStringList{};
    }
    void findsByTitle()
    {
        QFETCH(QString, text);
        QFETCH(QStringList, found);
        Setup s;
        s.add(QStringLiteral("How to Sort"));
        s.add(QStringLiteral("快速排序怎么写"));
        s.add(QStringLiteral("Die grösse"));
        s.list->find(text);
        QCOMPARE(s.titles(), found);
        QCOMPARE(s.list->total(), 3);
        s.list->find(QString());
        QCOMPARE(s.list->rowCount(), 3);
    }
    void removalCanBeUndone()
    {
        Setup s;
        const qint64 a = s.add(QStringLiteral("a"));
        s.add(QStringLiteral("b"));
        QSignalSpy removed(s.list.get(), &ConversationListModel::removed);
        s.list->remove(a);
        QVERIFY(s.settle());
        QCOMPARE(removed.count(), 1);
        QCOMPARE(removed.first().at(1).toString(), QStringLiteral("a"));
        QCOMPARE(s.titles(), QStringList{QStringLiteral("b")});
        QVERIFY(s.list->canUndoRemove());
        s.list->undoRemove();
        QVERIFY(s.settle());
        QCOMPARE(s.list->rowCount(), 2);
        QVERIFY(!s.list->canUndoRemove());
        s.list->remove(a);
        s.open();
        QCOMPARE(s.titles(), QStringList{QStringLiteral("b")});
    }
    void createsAndRenames()
    {
        Setup s;
        const qint64 id = s.list->create();
        QVERIFY(s.settle());
        QCOMPARE(s.list->rowOf(id), 0);
        QCOMPARE(s.list->index(0).data().toString(), QStringLiteral("New chat"));
        s.list->rename(id, QStringLiteral("  My\n chat "));
        s.list->rename(id, QStringLiteral("   "));
        QVERIFY(s.settle());
        QCOMPARE(s.titles(), QStringList{QStringLiteral("My chat")});
    }
    void otherPanelsAreNotShown()
    {
        Setup s;
        ConversationRecord record;
        record.id = newRecordId();
        record.kind = QStringLiteral("code");
        s.store->write({CreateConversation{record}}, Durability::Typed);
        QVERIFY(s.settle());
        QCOMPARE(s.list->rowCount(), 0);
        s.open();
        QCOMPARE(s.list->rowCount(), 0);
    }
    void randomChangesKeepTheRowsRight()
    {
        Setup s;
        const QAbstractItemModelTester tester(s.list.get());
        QRandomGenerator random(5);
        QVector<qint64> ids;
        for (int i = 0; i < 300; ++i) {
            const qint64 id = ids.isEmpty() ? 0 : ids[qsizetype(random.bounded(quint32(ids.size())))];
            switch (random.bounded(7)) {
            case 0:
            case 1:
                ids << s.list->create(QStringLiteral("title %1").arg(random.bounded(30)));
                break;
            case 2:
                s.list->setPinned(id, random.bounded(2));
                break;
            case 3:
                s.store->write({SetCurrentLeaf{id, 0, nowMs() + i}}, Durability::Streamed);
                break;
            case 4:
                s.list->remove(id);
                break;
            case 5:
                s.list->undoRemove();
                break;
            default:
                s.list->find(random.bounded(2) ? QStringLiteral("1") : QString());
            }
            if (i % 10 == 0)
                QVERIFY(s.settle());
        }
        s.list->find(QString());
        QVERIFY(s.settle());
        const QStringList shown = s.titles();
        s.open();
        QCOMPARE(s.titles(), shown);
    }
};

QTEST_GUILESS_MAIN(TestConversationListModel)
#include "tst_conversation_list_model.moc"
