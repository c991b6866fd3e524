#include "inference/kv_cache.h"

#include <algorithm>
#include <cassert>
#include <chrono>
#include <string>

namespace inference {

using kernels::kKvPageTokens;
using kernels::KvPageId;

namespace {

// More remembered conversations than this are of no use, and each open() looks at all of them.
constexpr std::size_t kMostSequences = 64;
// What the disk gets when the model is unloaded or the program ends. Nearly always nothing is left by then.
constexpr std::chrono::seconds kLastWrites(2);

} // namespace

KvCache::KvCache(kernels::Backend &backend, std::uint32_t contextLength, std::uint32_t pageBudget)
    : m_backend(backend), m_contextLength(contextLength),
      m_pageBudget(std::max(pageBudget, pagesFor(contextLength)))
{}

KvCache::~KvCache()
{
    if (m_disk)
        m_disk->finish(kLastWrites);
    clear();
}

std::uint32_t KvCache::pagesFor(std::uint32_t tokens)
{
    return tokens / kKvPageTokens + (tokens % kKvPageTokens != 0);
}

KvCache::Sequences::const_iterator KvCache::bestMatch(std::span<const TokenId> prompt,
                                                      std::uint32_t &length) const
{
    auto best = m_remembered.end();
    length = 0;
    if (prompt.empty())
        return best;
    const std::span<const TokenId> usable = prompt.first(prompt.size() - 1);
    for (auto it = m_remembered.begin(); it != m_remembered.end(); ++it) {
        const std::uint32_t common = commonPrefix(it->tokens, usable);
        if (common > 0 && common >= length) { // of equal ones the most recently used
            length = common;
            best = it;
        }
    }
    return best;
}

std::uint32_t KvCache::longestPrefix(std::span<const TokenId> prompt) const
{
    std::uint32_t length = 0;
    bestMatch(prompt, length);
    return length;
}

std::uint32_t KvCache::open(std::span<const TokenId> prompt, std::stop_token stop)
{
    close();
    releaseWritten();
    m_isOpen = true;
    openFromMemory(prompt);
    m_foundLength = length();
    m_diskMs = 0;
    if (m_disk && !prompt.empty()) {
        const auto start = std::chrono::steady_clock::now();
        readFromDisk(prompt.first(prompt.size() - 1), stop);
        const std::chrono::duration<double, std::milli> elapsed = std::chrono::steady_clock::now() - start;
        m_diskMs = elapsed.count();
    }
    m_fromDisk = length() - m_foundLength;
    m_foundLength = length();
    return m_foundLength;
}

// The open sequence becomes the longest prefix that a remembered one has in common with the prompt.
void KvCache::openFromMemory(std::span<const TokenId> prompt)
{
    std::uint32_t length = 0;
    const auto found = bestMatch(prompt, length);
    if (found == m_remembered.end())
        return;
    const auto source = m_remembered.erase(found, found); // the same place, not const

    // The conversation simply goes on: nobody else needs the remembered sequence, so its pages move over. A
    // partial last page has one user only, as open() never shares one, and perhaps the disk, which reads
    // nothing behind what was there.
    if (source->tokens.size() == length) {
        m_open = std::move(*source);
        m_remembered.erase(source);
        return;
    }

    const std::uint32_t wholePages = length / kKvPageTokens;
    const std::uint32_t rows = length % kKvPageTokens;
    m_open.tokens.assign(source->tokens.begin(), source->tokens.begin() + length);
    m_open.pages.assign(source->pages.begin(), source->pages.begin() + wholePages);
    for (const KvPageId page : m_open.pages)
        use(page);
    if (rows == 0)
        return;
    if (auto copy = takePage(&*source)) {
        m_backend.copyKvPage(source->pages[wholePages], *copy, rows);
        m_open.pages.push_back(*copy);
        use(*copy);
        return;
    }
    // No page is left for a copy, and takePage() has given up every other sequence and what the disk waited
    // for: this one gives its own.
    m_open.pages.push_back(source->pages[wholePages]);
    use(m_open.pages.back());
    releaseAll(*source);
    m_remembered.erase(source);
}

// Goes on page by page as long as the disk has whole pages of `usable`, the prompt without its last token;
// the last page found may have more tokens than they have in common, or fewer than a page.
void KvCache::readFromDisk(std::span<const TokenId> usable, const std::stop_token &stop)
{
    KvKey key = m_disk->keyOf(usable, length() / kKvPageTokens);
    while (length() < usable.size() && !stop.stop_requested()) {
        const std::uint32_t first = length() / kKvPageTokens * kKvPageTokens;
        const auto wanted =
            usable.subspan(first, std::min<std::size_t>(kKvPageTokens, usable.size() - first));
        if (!m_disk->read(key, wanted, length() - first, m_diskPage))
            return;
        const std::uint32_t common = commonPrefix(m_diskPage.tokens, wanted);
        if (!addDiskPage(first, common) || common < kKvPageTokens)
            return;
        key = childKey(key, wanted);
    }
}

// m_diskPage, of the position `first` on, becomes the last page of the open sequence. A partial one that is
// there already is not written into: the disk may be reading it.
bool KvCache::addDiskPage(std::uint32_t first, std::uint32_t tokens)
{
    const auto page = takePage(nullptr);
    if (!page)
        return false;
    m_backend.importKvPage(*page, std::uint32_t(m_diskPage.tokens.size()), m_diskPage.bytes);
    if (first < length()) {
        release(m_open.pages.back());
        m_open.pages.pop_back();
    }
    m_open.pages.push_back(*page);
    use(*page);
    m_open.tokens.resize(first);
    m_open.tokens.insert(m_open.tokens.end(), m_diskPage.tokens.begin(), m_diskPage.tokens.begin() + tokens);
    return true;
}

void KvCache::keepOnDisk()
{
    if (!m_disk || m_isOpen || m_closedLength == 0 || m_remembered.empty())
        return;
    const Sequence &sequence = m_remembered.back(); // that one, or one that contains it
    if (m_disk->store(sequence.tokens, sequence.pages)) {
        for (const KvPageId page : sequence.pages)
            use(page);
    }
    releaseWritten();
}

void KvCache::releaseWritten()
{
    if (!m_disk)
        return;
    for (const KvPageId page : m_disk->takeDone())
        release(page);
}

Result<void> KvCache::reserve(std::uint32_t count)
{
    assert(m_isOpen);
    if (count > m_contextLength - length()) {
        const std::string most = std::to_string(m_contextLength) + " tokens";
        const std::string found = std::to_string(std::uint64_t(length()) + count);
        return Error(ErrorCode::ContextFull,
                     {.what = "The context is full", .expected = most, .found = found});
    }
    const std::uint32_t needed = pagesFor(length() + count);
    while (m_open.pages.size() < needed) {
        auto page = takePage(nullptr);
        if (!page)
            return page.error();
        m_open.pages.push_back(*page);
        use(*page);
    }
    m_open.tokens.reserve(std::size_t(needed) * kKvPageTokens); // append() allocates nothing
    return {};
}

void KvCache::append(std::span<const TokenId> tokens)
{
    assert(m_isOpen && pagesFor(length() + std::uint32_t(tokens.size())) <= m_open.pages.size());
    m_open.tokens.insert(m_open.tokens.end(), tokens.begin(), tokens.end());
}

void KvCache::close()
{
    if (!m_isOpen)
        return;
    m_isOpen = false;
    m_closedLength = length();
    while (m_open.pages.size() > pagesFor(length())) {
        release(m_open.pages.back());
        m_open.pages.pop_back();
    }
    bool contained = false;
    for (auto it = m_remembered.begin(); it != m_remembered.end();) {
        const std::uint32_t common = commonPrefix(it->tokens, m_open.tokens);
        if (common == length()) { // the remembered one has it all: it only becomes the latest
            m_remembered.splice(m_remembered.end(), m_remembered, it);
            contained = true;
            break;
        }
        if (common == it->tokens.size()) {
            releaseAll(*it);
            it = m_remembered.erase(it);
        } else {
            ++it;
        }
    }
    if (contained || m_open.tokens.empty()) {
        releaseAll(m_open);
        return;
    }
    m_remembered.push_back(std::move(m_open));
    m_open = {};
    if (m_remembered.size() > kMostSequences) {
        releaseAll(m_remembered.front());
        m_remembered.pop_front();
    }
}

void KvCache::discard()
{
    m_open.tokens.resize(std::min<std::size_t>(m_open.tokens.size(), m_foundLength));
    close();
}

void KvCache::clear()
{
    m_isOpen = false;
    if (m_disk)
        m_disk->giveBack();
    releaseWritten();
    releaseAll(m_open);
    for (Sequence &sequence : m_remembered)
        releaseAll(sequence);
    m_remembered.clear();
}

// A fresh page that the caller must use(). What waits to be written to the disk is given up for it, as
// sequences free no page of that, and then sequences, all but `keep`.
Result<KvPageId> KvCache::takePage(const Sequence *keep)
{
    for (bool diskAsked = !m_disk;; diskAsked = true) {
        if (m_users.size() < m_pageBudget) {
            if (auto page = m_backend.allocateKvPage())
                return page;
        }
        if (!diskAsked) {
            m_disk->giveBack();
            releaseWritten();
        } else if (!giveUpPage(keep)) {
            return Error(ErrorCode::OutOfMemory, "The KV cache has no page left.");
        }
    }
}

// Shortens the least recently used sequence until one page is free. False when there is none to shorten.
bool KvCache::giveUpPage(const Sequence *keep)
{
    const std::size_t before = m_users.size();
    for (auto it = m_remembered.begin(); it != m_remembered.end();) {
        if (&*it == keep) {
            ++it;
            continue;
        }
        while (!it->pages.empty() && m_users.size() == before) {
            release(it->pages.back());
            it->pages.pop_back();
        }
        it->tokens.resize(std::min<std::size_t>(it->tokens.size(), it->pages.size() * kKvPageTokens));
        if (it->pages.empty())
            it = m_remembered.erase(it);
        if (m_users.size() < before)
            return true;
    }
    return false;
}

void KvCache::release(KvPageId page)
{
    const auto it = m_users.find(page);
    assert(it != m_users.end());
    if (--it->second == 0) {
        m_users.erase(it);
        m_backend.freeKvPage(page);
    }
}

void KvCache::releaseAll(Sequence &sequence)
{
    for (const KvPageId page : sequence.pages)
        release(page);
    sequence.pages.clear();
    sequence.tokens.clear();
}

} // namespace inference
