#include "tests/support/hugging_face_folder.h"

#include "kernels/dequantize.h"
#include "kernels/half.h"

#include <QDir>
#include <QFile>

#include <cstring>
#include <map>
#include <vector>

using inference::GgufFile;
using inference::GgufTensor;
using kernels::ElementType;

namespace test {

namespace {

struct Matrix
{
    std::vector<std::uint64_t> shape; // the output dimension first
    std::vector<float> values;
    std::string source{}; // its name in the GGUF file, where it is a tensor of it as it is
};

void write(const QString &path, const QByteArray &bytes)
{
    QFile file(path);
    if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size())
        qFatal("cannot write %s", qPrintable(path));
}

Matrix read(const GgufFile &model, const GgufTensor &tensor)
{
    Matrix matrix;
    for (std::uint32_t i = tensor.dimensionCount; i-- > 0;)
        matrix.shape.push_back(tensor.dimensions[i]);
    const auto bytes = model.bytes(tensor);
    const kernels::ElementTypeTraits &type = *kernels::findElementType(tensor.ggufType);
    matrix.values.resize(bytes.size() / type.blockBytes * type.blockLength);
    kernels::dequantizeRow(type.type, bytes.data(), std::uint32_t(matrix.values.size()),
                           matrix.values.data());
    matrix.source = std::string(tensor.name);
    return matrix;
}

// Matrix `index` of a stack.
Matrix slice(const Matrix &stack, std::size_t index)
{
    const std::size_t size = std::size_t(stack.shape[1] * stack.shape[2]);
    const auto begin = stack.values.begin() + std::ptrdiff_t(index * size);
    return {{stack.shape[1], stack.shape[2]}, {begin, begin + std::ptrdiff_t(size)}};
}

Matrix rows(const Matrix &matrix, std::size_t first, std::size_t count)
{
    const std::size_t columns = std::size_t(matrix.shape[1]);
    const auto begin = matrix.values.begin() + std::ptrdiff_t(first * columns);
    return {{count, matrix.shape[1]}, {begin, begin + std::ptrdiff_t(count * columns)}};
}

// Rows of each head from (0, d/2, 1, d/2 + 1, ...) back to (0, 1, 2, ...).
Matrix unpermuted(const Matrix &matrix, std::size_t heads)
{
    const std::size_t columns = std::size_t(matrix.shape[1]), headRows = std::size_t(matrix.shape[0]) / heads;
    Matrix result = matrix;
    result.source.clear();
    for (std::size_t head = 0; head < heads; ++head)
        for (std::size_t i = 0; i < headRows; ++i) {
            const std::size_t from = head * headRows + i,
                              to = head * headRows + (i % 2) * (headRows / 2) + i / 2;
            std::copy_n(matrix.values.begin() + std::ptrdiff_t(from * columns), columns,
                        result.values.begin() + std::ptrdiff_t(to * columns));
        }
    return result;
}

// kv_b of the two halves: for each head the rows that make its keys, then those that make its values.
Matrix keysAndValues(const Matrix &keys, const Matrix &values)
{
    const std::size_t heads = std::size_t(keys.shape[0]), latent = std::size_t(keys.shape[1]);
    const std::size_t nope = std::size_t(keys.shape[2]), valueDim = std::size_t(values.shape[1]);
    Matrix both{{heads * (nope + valueDim), latent}, {}};
    for (std::size_t head = 0; head < heads; ++head) {
        for (std::size_t j = 0; j < nope; ++j)
            for (std::size_t l = 0; l < latent; ++l)
                both.values.push_back(keys.values[(head * latent + l) * nope + j]);
        const auto begin = values.values.begin() + std::ptrdiff_t(head * valueDim * latent);
        both.values.insert(both.values.end(), begin, begin + std::ptrdiff_t(valueDim * latent));
    }
    return both;
}

const std::map<std::string, std::string> &layerNames()
{
    static const std::map<std::string, std::string> names{
        {"attn_norm.weight", "input_layernorm.weight"},
        {"ffn_norm.weight", "post_attention_layernorm.weight"},
        {"attn_q.weight", "self_attn.q_proj.weight"},
        {"attn_k.weight", "self_attn.k_proj.weight"},
        {"attn_v.weight", "self_attn.v_proj.weight"},
        {"attn_q.bias", "self_attn.q_proj.bias"},
        {"attn_k.bias", "self_attn.k_proj.bias"},
        {"attn_v.bias", "self_attn.v_proj.bias"},
        {"attn_output.weight", "self_attn.o_proj.weight"},
        {"attn_q_norm.weight", "self_attn.q_norm.weight"},
        {"attn_k_norm.weight", "self_attn.k_norm.weight"},
        {"attn_q_a.weight", "self_attn.q_a_proj.weight"},
        {"attn_q_a_norm.weight", "self_attn.q_a_layernorm.weight"},
        {"attn_q_b.weight", "self_attn.q_b_proj.weight"},
        {"attn_kv_a_mqa.weight", "self_attn.kv_a_proj_with_mqa.weight"},
        {"attn_kv_a_norm.weight", "self_attn.kv_a_layernorm.weight"},
        {"attn_kv_b.weight", "self_attn.kv_b_proj.weight"},
        {"ffn_gate.weight", "mlp.gate_proj.weight"},
        {"ffn_up.weight", "mlp.up_proj.weight"},
        {"ffn_down.weight", "mlp.down_proj.weight"},
        {"ffn_gate_inp.weight", "mlp.gate.weight"},
        {"exp_probs_b.bias", "mlp.gate.e_score_correction_bias"},
        {"nextn.eh_proj.weight", "eh_proj.weight"},
        {"nextn.embed_tokens.weight", "embed_tokens.weight"},
        {"nextn.enorm.weight", "enorm.weight"},
        {"nextn.hnorm.weight", "hnorm.weight"},
        {"nextn.shared_head_head.weight", "shared_head.head.weight"},
        {"nextn.shared_head_norm.weight", "shared_head.norm.weight"},
        {"ffn_gate_shexp.weight", "mlp.shared_experts.gate_proj.weight"},
        {"ffn_up_shexp.weight", "mlp.shared_experts.up_proj.weight"},
        {"ffn_down_shexp.weight", "mlp.shared_experts.down_proj.weight"},
    };
    return names;
}

std::map<std::string, Matrix> tensorsOf(const GgufFile &model)
{
    const std::string architecture(*model.requireString("general.architecture"));
    const bool permuted = architecture == "llama" || architecture == "deepseek";
    std::map<std::string, Matrix> result;
    for (const GgufTensor &tensor : model.tensors()) {
        const std::string name(tensor.name);
        Matrix matrix = read(model, tensor);
        if (name == "token_embd.weight")
            result["model.embed_tokens.weight"] = matrix;
        if (name == "output_norm.weight")
            result["model.norm.weight"] = matrix;
        if (name == "output.weight")
            result["lm_head.weight"] = matrix;
        if (!name.starts_with("blk."))
            continue; // rope_freqs is computed from config.json
        const std::size_t dot = name.find('.', 4);
        const std::string prefix = "model.layers." + name.substr(4, dot - 4) + ".",
                          part = name.substr(dot + 1);
        if (const auto known = layerNames().find(part); known != layerNames().end()) {
            if (permuted && (part == "attn_q.weight" || part == "attn_k.weight"))
                matrix =
                    unpermuted(matrix, *model.requireU32(architecture + (part == "attn_q.weight"
                                                                             ? ".attention.head_count"
                                                                             : ".attention.head_count_kv")));
            result[prefix + known->second] = matrix;
        } else if (part == "attn_k_b.weight" &&
                   !model.findTensor("blk." + name.substr(4, dot - 4) + ".attn_kv_b.weight")) {
            const auto *values = model.findTensor(name.substr(0, dot + 1) + "attn_v_b.weight");
            result[prefix + "self_attn.kv_b_proj.weight"] = keysAndValues(matrix, read(model, *values));
        } else if (part == "ffn_gate_up_exps.weight") {
            for (std::size_t e = 0; e < matrix.shape[0]; ++e) {
                const Matrix both = slice(matrix, e);
                const std::size_t width = std::size_t(both.shape[0]) / 2;
                const std::string expert = prefix + "mlp.experts." + std::to_string(e) + ".";
                result[expert + "gate_proj.weight"] = rows(both, 0, width);
                result[expert + "up_proj.weight"] = rows(both, width, width);
            }
        } else if (part.ends_with("_exps.weight")) {
            const std::string kind = part.substr(4, part.size() - 4 - std::strlen("_exps.weight"));
            for (std::size_t e = 0; e < matrix.shape[0]; ++e)
                result[prefix + "mlp.experts." + std::to_string(e) + "." + kind + "_proj.weight"] =
                    slice(matrix, e);
        } else if (part.starts_with("ffn_")) { // "ffn_gate.7.weight"
            const std::size_t second = part.find('.'), third = part.find('.', second + 1);
            result[prefix + "mlp.experts." + part.substr(second + 1, third - second - 1) + "." +
                   part.substr(4, second - 4) + "_proj.weight"] = matrix;
        }
    }
    return result;
}

QByteArray encoded(const Matrix &matrix, const FolderOptions &options)
{
    QByteArray bytes;
    for (const float value : matrix.values) {
        std::uint32_t bits = 0;
        std::memcpy(&bits, &value, sizeof bits);
        if (options.type == ElementType::F16) {
            const std::uint16_t half = kernels::floatToHalf(value);
            bytes.append(reinterpret_cast<const char *>(&half), 2);
            continue;
        }
        const bool isHalf = options.type == ElementType::BF16;
        if (isHalf || options.rounded) // to nearest, ties to even
            bits = (bits + 0x7fff + (bits >> 16 & 1)) >> 16 << 16;
        const auto *begin = reinterpret_cast<const char *>(&bits); // little endian: BF16 is the upper half
        bytes.append(isHalf ? begin + 2 : begin, isHalf ? 2 : 4);
    }
    return bytes;
}

StoredTensors storedTensors(const GgufFile &model, const FolderOptions &options)
{
    const char *type = options.type == ElementType::F32   ? "F32"
                       : options.type == ElementType::F16 ? "F16"
                                                          : "BF16";
    StoredTensors stored;
    for (const auto &[name, matrix] : tensorsOf(model)) {
        const auto fp8 = options.fp8.find(matrix.source);
        if (fp8 == options.fp8.end()) {
            stored[name] = {type, matrix.shape, encoded(matrix, options)};
            continue;
        }
        const auto raw = [](const auto &values) {
            return QByteArray(reinterpret_cast<const char *>(values.data()),
                              qsizetype(values.size() * sizeof values[0]));
        };
        stored[name] = {"F8_E4M3", matrix.shape, raw(fp8->second.bytes)};
        stored[name + "_scale_inv"] = {"F32", fp8->second.scaleShape, raw(fp8->second.scales)};
    }
    if (options.change)
        options.change(stored);
    return stored;
}

void writeTokenizer(const GgufFile &model, const QString &folder)
{
    const auto strings = [&](const char *key) {
        return model.strings(**model.optionalArray(key, inference::GgufValueType::String));
    };
    const auto types =
        model.int32s(**model.optionalArray("tokenizer.ggml.token_type", inference::GgufValueType::I32));
    nlohmann::json vocabulary = nlohmann::json::object(), added = nlohmann::json::array(),
                   merges = nlohmann::json::array();
    int id = 0;
    for (const std::string_view token : strings("tokenizer.ggml.tokens")) {
        if (types[std::size_t(id)] == 1)
            vocabulary[std::string(token)] = id;
        else
            added.push_back({{"id", id},
                             {"content", token},
                             {"special", types[std::size_t(id)] == 3},
                             {"single_word", false},
                             {"lstrip", false},
                             {"rstrip", false},
                             {"normalized", false}});
        ++id;
    }
    for (const std::string_view merge : strings("tokenizer.ggml.merges"))
        merges.push_back(merge);
    const nlohmann::json byteLevel{
        {"type", "ByteLevel"}, {"add_prefix_space", false}, {"trim_offsets", true}, {"use_regex", true}};
    const nlohmann::json tokenizer{{"version", "1.0"},
                                   {"added_tokens", added},
                                   {"normalizer", nullptr},
                                   {"pre_tokenizer", byteLevel},
                                   {"post_processor", nullptr},
                                   {"decoder", byteLevel},
                                   {"model", {{"type", "BPE"}, {"vocab", vocabulary}, {"merges", merges}}}};
    write(folder + "/tokenizer.json", QByteArray::fromStdString(tokenizer.dump()));
}

} // namespace

