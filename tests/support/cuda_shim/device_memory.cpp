#include "tests/support/cuda_shim/device_memory.h"

#include "tests/support/cuda_shim/shared_memory.h"

#include <sys/mman.h>

#include <algorithm>
#include <cstring>
#include <iterator>
#include <new>

#if defined(__has_feature)
#define BALEEN_SHIM_ASAN __has_feature(address_sanitizer)
#elif defined(__SANITIZE_ADDRESS__)
#define BALEEN_SHIM_ASAN 1
#else
#define BALEEN_SHIM_ASAN 0
#endif
#if BALEEN_SHIM_ASAN
#include <sanitizer/asan_interface.h>
#endif

namespace shim {

namespace {

constexpr std::size_t kAlignment = 256; // of cudaMalloc()
constexpr std::size_t kAddresses = std::size_t(32) << 30;
constexpr std::size_t kGap = 4096; // between allocations: guards, then nothing
constexpr std::size_t kGuardBytes = 64;
constexpr std::size_t kMostSpoiled = std::size_t(8) << 20;
constexpr unsigned char kGuard = 0xa5;

std::size_t roundUp(std::size_t bytes)
{
    return (bytes + kAlignment - 1) / kAlignment * kAlignment;
}

// The sanitizer reports any touch of what is closed.
void close([[maybe_unused]] const std::byte *at, [[maybe_unused]] std::size_t bytes)
{
#if BALEEN_SHIM_ASAN
    __asan_poison_memory_region(at, bytes);
#endif
}

void open([[maybe_unused]] const std::byte *at, [[maybe_unused]] std::size_t bytes)
{
#if BALEEN_SHIM_ASAN
    __asan_unpoison_memory_region(at, bytes);
#endif
}

} // namespace

DeviceMemory::DeviceMemory()
{
    void *memory = ::mmap(nullptr, kAddresses, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED)
        throw std::bad_alloc();
    ::madvise(memory, kAddresses, MADV_HUGEPAGE); // arenas come and go with every test
    m_base = static_cast<std::byte *>(memory);
}

DeviceMemory::Access::Access(DeviceMemory &memory) : m_memory(memory)
{
    if (m_memory.m_users++ == 0)
        m_memory.protect(true);
}

DeviceMemory::Access::~Access()
{
    if (--m_memory.m_users == 0)
        m_memory.protect(false);
}

void DeviceMemory::protect(bool usable)
{
    ::mprotect(m_base, kAddresses, usable ? PROT_READ | PROT_WRITE : PROT_NONE);
}

void *DeviceMemory::allocate(std::size_t bytes, std::size_t limit)
{
    if (bytes > limit || m_bytes > limit - bytes)
        return nullptr;
    // Room behind what was handed out last, so that what was freed stays closed for long; then from the
    // beginning.
    const std::size_t needed = kGap + roundUp(bytes) + kGap;
    std::size_t offset = 0;
    bool found = false;
    for (const std::size_t start : {m_next, std::size_t(0)}) {
        offset = start;
        auto next = m_allocations.lower_bound(offset);
        if (next != m_allocations.begin())
            offset = std::max(offset, std::prev(next)->first + roundUp(std::prev(next)->second));
        while (next != m_allocations.end() && next->first < offset + needed) {
            offset = next->first + roundUp(next->second);
            ++next;
        }
        if ((found = offset + needed <= kAddresses))
            break;
    }
    if (!found)
        return nullptr;
    offset += kGap;
    m_next = offset + roundUp(bytes);
    m_allocations[offset] = bytes;
    m_bytes += bytes;
    std::byte *memory = m_base + offset;
    const Access access(*this);
    open(memory - kGap, needed);
    std::memset(memory, kUnwritten, std::min(bytes, kMostSpoiled));
    std::memset(memory - kGuardBytes, kGuard, kGuardBytes);
    std::memset(memory + bytes, kGuard, kGuardBytes);
    close(memory - kGap, kGap);
    close(memory + bytes, roundUp(bytes) - bytes + kGap);
    return memory;
}

bool DeviceMemory::free(void *memory)
{
    const auto found = contains(memory)
                           ? m_allocations.find(std::size_t(static_cast<std::byte *>(memory) - m_base))
                           : m_allocations.end();
    if (found == m_allocations.end())
        return false;
    close(m_base + found->first, found->second);
    ::madvise(m_base + found->first / 4096 * 4096, found->second / 4096 * 4096, MADV_DONTNEED);
    m_bytes -= found->second;
    m_allocations.erase(found);
    return true;
}

void DeviceMemory::freeAll()
{
    while (!m_allocations.empty())
        free(m_base + m_allocations.begin()->first);
    m_next = 0;
}

bool DeviceMemory::contains(const void *address) const
{
    const auto *at = static_cast<const std::byte *>(address);
    return at >= m_base && at < m_base + kAddresses;
}

bool DeviceMemory::holds(const void *address, std::size_t bytes) const
{
    if (!contains(address))
        return false;
    const auto offset = std::size_t(static_cast<const std::byte *>(address) - m_base);
    const auto next = m_allocations.upper_bound(offset);
    if (next == m_allocations.begin())
        return false;
    const auto &[start, size] = *std::prev(next);
    return offset - start <= size && bytes <= size - (offset - start);
}

#if BALEEN_SHIM_ASAN
std::string DeviceMemory::brokenGuard() const
{
    return {}; // the sanitizer has reported the write itself
}
#else
std::string DeviceMemory::brokenGuard() const
{
    const auto broken = [](const std::byte *at) {
        return std::any_of(at, at + kGuardBytes, [](std::byte byte) { return byte != std::byte(kGuard); });
    };
    for (const auto &[offset, size] : m_allocations) {
        const bool behind = broken(m_base + offset + size);
        if (behind || broken(m_base + offset - kGuardBytes))
            return "a write " + std::string(behind ? "past the end" : "before the beginning") +
                   " of an allocation of " + std::to_string(size) + " bytes";
    }
    return {};
}
#endif

} // namespace shim
