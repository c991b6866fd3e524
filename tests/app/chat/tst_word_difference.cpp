// app/chat/word_difference.h
#include "app/chat/word_difference.h"

#include <QElapsedTimer>
#include <QTest>

using namespace app;

namespace {

QStringList wordsAt(const QString &text, const QVector<QPair<int, int>> &places)
{
    QStringList words;
    for (const auto &[begin, length] : places)
        words << text.mid(begin, length);
    return words;
}

} // namespace

class TestWordDifference : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void differences_data()
    {
        QTest::addColumn<QString>("left");
        QTest::addColumn<QString>("right");
        QTest::addColumn<QStringList>("onlyLeft");
        QTest::addColumn<QStringList>("onlyRight");
        const auto row = [](const char *name, const char *left, const char *right, const QStringList &onlyLeft, const QStringList &onlyRight) {
            QTest::newRow(name) << QString::fromUtf8(left) << QString::fromUtf8(right) << onlyLeft << onlyRight;
        };
        row("the same", "A whale is big.", "A whale is big.", {}, {});
        row("both empty", "", "", {}, {});
        row("one empty", "", "A whale.", {}, {QStringLiteral("A whale.")});
        row("one word", "A whale is big.", "A whale is very big.", {}, {QStringLiteral("very")});
        row("another word", "A blue whale dives.", "A grey whale dives.", {QStringLiteral("blue")}, {QStringLiteral("grey")});
        row("neighbours are joined", "It can sing a song.", "It sleeps.", {QStringLiteral("can sing a song")}, {QStringLiteral("sleeps")});
        row("at both ends", "Yes, it dives deep", "No, it dives", {QStringLiteral("Yes"), QStringLiteral("deep")}, {QStringLiteral("No")});
        row("spaces are none", "one  two", "one two", {}, {});
        row("Chinese by letter", "鲸鱼很大。", "鲸鱼真大。", {QString::fromUtf8("很")}, {QString::fromUtf8("真")});
    }
    void differences()
    {
        QFETCH(QString, left);
        QFETCH(QString, right);
        QFETCH(QStringList, onlyLeft);
        QFETCH(QStringList, onlyRight);
        const WordDifference difference = wordDifference(left, right);
        QCOMPARE(wordsAt(left, difference.left), onlyLeft);
        QCOMPARE(wordsAt(right, difference.right), onlyRight);
    }
    // What is not marked is the same on both sides, in any order of words.
    void whatIsLeftIsCommon()
    {
        quint32 seed = 7;
        const auto next = [&](quint32 below) {
            seed = seed * 1664525u + 1013904223u;
            return (seed >> 16) % below;
        };
        for (int round = 0; round < 200; ++round) {
            QString texts[2];
            for (QString &text : texts)
                for (quint32 i = next(30); i > 0; --i)
                    text += QStringLiteral("w%1 ").arg(next(6));
            const WordDifference difference = wordDifference(texts[0], texts[1]);
            QString left[2] = {texts[0], texts[1]};
            for (int side = 0; side < 2; ++side) {
                const auto &places = side == 0 ? difference.left : difference.right;
                for (auto place = places.rbegin(); place != places.rend(); ++place)
                    left[side].remove(place->first, place->second);
            }
            QCOMPARE(left[0].simplified(), left[1].simplified());
        }
    }
    void longTextsThatHaveNothingInCommonAreBounded()
    {
        QString left, right;
        for (int i = 0; i < 50000; ++i) {
            left += QStringLiteral("a%1 ").arg(i);
            right += QStringLiteral("b%1 ").arg(i);
        }
        QElapsedTimer timer;
        timer.start();
        const WordDifference difference = wordDifference(left, right);
        QVERIFY2(timer.elapsed() < 2000, qPrintable(QString::number(timer.elapsed())));
        QCOMPARE(difference.left.size(), 1);
        QCOMPARE(difference.right.size(), 1);
    }
};

QTEST_GUILESS_MAIN(TestWordDifference)
#include "tst_word_difference.moc"
