// What short text tells about its language: frequent words, and letters that only few languages have.
#pragma once

#include "app/translate/languages.h"

#include <QStringView>

namespace app::translate {

struct LanguageHint
{
    const Language *language = nullptr;
    int hits = 0;           // words and letters that speak for it
    int words = 0;          // words of the text
    bool contested = false; // another language has as many
};

// Looks at words of the given script only.
LanguageHint hintedLanguage(QStringView text, Script script);

} // namespace app::translate
