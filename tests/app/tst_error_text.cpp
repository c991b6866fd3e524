// app/error_text.h: every code has a sentence with a way out, and the details stay.
#include "app/error_text.h"

#include <QHash>
#include <QSet>
#include <QTest>
#include <QTranslator>

using namespace app;
using inference::Error;
using inference::ErrorCode;

class TestErrorText : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyCodeHasItsSentence()
    {
        QSet<QString> titles;
        for (int code = 0; code <= int(ErrorCode::Internal); ++code) {
            const QString sentence = errorSentence(Error(ErrorCode(code), std::string()));
            titles << errorTitle(ErrorCode(code));
            QVERIFY(sentence.endsWith(QLatin1Char('.')));
            QVERIFY2(code == int(ErrorCode::Cancelled) || sentence.count(QStringLiteral(". ")) >= 1,
                     qPrintable(sentence));
        }
        QCOMPARE(titles.size(), int(ErrorCode::Internal) + 1);
    }
    void keepsTheDetails()
    {
        const Error error(ErrorCode::Damaged, {.what = "A tensor is too short",
                                               .where = "blk.3 of a.gguf",
                                               .expected = "100 bytes",
                                               .found = "90",
                                               .wayOut = "Download it again."});
        const QString sentence = errorSentence(error);
        QVERIFY(sentence.contains(
            QLatin1String("blk.3 of a.gguf (expected 100 bytes, found 90). Download it again.")));
        QCOMPARE(sentence.count(QLatin1String("again")), 1); // one way out is enough
    }
    void saysTheSameOnlyOnce()
    {
        const Error error(ErrorCode::Incomplete, {.what = "The file is incomplete",
                                                  .where = "a.gguf",
                                                  .expected = "100 bytes",
                                                  .found = "90 bytes",
                                                  .wayOut = "Resume or repeat the download."});
        QCOMPARE(errorSentence(error),
                 QStringLiteral("The file is incomplete, a.gguf (expected 100 bytes, found 90 "
                                "bytes). Resume or repeat the download."));
    }
    // A language that puts everything into brackets.
    void knownWordsAreTranslated_data()
    {
        QTest::addColumn<QString>("message");
        QTest::addColumn<QString>("words");
        const auto row = [](const char *name, const inference::ErrorParts &parts, const char *words) {
            QTest::newRow(name) << QString::fromStdString(inference::describeError(parts)) << QString::fromUtf8(words);
        };
        row("what", {.what = "The file is empty"}, "[The file is empty]。");
        row("all", {.what = "The file is incomplete", .where = "/a, b (found 1).gguf", .expected = "1 MiB", .found = "2, found 3", .wayOut = "Download it again."},
            "[The file is incomplete]：/a, b (found 1).gguf（1 MiB, found 2|3）。[Download it again.]");
        row("found", {.what = "The file cannot be read", .where = "a", .found = "nothing", .wayOut = "Look. Then go."}, "[The file cannot be read]：a (found nothing). Look. Then go。");
        row("a way out alone", {.what = "Never heard of", .where = "a. b", .wayOut = "Try again."}, "Never heard of, a. b.[Try again.]");
        row("two sentences", {.what = "The text was not saved", .wayOut = "The text is kept here. Save it under another name."},
            "[The text was not saved]。[The text is kept here. Save it under another name.]");
        QTest::newRow("foreign") << QStringLiteral("No form at all (expected") << QStringLiteral("No form at all (expected");
        QTest::newRow("nothing") << QString() << QString();
    }
    void knownWordsAreTranslated()
    {
        class Brackets : public QTranslator
        {
        public:
            QString translate(const char *context, const char *source, const char *, int) const override
            {
                const QString text = QString::fromUtf8(source);
                static const QHash<QString, QString> forms{{QStringLiteral("%1, %2"), QStringLiteral("%1：%2")}, {QStringLiteral("%1."), QStringLiteral("%1。")},
                                                           {QStringLiteral("%1 %2"), QStringLiteral("%1%2")},
                                                           {QStringLiteral(" (expected %1, found %2)"), QStringLiteral("（%1|%2）")}};
                return qstrcmp(context, "Errors") == 0 ? QLatin1Char('[') + text + QLatin1Char(']') : forms.value(text);
            }
            bool isEmpty() const override { return false; }
        } brackets;
        QFETCH(QString, message);
        QFETCH(QString, words);
        QCOMPARE(errorDetails(message.toStdString()), message); // in English as it was
        QCoreApplication::installTranslator(&brackets);
        QCOMPARE(errorDetails(message.toStdString()), words);
        QCoreApplication::removeTranslator(&brackets);
    }
    void addsAWayOutWhereTheLayerHasNone()
    {
        const QString sentence =
            errorSentence(Error(ErrorCode::ContextFull, std::string("5,000 of 4,096 tokens")));
        QVERIFY(sentence.contains(QLatin1String("5,000 of 4,096 tokens.")));
        QVERIFY(sentence.contains(QLatin1String("longer context")));
    }
};

QTEST_GUILESS_MAIN(TestErrorText)
#include "tst_error_text.moc"
