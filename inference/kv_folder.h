// The folder that KV pages are kept in, of any model: what is there, what goes first when the budget is used
// up.
//
// It holds no state of its own. Several programs may use one folder, and it may be emptied or deleted at any
// time.
#pragma once

#include "inference/kv_page_file.h"
#include "inference/result.h"

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace inference {

// Bytes of all pages in the folder; 0 when it is not there. Any thread.
std::uint64_t kvFolderBytes(const std::filesystem::path &folder);
// Removes all pages, and the folder where nothing else is in it. Any thread, also while an engine uses the
// folder: it goes on without. Fails with ReadOnly or Io when pages are left.
Result<void> forgetAll(const std::filesystem::path &folder);

// Makes the folder for this user alone. Fails, too, when it is somebody else's or others may write into it:
// rows that they put there would be taken for the model's. NotFound: somebody deleted it at the same moment.
Result<void> prepareKvFolder(const std::filesystem::path &folder);

// The page behind `parent` whose tokens have most in common with `wanted`, 1 .. kKvPageTokens of them; false
// when none has more than `least`. Removes what is damaged. rowBytes as in readKvPage().
bool readBestKvPage(const std::filesystem::path &folder, const KvKey &parent, std::span<const TokenId> wanted,
                    std::size_t least, std::size_t rowBytes, KvPage &page);

// Now, as files' times of change count it: nanoseconds since 1970.
std::int64_t nowNanoseconds();

// What the folder held when this was made, for one thread that writes into it.
class KvInventory
{
public:
    // Also removes what killed programs left unfinished.
    explicit KvInventory(std::filesystem::path folder);

    std::uint64_t bytes() const { return m_bytes; }
    // Removes the files that were used least recently until `more` bytes fit the budget. Those that were used
    // at `newest` or later stay; false when there is no room then.
    bool makeRoom(std::uint64_t more, std::uint64_t budget, std::int64_t newest);
    void added(std::uint64_t bytes) { m_bytes += bytes; }

    // A page behind the parent that begins with these tokens or is them: it has all of their rows.
    bool holds(const KvKey &parent, std::span<const TokenId> tokens, std::int64_t changed) const;
    // Removes pages behind the parent that are only beginnings of these tokens.
    void removeBeginnings(const KvKey &parent, std::span<const TokenId> tokens);

private:
    struct File
    {
        std::string name;
        std::uint64_t bytes = 0;
        std::int64_t changed = 0; // nanoseconds since 1970
    };
    void remove(const File &file);

    std::filesystem::path m_folder;
    std::vector<File> m_files; // by time, oldest first
    std::size_t m_oldest = 0;  // files before it are gone
    std::uint64_t m_bytes = 0;
};

} // namespace inference
