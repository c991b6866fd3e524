#include "app/settings_keys.h"
#include "tests/support/fake_engine.h"
#include "tests/support/temporary_file.h"
#include "ui/chat/chat_panel.h"
#include "ui/chat/composer.h"
#include "ui/chat/conversation_list.h"
#include "ui/main_window.h"

#include <QDir>
#include <QDropEvent>
#include <QMimeData>
#include <QTest>
#include <QUrl>

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
        appearance.setScheme(Scheme::Light);
        QDir().mkpath(paths.data);
        open();
    }
    void open()
    {
        window.reset();
        window = std::make_unique<MainWindow>(service, catalog, settings, appearance, paths);
        window->resize(1440, 900);
        window->show();
        window->activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(window.get()));
        window->showPanel(QStringLiteral("chat"));
    }
    test::FakeLoad loadOf(const char *name)
    {
        test::FakeLoad load;
        load.summary = FakeEngine::defaultSummary(std::string("/models/") + name);
        load.summary->quantisation = "Q4_K_M";
        load.summary->device = "CPU, 8 threads";
        load.summary->contextLength = 8192;
        return load;
    }
    bool ready()
    {
        return QTest::qWaitFor([&] { return service.model().has_value(); });
    }
    ChatPanel *chat() { return qobject_cast<ChatPanel *>(window->panel(QStringLiteral("chat"))); }
    // Written where BALEEN_SCREENSHOTS says, for people to look at.
    void picture(const char *name)
    {
        const QString folder = qEnvironmentVariable("BALEEN_SCREENSHOTS");
        if (!folder.isEmpty())
            window->grab().save(QStringLiteral("%1/%2.png").arg(folder, QLatin1String(name)));
    }

    test::TemporaryFolder folder;
    app::DataPaths paths = app::DataPaths::inFolder(folder.path(QStringLiteral("baleen")));
    std::shared_ptr<EngineScript> script = std::make_shared<EngineScript>();
    app::Settings settings{folder.path(QStringLiteral("baleen.ini"))};
    Appearance appearance{settings};
    app::InferenceService service{std::make_unique<FakeEngine>(script)};
    app::ModelCatalog catalog{paths, settings};
    std::unique_ptr<MainWindow> window;
};

const char kEnglish[] =
    R"(MLA does not store keys and values. Per layer it stores one **latent vector** per token, from which both are rebuilt, and one small key for the position:

| Model | Attention | Per token | At 16,384 tokens |
|---|---|--:|--:|
| DeepSeek-V2-Lite | MLA, latent of 512 + 64 | 30.4 KiB | **0.47 GiB** |
| R1-Distill-Qwen-14B | GQA, 8 key heads | 192 KiB | 3.00 GiB |
| DeepSeek-Coder-6.7B | MHA, 32 key heads | 512 KiB | 8.00 GiB |

```python
def mla_cache_bytes(layers: int, latent: int, rope: int, tokens: int) -> int:
    """Size of the compressed cache in fp16: two bytes a value."""
    return 2 * layers * (latent + rope) * tokens

print(mla_cache_bytes(27, 512, 64, 16_384) / 2**30)  # 0.4746
```

At the same length V2-Lite needs about one sixth of the memory of the 14B distill, and one seventeenth of `Coder-6.7B`.
)";

const char kChinese[] = R"(## 为什么快速排序平均是 O(n log n)

区别只在于每次划分是否**均匀**。设枢轴左侧有 `k` 个元素，则递推式为 T(n) = T(k) + T(n − k − 1) + Θ(n)。

1. **最好的情况：**每次对半，共 log n 层，每层比较 n 次。
2. **最坏的情况：**数组已经排好序，而总取首元素作枢轴。
   - 每层只减少 1 个元素
   - 共 n 层，所以是 O(n²)
3. 随机选取枢轴（见“随机化算法”一章）可以避免最坏情况。

> 使用 3 路划分时，重复元素很多的数组也只需要 O(n) 时间。

- [x] 写出递推式
- [ ] 用主定理求解，参考 [Wikipedia](https://en.wikipedia.org/wiki/Quicksort)

```cpp
template <class T> void sort(std::vector<T> &values)
{
    // 随机枢轴，避开已排序的输入
    std::shuffle(values.begin(), values.end(), engine);
}
```
)";

} // namespace

class TestMainWindow : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void loadingShowsProgressAndCanBeCancelled();
    void aModelThatFailsIsSaidAndWaysOutAreOffered();
    void aDroppedModelIsOpenedAndAnotherFileGoesToThePanel();
    void keysSwitchPanelsAndTheSidebar();
    void narrowWindowsHaveARail();
    void whatIsChosenIsThereAgain();
    void aRunningAnswerIsInTheStatusLine();
    void pictures();
};

