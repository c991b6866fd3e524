// How freely a model chooses its words: three presets, and what reasoning models need instead.
#pragma once

#include "inference/engine.h"

namespace app {

enum class SamplingPreset { Precise, Balanced, Creative };

// Reasoning models loop when greedy and ramble when hot: their makers advise 0.5 to 0.7, best 0.6, with top-p
// 0.95 (model cards of DeepSeek-R1 and the distills).
inline inference::SamplingOptions samplingFor(SamplingPreset preset, bool reasoningModel)
{
    inference::SamplingOptions options;
    options.topP = 0.95f;
    switch (preset) {
    case SamplingPreset::Precise:
        options.temperature = reasoningModel ? 0.5f : 0.2f;
        break;
    case SamplingPreset::Balanced:
        options.temperature = reasoningModel ? 0.6f : 0.7f;
        break;
    case SamplingPreset::Creative:
        options.temperature = reasoningModel ? 0.7f : 1.0f;
        break;
    }
    return options;
}

} // namespace app
