// What a model computes, as a flat array of coarse steps that every backend understands.
//
// An architecture (inference/model/) emits a plan once, at load. A step is the largest unit that the CPU would run
// as one parallel region and a GPU as one or two kernels. T is the number of tokens of one run.
#pragma once

#include "kernels/element_type.h"

#include <cstdint>
#include <limits>
#include <string>
#include <variant>
#include <vector>

namespace kernels {

// A matrix of weights, row-major, as it lies in the mapped file. Not owned: the file outlives every plan.
struct WeightView
{
    std::string name; // tensor name, for messages
    ElementType type = ElementType::F32;
    std::uint32_t columns = 0; // input dimension; GGUF's ne0. A vector has rows == 1
    std::uint32_t rows = 0;    // output dimension; GGUF's ne1
    const std::byte *bytes = nullptr;

    std::size_t rowBytes() const
    {
        const ElementTypeTraits &traits = traitsOf(type);
        return std::size_t(columns) / traits.blockLength * traits.blockBytes;
    }
    std::size_t byteSize() const { return rowBytes() * rows; }
};

// Index into Plan::weights; kNoWeight where a model has no such tensor (a bias, say).
using WeightId = std::uint32_t;
inline constexpr WeightId kNoWeight = std::numeric_limits<WeightId>::max();

// Which two elements of a head RoPE rotates together (reference/deepseek-models.md section 2).
enum class RopePairs {
    Adjacent, // (2i, 2i + 1): llama GGUF files, whose q and k rows were permuted for it
    Half      // (i, i + d/2): qwen2
};

// The numbers that every step shares. All of them come from the model file.
struct ModelShape
{
    std::uint32_t hiddenSize = 0;
    std::uint32_t layers = 0;
    std::uint32_t attentionHeads = 0;
    std::uint32_t keyValueHeads = 0; // divides attentionHeads: head j reads KV head j / (heads / kvHeads)
    std::uint32_t headDim = 0;
    std::uint32_t intermediateSize = 0;
    std::uint32_t vocabularySize = 0;
    float rmsNormEpsilon = 0;
    RopePairs ropePairs = RopePairs::Adjacent;
    std::vector<float> ropeInverseFrequencies; // (headDim / 2) radians per position, scaling already applied
};

// residual(T, hidden) = rows of the embedding
struct EmbedStep
{
    WeightId embedding; // (vocabulary, hidden)
};

// normed(T, hidden) = residual / sqrt(mean(residual^2) + eps) * norm, quantised for the products that follow
struct NormQuantStep
{
    WeightId norm; // (hidden)
};

// q(T, heads, headDim), and one row of the K and V cache of this layer per token: product, bias, RoPE, write
struct QkvRopeKvStep
{
    std::uint32_t layer;
    WeightId q, k, v;             // (heads * headDim, hidden), (kvHeads * headDim, hidden) twice
    WeightId qBias, kBias, vBias; // vectors or kNoWeight
};

// attended(T, heads * headDim) = softmax(q k^T / sqrt(headDim), causal) v
struct AttentionStep
{
    std::uint32_t layer;
};

// residual += output * attended
struct OutResidualStep
{
    WeightId output; // (hidden, heads * headDim)
    WeightId bias;   // vector or kNoWeight
};

// activated(T, intermediate) = silu(gate * normed) * (up * normed)
struct GateUpActStep
{
    WeightId gate, up; // (intermediate, hidden)
};

// residual += down * activated
struct DownResidualStep
{
    WeightId down; // (hidden, intermediate)
};

// logits(wanted tokens, vocabulary) = head * normed
struct HeadStep
{
    WeightId norm; // (hidden), the final norm
    WeightId head; // (vocabulary, hidden); the embedding where the model ties the two
};

using Step = std::variant<EmbedStep, NormQuantStep, QkvRopeKvStep, AttentionStep, OutResidualStep, GateUpActStep,
                          DownResidualStep, HeadStep>;

struct Plan
{
    ModelShape shape;
    std::vector<WeightView> weights;
    std::vector<Step> steps;
};

// The name of a step kind, the same in logs, benchmarks and both backends.
std::string_view stepName(const Step &step);

} // namespace kernels
