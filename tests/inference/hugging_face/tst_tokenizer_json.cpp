// Tokenizers of Hugging Face folders against the ids of the `tokenizers` library, and what is no such folder.
#include "inference/hugging_face/tokenizer_json.h"

#include "inference/gguf/gguf_file.h"
#include "inference/hugging_face/published_pre_tokenizers.h"
#include "inference/text/tokenizer.h"
#include "tests/support/temporary_file.h"

#include <QElapsedTimer>
#include <QFile>
#include <QTest>

#include <functional>
#include <limits>
#include <nlohmann/json.hpp>
#include <random>

#include <sys/stat.h>

using namespace inference;
using Json = nlohmann::json;
using Ids = std::vector<TokenId>;
using Origin = PromptPiece::Origin;

namespace {

QByteArray goldenFile(const QString &name)
{
    QFile file(QStringLiteral(BALEEN_GOLDEN_DIR "/text/") + name);
    if (!file.open(QIODevice::ReadOnly))
        qFatal("%s is missing", qPrintable(name));
    return file.readAll();
}

const Json &goldenIds()
{
    static const Json json = Json::parse(goldenFile("tokenizer_json/ids.json").toStdString());
    return json;
}

const std::vector<std::string> &goldenTexts()
{
    static const std::vector<std::string> texts = [] {
        auto all =
            Json::parse(goldenFile("text.json").toStdString())["texts"].get<std::vector<std::string>>();
        all.resize(goldenIds()["tested"].get<std::size_t>());
        for (const Json &more : goldenIds()["more"])
            all.push_back(more);
        return all;
    }();
    return texts;
}

Json goldenTokenizer(const char *name = "qwen2")
{
    return Json::parse(goldenFile(QStringLiteral("tokenizer_json/%1.json").arg(name)).toStdString());
}

constexpr std::uint32_t kRows = 704; // of the embedding; the vocabularies have up to 650 tokens

// A folder of files in memory, opened as the program does it.
class Folder
{
public:
    void write(const char *name, const Json &json) { write(name, QByteArray::fromStdString(json.dump())); }
    void write(const char *name, const QByteArray &bytes) { m_folder.write(name, bytes); }
    std::filesystem::path path(const char *name = "") const { return m_folder.path(name).toStdString(); }

    // Empty, or the error.
    std::string open(std::uint32_t rows = kRows)
    {
        tokenizer.reset();
        file.reset();
        MetadataWriter writer;
        writer.add("general.architecture", "llama");
        if (Result<void> added = addTokenizer(path(), rows, writer); !added)
            return added.error().message;
        m_bytes = writer.file();
        auto opened = GgufFile::openMemory(std::as_bytes(std::span(m_bytes)), "folder");
        if (!opened)
            return opened.error().message;
        file = std::move(*opened);
        auto made = Tokenizer::fromGguf(*file);
        if (!made)
            return made.error().message;
        tokenizer = std::move(*made);
        return {};
    }

    std::unique_ptr<GgufFile> file;
    std::unique_ptr<Tokenizer> tokenizer;

private:
    test::TemporaryFolder m_folder;
    std::string m_bytes;
};

using Change = std::function<void(Json &)>;

} // namespace

Q_DECLARE_METATYPE(Change)

class TestTokenizerJson : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void givesTheIdsOfTheLibrary_data();
    void givesTheIdsOfTheLibrary();
    void keepsSpecialTokensOutOfUserText();
    void fillsTheRowsWithoutATokenUp();
    void findsSpecialTokens_data();
    void findsSpecialTokens();
    void refusesEndsThatAreNoTokens();
    void addsBosAsTheFolderSays_data();
    void addsBosAsTheFolderSays();
    void takesTheTemplate_data();
    void takesTheTemplate();
    void comparesRegularExpressionsByMeaning_data();
    void comparesRegularExpressionsByMeaning();
    void refusesOtherTokenizers_data();
    void refusesOtherTokenizers();
    void namesWhatIsDamaged_data();
    void namesWhatIsDamaged();
    void survivesAnyMutation();
    void survivesAnyCut();
    void refusesWhatIsNoFile();
    void readsSentencePiece();
    void refusesOtherSentencePieceModels();
    void readsManyTokensQuickly();
};

void TestTokenizerJson::givesTheIdsOfTheLibrary_data()
{
    QTest::addColumn<QByteArray>("name");
    QTest::addColumn<QByteArray>("pre");
    for (const char *name :
         {"gpt2", "smollm", "qwen2", "llama-bpe", "deepseek-llm", "deepseek-coder", "deepseek-v3"})
        QTest::newRow(name) << QByteArray(name) << QByteArray(name);
    QTest::newRow("qwen2 without NFC, whole pieces first") << QByteArray("qwen2-bare") << QByteArray("qwen2");
}

