#include "inference/model/sparse_attention.h"

#include "inference/gguf/wording.h"

#include <algorithm>
#include <array>

namespace inference {

namespace {

constexpr std::uint32_t kPublishedTokens = 2048; // index_topk of every V3.2 there is
constexpr std::string_view kKeys = ".attention.indexer.";

// "DeepSeek-V3.2-Exp", "deepseek_v3_2"; not "V3.20".
bool namesV32(std::string_view name)
{
    std::string lower(name);
    std::transform(lower.begin(), lower.end(), lower.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c; });
    for (std::size_t at = lower.find("v3"); at != std::string::npos; at = lower.find("v3", at + 1)) {
        const std::string_view rest = std::string_view(lower).substr(at + 2);
        if (rest.size() >= 2 && (rest[0] == '.' || rest[0] == '_') && rest[1] == '2' &&
            (rest.size() == 2 || rest[2] < '0' || rest[2] > '9'))
            return true;
    }
    return false;
}

} // namespace

std::optional<Error> refuseIndexer(const GgufFile &file, std::string_view supported)
{
    const auto tensors = file.tensors();
    const auto indexer = std::find_if(tensors.begin(), tensors.end(), [](const GgufTensor &tensor) {
        return tensor.name.find("indexer.") != std::string_view::npos;
    });
    if (indexer == tensors.end())
        return std::nullopt;
    const std::string where = pathText(file.path());
    const std::string expected =
        std::string(supported) + ", V3.2 without the indexer's tensors among deepseek2";
    const std::string found = "tensor " + printable(indexer->name);
    return Error(ErrorCode::Unsupported,
                 {.what = "The sparse attention of DeepSeek-V3.2 is not supported",
                  .where = where,
                  .expected = expected,
                  .found = found,
                  .wayOut = "Choose a conversion without the indexer, or another model."});
}

std::uint32_t tokensOfMissingIndexer(const GgufFile &file)
{
    bool isV32 = false;
    for (const auto &[key, value] : file.metadata()) {
        const std::size_t at = key.find(kKeys);
        if (at == std::string_view::npos)
            continue;
        isV32 = true;
        const auto *number = std::get_if<std::uint64_t>(&value);
        if (key.substr(at + kKeys.size()) == "top_k" && number && *number > 0 && *number <= UINT32_MAX)
            return std::uint32_t(*number);
    }
    bool named = false;
    for (const char *key : {"general.name", "general.basename", "general.finetune", "general.version",
                            "general.base_model.0.name"})
        if (const auto text = file.optionalString(key); text && *text) {
            named = named || std::string_view(key) == "general.name";
            isV32 = isV32 || namesV32(**text);
        }
    return isV32 || (!named && namesV32(file.path().filename().native())) ? kPublishedTokens : 0;
}

std::string denseAttentionNote(std::uint32_t tokens)
{
    const std::string count = grouped(tokens);
    return "This DeepSeek-V3.2 has no indexer and runs with dense attention: above " + count +
           " tokens, where the original looks at the " + count +
           " that matter most, it looks at all of them, and answers can differ.";
}

} // namespace inference
