#include "tests/fuzz/support/probes.h"

#include "inference/chat/jinja/template.h"
#include "inference/gguf/gguf_file.h"
#include "inference/gguf/gguf_info.h"
#include "inference/hugging_face/tokenizer_json.h"
#include "inference/model/architecture.h"
#include "inference/model_file.h"
#include "inference/safetensors/safetensors_file.h"
#include "inference/text/utf8.h"
#include "kernels/reference/reference_backend.h"

#include <cstdio>
#include <cstdlib>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

namespace fuzz {

using namespace inference;

namespace {

[[noreturn]] void fail(const std::string &why)
{
    std::fprintf(stderr, "fuzz: %s\n", why.c_str());
    std::abort();
}

std::uint64_t s_sum = 0; // keeps the reads alive

void keep(std::string_view text)
{
    for (const char c : text)
        s_sum += static_cast<unsigned char>(c);
}

bool isText(std::string_view message)
{
    const char *at = message.data(), *end = at + message.size();
    while (at < end) {
        const utf8::Character c = utf8::read(at, end);
        if (c.codePoint >= utf8::kInvalid || c.codePoint < 0x20 || c.codePoint == 0x7f)
            return false;
        at += c.length;
    }
    return true;
}

// A code for what is wrong with bytes, and a whole sentence on one line.
Outcome refused(const Error &error)
{
    const bool known = error.code == ErrorCode::Damaged || error.code == ErrorCode::Incomplete ||
                       error.code == ErrorCode::Unsupported || error.code == ErrorCode::NotFound ||
                       error.code == ErrorCode::InvalidArgument || error.code == ErrorCode::InvalidNumbers;
    const std::string &m = error.message;
    if (!known || m.size() < 20 || m.size() > 4000 || m.back() != '.' || !isText(m))
        fail("code " + std::to_string(int(error.code)) + ", no sentence: \"" + m + "\"");
    return {false, error.code, m};
}

std::uint64_t readAll(const GgufFile &file)
{
    for (const auto &[key, value] : file.metadata()) {
        keep(key);
        (void)file.requireU32(key);
        (void)file.requireF32(key);
        (void)file.optionalBool(key);
        if (const auto text = file.optionalString(key); text && *text)
            keep(**text);
        if (const auto *array = std::get_if<GgufArray>(&value)) {
            if (!file.optionalArray(key, array->elementType))
                fail("the array has another type than its own");
            for (const std::string_view text : file.strings(*array))
                keep(text);
            for (const std::int32_t number : file.int32s(*array))
                s_sum += static_cast<std::uint32_t>(number);
            for (const std::uint64_t number : file.integers(*array))
                s_sum += number;
            s_sum += file.floats(*array).size();
        }
    }
    for (const GgufTensor &tensor : file.tensors()) {
        keep(tensor.name);
        const std::span<const std::byte> bytes = file.bytes(tensor);
        if (bytes.size() != tensor.byteSize || file.findTensor(tensor.name) != &tensor)
            fail("a tensor that was accepted cannot be read");
        if (!bytes.empty())
            s_sum +=
                std::to_integer<std::uint64_t>(bytes.front()) + std::to_integer<std::uint64_t>(bytes.back());
    }
    const GgufInfo info = describeGguf(file);
    return info.parameterCount + info.unsupportedText().size();
}

void readTokenizer(const Tokenizer &tokenizer)
{
    constexpr std::string_view kText = "The whale, 鲸 \xff\n <s>  42 abc";
    for (const auto origin : {PromptPiece::Origin::User, PromptPiece::Origin::Template}) {
        const std::vector<TokenId> ids = tokenizer.encode(kText, origin);
        for (const TokenId id : ids)
            if (id < 0 || std::uint32_t(id) >= tokenizer.vocabularySize())
                fail("a token that is none");
        keep(tokenizer.decode(ids));
    }
    for (const TokenId id : tokenizer.endOfGeneration())
        keep(tokenizer.bytes(id));
}

// Two tokens through a plan that was accepted.
Outcome run(kernels::Plan plan)
{
    const std::uint32_t vocabulary = plan.shape.vocabularySize;
    const auto backend = kernels::createReferenceBackend(1);
    if (const auto compiled = backend->compile(std::move(plan), 2); !compiled)
        return refused(compiled.error());
    const auto page = backend->allocateKvPage();
    if (!page)
        return refused(page.error());
    const kernels::TokenId tokens[] = {0, kernels::TokenId(vocabulary - 1)};
    std::vector<float> logits(vocabulary);
    if (const auto ran = backend->run({tokens, 0, {&*page, 1}, kernels::LogitsWanted::Last}, logits, {});
        !ran)
        return refused(ran.error());
    s_sum += logits.front() > 0;
    return {.opened = true};
}

Outcome openAndRun(const GgufFile &file, const ModelConfig &config)
{
    auto plan = buildPlan(file, config);
    return plan ? run(std::move(*plan)) : refused(plan.error());
}

// A folder of this process, in memory where the system has a place for that: a disk would be waited for.
std::filesystem::path newFolder()
{
    const bool inMemory = ::access("/dev/shm", W_OK) == 0;
    const std::filesystem::path parent = inMemory ? "/dev/shm" : std::filesystem::temp_directory_path();
    std::string name = (parent / "baleen-fuzz-XXXXXX").string();
    if (!mkdtemp(name.data()))
        fail("no folder " + name);
    return name;
}

void write(const std::filesystem::path &path, std::string_view bytes)
{
    const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (file < 0 || ::write(file, bytes.data(), bytes.size()) != ssize_t(bytes.size()) || ::close(file) != 0)
        fail("cannot write " + path.string());
}

} // namespace

Outcome probeGguf(std::string_view bytes)
{
    const std::vector<char> exact(bytes.begin(), bytes.end()); // ends where its allocation ends
    const auto file = GgufFile::openMemory(std::as_bytes(std::span(exact)), "mutant.gguf");
    if (!file) {
        if (file.error().message.find("mutant.gguf") == std::string::npos)
            fail("no file is named: " + file.error().message);
        return refused(file.error());
    }
    s_sum += readAll(**file);
    // What is behind may refuse it: that is no refusal of the file.
    if (const auto config = ModelConfig::fromGguf(**file); !config)
        (void)refused(config.error());
    else
        (void)openAndRun(**file, *config);
    if (const auto tokenizer = Tokenizer::fromGguf(**file); !tokenizer) {
        (void)refused(tokenizer.error());
    } else {
        readTokenizer(**tokenizer);
        keep(ChatFormat::fromGguf(**file, **tokenizer).name());
    }
    return {.opened = true};
}

Outcome probeSafetensors(std::string_view bytes)
{
    const std::vector<char> exact(bytes.begin(), bytes.end());
    const auto file = SafetensorsFile::openMemory(std::as_bytes(std::span(exact)), "mutant.safetensors");
    if (!file) {
        if (file.error().message.find("mutant.safetensors") == std::string::npos)
            fail("no file is named: " + file.error().message);
        return refused(file.error());
    }
    for (const SafetensorsTensor &tensor : (*file)->tensors()) {
        keep(tensor.name);
        keep(safetensorsTypeName(tensor.type));
        if ((*file)->find(tensor.name) != &tensor)
            fail("a tensor that was accepted cannot be found");
        for (const std::byte b : tensor.bytes)
            s_sum += std::to_integer<std::uint64_t>(b);
        for (const std::uint64_t dimension : tensor.shape)
            s_sum += dimension;
    }
    return {.opened = true};
}

Outcome probeTokenizerJson(std::string_view bytes)
{
    static FolderProbe folder(FolderProbe::Files{{"tokenizer.json", "{}"}});
    constexpr std::uint32_t kRows = 64;
    write(folder.path() / "tokenizer.json", bytes);
    MetadataWriter writer;
    if (const auto added = addTokenizer(folder.path(), kRows, writer); !added)
        return refused(added.error());
    const std::string metadata = writer.file();
    const auto file = GgufFile::openMemory(std::as_bytes(std::span(metadata)), "tokenizer.json");
    if (!file)
        fail("metadata of our own is refused: " + file.error().message);
    const auto tokenizer = Tokenizer::fromGguf(**file);
    if (!tokenizer)
        return refused(tokenizer.error());
    readTokenizer(**tokenizer);
    return {.opened = true};
}

Outcome probeTemplate(std::string_view source)
{
    using Json = nlohmann::ordered_json;
    static const std::vector<jinja::Variables> conversations = [] {
        std::vector<jinja::Variables> all(2);
        all[0].messages = Json::array({{{"role", "system"}, {"content", "Be brief."}},
                                       {{"role", "user"}, {"content", "Hello \xE2\x9C\x93"}}});
        all[1].messages = Json::array(
            {{{"role", "user"}, {"content", "What is 2 + 2?"}},
             {{"role", "assistant"},
              {"content", "<think>a</think>4"},
              {"tool_calls",
               Json::array({{{"type", "function"},
                             {"function", {{"name", "add"}, {"arguments", {{"a", 2}, {"b", 2.5}}}}}}})}},
             {{"role", "tool"}, {"content", "4"}},
             {{"role", "user"}, {"content", ""}}});
        all[1].tools = Json::array(
            {{{"type", "function"}, {"function", {{"name", "add"}, {"parameters", {{"type", "object"}}}}}}});
        all[1].thinking = true;
        for (jinja::Variables &each : all) {
            each.bosToken = "<s>";
            each.eosToken = "</s>";
        }
        return all;
    }();
    jinja::Limits limits;
    limits.fuel = 1u << 22; // so that those who use up all of it take little time
    limits.outputBytes = 1u << 20;
    const auto parsed = jinja::Template::parse(source, limits);
    if (!parsed)
        return refused(parsed.error());
    const auto pieces = parsed->render(conversations[source.size() % conversations.size()]);
    if (!pieces)
        return refused(pieces.error());
    std::size_t size = 0;
    for (const PromptPiece &piece : *pieces)
        size += piece.text.size();
    if (size > limits.outputBytes)
        fail("more output than allowed");
    return {.opened = true};
}

FolderProbe::FolderProbe(Files files) : m_files(std::move(files)), m_path(newFolder())
{
    for (const auto &[name, bytes] : m_files)
        write(m_path / name, bytes);
}

FolderProbe::~FolderProbe()
{
    std::error_code error;
    std::filesystem::remove_all(m_path, error);
}

Outcome FolderProbe::open(const std::string &name, std::string_view bytes)
{
    if (!m_changed.empty() && m_changed != name)
        write(m_path / m_changed, m_files.at(m_changed));
    m_changed = name;
    write(m_path / name, bytes);
    const auto model = ModelFile::open(m_path);
    if (!model)
        return refused(model.error());
    keep(summarise(**model).name);
    readTokenizer(*(*model)->tokenizer);
    return openAndRun(*(*model)->gguf, (*model)->config);
}

} // namespace fuzz
