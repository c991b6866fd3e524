// cuBLAS for the products of long runs: opened at run time, when it is first needed; without it our own kernels serve.
#pragma once

#include "kernels/cuda/failure.h"

#include <cstddef>
#include <cstdint>

namespace kernels::cuda {

// What we call of the library, under its own signatures (cuBLAS documentation, "cublasGemmEx()"): handles and enumerations as
// the C types that they are.
struct CublasFunctions
{
    int (*create)(void **handle) = nullptr;
    int (*destroy)(void *handle) = nullptr;
    int (*setStream)(void *handle, cudaStream_t stream) = nullptr;
    int (*setWorkspace)(void *handle, void *workspace, std::size_t bytes) = nullptr;
    int (*gemm)(void *handle, int opA, int opB, int m, int n, int k, const void *alpha, const void *a, int typeA, int lda,
                const void *b, int typeB, int ldb, const void *beta, void *c, int typeC, int ldc, int computeType,
                int algorithm) = nullptr;
};

// Of the system's library; null where there is none that fits. Opened once in a process, never closed.
const CublasFunctions *systemCublas();

class Cublas
{
public:
    // workspace: device memory that stays valid, so that the library allocates none. Throws Failure.
    Cublas(const CublasFunctions &functions, cudaStream_t stream, void *workspace, std::size_t bytes);
    ~Cublas();
    Cublas(const Cublas &) = delete;
    Cublas &operator=(const Cublas &) = delete;

    struct Product
    {
        const std::uint16_t *weights = nullptr;     // (rows, stride) halves
        const std::uint16_t *activations = nullptr; // (tokens, stride) halves
        std::uint32_t rows = 0, tokens = 0, columns = 0, stride = 0;
        float *out = nullptr; // (tokens, rows)
    };
    // Sums in float. Throws Failure.
    void multiply(const Product &product) const;

private:
    const CublasFunctions &m_functions;
    void *m_handle = nullptr;
};

} // namespace kernels::cuda
