// Whether AMX tiles may be used. The processor has to have them, the system has to save them, and it has to let this process
// use them (Linux 5.16 and later, on request); since virtual machines and sandboxes promise what they do not keep, a tile
// product in a process of its own has the last word.
#pragma once

#include <string>

namespace kernels {

// What CPUID and XGETBV say. Intel 64 and IA-32 Architectures Software Developer's Manual, volume 1, 18.2.
struct TileFacts
{
    bool processor = false; // AMX-TILE and AMX-INT8, with registers of 16 rows of 64 bytes
    bool avx512 = false;    // what the rest of the work is done with
    bool saved = false;     // XCR0: the system saves the registers
};

// Why there is no AMX; empty: it is granted. Asks the system and tries a product where the facts allow it: a few milliseconds.
std::string whyNoTiles(const TileFacts &facts);

// Runs `trial` in a child of this process, so that an illegal instruction ends the child only: what went wrong, or nothing.
// The trial must do without locks and memory from the heap.
std::string tryInChild(bool (*trial)());

} // namespace kernels
