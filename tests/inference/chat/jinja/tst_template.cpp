// Templates render to what the reference (jinja2 as `transformers` sets it up) makes of them, byte for byte.
#include "tests/inference/chat/jinja/jinja_golden.h"

#include <QTest>

#include <atomic>
#include <thread>

using namespace inference;
using namespace inference::jinja;
using test::Json;

class TestTemplate : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void rendersRealTemplatesAsTheReference_data();
    void rendersRealTemplatesAsTheReference();
    void rendersSmallTemplatesAsTheReference_data();
    void rendersSmallTemplatesAsTheReference();
    void saysWhereAndWhat_data();
    void saysWhereAndWhat();
    void writesDatesInEnglish_data();
    void writesDatesInEnglish();
    void leavesOutWhatIsNotThere();
    void rendersOnSeveralThreads();
};

void TestTemplate::rendersRealTemplatesAsTheReference_data()
{
    QTest::addColumn<QByteArray>("name");
    QVERIFY(test::jinjaGolden()["shapes"].size() > 60);
    for (const std::string &name : test::templateNames())
        QTest::newRow(name.c_str()) << QByteArray::fromStdString(name);
}

void TestTemplate::rendersRealTemplatesAsTheReference()
{
    QFETCH(QByteArray, name);
    const Json &cases = test::jinjaGolden()["cases"][name.toStdString()];
    const auto parsed = Template::parse(test::templateSource(name.toStdString()));
    QVERIFY2(parsed, parsed ? "" : parsed.error().message.c_str());
    for (const auto &[shape, expected] : cases["digests"].items()) {
        Variables variables = test::variablesOf(test::jinjaGolden()["shapes"][shape], cases);
        std::string digests, errors, length;
        for (const bool prompt : {true, false}) {
            variables.addGenerationPrompt = prompt;
            const auto rendered = parsed->render(variables);
            digests += prompt ? "" : " ";
            digests += rendered ? test::digest(test::joined(*rendered)) : "!";
            errors += rendered ? "" : "; " + rendered.error().message;
        }
        QVERIFY2(digests == expected.get<std::string>(),
                 (shape + ": " + digests + ", not " + expected.get<std::string>() + errors).c_str());
    }
}

void TestTemplate::rendersSmallTemplatesAsTheReference_data()
{
    QTest::addColumn<int>("index");
    const Json &snippets = test::jinjaGolden()["snippets"];
    QVERIFY(snippets.size() > 700);
    for (std::size_t i = 0; i < snippets.size(); ++i)
        QTest::addRow("%zu", i) << static_cast<int>(i);
}

void TestTemplate::rendersSmallTemplatesAsTheReference()
{
    QFETCH(int, index);
    const Json &golden = test::jinjaGolden();
    const Json &snippet = golden["snippets"][static_cast<std::size_t>(index)];
    Variables variables;
    variables.messages = golden["variables"]["messages"];
    variables.tools = golden["variables"]["tools"];
    variables.further = golden["variables"]["further"];
    variables.bosToken = "<s>";
    variables.eosToken = "</s>";
    variables.now = {2025, 3, 9, 14, 5, 7};
    const auto parsed = Template::parse(snippet[0].get<std::string>());
    if (!parsed) {
        QVERIFY2(snippet[1].is_null(), parsed.error().message.c_str());
        return;
    }
    const auto rendered = parsed->render(variables);
    QVERIFY2(rendered.ok() != snippet[1].is_null(),
             rendered ? "it renders" : rendered.error().message.c_str());
    if (rendered)
        QCOMPARE(QByteArray::fromStdString(test::joined(*rendered)),
                 QByteArray::fromStdString(snippet[1].get<std::string>()));
}

void TestTemplate::saysWhereAndWhat_data()
{
    QTest::addColumn<QByteArray>("source");
    QTest::addColumn<QByteArray>("part"); // of the message
    QTest::addColumn<int>("code");
    const auto row = [](const char *name, const char *source, const char *part, ErrorCode code) {
        QTest::newRow(name) << QByteArray(source) << QByteArray(part) << static_cast<int>(code);
    };
    row("unknown tag", "a\n  {% frob %}", "line 2, column 6 (expected if, for", ErrorCode::Damaged);
    row("tag of Jinja", "{% include 'x' %}", "found 'include'", ErrorCode::Unsupported);
    row("unknown filter", "{{ 1 | frob }}",
        "A filter is not known, chat template, line 1, column 8 (found 'frob')", ErrorCode::Unsupported);
    row("unknown test", "{{ 1 is frob }}",
        "A test is not known, chat template, line 1, column 6 (found 'frob')", ErrorCode::Unsupported);
    row("unknown function", "x\n{{ frob(1) }}",
        "A function is not known, chat template, line 2, column 4 (found 'frob')", ErrorCode::Unsupported);
    row("unknown filter in a condition", "{% if true %}{{ 1 | frob }}{% endif %}", "found 'frob'",
        ErrorCode::Unsupported);
    row("unknown filter in map", "{{ [1] | map('frob') | list }}", "found 'frob'", ErrorCode::Unsupported);
    row("recursive loop", "{% for x in [] recursive %}{% endfor %}", "found 'recursive'",
        ErrorCode::Unsupported);
    row("column in characters", "äöü {{ 1 + }}",
        "line 1, column 12 (expected a name, value or bracket, found '}}')", ErrorCode::Damaged);
    row("open block", "{% if true %}\nx", "expected {% endif %}, found the end of the template",
        ErrorCode::Damaged);
    row("attribute of nothing", "{{ a.b }}", "'a' is undefined", ErrorCode::InvalidArgument);
    row("attribute of an attribute", "{{ messages[0].tool_calls.x }}", "has no attribute 'tool_calls'",
        ErrorCode::InvalidArgument);
    row("none and text", "{{ 'x' + none }}", "the text 'x' and none", ErrorCode::InvalidArgument);
    row("raised", "\n\n{{ raise_exception('Roles must alternate') }}",
        "The template refuses the conversation, chat template, line 3, column 19 (found Roles must "
        "alternate)",
        ErrorCode::InvalidArgument);
    row("change of a list", "{{ messages.append(1) }}", "would change a list", ErrorCode::InvalidArgument);
    row("big number", "{{ 9223372036854775807 + 1 }}", "expected 64 bits", ErrorCode::Unsupported);
    row("control characters", "{{ raise_exception('a\\x1b[0mb\\nc') }}", "a\\x1b[0mb\\x0ac",
        ErrorCode::InvalidArgument);
}

