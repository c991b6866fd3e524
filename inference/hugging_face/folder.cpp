#include "inference/hugging_face/folder.h"

#include "inference/gguf/wording.h"
#include "inference/hugging_face/config_json.h"
#include "inference/hugging_face/json_tree.h"
#include "inference/hugging_face/tensor_names.h"
#include "inference/hugging_face/tokenizer_json.h"
#include "inference/model/problem_list.h"
#include "inference/safetensors/safetensors_file.h"
#include "kernels/element_type.h"

#include <algorithm>
#include <set>

namespace inference {

namespace {

constexpr std::size_t kMaxConfigBytes = 4u << 20;
constexpr std::size_t kMaxFiles = 1024;

Error missing(std::string_view what, const std::filesystem::path &folder, std::string_view expected)
{
    const std::string where = pathText(folder);
    return {
        ErrorCode::NotFound,
        {.what = what, .where = where, .expected = expected, .wayOut = "Download the whole folder again."}};
}

// The index must not lead out of the folder, nor to what no file system has.
bool isPlainName(std::string_view name)
{
    return !name.empty() && name.size() <= 255 && name.front() != '.' &&
           name.find_first_of(std::string_view("/\\\0", 3)) == name.npos;
}

// Names of the files that hold the weights.
Result<std::vector<std::string>> weightFiles(const std::filesystem::path &folder)
{
    const std::filesystem::path index = folder / "model.safetensors.index.json";
    if (!isThere(index)) {
        if (isThere(folder / "model.safetensors"))
            return std::vector<std::string>{"model.safetensors"};
        return missing("The folder has no weights", folder,
                       "model.safetensors, or model.safetensors.index.json and the files it names");
    }
    const Result<nlohmann::json> json = readOptionalJsonObject(index);
    if (!json)
        return json.error();
    const std::string where = pathText(index);
    const auto damaged = [&](std::string_view what, const std::string &found) {
        return Error(ErrorCode::Damaged,
                     {.what = what, .where = where, .found = found, .wayOut = "Download the file again."});
    };
    const auto map = json->find("weight_map");
    if (map == json->end() || !map->is_object() || map->empty())
        return damaged("The index names no weights", "no weight_map");
    std::set<std::string> names;
    for (const auto &[tensor, file] : map->items()) {
        if (!file.is_string() || !isPlainName(file.get_ref<const std::string &>()))
            return damaged("The index names no file of the folder", "tensor " + printable(tensor));
        names.insert(file.get<std::string>());
        if (names.size() > kMaxFiles)
            return damaged("The index names too many files", "more than " + std::to_string(kMaxFiles));
    }
    for (const std::string &name : names)
        if (!isThere(folder / name))
            return missing("A file of the model is missing", folder, printable(name, 255));
    return std::vector<std::string>(names.begin(), names.end());
}

std::optional<std::uint32_t> ggufType(SafetensorsType type, bool fp8)
{
    switch (type) {
    case SafetensorsType::F32:
        return std::uint32_t(kernels::ElementType::F32);
    case SafetensorsType::F16:
        return std::uint32_t(kernels::ElementType::F16);
    case SafetensorsType::BF16:
        return std::uint32_t(kernels::ElementType::BF16);
    case SafetensorsType::F8_E4M3:
        return fp8 ? std::optional(std::uint32_t(kernels::ElementType::F8_E4M3)) : std::nullopt;
    default:
        return std::nullopt;
    }
}

// A tensor under GGUF's name, its dimensions in GGUF's order; nothing for one that is left out.
std::optional<FolderTensor> translated(const SafetensorsTensor &tensor, const FolderConfig &config,
                                       ProblemList &problems)
{
    std::optional<std::string> name = ggufTensorName(tensor.name, config.layers);
    if (!name || (config.tiedHead && name->starts_with("output.weight")))
        return std::nullopt;
    const std::string what = "tensor " + printable(tensor.name);
    const std::optional<std::uint32_t> type = ggufType(tensor.type, config.fp8);
    if (!type) {
        problems.add(ProblemList::Kind::Unsupported,
                     what + " has an unsupported type, expected " +
                         (config.fp8 ? "F32, F16, BF16 or F8_E4M3" : "F32, F16 or BF16") + ", found " +
                         std::string(safetensorsTypeName(tensor.type)));
        return std::nullopt;
    }
    if (tensor.shape.empty() || tensor.shape.size() > 4) {
        problems.add(ProblemList::Kind::Unsupported,
                     what + " has " + std::to_string(tensor.shape.size()) + " dimensions, expected 1 to 4");
        return std::nullopt;
    }
    FolderTensor result;
    result.name = std::move(*name);
    result.ggufType = *type;
    result.dimensions.assign(tensor.shape.rbegin(), tensor.shape.rend());
    result.bytes = tensor.bytes;
    return result;
}

// Rows of the embedding are what config.json calls vocab_size. Checked before a token list of that length is
// made.
void checkVocabulary(const FolderContent &content, const FolderConfig &config, ProblemList &problems)
{
    const auto embedding =
        std::find_if(content.tensors.begin(), content.tensors.end(),
                     [](const FolderTensor &tensor) { return tensor.name == "token_embd.weight"; });
    if (embedding == content.tensors.end())
        problems.add(ProblemList::Kind::Damaged, "tensor token_embd.weight is missing");
    else if (embedding->dimensions.size() != 2 || embedding->dimensions[1] != config.vocabularySize)
        problems.add(ProblemList::Kind::Damaged, "tensor token_embd.weight has another shape, expected " +
                                                     std::to_string(config.vocabularySize) + " rows, found " +
                                                     dimensionText(embedding->dimensions));
}

} // namespace

bool isHuggingFaceFolder(const std::filesystem::path &path)
{
    std::error_code error;
    return std::filesystem::is_directory(path, error) && isThere(path / "config.json");
}

Result<std::unique_ptr<GgufFile>> openHuggingFaceFolder(const std::filesystem::path &folder)
{
    const std::filesystem::path configPath = folder / "config.json";
    const Result<std::optional<std::string>> json = readOptionalText(configPath, kMaxConfigBytes);
    if (!json)
        return json.error();
    if (!*json)
        return missing("The folder has no configuration", folder, "config.json");
    MetadataWriter metadata;
    const Result<FolderConfig> config = readConfigJson(**json, pathText(configPath), metadata);
    if (!config)
        return config.error();
    metadata.add("general.name",
                 printable(std::filesystem::absolute(folder / ".").parent_path().filename().string()));
    metadata.add("baleen.rows_as_trained", true);

    const Result<std::vector<std::string>> names = weightFiles(folder);
    if (!names)
        return names.error();
    FolderContent content;
    ProblemList problems;
    for (const std::string &name : *names) {
        Result<std::unique_ptr<SafetensorsFile>> file = SafetensorsFile::open(folder / name);
        if (!file)
            return file.error();
        for (const SafetensorsTensor &tensor : (*file)->tensors()) {
            if (std::optional<FolderTensor> result = translated(tensor, *config, problems)) {
                result->file = content.files.size();
                content.tensors.push_back(std::move(*result));
            }
        }
        content.files.push_back(std::move(**file).takeFile());
    }
    if (problems.empty())
        checkVocabulary(content, *config, problems);
    if (!problems.empty())
        return problems.toError(pathText(folder));
    if (const Result<void> tokenizer = addTokenizer(folder, config->vocabularySize, metadata); !tokenizer)
        return tokenizer.error();
    content.metadata = metadata.file();
    if (!config->ropeDivisors.empty()) {
        FolderTensor divisors;
        divisors.name = "rope_freqs.weight";
        divisors.ggufType = std::uint32_t(kernels::ElementType::F32);
        divisors.dimensions = {config->ropeDivisors.size()};
        const auto bytes = std::as_bytes(std::span(config->ropeDivisors));
        divisors.ownBytes.assign(bytes.begin(), bytes.end());
        content.tensors.push_back(std::move(divisors));
    }
    return GgufFile::openFolder(folder, std::move(content));
}

} // namespace inference
