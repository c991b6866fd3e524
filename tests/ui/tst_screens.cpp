// The states of the window as pictures, each beside the one that is kept in tests/golden/screens.
//
// BALEEN_SCREENS=FOLDER writes them there at full size, to be looked at (packaging/screenshots.sh --states);
// BALEEN_NEW_SCREENS=1 keeps what is seen now as what is to be seen. Without them, a picture that differs fails, and is written
// beside the test programs with the kept one.
#include "app/chat/database.h"
#include "tests/ui/picture_comparison.h"
#include "tests/ui/window_setup.h"
#include "ui/chat/formula_pictures.h"
#include "ui/code/code_panel.h"
#include "ui/code/editor_card.h"
#include "ui/code/task_card.h"
#include "ui/interface_language.h"
#include "ui/shell/command_palette.h"
#include "ui/shell/settings_dialog.h"
#include "ui/shell/status_line.h"
#include "ui/translate/translate_panel.h"

#include <QLineEdit>
#include <QPainter>
#include <QSignalSpy>

using namespace ui;
using test::FakeAnswer;
using test::FakePiece;
using test::milliseconds;

namespace {

const char *const kAnswer = "A **trie** keeps words by their letters: words that begin alike share the way.\n\n"
                            "| Operation | Time | Space |\n|---|---:|---:|\n| Insert | O(k) | O(k) |\n| Look up | O(k) | O(1) |\n\n"
                            "```cpp\n// True when the word was put in.\nbool contains(const Node *node, std::string_view word)\n{\n"
                            "    for (char letter : word)\n        if (!(node = node->next(letter)))\n            return false;\n"
                            "    return node->isEnd;\n}\n```\n\n"
                            "1. Each node has at most 26 children.\n2. An array of them is fast, a map is small.\n\n"
                            "> Measure before you choose.\n\nSee also $\\sum_{i=1}^{n} k_i$ for the whole.";
const char *const kChineseAnswer = "鲸须（baleen）是须鲸口中的**角质板**，用来过滤海水中的磷虾。\n\n"
                                   "- 蓝鲸每天可以吃掉约 4 吨磷虾；\n- 鲸须由角蛋白构成，与人的指甲相同；\n- 一头弓头鲸有 600 多块鲸须板。\n\n"
                                   "它们张开大口吞入海水，再用舌头把水从鲸须的缝隙中挤出去，食物便留在口中。这样的取食方式让地球上最大的动物"
                                   "以最小的猎物为生，也使它们必须在夏天前往食物丰富的高纬度海域，在那里积累一年所需的能量，然后在冬天回到温暖的海域繁殖。";

struct Screen : test::WindowSetup
{
    Screen()
    {
        settings.set(app::kModelTitles, false);
        window->resize(1280, 800);
    }
    bool load(std::uint32_t context = 8192, const char *name = "DeepSeek-R1-Distill-Qwen-1.5B-Q4_K_M.gguf")
    {
        test::FakeLoad model = loadOf(name);
        model.summary->contextLength = context;
        script->addLoad(model);
        window->openModel(QStringLiteral("/models/") + QLatin1String(name));
        return ready();
    }
    void type(const char *text, bool send = true)
    {
        chat()->composer()->edit()->setText(QString::fromUtf8(text));
        if (send)
            QTest::keyClick(chat()->composer()->edit(), Qt::Key_Return);
    }
    bool idle()
    {
        return QTest::qWaitFor([&] { return !chat()->session()->isBusy(); });
    }
    bool holds()
    {
        return QTest::qWaitFor([&] { return script->holding(); });
    }
    // The window as it is at the next start, after this was done to its chats.
    bool openAgain(const char *sql)
    {
        window.reset();
        {
            auto chats = app::Database::open(paths.data + QStringLiteral("/baleen.db"), app::Database::Mode::ReadWrite);
            if (!chats || !(*chats)->run(sql))
                return false;
        }
        open();
        window->resize(1280, 800);
        return QTest::qWaitFor([&] { return chat()->session()->messages()->rowCount() > 0; });
    }
    ~Screen() { script->release(100); }

    std::unique_ptr<app::KeptPages> kept;
    std::unique_ptr<SettingsDialog> dialog;
};

} // namespace

class TestScreens : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void aSmallChangeIsSeen();
    void looksAsKept_data();
    void looksAsKept(); // the last: a program speaks one language, and goes on in Chinese

private:
    using Prepare = std::function<QWidget *(Screen &)>; // what is to be seen; null: it could not be brought about
    struct State
    {
        const char *name;
        Prepare prepare;
        bool inBothSchemes = true;
    };
    QVector<State> states() const;
    QImage pictureOf(QWidget *seen) const;
    void compare(const QString &name, QWidget *seen) const; // waits until they are alike
};