void TestTemplate::saysWhereAndWhat()
{
    QFETCH(QByteArray, source);
    QFETCH(QByteArray, part);
    QFETCH(int, code);
    Variables variables;
    variables.messages = Json::parse(R"([{"role": "user", "content": "Hi"}])");
    const auto parsed = Template::parse(source.toStdString());
    const auto rendered = parsed ? parsed->render(variables) : parsed.error();
    QVERIFY(!rendered);
    QVERIFY2(QByteArray::fromStdString(rendered.error().message).contains(part),
             rendered.error().message.c_str());
    QCOMPARE(static_cast<int>(rendered.error().code), code);
}

void TestTemplate::writesDatesInEnglish_data()
{
    QTest::addColumn<QByteArray>("format");
    QTest::addColumn<QByteArray>("expected");
    QTest::newRow("Llama") << QByteArray("%d %b %Y") << QByteArray("29 Feb 2024");
    QTest::newRow("names") << QByteArray("%A %a %B %h") << QByteArray("Thursday Thu February Feb");
    QTest::newRow("numbers") << QByteArray("%y-%m-%d %H:%M:%S %j %u %w")
                             << QByteArray("24-02-29 00:04:05 060 4 4");
    QTest::newRow("half days") << QByteArray("%I %p") << QByteArray("12 AM");
    QTest::newRow("bare") << QByteArray("%-d %-m %-H %_d|%e") << QByteArray("29 2 0 29|29");
    QTest::newRow("short forms") << QByteArray("%F %T %R %D")
                                 << QByteArray("2024-02-29 00:04:05 00:04 02/29/24");
    QTest::newRow("others") << QByteArray("%%%n%t%Z") << QByteArray("%\n\t");
}

void TestTemplate::writesDatesInEnglish()
{
    QFETCH(QByteArray, format);
    QFETCH(QByteArray, expected);
    Variables variables;
    variables.now = {2024, 2, 29, 0, 4, 5};
    variables.further = {{"format", format.toStdString()}};
    const auto rendered = Template::parse("{{ strftime_now(format) }}")->render(variables);
    QVERIFY(rendered);
    QCOMPARE(QByteArray::fromStdString(test::joined(*rendered)), expected);
}

void TestTemplate::leavesOutWhatIsNotThere()
{
    const auto parsed = Template::parse("{{ bos_token is defined }} {{ thinking is defined }} {{ tools is "
                                        "none }} {{ messages }} {{ enable_thinking }}");
    Variables variables;
    QCOMPARE(QByteArray::fromStdString(test::joined(*parsed->render(variables))),
             QByteArray("False False True [] "));
    variables.bosToken = "";
    variables.thinking = false;
    variables.tools = Json::array();
    QCOMPARE(QByteArray::fromStdString(test::joined(*parsed->render(variables))),
             QByteArray("True True False [] False"));
    QVERIFY(Template::parse("")->render(variables)->empty());
}

void TestTemplate::rendersOnSeveralThreads()
{
    const Json &golden = test::jinjaGolden();
    const std::string name = "qwen3";
    const auto parsed = Template::parse(test::templateSource(name));
    const Variables variables = test::variablesOf(golden["shapes"]["call and answer"], golden["cases"][name]);
    const std::string expected = test::joined(*parsed->render(variables));
    std::atomic<int> equal = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i) {
        threads.emplace_back([&] {
            const Template copy = *parsed;
            for (int n = 0; n < 50; ++n)
                equal += test::joined(*copy.render(variables)) == expected ? 1 : 0;
        });
    }
    for (std::thread &thread : threads)
        thread.join();
    QCOMPARE(equal.load(), 200);
}

QTEST_GUILESS_MAIN(TestTemplate)
#include "tst_template.moc"
