// Facts about a model file for people, without loading the model: `baleen-cli info` and the model picker.
#pragma once

#include "inference/gguf/gguf_file.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace inference {

// The tensors of one element type.
struct GgufTypeTotal
{
    std::uint32_t ggufType = 0;
    std::string name; // "Q4_K"; "type 97" when the id has no published name
    bool supported = false;
    bool sizeKnown = true; // false: bytes is 0 because the type's layout is not known
    std::uint64_t tensorCount = 0;
    std::uint64_t weightCount = 0;
    std::uint64_t bytes = 0;
    std::string firstTensor; // the first in the file that has this type
};

// The tensors of one role, whatever their layer.
struct GgufGroupTotal
{
    std::string name; // "token embedding", "attention", "feed-forward", "routed experts", ...
    std::uint64_t tensorCount = 0;
    std::uint64_t weightCount = 0;
    std::uint64_t bytes = 0;
    std::vector<GgufTypeTotal> types; // most bytes first
};

struct GgufInfo
{
    std::string architecture; // general.architecture; empty when the file has none or it is no string
    std::string name;         // general.name, else empty
    std::string quantisation; // "Q4_K_M" from general.file_type, else the type with the most bytes
    std::uint32_t version = 0;
    std::uint32_t partCount = 1;
    std::uint64_t fileBytes = 0;
    std::uint64_t tensorCount = 0;
    std::uint64_t tensorBytes = 0;
    std::uint64_t parameterCount = 0;   // weights of all tensors
    std::vector<GgufTypeTotal> types;   // most bytes first
    std::vector<GgufGroupTotal> groups; // in the order of a forward pass

    // Types that this program cannot compute with; empty when there are none.
    std::vector<GgufTypeTotal> unsupportedTypes() const;
    // One sentence that names them and the first tensor of each; empty when there are none.
    std::string unsupportedText() const;
};

// Never fails: what the file does not say stays empty.
GgufInfo describeGguf(const GgufFile &file);

// "Q4_K_M" for general.file_type 15; empty for a number that has no published name.
std::string_view ggufFileTypeName(std::uint64_t fileType);

} // namespace inference
