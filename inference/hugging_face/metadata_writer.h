// Metadata in GGUF's form: what a Hugging Face folder says, in the terms that everything behind it reads.
//
// A folder is opened as the GGUF file that it would be converted to. Only its metadata is made, in memory;
// the weights stay where they are (hugging_face/folder.h).
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace inference {

// Appends keys in the order of the calls; each key once. Format: reference/deepseek-models.md section 3a.
class MetadataWriter
{
public:
    void add(std::string_view key, std::uint32_t value);
    void add(std::string_view key, float value);
    void add(std::string_view key, bool value);
    void add(std::string_view key, std::string_view value);
    void add(std::string_view key, const char *value) { add(key, std::string_view(value)); } // not a bool
    void add(std::string_view key, std::span<const std::string> values);
    void add(std::string_view key, std::span<const std::int32_t> values);
    void add(std::string_view key, std::span<const float> values);

    // A GGUF v3 file without tensors.
    std::string file() const;

private:
    void begin(std::string_view key, std::uint32_t type);
    template <class T> void number(T value);
    void text(std::string_view value);

    std::string m_bytes;
    std::uint64_t m_count = 0;
};

} // namespace inference
