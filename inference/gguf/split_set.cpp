#include "inference/gguf/split_set.h"

#include "inference/gguf/gguf_values.h"
#include "inference/gguf/wording.h"

#include <algorithm>
#include <bit>
#include <cstdio>
#include <system_error>

namespace inference {

namespace {

constexpr std::string_view kOneSet = "Put the files of one download into one folder.";

// All of text as a number of exactly five digits.
std::optional<std::uint32_t> fiveDigits(std::string_view text)
{
    if (text.size() != 5 ||
        !std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; }))
        return std::nullopt;
    std::uint32_t number = 0;
    for (const char digit : text)
        number = number * 10 + static_cast<std::uint32_t>(digit - '0');
    return number;
}

std::string joined(const std::vector<std::uint32_t> &numbers)
{
    constexpr std::size_t shown = 8;
    std::string text;
    for (std::size_t i = 0; i < numbers.size() && i < shown; ++i) {
        const bool last = i + 1 == numbers.size();
        text += (i == 0 ? "" : last ? " and " : ", ") + grouped(numbers[i]);
    }
    if (numbers.size() > shown)
        text += " and " + grouped(numbers.size() - shown) + " more";
    return text;
}

Error notTheFirst(const std::filesystem::path &path, std::uint32_t number, std::uint32_t count)
{
    const std::optional<SplitName> name = SplitName::parse(path.filename().native());
    const std::string where = pathText(path), found = "part " + grouped(number) + " of " + grouped(count);
    if (name && name->number != number)
        return {ErrorCode::Damaged,
                {.what = "The file's name and its content are different parts of a split model",
                 .where = where,
                 .expected = "part " + grouped(name->number),
                 .found = found,
                 .wayOut = "Give the files their original names."}};
    const std::string first = name ? ", " + printable(name->fileName(1), kMaxTensorNameBytes) : std::string();
    return {ErrorCode::Unsupported,
            {.what = "A split model is opened through its first part",
             .where = where,
             .expected = "part 1",
             .found = found,
             .wayOut = "Open the first part" + first + "."}};
}

Result<void> checkPresent(const std::filesystem::path &folder, const SplitName &name)
{
    std::vector<std::uint32_t> missing;
    for (std::uint32_t number = 2; number <= name.count; ++number) {
        std::error_code error;
        if (!std::filesystem::exists(folder / name.fileName(number), error))
            missing.push_back(number);
    }
    if (missing.empty())
        return {};
    const bool one = missing.size() == 1;
    return Error(ErrorCode::Incomplete, {.what = (one ? "Part " : "Parts ") + joined(missing) +
                                                 " of a split model " + (one ? "is missing" : "are missing"),
                                         .where = pathText(folder / name.fileName(missing.front())),
                                         .expected = grouped(name.count) + " files",
                                         .found = grouped(name.count - missing.size()),
                                         .wayOut = one ? "Download it into the same folder."
                                                       : "Download them into the same folder."});
}

bool sameValue(const GgufValue &a, const GgufValue &b)
{
    if (a.index() != b.index())
        return false;
    if (const auto *array = std::get_if<GgufArray>(&a)) {
        const GgufArray &other = std::get<GgufArray>(b);
        return array->elementType == other.elementType && array->count == other.count;
    }
    if (const auto *number = std::get_if<double>(&a)) // bits: a NaN is equal to itself
        return std::bit_cast<std::uint64_t>(*number) == std::bit_cast<std::uint64_t>(std::get<double>(b));
    if (const auto *text = std::get_if<std::string_view>(&a))
        return *text == std::get<std::string_view>(b);
    if (const auto *truth = std::get_if<bool>(&a))
        return *truth == std::get<bool>(b);
    if (const auto *number = std::get_if<std::int64_t>(&a))
        return *number == std::get<std::int64_t>(b);
    return std::get<std::uint64_t>(a) == std::get<std::uint64_t>(b);
}

// Whether a later part belongs to the first: its number, the count, and whatever keys both have.
Result<void> checkBelongs(const OpenPart &first, const OpenPart &part, std::uint32_t index,
                          std::uint32_t count, const std::string &fileName)
{
    const auto number = optionalU32(part.content, "split.no", fileName);
    if (!number)
        return number.error();
    const auto ownCount = optionalU32(part.content, "split.count", fileName);
    if (!ownCount)
        return ownCount.error();
    if (!*number || **number != index || !*ownCount || **ownCount != count)
        return Error(ErrorCode::Damaged,
                     {.what = "The file is another part than its name says",
                      .where = fileName,
                      .expected = "part " + grouped(index + 1) + " of " + grouped(count),
                      .found = *number && *ownCount ? "part " + grouped(std::uint64_t(**number) + 1) +
                                                          " of " + grouped(**ownCount)
                                                    : "a model that is not split",
                      .wayOut = kOneSet});
    for (const auto &[key, value] : part.content.metadata) {
        const GgufValue *firstValue = key == "split.no" ? nullptr : first.content.find(key);
        if (firstValue && !sameValue(*firstValue, value))
            return Error(ErrorCode::Damaged,
                         {.what = "Parts of different models are mixed",
                          .where = fileName,
                          .expected = "the same " + printable(key) + " as in the first part",
                          .found = "another one",
                          .wayOut = kOneSet});
    }
    return {};
}

