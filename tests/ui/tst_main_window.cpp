#include "app/settings_keys.h"
#include "tests/ui/window_setup.h"
#include "ui/chat/chat_panel.h"
#include "ui/chat/composer.h"
#include "ui/chat/conversation_list.h"
#include "ui/code/code_editor.h"
#include "ui/main_window.h"
#include "ui/shell/settings_dialog.h"
#include "ui/shell/tray.h"
#include "ui/translate/translate_panel.h"
#include "ui/widgets/card.h"

#include <QCloseEvent>
#include <QDir>
#include <QDropEvent>
#include <QMenu>
#include <QMimeData>
#include <QRegularExpression>
#include <QScreen>
#include <QTest>
#include <QtTest/qtestspontaneevent.h>
#include <QTimer>
#include <QUrl>

using namespace ui;
using Setup = test::WindowSetup;
using test::EngineScript;
using test::FakeAnswer;
using test::FakeEngine;
using test::FakePiece;
using test::milliseconds;

class TestMainWindow : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void loadingShowsProgressAndCanBeCancelled();
    void aModelThatFailsIsSaidAndWaysOutAreOffered();
    void aNoteOfAnAnswerIsSaid();
    void aDroppedModelIsOpenedAndAnotherFileGoesToThePanel();
    void keysSwitchPanelsAndTheSidebar();
    void narrowWindowsHaveARail();
    void whatIsChosenIsThereAgain();
    void aRunningAnswerIsInTheStatusLine();
    void theContextGrowsWithTheAnswer();
    void aModelDroppedOnAFieldIsOpened_data();
    void aModelDroppedOnAFieldIsOpened();
    void theFirstSizeFitsTheScreenWithTheFrame();
    void withoutAModelTheTextOfTheTranslationOffersOne();
    void panelsHaveTheSameFrame();
    void aChatFormatThatIsNotKnownIsSaid();
    void settingsShowAndChangeTheSampling();
    void theContextIsHeldInEightBitsIfWanted();
    void conversationsAreKeptOnDiskOnlyIfAllowed();
    void aClosedWindowGoesToTheTrayIfWanted();
    void aComparisonsModelIsNotTheNextStarts();
    void theDesktopsTokenRaisesTheWindow();
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

