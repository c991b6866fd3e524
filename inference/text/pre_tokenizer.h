// Cuts text into the pieces that byte-pair merges may not cross, as each model family was trained with.
//
// The rules are the regular expressions of reference/deepseek-models.md section 4, written as scanners: each
// takes one pass, whatever the text, and none can blow up. Splits of a sequence are applied in order, each to
// the pieces that the one before left; what matches and what lies between are both pieces.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <type_traits>

namespace inference {

enum class PreTokenizer : std::uint8_t {
    Gpt2,
    SmolLm,
    Qwen2,
    LlamaBpe,
    DeepSeekLlm,
    DeepSeekCoder,
    DeepSeekV3
};

// The one that `tokenizer.ggml.pre` names, under any name it has had; nothing for a name that is not known.
std::optional<PreTokenizer> preTokenizerNamed(std::string_view name);

// Any callable that takes a string_view, without owning it.
class PieceSink
{
public:
    template <class F>
    requires(!std::is_same_v<std::remove_cvref_t<F>, PieceSink>) PieceSink(F &&f)
        : m_object(const_cast<void *>(static_cast<const void *>(std::addressof(f)))),
          m_call([](void *object, std::string_view piece) {
              (*static_cast<std::remove_reference_t<F> *>(object))(piece);
          })
    {}
    void operator()(std::string_view piece) const { m_call(m_object, piece); }

private:
    void *m_object;
    void (*m_call)(void *, std::string_view);
};

// Calls `sink` with every piece in order: views of `text`, none empty, that together are the text. Any bytes
// are accepted; a byte that is not UTF-8 counts as the symbol U+FFFD. Thread-safe.
void splitIntoPieces(PreTokenizer kind, std::string_view text, PieceSink sink);

} // namespace inference
