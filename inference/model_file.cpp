#include "inference/model_file.h"

#include <algorithm>
#include <array>
#include <map>

namespace inference {

namespace {

// llama_ftype: the numbers of general.file_type.
std::string_view fileTypeName(std::uint64_t type)
{
    static constexpr std::array<std::string_view, 39> names{
        "F32",    "F16",    "Q4_0",   "Q4_1",    "",       "",       "",       "Q8_0",   "Q5_0",  "Q5_1",
        "Q2_K",   "Q3_K_S", "Q3_K_M", "Q3_K_L",  "Q4_K_S", "Q4_K_M", "Q5_K_S", "Q5_K_M", "Q6_K",  "IQ2_XXS",
        "IQ2_XS", "Q2_K_S", "IQ3_XS", "IQ3_XXS", "IQ1_S",  "IQ4_NL", "IQ3_S",  "IQ3_M",  "IQ2_S", "IQ2_M",
        "IQ4_XS", "IQ1_M",  "BF16",   "",        "",       "",       "TQ1_0",  "TQ2_0",  "MXFP4"};
    return type < names.size() ? names[type] : std::string_view();
}

std::uint64_t elementCount(const GgufTensor &tensor)
{
    std::uint64_t count = 1;
    for (std::uint32_t i = 0; i < tensor.dimensionCount; ++i)
        count *= tensor.dimensions[i];
    return count;
}

} // namespace

Result<std::unique_ptr<GgufFile>> openGguf(const std::filesystem::path &path)
{
    std::error_code error;
    if (std::filesystem::is_directory(path, error)) {
        const bool huggingFace = std::filesystem::exists(path / "config.json", error);
        const std::string where = path.string();
        return Error(ErrorCode::Unsupported,
                     {.what = huggingFace ? "Hugging Face folders cannot be opened yet"
                                          : "This is a folder and not a model file",
                      .where = where,
                      .expected = "a GGUF file",
                      .found = huggingFace ? "a folder with config.json" : "a folder",
                      .wayOut = huggingFace
                                    ? "Take the model's GGUF file, or convert the folder with "
                                      "llama.cpp's convert_hf_to_gguf.py; a later version opens folders."
                                    : "Give the path of the .gguf file in it."});
    }
    return GgufFile::open(path);
}

Result<std::shared_ptr<const ModelFile>> ModelFile::open(const std::filesystem::path &path)
{
    auto model = std::make_shared<ModelFile>();
    auto gguf = openGguf(path);
    if (!gguf)
        return gguf.error();
    model->gguf = std::move(*gguf);
    auto config = ModelConfig::fromGguf(*model->gguf);
    if (!config)
        return config.error();
    model->config = std::move(*config);
    auto tokenizer = Tokenizer::fromGguf(*model->gguf);
    if (!tokenizer)
        return tokenizer.error();
    model->tokenizer = std::move(*tokenizer);
    if (model->tokenizer->vocabularySize() > model->config.shape.vocabularySize) {
        const std::string expected =
            "at most " + std::to_string(model->config.shape.vocabularySize) + " tokens";
        const std::string found = std::to_string(model->tokenizer->vocabularySize());
        return Error(ErrorCode::Damaged,
                     {.what = "The tokenizer has tokens that the model has no weights for",
                      .where = path.native(),
                      .expected = expected,
                      .found = found,
                      .wayOut = "The file was converted wrongly: take another one."});
    }
    model->chatFormat = ChatFormat::fromGguf(*model->gguf, *model->tokenizer);
    return std::shared_ptr<const ModelFile>(std::move(model));
}

std::string quantisationName(const GgufFile &file)
{
    if (const GgufValue *value = file.find("general.file_type")) {
        if (const auto *type = std::get_if<std::uint64_t>(value)) {
            if (const std::string_view name = fileTypeName(*type); !name.empty())
                return std::string(name);
        }
    }
    std::map<std::uint32_t, std::uint64_t> elements;
    for (const GgufTensor &tensor : file.tensors()) {
        if (tensor.dimensionCount > 1)
            elements[tensor.ggufType] += elementCount(tensor);
    }
    if (elements.empty())
        return {};
    const auto most = std::max_element(elements.begin(), elements.end(),
                                       [](const auto &a, const auto &b) { return a.second < b.second; });
    return std::string(kernels::ggufTypeName(most->first));
}

std::uint64_t parameterCount(const GgufFile &file)
{
    std::uint64_t count = 0;
    for (const GgufTensor &tensor : file.tensors())
        count += elementCount(tensor);
    return count;
}

ModelSummary summarise(const ModelFile &model)
{
    ModelSummary summary;
    summary.path = model.gguf->path();
    summary.name = model.config.name.empty() ? summary.path.stem().string() : model.config.name;
    summary.architecture = model.config.architecture;
    summary.quantisation = quantisationName(*model.gguf);
    summary.fileBytes = model.gguf->fileBytes();
    summary.parameterCount = parameterCount(*model.gguf);
    summary.trainedContextLength = model.config.contextLength;
    summary.vocabularySize = model.config.shape.vocabularySize;
    summary.chatFormat = std::string(model.chatFormat.name());
    summary.chatFormatKnown = model.chatFormat.known();
    summary.canThink = model.chatFormat.canThink();
    summary.canFillInMiddle = model.tokenizer->fillInMiddle().has_value();
    return summary;
}

Result<std::uint32_t> chooseContextLength(const ModelConfig &config, std::uint32_t wanted)
{
    if (wanted == 0)
        return std::min(config.contextLength, kDefaultContextLength);
    if (wanted > config.contextLength) {
        const std::string expected = "at most " + std::to_string(config.contextLength) + " tokens";
        const std::string found = std::to_string(wanted);
        return Error(ErrorCode::InvalidArgument,
                     {.what = "The context length is longer than the model was trained for",
                      .expected = expected,
                      .found = found,
                      .wayOut = "Choose a shorter one."});
    }
    return wanted;
}

} // namespace inference
