// What a model computes, as a flat array of coarse steps that every backend understands.
//
// An architecture (inference/model/) emits a plan once, at load. A step is the largest unit that the CPU
// would run as one parallel region and a GPU as one or two kernels. T is the number of tokens of one run.
#pragma once

#include "kernels/element_type.h"

#include <cmath>
#include <cstdint>
#include <limits>
#include <memory>
#include <string>
#include <variant>
#include <vector>

namespace kernels {

// The scales of a matrix in F8_E4M3, those of the tensor that it is all of or some rows of: one for each
// block of kFp8Block rows and columns, (fp8Blocks(rows of the tensor), fp8Blocks(columns)). Not owned:
// Plan::scales has them.
struct Fp8Scales
{
    const float *values = nullptr;
    std::uint32_t firstRow = 0; // of the matrix, in the tensor

    // Of one row of the matrix, a scale for each block of columns.
    const float *ofRow(std::uint32_t row, std::uint32_t columns) const
    {
        return values + std::size_t(firstRow + row) / kFp8Block * fp8Blocks(columns);
    }
};

// A matrix of weights, row-major, as it lies in the mapped file. Not owned: the file, or Plan::derived,
// outlives it. Or a stack of such matrices, one an expert or a head, each somewhere in the file.
struct WeightView
{
    std::string name; // tensor name, for messages
    ElementType type = ElementType::F32;
    std::uint32_t columns = 0;            // input dimension; GGUF's ne0. A vector has rows == 1
    std::uint32_t rows = 0;               // output dimension; GGUF's ne1
    const std::byte *bytes = nullptr;     // of the first matrix
    std::vector<const std::byte *> stack; // of every matrix; empty where there is only one
    std::vector<Fp8Scales> scales;        // F8_E4M3: one for each matrix; else empty

    std::size_t rowBytes() const
    {
        const ElementTypeTraits &traits = traitsOf(type);
        return std::size_t(columns) / traits.blockLength * traits.blockBytes;
    }
    std::size_t matrices() const { return stack.empty() ? 1 : stack.size(); }
    const std::byte *matrix(std::size_t index) const { return stack.empty() ? bytes : stack[index]; }
    Fp8Scales scalesOf(std::size_t index) const { return scales.empty() ? Fp8Scales() : scales[index]; }
    std::size_t byteSize() const { return rowBytes() * rows * matrices(); }
};

// Index into Plan::weights; kNoWeight where a model has no such tensor (a bias, say).
using WeightId = std::uint32_t;
inline constexpr WeightId kNoWeight = std::numeric_limits<WeightId>::max();

// Which two elements of a head RoPE rotates together (reference/deepseek-models.md section 2).
enum class RopePairs {
    Adjacent, // (2i, 2i + 1): llama GGUF files, whose q and k rows were permuted for it
    Half      // (i, i + d/2): qwen2
};

// Multi-head latent attention (DeepSeek-V2, arXiv 2405.04434, section 2.1): keys and values of all heads come
// from one latent vector a token, c, and one rotated key that they share.
struct MlaShape
{
    std::uint32_t latentSize = 0;      // kv_lora_rank; 0: the model has ordinary attention
    std::uint32_t queryLatentSize = 0; // q_lora_rank; 0: queries come straight from the hidden state
    std::uint32_t nopeDim = 0;         // of a head's query and key, [nope | rope]: headDim is their sum
    std::uint32_t ropeDim = 0;
    std::uint32_t valueDim = 0; // of a head's value
    float normEpsilon = 1e-6f;  // of the latents' norms; no key of the files changes it
};

// The numbers that every step shares. All of them come from the model file.
struct ModelShape
{
    std::uint32_t hiddenSize = 0;
    std::uint32_t layers = 0;
    std::uint32_t attentionHeads = 0;
    std::uint32_t keyValueHeads = 0; // divides attentionHeads: head j reads KV head j / (heads / kvHeads)
    std::uint32_t headDim = 0;
    std::uint32_t intermediateSize = 0; // of the widest dense feed-forward part, shared experts included
    std::uint32_t vocabularySize = 0;
    float rmsNormEpsilon = 0;
    RopePairs ropePairs = RopePairs::Adjacent;
    std::vector<float> ropeInverseFrequencies; // radians per position and pair, scaling already applied
    float ropeAmplitude = 1;                   // YaRN: cosines and sines are multiplied with it
    float attentionScaleFactor = 1;            // YaRN in MLA models: mscale squared
    MlaShape mla;

    bool hasMla() const { return mla.latentSize != 0; }
    std::uint32_t valueDim() const { return hasMla() ? mla.valueDim : headDim; }
    std::uint32_t rotatedDim() const { return hasMla() ? mla.ropeDim : headDim; }
    // What scores are multiplied with.
    double attentionScale() const { return double(attentionScaleFactor) / std::sqrt(double(headDim)); }
};

// residual(T, hidden) = rows of the embedding; and what RoPE needs of the run's positions
struct EmbedStep
{
    WeightId embedding; // (vocabulary, hidden); kNoWeight in a part of a plan (plan_split.h) whose residual comes from the other one
};

// normed(T, hidden) = residual / sqrt(mean(residual^2) + eps) * norm, quantised for the products that follow
struct NormQuantStep
{
    enum class Reader { Attention, FeedForward };

