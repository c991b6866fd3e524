// Which model a file holds, as a hash that tells two of them apart without reading them whole.
#pragma once

#include "inference/gguf/gguf_file.h"
#include "inference/sha256.h"

#include <cstddef>
#include <string>
#include <string_view>

namespace inference {

// Adds a text with its length, which keeps two of them from running into one another.
void addText(Sha256 &hash, std::string_view text);

// Adds all metadata but long lists, every tensor's name, type, shape and place, and about so many samples of 64 bytes, one of each
// tensor at least.
void addModel(Sha256 &hash, const GgufFile &file, std::size_t samples);

// For people and receipts: 16 hexadecimal digits, the same for a copy of the file. Reads a sample of each tensor: some milliseconds
// once the file is in memory, some more on a disk. What no sample hits can differ.
std::string modelFingerprint(const GgufFile &file);

} // namespace inference
