// app/chat/message_list_model.h, message_tree.h and message_outline.h: the shown path, versions, growing text, the tree as rows.
#include "app/chat/message_list_model.h"
#include "app/chat/message_outline.h"

#include <QAbstractItemModelTester>
#include <QElapsedTimer>
#include <QRandomGenerator>
#include <QSignalSpy>
#include <QTest>

using namespace app;

namespace {

MessageRecord record(qint64 id, qint64 parent, Role role = Role::User)
{
    MessageRecord message;
    message.id = id;
    message.parentId = parent;
    message.role = role;
    message.content = QString::number(id);
    return message;
}

QVector<qint64> shown(const MessageListModel &model)
{
    QVector<qint64> ids;
    for (int row = 0; row < model.rowCount(); ++row)
        ids << model.message(row).id;
    return ids;
}

} // namespace

class TestMessageListModel : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void showsThePathToTheLeaf()
    {
        MessageListModel model;
        const QAbstractItemModelTester tester(&model);
        model.reset({record(1, 0), record(2, 1), record(3, 1), record(4, 3), record(5, 0)}, 4);
        QCOMPARE(shown(model), (QVector<qint64>{1, 3, 4}));
        QCOMPARE(model.version(0), 1);
        QCOMPARE(model.versionCount(0), 2);
        QCOMPARE(model.version(1), 2);
        QCOMPARE(model.versionId(1, 1), 2);
        QCOMPARE(model.versionId(1, 3), 0);
        QCOMPARE(model.versionId(9, 1), 0);
        model.showLeaf(2);
        QCOMPARE(shown(model), (QVector<qint64>{1, 2}));
        model.showLeaf(5);
        QCOMPARE(shown(model), QVector<qint64>{5});
    }
    void whatStaysShownIsNotTouched()
    {
        MessageListModel model;
        model.reset({record(1, 0), record(2, 1)}, 2);
        QSignalSpy removed(&model, &QAbstractItemModel::rowsRemoved);
        QSignalSpy inserted(&model, &QAbstractItemModel::rowsInserted);
        QSignalSpy reset(&model, &QAbstractItemModel::modelReset);
        model.add({record(3, 2), record(4, 3)}, 4);
        QCOMPARE(removed.count(), 0);
        QCOMPARE(inserted.count(), 1);
        model.add({record(5, 3)}, 5); // another answer
        QCOMPARE(removed.count(), 1);
        QCOMPARE(removed.first().at(1).toInt(), 3);
        QCOMPARE(reset.count(), 0);
        QCOMPARE(model.versionCount(3), 2);
    }
    void textGrowsWithoutDataChanged()
    {
        MessageListModel model;
        model.reset({record(1, 0), record(2, 1)}, 2);
        QSignalSpy changed(&model, &QAbstractItemModel::dataChanged);
        QSignalSpy text(&model, &MessageListModel::textAppended);
        QSignalSpy reasoning(&model, &MessageListModel::reasoningAppended);
        model.appendReasoning(2, QStringLiteral("why"));
        model.appendText(2, QStringLiteral(" more"));
        QCOMPARE(changed.count(), 0);
        QCOMPARE(text.count(), 1);
        QCOMPARE(text.first().at(0).toInt(), 1);
        QCOMPARE(reasoning.count(), 1);
        QCOMPARE(model.message(1).content, QStringLiteral("2 more"));
        MessageRecord update = model.message(1);
        update.content = QStringLiteral("overwritten?");
        update.state = MessageState::Stopped;
        model.update(update);
        QCOMPARE(model.message(1).content, QStringLiteral("2 more"));
        QCOMPARE(model.message(1).state, MessageState::Stopped);
        QCOMPARE(changed.count(), 1);
    }
    void damagedTreesAreMadeWhole()
    {
        MessageListModel model;
        // A circle, a parent that is missing, one that is its own parent.
        model.reset({record(1, 2), record(2, 1), record(3, 99), record(4, 4)}, 1234);
        const QAbstractItemModelTester tester(&model);
        QCOMPARE(shown(model), QVector<qint64>{4});
        QCOMPARE(model.versionCount(0), 3);
        model.showLeaf(2);
        QCOMPARE(shown(model), (QVector<qint64>{1, 2}));
        model.reset({}, 5);
        QCOMPARE(model.rowCount(), 0);
        QCOMPARE(model.leaf(), 0);
    }
    void goesDownTheNewestBranch()
    {
        MessageTree tree;
        tree.reset({record(1, 0), record(2, 1), record(3, 1), record(4, 2), record(5, 3), record(6, 4)});
        QCOMPARE(tree.newestLeaf(1), 6);
        QCOMPARE(tree.newestLeaf(3), 5);
        QCOMPARE(tree.newestLeaf(6), 6);
        QCOMPARE(tree.path(77), QVector<qint64>());
    }
    void randomTreesKeepTheirInvariants()
    {
        for (quint32 seed = 1; seed <= 50; ++seed) {
            QRandomGenerator random(seed);
            MessageListModel model;
            const QAbstractItemModelTester tester(&model);
            model.reset({}, 0);
            qint64 last = 0;
            for (int i = 0; i < 40; ++i) {
                const qint64 parent = last ? qint64(random.bounded(quint32(last + 1))) : 0;
                ++last;
                if (random.bounded(3))
                    model.add({record(last, parent)}, last);
                else
                    model.add({record(last, parent)}, model.tree().newestLeaf(parent ? parent : last));
                const auto ids = shown(model);
                for (qsizetype row = 0; row < ids.size(); ++row) {
                    QCOMPARE(model.message(int(row)).parentId, row ? ids[row - 1] : 0);
                    QCOMPARE(model.versionId(int(row), model.version(int(row))), ids[row]);
                }
            }
        }
    }
    void outlineHasThePathStraightAndBranchesBeside()
    {
        // 1 has the answers 2, 3 and 6; 4 and 5 follow 2. Shown is 3, so that 2 and 6 stand beside it.
        MessageTree tree;
        tree.reset({record(1, 0), record(2, 1), record(3, 1), record(4, 2), record(5, 2), record(6, 1)});
        const auto words = [&](qint64 leaf) {
            QStringList rows;
            for (const OutlineRow &row : outline(tree, leaf))
                rows << QString::number(row.id) + QString(row.lane, u'>') + QLatin1String(row.begins ? "b" : "") + QLatin1String(row.goesOn ? "." : "") +
                            QLatin1String(row.isShown ? "*" : "") + QLatin1String(row.pathAbove && row.pathBelow ? "|" : row.pathAbove ? "'" : "");
            return rows.join(u' ');
        };
        QCOMPARE(words(3), QStringLiteral("1.*| 2>b.| 4>>b| 5>| 6>b| 3*'"));
        QCOMPARE(words(1), QStringLiteral("1.*' 2>b. 4>>b 5> 3>b 6")); // where one branches: the newest goes straight on
        QCOMPARE(words(0), QStringLiteral("1. 2>b. 4>>b 5> 3>b 6"));
        QVERIFY(outline(MessageTree(), 0).isEmpty());
    }
    void outlineHasEveryMessageOnceAfterItsParent()
    {
        QRandomGenerator random(5);
        for (int tries = 0; tries < 30; ++tries) {
            QVector<MessageRecord> messages;
            for (qint64 id = 1; id <= 60; ++id)
                messages << record(id, qint64(random.bounded(quint32(id))));
            MessageTree tree;
            tree.reset(messages);
            const qint64 leaf = 1 + qint64(random.bounded(60u));
            const QVector<OutlineRow> rows = outline(tree, leaf);
            QCOMPARE(rows.size(), messages.size());
            QHash<qint64, int> lanes{{0, 0}};
            for (const OutlineRow &row : rows) {
                const qint64 parent = tree.at(row.id).parentId;
                QVERIFY(lanes.contains(parent) && !lanes.contains(row.id));
                QCOMPARE(row.lane, lanes[parent] + (row.begins ? 1 : 0));
                QCOMPARE(row.isShown, tree.path(leaf).contains(row.id));
                QVERIFY(!row.isShown || row.lane == 0);
                lanes[row.id] = row.lane;
            }
        }
    }
    void outlineOfALongConversationIsLinear()
    {
        QVector<MessageRecord> messages;
        for (qint64 id = 1; id <= 100000; ++id)
            messages << record(id, id % 3 ? id - 1 : id / 2); // deep and wide
        MessageTree tree;
        tree.reset(messages);
        QElapsedTimer timer;
        timer.start();
        QCOMPARE(outline(tree, 99999).size(), messages.size());
        QVERIFY2(timer.elapsed() < 2000, qPrintable(QString::number(timer.elapsed())));
    }
};

QTEST_GUILESS_MAIN(TestMessageListModel)
#include "tst_message_list_model.moc"
