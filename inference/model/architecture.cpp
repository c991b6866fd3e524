#include "inference/model/architecture.h"

#include "inference/gguf/wording.h"
#include "inference/model/plan_builder.h"

#include <array>

namespace inference {

namespace {

using kernels::RopePairs;

// name, pairs that RoPE turns, rope_freqs.weight, routed experts, MLA, recipe
constexpr std::array kArchitectures{
    ArchitectureTraits{"llama", RopePairs::Adjacent, true, false, false, emitLlama},
    ArchitectureTraits{"qwen2", RopePairs::Half, false, false, false, emitQwen2},
    ArchitectureTraits{"qwen3", RopePairs::Half, false, false, false, emitQwen3},
    ArchitectureTraits{"deepseek", RopePairs::Adjacent, false, true, false, emitDeepSeek},
    ArchitectureTraits{"deepseek2", RopePairs::Adjacent, false, true, true, emitDeepSeek2},
};

} // namespace

const ArchitectureTraits *findArchitecture(std::string_view name)
{
    for (const ArchitectureTraits &traits : kArchitectures)
        if (traits.name == name)
            return &traits;
    return nullptr;
}

Error unsupportedArchitecture(std::string_view name, std::string_view where)
{
    const std::string found = printable(name), supported = supportedArchitectures();
    const std::string what = "The architecture \"" + found + "\" is not supported";
    return Error(ErrorCode::Unsupported,
                 ErrorParts{.what = what,
                            .where = where,
                            .expected = supported,
                            .found = found,
                            .wayOut = "Choose a model of one of these architectures."});
}

std::string supportedArchitectures()
{
    std::string names;
    for (std::size_t i = 0; i < kArchitectures.size(); ++i) {
        if (i > 0)
            names += i + 1 == kArchitectures.size() ? " and " : ", ";
        names += kArchitectures[i].name;
    }
    return names;
}

Result<kernels::Plan> buildPlan(const GgufFile &file, const ModelConfig &config)
{
    const ArchitectureTraits *architecture = findArchitecture(config.architecture);
    if (!architecture)
        return unsupportedArchitecture(config.architecture, pathText(file.path()));
    PlanBuilder builder(file, config);
    architecture->emit(builder);
    return builder.finish();
}

} // namespace inference
