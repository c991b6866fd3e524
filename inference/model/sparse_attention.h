// DeepSeek-V3.2: V3 with a part that chooses which tokens attention looks at, the indexer. Without it the
// model runs as V3, and above the number it was trained to choose its answers can differ from the original's.
#pragma once

#include "inference/gguf/gguf_file.h"

#include <optional>
#include <string>

namespace inference {

// The refusal of a file with indexer tensors; nothing for one without. `supported`: names of architectures.
std::optional<Error> refuseIndexer(const GgufFile &file, std::string_view supported);

// How many tokens a V3.2 without its indexer was trained to look at; 0 for other models. Recognised by the
// keys of the indexer, or by a name in the metadata, the file's where there is none
// (reference/deepseek-models.md section 1b).
std::uint32_t tokensOfMissingIndexer(const GgufFile &file);

// What people should know who read more than so many tokens with it: a sentence.
std::string denseAttentionNote(std::uint32_t tokens);

} // namespace inference
