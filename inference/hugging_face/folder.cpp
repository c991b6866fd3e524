#include "inference/hugging_face/folder.h"

#include "inference/gguf/wording.h"
#include "inference/hugging_face/config_json.h"
#include "inference/hugging_face/json_tree.h"
#include "inference/hugging_face/tensor_names.h"
#include "inference/hugging_face/tokenizer_json.h"
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

// Names of the files that hold the weights.
Result<std::vector<std::string>> weightFiles(const std::filesystem::path &folder)
{
    const std::filesystem::path index = folder / "model.safetensors.index.json";
    std::error_code error;
    if (!std::filesystem::exists(index, error)) {
        if (std::filesystem::exists(folder / "model.safetensors", error))
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
        // A plain name: the index must not lead out of the folder.
        if (!file.is_string() || file.get_ref<const std::string &>().empty() ||
            file.get_ref<const std::string &>().find_first_of(std::string_view("/\\\0", 3)) !=
                std::string::npos ||
            file.get_ref<const std::string &>().front() == '.')
            return damaged("The index names no file of the folder", "tensor " + printable(tensor));
        names.insert(file.get<std::string>());
        if (names.size() > kMaxFiles)
            return damaged("The index names too many files", "more than " + std::to_string(kMaxFiles));
    }
    for (const std::string &name : names)
        if (!std::filesystem::exists(folder / name, error))
            return missing("A file of the model is missing", folder, name);
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
Result<std::optional<FolderTensor>> translated(const SafetensorsTensor &tensor, const FolderConfig &config,
                                               const std::string &where)
{
    std::optional<std::string> name = ggufTensorName(tensor.name, config.layers);
    if (!name || (config.tiedHead && name->starts_with("output.weight")))
        return std::optional<FolderTensor>();
    const std::string at = "tensor " + printable(tensor.name) + " of " + where;
    const std::optional<std::uint32_t> type = ggufType(tensor.type, config.fp8);
    if (!type)
        return Error(ErrorCode::Unsupported,
                     {.what = "A tensor has a type that is not supported",
                      .where = at,
                      .expected = config.fp8 ? "F32, F16, BF16 or F8_E4M3" : "F32, F16 or BF16",
                      .found = safetensorsTypeName(tensor.type)});
    if (tensor.shape.empty() || tensor.shape.size() > 4)
        return Error(ErrorCode::Unsupported, {.what = "A tensor has a shape that is not supported",
                                              .where = at,
                                              .expected = "1 to 4 dimensions",
                                              .found = std::to_string(tensor.shape.size())});
    FolderTensor result;
    result.name = std::move(*name);
    result.ggufType = *type;
    result.dimensions.assign(tensor.shape.rbegin(), tensor.shape.rend());
    result.bytes = tensor.bytes;
    return std::optional(std::move(result));
}

} // namespace

bool isHuggingFaceFolder(const std::filesystem::path &path)
{
    std::error_code error;
    return std::filesystem::is_directory(path, error) && std::filesystem::exists(path / "config.json", error);
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
    if (const Result<void> tokenizer = addTokenizer(folder, config->vocabularySize, metadata); !tokenizer)
        return tokenizer.error();

    const Result<std::vector<std::string>> names = weightFiles(folder);
    if (!names)
        return names.error();
    FolderContent content;
    content.metadata = metadata.file();
    for (const std::string &name : *names) {
        Result<std::unique_ptr<SafetensorsFile>> file = SafetensorsFile::open(folder / name);
        if (!file)
            return file.error();
        for (const SafetensorsTensor &tensor : (*file)->tensors()) {
            Result<std::optional<FolderTensor>> result = translated(tensor, *config, pathText(folder / name));
            if (!result)
                return result.error();
            if (*result) {
                (*result)->file = content.files.size();
                content.tensors.push_back(std::move(**result));
            }
        }
        content.files.push_back(std::move(**file).takeFile());
    }
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
