#include "app/fuzzy_match.h"

#include <QElapsedTimer>
#include <QTest>

using app::fuzzyMatch;

class TestFuzzyMatch : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void findsAndLeavesOut_data();
    void findsAndLeavesOut();
    void ordersByHowWellItFits_data();
    void ordersByHowWellItFits();
    void saysWhichLetters_data();
    void saysWhichLetters();
    void anEmptyPatternMatchesAll();
    void hostileTextsCostLittle();
};

void TestFuzzyMatch::findsAndLeavesOut_data()
{
    QTest::addColumn<QString>("pattern");
    QTest::addColumn<QString>("text");
    QTest::addColumn<bool>("found");
    const auto row = [](const char *name, const QString &pattern, const QString &text, bool found) { QTest::newRow(name) << pattern << text << found; };
    row("the same", QStringLiteral("settings"), QStringLiteral("Settings"), true);
    row("upper case", QStringLiteral("SET"), QStringLiteral("settings"), true);
    row("letters left out", QStringLiteral("stngs"), QStringLiteral("Settings"), true);
    row("beginnings of words", QStringLiteral("fitc"), QStringLiteral("Find in this chat"), true);
    row("words in another order", QStringLiteral("chat find"), QStringLiteral("Find in this chat"), true);
    row("a part of a word", QStringLiteral("ransl"), QStringLiteral("Go to Translate"), true);
    row("hump", QStringLiteral("of"), QStringLiteral("openFile"), true);
    row("marks on letters", QStringLiteral("uber"), QStringLiteral("Über Wale"), true);
    row("Chinese", QStringLiteral("新对话"), QStringLiteral("新对话"), true);
    row("Chinese, a letter left out", QStringLiteral("新话"), QStringLiteral("关于新对话"), true);
    row("Chinese, order", QStringLiteral("话新"), QStringLiteral("新对话"), false);
    row("Japanese", QStringLiteral("翻訳"), QStringLiteral("この文を翻訳する"), true);
    row("Korean", QStringLiteral("설정"), QStringLiteral("새 설정"), true);
    row("full width", QStringLiteral("ｇｐｕ"), QStringLiteral("GPU 优化"), true);
    row("mixed", QStringLiteral("gpu优化"), QStringLiteral("GPU 优化"), true);
    row("strewn letters", QStringLiteral("stngs"), QStringLiteral("What is the best way of cooking long noodles"), false);
    row("another word", QStringLiteral("settings x"), QStringLiteral("Settings"), false);
    row("longer than the text", QStringLiteral("settings"), QStringLiteral("set"), false);
    row("an empty text", QStringLiteral("a"), QString(), false);
    row("half a pair", QString(QChar(0xd83d)), QStringLiteral("whale 🐳"), true); // as it is typed, nothing breaks
}

void TestFuzzyMatch::findsAndLeavesOut()
{
    QFETCH(QString, pattern);
    QFETCH(QString, text);
    QTEST(fuzzyMatch(pattern, text).has_value(), "found");
}

void TestFuzzyMatch::ordersByHowWellItFits_data()
{
    QTest::addColumn<QString>("pattern");
    QTest::addColumn<QString>("better");
    QTest::addColumn<QString>("worse");
    const auto row = [](const char *name, const char *pattern, const char *better, const char *worse) {
        QTest::newRow(name) << QString::fromUtf8(pattern) << QString::fromUtf8(better) << QString::fromUtf8(worse);
    };
    row("beginning before middle", "set", "Settings", "Reset the page");
    row("whole before strewn", "copy", "Copy the answer", "Continue playing");
    row("beginnings before middles", "nc", "New chat", "Branch from here");
    row("shorter of two alike", "chat", "Chat", "Chat about whales and the sea they live in");
    row("together before apart", "对话", "搜索对话", "对于话题");
}

void TestFuzzyMatch::ordersByHowWellItFits()
{
    QFETCH(QString, pattern);
    QFETCH(QString, better);
    QFETCH(QString, worse);
    const auto good = fuzzyMatch(pattern, better), bad = fuzzyMatch(pattern, worse);
    QVERIFY(good);
    QVERIFY(!bad || good->score > bad->score);
}

void TestFuzzyMatch::saysWhichLetters_data()
{
    QTest::addColumn<QString>("pattern");
    QTest::addColumn<QString>("text");
    QTest::addColumn<QVector<int>>("positions");
    QTest::newRow("together rather than first") << QStringLiteral("chat") << QStringLiteral("coach chat") << QVector<int>{6, 7, 8, 9};
    QTest::newRow("beginnings") << QStringLiteral("nc") << QStringLiteral("New chat") << QVector<int>{0, 4};
    QTest::newRow("Chinese") << QStringLiteral("对话") << QStringLiteral("新对话") << QVector<int>{1, 2};
    QTest::newRow("twice the same word") << QStringLiteral("chat chat") << QStringLiteral("chat") << QVector<int>{0, 1, 2, 3};
}

void TestFuzzyMatch::saysWhichLetters()
{
    QFETCH(QString, pattern);
    QFETCH(QString, text);
    const auto match = fuzzyMatch(pattern, text);
    QVERIFY(match);
    QTEST(match->positions, "positions");
}

void TestFuzzyMatch::anEmptyPatternMatchesAll()
{
    for (const QString &pattern : {QString(), QStringLiteral("  ")}) {
        const auto match = fuzzyMatch(pattern, QStringLiteral("anything"));
        QVERIFY(match);
        QCOMPARE(match->score, 0);
        QVERIFY(match->positions.isEmpty());
    }
}

void TestFuzzyMatch::hostileTextsCostLittle()
{
    QElapsedTimer timer;
    timer.start();
    const QString many(1000000, u'a');
    QVERIFY(!fuzzyMatch(many, many)); // no word is that long
    QVERIFY(fuzzyMatch(QString(40, u'a'), many));
    const QString words = QStringLiteral("a ").repeated(100000);
    fuzzyMatch(words, many);
    for (int i = 0; i < 2000; ++i)
        fuzzyMatch(QStringLiteral("a conversation"), QStringLiteral("Another conversation about whales, number %1").arg(i));
    QVERIFY2(timer.elapsed() < 500, qPrintable(QString::number(timer.elapsed())));
}

QTEST_GUILESS_MAIN(TestFuzzyMatch)
#include "tst_fuzzy_match.moc"
