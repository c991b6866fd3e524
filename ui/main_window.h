// The window: sidebar, the panel shown, status line; it brings models in and hands files and keys to the
// panels.
#pragma once

#include "app/data_paths.h"
#include "app/inference_service.h"
#include "app/kept_pages.h"
#include "app/machine_limits.h"
#include "app/model_catalog.h"
#include "app/settings.h"
#include "ui/appearance.h"
#include "ui/panel.h"
#include "ui/shell/notifications.h"
#include "ui/shell/sidebar.h"
#include "ui/shell/status_line.h"
#include "ui/widgets/notice.h"

#include <QHash>
#include <QMainWindow>
#include <QPointer>

class QStackedWidget;

namespace ui {

class ChatPanel;
class CommandPalette;
class SpeedPopover;
struct Command;

class Tray;

class MainWindow : public QMainWindow
{
    Q_OBJECT

public:
    // What is passed in outlives the window. Only the frame is built here; panels come with showPanel().
    MainWindow(app::InferenceService &service, app::ModelCatalog &catalog, app::Settings &settings,
               Appearance &appearance, const app::DataPaths &paths, QWidget *parent = nullptr);
    ~MainWindow() override;

    // "chat", "code" or "translate"; another one or empty: the one shown last.
    void showPanel(const QString &id);
    QString currentPanel() const { return m_current; }
    Panel *panel(const QString &id) const { return m_panels.value(id); } // null while it was never shown

    // Loads a model with the options of the settings; the file stays in the list of models.
    void openModel(const QString &path);
    void openFile(const QString &path); // a model or something for the panel
    void bringToFront(const QString &activationToken = {}); // that the desktop gave: on Wayland nothing is raised without
    void setTray(Tray &tray); // where it goes when it is closed, if that takes it; outlives it

    Sidebar *sidebar() const { return m_sidebar; }
    StatusLine *statusLine() const { return m_status; }
    SpeedPopover *speedPopover() const { return m_speed; } // null while it was never asked for
    CommandPalette *palettePopover() const { return m_palette; } // the same
    Notice *notice() const { return m_notice; }
    void toggleSidebar();

Q_SIGNALS:
    void painted(); // once, after the first time: panels and a model may follow
    void restartRequested(); // end and begin anew

protected:
    bool focusNextPrevChild(bool next) override; // sidebar, panel, status line, whenever they were made
    void resizeEvent(QResizeEvent *event) override;
    void closeEvent(QCloseEvent *event) override;
    void dragEnterEvent(QDragEnterEvent *event) override;
    void dropEvent(QDropEvent *event) override;
    void paintEvent(QPaintEvent *event) override;
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    struct Said // by a panel, for the status line
    {
        QString sentence, speed, reason;
        int tokens = -1, limit = -1;
        QString saved;
        bool savedFailed = false;
    };

    Panel *makePanel(const QString &id);
    void connectPanel(const QString &id, Panel *panel);
    Panel *ensurePanel(const QString &id); // made if it was never shown
    void bindActions();
    void findChats();
    void showKeys();
    void togglePalette();
    void fillPalette();
    QVector<Command> paletteCommands();
    void findWords(const QString &typed); // for the palette: chats in which they were said
    ChatPanel *chatPanel();
    void place();
    void fitOnScreen();
    bool isNarrow() const { return width() < 1100; }
    bool isRailed() const;
    void closeFloating();
    void showModelMenu();
    void chooseModelFile();
    void showSettings(const QString &key = {}); // at that one
    void showSpeed(const QPoint &place);
    void updateModel();
    void updateStatus();
    void escape();
    QVector<Panel::Region> regions() const;
    void nextRegion(int step);

    app::InferenceService &m_service;
    app::ModelCatalog &m_catalog;
    app::Settings &m_settings;
    Appearance &m_appearance;
    app::DataPaths m_paths;
    app::KeptPages m_keptPages;
    QWidget *m_body;
    Sidebar *m_sidebar;
    QWidget *m_content;
    Notice *m_notice;
    QStackedWidget *m_stack;
    StatusLine *m_status;
    QHash<QString, Panel *> m_panels;
    QHash<QString, Said> m_said;
    QString m_current;
    QSize m_openedSize;
    QHash<QString, bool> m_railed; // as chosen, by panel
    int m_sidebarWidth;
    bool m_floating = false;
    bool m_painted = false;
    quint64 m_loadDone = 0, m_loadTotal = 0;
    QString m_failedPath;
    QString m_lentModel; // that a comparison asked for: the next start is with the one before
    app::MachineLimits m_limits;
    Notifications m_notifications;
    Tray *m_tray = nullptr;
    SpeedPopover *m_speed = nullptr;
    CommandPalette *m_palette = nullptr;
    QHash<QWidget *, QPointer<QWidget>> m_focusIn; // what had the focus in a region that was left
};

} // namespace ui
