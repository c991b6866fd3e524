// inference/cli/options.h: the command line of a verb.
#include "inference/cli/options.h"

#include <QTest>

using namespace inference;
using namespace inference::cli;

namespace {

struct Values
{
    std::string model, colour = "red";
    bool flag = false;
    std::optional<std::string> text;
    std::vector<std::string> texts;
    std::uint32_t number = 40;
    float real = 0.7f;
    std::optional<std::uint64_t> seed;
    Options options{"paint", "Paints a model."};

    Values()
    {
        options.positional("MODEL", "the model file", model);
        options.flag("--flag", "a switch", flag);
        options.text("--text", "TEXT", "some text", text);
        options.texts("--stop", "TEXT", "an end", texts);
        options.choice("--colour", {"red", "green"}, "a colour", colour);
        options.number("--number", "N", "a number", number, 1, 100);
        options.number("--real", "X", "a real number", real, 0, 2);
        options.number("--seed", "N", "a seed", seed);
        options.shownDefault("a random one");
    }
    Result<bool> read(const std::vector<std::string> &arguments) { return options.read(arguments); }
};

std::vector<std::string> words(const QStringList &list)
{
    std::vector<std::string> result;
    for (const QString &word : list)
        result.push_back(word.toStdString());
    return result;
}

} // namespace

class TestOptions : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void takesOptionsBeforeAndAfterTheModel()
    {
        Values v;
        QVERIFY(v.read({"--flag", "--number", "7", "model.gguf", "--text=a=b", "--stop", "x", "--stop", "-y",
                        "--seed", "18446744073709551615", "--colour", "green", "--real", "1e-1"}));
        QCOMPARE(v.model, std::string("model.gguf"));
        QVERIFY(v.flag);
        QCOMPARE(v.number, 7u);
        QCOMPARE(*v.text, std::string("a=b"));
        QCOMPARE(v.texts, (std::vector<std::string>{"x", "-y"}));
        QCOMPARE(*v.seed, ~std::uint64_t(0));
        QCOMPARE(v.colour, std::string("green"));
        QCOMPARE(v.real, 0.1f);
    }
    void keepsDefaults()
    {
        Values v;
        QVERIFY(v.read({"m"}));
        QCOMPARE(v.number, 40u);
        QVERIFY(!v.text && !v.seed && !v.flag);
    }
    void twoDashesEndTheOptions()
    {
        Values v;
        QVERIFY(v.read({"--flag", "--", "--model"}));
        QCOMPARE(v.model, std::string("--model"));
    }
    void anEmptyTextIsAText()
    {
        Values v;
        QVERIFY(v.read({"m", "--text", ""}));
        QCOMPARE(*v.text, std::string());
        Values w;
        QVERIFY(w.read({"m", "--text=--flag"}));
        QCOMPARE(*w.text, std::string("--flag"));
    }
    void refuses_data()
    {
        QTest::addColumn<QStringList>("arguments");
        QTest::addColumn<QString>("message");
        const auto row = [](const char *name, QStringList arguments, const char *message) {
            QTest::newRow(name) << arguments << message;
        };
        row("no model", {"--flag"}, "MODEL");
        row("two models", {"a", "b"}, "found b");
        row("unknown option", {"m", "--frob"}, "--frob");
        row("unknown with value", {"m", "--frob=1"}, "--frob");
        row("value missing at the end", {"m", "--number"}, "--number");
        row("value missing before an option", {"m", "--number", "--flag"}, "--number");
        row("given twice", {"m", "--number", "1", "--number", "2"}, "twice");
        row("value for a switch", {"m", "--flag=1"}, "no value");
        row("no number", {"m", "--number", "seven"}, "found seven");
        row("empty number", {"m", "--number", ""}, "1 to 100");
        row("number too large", {"m", "--number", "101"}, "1 to 100");
        row("number far too large", {"m", "--number", "99999999999999999999999"}, "1 to 100");
        row("number too small", {"m", "--number", "0"}, "1 to 100");
        row("negative number", {"m", "--number", "-1"}, "found -1");
        row("number with a tail", {"m", "--number", "7x"}, "found 7x");
        row("number with a fraction", {"m", "--number", "7.5"}, "found 7.5");
        row("real nan", {"m", "--real", "nan"}, "0 to 2");
        row("real infinity", {"m", "--real", "inf"}, "0 to 2");
        row("real too large", {"m", "--real", "2.1"}, "0 to 2");
        row("negative seed", {"m", "--seed", "-1"}, "--seed");
        row("no choice", {"m", "--colour", "blue"}, "red|green");
    }
    void refuses()
    {
        QFETCH(QStringList, arguments);
        QFETCH(QString, message);
        Values v;
        const auto read = v.read(words(arguments));
        QVERIFY(!read);
        QCOMPARE(read.error().code, ErrorCode::InvalidArgument);
        const QString text = QString::fromStdString(read.error().message);
        QVERIFY2(text.contains(message), qPrintable(text));
        QVERIFY2(text.endsWith("See baleen-cli paint --help."), qPrintable(text));
    }
    void helpShowsEveryOptionWithItsDefault()
    {
        Values v;
        const auto asked = v.read({"--help"});
        QVERIFY(asked && *asked);
        const QString help = QString::fromStdString(v.options.help());
        for (const char *part : {"paint MODEL", "Paints a model.", "--flag", "--text TEXT", "may be repeated",
                                 "--colour red|green", "(default: red)", "(default: 40)", "(default: 0.7)",
                                 "(default: a random one)"})
            QVERIFY2(help.contains(part), qPrintable(QString("%1 in\n%2").arg(part, help)));
    }
};

QTEST_GUILESS_MAIN(TestOptions)
#include "tst_options.moc"
