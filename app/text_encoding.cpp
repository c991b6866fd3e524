#include "app/text_encoding.h"

#include <QStringDecoder>

#include <algorithm>
#include <iconv.h>

namespace app {

namespace {

constexpr qsizetype kSampleBytes = 256 * 1024;
constexpr double kLikely = 0.6; // of the characters that are not ASCII, those that a text of that encoding is made of

struct Score
{
    qsizetype characters = 0, common = 0, broken = 0;
    double value() const { return characters == 0 ? 0 : double(common - 4 * broken) / double(characters); }
};

// The frequent characters of Chinese are those of the first level of GB 2312: rows B0 to D7; A1 to A3 have the punctuation.
Score scoreOfGb18030(QByteArrayView bytes)
{
    Score score;
    const auto at = [&](qsizetype i) { return i < bytes.size() ? uchar(bytes[i]) : 0u; };
    for (qsizetype i = 0; i < bytes.size(); ++i) {
        const unsigned lead = at(i), next = at(i + 1);
        if (lead < 0x80)
            continue;
        ++score.characters;
        if (lead >= 0x81 && lead <= 0xfe && next >= 0x30 && next <= 0x39 && at(i + 2) >= 0x81 && at(i + 3) >= 0x30 && at(i + 3) <= 0x39) {
            i += 3;
        } else if (lead >= 0x81 && lead <= 0xfe && next >= 0x40 && next <= 0xfe && next != 0x7f) {
            score.common += next >= 0xa1 && ((lead >= 0xb0 && lead <= 0xd7) || (lead >= 0xa1 && lead <= 0xa3));
            i += 1;
        } else {
            score.broken += i + 4 < bytes.size(); // a character may be cut at the end of the sample
        }
    }
    return score;
}

// Kana, the first level of JIS kanji (88 to 97), and the punctuation.
Score scoreOfShiftJis(QByteArrayView bytes)
{
    Score score;
    for (qsizetype i = 0; i < bytes.size(); ++i) {
        const unsigned lead = uchar(bytes[i]), next = i + 1 < bytes.size() ? uchar(bytes[i + 1]) : 0u;
        if (lead < 0x80)
            continue;
        ++score.characters;
        if (lead >= 0xa1 && lead <= 0xdf)
            continue; // katakana of half width, rare
        const bool pair = ((lead >= 0x81 && lead <= 0x9f) || (lead >= 0xe0 && lead <= 0xfc)) && next >= 0x40 && next <= 0xfc && next != 0x7f;
        if (!pair) {
            score.broken += i + 2 < bytes.size();
            continue;
        }
        score.common += (lead >= 0x81 && lead <= 0x83) || (lead >= 0x88 && lead <= 0x97);
        i += 1;
    }
    return score;
}

// The five of Windows-1252 that have no character stay controls.
QString fromWindows1252(const QByteArray &bytes)
{
    static constexpr char16_t kUpper[32] = {0x20ac, 0x81,   0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160,
                                            0x2039, 0x0152, 0x8d,   0x017d, 0x8f,   0x90,   0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
                                            0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0x9d,   0x017e, 0x0178};
    QString text = QString::fromLatin1(bytes);
    for (QChar &c : text)
        if (c.unicode() >= 0x80 && c.unicode() < 0xa0)
            c = QChar(kUpper[c.unicode() - 0x80]);
    return text;
}

// UTF-16 of mostly Latin text has a zero in every other byte. 0: it is not that.
int zeroSide(QByteArrayView bytes)
{
    const QByteArrayView head = bytes.first(std::min<qsizetype>(bytes.size(), 4096) & ~qsizetype(1));
    qsizetype zeros[2] = {0, 0};
    for (qsizetype i = 0; i < head.size(); ++i)
        zeros[i % 2] += head[i] == '\0';
    const qsizetype units = head.size() / 2;
    if (units == 0)
        return 0;
    if (zeros[1] * 10 > units * 4 && zeros[0] * 20 < units)
        return 1; // little endian
    return zeros[0] * 10 > units * 4 && zeros[1] * 20 < units ? -1 : 0;
}

bool isNoText(QChar c)
{
    const char16_t u = c.unicode();
    return (u < 0x20 && u != u'\n' && u != u'\r' && u != u'\t' && u != u'\f') || u >= 0xfffe;
}

QString withPlainLineBreaks(QString text)
{
    if (text.contains(u'\r')) {
        text.replace(QLatin1String("\r\n"), QLatin1String("\n"));
        text.replace(u'\r', u'\n');
    }
    return text;
}

} // namespace

qint64 firstInvalidUtf8Byte(const QByteArray &bytes)
{
    const auto at = [&](qsizetype i) { return i < bytes.size() ? uchar(bytes[i]) : 0u; };
    qsizetype i = 0;
    while (i < bytes.size()) {
        const unsigned c = at(i);
        const int length = c < 0x80                ? 1
                           : c >= 0xc2 && c < 0xe0 ? 2
                           : c >= 0xe0 && c < 0xf0 ? 3
                           : c >= 0xf0 && c < 0xf5 ? 4
                                                   : 0;
        if (length == 0)
            return i;
        for (int k = 1; k < length; ++k)
            if ((at(i + k) & 0xc0u) != 0x80u)
                return i;
        if ((c == 0xe0 && at(i + 1) < 0xa0) || (c == 0xed && at(i + 1) > 0x9f) ||
            (c == 0xf0 && at(i + 1) < 0x90) || (c == 0xf4 && at(i + 1) > 0x8f))
            return i;
        i += length;
    }
    return -1;
}

struct TextDecoder::Converters
{
    iconv_t gb18030 = iconv_open("UTF-16LE", "GB18030");
    iconv_t shiftJis = iconv_open("UTF-16LE", "CP932");
    ~Converters()
    {
        for (iconv_t converter : {gb18030, shiftJis})
            if (works(converter))
                iconv_close(converter);
    }
    static bool works(iconv_t converter) { return converter != iconv_t(-1); }
    // What is no character becomes U+FFFD, a byte at a time.
    static DecodedText convert(iconv_t converter, const QByteArray &bytes)
    {
        DecodedText result;
        result.text.resize(bytes.size()); // no byte makes more than one unit
        char *in = const_cast<char *>(bytes.constData());
        char *out = reinterpret_cast<char *>(result.text.data());
        std::size_t inLeft = std::size_t(bytes.size()), outLeft = std::size_t(bytes.size()) * 2;
        iconv(converter, nullptr, nullptr, nullptr, nullptr);
        while (inLeft > 0 && iconv(converter, &in, &inLeft, &out, &outLeft) == std::size_t(-1)) {
            if (inLeft == 0 || outLeft < 2)
                break;
            *out++ = char(0xfd);
            *out++ = char(0xff);
            outLeft -= 2;
            ++in;
            --inLeft;
            ++result.replaced;
        }
        result.text.truncate(bytes.size() - qsizetype(outLeft / 2));
        return result;
    }
};

TextDecoder::TextDecoder() : m_converters(std::make_unique<Converters>()) {}

TextDecoder::~TextDecoder() = default;

std::optional<DecodedText> TextDecoder::decode(const QByteArray &bytes) const
{
    DecodedText result;
    const auto utf16 = [&](QStringConverter::Encoding encoding, qsizetype from) {
        QStringDecoder decoder(encoding, QStringConverter::Flag::Stateless);
        result.text = decoder.decode(QByteArrayView(bytes).sliced(from));
        result.encoding = QStringLiteral("UTF-16");
        result.replaced = decoder.hasError() ? int(result.text.count(QChar::ReplacementCharacter)) : 0;
    };
    if (bytes.startsWith("\xff\xfe")) {
        utf16(QStringConverter::Utf16LE, 2);
    } else if (bytes.startsWith("\xfe\xff")) {
        utf16(QStringConverter::Utf16BE, 2);
    } else if (bytes.contains('\0')) {
        const int side = bytes.size() % 2 == 0 ? zeroSide(bytes) : 0;
        if (side == 0)
            return std::nullopt;
        utf16(side > 0 ? QStringConverter::Utf16LE : QStringConverter::Utf16BE, 0);
        // Without a mark nothing but a whole text is believed.
        if (result.replaced > 0 || std::any_of(result.text.cbegin(), result.text.cend(), &isNoText))
            return std::nullopt;
    } else if (firstInvalidUtf8Byte(bytes) < 0) {
        result.text = QString::fromUtf8(bytes.startsWith("\xef\xbb\xbf") ? QByteArrayView(bytes).sliced(3) : QByteArrayView(bytes));
        result.encoding = QStringLiteral("UTF-8");
    } else {
        const QByteArrayView sample = QByteArrayView(bytes).first(std::min(bytes.size(), kSampleBytes));
        const double chinese = Converters::works(m_converters->gb18030) ? scoreOfGb18030(sample).value() : 0;
        const double japanese = Converters::works(m_converters->shiftJis) ? scoreOfShiftJis(sample).value() : 0;
        const qsizetype broken = firstInvalidUtf8Byte(bytes);
        if (std::max(chinese, japanese) >= kLikely) {
            result = Converters::convert(chinese >= japanese ? m_converters->gb18030 : m_converters->shiftJis, bytes);
            result.encoding = chinese >= japanese ? QStringLiteral("GB18030") : QStringLiteral("Shift-JIS");
        } else if (broken >= 4096) { // UTF-8 that is damaged further on, or cut in the middle of a character
            result.text = QString::fromUtf8(bytes);
            result.encoding = QStringLiteral("UTF-8");
            result.replaced = int(result.text.count(QChar::ReplacementCharacter));
        } else {
            // Bytes that no text of Europe has, in numbers: something binary without a zero.
            const auto odd = std::count_if(sample.begin(), sample.end(), [](char c) { return uchar(c) < 0x20 && c != '\n' && c != '\r' && c != '\t' && c != '\f' && c != '\x1b'; });
            if (odd * 50 > sample.size())
                return std::nullopt;
            result.text = fromWindows1252(bytes);
            result.encoding = QStringLiteral("Latin-1");
        }
    }
    result.text = withPlainLineBreaks(std::move(result.text));
    result.text.remove(QChar(0));
    return result;
}

} // namespace app