void TestTokenizerJson::givesTheIdsOfTheLibrary()
{
    QFETCH(QByteArray, name);
    QFETCH(QByteArray, pre);
    Folder folder;
    folder.write("tokenizer.json", goldenFile("tokenizer_json/" + name + ".json"));
    const std::string error = folder.open();
    QVERIFY2(error.empty(), error.c_str());
    QCOMPARE(folder.tokenizer->preTokenizer(), std::string_view(pre.constData()));
    const Json &expected = goldenIds()[name.toStdString()];
    QCOMPARE(expected.size(), goldenTexts().size());
    for (std::size_t i = 0; i < expected.size(); ++i) {
        const Ids ids = folder.tokenizer->encode(goldenTexts()[i], Origin::Template);
        QVERIFY2(ids == expected[i].get<Ids>(), goldenTexts()[i].substr(0, 200).c_str());
    }
}

void TestTokenizerJson::keepsSpecialTokensOutOfUserText()
{
    Folder folder;
    folder.write("tokenizer.json", goldenTokenizer("deepseek-v3"));
    QCOMPARE(folder.open(), std::string());
    const Tokenizer &tokenizer = *folder.tokenizer;
    const std::string text = "<｜User｜>";
    const Ids asTemplate = tokenizer.encode(text, Origin::Template),
              asUser = tokenizer.encode(text, Origin::User);
    QCOMPARE(asTemplate.size(), std::size_t(1));
    QVERIFY(tokenizer.isSpecial(asTemplate[0]));
    QVERIFY(asUser.size() > 1);
    QCOMPARE(tokenizer.decode(asUser), text);
    QCOMPARE(tokenizer.find("<｜end▁of▁sentence｜>"), std::optional<TokenId>(1));
}

void TestTokenizerJson::fillsTheRowsWithoutATokenUp()
{
    Folder folder;
    const Json json = goldenTokenizer();
    folder.write("tokenizer.json", json);
    QCOMPARE(folder.open(), std::string());
    QCOMPARE(folder.tokenizer->vocabularySize(), kRows);
    const auto last = static_cast<TokenId>(kRows - 1);
    QCOMPARE(folder.tokenizer->bytes(last), std::string_view("[PAD703]"));
    QVERIFY(folder.tokenizer->isSpecial(last));
    const Ids ids = folder.tokenizer->encode("[PAD703]", Origin::Template);
    QVERIFY(ids.size() > 1);
    const auto used = static_cast<std::uint32_t>(json["model"]["vocab"].size() + json["added_tokens"].size());
    QCOMPARE(folder.open(used), std::string());
    QVERIFY(folder.open(used - 1).find("beyond the model's vocabulary") != std::string::npos);
}

void TestTokenizerJson::findsSpecialTokens_data()
{
    QTest::addColumn<QByteArray>("config");
    QTest::addColumn<QByteArray>("map");
    QTest::addColumn<QByteArray>("generation");
    QTest::addColumn<QByteArray>("bos");
    QTest::addColumn<QByteArray>("eos");
    QTest::addColumn<QByteArray>("end"); // one that ends an answer
    const QByteArray begin = "<｜begin▁of▁sentence｜>", end = "<｜end▁of▁sentence｜>";
    QTest::newRow("texts") << QByteArray(R"({"bos_token":"<｜begin▁of▁sentence｜>","eos_token":"<think>"})")
                           << QByteArray() << QByteArray() << begin << QByteArray("<think>")
                           << QByteArray("<think>");
    QTest::newRow("objects")
        << QByteArray(R"({"bos_token":{"content":"<think>"},"eos_token":{"content":"</think>"}})")
        << QByteArray() << QByteArray() << QByteArray("<think>") << QByteArray("</think>")
        << QByteArray("</think>");
    QTest::newRow("the map where the settings are silent")
        << QByteArray(R"({"bos_token":null})")
        << QByteArray(R"({"bos_token":"<think>","eos_token":{"content":"</think>"}})") << QByteArray()
        << QByteArray("<think>") << QByteArray("</think>") << QByteArray("</think>");
    QTest::newRow("the settings before the map")
        << QByteArray(R"({"eos_token":"<think>"})") << QByteArray(R"({"eos_token":"</think>"})")
        << QByteArray() << QByteArray() << QByteArray("<think>") << QByteArray("<think>");
    QTest::newRow("one number") << QByteArray() << QByteArray()
                                << QByteArray(R"({"bos_token_id":4,"eos_token_id":9})") << QByteArray("%")
                                << QByteArray("*") << QByteArray("*");
    QTest::newRow("a list beside EOS") << QByteArray(R"({"eos_token":"<think>"})") << QByteArray()
                                       << QByteArray(R"({"eos_token_id":[9,10]})") << QByteArray()
                                       << QByteArray("<think>") << QByteArray("+");
    QTest::newRow("pad and unk that no token is")
        << QByteArray(R"({"eos_token":"<think>","pad_token":"[none]","unk_token":"<unk>"})") << QByteArray()
        << QByteArray() << QByteArray() << QByteArray("<think>") << QByteArray("<think>");
}

