// ui/chat/chat_panel_context.cpp, context_bar.h, context_inspector.h, context_choices.h: what the model sees, and the plan before sending.
#include "app/settings_keys.h"
#include "tests/support/fake_engine.h"
#include "tests/support/temporary_file.h"
#include "ui/chat/chat_panel.h"
#include "ui/chat/composer.h"
#include "ui/chat/context_bar.h"

#include <QPushButton>
#include <QSignalSpy>
#include <QTest>

using namespace ui;
using app::Sight;
using test::EngineScript;
using test::FakeEngine;
using Choice = ContextChoices::Choice;

namespace {

// The fake engine counts words, and four for each message.
struct Setup
{
    Setup()
    {
        test::FakeLoad load;
        load.summary = FakeEngine::defaultSummary("/models/a.gguf");
        load.summary->contextLength = 1024; // 128 of them are kept for the answer
        load.summary->trainedContextLength = 8192;
        load.summary->kvBytesPerToken = 1000;
        script->addLoad(load);
        service.load(QStringLiteral("/models/a.gguf"));
        settings.set(app::kModelTitles, false); // they would take the scripted answers
        appearance.setScheme(Scheme::Light);
        panel = std::make_unique<ChatPanel>(service, settings, appearance, folder.path(QStringLiteral("data")));
        panel->sidebarList()->setParent(nullptr);
        panel->resize(1200, 800);
        panel->show();
        panel->activateWindow();
        (void)QTest::qWaitForWindowActive(panel.get());
        (void)QTest::qWaitFor([&] { return service.model().has_value(); });
    }
    PlainEdit *edit() { return panel->composer()->edit(); }
    bool say(const QString &text)
    {
        const int before = script->finished();
        edit()->setText(text);
        QTest::keyClick(edit(), Qt::Key_Return);
        return QTest::qWaitFor([&] { return script->finished() > before && !panel->session()->isBusy(); }, 10000) && settled();
    }
    // Three turns of 204 tokens.
    bool fill()
    {
        for (int i = 0; i < 3; ++i) {
            script->addAnswer("fine");
            if (!say(QStringLiteral("word ").repeated(199)))
                return false;
        }
        return true;
    }
    bool settled()
    {
        return QTest::qWaitFor([&] { return panel->counter().isExact(edit()->text()) && panel->counter().map().complete; }, 10000);
    }
    void type(int words) { edit()->setText(QStringLiteral("word ").repeated(words)); }
    app::MessageListModel &rows() { return *panel->session()->messages(); }
    void press(Choice choice)
    {
        QVERIFY(panel->choices()->button(choice));
        panel->choices()->button(choice)->click();
    }

    test::TemporaryFolder folder;
    std::shared_ptr<EngineScript> script = std::make_shared<EngineScript>();
    app::Settings settings{folder.path(QStringLiteral("baleen.ini"))};
    Appearance appearance{settings};
    app::InferenceService service{std::make_unique<FakeEngine>(script)};
    std::unique_ptr<ChatPanel> panel;
};

} // namespace

