#include "inference/chat/recommended_sampling.h"

#include "inference/gguf/gguf_file.h"
#include "inference/sampler.h"

#include <optional>

namespace inference {

namespace {

struct FamilyRow
{
    std::string_view format;                     // ChatFormat::name()
    std::string_view architecture, preTokenizer; // empty: any
    bool thinks;                                 // ChatFormat::canThink()
    float temperature, topP;
    std::uint32_t topK;
    float repeatPenalty;
    std::string_view source;
};

constexpr std::uint32_t kTopK = SamplingOptions().topK; // where the makers name none

// The first row that fits counts.
constexpr FamilyRow kFamilyRows[] = {
    // Loops when greedy: "0.5 to 0.7, 0.6 is recommended".
    {"deepseek-r1", "", "", true, 0.6f, 0.95f, kTopK, 1, "model card of DeepSeek-R1"},
    {"deepseek-v3.1", "", "", true, 0.6f, 0.95f, kTopK, 1, "generation_config.json of DeepSeek-V3.1"},
    // V3-0324's card has the temperature; generation_config.json of V2.5, which has this format, has both.
    {"deepseek-v3", "", "", false, 0.3f, 0.95f, kTopK, 1, "model card of DeepSeek-V3-0324"},
    {"deepseek-llm", "deepseek2", "", false, 0.3f, 0.95f, kTopK, 1, "generation_config.json of DeepSeek-V2"},
    {"deepseek-llm", "", "", false, 0.7f, 0.95f, kTopK, 1, "generation_config.json of DeepSeek LLM"},
    // The card's example of a chat has do_sample=False.
    {"deepseek-coder", "", "", false, 0.0f, 0.95f, kTopK, 1, "model card of DeepSeek Coder"},
    {"chatml", "", "smollm", false, 0.2f, 0.9f, kTopK, 1, "model card of SmolLM2"},
    {"chatml", "qwen3", "", true, 0.6f, 0.95f, 20, 1, "model card of Qwen3, thinking"},
    {"chatml", "qwen3", "", false, 0.7f, 0.8f, 20, 1, "model card of Qwen3, not thinking"},
    {"chatml", "qwen2", "", false, 0.7f, 0.8f, 20, 1.05f, "generation_config.json of Qwen2.5"},
    {"llama3", "", "", false, 0.6f, 0.9f, kTopK, 1, "generation_config.json of Llama 3"},
};

bool fits(std::string_view wanted, std::string_view found)
{
    return wanted.empty() || wanted == found;
}

// True when the key is there and is a number that makes sense by itself.
bool readFloat(const GgufFile &file, std::string_view key, float &out)
{
    const Result<std::optional<float>> value = file.optionalF32(key);
    if (!value || !*value)
        return false;
    out = **value;
    return true;
}

// Below 0 is off, as 0 is.
bool readCount(const GgufFile &file, std::string_view key, std::uint32_t &out)
{
    const GgufValue *value = file.find(key);
    if (!value)
        return false;
    if (const auto *number = std::get_if<std::int64_t>(value); number && *number < 0) {
        out = 0;
        return true;
    }
    const Result<std::optional<std::uint32_t>> count = file.optionalU32(key);
    if (!count || !*count)
        return false;
    out = **count;
    return true;
}

// What the file says, over `options`; false when it says nothing, or something that no sampler can do.
bool readFile(const GgufFile &file, SamplingOptions &options)
{
    SamplingOptions read = options;
    bool any = readFloat(file, "general.sampling.temp", read.temperature);
    any |= readFloat(file, "general.sampling.top_p", read.topP);
    any |= readFloat(file, "general.sampling.min_p", read.minP);
    any |= readFloat(file, "general.sampling.penalty_repeat", read.repeatPenalty);
    any |= readCount(file, "general.sampling.top_k", read.topK);
    if (!any || !checkSamplingOptions(read))
        return false;
    options = read;
    return true;
}

} // namespace

RecommendedSampling recommendedSampling(const GgufFile &file, const Tokenizer &tokenizer,
                                        const ChatFormat &format)
{
    RecommendedSampling advice;
    std::string_view architecture;
    if (const auto found = file.optionalString("general.architecture"))
        architecture = found->value_or("");
    for (const FamilyRow &row : kFamilyRows) {
        if (row.format != format.name() || row.thinks != format.canThink() ||
            !fits(row.architecture, architecture) || !fits(row.preTokenizer, tokenizer.preTokenizer()))
            continue;
        advice.options.temperature = row.temperature;
        advice.options.topP = row.topP;
        advice.options.topK = row.topK;
        advice.options.repeatPenalty = row.repeatPenalty;
        advice.source = row.source;
        break;
    }
    SamplingOptions ofFile; // not mixed with the family's: the makers of a file thought of all of it
    if (readFile(file, ofFile)) {
        advice.options = ofFile;
        advice.source = "the file itself";
    }
    return advice;
}

} // namespace inference