void TestTokenizerJson::findsSpecialTokens()
{
    QFETCH(QByteArray, config);
    QFETCH(QByteArray, map);
    QFETCH(QByteArray, generation);
    QFETCH(QByteArray, bos);
    QFETCH(QByteArray, eos);
    QFETCH(QByteArray, end);
    Folder folder;
    folder.write("tokenizer.json", goldenTokenizer());
    for (const auto &[name, bytes] :
         {std::pair("tokenizer_config.json", config), std::pair("special_tokens_map.json", map),
          std::pair("generation_config.json", generation)}) {
        if (!bytes.isEmpty())
            folder.write(name, bytes);
    }
    const std::string error = folder.open();
    QVERIFY2(error.empty(), error.c_str());
    const Tokenizer &tokenizer = *folder.tokenizer;
    const auto literal = [&](std::optional<TokenId> id) {
        return id ? QByteArray::fromStdString(std::string(tokenizer.bytes(*id))) : QByteArray();
    };
    QCOMPARE(literal(tokenizer.bos()), bos);
    QCOMPARE(literal(tokenizer.eos()), eos);
    const auto ends = tokenizer.endOfGeneration();
    QVERIFY(std::any_of(ends.begin(), ends.end(), [&](TokenId id) { return literal(id) == end; }));
}

// The key is ours, but any GGUF file may have it.
void TestTokenizerJson::refusesEndsThatAreNoTokens()
{
    Folder folder;
    folder.write("tokenizer.json", goldenTokenizer());
    for (const std::int32_t id : {-1, static_cast<std::int32_t>(kRows), 7}) {
        MetadataWriter writer;
        writer.add("general.architecture", "llama");
        const Result<void> added = addTokenizer(folder.path(), kRows, writer);
        QVERIFY(added.ok());
        writer.add("baleen.eos_token_ids", std::span<const std::int32_t>(&id, 1));
        const std::string bytes = writer.file();
        const auto file = GgufFile::openMemory(std::as_bytes(std::span(bytes)), "folder");
        QVERIFY(file.ok());
        const auto tokenizer = Tokenizer::fromGguf(**file);
        QCOMPARE(tokenizer.ok(), id == 7);
        if (!tokenizer)
            QVERIFY(tokenizer.error().message.find("baleen.eos_token_ids") != std::string::npos);
    }
}

void TestTokenizerJson::addsBosAsTheFolderSays_data()
{
    QTest::addColumn<QByteArray>("name");
    QTest::addColumn<QByteArray>("config"); // none: no such file
    QTest::addColumn<bool>("adds");
    QTest::newRow("it says yes") << QByteArray("qwen2") << QByteArray(R"("add_bos_token":true)") << true;
    QTest::newRow("it says no, the template yes")
        << QByteArray("llama-bpe") << QByteArray(R"("add_bos_token":false)") << false;
    QTest::newRow("the template alone") << QByteArray("llama-bpe") << QByteArray(R"("x":1)") << true;
    QTest::newRow("nothing says it") << QByteArray("qwen2") << QByteArray(R"("x":1)") << false;
    QTest::newRow("no word, DeepSeek")
        << QByteArray("deepseek-v3") << QByteArray(R"("add_bos_token":null)") << false;
    QTest::newRow("no word, Llama's class")
        << QByteArray("deepseek-v3") << QByteArray(R"("tokenizer_class":"LlamaTokenizerFast")") << true;
}

void TestTokenizerJson::addsBosAsTheFolderSays()
{
    QFETCH(QByteArray, name);
    QFETCH(QByteArray, config);
    QFETCH(bool, adds);
    Folder folder;
    folder.write("tokenizer.json", goldenTokenizer(name.constData()));
    folder.write("tokenizer_config.json",
                 QByteArray(R"({"bos_token":"<｜begin▁of▁sentence｜>",)") + config + "}");
    const std::string error = folder.open();
    QVERIFY2(error.empty(), error.c_str());
    QCOMPARE(folder.tokenizer->addsBos(), adds);
}

void TestTokenizerJson::takesTheTemplate_data()
{
    QTest::addColumn<QByteArray>("config");
    QTest::addColumn<QByteArray>("jinja");
    QTest::addColumn<QByteArray>("expected");
    QTest::newRow("a text") << QByteArray(R"({"chat_template":"{{ a }}"})") << QByteArray()
                            << QByteArray("{{ a }}");
    QTest::newRow("a list")
        << QByteArray(
               R"({"chat_template":[{"name":"tool","template":"T"},{"name":"default","template":"D"}]})")
        << QByteArray() << QByteArray("D");
    QTest::newRow("the file wins") << QByteArray(R"({"chat_template":"a"})") << QByteArray("from\nthe file")
                                   << QByteArray("from\nthe file");
    QTest::newRow("none") << QByteArray(R"({"chat_template":null})") << QByteArray() << QByteArray();
}

