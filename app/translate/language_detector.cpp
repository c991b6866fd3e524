#include "app/translate/language_detector.h"

#include "app/translate/han_variants.h"
#include "app/translate/language_hints.h"

#include <QByteArray>
#include <QString>

#include <algorithm>
#include <array>
#include <cstdio> // CLD2's header uses FILE without including it

#include <cld2/public/compact_lang_det.h>

namespace app::translate {
namespace {

// Beginning, middle and end of a long text: front matter or a licence text shall not decide alone.
QString sampled(QStringView text)
{
    if (text.size() <= kDetectionLimit)
        return text.toString();
    const qsizetype part = kDetectionLimit / 4;
    const QLatin1Char gap('\n');
    return text.left(2 * part).toString() + gap + text.mid(text.size() / 2, part).toString() + gap +
           text.right(part).toString();
}

// Blanks what is not prose: fenced and inline code, tags, placeholders, addresses.
void blankMarkup(QString &text)
{
    const auto blank = [&text](qsizetype from, qsizetype to) {
        for (qsizetype i = from; i < to; ++i)
            text[i] = QLatin1Char(' ');
    };
    const auto blankBetween = [&](qsizetype from, QLatin1String open, QLatin1String close, qsizetype limit) {
        const qsizetype end = text.indexOf(close, from + open.size());
        if (end < 0 || end - from > limit)
            return from + open.size();
        blank(from, end + close.size());
        return end + close.size();
    };
    constexpr qsizetype kInline = 200;
    for (qsizetype i = 0; i < text.size();) {
        const QChar c = text[i];
        const QStringView rest = QStringView(text).mid(i);
        if (rest.startsWith(QLatin1String("```"))) {
            i = blankBetween(i, QLatin1String("```"), QLatin1String("```"), kDetectionLimit);
        } else if (c == QLatin1Char('`')) {
            i = blankBetween(i, QLatin1String("`"), QLatin1String("`"), kInline);
        } else if (c == QLatin1Char('<') && rest.size() > 1 &&
                   (rest[1].isLetter() || rest[1] == QLatin1Char('/'))) {
            i = blankBetween(i, QLatin1String("<"), QLatin1String(">"), kInline);
        } else if (c == QLatin1Char('{')) {
            i = blankBetween(i, QLatin1String("{"), QLatin1String("}"), 40);
        } else if (!c.isSpace() && (i == 0 || text[i - 1].isSpace())) {
            qsizetype end = i;
            bool address = false;
            while (end < text.size() && !text[end].isSpace()) {
                address = address || text[end] == QLatin1Char('@') || text[end] == QLatin1Char('\\') ||
                          (text[end] == QLatin1Char(':') &&
                           QStringView(text).mid(end).startsWith(QLatin1String("://")));
                if (text[end].unicode() > 0x2E7F) // no spaces in CJK: the word would be the whole sentence
                    break;
                ++end;
            }
            if (address || rest.startsWith(QLatin1String("www."), Qt::CaseInsensitive)) {
                blank(i, end);
                i = std::max(end, i + 1);
            } else {
                ++i;
            }
        } else {
            ++i;
        }
    }
}

struct Histogram
{
    std::array<int, kScriptCount> letters{};
    std::array<int, 6> han{}; // by HanVariant
    int total = 0;            // letters of any script

