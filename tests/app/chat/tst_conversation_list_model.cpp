// app/chat/conversation_list_model.h: groups, folders, tags, order, finding, copies, removal with undo.
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
    qint64 say(qint64 conversation, const QString &text, qint64 parent = 0)
    {
        MessageRecord record;
        record.id = newRecordId();
        record.conversationId = conversation;
        record.parentId = parent;
        record.content = text;
        record.created = nowMs();
        store->write({SaveMessage{record}}, Durability::Typed);
        (void)settle();
        return record.id;
    }
    ConversationContents contents(qint64 id)
    {
        std::optional<ConversationContents> read;
        store->readContents(id, store.get(), [&](const auto &result) { read = result ? *result : ConversationContents(); });
        (void)QTest::qWaitFor([&] { return read.has_value(); });
        return read.value_or(ConversationContents());
    }
    QStringList deleted()
    {
        std::optional<QStringList> titles;
        list->readDeleted(store.get(), [&](const QVector<ConversationRecord> &chats) {
            titles.emplace();
            for (const ConversationRecord &chat : chats)
                *titles << chat.title;
        });
        (void)QTest::qWaitFor([&] { return titles.has_value(); });
        return titles.value_or(QStringList());
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
    void whatWasSaidIsFoundWithASnippet()
    {
        Setup s;
        const QAbstractItemModelTester tester(s.list.get());
        const qint64 whales = s.add(QStringLiteral("Whales")), other = s.add(QStringLiteral("Something else"));
        const qint64 said = s.say(other, QStringLiteral("How deep does a sperm whale dive?"));
        s.list->find(QStringLiteral("whale"));
        QCOMPARE(s.titles(), QStringList{QStringLiteral("Whales")}); // titles at once
        QVERIFY(s.list->isSearching());
        QVERIFY(QTest::qWaitFor([&] { return !s.list->isSearching(); }));
        QCOMPARE(s.list->rowCount(), 2);
        const QModelIndex row = s.list->index(s.list->rowOf(other));
        const QString snippet = row.data(ConversationListModel::SnippetRole).toString();
        QCOMPARE(snippet, QStringLiteral("How deep does a sperm whale dive?"));
        const auto marks = row.data(ConversationListModel::SnippetMarksRole).value<QVector<QPair<int, int>>>();
        QCOMPARE(marks, (QVector<QPair<int, int>>{{22, 5}}));
        QCOMPARE(s.list->hit(other).messageId, said);
        QCOMPARE(s.list->hit(whales).messageId, 0);
        s.list->find(QStringLiteral("sperm"));
        QCOMPARE(s.list->rowCount(), 0);
        QVERIFY(QTest::qWaitFor([&] { return !s.list->isSearching(); }));
        QCOMPARE(s.titles(), QStringList{QStringLiteral("Something else")});
        s.list->find(QString());
        QCOMPARE(s.list->rowCount(), 2);
        QVERIFY(s.list->index(0).data(ConversationListModel::SnippetRole).toString().isEmpty());
    }
    void archivedChatsAreHiddenAndToldOf()
    {
        Setup s;
        const qint64 a = s.add(QStringLiteral("alpha")), b = s.add(QStringLiteral("beta"));
        s.list->setArchived(a, true);
        QVERIFY(s.settle());
        QCOMPARE(s.titles(), QStringList{QStringLiteral("beta")});
        s.list->find(QStringLiteral("alpha"));
        QCOMPARE(s.list->rowCount(), 0);
        QCOMPARE(s.list->hiddenFound(), 1);
        s.list->showArchived(true);
        QCOMPARE(s.titles(), QStringList{QStringLiteral("alpha")});
        QCOMPARE(s.list->hiddenFound(), 0);
        s.list->find({});
        QCOMPARE(s.titles(), (QStringList{QStringLiteral("beta"), QStringLiteral("alpha")}));
        QCOMPARE(Group(s.list->index(1).data(ConversationListModel::GroupRole).toInt()), Group::Archived);
        s.open();
        QCOMPARE(s.titles(), QStringList{QStringLiteral("beta")});
        s.list->setArchived(a, false);
        QVERIFY(s.settle());
        QCOMPARE(s.list->rowCount(), 2);
        QVERIFY(s.list->rowOf(b) >= 0);
    }
    void foldersGroupChatsAndCanGo()
    {
        Setup s;
        const QAbstractItemModelTester tester(s.list.get());
        const qint64 a = s.add(QStringLiteral("a")), b = s.add(QStringLiteral("b"), 3);
        s.add(QStringLiteral("c"));
        QSignalSpy changed(s.list.get(), &ConversationListModel::foldersChanged);
        const qint64 sea = s.list->createFolder(QStringLiteral("  The \n sea ")), land = s.list->createFolder(QStringLiteral("Land"));
        QCOMPARE(s.list->createFolder(QStringLiteral("  ")), 0);
        s.list->setFolder(a, land);
        s.list->setFolder(b, sea);
        QVERIFY(s.settle());
        QVERIFY(changed.count() >= 2);
        QCOMPARE(s.titles(), (QStringList{QStringLiteral("b"), QStringLiteral("a"), QStringLiteral("c")}));
        const auto head = [&](int row) { return s.list->index(row).data(ConversationListModel::GroupNameRole).toString(); };
        QCOMPARE(head(0), QStringLiteral("The sea"));
        QCOMPARE(head(1), QStringLiteral("Land"));
        QVERIFY(s.list->index(0).data(ConversationListModel::SectionRole) != s.list->index(1).data(ConversationListModel::SectionRole));
        s.list->renameFolder(sea, QStringLiteral("Ocean"));
        QVERIFY(s.settle());
        QCOMPARE(head(0), QStringLiteral("Ocean"));
        s.open(); // it is all in the file
        QCOMPARE(s.list->folders().size(), 2);
        QCOMPARE(head(0), QStringLiteral("Ocean"));
        s.list->removeFolder(sea);
        QVERIFY(s.settle());
        QCOMPARE(s.titles(), (QStringList{QStringLiteral("a"), QStringLiteral("c"), QStringLiteral("b")}));
        s.open();
        QCOMPARE(s.list->folders().size(), 1);
        QCOMPARE(s.list->conversation(s.list->rowOf(b)).folder, 0);
    }
    void foldersAreInFolders()
    {
        Setup s;
        const QAbstractItemModelTester tester(s.list.get());
        const qint64 a = s.add(QStringLiteral("a")), b = s.add(QStringLiteral("b"));
        const qint64 work = s.list->createFolder(QStringLiteral("Work")), home = s.list->createFolder(QStringLiteral("Home"));
        QVERIFY(s.settle());
        const qint64 sea = s.list->createFolder(QStringLiteral("Sea"), work);
        QVERIFY(s.settle());
        const qint64 deep = s.list->createFolder(QStringLiteral("Deep"), sea);
        s.list->setFolder(a, deep);
        s.list->setFolder(b, home);
        QVERIFY(s.settle());
        const auto order = [&] {
            QStringList names;
            for (const FolderRecord &folder : s.list->folders())
                names << folder.name;
            return names.join(QLatin1Char(' '));
        };
        const auto head = [&](qint64 id) { return s.list->index(s.list->rowOf(id)).data(ConversationListModel::GroupNameRole).toString(); };
        const auto depth = [&](qint64 id) { return s.list->index(s.list->rowOf(id)).data(ConversationListModel::DepthRole).toInt(); };
        QCOMPARE(order(), QStringLiteral("Work Sea Deep Home"));
        QCOMPARE(s.titles(), (QStringList{QStringLiteral("a"), QStringLiteral("b")}));
        QCOMPARE(head(a), QStringLiteral("Work › Sea › Deep"));
        QCOMPARE(depth(a), 2);
        // no folder is in itself
        QVERIFY(!s.list->canMoveFolder(work, deep) && !s.list->canMoveFolder(work, work) && !s.list->canMoveFolder(sea, work) && s.list->canMoveFolder(sea, 0));
        s.list->moveFolder(work, deep);
        s.list->moveFolder(sea, home);
        QVERIFY(s.settle());
        QCOMPARE(order(), QStringLiteral("Work Home Sea Deep"));
        QCOMPARE(head(a), QStringLiteral("Home › Sea › Deep"));
        s.open();
        QCOMPARE(head(a), QStringLiteral("Home › Sea › Deep"));
        // what is in a folder that goes is in the one it was in, and back with Undo
        QSignalSpy removed(s.list.get(), &ConversationListModel::folderRemoved);
        s.list->removeFolder(home);
        QVERIFY(s.settle());
        QCOMPARE(removed.count(), 1);
        QCOMPARE(head(a), QStringLiteral("Sea › Deep"));
        QCOMPARE(s.list->conversation(s.list->rowOf(b)).folder, 0);
        s.list->undoRemoveFolder();
        QVERIFY(s.settle());
        QCOMPARE(head(a), QStringLiteral("Home › Sea › Deep"));
        QCOMPARE(head(b), QStringLiteral("Home"));
        s.open();
        QCOMPARE(head(b), QStringLiteral("Home"));
        s.list->removeFolder(deep); // into the folder outside of it
        QVERIFY(s.settle());
        QCOMPARE(head(a), QStringLiteral("Home › Sea"));
        s.open();
        QCOMPARE(head(a), QStringLiteral("Home › Sea"));
    }
    void aCircleOfFoldersHidesNothing()
    {
        Setup s;
        const qint64 a = s.add(QStringLiteral("a"));
        s.store->write({SaveFolder{{21, QStringLiteral("One"), 1, {}, 22}}, SaveFolder{{22, QStringLiteral("Two"), 2, {}, 21}},
                        SaveFolder{{23, QStringLiteral("Lost"), 3, {}, 99}}, SetFolder{a, 22}},
                       Durability::Typed);
        QVERIFY(s.settle());
        s.open();
        QCOMPARE(s.list->folders().size(), 3);
        QCOMPARE(s.list->index(0).data(ConversationListModel::GroupNameRole).toString(), QStringLiteral("One › Two"));
        QVERIFY(s.list->canMoveFolder(22, 0) && !s.list->canMoveFolder(21, 22));
        s.list->moveFolder(22, 0);
        QVERIFY(s.settle());
        QCOMPARE(s.list->index(0).data(ConversationListModel::GroupNameRole).toString(), QStringLiteral("Two"));
    }
    void tagsAreKeptAndFound()
    {
        Setup s;
        const qint64 a = s.add(QStringLiteral("a"));
        s.add(QStringLiteral("b"));
        s.say(a, QStringLiteral("anything"));
        s.list->setTags(a, QStringLiteral("#work,  Sea , work,, #"));
        QVERIFY(s.settle());
        const QStringList tags{QStringLiteral("Sea"), QStringLiteral("work")};
        QCOMPARE(s.list->index(s.list->rowOf(a)).data(ConversationListModel::TagsRole).toStringList(), tags);
        s.open();
        QCOMPARE(s.list->conversation(s.list->rowOf(a)).tags, tags);
        s.list->find(QStringLiteral("tag:work"));
        QVERIFY(QTest::qWaitFor([&] { return !s.list->isSearching(); }));
        QCOMPARE(s.titles(), QStringList{QStringLiteral("a")});
        s.list->find({});
        s.list->setTags(a, QString());
        QVERIFY(s.settle());
        s.open();
        QVERIFY(s.list->conversation(s.list->rowOf(a)).tags.isEmpty());
    }
    void aDuplicateHasAllMessagesAndVersions()
    {
        Setup s;
        const qint64 a = s.add(QStringLiteral("a"));
        const qint64 question = s.say(a, QStringLiteral("question"));
        const qint64 first = s.say(a, QStringLiteral("first"), question), second = s.say(a, QStringLiteral("second"), question);
        s.store->write({SetCurrentLeaf{a, first, 0}}, Durability::Typed);
        s.list->setTags(a, QStringLiteral("t"));
        QVERIFY(s.settle());
        s.list->duplicate(a);
        QTRY_COMPARE(s.list->rowCount(), 2);
        QVERIFY(s.settle());
        const ConversationRecord copy = s.list->conversation(s.list->rowOf(a) == 0 ? 1 : 0);
        QCOMPARE(copy.title, QStringLiteral("a (copy)"));
        QCOMPARE(copy.tags, QStringList{QStringLiteral("t")});
        const ConversationContents contents = s.contents(copy.id);
        QCOMPARE(contents.messages.size(), 3);
        QCOMPARE(contents.messages[1].parentId, contents.messages[0].id);
        QCOMPARE(contents.messages[2].parentId, contents.messages[0].id);
        QCOMPARE(contents.messages[2].content, QStringLiteral("second"));
        QCOMPARE(contents.conversation.currentLeaf, contents.messages[1].id);
        for (const MessageRecord &message : contents.messages)
            QVERIFY(message.id != question && message.id != first && message.id != second);
        QCOMPARE(s.contents(a).messages.size(), 3);
    }
    void deletedChatsComeBackAfterARestartOrGoForGood()
    {
        Setup s;
        const qint64 a = s.add(QStringLiteral("a")), b = s.add(QStringLiteral("b"));
        s.say(b, QStringLiteral("secret"));
        s.list->remove(a);
        s.list->remove(b);
        QVERIFY(s.settle());
        s.open();
        QCOMPARE(s.list->rowCount(), 0);
        QCOMPARE(s.deleted(), (QStringList{QStringLiteral("b"), QStringLiteral("a")}));
        s.list->restore(a);
        QVERIFY(s.settle());
        QCOMPARE(s.titles(), QStringList{QStringLiteral("a")});
        s.list->removeForGood(b);
        QVERIFY(s.settle());
        QVERIFY(s.deleted().isEmpty());
        QVERIFY(s.contents(b).messages.isEmpty());
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
            switch (random.bounded(9)) {
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
            case 6:
                s.list->setArchived(id, random.bounded(3) == 0);
                break;
            case 7:
                if (s.list->folders().size() < 4)
                    s.list->createFolder(QStringLiteral("folder %1").arg(i));
                else if (random.bounded(5) == 0)
                    s.list->removeFolder(s.list->folders().first().id);
                else
                    s.list->setFolder(id, s.list->folders()[random.bounded(4)].id);
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
