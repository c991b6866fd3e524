#include "tests/support/cuda_shim/shared_memory.h"

#include <cxxabi.h>
#include <dlfcn.h>
#include <elf.h>
#include <link.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <memory>
#include <new>

#if defined(__has_feature)
#define BALEEN_SHIM_ASAN __has_feature(address_sanitizer)
#elif defined(__SANITIZE_ADDRESS__)
#define BALEEN_SHIM_ASAN 1
#else
#define BALEEN_SHIM_ASAN 0
#endif

namespace shim {

namespace {

constexpr std::size_t kGuardBytes = 64;
constexpr unsigned char kGuard = 0xa5;

struct Symbol
{
    std::string name;
    std::uintptr_t address;
    std::size_t bytes;
    bool function;
};

// The symbols of the file that this code is in. Empty when it was stripped.
std::vector<Symbol> readSymbols()
{
    Dl_info self{};
    link_map *map = nullptr;
    if (!dladdr1(reinterpret_cast<const void *>(&readSymbols), &self, reinterpret_cast<void **>(&map),
                 RTLD_DL_LINKMAP))
        return {};
    const std::string path = map->l_name && *map->l_name ? map->l_name : "/proc/self/exe";
    std::ifstream file(path, std::ios::binary);
    const std::string bytes((std::istreambuf_iterator<char>(file)), {});
    ElfW(Ehdr) header;
    if (bytes.size() < sizeof header)
        return {};
    std::memcpy(&header, bytes.data(), sizeof header);
    std::vector<Symbol> symbols;
    const auto section = [&](unsigned index) {
        ElfW(Shdr) result;
        std::memcpy(&result, bytes.data() + header.e_shoff + index * sizeof result, sizeof result);
        return result;
    };
    for (unsigned i = 0; i < header.e_shnum; ++i) {
        const ElfW(Shdr) table = section(i);
        if (table.sh_type != SHT_SYMTAB)
            continue;
        const char *names = bytes.data() + section(table.sh_link).sh_offset;
        for (std::size_t at = 0; at + sizeof(ElfW(Sym)) <= table.sh_size; at += sizeof(ElfW(Sym))) {
            ElfW(Sym) symbol;
            std::memcpy(&symbol, bytes.data() + table.sh_offset + at, sizeof symbol);
            const int type = ELF64_ST_TYPE(symbol.st_info);
            if (symbol.st_shndx != SHN_UNDEF && (type == STT_OBJECT || type == STT_FUNC))
                symbols.push_back({names + symbol.st_name, map->l_addr + symbol.st_value, symbol.st_size,
                                   type == STT_FUNC});
        }
    }
    return symbols;
}

const std::vector<Symbol> &symbols()
{
    static const std::vector<Symbol> all = readSymbols();
    return all;
}

#if BALEEN_SHIM_ASAN
// Without the sanitizer's checks: a variable's size in the symbol table may count the red zone behind it.
__attribute__((no_sanitize("address", "undefined"))) void fill(unsigned char *at, std::size_t bytes)
{
    volatile unsigned char *to = at;
    for (std::size_t i = 0; i < bytes; ++i)
        to[i] = kUnwritten;
}
#else
void fill(unsigned char *at, std::size_t bytes)
{
    std::memset(at, kUnwritten, bytes);
}
#endif

__attribute__((no_sanitize("address", "undefined"))) bool unwritten(const unsigned char *at,
                                                                    std::size_t bytes)
{
    std::size_t i = 0;
    for (; i + 8 <= bytes; i += 8) {
        std::uint64_t word;
        __builtin_memcpy(&word, at + i, 8);
        if (word != ~std::uint64_t(0))
            return false;
    }
    for (; i < bytes; ++i)
        if (at[i] != kUnwritten)
            return false;
    return true;
}

} // namespace

SharedVariables &SharedVariables::instance()
{
    static SharedVariables variables;
    return variables;
}

SharedVariables::SharedVariables()
{
    for (const Symbol &symbol : symbols())
        if (!symbol.function && symbol.name.find("B12deviceShared") != std::string::npos) {
            m_variables.push_back({reinterpret_cast<unsigned char *>(symbol.address), symbol.bytes});
            fill(m_variables.back().address, symbol.bytes);
        }
}

SharedVariables::Usage &SharedVariables::usageOf(const void *kernel)
{
    for (auto &[key, usage] : m_usages)
        if (key == kernel)
            return usage;
    m_usages.emplace_back(kernel, Usage());
    return m_usages.back().second;
}

// All are looked at after the first blocks of a kernel and, for what only some blocks write, now and then
// later.
void SharedVariables::afterBlock(const void *kernel)
{
    Usage &usage = usageOf(kernel);
    const unsigned search = usage.searches++;
    if (search < 4 || search % 64 == 0)
        for (std::size_t i = 0; i < m_variables.size(); ++i)
            if (!unwritten(m_variables[i].address, m_variables[i].bytes) &&
                std::find(usage.variables.begin(), usage.variables.end(), i) == usage.variables.end())
                usage.variables.push_back(i);
    for (const std::size_t index : usage.variables)
        fill(m_variables[index].address, m_variables[index].bytes);
}

std::string functionName(const void *function)
{
    for (const Symbol &symbol : symbols()) {
        if (!symbol.function || symbol.address != reinterpret_cast<std::uintptr_t>(function))
            continue;
        int status = 0;
        const std::unique_ptr<char, void (*)(void *)> name(
            abi::__cxa_demangle(symbol.name.c_str(), nullptr, nullptr, &status), std::free);
        std::string text = name ? name.get() : symbol.name;
        const std::string_view anonymous = "(anonymous namespace)::";
        for (auto at = text.find(anonymous); at != text.npos; at = text.find(anonymous))
            text.erase(at, anonymous.size());
        return text.substr(0, text.find('('));
    }
    return "a kernel";
}

#if BALEEN_SHIM_ASAN
DynamicShared::DynamicShared(std::size_t bytes) : m_bytes(bytes)
{
    void *memory = nullptr;
    if (::posix_memalign(&memory, 128, bytes ? bytes : 1))
        throw std::bad_alloc();
    m_data = static_cast<std::byte *>(memory);
}

DynamicShared::~DynamicShared()
{
    std::free(m_data);
}

bool DynamicShared::guardsIntact() const
{
    return true; // the sanitizer's are around it
}
#else
DynamicShared::DynamicShared(std::size_t bytes) : m_bytes(bytes)
{
    void *memory = nullptr;
    if (::posix_memalign(&memory, 128, 128 + bytes + kGuardBytes))
        throw std::bad_alloc();
    m_data = static_cast<std::byte *>(memory) + 128;
    std::memset(m_data - kGuardBytes, kGuard, kGuardBytes);
    std::memset(m_data + bytes, kGuard, kGuardBytes);
}

DynamicShared::~DynamicShared()
{
    std::free(m_data - 128);
}

bool DynamicShared::guardsIntact() const
{
    const auto isGuard = [](std::byte byte) { return byte == std::byte(kGuard); };
    return std::all_of(m_data - kGuardBytes, m_data, isGuard) &&
           std::all_of(m_data + m_bytes, m_data + m_bytes + kGuardBytes, isGuard);
}
#endif

void DynamicShared::spoil()
{
    std::memset(m_data, kUnwritten, m_bytes);
}

} // namespace shim
