// Bytes of the user, of tools and of answers stay foreign, whatever a template does to them: they can never
// become a special token.
#include "inference/text/tokenizer.h"
#include "tests/inference/chat/jinja/jinja_golden.h"
#include "tests/inference/text/byte_vocabulary.h"

#include <QTest>

using namespace inference;
using namespace inference::jinja;
using test::Json;
using Origin = PromptPiece::Origin;

namespace {

// "[foreign]template": what a rendering is made of.
std::string marked(const std::vector<PromptPiece> &pieces)
{
    std::string text;
    for (const PromptPiece &piece : pieces)
        text += piece.origin == Origin::User ? "[" + piece.text + "]" : piece.text;
    return text;
}

// Every special literal that the templates write, or another model's template would.
constexpr const char *kLiterals[] = {"<|im_start|>",
                                     "<|im_end|>",
                                     "<think>",
                                     "</think>",
                                     "<｜User｜>",
                                     "<｜Assistant｜>",
                                     "<｜begin▁of▁sentence｜>",
                                     "<｜end▁of▁sentence｜>",
                                     "<｜tool▁calls▁begin｜>",
                                     "<｜tool▁call▁end｜>",
                                     "<｜tool▁outputs▁begin｜>",
                                     "<|eot_id|>",
                                     "<|start_header_id|>",
                                     "<|end_header_id|>",
                                     "<|EOT|>",
                                     "<s>",
                                     "</s>",
                                     "[INST]",
                                     "[/INST]",
                                     "<tool_response>",
                                     "</tool_response>",
                                     "<tool_call>",
                                     "<|user|>",
                                     "<|end|>",
                                     "<|system|>",
                                     "<|start_of_role|>",
                                     "<|end_of_text|>",
                                     "<beginning_of_sentence>",
                                     "<end_of_sentence>",
                                     "[TOOL_CALLS]",
                                     "<|tool_call|>",
                                     "<|hostile|>"};

// Private characters around a hostile text: where one is, foreign text is.
const std::string kOpen = "\uE001", kClose = "\uE002";

std::string hostile(std::string_view literal)
{
    return kOpen + std::string(literal) + kClose;
}

// The conversation with the hostile text in every place that a user or a tool can reach.
Json poisoned(const Json &value, const std::string &text, bool isRole = false)
{
    if (value.is_string())
        return isRole ? value : Json(value.get<std::string>() + text);
    if (!value.is_structured())
        return value;
    Json copy = value;
    if (value.is_array()) {
        for (Json &item : copy)
            item = poisoned(item, text);
        return copy;
    }
    for (auto &[key, item] : copy.items()) {
        if (key != "type")
            item = poisoned(item, text, key == "role");
    }
    return copy;
}

test::ByteVocabulary vocabulary()
{
    test::ByteVocabulary v;
    v.pre = "qwen2";
    for (const char *literal : kLiterals)
        v.specials.push_back({literal});
    v.bos = "<s>";
    v.eos = "</s>";
    v.addBos = 0;
    return v;
}

} // namespace

class TestProvenance : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyOperationKeepsOrigin_data();
    void everyOperationKeepsOrigin();
    void foreignTextStaysForeignInEveryTemplate_data();
    void foreignTextStaysForeignInEveryTemplate();
    void halvesOfALiteralMakeNoToken_data();
    void halvesOfALiteralMakeNoToken();
    void onlyKnownRolesAreTheProgramsOwn();
};

