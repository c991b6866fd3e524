// Rotary position embeddings: frequencies and amplitude from the keys of a file.
#pragma once

#include "inference/model/key_reader.h"
#include "kernels/plan.h"

namespace inference {

struct RopeReading
{
    bool divisors =
        false; // rope_freqs.weight counts, where the file has it (llama3's scaling, baked by the converter)
    std::uint32_t contextLength =
        0; // trained; what YaRN takes for the original one where the file does not say
};

// Fills ropeInverseFrequencies, ropeAmplitude and, with MLA, attentionScaleFactor. Formulas:
// reference/deepseek-models.md section 2; YaRN: arXiv 2309.00071.
//
// headDim, or mla.ropeDim, must have been read. Kinds: none, linear, yarn; others are a problem by name.
void readRope(const GgufFile &file, KeyReader &keys, const RopeReading &reading, kernels::ModelShape &shape,
              ProblemList &problems);

} // namespace inference
