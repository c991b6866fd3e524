// The ceilings of this machine, measured: what speed can be judged against.
#pragma once

namespace kernels {

// Bytes a second that `threads` threads (0: physical cores) read from memory; about half a second.
double measureReadBandwidth(unsigned threads);

// int8 operations a second (two for a multiply-add) out of registers, with the best instruction set; about a quarter
// of a second.
double measureInt8Rate(unsigned threads);

} // namespace kernels
