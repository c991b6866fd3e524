// Which tokens the KV pages of a backend hold: sequences that share pages, found again by their longest
// common prefix.
//
// One sequence is open at a time: the one being read or written. When it is closed it is remembered, so that
// going back to any conversation costs nothing twice. Pages are shared by counting users; only the last page
// of a sequence can be partial, and it is copied before another sequence writes into it. When the page budget
// is used up, the remembered sequence that was used least recently loses pages from its end. With a KvDisk,
// open() goes on where memory ends; a page that is waiting to be written counts it among its users.
#pragma once

#include "inference/kv_disk.h"
#include "inference/result.h"
#include "kernels/backend.h"

#include <cstdint>
#include <list>
#include <memory>
#include <span>
#include <stop_token>
#include <unordered_map>
#include <vector>

namespace inference {

using kernels::TokenId;

// Not thread-safe: engine thread.
class KvCache
{
public:
    // backend: compiled; outlives the cache. pageBudget: pages in use at any time, at least those of one
    // sequence of contextLength tokens.
    KvCache(kernels::Backend &backend, std::uint32_t contextLength, std::uint32_t pageBudget);
    // Waits for the disk, see KvDisk.
    ~KvCache();
    KvCache(const KvCache &) = delete;
    KvCache &operator=(const KvCache &) = delete;

    // For the same backend. Before the first open().
    void setDisk(std::unique_ptr<KvDisk> disk) { m_disk = std::move(disk); }

    // Pages of `tokens` positions.
    static std::uint32_t pagesFor(std::uint32_t tokens);

    // How many of the prompt's tokens open() would find in memory.
    std::uint32_t longestPrefix(std::span<const TokenId> prompt) const;

    // Opens a sequence with the longest prefix of `prompt` that any remembered sequence has in common with
    // it, and then with what the disk has, but never the whole prompt: the last token must run to give
    // logits. Gives the number of tokens found; the rest is the caller's to run and append(). A sequence
    // still open is closed first. Stopped: reads no more pages from the disk.
    std::uint32_t open(std::span<const TokenId> prompt, std::stop_token stop = {});
    // Of what the last open() found: tokens that came from the disk.
    std::uint32_t tokensFromDisk() const { return m_fromDisk; }
    double diskMs() const { return m_diskMs; } // what looking for them there took

    // Makes sure that there are pages for `count` more tokens. Fails with ContextFull beyond the context
    // length and with OutOfMemory when the backend has no page left and nothing can be given up.
    Result<void> reserve(std::uint32_t count);
    // The open sequence's pages, reserved ones included: what RunInput::pages wants.
    std::span<const kernels::KvPageId> pages() const { return m_open.pages; }
    // The backend has run these tokens, at positions length() and on.
    void append(std::span<const TokenId> tokens);
    std::uint32_t length() const { return std::uint32_t(m_open.tokens.size()); }

    // Remembers the open sequence. Remembered ones that it contains are dropped, as they are of no more use.
    void close();
    // After close(): has the sequence written to the disk, where there is one, in the background.
    void keepOnDisk();
    // Why the disk is not used any more: a sentence, once; else empty.
    std::string takeNote() { return m_disk ? m_disk->takeNote() : std::string(); }
    // Closes the open sequence without what was appended since open(): those rows cannot be trusted.
    void discard();
    // Forgets everything.
    void clear();

    std::uint32_t contextLength() const { return m_contextLength; }
    std::uint32_t pageBudget() const { return m_pageBudget; }
    std::uint32_t pagesInUse() const { return std::uint32_t(m_users.size()); }
    std::size_t rememberedSequences() const { return m_remembered.size(); }

private:
    struct Sequence
    {
        std::vector<TokenId> tokens;
        std::vector<kernels::KvPageId> pages; // enough for the tokens; the open one may have more
    };
    using Sequences = std::list<Sequence>; // least recently used first

    Sequences::const_iterator bestMatch(std::span<const TokenId> prompt, std::uint32_t &length) const;
    Result<kernels::KvPageId> takePage(const Sequence *keep);
    bool giveUpPage(const Sequence *keep);
    void openFromMemory(std::span<const TokenId> prompt);
    void readFromDisk(std::span<const TokenId> usable, const std::stop_token &stop);
    bool addDiskPage(std::uint32_t first, std::uint32_t tokens);
    void releaseWritten();
    void use(kernels::KvPageId page) { ++m_users[page]; }
    void release(kernels::KvPageId page);
    void releaseAll(Sequence &sequence);

    kernels::Backend &m_backend;
    std::uint32_t m_contextLength;
    std::uint32_t m_pageBudget;
    bool m_isOpen = false;
    std::uint32_t m_foundLength = 0; // by the last open()
    std::uint32_t m_fromDisk = 0;    // of these
    double m_diskMs = 0;
    std::uint32_t m_closedLength = 0; // of the sequence closed last
    Sequence m_open;
    Sequences m_remembered;
    std::unordered_map<kernels::KvPageId, std::uint32_t>
        m_users; // sequences that hold the page, and the disk
    std::unique_ptr<KvDisk> m_disk;
    KvPage m_diskPage; // the one read last: megabytes that are used again
};

} // namespace inference
