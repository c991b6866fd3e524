// The class behind createCudaBackend(), for its own sources: cuda_backend.cu compiles and runs, cuda_steps.cu has the steps of
// dense models, cuda_attention.cu their attention, cuda_mla_steps.cu and cuda_moe_steps.cu those of the others. Its twin is
// kernels/cpu/cpu_backend_impl.h, the reading key kernels/reference/.
//
// A step queues kernels on one stream and waits for nothing. What changes from run to run lies in device memory (run_state.h), so
// that the launches of a run of up to kVerifyTokens tokens are captured once and replayed: one graph for each bucket of tokens
// and kind of logits. Of a part of a plan (plan_split.h) each segment has graphs of its own, which begin with the residual's copy from
// pinned memory; those of the steps behind its last change are launched when its way back has been queued.
//
// A whole plan draws its tokens itself (cuda_token_stream.cu): one more graph, of a step of one token and the launches that choose the
// next one (draw.cuh). It reads the token and its position where the step before has left them.
#pragma once

#include "kernels/backend.h"
#include "kernels/cuda/arena.h"
#include "kernels/cuda/cublas.h"
#include "kernels/cuda/cuda_backend.h"
#include "kernels/cuda/graph.h"
#include "kernels/cuda/kv_pool.h"
#include "kernels/cuda/matmul.h"
#include "kernels/cuda/ops.h"
#include "kernels/cuda/weights.h"
#include "kernels/cuda_memory.h"
#include "kernels/token_stream.h"

#include <array>
#include <functional>
#include <mutex>
#include <optional>

namespace kernels::cuda {

// Positions of a sequence, at most: the page table has room for so many.
inline constexpr std::uint32_t kMostPages = 16384;

inline constexpr const char *kInputCopy = "copy of a run's input to the GPU";
Error invalid(const char *what, std::uint64_t expected, std::uint64_t found);
Error failed(const Failure &failure);

class CudaBackend final : public Backend, public SegmentRunner, public TokenStream
{
public:
    // The device must be there. Throws Failure.
    CudaBackend(const CudaBackendOptions &options, const cudaDeviceProp &device);
    ~CudaBackend() override;

    const BackendCapabilities &capabilities() const override { return m_capabilities; }
    const Plan &plan() const override { return m_plan; }
    std::uint32_t maxTokens() const override { return m_maxTokens; }
    std::size_t kvPageBytes() const override { return m_kv.pageBytes(); }
    std::size_t activationBytes() const override { return m_arena.bytes(); }
    Result<KvPageId> allocateKvPage() override;
    void freeKvPage(KvPageId page) override { m_kv.free(page); }
    void copyKvPage(KvPageId from, KvPageId to, std::uint32_t tokens) override;
    // Exponentials differ from architecture to architecture in the last bit.
    std::string kvFormat() const override { return "cuda " + m_capabilities.isa + ", halves"; }
    Result<void> exportKvPage(KvPageId page, std::uint32_t tokens, std::span<std::byte> bytes) const override;
    void importKvPage(KvPageId page, std::uint32_t tokens, std::span<const std::byte> bytes) override;

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
    std::span<float> residual() override { return m_stagedResidual.span(); }
    Result<RunOutcome> runSegment(std::size_t segment, const RunInput &input, std::span<float> logits, std::stop_token stop) override;
    Result<std::optional<std::size_t>> findInvalidStepOf(std::size_t segment, const RunInput &input, std::stop_token stop) override;

    TokenStream *tokenStream() override { return m_draw.drawing ? this : nullptr; }
    bool serves(const DrawOptions &options, std::size_t window) const override;
    Result<void> startDrawing(const DrawOptions &options, const DrawState &state, const RunInput &first) override;
    Result<void> queueStep(std::span<const KvPageId> pages) override;
    Result<DrawnToken> takeToken() override;
    void stopDrawing() override;

    std::uint32_t graphCaptures() const { return m_captures; }
    std::uint64_t graphLaunches() const { return m_graphLaunches; }

private:
    // What launches are sized for: a run, or all runs of a bucket.
    struct Run
    {
        std::uint32_t tokens = 0;
        std::uint32_t logitRows = 0; // 0, 1 or tokens; at most kVerifyTokens at a time
    };
    // Steps that are queued as one.
    struct Piece
    {
        StepRange steps;
        bool takesResidual = false, givesResidual = false; // from and to the other backend
        std::array<std::array<Graph, 3>, kTokenBuckets> graphs{}; // by bucket and LogitsWanted
    };
    // `beside`: what is behind the last change of the residual, and runs beside the other backend. Empty in the last segment.
    struct Segment
    {
        Piece piece, beside;
    };

