// Small byte-level vocabularies as GGUF files in memory: all 256 bytes, some merges, special tokens as asked
// for.
#pragma once

#include "inference/gguf/gguf_file.h"
#include "inference/text/tokenizer.h"
#include "tests/support/gguf_writer.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace test {

// A byte in GPT-2's alphabet.
inline std::string spelledByte(int b)
{
    const auto printable = [](int x) {
        return (x >= 0x21 && x <= 0x7E) || (x >= 0xA1 && x <= 0xAC) || x >= 0xAE;
    };
    int c = b;
    if (!printable(b)) {
        c = 0x100;
        for (int x = 0; x < b; ++x)
            c += printable(x) ? 0 : 1;
    }
    if (c < 0x80)
        return std::string(1, static_cast<char>(c));
    return {static_cast<char>(0xC0 | c >> 6), static_cast<char>(0x80 | (c & 0x3F))};
}

inline std::string spelled(std::string_view bytes)
{
    std::string out;
    for (const char c : bytes)
        out += spelledByte(static_cast<unsigned char>(c));
    return out;
}

// Token ids: 0 .. 255 are the bytes, then what the merges make, then the special tokens.
class ByteVocabulary
{
public:
    struct Special
    {
        std::string literal;
        std::int32_t type = 3; // control
    };

    std::string architecture = "llama";
    std::string pre = "gpt2";                                // empty: the key is left out
    std::vector<std::pair<std::string, std::string>> merges; // plain bytes, by rank
    std::vector<Special> specials;
    std::string bos, eos, chatTemplate; // literals of specials; empty: none
    int addBos = -1;                    // -1: the key is left out
    std::size_t padTo = 0;              // unused tokens up to this size

    void write(GgufWriter &writer) const
    {
        std::vector<std::string> tokens, lines;
        for (int b = 0; b < 256; ++b)
            tokens.push_back(spelledByte(b));
        for (const auto &[left, right] : merges) {
            lines.push_back(spelled(left) + " " + spelled(right));
            tokens.push_back(spelled(left + right));
        }
        std::vector<std::int32_t> types(tokens.size(), 1);
        for (const Special &special : specials) {
            tokens.push_back(special.literal);
            types.push_back(special.type);
        }
        while (tokens.size() < padTo) {
            tokens.push_back("[PAD" + std::to_string(tokens.size()) + "]");
            types.push_back(5);
        }
        writer.set("general.architecture", architecture);
        writer.set("tokenizer.ggml.model", "gpt2");
        if (!pre.empty())
            writer.set("tokenizer.ggml.pre", pre);
        const auto idOf = [&tokens](const std::string &literal) {
            for (std::size_t i = 256; i < tokens.size(); ++i) {
                if (tokens[i] == literal)
                    return static_cast<std::uint32_t>(i);
            }
            return 0u;
        };
        if (!bos.empty())
            writer.set("tokenizer.ggml.bos_token_id", idOf(bos));
        if (!eos.empty())
            writer.set("tokenizer.ggml.eos_token_id", idOf(eos));
        if (addBos >= 0)
            writer.set("tokenizer.ggml.add_bos_token", addBos == 1);
        if (!chatTemplate.empty())
            writer.set("tokenizer.chat_template", chatTemplate);
        writer.setArray("tokenizer.ggml.tokens", tokens);
        writer.setArray("tokenizer.ggml.token_type", types);
        writer.setArray("tokenizer.ggml.merges", lines);
    }
};

// A file in memory and what is made of it.
struct OpenVocabulary
{
    std::string bytes;
    std::unique_ptr<inference::GgufFile> file;
    std::unique_ptr<inference::Tokenizer> tokenizer;
    std::string error; // of whichever failed

    explicit OpenVocabulary(GgufWriter &writer) : bytes(writer.finish())
    {
        auto opened = inference::GgufFile::openMemory(std::as_bytes(std::span(bytes)), "memory.gguf");
        if (!opened) {
            error = opened.error().message;
            return;
        }
        file = std::move(*opened);
        auto made = inference::Tokenizer::fromGguf(*file);
        if (made)
            tokenizer = std::move(*made);
        else
            error = made.error().message;
    }
    static OpenVocabulary of(const ByteVocabulary &vocabulary)
    {
        GgufWriter writer;
        vocabulary.write(writer);
        return OpenVocabulary(writer);
    }
    OpenVocabulary(OpenVocabulary &&) = delete; // `file` points into `bytes`
};

} // namespace test
