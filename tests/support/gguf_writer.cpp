#include "tests/support/gguf_writer.h"

#include <cstdio>
#include <cstdlib>
#include <fstream>

namespace test {

namespace {

constexpr std::uint32_t kStringType = 8, kArrayType = 9;

} // namespace

void GgufWriter::append(std::string &out, std::vector<GgufFieldPlace> &places, GgufField field,
                        std::string_view bytes)
{
    if (bytes.empty())
        return;
    places.push_back({field, out.size(), bytes.size()});
    out.append(bytes);
}

void GgufWriter::appendString(std::string &out, std::vector<GgufFieldPlace> &places,
                              std::string_view text) const
{
    append(out, places, GgufField::StringLength, static_cast<std::uint64_t>(text.size()));
    append(out, places, GgufField::StringBytes, text);
}

void GgufWriter::beginValue(std::string_view key, std::uint32_t type)
{
    ++m_keyValues;
    appendString(m_metadata, m_metadataPlaces, key);
    append(m_metadata, m_metadataPlaces, GgufField::ValueType, type);
}

void GgufWriter::beginArray(std::string_view key, std::uint32_t elementType, std::size_t count)
{
    beginValue(key, kArrayType);
    append(m_metadata, m_metadataPlaces, GgufField::ElementType, elementType);
    append(m_metadata, m_metadataPlaces, GgufField::ElementCount, static_cast<std::uint64_t>(count));
}

void GgufWriter::setAlignment(std::uint32_t alignment)
{
    m_alignment = alignment;
    set("general.alignment", alignment);
}

void GgufWriter::set(std::string_view key, std::string_view text)
{
    beginValue(key, kStringType);
    appendString(m_metadata, m_metadataPlaces, text);
}

void GgufWriter::setArray(std::string_view key, const std::vector<std::string> &values)
{
    beginArray(key, kStringType, values.size());
    for (const std::string &value : values)
        appendString(m_metadata, m_metadataPlaces, value);
}

void GgufWriter::setRaw(std::string_view key, std::uint32_t type, std::string_view bytes)
{
    beginValue(key, type);
    append(m_metadata, m_metadataPlaces, GgufField::Scalar, bytes);
}

void GgufWriter::addTensor(std::string_view name, kernels::ElementType type,
                           const std::vector<std::uint64_t> &dimensions, std::string_view bytes)
{
    addTensor(name, static_cast<std::uint32_t>(type), dimensions, bytes);
}

void GgufWriter::addTensor(std::string_view name, std::uint32_t ggufType,
                           const std::vector<std::uint64_t> &dimensions, std::string_view bytes,
                           std::optional<std::uint64_t> offset)
{
    m_tensors.push_back({std::string(name), ggufType, dimensions, std::string(bytes), offset});
}

void GgufWriter::addTensor(std::string_view name, const std::vector<std::uint64_t> &dimensions,
                           std::span<const float> values)
{
    addTensor(name, kernels::ElementType::F32, dimensions,
              std::string_view(reinterpret_cast<const char *>(values.data()), values.size_bytes()));
}

std::string GgufWriter::finish()
{
    std::string out;
    m_places.clear();
    const auto pad = [&] {
        const std::uint64_t alignment = m_alignment == 0 ? 1 : m_alignment;
        append(out, m_places, GgufField::Padding,
               std::string((alignment - out.size() % alignment) % alignment, '\0'));
    };

    append(out, m_places, GgufField::Magic, std::string_view("GGUF"));
    append(out, m_places, GgufField::Version, m_version);
    append(out, m_places, GgufField::TensorCount, m_statedTensors.value_or(m_tensors.size()));
    append(out, m_places, GgufField::KeyValueCount, m_statedKeyValues.value_or(m_keyValues));

    for (const GgufFieldPlace &place : m_metadataPlaces)
        m_places.push_back({place.field, place.offset + out.size(), place.size});
    out += m_metadata;

    std::uint64_t offset = 0;
    for (const Tensor &tensor : m_tensors) {
        appendString(out, m_places, tensor.name);
        append(out, m_places, GgufField::DimensionCount,
               static_cast<std::uint32_t>(tensor.dimensions.size()));
        for (const std::uint64_t dimension : tensor.dimensions)
            append(out, m_places, GgufField::Dimension, dimension);
        append(out, m_places, GgufField::TensorType, tensor.type);
        append(out, m_places, GgufField::TensorOffset, tensor.offset.value_or(offset));
        const std::uint64_t alignment = m_alignment == 0 ? 1 : m_alignment;
        offset += (tensor.bytes.size() + alignment - 1) / alignment * alignment;
    }
    pad();
    for (const Tensor &tensor : m_tensors) {
        append(out, m_places, GgufField::Data, tensor.bytes);
        pad();
    }
    return out;
}

void GgufWriter::write(const std::filesystem::path &path)
{
    const std::string bytes = finish();
    std::ofstream file(path, std::ios::binary);
    file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    file.close();
    if (!file) {
        std::fprintf(stderr, "cannot write %s\n", path.c_str());
        std::abort();
    }
}

} // namespace test
