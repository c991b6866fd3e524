#include "inference/kv_page_file.h"

#include "inference/gguf/wording.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <bit>
#include <cerrno>
#include <cstring>
#include <type_traits>

namespace inference {

using kernels::kKvPageTokens;

namespace {

constexpr std::array<char, 8> kMagic{'B', 'A', 'L', 'E', 'E', 'N', 'K', 'V'};
constexpr std::uint32_t kVersion = 1;
constexpr std::string_view kSuffix = ".kvpage", kUnfinished = ".unfinished";
constexpr std::size_t kKeyBytes = 16; // of a key, in a name; the file has all 32 of the parent's

// As it lies in the file, little endian; the payload follows.
struct Header
{
    std::array<char, 8> magic{};
    std::uint32_t version = 0;
    std::uint32_t tokenCount = 0;
    std::uint64_t payloadBytes = 0;
    std::uint64_t payloadSum = 0;
    KvKey parent{};
    std::array<TokenId, kKvPageTokens> tokens{};
    std::uint64_t headerSum = 0; // of all before
};
static_assert(std::is_trivially_copyable_v<Header> && sizeof(Header) == kKvPageHeaderBytes &&
              std::endian::native == std::endian::little);

// Damage, not malice: each word changes its lane for good, whatever follows, so a change within one word
// always shows. Four lanes, because a page is megabytes and is waited for.
std::uint64_t checksum(std::span<const std::byte> bytes)
{
    constexpr std::uint64_t kOdd = 0x9e3779b97f4a7c15ull;
    std::array<std::uint64_t, 4> lanes{1, 2, 3, 4};
    const auto mix = [](std::uint64_t lane, std::uint64_t word) {
        return std::rotl((lane ^ word) * kOdd, 29);
    };
    std::size_t at = 0;
    for (; at + 32 <= bytes.size(); at += 32) {
        std::array<std::uint64_t, 4> words;
        std::memcpy(words.data(), bytes.data() + at, 32);
        for (std::size_t i = 0; i < 4; ++i)
            lanes[i] = mix(lanes[i], words[i]);
    }
    std::uint64_t sum = bytes.size();
    for (const std::uint64_t lane : lanes)
        sum = mix(sum, lane);
    for (; at < bytes.size(); ++at)
        sum = mix(sum, std::uint64_t(bytes[at]));
    return sum ^ (sum >> 32);
}

std::uint64_t headerSum(const Header &header)
{
    return checksum(std::as_bytes(std::span(&header, 1)).first(offsetof(Header, headerSum)));
}

class Descriptor
{
public:
    explicit Descriptor(int number) : m_number(number) {}
    ~Descriptor()
    {
        if (m_number >= 0)
            ::close(m_number);
    }
    Descriptor(const Descriptor &) = delete;
    Descriptor &operator=(const Descriptor &) = delete;
    int number() const { return m_number; }
    bool isOpen() const { return m_number >= 0; }
    // False when the system reports only now that what was written is lost.
    bool close() { return ::close(std::exchange(m_number, -1)) == 0; }

private:
    int m_number;
};

// As many bytes as there are, at most those wanted.
std::size_t readAll(int descriptor, std::byte *to, std::size_t wanted)
{
    std::size_t done = 0;
    while (done < wanted) {
        const ssize_t count = ::read(descriptor, to + done, wanted - done);
        if (count < 0 && errno == EINTR)
            continue;
        if (count <= 0)
            break;
        done += std::size_t(count);
    }
    return done;
}

bool writeAll(int descriptor, std::span<const std::byte> bytes)
{
    while (!bytes.empty()) {
        const ssize_t count = ::write(descriptor, bytes.data(), bytes.size());
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0)
            return false;
        bytes = bytes.subspan(std::size_t(count));
    }
    return true;
}

timespec timeOf(std::int64_t nanoseconds)
{
    timespec time{};
    time.tv_sec = nanoseconds / 1'000'000'000;
    time.tv_nsec = nanoseconds % 1'000'000'000;
    return time;
}

// Opens without waiting: what lies there may be a pipe.
int openToRead(const std::filesystem::path &file)
{
    return ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
}

enum class Read { Sound, Wrong, Unreadable };

Read readHeader(int descriptor, const KvKey &parent, Header &header)
{
    struct stat status = {};
    if (::fstat(descriptor, &status) != 0)
        return Read::Unreadable;
    if (!S_ISREG(status.st_mode))
        return Read::Wrong;
    errno = 0;
    if (readAll(descriptor, reinterpret_cast<std::byte *>(&header), sizeof header) < sizeof header)
        return errno == 0 ? Read::Wrong : Read::Unreadable;
    const bool sound = header.magic == kMagic && header.version == kVersion && header.tokenCount >= 1 &&
                       header.tokenCount <= kKvPageTokens && header.parent == parent &&
                       header.headerSum == headerSum(header) &&
                       std::uint64_t(status.st_size) - sizeof header == header.payloadBytes;
    return sound ? Read::Sound : Read::Wrong;
}

std::span<const TokenId> tokensOf(const Header &header)
{
    return std::span(header.tokens).first(header.tokenCount);
}

Error cannotWrite(const std::filesystem::path &folder, int error)
{
    const std::string where = pathText(folder);
    const ErrorCode code = error == ENOENT                                        ? ErrorCode::NotFound
                           : error == ENOSPC || error == EDQUOT || error == EFBIG ? ErrorCode::DiskFull
                           : error == EROFS || error == EACCES || error == EPERM  ? ErrorCode::ReadOnly
                                                                                  : ErrorCode::Io;
    return Error(code, {.what = "Read conversations are no longer kept on disk",
                        .where = where,
                        .found = std::strerror(error),
                        .wayOut = "Answers are not affected. Make room or choose another folder, then load "
                                  "the model again."});
}

} // namespace

