#include "app/settings_keys.h"
#include "tests/support/fake_engine.h"
#include "tests/support/temporary_file.h"
#include "ui/chat/chat_panel.h"
#include "ui/chat/composer.h"
#include "ui/widgets/composing.h"
#include "ui/chat/context_bar.h"
#include "ui/chat/conversation_list.h"

#include <QAccessible>
#include <QClipboard>
#include <QElapsedTimer>
#include <QGuiApplication>
#include <QInputMethodEvent>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QScrollBar>
#include <QSignalSpy>
#include <QTest>

using namespace ui;
using app::ChatSession;
using test::EngineScript;
using test::FakeAnswer;
using test::FakeEngine;
using test::FakePiece;
using test::milliseconds;

namespace {

struct Setup
{
    explicit Setup(bool loads = true, bool thinks = false)
    {
        test::FakeLoad load;
        load.summary = FakeEngine::defaultSummary("/models/a.gguf");
        load.summary->canThink = thinks;
        load.summary->contextLength = 4096;
        script->addLoad(load);
        if (loads)
            service.load(QStringLiteral("/models/a.gguf"));
        appearance.setScheme(Scheme::Light);
        open();
    }
    void open()
    {
        panel.reset();
        panel =
            std::make_unique<ChatPanel>(service, settings, appearance, folder.path(QStringLiteral("data")));
        panel->sidebarList()->setParent(nullptr);
        panel->sidebarList()->resize(248, 600);
        panel->sidebarList()->show();
        panel->resize(1100, 800);
        panel->show();
        panel->activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(panel.get()));
        panel->focusInput();
    }
    bool ready()
    {
        return QTest::qWaitFor([&] { return service.model().has_value(); });
    }
    bool answered(int count)
    {
        return QTest::qWaitFor([&] { return script->finished() >= count && !panel->session()->isBusy(); });
    }
    PlainEdit *edit() { return panel->composer()->edit(); }
    void type(const char *text) { QTest::keyClicks(edit(), QString::fromUtf8(text)); }
    void say(const char *text)
    {
        edit()->setText(QString::fromUtf8(text));
        QTest::keyClick(edit(), Qt::Key_Return);
    }
    app::MessageListModel *messages() { return panel->session()->messages(); }
    QString content(int row) { return messages()->message(row).content; }

    test::TemporaryFolder folder;
    std::shared_ptr<EngineScript> script = std::make_shared<EngineScript>();
    app::Settings settings{folder.path(QStringLiteral("baleen.ini"))};
    Appearance appearance{settings};
    app::InferenceService service{std::make_unique<FakeEngine>(script)};
    std::unique_ptr<ChatPanel> panel;
};

} // namespace

class TestChatPanel : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void returnSendsAndShiftReturnBreaksTheLine();
    void returnBelongsToTheInputMethodWhileItComposes();
    void onlyTheTailOfAStreamingAnswerIsLaidOut();
    void stopKeepsWhatWasWritten();
    void retryMakesAVersionAndArrowsChangeBetweenThem();
    void editingAMessageMakesABranch();
    void whatIsWrittenWhileBusyWaitsAndIsSent();
    void aStopGivesTheQueueBack();
    void withoutAModelTheMessageWaits();
    void aMessageThatDoesNotFitIsNotSent();
    void draftsAreKeptPerChat();
    void renameDeleteAndUndoInTheList();
    void findByTitle();
    void aListThatCannotBeReadSaysSo();
    void theViewFollowsUntilTheReaderScrollsUp();
    void selectionAcrossBlocksIsCopied();
    void copyButtonOfCodeCopiesTheCode();
    void reasoningIsFoldedAndOpens();
    void theDraftOfANewChatIsCounted();
    void whatWaitsIsInTheFileAndGoesWithTheCommitThatSendsIt();
    void aTextFileBecomesAnAttachment();
    void themeChangeKeepsTheConversation();
    void theMakersAdviceIsShownAndCanBeChanged();
    void theTreeShowsAllBranchesAndGoesThere();
    void theTreeOfThousandsOfMessagesOpensAtOnce();
    void modelsHaveOneName();
    void whatTheModelDoesBesideIsTold();
};

