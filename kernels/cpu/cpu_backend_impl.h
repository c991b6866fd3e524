// The class behind createCpuBackend(), for its own sources: cpu_backend.cpp sizes and runs, cpu_steps.cpp has the steps of
// dense models, cpu_attention.cpp their attention, cpu_mla_steps.cpp and cpu_moe_steps.cpp those of the others. The reading key is kernels/reference/.
#pragma once

#include "kernels/backend.h"
#include "kernels/cpu/activations.h"
#include "kernels/cpu/kv_pages.h"
#include "kernels/cpu/ops.h"
#include "kernels/cpu/thread_pool.h"
#include "kernels/router.h"

#include <atomic>
#include <functional>
#include <vector>

namespace kernels {

// Rows of the gate and up products that one thread finishes before it quantises them for the down product.
inline constexpr std::uint32_t kGateRows = 32;

// A run of so many tokens has little to share out: see scheduleOf() and attend().
inline constexpr std::uint32_t kFewTokens = 4;

class CpuBackend final : public Backend, public SegmentRunner
{
public:
    CpuBackend(const CpuOps &ops, unsigned threads, KvCacheType kvCacheType = KvCacheType::F16);

    const BackendCapabilities &capabilities() const override { return m_capabilities; }
    const Plan &plan() const override { return m_plan; }
    std::uint32_t maxTokens() const override { return m_maxTokens; }
    std::size_t kvPageBytes() const override { return m_kv.pageBytes(); }
    std::size_t activationBytes() const override { return m_activationBytes; }
    Result<KvPageId> allocateKvPage() override { return m_kv.allocate(); }
    void freeKvPage(KvPageId page) override { m_kv.free(page); }
    void copyKvPage(KvPageId from, KvPageId to, std::uint32_t) override { m_kv.copy(from, to); }
    std::string kvFormat() const override;
    Result<void> exportKvPage(KvPageId page, std::uint32_t tokens, std::span<std::byte> bytes) const override
    {
        m_kv.exportPage(page, tokens, bytes.data());
        return {};
    }
    void importKvPage(KvPageId page, std::uint32_t tokens, std::span<const std::byte> bytes) override
    {
        m_kv.importPage(page, tokens, bytes.data());
    }

    Result<void> compile(Plan plan, std::uint32_t maxTokens) override;
    Result<RunOutcome> run(const RunInput &input, std::span<float> logits, std::stop_token stop) override
    {
        return runSegment(0, input, logits, std::move(stop));
    }
    Result<std::optional<std::size_t>> findInvalidStep(const RunInput &input, std::stop_token stop) override
    {
        return findInvalidStepOf(0, input, std::move(stop));
    }

    SegmentRunner *segments() override { return this; }
    std::span<float> residual() override { return {m_residual.data(), m_residual.size()}; }
    Result<RunOutcome> runSegment(std::size_t segment, const RunInput &input, std::span<float> logits, std::stop_token stop) override;
    Result<std::optional<std::size_t>> findInvalidStepOf(std::size_t segment, const RunInput &input, std::stop_token stop) override;

    std::uint32_t regions() const { return m_pool.regions(); } // see ThreadPool

private:
    // What the steps of one run share.
    struct Run
    {
        const RunInput &input;
        std::span<float> logits;
        std::uint32_t tokens;
        std::stop_token stop;
        // The step that was the last one, since the stop token rose in it. Not a flag: a participant may still be
        // about to look after the barrier of one step when another, in the next step already, gives up. Both must
        // leave after the same barrier, or one of them waits for ever.
        std::atomic<std::size_t> lastStep{std::size_t(-1)};
        // A key or a value was not finite.
        std::atomic<bool> cacheInvalid{false};
        std::atomic<bool> ended{false}; // by whom runStages() asks

        // Between the parts of a long step. Once true it stays true; what the step computes is not used then.
        bool stopping() const { return stop.stop_requested(); }
        std::uint32_t lastPosition() const { return input.firstPosition + tokens - 1; }
    };

