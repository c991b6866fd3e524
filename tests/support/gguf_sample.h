// A small GGUF file with everything in it: what the tests of the file format damage and mutate.
#pragma once

#include "tests/support/gguf_writer.h"

#include <cstddef>
#include <span>
#include <string>

namespace test {

// Every kind of metadata (key "type.u8" and so on, arrays "array.u8"), a vocabulary, and a tensor of each
// supported element type plus one of IQ2_XXS. dataScale stretches the tensors: 1 makes about 20 KB, 16 about
// 200 KB.
GgufWriter sampleGguf(std::uint64_t dataScale, std::uint32_t version = 3);

inline std::span<const std::byte> bytesOf(const std::string &text)
{
    return std::as_bytes(std::span(text.data(), text.size()));
}

} // namespace test