void TestChatPanel::returnSendsAndShiftReturnBreaksTheLine()
{
    Setup s;
    QVERIFY(s.ready());
    s.script->addAnswer("Hello there.");
    s.type("one");
    QTest::keyClick(s.edit(), Qt::Key_Return, Qt::ShiftModifier);
    s.type("two");
    QCOMPARE(s.edit()->text(), QStringLiteral("one\ntwo"));
    QCOMPARE(s.messages()->rowCount(), 0);
    QTest::keyClick(s.edit(), Qt::Key_Return);
    QVERIFY(s.answered(1));
    QCOMPARE(s.messages()->rowCount(), 2);
    QCOMPARE(s.content(0), QStringLiteral("one\ntwo"));
    QCOMPARE(s.content(1), QStringLiteral("Hello there."));
    QVERIFY(s.edit()->text().isEmpty());
}

void TestChatPanel::returnBelongsToTheInputMethodWhileItComposes()
{
    Setup s;
    QVERIFY(s.ready());
    s.type("a");
    QInputMethodEvent composing(QStringLiteral("ni hao"), {});
    QApplication::sendEvent(s.edit(), &composing);
    QVERIFY(isComposing(s.edit()));
    QTest::keyClick(s.edit(), Qt::Key_Return);
    QTest::keyClick(s.edit(), Qt::Key_Return, Qt::ShiftModifier);
    QCOMPARE(s.edit()->text(), QStringLiteral("a"));
    QCOMPARE(s.messages()->rowCount(), 0);
    QInputMethodEvent commit;
    commit.setCommitString(QString::fromUtf8("你好"));
    QApplication::sendEvent(s.edit(), &commit);
    QVERIFY(!isComposing(s.edit()));
    QCOMPARE(s.edit()->text(), QString::fromUtf8("a你好"));
    QTest::keyClick(s.edit(), Qt::Key_Return);
    QVERIFY(s.answered(1));
    QCOMPARE(s.content(0), QString::fromUtf8("a你好"));
}

void TestChatPanel::onlyTheTailOfAStreamingAnswerIsLaidOut()
{
    Setup s;
    QVERIFY(s.ready());
    std::vector<FakePiece> pieces;
    for (int i = 0; i < 300; ++i)
        pieces.push_back(
            {"Paragraph " + std::to_string(i) + " has a few words.\n\n", milliseconds(2), false});
    s.script->addAnswer(FakeAnswer(pieces));
    const qint64 before = blockItemsMade();
    s.say("go");
    QVERIFY(s.answered(1));
    MessageView &answer = s.panel->transcript()->message(1);
    answer.layout(720);
    QCOMPARE(answer.itemCount(), 301); // and the row of actions
    const qint64 made = blockItemsMade() - before;
    QVERIFY2(made >= 300 && made < 300 + 200, qPrintable(QString::number(made)));
}

void TestChatPanel::stopKeepsWhatWasWritten()
{
    Setup s;
    QVERIFY(s.ready());
    s.script->addAnswer(
        FakeAnswer({{"Some words ", milliseconds(0), false}, {"never", milliseconds(0), true}}));
    s.say("go");
    QVERIFY(QTest::qWaitFor([&] { return s.messages()->rowCount() == 2 && !s.content(1).isEmpty(); }));
    QVERIFY(s.panel->composer()->stopButton()->isVisible());
    s.panel->stop();
    QVERIFY(s.answered(1));
    QCOMPARE(s.messages()->message(1).state, app::MessageState::Stopped);
    QVERIFY(s.content(1).startsWith(QLatin1String("Some words")));
    QVERIFY(!s.panel->composer()->stopButton()->isVisible());
}

