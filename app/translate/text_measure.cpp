#include "app/translate/text_measure.h"

#include <algorithm>

namespace app::translate {
namespace {

bool isAsciiLetter(QChar c)
{
    return (c >= QLatin1Char('a') && c <= QLatin1Char('z')) ||
           (c >= QLatin1Char('A') && c <= QLatin1Char('Z'));
}

// Length of a thing in brackets at `at`, or 0: no spaces at its ends, short, on one line.
qsizetype bracketed(QStringView text, qsizetype at, QChar close, qsizetype limit)
{
    for (qsizetype i = at + 1; i < text.size() && i - at < limit; ++i) {
        if (text[i] == close)
            return i > at + 1 ? i + 1 - at : 0;
        if (text[i] == QLatin1Char('\n'))
            return 0;
    }
    return 0;
}

qsizetype formatField(QStringView text, qsizetype at) // %1, %L1, %n, %s, %d, %1$s, %.2f, %(name)s
{
    qsizetype i = at + 1;
    if (i < text.size() && text[i] == QLatin1Char('(')) {
        const qsizetype length = bracketed(text, i, QLatin1Char(')'), 40);
        return length > 0 && i + length < text.size() && isAsciiLetter(text[i + length]) ? i + length + 1 - at
                                                                                         : 0;
    }
    if (i < text.size() && text[i] == QLatin1Char('L'))
        ++i;
    const qsizetype digits = i;
    while (i < text.size() && i - digits < 4 &&
           (text[i].isDigit() || text[i] == QLatin1Char('.') || text[i] == QLatin1Char('$')))
        ++i;
    const bool letter = i < text.size() && QStringView(u"sdifgnux@").contains(text[i]) &&
                        (i + 1 == text.size() || !text[i + 1].isLetter());
    if (letter)
        return i + 1 - at;
    return i > digits && text[digits].isDigit() && text[i - 1].isDigit() ? i - at : 0; // %1
}

qsizetype addressLength(QStringView text, qsizetype at)
{
    const QStringView rest = text.mid(at, 8);
    if (!rest.startsWith(QLatin1String("http://")) && !rest.startsWith(QLatin1String("https://")))
        return 0;
    qsizetype end = at;
    while (end < text.size() && text[end].unicode() > 0x20 && text[end].unicode() < 0x7F &&
           !QStringView(u"<>\"`{}|\\^").contains(text[end]))
        ++end;
    while (end > at && QStringView(u".,;:!?)]'").contains(text[end - 1]))
        --end;
    return end - at;
}

} // namespace

double latinLength(QStringView text)
{
    double length = 0;
    for (qsizetype i = 0; i < text.size();) {
        const char32_t c = nextCodePoint(text, i);
        switch (scriptOf(c)) {
        case Script::Han:
            length += 3.2;
            break;
        case Script::Kana:
            length += 1.8;
            break;
        case Script::Hangul:
            length += 2.4;
            break;
        default:
            if (!QChar::isMark(c))
                length += 1;
            break;
        }
    }
    return length;
}

std::array<int, kScriptCount> scriptLetters(QStringView text)
{
    std::array<int, kScriptCount> letters{};
    for (qsizetype i = 0; i < text.size();) {
        const char32_t c = nextCodePoint(text, i);
        ++letters[int(scriptOf(c))];
    }
    return letters;
}

QStringList numbersIn(QStringView text)
{
    QStringList numbers;
    const auto isSeparator = [](QChar c) {
        return QStringView(u".,'\u00A0\u202F\u2009\u066B\u066C\uFF0C\uFF0E").contains(c) ||
               c == QLatin1Char(' ');
    };
    for (qsizetype i = 0; i < text.size();) {
        if (!text[i].isDigit()) {
            ++i;
            continue;
        }
        QString number;
        for (; i < text.size(); ++i) {
            if (text[i].isDigit()) {
                number += QLatin1Char(char('0' + text[i].digitValue()));
                continue;
            }
            if (!isSeparator(text[i]) || i + 1 >= text.size() || !text[i + 1].isDigit())
                break;
            // A space parts two numbers unless three digits follow and nothing longer: 12 000.
            if (text[i].isSpace()) {
                qsizetype group = i + 1;
                while (group < text.size() && text[group].isDigit())
                    ++group;
                if (group - i - 1 != 3 || number.size() > 9)
                    break;
            }
        }
        numbers.push_back(number);
    }
    return numbers;
}

QStringList fixedPartsIn(QStringView text)
{
    QStringList parts;
    for (qsizetype i = 0; i < text.size();) {
        const QChar c = text[i];
        qsizetype length = 0;
        if (c == QLatin1Char('{'))
            length = bracketed(text, i, QLatin1Char('}'), 40);
        else if (c == QLatin1Char('`'))
            length = bracketed(text, i, QLatin1Char('`'), 120);
        else if (c == QLatin1Char('<') && i + 1 < text.size() &&
                 (isAsciiLetter(text[i + 1]) || text[i + 1] == QLatin1Char('/')))
            length = bracketed(text, i, QLatin1Char('>'), 200);
        else if (c == QLatin1Char('%'))
            length = formatField(text, i);
        else if (c == QLatin1Char('h'))
            length = addressLength(text, i);
        if (length > 0) {
            parts.push_back(text.mid(i, length).toString());
            i += length;
        } else {
            ++i;
        }
    }
    return parts;
}

} // namespace app::translate
