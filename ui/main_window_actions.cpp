// The actions of the window: keys, the palette, the way round its regions.
#include "ui/main_window.h"

#include "app/settings_keys.h"
#include "ui/actions.h"
#include "ui/chat/chat_panel.h"
#include "ui/shell/command_palette.h"
#include "ui/shell/keys_dialog.h"
#include "ui/shell/setting_words.h"
#include "ui/shell/speed_popover.h"

#include <QAbstractButton>

#include <algorithm>
#include <iterator>

namespace ui {

namespace {

constexpr int kMostChatsFound = 12;

ActionPlace placeOf(const QString &panel)
{
    return panel == QLatin1String("code") ? ActionPlace::Code : panel == QLatin1String("translate") ? ActionPlace::Translate : ActionPlace::Chat;
}

QString titleOf(const app::ConversationRecord &chat)
{
    return chat.title.isEmpty() ? MainWindow::tr("New chat") : chat.title;
}

} // namespace

void MainWindow::bindActions()
{
    const auto bind = [this](const char *id, std::function<void()> act, BoundAction::Possible possible = {}) {
        bindAction(this, id, std::move(act), std::move(possible));
    };
    const auto show = [this](const char *id) { return [this, name = QString::fromLatin1(id)] { showPanel(name); }; };
    bind("window.palette", [this] { togglePalette(); });
    bind("window.keys", [this] { showKeys(); });
    bind("window.chat", show("chat"));
    bind("window.code", show("code"));
    bind("window.translate", show("translate"));
    bind("window.new", [this] {
        if (Panel *panel = m_panels.value(m_current))
            panel->newItem();
    });
    bind("window.searchChats", [this] { findChats(); });
    bind("window.model", [this] { showModelMenu(); });
    bind("window.openModel", [this] { chooseModelFile(); });
    bind("window.unload", [this] { m_service.unload(); },
         [this] { return m_service.model() && m_service.state() != app::InferenceService::State::Loading; });
    bind("window.speed", [this] { m_status->speedButton()->click(); }, [this] { return m_status->speedButton()->isVisible(); });
    bind("window.settings", [this] { showSettings(); });
    bind("window.sidebar", [this] { toggleSidebar(); });
    bind("window.larger", [this] { m_appearance.setReadingSize(m_appearance.readingSize() + 1); });
    bind("window.smaller", [this] { m_appearance.setReadingSize(m_appearance.readingSize() - 1); });
    bind("window.usual", [this] { m_settings.reset(app::kReadingSize); });
    bind("window.nextRegion", [this] { nextRegion(1); });
    bind("window.previousRegion", [this] { nextRegion(-1); });
    bind("window.stop", [this] { escape(); });
    bind("window.quit", [this] { close(); });
}

ChatPanel *MainWindow::chatPanel()
{
    return qobject_cast<ChatPanel *>(ensurePanel(QStringLiteral("chat")));
}

void MainWindow::findChats()
{
    showPanel(QStringLiteral("chat"));
    if (isRailed() && !m_floating)
        toggleSidebar();
    chatPanel()->findChats();
}

void MainWindow::showKeys()
{
    const ActionPlace place = placeOf(m_current);
    const QString title = place == ActionPlace::Code ? tr("Keys in Code") : place == ActionPlace::Translate ? tr("Keys in Translate") : tr("Keys in Chat");
    KeysDialog dialog(m_appearance, title, {ensurePanel(m_current), this}, place, this);
    dialog.exec();
}

void MainWindow::togglePalette()
{
    if (m_palette && m_palette->isVisible()) {
        m_palette->close();
        return;
    }
    ChatPanel *chat = chatPanel();
    if (!m_palette) {
        m_palette = new CommandPalette(m_appearance, m_body);
        connect(m_palette, &CommandPalette::nothingMatches, this, &MainWindow::findWords);
        connect(&m_catalog, &app::ModelCatalog::scanned, m_palette, [this] { fillPalette(); });
        connect(&chat->conversations(), &app::ConversationListModel::loaded, m_palette, [this] { fillPalette(); });
    }
    m_catalog.refresh();
    m_palette->open(paletteCommands()); // made before it has the focus: what is possible depends on that
}

void MainWindow::fillPalette()
{
    if (m_palette->isVisible())
        m_palette->setCommands(paletteCommands());
}

QVector<Command> MainWindow::paletteCommands()
{
    QVector<Command> commands;
    for (const QWidget *owner : {static_cast<QWidget *>(ensurePanel(m_current)), static_cast<QWidget *>(this)}) {
        for (BoundAction *action : boundActions(owner)) {
            if (action->isPossible() && action->objectName() != QLatin1String("window.palette"))
                commands.append({Command::Kind::Action, QString::fromLatin1(action->info().icon), action->text(),
                                 action->shortcut().toString(QKeySequence::NativeText), {}, {}, [action] { action->trigger(); },
                                 QString::fromLatin1(action->info().name)});
        }
    }
    QVector<app::ConversationRecord> chats = chatPanel()->conversations().all();
    std::sort(chats.begin(), chats.end(), [](const auto &a, const auto &b) { return a.updated > b.updated; });
    for (const app::ConversationRecord &chat : std::as_const(chats)) {
        commands.append({Command::Kind::Chat, QStringLiteral("chat"), titleOf(chat), {}, chat.archivedAt ? tr("Archived chat") : tr("Chat"), {},
                         [this, id = chat.id] {
                             showPanel(QStringLiteral("chat"));
                             chatPanel()->openConversation(id);
                         }});
    }
    for (int row = 0; row < m_catalog.rowCount(); ++row) {
        const app::ModelEntry &entry = m_catalog.model(row);
        if (entry.verdict != app::ModelEntry::Verdict::Fits && entry.verdict != app::ModelEntry::Verdict::NeedsMemory)
            continue;
        const QString verdict = m_catalog.index(row).data(app::ModelCatalog::VerdictTextRole).toString();
        commands.append({Command::Kind::Model, QStringLiteral("model"), QStringLiteral("%1  %2").arg(entry.shortName, entry.quantisation), {},
                         QStringList{tr("Model"), verdict}.join(QStringLiteral(" · ")), {}, [this, path = entry.path] { openModel(path); }});
    }
    for (const SettingWords &words : allSettingWords())
        commands.append({Command::Kind::Setting, QStringLiteral("settings"), settingName(words), {},
                         QStringList{tr("Setting"), settingPageName(words.page)}.join(QStringLiteral(" · ")), {},
                         [this, key = QString::fromLatin1(words.key)] { showSettings(key); }, settingOthers(words)});
    return commands;
}

void MainWindow::findWords(const QString &typed)
{
    const app::SearchQuery query = app::searchQuery(typed);
    if (query.isEmpty()) {
        m_palette->addFound(typed, {});
        return;
    }
    ChatPanel *chat = chatPanel();
    chat->store().find(query, QStringLiteral("chat"), kMostChatsFound, m_palette, [this, typed, words = query.words](const auto &result) {
        QVector<Command> commands;
        const QVector<app::ConversationRecord> &all = chatPanel()->conversations().all();
        for (const app::SearchHit &hit : result ? result->hits : QVector<app::SearchHit>()) {
            const auto found = std::find_if(all.begin(), all.end(), [&](const auto &each) { return each.id == hit.conversationId; });
            if (found == all.end())
                continue;
            commands.append({Command::Kind::Chat, QStringLiteral("chat"), titleOf(*found), {}, found->archivedAt ? tr("Archived chat") : tr("Chat"),
                             hit.snippet.text.simplified(), [this, hit, words] {
                                 showPanel(QStringLiteral("chat"));
                                 chatPanel()->openMessage(hit, words);
                             }});
        }
        m_palette->addFound(typed, std::move(commands));
    });
}

void MainWindow::escape()
{
    if (m_palette && m_palette->isVisible()) {
        m_palette->close();
    } else if (m_speed && m_speed->isVisible()) {
        m_speed->hide();
    } else if (m_floating) {
        closeFloating();
    } else if (m_notice->isVisible()) {
        m_notice->hide();
    } else if (m_service.state() == app::InferenceService::State::Loading && !m_service.model()) {
        m_service.cancelLoad();
    } else if (Panel *panel = m_panels.value(m_current)) {
        panel->stop();
    }
}

bool MainWindow::focusNextPrevChild(bool next)
{
    QVector<QWidget *> order;
    const auto add = [&](const QWidget *area) {
        const auto from = order.size();
        for (QWidget *each = nextInFocusChain(); each != this; each = each->nextInFocusChain())
            if ((each == area || area->isAncestorOf(each)) && each->focusPolicy() & Qt::TabFocus && !each->focusProxy() && each->isEnabled() && each->isVisibleTo(this))
                order << each;
        if (area == m_sidebar) // rows came later than what stands below them
            std::stable_sort(order.begin() + from, order.end(), [this](const QWidget *a, const QWidget *b) {
                return a->mapTo(m_sidebar, QPoint()).y() + a->height() / 2 < b->mapTo(m_sidebar, QPoint()).y() + b->height() / 2;
            });
    };
    for (const QWidget *area : {static_cast<QWidget *>(m_sidebar), m_content, static_cast<QWidget *>(m_status)})
        add(area);
    const auto at = order.indexOf(focusWidget());
    if (order.isEmpty() || (at < 0 && focusWidget() && m_palette && m_palette->isAncestorOf(focusWidget())))
        return QMainWindow::focusNextPrevChild(next);
    const auto count = order.size();
    order[at < 0 ? (next ? 0 : count - 1) : (at + (next ? 1 : -1) + count) % count]->setFocus(next ? Qt::TabFocusReason : Qt::BacktabFocusReason);
    return true;
}

// Sidebar, those of the panel, status line.
QVector<Panel::Region> MainWindow::regions() const
{
    QVector<Panel::Region> all{{m_sidebar, m_sidebar->modelSwitch()}};
    if (Panel *panel = m_panels.value(m_current))
        all += panel->regions();
    all.append(Panel::Region{m_status, m_status});
    all.erase(std::remove_if(all.begin(), all.end(), [](const Panel::Region &region) { return !region.area->isVisible(); }), all.end());
    return all;
}

void MainWindow::nextRegion(int step)
{
    const QVector<Panel::Region> all = regions();
    QWidget *focus = focusWidget();
    const int count = int(all.size());
    int at = step > 0 ? -1 : count;
    for (int i = 0; i < count; ++i) {
        if (focus && (all[i].area == focus || all[i].area->isAncestorOf(focus))) {
            at = i;
            m_focusIn[all[i].area] = focus;
        }
    }
    const Panel::Region &to = all[(at + step + count) % count];
    QWidget *last = m_focusIn.value(to.area);
    const bool goesBack = last && last->isVisible() && last->isEnabled() && (last == to.area || to.area->isAncestorOf(last));
    (goesBack ? last : to.focus)->setFocus(Qt::TabFocusReason);
}

} // namespace ui