std::uint32_t commonPrefix(std::span<const TokenId> a, std::span<const TokenId> b)
{
    const std::size_t most = std::min(a.size(), b.size());
    return std::uint32_t(std::mismatch(a.begin(), a.begin() + std::ptrdiff_t(most), b.begin()).first -
                         a.begin());
}

KvKey childKey(const KvKey &parent, std::span<const TokenId> tokens)
{
    return Sha256().add(parent).add(std::as_bytes(tokens)).finish();
}

std::string kvChildrenPrefix(const KvKey &parent)
{
    return hexadecimal(parent, kKeyBytes) + "-";
}

std::string kvPageName(const KvKey &parent, std::span<const TokenId> tokens)
{
    return kvChildrenPrefix(parent) + hexadecimal(childKey(parent, tokens), kKeyBytes) + std::string(kSuffix);
}

bool isKvPageName(std::string_view name)
{
    constexpr std::size_t digits = 2 * kKeyBytes;
    if (name.size() != 2 * digits + 1 + kSuffix.size() || name[digits] != '-' || !name.ends_with(kSuffix))
        return false;
    const auto isDigit = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
    const std::string_view first = name.substr(0, digits), second = name.substr(digits + 1, digits);
    return std::all_of(first.begin(), first.end(), isDigit) &&
           std::all_of(second.begin(), second.end(), isDigit);
}

bool isUnfinishedKvPage(std::string_view name)
{
    const std::size_t dot = name.find('.');
    const std::size_t end = dot == std::string_view::npos ? 0 : dot + kSuffix.size();
    return name.ends_with(kUnfinished) && end <= name.size() && isKvPageName(name.substr(0, end));
}

bool readKvPage(const std::filesystem::path &file, const KvKey &parent, std::size_t rowBytes, KvPage &page)
{
    const Descriptor descriptor(openToRead(file));
    if (!descriptor.isOpen())
        return false;
    Header header;
    Read read = readHeader(descriptor.number(), parent, header);
    if (read == Read::Sound) {
        const auto tokens = tokensOf(header);
        const std::size_t bytes = tokens.size() * rowBytes;
        read = Read::Wrong;
        if (header.payloadBytes == bytes && kvPageName(parent, tokens) == file.filename()) {
            page.tokens.assign(tokens.begin(), tokens.end());
            page.bytes.resize(bytes);
            errno = 0;
            if (readAll(descriptor.number(), page.bytes.data(), bytes) < bytes)
                read = errno == 0 ? Read::Wrong : Read::Unreadable;
            else if (checksum(page.bytes) == header.payloadSum)
                read = Read::Sound;
        }
    }
    if (read == Read::Wrong)
        ::unlink(file.c_str());
    return read == Read::Sound;
}

std::optional<std::vector<TokenId>> readKvPageTokens(const std::filesystem::path &file, const KvKey &parent)
{
    const Descriptor descriptor(openToRead(file));
    if (!descriptor.isOpen())
        return std::nullopt;
    Header header;
    const Read read = readHeader(descriptor.number(), parent, header);
    if (read == Read::Wrong)
        ::unlink(file.c_str());
    if (read != Read::Sound)
        return std::nullopt;
    const auto tokens = tokensOf(header);
    return std::vector<TokenId>(tokens.begin(), tokens.end());
}

Result<void> writeKvPage(const std::filesystem::path &folder, const KvKey &parent, const KvPage &page,
                         std::int64_t changed)
{
    static std::atomic<unsigned> number{0}; // two engines of a process may write the same page
    const std::filesystem::path file = folder / kvPageName(parent, page.tokens);
    std::string unfinished =
        file.native() + "." + std::to_string(::getpid()) + "-" + std::to_string(++number);
    unfinished += kUnfinished;

    Header header{.magic = kMagic,
                  .version = kVersion,
                  .tokenCount = std::uint32_t(page.tokens.size()),
                  .payloadBytes = page.bytes.size(),
                  .payloadSum = checksum(page.bytes),
                  .parent = parent};
    std::copy(page.tokens.begin(), page.tokens.end(), header.tokens.begin());
    header.headerSum = headerSum(header);

    Descriptor descriptor(
        ::open(unfinished.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR));
    if (!descriptor.isOpen())
        return cannotWrite(folder, errno);
    const timespec times[2] = {timeOf(changed), timeOf(changed)};
    // No fsync(): what a power cut leaves half written is told by its checksum, and is read again from the
    // prompt.
    const bool written = writeAll(descriptor.number(), std::as_bytes(std::span(&header, 1))) &&
                         writeAll(descriptor.number(), page.bytes) &&
                         ::futimens(descriptor.number(), times) == 0 && descriptor.close() &&
                         ::rename(unfinished.c_str(), file.c_str()) == 0;
    if (written)
        return {};
    const int error = errno;
    ::unlink(unfinished.c_str());
    return cannotWrite(folder, error);
}

bool touchKvPage(const std::filesystem::path &file, std::int64_t changed)
{
    const timespec times[2] = {timeOf(changed), timeOf(changed)};
    return ::utimensat(AT_FDCWD, file.c_str(), times, AT_SYMLINK_NOFOLLOW) == 0;
}

} // namespace inference
