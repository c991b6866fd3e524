// Segments: nothing of the source is lost, and what is sent is what a translator would be given.
#include "app/translate/segmenter.h"

#include <QElapsedTimer>
#include <QRandomGenerator>
#include <QTest>

using namespace app::translate;

namespace {

QStringList texts(const Segmentation &segmentation, bool copied)
{
    QStringList list;
    for (const Segment &part : segmentation.segments) {
        if (part.copied == copied)
            list.push_back(part.text);
    }
    return list;
}

} // namespace

class TestSegmenter : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void cuts_data()
    {
        QTest::addColumn<QString>("source");
        QTest::addColumn<QStringList>("sent");
        QTest::addColumn<QStringList>("copied");
        const QStringList none;
        QTest::newRow("empty") << QString() << none << none;
        QTest::newRow("blank") << u" \n\r\n\t"_qs << none << none;
        QTest::newRow("one line") << u"Hello"_qs << QStringList{u"Hello"_qs} << none;
        QTest::newRow("lines") << u"One.\nTwo.\n\nThree.\n"_qs
                               << QStringList{u"One."_qs, u"Two."_qs, u"Three."_qs} << none;
        QTest::newRow("windows lines")
            << u"One.\r\n\r\nTwo."_qs << QStringList{u"One."_qs, u"Two."_qs} << none;
        QTest::newRow("old mac lines") << u"One.\rTwo."_qs << QStringList{u"One."_qs, u"Two."_qs} << none;
        QTest::newRow("marks stay outside")
            << u"# Title\n  - [x] done\n> quoted\n12. twelfth\n• dot"_qs
            << QStringList{u"Title"_qs, u"done"_qs, u"quoted"_qs, u"twelfth"_qs, u"dot"_qs} << none;
        QTest::newRow("a year is no list mark")
            << u"2024 was good"_qs << QStringList{u"2024 was good"_qs} << none;
        QTest::newRow("no letters") << u"---\n42\n🐳\nText"_qs << QStringList{u"Text"_qs}
                                    << QStringList{u"---"_qs, u"42"_qs, u"🐳"_qs};
        QTest::newRow("addresses") << u"https://example.org/a\nme@example.org\nSee www.example.org"_qs
                                   << QStringList{u"See www.example.org"_qs}
                                   << QStringList{u"https://example.org/a"_qs, u"me@example.org"_qs};
        QTest::newRow("placeholders")
            << u"{name}\n`code()`\n<br/>\n{name} is here"_qs << QStringList{u"{name} is here"_qs}
            << QStringList{u"{name}"_qs, u"`code()`"_qs, u"<br/>"_qs};
        QTest::newRow("fence") << u"Before\n```cpp\nint main() {}\n\nreturn 1;\n```\nAfter"_qs
                               << QStringList{u"Before"_qs, u"After"_qs}
                               << QStringList{u"```cpp\nint main() {}\n\nreturn 1;\n```"_qs};
        QTest::newRow("open fence hides nothing")
            << u"```\nText goes on\n"_qs << QStringList{u"Text goes on"_qs} << QStringList{u"```"_qs};
        QTest::newRow("hard-wrapped paragraph")
            << u"This paragraph was wrapped by a mail program at some\nwidth and goes on in the second line of the\ntext.\n\nNew."_qs
            << QStringList{u"This paragraph was wrapped by a mail program at some\nwidth and goes on in the second line of the\ntext."_qs,
                           u"New."_qs}
            << none;
        QTest::newRow("a list is not wrapped")
            << u"Apples from the garden of my old grandmother\nPears\nPlums"_qs
            << QStringList{u"Apples from the garden of my old grandmother"_qs, u"Pears"_qs, u"Plums"_qs}
            << none;
        QTest::newRow("Chinese lines stay")
            << u"这是第一行没有句号的文字内容比较长一些的例子这是第一行没有句号的文字内容比较长\n这是第二行"_qs
            << QStringList{u"这是第一行没有句号的文字内容比较长一些的例子这是第一行没有句号的文字内容比较长"_qs,
                           u"这是第二行"_qs}
            << none;
    }
    void cuts()
    {
        QFETCH(QString, source);
        QFETCH(QStringList, sent);
        QFETCH(QStringList, copied);
        const Segmentation segmentation = segment(source);
        QCOMPARE(texts(segmentation, false), sent);
        QCOMPARE(texts(segmentation, true), copied);
        QCOMPARE(segmentation.joined(), source);
    }

    void longParagraphsAreCutAtSentences()
    {
        const QString sentence = u"The third sentence costs 3.50 euros, i.e. less than before. "_qs;
        const QString source = u"  "_qs + sentence.repeated(60).trimmed() + u"\n\nNext"_qs;
        const Segmentation segmentation = segment(source);
        QCOMPARE(segmentation.joined(), source);
        QCOMPARE(segmentation.paragraphs, 2);
        QVERIFY(segmentation.segments.size() > 3);
        for (const Segment &part : segmentation.segments) {
            QVERIFY(part.text.size() <= kMaxSegment);
            if (part.paragraph == 0)
                QVERIFY2(part.text.endsWith(u"before."), qPrintable(part.text.right(30)));
        }
    }

    void longCjkParagraphsAreCutAtSentences()
    {
        const QString source = u"这个模型在本机运行，不需要网络。它能翻译吗？能！"_qs.repeated(60);
        const Segmentation segmentation = segment(source);
        QCOMPARE(segmentation.joined(), source);
        QVERIFY(segmentation.segments.size() >= 2);
        for (const Segment &part : segmentation.segments) {
            QVERIFY(part.text.size() <= kMaxCjkSegment);
            QVERIFY(u"。？！"_qs.contains(part.text.back()));
        }
    }

    // Text without any place to cut is cut anyway, between characters.
    void endlessWordsAreCut()
    {
        const QString source = QStringLiteral("🐳x").repeated(4000);
        const Segmentation segmentation = segment(source);
        QCOMPARE(segmentation.joined(), source);
        for (const Segment &part : segmentation.segments) {
            QVERIFY(part.text.size() <= kMaxSegment);
            QVERIFY(!part.text.front().isLowSurrogate());
            QVERIFY(!part.text.back().isHighSurrogate());
        }
    }

    void linesOfParagraphsCoverTheSource_data() { cuts_data(); }
    void linesOfParagraphsCoverTheSource()
    {
        QFETCH(QString, source);
        const Segmentation segmentation = segment(source);
        QString normalised = source;
        normalised.replace(u"\r\n"_qs, u"\n"_qs).replace(u'\r', u'\n');
        const int lines =
            int(normalised.count(u'\n')) + (normalised.isEmpty() || normalised.endsWith(u'\n') ? 0 : 1);
        int next = int(segmentation.lead.count(u'\n'));
        for (const Segment &part : segmentation.segments) {
            if (part.firstLine != next) // another part of the same paragraph
                continue;
            next += part.lineCount;
        }
        if (!segmentation.segments.empty())
            QCOMPARE(next, lines);
    }

    // Any text: joined is the source, nothing that is sent has spaces around it.
    void roundTrip()
    {
        static constexpr char16_t kLetters[] = u"ab. \n\r\t?!-#>*`~1.{}<>@:/|。？é中の한\u2029\u00A0\"'";
        QRandomGenerator random(11);
        for (int round = 0; round < 3000; ++round) {
            QString source;
            const int size = random.bounded(round % 50 == 0 ? 6000 : 120);
            for (int i = 0; i < size; ++i) {
                source +=
                    QChar(random.bounded(40) == 0 ? char16_t(random.bounded(0x10000))
                                                  : kLetters[random.bounded(int(std::size(kLetters) - 1))]);
            }
            const Segmentation segmentation = segment(source);
            QCOMPARE(segmentation.joined(), source);
            int paragraph = -1;
            std::vector<QString> own;
            for (const Segment &part : segmentation.segments) {
                QVERIFY(part.paragraph == paragraph || part.paragraph == paragraph + 1);
                paragraph = part.paragraph;
                QVERIFY(!part.text.isEmpty());
                QVERIFY(!part.text.front().isSpace() && !part.text.back().isSpace());
                own.push_back(part.text);
            }
            QCOMPARE(paragraph + 1, segmentation.paragraphs);
            QCOMPARE(joinTranslation(segmentation, own, nullptr), source);
        }
    }

    void translationsJoinAsTheTargetWants()
    {
        const QString chinese = u"这个模型在本机运行，不需要网络。"_qs.repeated(40);
        const Segmentation fromChinese = segment(chinese);
        QVERIFY(fromChinese.segments.size() > 1);
        const std::vector<QString> english(fromChinese.segments.size(), u"It runs here."_qs);
        QVERIFY(joinTranslation(fromChinese, english, findLanguage(u"en"))
                    .startsWith(u"It runs here. It runs"_qs));
        const Segmentation fromEnglish = segment(u"It runs here. "_qs.repeated(120).trimmed() + u"\n"_qs);
        QVERIFY(fromEnglish.segments.size() > 1);
        const std::vector<QString> japanese(fromEnglish.segments.size(), u"動く。"_qs);
        QCOMPARE(joinTranslation(fromEnglish, japanese, findLanguage(u"ja")),
                 u"動く。"_qs.repeated(qsizetype(japanese.size())) + u"\n"_qs);
    }

    void hostileTextIsLinear_data()
    {
        QTest::addColumn<QString>("text");
        QTest::newRow("fences that nothing closes") << u"```a\n"_qs.repeated(200000);
        QTest::newRow("one line") << QString(1000000, u'x');
        QTest::newRow("spaces") << QString(1000000, u' ');
        QTest::newRow("brackets") << QString(1000000, u'<');
        QTest::newRow("points") << QString(1000000, u'.');
        QTest::newRow("quotes") << QString(1000000, u'"');
        QTest::newRow("marks") << u"> "_qs.repeated(500000);
        QTest::newRow("lines") << u"a\n"_qs.repeated(500000);
        QTest::newRow("combining marks") << u'a' + QString(1000000, QChar(0x301));
    }
    void hostileTextIsLinear()
    {
        QFETCH(QString, text);
        QElapsedTimer timer;
        timer.start();
        QCOMPARE(segment(text).joined().size(), text.size());
        QVERIFY2(timer.elapsed() < 4000, qPrintable(QString::number(timer.elapsed())));
    }
};

QTEST_GUILESS_MAIN(TestSegmenter)
#include "tst_segmenter.moc"