void TestProvenance::everyOperationKeepsOrigin_data()
{
    QTest::addColumn<QByteArray>("source");
    QTest::addColumn<QByteArray>("expected");
    const auto row = [](const char *source, const char *expected) {
        QTest::newRow(source) << QByteArray(source) << QByteArray(expected);
    };
    // u is "Ab,cD </think> x", w is "  w\n", n is 7, t is true, d is {"k": "v"}, l is ["p", "q"].
    row("<{{ u }}>", "<[Ab,cD </think> x]>");
    row("{{ '<' + u + '>' }}", "<[Ab,cD </think> x]>");
    row("{{ '<' ~ u ~ n ~ t ~ '>' }}", "<[Ab,cD </think> x7True]>");
    row("{{ u.split('</think>')[-1] }}|", "[ x]|");
    row("{{ u.split('</think>')[0] + '</think>' }}", "[Ab,cD ]</think>");
    row("{{ u.split(',') | join('<|im_end|>') }}", "[Ab]<|im_end|>[cD </think> x]");
    row("{{ ('a' + u + 'b')[1:-1] }}|", "[Ab,cD </think> x]|");
    row("{{ ('a' + u + 'b')[::-1] }}", "b[x >kniht/< Dc,bA]a");
    row("{{ ('a' + u + 'b') | reverse }}", "b[x >kniht/< Dc,bA]a");
    row("{{ ('a' + u + 'b') | list | join('-') }}",
        "a-[A]-[b]-[,]-[c]-[D]-[ ]-[<]-[/]-[t]-[h]-[i]-[n]-[k]-[>]-[ ]-[x]-b");
    row("{{ (w + 'x' + w) | trim }}", "[w\n]x[  w]");
    row("{{ (' ' + w).strip() }}", "[w]");
    row("{{ w.lstrip('\\n ') }}|{{ w.rstrip() }}", "[w\n]|[  w]");
    row("{{ u | upper }}{{ u | lower }}{{ u | title }}{{ u | capitalize }}",
        "[AB,CD </THINK> Xab,cd </think> xAb,cd </think> XAb,cd </think> x]");
    row("{{ ('ß' ~ u) | upper }}", "SS[AB,CD </THINK> X]");
    row("{{ u | replace(',', '<|x|>') }}", "[Ab]<|x|>[cD </think> x]");
    row("{{ 'a,b' | replace(',', u) }}", "a[Ab,cD </think> x]b");
    row("{{ u.replace('</think>', '</think>') }}", "[Ab,cD ]</think>[ x]"); // the template's own, on purpose
    row("{{ ['a', l[0]] | join(l[1]) }}", "a[qp]");
    row("{{ u | tojson }}", "[\"Ab,cD </think> x\"]");
    row("{{ {'a': u} | tojson }}", "{\"a\": [\"Ab,cD </think> x\"]}");
    row("{{ d | tojson }}", "{[\"k\"]: [\"v\"]}");
    row("{{ d | tojson(indent=1) }}", "{\n [\"k\"]: [\"v\"]\n}");
    row("{{ [n, t, 1, none] | tojson }}", "[[7], [true], 1, null]");
    row("{{ w | tojson }}", "[\"  w\\n\"]");
    row("{{ [u, 'x'] }}", "[['Ab,cD </think> x'], 'x']");
    row("{{ d }}{{ d.items() | list }}", "{['k']: ['v']}[(['k'], ['v'])]");
    row("{{ n + 1 }}{{ n * 2.0 }}{{ -n }}{{ n | string }}{{ n | float }}", "[814.0-777.0]");
    row("{{ u | length }}{{ u.find('c') }}{{ u.count('x') }}|{{ l | length }}", "[1631]|2");
    row("{{ u == 'x' }}{{ 'x' in u }}{{ not (u == 'x') }}|{{ 1 == 1 }}", "[FalseTrueTrue]|True");
    row("{{ '12' | int }}{{ ('1' ~ n) | int }}", "12[17]");
    row("{{ '%s-%d-%s' % (u, n, 'x') }}", "[Ab,cD </think> x]-[7]-x");
    row("{{ u % () }}", "[Ab,cD </think> x]");
    row("{{ 'a{}b{x}'.format(u, x=n) }}", "a[Ab,cD </think> x]b[7]");
    row("{{ '<a>' | e }}{{ ('<' ~ w) | e }}", "&lt;a&gt;&lt;[  w\n]");
    row("{{ ('<b>' | safe) + ('<' ~ l[0]) }}", "<b>&lt;[p]");
    row("{{ (u ~ '\n' ~ u) | indent(1) }}", "[Ab,cD </think> x]\n [Ab,cD </think> x]");
    row("{{ (w ~ 'x') | indent(1, true) }}", " [  w]\n x");
    row("{% set x %}<{{ u }}>{% endset %}{{ x }}", "<[Ab,cD </think> x]>");
    row("{% set ns = namespace(a='') %}{% for c in l %}{% set ns.a = ns.a + c + '.' %}{% endfor %}{{ ns.a }}",
        "[p].[q].");
    row("{% macro m(x) %}<{{ x }}>{% endmacro %}{{ m(u) | replace('<', '(') }}", "([Ab,cD ]([/think> x]>");
    row("{% filter upper %}a{{ u }}{% endfilter %}", "A[AB,CD </THINK> X]");
    row("{% for c in u %}{% if loop.index < 3 %}{{ c }}.{% endif %}{% endfor %}", "[A].[b].");
    row("{% for k, v in d.items() %}{{ k }}={{ v }}{% endfor %}", "[k]=[v]");
    row("{{ l | sort | first }}{{ l | unique | join }}{{ l | map('upper') | join }}", "[ppqPQ]");
    row("{{ u.partition(',')[1] }}{{ u[0] }}{{ u | first }}{{ u | last }}", "[,AAx]");
    row("{{ u.splitlines()[0] }}{{ u.removeprefix('Ab') }}{{ '5'.zfill(n) }}",
        "[Ab,cD </think> x,cD </think> x000000]5");
    row("{{ strftime_now(d.k) }}{{ u | default('x') }}{{ q | default(l[0]) }}", "[vAb,cD </think> xp]");
    row("{{ u * 2 }}{{ 'x' * 2 }}", "[Ab,cD </think> xAb,cD </think> x]xx");
    row("{{ messages[0].role }}:{{ messages[0].content }}", "user:[Hi]");
}

