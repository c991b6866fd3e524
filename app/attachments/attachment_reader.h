// From files and long pastes to attachments: read beside the window, foreign formats in a process of their own.
#pragma once

#include "app/attachments/attachment_record.h"
#include "app/attachments/reader_process.h"

#include <QObject>
#include <QThreadPool>

#include <atomic>
#include <functional>

namespace app {

struct ReadAttachment
{
    AttachmentRecord attachment; // without ids; empty where it was refused
    QString problem;             // a sentence; empty: it was read
    bool canRetry = false;       // it may go well another time
};

// Called and calls back in the GUI thread; a callback whose context is gone is dropped. Nothing blocks.
class AttachmentReader : public QObject
{
    Q_OBJECT

public:
    explicit AttachmentReader(QObject *parent = nullptr);
    // Ends what is being read.
    ~AttachmentReader() override;

    using Done = std::function<void(const ReadAttachment &)>;
    void readFile(const QString &path, QObject *context, Done done);
    // A paste becomes an attachment of this name.
    void takeText(const QString &text, const QString &name, QObject *context, Done done);

    // For tests.
    void setProgram(const QString &program) { m_program = program; }
    void setLimits(const ReaderLimits &limits) { m_limits = limits; }

private:
    void run(QObject *context, Done done, std::function<ReadAttachment()> work);

    QThreadPool m_workers;
    std::atomic<bool> m_stop{false};
    QString m_program;
    ReaderLimits m_limits;
};

// What the outcome of a reader means: the attachment, or a sentence. Any thread.
ReadAttachment attachmentOf(const ReaderOutcome &outcome, const QString &path);

} // namespace app
