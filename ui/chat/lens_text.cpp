#include "ui/chat/lens_text.h"


#include <algorithm>

namespace ui {

namespace {

constexpr int kLongestParagraph = 4000; // characters; one text layout each
const QChar kBreakSign(0x21b5);

// Length of the UTF-8 character at the beginning of the bytes; 0: there is none.
int characterLength(const QByteArray &bytes, qsizetype at)
{
    const auto lead = quint8(bytes[at]);
    const int length = lead < 0x80 ? 1 : lead >= 0xc2 && lead < 0xe0 ? 2 : lead >= 0xe0 && lead < 0xf0 ? 3 : lead >= 0xf0 && lead < 0xf5 ? 4 : 0;
    if (length == 0 || at + length > bytes.size())
        return 0;
    for (int i = 1; i < length; ++i) {
        if ((quint8(bytes[at + i]) & 0xc0) != 0x80)
            return 0;
    }
    return QString::fromUtf8(bytes.constData() + at, length).contains(QChar::ReplacementCharacter) &&
                   bytes.mid(at, length) != "\xef\xbf\xbd"
               ? 0
               : length;
}

// What would change the order or the lines of the text, or cannot be seen.
QString shown(const QString &character)
{
    const QChar c = character[0];
    if (character.size() == 1 && (c.unicode() < 0x20 || (c.unicode() >= 0x7f && c.unicode() < 0xa0) || (c.unicode() >= 0x202a && c.unicode() <= 0x202e) ||
                                  (c.unicode() >= 0x2066 && c.unicode() <= 0x2069) || c.unicode() == 0x2028 || c.unicode() == 0x2029) &&
        c != QLatin1Char('\t'))
        return QString(QChar::ReplacementCharacter);
    return character;
}

} // namespace

std::vector<LensParagraph> lensParagraphs(const app::TokenLens &lens, int first, int last)
{
    // All bytes, and where each token begins among them.
    QByteArray bytes;
    std::vector<qsizetype> begins;
    for (int i = first; i < last; ++i) {
        begins.push_back(bytes.size());
        bytes += lens.word(lens.tokens[std::size_t(i)].drawn).bytes;
    }
    begins.push_back(bytes.size());

    std::vector<LensParagraph> paragraphs(1);
    std::size_t token = 0; // whose bytes are next
    const auto count = begins.size() - 1;
    for (qsizetype at = 0; at < bytes.size();) {
        const int length = characterLength(bytes, at);
        const qsizetype end = at + std::max(1, length);
        const bool breaks = length == 1 && bytes[at] == '\n';
        LensParagraph &paragraph = paragraphs.back();
        const int from = int(paragraph.text.size());
        paragraph.text += breaks ? QString(kBreakSign) : length > 0 ? shown(QString::fromUtf8(bytes.constData() + at, length)) : QString(QChar::ReplacementCharacter);
        const int to = int(paragraph.text.size());
        // Every token with bytes of this character.
        while (token < count && begins[token + 1] <= at)
            ++token;
        std::size_t behind = token;
        while (behind < count && begins[behind] < end)
            ++behind;
        int parts = 0;
        for (std::size_t i = token; i < behind; ++i)
            parts += begins[i + 1] > begins[i];
        int part = 0;
        for (std::size_t i = token; i < behind; ++i) {
            if (begins[i + 1] == begins[i])
                continue;
            const int number = first + int(i);
            if (parts == 1 && !paragraph.pieces.empty() && paragraph.pieces.back().token == number && paragraph.pieces.back().parts == 1 &&
                paragraph.pieces.back().to == from)
                paragraph.pieces.back().to = to;
            else
                paragraph.pieces.push_back({number, from, to, part, parts});
            ++part;
        }
        at = end;
        const bool tooLong = paragraph.text.size() >= kLongestParagraph && std::find(begins.begin(), begins.end(), at) != begins.end();
        if ((breaks || tooLong) && at < bytes.size())
            paragraphs.emplace_back();
    }
    return paragraphs;
}

QString tokenWords(const app::TokenLens::Word &word)
{
    QString words = QString::fromUtf8(word.bytes);
    if (words.contains(QChar::ReplacementCharacter) && !word.bytes.contains("\xef\xbf\xbd")) { // part of a character
        QStringList figures;
        for (const char byte : word.bytes)
            figures << QStringLiteral("%1").arg(quint8(byte), 2, 16, QLatin1Char('0')).toUpper();
        return figures.join(QLatin1Char(' '));
    }
    QString result;
    for (const QChar c : std::as_const(words)) {
        if (c == QLatin1Char(' '))
            result += QChar(0x2423);
        else if (c == QLatin1Char('\n'))
            result += kBreakSign;
        else if (c == QLatin1Char('\t'))
            result += QChar(0x21e5);
        else if (c.category() == QChar::Other_Control || c.category() == QChar::Other_Format || c.category() == QChar::Separator_Space)
            result += QStringLiteral("U+%1").arg(int(c.unicode()), 4, 16, QLatin1Char('0')).toUpper();
        else
            result += c;
    }
    return result;
}

QString chanceWords(float probability)
{
    const double percent = double(probability) * 100;
    if (percent < 0.1)
        return QStringLiteral("<0.1 %");
    if (percent < 9.95 || (percent >= 99.5 && percent < 99.95))
        return QStringLiteral("%1 %").arg(percent, 0, 'f', 1);
    return QStringLiteral("%1 %").arg(percent, 0, 'f', 0);
}

} // namespace ui
