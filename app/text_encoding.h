// Foreign bytes to text: which encoding they are in, found by what they hold.
#pragma once

#include <QByteArray>
#include <QString>

#include <memory>
#include <optional>

namespace app {

// Where UTF-8 breaks: the offset of the first byte that does not belong to a character. -1: nowhere.
qint64 firstInvalidUtf8Byte(const QByteArray &bytes);

struct DecodedText
{
    QString text;     // line breaks are \n
    QString encoding; // "UTF-8", "UTF-16", "GB18030", "Shift-JIS" or "Latin-1"
    int replaced = 0; // bytes that were no text and became U+FFFD
};

// Has everything open that decoding needs, so that nothing is opened while foreign bytes are looked at. Uses the C library's iconv; an
// encoding that it does not know is never found.
class TextDecoder
{
public:
    TextDecoder();
    ~TextDecoder();
    TextDecoder(const TextDecoder &) = delete;
    TextDecoder &operator=(const TextDecoder &) = delete;

    // UTF-8 where it is that; UTF-16 by its mark or its zero bytes; else what is likeliest. Nothing: this is no text.
    std::optional<DecodedText> decode(const QByteArray &bytes) const;

private:
    struct Converters;
    std::unique_ptr<Converters> m_converters;
};

} // namespace app
