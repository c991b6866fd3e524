// A template can never run away: each limit ends in an Error that says where and what.
#include "inference/chat/jinja/template.h"

#include <QElapsedTimer>
#include <QTest>

using namespace inference;
using namespace inference::jinja;

namespace {

std::string repeated(std::string_view part, std::size_t times)
{
    std::string text;
    for (std::size_t i = 0; i < times; ++i)
        text += part;
    return text;
}

Result<std::vector<PromptPiece>> rendered(std::string_view source, const Limits &limits)
{
    const auto parsed = Template::parse(source, limits);
    return parsed ? parsed->render({}) : parsed.error();
}

} // namespace

class TestLimits : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void endsInAnError_data();
    void endsInAnError();
    void rendersJustBelow_data();
    void rendersJustBelow();
    void chargesForEveryByteAndNode();
    void survivesValuesThatHoldThemselves_data();
    void survivesValuesThatHoldThemselves();
    void refusesTooDeepJson();
};

void TestLimits::endsInAnError_data()
{
    QTest::addColumn<QByteArray>("source");
    QTest::addColumn<QByteArray>("part"); // of the message
    const auto row = [](const char *name, const std::string &source, const char *part) {
        QTest::newRow(name) << QByteArray::fromStdString(source) << QByteArray(part);
    };
    row("size", std::string((1 << 20) + 1, 'x'),
        "too long, line 1, column 1 (expected at most 1,048,576 bytes");
    // Depth of the tree.
    const char *deep = "nested too deeply, chat template, line 1";
    row("parentheses", "{{ " + repeated("(", 5000) + "1" + repeated(")", 5000) + " }}", deep);
    row("lists", "{{ " + repeated("[", 5000) + repeated("]", 5000) + " }}", deep);
    row("dicts", "{{ " + repeated("{1:", 5000) + "1" + repeated("}", 5000) + " }}", deep);
    row("nots", "{{ " + repeated("not ", 5000) + "1 }}", deep);
    row("signs", "{{ " + repeated("- ", 5000) + "1 }}", deep);
    row("else", "{{ " + repeated("1 if 0 else ", 5000) + "1 }}", deep);
    row("calls", "{{ " + repeated("f(", 5000) + repeated(")", 5000) + " }}", deep);
    row("subscripts in subscripts", "{{ " + repeated("a[", 5000) + "1" + repeated("]", 5000) + " }}", deep);
    row("ifs", repeated("{% if 1 %}", 5000) + repeated("{% endif %}", 5000), deep);
    row("fors", repeated("{% for x in [1] %}", 5000) + repeated("{% endfor %}", 5000), deep);
    row("macros", repeated("{% macro m() %}", 5000) + repeated("{% endmacro %}", 5000), deep);
    const char *parts = "too many parts in one another, chat template, line 1";
    row("long sum", "{{ 1" + repeated("+1", 5000) + " }}", parts);
    row("long or", "{{ 0" + repeated(" or 0", 5000) + " }}", parts);
    row("long product", "{{ 1" + repeated("*1", 5000) + " }}", parts);
    row("many attributes", "{{ a" + repeated(".b", 5000) + " }}", parts);
    row("many subscripts", "{{ a" + repeated("[0]", 5000) + " }}", parts);
    row("many filters", "{{ a" + repeated("|e", 5000) + " }}", parts);
    row("many calls", "{{ a" + repeated("()", 5000) + " }}", parts);
    row("many calls of tests", "{{ a" + repeated(" is defined()", 5000) + " }}", parts);
    row("many ifs", "{{ a" + repeated(" if 1", 5000) + " }}", parts);
    row("filter block", "{% filter e" + repeated("|e", 5000) + " %}{% endfilter %}", parts);
    // Depth while it runs.
    const char *running = "nested too deeply while it runs, chat template, line 1";
    row("macro", "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}", running);
    row("two macros", "{% macro a() %}{{ b() }}{% endmacro %}{% macro b() %}{{ a() }}{% endmacro %}{{ a() }}",
        running);
    row("macro in map", "{% macro m(x) %}{% call m() %}{% endcall %}{{ caller }}{% endmacro %}{{ m(1) }}",
        running);
    row("fallback", "{% macro m(x=m()) %}{% endmacro %}{{ m() }}", running);
    row("lists in lists",
        "{% set n = namespace(x=[]) %}{% for i in range(100000) %}{% set n.x = [n.x] %}{% endfor %}",
        "Lists lie too deep in one another, chat template, line 1");
    row("dicts in dicts",
        "{% set n = namespace(x={}) %}{% for i in range(9999) %}{% set n.x = {1: n.x} %}{% endfor %}",
        "Lists lie too deep");
    row("methods of methods",
        "{% set n = namespace(x=0) %}{% for i in range(9999) %}{% set n.x = {1: n.x}.get %}{% endfor %}",
        "Lists lie too deep");
    row("loops in loops",
        "{% set n = namespace(x=0) %}{% for i in range(9999) %}{% for j in [n.x] %}{% set n.x = loop %}{% "
        "endfor %}"
        "{% endfor %}",
        "Lists lie too deep");
    row("namespace in itself, printed", "{% set n = namespace() %}{% set n.n = n %}{{ n }}", running);
    // Work.
    const char *work = "more work than a prompt can need, chat template, line 1";
    row("loops", repeated("{% for x in range(99999) %}", 4) + repeated("{% endfor %}", 4), work);
    row("empty output",
        "{% for x in range(99999) %}{% for y in range(99999) %}{{ '' }}{% endfor %}{% endfor %}", work);
    row("filters",
        "{% for x in range(99999) %}{{ range(9999) | list | sort | unique | list | length }}{% endfor %}",
        work);
    row("comparison of shared lists",
        "{% set n = namespace(x=[], y=[]) %}{% for i in range(90) %}{% set n.x = [n.x, n.x] %}{% set n.y = "
        "[n.y, n.y] %}"
        "{% endfor %}{{ n.x == n.y }}",
        work);
    row("JSON of shared lists",
        "{% set n = namespace(x=[]) %}{% for i in range(90) %}{% set n.x = [n.x, n.x] %}{% endfor %}{{ n.x | "
        "tojson }}",
        "too long, chat template, line 1");
    row("unique", "{{ range(100000) | unique | list | length }}", work);
    row("dict of many keys",
        "{% set n = namespace(x=[]) %}{% for i in range(30000) %}{% set n.x = n.x + [[i, 1]] %}{% endfor %}",
        work);
    row("list times", "{{ ([1] * 9999999999) | length }}", work);
    row("strip with a long set", "{{ ('ab' * 1000000).strip('c' * 1000000 ~ 'ab') | length }}", work);
    row("split from the right", "{{ ('ab' * 1000000).rsplit('a', 900000) | length }}", work);
    row("macro output",
        "{% macro m(n) %}{% if n %}{{ m(n - 1) }}{{ m(n - 1) }}{% else %}xxxxxxxx{% endif %}{% endmacro %}{{ "
        "m(40) }}",
        work);
    // Sizes.
    row("doubled text",
        "{% set n = namespace(x='x') %}{% for i in range(60) %}{% set n.x = n.x + n.x %}{% endfor %}",
        "A string becomes too long, chat template, line 1");
    row("doubled with ~",
        "{% set n = namespace(x='x') %}{% for i in range(60) %}{% set n.x = n.x ~ n.x %}{% endfor %}",
        "A string becomes too long");
    row("times", "{{ 'x' * 999999999999 }}", "A text is repeated too often, chat template, line 1");
    row("times, the other way", "{{ 9999999999999999 * 'x' }}", "A text is repeated too often");
    row("replace", "{{ ('x' * 100000).replace('x', 'y' * 100000) }}", "A string becomes too long");
    row("replace nothing", "{{ ('x' * 100000).replace('', 'y' * 100000) }}", "A string becomes too long");
    row("join", "{{ range(100000) | join('y' * 100000) }}", "A string becomes too long");
    row("indent", "{{ ('x\\n' * 100000) | indent(100000) }}", "A string becomes too long");
    row("indent, wide", "{{ 'x' | indent(99999999999) }}", "A text is repeated too often");
    row("JSON indent", "{{ [[[1]]] | tojson(indent=99999999999) }}", "A text is repeated too often");
    row("zfill", "{{ 'x'.zfill(99999999999) }}", "A text is repeated too often");
    row("wide format", "{{ '%999999999d' % 1 }}", "A format is too wide");
    row("wide specification", "{{ '{:999999999d}'.format(1) }}", "A format specification is not supported");
    row("output", "{% set x = 'x' * 1000000 %}{% for i in range(100) %}{{ x }}{% endfor %}",
        "The prompt becomes too long, chat template, line 1, column 53 (expected at most 33,554,432 bytes");
    row("range", "{{ range(100001) }}",
        "range() is too large, chat template, line 1, column 9 (expected at most 100,000");
    row("endless range", "{{ range(0, 9223372036854775807, 1) }}", "range() is too large");
    row("precision", "{{ 1.5 | round(999999999) }}", "too large a precision");
    row("power", "{{ 10 ** 100 }}", "A whole number becomes too large");
    row("smallest", "{{ (-9223372036854775807 - 1) // -1 }}", "A whole number becomes too large");
    row("huge literal", "{{ 99999999999999999999 }}", "A whole number is too large");
}

