// libFuzzer target: a safetensors file.
#include "tests/fuzz/support/probes.h"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const std::string_view bytes(reinterpret_cast<const char *>(data), size);
    (void)fuzz::probeSafetensors(bytes);
    return 0;
}
