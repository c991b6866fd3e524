// inference/gguf/wording.h: numbers and foreign text in messages.
#include "inference/gguf/wording.h"

#include <QTest>

using namespace inference;

class TestWording : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void groupsDigits_data();
    void groupsDigits();
    void countsBytes();
    void printsForeignTextOnOneLine_data();
    void printsForeignTextOnOneLine();
    void cutsLongTextAtACharacter();
};

void TestWording::groupsDigits_data()
{
    QTest::addColumn<quint64>("number");
    QTest::addColumn<QString>("text");
    QTest::newRow("0") << quint64(0) << "0";
    QTest::newRow("999") << quint64(999) << "999";
    QTest::newRow("1000") << quint64(1000) << "1,000";
    QTest::newRow("123456") << quint64(123456) << "123,456";
    QTest::newRow("1117320768") << quint64(1117320768) << "1,117,320,768";
    QTest::newRow("largest") << ~quint64(0) << "18,446,744,073,709,551,615";
}

void TestWording::groupsDigits()
{
    QFETCH(quint64, number);
    QFETCH(QString, text);
    QCOMPARE(QString::fromStdString(grouped(number)), text);
}

void TestWording::countsBytes()
{
    QCOMPARE(byteCount(0), std::string("0 bytes"));
    QCOMPARE(byteCount(1), std::string("1 byte"));
    QCOMPARE(byteCount(1024), std::string("1,024 bytes"));
}

void TestWording::printsForeignTextOnOneLine_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("printed");
    const auto row = [](const char *name, const QByteArray &text, const QByteArray &printed) {
        QTest::newRow(name) << text << printed;
    };
    row("plain", "blk.0.ffn_up.weight", "blk.0.ffn_up.weight");
    row("other scripts", "鲸 Wal кит", "鲸 Wal кит");
    row("emoji", "\xf0\x9f\x90\x8b", "\xf0\x9f\x90\x8b");
    row("line breaks", "a\nb\r\tc", "a\\x0ab\\x0d\\x09c");
    row("escape sequence", "\x1b[31m", "\\x1b[31m");
    row("zero byte", QByteArray("a\0b", 3), "a\\x00b");
    row("delete and C1", "\x7f\xc2\x85", "\\x7f\\xc2\\x85");
    row("line separator", "\xe2\x80\xa8", "\\xe2\\x80\\xa8");
    row("right-to-left override",
        "\xe2\x80\xae"
        "fugg",
        "\\xe2\\x80\\xae"
        "fugg");
    row("zero width space", "\xe2\x80\x8b", "\\xe2\\x80\\x8b");
    row("tag character", "\xf3\xa0\x81\x81", "\\xf3\\xa0\\x81\\x81");
    row("invalid byte",
        "a\xff"
        "b",
        "a\\xff"
        "b");
    row("lone continuation", "\x80", "\\x80");
    row("overlong", "\xc0\xaf", "\\xc0\\xaf");
    row("overlong, three bytes", "\xe0\x80\xaf", "\\xe0\\x80\\xaf");
    row("surrogate", "\xed\xa0\x80", "\\xed\\xa0\\x80");
    row("above Unicode", "\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80");
    row("cut character", "\xe9\xb2", "\\xe9\\xb2");
    row("empty", "", "");
}

void TestWording::printsForeignTextOnOneLine()
{
    QFETCH(QByteArray, text);
    QFETCH(QByteArray, printed);
    const std::string found = printable({text.constData(), std::size_t(text.size())});
    QCOMPARE(QByteArray::fromStdString(found), printed);
}

void TestWording::cutsLongTextAtACharacter()
{
    QCOMPARE(printable(std::string(120, 'a')), std::string(120, 'a'));
    QCOMPARE(printable(std::string(121, 'a')), std::string(120, 'a') + "...");
    QCOMPARE(printable("\xe9\xb2\xb8\xe9\xb2\xb8", 2), std::string("\xe9\xb2\xb8..."));
    QCOMPARE(printable(std::string(1'000'000, '\n')).size(), std::size_t(123));
}

QTEST_GUILESS_MAIN(TestWording)
#include "tst_wording.moc"
