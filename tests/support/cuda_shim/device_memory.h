// Memory of the emulated device: a range of addresses that the host can touch only while the device works.
#pragma once

#include <cstddef>
#include <map>
#include <string>

namespace shim {

class DeviceMemory
{
public:
    DeviceMemory();

    // Null when there is no room below `limit` bytes in all. Filled with kUnwritten (the first 8 MiB of it).
    void *allocate(std::size_t bytes, std::size_t limit);
    // Whether it was an allocation.
    bool free(void *memory);
    void freeAll();

    bool contains(const void *address) const;
    // Whether all of it is in one allocation, its end included when bytes is 0.
    bool holds(const void *address, std::size_t bytes) const;
    // Says which guard was written over; empty when none was.
    std::string brokenGuard() const;

    std::size_t bytes() const { return m_bytes; }
    std::size_t count() const { return m_allocations.size(); }

    // While one lives, the memory can be read and written.
    class Access
    {
    public:
        explicit Access(DeviceMemory &memory);
        ~Access();
        Access(const Access &) = delete;
        Access &operator=(const Access &) = delete;

    private:
        DeviceMemory &m_memory;
    };

private:
    void protect(bool usable);

    std::byte *m_base = nullptr;
    std::map<std::size_t, std::size_t> m_allocations; // offset to bytes
    std::size_t m_next = 0;                           // where the search for room begins
    std::size_t m_bytes = 0;
    int m_users = 0;
};

} // namespace shim
