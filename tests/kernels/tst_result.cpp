// kernels/result.h: the sentence of an error.
#include "kernels/result.h"

#include <QTest>

using namespace kernels;

class TestResult : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void describesAllParts()
    {
        QCOMPARE(describeError({.what = "The file ends early",
                                .where = "a.gguf",
                                .expected = "100 bytes",
                                .found = "90",
                                .wayOut = "Download it again."}),
                 std::string("The file ends early, a.gguf (expected 100 bytes, found 90). Download it again."));
    }
    void leavesOutEmptyParts()
    {
        QCOMPARE(describeError({.what = "No such file", .where = "a.gguf"}), std::string("No such file, a.gguf."));
        QCOMPARE(describeError({.what = "Wrong type", .found = "string"}), std::string("Wrong type (found string)."));
    }
    void holdsValueOrError()
    {
        const Result<int> good(7);
        QVERIFY(good);
        QCOMPARE(*good, 7);
        const Result<int> bad(Error(ErrorCode::NotFound, "x"));
        QVERIFY(!bad);
        QCOMPARE(bad.error().code, ErrorCode::NotFound);
        QVERIFY(Result<void>().ok());
    }
};

QTEST_GUILESS_MAIN(TestResult)
#include "tst_result.moc"
