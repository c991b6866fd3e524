// The tokenizer of a Hugging Face folder in GGUF's terms, so that Tokenizer::fromGguf() reads it.
//
// Byte-level BPE in tokenizer.json, or SentencePiece BPE in tokenizer.model. Format of tokenizer.json: the
// `tokenizers` library, whose ids are the measure.
#pragma once

#include "inference/hugging_face/metadata_writer.h"
#include "inference/result.h"

#include <cstdint>
#include <filesystem>

namespace inference {

// Appends tokenizer.ggml.* and tokenizer.chat_template from the folder's tokenizer.json (without it
// tokenizer.model and added_tokens.json), tokenizer_config.json, special_tokens_map.json,
// generation_config.json and chat_template.jinja; all but the first are optional. Beside GGUF's keys, where
// what GGUF implies is not so:
//   baleen.eos_token_ids   I32[]  every token that generation_config.json lets end an answer
//   baleen.normalizer_nfc  bool   text is brought to form C first
//   baleen.ignore_merges   bool   a piece that is a token is taken whole
// `vocabularySize`: rows of the embedding; ids without a token become unused ones. Fails with NotFound, Io,
// Damaged or Unsupported, naming file and place; `out` then holds keys that are of no use.
Result<void> addTokenizer(const std::filesystem::path &folder, std::uint32_t vocabularySize,
                          MetadataWriter &out);

} // namespace inference