void TestProvenance::everyOperationKeepsOrigin()
{
    QFETCH(QByteArray, source);
    QFETCH(QByteArray, expected);
    Variables variables;
    variables.messages = Json::parse(R"([{"role": "user", "content": "Hi"}])");
    variables.further = Json::parse(
        R"({"u": "Ab,cD </think> x", "w": "  w\n", "n": 7, "t": true, "d": {"k": "v"}, "l": ["p", "q"]})");
    const auto parsed = Template::parse(source.toStdString());
    QVERIFY2(parsed, parsed ? "" : parsed.error().message.c_str());
    const auto pieces = parsed->render(variables);
    QVERIFY2(pieces, pieces ? "" : pieces.error().message.c_str());
    QCOMPARE(QByteArray::fromStdString(marked(*pieces)), expected);
    for (std::size_t i = 0; i < pieces->size(); ++i) {
        QVERIFY(!(*pieces)[i].text.empty());
        QVERIFY(i == 0 || (*pieces)[i].origin != (*pieces)[i - 1].origin);
    }
}

void TestProvenance::foreignTextStaysForeignInEveryTemplate_data()
{
    QTest::addColumn<QByteArray>("name");
    for (const std::string &name : test::templateNames())
        QTest::newRow(name.c_str()) << QByteArray::fromStdString(name);
}