void writeHuggingFaceFolder(const GgufFile &model, const nlohmann::json &config, const FolderOptions &options,
                            const QString &folder)
{
    QDir().mkpath(folder);
    write(folder + "/config.json", QByteArray::fromStdString(config.dump(1)));
    writeTokenizer(model, folder);

    std::vector<nlohmann::json> headers(std::size_t(options.files),
                                        nlohmann::json{{"__metadata__", {{"format", "pt"}}}});
    std::vector<QByteArray> data(std::size_t(options.files));
    nlohmann::json map = nlohmann::json::object();
    std::size_t turn = 0;
    for (const auto &[name, tensor] : storedTensors(model, options)) {
        const std::size_t file = turn++ % std::size_t(options.files);
        headers[file][name] = {
            {"dtype", tensor.type},
            {"shape", tensor.shape},
            {"data_offsets", {data[file].size(), data[file].size() + tensor.bytes.size()}}};
        data[file] += tensor.bytes;
        map[name] = "model-" + std::to_string(file + 1) + ".safetensors";
    }
    for (std::size_t file = 0; file < headers.size(); ++file) {
        const std::string header = headers[file].dump();
        const std::uint64_t length = header.size();
        const QByteArray bytes = QByteArray(reinterpret_cast<const char *>(&length), 8) +
                                 QByteArray::fromStdString(header) + data[file];
        write(folder + (options.files == 1 ? QStringLiteral("/model.safetensors")
                                           : QStringLiteral("/model-%1.safetensors").arg(file + 1)),
              bytes);
    }
    if (options.files > 1)
        write(folder + "/model.safetensors.index.json",
              QByteArray::fromStdString(
                  nlohmann::json{{"metadata", {{"total_size", 0}}}, {"weight_map", map}}.dump()));
}

} // namespace test
