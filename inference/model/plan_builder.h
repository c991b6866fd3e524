// What the architecture files write their recipes with: tensors bound by name, steps in order.
#pragma once

#include "inference/model/model_config.h"
#include "inference/model/problem_list.h"
#include "kernels/plan.h"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace inference {

// "blk.3.attn_q.weight": names of one layer's tensors.
class LayerNames
{
public:
    explicit LayerNames(std::uint32_t layer) : m_prefix("blk." + std::to_string(layer) + ".") {}
    std::string operator()(std::string_view suffix) const { return m_prefix + std::string(suffix); }

private:
    std::string m_prefix;
};

// Behind the name of a weight in FP8: the tensor with its scales.
inline constexpr std::string_view kFp8ScaleSuffix = "_scale_inv";

// Binds tensors to weights of a plan. A tensor that is missing, has another shape or a type that is not
// supported is a problem in the list; building goes on, so that the list names all of them.
class PlanBuilder
{
public:
    PlanBuilder(const GgufFile &file, const ModelConfig &config);

    const kernels::ModelShape &shape() const { return m_config.shape; }
    const ModelConfig &config() const { return m_config; }
    bool has(std::string_view name) const { return m_file.findTensor(name) != nullptr; }

    // (rows, columns) of a matrix: columns is the input dimension, GGUF's ne0.
    kernels::WeightId matrix(std::string_view name, std::uint32_t columns, std::uint32_t rows);
    // A norm or a bias, in floats: F32 in GGUF files, as their converters write it.
    kernels::WeightId vector(std::string_view name, std::uint32_t length);
    // kNoWeight where the file has no such tensor.
    kernels::WeightId optionalMatrix(std::string_view name, std::uint32_t columns, std::uint32_t rows);
    kernels::WeightId optionalVector(std::string_view name, std::uint32_t length);

    // One matrix an expert as one weight, a stack: a tensor with a third dimension, "ffn_down_exps", or
    // (files of early 2024) one tensor for each, "ffn_down.7".
    kernels::WeightId experts(const LayerNames &layer, std::string_view part, std::uint32_t columns,
                              std::uint32_t rows);
    // Gate and up of all experts, which some files merge into ffn_gate_up_exps: an expert's gate rows, then
    // its up rows.
    std::pair<kernels::WeightId, kernels::WeightId> gateAndUpExperts(const LayerNames &layer);
    // What makes keys and values of MLA's latents, from either convention of the format: attn_k_b and
    // attn_v_b, or attn_kv_b, whose keys are transposed here, once.
    kernels::MlaUp mlaUp(const LayerNames &layer);

    void add(kernels::Step step) { m_plan.steps.push_back(std::move(step)); }

    // The plan, or all problems. A tensor that no step uses is one: the file is of a variant that this
    // program does not know, and its answers would be wrong.
    Result<kernels::Plan> finish();

private:
    std::optional<kernels::WeightView> find(std::string_view name, std::span<const std::uint64_t> dimensions,
                                            bool required);
    // A tensor of `count` matrices one behind the other, with a third dimension or with all rows in the
    // second.
    std::optional<kernels::WeightView> findStack(std::string_view name, std::uint32_t columns,
                                                 std::uint32_t rows, std::uint32_t count);
    bool addScales(kernels::WeightView &weight);
    kernels::WeightView transposed(const kernels::WeightView &stack);
    kernels::WeightId push(std::optional<kernels::WeightView> view);

    const GgufFile &m_file;
    const ModelConfig &m_config;
    kernels::Plan m_plan;
    ProblemList m_problems;
    std::vector<bool> m_used; // by the tensor's place in the file
};

struct ArchitectureTraits
{
    std::string_view name; // general.architecture
    kernels::RopePairs ropePairs;
    bool ropeDivisors; // rope_freqs.weight, where the file has it, divides the rotation frequencies
    bool experts;      // routed experts
    bool mla;          // multi-head latent attention
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
void emitQwen3(PlanBuilder &builder);
void emitDeepSeek(PlanBuilder &builder);
void emitDeepSeek2(PlanBuilder &builder);

} // namespace inference
