// The memory that the threads of a block share: spoiled before every block, so that what is read before it is
// written shows.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace shim {

// Every byte of memory that nobody wrote yet: NaN as a float, a half or a bfloat16, -1 as a whole number.
inline constexpr unsigned char kUnwritten = 0xff;

// The variables declared __shared__ in this program, found in its symbol table by the tag in their names.
class SharedVariables
{
public:
    static SharedVariables &instance();

    // Spoils what a block of the kernel, given by its address, has written.
    void afterBlock(const void *kernel);

    std::size_t count() const { return m_variables.size(); }

private:
    struct Variable
    {
        unsigned char *address;
        std::size_t bytes;
    };
    struct Usage
    {
        std::vector<std::size_t> variables; // that blocks of the kernel were seen to write
        unsigned searches = 0;
    };
    SharedVariables();
    Usage &usageOf(const void *kernel);

    std::vector<Variable> m_variables;
    std::vector<std::pair<const void *, Usage>> m_usages;
};

// The readable name of a function of this program, for messages.
std::string functionName(const void *function);

// Dynamic shared memory of exactly these bytes, with guards around it.
class DynamicShared
{
public:
    explicit DynamicShared(std::size_t bytes);
    ~DynamicShared();
    DynamicShared(const DynamicShared &) = delete;
    DynamicShared &operator=(const DynamicShared &) = delete;

    std::byte *data() const { return m_data; }
    void spoil();
    bool guardsIntact() const;

private:
    std::byte *m_data = nullptr;
    std::size_t m_bytes = 0;
};

} // namespace shim
