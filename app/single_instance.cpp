#include "app/single_instance.h"

#include <QCryptographicHash>
#include <QDir>
#include <QElapsedTimer>
#include <QFileInfo>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLocalSocket>
#include <QThread>
#include <QTimer>

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/un.h>
#include <unistd.h>

namespace app {

using inference::Error;
using inference::ErrorCode;
using inference::ErrorParts;
using inference::Result;

namespace {

constexpr qint64 kLongestMessage = 64 * 1024;
constexpr int kConnectionMs = 3000;
constexpr qsizetype kLongestToken = 1024; // letters
const char kTaken[] = "taken\n";

// In the folder; where that path is too long for a socket, under a name made from it in the folder of
// run-time files.
QString socketPath(const QString &folder)
{
    const QString path = folder + QStringLiteral("/baleen.socket");
    if (path.toLocal8Bit().size() < qsizetype(sizeof(sockaddr_un::sun_path)))
        return path;
    const QByteArray hash =
        QCryptographicHash::hash(folder.toUtf8(), QCryptographicHash::Sha256).toHex().left(24);
    const QString runtime = qEnvironmentVariable("XDG_RUNTIME_DIR", QDir::tempPath());
    return QStringLiteral("%1/baleen-%2.socket").arg(runtime, QString::fromLatin1(hash));
}

// True when the other instance has answered that it took the message.
bool handOver(const QString &folder, const Handover &handover, int timeoutMs)
{
    QLocalSocket socket;
    socket.connectToServer(socketPath(folder));
    if (!socket.waitForConnected(timeoutMs))
        return false;
    const QJsonObject message{{QStringLiteral("model"), handover.model},
                              {QStringLiteral("panel"), handover.panel},
                              {QStringLiteral("activationToken"), handover.activationToken}};
    socket.write(QJsonDocument(message).toJson(QJsonDocument::Compact) + '\n');
    QElapsedTimer timer;
    timer.start();
    while (!socket.canReadLine() && timer.elapsed() < timeoutMs)
        if (!socket.waitForReadyRead(int(timeoutMs - timer.elapsed())))
            break;
    return socket.readLine() == kTaken;
}

} // namespace

SingleInstance::SingleInstance(QObject *parent) : QObject(parent)
{
    qRegisterMetaType<app::Handover>();
    m_server.setSocketOptions(QLocalServer::UserAccessOption);
    connect(&m_server, &QLocalServer::newConnection, this, &SingleInstance::takeConnection);
}

SingleInstance::~SingleInstance()
{
    m_server.close();
    if (m_lock >= 0)
        ::close(m_lock);
}

bool SingleInstance::lock(const QString &path, int *systemError)
{
    *systemError = 0;
    if (m_lock < 0)
        m_lock = ::open(path.toLocal8Bit().constData(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (m_lock < 0) {
        *systemError = errno;
        return false;
    }
    int result = 0;
    do {
        result = ::flock(m_lock, LOCK_EX | LOCK_NB);
    } while (result != 0 && errno == EINTR);
    if (result == 0)
        return true;
    *systemError = errno == EWOULDBLOCK ? 0 : errno;
    return false;
}

Result<SingleInstance::Start> SingleInstance::start(const QString &folder, const Handover &handover,
                                                    int timeoutMs)
{
    const QString canonical = QFileInfo(folder).canonicalFilePath();
    if (canonical.isEmpty())
        return Error(ErrorCode::NotFound,
                     ErrorParts{.what = "The data folder is not there",
                                .where = folder.toStdString(),
                                .wayOut = "Make it, or choose another one with --data-dir."});
    const QString path = canonical + QStringLiteral("/baleen.lock");
    Handover absolute = handover;
    if (!absolute.model.isEmpty())
        absolute.model = QFileInfo(absolute.model).absoluteFilePath();
    QElapsedTimer timer;
    timer.start();
    // The other instance may be just starting (no socket yet) or just ending (no socket any more): both are
    // tried again.
    for (;;) {
        int systemError = 0;
        if (lock(path, &systemError)) {
            listen(canonical);
            return Start::First;
        }
        if (systemError != 0) {
            const bool readOnly = systemError == EROFS || systemError == EACCES || systemError == EPERM;
            return Error(readOnly ? ErrorCode::ReadOnly : ErrorCode::Io,
                         ErrorParts{.what = "The data folder cannot be locked",
                                    .where = path.toStdString(),
                                    .found = std::strerror(systemError),
                                    .wayOut = "Make it writable or choose another one with --data-dir."});
        }
        const int left = timeoutMs - int(timer.elapsed());
        if (left > 0 && handOver(canonical, absolute, left)) {
            ::close(std::exchange(m_lock, -1));
            return Start::HandedOver;
        }
        if (timer.elapsed() >= timeoutMs)
            break;
        QThread::msleep(20);
    }
    ::close(std::exchange(m_lock, -1));
    return Error(ErrorCode::Busy,
                 ErrorParts{.what = "Another Baleen uses this data folder and does not answer",
                            .where = canonical.toStdString(),
                            .wayOut = "Close it, or start with another folder (--data-dir)."});
}

void SingleInstance::listen(const QString &folder)
{
    const QString path = socketPath(folder);
    QLocalServer::removeServer(path); // of a process that is gone: the lock is ours
    if (!m_server.listen(path))
        qWarning("Later starts cannot hand over: %s", qPrintable(m_server.errorString()));
}

void SingleInstance::takeConnection()
{
    while (QLocalSocket *socket = m_server.nextPendingConnection()) {
        socket->setParent(this);
        connect(socket, &QLocalSocket::disconnected, socket, &QObject::deleteLater);
        QTimer::singleShot(kConnectionMs, socket, [socket] { socket->abort(); });
        const auto read = [this, socket] {
            if (!socket->canReadLine()) {
                if (socket->bytesAvailable() > kLongestMessage)
                    socket->abort();
                return;
            }
            const QJsonObject message = QJsonDocument::fromJson(socket->readLine(kLongestMessage)).object();
            socket->write(kTaken);
            socket->flush();
            socket->disconnectFromServer();
            Q_EMIT handedOver(Handover{message.value(QStringLiteral("model")).toString(),
                                       message.value(QStringLiteral("panel")).toString(),
                                       message.value(QStringLiteral("activationToken")).toString().left(kLongestToken)});
        };
        connect(socket, &QLocalSocket::readyRead, this, read);
        read();
    }
}

} // namespace app
