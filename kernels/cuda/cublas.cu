#include "kernels/cuda/cublas.h"

#ifndef BALEEN_CUDA_SHIM
#include <dlfcn.h>
#endif

namespace kernels::cuda {

namespace {

// Of cublas_api.h and library_types.h.
constexpr int kTransposed = 1, kPlain = 0;      // cublasOperation_t
constexpr int kFloat = 0, kHalf = 2;            // cudaDataType
constexpr int kSumsInFloat = 68;                // CUBLAS_COMPUTE_32F
constexpr int kAnyAlgorithm = -1;               // CUBLAS_GEMM_DEFAULT

void checkCublas(int status, const char *what)
{
    if (status != 0) // CUBLAS_STATUS_ALLOC_FAILED is 3
        throw Failure(status == 3 ? cudaErrorMemoryAllocation : cudaErrorUnknown, std::string("cuBLAS, ") + what);
}

#ifndef BALEEN_CUDA_SHIM
CublasFunctions load()
{
    CublasFunctions functions;
    void *library = nullptr;
    for (const char *name : {"libcublas.so.13", "libcublas.so.12", "libcublas.so"})
        if (!library)
            library = dlopen(name, RTLD_NOW | RTLD_LOCAL);
    if (!library)
        return functions;
    const auto find = [&](auto &function, const char *name) {
        function = reinterpret_cast<std::remove_reference_t<decltype(function)>>(dlsym(library, name));
    };
    find(functions.create, "cublasCreate_v2");
    find(functions.destroy, "cublasDestroy_v2");
    find(functions.setStream, "cublasSetStream_v2");
    find(functions.setWorkspace, "cublasSetWorkspace_v2");
    find(functions.gemm, "cublasGemmEx");
    return functions;
}
#endif

} // namespace

const CublasFunctions *systemCublas()
{
#ifdef BALEEN_CUDA_SHIM
    return nullptr; // it would look for a real device
#else
    static const CublasFunctions functions = load();
    const bool isWhole = functions.create && functions.destroy && functions.setStream && functions.setWorkspace && functions.gemm;
    return isWhole ? &functions : nullptr;
#endif
}

Cublas::Cublas(const CublasFunctions &functions, cudaStream_t stream, void *workspace, std::size_t bytes)
    : m_functions(functions)
{
    checkCublas(m_functions.create(&m_handle), "begin");
    try {
        checkCublas(m_functions.setStream(m_handle, stream), "choice of the stream");
        checkCublas(m_functions.setWorkspace(m_handle, workspace, bytes), "workspace");
    } catch (const Failure &) {
        m_functions.destroy(m_handle);
        throw;
    }
}

Cublas::~Cublas()
{
    m_functions.destroy(m_handle);
}

// Column-major: out^T (rows, tokens) = weights (rows, columns) activations^T.
void Cublas::multiply(const Product &product) const
{
    const float one = 1, zero = 0;
    const auto stride = static_cast<int>(product.stride), rows = static_cast<int>(product.rows);
    checkCublas(m_functions.gemm(m_handle, kTransposed, kPlain, rows, static_cast<int>(product.tokens),
                                 static_cast<int>(product.columns), &one, product.weights, kHalf, stride, product.activations,
                                 kHalf, stride, &zero, product.out, kFloat, rows, kSumsInFloat, kAnyAlgorithm),
                "product");
}

} // namespace kernels::cuda
