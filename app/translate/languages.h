// The languages of the Translate panel: what each is called, how it is written, and which way it runs.
#pragma once

#include <QString>
#include <QStringView>

#include <span>

namespace app::translate {

// The script a language is written in. Han with kana is Japanese, Han alone Chinese.
enum class Script : quint8 {
    None, // digits, signs, emoji
    Latin,
    Cyrillic,
    Greek,
    Armenian,
    Georgian,
    Hebrew,
    Arabic,
    Devanagari,
    Bengali,
    Gurmukhi,
    Gujarati,
    Tamil,
    Telugu,
    Kannada,
    Malayalam,
    Sinhala,
    Thai,
    Lao,
    Myanmar,
    Khmer,
    Hangul,
    Kana,
    Han,
    Other // letters of a script without a language here
};
inline constexpr int kScriptCount = int(Script::Other) + 1;

struct Language
{
    QStringView code;       // BCP 47: "en", "zh-Hans"
    QStringView name;       // English, for the prompt: "Simplified Chinese"
    const char *label;      // English, see languageLabel()
    QStringView nativeName; // "简体中文"
    Script script = Script::Latin;
    bool rightToLeft = false;
    bool cjk = false; // reads with the CJK line height, no spaces between sentences
};

// For lists, in the language of the window: "Chinese, simplified".
QString languageLabel(const Language &language);

// All languages in the order of the pickers: the five most used first, the others by name. They live for
// ever.
std::span<const Language> languages();
// By exact code, or by what older files and locales say ("zh", "zh-CN", "zh_TW", "no", "iw", "en-GB"). Null:
// unknown.
const Language *findLanguage(QStringView code);

// The code point at `at`, which moves past it; an unpaired surrogate is itself.
char32_t nextCodePoint(QStringView text, qsizetype &at);
// The script of a code point's letter; None for what is no letter. A table of its own, so that it means the
// same under every Qt.
Script scriptOf(char32_t codePoint);
// Whether text of the language uses letters of this script: Japanese has Han and kana, Korean Hangul and Han.
bool usesScript(const Language &language, Script script);
// Whether the text has any letter at all; numbers, rules and emoji have none.
bool hasLetters(QStringView text);

} // namespace app::translate
