// The chats in the sidebar: searched, by folder and day, renamed in place, deleted with Undo.
#pragma once

#include "app/chat/conversation_list_model.h"
#include "ui/widgets/buttons.h"
#include "ui/widgets/notice.h"

#include <QListView>
#include <QSet>
#include <QTimer>
#include <QWidget>

class QLabel;
class QMenu;
class QLineEdit;

namespace ui {

class ConversationDrag;

class ConversationList : public QWidget
{
    Q_OBJECT

public:
    ConversationList(const Appearance &appearance, app::ConversationListModel &model,
                     QWidget *parent = nullptr);

    void setCurrent(qint64 id);
    void setBusy(const QSet<qint64> &ids); // answers are being written there
    void focusSearch();
    qint64 focusedId() const; // of the row that keys work on; 0: the list has no focus
    void rename(qint64 id); // begins editing the title in place
    QLineEdit *search() const { return m_search; }
    QListView *view() const { return m_view; }
    Notice *undoNotice() const { return m_undo; }

Q_SIGNALS:
    void opened(qint64 id);
    void newChatRequested();
    void menuRequested(QMenu *menu); // its end: what is done with the whole list

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    class Delegate;
    void open(const QModelIndex &index);
    void showMenu(const QPoint &at);
    void finishRename(bool keep);
    void offerUndo(const QString &words, void (app::ConversationListModel::*undo)());
    bool isOnHead(const QPoint &at) const; // of the view
    void updateEmpty();
    void updateCurrent();
    qint64 idAt(const QModelIndex &index) const;

    const Appearance &m_appearance;
    app::ConversationListModel &m_model;
    QLineEdit *m_search;
    IconButton *m_new;
    QListView *m_view;
    QLabel *m_empty;
    Notice *m_undo;
    ConversationDrag *m_drag = nullptr;
    QTimer m_undoTimer;
    QLineEdit *m_editor = nullptr;
    qint64 m_editedId = 0;
    qint64 m_current = 0;
    QSet<qint64> m_busy;
};

} // namespace ui
