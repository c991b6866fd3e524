#include "tests/support/fake_backend.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <new>
#include <thread>

namespace test {

using namespace kernels;

namespace {

std::uint64_t extend(std::uint64_t history, TokenId token)
{
    std::uint64_t z = (history ^ std::uint64_t(std::uint32_t(token))) + 0x9e3779b97f4a7c15ull;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
    return z ^ (z >> 31);
}

} // namespace

FakeBackend::FakeBackend(std::shared_ptr<Arrangement> arrangement) : m_arrangement(std::move(arrangement))
{
    m_capabilities.device = "cpu";
    m_capabilities.description = "scripted";
    m_capabilities.threads = 1;
}

FakeBackend::~FakeBackend()
{
    if (m_arrangement->pagesInUse != 0)
        fault("the backend dies with pages in use");
}

Result<void> FakeBackend::compile(Plan plan, std::uint32_t maxTokens)
{
    ++m_arrangement->compiles;
    m_plan = std::move(plan);
    m_maxTokens = maxTokens;
    return {};
}

Result<KvPageId> FakeBackend::allocateKvPage()
{
    if (m_arrangement->pagesInUse >= m_arrangement->pageLimit)
        return Error(ErrorCode::OutOfMemory, "no page left");
    const auto free =
        std::find_if(m_pages.begin(), m_pages.end(), [](const Page &page) { return !page.used; });
    const auto index = std::size_t(free - m_pages.begin());
    if (free == m_pages.end()) {
        const std::lock_guard lock(m_growth);
        m_pages.emplace_back();
    }
    m_pages[index] = {};
    m_pages[index].used = true;
    ++m_arrangement->pagesInUse;
    return KvPageId(index);
}

void FakeBackend::freeKvPage(KvPageId page)
{
    if (page >= m_pages.size() || !m_pages[page].used)
        return fault("a page that is not in use is freed");
    m_pages[page] = {};
    --m_arrangement->pagesInUse;
}

void FakeBackend::copyKvPage(KvPageId from, KvPageId to, std::uint32_t tokens)
{
    ++m_arrangement->copies;
    if (from >= m_pages.size() || to >= m_pages.size() || !m_pages[from].used || !m_pages[to].used ||
        from == to || tokens > kKvPageTokens)
        return fault("a copy between pages that are not in use");
    std::copy_n(m_pages[from].rows.begin(), tokens, m_pages[to].rows.begin());
}

// A row is as long as kvPageBytes() says, most of it empty.
static constexpr std::size_t kRowBytes = 4096 / kKvPageTokens;

kernels::Result<void> FakeBackend::exportKvPage(KvPageId page, std::uint32_t tokens, std::span<std::byte> bytes) const
{
    std::this_thread::sleep_for(m_arrangement->perExport);
    ++m_arrangement->exportsTried;
    if (m_arrangement->failExports)
        return kernels::Error(kernels::ErrorCode::Internal, "The device failed.");
    const std::lock_guard lock(m_growth);
    std::fill(bytes.begin(), bytes.end(), std::byte(0));
    for (std::uint32_t i = 0; i < tokens; ++i) {
        const Row &row = m_pages[page].rows[i];
        std::memcpy(bytes.data() + i * kRowBytes, &row.token, sizeof row.token);
        std::memcpy(bytes.data() + i * kRowBytes + 8, &row.history, sizeof row.history);
    }
    return {};
}

void FakeBackend::importKvPage(KvPageId page, std::uint32_t tokens, std::span<const std::byte> bytes)
{
    ++m_arrangement->imports;
    if (page >= m_pages.size() || !m_pages[page].used || bytes.size() != tokens * kRowBytes)
        return fault("an import into a page that is not in use, or of another size");
    for (std::uint32_t i = 0; i < tokens; ++i) {
        Row &row = m_pages[page].rows[i];
        std::memcpy(&row.token, bytes.data() + i * kRowBytes, sizeof row.token);
        std::memcpy(&row.history, bytes.data() + i * kRowBytes + 8, sizeof row.history);
    }
}

FakeBackend::Row *FakeBackend::row(std::span<const KvPageId> pages, std::uint32_t position)
{
    const std::uint32_t page = position / kKvPageTokens;
    if (page >= pages.size() || pages[page] >= m_pages.size() || !m_pages[pages[page]].used) {
        fault("position " + std::to_string(position) + " has no page");
        return nullptr;
    }
    return &m_pages[pages[page]].rows[position % kKvPageTokens];
}

Result<RunOutcome> FakeBackend::run(const RunInput &input, std::span<float> logits, std::stop_token stop)
{
    Arrangement &arrangement = *m_arrangement;
    if (arrangement.beforeRun)
        arrangement.beforeRun();
    ++arrangement.runs;
    arrangement.runSizes.push_back(input.tokens.size());
    if (arrangement.runs == arrangement.throwAtRun)
        throw std::bad_alloc();
    if (arrangement.runs == arrangement.failAtRun)
        return Error(ErrorCode::Internal, "the device fell over");
    if (input.tokens.empty() || input.tokens.size() > m_maxTokens)
        fault("a run of " + std::to_string(input.tokens.size()) + " tokens");

    std::vector<TokenId> tokens;
    std::uint64_t history = 0;
    for (std::uint32_t position = 0; position < input.firstPosition; ++position) {
        const Row *cached = row(input.pages, position);
        if (!cached)
            return Error(ErrorCode::Internal, "no page");
        history = extend(history, cached->token);
        if (cached->token < 0 || cached->history != history)
            fault("row " + std::to_string(position) + " belongs to another sequence");
        tokens.push_back(cached->token);
    }

    for (std::size_t i = 0; i < input.tokens.size(); ++i) {
        for (auto left = arrangement.perToken; left.count() > 0;) {
            if (stop.stop_requested())
                return RunOutcome::Stopped;
            const auto step = std::min<std::chrono::microseconds>(left, std::chrono::milliseconds(1));
            std::this_thread::sleep_for(step);
            left -= step;
        }
        Row *written = row(input.pages, input.firstPosition + std::uint32_t(i));
        if (!written)
            return Error(ErrorCode::Internal, "no page");
        if (input.tokens[i] < 0 || std::uint32_t(input.tokens[i]) >= m_plan.shape.vocabularySize)
            fault("token " + std::to_string(input.tokens[i]) + " is not in the vocabulary");
        history = extend(history, input.tokens[i]);
        *written = {input.tokens[i], history};
        tokens.push_back(input.tokens[i]);
        ++arrangement.tokensRun;
        if (input.logitsWanted == LogitsWanted::All ||
            (input.logitsWanted == LogitsWanted::Last && i + 1 == input.tokens.size())) {
            const std::size_t vocabulary = m_plan.shape.vocabularySize;
            const std::size_t index = input.logitsWanted == LogitsWanted::All ? i : 0;
            fillLogits(tokens, logits.subspan(index * vocabulary, vocabulary),
                       arrangement.runs == arrangement.poisonAtRun);
        }
    }
    return RunOutcome::Done;
}

void FakeBackend::fillLogits(std::span<const TokenId> tokens, std::span<float> row, bool poisoned) const
{
    std::uint64_t history = 0;
    for (const TokenId token : tokens)
        history = extend(history, token);
    for (std::size_t i = 0; i < row.size(); ++i)
        row[i] = float(extend(history, TokenId(i)) >> 40) * 0x1p-24f;
    if (m_arrangement->next)
        row[std::size_t(m_arrangement->next(tokens))] = 10;
    if (poisoned)
        row[row.size() / 2] = std::numeric_limits<float>::quiet_NaN();
}

} // namespace test
