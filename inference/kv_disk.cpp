#include "inference/kv_disk.h"

#include "kernels/cpu/thread_pool.h"

#include <sys/resource.h>

#include <algorithm>
#include <chrono>
#include <exception>
#include <system_error>

namespace inference {

using kernels::kKvPageTokens;
using kernels::KvPageId;

namespace {

std::span<const TokenId> tokensOfPage(std::span<const TokenId> tokens, std::size_t page)
{
    const std::size_t first = page * kKvPageTokens;
    return tokens.subspan(first, std::min<std::size_t>(kKvPageTokens, tokens.size() - first));
}

} // namespace

KvDisk::KvDisk(const kernels::Backend &backend, const KvKey &root, std::filesystem::path folder,
               std::uint64_t budgetBytes)
    : m_backend(backend), m_root(root), m_folder(std::move(folder)), m_budgetBytes(budgetBytes),
      m_rowBytes(backend.kvPageBytes() / kKvPageTokens)
{
    if (const auto prepared = prepareKvFolder(m_folder); !prepared) {
        m_usable = false;
        turnOff(prepared.error());
    }
}

KvDisk::~KvDisk()
{
    giveBack();
    {
        const std::lock_guard lock(m_mutex);
        m_quit = true;
    }
    m_changed.notify_all();
    if (m_thread.joinable())
        m_thread.join();
}

KvKey KvDisk::keyOf(std::span<const TokenId> tokens, std::uint32_t pages) const
{
    KvKey key = m_root;
    for (std::uint32_t page = 0; page < pages; ++page)
        key = childKey(key, tokensOfPage(tokens, page));
    return key;
}

bool KvDisk::read(const KvKey &parent, std::span<const TokenId> wanted, std::size_t least, KvPage &page) const
{
    return m_usable && readBestKvPage(m_folder, parent, wanted, least, m_rowBytes, page);
}

bool KvDisk::store(std::span<const TokenId> tokens, std::span<const KvPageId> pages)
{
    {
        const std::lock_guard lock(m_mutex);
        if (m_off)
            return false;
        try {
            if (!m_thread.joinable())
                m_thread = std::thread([this] { run(); });
        } catch (const std::system_error &) { // no thread to be had now: the next answer asks again
            return false;
        }
        m_jobs.push_back({{tokens.begin(), tokens.end()}, {pages.begin(), pages.end()}});
    }
    m_changed.notify_all();
    return true;
}

std::vector<KvPageId> KvDisk::takeDone()
{
    const std::lock_guard lock(m_mutex);
    return std::exchange(m_done, {});
}

void KvDisk::giveBack()
{
    std::unique_lock lock(m_mutex);
    m_givingBack = true; // no other page is begun
    m_changed.wait(lock, [this] { return !m_copying; });
    m_givingBack = false;
    for (Job &job : m_jobs) {
        m_done.insert(m_done.end(), job.pages.begin() + std::ptrdiff_t(job.done), job.pages.end());
        job.done = job.pages.size();
    }
}

void KvDisk::finish(std::chrono::milliseconds atMost)
{
    {
        std::unique_lock lock(m_mutex);
        m_changed.wait_for(lock, atMost, [this] { return m_jobs.empty(); });
    }
    giveBack();
}

std::string KvDisk::takeNote()
{
    const std::lock_guard lock(m_mutex);
    return std::exchange(m_note, {});
}

void KvDisk::turnOff(const Error &error)
{
    const std::lock_guard lock(m_mutex);
    m_off = true;
    m_note = error.message;
}

// The writing thread.
void KvDisk::run()
{
    constexpr int kBehindAnswers = 10; // as nice(1) counts
    kernels::runOnAllowedProcessors(); // not where the engine thread is pinned, which started this one
    ::setpriority(PRIO_PROCESS, 0, kBehindAnswers); // of this thread
    for (;;) {
        Job job;
        {
            std::unique_lock lock(m_mutex);
            m_changed.wait(lock, [this] { return m_quit || !m_jobs.empty(); });
            if (m_quit)
                return;
            job = m_jobs.front(); // a copy: giveBack() may end it at any time
        }
        try {
            if (const auto written = write(job); !written)
                turnOff(written.error());
        } catch (const std::exception &exception) { // memory, or a device that fails
            turnOff(Error(ErrorCode::Internal, {.what = "Read conversations are no longer kept on disk",
                                                .where = "a page could not be copied",
                                                .found = exception.what()}));
        }
        endJob();
    }
}

void KvDisk::endJob()
{
    {
        const std::lock_guard lock(m_mutex);
        m_copying = false;
        const std::size_t ended = m_off ? m_jobs.size() : 1;
        for (std::size_t i = 0; i < ended; ++i) {
            const Job &job = m_jobs.front();
            m_done.insert(m_done.end(), job.pages.begin() + std::ptrdiff_t(job.done), job.pages.end());
            m_jobs.pop_front();
        }
    }
    m_changed.notify_all();
}

// Pages of a conversation are newer than those behind them, so that of a conversation that is not used any
// more the end goes first and what is left can still be found.
Result<void> KvDisk::write(const Job &job)
{
    KvInventory inventory(m_folder);
    const std::int64_t now = nowNanoseconds();
    const std::int64_t oldest = now - std::int64_t(job.pages.size()) * 1000;
    KvKey parent = m_root;
    KvPage page;
    for (std::size_t i = 0; i < job.pages.size(); ++i) {
        const auto tokens = tokensOfPage(job.tokens, i);
        const std::int64_t used = now - std::int64_t(i) * 1000;
        if (!inventory.holds(parent, tokens, used)) {
            page.tokens.assign(tokens.begin(), tokens.end());
            const auto copied = exportPage(i, page);
            if (!copied)
                return copied.error();
            if (!*copied)
                return {};
            const std::uint64_t fileBytes = kKvPageHeaderBytes + page.bytes.size();
            if (!inventory.makeRoom(fileBytes, m_budgetBytes, oldest))
                return {};
            if (const auto written = writePage(parent, page, used); !written) {
                if (written.error().code == ErrorCode::NotFound)
                    return {}; // it vanishes again and again: the next answer may be luckier
                return written.error();
            }
            inventory.added(fileBytes);
            inventory.removeBeginnings(parent, tokens);
        }
        parent = childKey(parent, tokens);
    }
    return {};
}

// Makes the folder anew where somebody deleted it.
Result<void> KvDisk::writePage(const KvKey &parent, const KvPage &page, std::int64_t used) const
{
    Result<void> written = writeKvPage(m_folder, parent, page, used);
    if (written || written.error().code != ErrorCode::NotFound)
        return written;
    if (const auto prepared = prepareKvFolder(m_folder); !prepared)
        return prepared.error();
    return writeKvPage(m_folder, parent, page, used);
}

// Copies a page of the first job and is done with it. False when it was given back; an error when the device failed.
Result<bool> KvDisk::exportPage(std::size_t index, KvPage &page)
{
    page.bytes.resize(page.tokens.size() * m_rowBytes);
    KvPageId id = 0;
    {
        const std::lock_guard lock(m_mutex);
        Job &job = m_jobs.front();
        if (m_givingBack || job.done == job.pages.size())
            return false;
        id = job.pages[index];
        m_copying = true;
    }
    const auto copied = m_backend.exportKvPage(id, std::uint32_t(page.tokens.size()), page.bytes);
    {
        const std::lock_guard lock(m_mutex);
        m_copying = false;
        Job &job = m_jobs.front();
        m_done.insert(m_done.end(), job.pages.begin() + std::ptrdiff_t(job.done),
                      job.pages.begin() + std::ptrdiff_t(index) + 1);
        job.done = index + 1;
    }
    m_changed.notify_all();
    if (!copied)
        return copied.error();
    return true;
}

} // namespace inference
