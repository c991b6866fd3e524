// What a file is that was taken for a GGUF file.
#pragma once

#include "inference/result.h"

#include <cstddef>
#include <span>
#include <string_view>

namespace inference {

// The error for bytes that do not begin with GGUF's magic: names what they are, where that can be told, and a
// way out.
Error foreignFormatError(std::span<const std::byte> bytes, std::string_view fileName);

} // namespace inference
