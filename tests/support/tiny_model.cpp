#include "tests/support/tiny_model.h"

#include "inference/gguf/gguf_file.h"
#include "inference/model/architecture.h"
#include "inference/model/model_config.h"
#include "inference/text/tokenizer.h"
#include "tests/support/block_quantiser.h"
#include "tests/support/gguf_writer.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <map>

namespace test {

using kernels::ElementType;

namespace {

[[noreturn]] void fail(const std::string &message)
{
    std::fprintf(stderr, "tiny_model: %s\n", message.c_str());
    std::abort();
}

// Numbers in [-1, 1), the same everywhere (the standard library's distributions are not). One stream per
// tensor name: the weights of a tensor do not depend on which other tensors a model has.
class Uniform
{
public:
    Uniform(std::uint64_t seed, std::string_view name) : m_state(seed * 0x9e3779b97f4a7c15)
    {
        for (const char c : name)
            m_state = (m_state ^ std::uint64_t(static_cast<unsigned char>(c))) * 0x100000001b3;
    }
    float next()
    {
        m_state += 0x9e3779b97f4a7c15; // splitmix64
        std::uint64_t z = m_state;
        z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
        z = (z ^ z >> 27) * 0x94d049bb133111eb;
        z ^= z >> 31;
        return float(std::int64_t(z) >> 40) * 0x1p-23f;
    }

private:
    std::uint64_t m_state;
};

std::string utf8(char32_t c)
{
    if (c < 0x80)
        return std::string(1, char(c));
    return {char(0xc0 | c >> 6), char(0x80 | (c & 63))};
}

// The printable form of each byte: bytes that are printable in Latin-1 stand for themselves, the others are
// U+0100 and on. `order` receives the bytes as they are numbered in GPT-2's vocabulary.
std::vector<std::string> byteForms(std::vector<int> &order)
{
    std::vector<std::string> forms(256);
    char32_t next = 0x100;
    std::vector<int> others;
    for (int byte = 0; byte < 256; ++byte) {
        const bool printable =
            (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
        forms[byte] = utf8(printable ? char32_t(byte) : next++);
        (printable ? order : others).push_back(byte);
    }
    order.insert(order.end(), others.begin(), others.end());
    return forms;
}

// Frequent pieces of English, of code and of other scripts; each becomes a token, by merges from the left.
constexpr const char *kWords[] = {" the",     " of",          " and",         " to",
                                  " in",      "ing",          "er",           "on",
                                  "at",       "es",           "en",           " a",
                                  " that",    " is",          " was",         " for",
                                  " it",      " with",        " be",          " by",
                                  " not",     " he",          " his",         " as",
                                  " or",      "ed",           "ly",           "tion",
                                  "ment",     "al",           " you",         " we",
                                  " hello",   "hello",        " world",       "Hello",
                                  " whale",   " sea",         " this",        " are",
                                  " from",    " which",       " one",         " all",
                                  " have",    " an",          "st",           "th",
                                  "ou",       "ar",           "  ",           "    ",
                                  "return",   " return",      "def",          " int",
                                  "int",      " =",           " ==",          "()",
                                  "();",      ");",           " {",           "}",
                                  "//",       "\n\n",         "print",        "self",
                                  "for",      "if",           " if",          "else",
                                  "user",     "system",       "assistant",    "\xc3\xa9",
                                  "\xc3\xbc", "\xe4\xbd\xa0", "\xe5\xa5\xbd", "\xe4\xbd\xa0\xe5\xa5\xbd",
                                  "\xd0\xb8", "\xd0\xbe"};

constexpr const char *kSpecialTokens[] = {"<|endoftext|>",  "<|im_start|>",   "<|im_end|>",
                                          "<|fim_prefix|>", "<|fim_middle|>", "<|fim_suffix|>"};

constexpr const char *kChatTemplate =
    "{% for message in messages %}{% if loop.first and messages[0]['role'] != 'system' %}"
    "{{ '<|im_start|>system\nYou are a helpful assistant.<|im_end|>\n' }}{% endif %}"
    "{{'<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n'}}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}";

// Byte-pair merges of one word with the ranks so far; what is left in pieces is joined from the left by new
// merges.
void addWord(std::string_view word, const std::vector<std::string> &forms, TinyVocabulary &vocabulary,
             std::map<std::pair<std::string, std::string>, std::size_t> &ranks)
{
    std::vector<std::string> pieces;
    for (const char c : word)
        pieces.push_back(forms[static_cast<unsigned char>(c)]);
    while (pieces.size() > 1) {
        std::size_t best = 0, bestRank = ranks.size();
        for (std::size_t i = 0; i + 1 < pieces.size(); ++i) {
            const auto found = ranks.find({pieces[i], pieces[i + 1]});
            if (found != ranks.end() && found->second < bestRank) {
                best = i;
                bestRank = found->second;
            }
        }
        if (bestRank == ranks.size()) {
            ranks.emplace(std::pair(pieces[0], pieces[1]), bestRank);
            vocabulary.merges.push_back(pieces[0] + " " + pieces[1]);
            const std::string merged = pieces[0] + pieces[1];
            if (std::find(vocabulary.tokens.begin(), vocabulary.tokens.end(), merged) ==
                vocabulary.tokens.end())
                vocabulary.tokens.push_back(merged);
        }
        pieces[best] += pieces[best + 1];
        pieces.erase(pieces.begin() + std::ptrdiff_t(best) + 1);
    }
}

std::int32_t tokenId(const TinyVocabulary &vocabulary, std::string_view token)
{
    return std::int32_t(std::find(vocabulary.tokens.begin(), vocabulary.tokens.end(), token) -
                        vocabulary.tokens.begin());
}

// Adds the tensors of a model one by one.
class TensorMaker
{
public:
    TensorMaker(const TinyModelOptions &options, std::vector<TinyModel::Tensor> &tensors)
        : m_options(options), m_tensors(tensors)
    {}

    // gain 1 keeps the size of what goes through.
    void matrix(const std::string &name, std::uint32_t columns, std::uint32_t rows, float gain)
    {
        Uniform uniform(m_options.seed, name);
        std::vector<float> values(std::size_t(columns) * rows);
        const float amplitude = gain * std::sqrt(3.0f / float(columns));
        for (float &value : values)
            value = uniform.next() * amplitude;
        m_tensors.push_back(
            {name, m_options.weights, {columns, rows}, quantiseRows(m_options.weights, columns, values)});
    }
    void vector(const std::string &name, std::uint32_t length, float middle, float amplitude)
    {
        Uniform uniform(m_options.seed, name);
        std::vector<float> values(length);
        for (float &value : values)
            value = middle + uniform.next() * amplitude;
        vector(name, values);
    }
    void vector(const std::string &name, const std::vector<float> &values)
    {
        m_tensors.push_back({name,
                             ElementType::F32,
                             {values.size()},
                             quantiseRows(ElementType::F32, std::uint32_t(values.size()), values)});
    }

private:
    const TinyModelOptions &m_options;
    std::vector<TinyModel::Tensor> &m_tensors;
};

// general.file_type of a file whose matrices all have this type.
std::uint32_t fileType(ElementType type)
{
    switch (type) {
    case ElementType::F32:
        return 0;
    case ElementType::F16:
        return 1;
    case ElementType::Q4_0:
        return 2;
    case ElementType::Q4_1:
        return 3;
    case ElementType::Q8_0:
        return 7;
    case ElementType::Q5_0:
        return 8;
    case ElementType::Q5_1:
        return 9;
    case ElementType::Q2_K:
        return 10;
    case ElementType::Q3_K:
        return 12;
    case ElementType::Q4_K:
        return 15;
    case ElementType::Q5_K:
        return 17;
    case ElementType::Q6_K:
        return 18;
    case ElementType::IQ4_NL:
        return 25;
    case ElementType::IQ4_XS:
        return 30;
    case ElementType::BF16:
        return 32;
    case ElementType::MXFP4:
        return 38;
    case ElementType::F8_E4M3:
        break; // no type of GGUF
    }
    return 0;
}

void addTokenizer(TinyModel &model, const TinyVocabulary &vocabulary, const std::string &preTokenizer)
{
    const auto id = [&](std::string_view token) { return std::uint32_t(tokenId(vocabulary, token)); };
    model.set("tokenizer.ggml.model", std::string("gpt2"));
    model.set("tokenizer.ggml.pre", preTokenizer);
    model.set("tokenizer.ggml.tokens", vocabulary.tokens);
    model.set("tokenizer.ggml.token_type", vocabulary.types);
    model.set("tokenizer.ggml.merges", vocabulary.merges);
    model.set("tokenizer.ggml.bos_token_id", id("<|endoftext|>"));
    model.set("tokenizer.ggml.eos_token_id", id("<|im_end|>"));
    model.set("tokenizer.ggml.padding_token_id", id("<|endoftext|>"));
    model.set("tokenizer.ggml.add_bos_token", false);
    model.set("tokenizer.chat_template", std::string(kChatTemplate));
}

void addTensors(TinyModel &model, const TinyModelOptions &o, std::uint32_t vocabularySize)
{
    TensorMaker make(o, model.tensors);
    const std::uint32_t queryRows = o.heads * o.headDim, keyRows = o.keyValueHeads * o.headDim;
    // Gains: attention looks at some positions more than at others, and the layers outweigh the embedding, so
    // that a tied model does not just repeat its input.
    make.matrix("token_embd.weight", o.hiddenSize, vocabularySize, 0.4f * std::sqrt(float(o.hiddenSize) / 8));
    if (!o.ropeDivisors.empty())
        make.vector("rope_freqs.weight", o.ropeDivisors);
    for (std::uint32_t layer = 0; layer < o.layers; ++layer) {
        const std::string block = "blk." + std::to_string(layer) + ".";
        make.vector(block + "attn_norm.weight", o.hiddenSize, 1, 0.3f);
        make.matrix(block + "attn_q.weight", o.hiddenSize, queryRows, 1.5f);
        make.matrix(block + "attn_k.weight", o.hiddenSize, keyRows, 1.5f);
        make.matrix(block + "attn_v.weight", o.hiddenSize, keyRows, 1);
        if (o.architecture == "qwen2" || o.attentionBiases) {
            make.vector(block + "attn_q.bias", queryRows, 0, 1);
            make.vector(block + "attn_k.bias", keyRows, 0, 1);
            make.vector(block + "attn_v.bias", keyRows, 0, 0.3f);
        }
        make.matrix(block + "attn_output.weight", queryRows, o.hiddenSize, 1.5f);
        make.vector(block + "ffn_norm.weight", o.hiddenSize, 1, 0.3f);
        make.matrix(block + "ffn_gate.weight", o.hiddenSize, o.intermediateSize, 1.5f);
        make.matrix(block + "ffn_up.weight", o.hiddenSize, o.intermediateSize, 1.5f);
        make.matrix(block + "ffn_down.weight", o.intermediateSize, o.hiddenSize, 1.5f);
    }
    make.vector("output_norm.weight", o.hiddenSize, 1, 0.3f);
    if (!o.tied)
        make.matrix("output.weight", o.hiddenSize, vocabularySize, 3);
}

} // namespace

TinyModelOptions wideTinyModel(TinyModelOptions options)
{
    options.heads = 4;
    options.headDim = 64;
    options.hiddenSize = 256;
    options.intermediateSize = 512;
    return options;
}

TinyVocabulary tinyVocabulary(std::uint32_t size)
{
    TinyVocabulary vocabulary;
    std::vector<int> order;
    const std::vector<std::string> forms = byteForms(order);
    for (const int byte : order)
        vocabulary.tokens.push_back(forms[byte]);
    std::map<std::pair<std::string, std::string>, std::size_t> ranks;
    for (const char *word : kWords)
        addWord(word, forms, vocabulary, ranks);
    vocabulary.types.assign(vocabulary.tokens.size(), 1);
    for (const char *token : kSpecialTokens) {
        vocabulary.tokens.emplace_back(token);
        vocabulary.types.push_back(3);
    }
    for (std::uint32_t i = 0; vocabulary.tokens.size() < size; ++i) {
        vocabulary.tokens.push_back("[PAD" + std::to_string(i) + "]");
        vocabulary.types.push_back(5);
    }
    return vocabulary;
}

TinyModel::TinyModel(const TinyModelOptions &options)
{
    const std::string &a = options.architecture;
    if (a != "llama" && a != "qwen2")
        fail("no architecture " + a);
    const TinyVocabulary vocabulary = tinyVocabulary(options.vocabularySize);

    set("general.architecture", a);
    set("general.name", options.name);
    set("general.file_type", fileType(options.weights));
    set(a + ".block_count", options.layers);
    set(a + ".context_length", options.contextLength);
    set(a + ".embedding_length", options.hiddenSize);
    set(a + ".feed_forward_length", options.intermediateSize);
    set(a + ".attention.head_count", options.heads);
    set(a + ".attention.head_count_kv", options.keyValueHeads);
    if (options.headDim * options.heads != options.hiddenSize) {
        set(a + ".attention.key_length", options.headDim);
        set(a + ".attention.value_length", options.headDim);
    }
    set(a + ".attention.layer_norm_rms_epsilon", options.rmsNormEpsilon);
    set(a + ".rope.dimension_count", options.headDim);
    set(a + ".rope.freq_base", options.ropeBase);
    if (options.ropeLinearFactor != 1) {
        set(a + ".rope.scaling.type", std::string("linear"));
        set(a + ".rope.scaling.factor", options.ropeLinearFactor);
    }
    addTokenizer(*this, vocabulary, a == "qwen2" ? "qwen2" : "smollm");
    addTensors(*this, options, std::uint32_t(vocabulary.tokens.size()));
}

TinyModel TinyModel::ofFile(std::string_view gguf)
{
    using inference::GgufValueType;
    const auto opened = inference::GgufFile::openMemory(std::as_bytes(std::span(gguf)), "tiny model");
    if (!opened)
        fail(opened.error().message);
    const inference::GgufFile &file = **opened;
    TinyModel model;
    for (const auto &[key, value] : file.metadata()) {
        if (const auto *array = std::get_if<inference::GgufArray>(&value)) {
            if (array->elementType == GgufValueType::String) {
                const auto texts = file.strings(*array);
                model.set(key, std::vector<std::string>(texts.begin(), texts.end()));
            } else if (array->elementType == GgufValueType::I32) {
                model.set(key, file.int32s(*array));
            } else {
                fail("the array " + std::string(key));
            }
        } else if (const auto *text = std::get_if<std::string_view>(&value)) {
            model.set(key, std::string(*text));
        } else if (const auto *number = std::get_if<std::uint64_t>(&value)) {
            model.set(key, std::uint32_t(*number));
        } else if (const auto *fraction = std::get_if<double>(&value)) {
            model.set(key, float(*fraction));
        } else if (const auto *truth = std::get_if<bool>(&value)) {
            model.set(key, *truth);
        } else {
            fail("the value of " + std::string(key));
        }
    }
    for (const inference::GgufTensor &tensor : file.tensors()) {
        const auto bytes = file.bytes(tensor);
        model.tensors.push_back(
            {std::string(tensor.name), ElementType(tensor.ggufType),
             std::vector(tensor.dimensions.begin(), tensor.dimensions.begin() + tensor.dimensionCount),
             std::string(reinterpret_cast<const char *>(bytes.data()), bytes.size())});
    }
    return model;
}

void TinyModel::set(std::string_view key, Value value)
{
    for (auto &[existing, old] : metadata) {
        if (existing == key) {
            old = std::move(value);
            return;
        }
    }
    metadata.emplace_back(std::string(key), std::move(value));
}

void TinyModel::remove(std::string_view key)
{
    const std::size_t before = metadata.size() + tensors.size();
    std::erase_if(metadata, [&](const auto &entry) { return entry.first == key; });
    std::erase_if(tensors, [&](const Tensor &tensor) { return tensor.name == key; });
    if (metadata.size() + tensors.size() == before)
        fail("nothing to remove under " + std::string(key));
}

TinyModel::Tensor &TinyModel::tensor(std::string_view name)
{
    for (Tensor &tensor : tensors)
        if (tensor.name == name)
            return tensor;
    fail("no tensor " + std::string(name));
}

bool TinyModel::has(std::string_view name) const
{
    const auto isNamed = [&](const auto &entry) {
        if constexpr (requires { entry.first; })
            return entry.first == name;
        else
            return entry.name == name;
    };
    return std::any_of(metadata.begin(), metadata.end(), isNamed) ||
           std::any_of(tensors.begin(), tensors.end(), isNamed);
}

std::string TinyModel::toGguf() const
{
    GgufWriter writer;
    for (const auto &[key, value] : metadata) {
        std::visit(
            [&writer, &key = key](const auto &v) {
                if constexpr (requires { writer.setArray(key, v); })
                    writer.setArray(key, v);
                else
                    writer.set(key, v);
            },
            value);
    }
    for (const Tensor &tensor : tensors)
        writer.addTensor(tensor.name, tensor.type, tensor.dimensions, tensor.bytes);
    return writer.finish();
}

std::string refusal(const TinyModel &model)
{
    const std::string bytes = model.toGguf();
    const auto file = inference::GgufFile::openMemory(std::as_bytes(std::span(bytes)), "tiny.gguf");
    if (!file)
        return file.error().message;
    const auto config = inference::ModelConfig::fromGguf(**file);
    if (!config)
        return config.error().message;
    const auto tokenizer = inference::Tokenizer::fromGguf(**file);
    if (!tokenizer)
        return tokenizer.error().message;
    const auto plan = inference::buildPlan(**file, *config);
    return plan ? std::string() : plan.error().message;
}

std::string tinyModel(const TinyModelOptions &options)
{
    return TinyModel(options).toGguf();
}

} // namespace test