void TestLimits::endsInAnError()
{
    QFETCH(QByteArray, source);
    QFETCH(QByteArray, part);
    QElapsedTimer timer;
    timer.start();
    const auto result = rendered(source.toStdString(), {});
    QVERIFY(!result);
    QVERIFY2(QByteArray::fromStdString(result.error().message).contains(part),
             result.error().message.c_str());
    QCOMPARE(static_cast<int>(result.error().code), static_cast<int>(ErrorCode::Unsupported));
    qInfo("%lld ms", static_cast<long long>(timer.elapsed()));
    QVERIFY(timer.elapsed() < 60'000); // seconds at most, with room for sanitizers and busy machines
}

void TestLimits::rendersJustBelow_data()
{
    QTest::addColumn<QByteArray>("source");
    QTest::addColumn<QByteArray>("expected");
    const auto row = [](const char *name, const std::string &source, const char *expected) {
        QTest::newRow(name) << QByteArray::fromStdString(source) << QByteArray(expected);
    };
    row("long sum", "{{ 0" + repeated("+1", 90) + " }}", "90");
    row("parentheses", "{{ " + repeated("(", 40) + "1" + repeated(")", 40) + " }}", "1");
    row("range", "{{ range(100000) | length }}", "100000");
    row("lists in lists",
        "{% set n = namespace(x=[]) %}{% for i in range(90) %}{% set n.x = [n.x] %}{% endfor %}{{ n.x | "
        "length }}",
        "1");
    row("macro", "{% macro m(n) %}{% if n %}{{ m(n - 1) }}{% endif %}x{% endmacro %}{{ m(25) | length }}",
        "26");
    row("many elifs", "{% if 0 %}" + repeated("{% elif 0 %}", 5000) + "{% else %}x{% endif %}", "x");
    row("long list", "{{ [" + repeated("1,", 20000) + "] | length }}", "20000");
    row("long concatenation", "{{ (''" + repeated("~'x'", 5000) + ") | length }}", "5000");
    row("many tags", repeated("{{ '' }}", 20000), "");
    row("big range step", "{{ range(0, 9223372036854775807, 9223372036854775806) | list | length }}", "2");
    row("slice with a big step", "{{ [1, 2, 3][::9223372036854775807] }}{{ 'abc'[::-9223372036854775807] }}",
        "[1]c");
    row("remainder of the smallest", "{{ (-9223372036854775807 - 1) % -1 }}", "0");
}

void TestLimits::rendersJustBelow()
{
    QFETCH(QByteArray, source);
    QFETCH(QByteArray, expected);
    const auto result = rendered(source.toStdString(), {});
    QVERIFY2(result, result ? "" : result.error().message.c_str());
    QCOMPARE(result->empty() ? QByteArray() : QByteArray::fromStdString(result->front().text), expected);
}

void TestLimits::chargesForEveryByteAndNode()
{
    Limits limits;
    limits.fuel = 2500;
    QVERIFY(rendered("{{ 'x' * 100 }}", limits));
    QVERIFY(!rendered("{{ 'x' * 200 }}", limits));
    QVERIFY(!rendered(std::string(3000, 'x'), limits)); // the template's own text too
    QVERIFY(rendered("{% if 1 %}{% endif %}", limits));
    QVERIFY(!rendered(repeated("{% if 0 %}{% endif %}", 100), limits));
    QVERIFY(!rendered("{{ range(100) }}", limits));
}

void TestLimits::survivesValuesThatHoldThemselves_data()
{
    QTest::addColumn<QByteArray>("source");
    const auto row = [](const char *name, const char *source) { QTest::newRow(name) << QByteArray(source); };
    row("namespace in itself", "{% set n = namespace() %}{% set n.n = n %}{% set n.m = [n] %}x");
    row("macro that sees itself", "{% macro m() %}x{% endmacro %}{% set n = namespace(m=m) %}{{ m() }}");
    row("chain of namespaces",
        "{% set n = namespace(p=0) %}{% for i in range(90000) %}{% set n.p = namespace(q=n.p) %}"
        "{% endfor %}x");
    row("chain of loops", "{% set n = namespace(p=0) %}{% for i in range(30000) %}{% for j in [1] %}"
                          "{% set x = loop.changed(n.p) %}{% set n.p = loop %}{% endfor %}{% endfor %}x");
    row("loop that remembers itself", "{% for j in [1] %}{% set x = loop.changed(loop) %}x{% endfor %}");
    row("chain of macros",
        "{% set n = namespace(p=0) %}{% for i in range(50000) %}{% set q = n.p %}{% macro m() %}{{ q }}"
        "{% endmacro %}{% set n.p = m %}{% endfor %}x");
}

// Leaks show under the address sanitizer, too deep destructors as a crash.
void TestLimits::survivesValuesThatHoldThemselves()
{
    QFETCH(QByteArray, source);
    const auto result = rendered(source.toStdString(), {});
    QVERIFY2(result, result ? "" : result.error().message.c_str());
    QCOMPARE(QByteArray::fromStdString(result->back().text), QByteArray("x"));
}

void TestLimits::refusesTooDeepJson()
{
    Variables variables;
    nlohmann::ordered_json deep = 1;
    for (int i = 0; i < 200; ++i)
        deep = nlohmann::ordered_json::array({std::move(deep)});
    variables.tools = std::move(deep);
    const auto result = Template::parse("{{ tools | tojson }}")->render(variables);
    QVERIFY(!result);
    QVERIFY2(result.error().message.find("too deep") != std::string::npos, result.error().message.c_str());
}

QTEST_GUILESS_MAIN(TestLimits)
#include "tst_limits.moc"
