#include "ui/chat/sampling_words.h"

#include <QCoreApplication>

namespace ui {

namespace {

struct SamplingWords
{
    Q_DECLARE_TR_FUNCTIONS(ui::ChatPanel)
};

} // namespace

QString samplingFigures(const inference::SamplingOptions &sampling)
{
    const auto number = [](float value) { return QString::number(double(value), 'g', 3); };
    QString words = SamplingWords::tr("temperature %1").arg(number(sampling.temperature));
    if (sampling.temperature > 0)
        words += SamplingWords::tr(", top-p %1").arg(number(sampling.topP));
    return words;
}

QString presetName(app::SamplingPreset preset)
{
    switch (preset) {
    case app::SamplingPreset::Precise:
        return SamplingWords::tr("Precise");
    case app::SamplingPreset::Creative:
        return SamplingWords::tr("Creative");
    case app::SamplingPreset::Balanced:
        return SamplingWords::tr("Balanced");
    case app::SamplingPreset::Recommended:
        break;
    }
    return SamplingWords::tr("Recommended");
}

QString presetChoice(app::SamplingPreset preset, const std::optional<inference::ModelSummary> &model)
{
    const bool advised = model && !model->samplingSource.empty();
    QString hint;
    switch (preset) {
    case app::SamplingPreset::Precise:
        hint = SamplingWords::tr("facts and code");
        break;
    case app::SamplingPreset::Balanced:
        hint = SamplingWords::tr("most questions");
        break;
    case app::SamplingPreset::Creative:
        hint = SamplingWords::tr("ideas and stories");
        break;
    case app::SamplingPreset::Recommended:
        hint = advised || !model ? SamplingWords::tr("as the model's makers advise")
                                 : SamplingWords::tr("no advice is known for this model, as Balanced");
        break;
    }
    if (preset == app::SamplingPreset::Recommended && !model)
        return QStringLiteral("%1  -  %2").arg(presetName(preset), hint);
    return QStringLiteral("%1  -  %2 (%3)")
        .arg(presetName(preset), hint, samplingFigures(samplingFor(preset, model)));
}

QString presetSource(app::SamplingPreset preset, const std::optional<inference::ModelSummary> &model)
{
    if (preset != app::SamplingPreset::Recommended || !model || model->samplingSource.empty())
        return {};
    return SamplingWords::tr("Source: %1").arg(QString::fromStdString(model->samplingSource));
}

} // namespace ui