Result<void> checkTensorCount(const std::vector<OpenPart> &parts, const std::string &fileName)
{
    const auto stated = optionalU32(parts.front().content, "split.tensors.count", fileName);
    if (!stated)
        return stated.error();
    std::uint64_t found = 0;
    for (const OpenPart &part : parts)
        found += part.content.tensors.size();
    if (found > kMaxTensors || (*stated && **stated != found))
        return Error(ErrorCode::Damaged, {.what = "The parts of a split model do not hold all its tensors",
                                          .where = fileName,
                                          .expected = grouped(*stated ? **stated : kMaxTensors) + " tensors",
                                          .found = grouped(found),
                                          .wayOut = kOneSet});
    return {};
}

} // namespace

std::optional<SplitName> SplitName::parse(std::string_view fileName)
{
    constexpr std::string_view suffix = ".gguf", of = "-of-";
    constexpr std::size_t tail = 1 + 5 + of.size() + 5 + suffix.size(); // "-00001-of-00004.gguf"
    if (fileName.size() <= tail || !fileName.ends_with(suffix))
        return std::nullopt;
    const std::size_t base = fileName.size() - tail;
    const std::optional<std::uint32_t> number = fiveDigits(fileName.substr(base + 1, 5));
    const std::optional<std::uint32_t> count = fiveDigits(fileName.substr(base + 6 + of.size(), 5));
    if (fileName[base] != '-' || fileName.substr(base + 6, of.size()) != of || !number || !count)
        return std::nullopt;
    return SplitName{std::string(fileName.substr(0, base)), *number, *count};
}

std::string SplitName::fileName(std::uint32_t partNumber) const
{
    char tail[48];
    std::snprintf(tail, sizeof tail, "-%05u-of-%05u.gguf", partNumber, count);
    return base + tail;
}

Result<OpenPart> openPart(const std::filesystem::path &path, std::uint32_t part)
{
    Result<MappedFile> file = MappedFile::open(path);
    if (!file)
        return file.error();
    Result<GgufPart> content = parseGguf(file->bytes(), pathText(path), part);
    // First: what was read of a file that is being written may be anything.
    if (file->differsFromOpened())
        return Error(ErrorCode::Io, {.what = "The file changed while it was read",
                                     .where = pathText(path),
                                     .wayOut = "Wait until its download has finished, then open it again."});
    if (!content)
        return content.error();
    return OpenPart{std::move(*file), std::move(*content)};
}

Result<std::uint32_t> splitCount(const GgufPart &part, std::string_view fileName)
{
    const auto count = optionalU32(part, "split.count", fileName);
    if (!count)
        return count.error();
    if (count->value_or(1) > kMaxParts)
        return Error(ErrorCode::Damaged, {.what = "The number of parts of a split model is impossible",
                                          .where = fileName,
                                          .expected = "at most " + grouped(kMaxParts),
                                          .found = grouped(**count),
                                          .wayOut = "Download it again."});
    return std::max(1u, count->value_or(1));
}

Result<std::vector<OpenPart>> openParts(const std::filesystem::path &path)
{
    const std::string fileName = pathText(path);
    Result<OpenPart> first = openPart(path, 0);
    if (!first)
        return first.error();
    const Result<std::uint32_t> count = splitCount(first->content, fileName);
    if (!count)
        return count.error();
    std::vector<OpenPart> parts;
    parts.push_back(std::move(*first));
    if (*count == 1)
        return parts;

    const auto number = optionalU32(parts.front().content, "split.no", fileName);
    if (!number)
        return number.error();
    const std::optional<SplitName> name = SplitName::parse(path.filename().native());
    if (number->value_or(0) != 0 || (name && name->number != 1))
        return notTheFirst(path, number->value_or(0) + 1, *count);
    if (!name || name->count != *count)
        return Error(
            ErrorCode::Unsupported,
            {.what = "The other parts of a split model are found by name, and this name is another one",
             .where = fileName,
             .expected = "NAME" + SplitName{{}, 1, *count}.fileName(1),
             .wayOut = "Give the files their original names."});
    if (Result<void> present = checkPresent(path.parent_path(), *name); !present)
        return present.error();
    for (std::uint32_t index = 1; index < *count; ++index) {
        const std::filesystem::path partPath = path.parent_path() / name->fileName(index + 1);
        Result<OpenPart> part = openPart(partPath, index);
        if (!part)
            return part.error();
        if (Result<void> belongs = checkBelongs(parts.front(), *part, index, *count, pathText(partPath));
            !belongs)
            return belongs.error();
        parts.push_back(std::move(*part));
    }
    if (Result<void> complete = checkTensorCount(parts, fileName); !complete)
        return complete.error();
    return parts;
}

} // namespace inference
