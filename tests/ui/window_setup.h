// The real window on a scripted engine, for tests that need more than one panel.
#pragma once

#include "app/settings_keys.h"
#include "tests/support/fake_engine.h"
#include "tests/support/temporary_file.h"
#include "ui/chat/chat_panel.h"
#include "ui/chat/composer.h"
#include "ui/main_window.h"

#include <QDir>
#include <QTest>

namespace test {

struct WindowSetup
{
    WindowSetup()
    {
        appearance.setScheme(ui::Scheme::Light);
        QDir().mkpath(paths.data);
        open();
    }
    void open()
    {
        window.reset();
        window = std::make_unique<ui::MainWindow>(service, catalog, settings, appearance, paths);
        window->resize(1440, 900);
        window->show();
        window->activateWindow();
        QVERIFY(QTest::qWaitForWindowActive(window.get()));
        window->showPanel(QStringLiteral("chat"));
    }
    FakeLoad loadOf(const char *name)
    {
        FakeLoad load;
        load.summary = FakeEngine::defaultSummary(std::string("/models/") + name);
        load.summary->quantisation = "Q4_K_M";
        load.summary->device = "CPU, 8 threads";
        load.summary->contextLength = 8192;
        return load;
    }
    // With the sidebar: a window of the first size is made to fit the small screen of tests.
    void beWide()
    {
        window->resize(1441, 900);
        QVERIFY(QTest::qWaitFor([&] { return !window->sidebar()->isRailed(); }));
    }
    bool ready()
    {
        return QTest::qWaitFor([&] { return service.model().has_value(); });
    }
    ui::ChatPanel *chat() { return qobject_cast<ui::ChatPanel *>(window->panel(QStringLiteral("chat"))); }

    // A model, a question and its answer.
    bool converse(const char *question = "What is baleen", const char *answer = "It filters krill.")
    {
        settings.set(app::kModelTitles, false); // they would take scripted answers
        script->addAnswer(answer);
        if (!service.model())
            window->openModel(QStringLiteral("/models/a.gguf"));
        if (!ready())
            return false;
        const int before = script->finished();
        chat()->composer()->edit()->setText(QString::fromUtf8(question));
        QTest::keyClick(chat()->composer()->edit(), Qt::Key_Return);
        return QTest::qWaitFor([&] { return script->finished() > before && !chat()->session()->isBusy() && chat()->session()->conversationId() != 0; });
    }

    TemporaryFolder folder;
    app::DataPaths paths = app::DataPaths::inFolder(folder.path(QStringLiteral("baleen")));
    std::shared_ptr<EngineScript> script = std::make_shared<EngineScript>();
    app::Settings settings{folder.path(QStringLiteral("baleen.ini"))};
    ui::Appearance appearance{settings};
    app::InferenceService service{std::make_unique<FakeEngine>(script)};
    app::ModelCatalog catalog{paths, settings};
    std::unique_ptr<ui::MainWindow> window;
};

} // namespace test
