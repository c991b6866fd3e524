// Unicode's character classes and canonical compositions, as the tokenizers of models need them.
#pragma once

#include <cstdint>
#include <span>

namespace inference::unicode {

// Classes of a code point, as bits.
inline constexpr std::uint8_t kLetter = 1;       // \p{L}
inline constexpr std::uint8_t kMark = 2;         // \p{M}
inline constexpr std::uint8_t kNumber = 4;       // \p{N}
inline constexpr std::uint8_t kPunctuation = 8;  // \p{P}
inline constexpr std::uint8_t kSymbol = 16;      // \p{S}
inline constexpr std::uint8_t kSpace = 32;       // White_Space, which is \s
inline constexpr std::uint8_t kCasedLetter = 64; // the letters that the deepseek-llm pre-tokenizer lists
inline constexpr std::uint8_t kUnstable = 128;   // may change, or join what stands before it, under NFC

// Runs of equal values up to the next entry: code point << 8 | value.
extern const std::span<const std::uint32_t> kClassRuns;
extern const std::span<const std::uint32_t> kCombiningRuns; // canonical combining class
// code point << 43 | first << 22 | second (0: none) << 1 | 1 when the two compose again, in order of code
// points. Hangul syllables are not in it: they follow from arithmetic.
extern const std::span<const std::uint64_t> kDecompositions;

// One byte of class bits for each of the 0x110000 code points. Built at the first call (under a millisecond).
const std::uint8_t *classes();

} // namespace inference::unicode