void TestChatPanel::retryMakesAVersionAndArrowsChangeBetweenThem()
{
    Setup s;
    QVERIFY(s.ready());
    s.script->addAnswer("first");
    s.script->addAnswer("second");
    s.say("go");
    QVERIFY(s.answered(1));
    QTest::keyClick(s.edit(), Qt::Key_R, Qt::ControlModifier);
    QVERIFY(s.answered(2));
    QCOMPARE(s.content(1), QStringLiteral("second"));
    QCOMPARE(s.messages()->versionCount(1), 2);
    QTest::keyClick(s.edit(), Qt::Key_Left, Qt::AltModifier);
    QCOMPARE(s.content(1), QStringLiteral("first"));
    QTest::keyClick(s.edit(), Qt::Key_Right, Qt::AltModifier);
    QCOMPARE(s.content(1), QStringLiteral("second"));
}

void TestChatPanel::editingAMessageMakesABranch()
{
    Setup s;
    QVERIFY(s.ready());
    s.script->addAnswer("about cats");
    s.script->addAnswer("about dogs");
    s.say("cats?");
    QVERIFY(s.answered(1));
    s.edit()->setText(QString());
    QTest::keyClick(s.edit(), Qt::Key_Up);
    QCOMPARE(s.edit()->text(), QStringLiteral("cats?"));
    s.say("dogs?");
    QVERIFY(s.answered(2));
    QCOMPARE(s.content(0), QStringLiteral("dogs?"));
    QCOMPARE(s.content(1), QStringLiteral("about dogs"));
    QCOMPARE(s.messages()->versionCount(0), 2);
    s.panel->session()->showVersion(0, 1);
    QCOMPARE(s.content(1), QStringLiteral("about cats"));
}

void TestChatPanel::whatIsWrittenWhileBusyWaitsAndIsSent()
{
    Setup s;
    QVERIFY(s.ready());
    s.script->addAnswer(FakeAnswer({{"one", milliseconds(0), true}}));
    s.script->addAnswer("two");
    s.say("first");
    QVERIFY(QTest::qWaitFor([&] { return s.script->holding(); }));
    s.say("second");
    QVERIFY(s.edit()->text().isEmpty());
    QCOMPARE(s.messages()->rowCount(), 2);
    s.script->release();
    QVERIFY(s.answered(2));
    QCOMPARE(s.messages()->rowCount(), 4);
    QCOMPARE(s.content(2), QStringLiteral("second"));
    QCOMPARE(s.content(3), QStringLiteral("two"));
}

void TestChatPanel::aStopGivesTheQueueBack()
{
    Setup s;
    QVERIFY(s.ready());
    s.script->addAnswer(FakeAnswer({{"one ", milliseconds(0), false}, {"never", milliseconds(0), true}}));
    s.say("first");
    QVERIFY(QTest::qWaitFor([&] { return s.script->holding(); }));
    s.say("second");
    s.panel->stop();
    QVERIFY(s.answered(1));
    QTRY_COMPARE(s.edit()->text(), QStringLiteral("second"));
    QCOMPARE(s.messages()->rowCount(), 2);
}

void TestChatPanel::withoutAModelTheMessageWaits()
{
    Setup s(false);
    QTRY_VERIFY(s.panel->notice()->isVisible());
    QVERIFY(s.panel->notice()->sentence().contains(QLatin1String("No model is loaded")));
    s.script->addAnswer("late answer");
    s.say("hello");
    QTRY_COMPARE(s.panel->session()->state(), ChatSession::State::WaitingForModel);
    s.service.load(QStringLiteral("/models/a.gguf"));
    QVERIFY(s.answered(1));
    QCOMPARE(s.content(1), QStringLiteral("late answer"));
    QVERIFY(!s.panel->notice()->isVisible());
}

void TestChatPanel::aMessageThatDoesNotFitIsNotSent()
{
    Setup s;
    QVERIFY(s.ready());
    const QString text = QStringLiteral("word ").repeated(5000);
    s.edit()->setText(text);
    QTRY_VERIFY(s.panel->findChild<ContextBar *>()->excess() > 0);
    QTest::keyClick(s.edit(), Qt::Key_Return);
    QCOMPARE(s.edit()->text(), text);
    QCOMPARE(s.messages()->rowCount(), 0);
    QVERIFY(s.panel->notice()->isVisible());
}

