#include "app/translate/answer_cleaner.h"

#include "app/translate/han_variants.h"
#include "app/translate/language_detector.h"
#include "app/translate/segmenter.h"
#include "app/translate/text_measure.h"

#include <algorithm>
#include <array>

namespace app::translate {
namespace {

const QString kThinkOpen = QStringLiteral("<think>");
const QString kThinkClose = QStringLiteral("</think>");

struct QuotePair
{
    QChar open, close;
};
constexpr QuotePair kQuotes[] = {{u'"', u'"'},           {u'\u201C', u'\u201D'}, {u'\u2018', u'\u2019'},
                                 {u'\u00AB', u'\u00BB'}, {u'\u201E', u'\u201C'}, {u'\u300C', u'\u300D'},
                                 {u'\u300E', u'\u300F'}, {u'\'', u'\''},         {u'`', u'`'}};

// Labels that small models put before a translation; the language's own name counts as one too.
constexpr QStringView kLabels[] = {u"translation",
                                   u"translated text",
                                   u"translated",
                                   u"here is the translation",
                                   u"the translation is",
                                   u"output",
                                   u"翻译",
                                   u"译文",
                                   u"翻譯",
                                   u"譯文",
                                   u"翻译结果",
                                   u"翻訳",
                                   u"訳文",
                                   u"번역",
                                   u"traduction",
                                   u"traducción",
                                   u"tradução",
                                   u"traduzione",
                                   u"übersetzung",
                                   u"vertaling",
                                   u"перевод",
                                   u"переклад",
                                   u"tłumaczenie",
                                   u"الترجمة",
                                   u"çeviri"};

bool isColon(QChar c)
{
    return c == QLatin1Char(':') || c == QChar(0xFF1A);
}

QString trimmedStart(const QString &text)
{
    qsizetype i = 0;
    while (i < text.size() && text[i].isSpace())
        ++i;
    return text.mid(i);
}

// Index of the text after a label at the start, 0 when there is none; -1 while it may become one.
qsizetype afterLabel(const QString &text, bool whole)
{
    const qsizetype colon =
        std::find_if(text.begin(), text.begin() + std::min<qsizetype>(text.size(), 40), isColon) -
        text.begin();
    const QString head =
        text.left(std::min<qsizetype>(colon, 40)).trimmed().toLower().remove(QLatin1Char('*'));
    const bool closed = colon < text.size() && isColon(text[colon]);
    const auto matches = [&](const QString &label) {
        return closed ? head == label : label.startsWith(head);
    };
    bool may = false;
    const auto check = [&](const QString &label) { may = may || (matches(label) && !head.isEmpty()); };
    for (const QStringView label : kLabels)
        check(label.toString());
    for (const Language &language : languages()) {
        check(language.name.toString().toLower());
        check(language.name.toString().toLower() + QStringLiteral(" translation"));
    }
    if (!may)
        return 0;
    if (!closed)
        return whole || text.size() >= 40 ? 0 : -1;
    qsizetype i = colon + 1;
    while (i < text.size() && (text[i].isSpace() || text[i] == QLatin1Char('*')))
        ++i;
    return i == text.size() && !whole ? -1 : i;
}

bool hasLabel(const QString &text)
{
    return afterLabel(trimmedStart(text), true) > 0;
}

// "I'm sorry, but ..." where the source has nothing to be sorry for.
bool refuses(const QString &source, const QString &answer)
{
    constexpr QStringView kOwnVoice[] = {
        u"as an ai", u"ai language model", u"ai assistant",   u"作为一个ai",
        u"作为ai",   u"人工智能助手",      u"aiアシスタント", u"ai言語モデル"};
    constexpr QStringView kSorry[] = {u"i'm sorry, but",
                                      u"i am sorry, but",
                                      u"i can't assist",
                                      u"i cannot assist",
                                      u"i can't help",
                                      u"i cannot help",
                                      u"对不起，我无法",
                                      u"抱歉，我无法",
                                      u"很抱歉，我",
                                      u"抱歉，我不能",
                                      u"申し訳ありませんが",
                                      u"申し訳ございませんが",
                                      u"죄송하지만",
                                      u"je suis désolé, mais je ne peux",
                                      u"lo siento, pero no puedo",
                                      u"es tut mir leid, aber ich kann",
                                      u"извините, но я не могу"};
    constexpr QStringView kMayRegret[] = {u"sorry",      u"apolog", u"regret", u"afraid",  u"unfortunately",
                                          u"对不起",     u"對不起", u"抱歉",   u"遗憾",    u"申し訳",
                                          u"すみません", u"ごめん", u"残念",   u"죄송",    u"미안",
                                          u"désolé",     u"siento", u"perdon", u"leid",    u"entschuldig",
                                          u"извин",      u"прости", u"жаль",   u"desculp", u"dispiac",
                                          u"scusa",      u"can't",  u"cannot", u"不能",    u"无法"};
    const QString low = answer.left(200).toLower().replace(QChar(0x2019), QLatin1Char('\''));
    const QString from = source.toLower();
    for (const QStringView phrase : kOwnVoice) {
        if (low.contains(phrase) && !from.contains(QLatin1String("ai")) &&
            !from.contains(QStringLiteral("人工智能")))
            return true;
    }
    const bool sorry = std::any_of(std::begin(kSorry), std::end(kSorry),
                                   [&](QStringView phrase) { return low.startsWith(phrase); });
    return sorry && std::none_of(std::begin(kMayRegret), std::end(kMayRegret),
                                 [&](QStringView word) { return from.contains(word); });
}

bool endsAsQuestion(const QString &text)
{
    QStringView view = QStringView(text).trimmed();
    while (!view.isEmpty() &&
           QStringView(u"\"')]}\u201D\u2019\u00BB\u300D\u300F\uFF09*_").contains(view.back()))
        view.chop(1);
    return !view.isEmpty() && QStringView(u"?\uFF1F\u061F").contains(view.back());
}

// Whether a translation of a question still asks; languages without a fixed sign of it always pass.
bool asks(const QString &text, const Language &to)
{
    if (text.contains(QLatin1Char('?')) || text.contains(QChar(0xFF1F)) || text.contains(QChar(0x061F)))
        return true;
    if (to.script == Script::Thai || to.script == Script::Lao || to.script == Script::Khmer ||
        to.script == Script::Myanmar || to.script == Script::Armenian)
        return true;
    if (to.script == Script::Greek)
        return text.contains(QLatin1Char(';')) || text.contains(QChar(0x37E));
    if (to.code == u"ja")
        return text.contains(QChar(0x304B)); // か
    if (to.script == Script::Han)
        return text.contains(QStringLiteral("吗")) || text.contains(QStringLiteral("嗎")) ||
               text.contains(QStringLiteral("呢"));
    return false;
}

bool isWrongScript(const QString &source, const QString &translation, const Language &to)
{
    const auto letters = scriptLetters(translation);
    int own = 0, all = 0;
    for (int i = 1; i < kScriptCount; ++i) {
        all += letters[i];
        if (usesScript(to, Script(i)))
            own += letters[i];
    }
    if (all == 0)
        return hasProse(source);
    // Names, code and quotations keep their script; a letter of CJK weighs three of an alphabet.
    const auto sourceLetters = scriptLetters(source);
    const bool nameOnly = own == 0 && sourceLetters[int(Script::Latin)] == letters[int(Script::Latin)] &&
                          all <= 16 && letters[int(Script::Latin)] == all;
    if (nameOnly)
        return false;
    if (own == 0)
        return true;
    if (to.cjk)
        own *= 3;
    if (to.code == u"ja" && letters[int(Script::Kana)] == 0 && letters[int(Script::Han)] >= 12)
        return true; // a Chinese sentence
    if (to.script == Script::Han && 4 * letters[int(Script::Kana)] > own)
        return true;
    return own * 4 < all;
}

// Simplified letters in a traditional translation, or the other way round.
bool isWrongHan(const QString &translation, const Language &to)
{
    if (to.script != Script::Han)
        return false;
    int simplified = 0, traditional = 0;
    for (const QChar c : translation) {
        const HanVariant variant = hanVariant(c.unicode());
        simplified += variant == HanVariant::Simplified || variant == HanVariant::SimplifiedJapanese;
        traditional += variant == HanVariant::Traditional || variant == HanVariant::TraditionalJapanese;
    }
    const bool wantsSimplified = to.code == u"zh-Hans";
    const int right = wantsSimplified ? simplified : traditional,
              wrong = wantsSimplified ? traditional : simplified;
    return wrong >= 3 && wrong > 2 * right;
}

int wordCount(const QString &text)
{
    return int(text.split(QLatin1Char(' '), Qt::SkipEmptyParts).size());
}

} // namespace

AnswerCleaner::AnswerCleaner(const QString &source, bool startsInReasoning)
    : m_source(source), m_delimiters(delimitersFor(source)), m_inside(startsInReasoning)
{}

bool AnswerCleaner::isReasoning() const
{
    const QString text = trimmedStart(m_raw);
    const bool opened = m_inside || (text.startsWith(kThinkOpen) && !m_source.contains(kThinkOpen));
    return opened && !text.contains(kThinkClose);
}

QString AnswerCleaner::cleaned(bool whole) const
{
    QString text = trimmedStart(m_raw);
    // Reasoning.
    if (isReasoning())
        return {};
    if (!m_source.contains(kThinkOpen) && (m_inside || text.startsWith(kThinkOpen)))
        text = trimmedStart(text.mid(text.indexOf(kThinkClose) + kThinkClose.size()));
    else if (!whole && !m_source.contains(kThinkOpen) && !text.isEmpty() && kThinkOpen.startsWith(text))
        return {};

    // Delimiters: never in the source, so always an echo. A half one at the end is held back.
    for (const QString &mark : {m_delimiters.open, m_delimiters.close}) {
        text.replace(mark, QString());
        for (qsizetype n = mark.size() - 1; n > 0; --n) {
            if (text.endsWith(QStringView(mark).left(n)) && (!whole || n > 2)) {
                text.chop(n);
                break;
            }
        }
    }
    text = trimmedStart(text);

    // A fence around it all.
    if (!m_source.contains(QLatin1String("```")) && text.startsWith(QLatin1String("```"))) {
        const qsizetype line = text.indexOf(QLatin1Char('\n'));
        if (line < 0 && !whole)
            return {};
        text = line < 0 ? text.mid(3) : text.mid(line + 1);
        const qsizetype close = text.indexOf(QLatin1String("```"));
        if (close >= 0)
            text.truncate(close);
        text = trimmedStart(text);
    } else if (!whole && !text.isEmpty() && QStringLiteral("```").startsWith(text)) {
        return {};
    }

    // A label.
    if (!hasLabel(m_source)) {
        const qsizetype at = afterLabel(text, whole);
        if (at < 0)
            return {};
        text = text.mid(at);
    }

    // Quotes around it all.
    const QString source = m_source.trimmed();
    const auto isQuote = [](QChar c) {
        return std::any_of(std::begin(kQuotes), std::end(kQuotes),
                           [c](const QuotePair &q) { return q.open == c; });
    };
    if (whole)
        text = text.trimmed();
    if (!text.isEmpty() && !source.isEmpty() && !isQuote(source.front())) {
        for (const QuotePair &quote : kQuotes) {
            if (text.front() != quote.open)
                continue;
            if (!whole) {
                text.remove(0, 1);
                if (text.endsWith(quote.close))
                    text.chop(1);
            } else if (text.size() >= 2 && text.back() == quote.close &&
                       text.indexOf(quote.close, 1) == text.size() - 1) {
                text = text.mid(1, text.size() - 2).trimmed();
            }
            break;
        }
    }

    // A remark below a translation of one line.
    const bool oneLine = !source.contains(QLatin1Char('\n'));
    if (oneLine) {
        const qsizetype gap = text.indexOf(QLatin1String("\n\n"));
        if (gap > 0) {
            const QString remark = trimmedStart(text.mid(gap)).toLower();
            for (const char16_t *start :
                 {u"note", u"(note", u"*note", u"注", u"（注", u"(注", u"explanation", u"remarque"}) {
                if (remark.startsWith(QStringView(start)))
                    text.truncate(gap);
            }
        }
    }
    return unwrapped(whole ? text.trimmed() : text); // one line for a paragraph: lines stay level
}

bool isHard(Problem problem)
{
    switch (problem) {
    case Problem::Empty:
    case Problem::Unchanged:
    case Problem::WrongScript:
    case Problem::WrongLanguage:
    case Problem::Refused:
    case Problem::TooLong:
    case Problem::Fragment:
        return true;
    default:
        return false;
    }
}

bool isRetried(Problem problem)
{
    return problem != Problem::None && problem != Problem::NumberMissing;
}

Verdict judge(const QString &source, const QString &translation, const Language *from, const Language &to,
              bool cutShort)
{
    const QString text = translation.trimmed();
    if (text.isEmpty())
        return {Problem::Empty, {}};
    const double have = latinLength(text), wanted = latinLength(source.trimmed());
    if (refuses(source, text))
        return {Problem::Refused, {}};
    if (isWrongScript(source, text, to))
        return {Problem::WrongScript, {}};
    // Names, and words that both languages have, stay the same.
    const bool isSentence = wordCount(source) > 3 || (wanted > 24 && wordCount(source) > 2) ||
                            (scriptLetters(source)[int(Script::Latin)] == 0 && wanted > 16);
    if (isSentence && text.compare(source.trimmed(), Qt::CaseInsensitive) == 0 && from != &to)
        return {Problem::Unchanged, {}};
    if (have > 3 * wanted + 24)
        return {Problem::TooLong, {}};
    const DetectedLanguage found = detectLanguage(text);
    const bool sameScript = found.language && found.language->script == to.script;
    if (found.isSure() && found.language != &to && (found.language == from || !sameScript) &&
        found.confidence >= 85 && !(to.script == Script::Han && found.language->script == Script::Han))
        return {Problem::WrongLanguage, {}};
    if (isWrongHan(text, to))
        return {Problem::WrongLanguage, {}};
    if (cutShort)
        return {Problem::CutShort, {}};
    if (wanted > 18 && have < 0.2 * wanted)
        return {Problem::Fragment, {}};
    if (wanted > 18 && have < 0.3 * wanted)
        return {Problem::TooShort, {}};
    if (endsAsQuestion(source) && !asks(text, to))
        return {Problem::NotAQuestion, {}};
    for (const QString &part : fixedPartsIn(source)) {
        if (!text.contains(part))
            return {Problem::PartMissing, part};
    }
    const QStringList numbers = numbersIn(text);
    const QString digits = numbers.join(QLatin1Char(' '));
    for (const QString &number : numbersIn(source)) {
        // Up to twelve a number is often a word.
        if ((number.size() > 2 || number.toInt() > 12) && !numbers.contains(number) &&
            !digits.contains(number))
            return {Problem::NumberMissing, number};
    }
    return {};
}

} // namespace app::translate
