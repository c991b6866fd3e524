// Sampling presets in words, with the figures behind them.
#pragma once

#include "app/sampling_presets.h"

#include <QString>

namespace ui {

QString presetName(app::SamplingPreset preset);
QString samplingFigures(const inference::SamplingOptions &sampling); // "temperature 0.7, top-p 0.95"
// "Precise  -  facts and code", with the figures it has for this model.
QString presetChoice(app::SamplingPreset preset, const std::optional<inference::ModelSummary> &model);
// Where the advice stands that Recommended follows, a sentence; empty for the others and without advice.
QString presetSource(app::SamplingPreset preset, const std::optional<inference::ModelSummary> &model);

// In the order of menus.
inline constexpr app::SamplingPreset kPresets[] = {
    app::SamplingPreset::Recommended, app::SamplingPreset::Precise, app::SamplingPreset::Balanced,
    app::SamplingPreset::Creative};

} // namespace ui
