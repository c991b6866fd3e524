// Every number of a model, read from its file and checked before any weight is touched.
#pragma once

#include "inference/gguf/gguf_file.h"
#include "kernels/plan.h"

#include <string>
#include <vector>

namespace inference {

// Routed experts, as the layers after the leading dense ones have them.
struct MoeConfig
{
    kernels::RouterStep router{}; // its numbers; the weights differ in each layer
    std::uint32_t expertIntermediateSize = 0;
    std::uint32_t sharedExperts = 0;          // which every token uses, computed as one
    std::uint32_t sharedIntermediateSize = 0; // of all of them; 0: none
    std::uint32_t leadingDenseLayers = 0;
};

struct ModelConfig
{
    std::string architecture;        // general.architecture
    std::string name;                // general.name fit for one line, may be empty
    std::uint32_t contextLength = 0; // trained, from the file
    kernels::ModelShape shape;
    std::uint32_t denseIntermediateSize = 0; // of layers without routed experts
    std::uint32_t predictingLayers =
        0;                        // behind the last of shape.layers, for multi-token prediction; not run
    MoeConfig moe;                // router.experts is 0 where the model has none
    std::uint32_t denseAbove = 0; // tokens: a V3.2 without its indexer (sparse_attention.h); 0: another model

    // Fails with Unsupported (architecture, rope scaling: named) or Damaged; the message lists all problems
    // found.
    static Result<ModelConfig> fromGguf(const GgufFile &file);

    // What differs from the model that its makers published: sentences for people.
    std::vector<std::string> notes() const;
};

// Names of the architectures that can be loaded, for messages: "llama and qwen2".
std::string supportedArchitectures();

} // namespace inference
