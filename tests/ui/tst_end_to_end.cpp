// The whole program but its command line, on a real model: the real window, service, engine and files, driven
// by keys and clicks as a person would. What the small model says does not matter here; that it gets there
// does.
#include "app/settings_keys.h"
#include "tests/support/models.h"
#include "tests/support/sanitized.h"
#include "ui/chat/chat_panel.h"
#include "ui/chat/composer.h"
#include "ui/chat/conversation_list.h"
#include "ui/code/code_panel.h"
#include "ui/code/editor_card.h"
#include "ui/code/task_card.h"
#include "ui/main_window.h"
#include "ui/translate/translate_panel.h"

#include <QClipboard>
#include <QElapsedTimer>
#include <QListView>
#include <QTemporaryDir>
#include <QTest>
#include <QTextBlock>
#include <QTimer>

#include <algorithm>
#include <vector>

using namespace ui;
using app::ChatSession;
using app::MessageState;
using app::code::CodeSession;
using app::translate::TranslateSession;

namespace {

constexpr int kPatience = 60000; // ms, for an answer on a busy machine
// Tokens of an answer at most: a model this small may never find its end.
constexpr int kShort = 120, kLong = 2000;

// What main() puts together.
struct Program
{
    Program()
    {
        if (!paths.create().ok())
            qFatal("The folders of the test cannot be made");
        appearance.setScheme(Scheme::Light);
        settings.set(app::kSamplingPreset, int(app::SamplingPreset::Precise));
        settings.set(app::kMaxAnswerTokens, kShort);
        window.resize(1280, 800);
        window.show();
        window.activateWindow();
        if (!QTest::qWaitForWindowActive(&window))
            qFatal("The window does not come to the front");
        window.showPanel({});
    }

    void press(Qt::Key key, Qt::KeyboardModifiers modifiers = Qt::NoModifier)
    {
        QTest::keyClick(QApplication::focusWidget(), key, modifiers);
    }
    void type(const QString &text) { QTest::keyClicks(QApplication::focusWidget(), text); }
    QString sentence() { return window.statusLine()->sentence(); }
    ChatPanel *chat() { return qobject_cast<ChatPanel *>(window.panel(QStringLiteral("chat"))); }
    CodePanel *code() { return qobject_cast<CodePanel *>(window.panel(QStringLiteral("code"))); }
    TranslatePanel *translate()
    {
        return qobject_cast<TranslatePanel *>(window.panel(QStringLiteral("translate")));
    }
    const app::MessageRecord &message(int row) { return chat()->session()->messages()->message(row); }

    app::DataPaths paths = app::DataPaths::xdg();
    app::Settings settings{paths.settings};
    Appearance appearance{settings};
    app::InferenceService service{inference::createEngine()};
    app::ModelCatalog catalog{paths, settings};
    MainWindow window{service, catalog, settings, appearance, paths};
};

QStringList contents(ChatSession &session)
{
    QStringList all;
    for (int row = 0; row < session.messages()->rowCount(); ++row)
        all.append(session.messages()->message(row).content);
    return all;
}

} // namespace

// One story in order: each step goes on where the one before ended.
class TestEndToEnd : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void whatIsSentBeforeTheModelIsThereIsAnsweredWhenItComes();
    void stopEndsAnAnswerAtOnceAndKeepsIt();
    void theNextTurnReadsOnlyWhatIsNew();
    void codeOfAnInstructionLandsInTheEditor();
    void anotherPanelWaitsForItsTurnAndSaysSo();
    void aTextIsTranslatedRowByRow();
    void everythingIsThereAfterAnotherStart();
    void theWindowStaysSmoothWhileTheModelReadsAndWrites();

private:
    // Its own end, or Stop when the model goes on and on.
    void endCode()
    {
        CodeSession &session = m_program->code()->session();
        if (!QTest::qWaitFor([&] { return !session.isBusy(); }, 8000))
            m_program->press(Qt::Key_Escape);
        QTRY_VERIFY(!session.isBusy());
    }

    QTemporaryDir m_home;
    QString m_model;
    QStringList m_said; // in the first chat
    std::unique_ptr<Program> m_program;
};

void TestEndToEnd::initTestCase()
{
    m_model = test::smallModel(); // found by the variables that are replaced now
    QVERIFY(m_home.isValid());
    for (const char *variable : {"XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"})
        qputenv(variable, m_home.filePath(QLatin1String(variable)).toLocal8Bit());
    qunsetenv("BALEEN_CACHE");
    qunsetenv("BALEEN_MODELS");
    m_program = std::make_unique<Program>();
}

