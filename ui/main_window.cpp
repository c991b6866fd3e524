#include "ui/main_window.h"

#include "app/diagnostics.h"
#include "app/error_text.h"
#include "app/settings_keys.h"
#include "ui/actions.h"
#include "ui/chat/chat_panel.h"
#include "ui/chat/comparison_view.h"
#include "ui/code/code_panel.h"
#include "ui/shell/speed_popover.h"
#include "ui/shell/tray.h"
#include "ui/translate/translate_panel.h"
#include "ui/widgets/card.h"
#include "ui/widgets/focus_ring.h"

#include <QApplication>
#include <QCloseEvent>
#include <QDragEnterEvent>
#include <QFile>
#include <QFileDialog>
#include <QFileInfo>
#include <QMenu>
#include <QMimeData>
#include <QMouseEvent>
#include <QPainter>
#include <QRegularExpression>
#include <QScreen>
#include <QStackedWidget>
#include <QUrl>
#include <QVBoxLayout>

#include <algorithm>
#include <functional>
#include <utility>

namespace ui {

namespace {

constexpr int kMargin = 8;
constexpr int kPanels = 72; // px of a desktop's panels, where it does not tell
constexpr double kGib = 1024.0 * 1024 * 1024;

// By its name, its first bytes or the folder it is in. A folder as well: no panel takes one, and the loader
// says what it expects.
bool isModelFile(const QString &path)
{
    if (path.endsWith(QLatin1String(".gguf"), Qt::CaseInsensitive) || QFileInfo(path).isDir() ||
        app::modelPathOf(path) != path)
        return true;
    QFile file(path);
    return QFileInfo(path).isFile() && file.open(QIODevice::ReadOnly) && file.read(4) == "GGUF";
}

QStringList localFiles(const QMimeData &data)
{
    QStringList paths;
    for (const QUrl &url : data.urls()) {
        if (url.isLocalFile())
            paths.append(url.toLocalFile());
    }
    return paths;
}

// "Intel(R) Xeon(R) Processor @ 2.00GHz, 8 threads" -> "Intel Xeon": what tells devices apart and has room.
QString deviceName(const QString &name)
{
    static const QRegularExpression noise(QStringLiteral("\\((R|TM|r|tm)\\)|\\b(CPU|Processor)\\b|@.*|,.*"));
    const QString shortName = QString(name).remove(noise).simplified();
    return shortName.isEmpty() ? name : shortName;
}

QString panelId(const QString &id)
{
    static const QStringList known{QStringLiteral("chat"), QStringLiteral("code"),
                                   QStringLiteral("translate")};
    return known.contains(id) ? id : QStringLiteral("chat");
}

} // namespace

MainWindow::MainWindow(app::InferenceService &service, app::ModelCatalog &catalog, app::Settings &settings,
                       Appearance &appearance, const app::DataPaths &paths, QWidget *parent)
    : QMainWindow(parent), m_service(service), m_catalog(catalog), m_settings(settings),
      m_appearance(appearance), m_paths(paths), m_keptPages(paths.keptPages()), m_body(new QWidget(this)),
      m_sidebar(new Sidebar(appearance, m_body)), m_content(new QWidget(m_body)),
      m_notice(new Notice(appearance, Notice::Kind::Danger, m_content)),
      m_stack(new QStackedWidget(m_content)), m_status(new StatusLine(appearance, m_body)), m_limits(service, settings)
{
    setWindowTitle(QStringLiteral("Baleen"));
    setMinimumSize(880, 560);
    setAcceptDrops(true);
    setCentralWidget(m_body);
    m_sidebarWidth = m_settings.get(app::kSidebarPixels);
    for (const QString &id : m_settings.get(app::kRails)) // "-code": shown whole although it begins as a rail
        m_railed.insert(id.startsWith(QLatin1Char('-')) ? id.mid(1) : id, !id.startsWith(QLatin1Char('-')));
    if (!restoreGeometry(m_settings.get(app::kGeometry)))
        resize(1440, 900);
    m_openedSize = size();
    connect(this, &MainWindow::painted, this, &MainWindow::fitOnScreen);

    auto *column = new QVBoxLayout(m_content);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(8);
    column->addWidget(m_notice);
    column->addWidget(m_stack, 1);
    m_notice->hide();
    m_notice->setIconName(QStringLiteral("error"));
    m_notice->setClosable(true);
    connect(m_notice, &Notice::closed, m_notice, &QWidget::hide);

    m_sidebar->addPanel(QStringLiteral("chat"), QStringLiteral("chat"), tr("Chat"), actionKeys("window.chat"));
    m_sidebar->addPanel(QStringLiteral("code"), QStringLiteral("code"), tr("Code"), actionKeys("window.code"));
    m_sidebar->addPanel(QStringLiteral("translate"), QStringLiteral("translate"), tr("Translate"),
                        actionKeys("window.translate"));
    connect(m_sidebar, &Sidebar::panelChosen, this, &MainWindow::showPanel);
    connect(m_sidebar, &Sidebar::settingsRequested, this, [this] { showSettings(); });
    connect(m_sidebar, &Sidebar::modelMenuRequested, this, &MainWindow::showModelMenu);
    connect(m_sidebar, &Sidebar::widthDragged, this, [this](int px) {
        m_sidebarWidth = px;
        m_settings.set(app::kSidebarPixels, px);
        place();
    });

    using Service = app::InferenceService;
    connect(&m_service, &Service::stateChanged, this, [this] {
        updateModel();
        updateStatus();
    });
    connect(&m_service, &Service::modelChanged, this, [this] {
        if (const auto model = m_service.model()) {
            if (const QString path = QString::fromStdString(model->path.string()); path != m_lentModel)
                m_catalog.setLastModel(path);
            m_notice->hide();
            m_failedPath.clear();
        }
        updateModel();
        updateStatus();
    });
    connect(&m_service, &Service::loadProgress, this, [this](quint64 done, quint64 total) {
        m_loadDone = done;
        m_loadTotal = total;
        updateModel();
        updateStatus();
    });
    connect(&m_service, &Service::loadFailed, this,
            [this](const QString &path, const inference::Error &error) {
                if (error.code == inference::ErrorCode::Cancelled)
                    return;
                m_failedPath = path;
                m_notice->setKind(Notice::Kind::Danger);
                m_notice->setIconName(QStringLiteral("error"));
                m_notice->clearActions();
                m_notice->setWords(tr("%1 was not loaded").arg(app::shortModelName(path)),
                                   app::errorSentence(error));
                connect(m_notice->addAction(tr("Choose another model"), TextButton::Kind::Primary),
                        &TextButton::clicked, this, &MainWindow::showModelMenu);
                connect(m_notice->addAction(tr("Try again")), &TextButton::clicked, this,
                        [this, path] { openModel(path); });
                m_notice->show();
                updateModel();
                updateStatus();
            });
    connect(&m_service, &Service::noted, this, [this](const QString &sentence) {
        m_notice->setKind(Notice::Kind::Plain);
        m_notice->setIconName(QStringLiteral("info"));
        m_notice->clearActions();
        m_notice->setWords({}, sentence);
        m_notice->show();
    });
    connect(&m_notifications, &Notifications::activated, this, &MainWindow::bringToFront);
    connect(m_status, &StatusLine::cancelRequested, this, [this] { m_service.cancelLoad(); });
    connect(m_status, &StatusLine::speedPressed, this, &MainWindow::showSpeed);
    connect(&m_catalog, &app::ModelCatalog::scanned, this, &MainWindow::updateModel);
    connect(&appearance, &Appearance::changed, this, [this] { update(); });

    new FocusRing(appearance, this);
    bindActions();
    qApp->installEventFilter(this);
    updateModel();
    updateStatus();
    m_current = panelId(m_settings.get(app::kPanel));
    m_sidebar->setCurrentPanel(m_current);
    place();
}

MainWindow::~MainWindow()
{
    qApp->removeEventFilter(this);
    m_sidebar->setList(nullptr);
    for (Panel *panel : std::as_const(m_panels))
        panel->disconnect(this);
}

Panel *MainWindow::makePanel(const QString &id)
{
    const QString data = m_paths.data;
    if (id == QLatin1String("chat")) {
        auto *chat = new ChatPanel(m_service, m_settings, m_appearance, data);
        chat->comparison()->setCatalog(&m_catalog);
        connect(chat, &ChatPanel::chooseModelRequested, this, &MainWindow::showModelMenu);
        connect(chat, &ChatPanel::modelRequested, this, [this](const QString &path) {
            openModel(path);
            m_lentModel = m_service.loadingPath();
        });
        connect(chat, &ChatPanel::modelKept, this, [this](const QString &path) {
            m_lentModel.clear();
            m_catalog.setLastModel(path);
        });
        connect(chat, &ChatPanel::contextLengthRequested, this, [this](int tokens) {
            if (const auto model = m_service.model()) {
                m_settings.set(app::kContextLength, tokens);
                openModel(QString::fromStdString(model->path.string()));
            }
        });
        return chat;
    }
    if (id == QLatin1String("code"))
        return new CodePanel(m_service, m_settings, m_appearance, data);
    auto *translate = new TranslatePanel(m_service, m_settings, m_appearance, data);
    connect(translate, &TranslatePanel::chooseModelRequested, this, &MainWindow::showModelMenu);
    return translate;
}

void MainWindow::connectPanel(const QString &id, Panel *panel)
{
    connect(panel, &Panel::statusChanged, this,
            [this, id](const QString &sentence, const QString &speed, const QString &reason) {
                Said &said = m_said[id];
                said.sentence = sentence;
                said.speed = speed;
                said.reason = reason;
                updateStatus();
            });
    connect(panel, &Panel::contextUsed, this, [this, id](int tokens, int limit) {
        m_said[id].tokens = tokens;
        m_said[id].limit = limit;
        updateStatus();
    });
    connect(panel, &Panel::savedChanged, this, [this, id](const QString &words, bool failed) {
        m_said[id].saved = words;
        m_said[id].savedFailed = failed;
        updateStatus();
    });
    connect(panel, &Panel::announced, m_status, &StatusLine::announce);
    connect(panel, &Panel::answerEnded, this, [this](const QString &title, const QString &words) {
        if (!isActiveWindow() && m_settings.get(app::kNotifications))
            m_notifications.show(title, words);
    });
    connect(panel, &Panel::countBadge, this,
            [this, id](const QString &text) { m_sidebar->setBadge(id, text); });
    connect(panel, &Panel::openInCode, this, [this](const QString &code, const QString &language) {
        showPanel(QStringLiteral("code"));
        if (auto *target = qobject_cast<CodePanel *>(m_panels.value(QStringLiteral("code"))))
            target->showCode(code, language);
    });
}

Panel *MainWindow::ensurePanel(const QString &id)
{
    if (Panel *panel = m_panels.value(id))
        return panel;
    Panel *panel = makePanel(id);
    m_panels.insert(id, panel);
    connectPanel(id, panel);
    // A panel without cards of its own stands in one.
    if (panel->findChild<Card *>()) {
        m_stack->addWidget(panel);
    } else {
        auto *card = new Card(m_appearance);
        auto *layout = new QVBoxLayout(card);
        layout->setContentsMargins(0, 0, 0, 0);
        layout->addWidget(panel);
        m_stack->addWidget(card);
    }
    if (!m_railed.contains(id) && panel->startsRailed())
        m_railed.insert(id, true);
    return panel;
}

void MainWindow::showPanel(const QString &wanted)
{
    const QString id = wanted.isEmpty() ? m_current : panelId(wanted);
    Panel *panel = ensurePanel(id);
    m_current = id;
    m_settings.set(app::kPanel, id);
    m_sidebar->setCurrentPanel(id);
    m_sidebar->setList(panel->sidebarList());
    m_stack->setCurrentWidget(panel->parentWidget() == m_stack ? panel : panel->parentWidget());
    closeFloating();
    place();
    updateStatus();
    panel->focusInput();
}

void MainWindow::openModel(const QString &path)
{
    const QString absolute = QDir::cleanPath(QFileInfo(app::modelPathOf(path)).absoluteFilePath());
    m_catalog.addOpened(absolute);
    m_lentModel.clear();
    inference::LoadOptions options;
    options.device = m_settings.get(app::kDevice).toStdString();
    options.threads = unsigned(m_settings.get(app::kThreads));
    options.contextLength = std::uint32_t(m_settings.get(app::kContextLength));
    if (m_settings.get(app::kKvCacheBits) == 8)
        options.kvCacheType = inference::KvCacheType::Q8;
    if (const int gib = m_settings.get(app::kKeptGib); gib > 0) {
        options.kvFolder = m_keptPages.folder().toStdString();
        options.kvFolderBytes = std::uint64_t(gib) << 30;
    }
    m_notice->hide();
    m_loadDone = m_loadTotal = 0;
    m_service.load(absolute, options);
    updateModel();
    updateStatus();
}

void MainWindow::openFile(const QString &path)
{
    if (isModelFile(path)) {
        openModel(path);
        return;
    }
    showPanel(m_current);
    if (Panel *panel = m_panels.value(m_current))
        panel->openFile(path);
}

void MainWindow::bringToFront(const QString &activationToken)
{
    if (!activationToken.isEmpty()) // Qt raises the window with what stands there
        qputenv("XDG_ACTIVATION_TOKEN", activationToken.toUtf8());
    QApplication::setQuitOnLastWindowClosed(true);
    if (isMinimized())
        showNormal();
    show();
    raise();
    activateWindow();
}

void MainWindow::setTray(Tray &tray)
{
    m_tray = &tray;
    connect(m_tray, &Tray::openRequested, this, [this] { bringToFront(); });
    connect(m_tray, &Tray::quitRequested, this, [this] {
        close();
        QApplication::quit();
    });
}

void MainWindow::updateModel()
{
    const auto model = m_service.model();
    const bool loading = m_service.state() == app::InferenceService::State::Loading;
    m_sidebar->modelSwitch()->setProgress(loading && m_loadTotal ? int(m_loadDone * 100 / m_loadTotal)
                                          : loading              ? 0
                                                                 : -1);
    if (loading) {
        const QString path = m_service.loadingPath();
        m_sidebar->modelSwitch()->setModel(app::shortModelName(path), tr("Loading"), path);
        return;
    }
    if (!model) {
        m_sidebar->modelSwitch()->setModel(tr("No model"), tr("Choose one"), actionTip("window.model"));
        return;
    }
    const QString path = QString::fromStdString(model->path.string());
    QStringList details;
    if (!model->quantisation.empty())
        details.append(QString::fromStdString(model->quantisation));
    if (model->placement) //: a graphics card and the processor
        details.append(tr("%1 and processor").arg(deviceName(QString::fromStdString(model->placement->gpu))));
    else if (!model->device.empty())
        details.append(deviceName(QString::fromStdString(model->device)));
    QStringList tip{QString::fromStdString(model->name), QString::fromStdString(model->device), path};
    if (!model->deviceReason.empty())
        tip.insert(2, app::errorDetails(model->deviceReason));
    if (!model->chatFormatKnown) {
        // First in its line: what stands behind it may be cut for want of room.
        details.prepend(tr("Unknown chat format"));
        tip.append(app::errorDetails(model->chatFormatNote));
    }
    tip.append(actionTip("window.model"));
    m_sidebar->modelSwitch()->setModel(app::shortModelName(path), details.join(QStringLiteral(" · ")),
                                       tip.join(QLatin1Char('\n')));
}

void MainWindow::updateStatus()
{
    using State = app::InferenceService::State;
    const Said said = m_said.value(m_current);
    const bool chat = m_current == QLatin1String("chat");
    m_status->setContext(said.tokens, said.limit);
    m_status->setSaved(said.saved, said.savedFailed);
    const auto model = m_service.model();
    m_status->setModelName(
        isRailed() && model ? app::shortModelName(QString::fromStdString(model->path.string())) : QString());
    const bool loading = m_service.state() == State::Loading;
    m_status->setCancellable(loading);
    if (loading) {
        const QString name = app::shortModelName(m_service.loadingPath());
        const QString sentence = m_loadTotal > 0 ? tr("Loading %1, %2 of %3 GiB")
                                                       .arg(name)
                                                       .arg(double(m_loadDone) / kGib, 0, 'f', 1)
                                                       .arg(double(m_loadTotal) / kGib, 0, 'f', 1)
                                                 : tr("Loading %1").arg(name);
        m_status->setStatus(BusyDot::State::Busy, sentence);
        return;
    }
    if (!said.sentence.isEmpty()) {
        m_status->setStatus(BusyDot::State::Busy, said.sentence, said.speed, said.reason);
        return;
    }
    for (auto it = m_said.cbegin(); it != m_said.cend(); ++it) {
        if (it.key() != m_current && !it.value().sentence.isEmpty()) {
            m_status->setStatus(BusyDot::State::Busy, it.value().sentence, it.value().speed,
                                chat ? tr("Chat goes first when you send") : it.value().reason);
            return;
        }
    }
    if (!model) {
        if (!m_failedPath.isEmpty())
            m_status->setStatus(BusyDot::State::Bad, tr("No model loaded"), QString(),
                                tr("%1 could not be loaded").arg(app::shortModelName(m_failedPath)));
        else
            m_status->setStatus(BusyDot::State::Hollow, tr("No model loaded"));
        return;
    }
    if (m_service.state() == State::Busy) {
        m_status->setStatus(BusyDot::State::Busy, tr("Working"), said.speed, said.reason);
        return;
    }
    const QString reason = said.speed.isEmpty() && said.reason.isEmpty()
                               ? tr("Loaded in %1 s").arg(model->loadMs / 1000.0, 0, 'f', 1)
                               : said.reason;
    m_status->setStatus(BusyDot::State::Idle, tr("Ready"), said.speed, reason);
}

void MainWindow::showModelMenu()
{
    QMenu menu(this);
    menu.setToolTipsVisible(true);
    menu.setMinimumWidth(app::kSidebarWidth + 60);
    m_catalog.refresh();
    const auto model = m_service.model();
    const QString loaded = model ? QString::fromStdString(model->path.string()) : QString();
    for (int row = 0; row < m_catalog.rowCount(); ++row) {
        const app::ModelEntry &entry = m_catalog.model(row);
        const QString verdict = m_catalog.index(row).data(app::ModelCatalog::VerdictTextRole).toString();
        const bool usable = entry.verdict == app::ModelEntry::Verdict::Fits ||
                            entry.verdict == app::ModelEntry::Verdict::NeedsMemory;
        QString words = QStringLiteral("%1  %2").arg(entry.shortName, entry.quantisation).trimmed();
        words.replace(QLatin1Char('&'), QLatin1String("&&"));
        QAction *action = menu.addAction(
            m_appearance.icon(
                entry.path == loaded ? QStringLiteral("check")
                : usable             ? QStringLiteral("model")
                                     : QStringLiteral("warning"),
                16, entry.path == loaded ? m_appearance.theme().accentText : m_appearance.theme().text2),
            QStringLiteral("%1\t%2").arg(words, verdict));
        action->setToolTip(entry.reason.isEmpty() ? entry.path
                                                  : entry.reason + QLatin1Char('\n') + entry.path);
        action->setEnabled(usable);
        connect(action, &QAction::triggered, this, [this, path = entry.path] { openModel(path); });
    }
    if (m_catalog.rowCount() == 0)
        menu.addAction(m_catalog.isScanning() ? tr("Looking for models…") : tr("No models yet"))
            ->setEnabled(false);
    menu.addSeparator();
    addToMenu(menu, m_appearance, this, "window.openModel");
    if (m_service.state() == app::InferenceService::State::Loading)
        menu.addAction(m_appearance.icon(QStringLiteral("close")), tr("Cancel loading"), this,
                       [this] { m_service.cancelLoad(); });
    else if (model)
        addToMenu(menu, m_appearance, this, "window.unload");
    ModelSwitch *button = m_sidebar->modelSwitch();
    menu.exec(button->mapToGlobal(QPoint(0, button->height() + 4)));
}

void MainWindow::chooseModelFile()
{
    const QString path =
        QFileDialog::getOpenFileName(this, tr("Open model file"), QFileInfo(m_catalog.lastModel()).path(),
                                     tr("Models (*.gguf config.json);;All files (*)"));
    if (!path.isEmpty())
        openModel(path);
}

bool MainWindow::isRailed() const
{
    return isNarrow() || m_railed.value(m_current);
}

void MainWindow::toggleSidebar()
{
    if (isNarrow()) {
        m_floating = !m_floating;
    } else {
        m_railed[m_current] = !m_railed.value(m_current);
        QStringList rails;
        for (auto it = m_railed.cbegin(); it != m_railed.cend(); ++it)
            rails.append(it.value() ? it.key() : QLatin1Char('-') + it.key());
        m_settings.set(app::kRails, rails);
    }
    place();
    updateStatus();
}

void MainWindow::closeFloating()
{
    if (m_floating) {
        m_floating = false;
        place();
    }
}

void MainWindow::place()
{
    const bool railed = isRailed();
    if (!isNarrow())
        m_floating = false;
    const int taken = railed ? kRailWidth : m_sidebarWidth;
    m_sidebar->setRailed(railed && !m_floating);
    m_sidebar->setFloating(m_floating);
    const QRect all = m_body->rect();
    const int side = m_floating ? app::kSidebarWidth : taken;
    m_sidebar->setGeometry(0, 0, side, all.height());
    m_content->setGeometry(taken, kMargin, all.width() - taken - kMargin,
                           all.height() - kMargin - m_status->height());
    m_status->setGeometry(taken, all.height() - m_status->height(), all.width() - taken, m_status->height());
    if (m_floating)
        m_sidebar->raise();
}

void MainWindow::resizeEvent(QResizeEvent *event)
{
    QMainWindow::resizeEvent(event);
    m_body->setGeometry(rect());
    place();
}

// How much the window manager adds is known when the window is on the screen, not before. A size that
// somebody chose in the meantime stays.
void MainWindow::fitOnScreen()
{
    if (size() != m_openedSize || isMaximized() || isFullScreen())
        return;
    QRect available = screen()->availableGeometry();
    if (QGuiApplication::platformName().startsWith(QLatin1String("wayland")))
        available.adjust(0, 0, 0, -kPanels); // no program is told what the desktop's panels take
    const QSize added = frameGeometry().size() - size();
    resize(size().boundedTo(available.size() - added));
    const QSize outside = size() + added;
    const QPoint farthest(available.right() + 1 - outside.width(), available.bottom() + 1 - outside.height());
    const QPoint at = frameGeometry().topLeft();
    const QPoint to(std::max(available.left(), std::min(at.x(), farthest.x())),
                    std::max(available.top(), std::min(at.y(), farthest.y())));
    if (to != at)
        move(to);
}

void MainWindow::closeEvent(QCloseEvent *event)
{
    m_settings.set(app::kGeometry, saveGeometry());
    m_settings.sync();
    // Closed by the user, not by Quit nor by the end of the session.
    if (m_tray && event->spontaneous() && !qApp->isSavingSession() && m_tray->takeWindow()) {
        event->ignore();
        QApplication::setQuitOnLastWindowClosed(false); // a dialog that is closed meanwhile is not the end
        hide();
        return;
    }
    QMainWindow::closeEvent(event);
}

void MainWindow::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.fillRect(rect(), m_appearance.theme().window);
    if (!std::exchange(m_painted, true))
        QMetaObject::invokeMethod(this, &MainWindow::painted, Qt::QueuedConnection);
}

void MainWindow::dragEnterEvent(QDragEnterEvent *event)
{
    if (event->mimeData()->hasUrls())
        event->acceptProposedAction();
}

void MainWindow::dropEvent(QDropEvent *event)
{
    for (const QString &path : localFiles(*event->mimeData()))
        openFile(path);
    event->acceptProposedAction();
}

bool MainWindow::eventFilter(QObject *watched, QEvent *event)
{
    if (event->type() == QEvent::MouseButtonPress && m_floating) {
        auto *widget = qobject_cast<QWidget *>(watched);
        if (widget && widget->window() == this && widget != m_sidebar && !m_sidebar->isAncestorOf(widget))
            closeFloating();
    }
    // A model is the window's, also where it is dropped on a field of a panel.
    if (event->type() == QEvent::Drop) {
        auto *widget = qobject_cast<QWidget *>(watched);
        auto *drop = static_cast<QDropEvent *>(event);
        const QStringList paths = localFiles(*drop->mimeData());
        if (widget && widget != this && widget->window() == this && paths.size() == 1 &&
            isModelFile(paths.first())) {
            openModel(paths.first());
            drop->acceptProposedAction();
            return true;
        }
    }
    return QMainWindow::eventFilter(watched, event);
}

} // namespace ui
