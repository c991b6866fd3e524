#include "app/attachments/attachment_intake.h"

#include "app/chat/chat_records.h"

#include <QFileInfo>

#include <algorithm>

namespace app {

namespace {

auto withId(QVector<IncomingAttachment> &incoming, qint64 id)
{
    return std::find_if(incoming.begin(), incoming.end(), [id](const IncomingAttachment &one) { return one.id == id; });
}

} // namespace

AttachmentIntake::AttachmentIntake(AttachmentReader &reader, QObject *parent) : QObject(parent), m_reader(reader) {}

bool AttachmentIntake::isReading() const
{
    return std::any_of(m_incoming.begin(), m_incoming.end(), [](const IncomingAttachment &one) { return one.isReading(); });
}

void AttachmentIntake::addFiles(const QStringList &paths)
{
    if (paths.isEmpty())
        return;
    for (const QString &path : paths.mid(0, kMostFilesAtOnce)) {
        const IncomingAttachment one{newRecordId(), QFileInfo(path).fileName(), path, {}, false};
        m_incoming << one;
        start(one.id, path);
    }
    if (const qsizetype more = paths.size() - kMostFilesAtOnce; more > 0)
        m_incoming << IncomingAttachment{newRecordId(), QString(), QString(),
                                         tr("%1 of the files were not attached: %2 at once is the most.").arg(more).arg(kMostFilesAtOnce), false};
    Q_EMIT changed();
}

void AttachmentIntake::addText(const QString &text, const QString &name)
{
    const qint64 id = newRecordId();
    m_incoming << IncomingAttachment{id, name, {}, {}, false};
    m_reader.takeText(text, name, this, [this, id](const ReadAttachment &result) { finish(id, result); });
    Q_EMIT changed();
}

void AttachmentIntake::refuse(const QString &sentence)
{
    m_incoming << IncomingAttachment{newRecordId(), {}, {}, sentence, false};
    Q_EMIT changed();
}

void AttachmentIntake::start(qint64 id, const QString &path)
{
    m_reader.readFile(path, this, [this, id](const ReadAttachment &result) { finish(id, result); });
}

void AttachmentIntake::finish(qint64 id, const ReadAttachment &result)
{
    const auto found = withId(m_incoming, id);
    if (found == m_incoming.end()) // removed meanwhile
        return;
    if (result.problem.isEmpty()) {
        m_incoming.erase(found);
        Q_EMIT read(result.attachment);
    } else {
        found->problem = result.problem;
        found->canRetry = result.canRetry && !found->path.isEmpty();
    }
    Q_EMIT changed();
}

void AttachmentIntake::retry(qint64 id)
{
    const auto found = withId(m_incoming, id);
    if (found == m_incoming.end() || found->isReading() || found->path.isEmpty())
        return;
    found->problem.clear();
    start(id, found->path);
    Q_EMIT changed();
}

void AttachmentIntake::remove(qint64 id)
{
    const auto found = withId(m_incoming, id);
    if (found == m_incoming.end())
        return;
    m_incoming.erase(found);
    Q_EMIT changed();
}

} // namespace app
