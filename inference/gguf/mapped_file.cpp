#include "inference/gguf/mapped_file.h"

#include "inference/gguf/wording.h"

#include <atomic>
#include <cerrno>
#include <csignal>
#include <mutex>
#include <string>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace inference {

// A node of the list that the signal handler walks. begin is 0 while the node is free.
struct MappedFile::Mapping
{
    std::atomic<std::uintptr_t> begin{0}, end{0};
    std::atomic<bool> faulted{false};
    Mapping *next = nullptr; // set before the node is published, never changed

    static std::atomic<Mapping *> s_first;
    static std::mutex s_mutex; // between threads that map and unmap; the handler takes no lock
    static std::uintptr_t s_pageSize;
    static struct sigaction s_previous;

    static void installHandler();
    static void onBusError(int signal, siginfo_t *info, void *context);
    static void callPrevious(int signal, siginfo_t *info, void *context);
    static bool replaceByZeros(void *at);
    static Mapping *enlist(std::span<const std::byte> bytes);
    static void delist(Mapping *mapping);
};

std::atomic<MappedFile::Mapping *> MappedFile::Mapping::s_first{nullptr};
std::mutex MappedFile::Mapping::s_mutex;
std::uintptr_t MappedFile::Mapping::s_pageSize = 0;
struct sigaction MappedFile::Mapping::s_previous = {};

// Async-signal-safe from here to callPrevious(): atomics and system calls only.
bool MappedFile::Mapping::replaceByZeros(void *at)
{
    const auto address = reinterpret_cast<std::uintptr_t>(at);
    for (Mapping *mapping = s_first.load(std::memory_order_acquire); mapping; mapping = mapping->next) {
        const std::uintptr_t begin = mapping->begin.load(std::memory_order_acquire);
        const std::uintptr_t end = mapping->end.load(std::memory_order_acquire);
        if (begin == 0 || address < begin || address >= end)
            continue;
        mapping->faulted.store(true, std::memory_order_release);
        // All up to the end of the mapping: what lies behind a missing page is missing too, and one zero
        // mapping cannot run into the limit of mappings that a page each would.
        const std::uintptr_t inPage = address & (s_pageSize - 1);
        void *zeros = mmap(static_cast<char *>(at) - inPage, end - address + inPage, PROT_READ,
                           MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_NORESERVE, -1, 0);
        return zeros != MAP_FAILED;
    }
    return false;
}

void MappedFile::Mapping::onBusError(int signal, siginfo_t *info, void *context)
{
    const int savedErrno = errno;
    const bool byFault = info->si_code > 0; // not sent by kill() or raise()
    if (!byFault || !replaceByZeros(info->si_addr))
        callPrevious(signal, info, context);
    errno = savedErrno;
}

void MappedFile::Mapping::callPrevious(int signal, siginfo_t *info, void *context)
{
    if (s_previous.sa_flags & SA_SIGINFO) {
        s_previous.sa_sigaction(signal, info, context);
    } else if (s_previous.sa_handler == SIG_DFL || (s_previous.sa_handler == SIG_IGN && info->si_code > 0)) {
        // As without us: the process ends, now or when the faulting instruction runs again.
        struct sigaction fallback = {};
        fallback.sa_handler = SIG_DFL;
        sigaction(signal, &fallback, nullptr);
        raise(signal);
    } else if (s_previous.sa_handler != SIG_IGN) {
        s_previous.sa_handler(signal);
    }
}

void MappedFile::Mapping::installHandler()
{
    static std::once_flag once;
    std::call_once(once, [] {
        s_pageSize = static_cast<std::uintptr_t>(sysconf(_SC_PAGESIZE));
        struct sigaction action = {};
        action.sa_sigaction = onBusError;
        action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESTART;
        sigemptyset(&action.sa_mask);
        sigaction(SIGBUS, nullptr, &s_previous); // before the handler can run
        sigaction(SIGBUS, &action, nullptr);
    });
}

MappedFile::Mapping *MappedFile::Mapping::enlist(std::span<const std::byte> bytes)
{
    installHandler();
    const std::scoped_lock lock(s_mutex);
    Mapping *mapping = s_first.load(std::memory_order_relaxed);
    while (mapping && mapping->begin.load(std::memory_order_relaxed) != 0)
        mapping = mapping->next;
    const bool isNew = !mapping;
    if (isNew)
        mapping = new Mapping;
    const auto begin = reinterpret_cast<std::uintptr_t>(bytes.data());
    const std::uintptr_t end = (begin + bytes.size() + s_pageSize - 1) & ~(s_pageSize - 1);
    mapping->faulted.store(false, std::memory_order_relaxed);
    mapping->end.store(end, std::memory_order_relaxed);
    mapping->begin.store(begin, std::memory_order_release);
    if (isNew) {
        mapping->next = s_first.load(std::memory_order_relaxed);
        s_first.store(mapping, std::memory_order_release);
    }
    return mapping;
}

void MappedFile::Mapping::delist(Mapping *mapping)
{
    const std::scoped_lock lock(s_mutex);
    mapping->begin.store(0, std::memory_order_release);
}

