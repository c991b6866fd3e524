#include "inference/gguf/gguf_file.h"

#include "inference/gguf/checked_arithmetic.h"
#include "inference/gguf/gguf_parser.h"
#include "inference/gguf/gguf_types.h"
#include "inference/gguf/gguf_values.h"
#include "inference/gguf/mapped_file.h"
#include "inference/gguf/split_set.h"
#include "inference/gguf/wording.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>

namespace inference {

struct GgufFile::Private
{
    std::filesystem::path path;
    std::string name; // in messages
    std::vector<OpenPart> parts;
    std::vector<GgufTensor> tensors; // of all parts
    NameIndex tensorNames;
    std::string ownMetadata;              // of a folder: bytes of the first part
    std::vector<FolderTensor> ownTensors; // of a folder: names, and bytes that were made

    const GgufPart &first() const { return parts.front().content; }
    // The one way to bytes of a file: nothing when the extent is not inside the part.
    std::span<const std::byte> range(std::uint32_t part, std::uint64_t offset, std::uint64_t size) const;
    template <class T> std::vector<T> scalars(const GgufArray &array) const;
};

std::span<const std::byte> GgufFile::Private::range(std::uint32_t part, std::uint64_t offset,
                                                    std::uint64_t size) const
{
    if (part >= parts.size())
        return {};
    const std::span<const std::byte> all = parts[part].file.bytes();
    const std::optional<std::uint64_t> end = checkedAdd(offset, size);
    return end && *end <= all.size() ? all.subspan(offset, size) : std::span<const std::byte>();
}

template <class T> std::vector<T> GgufFile::Private::scalars(const GgufArray &array) const
{
    const std::optional<std::uint64_t> size = checkedMultiply(array.count, sizeof(T));
    const std::span<const std::byte> bytes =
        size ? range(0, array.offset, *size) : std::span<const std::byte>();
    std::vector<T> values(bytes.size() / sizeof(T));
    if (!values.empty())
        std::memcpy(values.data(), bytes.data(), bytes.size());
    return values;
}

namespace {

// An optional value that must be there.
template <class T>
Result<T> required(Result<std::optional<T>> value, std::string_view key, std::string_view fileName)
{
    if (!value)
        return value.error();
    if (!*value)
        return missingKeyError(key, fileName);
    return **value;
}

} // namespace

GgufFile::GgufFile() : d(std::make_unique<Private>()) {}
GgufFile::~GgufFile() = default;

Result<std::unique_ptr<GgufFile>> GgufFile::open(const std::filesystem::path &path)
{
    Result<std::vector<OpenPart>> parts = openParts(path);
    if (!parts)
        return parts.error();
    return assemble(path, pathText(path), std::move(*parts));
}

Result<std::unique_ptr<GgufFile>> GgufFile::openMemory(std::span<const std::byte> bytes,
                                                       std::string_view name)
{
    const std::string fileName = printable(name);
    if (bytes.empty())
        return Error(ErrorCode::Incomplete, {.what = "The file is empty", .where = fileName});
    Result<GgufPart> content = parseGguf(bytes, fileName, 0);
    if (!content)
        return content.error();
    const Result<std::uint32_t> count = splitCount(*content, fileName);
    if (!count)
        return count.error();
    if (*count != 1)
        return Error(ErrorCode::Unsupported,
                     {.what = "A split model cannot be opened in memory", .where = fileName});
    std::vector<OpenPart> parts;
    parts.push_back({MappedFile::view(bytes), std::move(*content)});
    return assemble(name, fileName, std::move(parts));
}

Result<std::unique_ptr<GgufFile>> GgufFile::assemble(const std::filesystem::path &path, std::string name,
                                                     std::vector<OpenPart> parts)
{
    std::unique_ptr<GgufFile> file(new GgufFile);
    Private &d = *file->d;
    d.path = path;
    d.name = std::move(name);
    d.parts = std::move(parts);
    if (d.parts.size() == 1) {
        d.tensors = std::move(d.parts.front().content.tensors);
        d.tensorNames = std::move(d.parts.front().content.names);
        return file;
    }
    for (OpenPart &part : d.parts) {
        d.tensors.insert(d.tensors.end(), part.content.tensors.begin(), part.content.tensors.end());
        part.content.tensors = {};
        part.content.names = {};
    }
    d.tensorNames.build(d.tensors.size(), [&](std::size_t i) { return d.tensors[i].name; });
    if (const auto &duplicate = d.tensorNames.duplicate()) {
        const GgufTensor &a = d.tensors[duplicate->first], &b = d.tensors[duplicate->second];
        return Error(ErrorCode::Damaged,
                     {.what = "A tensor occurs in two parts of a split model",
                      .where = "tensor " + printable(a.name) + " of " + d.name,
                      .expected = "one part",
                      .found = "parts " + grouped(a.part + 1) + " and " + grouped(b.part + 1),
                      .wayOut = "Put the files of one download into one folder."});
    }
    return file;
}

Result<std::unique_ptr<GgufFile>> GgufFile::openFolder(const std::filesystem::path &path,
                                                       FolderContent content)
{
    std::unique_ptr<GgufFile> file(new GgufFile);
    Private &d = *file->d;
    d.path = path;
    d.name = pathText(path);
    d.ownMetadata = std::move(content.metadata);
    d.ownTensors = std::move(content.tensors);
    const auto addPart = [&](MappedFile mapped) { d.parts.push_back({std::move(mapped), {}}); };
    addPart(MappedFile::view(std::as_bytes(std::span(d.ownMetadata))));
    Result<GgufPart> metadata = parseGguf(d.parts.front().file.bytes(), d.name, 0);
    if (!metadata)
        return metadata.error();
    d.parts.front().content = std::move(*metadata);
    const std::size_t firstFile = d.parts.size();
    for (MappedFile &mapped : content.files)
        addPart(std::move(mapped));

    for (const FolderTensor &source : d.ownTensors) {
        GgufTensor tensor;
        tensor.name = source.name;
        tensor.ggufType = source.ggufType;
        tensor.dimensionCount = std::uint32_t(source.dimensions.size());
        tensor.dimensions.fill(1);
        std::copy(source.dimensions.begin(), source.dimensions.end(), tensor.dimensions.begin());
        const std::size_t place = source.ownBytes.empty() ? firstFile + source.file : d.parts.size();
        if (!source.ownBytes.empty())
            addPart(MappedFile::view(source.ownBytes));
        const std::span<const std::byte> bytes =
            source.ownBytes.empty() ? source.bytes : std::span(source.ownBytes);
        tensor.part = std::uint32_t(place);
        tensor.offset = std::uint64_t(bytes.data() - d.parts[place].file.bytes().data());
        tensor.byteSize = bytes.size();
        d.tensors.push_back(tensor);
    }
    d.tensorNames.build(d.tensors.size(), [&](std::size_t i) { return d.tensors[i].name; });
    if (const auto &duplicate = d.tensorNames.duplicate())
        return Error(ErrorCode::Damaged,
                     {.what = "A tensor occurs twice in the folder",
                      .where = "tensor " + printable(d.tensors[duplicate->first].name) + " of " + d.name,
                      .wayOut = "Download the whole folder again."});
    return file;
}

const std::filesystem::path &GgufFile::path() const
{
    return d->path;
}

std::uint32_t GgufFile::version() const
{
    return d->first().version;
}

std::uint64_t GgufFile::fileBytes() const
{
    std::uint64_t bytes = 0;
    for (const OpenPart &part : d->parts)
        bytes += part.file.bytes().size();
    return bytes;
}

std::uint32_t GgufFile::partCount() const
{
    return static_cast<std::uint32_t>(d->parts.size());
}

bool GgufFile::changedOnDisk() const
{
    return std::any_of(d->parts.begin(), d->parts.end(),
                       [](const OpenPart &p) { return p.file.changedOnDisk(); });
}

bool GgufFile::differsFromOpened() const
{
    return std::any_of(d->parts.begin(), d->parts.end(),
                       [](const OpenPart &p) { return p.file.differsFromOpened(); });
}

std::int64_t GgufFile::changedAt() const
{
    std::int64_t newest = 0;
    for (const OpenPart &part : d->parts)
        newest = std::max(newest, part.file.changedAt());
    return newest;
}

const GgufValue *GgufFile::find(std::string_view key) const
{
    return d->first().find(key);
}

std::span<const std::pair<std::string_view, GgufValue>> GgufFile::metadata() const
{
    return d->first().metadata;
}

Result<std::optional<std::uint32_t>> GgufFile::optionalU32(std::string_view key) const
{
    return inference::optionalU32(d->first(), key, d->name);
}

Result<std::uint32_t> GgufFile::requireU32(std::string_view key) const
{
    return required(optionalU32(key), key, d->name);
}

Result<std::optional<float>> GgufFile::optionalF32(std::string_view key) const
{
    const GgufValue *value = find(key);
    if (!value)
        return std::optional<float>();
    const auto *number = std::get_if<double>(value);
    if (!number)
        return wrongTypeError(key, d->name, "a float", *value);
    // Also refuses what only a double can hold; the comparison is false for NaN.
    if (!(std::abs(*number) <= double(std::numeric_limits<float>::max())))
        return Error(ErrorCode::Damaged, {.what = "A metadata value is no finite number",
                                          .where = keyText(key, d->name),
                                          .expected = "a finite float",
                                          .found = std::to_string(*number),
                                          .wayOut = "Get another conversion of the model."});
    return std::optional(static_cast<float>(*number));
}

Result<float> GgufFile::requireF32(std::string_view key) const
{
    return required(optionalF32(key), key, d->name);
}

Result<std::optional<std::string_view>> GgufFile::optionalString(std::string_view key) const
{
    const GgufValue *value = find(key);
    if (!value)
        return std::optional<std::string_view>();
    const auto *text = std::get_if<std::string_view>(value);
    if (!text)
        return wrongTypeError(key, d->name, "a string", *value);
    return std::optional(*text);
}

Result<std::string_view> GgufFile::requireString(std::string_view key) const
{
    return required(optionalString(key), key, d->name);
}

Result<std::optional<bool>> GgufFile::optionalBool(std::string_view key) const
{
    const GgufValue *value = find(key);
    if (!value)
        return std::optional<bool>();
    const auto *truth = std::get_if<bool>(value);
    if (!truth)
        return wrongTypeError(key, d->name, "true or false", *value);
    return std::optional(*truth);
}

Result<std::optional<GgufArray>> GgufFile::optionalArray(std::string_view key,
                                                         GgufValueType elementType) const
{
    const GgufValue *value = find(key);
    if (!value)
        return std::optional<GgufArray>();
    const auto *array = std::get_if<GgufArray>(value);
    if (!array || array->elementType != elementType)
        return wrongTypeError(key, d->name, "an array of type " + std::string(valueTypeName(elementType)),
                              *value);
    return std::optional(*array);
}

std::vector<std::string_view> GgufFile::strings(const GgufArray &array) const
{
    if (array.elementType != GgufValueType::String)
        return {};
    // Lengths were checked at open(); they are checked again because another process may write to the file.
    const std::uint64_t fileBytes = d->parts.front().file.bytes().size();
    std::vector<std::string_view> texts(std::min(array.count, fileBytes / sizeof(std::uint64_t)));
    std::uint64_t position = array.offset;
    for (std::string_view &text : texts) {
        const std::span<const std::byte> prefix = d->range(0, position, sizeof(std::uint64_t));
        if (prefix.empty())
            break;
        std::uint64_t length = 0;
        std::memcpy(&length, prefix.data(), sizeof length);
        position += sizeof length;
        const std::span<const std::byte> bytes = d->range(0, position, length);
        if (bytes.size() != length)
            break;
        text = {reinterpret_cast<const char *>(bytes.data()), bytes.size()};
        position += length;
    }
    return texts;
}

std::vector<std::int32_t> GgufFile::int32s(const GgufArray &array) const
{
    const bool fits = array.elementType == GgufValueType::I32 || array.elementType == GgufValueType::U32;
    return fits ? d->scalars<std::int32_t>(array) : std::vector<std::int32_t>();
}

std::vector<float> GgufFile::floats(const GgufArray &array) const
{
    return array.elementType == GgufValueType::F32 ? d->scalars<float>(array) : std::vector<float>();
}

std::vector<std::uint64_t> GgufFile::integers(const GgufArray &array) const
{
    const auto widened = [&]<class T>(T) {
        const std::vector<T> values = d->scalars<T>(array);
        std::vector<std::uint64_t> wide(values.size());
        std::transform(values.begin(), values.end(), wide.begin(),
                       [](T value) { return value < T(0) ? 0 : static_cast<std::uint64_t>(value); });
        return wide;
    };
    switch (array.elementType) {
    case GgufValueType::U8:
        return widened(std::uint8_t());
    case GgufValueType::I8:
        return widened(std::int8_t());
    case GgufValueType::U16:
        return widened(std::uint16_t());
    case GgufValueType::I16:
        return widened(std::int16_t());
    case GgufValueType::U32:
        return widened(std::uint32_t());
    case GgufValueType::I32:
        return widened(std::int32_t());
    case GgufValueType::U64:
        return widened(std::uint64_t());
    case GgufValueType::I64:
        return widened(std::int64_t());
    default:
        return {};
    }
}

std::span<const GgufTensor> GgufFile::tensors() const
{
    return d->tensors;
}

const GgufTensor *GgufFile::findTensor(std::string_view name) const
{
    const std::optional<std::size_t> at =
        d->tensorNames.find(name, [&](std::size_t i) { return d->tensors[i].name; });
    return at ? &d->tensors[*at] : nullptr;
}

std::span<const std::byte> GgufFile::bytes(const GgufTensor &tensor) const
{
    return d->range(tensor.part, tensor.offset, tensor.byteSize);
}

} // namespace inference