void TestTokenizerJson::takesTheTemplate()
{
    QFETCH(QByteArray, config);
    QFETCH(QByteArray, jinja);
    QFETCH(QByteArray, expected);
    Folder folder;
    folder.write("tokenizer.json", goldenTokenizer());
    folder.write("tokenizer_config.json", config);
    if (!jinja.isEmpty())
        folder.write("chat_template.jinja", jinja);
    QCOMPARE(folder.open(), std::string());
    const auto text = folder.file->optionalString("tokenizer.chat_template");
    QVERIFY(text);
    QCOMPARE(text->value_or(""),
             std::string_view(expected.constData(), static_cast<std::size_t>(expected.size())));
}

void TestTokenizerJson::comparesRegularExpressionsByMeaning_data()
{
    QTest::addColumn<QByteArray>("left");
    QTest::addColumn<QByteArray>("right");
    QTest::addColumn<bool>("same");
    QTest::newRow("escapes") << QByteArray("[^\r\n]\t") << QByteArray("[^\\n\\r]\\t") << true;
    QTest::newRow("numbers") << QByteArray("[a-c]é") << QByteArray("[\\x{61}-\\u0063]\\xe9") << true;
    QTest::newRow("order and overlap")
        << QByteArray("[a-fd-z\\s\\p{L}]") << QByteArray("[\\p{L}g-za-h\\s]") << true;
    QTest::newRow("escaped signs") << QByteArray("[\\-/\\[\\]]\\'") << QByteArray("[/\\[\\]\\-]'") << true;
    QTest::newRow("a sign and what it means") << QByteArray("\\.") << QByteArray(".") << false;
    QTest::newRow("negation") << QByteArray("[^a]") << QByteArray("[a]") << false;
    QTest::newRow("counts") << QByteArray("\\p{N}{1,3}") << QByteArray("\\p{N}{1,2}") << false;
    QTest::newRow("one character more") << QByteArray("[a-y]") << QByteArray("[a-z]") << false;
    QTest::newRow("other class") << QByteArray("\\p{N}") << QByteArray("\\p{P}") << false;
    QTest::newRow("a class and its complement") << QByteArray("\\p{N}") << QByteArray("\\P{N}") << false;
}

void TestTokenizerJson::comparesRegularExpressionsByMeaning()
{
    QFETCH(QByteArray, left);
    QFETCH(QByteArray, right);
    QFETCH(bool, same);
    const auto a = canonicalRegex(left.toStdString()), b = canonicalRegex(right.toStdString());
    QVERIFY(a && b);
    QVERIFY2((*a == *b) == same, (*a + "\n" + *b).c_str());
    for (const char *broken : {"[", "[a", "[]", "[z-a]", "\\", "\\x{}", "\\x{110000}", "\\x4", "\\p{L",
                               "\\pL", "[[a]]", "[a&&b]", "\\d", "\xff", "[\\"})
        QVERIFY2(!canonicalRegex(broken), broken);
}

void TestTokenizerJson::refusesOtherTokenizers_data()
{
    QTest::addColumn<Change>("change");
    QTest::addColumn<QByteArray>("named");
    const auto row = [](const char *name, const char *named, Change change) {
        QTest::newRow(name) << change << QByteArray(named);
    };
    row("Unigram", "Unigram", [](Json &j) {
        j["model"] = {
            {"type", "Unigram"}, {"unk_id", 0}, {"vocab", Json::array({Json::array({"<unk>", 0.0})})}};
    });
    row("WordPiece", "WordPiece", [](Json &j) {
        j["model"] = {{"type", "WordPiece"}, {"vocab", {{"a", 0}}}};
    });
    row("WordLevel", "WordLevel", [](Json &j) { j["model"]["type"] = "WordLevel"; });
    row("Metaspace", "Metaspace", [](Json &j) {
        j["pre_tokenizer"] = {{"type", "Metaspace"}, {"replacement", "▁"}};
    });
    row("Llama 2's BPE", "pre_tokenizer", [](Json &j) {
        j["pre_tokenizer"] = nullptr;
        j["model"]["byte_fallback"] = true;
    });
    row("another expression", "p{Lu}",
        [](Json &j) { j["pre_tokenizer"]["pretokenizers"][0]["pattern"]["Regex"] = "\\p{Lu}+"; });
    row("another behaviour", "Removed",
        [](Json &j) { j["pre_tokenizer"]["pretokenizers"][0]["behavior"] = "Removed"; });
    row("inverted", "invert", [](Json &j) { j["pre_tokenizer"]["pretokenizers"][0]["invert"] = true; });
    row("one step more", "Digits", [](Json &j) {
        auto &steps = j["pre_tokenizer"]["pretokenizers"];
        steps.insert(steps.begin(), {{"type", "Digits"}, {"individual_digits", true}});
    });
    row("no alphabet", "pre_tokenizer", [](Json &j) { j["pre_tokenizer"]["pretokenizers"].erase(1); });
    row("a space in front", "add_prefix_space",
        [](Json &j) { j["pre_tokenizer"]["pretokenizers"][1]["add_prefix_space"] = true; });
    row("lower case", "Lowercase", [](Json &j) { j["normalizer"] = {{"type", "Lowercase"}}; });
    row("NFKC after NFC", "NFKC", [](Json &j) {
        j["normalizer"] = {{"type", "Sequence"},
                           {"normalizers", Json::array({{{"type", "NFC"}}, {{"type", "NFKC"}}})}};
    });
    row("prefix of parts", "continuing_subword_prefix",
        [](Json &j) { j["model"]["continuing_subword_prefix"] = "##"; });
    row("suffix of words", "end_of_word_suffix", [](Json &j) { j["model"]["end_of_word_suffix"] = "</w>"; });
    row("dropout", "dropout", [](Json &j) { j["model"]["dropout"] = 0.1; });
    row("bytes that fall back", "byte_fallback", [](Json &j) {
        j["model"]["byte_fallback"] = true;
        j["model"]["vocab"].erase("Ā");
    });
    row("bytes that are unknown", "unk_token", [](Json &j) {
        j["model"]["unk_token"] = "a";
        j["model"]["vocab"].erase("Ā");
    });
    row("a token that takes spaces", "lstrip", [](Json &j) { j["added_tokens"][0]["lstrip"] = true; });
    row("a token that is a word", "single_word", [](Json &j) { j["added_tokens"][0]["single_word"] = true; });
}

