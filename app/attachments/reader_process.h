// Runs baleen-reader on one file and collects what it writes, within limits. Blocks: for a worker thread.
#pragma once

#include <QByteArray>
#include <QString>

#include <atomic>

namespace app {

struct ReaderLimits
{
    int seconds = 30;                       // by the clock
    qsizetype bytes = qsizetype(50) << 20;  // of output
};

struct ReaderOutcome
{
    enum class End {
        Exited,     // see exitCode
        Signal,     // see signal
        TimedOut,   // and killed
        TooMuch,    // output, and killed
        Stopped,    // because the program ends
        NotStarted, // see errors
        CannotOpen, // the file; see errors
        NoFile,     // a folder, a pipe, a device
        TooLarge    // the file
    };
    End end = End::NotStarted;
    int exitCode = 0, signal = 0;
    QByteArray output; // as read so far
    QString errors;    // its first words on standard error, or the system's reason
    qint64 bytes = 0;  // of the file
};

// Where the reader lies: beside this program, or where it is installed.
QString readerProgram();

ReaderOutcome runReader(const QString &program, const QString &file, const ReaderLimits &limits, const std::atomic<bool> &stop);

} // namespace app
