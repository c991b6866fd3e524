// How many tokens each part of a conversation takes of the context, counted by the model's own tokenizer.
#pragma once

#include "app/chat/chat_session.h"

#include <QHash>
#include <QObject>
#include <QPointer>

namespace app {

struct ContextPart
{
    // In the order of the map.
    enum class Kind { Instructions, Pinned, Files, Conversation, Draft };
    Kind kind = Kind::Conversation;
    qint64 messageId = 0; // of the user's message of a turn, of the message that carries a summary; 0: neither
    qint64 attachmentId = 0; // of a file; it stands behind the turn that it belongs to, and behind all turns where it is the draft's
    bool isSummary = false;
    Sight sight = Sight::Seen; // a turn that is summarised or left out takes nothing, `tokens` is what it would
    int turns = 1;  // of a summary: for how many it stands
    int tokens = 0; // as far as it is counted
};

enum class ContextText { Content, Reasoning, Summary, Attachment }; // of a message

// What fills the window, exactly. The parts that are seen add up to `used`: the marks of the chat format between them count as instructions.
struct ContextMap
{
    QVector<ContextPart> parts;
    int used = -1;    // tokens of prompt and draft; -1: not counted
    int draft = 0;      // of these, with what is attached to it
    int draftFiles = 0; // of these
    int reasoning = 0; // tokens of reasoning in the conversation, which is never sent back
    int kept = 0;     // for the answer
    int limit = 0;    // of the context; 0: no model
    bool complete = false; // every part is counted

    int of(ContextPart::Kind kind) const; // seen ones; instructions take what is left
    int free() const { return limit > 0 ? std::max(0, limit - std::max(0, used) - kept) : 0; }
    // Tokens that prompt and answer need beyond the context; 0: it fits.
    int excess() const { return limit > 0 && used >= 0 ? std::max(0, used + kept - limit) : 0; }
};

// Tokens kept for the answer in a context of that many: what the user allows an answer, at most half of the context; where nothing is
// set, an eighth, at most 1,024.
int keptForAnswer(const Settings &settings, int limit);

// Counts in the background, each text once as long as the model is the same. GUI thread; the service
// and the settings outlive it.
class ContextCounter : public QObject
{
    Q_OBJECT

public:
    ContextCounter(InferenceService &service, const Settings &settings, QObject *parent = nullptr);

    // Null: none. Forgets the map.
    void setSession(ChatSession *session);
    // Counts anew what the session and `draft` make now; changed() comes when it is known, and again when each part is.
    // With a row the draft is another version of the message there, and what stands below does not count.
    void count(const QString &draft, const QVector<AttachmentRecord> &attachments = {}, int row = -1);
    const ContextMap &map() const { return m_map; }
    // The map is of this draft, and nothing has changed since.
    bool isExact(const QString &draft, const QVector<AttachmentRecord> &attachments = {}, int row = -1) const;
    int attachmentTokens(qint64 id) const; // -1: not counted
    int base(int row = -1) const { return row == m_row ? m_base : -1; } // tokens without a draft; -1: not counted
    QString nameOf(const ContextPart &part) const; // its first words

Q_SIGNALS:
    void changed();

private:
    void countParts();
    void makeMap();
    int tokensOf(const MessageRecord &message, ContextText which); // what is not known is counted soon
    int tokensOf(const AttachmentRecord &attachment);
    const AttachmentRecord *attachment(qint64 id) const; // null: neither the draft's nor of a message that is shown
    void addFile(ContextMap &map, const AttachmentRecord &attachment, qint64 message, Sight sight);

    InferenceService &m_service;
    const Settings &m_settings;
    QPointer<ChatSession> m_session;
    QString m_model; // fingerprint and path: of whose tokenizer the counts are
    QString m_draft;
    int m_row = -1;
    QVector<AttachmentRecord> m_attachments; // of the draft
    bool m_isWhole = true; // m_total has them; else each is counted once and added: they are long
    ContextMap m_map;
    struct Counted
    {
        size_t mark; // of the text that was counted
        int tokens;
    };
    QHash<std::pair<qint64, int>, Counted> m_counts; // by message or attachment, and ContextText
    int m_base = -1, m_total = -1;   // the prompt without and with the draft
    bool m_baseExact = false, m_totalExact = false;
    int m_emptyTokens = 0;           // of a text without letters: a token that begins it
    QVector<std::pair<qint64, ContextText>> m_uncounted;
    QObject m_emptyJob, m_baseJob, m_totalJob, m_partJob; // one count each at a time
    bool m_counting = false;                  // parts
};

} // namespace app