// Whatever happens to the program meanwhile, nothing of it is lost.
void TestChatPanel::whatWaitsIsInTheFileAndGoesWithTheCommitThatSendsIt()
{
    Setup s;
    QVERIFY(s.ready());
    s.script->addAnswer(FakeAnswer({{"one", milliseconds(0), true}}));
    s.script->addAnswer(FakeAnswer({{"two", milliseconds(0), true}}));
    s.say("first");
    QVERIFY(QTest::qWaitFor([&] { return s.script->holding(); }));
    s.say("second");
    s.say("third");
    s.type("typed");
    const auto kept = [&] {
        QString draft = QStringLiteral("?");
        s.panel->store().readContents(s.panel->session()->conversationId(), s.panel.get(),
                                      [&](const inference::Result<app::ConversationContents> &contents) {
                                          draft = contents ? contents->draft : QString();
                                      });
        (void)QTest::qWaitFor([&] { return draft != QLatin1String("?"); });
        return draft;
    };
    QVERIFY(kept().startsWith(QStringLiteral("second\n\nthird")));
    QTRY_COMPARE(kept(), QStringLiteral("second\n\nthird\n\ntyped"));
    s.script->release();
    QTRY_COMPARE(s.messages()->rowCount(), 4);
    QVERIFY(QTest::qWaitFor([&] { return s.script->holding(); }));
    QVERIFY(kept().startsWith(QStringLiteral("third"))); // the second is a message now
    QTRY_COMPARE(kept(), QStringLiteral("third\n\ntyped"));
    s.open(); // the program ends and begins again
    QTRY_COMPARE(s.edit()->text(), QStringLiteral("third\n\ntyped"));
    s.script->release(10);
}

void TestChatPanel::draftsAreKeptPerChat()
{
    Setup s;
    QVERIFY(s.ready());
    s.say("a chat");
    QVERIFY(s.answered(1));
    const qint64 id = s.panel->session()->conversationId();
    s.type("half a thought");
    s.panel->newItem();
    QVERIFY(s.edit()->text().isEmpty());
    s.panel->openConversation(id);
    QTRY_COMPARE(s.edit()->text(), QStringLiteral("half a thought"));
}

void TestChatPanel::renameDeleteAndUndoInTheList()
{
    Setup s;
    QVERIFY(s.ready());
    s.say("first chat");
    QVERIFY(s.answered(1));
    ConversationList *list = s.panel->list();
    QTRY_COMPARE(s.panel->conversations().rowCount(), 1);
    const qint64 id = s.panel->session()->conversationId();
    list->view()->setFocus();
    list->view()->setCurrentIndex(s.panel->conversations().index(0));
    list->rename(id); // F2 is the window's, and the list has one of its own here: see tst_actions.cpp
    auto *editor = list->view()->findChild<QLineEdit *>();
    QVERIFY(editor);
    editor->setText(QStringLiteral("A better name"));
    QTest::keyClick(editor, Qt::Key_Return);
    QTRY_COMPARE(s.panel->session()->title(), QStringLiteral("A better name"));

    QTest::keyClick(list->view(), Qt::Key_Delete);
    QTRY_COMPARE(s.panel->conversations().rowCount(), 0);
    QTRY_VERIFY(list->undoNotice()->isVisible());
    QCOMPARE(s.panel->session()->conversationId(), qint64(0));
    list->undoNotice()->findChild<TextButton *>()->click();
    QTRY_COMPARE(s.panel->conversations().rowCount(), 1);
    QTRY_COMPARE(s.panel->session()->conversationId(), id);
    QTRY_COMPARE(s.messages()->rowCount(), 2);
}

void TestChatPanel::findByTitle()
{
    Setup s;
    QVERIFY(s.ready());
    for (const char *text : {"alpha beta", "gamma"}) {
        s.panel->newItem();
        s.say(text);
        QVERIFY(
            QTest::qWaitFor([&] { return !s.panel->session()->isBusy() && s.messages()->rowCount() == 2; }));
    }
    QTRY_COMPARE(s.panel->conversations().rowCount(), 2);
    s.panel->list()->search()->setText(QStringLiteral("GAM"));
    QCOMPARE(s.panel->conversations().rowCount(), 1);
    s.panel->list()->search()->clear();
    QCOMPARE(s.panel->conversations().rowCount(), 2);
}

