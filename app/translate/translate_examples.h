// The same few sentences in many languages: shown to the model as translations already made, so that orders
// and questions are seen to be translated, not obeyed.
#pragma once

#include "app/translate/languages.h"

#include <QStringView>

#include <array>

namespace app::translate {

inline constexpr int kExampleCount = 3;
// An order that asks to be obeyed, a question, and a plain sentence with a number.
using Examples = std::array<QStringView, kExampleCount>;

// Null when there are none in the language.
const Examples *examplesIn(const Language &language);

} // namespace app::translate
