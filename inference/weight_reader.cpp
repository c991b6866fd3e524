#include "inference/weight_reader.h"

#include "kernels/cpu/thread_pool.h"

#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

namespace inference {

namespace {

// Read between two looks at the stop token. Threads that want memory from the system wait for a slice to end, too.
constexpr std::size_t kSliceBytes = 2u << 20;

#ifndef MADV_POPULATE_READ
constexpr int MADV_POPULATE_READ = 22; // Linux 5.14
#endif

void readSlice(std::span<const std::byte> slice)
{
    static const auto pageBytes = std::size_t(::sysconf(_SC_PAGESIZE));
    const auto first = reinterpret_cast<std::uintptr_t>(slice.data()), end = first + slice.size();
    const std::uintptr_t begin = first / pageBytes * pageBytes;
    // Not MADV_WILLNEED before it: what that reads ahead lies in the page cache in small pages only.
    if (::madvise(reinterpret_cast<void *>(begin), end - begin, MADV_POPULATE_READ) == 0)
        return;
    // An older system, or a file that was cut short: a read that meets its end is MappedFile's to survive.
    ::madvise(reinterpret_cast<void *>(begin), end - begin, MADV_WILLNEED); // only a hint
    for (std::uintptr_t page = begin; page < end; page += pageBytes)
        static_cast<void>(*reinterpret_cast<const volatile std::byte *>(std::max(page, first)));
}

} // namespace

WeightReader::WeightReader(const GgufFile &file, std::stop_token stop) : m_stop(std::move(stop))
{
    for (const GgufTensor &tensor : file.tensors()) {
        std::span<const std::byte> bytes = file.bytes(tensor);
        m_total += bytes.size();
        while (!bytes.empty()) {
            m_slices.push_back(bytes.first(std::min(kSliceBytes, bytes.size())));
            bytes = bytes.subspan(m_slices.back().size());
        }
    }
    m_thread = std::jthread([this](const std::stop_token &own) {
        kernels::runOnAllowedProcessors(); // not only on the one that the former model's threads left
        while (readNext(own)) {
        }
    });
}

WeightReader::~WeightReader() = default;

// The next slice, whoever comes for it. False at the end and when stopped.
bool WeightReader::readNext(const std::stop_token &own)
{
    if (m_stop.stop_requested() || own.stop_requested())
        return false;
    const std::size_t i = m_next.fetch_add(1, std::memory_order_relaxed);
    if (i >= m_slices.size())
        return false;
    readSlice(m_slices[i]);
    m_done.fetch_add(m_slices[i].size(), std::memory_order_relaxed);
    return true;
}

bool WeightReader::finish(const Engine::LoadProgress &progress)
{
    const auto report = [&] {
        if (progress)
            progress(m_done.load(std::memory_order_relaxed), m_total);
    };
    if (progress)
        progress(0, m_total);
    while (readNext({}))
        report();
    m_thread.join();
    report();
    return !m_stop.stop_requested() && m_done.load(std::memory_order_relaxed) == m_total;
}

} // namespace inference
