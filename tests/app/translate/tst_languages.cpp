// The table of languages and the scripts of letters.
#include "app/translate/languages.h"

#include <QSet>
#include <QTest>

using namespace app::translate;

class TestLanguages : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void tableIsComplete()
    {
        QVERIFY(languages().size() >= 30);
        QStringList first;
        QSet<QString> codes, names, labels;
        for (const Language &language : languages()) {
            first.push_back(language.code.toString());
            codes.insert(language.code.toString());
            names.insert(language.name.toString());
            labels.insert(languageLabel(language));
            QVERIFY(!language.nativeName.isEmpty());
            QCOMPARE(findLanguage(language.code), &language);
        }
        QCOMPARE(std::size_t(codes.size()), languages().size());
        QCOMPARE(std::size_t(names.size()), languages().size());
        QCOMPARE(std::size_t(labels.size()), languages().size());
        QCOMPARE(first.mid(0, 5), (QStringList{u"en"_qs, u"zh-Hans"_qs, u"zh-Hant"_qs, u"ja"_qs, u"ko"_qs}));
    }

    // The native name is written in the language's own script: a row with the wrong script shows here.
    void nativeNameIsInItsScript()
    {
        for (const Language &language : languages()) {
            bool own = false;
            for (qsizetype i = 0; i < language.nativeName.size();) {
                const Script script = scriptOf(nextCodePoint(language.nativeName, i));
                own = own || usesScript(language, script);
            }
            QVERIFY2(own, qPrintable(language.name.toString()));
        }
    }

    void findsByWhatOthersCallIt_data()
    {
        QTest::addColumn<QString>("code");
        QTest::addColumn<QString>("found");
        QTest::newRow("exact") << u"zh-Hant"_qs << u"zh-Hant"_qs;
        QTest::newRow("case") << u"ZH-hans"_qs << u"zh-Hans"_qs;
        QTest::newRow("locale") << u"zh_TW"_qs << u"zh-Hant"_qs;
        QTest::newRow("region") << u"en-GB"_qs << u"en"_qs;
        QTest::newRow("region of a script") << u"zh-Hant-HK"_qs << u"zh-Hant"_qs;
        QTest::newRow("macro language") << u"no"_qs << u"nb"_qs;
        QTest::newRow("old Hebrew") << u"iw"_qs << u"he"_qs;
        QTest::newRow("Tagalog") << u"tl"_qs << u"fil"_qs;
        QTest::newRow("unknown") << u"tlh"_qs << QString();
        QTest::newRow("empty") << QString() << QString();
        QTest::newRow("dash") << u"-"_qs << QString();
        QTest::newRow("long") << QString(100000, u'x') << QString();
    }
    void findsByWhatOthersCallIt()
    {
        QFETCH(QString, code);
        QFETCH(QString, found);
        const Language *language = findLanguage(code);
        QCOMPARE(language ? language->code.toString() : QString(), found);
    }

    void scripts_data()
    {
        QTest::addColumn<char32_t>("letter");
        QTest::addColumn<int>("script");
        const auto row = [](const char *name, char32_t letter, Script script) {
            QTest::newRow(name) << letter << int(script);
        };
        row("a", U'a', Script::Latin);
        row("z with caron", U'ž', Script::Latin);
        row("full width A", U'Ａ', Script::Latin);
        row("Vietnamese", U'ế', Script::Latin);
        row("digit", U'7', Script::None);
        row("times sign", U'×', Script::None);
        row("space", U' ', Script::None);
        row("emoji", U'\U0001F433', Script::None);
        row("Cyrillic", U'ж', Script::Cyrillic);
        row("Greek", U'Ω', Script::Greek);
        row("Arabic", U'ع', Script::Arabic);
        row("Arabic digit", U'٤', Script::None);
        row("Hebrew", U'ש', Script::Hebrew);
        row("Han", U'漢', Script::Han);
        row("Han beyond the BMP", U'\U00020000', Script::Han);
        row("hiragana", U'あ', Script::Kana);
        row("half width katakana", U'ｱ', Script::Kana);
        row("Hangul", U'한', Script::Hangul);
        row("ideographic full stop", U'。', Script::None);
        row("Thai", U'ก', Script::Thai);
        row("Thai baht sign", U'฿', Script::None);
        row("Devanagari", U'क', Script::Devanagari);
        row("danda", U'।', Script::None);
        row("Ethiopic", U'አ', Script::Other);
        row("unpaired surrogate", char32_t(0xD800), Script::None);
        row("last code point", char32_t(0x10FFFF), Script::None);
    }
    void scripts()
    {
        QFETCH(char32_t, letter);
        QFETCH(int, script);
        QCOMPARE(int(scriptOf(letter)), script);
    }
};

QTEST_GUILESS_MAIN(TestLanguages)
#include "tst_languages.moc"