void TestEndToEnd::whatIsSentBeforeTheModelIsThereIsAnsweredWhenItComes()
{
    Program &p = *m_program;
    QCOMPARE(p.window.currentPanel(), QStringLiteral("chat"));
    QCOMPARE(p.sentence(), QStringLiteral("No model loaded"));
    p.type(QStringLiteral("Write four sentences about whales."));
    p.press(Qt::Key_Return);
    ChatSession *session = p.chat()->session();
    QTRY_COMPARE(session->state(), ChatSession::State::WaitingForModel);
    QCOMPARE(p.message(0).content, QStringLiteral("Write four sentences about whales."));
    QVERIFY(p.chat()->composer()->edit()->text().isEmpty());

    p.window.openModel(m_model);
    QCOMPARE(p.service.state(), app::InferenceService::State::Loading);
    QVERIFY(p.sentence().startsWith(QLatin1String("Loading SmolLM2")));
    p.type(QStringLiteral("a draft")); // typing is possible in every state

    QTRY_COMPARE_WITH_TIMEOUT(session->state(), ChatSession::State::Writing, kPatience);
    QTRY_VERIFY_WITH_TIMEOUT(p.message(1).content.size() > 10, kPatience);
    const QString early = p.message(1).content;
    QVERIFY(session->isBusy());
    QCOMPARE(p.sentence(), QStringLiteral("Writing"));
    QTRY_VERIFY_WITH_TIMEOUT(!session->isBusy(), kPatience);
    QVERIFY(p.message(1).content.size() > early.size()); // it came in pieces
    QVERIFY(p.message(1).content.startsWith(early));
    QCOMPARE(p.message(1).state, MessageState::Complete);
    QVERIFY(p.message(1).promptTokens > 0 && p.message(1).generatedTokens > 4);
    QCOMPARE(p.chat()->composer()->edit()->text(), QStringLiteral("a draft"));

    QCOMPARE(p.sentence(), QStringLiteral("Ready"));
    QCOMPARE(p.window.statusLine()->speed(),
             QStringLiteral("%1 tok/s").arg(p.message(1).decodeTokensPerSecond, 0, 'f', 1));
    QTRY_VERIFY(p.window.statusLine()->context().startsWith(QLatin1String("Context ")));
}

void TestEndToEnd::stopEndsAnAnswerAtOnceAndKeepsIt()
{
    Program &p = *m_program;
    p.settings.set(app::kMaxAnswerTokens, kLong);
    p.press(Qt::Key_A, Qt::ControlModifier);
    p.type(QStringLiteral("Tell me a very long story of a whale, with many chapters."));
    QTest::mouseClick(p.chat()->composer()->sendButton(), Qt::LeftButton);
    QTRY_VERIFY_WITH_TIMEOUT(
        p.chat()->session()->messages()->rowCount() == 4 && p.message(3).content.size() > 20, kPatience);
    QVERIFY(p.chat()->composer()->stopButton()->isVisible());
    QElapsedTimer clock;
    clock.start();
    QTest::mouseClick(p.chat()->composer()->stopButton(), Qt::LeftButton);
    QTRY_VERIFY(!p.chat()->session()->isBusy());
    QVERIFY2(clock.elapsed() < 1000, qPrintable(QString::number(clock.elapsed())));
    QCOMPARE(p.message(3).state, MessageState::Stopped);
    QVERIFY(p.message(3).content.size() > 20);
    QVERIFY(!p.chat()->composer()->stopButton()->isVisible());
}

void TestEndToEnd::theNextTurnReadsOnlyWhatIsNew()
{
    Program &p = *m_program;
    p.settings.set(app::kMaxAnswerTokens, kShort);
    quint32 reused = 0;
    connect(p.chat()->session(), &ChatSession::promptProgress, this,
            [&] { reused = std::max(reused, p.chat()->session()->promptCached()); });
    QTest::mouseClick(p.chat()->composer()->edit()->viewport(), Qt::LeftButton);
    p.type(QStringLiteral("Thank you. Say goodbye."));
    p.press(Qt::Key_Return);
    QTRY_VERIFY_WITH_TIMEOUT(
        p.chat()->session()->messages()->rowCount() == 6 && !p.chat()->session()->isBusy(), kPatience);
    QCOMPARE(p.message(5).state, MessageState::Complete);
    QVERIFY2(reused > quint32(p.message(1).promptTokens), qPrintable(QString::number(reused)));
    disconnect(p.chat()->session(), nullptr, this, nullptr);
    m_said = contents(*p.chat()->session());
}