void TestTokenizerJson::refusesOtherTokenizers()
{
    QFETCH(Change, change);
    QFETCH(QByteArray, named);
    Json json = goldenTokenizer();
    change(json);
    Folder folder;
    folder.write("tokenizer.json", json);
    MetadataWriter writer;
    const Result<void> added = addTokenizer(folder.path(), kRows, writer);
    QVERIFY(!added);
    QCOMPARE(added.error().code, ErrorCode::Unsupported);
    QVERIFY2(QByteArray::fromStdString(added.error().message).contains(named), added.error().message.c_str());
    QVERIFY(added.error().message.find("tokenizer.json") != std::string::npos);
}

void TestTokenizerJson::namesWhatIsDamaged_data()
{
    QTest::addColumn<QByteArray>("file");
    QTest::addColumn<QByteArray>("bytes"); // of that file; empty: the tokenizer.json changed below
    QTest::addColumn<Change>("change");
    QTest::addColumn<QByteArray>("named");
    const auto row = [](const char *name, const char *named, Change change) {
        QTest::newRow(name) << QByteArray("tokenizer.json") << QByteArray() << change << QByteArray(named);
    };
    const auto beside = [](const char *name, const char *file, const char *bytes, const char *named) {
        QTest::newRow(name) << QByteArray(file) << QByteArray(bytes) << Change() << QByteArray(named);
    };
    row("no model", "\"model\"", [](Json &j) { j.erase("model"); });
    row("model a list", "\"model\"", [](Json &j) { j["model"] = Json::array(); });
    row("no object at all", "\"model\"", [](Json &j) { j = Json::array({1}); });
    row("type a number", "model.type", [](Json &j) { j["model"]["type"] = 3; });
    row("no vocab", "model.vocab", [](Json &j) { j["model"].erase("vocab"); });
    row("vocab a text", "model.vocab", [](Json &j) { j["model"]["vocab"] = "a"; });
    row("vocab empty", "merge", [](Json &j) { j["model"]["vocab"] = Json::object(); });
    row("no merges", "model.merges", [](Json &j) { j["model"].erase("merges"); });
    row("merges an object", "model.merges", [](Json &j) { j["model"]["merges"] = Json::object(); });
    row("id a text", "a text", [](Json &j) { j["model"]["vocab"]["a"] = "5"; });
    row("id negative", "negative", [](Json &j) { j["model"]["vocab"]["a"] = -5; });
    row("id a fraction", "fraction", [](Json &j) { j["model"]["vocab"]["a"] = 5.5; });
    row("id null", "null", [](Json &j) { j["model"]["vocab"]["a"] = nullptr; });
    row("id a list", "a list", [](Json &j) { j["model"]["vocab"]["a"] = Json::array({1}); });
    row("id an object", "an object", [](Json &j) { j["model"]["vocab"]["a"] = Json::object(); });
    row("id used twice", "has too", [](Json &j) { j["model"]["vocab"]["a"] = j["model"]["vocab"]["b"]; });
    row("id beyond", "beyond the model's vocabulary", [](Json &j) { j["model"]["vocab"]["a"] = kRows; });
    row("id far beyond", "beyond the model's vocabulary",
        [](Json &j) { j["model"]["vocab"]["a"] = std::numeric_limits<std::uint64_t>::max(); });
    row("merge of nothing known", "joins what is no token", [](Json &j) {
        j["model"]["merges"][3] = Json::array({"a", "nowhere"});
    });
    row("merge to nothing known", "makes no token", [](Json &j) {
        j["model"]["merges"][3] = Json::array({"Z", "~"});
    });
    row("merge of one", "two parts", [](Json &j) { j["model"]["merges"][3] = Json::array({"a"}); });
    row("merge of three", "two parts", [](Json &j) {
        j["model"]["merges"][3] = Json::array({"a", "b", "c"});
    });
    row("merge of numbers", "a number", [](Json &j) { j["model"]["merges"][3] = Json::array({1, 2}); });
    row("merge a number", "a number", [](Json &j) { j["model"]["merges"][3] = 7; });
    row("merge an object", "an object", [](Json &j) { j["model"]["merges"][3] = Json::object(); });
    row("merge without a space", "is not two tokens", [](Json &j) { j["model"]["merges"][3] = "ab"; });
    row("merge with two spaces", "is not two tokens", [](Json &j) { j["model"]["merges"][3] = "a b c"; });
    row("merge with an empty part", "is not two tokens", [](Json &j) { j["model"]["merges"][3] = "a "; });
    row("ignore_merges a text", "ignore_merges", [](Json &j) { j["model"]["ignore_merges"] = "yes"; });
    row("added tokens an object", "added_tokens", [](Json &j) { j["added_tokens"] = Json::object(); });
    row("added token a text", "added_tokens[1]", [](Json &j) { j["added_tokens"][1] = "x"; });
    row("added token without id", "no id", [](Json &j) { j["added_tokens"][1].erase("id"); });
    row("added id a text", "no id", [](Json &j) { j["added_tokens"][1]["id"] = "7"; });
    row("added token without content", "no content", [](Json &j) { j["added_tokens"][1].erase("content"); });
    row("added token empty", "no content", [](Json &j) { j["added_tokens"][1]["content"] = ""; });
    row("added special a number", "special", [](Json &j) { j["added_tokens"][1]["special"] = 1; });
    row("added id used", "has too", [](Json &j) { j["added_tokens"][1]["id"] = 5; });
    row("added id beyond", "beyond", [](Json &j) { j["added_tokens"][1]["id"] = kRows; });
    row("added token with two ids", "has the ids", [](Json &j) { j["added_tokens"][1]["content"] = "a"; });
    beside("no JSON", "tokenizer.json", "{\"model\": {\"vocab\": {\"a\": 0, }", "byte 30");
    beside("broken text", "tokenizer.json", "{\"model\": {\"vocab\": {\"\xff\": 0}}}", "byte 23");
    beside("a token twice", "tokenizer.json", R"({"model":{"vocab":{"a":0,"a":1},"merges":[]}})",
           "there twice");
    beside("a vocabulary twice", "tokenizer.json", R"({"model":{"vocab":{"a":0},"vocab":{}}})", "twice");
    beside("merges twice", "tokenizer.json", R"({"model":{"merges":[],"merges":[]}})", "twice");
    beside("model twice", "tokenizer.json", R"({"model":{},"model":{}})", "twice");
    beside("empty", "tokenizer_config.json", " ", "byte");
    beside("settings a list", "tokenizer_config.json", "[]", "an object");
    beside("BOS a number", "tokenizer_config.json", R"({"bos_token":1})", "bos_token");
    beside("EOS unknown", "tokenizer_config.json", R"({"eos_token":"<none>"})", "<none>");
    beside("adding BOS a text", "tokenizer_config.json", R"({"add_bos_token":"yes"})", "add_bos_token");
    beside("template a number", "tokenizer_config.json", R"({"chat_template":5})", "chat_template");
    beside("templates of numbers", "tokenizer_config.json", R"({"chat_template":[5]})", "chat_template");
    beside("templates without a text", "tokenizer_config.json", R"({"chat_template":[{"name":"default"}]})",
           "chat_template");
    beside("map with a list", "special_tokens_map.json", R"({"eos_token":[]})", "eos_token");
    beside("end beyond", "generation_config.json", R"({"eos_token_id":[1,704]})", "eos_token_id");
    beside("end a text", "generation_config.json", R"({"eos_token_id":"1"})", "eos_token_id");
    beside("ends within ends", "generation_config.json", R"({"eos_token_id":[[1]]})", "eos_token_id");
    beside("start negative", "generation_config.json", R"({"bos_token_id":-1})", "bos_token_id");
}