void TestScreens::initTestCase()
{
    QApplication::setCursorFlashTime(0);
}

QVector<TestScreens::State> TestScreens::states() const
{
    const auto window = [](bool ready, Screen &s) -> QWidget * { return ready ? s.window.get() : nullptr; };
    return {
        {"chat-empty", [=](Screen &s) { return window(s.load(), s); }},
        {"chat-no-model", [=](Screen &s) {
             s.type("What is a baleen plate made of?");
             return window(true, s);
         }, false},
        {"chat-loading", [=](Screen &s) {
             test::FakeLoad model = s.loadOf("DeepSeek-R1-0528-Qwen3-8B-Q4_K_M.gguf");
             model.hold = true;
             s.script->addLoad(model);
             s.window->openModel(QStringLiteral("/models/DeepSeek-R1-0528-Qwen3-8B-Q4_K_M.gguf"));
             return window(s.holds(), s);
         }, false},
        {"chat-answer", [=](Screen &s) {
             QSignalSpy formulas(&FormulaPictures::of(s.appearance), &FormulaPictures::came);
             return window(s.load() && s.converse("What is a trie, and when is it worth it?", kAnswer) && (!formulas.isEmpty() || formulas.wait(20000)), s);
         }},
        {"chat-reasoning", [=](Screen &s) {
             FakeAnswer answer("The user asks for a number. Seven is prime and small.\n</think>\n\nSeven.");
             answer.opensReasoning = true;
             s.script->addAnswer(answer);
             if (!s.load())
                 return window(false, s);
             s.type("Name a small prime");
             if (!QTest::qWaitFor([&] { return s.script->finished() == 1; }) || !s.idle())
                 return window(false, s);
             return window(s.openAgain("UPDATE messages SET reasoning_ms = 18000 WHERE reasoning <> ''"), s); // not as long as it took here
         }, false},
        {"chat-reading", [=](Screen &s) {
             FakeAnswer answer("Later.");
             answer.promptTokens = 1024;
             answer.holdPrompt = true;
             s.script->addAnswer(answer);
             if (!s.load())
                 return window(false, s);
             s.type("Read this long text and say what is in it");
             return window(s.holds(), s);
         }, false},
        {"chat-writing", [=](Screen &s) {
             s.script->addAnswer(FakeAnswer(std::vector<FakePiece>{
                 {"Baleen plates hang in two rows from the upper jaw. "}, {"They are made of keratin, "}, {"as nails are", milliseconds(0), true}}));
             if (!s.load())
                 return window(false, s);
             s.type("What is a baleen plate made of?");
             if (!s.holds())
                 return window(false, s);
             s.type("And how many has a whale?");
             s.type("Which whale is the largest", false);
             return window(true, s);
         }},
        {"chat-cut-short", [=](Screen &s) {
             FakeAnswer answer("An answer that ended before it was whole, because it may not be");
             answer.endReason = inference::EndReason::Length;
             s.script->addAnswer(answer);
             if (!s.load())
                 return window(false, s);
             s.type("Tell me all about whales");
             return window(QTest::qWaitFor([&] { return s.script->finished() == 1; }) && s.idle(), s);
         }, false},
        {"chat-engine-stopped", [=](Screen &s) {
             FakeAnswer answer("Half of an answer that");
             answer.error = inference::Error(inference::ErrorCode::Internal, {.what = "The graphics card stopped answering",
                                                                                 .where = "layer 12",
                                                                                 .wayOut = "Load the model again, or run it on the CPU."});
             s.script->addAnswer(answer);
             if (!s.load())
                 return window(false, s);
             s.type("Tell me all about whales");
             return window(QTest::qWaitFor([&] { return s.script->finished() == 1; }) && s.idle(), s);
         }},
        {"chat-load-failed", [=](Screen &s) {
             test::FakeLoad model;
             model.error = inference::Error(inference::ErrorCode::Incomplete, {.what = "The file is incomplete",
                                                                              .where = "model.gguf",
                                                                              .expected = "1,117,320,768 bytes",
                                                                              .found = "500,000,000 bytes",
                                                                              .wayOut = "Resume or repeat the download."});
             s.script->addLoad(model);
             QSignalSpy failed(&s.service, &app::InferenceService::loadFailed);
             s.window->openModel(QStringLiteral("/models/model.gguf"));
             return window(failed.wait(), s);
         }},
        {"chat-context-full", [=](Screen &s) {
             if (!s.load(1024) || !s.converse())
                 return window(false, s);
             QString words;
             for (int i = 0; i < 1100; ++i)
                 words += QStringLiteral("w%1 ").arg(i % 7);
             s.chat()->composer()->edit()->setText(words);
             QTest::qWait(300);
             QTest::keyClick(s.chat()->composer()->edit(), Qt::Key_Return);
             return window(QTest::qWaitFor([&] { return !s.chat()->session()->isBusy(); }), s);
         }},
        {"chat-narrow", [=](Screen &s) {
             s.window->resize(880, 560);
             return window(s.load() && s.converse("What are baleen plates made of?", "Of keratin, as nails are.\n\n1. They grow all life long.\n2. They hang "
                                                  "in two rows from the upper jaw, and let the water out and keep the krill in."), s);
         }},
        {"chat-search-without-hits", [=](Screen &s) {
             if (!s.load() || !s.converse())
                 return window(false, s);
             QTest::keyClick(s.window.get(), Qt::Key_F, Qt::ControlModifier | Qt::ShiftModifier);
             auto *field = qobject_cast<QLineEdit *>(s.window->focusWidget());
             if (!field)
                 return window(false, s);
             field->setText(QStringLiteral("xylophone"));
             QTest::qWait(400);
             return window(true, s);
         }, false},
        {"chat-read-only", [=](Screen &s) { return window(s.load() && s.converse() && s.openAgain("PRAGMA user_version = 1000"), s); }, false},
        {"settings", [=](Screen &s) -> QWidget * {
             s.kept = std::make_unique<app::KeptPages>(s.paths.keptPages());
             s.dialog = std::make_unique<SettingsDialog>(s.service, s.settings, s.appearance, *s.kept);
             s.dialog->show();
             return s.dialog.get();
         }},
        {"palette", [=](Screen &s) {
             if (!s.load())
                 return window(false, s);
             QTest::keyClick(s.window.get(), Qt::Key_K, Qt::ControlModifier);
             return window(s.window->palettePopover() && s.window->palettePopover()->isVisible(), s);
         }},
        {"code-empty", [=](Screen &s) {
             s.window->showPanel(QStringLiteral("code"));
             return window(s.load(), s);
         }},
        {"code-answer", [=](Screen &s) {
             s.window->showPanel(QStringLiteral("code"));
             auto *code = qobject_cast<CodePanel *>(s.window->panel(QStringLiteral("code")));
             if (!s.load())
                 return window(false, s);
             s.script->addAnswer("```python\ndef is_prime(n: int) -> bool:\n    \"\"\"True when n has no divisor but itself.\"\"\"\n    if n < 2:\n"
                                 "        return False\n    for d in range(2, int(n**0.5) + 1):\n        if n % d == 0:\n            return False\n"
                                 "    return True\n```\n\nIt tries divisors up to the square root.");
             code->taskCard()->setInstruction(QStringLiteral("A function that says whether a number is prime"));
             code->run();
             return window(QTest::qWaitFor([&] { return s.script->finished() == 1 && !code->session().isBusy(); }), s);
         }},
        {"translate-empty", [=](Screen &s) {
             s.window->showPanel(QStringLiteral("translate"));
             return window(s.load(), s);
         }},
        {"translate-answer", [=](Screen &s) {
             s.window->showPanel(QStringLiteral("translate"));
             auto *translate = qobject_cast<TranslatePanel *>(s.window->panel(QStringLiteral("translate")));
             if (!s.load())
                 return window(false, s);
             s.script->setDefaultAnswer([](const inference::GenerationRequest &) { return FakeAnswer("保修范围包括两年的零件和人工。"); });
             translate->session().setTarget(*app::translate::findLanguage(u"zh"));
             translate->table().source().setText(QStringLiteral("The warranty covers parts and labour for two years.\n\nIt does not cover loss.\n\nKeep the receipt."));
             return window(QTest::qWaitFor([&] { return translate->session().state() == app::translate::TranslateSession::State::Finished; }), s);
         }},
        {"chat-chinese", [=](Screen &s) { return window(s.load() && s.converse("鲸须是什么做的？请详细说明它的作用。", kChineseAnswer), s); }},
        {"chat-chinese-narrow", [=](Screen &s) {
             s.window->resize(880, 560);
             return window(s.load() && s.converse("鲸须是什么做的？请详细说明它的作用。", kChineseAnswer), s);
         }, false},
    };
}

