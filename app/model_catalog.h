// The models on this machine: found in folders, described from their headers, with a verdict whether they
// fit.
#pragma once

#include "app/data_paths.h"
#include "app/settings_keys.h"

#include <QAbstractListModel>
#include <QHash>
#include <QVector>

#include <memory>

namespace app {

struct ModelEntry
{
    enum class Verdict {
        Fits,
        NeedsMemory, // more than is free now: see missingBytes
        Unsupported, // see reason
        Damaged      // or incomplete or unreadable: see reason
    };

    QString path; // of the file, of the first part of a split set, or of a Hugging Face folder
    QString name; // general.name, else the file's stem
    QString shortName;
    QString architecture, quantisation;
    quint64 fileBytes = 0; // of all parts
    quint64 parameterCount = 0;
    quint64 neededBytes = 0; // weights, cache of the default context, working space; 0: not known
    quint64 missingBytes = 0;
    Verdict verdict = Verdict::Fits;
    QString reason; // one sentence; empty when it fits
};

// "DeepSeek-R1-Distill-Qwen-7B-Q4_K_M.gguf" -> "R1-Distill-Qwen-7B": without folder, suffix, part number,
// type of the weights and the maker's name.
QString shortModelName(const QString &path);
// "Q4_K_M" out of such a name; empty when there is none.
QString quantisationOfName(const QString &path);

// What to open when somebody chose a file inside a Hugging Face folder, its config.json or a safetensors
// file: the folder. Else what was chosen.
QString modelPathOf(const QString &chosen);

// Describes one file or folder; reads headers and tokenizer only. Any thread.
ModelEntry describeModel(const QString &path, quint64 availableBytes);

// The list for the model picker, by name. GUI thread; the files are read on a worker.
class ModelCatalog : public QAbstractListModel
{
    Q_OBJECT

public:
    enum Roles {
        PathRole = Qt::UserRole + 1,
        NameRole, // Qt::DisplayRole is the short name, Qt::ToolTipRole name and file
        QuantisationRole,
        FileBytesRole,
        VerdictRole, // int of ModelEntry::Verdict
        VerdictTextRole,
        ReasonRole
    };

    // Scans at once. The settings outlive it.
    ModelCatalog(const DataPaths &paths, Settings &settings, QObject *parent = nullptr);
    ~ModelCatalog() override; // waits for the file being read

    int rowCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    const ModelEntry &model(int row) const { return m_models[row]; }
    int rowOf(const QString &path) const; // -1: not there

    bool isScanning() const { return m_scanning; }
    // Looks again: files that are new, changed or gone; memory that is free now.
    void refresh();
    // A file or folder from anywhere that the user opened: it stays in the list as long as it exists.
    void addOpened(const QString &path);
    // The model to open at the start: the last one, while its file is there. Empty: none.
    QString lastModel() const;
    void setLastModel(const QString &path);

Q_SIGNALS:
    void scanned();

private:
    struct Worker;
    void take(const QVector<ModelEntry> &models);

    DataPaths m_paths;
    Settings &m_settings;
    std::unique_ptr<Worker> m_worker;
    QVector<ModelEntry> m_models;
    bool m_scanning = false;
};

} // namespace app
