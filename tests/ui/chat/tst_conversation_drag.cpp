// ui/chat/conversation_drag.h: chats and folders go where they are dropped, and nowhere else.
#include "ui/chat/conversation_drag.h"

#include "tests/support/temporary_file.h"
#include "ui/chat/conversation_list.h"

#include <QDropEvent>
#include <QMimeData>
#include <QTest>

#include <memory>

using namespace ui;
using Model = app::ConversationListModel;

namespace {

struct Setup
{
    Setup()
    {
        (void)QTest::qWaitFor([&] { return model.isLoaded(); });
        work = model.createFolder(QStringLiteral("Work"));
        home = model.createFolder(QStringLiteral("Home"));
        for (qint64 *id : {&a, &b, &c})
            *id = model.create(QStringLiteral("chat"));
        model.setFolder(a, work);
        model.setFolder(b, home);
        (void)QTest::qWaitFor([&] { return folderOf(b) == home; });
        list.resize(264, 600);
        list.show();
        (void)QTest::qWaitForWindowExposed(&list);
    }
    qint64 folderOf(qint64 id)
    {
        const int row = model.rowOf(id);
        return row < 0 ? -1 : model.conversation(row).folder;
    }
    QPoint rowOf(qint64 id) const
    {
        const QRect rect = list.view()->visualRect(model.index(model.rowOf(id)));
        return {rect.center().x(), rect.bottom() - 10};
    }
    QPoint headOf(qint64 id) const { return list.view()->visualRect(model.index(model.rowOf(id))).topLeft() + QPoint(20, 8); }
    // Whether it was taken.
    bool drop(QMimeData *data, const QPoint &at)
    {
        const std::unique_ptr<QMimeData> owner(data);
        QWidget *viewport = list.view()->viewport();
        QDragEnterEvent enter(at, Qt::MoveAction, data, Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(viewport, &enter);
        QDragMoveEvent move(at, Qt::MoveAction, data, Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(viewport, &move);
        QDropEvent event(at, Qt::MoveAction, data, Qt::LeftButton, Qt::NoModifier);
        QCoreApplication::sendEvent(viewport, &event);
        return move.isAccepted();
    }

    test::TemporaryFolder folder;
    app::Settings settings{folder.path(QStringLiteral("baleen.ini"))};
    Appearance appearance{settings};
    app::ChatStore store{folder.path(QStringLiteral("data"))};
    Model model{store};
    ConversationList list{appearance, model};
    qint64 work = 0, home = 0, a = 0, b = 0, c = 0;
};

} // namespace

class TestConversationDrag : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void chatsGoWhereTheyAreDropped()
    {
        Setup s;
        QVERIFY(s.drop(ConversationDrag::dataOfChat(s.c), s.rowOf(s.a)));
        QTRY_COMPARE(s.folderOf(s.c), s.work);
        QVERIFY(!s.drop(ConversationDrag::dataOfChat(s.c), s.rowOf(s.a))); // it is there
        QVERIFY(s.drop(ConversationDrag::dataOfChat(s.c), s.headOf(s.b)));
        QTRY_COMPARE(s.folderOf(s.c), s.home);
    }
    void aChatLeavesItsFolderOverADay()
    {
        Setup s;
        QVERIFY(s.drop(ConversationDrag::dataOfChat(s.a), s.rowOf(s.c)));
        QTRY_COMPARE(s.folderOf(s.a), 0);
    }
    void foldersGoIntoFolders()
    {
        Setup s;
        QVERIFY(s.drop(ConversationDrag::dataOfFolder(s.home), s.rowOf(s.a)));
        QTRY_COMPARE(s.model.folders().last().parent, s.work);
        QVERIFY(!s.drop(ConversationDrag::dataOfFolder(s.work), s.rowOf(s.b))); // into one that is in it
        QVERIFY(s.drop(ConversationDrag::dataOfFolder(s.home), s.rowOf(s.c)));
        QTRY_COMPARE(s.model.folders().last().parent, 0);
    }
    void nothingElseIsTaken()
    {
        Setup s;
        s.model.setPinned(s.c, true);
        QTRY_COMPARE(Model::Group(s.model.index(0).data(Model::GroupRole).toInt()), Model::Group::Pinned);
        QVERIFY(!s.drop(ConversationDrag::dataOfChat(s.a), s.rowOf(s.c)));
        QVERIFY(!s.drop(ConversationDrag::dataOfChat(s.a), {100, 590}));   // below the last row
        QVERIFY(!s.drop(ConversationDrag::dataOfChat(12345), s.rowOf(s.a))); // there is no such chat
        QVERIFY(!s.drop(ConversationDrag::dataOfFolder(12345), s.rowOf(s.a)));
        auto *text = new QMimeData;
        text->setText(QStringLiteral("words"));
        QVERIFY(!s.drop(text, s.rowOf(s.a)));
        QCOMPARE(s.folderOf(s.a), s.work);
    }
    void aRemovedFolderComesBackWithUndo()
    {
        Setup s;
        s.model.removeFolder(s.work);
        QTRY_COMPARE(s.folderOf(s.a), 0);
        QTRY_VERIFY(s.list.undoNotice()->isVisible());
        QTest::mouseClick(s.list.undoNotice()->findChild<TextButton *>(), Qt::LeftButton);
        QTRY_COMPARE(s.folderOf(s.a), s.work);
    }
};

QTEST_MAIN(TestConversationDrag)
#include "tst_conversation_drag.moc"