void TestTokenizerJson::namesWhatIsDamaged()
{
    QFETCH(QByteArray, file);
    QFETCH(QByteArray, bytes);
    QFETCH(Change, change);
    QFETCH(QByteArray, named);
    Json json = goldenTokenizer();
    if (change)
        change(json);
    Folder folder;
    folder.write("tokenizer.json", json);
    if (!bytes.isEmpty())
        folder.write(file.constData(), bytes);
    MetadataWriter writer;
    const Result<void> added = addTokenizer(folder.path(), kRows, writer);
    QVERIFY(!added);
    QCOMPARE(added.error().code, ErrorCode::Damaged);
    const QByteArray message = QByteArray::fromStdString(added.error().message);
    QVERIFY2(message.contains(named), message);
    QVERIFY2(message.contains(file), message);
}

// Every part of the file gone, or of another kind: a tokenizer or a sentence.
void TestTokenizerJson::survivesAnyMutation()
{
    std::vector<Json::json_pointer> places;
    const Json whole = goldenTokenizer("llama-bpe");
    const std::function<void(const Json &, const Json::json_pointer &)> collect =
        [&](const Json &json, const Json::json_pointer &at) {
            if (!json.is_structured())
                return;
            std::size_t kept = 0;
            for (const auto &[key, value] : json.items()) {
                if (++kept > 12) // of the vocabulary and the merges, some
                    break;
                const Json::json_pointer place = json.is_array() ? at / std::stoul(key) : at / key;
                places.push_back(place);
                collect(value, place);
            }
        };
    collect(whole, Json::json_pointer());
    QVERIFY(places.size() > 100);
    const std::vector<Json> others = {nullptr,
                                      true,
                                      -1,
                                      1e300,
                                      "text",
                                      Json::array(),
                                      Json::object(),
                                      Json::array({Json::array({Json::object()})})};
    int refused = 0, opened = 0;
    for (const Json::json_pointer &place : places) {
        for (std::size_t i = 0; i <= others.size(); ++i) {
            Json json = whole;
            if (i == others.size()) {
                Json &parent = json[place.parent_pointer()];
                parent.is_array() ? parent.erase(std::stoul(place.back())) : (void)parent.erase(place.back());
            } else {
                json[place] = others[i];
            }
            Folder folder;
            folder.write("tokenizer.json", json);
            if (folder.open().empty())
                ++opened;
            else
                ++refused;
        }
    }
    QVERIFY(refused > 100);
    QVERIFY(opened > 100);
}

