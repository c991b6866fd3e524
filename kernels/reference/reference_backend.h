// The plain float path: every step in the most direct way, for `--precision reference` and as what every fast
// kernel is tested against.
//
// No quantised activations, a KV cache in float, sums in double. The steps are in reference_steps.cpp, one
// function each, under the names and with the stages that the fast backends have: read that file first.
#pragma once

#include "kernels/backend.h"
#include "kernels/router.h"

#include <functional>
#include <mutex>
#include <vector>

namespace kernels {

// Which of the two equal forms of MLA is computed (kernels/plan.h).
enum class MlaForm { Expanded, Absorbed };

class ReferenceBackend : public Backend
{
public:
    explicit ReferenceBackend(unsigned threads, MlaForm mlaForm = MlaForm::Expanded);

    const BackendCapabilities &capabilities() const override { return m_capabilities; }
    Result<void> compile(Plan plan, std::uint32_t maxTokens) override;
    const Plan &plan() const override { return m_plan; }
    std::uint32_t maxTokens() const override { return m_maxTokens; }
    std::size_t kvPageBytes() const override { return m_kvPageFloats * sizeof(float); }
    std::size_t activationBytes() const override;

    Result<KvPageId> allocateKvPage() override;
    void freeKvPage(KvPageId page) override;
    void copyKvPage(KvPageId from, KvPageId to, std::uint32_t tokens) override;
    std::string kvFormat() const override;
    Result<void> exportKvPage(KvPageId page, std::uint32_t tokens, std::span<std::byte> bytes) const override;
    void importKvPage(KvPageId page, std::uint32_t tokens, std::span<const std::byte> bytes) override;

    // Also stops within a step, between two rows of a product.
    Result<RunOutcome> run(const RunInput &input, std::span<float> logits, std::stop_token stop) override;
    Result<std::optional<std::size_t>> findInvalidStep(const RunInput &input, std::stop_token stop) override;

private:
    enum class KvPart { Keys, Values };
    using RowBody = std::function<void(unsigned worker, std::uint32_t row)>;

    // What one thread needs for itself.
    struct Scratch
    {
        std::vector<float> row, secondRow; // dequantised rows of weights
        std::vector<double> scores;        // one per position
        std::vector<double> sums;          // one per dimension of a head's value
        std::vector<double> keys;          // (T, nopeDim): of one head, before they are rounded to the cache
    };

    // Steps (reference_steps.cpp, reference_mla_steps.cpp, reference_moe_steps.cpp).
    void perform(const EmbedStep &step);
    void perform(const NormQuantStep &step);
    void perform(const QkvRopeKvStep &step);
    void perform(const AttentionStep &step);
    void perform(const MlaQkvStep &step);
    void perform(const MlaAttentionStep &step);
    void perform(const OutResidualStep &step);
    void perform(const GateUpActStep &step);
    void perform(const DownResidualStep &step);
    void perform(const RouterStep &step);
    void perform(const MoeFfnStep &step);
    void perform(const HeadStep &step);

    void forRows(std::uint32_t rows, const RowBody &body);
    void forProduct(const WeightView &weight, const std::vector<float> &input, std::uint32_t tokens,
                    const std::function<void(std::uint32_t token, std::uint32_t row, double sum)> &take);
    void rotateAll(float *heads, std::size_t stride, std::uint32_t count, std::uint32_t token);
    void normHeads(float *heads, std::uint32_t count, const std::vector<float> &norm);
    void attendAll(std::uint32_t layer);
    void attendHead(std::uint32_t layer, std::uint32_t token, std::uint32_t head, Scratch &scratch);
    void expandKeysAndValues(const MlaQkvStep &step);
    void absorbQueries(const MlaQkvStep &step);
    std::vector<float> vectorOf(WeightId id, std::uint32_t length) const;
    const WeightView &weight(WeightId id) const { return m_plan.weights[id]; }

    // What attention sees, whatever made it: heads of queries and values, and the rows of the cache.
    struct AttentionShape
    {
        std::uint32_t heads = 0, headsPerKeyValue = 1;
        std::uint32_t keyDim = 0, valueDim = 0; // of one head
        std::uint32_t keyFloats = 0,
                      valueFloats = 0; // of one position; no values: they are the beginnings of keys
    };
    std::uint32_t queryRows() const { return m_attention.heads * m_attention.keyDim; }
    // Keys or values of one position and layer, in the page that the run names for the position.
    float *kvRow(std::uint32_t layer, KvPart part, std::uint32_t position);
    std::size_t layerFloats() const
    {
        return std::size_t(kKvPageTokens) * (m_attention.keyFloats + m_attention.valueFloats);
    }

    Result<RunOutcome> runSteps(const RunInput &input, std::span<float> logits, std::stop_token stop,
                                const std::function<bool(std::size_t step)> &goOn);
    void checkCached(std::uint32_t layer);
    void prepareRun(); // room for the scores; rotations of the run's positions
    Result<void> checkInput(const RunInput &input, std::size_t logitsRoom) const;

    BackendCapabilities m_capabilities;
    const MlaForm m_mlaForm;
    Plan m_plan;
    AttentionShape m_attention;
    std::uint32_t m_maxTokens = 0;
    std::size_t m_kvPageFloats = 0;

    // Activations: one row per token of the run. Sized by compile().
    std::vector<float> m_residual;         // (T, hidden)
    std::vector<float> m_normed;           // (T, hidden)
    std::vector<float> m_q;                // (T, heads * keyDim) as attention takes them
    std::vector<float> m_attended;         // (T, heads * valueDim of attention)
    std::vector<float> m_activated;        // (T, intermediate)
    std::vector<float> m_cosines, m_sines; // (T, pairs)
    std::vector<float> m_queryLatent;      // (T, queryLatent): MLA
    std::vector<float> m_latent;           // (T, latent + ropeDim): MLA
    std::vector<float> m_mlaHeads; // (T, heads * headDim): queries before, results after absorbed attention
    std::vector<float> m_routerLogits;    // (T, experts)
    std::vector<ExpertChoice> m_chosen;   // (T, experts used)
    std::vector<float> m_expertActivated; // (T, expert intermediate): of one expert
    std::uint32_t m_expertsUsed = 0;      // of the router step before
    std::vector<Scratch> m_scratch;       // one per thread

    mutable std::mutex m_growth;             // of m_pages, which exportKvPage() reads from another thread
    std::vector<std::vector<float>> m_pages; // an empty one is on the free list
    std::vector<KvPageId> m_freePages;
    std::vector<bool> m_pageInUse;

    // Of the run that is going on.
    const RunInput *m_input = nullptr;
    std::span<float> m_logits;
    std::stop_token m_stop;
    bool m_cacheInvalid = false; // a key or a value was not finite
};

// threads: how many a product is cut over; 0 for as many as the machine runs at once.
std::unique_ptr<Backend> createReferenceBackend(unsigned threads, MlaForm mlaForm = MlaForm::Expanded);

} // namespace kernels
