// Files and long pastes on their way into one draft: being read, or refused with a sentence.
#pragma once

#include "app/attachments/attachment_reader.h"

#include <QObject>
#include <QStringList>

namespace app {

struct IncomingAttachment
{
    qint64 id = 0;
    QString name, path; // path: empty of a paste
    QString problem;    // a sentence; empty: it is being read
    bool canRetry = false;
    bool isReading() const { return problem.isEmpty(); }
};

inline constexpr qsizetype kMostFilesAtOnce = 50;

// GUI thread. The reader outlives it.
class AttachmentIntake : public QObject
{
    Q_OBJECT

public:
    explicit AttachmentIntake(AttachmentReader &reader, QObject *parent = nullptr);

    void addFiles(const QStringList &paths); // the first 50; the others are named as refused
    void addText(const QString &text, const QString &name);
    void refuse(const QString &sentence); // what is no file: a picture that was pasted
    void retry(qint64 id);
    void remove(qint64 id); // also while it is read
    const QVector<IncomingAttachment> &incoming() const { return m_incoming; }
    bool isReading() const;

Q_SIGNALS:
    void changed();
    void read(const app::AttachmentRecord &attachment); // it is not incoming any more
private:
    void start(qint64 id, const QString &path);
    void finish(qint64 id, const ReadAttachment &result);

    AttachmentReader &m_reader;
    QVector<IncomingAttachment> m_incoming;
};

} // namespace app
