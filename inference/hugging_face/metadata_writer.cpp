#include "inference/hugging_face/metadata_writer.h"

#include "inference/gguf/gguf_file.h"

namespace inference {

template <class T> void MetadataWriter::number(T value)
{
    m_bytes.append(reinterpret_cast<const char *>(&value), sizeof value); // little endian, as this machine is
}

void MetadataWriter::text(std::string_view value)
{
    number(std::uint64_t(value.size()));
    m_bytes += value;
}

void MetadataWriter::begin(std::string_view key, std::uint32_t type)
{
    text(key);
    number(type);
    ++m_count;
}

void MetadataWriter::add(std::string_view key, std::uint32_t value)
{
    begin(key, std::uint32_t(GgufValueType::U32));
    number(value);
}

void MetadataWriter::add(std::string_view key, float value)
{
    begin(key, std::uint32_t(GgufValueType::F32));
    number(value);
}

void MetadataWriter::add(std::string_view key, bool value)
{
    begin(key, std::uint32_t(GgufValueType::Bool));
    number(std::uint8_t(value));
}

void MetadataWriter::add(std::string_view key, std::string_view value)
{
    begin(key, std::uint32_t(GgufValueType::String));
    text(value);
}

void MetadataWriter::add(std::string_view key, std::span<const std::string> values)
{
    begin(key, std::uint32_t(GgufValueType::Array));
    number(std::uint32_t(GgufValueType::String));
    number(std::uint64_t(values.size()));
    for (const std::string &value : values)
        text(value);
}

void MetadataWriter::add(std::string_view key, std::span<const std::int32_t> values)
{
    begin(key, std::uint32_t(GgufValueType::Array));
    number(std::uint32_t(GgufValueType::I32));
    number(std::uint64_t(values.size()));
    m_bytes.append(reinterpret_cast<const char *>(values.data()), values.size_bytes());
}

void MetadataWriter::add(std::string_view key, std::span<const float> values)
{
    begin(key, std::uint32_t(GgufValueType::Array));
    number(std::uint32_t(GgufValueType::F32));
    number(std::uint64_t(values.size()));
    m_bytes.append(reinterpret_cast<const char *>(values.data()), values.size_bytes());
}

std::string MetadataWriter::file() const
{
    MetadataWriter head;
    head.m_bytes = "GGUF";
    head.number(std::uint32_t(3));
    head.number(std::uint64_t(0)); // tensors
    head.number(m_count);
    return head.m_bytes + m_bytes;
}

} // namespace inference
