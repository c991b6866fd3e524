// What the program reads: files and standard input, lists of ids, conversations as JSON, models by name.
#pragma once

#include "inference/chat/chat_format.h"
#include "inference/result.h"

#include <filesystem>
#include <span>
#include <string>
#include <vector>

namespace inference::cli {

// Some bytes of standard input: 0 at its end, -1 after an error or when Ctrl-C was pressed
// (interrupt().raised()).
long readInput(char *buffer, std::size_t size);

// The whole file, or standard input for "-". Fails with NotFound, Io or Cancelled.
Result<std::string> readAll(const std::string &path);

// Token ids separated by white space or commas, brackets allowed around them.
// Fails with InvalidArgument, naming the place, for anything else and for ids outside 0 .. vocabularySize
// - 1.
Result<std::vector<TokenId>> parseTokens(std::string_view text, std::uint32_t vocabularySize);

// [{"role": ..., "content": ...}], content a string or a list of {"type": "text", "text": ...} parts.
// Fails with InvalidArgument, naming the message.
Result<std::vector<ChatMessage>> parseMessages(std::string_view json);
std::string messagesToJson(std::span<const ChatMessage> messages);

// A path that exists, else a bare name (with or without .gguf) in the folders of models: BALEEN_MODELS, and
// models/ of BALEEN_CACHE or of the user's cache. Fails with NotFound, saying where it looked.
Result<std::filesystem::path> findModel(const std::string &name);

} // namespace inference::cli
