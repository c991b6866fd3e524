// One KV page as a file: which tokens it is of, and the rows as a backend exported them.
//
// A page belongs to all tokens before it, too. Its parent is the key of those: a hash over the model and one
// page of tokens after the other. So conversations that begin alike have the same files, and the names of the
// files are a trie. What a file says is never trusted: parent and tokens have to be those that are looked
// for, and two checksums have to hold.
#pragma once

#include "inference/result.h"
#include "inference/sha256.h"
#include "kernels/backend.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace inference {

using kernels::TokenId;
using KvKey = Sha256::Digest;

inline constexpr std::size_t kKvPageHeaderBytes = 328; // of a file, before the rows

// The key of what ends with these tokens, 1 .. kKvPageTokens of them.
KvKey childKey(const KvKey &parent, std::span<const TokenId> tokens);

// The beginning of the names of all pages behind a parent, and the whole name of one.
std::string kvChildrenPrefix(const KvKey &parent);
std::string kvPageName(const KvKey &parent, std::span<const TokenId> tokens);
// Whether a file of that name is one of these, or what a process left that was killed while it wrote one.
bool isKvPageName(std::string_view name);
bool isUnfinishedKvPage(std::string_view name);

// How many tokens two lists have in common from the first on.
std::uint32_t commonPrefix(std::span<const TokenId> a, std::span<const TokenId> b);

struct KvPage
{
    std::vector<TokenId> tokens;  // 1 .. kKvPageTokens
    std::vector<std::byte> bytes; // tokens.size() * rowBytes
};

// All thread-safe. rowBytes: of one position.

// The page in `file`; false when there is none to use. One that is not what its name says, damaged, cut short
// or of another version is removed.
bool readKvPage(const std::filesystem::path &file, const KvKey &parent, std::size_t rowBytes, KvPage &page);
// Its tokens alone, by which it is chosen: only readKvPage() proves them.
std::optional<std::vector<TokenId>> readKvPageTokens(const std::filesystem::path &file, const KvKey &parent);

// Writes it whole or not at all, for this user alone. changed: what the file's time of change will be, in
// nanoseconds since 1970. Fails with NotFound (the folder is gone), DiskFull, ReadOnly or Io.
Result<void> writeKvPage(const std::filesystem::path &folder, const KvKey &parent, const KvPage &page,
                         std::int64_t changed);
// Sets the time of change; false when there is no such file.
bool touchKvPage(const std::filesystem::path &file, std::int64_t changed);

} // namespace inference
