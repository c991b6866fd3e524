#include "app/translate/languages.h"

#include <QCoreApplication>
#include <QString>

#include <algorithm>
#include <array>

namespace app::translate {
namespace {

constexpr bool kRtl = true;
constexpr bool kCjk = true;

constexpr Language kLanguages[] = {
    {u"en", u"English", QT_TRANSLATE_NOOP("Languages", "English"), u"English", Script::Latin},
    {u"zh-Hans", u"Simplified Chinese", QT_TRANSLATE_NOOP("Languages", "Chinese, simplified"), u"简体中文", Script::Han, false, kCjk},
    {u"zh-Hant", u"Traditional Chinese", QT_TRANSLATE_NOOP("Languages", "Chinese, traditional"), u"繁體中文", Script::Han, false, kCjk},
    {u"ja", u"Japanese", QT_TRANSLATE_NOOP("Languages", "Japanese"), u"日本語", Script::Kana, false, kCjk},
    {u"ko", u"Korean", QT_TRANSLATE_NOOP("Languages", "Korean"), u"한국어", Script::Hangul, false, kCjk},

    {u"af", u"Afrikaans", QT_TRANSLATE_NOOP("Languages", "Afrikaans"), u"Afrikaans", Script::Latin},
    {u"sq", u"Albanian", QT_TRANSLATE_NOOP("Languages", "Albanian"), u"Shqip", Script::Latin},
    {u"ar", u"Arabic", QT_TRANSLATE_NOOP("Languages", "Arabic"), u"العربية", Script::Arabic, kRtl},
    {u"hy", u"Armenian", QT_TRANSLATE_NOOP("Languages", "Armenian"), u"Հայերեն", Script::Armenian},
    {u"az", u"Azerbaijani", QT_TRANSLATE_NOOP("Languages", "Azerbaijani"), u"Azərbaycanca", Script::Latin},
    {u"eu", u"Basque", QT_TRANSLATE_NOOP("Languages", "Basque"), u"Euskara", Script::Latin},
    {u"be", u"Belarusian", QT_TRANSLATE_NOOP("Languages", "Belarusian"), u"Беларуская", Script::Cyrillic},
    {u"bn", u"Bengali", QT_TRANSLATE_NOOP("Languages", "Bengali"), u"বাংলা", Script::Bengali},
    {u"bg", u"Bulgarian", QT_TRANSLATE_NOOP("Languages", "Bulgarian"), u"Български", Script::Cyrillic},
    {u"my", u"Burmese", QT_TRANSLATE_NOOP("Languages", "Burmese"), u"မြန်မာ", Script::Myanmar},
    {u"ca", u"Catalan", QT_TRANSLATE_NOOP("Languages", "Catalan"), u"Català", Script::Latin},
    {u"hr", u"Croatian", QT_TRANSLATE_NOOP("Languages", "Croatian"), u"Hrvatski", Script::Latin},
    {u"cs", u"Czech", QT_TRANSLATE_NOOP("Languages", "Czech"), u"Čeština", Script::Latin},
    {u"da", u"Danish", QT_TRANSLATE_NOOP("Languages", "Danish"), u"Dansk", Script::Latin},
    {u"nl", u"Dutch", QT_TRANSLATE_NOOP("Languages", "Dutch"), u"Nederlands", Script::Latin},
    {u"et", u"Estonian", QT_TRANSLATE_NOOP("Languages", "Estonian"), u"Eesti", Script::Latin},
    {u"fil", u"Filipino", QT_TRANSLATE_NOOP("Languages", "Filipino"), u"Filipino", Script::Latin},
    {u"fi", u"Finnish", QT_TRANSLATE_NOOP("Languages", "Finnish"), u"Suomi", Script::Latin},
    {u"fr", u"French", QT_TRANSLATE_NOOP("Languages", "French"), u"Français", Script::Latin},
    {u"gl", u"Galician", QT_TRANSLATE_NOOP("Languages", "Galician"), u"Galego", Script::Latin},
    {u"ka", u"Georgian", QT_TRANSLATE_NOOP("Languages", "Georgian"), u"ქართული", Script::Georgian},
    {u"de", u"German", QT_TRANSLATE_NOOP("Languages", "German"), u"Deutsch", Script::Latin},
    {u"el", u"Greek", QT_TRANSLATE_NOOP("Languages", "Greek"), u"Ελληνικά", Script::Greek},
    {u"gu", u"Gujarati", QT_TRANSLATE_NOOP("Languages", "Gujarati"), u"ગુજરાતી", Script::Gujarati},
    {u"he", u"Hebrew", QT_TRANSLATE_NOOP("Languages", "Hebrew"), u"עברית", Script::Hebrew, kRtl},
    {u"hi", u"Hindi", QT_TRANSLATE_NOOP("Languages", "Hindi"), u"हिन्दी", Script::Devanagari},
    {u"hu", u"Hungarian", QT_TRANSLATE_NOOP("Languages", "Hungarian"), u"Magyar", Script::Latin},
    {u"is", u"Icelandic", QT_TRANSLATE_NOOP("Languages", "Icelandic"), u"Íslenska", Script::Latin},
    {u"id", u"Indonesian", QT_TRANSLATE_NOOP("Languages", "Indonesian"), u"Bahasa Indonesia", Script::Latin},
    {u"ga", u"Irish", QT_TRANSLATE_NOOP("Languages", "Irish"), u"Gaeilge", Script::Latin},
    {u"it", u"Italian", QT_TRANSLATE_NOOP("Languages", "Italian"), u"Italiano", Script::Latin},
    {u"kn", u"Kannada", QT_TRANSLATE_NOOP("Languages", "Kannada"), u"ಕನ್ನಡ", Script::Kannada},
    {u"kk", u"Kazakh", QT_TRANSLATE_NOOP("Languages", "Kazakh"), u"Қазақша", Script::Cyrillic},
    {u"km", u"Khmer", QT_TRANSLATE_NOOP("Languages", "Khmer"), u"ខ្មែរ", Script::Khmer},
    {u"lo", u"Lao", QT_TRANSLATE_NOOP("Languages", "Lao"), u"ລາວ", Script::Lao},
    {u"lv", u"Latvian", QT_TRANSLATE_NOOP("Languages", "Latvian"), u"Latviešu", Script::Latin},
    {u"lt", u"Lithuanian", QT_TRANSLATE_NOOP("Languages", "Lithuanian"), u"Lietuvių", Script::Latin},
    {u"mk", u"Macedonian", QT_TRANSLATE_NOOP("Languages", "Macedonian"), u"Македонски", Script::Cyrillic},
    {u"ms", u"Malay", QT_TRANSLATE_NOOP("Languages", "Malay"), u"Bahasa Melayu", Script::Latin},
    {u"ml", u"Malayalam", QT_TRANSLATE_NOOP("Languages", "Malayalam"), u"മലയാളം", Script::Malayalam},
    {u"mr", u"Marathi", QT_TRANSLATE_NOOP("Languages", "Marathi"), u"मराठी", Script::Devanagari},
    {u"ne", u"Nepali", QT_TRANSLATE_NOOP("Languages", "Nepali"), u"नेपाली", Script::Devanagari},
    {u"nb", u"Norwegian", QT_TRANSLATE_NOOP("Languages", "Norwegian"), u"Norsk", Script::Latin},
    {u"fa", u"Persian", QT_TRANSLATE_NOOP("Languages", "Persian"), u"فارسی", Script::Arabic, kRtl},
    {u"pl", u"Polish", QT_TRANSLATE_NOOP("Languages", "Polish"), u"Polski", Script::Latin},
    {u"pt", u"Portuguese", QT_TRANSLATE_NOOP("Languages", "Portuguese"), u"Português", Script::Latin},
    {u"pa", u"Punjabi", QT_TRANSLATE_NOOP("Languages", "Punjabi"), u"ਪੰਜਾਬੀ", Script::Gurmukhi},
    {u"ro", u"Romanian", QT_TRANSLATE_NOOP("Languages", "Romanian"), u"Română", Script::Latin},
    {u"ru", u"Russian", QT_TRANSLATE_NOOP("Languages", "Russian"), u"Русский", Script::Cyrillic},
    {u"sr", u"Serbian", QT_TRANSLATE_NOOP("Languages", "Serbian"), u"Српски", Script::Cyrillic},
    {u"si", u"Sinhala", QT_TRANSLATE_NOOP("Languages", "Sinhala"), u"සිංහල", Script::Sinhala},
    {u"sk", u"Slovak", QT_TRANSLATE_NOOP("Languages", "Slovak"), u"Slovenčina", Script::Latin},
    {u"sl", u"Slovenian", QT_TRANSLATE_NOOP("Languages", "Slovenian"), u"Slovenščina", Script::Latin},
    {u"es", u"Spanish", QT_TRANSLATE_NOOP("Languages", "Spanish"), u"Español", Script::Latin},
    {u"sw", u"Swahili", QT_TRANSLATE_NOOP("Languages", "Swahili"), u"Kiswahili", Script::Latin},
    {u"sv", u"Swedish", QT_TRANSLATE_NOOP("Languages", "Swedish"), u"Svenska", Script::Latin},
    {u"ta", u"Tamil", QT_TRANSLATE_NOOP("Languages", "Tamil"), u"தமிழ்", Script::Tamil},
    {u"te", u"Telugu", QT_TRANSLATE_NOOP("Languages", "Telugu"), u"తెలుగు", Script::Telugu},
    {u"th", u"Thai", QT_TRANSLATE_NOOP("Languages", "Thai"), u"ไทย", Script::Thai},
    {u"tr", u"Turkish", QT_TRANSLATE_NOOP("Languages", "Turkish"), u"Türkçe", Script::Latin},
    {u"uk", u"Ukrainian", QT_TRANSLATE_NOOP("Languages", "Ukrainian"), u"Українська", Script::Cyrillic},
    {u"ur", u"Urdu", QT_TRANSLATE_NOOP("Languages", "Urdu"), u"اردو", Script::Arabic, kRtl},
    {u"vi", u"Vietnamese", QT_TRANSLATE_NOOP("Languages", "Vietnamese"), u"Tiếng Việt", Script::Latin},
    {u"cy", u"Welsh", QT_TRANSLATE_NOOP("Languages", "Welsh"), u"Cymraeg", Script::Latin},
};

struct Alias
{
    QStringView from; // lower case, with '-'
    QStringView code;
};

// What locales, older standards and CLD2 call a language of the table.
constexpr Alias kAliases[] = {
    {u"zh", u"zh-Hans"},    {u"zh-cn", u"zh-Hans"}, {u"zh-sg", u"zh-Hans"}, {u"zh-hans-cn", u"zh-Hans"},
    {u"zh-tw", u"zh-Hant"}, {u"zh-hk", u"zh-Hant"}, {u"zh-mo", u"zh-Hant"}, {u"zh-hant-tw", u"zh-Hant"},
    {u"no", u"nb"},         {u"nn", u"nb"},         {u"iw", u"he"},         {u"in", u"id"},
    {u"tl", u"fil"},        {u"bs", u"hr"},         {u"sh", u"sr"},
};

struct ScriptRange
{
    char32_t first, last;
    Script script;
};

// Letters and the marks that belong to them, in code point order. Between ranges there are no letters that
// matter here.
constexpr ScriptRange kScriptRanges[] = {
    {0x41, 0x5A, Script::Latin},        {0x61, 0x7A, Script::Latin},
    {0xAA, 0xAA, Script::Latin},        {0xBA, 0xBA, Script::Latin},
    {0xC0, 0xD6, Script::Latin},        {0xD8, 0xF6, Script::Latin},
    {0xF8, 0x2AF, Script::Latin},       {0x370, 0x373, Script::Greek},
    {0x376, 0x377, Script::Greek},      {0x37B, 0x37D, Script::Greek},
    {0x37F, 0x37F, Script::Greek},      {0x386, 0x386, Script::Greek},
    {0x388, 0x3FF, Script::Greek},      {0x400, 0x481, Script::Cyrillic},
    {0x48A, 0x52F, Script::Cyrillic},   {0x531, 0x556, Script::Armenian},
    {0x561, 0x587, Script::Armenian},   {0x5D0, 0x5EA, Script::Hebrew},
    {0x5EF, 0x5F2, Script::Hebrew},     {0x620, 0x64A, Script::Arabic},
    {0x66E, 0x6D3, Script::Arabic},     {0x6D5, 0x6D5, Script::Arabic},
    {0x6EE, 0x6EF, Script::Arabic},     {0x6FA, 0x6FF, Script::Arabic},
    {0x700, 0x74F, Script::Other},      {0x750, 0x77F, Script::Arabic},
    {0x780, 0x8FF, Script::Other},      {0x900, 0x963, Script::Devanagari},
    {0x971, 0x97F, Script::Devanagari}, {0x980, 0x9E3, Script::Bengali},
    {0x9F0, 0x9F1, Script::Bengali},    {0xA01, 0xA5E, Script::Gurmukhi},
    {0xA70, 0xA76, Script::Gurmukhi},   {0xA81, 0xAE3, Script::Gujarati},
    {0xAF9, 0xAFF, Script::Gujarati},   {0xB01, 0xB63, Script::Other},
    {0xB82, 0xBE5, Script::Tamil},      {0xC00, 0xC63, Script::Telugu},
    {0xC80, 0xCE3, Script::Kannada},    {0xD00, 0xD63, Script::Malayalam},
    {0xD7A, 0xD7F, Script::Malayalam},  {0xD81, 0xDDF, Script::Sinhala},
    {0xE01, 0xE3A, Script::Thai},       {0xE40, 0xE4E, Script::Thai},
    {0xE81, 0xECD, Script::Lao},        {0xEDC, 0xEDF, Script::Lao},
    {0xF00, 0xF00, Script::Other},      {0xF40, 0xFBC, Script::Other},
    {0x1000, 0x103F, Script::Myanmar},  {0x1050, 0x108F, Script::Myanmar},
    {0x10A0, 0x10FF, Script::Georgian}, {0x1100, 0x11FF, Script::Hangul},
    {0x1200, 0x135F, Script::Other},    {0x13A0, 0x167F, Script::Other},
    {0x1681, 0x169A, Script::Other},    {0x16A0, 0x16EA, Script::Other},
    {0x1780, 0x17D3, Script::Khmer},    {0x1820, 0x18AA, Script::Other},
    {0x1900, 0x1AFF, Script::Other},    {0x1B00, 0x1BFF, Script::Other},
    {0x1C80, 0x1C88, Script::Cyrillic}, {0x1C90, 0x1CBF, Script::Georgian},
    {0x1D00, 0x1D25, Script::Latin},    {0x1E00, 0x1EFF, Script::Latin},
    {0x1F00, 0x1FFC, Script::Greek},    {0x212A, 0x212B, Script::Latin},
    {0x2C00, 0x2C5F, Script::Other},    {0x2C60, 0x2C7F, Script::Latin},
    {0x2C80, 0x2CF3, Script::Other},    {0x2D00, 0x2D2D, Script::Georgian},
    {0x2D30, 0x2DDE, Script::Other},    {0x2DE0, 0x2DFF, Script::Cyrillic},
    {0x2E80, 0x2FD5, Script::Han},      {0x3005, 0x3007, Script::Han},
    {0x3041, 0x309F, Script::Kana},     {0x30A1, 0x30FA, Script::Kana},
    {0x30FC, 0x30FF, Script::Kana},     {0x3105, 0x312F, Script::Other},
    {0x3131, 0x318E, Script::Hangul},   {0x31A0, 0x31BF, Script::Other},
    {0x31F0, 0x31FF, Script::Kana},     {0x3400, 0x4DBF, Script::Han},
    {0x4E00, 0x9FFF, Script::Han},      {0xA000, 0xA48C, Script::Other},
    {0xA640, 0xA69F, Script::Cyrillic}, {0xA722, 0xA7FF, Script::Latin},
    {0xA960, 0xA97C, Script::Hangul},   {0xAC00, 0xD7A3, Script::Hangul},
    {0xD7B0, 0xD7FB, Script::Hangul},   {0xF900, 0xFAD9, Script::Han},
    {0xFB00, 0xFB06, Script::Latin},    {0xFB13, 0xFB17, Script::Armenian},
    {0xFB1D, 0xFB4F, Script::Hebrew},   {0xFB50, 0xFDFB, Script::Arabic},
    {0xFE70, 0xFEFC, Script::Arabic},   {0xFF21, 0xFF3A, Script::Latin},
    {0xFF41, 0xFF5A, Script::Latin},    {0xFF66, 0xFF9D, Script::Kana},
    {0xFFA0, 0xFFDC, Script::Hangul},   {0x10000, 0x100FA, Script::Other},
    {0x10280, 0x1031F, Script::Other},  {0x10330, 0x1034A, Script::Other},
    {0x10400, 0x1044F, Script::Other},  {0x11000, 0x11FFF, Script::Other},
    {0x12000, 0x123FF, Script::Other},  {0x1AFF0, 0x1B167, Script::Kana},
    {0x1E900, 0x1E943, Script::Other},  {0x20000, 0x323AF, Script::Han},
};

constexpr bool isSorted()
{
    for (std::size_t i = 1; i < std::size(kScriptRanges); ++i) {
        if (kScriptRanges[i].first <= kScriptRanges[i - 1].last ||
            kScriptRanges[i].last < kScriptRanges[i].first)
            return false;
    }
    return true;
}
static_assert(isSorted(), "scriptOf() searches the ranges by halves");

const Language *findExact(QStringView code)
{
    for (const Language &language : kLanguages) {
        if (language.code.compare(code, Qt::CaseInsensitive) == 0)
            return &language;
    }
    return nullptr;
}

} // namespace

std::span<const Language> languages()
{
    return kLanguages;
}

QString languageLabel(const Language &language)
{
    return QCoreApplication::translate("Languages", language.label);
}

const Language *findLanguage(QStringView code)
{
    if (code.isEmpty() || code.size() > 32)
        return nullptr;
    QString wanted = code.toString().toLower();
    wanted.replace(QLatin1Char('_'), QLatin1Char('-'));
    for (;;) {
        if (const Language *language = findExact(wanted))
            return language;
        for (const Alias &alias : kAliases) {
            if (alias.from == wanted)
                return findExact(alias.code);
        }
        // "en-GB" is English: regions and variants fall off from the right.
        const qsizetype dash = wanted.lastIndexOf(QLatin1Char('-'));
        if (dash <= 0)
            return nullptr;
        wanted.truncate(dash);
    }
}

char32_t nextCodePoint(QStringView text, qsizetype &at)
{
    const QChar first = text[at++];
    if (!first.isHighSurrogate() || at >= text.size() || !text[at].isLowSurrogate())
        return first.unicode();
    return QChar::surrogateToUcs4(first, text[at++]);
}

Script scriptOf(char32_t codePoint)
{
    const auto *end = std::end(kScriptRanges);
    const auto *range = std::lower_bound(std::begin(kScriptRanges), end, codePoint,
                                         [](const ScriptRange &r, char32_t c) { return r.last < c; });
    return range != end && range->first <= codePoint ? range->script : Script::None;
}

bool usesScript(const Language &language, Script script)
{
    if (language.script == script)
        return true;
    if (script == Script::Han)
        return language.cjk;
    if (script == Script::Cyrillic || script == Script::Latin) // Serbian and Kazakh are written both ways
        return language.code == u"sr" || language.code == u"kk";
    return false;
}

bool hasLetters(QStringView text)
{
    for (qsizetype i = 0; i < text.size();) {
        const char32_t c = nextCodePoint(text, i);
        if (scriptOf(c) != Script::None)
            return true;
    }
    return false;
}

} // namespace app::translate
