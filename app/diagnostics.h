// What Baleen runs on, as lines to read and to copy into a report: device, libraries, model, folders.
#pragma once

#include "inference/engine.h"

#include <QString>
#include <QStringList>
#include <QVector>

#include <optional>

namespace app {

struct DiagnosisLine
{
    QString name, value;
};
using Diagnosis = QVector<DiagnosisLine>;

// What cannot be found out here.
struct DiagnosisFacts
{
    std::optional<inference::ModelSummary> model;
    QString dataFolder;
    QStringList missingFonts; // of those that the window would like
    double readBandwidth = 0; // bytes a second; 0: not measured
    QStringList gpus;         // see gpuNames()
};

// Takes no model into memory and asks no device: what a driver says is read from its files.
Diagnosis diagnose(const DiagnosisFacts &facts);
QString diagnosisText(const Diagnosis &diagnosis); // "NAME: VALUE" lines

// "NVIDIA H100 80GB HBM3", one for each card that NVIDIA's driver knows, from its files below `root`.
QStringList gpuNames(const QString &root = QStringLiteral("/proc/driver/nvidia/gpus"));
// What the setting of the device can be here, kDevice's values: each card by name where there are several (of one name the one with
// most free memory is taken), and what is chosen, be it here or not.
QStringList deviceChoices(const QStringList &gpus, const QString &chosen);

} // namespace app
