// How a model's makers advise to sample: from its file, else by its family.
#pragma once

#include "inference/engine.h"

#include <string>

namespace inference {

class GgufFile;

struct RecommendedSampling
{
    SamplingOptions options; // what nobody advises on is the program's own default
    std::string source;      // where the advice stands, for people; empty: there is none
};

// Never fails: what a file says wrongly is as if it did not say it. Keys: general.sampling.* as llama.cpp
// writes them; for a Hugging Face folder they come from generation_config.json.
RecommendedSampling recommendedSampling(const GgufFile &file, const Tokenizer &tokenizer,
                                        const ChatFormat &format);

} // namespace inference
