// What the architecture files write their recipes with: tensors bound by name, steps in order.
#pragma once

#include "inference/model/model_config.h"
#include "inference/model/problem_list.h"
#include "kernels/plan.h"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace inference {

// Binds tensors to weights of a plan. A tensor that is missing, has another shape or a type that is not
// supported is a problem in the list; building goes on, so that the list names all of them.
class PlanBuilder
{
public:
    PlanBuilder(const GgufFile &file, const ModelConfig &config);

    const kernels::ModelShape &shape() const { return m_plan.shape; }

    // (rows, columns) of a matrix: columns is the input dimension, GGUF's ne0.
    kernels::WeightId matrix(std::string_view name, std::uint32_t columns, std::uint32_t rows);
    // A norm or a bias. Always F32, as every converter writes it.
    kernels::WeightId vector(std::string_view name, std::uint32_t length);
    // kNoWeight where the file has no such tensor.
    kernels::WeightId optionalMatrix(std::string_view name, std::uint32_t columns, std::uint32_t rows);
    kernels::WeightId optionalVector(std::string_view name, std::uint32_t length);

    void add(kernels::Step step) { m_plan.steps.push_back(std::move(step)); }

    // The plan, or all problems. A tensor that no step uses is one: the file is of a variant that this
    // program does not know, and its answers would be wrong.
    Result<kernels::Plan> finish();

private:
    kernels::WeightId bind(std::string_view name, std::span<const std::uint64_t> dimensions, bool required);

    const GgufFile &m_file;
    std::string m_architecture;
    kernels::Plan m_plan;
    ProblemList m_problems;
    std::vector<bool> m_used; // by the tensor's place in the file
};

// "blk.3.attn_q.weight": names of one layer's tensors.
class LayerNames
{
public:
    explicit LayerNames(std::uint32_t layer) : m_prefix("blk." + std::to_string(layer) + ".") {}
    std::string operator()(std::string_view suffix) const { return m_prefix + std::string(suffix); }

private:
    std::string m_prefix;
};

struct ArchitectureTraits
{
    std::string_view name; // general.architecture
    kernels::RopePairs ropePairs;
    bool ropeDivisors; // rope_freqs.weight, where the file has it, divides the rotation frequencies
    void (*emit)(PlanBuilder &);
};

// Nothing for an architecture that is not supported.
const ArchitectureTraits *findArchitecture(std::string_view name);

// The refusal of an architecture that is not in the table.
Error unsupportedArchitecture(std::string_view name, std::string_view where);

// Divisors of the rotation frequencies (llama3's scaling, baked by the converter): F32 [headDim / 2].
inline constexpr std::string_view kRopeDivisorsTensor = "rope_freqs.weight";

// The recipes, one file each.
void emitLlama(PlanBuilder &builder);
void emitQwen2(PlanBuilder &builder);

} // namespace inference
