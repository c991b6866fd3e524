#include "kernels/hybrid_backend.h"

#include <algorithm>
#include <mutex>
#include <utility>
#include <vector>

namespace kernels {

namespace {

class HybridBackend final : public Backend
{
public:
    HybridBackend(std::unique_ptr<Backend> gpu, std::unique_ptr<Backend> cpu, const PlanSplit &split)
        : m_gpu(std::move(gpu)), m_cpu(std::move(cpu)), m_split(split)
    {
        const BackendCapabilities &onGpu = m_gpu->capabilities(), &onCpu = m_cpu->capabilities();
        m_capabilities.device = onGpu.device + "+" + onCpu.device;
        m_capabilities.description = onGpu.description + " and " + onCpu.description;
        m_capabilities.isa = onGpu.isa + "+" + onCpu.isa;
        m_capabilities.threads = onCpu.threads;
    }

    const BackendCapabilities &capabilities() const override { return m_capabilities; }
    const Plan &plan() const override { return m_plan; }
    std::uint32_t maxTokens() const override { return m_gpu->maxTokens(); }
    std::size_t kvPageBytes() const override { return m_cpu->kvPageBytes() + m_gpu->kvPageBytes(); }
    std::size_t activationBytes() const override { return m_cpu->activationBytes() + m_gpu->activationBytes(); }

    Result<void> compile(Plan plan, std::uint32_t maxTokens) override
    {
        SplitPlan parts = splitPlan(plan, m_split);
        m_plan = std::move(plan);
        m_segments = parts.gpu.segments.size();
        m_cpuSteps = std::move(parts.cpuSteps);
        m_gpuSteps = std::move(parts.gpuSteps);
        // The GPU first: it has less memory.
        if (Result<void> compiled = m_gpu->compile(std::move(parts.gpu), maxTokens); !compiled)
            return compiled;
        return m_cpu->compile(std::move(parts.cpu), maxTokens);
    }

    Result<KvPageId> allocateKvPage() override
    {
        if (m_free.empty()) {
            Result<KvPageId> onGpu = m_gpu->allocateKvPage();
            if (!onGpu)
                return onGpu;
            Page page{*onGpu, 0};
            if (cpuHasLayers()) {
                Result<KvPageId> onCpu = m_cpu->allocateKvPage();
                if (!onCpu) {
                    m_gpu->freeKvPage(page.gpu);
                    return onCpu;
                }
                page.cpu = *onCpu;
            }
            const std::lock_guard lock(m_growth);
            m_pages.push_back(page);
            m_free.reserve(m_pages.size()); // so that freeing never fails
            return static_cast<KvPageId>(m_pages.size() - 1);
        }
        const KvPageId page = m_free.back();
        m_free.pop_back();
        return page;
    }
    // Both backends keep what they once took, and so does this.
    void freeKvPage(KvPageId page) override { m_free.push_back(page); }
    void copyKvPage(KvPageId from, KvPageId to, std::uint32_t tokens) override
    {
        m_gpu->copyKvPage(m_pages[from].gpu, m_pages[to].gpu, tokens);
        if (cpuHasLayers())
            m_cpu->copyKvPage(m_pages[from].cpu, m_pages[to].cpu, tokens);
    }
    std::string kvFormat() const override
    {
        return std::to_string(m_split.cpuLayers) + " layers, experts of " + std::to_string(m_split.cpuExpertLayers) + ": " +
               m_cpu->kvFormat() + "; " + m_gpu->kvFormat();
    }
    Result<void> exportKvPage(KvPageId page, std::uint32_t tokens, std::span<std::byte> bytes) const override
    {
        Page parts;
        {
            const std::lock_guard lock(m_growth);
            parts = m_pages[page];
        }
        const std::size_t onCpu = cpuBytes(tokens);
        if (onCpu > 0)
            if (Result<void> done = m_cpu->exportKvPage(parts.cpu, tokens, bytes.first(onCpu)); !done)
                return done;
        return m_gpu->exportKvPage(parts.gpu, tokens, bytes.subspan(onCpu));
    }
    void importKvPage(KvPageId page, std::uint32_t tokens, std::span<const std::byte> bytes) override
    {
        const std::size_t onCpu = cpuBytes(tokens);
        if (onCpu > 0)
            m_cpu->importKvPage(m_pages[page].cpu, tokens, bytes.first(onCpu));
        m_gpu->importKvPage(m_pages[page].gpu, tokens, bytes.subspan(onCpu));
    }

