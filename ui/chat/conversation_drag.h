// Dragging chats and folders of the sidebar's list into folders.
#pragma once

#include "app/chat/conversation_list_model.h"

#include <QObject>
#include <QPoint>

#include <functional>
#include <optional>

class QListView;
class QMimeData;

namespace ui {

// Watches the view's viewport. A row is a chat, the head above a folder's first row that folder; where they are dropped decides the
// folder: under a folder's head that one, under a day none.
class ConversationDrag : public QObject
{
    Q_OBJECT

public:
    using Model = app::ConversationListModel;
    // `headAt`: whether a point of the viewport is on the head above the row that is there.
    ConversationDrag(QListView &view, Model &model, std::function<bool(const QPoint &)> headAt);

    // The folder that would take what is over the list now; 0: out of all folders. None: nothing is dragged, or it cannot go there.
    std::optional<qint64> target() const { return m_target; }
    static QMimeData *dataOfChat(qint64 id);
    static QMimeData *dataOfFolder(qint64 id);

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void begin();
    std::optional<qint64> targetOf(const QMimeData &data, const QPoint &at) const;
    void setTarget(std::optional<qint64> target);

    QListView &m_view;
    Model &m_model;
    std::function<bool(const QPoint &)> m_headAt;
    QPoint m_pressed; // where the button went down
    bool m_down = false;
    std::optional<qint64> m_target;
};

} // namespace ui
