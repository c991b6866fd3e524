// Two answers side by side in the chat panel: how they are asked for, what is shown, and how the comparison ends.
#include "app/data_paths.h"
#include "app/settings_keys.h"
#include "tests/support/fake_engine.h"
#include "tests/support/temporary_file.h"
#include "ui/chat/chat_find_bar.h"
#include "ui/chat/chat_panel.h"
#include "ui/chat/comparison_view.h"
#include "ui/chat/composer.h"
#include "ui/chat/queue_bar.h"
#include "ui/chat/receipt_dialog.h"

#include <QAccessible>
#include <QLabel>
#include <QMenu>
#include <QSignalSpy>
#include <QTest>

using namespace ui;
using test::EngineScript;
using test::FakeAnswer;
using test::FakeEngine;
using test::FakePiece;
using test::milliseconds;

namespace {

struct Setup
{
    Setup()
    {
        settings.set(app::kModelTitles, false);
        service.load(QStringLiteral("/models/a.gguf"));
        appearance.setScheme(Scheme::Light);
        panel = std::make_unique<ChatPanel>(service, settings, appearance, folder.path(QStringLiteral("data")));
        panel->sidebarList()->setParent(nullptr);
        QObject::connect(panel.get(), &ChatPanel::modelRequested, &service, [this](const QString &path) { service.load(path); });
        panel->resize(1200, 800);
        panel->show();
        panel->activateWindow();
        (void)QTest::qWaitForWindowActive(panel.get());
        panel->focusInput();
        (void)QTest::qWaitFor(
            [&] { return service.model().has_value() && panel->session()->state() == app::ChatSession::State::Idle; });
    }
    bool idle()
    {
        return QTest::qWaitFor([&] { return panel->session()->state() == app::ChatSession::State::Idle; });
    }
    bool say(const char *text)
    {
        const int before = messages()->rowCount();
        edit()->setText(QString::fromUtf8(text));
        QTest::keyClick(edit(), Qt::Key_Return);
        return QTest::qWaitFor([&] { return messages()->rowCount() > before; }) && idle();
    }
    void press(Qt::Key key, Qt::KeyboardModifiers modifiers = Qt::NoModifier)
    {
        QWidget *focus = panel->focusWidget(); // QApplication has none after a menu, offscreen
        QTest::keyClick(focus ? focus : panel.get(), key, modifiers);
    }
    PlainEdit *edit() { return panel->composer()->edit(); }
    app::MessageListModel *messages() { return panel->session()->messages(); }
    QString content() { return messages()->message(1).content; }
    ComparisonView *view() { return panel->comparison(); }
    QString shown(int side)
    {
        Transcript *transcript = view()->column(side)->transcript();
        return transcript->messageCount() == 1 ? transcript->message(0).record().content : QString();
    }

    test::TemporaryFolder folder;
    std::shared_ptr<EngineScript> script = std::make_shared<EngineScript>();
    app::Settings settings{folder.path(QStringLiteral("baleen.ini"))};
    Appearance appearance{settings};
    app::InferenceService service{std::make_unique<FakeEngine>(script)};
    std::unique_ptr<ChatPanel> panel;
};

// Chooses the entry of a menu that begins with these words.
void pick(ComboButton *button, const QString &words)
{
    QTimer::singleShot(0, button, [button, words] {
        for (QAction *action : button->menu()->actions())
            if (action->text().startsWith(words) && action->isEnabled())
                action->trigger();
        button->menu()->close();
    });
    QTest::keyClick(button, Qt::Key_Space);
}

} // namespace

