#include "ui/chat/conversation_menu.h"

#include "app/chat/conversation_list_model.h"
#include "ui/actions.h"
#include "ui/appearance.h"

#include <QInputDialog>
#include <QMenu>

namespace ui {

namespace {

using Model = app::ConversationListModel;

QString tr(const char *text)
{
    return QCoreApplication::translate("ConversationMenu", text);
}

QString askFor(QWidget *parent, const QString &title, const QString &label, const QString &text)
{
    QInputDialog dialog(parent);
    dialog.setWindowTitle(title);
    dialog.setLabelText(label);
    dialog.setTextValue(text);
    dialog.resize(360, dialog.sizeHint().height());
    return dialog.exec() == QDialog::Accepted ? dialog.textValue() : QString();
}

void addFolders(QMenu &menu, Model &model, const app::ConversationRecord &chat, QWidget *parent)
{
    const qint64 id = chat.id, in = chat.folder;
    QString nameNow;
    for (const app::FolderRecord &folder : model.folders()) {
        QAction *action = menu.addAction(folder.name, parent, [&model, id, to = folder.id] { model.setFolder(id, to); });
        action->setCheckable(true);
        action->setChecked(folder.id == in);
        if (folder.id == in)
            nameNow = folder.name;
    }
    if (!model.folders().isEmpty())
        menu.addSeparator();
    menu.addAction(tr("New folder…"), parent, [&model, id, parent] {
        const QString name = askFor(parent, tr("New folder"), tr("Name of the folder:"), {});
        if (const qint64 folder = model.createFolder(name))
            model.setFolder(id, folder);
    });
    if (nameNow.isEmpty())
        return;
    menu.addAction(tr("Take out of “%1”").arg(nameNow), parent, [&model, id] { model.setFolder(id, 0); });
    menu.addAction(tr("Rename “%1”…").arg(nameNow), parent, [&model, in, nameNow, parent] {
        model.renameFolder(in, askFor(parent, tr("Rename the folder"), tr("Name of the folder:"), nameNow));
    });
    menu.addAction(tr("Remove the folder, keep its chats"), parent, [&model, in] { model.removeFolder(in); });
}

} // namespace

void addConversationActions(QMenu &menu, const Appearance &appearance, Model &model, qint64 id, QWidget *parent)
{
    const int row = model.rowOf(id);
    if (row < 0)
        return;
    const app::ConversationRecord chat = model.conversation(row);
    const auto icon = [&](const char *name) { return appearance.icon(QString::fromLatin1(name)); };
    menu.addAction(icon("pin"), chat.pinned ? tr("Unpin") : tr("Pin"), parent,
                   [&model, id, pinned = chat.pinned] { model.setPinned(id, !pinned); });
    QMenu *folders = menu.addMenu(icon("folder"), tr("Folder"));
    addFolders(*folders, model, chat, parent);
    menu.addAction(icon("list"), tr("Tags…"), parent, [&model, id, tags = chat.tags.join(QStringLiteral(", ")), parent] {
        QInputDialog dialog(parent);
        dialog.setWindowTitle(tr("Tags"));
        dialog.setLabelText(tr("Tags of this chat, with commas between them. tag:NAME finds them:"));
        dialog.setTextValue(tags);
        dialog.resize(420, dialog.sizeHint().height());
        if (dialog.exec() == QDialog::Accepted)
            model.setTags(id, dialog.textValue());
    });
    menu.addAction(icon("copy"), tr("Duplicate"), parent, [&model, id] { model.duplicate(id); });
    menu.addSeparator();
    menu.addAction(icon("save"), chat.archivedAt ? tr("Bring back from the archive") : tr("Archive"), parent,
                   [&model, id, archived = chat.archivedAt != 0] { model.setArchived(id, !archived); });
    menu.addAction(appearance.icon(QStringLiteral("trash"), 16, appearance.theme().danger), tr("Delete"), parent,
                   [&model, id] { model.remove(id); })
        ->setShortcut(actionShortcut("chat.delete"));
}

} // namespace ui