void TestMainWindow::loadingShowsProgressAndCanBeCancelled()
{
    Setup s;
    QCOMPARE(s.window->statusLine()->dot(), BusyDot::State::Hollow);
    test::FakeLoad load = s.loadOf("R1-7B.gguf");
    load.hold = true;
    s.script->addLoad(load);
    s.window->openModel(QStringLiteral("/models/R1-7B.gguf"));
    QTRY_VERIFY(s.window->statusLine()->sentence().startsWith(QLatin1String("Loading R1-7B")));
    QCOMPARE(s.window->statusLine()->dot(), BusyDot::State::Busy);
    // Typing is possible meanwhile.
    QTest::keyClicks(s.chat()->composer()->edit(), QStringLiteral("typed while loading"));
    QCOMPARE(s.chat()->composer()->edit()->text(), QStringLiteral("typed while loading"));
    Q_EMIT s.window->statusLine()->cancelRequested();
    s.script->release();
    QTRY_COMPARE(s.window->statusLine()->dot(), BusyDot::State::Hollow);
    QVERIFY(!s.window->notice()->isVisible()); // a load that the user stopped is no failure
}

void TestMainWindow::aModelThatFailsIsSaidAndWaysOutAreOffered()
{
    Setup s;
    test::FakeLoad load;
    load.error =
        inference::Error(inference::ErrorCode::Damaged, "The file ends early, a.gguf. Download it again.");
    s.script->addLoad(load);
    s.window->openModel(QStringLiteral("/models/a.gguf"));
    QTRY_VERIFY(s.window->notice()->isVisible());
    QVERIFY(s.window->notice()->findChildren<TextButton *>().size() >= 2);
    QCOMPARE(s.window->statusLine()->dot(), BusyDot::State::Bad);
}

