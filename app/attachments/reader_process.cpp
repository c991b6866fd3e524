#include "app/attachments/reader_process.h"

#include "app/attachments/reader/reading.h"

#include <QCoreApplication>
#include <QDeadlineTimer>
#include <QFile>
#include <QFileInfo>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

namespace app {

namespace {

constexpr int kTickMs = 100; // how soon a stop is seen
constexpr qsizetype kMostErrors = 4096;

class Descriptor
{
public:
    explicit Descriptor(int number = -1) : m_number(number) {}
    ~Descriptor() { reset(); }
    Descriptor(const Descriptor &) = delete;
    Descriptor &operator=(const Descriptor &) = delete;
    int get() const { return m_number; }
    void reset(int number = -1)
    {
        if (m_number >= 0)
            close(m_number);
        m_number = number;
    }

private:
    int m_number;
};

QString systemWords(int error)
{
    return QString::fromLocal8Bit(std::strerror(error));
}

// 0, or what failed. In place of fork(), which copies the page tables of a process that has a model mapped.
int start(const QByteArray &program, int in, int out, int errors, pid_t &child)
{
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions, errors, STDERR_FILENO);
    posix_spawn_file_actions_addclosefrom_np(&actions, 3);
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    sigset_t none, defaults;
    sigemptyset(&none);
    sigemptyset(&defaults);
    sigaddset(&defaults, SIGPIPE);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &defaults);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    // Of the environment what finding programs and libraries needs.
    QByteArrayList words{"LC_ALL=C.UTF-8"};
    for (const char *name : {"PATH", "LD_LIBRARY_PATH"})
        if (qEnvironmentVariableIsSet(name))
            words << name + QByteArray("=") + qgetenv(name);
    std::vector<char *> environment;
    for (QByteArray &word : words)
        environment.push_back(word.data());
    environment.push_back(nullptr);
    std::array<char *, 2> arguments{const_cast<char *>(program.constData()), nullptr};
    const int failed = posix_spawn(&child, program.constData(), &actions, &attributes, arguments.data(), environment.data());
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return failed;
}

// False: the other end is closed.
bool take(int from, QByteArray &into)
{
    char piece[65536];
    const ssize_t got = read(from, piece, sizeof piece);
    if (got > 0)
        into.append(piece, qsizetype(got));
    return got > 0 || (got < 0 && (errno == EINTR || errno == EAGAIN));
}

} // namespace

QString readerProgram()
{
    const QString here = QCoreApplication::applicationDirPath();
    for (const char *place : {"/baleen-reader", "/../libexec/baleen/baleen-reader", "/../lib/baleen/baleen-reader", "/../bin/baleen-reader"})
        if (const QFileInfo found(here + QLatin1String(place)); found.isExecutable())
            return found.canonicalFilePath();
    return here + QStringLiteral("/baleen-reader");
}

ReaderOutcome runReader(const QString &program, const QString &path, const ReaderLimits &limits, const std::atomic<bool> &stop)
{
    using End = ReaderOutcome::End;
    ReaderOutcome outcome;
    // A pipe would wait for its other end.
    const Descriptor file(open(QFile::encodeName(path).constData(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    struct stat about = {};
    if (file.get() < 0 || fstat(file.get(), &about) != 0) {
        outcome.end = End::CannotOpen;
        outcome.errors = systemWords(errno);
        return outcome;
    }
    outcome.bytes = qint64(about.st_size);
    if (!S_ISREG(about.st_mode)) {
        outcome.end = End::NoFile;
        return outcome;
    }
    if (about.st_size > reader::kLargestFile) {
        outcome.end = End::TooLarge;
        return outcome;
    }
    int out[2], errors[2];
    if (pipe2(out, O_CLOEXEC) != 0) {
        outcome.errors = systemWords(errno);
        return outcome;
    }
    Descriptor outRead(out[0]), outWrite(out[1]);
    if (pipe2(errors, O_CLOEXEC) != 0) {
        outcome.errors = systemWords(errno);
        return outcome;
    }
    Descriptor errorsRead(errors[0]), errorsWrite(errors[1]);
    pid_t child = 0;
    if (const int failed = start(QFile::encodeName(program), file.get(), outWrite.get(), errorsWrite.get(), child); failed != 0) {
        outcome.errors = systemWords(failed);
        return outcome;
    }
    outWrite.reset();
    errorsWrite.reset();

    outcome.end = End::Exited;
    QByteArray words;
    const QDeadlineTimer deadline(qint64(limits.seconds) * 1000);
    std::array<pollfd, 2> ends{pollfd{outRead.get(), POLLIN, 0}, pollfd{errorsRead.get(), POLLIN, 0}};
    while (ends[0].fd >= 0 || ends[1].fd >= 0) {
        poll(ends.data(), ends.size(), kTickMs);
        for (pollfd &one : ends) {
            const bool isOutput = &one == ends.data();
            if (one.fd >= 0 && one.revents != 0 && !take(one.fd, isOutput ? outcome.output : words))
                one.fd = -1;
        }
        words.truncate(kMostErrors);
        const End ended = outcome.output.size() > limits.bytes ? End::TooMuch : stop ? End::Stopped : deadline.hasExpired() ? End::TimedOut : End::Exited;
        if (ended != End::Exited) {
            outcome.end = ended;
            kill(child, SIGKILL);
            break;
        }
    }
    // It may have closed its ends and go on.
    int status = 0;
    while (waitpid(child, &status, outcome.end == End::Exited ? WNOHANG : 0) == 0) {
        if (deadline.hasExpired() || stop) {
            outcome.end = stop ? End::Stopped : End::TimedOut;
            kill(child, SIGKILL);
        } else {
            poll(nullptr, 0, 2);
        }
    }
    outcome.errors = QString::fromUtf8(words);
    if (outcome.end == End::Exited && WIFSIGNALED(status)) {
        outcome.end = End::Signal;
        outcome.signal = WTERMSIG(status);
    }
    outcome.exitCode = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    return outcome;
}

} // namespace app
