// What can be done with a chat as a whole: the same in the list's menu and at the head of the transcript.
#pragma once

#include <QtGlobal>

class QMenu;
class QWidget;

namespace app {
class ConversationListModel;
}

namespace ui {

class Appearance;

// Pin, folder, tags, duplicate, archive and delete, for a chat that is in the file. `parent` is the window that questions stand over.
void addConversationActions(QMenu &menu, const Appearance &appearance, app::ConversationListModel &model, qint64 id, QWidget *parent);
// Of a folder: moved into another, renamed, removed. Nothing for 0.
void addFolderActions(QMenu &menu, app::ConversationListModel &model, qint64 folder, QWidget *parent);

} // namespace ui
