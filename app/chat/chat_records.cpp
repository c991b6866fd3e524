#include "app/chat/chat_records.h"

#include <QDateTime>

#include <atomic>
#include <chrono>

namespace app {

namespace {

std::atomic<qint64> lastId{0};

} // namespace

qint64 newRecordId()
{
    const qint64 now = std::chrono::duration_cast<std::chrono::microseconds>(
                           std::chrono::system_clock::now().time_since_epoch())
                           .count();
    qint64 last = lastId.load();
    qint64 id = 0;
    do {
        id = std::max(last + 1, now);
    } while (!lastId.compare_exchange_weak(last, id));
    return id;
}

void raiseRecordId(qint64 id)
{
    qint64 last = lastId.load();
    while (last < id && !lastId.compare_exchange_weak(last, id)) {
    }
}

qint64 nowMs()
{
    return QDateTime::currentMSecsSinceEpoch();
}

} // namespace app
