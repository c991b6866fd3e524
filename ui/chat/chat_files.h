// Chats to files and back: what the user asks where, and the work beside the window.
#pragma once

#include "app/chat/conversation_list_model.h"
#include "app/chat/exchange/chat_file.h"

#include <QObject>
#include <QPointer>

#include <functional>

class QWidget;

namespace ui {

// GUI thread. Files are read and written on a thread of their own; store and model outlive this.
class ChatFiles : public QObject
{
    Q_OBJECT

public:
    enum class Format { Markdown, Html, Pdf, Json };

    ChatFiles(app::ChatStore &store, app::ConversationListModel &chats, QObject *parent = nullptr);
    ~ChatFiles() override; // waits for the file that is being written

    // These ask for a file name first, over `window`.
    void exportChat(qint64 id, QWidget *window);
    void exportAll(QWidget *window); // JSON, archived ones too
    void importChats(QWidget *window);

    void exportTo(const QVector<qint64> &ids, const QString &path, Format format); // one chat, but for Json
    void importFrom(const QStringList &paths);
    bool isBusy() const { return m_tasks > 0; }

Q_SIGNALS:
    // It is done, or why not: a sentence.
    void told(const QString &sentence, bool failed);

private:
    void collect(QVector<qint64> ids, QVector<app::ExchangedChat> chats, std::function<void(const QVector<app::ExchangedChat> &)> done);
    void run(std::function<QString()> work, std::function<void(const QString &problem)> done); // work: on another thread
    QVector<app::ExchangedFolder> foldersOf(qint64 folder) const;
    void save(const app::ChatFile &file, const QString &name);

    app::ChatStore &m_store;
    app::ConversationListModel &m_chats;
    int m_tasks = 0;
};

// The bytes of a chat in a format of text; Json takes all, the others the first one. Html needs the stack of formulas.
QByteArray chatBytes(const QVector<app::ExchangedChat> &chats, ChatFiles::Format format);

} // namespace ui
