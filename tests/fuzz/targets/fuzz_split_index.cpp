// libFuzzer target: the model.safetensors.index.json of a small Llama in two files.
#include "tests/fuzz/support/originals.h"
#include "tests/fuzz/support/probes.h"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const std::string_view bytes(reinterpret_cast<const char *>(data), size);
    static fuzz::FolderProbe folder(fuzz::folderOriginals().front());
    (void)folder.open("model.safetensors.index.json", bytes);
    return 0;
}
