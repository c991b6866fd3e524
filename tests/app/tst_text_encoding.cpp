// app/text_encoding.h: which encoding foreign bytes are in.
#include "app/text_encoding.h"

#include <QStringEncoder>
#include <QTest>

#include <iconv.h>

using namespace app;

namespace {

QByteArray encoded(const QString &text, const char *encoding)
{
    const iconv_t converter = iconv_open(encoding, "UTF-8");
    QByteArray in = text.toUtf8(), out(in.size() * 4, '\0');
    char *from = in.data(), *to = out.data();
    std::size_t inLeft = std::size_t(in.size()), outLeft = std::size_t(out.size());
    const bool done = iconv(converter, &from, &inLeft, &to, &outLeft) != std::size_t(-1);
    iconv_close(converter);
    return done ? out.left(out.size() - qsizetype(outLeft)) : QByteArray();
}

const QString kChinese = QStringLiteral("鲸鱼用鲸须过滤海水。\n模型在本地运行，不需要网络；第 3.2 版修正了 17 个错误（见附录）。");
const QString kJapanese = QStringLiteral("クジラはひげで海水をろ過します。\nモデルはローカルで動作し、ネットワークは不要です。");
const QString kFrench = QStringLiteral("Les élèves français étudient à l’école ; où naît l’été ? « Çà et là », dit-il.");
const QString kGerman = QStringLiteral("Größe: 5 °C, Übermaß – Straße, Äpfel, öffnen");

} // namespace

class TestTextEncoding : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void findsTheEncoding_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("encoding");
        const auto row = [](const char *name, const QByteArray &bytes, const QString &text, const char *encoding) {
            QTest::newRow(name) << bytes << text << QString::fromLatin1(encoding);
        };
        row("ascii", "hello\n", QStringLiteral("hello\n"), "UTF-8");
        row("empty", "", QString(), "UTF-8");
        row("utf-8", kChinese.toUtf8(), kChinese, "UTF-8");
        row("utf-8 with mark", "\xef\xbb\xbf" + kFrench.toUtf8(), kFrench, "UTF-8");
        row("utf-16 little", encoded(kJapanese, "UTF-16LE").prepend("\xff\xfe"), kJapanese, "UTF-16");
        row("utf-16 big", encoded(kChinese, "UTF-16BE").prepend("\xfe\xff"), kChinese, "UTF-16");
        row("utf-16 little without mark", encoded(kGerman, "UTF-16LE"), kGerman, "UTF-16");
        row("utf-16 big without mark", encoded(kFrench, "UTF-16BE"), kFrench, "UTF-16");
        row("gb18030", encoded(kChinese, "GB18030"), kChinese, "GB18030");
        row("gb18030 of four bytes", encoded(kChinese + QStringLiteral("\U00020000 ½"), "GB18030"), kChinese + QStringLiteral("\U00020000 ½"), "GB18030");
        row("one chinese word in code", encoded(QStringLiteral("int main() { // 主函数\n  return 0;\n}\n"), "GB18030"),
            QStringLiteral("int main() { // 主函数\n  return 0;\n}\n"), "GB18030");
        row("shift-jis", encoded(kJapanese, "CP932"), kJapanese, "Shift-JIS");
        row("latin-1, french", encoded(kFrench, "CP1252"), kFrench, "Latin-1");
        row("latin-1, german", encoded(kGerman, "CP1252"), kGerman, "Latin-1");
        row("one degree sign", "20 \xb0" "C outside", QStringLiteral("20 °C outside"), "Latin-1");
    }
    void findsTheEncoding()
    {
        QFETCH(QByteArray, bytes);
        QFETCH(QString, text);
        const TextDecoder decoder;
        const auto decoded = decoder.decode(bytes);
        QVERIFY(decoded.has_value());
        QTEST(decoded->encoding, "encoding");
        QCOMPARE(decoded->text, text);
        QCOMPARE(decoded->replaced, 0);
    }

    void lineBreaksBecomeOne()
    {
        QCOMPARE(TextDecoder().decode("a\r\nb\rc\n")->text, QStringLiteral("a\nb\nc\n"));
    }

    void bytesThatAreNoTextAreNone()
    {
        const TextDecoder decoder;
        QVERIFY(!decoder.decode(QByteArray("a\0b\0\0c\x01\x02", 8)));
        QVERIFY(!decoder.decode(QByteArray("a\0b", 3)));
        QVERIFY(!decoder.decode(QByteArray("a\0\1\0", 4)));
        QByteArray noise;
        for (int i = 0; i < 4000; ++i)
            noise += char(1 + (i * 7919) % 255);
        QVERIFY(!decoder.decode(noise));
        QVERIFY(!decoder.decode(QByteArray(2000, '\x03') + "\xe9"));
    }

    void brokenPlacesAreCounted()
    {
        const TextDecoder decoder;
        QByteArray chinese = encoded(kChinese.repeated(3), "GB18030");
        chinese.insert(10, "\xff");
        const auto decoded = decoder.decode(chinese);
        QVERIFY(decoded);
        QCOMPARE(decoded->encoding, QStringLiteral("GB18030"));
        QVERIFY(decoded->replaced >= 1 && decoded->replaced < 4);
        QCOMPARE(decoded->text.count(QChar::ReplacementCharacter), decoded->replaced);
        // UTF-8 that was cut in a character far from its beginning is UTF-8.
        const auto cut = decoder.decode(kChinese.repeated(100).toUtf8().chopped(1));
        QCOMPARE(cut->encoding, QStringLiteral("UTF-8"));
        QVERIFY(cut->replaced >= 1);
    }

    void firstInvalidByteIsFound()
    {
        QCOMPARE(firstInvalidUtf8Byte(kChinese.toUtf8()), qint64(-1));
        QCOMPARE(firstInvalidUtf8Byte("ab\xff"), qint64(2));
        QCOMPARE(firstInvalidUtf8Byte("a\xed\xa0\x80"), qint64(1)); // a surrogate
        QCOMPARE(firstInvalidUtf8Byte("\xc0\x80"), qint64(0));      // too long a form
    }
};

QTEST_GUILESS_MAIN(TestTextEncoding)
#include "tst_text_encoding.moc"
