// Unicode normalisation form C, which Qwen's tokenizer applies before anything else.
#pragma once

#include <string>
#include <string_view>

namespace inference {

// True when `text` is in form C already, by a look at each character; false may be wrong.
bool isSurelyComposed(std::string_view text);

// `text` in form C (Unicode 16.0, UAX 15). Bytes that are not UTF-8 are kept and part what stands around
// them.
std::string composed(std::string_view text);

} // namespace inference
