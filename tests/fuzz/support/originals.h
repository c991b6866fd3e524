// Small good inputs of every parser, in which every field of its format is: what mutants are made of.
#pragma once

#include "tests/fuzz/support/probes.h"
#include "tests/support/gguf_writer.h"
#include "tests/support/small_folder.h"

#include <cstdint>
#include <string>
#include <vector>

namespace fuzz {

struct GgufOriginal
{
    std::string bytes;
    std::vector<test::GgufFieldPlace> places;
};
// Versions 2 and 3 with every kind of value, and a whole model of one layer.
std::vector<GgufOriginal> ggufOriginals();

std::vector<std::string> safetensorsOriginals();

// tokenizer.json: the pre-tokenizers of three families around a vocabulary of a dozen tokens.
std::vector<std::string> tokenizerOriginals();

// Whole models of one or two layers with all their files: llama (its weights in two files with an index),
// qwen2, qwen3, deepseek, deepseek_v3.
std::vector<FolderProbe::Files> folderOriginals();

} // namespace fuzz
