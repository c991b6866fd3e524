// The chats that were deleted in the last 30 days: brought back, or removed for good.
#pragma once

#include "app/chat/conversation_list_model.h"

#include <QDialog>

class QLabel;
class QListWidget;

namespace ui {

class Appearance;
class TextButton;

class DeletedChatsDialog : public QDialog
{
    Q_OBJECT

public:
    DeletedChatsDialog(const Appearance &appearance, app::ConversationListModel &model, QWidget *parent = nullptr);

    QListWidget *list() const { return m_list; }
    TextButton *restoreButton() const { return m_restore; }
    TextButton *removeButton() const { return m_remove; }

private:
    void load();
    void update();
    QVector<qint64> chosen() const;

    app::ConversationListModel &m_model;
    QLabel *m_words;
    QListWidget *m_list;
    TextButton *m_restore;
    TextButton *m_remove;
};

} // namespace ui
