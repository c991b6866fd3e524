// Stands for CUDA's header of this name where kernels are compiled for the CPU.
#pragma once

#include "tests/support/cuda_shim/device_language.h"
#include "tests/support/cuda_shim/device_math.h"
#include "tests/support/cuda_shim/launch_kernel.h"
#include "tests/support/cuda_shim/runtime_api.h"