    Result<RunOutcome> run(const RunInput &input, std::span<float> logits, std::stop_token stop) override
    {
        const auto [onCpu, onGpu] = inputsOf(input);
        SegmentRunner &cpu = *m_cpu->segments(), &gpu = *m_gpu->segments();
        for (std::size_t i = 0; i < m_segments; ++i) {
            if (i > 0)
                handOver(gpu, cpu, input);
            if (auto outcome = cpu.runSegment(i, onCpu, {}, stop); !outcome || *outcome == RunOutcome::Stopped)
                return outcome;
            handOver(cpu, gpu, input);
            if (auto outcome = gpu.runSegment(i, onGpu, logits, stop); !outcome || *outcome == RunOutcome::Stopped)
                return outcome;
        }
        return RunOutcome::Done;
    }

    Result<std::optional<std::size_t>> findInvalidStep(const RunInput &input, std::stop_token stop) override
    {
        const auto [onCpu, onGpu] = inputsOf(input);
        SegmentRunner &cpu = *m_cpu->segments(), &gpu = *m_gpu->segments();
        for (std::size_t i = 0; i < m_segments && !stop.stop_requested(); ++i) {
            if (i > 0)
                handOver(gpu, cpu, input);
            if (auto found = cpu.findInvalidStepOf(i, onCpu, stop); !found || *found)
                return found ? Result(std::optional(m_cpuSteps[**found])) : found;
            if (stop.stop_requested())
                break;
            handOver(cpu, gpu, input);
            if (auto found = gpu.findInvalidStepOf(i, onGpu, stop); !found || *found)
                return found ? Result(std::optional(m_gpuSteps[**found])) : found;
        }
        return std::optional<std::size_t>();
    }

private:
    struct Page
    {
        KvPageId gpu = 0, cpu = 0; // the latter where the CPU has layers
    };

    bool cpuHasLayers() const { return m_split.cpuLayers > 0; }
    std::size_t cpuBytes(std::uint32_t tokens) const { return tokens * (m_cpu->kvPageBytes() / kKvPageTokens); }

    // The run as each part sees it: the pages are its own.
    std::pair<RunInput, RunInput> inputsOf(const RunInput &input)
    {
        m_cpuPages.clear();
        m_gpuPages.clear();
        for (const KvPageId page : input.pages) {
            m_cpuPages.push_back(m_pages[page].cpu);
            m_gpuPages.push_back(m_pages[page].gpu);
        }
        RunInput onCpu = input, onGpu = input;
        onCpu.pages = m_cpuPages;
        onCpu.logitsWanted = LogitsWanted::None; // the head is the GPU's
        onGpu.pages = m_gpuPages;
        return {onCpu, onGpu};
    }
    void handOver(SegmentRunner &from, SegmentRunner &to, const RunInput &input) const
    {
        std::copy_n(from.residual().data(), input.tokens.size() * m_plan.shape.hiddenSize, to.residual().data());
    }

    const std::unique_ptr<Backend> m_gpu, m_cpu;
    const PlanSplit m_split;
    BackendCapabilities m_capabilities;
    Plan m_plan;
    std::size_t m_segments = 0; // of each part
    std::vector<std::size_t> m_cpuSteps, m_gpuSteps; // of a part's step: its number in m_plan
    mutable std::mutex m_growth; // of m_pages, which exportKvPage() reads from another thread
    std::vector<Page> m_pages;
    std::vector<KvPageId> m_free;
    std::vector<KvPageId> m_cpuPages, m_gpuPages; // of the run that is going on
};

} // namespace

std::unique_ptr<Backend> createHybridBackend(std::unique_ptr<Backend> gpu, std::unique_ptr<Backend> cpu, const PlanSplit &split)
{
    return std::make_unique<HybridBackend>(std::move(gpu), std::move(cpu), split);
}

} // namespace kernels
