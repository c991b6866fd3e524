// A regular file mapped read-only, which stays readable when another process cuts it short.
#pragma once

#include "inference/result.h"

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>

namespace inference {

// Reading a mapping behind the end of its file raises SIGBUS. The first open() installs a process-wide
// handler: a fault inside one of our mappings puts zeros in place of what is gone, sets the mapping's
// changedOnDisk() and goes on; any other fault goes to the handler that was there before. Works on every
// thread.
//
// Immutable and thread-safe after open(). Movable; the bytes stay where they are.
class MappedFile
{
public:
    // Maps a file whole. Never blocks: folders, pipes, sockets and devices are refused. Fails with NotFound,
    // Io, Unsupported (not a regular file) or Incomplete (empty).
    static Result<MappedFile> open(const std::filesystem::path &path);
    // Bytes of the caller, who keeps them valid: for tests and for files that were unpacked in memory.
    static MappedFile view(std::span<const std::byte> bytes);

    MappedFile(MappedFile &&other) noexcept;
    MappedFile &operator=(MappedFile &&other) noexcept;
    ~MappedFile();

    std::span<const std::byte> bytes() const { return m_bytes; }

    // True once a read met a part of the file that is no longer there. Cheap; what was read since may be
    // zeros.
    bool changedOnDisk() const;
    // Asks the file system: true when the file's size or time of change is another one than at open(), too.
    bool differsFromOpened() const;
    // Nanoseconds since 1970 at which the file was changed last, as of open(). 0 for a view.
    std::int64_t changedAt() const { return m_changeSeconds * 1'000'000'000 + m_changeNanoseconds; }

private:
    struct Mapping; // known to the signal handler; never freed, used again
    MappedFile() = default;

    std::span<const std::byte> m_bytes;
    Mapping *m_mapping = nullptr; // none for a view
    int m_descriptor = -1;
    std::int64_t m_changeSeconds = 0, m_changeNanoseconds = 0;
};

} // namespace inference
