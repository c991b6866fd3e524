// How freely a model chooses its words: as its makers advise, or by one of three presets.
#pragma once

#include "inference/engine.h"

#include <optional>

namespace app {

// The numbers are in settings files.
enum class SamplingPreset { Precise, Balanced, Creative, Recommended };

// Reasoning models loop when greedy and ramble when hot: their makers advise 0.5 to 0.7, best 0.6, with top-p
// 0.95 (model cards of DeepSeek-R1 and the distills). Recommended without a model, or without any advice, is
// Balanced.
inline inference::SamplingOptions samplingFor(SamplingPreset preset,
                                              const std::optional<inference::ModelSummary> &model)
{
    if (preset == SamplingPreset::Recommended && model && !model->samplingSource.empty())
        return model->sampling;
    const bool reasoningModel = model && model->canThink;
    inference::SamplingOptions options;
    options.topP = 0.95f;
    switch (preset) {
    case SamplingPreset::Precise:
        options.temperature = reasoningModel ? 0.5f : 0.2f;
        break;
    case SamplingPreset::Recommended:
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