void TestMainWindow::aNoteOfAnAnswerIsSaid()
{
    Setup s;
    s.script->addLoad(s.loadOf("a.gguf"));
    s.window->openModel(QStringLiteral("/models/a.gguf"));
    QVERIFY(s.ready());
    FakeAnswer noted("words");
    noted.notes = {"It runs dense above 2,048 tokens."};
    s.script->addAnswer(noted);
    s.chat()->composer()->edit()->setText(QStringLiteral("go"));
    QTest::keyClick(s.chat()->composer()->edit(), Qt::Key_Return);
    QTRY_VERIFY(s.window->notice()->isVisible());
    QCOMPARE(s.window->notice()->sentence(), QStringLiteral("It runs dense above 2,048 tokens."));
    QCOMPARE(s.window->notice()->findChildren<TextButton *>().size(), 0);
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
    QTRY_COMPARE(s.chat()->session()->draftAttachments().size(), 1);
    QCOMPARE(s.chat()->session()->draftAttachments().first().text, QStringLiteral("from a file\n"));
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
    QCOMPARE(s.window->sidebar()->width(), app::kSidebarWidth); // over the card
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

void TestMainWindow::theContextGrowsWithTheAnswer()
{
    Setup s;
    s.script->addLoad(s.loadOf("a.gguf"));
    s.window->openModel(QStringLiteral("/models/a.gguf"));
    QVERIFY(s.ready());
    std::vector<FakePiece> pieces;
    for (int i = 0; i < 400; ++i)
        pieces.push_back({"word ", milliseconds(10), false});
    s.script->addAnswer(FakeAnswer(pieces));
    const auto used = [&] {
        static const QRegularExpression figure(QStringLiteral("Context ([0-9,]+) / 8,192"));
        return figure.match(s.window->statusLine()->context()).captured(1).remove(QLatin1Char(',')).toInt();
    };
    s.chat()->composer()->edit()->setText(QStringLiteral("go"));
    QTest::keyClick(s.chat()->composer()->edit(), Qt::Key_Return);
    QTRY_VERIFY(used() > 50);
    const int first = used();
    QTRY_VERIFY(used() > first + 50);
    QVERIFY(s.chat()->session()->isBusy());
    s.chat()->stop();
}

void TestMainWindow::aModelDroppedOnAFieldIsOpened_data()
{
    QTest::addColumn<QString>("panel");
    QTest::newRow("the composer") << QStringLiteral("chat");
    QTest::newRow("the editor of code") << QStringLiteral("code");
    QTest::newRow("the text to translate") << QStringLiteral("translate");
}

void TestMainWindow::aModelDroppedOnAFieldIsOpened()
{
    QFETCH(QString, panel);
    Setup s;
    s.window->showPanel(panel);
    s.script->addLoad(s.loadOf("whale.bin"));
    // No ending that says so: it begins as a model does.
    const QString path = s.folder.write(QStringLiteral("whale.bin"), "GGUF and more");
    QMimeData data;
    data.setUrls({QUrl::fromLocalFile(path)});
    auto *field = qobject_cast<QAbstractScrollArea *>(QApplication::focusWidget());
    if (panel == QLatin1String("code"))
        field = s.window->panel(panel)->findChild<CodeEditor *>();
    QVERIFY(field);
    QDragEnterEvent enter(QPoint(5, 5), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QApplication::sendEvent(field->viewport(), &enter);
    QDropEvent drop(QPointF(5, 5), Qt::CopyAction, &data, Qt::LeftButton, Qt::NoModifier);
    QApplication::sendEvent(field->viewport(), &drop);
    QVERIFY(s.ready());
    QCOMPARE(s.script->loads().back(), path.toStdString());
}

void TestMainWindow::theFirstSizeFitsTheScreenWithTheFrame()
{
    test::TemporaryFolder folder;
    Setup s;
    const QRect screen = s.window->screen()->availableGeometry();
    app::Settings settings(folder.path(QStringLiteral("baleen.ini")));
    // As it was left on a larger screen.
    s.window->resize(screen.size() + QSize(100, 100));
    settings.set(app::SettingKey<QByteArray>{"window/geometry", {}}, s.window->saveGeometry());
    for (app::Settings *each : {&settings, &s.settings}) {
        MainWindow window(s.service, s.catalog, *each, s.appearance, s.paths);
        window.show();
        const QSize least(window.minimumSize());
        QTRY_VERIFY(window.frameGeometry().height() <= screen.height());
        QTRY_VERIFY(window.frameGeometry().width() <= std::max(screen.width(), least.width() + 10));
        QTRY_COMPARE(window.frameGeometry().topLeft(), screen.topLeft());
        QVERIFY(window.frameGeometry().height() > window.height()); // there is a frame
    }
}

void TestMainWindow::withoutAModelTheTextOfTheTranslationOffersOne()
{
    Setup s;
    s.window->showPanel(QStringLiteral("translate"));
    QTest::keyClicks(QApplication::focusWidget(), QStringLiteral("Le bateau part du port vers neuf heures."));
    const auto button = [&]() -> TextButton * {
        for (TextButton *each : s.window->panel(QStringLiteral("translate"))->findChildren<TextButton *>()) {
            if (each->text() == QLatin1String("Choose a model") && each->isVisible())
                return each;
        }
        return nullptr;
    };
    QTRY_VERIFY(button());
    bool opened = false;
    QTimer::singleShot(100, s.window.get(), [&] {
        if (QWidget *menu = QApplication::activePopupWidget()) {
            opened = true;
            menu->close();
        }
    });
    QTest::mouseClick(button(), Qt::LeftButton);
    QTRY_VERIFY(opened);
}

void TestMainWindow::panelsHaveTheSameFrame()
{
    Setup s;
    s.window->resize(1440, 900);
    for (const char *id : {"chat", "code", "translate"}) {
        s.window->showPanel(QLatin1String(id));
        QCoreApplication::processEvents();
        QRect all;
        for (Card *card : s.window->findChildren<Card *>()) {
            if (card->isVisible())
                all |= QRect(card->mapTo(s.window.get(), QPoint()), card->size());
        }
        QVERIFY2(all.top() == 8, id);
        QVERIFY2(all.right() == s.window->width() - 8 - 1, id);
        QVERIFY2(all.bottom() == s.window->statusLine()->geometry().top() - 1, id);
    }
    // What is in a card reaches its edge: head, bar and table of the translation.
    auto *panel = qobject_cast<TranslatePanel *>(s.window->panel(QStringLiteral("translate")));
    QVERIFY(panel);
    QCOMPARE(panel->languageBar().width(), panel->width() - 2);
}

void TestMainWindow::aChatFormatThatIsNotKnownIsSaid()
{
    Setup s;
    s.script->addLoad(s.loadOf("known.gguf"));
    test::FakeLoad load = s.loadOf("new.gguf");
    load.summary->chatFormatKnown = false;
    load.summary->chatFormatNote = "The chat template of the file is used. It is not one that is known.";
    s.script->addLoad(load);
    ModelSwitch *button = s.window->sidebar()->modelSwitch();
    s.window->openModel(QStringLiteral("/models/known.gguf"));
    QVERIFY(s.ready());
    QTRY_VERIFY(button->accessibleDescription().contains(QLatin1String("Q4_K_M")));
    QVERIFY(!button->accessibleDescription().contains(QLatin1String("chat format")));
    s.window->openModel(QStringLiteral("/models/new.gguf"));
    QTRY_VERIFY(button->accessibleDescription().contains(QLatin1String("Unknown chat format")));
    QVERIFY(button->accessibleDescription().contains(QLatin1String("Q4_K_M")));
    QVERIFY(button->toolTip().contains(QLatin1String("It is not one that is known.")));
}

void TestMainWindow::settingsShowAndChangeTheSampling()
{
    Setup s;
    test::FakeLoad load = s.loadOf("advised.gguf");
    load.summary->sampling.temperature = 0.6f;
    load.summary->sampling.topP = 0.95f;
    load.summary->samplingSource = "model card of X";
    s.script->addLoad(load);
    s.window->openModel(QStringLiteral("/models/advised.gguf"));
    QVERIFY(s.ready());
    app::KeptPages kept(s.paths.keptPages());
    SettingsDialog dialog(s.service, s.settings, s.appearance, kept);
    auto *sampling = dialog.findChild<ComboButton *>(QStringLiteral("sampling"));
    QVERIFY(sampling);
    QCOMPARE(sampling->text(), QStringLiteral("Recommended"));
    QAction *advised = sampling->menu()->actions().at(0);
    QVERIFY(advised->text().contains(QLatin1String("temperature 0.6, top-p 0.95")));
    QVERIFY(advised->toolTip().contains(QLatin1String("model card of X")));
    sampling->menu()->actions().at(3)->trigger();
    QCOMPARE(sampling->text(), QStringLiteral("Creative"));
    QCOMPARE(app::samplingPreset(s.settings), app::SamplingPreset::Creative);
}

void TestMainWindow::theContextIsHeldInEightBitsIfWanted()
{
    Setup s;
    s.window->openModel(QStringLiteral("/models/a.gguf"));
    QVERIFY(s.ready());
    QCOMPARE(int(s.script->loadOptions().back().kvCacheType), int(inference::KvCacheType::F16));
    app::KeptPages kept(s.paths.keptPages());
    SettingsDialog dialog(s.service, s.settings, s.appearance, kept);
    auto *choice = dialog.findChild<ComboButton *>(QStringLiteral("kvCache"));
    QVERIFY(choice);
    QCOMPARE(choice->text(), QStringLiteral("16 bits"));
    choice->menu()->actions().at(1)->trigger();
    QCOMPARE(choice->text(), QStringLiteral("8 bits"));
    QCOMPARE(s.script->loadOptions().size(), std::size_t(1)); // the loaded model stays as it is
    s.window->openModel(QStringLiteral("/models/b.gguf"));
    QTRY_COMPARE(s.script->loadOptions().size(), std::size_t(2));
    QCOMPARE(int(s.script->loadOptions().back().kvCacheType), int(inference::KvCacheType::Q8));
    SettingsDialog again(s.service, s.settings, s.appearance, kept);
    QCOMPARE(again.findChild<ComboButton *>(QStringLiteral("kvCache"))->text(), QStringLiteral("8 bits"));
    choice->menu()->actions().at(0)->trigger();
    s.window->openModel(QStringLiteral("/models/c.gguf"));
    QTRY_COMPARE(s.script->loadOptions().size(), std::size_t(3));
    QCOMPARE(int(s.script->loadOptions().back().kvCacheType), int(inference::KvCacheType::F16));
}

void TestMainWindow::conversationsAreKeptOnDiskOnlyIfAllowed()
{
    Setup s;
    s.window->openModel(QStringLiteral("/models/a.gguf"));
    QVERIFY(s.ready());
    QVERIFY(s.script->loadOptions().back().kvFolder.empty());

    app::KeptPages kept(s.paths.keptPages());
    const QString file = kept.folder() + QLatin1Char('/') + QString(32, QLatin1Char('a')) + QLatin1Char('-') +
                         QString(32, QLatin1Char('b')) + QStringLiteral(".kvpage");
    const auto keep = [&] {
        QVERIFY(QDir().mkpath(kept.folder()));
        QFile page(file);
        QVERIFY(page.open(QIODevice::WriteOnly));
        QCOMPARE(page.write(QByteArray(3 << 20, 'x')), qint64(3 << 20));
    };
    keep();
    SettingsDialog dialog(s.service, s.settings, s.appearance, kept);
    auto *choice = dialog.findChild<ComboButton *>(QStringLiteral("kept"));
    auto *remove = dialog.findChild<TextButton *>(QStringLiteral("deleteKept"));
    QVERIFY(choice && remove);
    QCOMPARE(choice->text(), QStringLiteral("Off"));
    QTRY_VERIFY(remove->isEnabled());
    QCOMPARE(kept.bytes(), qint64(3 << 20));
    remove->click();
    QTRY_VERIFY(!remove->isEnabled());
    QVERIFY(!QFile::exists(file));

    choice->menu()->actions().at(2)->trigger();
    QCOMPARE(choice->text(), QStringLiteral("Up to 2 GiB"));
    s.window->openModel(QStringLiteral("/models/b.gguf"));
    QTRY_COMPARE(s.script->loadOptions().size(), std::size_t(2));
    QCOMPARE(s.script->loadOptions().back().kvFolder.native(), kept.folder().toStdString());
    QCOMPARE(s.script->loadOptions().back().kvFolderBytes, std::uint64_t(2) << 30);

    keep();
    choice->menu()->actions().at(0)->trigger(); // what is there goes with the permission
    QTRY_VERIFY(!QFile::exists(file));
    s.window->openModel(QStringLiteral("/models/c.gguf"));
    QTRY_COMPARE(s.script->loadOptions().size(), std::size_t(3));
    QVERIFY(s.script->loadOptions().back().kvFolder.empty());
}

void TestMainWindow::theDesktopsTokenRaisesTheWindow()
{
    Setup s;
    s.window->hide();
    s.window->bringToFront(QStringLiteral("token-1"));
    QVERIFY(s.window->isVisible());
    QCOMPARE(qgetenv("XDG_ACTIVATION_TOKEN"), QByteArray("token-1")); // where Qt's Wayland plug-in takes it from
    s.window->bringToFront();
    qunsetenv("XDG_ACTIVATION_TOKEN");
}

void TestMainWindow::aClosedWindowGoesToTheTrayIfWanted()
{
    Setup s;
    bool there = false;
    Tray tray(s.settings, nullptr, [&] { return there; });
    s.window->setTray(tray);
    const auto closeByUser = [&] {
        QCloseEvent event;
        QSpontaneKeyEvent::setSpontaneous(&event);
        qApp->notify(s.window.get(), &event); // sendEvent() would say that the program closes it
        return event.isAccepted();
    };
    const bool quits = QApplication::quitOnLastWindowClosed();
    QVERIFY(closeByUser()); // not wanted
    s.settings.set(app::kTray, true);
    QVERIFY(closeByUser()); // wanted, and there is none
    there = true;
    s.script->addAnswer(FakeAnswer({{"Goes "}, {"on.", milliseconds(0), true}}));
    s.settings.set(app::kModelTitles, false);
    s.window->openModel(QStringLiteral("/models/a.gguf"));
    QVERIFY(s.ready());
    s.chat()->composer()->edit()->setText(QStringLiteral("go"));
    QTest::keyClick(s.chat()->composer()->edit(), Qt::Key_Return);
    QTRY_VERIFY(s.script->holding());
    QVERIFY(!closeByUser());
    QVERIFY(!s.window->isVisible() && !QApplication::quitOnLastWindowClosed());
    s.script->release();
    QTRY_COMPARE(s.chat()->session()->state(), app::ChatSession::State::Idle);
    QCOMPARE(s.chat()->session()->messages()->message(1).content, QStringLiteral("Goes on."));
    tray.menu().actions().first()->trigger();
    QVERIFY(s.window->isVisible() && QApplication::quitOnLastWindowClosed());
    QVERIFY(s.window->close()); // Quit does, from the window too
    QApplication::setQuitOnLastWindowClosed(quits);

    app::KeptPages kept(s.paths.keptPages());
    SettingsDialog dialog(s.service, s.settings, s.appearance, kept);
    const auto *choice = dialog.findChild<ComboButton *>(QStringLiteral("tray"));
    QVERIFY(choice && !choice->isEnabled()); // there is none in tests
    QVERIFY(choice->toolTip().startsWith(QLatin1String("This desktop shows no tray")));
}

void TestMainWindow::aComparisonsModelIsNotTheNextStarts()
{
    Setup s;
    const QString first = s.folder.write(QStringLiteral("first.gguf"), "GGUF"),
                  second = s.folder.write(QStringLiteral("second.gguf"), "GGUF");
    const auto loaded = [&](const QString &path) {
        return QTest::qWaitFor([&] {
            return s.service.model() && s.service.model()->path.string() == path.toStdString() &&
                   s.service.loadingPath().isEmpty();
        });
    };
    s.window->openModel(first);
    QVERIFY(loaded(first));
    QCOMPARE(s.catalog.lastModel(), first);
    Q_EMIT s.chat()->modelRequested(second);
    QVERIFY(loaded(second));
    QCOMPARE(s.catalog.lastModel(), first); // what a quit now starts with
    Q_EMIT s.chat()->modelKept(second);
    QCOMPARE(s.catalog.lastModel(), second);
    s.window->openModel(first); // by the user
    QVERIFY(loaded(first));
    QCOMPARE(s.catalog.lastModel(), first);
}

QTEST_MAIN(TestMainWindow)
#include "tst_main_window.moc"
