#include "inference/safetensors/safetensors_file.h"

#include "inference/gguf/checked_arithmetic.h"
#include "inference/gguf/wording.h"
#include "inference/safetensors/header_reader.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <tuple>

namespace inference {

namespace {

constexpr std::uint64_t kMaxHeaderBytes = 100'000'000; // what the format allows

struct TypeRow
{
    SafetensorsType type;
    std::string_view name;
    std::size_t bytes;
};

constexpr std::array kTypes{
    TypeRow{SafetensorsType::F64, "F64", 8},         TypeRow{SafetensorsType::F32, "F32", 4},
    TypeRow{SafetensorsType::F16, "F16", 2},         TypeRow{SafetensorsType::BF16, "BF16", 2},
    TypeRow{SafetensorsType::F8_E4M3, "F8_E4M3", 1}, TypeRow{SafetensorsType::F8_E5M2, "F8_E5M2", 1},
    TypeRow{SafetensorsType::F8_E8M0, "F8_E8M0", 1}, TypeRow{SafetensorsType::I64, "I64", 8},
    TypeRow{SafetensorsType::I32, "I32", 4},         TypeRow{SafetensorsType::I16, "I16", 2},
    TypeRow{SafetensorsType::I8, "I8", 1},           TypeRow{SafetensorsType::U8, "U8", 1},
    TypeRow{SafetensorsType::Bool, "BOOL", 1},
};

const TypeRow &rowOf(SafetensorsType type)
{
    return kTypes[std::size_t(type)];
}

std::string typeNames()
{
    std::string names;
    for (const TypeRow &row : kTypes)
        names.append(names.empty() ? "" : " ").append(row.name);
    return names;
}

Error damagedFile(std::string_view what, const std::string &where, const std::string &expected,
              const std::string &found)
{
    return {
        ErrorCode::Damaged,
        {.what = what, .where = where, .expected = expected, .found = found, .wayOut = "Download it again."}};
}

} // namespace

std::string_view safetensorsTypeName(SafetensorsType type)
{
    return rowOf(type).name;
}

std::size_t safetensorsTypeBytes(SafetensorsType type)
{
    return rowOf(type).bytes;
}

Result<std::unique_ptr<SafetensorsFile>> SafetensorsFile::open(const std::filesystem::path &path)
{
    Result<MappedFile> file = MappedFile::open(path);
    if (!file)
        return file.error();
    std::unique_ptr<SafetensorsFile> opened(new SafetensorsFile(std::move(*file)));
    if (const Result<void> parsed = opened->parse(pathText(path)); !parsed)
        return parsed.error();
    return opened;
}

Result<std::unique_ptr<SafetensorsFile>> SafetensorsFile::openMemory(std::span<const std::byte> bytes,
                                                                     std::string_view name)
{
    std::unique_ptr<SafetensorsFile> opened(new SafetensorsFile(MappedFile::view(bytes)));
    if (const Result<void> parsed = opened->parse(printable(name)); !parsed)
        return parsed.error();
    return opened;
}

Result<void> SafetensorsFile::parse(const std::string &where)
{
    const std::span<const std::byte> bytes = m_file.bytes();
    std::uint64_t headerBytes = 0;
    if (bytes.size() < sizeof headerBytes)
        return Error(ErrorCode::Incomplete, {.what = "The file is incomplete",
                                             .where = where,
                                             .expected = "at least 8 bytes",
                                             .found = byteCount(bytes.size()),
                                             .wayOut = "Resume or repeat the download."});
    std::memcpy(&headerBytes, bytes.data(), sizeof headerBytes); // little endian, as this machine is
    if (headerBytes > kMaxHeaderBytes)
        return damagedFile("Not a safetensors file", where, "a header of at most " + byteCount(kMaxHeaderBytes),
                       byteCount(headerBytes));
    if (headerBytes > bytes.size() - sizeof headerBytes)
        return Error(ErrorCode::Incomplete, {.what = "The file is incomplete",
                                             .where = where,
                                             .expected = "a header of " + byteCount(headerBytes),
                                             .found = byteCount(bytes.size() - sizeof headerBytes),
                                             .wayOut = "Resume or repeat the download."});
    // A copy: another process could change the mapping while it is parsed.
    const std::string header(reinterpret_cast<const char *>(bytes.data()) + sizeof headerBytes, headerBytes);
    Result<std::vector<HeaderEntry>> entries = readSafetensorsHeader(header, where);
    if (!entries)
        return entries.error();

    // Data: every tensor's bytes one behind the other, without a gap.
    const std::span<const std::byte> data = bytes.subspan(sizeof headerBytes + headerBytes);
    std::sort(entries->begin(), entries->end(), [](const HeaderEntry &a, const HeaderEntry &b) {
        return std::tie(a.begin, a.end, a.name) < std::tie(b.begin, b.end, b.name);
    });
    std::uint64_t place = 0;
    m_tensors.reserve(entries->size());
    for (HeaderEntry &entry : *entries) {
        const std::string at = "tensor " + printable(entry.name) + " of " + where;
        const auto row = std::find_if(kTypes.begin(), kTypes.end(),
                                      [&](const TypeRow &type) { return type.name == entry.type; });
        if (row == kTypes.end())
            return Error(ErrorCode::Unsupported, {.what = "A tensor has an unknown type",
                                                  .where = at,
                                                  .expected = "one of " + typeNames(),
                                                  .found = printable(entry.type)});
        std::optional<std::uint64_t> size = row->bytes;
        for (const std::uint64_t dimension : entry.shape)
            size = size ? checkedMultiply(*size, dimension) : size;
        if (entry.begin != place)
            return damagedFile("Tensors overlap or leave a gap", at, "data from byte " + grouped(place),
                           "byte " + grouped(entry.begin));
        if (!size || entry.end < entry.begin || entry.end - entry.begin != *size)
            return damagedFile(
                "A tensor's data does not fit its shape", at, size ? byteCount(*size) : "fewer weights",
                entry.end < entry.begin ? "an end before the beginning" : byteCount(entry.end - entry.begin));
        if (entry.end > data.size())
            return Error(ErrorCode::Incomplete, {.what = "The file is incomplete",
                                                 .where = at,
                                                 .expected = "data up to byte " + grouped(entry.end),
                                                 .found = byteCount(data.size()),
                                                 .wayOut = "Resume or repeat the download."});
        place = entry.end;
        m_tensors.push_back(
            {std::move(entry.name), row->type, std::move(entry.shape), data.subspan(entry.begin, *size)});
    }
    if (place != data.size())
        return damagedFile("There is data behind the last tensor", where, byteCount(place),
                       byteCount(data.size()));
    for (std::size_t i = 0; i < m_tensors.size(); ++i)
        if (!m_byName.emplace(m_tensors[i].name, i).second)
            return damagedFile("Two tensors have one name", where, "different names",
                           printable(m_tensors[i].name));
    return {};
}

const SafetensorsTensor *SafetensorsFile::find(std::string_view name) const
{
    const auto found = m_byName.find(name);
    return found == m_byName.end() ? nullptr : &m_tensors[found->second];
}

} // namespace inference