    void runStep(const EmbedStep &step, const Run &run);
    void runStep(const NormQuantStep &step, const Run &run);
    void runStep(const QkvRopeKvStep &step, const Run &run);
    void runStep(const AttentionStep &step, const Run &run);
    void runStep(const MlaQkvStep &step, const Run &run);
    void runStep(const MlaAttentionStep &step, const Run &run);
    void runStep(const OutResidualStep &step, const Run &run);
    void runStep(const GateUpActStep &step, const Run &run);
    void runStep(const DownResidualStep &step, const Run &run);
    void runStep(const RouterStep &step, const Run &run);
    void runStep(const MoeFfnStep &step, const Run &run);
    void runStep(const HeadStep &step, const Run &run);
    void runStep(const Step &step, const Run &run);

    // products
    struct Output
    {
        WeightId weight, bias;
        float *out;
        std::uint32_t stride;
    };
    const DeviceMatrix &matrix(WeightId id) const { return m_weights.matrix(id); }
    static bool isPrefill(ElementType type, std::uint32_t tokens);
    bool usesCublas(std::uint32_t tokens) const { return m_cublasFunctions && tokens >= kCublasTokens; }
    void multiplyByCublas(const ProductTask &task, const Run &run);
    ProductTask productOf(const ActivationRows &x) const;
    void multiply(std::initializer_list<Output> outputs, const ActivationRows &x, const Run &run);
    void launchProduct(ProductTask task, ElementType type, const Run &run, std::uint32_t matrices = 1);
    void addProduct(WeightId w, WeightId bias, const ActivationRows &x, const Run &run);
    // Of a stack of one matrix a head: rows of x are (token, head); out has headStride floats from head to head.
    void multiplyHeads(WeightId stack, const ActivationRows &x, float *out, std::uint32_t tokenStride, std::uint32_t headStride,
                       const Run &run);
    void normalise(const float *in, std::uint32_t stride, std::uint32_t columns, WeightId norm, float epsilon,
                   const ActivationRows &out, const Run &run);
    void quantise(const ActivationRows &rows, std::uint32_t columns, std::uint32_t rowsOfToken, const Run &run);

    // attention: m_queryHeads to rows of what `attended` is
    void attend(std::uint32_t layer, const ActivationRows &attended, std::uint32_t rowColumns, const Run &run);
    AttentionTask attentionTask(std::uint32_t layer) const;
    FlashAttentionTask flashAttentionTask(std::uint32_t layer) const;

    ExpertLists expertLists() const;

    // compile()
    struct Needs;
    Needs needsOf(const Plan &plan, std::uint32_t maxTokens) const;
    void allocateCublas();
    void allocateArenas(const Needs &needs);
    void allocateDrawing();
    void makeSegments();
    Result<void> checkPlan(const Needs &needs) const;

    // run()
    using Between = std::function<bool(std::size_t step)>; // false: no further
    Result<void> checkInput(const RunInput &input, std::size_t logitsRoom) const;
    void prepare(const RunInput &input);
    void setLogitRows(std::uint32_t first, std::uint32_t rows);
    void begin(std::size_t segment, const RunInput &input);
    void takeResidual(std::uint32_t tokens);
    bool queueSteps(const Piece &piece, const Run &run, const Between &goOn);
    void queueFew(Piece &piece, const RunInput &input);
    bool queueMany(const Piece &piece, const RunInput &input, const std::stop_token &stop);
    bool queue(Piece &piece, const RunInput &input, const std::stop_token &stop);
    Result<RunOutcome> finish(const RunInput &input, std::span<float> logits, const std::stop_token &stop);
    void takeLogits(std::uint32_t rows, std::span<float> logits);
    bool cacheIsInvalid();

    // token stream
    void addPages(std::span<const KvPageId> pages, std::size_t needed);
    void queueDraw();

    void useDevice() const { check(cudaSetDevice(m_device), "choice of the GPU"); }