void TestChatPanel::aListThatCannotBeReadSaysSo()
{
    Setup s;
    QVERIFY(s.ready());
    s.say("a chat");
    QVERIFY(s.answered(1));
    // While the file is in use: at the start it would be salvaged.
    {
        const auto database =
            app::Database::open(app::storePath(s.folder.path(QStringLiteral("data"))), app::Database::Mode::ReadWrite);
        QVERIFY(database && (*database)->run("ALTER TABLE conversations RENAME COLUMN title TO name"));
    }
    Q_EMIT s.panel->store().opened(); // the list is read again
    QTRY_VERIFY(s.panel->notice()->isVisible());
    QVERIFY2(s.panel->notice()->sentence().contains(QStringLiteral("title")), qPrintable(s.panel->notice()->sentence()));
}

void TestChatPanel::theViewFollowsUntilTheReaderScrollsUp()
{
    Setup s;
    QVERIFY(s.ready());
    std::vector<FakePiece> pieces;
    for (int i = 0; i < 60; ++i)
        pieces.push_back({"A line of words.\n\n", milliseconds(0), i == 50});
    s.script->addAnswer(FakeAnswer(pieces));
    s.say("go");
    QVERIFY(QTest::qWaitFor([&] { return s.script->holding() && s.content(1).size() > 800; }));
    QScrollBar *bar = s.panel->transcript()->verticalScrollBar();
    QTRY_VERIFY(bar->maximum() > 400);
    QCOMPARE(bar->value(), bar->maximum());
    bar->setValue(100);
    QVERIFY(!s.panel->transcript()->isFollowing());
    const int value = bar->value();
    s.script->release();
    QVERIFY(s.answered(1));
    QCOMPARE(bar->value(), value);
    s.panel->transcript()->scrollToEnd();
    QCOMPARE(bar->value(), bar->maximum());
}

void TestChatPanel::selectionAcrossBlocksIsCopied()
{
    Setup s;
    QVERIFY(s.ready());
    s.script->addAnswer("First words.\n\n- item\n\n```c\nint a;\n```\n");
    s.say("question");
    QVERIFY(s.answered(1));
    s.panel->transcript()->setFocus();
    s.panel->transcript()->selectAll();
    s.panel->transcript()->copySelection();
    const QString copied = QGuiApplication::clipboard()->text();
    QVERIFY2(copied.contains(QLatin1String("question")) && copied.contains(QLatin1String("First words.")) &&
                 copied.contains(QLatin1String("item")) && copied.contains(QLatin1String("int a;")),
             qPrintable(copied));
    // Part of a word with the mouse.
    MessageView &answer = s.panel->transcript()->message(1);
    QVERIFY(answer.itemCount() >= 4);
}

void TestChatPanel::copyButtonOfCodeCopiesTheCode()
{
    Setup s;
    QVERIFY(s.ready());
    s.script->addAnswer("```cpp\nint main()\n{\n}\n```\n");
    s.say("code");
    QVERIFY(s.answered(1));
    Transcript *transcript = s.panel->transcript();
    MessageView &answer = transcript->message(1);
    answer.layout(transcript->column().width());
    const Item &item = *answer.item(0).item;
    Hot found;
    QPointF at;
    for (int x = 0; x < 720 && found.action != Action::CopyCode; ++x) {
        at = QPointF(x, 16);
        found = item.hotAt(at);
    }
    QCOMPARE(found.action, Action::CopyCode);
    QCOMPARE(found.text, QStringLiteral("int main()\n{\n}"));
    // And by a click in the view.
    QSignalSpy opened(transcript, &Transcript::openInCode);
    const QImage image = transcript->viewport()->grab().toImage();
    QVERIFY(!image.isNull());
    QGuiApplication::clipboard()->clear();
    const int rowTop = transcript->message(0).height() + 20 + 12 - transcript->verticalScrollBar()->value();
    QTest::mouseClick(transcript->viewport(), Qt::LeftButton, {},
                      QPoint(transcript->column().left() + int(at.x()), rowTop + 16));
    QCOMPARE(QGuiApplication::clipboard()->text(), QStringLiteral("int main()\n{\n}"));
}

