// What the memory of a device gives: the ceiling that decode is held against.
#pragma once

#include "kernels/result.h"

namespace kernels::cuda {

// Bytes a second of a copy within the device, read and written: the best of some, each of a quarter of a gigabyte or of what is free.
// Fails with OutOfMemory, or Internal when the device fails. Throws nothing.
Result<double> measureCopyBandwidth(int device);

} // namespace kernels::cuda
