// app/error_text.h: every code has a sentence with a way out, and the details stay.
#include "app/error_text.h"

#include <QSet>
#include <QTest>

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
