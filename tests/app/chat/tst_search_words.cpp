// app/chat/search_words.h: what the index holds of a text, and what is typed as a query of it.
#include "app/chat/search_words.h"

#include <QTest>

using namespace app;

class TestSearchWords : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void runsOfHanKanaAndHangulBecomePairs_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("words");
        const auto row = [](const char *name, const char *text, const char *words) {
            QTest::newRow(name) << QString::fromUtf8(text) << QString::fromUtf8(words);
        };
        row("nothing", "", "");
        row("Latin", "The whale sings", "The whale sings");
        row("Chinese", "机器学习", "机器 器学 学习 习");
        row("one letter", "鲸", "鲸");
        row("mixed", "用GPU训练", "用 GPU 训练 练");
        row("Japanese", "コーヒー", "コー ーヒ ヒー ー");
        row("Korean", "고래가", "고래 래가 가");
        row("beyond 16 bits", "\xF0\xA0\xAE\xB7\xF0\xA0\xAE\xB8", "\xF0\xA0\xAE\xB7\xF0\xA0\xAE\xB8 \xF0\xA0\xAE\xB8");
        row("full width", "ＧＰＵ", "GPU");
    }
    void runsOfHanKanaAndHangulBecomePairs()
    {
        QFETCH(QString, text);
        QFETCH(QString, words);
        QCOMPARE(searchWords(text).simplified(), words);
    }

    void whatIsTypedBecomesAMatch_data()
    {
        QTest::addColumn<QString>("typed");
        QTest::addColumn<QString>("match");
        const auto row = [](const char *name, const char *typed, const char *match) {
            QTest::newRow(name) << QString::fromUtf8(typed) << QString::fromUtf8(match);
        };
        row("nothing", "  ", "");
        row("the last word is a beginning", "blue wha", "\"blue\" AND \"wha\" *");
        row("a space ends it", "whale ", "\"whale\"");
        row("a phrase", "\"blue whale\"", "\"blue whale\"");
        row("an open phrase", "\"blue wha", "\"blue wha\" *");
        row("curly quotes", "“blue whale”", "\"blue whale\"");
        row("two Chinese letters", "学习", "\"学习\"");
        row("three", "机器学", "\"机器 器学\"");
        row("one", "学", "\"学\" *");
        row("Chinese before Latin", "学习GPU", "\"学习 习 GPU\" *");
        row("operators are words", "NOT whale OR", "\"NOT\" AND \"whale\" AND \"OR\" *");
        row("marks are nothing", "*** (", "");
        row("a mark in a word", "foo_bar", "\"foo_bar\" *");
    }
    void whatIsTypedBecomesAMatch()
    {
        QFETCH(QString, typed);
        QTEST(searchQuery(typed).match, "match");
    }

    void filtersAreTakenOut()
    {
        const SearchQuery query = searchQuery(QStringLiteral("model:qwen after:2026-11-01 whale folder:sea tag:todo before:2026-12-01"));
        QCOMPARE(query.words, QStringList{QStringLiteral("whale")});
        QCOMPARE(query.model, QStringLiteral("qwen"));
        QCOMPARE(query.folder, QStringLiteral("sea"));
        QCOMPARE(query.tag, QStringLiteral("todo"));
        QCOMPARE(query.from, QDate(2026, 11, 1));
        QCOMPARE(query.until, QDate(2026, 12, 1));
        QVERIFY(!query.isEmpty());
        // what is not one is looked for
        QCOMPARE(searchQuery(QStringLiteral("after:soon")).words, QStringList{QStringLiteral("after:soon")});
        QVERIFY(!searchQuery(QStringLiteral("after:soon")).hasFilter());
        QCOMPARE(searchQuery(QStringLiteral("std::vector")).words, QStringList{QStringLiteral("std::vector")});
        QVERIFY(searchQuery(QStringLiteral("model:")).model.isEmpty());
    }

    void aSnippetShowsTheFirstPlace()
    {
        const QString text = QStringLiteral("word ").repeated(100) + QStringLiteral("the Blue\nwhale dives") + QStringLiteral(" word").repeated(100);
        const Snippet snippet = snippetOf(text, {QStringLiteral("blue"), QStringLiteral("whale")}, 60);
        QVERIFY2(snippet.text.startsWith(QStringLiteral("… ")), qPrintable(snippet.text));
        QVERIFY(snippet.text.endsWith(QStringLiteral(" …")));
        QVERIFY(snippet.text.contains(QStringLiteral("the Blue whale dives")));
        QVERIFY(snippet.text.size() < 70);
        QCOMPARE(snippet.marks.size(), 2);
        QCOMPARE(snippet.text.mid(snippet.marks[0].first, snippet.marks[0].second), QStringLiteral("Blue"));
        QCOMPARE(snippet.text.mid(snippet.marks[1].first, snippet.marks[1].second), QStringLiteral("whale"));
    }

    void aSnippetNeverCutsALetter()
    {
        const QString text = QString::fromUtf8("\xF0\x9F\x90\xB3").repeated(200);
        for (int length = 3; length < 12; ++length) {
            const Snippet snippet = snippetOf(text, {QString::fromUtf8("\xF0\x9F\x90\xB3")}, length);
            QVERIFY(!snippet.text.toUcs4().contains(0xFFFD));
            QCOMPARE(snippet.text.toUtf8().toStdString(), QString::fromUtf8(snippet.text.toUtf8()).toUtf8().toStdString());
        }
        QVERIFY(snippetOf(QString(), {QStringLiteral("a")}).text.isEmpty());
        QCOMPARE(snippetOf(QStringLiteral("no such word"), {QStringLiteral("whale")}).text, QStringLiteral("no such word"));
    }

    void placesDoNotOverlap()
    {
        const auto places = placesOf(QStringLiteral("aaaa ABA"), {QStringLiteral("aa"), QStringLiteral("ab"), QStringLiteral("aaa")});
        int end = 0;
        for (const auto &[begin, length] : places) {
            QVERIFY(begin >= end);
            end = begin + length;
        }
        QVERIFY(places.contains(qMakePair(5, 2)));
        QVERIFY(placesOf(QStringLiteral("text"), {QString()}).isEmpty());
    }
};

QTEST_GUILESS_MAIN(TestSearchWords)
#include "tst_search_words.moc"
