// A backend without arithmetic, for tests of the engine: it knows exactly which token lies in which row of
// which page.
//
// Each row remembers its token and everything before it; run() walks the whole sequence through the pages it
// was given and notes every row that is not what it must be. A wrong page, a missed copy or a row that was
// written by another sequence shows at once. Logits come from a script.
#pragma once

#include "kernels/backend.h"

#include <array>
#include <atomic>
#include <chrono>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

namespace test {

class FakeBackend : public kernels::Backend
{
public:
    // The token that follows a sequence: it gets logit 10, the others a little noise around 0.
    using Script = std::function<kernels::TokenId(std::span<const kernels::TokenId>)>;

    // What can be arranged, also after the engine owns the backend; shared with the test.
    struct Arrangement
    {
        Script next;                           // nothing: a token that depends on all tokens before it
        std::size_t pageLimit = 1u << 20;      // allocateKvPage() fails beyond it
        std::chrono::microseconds perToken{0}; // what a token of a run takes, slept in steps of a millisecond
        std::chrono::milliseconds perExport{0}; // what exportKvPage() takes
        std::atomic<bool> failExports{false};
        mutable std::atomic<int> exportsTried{0};
        std::size_t failAtRun = 0;             // the run with this number (from 1) fails with Internal
        std::size_t throwAtRun = 0;            // throws std::bad_alloc
        std::size_t poisonAtRun = 0;           // its logits hold a NaN
        std::function<void()> beforeRun;
        // What was seen.
        std::size_t runs = 0;
        std::size_t tokensRun = 0;
        std::size_t pagesInUse = 0;
        std::size_t copies = 0;
        std::size_t imports = 0;
        std::size_t compiles = 0;
        std::vector<std::size_t> runSizes;
        std::vector<std::string> faults; // rows that were not what they must be, pages freed twice...
    };

    explicit FakeBackend(std::shared_ptr<Arrangement> arrangement = std::make_shared<Arrangement>());
    ~FakeBackend() override;

    const kernels::BackendCapabilities &capabilities() const override { return m_capabilities; }
    kernels::Result<void> compile(kernels::Plan plan, std::uint32_t maxTokens) override;
    const kernels::Plan &plan() const override { return m_plan; }
    std::uint32_t maxTokens() const override { return m_maxTokens; }
    std::size_t kvPageBytes() const override { return 4096; }
    std::size_t activationBytes() const override { return 4096; }
    kernels::Result<kernels::KvPageId> allocateKvPage() override;
    void freeKvPage(kernels::KvPageId page) override;
    void copyKvPage(kernels::KvPageId from, kernels::KvPageId to, std::uint32_t tokens) override;
    std::string kvFormat() const override { return "scripted"; }
    kernels::Result<void> exportKvPage(kernels::KvPageId page, std::uint32_t tokens,
                      std::span<std::byte> bytes) const override;
    void importKvPage(kernels::KvPageId page, std::uint32_t tokens,
                      std::span<const std::byte> bytes) override;
    kernels::Result<kernels::RunOutcome> run(const kernels::RunInput &input, std::span<float> logits,
                                             std::stop_token stop) override;
    kernels::Result<std::optional<std::size_t>> findInvalidStep(const kernels::RunInput &,
                                                                std::stop_token) override
    {
        return std::optional<std::size_t>();
    }

private:
    struct Row
    {
        kernels::TokenId token = -1;
        std::uint64_t history = 0; // of this token and all before it
    };
    struct Page
    {
        bool used = false;
        std::array<Row, kernels::kKvPageTokens> rows;
    };
    Row *row(std::span<const kernels::KvPageId> pages, std::uint32_t position);
    void fault(std::string text) { m_arrangement->faults.push_back(std::move(text)); }
    void fillLogits(std::span<const kernels::TokenId> tokens, std::span<float> row, bool poisoned) const;

    std::shared_ptr<Arrangement> m_arrangement;
    kernels::BackendCapabilities m_capabilities;
    kernels::Plan m_plan;
    std::uint32_t m_maxTokens = 0;
    mutable std::mutex m_growth; // of m_pages, which exportKvPage() reads from another thread
    std::vector<Page> m_pages;
};

} // namespace test
