// The inner loops of the CPU backend: one table of functions per instruction set.
//
// Every instruction set does the same arithmetic in the same order for one output value, so that a result does not
// depend on how many tokens are computed together: integer dot products of 32 (or 16) weights are exact, and each
// output accumulates its scaled blocks one after the other.
#pragma once

#include "kernels/element_type.h"
#include "kernels/kv_cache_type.h"

#include <cstddef>
#include <cstdint>

// The vector functions are worth their name only inside the loop that calls them. The scalar ones are loops of their
// own: forced in, they would make a translation unit that takes minutes to compile.
#ifndef KERNELS_INLINE
#define KERNELS_INLINE static inline __attribute__((always_inline))
#define KERNELS_INLINE_MEMBER inline __attribute__((always_inline))
#endif

namespace kernels {

inline constexpr std::uint32_t kQuantBlock = 32;  // activations are quantised by 32
inline constexpr float kQuantMaximum = 127 * 256; // the largest quantised activation
inline constexpr std::uint32_t kOutlierGroup = 4; // activations of a block that may be large beside the others
inline constexpr std::uint32_t kRowGroup = 16;    // weights rows that are computed together
inline constexpr std::uint32_t kPanelColumns = 1024; // weights of a row that are unpacked at a time for many tokens
inline constexpr std::uint32_t kGroupsTogether = 4;  // row groups that share a slice of activations in the L2 cache

// How many bits an activation gets.
enum class QuantForm : std::uint8_t {
    Full,     // 16 bits each: the scale of a block is its absolute maximum / 32512
    Outliers, // 8 bits, the 4 neighbours with the block's maximum 16: the scale is that of the other 28, their maximum / 127
};

// Rows of activations as two planes of 8 bits that the byte dot products take: x = scale * (256 * high + low), one scale
// for 32 values, both planes within -127 .. 127.
//
// One activation of a block is often many times as large as the others, so that 8 bits for all of them, which is what
// other engines have, leave these little. Mean KL divergence from the float reference, 256 tokens of prose, SmolLM2 and
// Qwen2.5-Coder 1.5B: 8 bits 3.4e-3 and 2.1e-3; 8 bits with outliers 5.3e-4 and 3.9e-4, for a ninth dot product beside 8;
// 16 bits 6e-7 and 6e-6, for sixteen.
// Float scales: reference/performance.md 3.1 (half precision overflows with DeepSeek-R1's activations).
struct QuantRows
{
    std::int8_t *q = nullptr;     // (rows, columns / 32, 2, 32): 32 high bytes, then their 32 low ones
    float *scales = nullptr;      // (rows, columns / 32)
    float *sums16 = nullptr;      // (rows, columns / 16): scale * sum of the values, what a weight offset is multiplied with
    float *sums32 = nullptr;      // (rows, columns / 32)
    std::int32_t *negated16 = nullptr; // (rows, columns / 16): minus the sum of the values without scale, for weights with
    std::int32_t *negated32 = nullptr; // (rows, columns / 32)  a zero point: exact
    std::uint8_t *outliers = nullptr; // (rows, columns / 32): the group of 4 whose high bytes are not 0; Outliers only
    std::uint32_t columns = 0;    // a multiple of 32
    QuantForm form = QuantForm::Full; // of all rows that are written or read by this