void TestScreens::looksAsKept_data()
{
    QTest::addColumn<int>("state");
    QTest::addColumn<bool>("dark");
    const QVector<State> all = states();
    for (int i = 0; i < all.size(); ++i) {
        QTest::addRow("%s-light", all[i].name) << i << false;
        if (all[i].inBothSchemes)
            QTest::addRow("%s-dark", all[i].name) << i << true;
    }
}

void TestScreens::looksAsKept()
{
    QFETCH(int, state);
    QFETCH(bool, dark);
    const State what = states()[state];
    if (QByteArray(what.name).contains("chinese"))
        useInterfaceLanguage(*qApp, QStringLiteral("zh_CN"));
    Screen screen;
    screen.appearance.setScheme(dark ? Scheme::Dark : Scheme::Light);
    QWidget *seen = what.prepare(screen);
    QVERIFY(seen);
    compare(QString::fromLatin1(QTest::currentDataTag()), seen);
}

QImage TestScreens::pictureOf(QWidget *seen) const
{
    QImage picture = seen->grab().toImage();
    // Speeds and memory are the machine's: of the status line the sentence is compared.
    if (auto *window = qobject_cast<MainWindow *>(seen)) {
        const StatusLine *status = window->statusLine();
        const int sentence = 40 + status->fontMetrics().horizontalAdvance(status->sentence());
        QPainter(&picture).fillRect(QRect(status->mapTo(window, QPoint(sentence, 0)), status->size()), Qt::gray);
    }
    return picture;
}

