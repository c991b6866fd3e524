#include "inference/gguf/gguf_parser.h"

#include "inference/gguf/checked_arithmetic.h"
#include "inference/gguf/foreign_format.h"
#include "inference/gguf/gguf_types.h"
#include "inference/gguf/wording.h"

#include <bit>
#include <cstring>
#include <type_traits>

static_assert(std::endian::native == std::endian::little, "GGUF files are little endian and read in place");

namespace inference {

namespace {

constexpr std::uint64_t kHeaderBytes = 24; // magic, version, two counts
constexpr std::uint64_t kSmallestKeyValue = 8 + 1 + 4 + 1;
constexpr std::uint64_t kSmallestTensorInfo = 8 + 1 + 4 + 8 + 4 + 8;
constexpr std::string_view kFetchAgain = "Download it again.";
constexpr std::string_view kResume = "Resume or repeat the download.";

// Walks over the bytes once. A function that returns false has set m_error.
class Parser
{
public:
    Parser(std::span<const std::byte> bytes, std::string_view fileName, std::uint32_t part)
        : m_bytes(bytes), m_fileName(fileName), m_partNumber(part)
    {}

    Result<GgufPart> parse()
    {
        if (readHeader() && readMetadata() && readAlignment() && readTensors() && placeTensors())
            return std::move(m_part);
        return std::move(*m_error);
    }

private:
    bool readHeader();
    bool checkVersion();
    bool readMetadata();
    bool readValue(GgufValueType type, GgufValue &value);
    template <class T> bool readScalar(GgufValue &value);
    bool readArray(GgufValue &value);
    bool skipStrings(std::uint64_t count);
    bool checkBools(std::uint64_t count);
    bool readAlignment();
    bool readTensors();
    bool readTensor(GgufTensor &tensor);
    bool checkShape(const GgufTensor &tensor);
    bool placeTensors();
    bool checkEnd(std::span<const std::uint32_t> byOffset, std::span<const std::uint64_t> ends);

    std::uint64_t remaining() const { return m_bytes.size() - m_position; }
    template <class T> bool read(T &value);
    bool readString(std::uint64_t maxBytes, std::string_view kind, std::string_view &text);
    bool need(std::uint64_t bytes);
    bool needElements(std::uint64_t count, std::uint64_t smallest);

    std::string place() const; // what is being read and where, for messages
    bool fail(ErrorCode code, ErrorParts parts);
    bool damaged(std::string_view what, std::string_view expected, std::string_view found);

