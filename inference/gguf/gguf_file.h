// A GGUF file, memory-mapped and checked whole before anything in it is used.
//
// Format: GGUF v2 and v3, little endian (reference/deepseek-models.md section 3a). Every count, type, offset,
// extent and shape is checked against the bytes that are there before anything is allocated or read. Split
// sets are opened through their first part.
#pragma once

#include "inference/gguf/mapped_file.h"
#include "inference/result.h"
#include "kernels/element_type.h"

#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace inference {

struct OpenPart; // split_set.h

// Type ids of metadata values, as in the file.
enum class GgufValueType : std::uint32_t {
    U8 = 0,
    I8,
    U16,
    I16,
    U32,
    I32,
    F32,
    Bool,
    String,
    Array,
    U64,
    I64,
    F64
};

// An array stays in the file: 150,000 token strings are read by whoever needs them.
struct GgufArray
{
    GgufValueType elementType = GgufValueType::U8;
    std::uint64_t count = 0;
    std::uint64_t offset = 0; // of the first element in the file; the extent was checked by open()
};

// Integers are widened to 64 bits; strings are copies that live as long as the file object.
using GgufValue = std::variant<bool, std::uint64_t, std::int64_t, double, std::string_view, GgufArray>;

struct GgufTensor
{
    std::string_view name;
    std::uint32_t ggufType = 0;                // id as in the file, perhaps one that is not supported
    std::uint32_t dimensionCount = 0;          // 1 .. 4
    std::array<std::uint64_t, 4> dimensions{}; // ne0 (fastest, input dimension) first; unused ones are 1
    std::uint64_t byteSize = 0;                // 0 when the type is not supported
    std::uint64_t offset = 0;                  // from the start of the part's mapping
    std::uint32_t part = 0;                    // of a split set
};

// What a Hugging Face folder holds, in GGUF's terms (hugging_face/folder.h): metadata as a GGUF file without
// tensors, and tensors in files of another format, or of bytes that were made.
struct FolderTensor
{
    std::string name;
    std::uint32_t ggufType = 0;
    std::vector<std::uint64_t> dimensions; // ne0 first; 1 to 4
    std::size_t file = 0;                  // of FolderContent::files
    std::span<const std::byte> bytes;      // in that file
    std::vector<std::byte> ownBytes;       // instead, where not empty
};
struct FolderContent
{
    std::string metadata;
    std::vector<MappedFile> files;
    std::vector<FolderTensor> tensors;
};

// Immutable after open(), thread-safe. What it hands out lives as long as it. Bytes of tensors and strings of
// arrays point into the mapping, where another process can change them at any time: check what is read from
// them, and copy texts before they are sorted (std::sort with an order that changes leaves its table). All
// else is a copy.
class GgufFile
{
public:
    // Fails with NotFound, Io, Incomplete, Damaged or Unsupported; the message names file, place, expected
    // and found.
    static Result<std::unique_ptr<GgufFile>> open(const std::filesystem::path &path);
    // The same for bytes in memory, which the caller keeps unchanged as long as the object lives. name is for
    // messages. No split sets: they are found by their file names.
    static Result<std::unique_ptr<GgufFile>> openMemory(std::span<const std::byte> bytes,
                                                        std::string_view name);
    // A folder's content; its files are the parts, behind one for the metadata. Fails with Damaged for two
    // tensors of one name and for bytes that do not fit a tensor's shape.
    static Result<std::unique_ptr<GgufFile>> openFolder(const std::filesystem::path &path,
                                                        FolderContent content);
    ~GgufFile();
    GgufFile(const GgufFile &) = delete;
    GgufFile &operator=(const GgufFile &) = delete;

    const std::filesystem::path &path() const;
    std::uint32_t version() const;
    std::uint64_t fileBytes() const; // of all parts
    std::uint32_t partCount() const; // 1, or the files of a split set

    // True once a read met bytes that another process has cut off; they read as zeros (see mapped_file.h).
    // Cheap: ask after each step that read weights, and end the reply with an error.
    bool changedOnDisk() const;
    // Asks the file system as well: another size or time of change than at open(). For the start of a
    // generation.
    bool differsFromOpened() const;
    // When the part that was changed last was changed, as of open(): nanoseconds since 1970; 0 in memory.
    std::int64_t changedAt() const;

    const GgufValue *find(std::string_view key) const;
    std::span<const std::pair<std::string_view, GgufValue>> metadata() const; // in file order

    // Typed access. `require...` fails with Damaged when the key is missing or has another type, naming both;
    // `optional...` gives nothing when the key is missing and fails when the type is another one.
    // An unsigned value may be stored as any integer type; a negative one or one above 2^32 - 1 is an error.
    Result<std::uint32_t> requireU32(std::string_view key) const;
    Result<std::optional<std::uint32_t>> optionalU32(std::string_view key) const;
    Result<float> requireF32(std::string_view key) const;
    Result<std::optional<float>> optionalF32(std::string_view key) const;
    Result<std::string_view> requireString(std::string_view key) const;
    Result<std::optional<std::string_view>> optionalString(std::string_view key) const;
    Result<std::optional<bool>> optionalBool(std::string_view key) const;
    // The array under a key, or nothing; fails when its element type is another one.
    Result<std::optional<GgufArray>> optionalArray(std::string_view key, GgufValueType elementType) const;

    // Elements of arrays whose type has been checked.
    std::vector<std::string_view> strings(const GgufArray &array) const;
    std::vector<std::int32_t> int32s(const GgufArray &array) const; // elementType I32 or U32
    std::vector<float> floats(const GgufArray &array) const;        // elementType F32
    std::vector<std::uint64_t>
    integers(const GgufArray &array) const; // any integer type; negative ones give 0

    std::span<const GgufTensor> tensors() const; // in file order, all parts
    const GgufTensor *findTensor(std::string_view name) const;
    // The tensor's bytes: the one way to them. Empty when its type is not supported.
    std::span<const std::byte> bytes(const GgufTensor &tensor) const;

private:
    GgufFile();
    static Result<std::unique_ptr<GgufFile>> assemble(const std::filesystem::path &path, std::string name,
                                                      std::vector<OpenPart> parts);
    struct Private;
    std::unique_ptr<Private> d;
};

} // namespace inference