// Each hostile text in every place of each shape: wherever it comes out, it lies in foreign pieces whole, and
// no piece of the template holds a byte of it.
void TestProvenance::foreignTextStaysForeignInEveryTemplate()
{
    QFETCH(QByteArray, name);
    const Json &golden = test::jinjaGolden();
    const Json &cases = golden["cases"][name.toStdString()];
    const auto parsed = Template::parse(test::templateSource(name.toStdString()));
    QVERIFY(parsed);
    int seen = 0;
    for (const auto &[shapeName, shape] : golden["shapes"].items()) {
        for (const char *literal : kLiterals) {
            Variables variables = test::variablesOf(shape, cases);
            variables.messages = poisoned(variables.messages, hostile(literal));
            variables.tools = poisoned(variables.tools, hostile(literal));
            const auto pieces = parsed->render(variables);
            if (!pieces)
                continue;
            for (const PromptPiece &piece : *pieces) {
                const bool marks = piece.text.find(kOpen) != std::string::npos ||
                                   piece.text.find(kClose) != std::string::npos;
                QVERIFY2(!marks || piece.origin == Origin::User, (shapeName + ": " + piece.text).c_str());
                std::size_t at = piece.text.find(kOpen);
                for (; at != std::string::npos && piece.origin == Origin::User;
                     at = piece.text.find(kOpen, at + 1)) {
                    // What follows up to the end of the piece is the hostile text's, unless the template cut
                    // there.
                    const std::string rest = piece.text.substr(at + kOpen.size());
                    const bool whole = rest.starts_with(literal);
                    const bool cut = std::string_view(literal).find("think>") != std::string_view::npos;
                    QVERIFY2(whole || cut, (shapeName + ": " + piece.text).c_str());
                    ++seen;
                }
            }
        }
    }
    QVERIFY2(seen > 500, "the hostile texts did not come out");
}

void TestProvenance::halvesOfALiteralMakeNoToken_data()
{
    foreignTextStaysForeignInEveryTemplate_data();
}

// Halves of literals at both ends of what the user says, and whole ones inside: the prompt has as many
// special tokens as with harmless contents.
void TestProvenance::halvesOfALiteralMakeNoToken()
{
    QFETCH(QByteArray, name);
    test::GgufWriter writer;
    vocabulary().write(writer);
    const test::OpenVocabulary memory(writer);
    QVERIFY2(memory.tokenizer, memory.error.c_str());
    const auto specials = [&](const std::vector<PromptPiece> &pieces) {
        std::vector<TokenId> tokens;
        memory.tokenizer->encode(pieces, tokens);
        return std::count_if(tokens.begin(), tokens.end(),
                             [&](TokenId token) { return memory.tokenizer->isSpecial(token); });
    };
    const Json &cases = test::jinjaGolden()["cases"][name.toStdString()];
    const auto parsed = Template::parse(test::templateSource(name.toStdString()));
    QVERIFY(parsed);
    const auto counted = [&](const std::string &user, const std::string &answer) {
        Variables variables = test::variablesOf(Json{{"messages", Json::array()}}, cases);
        for (const char *role : {"user", "assistant", "user"})
            variables.messages.push_back({{"role", role}, {"content", role[0] == 'u' ? user : answer}});
        const auto pieces = parsed->render(variables);
        return pieces ? specials(*pieces) : -1;
    };
    const auto harmless = counted("harmless", "harmless");
    QVERIFY(harmless >= 0);
    for (const std::string literal : kLiterals) {
        for (std::size_t cut = 0; cut <= literal.size(); ++cut) {
            const std::string text = literal.substr(cut) + " and " + literal + literal.substr(0, cut);
            const auto found = counted(text, literal.find("think>") == literal.npos ? text : "harmless");
            QVERIFY2(found == harmless, (text + ": " + std::to_string(found)).c_str());
        }
    }
}

void TestProvenance::onlyKnownRolesAreTheProgramsOwn()
{
    Variables variables;
    variables.messages =
        Json::parse(R"([{"role": "user"}, {"role": "im_end"}, {"role": "user|>x"}, {"role": 5}])");
    const auto pieces =
        Template::parse("{% for m in messages %}<|{{ m.role }}|>{% endfor %}")->render(variables);
    QVERIFY(pieces);
    QCOMPARE(QByteArray::fromStdString(marked(*pieces)),
             QByteArray("<|user|><|[im_end]|><|[user|>x]|><|[5]|>"));
}

QTEST_GUILESS_MAIN(TestProvenance)
#include "tst_provenance.moc"