void TestEndToEnd::codeOfAnInstructionLandsInTheEditor()
{
    Program &p = *m_program;
    p.press(Qt::Key_2, Qt::ControlModifier);
    QCOMPARE(p.window.currentPanel(), QStringLiteral("code"));
    p.type(QStringLiteral("A Python function that adds two numbers."));
    p.press(Qt::Key_Return, Qt::ControlModifier);
    QVERIFY(p.code()->session().isBusy());
    QTRY_VERIFY_WITH_TIMEOUT(p.code()->session().code().contains(QLatin1String("def ")), kPatience);
    endCode();
    QCOMPARE(p.code()->session().state(), CodeSession::State::Done);
    const QString code = p.code()->editorCard()->editor()->text();
    QVERIFY2(code.contains(QLatin1String("def ")), qPrintable(code));
    QCOMPARE(code, p.code()->session().code());
    QCOMPARE(p.sentence(), QStringLiteral("Ready"));
    QVERIFY(p.window.statusLine()->speed().endsWith(QLatin1String(" tok/s")));
}

void TestEndToEnd::anotherPanelWaitsForItsTurnAndSaysSo()
{
    Program &p = *m_program;
    p.press(Qt::Key_1, Qt::ControlModifier);
    p.press(Qt::Key_N, Qt::ControlModifier);
    p.settings.set(app::kMaxAnswerTokens, kLong);
    p.type(QStringLiteral("Tell me a very long story of a whale, with many chapters."));
    p.press(Qt::Key_Return);
    QTRY_COMPARE_WITH_TIMEOUT(p.chat()->session()->state(), ChatSession::State::Writing, kPatience);

    p.press(Qt::Key_2, Qt::ControlModifier);
    p.press(Qt::Key_Return, Qt::ControlModifier);
    QTRY_COMPARE(p.sentence(), QStringLiteral("Waits for 1 other request"));
    QCOMPARE(p.code()->session().state(), CodeSession::State::Queued);

    p.press(Qt::Key_1, Qt::ControlModifier);
    p.press(Qt::Key_Escape);
    QTRY_COMPARE(p.chat()->session()->state(), ChatSession::State::Idle);
    p.press(Qt::Key_2, Qt::ControlModifier);
    QTRY_VERIFY_WITH_TIMEOUT(!p.code()->session().code().isEmpty(), kPatience);
    endCode();
    QCOMPARE(p.code()->session().state(), CodeSession::State::Done);
}

void TestEndToEnd::aTextIsTranslatedRowByRow()
{
    Program &p = *m_program;
    p.press(Qt::Key_3, Qt::ControlModifier);
    TranslateSession &session = p.translate()->session();
    session.setTarget(*app::translate::findLanguage(u"en"));
    p.type(QStringLiteral("Le bateau part du port vers neuf heures."));
    p.press(Qt::Key_Return);
    p.press(Qt::Key_Return);
    p.type(QStringLiteral("Les enfants regardent les baleines dans la mer."));
    QTRY_COMPARE_WITH_TIMEOUT(session.state(), TranslateSession::State::Working, kPatience); // by itself
    QTRY_COMPARE_WITH_TIMEOUT(session.state(), TranslateSession::State::Finished, kPatience);
    QCOMPARE(session.detected().language->code, QStringView(u"fr"));
    QCOMPARE(session.total(), 2);
    QCOMPARE(session.over(), 2);

    // A row of the text and its row of the translation begin at one height.
    RowEdit &source = p.translate()->table().source(), &target = p.translate()->table().target();
    const int rows = p.translate()->table().metrics().size();
    QCOMPARE(rows, 2);
    for (int row = 0; row < rows; ++row) {
        const auto top = [row](RowEdit &edit) {
            const RowLayout &layout = edit.rows();
            return layout.blockBoundingRect(edit.document()->findBlockByNumber(layout.firstBlock(row))).top();
        };
        QCOMPARE(top(source), top(target));
        QVERIFY(!session.segments().at(row).target.trimmed().isEmpty());
    }
}

