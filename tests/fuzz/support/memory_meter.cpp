#include "tests/fuzz/support/memory_meter.h"

#include "tests/support/sanitized.h"

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <new>

#include <malloc.h>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define BALEEN_SANITIZER_ALLOCATES 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define BALEEN_SANITIZER_ALLOCATES 1
#endif
#endif
#ifdef BALEEN_SANITIZER_ALLOCATES
// As in sanitizer/allocator_interface.h, which g++ does not bring along.
extern "C" int __sanitizer_install_malloc_and_free_hooks(void (*onMalloc)(const volatile void *, std::size_t),
                                                         void (*onFree)(const volatile void *));
extern "C" std::size_t __sanitizer_get_allocated_size(const volatile void *place);
#endif

namespace {

std::atomic<std::size_t> s_allocated{0}, s_base{0}, s_peak{0};

void added(std::size_t bytes)
{
    const std::size_t now = s_allocated.fetch_add(bytes, std::memory_order_relaxed) + bytes;
    std::size_t peak = s_peak.load(std::memory_order_relaxed);
    while (now > peak && !s_peak.compare_exchange_weak(peak, now, std::memory_order_relaxed)) {
    }
}

void removed(std::size_t bytes)
{
    s_allocated.fetch_sub(bytes, std::memory_order_relaxed);
}

} // namespace

namespace fuzz {

std::size_t allocatedBytes()
{
    return s_allocated.load(std::memory_order_relaxed);
}

void resetPeak()
{
    const std::size_t now = allocatedBytes();
    s_base.store(now, std::memory_order_relaxed);
    s_peak.store(now, std::memory_order_relaxed);
}

std::size_t peakBytes()
{
    const std::size_t peak = s_peak.load(std::memory_order_relaxed),
                      base = s_base.load(std::memory_order_relaxed);
    return peak > base ? peak - base : 0;
}

} // namespace fuzz

#ifdef BALEEN_SANITIZER_ALLOCATES

namespace {

// What was allocated before is not counted, so its release must not be either: the counter would wrap. It is
// a difference that counts, and it wraps back.
const int s_installed =
    __sanitizer_install_malloc_and_free_hooks([](const volatile void *, std::size_t bytes) { added(bytes); },
                                              [](const volatile void *place) {
                                                  if (place)
                                                      removed(__sanitizer_get_allocated_size(place));
                                              });

} // namespace

#else

namespace {

void *allocate(std::size_t bytes)
{
    void *place = std::malloc(std::max<std::size_t>(bytes, 1));
    if (place)
        added(malloc_usable_size(place));
    return place;
}

void release(void *place)
{
    if (place)
        removed(malloc_usable_size(place));
    std::free(place);
}

} // namespace

void *operator new(std::size_t bytes)
{
    if (void *place = allocate(bytes))
        return place;
    throw std::bad_alloc();
}
void *operator new[](std::size_t bytes)
{
    return operator new(bytes);
}
void operator delete(void *place) noexcept
{
    release(place);
}
void operator delete[](void *place) noexcept
{
    release(place);
}
void operator delete(void *place, std::size_t) noexcept
{
    release(place);
}
void operator delete[](void *place, std::size_t) noexcept
{
    release(place);
}

#endif