void TestChatPanel::reasoningIsFoldedAndOpens()
{
    Setup s(true, true);
    QVERIFY(s.ready());
    QTRY_VERIFY(s.panel->composer()->think()->isVisible());
    s.script->addAnswer("<think>\nFirst I look at it.\n\nThen I see.\n</think>\n\nThe answer.");
    s.say("why");
    QVERIFY(s.answered(1));
    QCOMPARE(s.content(1), QStringLiteral("The answer."));
    MessageView &answer = s.panel->transcript()->message(1);
    answer.layout(720);
    const int folded = answer.itemCount();
    answer.setReasoningUnfolded(true);
    answer.layout(720);
    QCOMPARE(answer.itemCount(), folded + 2);
}

void TestChatPanel::theDraftOfANewChatIsCounted()
{
    Setup s;
    QVERIFY(s.ready());
    s.type("one two three");
    const auto hint = [&] {
        for (const QLabel *label : s.panel->composer()->findChildren<QLabel *>())
            if (label->text().endsWith(QLatin1String("tokens")))
                return label->text();
        return QString();
    };
    QVERIFY(QTest::qWaitFor([&] { return !hint().isEmpty() && hint() != QLatin1String("0 tokens"); }));
}

void TestChatPanel::aTextFileBecomesAnAttachment()
{
    Setup s;
    QVERIFY(s.ready());
    const QString path = s.folder.write(QStringLiteral("note.md"), "has ``` inside\n");
    QVERIFY(s.panel->acceptsFile(path));
    s.panel->openFile(path);
    QVERIFY(QTest::qWaitFor([&] { return s.panel->session()->draftAttachments().size() == 1; }, 30000));
    QCOMPARE(s.panel->session()->draftAttachments()[0].text, QStringLiteral("has ``` inside\n"));
    QCOMPARE(s.edit()->text(), QString());
    const QString binary = s.folder.write(QStringLiteral("x.bin"), QByteArray("a\0b", 3));
    s.panel->openFile(binary);
    s.say("send it");
    QVERIFY(QTest::qWaitFor([&] { return s.panel->notice()->isVisible(); }, 30000));
    QCOMPARE(s.panel->notice()->sentence(), QStringLiteral("x.bin is not attached. Take its note away, then send."));
    QCOMPARE(s.edit()->text(), QStringLiteral("send it"));
}

void TestChatPanel::themeChangeKeepsTheConversation()
{
    Setup s;
    QVERIFY(s.ready());
    s.script->addAnswer("# Title\n\nWords `code`.");
    s.say("go");
    QVERIFY(s.answered(1));
    const QColor light = s.panel->transcript()->viewport()->grab().toImage().pixelColor(3, 3);
    s.appearance.setScheme(Scheme::Dark);
    const QColor dark = s.panel->transcript()->viewport()->grab().toImage().pixelColor(3, 3);
    QCOMPARE(light, Theme::light().surface);
    QCOMPARE(dark, Theme::darkTheme().surface);
    QCOMPARE(s.messages()->rowCount(), 2);
}

void TestChatPanel::theMakersAdviceIsShownAndCanBeChanged()
{
    Setup s(false);
    test::FakeLoad load;
    load.summary = FakeEngine::defaultSummary("/models/b.gguf");
    load.summary->sampling.temperature = 0.31f;
    load.summary->sampling.topP = 0.9f;
    load.summary->samplingSource = "model card of X";
    s.service.load(QStringLiteral("/models/a.gguf")); // the one of Setup, without advice
    QVERIFY(s.ready());
    ComboButton *preset = s.panel->composer()->preset();
    QCOMPARE(preset->text(), QStringLiteral("Recommended"));
    QAction *first = preset->menu()->actions().at(0);
    QVERIFY(first->isChecked());
    QVERIFY2(first->text().contains(QLatin1String("no advice is known")), qPrintable(first->text()));
    s.script->addLoad(load);
    s.service.load(QStringLiteral("/models/b.gguf"));
    QTRY_VERIFY(first->text().contains(QLatin1String("temperature 0.31, top-p 0.9")));
    QVERIFY(first->toolTip().contains(QLatin1String("model card of X")));
    s.say("one");
    QVERIFY(s.answered(1));
    QCOMPARE(s.script->requests().back().sampling.temperature, 0.31f);
    preset->menu()->actions().at(1)->trigger();
    QCOMPARE(preset->text(), QStringLiteral("Precise"));
    QVERIFY(!first->isChecked());
    s.say("two");
    QVERIFY(s.answered(2));
    QCOMPARE(s.script->requests().back().sampling.temperature, 0.2f);
}