void TestEndToEnd::everythingIsThereAfterAnotherStart()
{
    // The chat that was open is the second one; the first is one click away.
    const QStringList story = contents(*m_program->chat()->session());
    QCOMPARE(story.size(), 2);
    const QString code = m_program->code()->editorCard()->editor()->text();
    const QString instruction = m_program->code()->taskCard()->instruction();
    const QString text = m_program->translate()->session().sourceText();
    const QString translation = m_program->translate()->session().translation();
    m_program->window.close();
    m_program.reset();

    m_program = std::make_unique<Program>();
    Program &p = *m_program;
    QCOMPARE(p.catalog.lastModel(), m_model);
    QCOMPARE(p.window.currentPanel(), QStringLiteral("translate"));
    QTRY_COMPARE(p.translate()->session().sourceText(), text);
    QCOMPARE(p.translate()->session().translation(), translation);
    p.press(Qt::Key_2, Qt::ControlModifier);
    QCOMPARE(p.code()->editorCard()->editor()->text(), code);
    QCOMPARE(p.code()->taskCard()->instruction(), instruction);
    p.press(Qt::Key_1, Qt::ControlModifier);
    QTRY_COMPARE(contents(*p.chat()->session()), story);
    QCOMPARE(p.message(1).state, MessageState::Stopped);
    QCOMPARE(p.chat()->conversations().rowCount(), 2);
    QListView *list = p.chat()->list()->view();
    QTest::mouseClick(list->viewport(), Qt::LeftButton, Qt::NoModifier,
                      list->visualRect(list->model()->index(1, 0)).center());
    QTRY_COMPARE(contents(*p.chat()->session()), m_said);
    QCOMPARE(p.message(3).state, MessageState::Stopped);
    p.window.close();
    m_program.reset();
}

// The engine has a thread on every processor; the window needs one of them now and then.
void TestEndToEnd::theWindowStaysSmoothWhileTheModelReadsAndWrites()
{
    m_program = std::make_unique<Program>();
    Program &p = *m_program;
    p.settings.set(app::kMaxAnswerTokens, kLong);
    p.press(Qt::Key_1, Qt::ControlModifier);
    p.press(Qt::Key_N, Qt::ControlModifier);
    p.window.openModel(m_model);
    QTRY_COMPARE_WITH_TIMEOUT(p.sentence(), QStringLiteral("Ready"), kPatience);
    QString report = QStringLiteral("The log of a ship. ");
    for (int i = 0; i < 120; ++i)
        report +=
            QStringLiteral("On day %1 the ship met %2 whales and sailed on to the north. ").arg(i).arg(i % 7);
    report += QStringLiteral("Now tell me a very long story of these whales, with many chapters.");
    QGuiApplication::clipboard()->setText(report);
    p.press(Qt::Key_V, Qt::ControlModifier);

    QElapsedTimer clock;
    std::vector<double> gaps; // ms from one whole frame to the next
    QTimer frames;
    frames.setTimerType(Qt::PreciseTimer);
    connect(&frames, &QTimer::timeout, this, [&] {
        p.window.repaint();
        gaps.push_back(double(clock.nsecsElapsed()) / 1e6);
        clock.start();
    });
    p.press(Qt::Key_Return);
    clock.start();
    frames.start(8);
    ChatSession *session = p.chat()->session();
    QTRY_VERIFY_WITH_TIMEOUT(session->messages()->rowCount() == 2 && !p.message(1).content.isEmpty(),
                             kPatience);
    const std::size_t reading = gaps.size();
    QTRY_VERIFY_WITH_TIMEOUT(p.message(1).content.size() > 1500 || !session->isBusy(), kPatience);
    frames.stop();
    p.press(Qt::Key_Escape);
    QTRY_VERIFY(!session->isBusy());
    QVERIFY(p.message(1).promptTokens > 1500);
    QVERIFY2(reading > 20 && gaps.size() > reading,
             qPrintable(QStringLiteral("%1 of %2 frames while it read").arg(reading).arg(gaps.size())));
    std::sort(gaps.begin(), gaps.end());
    const double worst = gaps.back(), almost = gaps[gaps.size() * 99 / 100];
    qInfo("%zu frames, %zu of them while it read: median %.1f ms, 99 of 100 within %.1f, longest %.1f",
          gaps.size(), reading, gaps[gaps.size() / 2], almost, worst);
    if (!test::kSanitized)
        QVERIFY2(almost < 33, qPrintable(QString::number(almost)));
    p.window.close();
    m_program.reset();
}

QTEST_MAIN(TestEndToEnd)
#include "tst_end_to_end.moc"
