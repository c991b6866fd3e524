#include "app/chat/hidden_characters.h"

namespace app {

namespace {

char32_t codePointAt(QStringView text, qsizetype i)
{
    if (text[i].isHighSurrogate() && i + 1 < text.size() && text[i + 1].isLowSurrogate())
        return QChar::surrogateToUcs4(text[i], text[i + 1]);
    return text[i].unicode();
}

} // namespace

bool isHidden(char32_t c)
{
    if (c < 0x20)
        return c != '\t' && c != '\n' && c != '\r';
    if (c < 0x7f)
        return false;
    return c <= 0x9f || c == 0xad || c == 0x34f || c == 0x61c || c == 0x115f || c == 0x1160 || c == 0x17b4 || c == 0x17b5 ||
           (c >= 0x180b && c <= 0x180e) || (c >= 0x2000 && c <= 0x200f) || (c >= 0x2028 && c <= 0x202f) ||
           (c >= 0x205f && c <= 0x206f) || c == 0x3164 || c == 0xa0 || c == 0xfeff || c == 0xffa0 || (c >= 0xfff9 && c <= 0xfffb) ||
           (c >= 0x1d173 && c <= 0x1d17a) || (c >= 0xe0000 && c <= 0xe0fff);
}

int countHidden(QStringView text)
{
    int count = 0;
    for (qsizetype i = 0; i < text.size(); ++i) {
        if (text[i].unicode() < 0x7f && text[i].unicode() >= 0x20)
            continue;
        const char32_t c = codePointAt(text, i);
        count += isHidden(c) ? 1 : 0;
        i += c > 0xffff ? 1 : 0;
    }
    return count;
}

QString hiddenName(char32_t c)
{
    return QStringLiteral("U+%1").arg(uint(c), 4, 16, QLatin1Char('0')).toUpper();
}

QString visibleForm(const QString &text)
{
    if (countHidden(text) == 0)
        return text;
    QString result;
    for (qsizetype i = 0; i < text.size(); ++i) {
        const char32_t c = codePointAt(text, i);
        if (isHidden(c))
            result += QChar(0x27e8) + hiddenName(c) + QChar(0x27e9);
        else
            result += QStringView(text).mid(i, c > 0xffff ? 2 : 1);
        i += c > 0xffff ? 1 : 0;
    }
    return result;
}

QString withPartedMarks(QString text)
{
    constexpr int kMost = 32;
    int marks = 0;
    for (qsizetype i = 0; i < text.size(); ++i) {
        const char32_t c = text[i].unicode() < 0x300 ? text[i].unicode() : codePointAt(text, i);
        const int units = c > 0xffff ? 2 : 1;
        marks = c >= 0x300 && QChar::isMark(c) ? marks + 1 : 0;
        if (marks > kMost) {
            for (int unit = 0; unit < units; ++unit)
                text[i + unit] = QChar(0x25cc);
            marks = 0;
        }
        i += units - 1;
    }
    return text;
}

} // namespace app