    struct Matrix
    {
        ElementType type;
        std::uint32_t columns, rows;
        std::size_t rowBytes;
        const std::byte *bytes;
        Fp8Scales scales;
    };
    // out(t, row) = w(row, :) . x(t, :)
    struct Product
    {
        Matrix w;
        ActivationRows x;
        std::uint32_t tokens;
        float *out;            // row 0 of the first token
        std::size_t outStride; // floats from one token to the next
    };
    // The steps of shared experts, where they run together with the routed ones.
    struct SharedExperts
    {
        const GateUpActStep *gateUp = nullptr;
        const DownResidualStep *down = nullptr;
    };
    // What all participants do between two meetings: a step, and those behind it that go with it.
    struct Stage
    {
        std::size_t first, last;             // in the plan
        SharedExperts shared;                // of routed experts, the first step
        const NormQuantStep *norm = nullptr; // done by the last participant that comes to the end of the stage
        const RouterStep *router = nullptr;  // whose choice it finishes
    };
    using Schedule = std::vector<Stage>;
    // activated(t, row) = silu(gate(row, :) . x(t, :)) * (up(row, :) . x(t, :))
    struct GateUp
    {
        Matrix gate, up;
        ActivationRows x;
        std::uint32_t tokens;
        ActivationRows activated;
    };

    void runStep(const EmbedStep &step, Run &run, Worker &worker);
    void runStep(const NormQuantStep &step, Run &run, Worker &worker);
    void runStep(const QkvRopeKvStep &step, Run &run, Worker &worker);
    void runStep(const AttentionStep &step, Run &run, Worker &worker);
    void runStep(const MlaQkvStep &step, Run &run, Worker &worker);
    void runStep(const MlaAttentionStep &step, Run &run, Worker &worker);
    void runStep(const OutResidualStep &step, Run &run, Worker &worker);
    void runStep(const GateUpActStep &step, Run &run, Worker &worker);
    void runStep(const DownResidualStep &step, Run &run, Worker &worker);
    void runStep(const RouterStep &step, Run &run, Worker &worker);
    void runStep(const MoeFfnStep &step, Run &run, Worker &worker);
    void runStep(const HeadStep &step, Run &run, Worker &worker);

    const WeightView &weight(WeightId id) const { return m_plan.weights[id]; }
    Matrix matrix(WeightId id, std::size_t index = 0) const;
    const float *vector(WeightId id) const { return m_vectors[id].data(); }
    void multiply(const Product &product, Worker::Range rows, const Run &run, const Worker &worker);
    std::uint32_t rowsTogether(const Product &product) const;
    template <class Then> void multiplyAll(const Product &product, const Run &run, Worker &worker, Then then);
    void multiplyAll(const Product &product, const Run &run, Worker &worker);
    void activate(const GateUp &parts, Worker::Range rows, const Run &run, const Worker &worker);
    void activateAll(const GateUp &parts, const Run &run, Worker &worker);
    void addProduct(WeightId w, WeightId bias, const ActivationRows &x, const Run &run, Worker &worker);
    void addToResidual(WeightId bias, Worker::Range columns, std::uint32_t tokens);
    void addBias(WeightId bias, Worker::Range rows, float *out, std::size_t stride, std::uint32_t tokens) const;
    void quantise(const ActivationRows &x, std::size_t token) const;
    void rotate(float *head, std::uint32_t token) const;
    // Where elements of one position go in a page.
    struct KvRow
    {
        std::byte *elements;
        std::size_t first, stride; // in elements
        std::byte *scales;         // the first one, others kKvPageTokens floats apart; null: halves
    };
    void placeHead(const float *head, float *placed) const;
    bool writeRow(const float *row, std::uint32_t count, const KvRow &to) const;
    bool writeKey(const float *key, std::uint32_t slot, std::byte *keys) const;
    bool writeValue(const float *value, std::uint32_t slot, std::byte *values) const;
    void normalise(const NormQuantStep &step, Worker::Range tokens);
    void runStages(const Schedule &schedule, Run &run, const std::function<bool(std::size_t step)> &goOn);

    // attention
    struct QueryTiles;
    struct QueryTile;
    void attend(std::uint32_t layer, const Run &run, Worker &worker);
    void attendSplit(std::uint32_t layer, const Run &run, const QueryTiles &tiles, Worker &worker);
    void attendChunk(std::uint32_t layer, const Run &run, const QueryTile &tile, std::uint32_t chunk, AttentionPart *parts);
    void finishRow(std::size_t row, AttentionPart &sum);
    bool allocateAttention();