void TestChatPanel::theTreeShowsAllBranchesAndGoesThere()
{
    Setup s;
    QVERIFY(s.ready());
    MessageTreeView *tree = s.panel->tree();
    QTest::keyClick(s.edit(), Qt::Key_T, Qt::ControlModifier);
    QVERIFY(tree->isHidden()); // of nothing
    s.script->addAnswer("Answer one.");
    s.script->addAnswer("Answer two.");
    s.script->addAnswer("And more.");
    s.say("Question");
    QVERIFY(s.answered(1));
    s.panel->retry();
    QVERIFY(s.answered(2));
    QTest::keyClick(s.edit(), Qt::Key_T, Qt::ControlModifier);
    QVERIFY(tree->isVisible());
    QVERIFY(tree->list()->hasFocus());
    const auto words = [&] {
        QStringList all;
        for (int row = 0; row < tree->rows().rowCount(); ++row)
            all << tree->rows().index(row).data().toString();
        return all;
    };
    QCOMPARE(words(), (QStringList{QStringLiteral("Question"), QStringLiteral("Answer one."), QStringLiteral("Answer two.")}));
    QCOMPARE(tree->list()->currentIndex().row(), 2); // what is shown
    QVERIFY(!tree->rows().row(1).isShown);
    const QString spoken = tree->rows().index(1).data(Qt::AccessibleTextRole).toString();
    QVERIFY2(spoken.contains(QLatin1String("version 1/2, on another branch: Answer one.")), qPrintable(spoken));
    QAccessibleInterface *row = QAccessible::queryAccessibleInterface(tree->list())->child(1);
    QVERIFY(row);
    QCOMPARE(row->text(QAccessible::Name), spoken);

    // By keys alone to the other branch; it grows while the tree is open.
    QTest::keyClick(tree->list(), Qt::Key_K);
    QTest::keyClick(tree->list(), Qt::Key_Return);
    QCOMPARE(s.content(1), QStringLiteral("Answer one."));
    QVERIFY(s.panel->transcript()->hasFocus());
    QCOMPARE(s.panel->transcript()->focusedMessage(), 1);
    s.say("More");
    QVERIFY(s.answered(3));
    QTRY_COMPARE(words(), (QStringList{QStringLiteral("Question"), QStringLiteral("Answer two."), QStringLiteral("Answer one."),
                                       QStringLiteral("More"), QStringLiteral("And more.")}));
    QTest::mouseClick(tree->list()->viewport(), Qt::LeftButton, {}, tree->list()->visualRect(tree->rows().index(1)).center());
    QCOMPARE(s.content(1), QStringLiteral("Answer two."));
    QTRY_VERIFY(tree->rows().row(tree->rows().rowOf(s.messages()->leaf())).isShown);

    // Ctrl+I puts the inspector in its place, Esc closes it from within.
    QTest::keyClick(s.edit(), Qt::Key_I, Qt::ControlModifier);
    QVERIFY(tree->isHidden() && s.panel->inspector()->isVisible());
    s.panel->toggleTree();
    QVERIFY(tree->isVisible() && s.panel->inspector()->isHidden());
    s.panel->stop();
    QVERIFY(tree->isHidden() && s.panel->inspector()->isVisible());
    QVERIFY(s.edit()->hasFocus());
    // So does a window that has no room for it any more.
    s.panel->inspector()->list()->setFocus();
    s.panel->resize(1000, 800);
    QVERIFY(s.panel->inspector()->isHidden());
    QVERIFY(s.edit()->hasFocus());
}

