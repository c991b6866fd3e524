// Metadata values read as the type that is expected, and the errors when they are another one.
#pragma once

#include "inference/gguf/gguf_parser.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace inference {

// An unsigned number, stored as any integer type; nothing when the key is missing. Fails when it is no
// integer, negative or above 2^32 - 1.
Result<std::optional<std::uint32_t>> optionalU32(const GgufPart &part, std::string_view key,
                                                 std::string_view fileName);

// "metadata llama.block_count of /models/a.gguf"
std::string keyText(std::string_view key, std::string_view fileName);
Error wrongTypeError(std::string_view key, std::string_view fileName, std::string_view expected,
                     const GgufValue &found);
Error missingKeyError(std::string_view key, std::string_view fileName);

} // namespace inference