    void sortByExpert(const RouterStep &step, std::uint32_t tokens);
    std::uint32_t tokensOf(std::uint32_t expert) const { return m_expertBegins[expert + 1] - m_expertBegins[expert]; }
    void choose(const RouterStep &step, Worker::Range tokens, const Worker &worker);
    void finishRouting(const RouterStep &step, const Run &run, const Worker &worker);
    static bool gathers(std::uint32_t tokens) { return tokens > 1; } // one token has one row, whoever reads it
    void gather(Worker::Range routed);
    SharedExperts sharedBehind(std::size_t step, std::size_t end) const;
    void runExperts(const MoeFfnStep &step, const SharedExperts &shared, Run &run, Worker &worker);

    // compile()
    enum class Together { Nothing, Experts, ExpertsAndNorms }; // steps that go together in a stage
    Schedule scheduleOf(Together together, const StepRange &range) const;
    struct Needs;
    Needs needsOf(const Plan &plan);
    bool allocateArenas(const Needs &needs);
    std::vector<float> floatsOf(WeightId id) const;

    const CpuOps &m_ops;
    ThreadPool m_pool;
    BackendCapabilities m_capabilities;
    Plan m_plan;
    // By segment: of runs of up to kFewTokens tokens, decode above all, and of more; point into m_plan.
    std::vector<Schedule> m_fewTokens, m_manyTokens;
    std::uint32_t m_maxTokens = 0;
    const KvCacheType m_kvCacheType;
    KvPages m_kv;
    std::vector<std::vector<float>> m_vectors; // norms and biases as floats, by WeightId; empty for matrices

    AlignedBuffer<float> m_residual; // (tokens, hidden)
    Activations m_normed, m_attended, m_activated;
    AlignedBuffer<float> m_query, m_key, m_value;       // (tokens, heads * headDim), padded per head for attention
    AlignedBuffer<float> m_queryHeads, m_attendedHeads; // (tokens, heads, padded headDim)
    AlignedBuffer<float> m_placedKeys;                  // (threads, padded headDim): on the way to the cache
    AlignedBuffer<float> m_product;                     // (tokens, hidden), before it is added to the residual
    AlignedBuffer<float> m_cosines, m_sines;            // (tokens, rotated pairs)
    std::vector<AlignedBuffer<std::uint8_t>> m_scratch; // one a thread: products
    std::vector<AlignedBuffer<float>> m_gate;           // one a thread: (2, tokens, rows at a time)
    std::vector<AttentionPart> m_parts, m_sums;         // where the chunks of keys are shared out: (tiles, chunks, queries)
    QuantForm m_feedForward = QuantForm::Full;          // what the feed-forward products of a dense model read
    bool m_headsAreBlocks = false;                      // no block of the output product's activations spans two heads
    AlignedBuffer<float> m_partValues;                  // of m_parts, or of a tile of each thread

    // MLA
    AlignedBuffer<float> m_queryDown, m_kvDown; // (tokens, queryLatent), (tokens, latent + ropeDim): before their norms
    Activations m_queryLatent;                  // (tokens, queryLatent)
    Activations m_nopeQuery, m_latents;         // (heads, tokens, nopeDim), (heads, tokens, latent)

    // Routed experts: choices of the last router step, and the rows of their tokens side by side, by expert.
    std::vector<float> m_routerLogits;   // (tokens, experts)
    std::vector<ExpertChooser> m_choosers; // one a thread
    std::vector<ExpertChoice> m_chosen;  // (tokens, experts used)
    struct Routed
    {
        std::uint32_t token;
        float weight;
    };
    std::vector<Routed> m_routed;               // (tokens * experts used), by expert, then by token
    std::vector<std::uint32_t> m_expertBegins;  // (experts + 1) into m_routed
    std::vector<std::uint32_t> m_experts;       // that have tokens, those with most first
    Activations m_gathered, m_expertActivated;  // (tokens * experts used, hidden), (…, expert intermediate)

    std::size_t m_activationBytes = 0;
};

} // namespace kernels
