// Every number of a model, read from its file and checked before any weight is touched.
#pragma once

#include "inference/gguf/gguf_file.h"
#include "kernels/plan.h"

#include <string>

namespace inference {

struct ModelConfig
{
    std::string architecture; // general.architecture
    std::string name;         // general.name fit for one line, may be empty
    std::uint32_t contextLength = 0; // trained, from the file
    kernels::ModelShape shape;

    // Fails with Unsupported (architecture, rope scaling: named) or Damaged; the message lists all problems found.
    static Result<ModelConfig> fromGguf(const GgufFile &file);
};

// Names of the architectures that can be loaded, for messages: "llama and qwen2".
std::string supportedArchitectures();

} // namespace inference
