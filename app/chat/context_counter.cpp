#include "app/chat/context_counter.h"

#include "app/attachments/attachment_prompt.h"

#include <algorithm>

namespace app {

namespace {

constexpr int kMostKept = 1024;
// Characters of attachments up to which a draft is counted as one text at every pause of typing.
constexpr qsizetype kCountedWhole = 200'000;

qsizetype lengthOf(const QVector<AttachmentRecord> &attachments)
{
    qsizetype length = 0;
    for (const AttachmentRecord &attachment : attachments)
        length += attachment.leftOut ? 0 : attachment.text.size();
    return length;
}

QString textOf(const MessageRecord &message, ContextText which)
{
    switch (which) {
    case ContextText::Content:
        return message.content;
    case ContextText::Reasoning:
        return message.reasoning;
    default:
        return summaryForModel(message.summary);
    }
}

} // namespace

int ContextMap::of(ContextPart::Kind kind) const
{
    if (kind == ContextPart::Kind::Draft)
        return std::max(0, draft - draftFiles);
    int sum = 0, others = std::max(0, draft - draftFiles);
    for (const ContextPart &part : parts) {
        if (part.sight != Sight::Seen)
            continue;
        if (part.kind == kind)
            sum += part.tokens;
        if (part.kind != ContextPart::Kind::Instructions && part.kind != ContextPart::Kind::Draft)
            others += part.tokens;
    }
    return kind == ContextPart::Kind::Instructions ? std::max(0, used - others) : sum;
}

int keptForAnswer(const Settings &settings, int limit)
{
    const int wanted = settings.get(kMaxAnswerTokens);
    return wanted > 0 ? std::min(wanted, limit / 2) : std::min(limit / 8, kMostKept);
}

ContextCounter::ContextCounter(InferenceService &service, const Settings &settings, QObject *parent)
    : QObject(parent), m_service(service), m_settings(settings)
{}

void ContextCounter::setSession(ChatSession *session)
{
    m_session = session;
    m_base = m_total = -1;
    m_baseExact = m_totalExact = false;
    m_draft.clear();
    m_attachments.clear();
    m_map = {};
}

bool ContextCounter::isExact(const QString &draft, const QVector<AttachmentRecord> &attachments, int row) const
{
    const auto same = [](const AttachmentRecord &a, const AttachmentRecord &b) { return a.id == b.id && a.leftOut == b.leftOut; };
    return m_baseExact && m_totalExact && draft == m_draft && row == m_row && (m_isWhole || m_map.complete) &&
           std::equal(attachments.begin(), attachments.end(), m_attachments.begin(), m_attachments.end(), same);
}

int ContextCounter::attachmentTokens(qint64 id) const
{
    const auto found = m_counts.constFind({id, int(ContextText::Attachment)});
    return found == m_counts.constEnd() ? -1 : found->tokens;
}

const AttachmentRecord *ContextCounter::attachment(qint64 id) const
{
    for (const AttachmentRecord &one : m_attachments)
        if (one.id == id)
            return &one;
    if (!m_session)
        return nullptr;
    const MessageListModel &messages = *m_session->messages();
    for (int row = 0; row < messages.rowCount(); ++row)
        for (const AttachmentRecord &one : messages.message(row).attachments)
            if (one.id == id)
                return &one;
    return nullptr;
}

QString ContextCounter::nameOf(const ContextPart &part) const
{
    if (part.attachmentId != 0) {
        const AttachmentRecord *file = attachment(part.attachmentId);
        return file ? file->name : QString();
    }
    if (!m_session || !m_session->messages()->tree().contains(part.messageId))
        return QString();
    const MessageRecord &message = m_session->messages()->tree().at(part.messageId);
    return titleFrom(part.isSummary ? message.summary : message.content);
}

// A message's texts only ever grow, but for its summary: the length tells whether a count still holds.
int ContextCounter::tokensOf(const MessageRecord &message, ContextText which)
{
    const QString &text = which == ContextText::Reasoning ? message.reasoning : message.content;
    if (which != ContextText::Summary && text.isEmpty())
        return 0;
    const size_t mark = which == ContextText::Summary ? qHash(message.summary) : size_t(text.size());
    const auto found = m_counts.constFind({message.id, int(which)});
    if (found != m_counts.constEnd() && found->mark == mark)
        return found->tokens;
    m_uncounted.append({message.id, which});
    return 0;
}

// Their text never changes.
int ContextCounter::tokensOf(const AttachmentRecord &attachment)
{
    const int tokens = attachmentTokens(attachment.id);
    if (tokens < 0)
        m_uncounted.append({attachment.id, ContextText::Attachment});
    return std::max(0, tokens);
}

void ContextCounter::addFile(ContextMap &map, const AttachmentRecord &attachment, qint64 message, Sight sight)
{
    ContextPart part;
    part.kind = attachment.pinned ? ContextPart::Kind::Pinned : ContextPart::Kind::Files;
    part.messageId = message;
    part.attachmentId = attachment.id;
    part.sight = attachment.leftOut                                ? Sight::LeftOut
                 : sight == Sight::Summarised && attachment.pinned ? Sight::Seen
                                                                   : sight;
    part.tokens = tokensOf(attachment);
    map.parts << part;
}

void ContextCounter::count(const QString &draft, const QVector<AttachmentRecord> &attachments, int row)
{
    const auto model = m_service.model();
    if (!model || !m_session) {
        m_base = m_total = -1;
        m_baseExact = m_totalExact = false;
        m_map = {};
        Q_EMIT changed();
        return;
    }
    const QString name = QString::fromStdString(model->fingerprint) + QString::fromStdString(model->path.string());
    if (name != m_model) {
        m_model = name;
        m_counts.clear();
        m_base = m_total = -1;
        inference::GenerationRequest empty;
        empty.input = inference::RawInput{std::string(), false};
        m_service.countTokens(std::move(empty), &m_emptyJob, [this](int tokens) { m_emptyTokens = std::max(0, tokens); });
    }
    m_draft = draft;
    m_attachments = attachments;
    m_isWhole = lengthOf(attachments) <= kCountedWhole;
    m_row = row;
    m_baseExact = m_totalExact = false;
    m_service.countTokens(m_session->draftRequest(QString(), {}, row), &m_baseJob, [this](int tokens) {
        // Without a message before it there is no prompt that could be counted: all there is, is the draft's.
        m_base = tokens < 0 && (m_row == 0 || (m_session && m_session->messages()->rowCount() == 0)) ? 0 : tokens;
        m_baseExact = true;
        makeMap();
    });
    if (draft.trimmed().isEmpty() && attachments.isEmpty()) {
        m_total = -1;
        m_totalExact = true;
    } else {
        // Without a word there would be no message that the marks of a turn stand around.
        const QString words = m_isWhole || !draft.trimmed().isEmpty() ? draft : QStringLiteral(".");
        m_service.countTokens(m_session->draftRequest(words, m_isWhole ? attachments : QVector<AttachmentRecord>(), row), &m_totalJob, [this](int tokens) {
            m_total = tokens;
            m_totalExact = true;
            makeMap();
        });
    }
    makeMap();
}

// One text after the other: a long conversation keeps no worker from the draft that is being typed.
void ContextCounter::countParts()
{
    if (m_counting || m_uncounted.isEmpty() || !m_service.model() || !m_session)
        return;
    const auto [id, which] = m_uncounted.takeLast();
    QString text;
    size_t mark = 0;
    if (which == ContextText::Attachment) {
        if (const AttachmentRecord *file = attachment(id))
            text = attachmentBlock(*file);
    } else if (m_session->messages()->tree().contains(id)) {
        const MessageRecord &message = m_session->messages()->tree().at(id);
        text = textOf(message, which);
        mark = which == ContextText::Summary ? qHash(message.summary) : size_t(text.size());
    }
    if (text.isEmpty()) { // it is gone
        countParts();
        return;
    }
    inference::GenerationRequest request;
    request.input = inference::RawInput{text.toStdString(), false};
    m_counting = true;
    m_service.countTokens(std::move(request), &m_partJob, [=, this, id = id, which = which, model = m_model](int tokens) {
        m_counting = false;
        if (model == m_model && tokens >= 0)
            m_counts.insert({id, int(which)}, {mark, std::max(0, tokens - m_emptyTokens)});
        if (m_uncounted.isEmpty())
            makeMap();
        else
            countParts();
    });
}

void ContextCounter::makeMap()
{
    const auto model = m_service.model();
    if (!model || !m_session)
        return;
    using Kind = ContextPart::Kind;
    ContextMap map;
    map.limit = int(model->contextLength);
    map.kept = keptForAnswer(m_settings, map.limit);
    m_uncounted.clear();
    const bool blank = m_draft.trimmed().isEmpty() && m_attachments.isEmpty();
    for (const AttachmentRecord &file : std::as_const(m_attachments))
        map.draftFiles += file.leftOut ? 0 : tokensOf(file);
    const int total = m_total < 0 ? -1 : m_total + (m_isWhole ? 0 : map.draftFiles);
    map.used = blank ? m_base : total >= 0 ? total : m_base;
    map.draft = blank || total < 0 || m_base < 0 ? 0 : std::max(0, total - m_base);
    map.draftFiles = std::min(map.draftFiles, map.draft);
    const MessageListModel &messages = *m_session->messages();
    ContextPart instructions;
    instructions.kind = Kind::Instructions;
    map.parts << instructions;
    const int running = m_session->answerRow();
    int summary = -1; // of `map.parts`
    for (const ContextTurn &turn : messages.turns()) {
        if (m_row >= 0 && turn.first >= m_row)
            break;
        if (turn.summary >= 0) {
            ContextPart part;
            part.isSummary = true;
            part.messageId = messages.message(turn.summary).id;
            part.turns = 0;
            part.tokens = tokensOf(messages.message(turn.summary), ContextText::Summary);
            summary = int(map.parts.size());
            map.parts << part;
        }
        if (turn.sight == Sight::Summarised && summary >= 0)
            ++map.parts[summary].turns;
        ContextPart part;
        part.kind = turn.pinned ? Kind::Pinned : Kind::Conversation;
        part.messageId = messages.message(messages.questionRow(turn)).id;
        part.sight = turn.sight;
        for (int row = turn.first; row < turn.first + turn.count; ++row) {
            if (row == running) // is counted when it is whole
                continue;
            part.tokens += tokensOf(messages.message(row), ContextText::Content);
            map.reasoning += tokensOf(messages.message(row), ContextText::Reasoning);
        }
        map.parts << part;
        for (int row = turn.first; row < turn.first + turn.count; ++row)
            for (const AttachmentRecord &file : messages.message(row).attachments)
                addFile(map, file, part.messageId, turn.sight);
    }
    for (const AttachmentRecord &file : std::as_const(m_attachments))
        addFile(map, file, 0, Sight::Seen);
    map.complete = m_uncounted.isEmpty() && map.used >= 0;
    m_map = map;
    countParts();
    Q_EMIT changed();
}

} // namespace app
