// Brings the weights of a model file into memory and into this process's page tables, beside other work.
#pragma once

#include "inference/engine.h"
#include "inference/gguf/gguf_file.h"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>
#include <stop_token>
#include <thread>
#include <vector>

namespace inference {

// A mapped file costs time even where all of it is in the page cache: 90 ms a gigabyte for the page tables of small pages.
// Here that begins in a thread of its own as soon as the file is open; who needs the weights helps to the end with finish().
class WeightReader
{
public:
    // Tensors in file order, a slice at a time, until `stop` rises. The file outlives the reader.
    WeightReader(const GgufFile &file, std::stop_token stop);
    // Stops after the slice that is being read.
    ~WeightReader();
    WeightReader(const WeightReader &) = delete;
    WeightReader &operator=(const WeightReader &) = delete;

    // Reads what is left in this thread, too, and reports how far both are, 0 first. False when stopped, also at the very end. Once.
    bool finish(const Engine::LoadProgress &progress);

private:
    bool readNext(const std::stop_token &own);

    std::stop_token m_stop;
    std::vector<std::span<const std::byte>> m_slices;
    std::uint64_t m_total = 0;
    std::atomic<std::size_t> m_next{0}; // slice to be read
    std::atomic<std::uint64_t> m_done{0};
    std::jthread m_thread; // last: it uses the others
};

} // namespace inference
