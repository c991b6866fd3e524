#include "ui/chat/conversation_menu.h"

#include "app/chat/conversation_list_model.h"
#include "app/chat/folder_tree.h"
#include "ui/actions.h"
#include "ui/appearance.h"

#include <QCoreApplication>
#include <QInputDialog>
#include <QMenu>

namespace ui {

namespace {

using Model = app::ConversationListModel;

struct ConversationMenu
{
    Q_DECLARE_TR_FUNCTIONS(ConversationMenu)
};

QString askFor(QWidget *parent, const QString &title, const QString &label, const QString &text)
{
    QInputDialog dialog(parent);
    dialog.setWindowTitle(title);
    dialog.setLabelText(label);
    dialog.setTextValue(text);
    dialog.resize(360, dialog.sizeHint().height());
    return dialog.exec() == QDialog::Accepted ? dialog.textValue() : QString();
}

QString askForName(QWidget *parent, const QString &title, const QString &name)
{
    return askFor(parent, title, ConversationMenu::tr("Name of the folder:"), name);
}

void addFolders(QMenu &menu, Model &model, const app::ConversationRecord &chat, QWidget *parent)
{
    const qint64 id = chat.id, in = chat.folder;
    for (const app::FolderRecord &folder : model.folders()) {
        QAction *action = menu.addAction(app::folderPathName(model.folders(), folder.id), parent, [&model, id, to = folder.id] { model.setFolder(id, to); });
        action->setCheckable(true);
        action->setChecked(folder.id == in);
    }
    if (!model.folders().isEmpty())
        menu.addSeparator();
    menu.addAction(ConversationMenu::tr("New folder…"), parent, [&model, id, parent] {
        if (const qint64 folder = model.createFolder(askForName(parent, ConversationMenu::tr("New folder"), {})))
            model.setFolder(id, folder);
    });
    const auto path = app::folderPath(model.folders(), in);
    if (path.isEmpty())
        return;
    menu.addAction(ConversationMenu::tr("New folder in “%1”…").arg(path.last().name), parent, [&model, id, in, parent] {
        if (const qint64 folder = model.createFolder(askForName(parent, ConversationMenu::tr("New folder"), {}), in))
            model.setFolder(id, folder);
    });
    menu.addAction(ConversationMenu::tr("Take out of “%1”").arg(path.last().name), parent, [&model, id] { model.setFolder(id, 0); });
    menu.addSeparator();
    addFolderActions(menu, model, in, parent);
}

} // namespace

void addFolderActions(QMenu &menu, Model &model, qint64 folder, QWidget *parent)
{
    const auto path = app::folderPath(model.folders(), folder);
    if (path.isEmpty())
        return;
    const QString name = path.last().name;
    QMenu *places = menu.addMenu(ConversationMenu::tr("Move “%1” into").arg(name));
    if (model.canMoveFolder(folder, 0))
        places->addAction(ConversationMenu::tr("No folder"), parent, [&model, folder] { model.moveFolder(folder, 0); });
    for (const app::FolderRecord &to : model.folders())
        if (model.canMoveFolder(folder, to.id))
            places->addAction(app::folderPathName(model.folders(), to.id), parent, [&model, folder, to = to.id] { model.moveFolder(folder, to); });
    places->setEnabled(!places->isEmpty());
    menu.addAction(ConversationMenu::tr("Rename “%1”…").arg(name), parent, [&model, folder, name, parent] {
        model.renameFolder(folder, askForName(parent, ConversationMenu::tr("Rename the folder"), name));
    });
    menu.addAction(ConversationMenu::tr("Remove the folder, keep its chats"), parent, [&model, folder] { model.removeFolder(folder); });
}

void addConversationActions(QMenu &menu, const Appearance &appearance, Model &model, qint64 id, QWidget *parent)
{
    const int row = model.rowOf(id);
    if (row < 0)
        return;
    const app::ConversationRecord chat = model.conversation(row);
    const auto icon = [&](const char *name) { return appearance.icon(QString::fromLatin1(name)); };
    menu.addAction(icon("pin"), chat.pinned ? ConversationMenu::tr("Unpin") : ConversationMenu::tr("Pin"), parent,
                   [&model, id, pinned = chat.pinned] { model.setPinned(id, !pinned); });
    QMenu *folders = menu.addMenu(icon("folder"), ConversationMenu::tr("Folder"));
    addFolders(*folders, model, chat, parent);
    menu.addAction(icon("list"), ConversationMenu::tr("Tags…"), parent, [&model, id, tags = chat.tags.join(QStringLiteral(", ")), parent] {
        QInputDialog dialog(parent);
        dialog.setWindowTitle(ConversationMenu::tr("Tags"));
        dialog.setLabelText(ConversationMenu::tr("Tags of this chat, with commas between them. tag:NAME finds them:"));
        dialog.setTextValue(tags);
        dialog.resize(420, dialog.sizeHint().height());
        if (dialog.exec() == QDialog::Accepted)
            model.setTags(id, dialog.textValue());
    });
    menu.addAction(icon("copy"), ConversationMenu::tr("Duplicate"), parent, [&model, id] { model.duplicate(id); });
    menu.addSeparator();
    menu.addAction(icon("save"), chat.archivedAt ? ConversationMenu::tr("Bring back from the archive") : ConversationMenu::tr("Archive"), parent,
                   [&model, id, archived = chat.archivedAt != 0] { model.setArchived(id, !archived); });
    menu.addAction(appearance.icon(QStringLiteral("trash"), 16, appearance.theme().danger), ConversationMenu::tr("Delete"), parent,
                   [&model, id] { model.remove(id); })
        ->setShortcut(actionShortcut("chat.delete"));
}

} // namespace ui
