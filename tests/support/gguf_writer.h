// Writes GGUF files for tests: tiny models, every kind of metadata, and files that lie about themselves.
//
//     test::GgufWriter w;
//     w.set("general.architecture", "llama");
//     w.set("llama.block_count", 2u);                        // the C++ type is the GGUF type: uint32_t ->
//     U32 w.setArray("tokenizer.ggml.tokens", std::vector<std::string>{"a", "b"});
//     w.addTensor("token_embd.weight", kernels::ElementType::F32, {64, 2}, bytes); // ne0 (input dimension)
//     first const std::string file = w.finish();
//
// Standard library only.
#pragma once

#include "kernels/element_type.h"

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace test {

// Where things are in a finished file: a mutator changes exactly one of them.
enum class GgufField {
    Magic,
    Version,
    TensorCount,
    KeyValueCount,
    StringLength, // of keys, string values and tensor names
    StringBytes,
    ValueType,
    Scalar,
    ElementType, // of an array
    ElementCount,
    DimensionCount,
    Dimension,
    TensorType,
    TensorOffset,
    Padding,
    Data
};

struct GgufFieldPlace
{
    GgufField field;
    std::size_t offset = 0; // from the start of the file
    std::size_t size = 0;
};

class GgufWriter
{
public:
    explicit GgufWriter(std::uint32_t version = 3) : m_version(version) {}

    // Tensor data is aligned to this; written as general.alignment. 32 and no key without a call.
    void setAlignment(std::uint32_t alignment);

    // Scalars. bool, 8- to 64-bit integers, float (F32) and double (F64) keep their type; text becomes a
    // string.
    template <class T>
    requires std::is_arithmetic_v<T>
    void set(std::string_view key, T value)
    {
        beginValue(key, typeId<T>());
        appendScalar(value);
    }
    void set(std::string_view key, std::string_view text);
    void set(std::string_view key, const std::string &text) { set(key, std::string_view(text)); }
    void set(std::string_view key, const char *text) { set(key, std::string_view(text)); }

    // Arrays of scalars or of text.
    template <class T>
    requires std::is_arithmetic_v<T>
    void setArray(std::string_view key, const std::vector<T> &values)
    {
        beginArray(key, typeId<T>(), values.size());
        for (const T value : values)
            appendScalar(value);
    }
    void setArray(std::string_view key, const std::vector<std::string> &values);

    // A value whose bytes are given as they are: for types that do not exist and lengths that lie.
    void setRaw(std::string_view key, std::uint32_t type, std::string_view bytes);

    // Tensors. Dimensions: ne0 first. The bytes are written as given, whatever the shape says. An offset that
    // is given replaces the right one.
    void addTensor(std::string_view name, kernels::ElementType type,
                   const std::vector<std::uint64_t> &dimensions, std::string_view bytes);
    void addTensor(std::string_view name, std::uint32_t ggufType,
                   const std::vector<std::uint64_t> &dimensions, std::string_view bytes,
                   std::optional<std::uint64_t> offset = std::nullopt);
    // F32 values; as many as the shape says.
    void addTensor(std::string_view name, const std::vector<std::uint64_t> &dimensions,
                   std::span<const float> values);

    // Numbers that the header states instead of the true ones.
    void overrideTensorCount(std::uint64_t count) { m_statedTensors = count; }
    void overrideKeyValueCount(std::uint64_t count) { m_statedKeyValues = count; }

    // The file. May be called again after more was added.
    std::string finish();
    // Writes finish() to a file; ends the program when that fails.
    void write(const std::filesystem::path &path);
    // Of the last finish(), in file order.
    const std::vector<GgufFieldPlace> &places() const { return m_places; }

private:
    struct Tensor
    {
        std::string name;
        std::uint32_t type = 0;
        std::vector<std::uint64_t> dimensions;
        std::string bytes;
        std::optional<std::uint64_t> offset;
    };

    template <class T> static constexpr std::uint32_t typeId()
    {
        if constexpr (std::is_same_v<T, bool>)
            return 7;
        else if constexpr (std::is_floating_point_v<T>)
            return sizeof(T) == 4 ? 6 : 12;
        else if constexpr (sizeof(T) == 8)
            return std::is_signed_v<T> ? 11 : 10;
        else
            return (sizeof(T) == 1 ? 0 : sizeof(T) == 2 ? 2 : 4) + (std::is_signed_v<T> ? 1 : 0);
    }
    template <class T> void appendScalar(T value)
    {
        append(m_metadata, m_metadataPlaces, GgufField::Scalar, value);
    }
    template <class T>
    requires std::is_arithmetic_v<T>
    static void append(std::string &out, std::vector<GgufFieldPlace> &places, GgufField field, T value)
    {
        places.push_back({field, out.size(), sizeof(T)});
        char raw[sizeof(T)];
        std::memcpy(raw, &value, sizeof(T));
        out.append(raw, sizeof(T));
    }
    static void append(std::string &out, std::vector<GgufFieldPlace> &places, GgufField field,
                       std::string_view bytes);
    void appendString(std::string &out, std::vector<GgufFieldPlace> &places, std::string_view text) const;
    void beginValue(std::string_view key, std::uint32_t type);
    void beginArray(std::string_view key, std::uint32_t elementType, std::size_t count);

    std::uint32_t m_version;
    std::uint64_t m_alignment = 32;
    std::uint64_t m_keyValues = 0;
    std::optional<std::uint64_t> m_statedTensors, m_statedKeyValues;
    std::string m_metadata;
    std::vector<GgufFieldPlace> m_metadataPlaces, m_places;
    std::vector<Tensor> m_tensors;
};

} // namespace test
