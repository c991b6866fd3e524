// The search over all chats and the one in a chat, as the reader uses them.
#include "app/settings_keys.h"
#include "tests/support/fake_engine.h"
#include "tests/support/temporary_file.h"
#include "ui/chat/chat_find_bar.h"
#include "ui/chat/chat_panel.h"
#include "ui/chat/composer.h"
#include "ui/chat/conversation_list.h"
#include "ui/chat/deleted_chats_dialog.h"
#include "ui/chat/receipt_dialog.h"

#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QListWidget>
#include <QScrollBar>
#include <QTest>

using namespace ui;
using test::EngineScript;
using test::FakeEngine;

namespace {

struct Setup
{
    Setup()
    {
        test::FakeLoad load;
        load.summary = FakeEngine::defaultSummary("/models/a.gguf");
        load.summary->contextLength = 4096;
        script->addLoad(load);
        service.load(QStringLiteral("/models/a.gguf"));
        open();
        QVERIFY(QTest::qWaitFor([&] { return service.model().has_value(); }));
    }
    void open()
    {
        panel = std::make_unique<ChatPanel>(service, settings, appearance, folder.path(QStringLiteral("data")));
        panel->sidebarList()->setParent(nullptr);
        panel->sidebarList()->resize(248, 600);
        panel->sidebarList()->show();
        panel->resize(1100, 800);
        panel->show();
        panel->activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(panel.get()));
    }
    // In a chat of its own.
    qint64 chat(const QString &question, const QString &answer)
    {
        panel->newItem();
        return say(question, answer);
    }
    qint64 say(const QString &question, const QString &answer)
    {
        const int before = messages()->rowCount();
        script->addAnswer(answer.toStdString());
        panel->composer()->edit()->setText(question);
        QTest::keyClick(panel->composer()->edit(), Qt::Key_Return);
        (void)QTest::qWaitFor([&] { return !panel->session()->isBusy() && messages()->rowCount() == before + 2; });
        return panel->session()->conversationId();
    }
    void search(const QString &text)
    {
        panel->list()->search()->setText(text);
        QVERIFY(QTest::qWaitFor([&] { return !panel->conversations().isSearching(); }));
    }
    app::MessageListModel *messages() { return panel->session()->messages(); }

    test::TemporaryFolder folder;
    std::shared_ptr<EngineScript> script = std::make_shared<EngineScript>();
    app::Settings settings{folder.path(QStringLiteral("baleen.ini"))};
    Appearance appearance{settings};
    app::InferenceService service{std::make_unique<FakeEngine>(script)};
    std::unique_ptr<ChatPanel> panel;
};

QString longAnswer(const QString &word)
{
    return QStringLiteral("A line of the answer.\n\n").repeated(120) + QStringLiteral("Here is the **%1** at last.\n\n").arg(word) +
           QStringLiteral("Another line.\n\n").repeated(120);
}

} // namespace