void TestMainWindow::aDroppedModelIsOpenedAndAnotherFileGoesToThePanel()
{
    Setup s;
    s.script->addLoad(s.loadOf("dropped.gguf"));
    const auto drop = [&](const QString &path) {
        QMimeData data;
        data.setUrls({QUrl::fromLocalFile(path)});
        // Qt delivers a drop only to the widget that a drag has entered.
        QDragEnterEvent enter(QPoint(700, 400), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QApplication::sendEvent(s.window.get(), &enter);
        QDropEvent event(QPointF(700, 400), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
        QApplication::sendEvent(s.window.get(), &event);
    };
    drop(QStringLiteral("/models/dropped.gguf"));
    QVERIFY(s.ready());
    QCOMPARE(s.script->loads().back(), std::string("/models/dropped.gguf"));
    drop(s.folder.write(QStringLiteral("words.txt"), "from a file\n"));
    QVERIFY(s.chat()->composer()->edit()->text().contains(QLatin1String("from a file")));
}

void TestMainWindow::keysSwitchPanelsAndTheSidebar()
{
    Setup s;
    QVERIFY(!s.window->sidebar()->isRailed());
    QTest::keyClick(s.window.get(), Qt::Key_B, Qt::ControlModifier);
    QVERIFY(s.window->sidebar()->isRailed());
    QTest::keyClick(s.window.get(), Qt::Key_B, Qt::ControlModifier);
    QVERIFY(!s.window->sidebar()->isRailed());
    QTest::keyClick(s.window.get(), Qt::Key_2, Qt::ControlModifier);
    QCOMPARE(s.window->currentPanel(), QStringLiteral("code"));
    QVERIFY(s.window->sidebar()->isRailed()); // Code begins as a rail
    QTest::keyClick(s.window.get(), Qt::Key_3, Qt::ControlModifier);
    QCOMPARE(s.window->currentPanel(), QStringLiteral("translate"));
    QTest::keyClick(s.window.get(), Qt::Key_1, Qt::ControlModifier);
    QCOMPARE(s.window->currentPanel(), QStringLiteral("chat"));
    QVERIFY(s.chat()->composer()->edit()->hasFocus());
    const int size = s.appearance.readingSize();
    QTest::keyClick(s.window.get(), Qt::Key_Plus, Qt::ControlModifier);
    QCOMPARE(s.appearance.readingSize(), size + 1);
    QTest::keyClick(s.window.get(), Qt::Key_0, Qt::ControlModifier);
    QCOMPARE(s.appearance.readingSize(), 15);
}

void TestMainWindow::narrowWindowsHaveARail()
{
    Setup s;
    s.window->resize(880, 560);
    QCOMPARE(s.window->size(), QSize(880, 560));
    QVERIFY(s.window->sidebar()->isRailed());
    QCOMPARE(s.window->sidebar()->width(), kRailWidth);
    s.window->toggleSidebar();
    QCOMPARE(s.window->sidebar()->width(), kSidebarWidth); // over the card
    QTest::keyClick(s.window.get(), Qt::Key_Escape);
    QCOMPARE(s.window->sidebar()->width(), kRailWidth);
    s.window->resize(1440, 900);
    QVERIFY(!s.window->sidebar()->isRailed());
}

void TestMainWindow::whatIsChosenIsThereAgain()
{
    Setup s;
    s.window->toggleSidebar();
    s.window->showPanel(QStringLiteral("translate"));
    s.window->resize(1300, 800);
    s.window->close();
    s.window = std::make_unique<MainWindow>(s.service, s.catalog, s.settings, s.appearance, s.paths);
    s.window->show();
    s.window->showPanel(QString());
    QCOMPARE(s.window->currentPanel(), QStringLiteral("translate"));
    QCOMPARE(s.window->size(), QSize(1300, 800));
    s.window->showPanel(QStringLiteral("chat"));
    QVERIFY(s.window->sidebar()->isRailed());
}

void TestMainWindow::aRunningAnswerIsInTheStatusLine()
{
    Setup s;
    s.script->addLoad(s.loadOf("a.gguf"));
    s.window->openModel(QStringLiteral("/models/a.gguf"));
    QVERIFY(s.ready());
    QTRY_COMPARE(s.window->statusLine()->sentence(), QStringLiteral("Ready"));
    s.script->addAnswer(FakeAnswer({{"words ", milliseconds(0), false}, {"more", milliseconds(0), true}}));
    s.chat()->composer()->edit()->setText(QStringLiteral("go"));
    QTest::keyClick(s.chat()->composer()->edit(), Qt::Key_Return);
    QTRY_COMPARE(s.window->statusLine()->sentence(), QStringLiteral("Writing"));
    QTest::keyClick(s.window.get(), Qt::Key_Escape);
    QTRY_COMPARE(s.window->statusLine()->sentence(), QStringLiteral("Ready"));
}

void TestMainWindow::pictures()
{
    if (qEnvironmentVariableIsEmpty("BALEEN_SCREENSHOTS"))
        QSKIP("BALEEN_SCREENSHOTS names no folder");
    Setup s;
    s.picture("no-model");
    test::FakeLoad load = s.loadOf("DeepSeek-R1-0528-Qwen3-8B-Q4_K_M.gguf");
    load.summary->canThink = true;
    s.script->addLoad(load);
    s.window->openModel(QStringLiteral("/models/DeepSeek-R1-0528-Qwen3-8B-Q4_K_M.gguf"));
    QVERIFY(s.ready());
    QTest::qWait(400);
    s.picture("empty");
    const auto say = [&](const char *text, FakeAnswer answer) {
        s.script->addAnswer(std::move(answer));
        s.chat()->composer()->edit()->setText(QString::fromUtf8(text));
        QTest::keyClick(s.chat()->composer()->edit(), Qt::Key_Return);
        QVERIFY(QTest::qWaitFor([&] { return !s.chat()->session()->isBusy(); }, 20000));
    };
    say("把 3.2 版发布说明改得更口语一些", FakeAnswer("好的。"));
    s.chat()->newItem();
    say("快速排序平均是 O(n log n)，最坏为什么是 O(n²)？请给出递推式和 C++ 代码。", FakeAnswer(kChinese));
    QTest::qWait(400);
    s.picture("chat-zh");
    s.chat()->newItem();
    FakeAnswer english(std::string("<think>\nLook at the cache first.\n</think>\n\n") + kEnglish);
    english.decodeTokensPerSecond = 71.2;
    say("Why is the KV cache of V2-Lite so much smaller than that of other models? Give the formula and a "
        "table, then a "
        "Python function.",
        english);
    s.chat()->composer()->edit()->setText(QString::fromUtf8("用中文把结论写成一句话，我要放进论文脚注。"));
    QTest::qWait(600);
    s.picture("chat-light");
    s.appearance.setScheme(Scheme::Dark);
    QTest::qWait(200);
    s.picture("chat-dark");
    s.window->resize(880, 560);
    QTest::qWait(200);
    s.picture("narrow-dark");
    s.appearance.setScheme(Scheme::Light);
    QTest::qWait(200);
    s.picture("narrow-light");
    s.window->resize(1440, 900);
    s.chat()->composer()->edit()->setText(QStringLiteral("one more thing"));
    s.script->addAnswer(FakeAnswer(
        {{"<think>\nThe question is about the page cache, so I look there first.", milliseconds(0), false},
         {"never", milliseconds(0), true}}));
    QTest::keyClick(s.chat()->composer()->edit(), Qt::Key_Return);
    QTest::qWait(1600);
    s.chat()->composer()->edit()->setText(QStringLiteral("this one waits"));
    QTest::keyClick(s.chat()->composer()->edit(), Qt::Key_Return);
    QTest::qWait(200);
    s.picture("thinking");
    s.chat()->stop();
    QTest::qWait(400);
    s.picture("stopped");
    s.script->addAnswer([] {
        FakeAnswer a(std::vector<FakePiece>{
            {"The latent is multiplied by two matrices to give the keys and the values.", milliseconds(0),
             false}});
        a.error =
            inference::Error(inference::ErrorCode::OutOfMemory,
                             "There is not enough memory, KV cache. Load the model with a shorter context.");
        return a;
    }());
    s.chat()->composer()->edit()->setText(QStringLiteral("go on"));
    QTest::keyClick(s.chat()->composer()->edit(), Qt::Key_Return);
    QTest::qWait(500);
    s.picture("failed");
    s.window->showPanel(QStringLiteral("code"));
    QTest::qWait(300);
    s.picture("code");
    s.window->showPanel(QStringLiteral("translate"));
    QTest::qWait(300);
    s.picture("translate");
}

QTEST_MAIN(TestMainWindow)
#include "tst_main_window.moc"
