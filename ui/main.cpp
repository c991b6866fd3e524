// Baleen's composition root: command line, one instance a data folder, services, window, and then the model.
#include "app/data_paths.h"
#include "app/error_text.h"
#include "app/inference_service.h"
#include "app/model_catalog.h"
#include "app/settings_keys.h"
#include "app/single_instance.h"
#include "ui/appearance.h"
#include "ui/interface_language.h"
#include "ui/main_window.h"
#include "ui/shell/tray.h"

#include <QApplication>
#include <QCommandLineParser>
#include <QFile>
#include <QFileInfo>
#include <QMessageBox>
#include <QTimer>

#include <cstdio>
#include <utility>
#include <vector>

#include <unistd.h>

namespace {

struct Arguments
{
    app::Handover wishes; // model and panel
    QString dataFolder;
    bool safeMode = false;
    int exitCode = -1; // 0 or more: end now
};

Arguments parseArguments(const QStringList &arguments)
{
    Arguments result;
    QCommandLineParser parser;
    parser.setApplicationDescription(
        QStringLiteral("Chat, write code and translate with DeepSeek models on your own machine."));
    parser.addPositionalArgument(QStringLiteral("MODEL"),
                                 QStringLiteral("A GGUF file; without it the last one is opened."),
                                 QStringLiteral("[MODEL]"));
    const QCommandLineOption panel(QStringLiteral("panel"),
                                   QStringLiteral("Panel to show: chat, code or translate."),
                                   QStringLiteral("chat|code|translate"));
    const QCommandLineOption dataDir(QStringLiteral("data-dir"),
                                     QStringLiteral("Keep settings, chats and caches in this folder alone."),
                                     QStringLiteral("DIR"));
    const QCommandLineOption safeMode(
        QStringLiteral("safe-mode"), QStringLiteral("Start with no model, no plug-in and default settings."));
    const QCommandLineOption version({QStringLiteral("v"), QStringLiteral("version")},
                                     QStringLiteral("Print the version."));
    const QCommandLineOption help({QStringLiteral("h"), QStringLiteral("help")},
                                  QStringLiteral("Print this help."));
    parser.addOptions({panel, dataDir, safeMode, version, help});
    if (!parser.parse(arguments)) {
        std::fprintf(stderr, "baleen: %s\n", qPrintable(parser.errorText()));
        result.exitCode = 2;
        return result;
    }
    if (parser.isSet(help)) {
        std::fputs(qPrintable(parser.helpText()), stdout);
        result.exitCode = 0;
        return result;
    }
    if (parser.isSet(version)) {
        std::printf("baleen %s\n", BALEEN_VERSION);
        result.exitCode = 0;
        return result;
    }
    const QStringList positional = parser.positionalArguments();
    if (positional.size() > 1) {
        std::fprintf(stderr, "baleen: one MODEL can be opened, %d were given\n", int(positional.size()));
        result.exitCode = 2;
        return result;
    }
    if (!positional.isEmpty())
        result.wishes.model = QFileInfo(positional.first()).absoluteFilePath();
    result.wishes.panel = parser.value(panel);
    result.wishes.activationToken = qEnvironmentVariable("XDG_ACTIVATION_TOKEN");
    static const QStringList panels{QStringLiteral("chat"), QStringLiteral("code"),
                                    QStringLiteral("translate")};
    if (parser.isSet(panel) && !panels.contains(result.wishes.panel)) {
        std::fprintf(stderr, "baleen: --panel takes chat, code or translate, not \"%s\"\n",
                     qPrintable(result.wishes.panel));
        result.exitCode = 2;
        return result;
    }
    if (parser.isSet(dataDir))
        result.dataFolder = QFileInfo(parser.value(dataDir)).absoluteFilePath();
    result.safeMode = parser.isSet(safeMode);
    return result;
}

// Before the application is there: --help and --version work without a display.
QStringList commandLine(int argc, char **argv)
{
    QStringList all;
    for (int i = 0; i < argc; ++i)
        all.append(QString::fromLocal8Bit(argv[i]));
    return all;
}

QtMessageHandler formerHandler = nullptr;

// The list of languages has names in many scripts. Qt tells of every family that lacks one, then takes
// another family.
void leaveOutFontSearch(QtMsgType type, const QMessageLogContext &context, const QString &message)
{
    if (!message.startsWith(QLatin1String("  OpenType support missing")))
        formerHandler(type, context, message);
}

int fail(const inference::Error &error)
{
    const QString words = app::errorDetails(error.message);
    std::fprintf(stderr, "baleen: %s\n", error.message.c_str());
    QMessageBox box(QMessageBox::Critical, QStringLiteral("Baleen"), words);
    box.setTextFormat(Qt::PlainText);
    box.exec();
    return 1;
}

// Until the window is closed. `again`: this program, where the user wants it anew.
int run(int argc, char **argv, const Arguments &arguments, QByteArray &again)
{
    formerHandler = qInstallMessageHandler(leaveOutFontSearch);
    QApplication::setApplicationName(QStringLiteral("baleen"));
    QApplication::setApplicationDisplayName(QStringLiteral("Baleen"));
    QApplication::setApplicationVersion(QStringLiteral(BALEEN_VERSION));
    QApplication::setDesktopFileName(QStringLiteral("baleen"));
    QApplication application(argc, argv);
    QApplication::setWindowIcon(QIcon::fromTheme(QStringLiteral("baleen"), QIcon(QStringLiteral(":/application/baleen.svg"))));

    const app::DataPaths paths = arguments.dataFolder.isEmpty()
                                     ? app::DataPaths::xdg()
                                     : app::DataPaths::inFolder(arguments.dataFolder);
    if (const auto created = paths.create(); !created.ok())
        return fail(created.error());

    app::SingleInstance instance;
    const auto start = instance.start(paths.data, arguments.wishes);
    if (!start.ok())
        return fail(start.error());
    if (start.value() == app::SingleInstance::Start::HandedOver)
        return 0;

    // In safe mode nothing is read from the settings and nothing is written to them.
    app::Settings settings(arguments.safeMode ? QString() : paths.settings);
    ui::useInterfaceLanguage(application, settings.get(app::kInterfaceLanguage));
    ui::Appearance appearance(settings);
    app::InferenceService service(inference::createEngine());
    app::ModelCatalog catalog(paths, settings);
    ui::Tray tray(settings);
    ui::MainWindow window(service, catalog, settings, appearance, paths);
    window.setTray(tray);
    QObject::connect(&instance, &app::SingleInstance::handedOver, &window, [&](const app::Handover &wishes) {
        if (!wishes.panel.isEmpty())
            window.showPanel(wishes.panel);
        if (!wishes.model.isEmpty())
            window.openModel(wishes.model);
        window.bringToFront(wishes.activationToken);
    });
    QObject::connect(&window, &ui::MainWindow::restartRequested, &window, [&] {
        again = QFile::encodeName(QApplication::applicationFilePath());
        window.close();
        QApplication::quit(); // a window that went into the tray before is no last one
    });
    // The window is on the screen before a panel or a model is touched.
    bool begun = false;
    const auto begin = [&] {
        if (std::exchange(begun, true))
            return;
        window.showPanel(arguments.wishes.panel);
        const QString model = !arguments.wishes.model.isEmpty() ? arguments.wishes.model
                              : arguments.safeMode              ? QString()
                                                                : catalog.lastModel();
        if (!model.isEmpty())
            window.openModel(model);
    };
    QObject::connect(&window, &ui::MainWindow::painted, &window, begin);
    QTimer::singleShot(1000, &window, begin); // started minimised: nothing is painted
    window.show();
    return QApplication::exec();
}

} // namespace

int main(int argc, char **argv)
{
    const Arguments arguments = parseArguments(commandLine(argc, argv));
    if (arguments.exitCode >= 0)
        return arguments.exitCode;
    std::vector<char *> given(argv, argv + argc + 1); // Qt takes its own out
    QByteArray again;
    const int code = run(argc, argv, arguments, again);
    if (!again.isEmpty()) // everything is saved, and the data folder free
        ::execv(again.constData(), given.data());
    return code;
}
