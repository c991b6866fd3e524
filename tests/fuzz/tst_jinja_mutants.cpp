// Mutated chat templates: whatever a file holds, parsing and rendering end in a prompt or a sentence, within
// limits.
//
// The mutator changes one to six places of a real or small template: it deletes, repeats, moves and replaces
// stretches, puts in words of the language and odd bytes, and joins two templates. The seed is fixed;
// BALEEN_FUZZ_FILES and BALEEN_FUZZ_SEED change number and seed.
#include "tests/fuzz/support/mutant_run.h"
#include "tests/inference/chat/jinja/jinja_golden.h"

#include <QTest>

#include <algorithm>
#include <random>

using namespace inference;
using namespace inference::jinja;
using test::Json;

namespace {

constexpr const char *kMark = "\uE001"; // in every text of the user

constexpr const char *kWords[] = {"{%",
                                  "%}",
                                  "{{",
                                  "}}",
                                  "{#",
                                  "#}",
                                  "-%}",
                                  "{%-",
                                  "{{-",
                                  "{%+",
                                  "(",
                                  ")",
                                  "[",
                                  "]",
                                  "{",
                                  "}",
                                  "|",
                                  ".",
                                  ",",
                                  ":",
                                  "=",
                                  "==",
                                  "!=",
                                  "<=",
                                  "+",
                                  "-",
                                  "*",
                                  "/",
                                  "//",
                                  "%",
                                  "**",
                                  "~",
                                  "'",
                                  "\"",
                                  "\\",
                                  "\\x",
                                  "\\u12",
                                  "\n",
                                  "\r\n",
                                  " ",
                                  "if",
                                  "elif",
                                  "else",
                                  "endif",
                                  "for",
                                  "in",
                                  "endfor",
                                  "set",
                                  "endset",
                                  "macro",
                                  "endmacro",
                                  "call",
                                  "endcall",
                                  "filter",
                                  "endfilter",
                                  "with",
                                  "endwith",
                                  "raw",
                                  "endraw",
                                  "break",
                                  "continue",
                                  "generation",
                                  "endgeneration",
                                  "is",
                                  "not",
                                  "and",
                                  "or",
                                  "true",
                                  "none",
                                  "0",
                                  "1",
                                  "-1",
                                  "9223372036854775807",
                                  "1.5e300",
                                  "loop",
                                  "loop.previtem",
                                  "loop.changed",
                                  "namespace(",
                                  "range(",
                                  "dict(",
                                  "messages",
                                  "tools",
                                  "message",
                                  "content",
                                  "['role']",
                                  "[::-1]",
                                  "[1:]",
                                  "tojson",
                                  "tojson(indent=4)",
                                  "trim",
                                  "length",
                                  "join",
                                  "map('upper')",
                                  "selectattr('role')",
                                  "sort",
                                  "unique",
                                  "items",
                                  "indent(99)",
                                  "format",
                                  "int",
                                  "round",
                                  "split('",
                                  "replace('a', 'b')",
                                  "strip('",
                                  "* 99999",
                                  "* messages",
                                  "caller()",
                                  "varargs",
                                  "raise_exception('x')",
                                  "strftime_now('%Y')",
                                  "% messages",
                                  ".format(messages)",
                                  "__class__",
                                  "\xff",
                                  "\xe2\x80",
                                  "\xc3\xa9",
                                  "\xf0\x9f\x90\x8b"};

constexpr const char *kNames[] = {
    "messages", "message", "tools",   "loop",    "content",  "role",           "d",
    "lst",      "s",       "n",       "nothing", "range(9)", "namespace(a=n)", "upper",
    "list",     "tojson",  "join",    "map",     "items",    "first",          "length",
    "sort",     "string",  "defined", "mapping", "iterable", "people",         "words",
    "true"};

class Mutator
{
public:
    explicit Mutator(std::uint64_t seed) : m_random(seed)
    {
        for (const std::string &name : test::templateNames())
            m_originals.push_back(test::templateSource(name));
        for (const Json &snippet : test::jinjaGolden()["snippets"])
            m_small.push_back(snippet[0].get<std::string>());
    }

    std::size_t below(std::size_t limit) { return static_cast<std::size_t>(m_random() % limit); }

