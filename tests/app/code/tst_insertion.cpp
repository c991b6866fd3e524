#include "app/code/insertion.h"

#include <QTest>

using namespace app::code;

class TestInsertion : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void cutsWhatFollowsAnyway_data()
    {
        QTest::addColumn<QString>("piece");
        QTest::addColumn<QString>("after");
        QTest::addColumn<QString>("result");
        QTest::newRow("nothing in common") << "a + b"
                                           << "\n}\n"
                                           << "a + b";
        QTest::newRow("a line again") << "a + b;\n    return sum;\n"
                                      << "    return sum;\n}\n"
                                      << "a + b;\n";
        QTest::newRow("a bracket stays") << "a;\n}\n"
                                         << "}\n"
                                         << "a;\n}\n";
        QTest::newRow("part of a word stays") << "int re"
                                              << "return 1;"
                                              << "int re";
        QTest::newRow("the whole rest") << "x);\n  done();\n}"
                                        << "\n  done();\n}"
                                        << "x);";
        QTest::newRow("empty rest") << "abc"
                                    << ""
                                    << "abc";
        QTest::newRow("empty piece") << ""
                                     << "abc"
                                     << "";
    }
    void cutsWhatFollowsAnyway()
    {
        QFETCH(QString, piece);
        QFETCH(QString, after);
        QTEST(withoutRepeatedEnd(piece, after), "result");
    }

    void cutsWhatStandsBefore_data()
    {
        QTest::addColumn<QString>("piece");
        QTest::addColumn<QString>("before");
        QTest::addColumn<QString>("result");
        QTest::newRow("nothing in common") << "a + b;"
                                           << "int x = "
                                           << "a + b;";
        QTest::newRow("the line again") << "int x = a + b;"
                                        << "int x = "
                                        << "a + b;";
        QTest::newRow("the line again, not indented") << "return a;"
                                                      << "{\n    return "
                                                      << "a;";
        QTest::newRow("the indentation again") << "    return a;"
                                               << "{\n    "
                                               << "return a;";
        QTest::newRow("more lines keep their own") << "    a;\n    b;"
                                                   << "{\n    "
                                                   << "a;\n    b;";
        QTest::newRow("at a line start") << "    a;"
                                         << "{\n"
                                         << "    a;";
    }
    void cutsWhatStandsBefore()
    {
        QFETCH(QString, piece);
        QFETCH(QString, before);
        QTEST(withoutRepeatedStart(piece, before), "result");
    }
};

QTEST_GUILESS_MAIN(TestInsertion)
#include "tst_insertion.moc"
