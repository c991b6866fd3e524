#include "app/diagnostics.h"

#include "app/error_text.h"
#include "app/settings_keys.h"
#include "inference/model/memory_plan.h"
#include "kernels/cpu/isa.h"
#include "kernels/cpu/thread_pool.h"
#include "kernels/cuda_plugin.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QLocale>
#include <QStorageInfo>
#include <QSysInfo>

#include <sqlite3.h>

namespace app {

namespace {

struct DiagnosticsWords
{
    Q_DECLARE_TR_FUNCTIONS(Diagnostics)
};

QString memory(std::uint64_t bytes)
{
    return QString::fromStdString(inference::memoryText(bytes, true));
}

QString joined(const std::vector<std::string> &words)
{
    QStringList all;
    for (const std::string &word : words)
        all << QString::fromStdString(word);
    return all.isEmpty() ? DiagnosticsWords::tr("none") : all.join(QStringLiteral(", "));
}

QString instructionSet()
{
    const auto isas = kernels::availableIsas();
    return isas.empty() ? DiagnosticsWords::tr("none") : QString::fromUtf8(isas.back().data(), qsizetype(isas.back().size()));
}

QString plugin()
{
    const auto path = kernels::findCudaPlugin();
    return path.empty() ? DiagnosticsWords::tr("not installed: models run on the processor")
                        : QString::fromStdString(path.string());
}

// What lies where, when the context is full.
void addModel(Diagnosis &lines, const inference::ModelSummary &model)
{
    lines.append({DiagnosticsWords::tr("Model"), QString::fromStdString(model.path.string())});
    lines.append({DiagnosticsWords::tr("Runs on"), QString::fromStdString(model.device)});
    if (!model.deviceReason.empty())
        lines.append({DiagnosticsWords::tr("Why there"), errorDetails(model.deviceReason)});
    lines.append(
        {DiagnosticsWords::tr("Weights"), DiagnosticsWords::tr("%1, mapped from the file").arg(memory(model.fileBytes))});
    lines.append({DiagnosticsWords::tr("Context"), DiagnosticsWords::tr("%1 for %2 tokens")
                                       .arg(memory(model.kvBytesPerToken * model.contextLength),
                                            QLocale(QLocale::English).toString(model.contextLength))});
    lines.append(
        {DiagnosticsWords::tr("Chat format"),
         QString::fromStdString(model.chatFormat) + (model.chatFormatKnown ? QString() : DiagnosticsWords::tr(", unknown"))});
}

} // namespace

QStringList gpuNames(const QString &root)
{
    QStringList names;
    const QStringList folders = QDir(root).entryList(QDir::Dirs | QDir::NoDotAndDotDot, QDir::Name);
    for (const QString &folder : folders) {
        QFile file(root + QLatin1Char('/') + folder + QStringLiteral("/information"));
        if (!file.open(QIODevice::ReadOnly))
            continue;
        const QList<QByteArray> lines = file.read(4096).split('\n');
        for (const QByteArray &line : lines)
            if (line.startsWith("Model:"))
                names << QString::fromUtf8(line.mid(6)).trimmed();
    }
    return names;
}

QStringList deviceChoices(const QStringList &gpus, const QString &chosen)
{
    QStringList choices{QStringLiteral("auto"), QStringLiteral("cpu")};
    if (!gpus.isEmpty())
        choices << QStringLiteral("cuda");
    if (gpus.size() > 1)
        for (const QString &gpu : gpus)
            choices << kOneGpu + gpu;
    choices << chosen;
    choices.removeDuplicates();
    return choices;
}

Diagnosis diagnose(const DiagnosisFacts &facts)
{
    Diagnosis lines;
    lines.append({DiagnosticsWords::tr("Baleen"), QStringLiteral(BALEEN_VERSION)});
    lines.append(
        {DiagnosticsWords::tr("System"), QSysInfo::prettyProductName() + QStringLiteral(", ") + QSysInfo::kernelVersion()});
    const unsigned cores = kernels::physicalCores();
    lines.append({DiagnosticsWords::tr("Processor"),
                  QString::fromStdString(kernels::processorName()) + QStringLiteral(", ") +
                      (cores == 1 ? DiagnosticsWords::tr("1 core") : DiagnosticsWords::tr("%1 cores").arg(cores))});
    lines.append({DiagnosticsWords::tr("Instructions"), joined(kernels::processorFeatures())});
    lines.append({DiagnosticsWords::tr("Kernels"), instructionSet()});
    lines.append({DiagnosticsWords::tr("Memory speed"),
                  facts.readBandwidth > 0 ? DiagnosticsWords::tr("%1 GB/s").arg(facts.readBandwidth / 1e9, 0, 'f', 1)
                                          : DiagnosticsWords::tr("not measured yet")});
    if (const auto free = inference::availableMemory())
        lines.append({DiagnosticsWords::tr("Memory free"), QString::fromStdString(inference::memoryText(*free, false))});
    lines.append({DiagnosticsWords::tr("Graphics cards"), facts.gpus.isEmpty()
                                                              ? DiagnosticsWords::tr("none that NVIDIA's driver knows")
                                                              : facts.gpus.join(QStringLiteral(", "))});
    lines.append({DiagnosticsWords::tr("CUDA plug-in"), plugin()});
    if (facts.model)
        addModel(lines, *facts.model);
    else
        lines.append({DiagnosticsWords::tr("Model"), DiagnosticsWords::tr("none loaded")});
    lines.append({QStringLiteral("Qt"), QString::fromLatin1(qVersion())});
    lines.append({QStringLiteral("SQLite"), QString::fromLatin1(sqlite3_libversion())});
    lines.append({DiagnosticsWords::tr("Fonts missing"),
                  facts.missingFonts.isEmpty() ? DiagnosticsWords::tr("none") : facts.missingFonts.join(QStringLiteral(", "))});
    lines.append({DiagnosticsWords::tr("Data folder"), facts.dataFolder});
    const QStorageInfo disk(facts.dataFolder);
    if (disk.isValid())
        lines.append({DiagnosticsWords::tr("Disk free"),
                      QString::fromStdString(inference::memoryText(std::uint64_t(disk.bytesAvailable()), false))});
    return lines;
}

QString diagnosisText(const Diagnosis &diagnosis)
{
    QString all;
    for (const DiagnosisLine &line : diagnosis)
        all += line.name + QStringLiteral(": ") + line.value + QLatin1Char('\n');
    return all;
}

} // namespace app
