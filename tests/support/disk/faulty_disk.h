// A disk that fails where a test says: linked into a test program, it stands between the program (SQLite and Qt included) and the
// system's calls that write, sync, cut, rename and remove files.
#pragma once

#include <QByteArray>
#include <QString>

#include <cstdint>
#include <string>
#include <vector>

namespace test {

enum class DiskFault {
    None,
    Kill,          // the process dies before the operation
    ShortWrite,    // of the next write only the first half is done, then the process dies
    Full,          // writes fail with ENOSPC from there on, until heal()
    ShortThenFull, // the same, and the first of them writes half
    IoError,       // the operation fails with EIO, once
    FailedSync     // the next sync fails with EIO, once; what it was to bring to the disk never gets there by a later one
};

// One operation that was done, for looking at what a power cut would leave.
struct DiskEvent
{
    enum class Kind { Write, Sync, FailedSync, Truncate, Rename, Remove, Mark };
    Kind kind = Kind::Mark;
    std::string path, target;
    std::int64_t offset = 0; // of a Write; size of a Truncate; value of a Mark
    QByteArray bytes;
};

// One at a time. Counts what is done to files below the folder; SQLite's shared memory (-shm) is not counted, as the contents do not
// matter after a crash. Nothing is really synced: a process that dies leaves its files as they are, and tests are fast. Thread-safe.
class FaultyDisk
{
public:
    explicit FaultyDisk(const QString &folder);
    ~FaultyDisk();
    FaultyDisk(const FaultyDisk &) = delete;
    FaultyDisk &operator=(const FaultyDisk &) = delete;

    void plan(DiskFault fault, int at); // the at-th operation from now, 1 being the next
    void heal();
    int operations() const;
    bool happened() const; // the planned fault has
    void record();         // from now on
    void mark(std::int64_t value);
    std::vector<DiskEvent> takeEvents();
};

// The files that a power cut leaves, written below `folder`: what was synced is there; of what was not, each write by chance, maybe
// in parts of 512 bytes; names are changed in order, up to some moment after the last sync. `before` has the files at the beginning
// of the record. Events up to `end` have happened.
void writeAfterPowerCut(const QString &before, const std::vector<DiskEvent> &events, std::size_t end, const QString &recordedIn,
                        const QString &folder, std::uint32_t seed);

} // namespace test
