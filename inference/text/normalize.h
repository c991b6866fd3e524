// Unicode normalisation form C, which Qwen's tokenizer applies before anything else.
#pragma once

#include <string>
#include <string_view>

namespace inference {

// True when `text` is in form C already, by a look at each character; false may be wrong.
bool isSurelyComposed(std::string_view text);

// `text` in form C (UAX 15) of Unicode 9.0, the version that the `tokenizers` library has: younger characters
// stay where they are. Bytes that are not UTF-8 are kept and part what stands around them.
std::string composed(std::string_view text);

} // namespace inference