class TestComparison : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aSecondAnswerIsAskedForByKeyboardAndKept()
    {
        Setup s;
        s.script->addAnswer("The first answer.");
        QVERIFY(s.say("go"));
        s.script->addAnswer("The second answer.");
        s.press(Qt::Key_C, Qt::AltModifier);
        QVERIFY(s.view()->card()->isVisible());
        QVERIFY(!s.view()->card()->isForNext());
        QVERIFY(s.view()->card()->memoryWords().isEmpty()); // the same model
        s.press(Qt::Key_Return);
        QVERIFY(!s.view()->card()->isVisible());
        QVERIFY(s.view()->isOpen() && s.view()->isVisible() && !s.panel->transcript()->isVisible());
        QVERIFY(QTest::qWaitFor([&] { return s.shown(1) == QLatin1String("The second answer."); }));
        QVERIFY(s.idle());
        QCOMPARE(s.shown(0), QStringLiteral("The first answer."));
        QCOMPARE(s.view()->question()->message(0).record().content, QStringLiteral("go"));
        // Each head names model and sampling, and what it took.
        ComparisonColumn *second = s.view()->column(1);
        QCOMPARE(second->title(), QStringLiteral("2 · a"));
        QVERIFY2(second->how().startsWith(QStringLiteral("Creative · temperature 1")), qPrintable(second->how()));
        QVERIFY2(second->now().startsWith(QStringLiteral("3 tokens · 50.0 tok/s")), qPrintable(second->now()));
        QCOMPARE(s.panel->session()->messages()->message(1).content, QStringLiteral("The first answer."));
        QVERIFY(second->keepButton()->isEnabled());
        s.press(Qt::Key_2, Qt::AltModifier);
        QVERIFY(QTest::qWaitFor([&] { return !s.view()->isOpen(); })); // the button is seen to go down first
        QVERIFY(s.panel->transcript()->isVisible());
        QCOMPARE(s.messages()->message(1).content, QStringLiteral("The second answer."));
        QCOMPARE(s.messages()->versionCount(1), 2);
        QVERIFY(s.edit()->hasFocus());
        s.panel->showVersion(-1);
        QCOMPARE(s.messages()->message(1).content, QStringLiteral("The first answer."));
    }
    void theNextMessageGetsTwoAnswersWhereThatIsShown()
    {
        Setup s;
        s.edit()->setText(QStringLiteral("go"));
        s.press(Qt::Key_C, Qt::AltModifier);
        QVERIFY(s.view()->card()->isForNext());
        pick(s.view()->card()->sampling(0), QStringLiteral("Precise"));
        QTest::mouseClick(s.view()->card()->okButton(), Qt::LeftButton);
        QVERIFY(s.view()->nextBar()->isVisible());
        QVERIFY(s.view()->nextBar()->sentence().contains(QLatin1String("by a: Precise and Creative")));
        QCOMPARE(s.panel->focusWidget(), s.edit());
        QCOMPARE(s.messages()->rowCount(), 0);
        s.script->addAnswer("One.");
        s.script->addAnswer(FakeAnswer({{"Two "}, {"words.", milliseconds(0), true}}));
        s.press(Qt::Key_Return);
        QVERIFY(!s.view()->nextBar()->isVisible());
        QVERIFY(s.edit()->text().isEmpty());
        QVERIFY(QTest::qWaitFor([&] { return s.shown(1) == QLatin1String("Two "); })); // while it streams
        QCOMPARE(s.shown(0), QStringLiteral("One."));
        QCOMPARE(s.view()->column(1)->now(), QStringLiteral("Writing"));
        QVERIFY(!s.view()->differences()->isEnabled());
        QVERIFY(s.view()->column(1)->keepButton()->isEnabled()); // and goes on then
        s.script->release();
        QVERIFY(s.idle());
        QCOMPARE(s.script->requests()[0].sampling.temperature, 0.2f);
        QCOMPARE(s.script->requests()[1].sampling.temperature, 1.0f);
        // It is left without asking anything, too.
        s.panel->stop();
        QVERIFY(!s.view()->isOpen());
        s.edit()->setText(QStringLiteral("more"));
        s.panel->compareAnswers(); // no shortcut comes to a window that a menu left inactive, offscreen
        s.press(Qt::Key_Return);
        QVERIFY(s.view()->isForNext());
        s.view()->leaveNext();
        QVERIFY(!s.view()->nextBar()->isVisible());
        s.press(Qt::Key_Return);
        QVERIFY(QTest::qWaitFor([&] { return s.messages()->rowCount() == 4; }) && s.idle());
        QVERIFY(!s.view()->isOpen());
        QCOMPARE(s.messages()->versionCount(3), 1);
    }
    void escapeStopsWhatRunsThenClosesAndKeepsTheOpenBranch()
    {
        Setup s;
        QVERIFY(s.say("go"));
        const qint64 leaf = s.messages()->leaf();
        s.script->addAnswer(FakeAnswer({{"Kept "}, {"never", milliseconds(0), true}}));
        s.panel->compareAnswers();
        s.press(Qt::Key_Return);
        QVERIFY(QTest::qWaitFor([&] { return s.shown(1) == QLatin1String("Kept "); }));
        const qint64 second = s.view()->comparison()->side(1).answer;
        s.panel->stop(); // what Esc does
        QVERIFY(s.view()->isOpen());
        QVERIFY(s.idle());
        s.panel->stop();
        QVERIFY(!s.view()->isOpen());
        QCOMPARE(s.messages()->leaf(), leaf);
        QCOMPARE(s.messages()->tree().at(second).content, QStringLiteral("Kept "));
        QCOMPARE(s.messages()->tree().at(second).state, app::MessageState::Stopped);
    }
    void stopEndsTheSideAtWorkAndItCanBeAskedAnew()
    {
        Setup s;
        s.script->addAnswer(FakeAnswer({{"Cut "}, {"never", milliseconds(0), true}}));
        s.script->addAnswer("Second.");
        s.edit()->setText(QStringLiteral("go"));
        s.panel->compareAnswers();
        s.press(Qt::Key_Return);
        s.press(Qt::Key_Return);
        QVERIFY(QTest::qWaitFor([&] { return s.shown(0) == QLatin1String("Cut "); }));
        QTest::mouseClick(s.panel->composer()->stopButton(), Qt::LeftButton);
        QVERIFY(QTest::qWaitFor([&] { return s.shown(1) == QLatin1String("Second."); }));
        QVERIFY(s.idle());
        QVERIFY(s.view()->isOpen());
        QCOMPARE(s.shown(0), QStringLiteral("Cut "));
        s.script->addAnswer("Whole now.");
        Q_EMIT s.view()->column(0)->transcript()->actionRequested(Action::Retry, 0, {});
        QVERIFY(QTest::qWaitFor([&] { return s.shown(0) == QLatin1String("Whole now."); }));
        QVERIFY(s.idle());
        QCOMPARE(s.messages()->versionCount(1), 3);
    }
    void anotherModelIsToldWithItsMemoryAndNamedInItsHead()
    {
        Setup s;
        const QString other = s.folder.write(QStringLiteral("other.gguf"), "GGUF");
        app::DataPaths paths;
        app::ModelCatalog catalog(paths, s.settings);
        s.view()->setCatalog(&catalog);
        QVERIFY(s.say("go"));
        s.panel->compareAnswers();
        ComparisonCard *card = s.view()->card();
        app::AnswerComparison::Choices choices = card->choices();
        QVERIFY(card->problem().isEmpty());
        s.press(Qt::Key_Escape); // of the card itself, where no window has the key
        QVERIFY(!card->isVisible());
        choices[0] = choices[1];
        choices[1].choice.model = other;
        card->openForNext(*s.panel->session(), choices);
        QVERIFY2(card->memoryWords().startsWith(QLatin1String("other is loaded for its answer")),
                 qPrintable(card->memoryWords()));
        QVERIFY(card->memoryWords().contains(QLatin1String("a is loaded again when you go on")));
        QTest::mouseClick(card->okButton(), Qt::LeftButton);
        QVERIFY(s.say("and"));
        QCOMPARE(s.view()->column(0)->title(), QStringLiteral("1 · a"));
        QCOMPARE(s.view()->column(1)->title(), QStringLiteral("2 · other"));
        QCOMPARE(s.service.model()->path.string(), other.toStdString());
        QTest::mouseClick(s.view()->column(0)->keepButton(), Qt::LeftButton);
        QVERIFY(QTest::qWaitFor([&] { return s.service.model() && s.service.model()->path == "/models/a.gguf"; }));
    }
    void versionsThatAreThereAreComparedAndTheirDifferencesMarked()
    {
        Setup s;
        s.script->addAnswer("A blue whale dives.");
        s.script->addAnswer("A grey whale dives.");
        QVERIFY(s.say("go"));
        QVERIFY(s.panel->session()->regenerate(1));
        QVERIFY(s.idle());
        QVERIFY(s.view()->compareVersions(s.messages()->versionId(1, 1), s.messages()->versionId(1, 2)));
        QCOMPARE(s.shown(0), QStringLiteral("A blue whale dives."));
        QCOMPARE(s.shown(1), QStringLiteral("A grey whale dives."));
        QCOMPARE(s.script->requests().size(), size_t(2));
        const auto picture = [&](int side) { return s.view()->column(side)->transcript()->viewport()->grab().toImage(); };
        const QImage plain[2] = {picture(0), picture(1)};
        s.view()->differences()->setChecked(true);
        const QColor mark = s.appearance.theme().mark;
        for (int side = 0; side < 2; ++side) {
            const QImage marked = picture(side);
            QVERIFY(marked != plain[side]);
            bool found = false;
            for (int y = 0; y < marked.height() && !found; ++y)
                for (int x = 0; x < marked.width() && !found; ++x)
                    found = marked.pixelColor(x, y) == mark;
            QVERIFY(found);
        }
        s.view()->differences()->setChecked(false);
        QCOMPARE(picture(0), plain[0]);
        QVERIFY(!s.view()->compareVersions(s.messages()->leaf(), s.messages()->leaf()));
        QVERIFY(!s.view()->compareVersions(s.messages()->leaf(), s.messages()->message(0).id));
    }
    void narrowWindowsShowOneSideAtATime()
    {
        Setup s;
        QVERIFY(s.say("go"));
        s.panel->compareAnswers();
        s.press(Qt::Key_Return);
        QVERIFY(s.idle());
        QVERIFY(s.view()->column(0)->isVisible() && s.view()->column(1)->isVisible() && !s.view()->tabs()->isVisible());
        s.panel->resize(880, 560);
        QVERIFY(QTest::qWaitFor([&] { return s.view()->tabs()->isVisible(); }));
        QVERIFY(s.view()->column(0)->isVisible() && !s.view()->column(1)->isVisible());
        QVERIFY(!s.view()->question()->isVisible()); // one line in the bar
        s.view()->tabs()->setFocus();
        QTest::keyClick(s.view()->tabs(), Qt::Key_Right);
        QVERIFY(!s.view()->column(0)->isVisible() && s.view()->column(1)->isVisible());
        QCOMPARE(s.view()->texts(), QVector<Transcript *>{s.view()->column(1)->transcript()}); // what is searched
    }
    void closingStopsBothAndKeepsWhatCame()
    {
        Setup s;
        s.script->addAnswer(FakeAnswer({{"Kept "}, {"never", milliseconds(0), true}}));
        s.edit()->setText(QStringLiteral("go"));
        s.panel->compareAnswers();
        s.press(Qt::Key_Return);
        s.press(Qt::Key_Return);
        QVERIFY(QTest::qWaitFor([&] { return s.shown(0) == QLatin1String("Kept "); }));
        QTest::mouseClick(s.view()->closeButton(), Qt::LeftButton);
        QVERIFY(!s.view()->isOpen());
        QVERIFY(s.idle());
        QCOMPARE(s.script->requests().size(), size_t(1));
        QCOMPARE(s.messages()->message(1).content, QStringLiteral("Kept "));
        QCOMPARE(s.messages()->versionCount(1), 2);
    }
    void theComparisonOfAChatIsThereWhenOneComesBack()
    {
        Setup s;
        QVERIFY(s.say("go"));
        s.script->addAnswer(FakeAnswer({{"While "}, {"away.", milliseconds(0), true}}));
        s.panel->compareAnswers();
        s.press(Qt::Key_Return);
        QVERIFY(QTest::qWaitFor([&] { return s.shown(1) == QLatin1String("While "); }));
        const qint64 id = s.panel->session()->conversationId();
        s.panel->newItem();
        QVERIFY(!s.view()->isOpen() && !s.view()->isVisible());
        s.script->release();
        QVERIFY(QTest::qWaitFor([&] { return s.script->finished() == 2; }));
        s.panel->openConversation(id);
        QVERIFY(s.view()->isOpen());
        QVERIFY(QTest::qWaitFor([&] { return s.shown(1) == QLatin1String("While away."); }));
        s.panel.reset(); // and the panel can go with it
    }
    void wordsAreFoundInBothAnswersOneAfterTheOther()
    {
        Setup s;
        s.script->addAnswer("A whale and a whale.");
        s.script->addAnswer("No fish.");
        s.script->addAnswer("One whale.");
        QVERIFY(s.say("whale?"));
        QVERIFY(s.panel->session()->regenerate(1) && s.idle() && s.panel->session()->regenerate(1) && s.idle());
        const auto version = [&](int number) { return s.messages()->versionId(1, number); };
        QVERIFY(s.view()->compareVersions(version(1), version(3)));
        s.panel->findHere();
        ChatFindBar *bar = s.panel->findBar();
        QVERIFY(bar->isVisible());
        bar->field()->setText(QStringLiteral("whale"));
        QCOMPARE(bar->count(), QStringLiteral("1/4")); // the question's
        QStringList counts;
        for (int i = 0; i < 4; ++i) {
            bar->findNext(false);
            counts << bar->count();
        }
        QCOMPARE(counts,
                 (QStringList{QStringLiteral("2/4"), QStringLiteral("3/4"), QStringLiteral("4/4"), QStringLiteral("1/4")}));
        QCOMPARE(s.view()->question()->selectedText(), QStringLiteral("whale"));
        bar->findNext(true);
        QCOMPARE(bar->count(), QStringLiteral("4/4"));
        QCOMPARE(s.view()->column(1)->transcript()->selectedText(), QStringLiteral("whale"));
        QVERIFY(!s.view()->question()->hasSelection());
        bar->close();
        s.panel->stop(); // the transcript is what is searched again
        QVERIFY(!s.view()->isOpen());
        s.panel->findHere();
        bar->field()->setText(QStringLiteral("One"));
        QCOMPARE(bar->count(), QStringLiteral("1/1"));
        QCOMPARE(s.panel->transcript()->selectedText(), QStringLiteral("One"));
    }
    void aMessageForTwoAnswersWaitsForItsTurn()
    {
        Setup s;
        QVERIFY(s.say("go"));
        s.edit()->setText(QStringLiteral("next"));
        s.panel->compareAnswers();
        s.press(Qt::Key_Return);
        QVERIFY(s.view()->isForNext());
        s.script->addAnswer(FakeAnswer({{"Slow "}, {"one.", milliseconds(0), true}}));
        QVERIFY(s.panel->session()->regenerate(1));
        QVERIFY(QTest::qWaitFor([&] { return s.script->holding(); }));
        s.script->addAnswer("Left.");
        s.script->addAnswer("Right.");
        s.press(Qt::Key_Return);
        QVERIFY(s.edit()->text().isEmpty() && !s.view()->isForNext());
        const auto *queue = s.panel->findChild<QueueBar *>();
        QVERIFY(queue && queue->isVisible());
        s.script->release();
        QVERIFY(QTest::qWaitFor([&] { return s.shown(1) == QLatin1String("Right."); }));
        QCOMPARE(s.shown(0), QStringLiteral("Left."));
        QCOMPARE(s.messages()->message(2).content, QStringLiteral("next"));
        // What does not go stands in the composer again, and still is for two.
        QVERIFY(s.idle());
        s.panel->stop();
        s.edit()->setText(QStringLiteral("later"));
        s.panel->compareAnswers();
        s.press(Qt::Key_Return);
        s.script->addAnswer(FakeAnswer({{"Cut "}, {"off", milliseconds(0), true}}));
        QVERIFY(s.panel->session()->regenerate(3));
        QVERIFY(QTest::qWaitFor([&] { return s.script->holding(); }));
        s.press(Qt::Key_Return);
        s.panel->stop();
        QTRY_COMPARE(s.edit()->text(), QStringLiteral("later"));
        QVERIFY(s.view()->isForNext());
    }
    void aReceiptOfAColumnIsShown()
    {
        Setup s;
        QVERIFY(s.say("go"));
        QVERIFY(s.panel->session()->regenerate(1) && s.idle());
        QVERIFY(s.view()->compareVersions(s.messages()->versionId(1, 1), s.messages()->versionId(1, 2)));
        bool shown = false;
        QTimer::singleShot(0, s.panel.get(), [&] {
            if (auto *dialog = qobject_cast<ReceiptDialog *>(QApplication::activeModalWidget())) {
                shown = true;
                dialog->reject();
            }
        });
        // Not on the open branch.
        Q_EMIT s.view()->column(0)->transcript()->actionRequested(Action::Custom, 0, QStringLiteral("receipt"));
        QVERIFY(shown);
    }
    void theLensShowsTheTokensOfEitherAnswer()
    {
        Setup s;
        s.script->addAnswer("The first answer.");
        QVERIFY(s.say("go"));
        s.script->addAnswer("The second answer.");
        s.panel->compareAnswers();
        s.press(Qt::Key_Return);
        QVERIFY(QTest::qWaitFor([&] { return s.shown(1) == QLatin1String("The second answer."); }) && s.idle());
        TokenLensView *left = s.view()->column(0)->lens(), *right = s.view()->column(1)->lens();
        s.view()->column(1)->transcript()->setFocus();
        s.press(Qt::Key_L, Qt::ControlModifier);
        QTRY_VERIFY(right->isOpen());
        QVERIFY(!left->isOpen() && !s.panel->lens()->isOpen());
        s.panel->stop(); // Esc closes it, and not the comparison
        QVERIFY(!right->isOpen() && s.view()->isOpen());
        QVERIFY(s.edit()->hasFocus());
        s.press(Qt::Key_L, Qt::ControlModifier); // nowhere in particular: the first one
        QTRY_VERIFY(left->isOpen());
        s.press(Qt::Key_L, Qt::ControlModifier);
        QVERIFY(!left->isOpen());
        s.view()->column(1)->toggleLens();
        QTRY_VERIFY(right->isOpen());
        right->setToken(1);
        s.script->addAnswer("end.");
        right->choose(0); // the branch stands in its place
        QVERIFY(!right->isOpen());
        QTRY_COMPARE(s.shown(1), QStringLiteral("The other end."));
        QVERIFY(s.idle());
        QVERIFY(s.view()->isOpen());
        QCOMPARE(s.shown(0), QStringLiteral("The first answer."));
        QCOMPARE(s.messages()->versionCount(1), 3);
        QCOMPARE(s.content(), QStringLiteral("The first answer."));
    }
    void theTreeStandsBesideTwoAnswers()
    {
        Setup s;
        for (const char *answer : {"One.", "Two.", "Three."})
            s.script->addAnswer(answer);
        QVERIFY(s.say("go"));
        s.panel->retry();
        QVERIFY(QTest::qWaitFor([&] { return s.messages()->versionCount(1) == 2; }) && s.idle());
        s.panel->compareAnswers();
        s.press(Qt::Key_Return);
        QVERIFY(QTest::qWaitFor([&] { return s.shown(1) == QLatin1String("Three."); }) && s.idle());
        s.press(Qt::Key_T, Qt::ControlModifier);
        MessageTreeView *tree = s.panel->tree();
        QVERIFY(tree->isVisible() && tree->list()->hasFocus());
        const auto choose = [&](const char *words) {
            for (int row = 0; row < tree->rows().rowCount(); ++row)
                if (tree->rows().index(row).data().toString() == QLatin1String(words))
                    tree->list()->setCurrentIndex(tree->rows().index(row));
            QTest::keyClick(tree->list(), Qt::Key_Return);
        };
        for (QLabel *label : s.view()->column(1)->findChildren<QLabel *>()) // what has no room ends in an ellipsis
            QVERIFY2(label->width() >= label->fontMetrics().horizontalAdvance(label->text()), qPrintable(label->text()));
        choose("Three.");
        QVERIFY(s.view()->isOpen());
        QVERIFY(s.view()->column(1)->transcript()->hasFocus());
        choose("go");
        QVERIFY(s.view()->isOpen());
        // Elsewhere only where nothing is under way: it closes the comparison.
        s.script->addAnswer(FakeAnswer(std::vector<FakePiece>{{"Four", milliseconds(0), true}}));
        Q_EMIT s.view()->column(1)->askAgainRequested();
        QTRY_VERIFY(s.script->holding());
        choose("One.");
        QVERIFY(s.view()->isOpen() && s.panel->session()->isBusy());
        QVERIFY2(s.panel->notice()->sentence().contains(QLatin1String("Stop the answers")),
                 qPrintable(s.panel->notice()->sentence()));
        s.script->release();
        QVERIFY(s.idle());
        choose("One.");
        QVERIFY(!s.view()->isOpen());
        QVERIFY(!s.panel->notice()->isVisible());
        QCOMPARE(s.content(), QStringLiteral("One."));
        QVERIFY(s.panel->transcript()->hasFocus());
    }
    void allOfItHasNames()
    {
        Setup s;
        QVERIFY(s.say("go"));
        s.panel->compareAnswers();
        ComparisonCard *card = s.view()->card();
        const auto name = [](QWidget *widget) {
            QAccessibleInterface *interface = QAccessible::queryAccessibleInterface(widget);
            return interface ? interface->text(QAccessible::Name) : QString();
        };
        QCOMPARE(name(card), QStringLiteral("Compare two answers"));
        QVERIFY(name(card->model(0)).startsWith(QLatin1String("Answer 1: ")));
        QVERIFY(name(card->sampling(1)).startsWith(QLatin1String("Sampling of answer 2: ")));
        // Tab goes round in the card.
        QWidget *first = QApplication::focusWidget();
        QVERIFY(card->isAncestorOf(first));
        for (int i = 0; i < 12; ++i) {
            s.press(Qt::Key_Tab);
            QVERIFY(card->isAncestorOf(QApplication::focusWidget()));
        }
        QTest::mouseClick(card->okButton(), Qt::LeftButton);
        QVERIFY(s.idle());
        QCOMPARE(name(s.view()->column(1)->keepButton()), QStringLiteral("Keep answer 2, a"));
        QVERIFY(name(s.view()->column(0)->transcript()).startsWith(QLatin1String("Answer 1, a")));
    }
    void figuresOfAnAnswerAreOnlyThoseThatWereMeasured()
    {
        app::MessageRecord record;
        QVERIFY(answerFigures(record, true).isEmpty());
        record.generatedTokens = 348;
        QCOMPARE(answerFigures(record, true), QStringLiteral("348 tokens"));
        record.decodeTokensPerSecond = 71.24;
        record.promptTokens = 1556; // of an answer that was cut while its prompt was read
        QCOMPARE(answerFigures(record, true), QStringLiteral("348 tokens · 71.2 tok/s"));
        record.firstTokenMs = 300;
        QCOMPARE(answerFigures(record, true),
                 QStringLiteral("348 tokens · 71.2 tok/s · first token after 0.3 s · prompt of 1,556 tokens"));
        record.cachedTokens = 1244;
        QCOMPARE(answerFigures(record, true),
                 QStringLiteral("348 tokens · 71.2 tok/s · first token after 0.3 s · prompt of 1,556 tokens, 1,244 reused"));
        QCOMPARE(answerFigures(record, false), QStringLiteral("348 tokens · 71.2 tok/s · first token after 0.3 s"));
        record.endReason = app::kEditedByUser;
        QCOMPARE(answerFigures(record, true), QStringLiteral("Edited by you"));
    }
    void figuresAreToldToScreenReaders()
    {
        Setup s;
        QVERIFY(s.say("go"));
        QAccessibleInterface *list = QAccessible::queryAccessibleInterface(s.panel->transcript());
        QVERIFY(list && list->childCount() == 2);
        const QString told = list->child(1)->text(QAccessible::Description);
        QVERIFY2(told.contains(QLatin1String("50.0 tok/s")) && told.contains(QLatin1String("prompt of")), qPrintable(told));
        QVERIFY(list->child(0)->text(QAccessible::Description).isEmpty());
    }
};

QTEST_MAIN(TestComparison)
#include "tst_comparison.moc"