    WeightId norm; // (hidden)
    Reader reader = Reader::Attention; // the products
};

// q(T, heads, headDim), and one row of the K and V cache of this layer per token: product, bias, norm, RoPE,
// write
struct QkvRopeKvStep
{
    std::uint32_t layer;
    WeightId q, k, v; // (heads * headDim, hidden), (kvHeads * headDim, hidden) twice
    WeightId qBias = kNoWeight, kBias = kNoWeight, vBias = kNoWeight;
    WeightId qNorm = kNoWeight, kNorm = kNoWeight; // (headDim): RMSNorm of each head (Qwen3)
};

// attended(T, heads * headDim) = softmax(q k^T * attentionScale, causal) v
struct AttentionStep
{
    std::uint32_t layer;
};

// What makes keys and values of a latent, stacks of one matrix a head: its nope key is key^T c, its value is
// value c.
struct MlaUp
{
    WeightId key;   // (latent, nopeDim)
    WeightId value; // (valueDim, latent)
};

// The same two for MLA. Expanded: keys and values of all heads are made of c, attention is ordinary.
// Absorbed: the cache holds [c | rotated key], which all heads attend to with the query [up.key q_nope |
// rotated query], and a head's result is up.value times its weighted sum of c. Both are the same function
// (reference/deepseek-models.md section 2).
struct MlaQkvStep
{
    std::uint32_t layer;
    WeightId q;                                    // (heads * headDim, queryLatent, or hidden without one)
    WeightId qDown = kNoWeight, qNorm = kNoWeight; // (queryLatent, hidden), (queryLatent); both or none
    WeightId kvDown, kvNorm;                       // (latent + ropeDim, hidden); (latent): the norm of c
    MlaUp up;
};

struct MlaAttentionStep
{
    std::uint32_t layer;
    MlaUp up;
};

// residual += output * attended
struct OutResidualStep
{
    WeightId output; // (hidden, heads * valueDim)
    WeightId bias = kNoWeight;
};

// activated(T, rows of gate) = silu(gate * normed) * (up * normed). Also the shared experts, which read the
// same normed as the routed ones.
struct GateUpActStep
{
    WeightId gate, up; // (intermediate, hidden)
};

// residual += down * activated
struct DownResidualStep
{
    WeightId down; // (hidden, intermediate)
};

enum class RouterScore {
    Softmax, // over all experts (DeepSeek-V1, V2)
    Sigmoid  // each for itself (V3)
};

// What a group of experts is ranked by, where only experts of the best groups can be chosen.
enum class GroupRank {
    Maximum,  // the best score of the group (V2)
    TopTwoSum // the sum of its best two (V3)
};

// The experts of each token and their weights: scores = score(router * normed) in float. Chosen are the best
// by score + bias, among the best groups; equal ones by the lower number. Weights are the scores without the
// bias.
struct RouterStep
{
    WeightId router;           // (experts, hidden)
    WeightId bias = kNoWeight; // (experts): for the choice alone
    std::uint32_t experts = 0;
    std::uint32_t used = 0; // of each token
    RouterScore score = RouterScore::Softmax;
    std::uint32_t groups = 1, groupsUsed = 1; // groups divide experts
    GroupRank groupRank = GroupRank::Maximum;
    bool normalised = false; // weights are divided by their sum + 1e-20
    float scale = 1;         // and multiplied with this
};

// residual += sum over the token's experts of weight * down (silu(gate normed) * (up normed))
struct MoeFfnStep
{
    WeightId gate, up; // stacks of one an expert: (expert intermediate, hidden)
    WeightId down;     // stack: (hidden, expert intermediate)
};

// logits(wanted tokens, vocabulary) = head * normed
struct HeadStep
{
    WeightId norm; // (hidden), the final norm
    WeightId head; // (vocabulary, hidden); the embedding where the model ties the two
};

using Step =
    std::variant<EmbedStep, NormQuantStep, QkvRopeKvStep, AttentionStep, MlaQkvStep, MlaAttentionStep,
                 OutResidualStep, GateUpActStep, DownResidualStep, RouterStep, MoeFfnStep, HeadStep>;

struct Plan
{
    ModelShape shape;
    std::vector<WeightView> weights;
    std::vector<Step> steps;
    // Weights that are not in the file as a step needs them, made once at load; views point into them.
    std::vector<std::shared_ptr<const std::vector<std::byte>>> derived;
    // Of weights in F8_E4M3, copied from the file at load, once they are checked.
    std::vector<std::shared_ptr<const std::vector<float>>> scales;
    // Of one part of a plan that two backends share (plan_split.h): the first step of each segment, 0 the first of them, and
    // whether the other part has routed experts. A whole plan has no segments.
    std::vector<std::size_t> segments;
    bool expertsElsewhere = false;
};

// The name of a step kind, the same in logs, benchmarks and both backends.
std::string_view stepName(const Step &step);

// The part of the model that a step belongs to, for messages: "the embedding", "layer 3, attention", "layer
// 3, feed-forward", "the output". Layers count from 0, as in the names of tensors. step: below
// plan.steps.size().
std::string stepPlace(const Plan &plan, std::size_t step);
// Of the model: the other part of a plan counts as well.
bool hasRoutedExperts(const Plan &plan);

// Steps [first, end) of a plan.
struct StepRange
{
    std::size_t first = 0, end = 0;
};
// The segments of a plan; a whole plan is one.
std::vector<StepRange> segmentsOf(const Plan &plan);

} // namespace kernels