void TestTokenizerJson::survivesAnyCut()
{
    const QByteArray whole = goldenFile("tokenizer_json/deepseek-v3.json");
    std::mt19937 random(7);
    for (int round = 0; round < 300; ++round) {
        QByteArray bytes = whole;
        if (round % 2)
            bytes.truncate(static_cast<int>(random() % static_cast<unsigned>(whole.size() - 2)) + 1);
        for (int i = 0; i < 1 + round % 5; ++i)
            bytes[static_cast<int>(random() % static_cast<unsigned>(bytes.size()))] =
                static_cast<char>(random() % 256);
        Folder folder;
        folder.write("tokenizer.json", bytes);
        const std::string error = folder.open();
        QVERIFY(!error.empty() || folder.tokenizer);
        QVERIFY(round % 2 == 0 || !error.empty());
    }
    Folder deep;
    deep.write("tokenizer.json", QByteArray(5'000'000, '['));
    QVERIFY(deep.open().find("nested") != std::string::npos);
    Folder many;
    many.write("tokenizer.json", QByteArray("[") + QByteArray("0,").repeated(2'000'000) + "0]");
    QVERIFY(many.open().find("1,000,000 values") != std::string::npos);
    Folder large;
    large.write("tokenizer.json", QByteArray("{}"));
    QVERIFY(QFile::resize(QString::fromStdString(large.path("tokenizer.json").string()), 65 << 20));
    QVERIFY(large.open().find("too large") != std::string::npos);
}

void TestTokenizerJson::refusesWhatIsNoFile()
{
    Folder empty;
    QVERIFY(empty.open().find("tokenizer.json or tokenizer.model") != std::string::npos);
    for (const char *name : {"tokenizer.json", "tokenizer_config.json", "special_tokens_map.json",
                             "generation_config.json", "chat_template.jinja", "tokenizer.model"}) {
        const bool alone = std::string_view(name).starts_with("tokenizer.");
        Folder pipe, folder, link, blank;
        for (Folder *each : {&pipe, &folder, &link, &blank}) {
            if (!alone)
                each->write("tokenizer.json", goldenTokenizer());
        }
        QCOMPARE(mkfifo(pipe.path(name).c_str(), 0600), 0);
        std::filesystem::create_directory(folder.path(name));
        std::filesystem::create_symlink("/nowhere/at/all", link.path(name));
        blank.write(name, QByteArray());
        QVERIFY2(pipe.open().find("a pipe") != std::string::npos, name);
        QVERIFY2(folder.open().find("a folder") != std::string::npos, name);
        QVERIFY2(link.open().find("No such file") != std::string::npos, name);
        QVERIFY2(blank.open().find("empty") != std::string::npos, name);
    }
    Folder rows;
    rows.write("tokenizer.json", goldenTokenizer());
    QVERIFY(rows.open(0).find("vocabulary") != std::string::npos);
    QVERIFY(rows.open(0xFFFFFFFF).find("vocabulary") != std::string::npos);
}