void TestScreens::compare(const QString &name, QWidget *seen) const
{
    const QString kept = QStringLiteral(BALEEN_GOLDEN_DIR "/screens/%1.png").arg(name);
    const QString folder = qEnvironmentVariable("BALEEN_SCREENS");
    const bool isNew = qEnvironmentVariableIntValue("BALEEN_NEW_SCREENS") == 1;
    if (isNew || !folder.isEmpty())
        QTest::qWait(1500); // counts come later than answers
    if (!folder.isEmpty())
        QVERIFY2(QDir().mkpath(folder) && seen->grab().save(QStringLiteral("%1/%2.png").arg(folder, name)), qPrintable(folder));
    if (isNew) {
        QVERIFY2(test::smallPicture(pictureOf(seen)).save(kept), qPrintable(kept));
        return;
    }
    QImage expected;
    QVERIFY2(expected.load(kept), qPrintable(kept));
    expected = expected.convertToFormat(QImage::Format_RGB32);
    QImage picture;
    test::PictureDifference difference;
    const bool same = QTest::qWaitFor([&] {
        picture = pictureOf(seen);
        const QImage small = test::smallPicture(picture);
        if (small.size() != expected.size())
            return false;
        difference = test::differenceOf(small, expected);
        return !difference.isSeen();
    });
    if (same)
        return;
    const QString failed = QCoreApplication::applicationDirPath() + QStringLiteral("/screens");
    QVERIFY(QDir().mkpath(failed));
    picture.save(QStringLiteral("%1/%2.png").arg(failed, name));
    expected.save(QStringLiteral("%1/%2-kept.png").arg(failed, name));
    QFAIL(qPrintable(QStringLiteral("%1 looks otherwise at %2, %3 (%4 of 255, at most %5). See %6.")
                         .arg(name).arg(difference.place.x()).arg(difference.place.y()).arg(difference.worst, 0, 'f', 1)
                         .arg(test::kMostOfATile).arg(failed)));
}

void TestScreens::aSmallChangeIsSeen()
{
    Screen screen;
    QVERIFY(screen.load());
    const auto now = [&] { return test::smallPicture(pictureOf(screen.window.get())); };
    QImage before;
    QVERIFY(before.load(QStringLiteral(BALEEN_GOLDEN_DIR "/screens/chat-empty-light.png")));
    before = before.convertToFormat(QImage::Format_RGB32);
    const auto becomes = [&](bool seen) { return QTest::qWaitFor([&] { return test::differenceOf(now(), before).isSeen() == seen; }); };
    compare(QStringLiteral("chat-empty-light"), screen.window.get());

    screen.chat()->composer()->edit()->setText(QStringLiteral("word")); // one word more
    QVERIFY(becomes(true));
    screen.chat()->composer()->edit()->setText(QString());
    QVERIFY(becomes(false));

    StatusLine *status = screen.window->statusLine();
    status->move(status->x(), status->y() - 4); // a step of the grid
    QVERIFY(test::differenceOf(now(), before).isSeen());
    status->move(status->x(), status->y() + 4);
    QVERIFY(becomes(false));

    screen.window->resize(1280, 796);
    QVERIFY(now().size() != before.size());
}

QTEST_MAIN(TestScreens)
#include "tst_screens.moc"
