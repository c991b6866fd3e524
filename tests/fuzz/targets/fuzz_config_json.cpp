// libFuzzer target: the config.json of a folder with the weights of a small DeepSeek-V3.
#include "tests/fuzz/support/originals.h"
#include "tests/fuzz/support/probes.h"

#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
    const std::string_view bytes(reinterpret_cast<const char *>(data), size);
    static fuzz::FolderProbe folder(fuzz::folderOriginals().back());
    (void)folder.open("config.json", bytes);
    return 0;
}