class TestChatSearch : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aHitOpensItsChatAtTheMessage()
    {
        Setup s;
        const qint64 whales = s.chat(QStringLiteral("Tell me of the sea"), longAnswer(QStringLiteral("narwhal")));
        const qint64 other = s.chat(QStringLiteral("Something else"), QStringLiteral("Nothing."));
        QCOMPARE(s.panel->session()->conversationId(), other);
        s.search(QStringLiteral("narwhal"));
        QCOMPARE(s.panel->conversations().rowCount(), 1);
        QVERIFY(s.panel->list()->view()->visualRect(s.panel->conversations().index(0)).height() > 60); // with the snippet
        QTest::keyClick(s.panel->list()->search(), Qt::Key_Return);
        QTRY_COMPARE(s.panel->session()->conversationId(), whales);
        Transcript &transcript = *s.panel->transcript();
        QTRY_COMPARE(transcript.foundCount(), 1);
        QCOMPARE(transcript.selectedText(), QStringLiteral("narwhal"));
        const int value = transcript.verticalScrollBar()->value();
        QVERIFY(value > 500 && value < transcript.verticalScrollBar()->maximum() - 500);
    }

    void aHitInAnotherVersionShowsThatVersion()
    {
        Setup s;
        s.chat(QStringLiteral("question"), QStringLiteral("The first version has a beluga."));
        s.script->addAnswer("The second has none.");
        s.panel->retry();
        QTRY_COMPARE(s.messages()->versionCount(1), 2);
        QTRY_VERIFY(!s.panel->session()->isBusy());
        QCOMPARE(s.messages()->version(1), 2);
        s.search(QStringLiteral("beluga"));
        QTest::keyClick(s.panel->list()->search(), Qt::Key_Return);
        QTRY_COMPARE(s.messages()->version(1), 1);
        QCOMPARE(s.panel->transcript()->selectedText(), QStringLiteral("beluga"));
    }

    void noHitSaysSoAndOffersTheArchive()
    {
        Setup s;
        const qint64 id = s.chat(QStringLiteral("question"), QStringLiteral("An orca."));
        s.panel->conversations().setArchived(id, true);
        QTRY_COMPARE(s.panel->conversations().rowCount(), 0);
        s.search(QStringLiteral("orca"));
        QLabel *words = nullptr;
        for (QLabel *label : s.panel->list()->findChildren<QLabel *>())
            if (label->isVisible() && label->text().contains(QStringLiteral("orca")))
                words = label;
        QVERIFY(words);
        QVERIFY(words->text().contains(QStringLiteral("archived")));
        Q_EMIT words->linkActivated(QStringLiteral("archived"));
        QCOMPARE(s.panel->conversations().rowCount(), 1);
        s.search(QStringLiteral("<b>nothing</b>"));
        QVERIFY(words->text().contains(QStringLiteral("&lt;b&gt;"))); // what is typed is no markup
    }

    void findHereGoesFromPlaceToPlace()
    {
        Setup s;
        s.chat(QStringLiteral("a whale?"), QStringLiteral("A whale.\n\n```\nwhale = Whale()\n```\n\n| Whale |\n|---|\n| no |\n\n") + longAnswer(QStringLiteral("whale")));
        QTest::keyClick(s.panel.get(), Qt::Key_F, Qt::ControlModifier);
        ChatFindBar &bar = *s.panel->findBar();
        QVERIFY(bar.isVisible());
        bar.field()->setText(QStringLiteral("whale"));
        Transcript &transcript = *s.panel->transcript();
        QCOMPARE(transcript.foundCount(), 6);
        QStringList seen;
        for (int i = 0; i < 6; ++i) {
            QCOMPARE(transcript.selectedText().toLower(), QStringLiteral("whale"));
            seen << bar.count();
            QTest::keyClick(bar.field(), Qt::Key_Return);
        }
        seen.removeDuplicates();
        QCOMPARE(seen.size(), 6);
        QCOMPARE(bar.count(), seen.first()); // round the end
        QTest::keyClick(s.panel.get(), Qt::Key_F3, Qt::ShiftModifier);
        QCOMPARE(bar.count(), seen.last());
        QVERIFY(transcript.grab().toImage().size().isValid()); // marks are painted in every kind of block
        bar.field()->setText(QStringLiteral("zebra"));
        QCOMPARE(transcript.foundCount(), 0);
        QTest::keyClick(bar.field(), Qt::Key_Return);
        QTest::keyClick(bar.field(), Qt::Key_Escape);
        QVERIFY(!bar.isVisible());
        QVERIFY(!transcript.hasSelection());
    }

    void marksAreSeen()
    {
        Setup s;
        s.chat(QStringLiteral("a whale?"), QStringLiteral("A whale."));
        Transcript &transcript = *s.panel->transcript();
        const auto marked = [&] {
            const QImage image = transcript.viewport()->grab().toImage().convertToFormat(QImage::Format_RGB32);
            int count = 0;
            for (int y = 0; y < image.height(); ++y)
                for (int x = 0; x < image.width(); ++x)
                    count += image.pixel(x, y) == s.appearance.theme().mark.rgb();
            return count;
        };
        QCOMPARE(marked(), 0);
        transcript.find({QStringLiteral("whale")});
        QVERIFY(marked() > 500);
        transcript.find({});
        QCOMPARE(marked(), 0);
    }

    void theReadersPlaceIsKeptOverChatsAndRestarts()
    {
        Setup s;
        const qint64 id = s.chat(QStringLiteral("Tell me of the sea"), longAnswer(QStringLiteral("narwhal")));
        QScrollBar *bar = s.panel->transcript()->verticalScrollBar();
        QVERIFY(bar->maximum() > 3000);
        bar->setValue(1500);
        const app::ConversationView place = s.panel->transcript()->view();
        QVERIFY(place.messageId != 0 && place.offset > 1000);
        s.panel->newItem();
        s.panel->openConversation(id);
        QTRY_COMPARE(s.messages()->rowCount(), 2);
        QTRY_COMPARE(s.panel->transcript()->view(), place);
        s.panel.reset(); // the window closes
        s.open();
        s.panel->openConversation(id);
        QTRY_COMPARE(s.messages()->rowCount(), 2);
        QTRY_COMPARE(s.panel->transcript()->view(), place);
        s.panel->transcript()->scrollToEnd();
        s.panel->newItem();
        s.panel->openConversation(id);
        QTRY_VERIFY(s.panel->transcript()->isFollowing()); // at the end stays at the end
    }

    void theReceiptShowsAllAndReplays()
    {
        Setup s;
        s.chat(QStringLiteral("Sing"), QStringLiteral("one two three"));
        auto receipt = app::receiptFromJson(s.messages()->message(1).receipt);
        QVERIFY(receipt.has_value());
        receipt->file = QStringLiteral("/a/very/long/path/") + QStringLiteral("with many folders/").repeated(8) + QStringLiteral("a.gguf");
        ReceiptDialog dialog(s.appearance, s.service, s.panel->session()->pathBefore(s.panel->session()->messages()->message(1).id), *receipt);
        dialog.show();
        for (const QLabel *label : dialog.findChildren<QLabel *>())
            if (label->wordWrap() && !label->text().isEmpty())
                QVERIFY2(label->height() >= label->heightForWidth(label->width()), qPrintable(label->text()));
        QVERIFY(dialog.asText().contains(QStringLiteral("4711")));
        s.script->addAnswer("one two three");
        dialog.replayButton()->click();
        QTRY_VERIFY(dialog.verdict().contains(QStringLiteral("same 3 tokens")));
        s.script->addAnswer("one other three");
        dialog.replayButton()->click();
        QTRY_VERIFY(dialog.verdict().contains(QStringLiteral("token 2")));
    }

    void deletedChatsAreListedAndComeBack()
    {
        Setup s;
        const qint64 id = s.chat(QStringLiteral("A chat to lose"), QStringLiteral("Yes."));
        s.panel->conversations().remove(id);
        QTRY_COMPARE(s.panel->conversations().rowCount(), 0);
        DeletedChatsDialog dialog(s.appearance, s.panel->conversations());
        dialog.show();
        QTRY_COMPARE(dialog.list()->count(), 1);
        QVERIFY(dialog.restoreButton()->isEnabled());
        dialog.restoreButton()->click();
        QTRY_COMPARE(s.panel->conversations().rowCount(), 1);
        QTRY_COMPARE(dialog.list()->count(), 0);
        QVERIFY(!dialog.restoreButton()->isEnabled());
        QVERIFY(!dialog.removeButton()->isEnabled());
    }
};

QTEST_MAIN(TestChatSearch)
#include "tst_chat_search.moc"