    std::string next()
    {
        std::string text = original();
        if (below(4) == 0)
            text += original();
        const bool fine = below(3) > 0;
        for (std::size_t changes = 1 + below(6); changes > 0 && text.size() < 100'000; --changes)
            fine ? changeFinely(text) : change(text);
        return text;
    }

private:
    std::string original()
    {
        return below(2) == 0 ? m_originals[below(m_originals.size())] : m_small[below(m_small.size())];
    }

    void change(std::string &text)
    {
        const std::size_t at = below(text.size() + 1);
        const std::size_t length = std::min(text.size() - at, below(below(3) == 0 ? 200 : 12));
        const std::string part = text.substr(at, length);
        switch (below(8)) {
        case 0:
            text.erase(at, length);
            break;
        case 1: { // repeated, perhaps so often that limits count
            std::string many;
            for (std::size_t i = below(below(10) == 0 ? 300 : 4); i > 0; --i)
                many += part;
            text.insert(at, many);
            break;
        }
        case 2:
            text.erase(at, length);
            text.insert(below(text.size() + 1), part);
            break;
        case 3:
        case 4:
            text.insert(at, word());
            break;
        case 5:
            text.replace(at, length, word());
            break;
        case 6:
            if (at < text.size())
                text[at] = static_cast<char>(m_random());
            break;
        default: {
            const std::string other = original();
            const std::size_t from = below(other.size() + 1);
            text.insert(at, other.substr(from, below(200)));
        }
        }
    }

    void changeFinely(std::string &text)
    {
        if (below(3) == 0) {
            const std::size_t tag = text.find("{%", below(text.size() + 1));
            text.insert(tag == text.npos ? text.size() : tag, m_small[below(m_small.size())]);
            return;
        }
        const auto isLetter = [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; };
        std::size_t at = text.find_first_of("{", below(text.size() + 1));
        at = at == text.npos ? text.size() : std::min(at + below(30), text.size());
        while (at < text.size() && !isLetter(text[at]))
            ++at;
        std::size_t end = at;
        while (end < text.size() && isLetter(text[end]))
            ++end;
        const std::string &other = m_small[below(m_small.size())];
        const bool expression = other.starts_with("{{ ") && other.ends_with(" }}");
        text.replace(at, end - at,
                     expression && below(3) > 0 ? "(" + other.substr(3, other.size() - 6) + ")"
                                                : kNames[below(std::size(kNames))]);
    }

    std::string word() { return std::string(kWords[below(std::size(kWords))]) + (below(3) == 0 ? " " : ""); }

    std::mt19937_64 m_random;
    std::vector<std::string> m_originals, m_small;
};

Json marked(const Json &value)
{
    if (value.is_string())
        return value.get<std::string>() + kMark;
    Json copy = value;
    if (value.is_structured()) {
        for (auto &[key, item] : copy.items()) {
            if (key != "role")
                item = marked(item);
        }
    }
    return copy;
}

} // namespace

class TestJinjaMutants : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyMutantRendersOrSaysWhy();
};

void TestJinjaMutants::everyMutantRendersOrSaysWhy()
{
    const int count = fuzz::mutantCount("templates");
    Mutator mutator(fuzz::mutantSeed());
    std::vector<Variables> conversations;
    for (const auto &[name, shape] : test::jinjaGolden()["shapes"].items()) {
        Variables variables = test::variablesOf(shape, Json{{"bos", "<s>"}, {"eos", "</s>"}});
        variables.messages = marked(variables.messages);
        variables.tools = marked(variables.tools);
        variables.further = test::jinjaGolden()["variables"]["further"];
        conversations.push_back(std::move(variables));
    }
    Limits limits;
    limits.fuel = 1u << 22; // so that those who use up all of it take little time
    limits.outputBytes = 1u << 20;
    int failed = 0;
    const fuzz::Tally tally = fuzz::runMutants("templates", count, [&]() -> fuzz::Outcome {
        const std::string source = mutator.next();
        const auto parsed = Template::parse(source, limits);
        const auto pieces =
            parsed ? parsed->render(conversations[mutator.below(conversations.size())]) : parsed.error();
        if (!pieces) {
            const std::string &message = pieces.error().message;
            if (message.find("line ") == std::string::npos || message.find('\n') != std::string::npos)
                qFatal("%s", message.c_str());
            failed += parsed ? 1 : 0;
            return {false, pieces.error().code, message};
        }
        std::size_t size = 0;
        for (const PromptPiece &piece : *pieces) {
            size += piece.text.size();
            if (piece.origin != PromptPiece::Origin::User && piece.text.find(kMark) != std::string::npos)
                qFatal("text of the user became the template's: %s", source.c_str());
        }
        if (size > limits.outputBytes)
            qFatal("%zu bytes of output", size);
        return {.opened = true};
    });
    QVERIFY2(tally.slowest < fuzz::kMostSeconds, qPrintable(QString::number(tally.slowestNumber)));
    QVERIFY2(tally.largest < fuzz::kMostBytes, qPrintable(QString::number(tally.largestNumber)));
    const int unparsed = count - tally.opened - failed;
    qInfo("%d rendered, %d did not parse, %d failed", tally.opened, unparsed, failed);
    QVERIFY(tally.opened > count / 20 && unparsed > count / 20 && failed > count / 20);
}

QTEST_GUILESS_MAIN(TestJinjaMutants)
#include "tst_jinja_mutants.moc"
