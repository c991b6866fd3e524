#include "inference/text/tokenizer.h"

#include <QTest>

#include <random>

using namespace inference;

namespace {

std::string streamed(const std::vector<std::string_view> &parts)
{
    Utf8Stream stream;
    std::string out;
    for (const std::string_view part : parts)
        out += stream.push(part);
    return out + stream.flush();
}

bool isValid(const std::string &text)
{
    // QString keeps valid text as it is and replaces what is not.
    return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size())).toUtf8().toStdString() == text;
}

} // namespace

class TestUtf8Stream : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void replacesWhatIsBroken_data();
    void replacesWhatIsBroken();
    void outputDoesNotDependOnTheCuts();
    void holdsBackAtMostThreeBytes();
    void givesWholeCharactersAtOnce();
    void startsAfreshAfterAFlush();
};

void TestUtf8Stream::replacesWhatIsBroken_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QByteArray>("text");
    const QByteArray r = "\xEF\xBF\xBD";
    QTest::newRow("plain") << QByteArray("abc") << QByteArray("abc");
    QTest::newRow("valid") << QByteArray("é中😀") << QByteArray("é中😀");
    QTest::newRow("lone continuation") << QByteArray("a\x80z") << "a" + r + "z";
    QTest::newRow("cut in the middle") << QByteArray("a\xE4\xB8z") << "a" + r + "z";
    QTest::newRow("cut at the end") << QByteArray("a\xF0\x9F\x98") << "a" + r;
    QTest::newRow("overlong") << QByteArray("\xC0\x80") << r + r;
    QTest::newRow("overlong of three") << QByteArray("\xE0\x80\x80") << r + r + r;
    QTest::newRow("surrogate") << QByteArray("\xED\xA0\x80") << r + r + r;
    QTest::newRow("above 10FFFF") << QByteArray("\xF4\x90\x80\x80") << r + r + r + r;
    QTest::newRow("FF") << QByteArray("\xFF\xFE") << r + r;
    QTest::newRow("two beginnings") << QByteArray("\xE4\xB8\xE4\xB8\xAD") << r + "中";
    QTest::newRow("zero") << QByteArray("a\0b", 3) << QByteArray("a\0b", 3);
}

void TestUtf8Stream::replacesWhatIsBroken()
{
    QFETCH(QByteArray, bytes);
    QFETCH(QByteArray, text);
    const std::string whole = bytes.toStdString();
    QCOMPARE(QByteArray::fromStdString(streamed({whole})), text);
    std::vector<std::string_view> single;
    for (std::size_t i = 0; i < whole.size(); ++i)
        single.push_back(std::string_view(whole).substr(i, 1));
    QCOMPARE(QByteArray::fromStdString(streamed(single)), text);
}

void TestUtf8Stream::outputDoesNotDependOnTheCuts()
{
    std::mt19937 random(5);
    const std::string_view parts[] = {
        "a",        "é",        "中",   "😀",        "\x80",         "\xC3",
        "\xE4",     "\xE4\xB8", "\xF0", "\xF0\x9F", "\xF0\x9F\x98", "\xED\xA0\x80",
        "\xF4\x90", "\xC0",     "\xFF", "\n",       "\xE0\x80"};
    for (int round = 0; round < 100000; ++round) {
        std::string text;
        for (auto n = 1 + random() % 8; n > 0; --n)
            text += parts[random() % std::size(parts)];
        std::vector<std::string_view> cut;
        for (std::size_t at = 0; at < text.size();) {
            const std::size_t n = std::min<std::size_t>(random() % 4, text.size() - at); // empty ones, too
            cut.push_back(std::string_view(text).substr(at, n));
            at += n;
        }
        const std::string whole = streamed({text});
        QCOMPARE(streamed(cut), whole);
        QVERIFY(isValid(whole));
    }
}

void TestUtf8Stream::holdsBackAtMostThreeBytes()
{
    Utf8Stream stream;
    QCOMPARE(stream.push("\xF0\x9F\x98"), std::string());
    QCOMPARE(stream.push("\x80"), std::string("😀"));
    QCOMPARE(stream.push("abc\xF0\x9F\x98"), std::string("abc"));
    QCOMPARE(stream.push("z"), std::string("\xEF\xBF\xBDz"));
}

void TestUtf8Stream::givesWholeCharactersAtOnce()
{
    Utf8Stream stream;
    QCOMPARE(stream.push("a中"), std::string("a中"));
    QCOMPARE(stream.push("\xE4\xB8"), std::string());
    QCOMPARE(stream.push(""), std::string());
    QCOMPARE(stream.push("\xAD!"), std::string("中!"));
    QCOMPARE(stream.flush(), std::string());
}

void TestUtf8Stream::startsAfreshAfterAFlush()
{
    Utf8Stream stream;
    QCOMPARE(stream.push("\xE4\xB8"), std::string());
    QCOMPARE(stream.flush(), std::string("\xEF\xBF\xBD"));
    QCOMPARE(stream.flush(), std::string());
    QCOMPARE(stream.push("ok"), std::string("ok"));
}

QTEST_GUILESS_MAIN(TestUtf8Stream)
#include "tst_utf8_stream.moc"
