// The JSON header of a safetensors file, as it says it: nothing is checked against the data here.
#pragma once

#include "inference/result.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace inference {

struct HeaderEntry
{
    std::string name;
    std::string type;
    std::vector<std::uint64_t> shape;
    std::uint64_t begin = 0, end = 0; // of its bytes, from the end of the header
};

// {"NAME": {"dtype": TYPE, "shape": [...], "data_offsets": [begin, end]}, ..., "__metadata__": {...}}
// Fails with Damaged, and the byte where the header is not that. Keeps nothing of a text but what an entry
// needs.
Result<std::vector<HeaderEntry>> readSafetensorsHeader(std::string_view json, const std::string &where);

} // namespace inference
