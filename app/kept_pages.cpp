#include "app/kept_pages.h"

#include "inference/kv_folder.h"

#include <QCoreApplication>
#include <QPointer>
#include <QThreadPool>
#include <QTimer>

namespace app {

namespace {

constexpr int kWrittenByThenMs = 2000; // what the engine had begun to write

} // namespace

KeptPages::KeptPages(QString folder, QObject *parent) : QObject(parent), m_folder(std::move(folder)) {}

void KeptPages::measure()
{
    look(false);
}

void KeptPages::empty()
{
    look(true);
    QTimer::singleShot(kWrittenByThenMs, this, [this] { look(true); });
}

void KeptPages::look(bool remove)
{
    const QPointer<KeptPages> guard(this);
    QThreadPool::globalInstance()->start([guard, remove, folder = m_folder.toStdString()] {
        const auto removed = remove ? inference::forgetAll(folder) : inference::Result<void>();
        const auto bytes = qint64(inference::kvFolderBytes(folder));
        // Through the application: the guard is only asked in its own thread.
        QMetaObject::invokeMethod(
            QCoreApplication::instance(),
            [guard, removed, bytes] {
                if (!guard)
                    return;
                guard->m_bytes = bytes;
                Q_EMIT guard->measured();
                if (guard && !removed)
                    Q_EMIT guard->failed(removed.error());
            },
            Qt::QueuedConnection);
    });
}

} // namespace app