    // Elements of q from the first row to row `row`, column `column` (a multiple of 32).
    KERNELS_INLINE_MEMBER static std::size_t planeOffset(std::uint32_t columns, std::size_t row, std::uint32_t column)
    {
        return 2 * (row * columns + column);
    }
};

// Memory that one thread needs for matmul(): matmulScratchBytes() of it.
struct MatmulScratch
{
    std::uint8_t *bytes = nullptr; // 64-byte aligned
};

// out(t, row) = weights(row, :) . activations(t, :), for groupCount groups of 16 rows from the first.
struct MatmulTask
{
    ElementType type = ElementType::F32;
    const std::byte *weights = nullptr; // first row of the first group
    std::size_t rowBytes = 0;
    std::uint32_t rows = 0;    // to compute; the last group may be cut short
    std::uint32_t columns = 0;
    std::uint32_t tokens = 0;
    const QuantRows *quantised = nullptr; // for block types
    const float *floats = nullptr;        // (tokens, columns), for F32, F16, BF16 and F8_E4M3
    const float *scales = nullptr;        // F8_E4M3: of the tensor, see Fp8Scales (kernels/plan.h)
    std::uint32_t scaleRow = 0;           // the tensor's row that the task's first row is
    float *out = nullptr;                 // row 0 of the task at token 0
    std::size_t outStride = 0;            // floats from one token to the next
    MatmulScratch scratch;
};

inline constexpr std::uint32_t kChunkPages = 4;
inline constexpr std::uint32_t kAttentionChunk = 256; // keys: kChunkPages pages (kernels/backend.h)
inline constexpr std::uint32_t kAttentionQueries = 8; // query rows that are computed together, at most
inline constexpr float kNoScore = -3.0e38f;           // of a key that is not seen

// What a query makes of some keys: values = sum of e^(score - maximum) * value, total = sum of e^(score - maximum), 0 where
// it sees none of them. Not owned.
struct AttentionPart
{
    float *values = nullptr; // (valueDim)
    float maximum = 0, total = 0;
};

// Softmax attention of some query rows that share one KV head, over the keys of a chunk.
// Keys are stored transposed (keyDim, 64), values (64, valueDim), in half precision. With byteDims the first dimensions of the
// keys and all of the values are bytes, with their scales behind keys and values, floats (kvBlocks(byteDims or valueDim), 64).
// Without value pages, values are the first valueDim dimensions of the keys (MLA), all of one type, and pages must hold numbers
// beyond the last key as well.
struct AttentionTask
{
    const float *const *queries = nullptr; // queryCount pointers to (keyDim) floats
    AttentionPart *parts = nullptr;        // of each query, to be written
    const std::uint32_t *seen = nullptr;   // of each query: it sees this many keys of the chunk, 0 .. kAttentionChunk
    std::uint32_t queryCount = 0;          // 1 .. kAttentionQueries
    const std::byte *const *keyPages = nullptr; // of the chunk, as many as the query that sees most needs
    const std::byte *const *valuePages = nullptr;
    std::uint32_t keyDim = 0, valueDim = 0; // multiples of 16
    std::uint32_t byteDims = 0;             // of the keys, less than all; 0: KvCacheType::F16
    float scale = 0;                        // what scores are multiplied with
};

struct CpuOps
{
    const char *name; // as --isa spells it
    void (*matmul)(const MatmulTask &task);
    void (*attention)(const AttentionTask &task);
    // Adds the part of a later chunk to the sum of those before it, that of the first chunk to begin with.
    void (*mergeAttention)(AttentionPart &sum, const AttentionPart &part, std::uint32_t valueDim);
    // values /= total
    void (*finishAttention)(AttentionPart &sum, std::uint32_t valueDim);
    // normed = x / sqrt(mean(x^2) + epsilon) * weight
    void (*rmsNorm)(const float *x, const float *weight, float epsilon, std::uint32_t count, float *normed);
    // Row `row` of `out` from count floats, count a multiple of 32; `first` and count in columns. With a NaN or an
    // infinity among them their scales are NaN.
    void (*quantise)(const float *x, std::uint32_t count, const QuantRows &out, std::uint32_t row, std::uint32_t first);
    // gate = silu(gate) * up
    void (*siluMultiply)(float *gate, const float *up, std::uint32_t count);
    void (*addInPlace)(float *x, const float *y, std::uint32_t count);
    // half = round to nearest even, clamped to the largest finite half. False where a float is not finite: what half is
    // then says nothing.
    bool (*toHalf)(const float *x, std::uint32_t count, std::uint16_t *half);
    // Bytes of a row in KvCacheType::Q8: count of them and kvBlocks(count) scales, numbers always. False where a float is
    // not finite: what the row is then says nothing.
    bool (*toInt8)(const float *x, std::uint32_t count, std::int8_t *bytes, float *scales);
    // Ceilings: reads every byte (a multiple of 64); runs dot products on registers and tells the operations done.
    std::uint32_t (*readAll)(const void *bytes, std::size_t count);
    std::uint64_t (*dotRounds)(std::uint32_t rounds);
};

// Bytes of MatmulScratch for rows of up to rowBytes and runs of up to `tokens` tokens.
std::size_t matmulScratchBytes(std::size_t rowBytes, std::uint32_t tokens);

const CpuOps &scalarOps();
#if defined(__x86_64__)
const CpuOps &avx2Ops();
const CpuOps &avxVnniOps();
const CpuOps &avx512Ops();
const CpuOps &amxOps(); // for whom whyNoAmx() has nothing to say (kernels/cpu/isa.h)
// A tile product, compared with plain arithmetic. Ends the process where there are no tiles: for tryInChild() (kernels/cpu/amx.h).
bool tryTiles();
#endif

} // namespace kernels
