#include "inference/kv_folder.h"

#include "inference/gguf/wording.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <functional>

namespace inference {

using kernels::kKvPageTokens;

namespace {

// Pages behind one parent that are looked at: first pages of as many conversations without a common
// beginning.
constexpr int kMostChildren = 256;
// A link to nowhere is there and is not, whenever one looks.
constexpr int kTriesToPrepare = 100;
// What is unfinished for so long belongs to a program that was killed.
constexpr std::int64_t kUnfinishedNanoseconds = 600'000'000'000;

// Names in a folder; none when it cannot be read. Ends when visit gives false.
void forEachName(const std::filesystem::path &folder,
                 const std::function<bool(int folder, const char *name)> &visit)
{
    DIR *directory = ::opendir(folder.c_str());
    if (!directory)
        return;
    while (const dirent *entry = ::readdir(directory))
        if (!visit(::dirfd(directory), entry->d_name))
            break;
    ::closedir(directory);
}

std::int64_t changedAt(const struct stat &status)
{
    return std::int64_t(status.st_mtim.tv_sec) * 1'000'000'000 + status.st_mtim.tv_nsec;
}

bool beginsWith(std::span<const TokenId> tokens, std::span<const TokenId> beginning)
{
    return commonPrefix(tokens, beginning) == beginning.size();
}

Error unusableFolder(const std::filesystem::path &folder, ErrorCode code, std::string_view found,
               std::string_view wayOut)
{
    const std::string where = pathText(folder);
    return Error(code, {.what = "Read conversations are not kept on disk",
                        .where = where,
                        .expected = "a folder of this user alone",
                        .found = found,
                        .wayOut = wayOut});
}

} // namespace

std::int64_t nowNanoseconds()
{
    return std::chrono::duration_cast<std::chrono::nanoseconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
}

std::uint64_t kvFolderBytes(const std::filesystem::path &folder)
{
    std::uint64_t bytes = 0;
    forEachName(folder, [&](int directory, const char *name) {
        struct stat status = {};
        if ((isKvPageName(name) || isUnfinishedKvPage(name)) &&
            ::fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW) == 0)
            bytes += std::uint64_t(status.st_size);
        return true;
    });
    return bytes;
}

Result<void> forgetAll(const std::filesystem::path &folder)
{
    int error = 0;
    forEachName(folder, [&](int directory, const char *name) {
        if ((isKvPageName(name) || isUnfinishedKvPage(name)) && ::unlinkat(directory, name, 0) != 0 &&
            errno != ENOENT)
            error = errno;
        return true;
    });
    ::rmdir(folder.c_str()); // only when it is empty
    if (error == 0)
        return {};
    const std::string where = pathText(folder);
    return Error(error == EACCES || error == EPERM || error == EROFS ? ErrorCode::ReadOnly : ErrorCode::Io,
                 {.what = "Kept conversations could not be removed",
                  .where = where,
                  .found = std::strerror(error),
                  .wayOut = "Delete the folder by hand."});
}

Result<void> prepareKvFolder(const std::filesystem::path &folder)
{
    std::error_code error; // mkdir() tells better
    std::filesystem::create_directories((folder / ".").lexically_normal().parent_path().parent_path(), error);
    struct stat status = {};
    int number = ENOENT;
    // Another program that forgets all may remove the folder as soon as it is here.
    for (int again = 0; number == ENOENT && again < kTriesToPrepare; ++again) {
        if (::mkdir(folder.c_str(), S_IRWXU) != 0 && errno != EEXIST) {
            number = errno;
            return unusableFolder(folder, number == EACCES || number == EROFS ? ErrorCode::ReadOnly : ErrorCode::Io,
                            std::strerror(number), "Choose another folder.");
        }
        number = ::stat(folder.c_str(), &status) == 0 ? 0 : errno;
    }
    if (number != 0) {
        return unusableFolder(folder, number == ENOENT ? ErrorCode::NotFound : ErrorCode::Io, std::strerror(number),
                        "Choose another folder.");
    }
    if (!S_ISDIR(status.st_mode))
        return unusableFolder(folder, ErrorCode::InvalidArgument, "something that is no folder",
                        "Choose another one.");
    if (status.st_uid != ::geteuid())
        return unusableFolder(folder, ErrorCode::InvalidArgument, "a folder of another user",
                        "Choose another one.");
    if (status.st_mode & (S_IWGRP | S_IWOTH))
        return unusableFolder(folder, ErrorCode::InvalidArgument, "one that others may write into",
                        "Take their permission away (chmod 700), or choose another one.");
    return {};
}