namespace {

Error systemError(int number, std::string_view what, const std::filesystem::path &path)
{
    const std::string where = pathText(path), reason = std::generic_category().message(number);
    switch (number) {
    case ENOENT:
    case ENOTDIR:
        return {ErrorCode::NotFound,
                {.what = "No such file",
                 .where = where,
                 .wayOut = "Check the name, or download the model again."}};
    case EACCES:
    case EPERM:
        return {ErrorCode::Io,
                {.what = "No permission to read the file",
                 .where = where,
                 .wayOut = "Change the file's permissions, or copy it to a folder of yours."}};
    case ELOOP:
        return {ErrorCode::Io,
                {.what = "The symbolic links lead in a circle",
                 .where = where,
                 .wayOut = "Open the file itself."}};
    case ENOMEM: // of addresses, not of memory: a limit (ulimit -v), or a file of terabytes
        return {ErrorCode::OutOfMemory,
                {.what = "There is no room for the file in this program's address space",
                 .where = where,
                 .wayOut = "Raise the limit that is set for it (ulimit -v), or choose a smaller model."}};
    default:
        return {ErrorCode::Io, {.what = what, .where = where, .found = reason}};
    }
}

std::string_view kindOfFile(mode_t mode)
{
    if (S_ISDIR(mode))
        return "a folder";
    if (S_ISFIFO(mode))
        return "a pipe";
    if (S_ISSOCK(mode))
        return "a socket";
    if (S_ISCHR(mode) || S_ISBLK(mode))
        return "a device";
    return "something else";
}

Error notRegular(mode_t mode, const std::filesystem::path &path)
{
    return {ErrorCode::Unsupported,
            {.what = S_ISDIR(mode) ? "A folder is no model file" : "Only a regular file can be opened",
             .where = pathText(path),
             .expected = "a file",
             .found = kindOfFile(mode),
             .wayOut = S_ISDIR(mode) ? "Choose the .gguf file in it." : "Choose a .gguf file."}};
}

} // namespace

Result<MappedFile> MappedFile::open(const std::filesystem::path &path)
{
    if (path.native().find('\0') != std::string::npos)
        return systemError(ENOENT, {}, path);
    struct stat status = {};
    MappedFile file;
    // Non-blocking: opening a pipe that nobody writes to would wait forever.
    file.m_descriptor = ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
    if (file.m_descriptor < 0) {
        const int number = errno;
        if (stat(path.c_str(), &status) == 0 && !S_ISREG(status.st_mode))
            return notRegular(status.st_mode, path);
        return systemError(number, "Cannot open the file", path);
    }
    if (fstat(file.m_descriptor, &status) != 0)
        return systemError(errno, "Cannot examine the file", path);
    if (!S_ISREG(status.st_mode))
        return notRegular(status.st_mode, path);
    if (status.st_size <= 0)
        return Error(ErrorCode::Incomplete,
                     {.what = "The file is empty", .where = pathText(path), .wayOut = "Download it again."});

    const auto size = static_cast<std::size_t>(status.st_size);
    void *address = mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file.m_descriptor, 0);
    if (address == MAP_FAILED)
        return systemError(errno, "Cannot map the file into memory", path);
    // File systems that can (ext4 from Linux 6.16 on, XFS) then read it into huge pages, which are mapped in no time.
    madvise(address, size, MADV_HUGEPAGE);
    file.m_bytes = {static_cast<const std::byte *>(address), size};
    file.m_mapping = Mapping::enlist(file.m_bytes);
    file.m_changeSeconds = status.st_mtim.tv_sec;
    file.m_changeNanoseconds = status.st_mtim.tv_nsec;
    return file;
}

MappedFile MappedFile::view(std::span<const std::byte> bytes)
{
    MappedFile file;
    file.m_bytes = bytes;
    return file;
}

MappedFile::MappedFile(MappedFile &&other) noexcept
    : m_bytes(std::exchange(other.m_bytes, {})), m_mapping(std::exchange(other.m_mapping, nullptr)),
      m_descriptor(std::exchange(other.m_descriptor, -1)), m_changeSeconds(other.m_changeSeconds),
      m_changeNanoseconds(other.m_changeNanoseconds)
{}

MappedFile &MappedFile::operator=(MappedFile &&other) noexcept
{
    std::swap(m_bytes, other.m_bytes);
    std::swap(m_mapping, other.m_mapping);
    std::swap(m_descriptor, other.m_descriptor);
    std::swap(m_changeSeconds, other.m_changeSeconds);
    std::swap(m_changeNanoseconds, other.m_changeNanoseconds);
    return *this;
}

MappedFile::~MappedFile()
{
    if (m_mapping) {
        Mapping::delist(m_mapping); // first: the addresses may belong to somebody else right after munmap
        munmap(const_cast<std::byte *>(m_bytes.data()), m_bytes.size());
    }
    if (m_descriptor >= 0)
        ::close(m_descriptor);
}

bool MappedFile::changedOnDisk() const
{
    return m_mapping && m_mapping->faulted.load(std::memory_order_acquire);
}

bool MappedFile::differsFromOpened() const
{
    if (m_descriptor < 0)
        return false;
    struct stat status = {};
    return changedOnDisk() || fstat(m_descriptor, &status) != 0 ||
           static_cast<std::uint64_t>(status.st_size) != m_bytes.size() ||
           status.st_mtim.tv_sec != m_changeSeconds || status.st_mtim.tv_nsec != m_changeNanoseconds;
}

} // namespace inference
