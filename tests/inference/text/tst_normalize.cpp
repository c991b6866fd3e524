#include "inference/text/normalize.h"

#include <QTest>

#include <random>

using namespace inference;

class TestNormalize : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void composes_data();
    void composes();
    void agreesWithQt();
    void keepsBrokenBytes();
};

void TestNormalize::composes_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<QByteArray>("form");
    const auto row = [](const char *name, const char *text, const char *form) {
        QTest::newRow(name) << QByteArray(text) << QByteArray(form);
    };
    row("nothing", "", "");
    row("plain", "Hello", "Hello");
    row("composed already", "é中한😀", "é中한😀");
    row("accent", "e\xCC\x81", "é");
    row("order of marks", "o\xCC\x82\xCC\xA3", "\xE1\xBB\x99");   // circumflex, dot below -> U+1ED9
    row("blocked mark", "a\xCC\x88\xCC\x8A", "\xC3\xA4\xCC\x8A"); // two of one class: the first one joins
    row("singleton", "\xE2\x84\xAB\xE2\x84\xA6\xE2\x84\xAA", "\xC3\x85\xCE\xA9K");
    row("excluded", "\xE0\xA5\x98", "\xE0\xA4\x95\xE0\xA4\xBC"); // U+0958 stays apart
    row("two marks in one", "\xCD\x84", "\xCC\x88\xCC\x81");     // U+0344
    row("Hangul", "\xE1\x84\x92\xE1\x85\xA1\xE1\x86\xAB", "한");
    row("Hangul syllable and tail", "\xED\x95\x98\xE1\x86\xAB", "한");
    row("tone marks in order", "\u0E01\u0E38\u0E48", "\u0E01\u0E38\u0E48");
    row("tone marks out of order", "\u0E01\u0E48\u0E38", "\u0E01\u0E38\u0E48");
    row("virama before nukta", "\u0915\u094D\u093C", "\u0915\u093C\u094D");
    row("far behind plain text", "12345678901234567 e\u0301 \u00DFe\u0301", "12345678901234567 é \u00DFé");
    // What the library of Hugging Face, which knows Unicode 9, leaves as it is.
    row("mark of Unicode 14", "a\u0315\u0898", "a\u0315\u0898");
    row("parts of Unicode 13", "\U00011935\U00011930", "\U00011935\U00011930");
    row("mark first",
        "\xCC\x81"
        "e",
        "\xCC\x81"
        "e");
    row("mark behind a break", "a\n\xCC\x81", "a\n\xCC\x81");
}

void TestNormalize::composes()
{
    QFETCH(QByteArray, text);
    QFETCH(QByteArray, form);
    QCOMPARE(QByteArray::fromStdString(composed(text.toStdString())), form);
    QVERIFY(isSurelyComposed(text.toStdString()) ? text == form : true);
    QVERIFY(composed(form.toStdString()) == form.toStdString());
}

// Qt's own tables are an independent judge: only what both know is compared. Above U+FFFF
// Qt 6.4 forgets to put Hangul syllables together again.
void TestNormalize::agreesWithQt()
{
    std::vector<char32_t> letters;
    for (char32_t c = 0x20; c < 0x10000; ++c) {
        if ((c >= 0xD800 && c < 0xE000) || QChar::unicodeVersion(c) == QChar::Unicode_Unassigned ||
            QChar::unicodeVersion(c) > QChar::Unicode_9_0)
            continue;
        letters.push_back(c);
    }
    std::vector<char32_t> marks;
    for (const char32_t c : letters) {
        if (QChar::combiningClass(c) > 0 || (c >= 0x1100 && c < 0x1200))
            marks.push_back(c);
    }
    std::mt19937 random(8);
    for (std::size_t round = 0; round < letters.size() + 100000; ++round) {
        std::u32string text;
        if (round < letters.size()) {
            text = {U'a', letters[round], U'\u0301', U'z'};
        } else {
            for (auto n = 1 + random() % 8; n > 0; --n)
                text += random() % 2 ? marks[random() % marks.size()] : letters[random() % letters.size()];
        }
        const QString qt = QString::fromUcs4(text.data(), static_cast<qsizetype>(text.size()));
        const std::string ours = composed(qt.toUtf8().toStdString());
        const QByteArray theirs = qt.normalized(QString::NormalizationForm_C).toUtf8();
        QCOMPARE(QByteArray::fromStdString(ours).toHex(' '), theirs.toHex(' '));
        if (isSurelyComposed(qt.toUtf8().toStdString()))
            QVERIFY(ours == qt.toUtf8().toStdString());
    }
}

void TestNormalize::keepsBrokenBytes()
{
    // A broken byte parts a letter from a mark.
    QCOMPARE(composed("e\xFF\xCC\x81"), std::string("e\xFF\xCC\x81"));
    QCOMPARE(composed("\x80"
                      "e\xCC\x81\xE4"),
             std::string("\x80\xC3\xA9\xE4"));
    std::mt19937 random(1);
    for (int round = 0; round < 20000; ++round) {
        std::string text;
        for (auto n = random() % 12; n > 0; --n)
            text += static_cast<char>(random() % 4 ? 0x80 + random() % 0x4C : 'a');
        if (text.find('\xCB') == text.npos)
            QCOMPARE(composed(text), text); // below U+0300 nothing changes
    }
}

QTEST_GUILESS_MAIN(TestNormalize)
#include "tst_normalize.moc"