    const int m_device;
    std::size_t m_kvBudget = 0;
    std::size_t m_sharedLimit = 0; // bytes of shared memory that a block may have
    BackendCapabilities m_capabilities;
    Plan m_plan;
    std::uint32_t m_maxTokens = 0;
    Stream m_stream;
    mutable Stream m_exportStream; // of exportKvPage(), under m_exporting
    mutable std::mutex m_exporting;
    DeviceWeights m_weights;
    KvPool m_kv;
    std::optional<Error> m_pending; // of a call that could not say it

    // Of the run that is going on, and what the host says of it.
    RunView m_run;
    RunState *m_state = nullptr;
    TokenId *m_tokens = nullptr;
    std::byte **m_pages = nullptr;
    struct Staging
    {
        RunState state;
        RunFindings findings;
    };
    PinnedBuffer<Staging> m_staging;
    PinnedBuffer<TokenId> m_stagedTokens;
    PinnedBuffer<std::byte *> m_stagedPages;
    PinnedBuffer<float> m_stagedLogits;      // (kVerifyTokens, vocabulary)
    PinnedBuffer<float> m_stagedResidual;    // (tokens, hidden): of a part of a plan
    std::array<Event, 2> m_progress;         // of the steps that were queued last
    Event m_handedOver;                      // the residual is in m_stagedResidual

    // Activations: rows for maxTokens tokens, in whole multiples of kVerifyTokens.
    Arena m_arena;
    float *m_residual = nullptr; // (tokens, hidden)
    Activations m_normed, m_attended, m_activated;
    float *m_products = nullptr;    // (tokens, ...): of q, k and v, before they are rotated; gate and up where types differ
    float *m_queryHeads = nullptr;  // (tokens, heads, keyDim)
    Rotations m_rotations;
    float *m_frequencies = nullptr;
    float *m_logits = nullptr; // (kVerifyTokens, vocabulary)
    std::uint32_t m_splits = 0;
    float *m_partValues = nullptr;
    AttentionPart *m_parts = nullptr;
    std::uint32_t m_valueDim = 0; // of a head, as attention sums it: padded, or the latent

    // MLA
    float *m_kvDown = nullptr, *m_queryDown = nullptr; // (tokens, latent + ropeDim), (tokens, queryLatent): before their norms
    Activations m_queryLatent;                         // (tokens, queryLatent)
    Activations m_nopeQuery, m_latents;                // (tokens, heads, nopeDim), (tokens, heads, latent)

    // Routed experts: choices of the last router step; pairs of token and expert, by expert.
    struct Routing
    {
        float *logits = nullptr;  // (tokens, experts)
        float *weights = nullptr; // (tokens, experts used)
        std::uint32_t *chosen = nullptr, *places = nullptr, *pairs = nullptr, *tokens = nullptr; // (tokens * experts used)
        std::uint32_t *begins = nullptr, *withTokens = nullptr, *count = nullptr;
        std::uint32_t used = 0, experts = 0; // of the last router step that was queued
    } m_routing;
    Activations m_expertActivated;       // (pairs, expert intermediate)
    float *m_expertProducts = nullptr;   // (pairs, hidden); or gate and up where types differ

    // cuBLAS: a matrix and the activations as halves, and its sums. The sums are of the largest matrix.
    const CublasFunctions *m_cublasFunctions = nullptr;
    std::optional<Cublas> m_cublas;
    std::uint16_t *m_halfWeights = nullptr, *m_halfRows = nullptr; // (rows, columns), (tokens, columns)
    float *m_halfScales = nullptr, *m_sums = nullptr;              // (tokens), (tokens, rows)

    // The token stream; no memory where the plan is a part of one, or the vocabulary too large.
    DrawTask m_draw;
    PinnedBuffer<DrawnToken> m_ring;
    PinnedBuffer<DrawingState> m_stagedDrawing;
    PinnedBuffer<TokenId> m_stagedWindow;
    std::array<Event, kTokenRing> m_drawn; // of the steps that were queued last
    Graph m_drawGraph;
    bool m_isDrawing = false;                         // startDrawing() was called, and no run() since
    std::uint32_t m_drawPosition = 0;                 // of the step that is queued next
    std::size_t m_drawPages = 0;                      // that the device knows
    std::uint64_t m_stepsQueued = 0, m_stepsTaken = 0;

    std::vector<Segment> m_segments;
    std::uint32_t m_captures = 0;
    std::uint64_t m_graphLaunches = 0;
};

} // namespace kernels::cuda
