// Which way a Han letter is written: the letters that tell simplified, traditional and Japanese text apart.
#pragma once

#include <QtGlobal>

namespace app::translate {

enum class HanVariant : quint8 {
    Shared,              // the same everywhere, or too rare to tell anything
    Simplified,          // 们 这 说
    SimplifiedJapanese,  // 国 学 会: simplified Chinese and Japanese
    Traditional,         // 這 來 說
    TraditionalJapanese, // 時 東 電: traditional Chinese and Japanese
    Japanese             // 円 図 駅
};

HanVariant hanVariant(char32_t codePoint);

} // namespace app::translate
