// The files of a split model: how they are named, and whether they belong together.
#pragma once

#include "inference/gguf/gguf_parser.h"
#include "inference/gguf/mapped_file.h"

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace inference {

inline constexpr std::uint32_t kMaxParts = 512;

// "<base>-00001-of-00004.gguf": numbers count from 1.
struct SplitName
{
    std::string base;
    std::uint32_t number = 0, count = 0;

    static std::optional<SplitName> parse(std::string_view fileName);
    std::string fileName(std::uint32_t partNumber) const;
};

struct OpenPart
{
    MappedFile file;
    GgufPart content;
};

// Maps and parses one file. part is its place in the set, from 0.
Result<OpenPart> openPart(const std::filesystem::path &path, std::uint32_t part);

// The whole model whose first part is at path: that file alone, or all files of its set, in order. Fails when
// path is another part (the message names the first), when files are missing (named), and when they do not
// belong together.
Result<std::vector<OpenPart>> openParts(const std::filesystem::path &path);

// What split.count says; 1 without it.
Result<std::uint32_t> splitCount(const GgufPart &part, std::string_view fileName);

} // namespace inference