class TestChatContextMap : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void thePlanComesWhileTypingAndNothingIsSent()
    {
        Setup s;
        QVERIFY(s.fill());
        QVERIFY(!s.panel->choices()->isVisible());
        s.type(500);
        QTRY_VERIFY(s.panel->choices()->isVisible());
        QVERIFY(s.panel->notice()->isVisible());
        QVERIFY(s.panel->notice()->sentence().contains(QStringLiteral("632 tokens; 400 are free")));
        QCOMPARE(s.panel->contextBar()->excess(), 624 + 504 + 128 - 1024);
        QTest::keyClick(s.edit(), Qt::Key_Return);
        QTest::qWait(300);
        QCOMPARE(s.rows().rowCount(), 6);
        QCOMPARE(s.script->finished(), 3);
        s.type(10); // it fits again
        QTRY_VERIFY(!s.panel->choices()->isVisible());
        QVERIFY(s.panel->choices()->button(Choice::NewChat));
    }
    void returnBeforeTheCountWaitsForIt()
    {
        Setup s;
        QVERIFY(s.fill());
        s.script->setCountDelay(test::milliseconds(60));
        s.type(500);
        QTest::keyClick(s.edit(), Qt::Key_Return); // nobody knows yet
        QTRY_VERIFY(s.panel->choices()->isVisible());
        QCOMPARE(s.rows().rowCount(), 6);
        // And what fits is sent when that is known.
        s.script->addAnswer("yes");
        s.type(260);
        QTest::keyClick(s.edit(), Qt::Key_Return);
        QTRY_COMPARE_WITH_TIMEOUT(s.script->finished(), 4, 10000);
        QCOMPARE(s.rows().rowCount(), 8);
    }
    void aSummaryMakesRoom()
    {
        Setup s;
        QVERIFY(s.fill());
        s.type(430);
        QTRY_VERIFY(s.panel->choices()->isVisible());
        s.script->addAnswer("They counted words.");
        s.press(Choice::Summarise);
        QTRY_COMPARE(s.rows().turnOf(0).sight, Sight::Summarised);
        QTRY_VERIFY(!s.panel->choices()->isVisible());
        QCOMPARE(s.edit()->text().split(QLatin1Char(' ')).size(), 431); // still there, not sent
        QCOMPARE(s.rows().rowCount(), 6);
        // It can be taken back where it stands.
        s.edit()->setText(QString());
        Q_EMIT s.panel->transcript()->actionRequested(Action::Custom, 0, QStringLiteral("bringBack"));
        QCOMPARE(s.rows().turnOf(0).sight, Sight::Seen);
    }
    void whatIsSentMeanwhileWaitsForTheSummary()
    {
        Setup s;
        QVERIFY(s.fill());
        s.script->addAnswer(test::FakeAnswer(std::vector<test::FakePiece>{{"A summary.", test::milliseconds(0), true}}));
        s.script->addAnswer("an answer");
        s.panel->toggleInspector();
        s.panel->inspector()->summariseButton()->click();
        QTRY_VERIFY(s.script->holding());
        s.type(3);
        QTest::keyClick(s.edit(), Qt::Key_Return);
        QVERIFY(s.edit()->text().isEmpty());
        QCOMPARE(s.rows().rowCount(), 6);
        s.script->release();
        QTRY_COMPARE_WITH_TIMEOUT(s.rows().rowCount(), 8, 10000);
        QTRY_COMPARE(s.rows().message(7).content, QStringLiteral("an answer"));
        QCOMPARE(s.rows().turnOf(0).sight, Sight::Summarised);
    }
    void aLargerContextIsAskedFor()
    {
        Setup s;
        QVERIFY(s.fill());
        QSignalSpy asked(s.panel.get(), &ChatPanel::contextLengthRequested);
        s.type(500);
        QTRY_VERIFY(s.panel->choices()->isVisible());
        s.press(Choice::Larger);
        QTRY_COMPARE(asked.size(), 1);
        QCOMPARE(asked[0][0].toInt(), 2048);
    }
    void aNewChatTakesTheMessageAlong()
    {
        Setup s;
        QVERIFY(s.fill());
        s.type(500);
        QTRY_VERIFY(s.panel->choices()->isVisible());
        const QString text = s.edit()->text();
        s.press(Choice::NewChat);
        QTRY_COMPARE(s.panel->session()->conversationId(), 0);
        QCOMPARE(s.edit()->text(), text);
    }
    void keysChooseACard()
    {
        Setup s;
        QVERIFY(s.fill());
        s.type(500);
        QTRY_VERIFY(s.panel->choices()->isVisible());
        QVERIFY(s.panel->inspector()->isHidden());
        QTest::keyClick(s.edit(), Qt::Key_2, Qt::AltModifier);
        QTRY_VERIFY(s.panel->inspector()->isVisible()); // Leave out: it is done there
    }
    void partsAreLeftOutByKeyAndComeBack()
    {
        Setup s;
        QVERIFY(s.fill());
        s.panel->contextBar()->setFocus(Qt::TabFocusReason);
        QTest::keyClick(s.panel->contextBar(), Qt::Key_Right); // from the instructions to the conversation
        QTest::keyClick(s.panel->contextBar(), Qt::Key_Delete);
        QCOMPARE(s.rows().turnOf(0).sight, Sight::LeftOut);
        QCOMPARE(s.rows().turnOf(2).sight, Sight::LeftOut);
        QCOMPARE(s.rows().turnOf(4).sight, Sight::Seen); // what the next message is about
        QTRY_COMPARE(s.panel->counter().map().used, 208);
        auto *back = s.panel->notice()->findChild<TextButton *>();
        QVERIFY(back && s.panel->notice()->isVisible());
        back->click();
        QCOMPARE(s.rows().turnOf(0).sight, Sight::Seen);
        QTRY_COMPARE(s.panel->counter().map().used, 624);
    }
    void theInspectorListsAllPartsAndActsByKey()
    {
        Setup s;
        QVERIFY(s.fill());
        s.panel->toggleInspector();
        QVERIFY(s.panel->inspector()->isVisible());
        QListView *list = s.panel->inspector()->list();
        auto *model = list->model();
        QStringList words;
        for (int i = 0; i < model->rowCount(); ++i)
            words << model->index(i, 0).data(Qt::AccessibleTextRole).toString();
        QCOMPARE(words.first(), QStringLiteral("Instructions, 24 tokens"));
        QCOMPARE(words[1], QStringLiteral("Conversation, 600 tokens"));
        QVERIFY(words.contains(QStringLiteral("Kept for the answer, 128 tokens")));
        QVERIFY(words.contains(QStringLiteral("Free, 272 tokens")));
        list->setCurrentIndex(model->index(2, 0));
        QTest::keyClick(list, Qt::Key_P);
        QVERIFY(s.rows().message(0).pinned);
        QTRY_COMPARE(model->index(1, 0).data(Qt::AccessibleTextRole).toString(), QStringLiteral("Pinned, 200 tokens"));
        list->setCurrentIndex(model->index(5, 0)); // the last turn
        QTest::keyClick(list, Qt::Key_Delete);
        QTRY_VERIFY(model->index(5, 0).data(Qt::AccessibleTextRole).toString().endsWith(QStringLiteral(", left out")));
        QTest::keyClick(list, Qt::Key_B);
        QTRY_VERIFY(!model->index(5, 0).data(Qt::AccessibleTextRole).toString().endsWith(QStringLiteral(", left out")));
    }
    void aQueuedMessageThatDoesNotFitComesBack()
    {
        Setup s;
        QVERIFY(s.fill());
        s.script->addAnswer(test::FakeAnswer(std::vector<test::FakePiece>{{"an answer", test::milliseconds(0), true}}));
        s.edit()->setText(QStringLiteral("short"));
        QTest::keyClick(s.edit(), Qt::Key_Return);
        QTRY_VERIFY(s.script->holding());
        s.type(500);
        QTest::keyClick(s.edit(), Qt::Key_Return);
        QVERIFY(s.edit()->text().isEmpty());
        s.script->release();
        QTRY_COMPARE(s.edit()->text().split(QLatin1Char(' ')).size(), 501);
        QTRY_VERIFY(s.panel->choices()->isVisible());
        QCOMPARE(s.rows().rowCount(), 8);
    }
    void editingAnEarlierMessageCountsWhatStandsAboveItAlone()
    {
        Setup s;
        QVERIFY(s.fill());
        Q_EMIT s.panel->transcript()->actionRequested(Action::Edit, 0, QString());
        s.type(700); // too much below all the others, enough as the first
        QVERIFY(QTest::qWaitFor([&] { return s.panel->counter().isExact(s.edit()->text(), {}, 0); }, 10000));
        QVERIFY(!s.panel->choices()->isVisible());
        s.script->addAnswer("yes");
        QTest::keyClick(s.edit(), Qt::Key_Return);
        QTRY_COMPARE_WITH_TIMEOUT(s.script->finished(), 4, 10000);
        QTRY_COMPARE(s.rows().rowCount(), 2);
    }
    void theInspectorLiesBesideOrOver()
    {
        Setup s;
        QVERIFY(s.fill());
        s.panel->toggleInspector();
        QTRY_COMPARE(s.panel->transcript()->width(), 900);
        s.panel->resize(880, 700);
        QTRY_COMPARE(s.panel->transcript()->width(), 880);
        QVERIFY(!s.panel->inspector()->isVisible()); // nobody asked for it here
        s.panel->resize(1200, 800);
        QTRY_COMPARE(s.panel->transcript()->width(), 900);
        s.panel->resize(880, 700);
        s.panel->toggleInspector();
        QVERIFY(s.panel->inspector()->isVisible());
        QCOMPARE(s.panel->transcript()->width(), 880);
        s.panel->stop(); // Esc closes what lies over
        QVERIFY(!s.panel->inspector()->isVisible());
    }
};

QTEST_MAIN(TestChatContextMap)
#include "tst_chat_context_map.moc"