    int operator[](Script script) const { return letters[int(script)]; }
    int variant(HanVariant v) const { return han[int(v)]; }
};

Histogram countScripts(QStringView text)
{
    Histogram histogram;
    for (qsizetype i = 0; i < text.size();) {
        const char32_t c = nextCodePoint(text, i);
        const Script script = scriptOf(c);
        if (script == Script::None)
            continue;
        ++histogram.letters[int(script)];
        ++histogram.total;
        if (script == Script::Han)
            ++histogram.han[int(hanVariant(c))];
    }
    return histogram;
}

// A CJK letter says about as much as three of an alphabet.
int weight(Script script)
{
    return script == Script::Han || script == Script::Hangul ? 3 : script == Script::Kana ? 2 : 1;
}

DetectedLanguage known(QStringView code, int confidence)
{
    return {findLanguage(code), std::clamp(confidence, 1, 99)};
}

// Confidence that few letters allow: one letter may be a quotation or a sign.
int capForLetters(int letters)
{
    return letters >= 5 ? 99 : letters >= 3 ? 90 : letters == 2 ? 78 : 65;
}

DetectedLanguage detectHanOrKana(const Histogram &h, double share)
{
    const int kana = h[Script::Kana], han = h[Script::Han];
    const int cap = int(capForLetters(kana + han) * share);
    if (kana > 0 && (kana * 4 >= kana + han || han == 0))
        return known(u"ja", cap);
    const int simplifiedJapanese = h.variant(HanVariant::SimplifiedJapanese);
    const int traditionalJapanese = h.variant(HanVariant::TraditionalJapanese);
    const int simplified = 3 * h.variant(HanVariant::Simplified) + simplifiedJapanese;
    const int traditional = 3 * h.variant(HanVariant::Traditional) + traditionalJapanese;
    // Letters that only Japanese has, or letters of both Chinese ways in one text that Japanese has.
    const int japanese =
        2 * kana + 3 * h.variant(HanVariant::Japanese) +
        (simplifiedJapanese > 0 && traditionalJapanese > 0
             ? 2 * std::min(simplifiedJapanese, traditionalJapanese) + std::min(simplified, traditional)
             : 0);
    const int best = std::max({simplified, traditional, japanese});
    if (best == 0) // nothing tells: simplified is read by most
        return known(u"zh-Hans", std::min(cap, 60));
    const QStringView code = best == japanese ? u"ja" : best == simplified ? u"zh-Hans" : u"zh-Hant";
    // What speaks against it: letters that the language does not have.
    const int pureSimplified = simplified - simplifiedJapanese,
              pureTraditional = traditional - traditionalJapanese;
    const int against = best == japanese     ? pureSimplified + pureTraditional
                        : best == simplified ? traditional + japanese
                                             : simplified + japanese;
    const int evidence = best >= 9 ? 99 : best >= 3 ? 90 : 68;
    return known(code, std::min(cap, evidence * best / (best + against)));
}

struct Statistics
{
    const Language *language = nullptr;
    int percent = 0;
    bool reliable = false;
};

Statistics askCld2(const QString &text)
{
    const QByteArray utf8 = text.toUtf8(); // unpaired surrogates become U+FFFD or '?'
    CLD2::Language top[3] = {CLD2::UNKNOWN_LANGUAGE, CLD2::UNKNOWN_LANGUAGE, CLD2::UNKNOWN_LANGUAGE};
    int percent[3] = {};
    double score[3] = {};
    int textBytes = 0, validBytes = 0;
    bool reliable = false;
    const CLD2::CLDHints hints{nullptr, nullptr, 0 /* no encoding */, CLD2::UNKNOWN_LANGUAGE};
    CLD2::ExtDetectLanguageSummaryCheckUTF8(utf8.constData(), int(utf8.size()), true, &hints, 0, top, percent,
                                            score, nullptr, &textBytes, &reliable, &validBytes);
    if (top[0] == CLD2::UNKNOWN_LANGUAGE || (top[0] == CLD2::ENGLISH && !reliable))
        return {}; // "English, unreliable" is what it says when it does not know
    QString code = QString::fromLatin1(CLD2::LanguageCode(top[0]));
    // Twins: the larger one of each pair is nearly always meant (measured: id said ms, nl said af).
    if (code == QLatin1String("ms"))
        code = QStringLiteral("id");
    else if (code == QLatin1String("af"))
        code = QStringLiteral("nl");
    return {findLanguage(code), percent[0], reliable};
}

// Shares of right answers measured at 20, 60 and 200 letters when CLD2 calls itself reliable, on the careful
// side.
int statisticsConfidence(int letters)
{
    const auto between = [letters](int n0, int c0, int n1, int c1) {
        return c0 + (c1 - c0) * (letters - n0) / (n1 - n0);
    };
    return letters >= 200 ? 99 : letters >= 60 ? between(60, 94, 200, 99) : between(20, 84, 60, 94);
}

DetectedLanguage detectByWords(const LanguageHint &hint)
{
    if (!hint.language || hint.contested)
        return {};
    const int share = hint.words > 0 ? std::min(100, 100 * hint.hits / hint.words) : 0;
    if (hint.hits == 1 && share < 30)
        return {};
    return {hint.language, 45 + share / 4};
}

DetectedLanguage detectAlphabet(const QString &text, Script script, int letters, double share)
{
    const LanguageHint hint = hintedLanguage(text, script);
    if (letters < kMinLettersForStatistics)
        return detectByWords(hint);
    const Statistics statistics = askCld2(text);
    if (!statistics.language || statistics.language->script != script) {
        DetectedLanguage guess = detectByWords(hint);
        if (guess.language && !(hint.hits >= 2 && 100 * hint.hits >= 15 * hint.words))
            guess = {};
        return guess;
    }
    const bool agrees = hint.language == statistics.language && !hint.contested;
    const bool contradicts = hint.language && !agrees && !hint.contested && hint.hits >= 2;
    int confidence = int(statisticsConfidence(letters) * share * statistics.percent / 100);
    if (!statistics.reliable)
        confidence = std::min(confidence, agrees ? 78 : 60);
    if (agrees)
        confidence += (99 - confidence) / 3;
    if (contradicts && letters < 200) {
        // Short text: words and letters of one language only know better (uk said ru, es said gl).
        if (!statistics.reliable || 100 * hint.hits >= 35 * hint.words)
            return {hint.language, std::min(confidence, 75)};
        confidence = std::min(confidence, 75);
    }
    return {statistics.language, std::clamp(confidence, 1, 99)};
}

} // namespace

DetectedLanguage detectLanguage(QStringView input)
{
    QString text = sampled(input);
    blankMarkup(text);
    Histogram histogram = countScripts(text);
    if (histogram.total == 0) { // nothing but code or addresses: better a guess from these than none
        text = sampled(input);
        histogram = countScripts(text);
        if (histogram[Script::Latin] == histogram.total)
            return {};
    }

    // Japanese mixes Han and kana, Korean sometimes Han and Hangul: count them as one.
    const int cjk = 3 * histogram[Script::Han] + 2 * histogram[Script::Kana];
    int sum = 0, best = 0;
    Script dominant = Script::None;
    for (int i = 1; i < kScriptCount; ++i) {
        const Script script = Script(i);
        if (script == Script::Kana)
            continue;
        const int points = script == Script::Han ? cjk : weight(script) * histogram[script];
        sum += points;
        if (points > best) {
            best = points;
            dominant = script;
        }
    }
    if (dominant == Script::None || dominant == Script::Other)
        return {};
    const double share = double(best) / sum;
    switch (dominant) {
    case Script::Han:
        return detectHanOrKana(histogram, share);
    case Script::Latin:
    case Script::Cyrillic:
    case Script::Arabic:
    case Script::Devanagari:
        return detectAlphabet(text, dominant, histogram[dominant], share);
    default:
        break;
    }
    for (const Language &language : languages()) { // scripts of one language
        if (language.script == dominant)
            return known(language.code, int(capForLetters(histogram[dominant]) * share));
    }
    return {};
}

} // namespace app::translate