bool readBestKvPage(const std::filesystem::path &folder, const KvKey &parent, std::span<const TokenId> wanted,
                    std::size_t least, std::size_t rowBytes, KvPage &page)
{
    if (wanted.size() == kKvPageTokens) {
        if (readKvPage(folder / kvPageName(parent, wanted), parent, rowBytes, page) &&
            beginsWith(page.tokens, wanted))
            return true;
    }
    const std::string prefix = kvChildrenPrefix(parent);
    std::string best;
    int looked = 0;
    forEachName(folder, [&](int, const char *name) {
        if (!std::string_view(name).starts_with(prefix) || !isKvPageName(name))
            return true;
        const auto tokens = readKvPageTokens(folder / name, parent);
        if (tokens) {
            const std::size_t common = commonPrefix(*tokens, wanted);
            if (common > least) {
                least = common;
                best = name;
            }
        }
        return ++looked < kMostChildren && least < wanted.size();
    });
    return !best.empty() && readKvPage(folder / best, parent, rowBytes, page) &&
           beginsWith(page.tokens, wanted.first(least));
}

KvInventory::KvInventory(std::filesystem::path folder) : m_folder(std::move(folder))
{
    const std::int64_t now = nowNanoseconds();
    forEachName(m_folder, [&](int directory, const char *name) {
        const bool unfinished = isUnfinishedKvPage(name);
        struct stat status = {};
        if ((!unfinished && !isKvPageName(name)) ||
            ::fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW) != 0)
            return true;
        if (unfinished && changedAt(status) < now - kUnfinishedNanoseconds &&
            ::unlinkat(directory, name, 0) == 0)
            return true;
        m_bytes += std::uint64_t(status.st_size);
        if (!unfinished)
            m_files.push_back({name, std::uint64_t(status.st_size), changedAt(status)});
        return true;
    });
    std::sort(m_files.begin(), m_files.end(),
              [](const File &a, const File &b) { return a.changed < b.changed; });
}

void KvInventory::remove(const File &file)
{
    ::unlink((m_folder / file.name).c_str());
    m_bytes -= std::min(m_bytes, file.bytes);
}

bool KvInventory::makeRoom(std::uint64_t more, std::uint64_t budget, std::int64_t newest)
{
    while (m_bytes + more > budget) {
        if (m_oldest == m_files.size() || m_files[m_oldest].changed >= newest)
            return false;
        const std::filesystem::path file = m_folder / m_files[m_oldest].name;
        struct stat status = {};
        // What was used since the list was made stays.
        if (::lstat(file.c_str(), &status) != 0 || changedAt(status) < newest)
            remove(m_files[m_oldest]);
        ++m_oldest;
    }
    return true;
}

bool KvInventory::holds(const KvKey &parent, std::span<const TokenId> tokens, std::int64_t changed) const
{
    if (touchKvPage(m_folder / kvPageName(parent, tokens), changed))
        return true;
    if (tokens.size() == kKvPageTokens)
        return false;
    const std::string prefix = kvChildrenPrefix(parent);
    return std::any_of(m_files.begin(), m_files.end(), [&](const File &file) {
        if (!file.name.starts_with(prefix))
            return false;
        const auto kept = readKvPageTokens(m_folder / file.name, parent);
        return kept && beginsWith(*kept, tokens) && touchKvPage(m_folder / file.name, changed);
    });
}

void KvInventory::removeBeginnings(const KvKey &parent, std::span<const TokenId> tokens)
{
    const std::string prefix = kvChildrenPrefix(parent);
    for (File &file : m_files) {
        if (file.bytes == 0 || !file.name.starts_with(prefix))
            continue;
        const auto kept = readKvPageTokens(m_folder / file.name, parent);
        if (kept && kept->size() < tokens.size() && beginsWith(tokens, *kept)) {
            remove(file);
            file.bytes = 0;
        }
    }
}

} // namespace inference