void TestTokenizerJson::readsSentencePiece()
{
    Folder folder;
    folder.write("tokenizer.model", goldenFile("tokenizer_json/bpe.model"));
    folder.write("added_tokens.json", QByteArray(R"({"<|im_start|>": 562, "<|im_end|>": 561})"));
    folder.write("tokenizer_config.json",
                 QByteArray(R"({"bos_token":"<s>","eos_token":"</s>","added_tokens_decoder":
        {"1":{"content":"<s>","special":true},"560":{"content":"<|user|>","special":true,"lstrip":false}}})"));
    const std::string error = folder.open(600);
    QVERIFY2(error.empty(), error.c_str());
    const Tokenizer &tokenizer = *folder.tokenizer;
    QCOMPARE(tokenizer.kind(), std::string_view("llama"));
    QCOMPARE(tokenizer.vocabularySize(), 600u);
    QCOMPARE(tokenizer.bos(), std::optional<TokenId>(1));
    QCOMPARE(tokenizer.eos(), std::optional<TokenId>(2));
    QCOMPARE(tokenizer.encode("<|im_start|>", Origin::Template), Ids{562});
    QCOMPARE(tokenizer.encode("<|user|>", Origin::Template), Ids{560});
    QVERIFY(tokenizer.isSpecial(560));
    const Json &expected = goldenIds()["bpe"];
    for (std::size_t i = 0; i < expected.size(); ++i) {
        const Ids ids = tokenizer.encode(goldenTexts()[i], Origin::User);
        QVERIFY2(ids == expected[i].get<Ids>(), goldenTexts()[i].c_str());
    }
}

void TestTokenizerJson::refusesOtherSentencePieceModels()
{
    const std::array<std::pair<const char *, const char *>, 3> models = {
        {{"unigram", "than BPE"}, {"rules", "rules of its own"}, {"spaces", "removes spaces"}}};
    for (const auto &[name, named] : models) {
        Folder folder;
        folder.write("tokenizer.model", goldenFile(QStringLiteral("tokenizer_json/%1.model").arg(name)));
        const std::string error = folder.open();
        QVERIFY2(error.find(named) != std::string::npos, error.c_str());
    }
    const QByteArray whole = goldenFile("tokenizer_json/bpe.model");
    Folder small;
    small.write("tokenizer.model", whole);
    QVERIFY(small.open(559).find("beyond the model's vocabulary") != std::string::npos);
    small.write("added_tokens.json", QByteArray(R"({"<x>": "560"})"));
    QVERIFY(small.open().find("added_tokens.json") != std::string::npos);
    small.write("added_tokens.json", QByteArray(R"({"<x>": 3})"));
    QVERIFY(small.open().find("has too") != std::string::npos);
    std::mt19937 random(8);
    for (int round = 0; round < 500; ++round) {
        QByteArray bytes = whole;
        if (round % 2)
            bytes.truncate(1 + static_cast<int>(random() % static_cast<unsigned>(whole.size() - 1)));
        else
            bytes[static_cast<int>(random() % static_cast<unsigned>(bytes.size()))] =
                static_cast<char>(random() % 256);
        Folder folder;
        folder.write("tokenizer.model", bytes);
        const std::string error = folder.open();
        QVERIFY(!error.empty() || folder.tokenizer);
    }
}

void TestTokenizerJson::readsManyTokensQuickly()
{
    // As large as V3's: 128,000 tokens of which all but the bytes come of merges.
    Json json = goldenTokenizer("deepseek-v3");
    Json &model = json["model"];
    std::vector<std::string> bytes;
    for (const auto &[literal, id] : model["vocab"].items()) {
        if (id >= 2 && id < 258)
            bytes.push_back(literal);
    }
    QCOMPARE(bytes.size(), std::size_t(256));
    Json vocabulary = Json::object(), merges = Json::array();
    std::vector<std::string> literals = bytes;
    for (std::size_t i = 0; i < bytes.size(); ++i)
        vocabulary[bytes[i]] = i;
    while (literals.size() < 127'900) {
        const std::size_t at = literals.size() - 256;
        const std::string left = literals[at / 256], right = bytes[at % 256];
        literals.push_back(left + right);
        vocabulary[literals.back()] = literals.size() - 1;
        merges.push_back(left + " " + right);
    }
    model["vocab"] = vocabulary;
    model["merges"] = merges;
    for (Json &added : json["added_tokens"])
        added["id"] = added["id"].get<int>() + 128'000;
    Folder folder;
    folder.write("tokenizer.json", json);
    qint64 best = std::numeric_limits<qint64>::max();
    for (int round = 0; round < 3; ++round) {
        QElapsedTimer timer;
        timer.start();
        MetadataWriter writer;
        const Result<void> added = addTokenizer(folder.path(), 129'280, writer);
        best = std::min(best, timer.elapsed());
        QVERIFY2(added.ok(), added ? "" : added.error().message.c_str());
    }
    // The bound leaves room for debug builds, sanitizers and busy machines.
    QVERIFY2(best < 3000, qPrintable(QString::number(best)));
    QCOMPARE(folder.open(129'280), std::string());
}

QTEST_GUILESS_MAIN(TestTokenizerJson)
#include "tst_tokenizer_json.moc"