void TestChatPanel::theTreeOfThousandsOfMessagesOpensAtOnce()
{
    QVector<app::MessageRecord> messages;
    for (qint64 id = 1; id <= 5000; ++id) {
        app::MessageRecord record;
        record.id = id;
        record.parentId = id % 7 ? id - 1 : id - 4; // many branches
        record.role = id % 2 ? app::Role::User : app::Role::Assistant;
        record.content = QStringLiteral("Message %1").arg(id);
        messages << record;
    }
    app::MessageListModel model;
    model.reset(messages, 4999);
    test::TemporaryFolder folder;
    app::Settings settings(folder.path(QStringLiteral("s.ini")));
    Appearance appearance(settings);
    MessageTreeView tree(appearance);
    tree.resize(kSidePaneWidth, 800);
    tree.setMessages(&model);
    QElapsedTimer timer;
    timer.start();
    tree.show();
    tree.showMessage(2500);
    tree.grab();
    QVERIFY2(timer.elapsed() < 250, qPrintable(QString::number(timer.elapsed())));
    QCOMPARE(tree.rows().rowCount(), 5000);
    QVERIFY(tree.list()->viewport()->rect().contains(tree.list()->visualRect(tree.list()->currentIndex())));
}

// That of the sidebar, not what the maker wrote into the file.
void TestChatPanel::modelsHaveOneName()
{
    Setup s;
    QVERIFY(s.ready());
    test::FakeLoad load;
    load.summary = FakeEngine::defaultSummary("/models/DeepSeek-R1-Distill-Qwen-1.5B-Q4_K_M.gguf");
    load.summary->name = "DeepSeek R1 Distill Qwen 1.5B";
    s.script->addLoad(load);
    s.service.load(QStringLiteral("/models/other.gguf"));
    QTRY_VERIFY(s.service.model() && s.service.model()->name == load.summary->name);
    s.script->addAnswer("Deep.");
    s.say("How deep?");
    QVERIFY(s.answered(1));
    const QString name = QStringLiteral("R1-Distill-Qwen-1.5B");
    QCOMPARE(s.messages()->message(1).model, name);
    const auto receipt = app::receiptFromJson(s.messages()->message(1).receipt);
    QVERIFY(receipt);
    QCOMPARE(app::modelName(*receipt), name);
    s.panel->toggleTree();
    QCOMPARE(s.panel->tree()->rows().speaker(1), name);
}

void TestChatPanel::whatTheModelDoesBesideIsTold()
{
    Setup s;
    QVERIFY(s.ready());
    QSignalSpy status(s.panel.get(), &Panel::statusChanged);
    const auto said = [&](int part = 0) { return status.isEmpty() ? QString() : status.last().at(part).toString(); };
    s.script->addAnswer("Deep.");
    s.script->addAnswer(FakeAnswer(std::vector<FakePiece>{{"Diving", milliseconds(0), true}}));
    s.say("How deep do whales dive?");
    QVERIFY(s.answered(1));
    const QString title = s.panel->session()->title();
    QTRY_COMPARE_WITH_TIMEOUT(said(), QStringLiteral("Writing a title"), app::TitleWriter::kIdleMs + 3000);
    QVERIFY(said(1).isEmpty()); // the speed would be that of the answer
    s.panel->stop();
    QVERIFY(said().isEmpty());
    QTRY_COMPARE(s.script->cancelled(), 1);
    QCOMPARE(s.panel->session()->title(), title);

    s.script->addAnswer(FakeAnswer(std::vector<FakePiece>{{"Slow", milliseconds(0), true}}));
    s.say("More");
    QTRY_VERIFY(s.script->holding());
    s.panel->newItem();
    QTRY_COMPARE(said(), QStringLiteral("Answering another chat"));
    s.script->release();
    QTRY_VERIFY(said().isEmpty());
}

QTEST_MAIN(TestChatPanel)
#include "tst_chat_panel.moc"
