#include "inference/model_file.h"

#include "inference/chat/recommended_sampling.h"
#include "inference/gguf/gguf_info.h"
#include "inference/gguf/wording.h"
#include "inference/hugging_face/folder.h"
#include "inference/model_fingerprint.h"

#include <algorithm>

namespace inference {

Result<std::unique_ptr<GgufFile>> openGguf(const std::filesystem::path &path)
{
    if (isHuggingFaceFolder(path))
        return openHuggingFaceFolder(path);
    std::error_code error;
    if (std::filesystem::is_directory(path, error)) {
        const std::string where = pathText(path);
        return Error(ErrorCode::Unsupported, {.what = "This is a folder and not a model",
                                              .where = where,
                                              .expected = "a GGUF file, or a folder with config.json",
                                              .found = "a folder without config.json",
                                              .wayOut = "Give the path of the .gguf file in it."});
    }
    return GgufFile::open(path);
}

Result<std::shared_ptr<const ModelFile>> ModelFile::open(const std::filesystem::path &path)
{
    auto model = std::make_shared<ModelFile>();
    auto opened = openGguf(path);
    if (!opened)
        return opened.error();
    model->gguf = std::move(*opened);
    if (auto read = model->read(); !read)
        return read.error();
    return std::shared_ptr<const ModelFile>(std::move(model));
}

Result<void> ModelFile::read()
{
    auto readConfig = ModelConfig::fromGguf(*gguf);
    if (!readConfig)
        return readConfig.error();
    config = std::move(*readConfig);
    auto readTokenizer = Tokenizer::fromGguf(*gguf);
    if (!readTokenizer)
        return readTokenizer.error();
    tokenizer = std::move(*readTokenizer);
    if (tokenizer->vocabularySize() > config.shape.vocabularySize) {
        const std::string expected = "at most " + grouped(config.shape.vocabularySize) + " tokens";
        const std::string found = grouped(tokenizer->vocabularySize());
        return Error(ErrorCode::Damaged,
                     {.what = "The tokenizer has tokens that the model has no weights for",
                      .where = pathText(gguf->path()),
                      .expected = expected,
                      .found = found,
                      .wayOut = "The file was converted wrongly: take another one."});
    }
    chatFormat = ChatFormat::fromGguf(*gguf, *tokenizer);
    return {};
}

ModelSummary summarise(const ModelFile &model)
{
    const GgufInfo info = describeGguf(*model.gguf);
    ModelSummary summary;
    summary.path = model.gguf->path();
    summary.name = model.config.name.empty() ? summary.path.stem().string() : model.config.name;
    summary.architecture = model.config.architecture;
    summary.quantisation = info.quantisation;
    summary.fileBytes = info.fileBytes;
    summary.parameterCount = info.parameterCount;
    summary.trainedContextLength = model.config.contextLength;
    summary.vocabularySize = model.config.shape.vocabularySize;
    summary.chatFormat = std::string(model.chatFormat.name());
    summary.chatFormatKnown = model.chatFormat.known();
    summary.chatFormatNote = std::string(model.chatFormat.note());
    summary.canThink = model.chatFormat.canThink();
    RecommendedSampling advice = recommendedSampling(*model.gguf, *model.tokenizer, model.chatFormat);
    summary.sampling = advice.options;
    summary.samplingSource = std::move(advice.source);
    summary.canFillInMiddle = model.tokenizer->fillInMiddle().has_value();
    summary.notes = model.config.notes();
    summary.fingerprint = modelFingerprint(*model.gguf);
    return summary;
}

Result<std::uint32_t> chooseContextLength(const ModelConfig &config, std::uint32_t wanted)
{
    if (wanted == 0)
        return std::min(config.contextLength, kDefaultContextLength);
    if (wanted > config.contextLength) {
        const std::string expected = "at most " + grouped(config.contextLength) + " tokens";
        const std::string found = grouped(wanted);
        return Error(ErrorCode::InvalidArgument,
                     {.what = "The context length is longer than the model was trained for",
                      .expected = expected,
                      .found = found,
                      .wayOut = "Choose a shorter one."});
    }
    return wanted;
}

} // namespace inference
