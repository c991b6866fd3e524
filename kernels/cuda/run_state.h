// What changes from run to run, in device memory: kernels read it there, so that captured graphs never change.
#pragma once

#include <cstddef>
#include <cstdint>

namespace kernels::cuda {

inline constexpr std::uint32_t kVerifyTokens = 16; // a run of so many is decode or verify; more is prefill

struct RunState
{
    std::uint32_t tokens = 0;
    std::uint32_t firstPosition = 0;
    std::uint32_t firstLogit = 0; // the first token whose logits are wanted
    std::uint32_t logitRows = 0;
};

// What kernels say of a run: 1 where a key or a value was not finite.
struct RunFindings
{
    std::uint32_t cacheInvalid = 0;
};

// In device memory, not owned.
struct RunView
{
    const RunState *state = nullptr;
    const std::int32_t *tokens = nullptr;  // (state->tokens)
    std::byte *const *pages = nullptr;     // addresses of the run's pages, in order of positions
    RunFindings *findings = nullptr;
};

} // namespace kernels::cuda
