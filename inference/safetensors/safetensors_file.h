// A safetensors file, memory-mapped and checked whole before anything in it is used.
//
// Format: 8 bytes of length, a JSON header of that length, data (reference/deepseek-models.md section 3d).
// Every length, type, shape and offset is checked against the bytes that are there before anything is
// allocated.
#pragma once

#include "inference/gguf/mapped_file.h"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace inference {

enum class SafetensorsType { F64, F32, F16, BF16, F8_E4M3, F8_E5M2, F8_E8M0, I64, I32, I16, I8, U8, Bool };

std::string_view safetensorsTypeName(SafetensorsType type); // as in the file, "BF16"
std::size_t safetensorsTypeBytes(SafetensorsType type);

struct SafetensorsTensor
{
    std::string name;
    SafetensorsType type = SafetensorsType::F32;
    std::vector<std::uint64_t> shape; // row-major: the output dimension first; empty for a single number
    std::span<const std::byte> bytes; // in the mapping: another process can change them at any time
};

// Immutable after open(), thread-safe.
class SafetensorsFile
{
public:
    // Fails with NotFound, Io, Incomplete, Damaged or Unsupported; the message names file, place, expected
    // and found.
    static Result<std::unique_ptr<SafetensorsFile>> open(const std::filesystem::path &path);
    // The same for bytes in memory, which the caller keeps unchanged as long as the object lives. name is for
    // messages.
    static Result<std::unique_ptr<SafetensorsFile>> openMemory(std::span<const std::byte> bytes,
                                                               std::string_view name);

    std::uint64_t fileBytes() const { return m_file.bytes().size(); }
    std::span<const SafetensorsTensor> tensors() const { return m_tensors; } // by place in the file
    const SafetensorsTensor *find(std::string_view name) const;

    // The mapping itself, for an object that keeps it longer than this one; the tensors' bytes stay where they are.
    MappedFile takeFile() && { return std::move(m_file); }

    bool changedOnDisk() const { return m_file.changedOnDisk(); }
    bool differsFromOpened() const { return m_file.differsFromOpened(); }

private:
    explicit SafetensorsFile(MappedFile file) : m_file(std::move(file)) {}
    Result<void> parse(const std::string &where);

    MappedFile m_file;
    std::vector<SafetensorsTensor> m_tensors;
    std::unordered_map<std::string_view, std::size_t> m_byName;
};

} // namespace inference
