// KV pages kept on disk: read back when a prompt begins like one that was read before, also by another
// process, and written behind the engine's back.
//
// Writing has a thread of its own. A page is copied out of the backend there, so the engine thread gives it
// nothing but its number; the page must stay allocated until it comes back through takeDone(). Reading
// happens on the engine thread, which waits for nothing else.
#pragma once

#include "inference/kv_folder.h"
#include "kernels/backend.h"

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <thread>
#include <vector>

namespace inference {

class KvDisk
{
public:
    // backend: compiled; outlives this. root: the key of no tokens, see kvRoot(). budgetBytes: of all pages
    // in the folder. When the folder cannot be used, takeNote() says so and all else does nothing.
    KvDisk(const kernels::Backend &backend, const KvKey &root, std::filesystem::path folder,
           std::uint64_t budgetBytes);
    // giveBack(), and then no page is used any more.
    ~KvDisk();
    KvDisk(const KvDisk &) = delete;
    KvDisk &operator=(const KvDisk &) = delete;

    // All on the engine thread.

    // The key of the first `pages` whole pages of a sequence.
    KvKey keyOf(std::span<const TokenId> tokens, std::uint32_t pages) const;
    // See readBestKvPage().
    bool read(const KvKey &parent, std::span<const TokenId> wanted, std::size_t least, KvPage &page) const;

    // Writes what is not there yet of a sequence, and marks all of it as just used. pages: those of the
    // tokens, each of which comes back once. False when nothing is kept any more; then none comes back.
    bool store(std::span<const TokenId> tokens, std::span<const kernels::KvPageId> pages);
    // Pages that are not needed any more.
    std::vector<kernels::KvPageId> takeDone();
    // Gives up what is not written yet, so that all pages are done. Takes as long as copying one of them.
    void giveBack();
    // Waits until everything is written, at most `atMost`; gives up the rest then.
    void finish(std::chrono::milliseconds atMost);

    // Why nothing is kept any more: a sentence, once; else empty.
    std::string takeNote();

private:
    struct Job
    {
        std::vector<TokenId> tokens;
        std::vector<kernels::KvPageId> pages; // those not done yet are at the end
        std::size_t done = 0;
    };
    void run();
    Result<void> write(const Job &job);
    Result<void> writePage(const KvKey &parent, const KvPage &page, std::int64_t used) const;
    Result<bool> exportPage(std::size_t index, KvPage &page);
    void endJob();
    void turnOff(const Error &error);

    const kernels::Backend &m_backend;
    const KvKey m_root;
    const std::filesystem::path m_folder;
    const std::uint64_t m_budgetBytes;
    const std::size_t m_rowBytes;
    bool m_usable = true; // the folder is one of ours

    mutable std::mutex m_mutex; // of all below
    std::condition_variable m_changed;
    std::deque<Job> m_jobs; // the first is the one that is being written
    std::vector<kernels::KvPageId> m_done;
    bool m_copying = false; // a page of the first job, right now
    bool m_givingBack = false;
    bool m_off = false;
    bool m_quit = false;
    std::string m_note;
    std::thread m_thread; // from the first store() on
};

} // namespace inference