    std::span<const std::byte> m_bytes;
    std::string_view m_fileName;
    std::uint32_t m_partNumber;
    std::uint64_t m_position = 0;
    std::string_view m_subject = "header"; // "metadata", "tensor" ...
    std::string_view m_name;               // ... and which
    std::uint64_t m_statedKeyValues = 0, m_statedTensors = 0;
    std::uint64_t m_alignment = kDefaultAlignment;
    GgufPart m_part;
    std::optional<Error> m_error;
};

std::string Parser::place() const
{
    std::string text(m_subject);
    if (!m_name.empty())
        text.append(" ").append(printable(m_name));
    return text.append(" of ").append(m_fileName).append(", byte ").append(grouped(m_position));
}

bool Parser::fail(ErrorCode code, ErrorParts parts)
{
    const std::string where = parts.where.empty() ? place() : std::string(parts.where);
    parts.where = where;
    m_error.emplace(code, parts);
    return false;
}

bool Parser::damaged(std::string_view what, std::string_view expected, std::string_view found)
{
    return fail(ErrorCode::Damaged,
                {.what = what, .expected = expected, .found = found, .wayOut = kFetchAgain});
}

// True when so many bytes follow the position. A file that is only cut short is Incomplete; one whose
// metadata would be larger than any real one lies about itself.
bool Parser::need(std::uint64_t bytes)
{
    const std::optional<std::uint64_t> end = checkedAdd(m_position, bytes);
    if (!end || *end > kHeaderBytes + kMaxMetadataBytes)
        return damaged("The metadata is too large", "at most " + byteCount(kMaxMetadataBytes),
                       end ? byteCount(*end) : "more than 64 bits can count");
    if (*end > m_bytes.size())
        return fail(ErrorCode::Incomplete, {.what = "The file is incomplete",
                                            .expected = "at least " + byteCount(*end),
                                            .found = byteCount(m_bytes.size()),
                                            .wayOut = kResume});
    return true;
}

// Count before bytes: nothing is allocated or walked for elements that cannot be there.
bool Parser::needElements(std::uint64_t count, std::uint64_t smallest)
{
    const std::optional<std::uint64_t> bytes = checkedMultiply(count, smallest);
    if (!bytes)
        return damaged("A count is impossible", "as many elements as the file has room for", grouped(count));
    return need(*bytes);
}

template <class T> bool Parser::read(T &value)
{
    static_assert(std::is_arithmetic_v<T> && !std::is_same_v<T, bool>);
    if (!need(sizeof value))
        return false;
    std::memcpy(&value, m_bytes.data() + m_position, sizeof value);
    m_position += sizeof value;
    return true;
}

bool Parser::readString(std::uint64_t maxBytes, std::string_view kind, std::string_view &text)
{
    std::uint64_t length = 0;
    if (!read(length))
        return false;
    if (length > maxBytes)
        return damaged(std::string(kind) + " is too long", "at most " + byteCount(maxBytes),
                       byteCount(length));
    if (!need(length))
        return false;
    text = {reinterpret_cast<const char *>(m_bytes.data() + m_position), static_cast<std::size_t>(length)};
    m_position += length;
    return true;
}

bool Parser::readHeader()
{
    const std::string_view magic(reinterpret_cast<const char *>(m_bytes.data()),
                                 std::min<std::size_t>(m_bytes.size(), 4));
    if (!std::string_view("GGUF").starts_with(magic)) {
        m_error = foreignFormatError(m_bytes, m_fileName);
        return false;
    }
    if (!need(4))
        return false;
    m_position = 4;
    if (!read(m_part.version) || !checkVersion() || !read(m_statedTensors) || !read(m_statedKeyValues))
        return false;
    if (m_statedTensors > kMaxTensors)
        return damaged("The tensor count is too large", "at most " + grouped(kMaxTensors),
                       grouped(m_statedTensors));
    if (m_statedKeyValues > kMaxKeyValues)
        return damaged("The metadata count is too large", "at most " + grouped(kMaxKeyValues),
                       grouped(m_statedKeyValues));
    // Both products are far below 2^64: the counts were just checked.
    return need(m_statedKeyValues * kSmallestKeyValue + m_statedTensors * kSmallestTensorInfo);
}

bool Parser::checkVersion()
{
    const std::uint32_t version = m_part.version;
    if (version == 2 || version == 3)
        return true;
    const std::uint32_t swapped = __builtin_bswap32(version);
    if (swapped >= 1 && swapped <= 3)
        return fail(ErrorCode::Unsupported, {.what = "A big-endian GGUF file cannot be opened",
                                             .where = m_fileName,
                                             .expected = "little endian",
                                             .found = "big endian, version " + std::to_string(swapped),
                                             .wayOut = "Get the little-endian file."});
    const std::string found = "version " + grouped(version);
    if (version == 1)
        return fail(ErrorCode::Unsupported, {.what = "The GGUF version is too old",
                                             .where = m_fileName,
                                             .expected = "version 2 or 3",
                                             .found = found,
                                             .wayOut = "Get a newer conversion of the model."});
    return fail(ErrorCode::Unsupported, {.what = "The GGUF version is not supported",
                                         .where = m_fileName,
                                         .expected = "version 2 or 3",
                                         .found = found,
                                         .wayOut = "Update Baleen, or get another conversion of the model."});
}

bool Parser::readMetadata()
{
    m_part.metadata.reserve(static_cast<std::size_t>(m_statedKeyValues));
    for (std::uint64_t i = 0; i < m_statedKeyValues; ++i) {
        m_subject = "metadata";
        m_name = {};
        std::string_view key;
        if (!readString(kMaxKeyBytes, "A metadata key", key))
            return false;
        if (key.empty())
            return damaged("A metadata key is empty", "a name", "0 bytes");
        key = m_part.texts.keep(key);
        m_name = key;
        std::uint32_t type = 0;
        GgufValue value;
        if (!read(type))
            return false;
        if (type > static_cast<std::uint32_t>(GgufValueType::F64))
            return damaged("The value type is unknown", "0 to 12", grouped(type));
        if (!readValue(static_cast<GgufValueType>(type), value))
            return false;
        m_part.metadata.emplace_back(key, value);
    }
    const auto &metadata = m_part.metadata;
    m_part.keys.build(metadata.size(), [&](std::size_t i) { return metadata[i].first; });
    if (const auto &duplicate = m_part.keys.duplicate()) {
        m_name = metadata[duplicate->first].first;
        return damaged("A metadata key occurs twice", "each key once",
                       "entries " + grouped(duplicate->first + 1) + " and " + grouped(duplicate->second + 1));
    }
    return true;
}

template <class T> bool Parser::readScalar(GgufValue &value)
{
    T scalar{};
    if (!read(scalar))
        return false;
    if constexpr (std::is_floating_point_v<T>)
        value = static_cast<double>(scalar);
    else if constexpr (std::is_signed_v<T>)
        value = static_cast<std::int64_t>(scalar);
    else
        value = static_cast<std::uint64_t>(scalar);
    return true;
}

bool Parser::readValue(GgufValueType type, GgufValue &value)
{
    switch (type) {
    case GgufValueType::U8:
        return readScalar<std::uint8_t>(value);
    case GgufValueType::I8:
        return readScalar<std::int8_t>(value);
    case GgufValueType::U16:
        return readScalar<std::uint16_t>(value);
    case GgufValueType::I16:
        return readScalar<std::int16_t>(value);
    case GgufValueType::U32:
        return readScalar<std::uint32_t>(value);
    case GgufValueType::I32:
        return readScalar<std::int32_t>(value);
    case GgufValueType::U64:
        return readScalar<std::uint64_t>(value);
    case GgufValueType::I64:
        return readScalar<std::int64_t>(value);
    case GgufValueType::F32:
        return readScalar<float>(value);
    case GgufValueType::F64:
        return readScalar<double>(value);
    case GgufValueType::Bool: {
        if (!need(1) || !checkBools(1))
            return false;
        value = m_bytes[m_position] != std::byte{0};
        ++m_position;
        return true;
    }
    case GgufValueType::String: {
        std::string_view text;
        if (!readString(kMaxStringBytes, "A metadata string", text))
            return false;
        value = m_part.texts.keep(text);
        return true;
    }
    case GgufValueType::Array:
        return readArray(value);
    }
    return damaged("The value type is unknown", "0 to 12", grouped(static_cast<std::uint32_t>(type)));
}

bool Parser::checkBools(std::uint64_t count)
{
    for (std::uint64_t i = 0; i < count; ++i)
        if (const auto byte = std::to_integer<std::uint32_t>(m_bytes[m_position + i]); byte > 1)
            return damaged("A truth value is neither true nor false", "0 or 1", grouped(byte));
    return true;
}

bool Parser::readArray(GgufValue &value)
{
    std::uint32_t typeId = 0;
    GgufArray array;
    if (!read(typeId) || !read(array.count))
        return false;
    if (typeId > static_cast<std::uint32_t>(GgufValueType::F64))
        return damaged("The element type of an array is unknown", "0 to 12", grouped(typeId));
    array.elementType = static_cast<GgufValueType>(typeId);
    if (array.elementType == GgufValueType::Array)
        return damaged("An array of arrays is not supported", "an array of scalars or strings", "an array");
    array.offset = m_position;
    const std::uint32_t size = scalarBytes(array.elementType);
    if (!needElements(array.count, size == 0 ? sizeof(std::uint64_t) : size))
        return false;
    if (size == 0) {
        if (!skipStrings(array.count))
            return false;
    } else {
        if (array.elementType == GgufValueType::Bool && !checkBools(array.count))
            return false;
        m_position += array.count * size;
    }
    value = array;
    return true;
}

bool Parser::skipStrings(std::uint64_t count)
{
    std::string_view text;
    for (std::uint64_t i = 0; i < count; ++i)
        if (!readString(kMaxStringBytes, "A string of an array", text))
            return false;
    return true;
}

bool Parser::readAlignment()
{
    m_name = "general.alignment";
    const GgufValue *value = m_part.find(m_name);
    if (!value)
        return true;
    const auto *alignment = std::get_if<std::uint64_t>(value);
    if (!alignment)
        return damaged("The alignment has the wrong type", "an unsigned integer", "another type");
    if (*alignment < kMinAlignment || *alignment > kMaxAlignment || !std::has_single_bit(*alignment))
        return damaged("The alignment is impossible", "a power of two from 8 to 65,536", grouped(*alignment));
    m_alignment = *alignment;
    return true;
}

bool Parser::readTensors()
{
    m_subject = "tensor info";
    m_name = {};
    if (!needElements(m_statedTensors, kSmallestTensorInfo))
        return false;
    m_part.tensors.reserve(static_cast<std::size_t>(m_statedTensors));
    for (std::uint64_t i = 0; i < m_statedTensors; ++i) {
        GgufTensor tensor;
        m_subject = "tensor info";
        m_name = {};
        if (!readTensor(tensor))
            return false;
        m_part.tensors.push_back(tensor);
    }
    return true;
}

bool Parser::readTensor(GgufTensor &tensor)
{
    if (!readString(kMaxTensorNameBytes, "A tensor name", tensor.name))
        return false;
    if (tensor.name.empty())
        return damaged("A tensor name is empty", "a name", "0 bytes");
    tensor.name = m_part.texts.keep(tensor.name);
    m_subject = "tensor";
    m_name = tensor.name;
    if (!read(tensor.dimensionCount))
        return false;
    if (tensor.dimensionCount < 1 || tensor.dimensionCount > tensor.dimensions.size())
        return damaged("The number of dimensions is impossible", "1 to 4", grouped(tensor.dimensionCount));
    tensor.dimensions.fill(1);
    for (std::uint32_t i = 0; i < tensor.dimensionCount; ++i)
        if (!read(tensor.dimensions[i]))
            return false;
    if (!read(tensor.ggufType) || !read(tensor.offset))
        return false;
    if (tensor.ggufType >= kernels::kFirstOwnType && kernels::findElementType(tensor.ggufType))
        return damaged("The type of a tensor is impossible", "below " + grouped(kernels::kFirstOwnType),
                       grouped(tensor.ggufType)); // a folder's tensors have it, no GGUF file
    if (tensor.offset % m_alignment != 0)
        return damaged("A tensor is not aligned", "an offset divisible by " + grouped(m_alignment),
                       grouped(tensor.offset));
    tensor.part = m_partNumber;
    return checkShape(tensor);
}

bool Parser::checkShape(const GgufTensor &tensor)
{
    std::uint64_t weights = 1;
    for (const std::uint64_t dimension : tensor.dimensions) {
        const std::optional<std::uint64_t> product = checkedMultiply(weights, dimension);
        if (dimension == 0 || !product || *product > kMaxWeights)
            return damaged("The shape of a tensor is impossible",
                           "dimensions of at least 1 and at most " + grouped(kMaxWeights) + " weights",
                           shapeText(tensor));
        weights = *product;
    }
    const std::optional<GgufBlock> block = ggufBlock(tensor.ggufType);
    if (block && tensor.dimensions[0] % block->length != 0)
        return damaged("The rows of a tensor are no whole blocks",
                       "a first dimension divisible by " + grouped(block->length) + " for " +
                           ggufTypeText(tensor.ggufType),
                       grouped(tensor.dimensions[0]));
    return true;
}

// From offsets in the data section to extents in the file, which must be there and disjoint.
bool Parser::placeTensors()
{
    std::vector<GgufTensor> &tensors = m_part.tensors;
    m_part.names.build(tensors.size(), [&](std::size_t i) { return tensors[i].name; });
    if (const auto &duplicate = m_part.names.duplicate()) {
        m_name = tensors[duplicate->first].name;
        return damaged("A tensor name occurs twice", "each name once",
                       "tensors " + grouped(duplicate->first + 1) + " and " + grouped(duplicate->second + 1));
    }
    const std::optional<std::uint64_t> dataStart = checkedAlignUp(m_position, m_alignment);
    std::vector<std::uint32_t> byOffset(tensors.size());
    std::vector<std::uint64_t> ends(tensors.size()); // of tensors whose size is not known: where they begin
    for (std::size_t i = 0; i < tensors.size(); ++i) {
        GgufTensor &tensor = tensors[i];
        m_name = tensor.name;
        byOffset[i] = static_cast<std::uint32_t>(i);
        const std::optional<std::uint64_t> offset = checkedAdd(dataStart.value_or(UINT64_MAX), tensor.offset);
        std::uint64_t size = 0;
        if (const std::optional<GgufBlock> block = ggufBlock(tensor.ggufType)) {
            // At most 2^48 weights and 292 bytes a block.
            size = tensor.dimensions[0] * tensor.dimensions[1] * tensor.dimensions[2] * tensor.dimensions[3] /
                   block->length * block->bytes;
        }
        const std::optional<std::uint64_t> end = offset ? checkedAdd(*offset, size) : std::nullopt;
        if (!end)
            return damaged("A tensor lies outside the file", "inside " + byteCount(m_bytes.size()),
                           "offset " + grouped(tensor.offset));
        tensor.offset = *offset;
        tensor.byteSize = kernels::findElementType(tensor.ggufType) ? size : 0;
        ends[i] = *end;
    }
    std::sort(byOffset.begin(), byOffset.end(), [&](std::uint32_t a, std::uint32_t b) {
        return tensors[a].offset != tensors[b].offset ? tensors[a].offset < tensors[b].offset : a < b;
    });
    for (std::size_t i = 1; i < byOffset.size(); ++i) {
        const GgufTensor &before = tensors[byOffset[i - 1]], &after = tensors[byOffset[i]];
        if (ends[byOffset[i - 1]] <= after.offset && before.offset != after.offset)
            continue;
        m_name = {};
        const std::string where = "tensors " + printable(before.name) + " and " + printable(after.name) +
                                  " of " + std::string(m_fileName);
        return fail(ErrorCode::Damaged,
                    {.what = "Two tensors overlap",
                     .where = where,
                     .expected = "the second at byte " + grouped(ends[byOffset[i - 1]]) + " or later",
                     .found = "byte " + grouped(after.offset),
                     .wayOut = kFetchAgain});
    }
    return checkEnd(byOffset, ends);
}

// Tensors that follow each other without a hole to behind the end mean that the file was cut short; a tensor
// far from the others has a wrong offset.
bool Parser::checkEnd(std::span<const std::uint32_t> byOffset, std::span<const std::uint64_t> ends)
{
    if (byOffset.empty())
        return true;
    const std::vector<GgufTensor> &tensors = m_part.tensors;
    const std::uint64_t needed = ends[byOffset.back()];
    if (needed <= m_bytes.size())
        return true;
    std::uint64_t expectedStart = *checkedAlignUp(m_position, m_alignment);
    for (const std::uint32_t i : byOffset) {
        const bool sizeKnown = ggufBlock(tensors[i].ggufType).has_value();
        if (tensors[i].offset > expectedStart && ends[i] > m_bytes.size()) {
            m_name = tensors[i].name;
            return damaged("A tensor lies outside the file", "inside " + byteCount(m_bytes.size()),
                           "bytes " + grouped(tensors[i].offset) + " to " + grouped(ends[i]));
        }
        const std::uint64_t next = checkedAlignUp(ends[i], m_alignment).value_or(UINT64_MAX);
        expectedStart = sizeKnown ? next : UINT64_MAX;
    }
    return fail(ErrorCode::Incomplete, {.what = "The file is incomplete",
                                        .where = m_fileName,
                                        .expected = byteCount(needed),
                                        .found = byteCount(m_bytes.size()),
                                        .wayOut = kResume});
}

} // namespace

const GgufValue *GgufPart::find(std::string_view key) const
{
    const std::optional<std::size_t> at = keys.find(key, [&](std::size_t i) { return metadata[i].first; });
    return at ? &metadata[*at].second : nullptr;
}

Result<GgufPart> parseGguf(std::span<const std::byte> bytes, std::string_view fileName, std::uint32_t part)
{
    return Parser(bytes, fileName, part).parse();
}

} // namespace inference
