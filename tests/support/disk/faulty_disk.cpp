#include "tests/support/disk/faulty_disk.h"

#include <QDir>
#include <QFile>
#include <QRandomGenerator>

#include <dlfcn.h>
#include <sys/sendfile.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <deque>
#include <map>
#include <mutex>

namespace test {

namespace {

struct Disk
{
    std::mutex mutex;
    bool active = false, recording = false;
    std::string folder; // with a slash at its end
    DiskFault fault = DiskFault::None;
    int at = 0, count = 0;
    bool happened = false;
    std::vector<DiskEvent> events;
};

Disk &disk()
{
    static auto *const one = new Disk; // files may be written until the very end
    return *one;
}

bool endsWith(const std::string &text, std::string_view end)
{
    return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

// Empty: not below the folder.
std::string watched(const std::string &path)
{
    return path.compare(0, disk().folder.size(), disk().folder) == 0 ? path : std::string();
}

std::string pathOf(int file)
{
    if (!disk().active)
        return {};
    char link[64], name[4096];
    std::snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    const ssize_t size = readlink(link, name, sizeof name);
    return size <= 0 ? std::string() : watched(std::string(name, std::size_t(size)));
}

[[noreturn]] void die()
{
    kill(getpid(), SIGKILL);
    for (;;)
        pause();
}

// What is to be done about an operation: it goes on, fails with this errno, or half of it is done.
struct Verdict
{
    int error = 0;
    bool half = false;
};

Verdict judge(DiskEvent::Kind kind, const std::string &path)
{
    Disk &d = disk();
    const bool sharedMemory = endsWith(path, "-shm");
    const bool writes = kind == DiskEvent::Kind::Write || kind == DiskEvent::Kind::Truncate;
    if (!sharedMemory)
        ++d.count;
    if (d.fault == DiskFault::None || d.count < d.at)
        return {};
    switch (d.fault) {
    case DiskFault::Kill:
        if (!sharedMemory)
            die();
        return {};
    case DiskFault::ShortWrite:
        return {0, kind == DiskEvent::Kind::Write && !sharedMemory};
    case DiskFault::Full:
        d.happened = d.happened || writes;
        return {writes ? ENOSPC : 0};
    case DiskFault::ShortThenFull:
        if (!writes)
            return {};
        if (!d.happened && kind == DiskEvent::Kind::Write) {
            d.happened = true;
            return {0, true};
        }
        return {ENOSPC};
    case DiskFault::IoError:
        if (sharedMemory)
            return {};
        d.happened = true;
        d.fault = DiskFault::None;
        return {EIO};
    case DiskFault::FailedSync:
        if (kind != DiskEvent::Kind::Sync)
            return {};
        d.happened = true;
        d.fault = DiskFault::None;
        return {EIO};
    case DiskFault::None:
        break;
    }
    return {};
}

void note(DiskEvent event)
{
    if (disk().recording && !endsWith(event.path, "-shm"))
        disk().events.push_back(std::move(event));
}

template <class Function> Function next(const char *name)
{
    return reinterpret_cast<Function>(dlsym(RTLD_NEXT, name));
}

ssize_t realWrite(int file, const void *bytes, std::size_t size)
{
    static const auto call = next<ssize_t (*)(int, const void *, std::size_t)>("write");
    return call(file, bytes, size);
}

ssize_t realWriteAt(int file, const void *bytes, std::size_t size, off_t offset)
{
    static const auto call = next<ssize_t (*)(int, const void *, std::size_t, off_t)>("pwrite64");
    return call(file, bytes, size, offset);
}

// `write` does it from the current place, where offset is negative.
ssize_t writeOrFail(int file, const void *bytes, std::size_t size, off_t offset)
{
    const auto doIt = [&](std::size_t part) {
        return offset < 0 ? realWrite(file, bytes, part) : realWriteAt(file, bytes, part, offset);
    };
    const std::string path = pathOf(file);
    if (path.empty())
        return doIt(size);
    const std::lock_guard lock(disk().mutex);
    const Verdict verdict = judge(DiskEvent::Kind::Write, path);
    if (verdict.error) {
        errno = verdict.error;
        return -1;
    }
    const off_t place = offset < 0 ? lseek(file, 0, SEEK_CUR) : offset;
    const ssize_t written = doIt(verdict.half ? size / 2 : size);
    if (verdict.half && disk().fault == DiskFault::ShortWrite)
        die();
    if (written > 0)
        note({DiskEvent::Kind::Write, path, {}, place, QByteArray(static_cast<const char *>(bytes), written)});
    return written;
}

int syncOrFail(int file, const char *name)
{
    const std::string path = pathOf(file);
    if (path.empty()) {
        return disk().active ? 0 : next<int (*)(int)>(name)(file); // folders, too: see writeAfterPowerCut()
    }
    const std::lock_guard lock(disk().mutex);
    const Verdict verdict = judge(DiskEvent::Kind::Sync, path);
    note({verdict.error ? DiskEvent::Kind::FailedSync : DiskEvent::Kind::Sync, path, {}, 0, {}});
    if (verdict.error) {
        errno = verdict.error;
        return -1;
    }
    return 0;
}

int cutOrFail(int file, off_t size)
{
    static const auto call = next<int (*)(int, off_t)>("ftruncate64");
    const std::string path = pathOf(file);
    if (path.empty())
        return call(file, size);
    const std::lock_guard lock(disk().mutex);
    if (const Verdict verdict = judge(DiskEvent::Kind::Truncate, path); verdict.error) {
        errno = verdict.error;
        return -1;
    }
    const int done = call(file, size);
    if (done == 0)
        note({DiskEvent::Kind::Truncate, path, {}, size, {}});
    return done;
}

// Of a name; `call` does it.
template <class Call> int nameOrFail(DiskEvent::Kind kind, const char *path, const char *target, Call call)
{
    if (!disk().active || watched(path).empty())
        return call();
    const std::lock_guard lock(disk().mutex);
    if (const Verdict verdict = judge(kind, path); verdict.error) {
        errno = verdict.error;
        return -1;
    }
    const int done = call();
    if (done == 0)
        note({kind, path, target, 0, {}});
    return done;
}

} // namespace

FaultyDisk::FaultyDisk(const QString &folder)
{
    const std::lock_guard lock(disk().mutex);
    disk().folder = QDir(folder).canonicalPath().toStdString() + '/';
    disk().count = 0;
    disk().active = true;
}

FaultyDisk::~FaultyDisk()
{
    const std::lock_guard lock(disk().mutex);
    disk().active = disk().recording = false;
    disk().fault = DiskFault::None;
    disk().events.clear();
}

void FaultyDisk::plan(DiskFault fault, int at)
{
    const std::lock_guard lock(disk().mutex);
    disk().fault = fault;
    disk().at = disk().count + at;
    disk().happened = false;
}

void FaultyDisk::heal()
{
    const std::lock_guard lock(disk().mutex);
    disk().fault = DiskFault::None;
}

int FaultyDisk::operations() const
{
    const std::lock_guard lock(disk().mutex);
    return disk().count;
}

bool FaultyDisk::happened() const
{
    const std::lock_guard lock(disk().mutex);
    return disk().happened;
}

void FaultyDisk::record()
{
    const std::lock_guard lock(disk().mutex);
    disk().recording = true;
    disk().events.clear();
}

void FaultyDisk::mark(std::int64_t value)
{
    const std::lock_guard lock(disk().mutex);
    note({DiskEvent::Kind::Mark, {}, {}, value, {}});
}

std::vector<DiskEvent> FaultyDisk::takeEvents()
{
    const std::lock_guard lock(disk().mutex);
    disk().recording = false;
    return std::exchange(disk().events, {});
}

namespace {

struct Contents
{
    QByteArray durable;
    std::vector<const DiskEvent *> pending; // in order
    std::size_t hopeless = 0;               // so many of them were to be synced by a sync that failed
};

void put(QByteArray &bytes, qint64 offset, const QByteArray &part)
{
    if (bytes.size() < offset + part.size())
        bytes.append(offset + part.size() - bytes.size(), '\0');
    bytes.replace(qsizetype(offset), part.size(), part);
}

void carryOut(QByteArray &bytes, const DiskEvent &event)
{
    if (event.kind == DiskEvent::Kind::Write)
        put(bytes, event.offset, event.bytes);
    else if (event.offset < bytes.size())
        bytes.truncate(qsizetype(event.offset));
    else
        bytes.append(qsizetype(event.offset) - bytes.size(), '\0');
}

bool overwrites(const DiskEvent &later, const DiskEvent &write)
{
    if (later.kind == DiskEvent::Kind::Truncate)
        return later.offset <= write.offset;
    return write.kind == DiskEvent::Kind::Write && later.offset < write.offset + write.bytes.size() &&
           write.offset < later.offset + later.bytes.size();
}

using Names = std::map<std::string, int>;

void carryOut(Names &names, const DiskEvent &event)
{
    const auto found = names.find(event.path);
    if (event.kind == DiskEvent::Kind::Write) // of a file that was not there
        names[event.path] = int(event.offset);
    else if (found == names.end())
        return;
    else if (event.kind == DiskEvent::Kind::Rename)
        names[event.target] = found->second;
    if (event.kind != DiskEvent::Kind::Write)
        names.erase(event.path);
}

// Some of the writes that nobody waited for reached the disk, some in part.
void carryOutByChance(Contents &contents, QRandomGenerator &random)
{
    const quint32 likely = std::array<quint32, 4>{0, 30, 70, 100}[random.bounded(4)];
    for (const DiskEvent *event : contents.pending) {
        if (random.bounded(100u) >= likely)
            continue;
        if (event->kind != DiskEvent::Kind::Write || event->bytes.size() <= 512 || random.bounded(4u) != 0) {
            carryOut(contents.durable, *event);
            continue;
        }
        for (qsizetype sector = 0; sector < event->bytes.size(); sector += 512)
            if (random.bounded(2u))
                put(contents.durable, event->offset + sector, event->bytes.mid(sector, 512));
    }
}

} // namespace

void writeAfterPowerCut(const QString &before, const std::vector<DiskEvent> &events, std::size_t end, const QString &recordedIn,
                        const QString &folder, std::uint32_t seed)
{
    const std::string root = QDir(recordedIn).canonicalPath().toStdString() + '/';
    std::map<int, Contents> files;
    Names current, durable;              // what the program sees; what is sure
    std::vector<const DiskEvent *> moves; // names changed since the last sync
    int nextFile = 0;
    const QStringList subfolders{QString(), QStringLiteral("backups/")};
    for (const QString &sub : subfolders)
        for (const QString &name : QDir(before + QLatin1Char('/') + sub).entryList(QDir::Files)) {
            QFile file(before + QLatin1Char('/') + sub + name);
            if (name.endsWith(QLatin1String("-shm")) || !file.open(QIODevice::ReadOnly))
                continue;
            files[++nextFile].durable = file.readAll();
            current[root + (sub + name).toStdString()] = nextFile;
        }
    durable = current;

    const auto fileOf = [&](const DiskEvent &event) {
        const auto name = current.try_emplace(event.path, 0).first;
        if (name->second == 0)
            name->second = ++nextFile;
        return name->second;
    };
    std::deque<DiskEvent> creations; // keep their addresses
    for (std::size_t i = 0; i < end; ++i) {
        const DiskEvent &event = events[i];
        switch (event.kind) {
        case DiskEvent::Kind::Write:
        case DiskEvent::Kind::Truncate: {
            const bool isNew = current.find(event.path) == current.end();
            const int file = fileOf(event);
            if (isNew)
                moves.push_back(&creations.emplace_back(DiskEvent{DiskEvent::Kind::Write, event.path, {}, file, {}}));
            files[file].pending.push_back(&event);
            break;
        }
        case DiskEvent::Kind::Sync: {
            if (current.find(event.path) == current.end())
                break;
            Contents &contents = files[fileOf(event)];
            const std::vector<const DiskEvent *> synced(contents.pending.begin() + std::ptrdiff_t(contents.hopeless), contents.pending.end());
            contents.pending.resize(contents.hopeless);
            for (const DiskEvent *later : synced) {
                carryOut(contents.durable, *later);
                std::erase_if(contents.pending, [&](const DiskEvent *write) { return overwrites(*later, *write); });
            }
            contents.hopeless = contents.pending.size();
            for (const DiskEvent *move : moves)
                carryOut(durable, *move);
            moves.clear();
            break;
        }
        case DiskEvent::Kind::FailedSync:
            if (current.find(event.path) != current.end()) {
                // Sizes are the file system's own and get there; bytes that were written are what is given up.
                Contents &contents = files[fileOf(event)];
                std::vector<const DiskEvent *> writes;
                for (const DiskEvent *change : contents.pending) {
                    if (change->kind == DiskEvent::Kind::Write) {
                        writes.push_back(change);
                        continue;
                    }
                    carryOut(contents.durable, *change);
                    std::erase_if(writes, [&](const DiskEvent *write) { return overwrites(*change, *write); });
                }
                contents.pending = std::move(writes);
                contents.hopeless = contents.pending.size();
            }
            break;
        case DiskEvent::Kind::Rename:
        case DiskEvent::Kind::Remove:
            carryOut(current, event);
            moves.push_back(&event);
            break;
        case DiskEvent::Kind::Mark:
            break;
        }
    }

    QRandomGenerator random(seed);
    const std::size_t carried = moves.empty() ? 0 : random.bounded(quint32(moves.size() + 1));
    for (std::size_t i = 0; i < carried; ++i)
        carryOut(durable, *moves[i]);
    for (auto &[file, contents] : files)
        carryOutByChance(contents, random);
    for (const auto &[path, file] : durable) {
        const QString name = folder + QLatin1Char('/') + QString::fromStdString(path.substr(root.size()));
        QDir().mkpath(QFileInfo(name).path());
        QFile out(name);
        if (out.open(QIODevice::WriteOnly))
            out.write(files[file].durable);
    }
}

} // namespace test

// The system's calls. Each is the first of its name that the dynamic linker finds.
extern "C" {

ssize_t write(int file, const void *bytes, std::size_t size)
{
    return test::writeOrFail(file, bytes, size, -1);
}

ssize_t pwrite(int file, const void *bytes, std::size_t size, off_t offset)
{
    return test::writeOrFail(file, bytes, size, offset);
}

ssize_t pwrite64(int file, const void *bytes, std::size_t size, off64_t offset)
{
    return test::writeOrFail(file, bytes, size, offset);
}

int fsync(int file)
{
    return test::syncOrFail(file, "fsync");
}

int fdatasync(int file)
{
    return test::syncOrFail(file, "fdatasync");
}

int ftruncate(int file, off_t size) noexcept
{
    return test::cutOrFail(file, size);
}

int ftruncate64(int file, off64_t size) noexcept
{
    return test::cutOrFail(file, size);
}

int rename(const char *path, const char *target) noexcept
{
    static const auto call = test::next<int (*)(const char *, const char *)>("rename");
    return test::nameOrFail(test::DiskEvent::Kind::Rename, path, target, [&] { return call(path, target); });
}

int renameat2(int from, const char *path, int to, const char *target, unsigned flags) noexcept
{
    static const auto call = test::next<int (*)(int, const char *, int, const char *, unsigned)>("renameat2");
    return test::nameOrFail(test::DiskEvent::Kind::Rename, path, target, [&] { return call(from, path, to, target, flags); });
}

int unlink(const char *path) noexcept
{
    static const auto call = test::next<int (*)(const char *)>("unlink");
    return test::nameOrFail(test::DiskEvent::Kind::Remove, path, "", [&] { return call(path); });
}

// Qt copies with it where it can, and by itself where it cannot: what is copied is then seen above.
ssize_t sendfile64(int to, int from, off64_t *offset, std::size_t size) noexcept
{
    static const auto call = test::next<ssize_t (*)(int, int, off64_t *, std::size_t)>("sendfile64");
    if (!test::pathOf(to).empty()) {
        errno = EINVAL;
        return -1;
    }
    return call(to, from, offset, size);
}
}
