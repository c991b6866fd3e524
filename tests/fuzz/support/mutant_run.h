// One million mutants, divided among the programs that make them, each watched: none may take a second or 256
// MiB.
#pragma once

#include "tests/fuzz/support/probes.h"

#include <cstdint>
#include <functional>
#include <map>
#include <string_view>

namespace fuzz {

// What a kind of mutant gets of each thousand, so that all take about the same time and the sum is what was
// asked for.
struct Share
{
    std::string_view kind;
    int ofThousand;
};
inline constexpr Share kShares[] = {{"gguf", 330},   {"safetensors", 260}, {"tokenizer", 150},
                                    {"folder", 100}, {"index", 40},        {"templates", 120}};

inline constexpr double kMostSeconds = 1;
inline constexpr std::size_t kMostBytes = 256u << 20;

// How many of a kind: its share of BALEEN_FUZZ_FILES, without it of 300,000, under a sanitizer of 60,000
// (packaging/test.sh asks for 1,000,000 there).
int mutantCount(std::string_view kind);
// BALEEN_FUZZ_SEED, or one that is always the same.
std::uint64_t mutantSeed();

// What became of them.
struct Tally
{
    int count = 0, opened = 0;
    std::map<inference::ErrorCode, int> refused;
    double slowest = 0;      // seconds of processor time
    std::size_t largest = 0; // bytes allocated at one time above what there was before
    int slowestNumber = 0, largestNumber = 0;
};

// Calls `one` with 0, 1 ... and prints a line at the end. A mutant that takes ten seconds ends the program,
// and whatever ends it says which mutant it was.
Tally runMutants(std::string_view kind, int count, const std::function<Outcome()> &one);

} // namespace fuzz
