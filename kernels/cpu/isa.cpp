#include "kernels/cpu/isa.h"

#include "kernels/cpu/amx.h"

#include <algorithm>
#include <array>
#include <fstream>

#if defined(__x86_64__) && !defined(KERNELS_SCALAR_ONLY)
#include <cpuid.h>
#endif

namespace kernels {

namespace {

constexpr std::array<std::string_view, 5> kIsaNames{"scalar", "avx2", "avxvnni", "avx512", "amx"};

struct Features
{
    bool avx2 = false, avxVnni = false, avx512 = false, avx512Bf16 = false, amxInt8 = false, amxBf16 = false, tilesSaved = false;
};

#if defined(__x86_64__) && !defined(KERNELS_SCALAR_ONLY)
// XCR0: which register files the operating system saves (Intel SDM volume 1, 13.3).
std::uint64_t savedRegisters()
{
    std::uint32_t low, high;
    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return (std::uint64_t(high) << 32) | low;
}

// Registers as kernels/cpu/tile_config.h describes them: palette 1, and what a product may be as large as. Intel SDM volume 2, CPUID
// leaves 1DH and 1EH.
bool hasTiles()
{
    unsigned a, b, c, d;
    return __get_cpuid_count(0x1d, 0, &a, &b, &c, &d) && a >= 1
        && __get_cpuid_count(0x1d, 1, &a, &b, &c, &d) && a >> 16 == 1024 && (b & 0xffff) == 64 && b >> 16 == 8 && (c & 0xffff) == 16
        && __get_cpuid_count(0x1e, 0, &a, &b, &c, &d) && (b & 0xff) >= 16 && (b >> 8 & 0xffff) >= 64;
}

Features detect()
{
    Features f;
    unsigned a, b, c, d;
    if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & bit_OSXSAVE))
        return f;
    const bool fma = c & bit_FMA, f16c = c & bit_F16C;
    const std::uint64_t saved = savedRegisters();
    const bool ymm = (saved & 0x6) == 0x6, zmm = (saved & 0xe6) == 0xe6;
    f.tilesSaved = (saved & 0x60000) == 0x60000;
    if (!__get_cpuid_count(7, 0, &a, &b, &c, &d))
        return f;
    f.avx2 = ymm && fma && f16c && (b & bit_AVX2);
    const unsigned needed = bit_AVX512F | bit_AVX512BW | bit_AVX512DQ | bit_AVX512VL;
    f.avx512 = f.avx2 && zmm && (b & needed) == needed && (c & (1u << 11)); // AVX512_VNNI
    const bool tiles = (d & (1u << 24)) && hasTiles();
    f.amxInt8 = tiles && (d & (1u << 25));
    f.amxBf16 = tiles && (d & (1u << 22));
    if (a >= 1 && __get_cpuid_count(7, 1, &a, &b, &c, &d)) {
        f.avxVnni = f.avx2 && (a & (1u << 4));
        f.avx512Bf16 = f.avx512 && (a & (1u << 5));
    }
    return f;
}
#else
Features detect()
{
    return {};
}
#endif

const Features &features()
{
    static const Features found = detect();
    return found;
}

std::string join(const std::vector<std::string_view> &names)
{
    std::string text;
    for (const std::string_view name : names)
        text.append(text.empty() ? "" : ", ").append(name);
    return text;
}

} // namespace

const std::string &whyNoAmx()
{
    static const std::string why = whyNoTiles({.processor = features().amxInt8, .avx512 = features().avx512, .saved = features().tilesSaved});
    return why;
}

std::vector<std::string_view> availableIsas()
{
    std::vector<std::string_view> names{"scalar"};
    if (features().avx2)
        names.push_back("avx2");
    if (features().avxVnni)
        names.push_back("avxvnni");
    if (features().avx512)
        names.push_back("avx512");
    if (whyNoAmx().empty())
        names.push_back("amx");
    return names;
}

Result<const CpuOps *> opsForIsa(std::string_view name)
{
    const std::vector<std::string_view> available = availableIsas();
    if (name == "auto")
        name = available.back();
    if (std::find(kIsaNames.begin(), kIsaNames.end(), name) == kIsaNames.end())
        return Error(ErrorCode::InvalidArgument,
                     {.what = "Unknown instruction set", .where = "isa", .expected = "scalar, avx2, avxvnni, avx512, amx or auto", .found = name});
    if (std::find(available.begin(), available.end(), name) == available.end())
        return Error(ErrorCode::Unsupported,
                     {.what = name == "amx" ? "There is no AMX: " + whyNoAmx() : "This machine or this build has no such kernels",
                      .where = "isa",
                      .expected = join(available),
                      .found = name,
                      .wayOut = "Leave it at auto."});
#if defined(__x86_64__) && !defined(KERNELS_SCALAR_ONLY)
    if (name == "amx")
        return &amxOps();
    if (name == "avx512")
        return &avx512Ops();
    if (name == "avxvnni")
        return &avxVnniOps();
    if (name == "avx2")
        return &avx2Ops();
#endif
    return &scalarOps();
}

std::string processorName()
{
    std::ifstream info("/proc/cpuinfo");
    for (std::string line; std::getline(info, line);)
        if (line.rfind("model name", 0) == 0) {
            const std::size_t colon = line.find(':');
            if (colon != std::string::npos && colon + 2 < line.size())
                return line.substr(colon + 2);
        }
    return "unknown processor";
}

std::vector<std::string> processorFeatures()
{
    std::vector<std::string> names;
    const Features &f = features();
    if (f.avx2)
        names.push_back("AVX2");
    if (f.avxVnni)
        names.push_back("AVX-VNNI");
    if (f.avx512)
        names.push_back("AVX-512 VNNI");
    if (f.avx512Bf16)
        names.push_back("AVX-512 BF16");
    if (f.amxInt8 && f.tilesSaved)
        names.push_back("AMX int8");
    if (f.amxBf16 && f.tilesSaved)
        names.push_back("AMX bf16");
    return names;
}

} // namespace kernels
