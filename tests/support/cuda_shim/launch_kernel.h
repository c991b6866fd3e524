// A kernel launch: what `kernel<<<grid, block, shared, stream>>>(arguments...)` is under nvcc.
#pragma once

#include "tests/support/cuda_shim/runtime_api.h"

#include <functional>
#include <type_traits>

namespace shim {

struct LaunchRequest
{
    std::function<void()> body; // the kernel with its arguments, called by every lane
    const void *kernel = nullptr;
    dim3 grid, block;
    std::size_t dynamicShared = 0;
    cudaStream_t stream = nullptr;
    int foreignArgument = -1; // an argument that points to what the device cannot read; -1: none
};

bool deviceCanRead(const void *address);

// Queues the launch. Errors of its shape are answered at once, others where the stream is waited for.
cudaError_t enqueueLaunch(LaunchRequest request);

template <class... Parameters>
cudaError_t launchKernel(void (*kernel)(Parameters...), dim3 grid, dim3 block, std::size_t dynamicShared,
                         cudaStream_t stream, Parameters... arguments)
{
    static_assert((std::is_trivially_copyable_v<Parameters> && ...),
                  "arguments are copied to the device byte by byte");
    static_assert((sizeof(Parameters) + ... + 0) <= 4096, "a kernel has at most 4 KiB of arguments");
    LaunchRequest request;
    request.kernel = reinterpret_cast<const void *>(kernel);
    request.grid = grid;
    request.block = block;
    request.dynamicShared = dynamicShared;
    request.stream = stream;
    int index = 0;
    [[maybe_unused]] const auto check = [&](const auto &argument) {
        using Argument = std::remove_cvref_t<decltype(argument)>;
        if constexpr (std::is_pointer_v<Argument>)
            if (argument && request.foreignArgument < 0 &&
                !deviceCanRead(static_cast<const void *>(argument)))
                request.foreignArgument = index;
        ++index;
    };
    (check(arguments), ...);
    request.body = [kernel, arguments...] { kernel(arguments...); };
    return enqueueLaunch(std::move(request));
}

} // namespace shim
