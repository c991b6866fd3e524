#include "app/model_catalog.h"

#include "app/error_text.h"
#include "app/wake_event.h"
#include "inference/gguf/gguf_info.h"
#include "inference/hugging_face/folder.h"
#include "inference/model/architecture.h"
#include "inference/model/memory_plan.h"
#include "inference/model/model_config.h"
#include "inference/model_file.h"

#include <QCoreApplication>
#include <QDateTime>
#include <QDir>
#include <QEvent>
#include <QFileInfo>
#include <QRegularExpression>
#include <QSet>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>

namespace app {

using inference::ErrorCode;

namespace {

constexpr int kDeepest = 3;      // folders below a models folder
constexpr int kMostFiles = 2000; // a models folder that is the whole disk by mistake
constexpr int kMostOpened = 20;

// "name-00002-of-00004": only first parts are models.
const QRegularExpression &partSuffix()
{
    static const QRegularExpression suffix(QStringLiteral("-(\\d{5})-of-\\d{5}$"));
    return suffix;
}

const QRegularExpression &typeSuffix()
{
    static const QRegularExpression suffix(
        QStringLiteral("[-._]((?:i?q\\d(?:_[a-z0-9]+)*|[bf]f?16|f32|mxfp4|tq\\d_\\d))$"),
        QRegularExpression::CaseInsensitiveOption);
    return suffix;
}

QString stemOf(const QString &path)
{
    QString stem = QFileInfo(path).fileName();
    if (stem.endsWith(QLatin1String(".gguf"), Qt::CaseInsensitive))
        stem.chop(5);
    return stem.remove(partSuffix());
}

// A folder with a config.json alone is not worth a row that can only fail.
bool isModelFolder(const QDir &folder)
{
    return inference::isHuggingFaceFolder(folder.filesystemAbsolutePath()) &&
           !folder.entryList({QStringLiteral("*.safetensors")}, QDir::Files).isEmpty();
}

void findModels(const QString &folder, int depth, QStringList &files)
{
    const QDir directory(folder);
    if (files.size() < kMostFiles && isModelFolder(directory))
        files << directory.absolutePath();
    for (const QFileInfo &file :
         directory.entryInfoList({QStringLiteral("*.gguf")}, QDir::Files, QDir::Name)) {
        const auto part = partSuffix().match(file.completeBaseName());
        if (files.size() < kMostFiles && (!part.hasMatch() || part.captured(1).toInt() == 1))
            files << file.absoluteFilePath();
    }
    if (depth >= kDeepest)
        return;
    for (const QString &name :
         directory.entryList(QDir::Dirs | QDir::NoDotAndDotDot | QDir::NoSymLinks, QDir::Name))
        findModels(directory.filePath(name), depth + 1, files);
}

void judge(ModelEntry &entry, const inference::GgufFile &file, quint64 availableBytes)
{
    const auto refuse = [&](const inference::Error &error) {
        entry.verdict = error.code == ErrorCode::Unsupported ? ModelEntry::Verdict::Unsupported
                                                             : ModelEntry::Verdict::Damaged;
        entry.reason = errorDetails(error.message);
    };
    const auto config = inference::ModelConfig::fromGguf(file);
    if (!config)
        return refuse(config.error());
    const auto plan = inference::buildPlan(file, *config);
    if (!plan)
        return refuse(plan.error());
    inference::MemoryOptions options;
    options.contextLength = std::min(config->contextLength, inference::kDefaultContextLength);
    entry.neededBytes = inference::planMemory(*plan, options).totalBytes();
    if (availableBytes > 0 && entry.neededBytes > availableBytes) {
        entry.verdict = ModelEntry::Verdict::NeedsMemory;
        entry.missingBytes = entry.neededBytes - availableBytes;
        entry.reason = ModelCatalog::tr("Needs %1 of memory; %2 is free.")
                           .arg(QString::fromStdString(inference::memoryText(entry.neededBytes, true)),
                                QString::fromStdString(inference::memoryText(availableBytes, false)));
    }
}

QString verdictText(const ModelEntry &entry)
{
    switch (entry.verdict) {
    case ModelEntry::Verdict::Fits:
        return ModelCatalog::tr("Fits");
    case ModelEntry::Verdict::NeedsMemory:
        return ModelCatalog::tr("Needs %1 more")
            .arg(QString::fromStdString(inference::memoryText(entry.missingBytes, true)));
    case ModelEntry::Verdict::Unsupported:
        return ModelCatalog::tr("Not supported");
    case ModelEntry::Verdict::Damaged:
        return ModelCatalog::tr("Damaged");
    }
    return {};
}

} // namespace

QString shortModelName(const QString &path)
{
    QString name = stemOf(path);
    name.remove(typeSuffix());
    static const QRegularExpression maker(QStringLiteral("^deepseek(-ai)?[-_. ]+"),
                                          QRegularExpression::CaseInsensitiveOption);
    QString shortName = name;
    shortName.remove(maker);
    return shortName.isEmpty() ? name : shortName;
}

QString quantisationOfName(const QString &path)
{
    return typeSuffix().match(stemOf(path)).captured(1).toUpper();
}

QString modelPathOf(const QString &chosen)
{
    const QFileInfo info(chosen);
    const bool isPart = info.fileName() == QLatin1String("config.json") ||
                        info.suffix().compare(QLatin1String("safetensors"), Qt::CaseInsensitive) == 0;
    return isPart && isModelFolder(info.dir()) ? info.dir().absolutePath() : chosen;
}

ModelEntry describeModel(const QString &path, quint64 availableBytes)
{
    ModelEntry entry;
    entry.path = path;
    entry.name = stemOf(path);
    entry.shortName = shortModelName(path);
    entry.quantisation = quantisationOfName(path);
    entry.fileBytes = quint64(QFileInfo(path).size());
    const auto file = inference::openGguf(std::filesystem::path(path.toStdString()));
    if (!file) {
        entry.verdict = file.error().code == ErrorCode::Unsupported ? ModelEntry::Verdict::Unsupported
                                                                    : ModelEntry::Verdict::Damaged;
        entry.reason = errorDetails(file.error().message);
        return entry;
    }
    const inference::GgufInfo info = inference::describeGguf(**file);
    if (!info.name.empty())
        entry.name = QString::fromStdString(info.name);
    entry.architecture = QString::fromStdString(info.architecture);
    if (!info.quantisation.empty())
        entry.quantisation = QString::fromStdString(info.quantisation);
    entry.fileBytes = info.fileBytes;
    entry.parameterCount = info.parameterCount;
    judge(entry, **file, availableBytes);
    return entry;
}

// Scans on its own thread; what it read of a file is kept while the file stays as it is.
struct ModelCatalog::Worker : QObject
{
    explicit Worker(ModelCatalog &owner) : catalog(owner), thread([this] { run(); }) {}
    ~Worker() override
    {
        {
            const std::lock_guard lock(mutex);
            quit = true;
        }
        wake.notify_one();
        thread.join();
    }

    void scan(const QStringList &folders, const QStringList &files)
    {
        {
            const std::lock_guard lock(mutex);
            asked = {folders, files};
        }
        wake.notify_one();
    }

    bool event(QEvent *event) override
    {
        if (event->type() != wakeEvent())
            return QObject::event(event);
        std::optional<QVector<ModelEntry>> models;
        bool goesOn = false;
        {
            const std::lock_guard lock(mutex);
            models.swap(found);
            goesOn = asked.has_value();
        }
        if (models && !goesOn)
            catalog.take(*models);
        return true;
    }

    void run()
    {
        for (;;) {
            std::pair<QStringList, QStringList> task;
            {
                std::unique_lock lock(mutex);
                wake.wait(lock, [this] { return quit || asked; });
                if (quit)
                    return;
                task = std::move(*asked);
                asked.reset();
            }
            QVector<ModelEntry> models = read(task.first, task.second);
            {
                const std::lock_guard lock(mutex);
                found = std::move(models);
            }
            QCoreApplication::postEvent(this, new QEvent(wakeEvent()));
        }
    }

    QVector<ModelEntry> read(const QStringList &folders, const QStringList &more)
    {
        QStringList files;
        for (const QString &folder : folders)
            findModels(folder, 0, files);
        files << more;
        const quint64 available = inference::availableMemory().value_or(0);
        QVector<ModelEntry> models;
        QSet<QString> seen; // one file may be reached by several ways
        for (const QString &path : std::as_const(files)) {
            const QFileInfo info(path);
            const QString canonical = info.canonicalFilePath();
            if (canonical.isEmpty() || seen.contains(canonical))
                continue;
            seen << canonical;
            {
                const std::lock_guard lock(mutex);
                if (quit)
                    return models;
            }
            models << describe(info, available);
        }
        std::sort(models.begin(), models.end(), [](const ModelEntry &a, const ModelEntry &b) {
            const int order = a.shortName.compare(b.shortName, Qt::CaseInsensitive);
            return order != 0 ? order < 0 : a.fileBytes < b.fileBytes;
        });
        return models;
    }

    // Of a folder: files that come and go change its own time, an edited config.json does not.
    static QDateTime changeOf(const QFileInfo &info)
    {
        if (!info.isDir())
            return info.lastModified();
        return std::max(info.lastModified(),
                        QFileInfo(QDir(info.filePath()), QStringLiteral("config.json")).lastModified());
    }

    ModelEntry describe(const QFileInfo &info, quint64 available)
    {
        Known &known = files[info.absoluteFilePath()];
        if (known.size != info.size() || known.changed != changeOf(info) ||
            known.available != available / kStep) {
            known = {info.size(), changeOf(info), available / kStep, {}};
            known.entry = describeModel(info.absoluteFilePath(), available);
        }
        return known.entry;
    }

    static constexpr quint64 kStep = quint64(128) << 20; // smaller changes of free memory do not matter
    struct Known
    {
        qint64 size = -1;
        QDateTime changed;
        quint64 available = 0;
        ModelEntry entry;
    };

    ModelCatalog &catalog;
    std::mutex mutex;
    std::condition_variable wake;
    std::optional<std::pair<QStringList, QStringList>> asked;
    std::optional<QVector<ModelEntry>> found;
    bool quit = false;
    QHash<QString, Known> files; // worker alone
    std::thread thread;
};

ModelCatalog::ModelCatalog(const DataPaths &paths, Settings &settings, QObject *parent)
    : QAbstractListModel(parent), m_paths(paths), m_settings(settings),
      m_worker(std::make_unique<Worker>(*this))
{
    connect(&settings, &Settings::changed, this, [this](const QString &name) {
        if (name == QLatin1String(kModelsFolder.name))
            refresh();
    });
    refresh();
}

ModelCatalog::~ModelCatalog() = default;

int ModelCatalog::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_models.size());
}

QVariant ModelCatalog::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const ModelEntry &entry = m_models[index.row()];
    switch (role) {
    case Qt::DisplayRole:
        return entry.shortName;
    case Qt::ToolTipRole:
        return QStringLiteral("%1\n%2").arg(entry.name, entry.path);
    case PathRole:
        return entry.path;
    case NameRole:
        return entry.name;
    case QuantisationRole:
        return entry.quantisation;
    case FileBytesRole:
        return entry.fileBytes;
    case VerdictRole:
        return int(entry.verdict);
    case VerdictTextRole:
        return verdictText(entry);
    case ReasonRole:
        return entry.reason;
    default:
        return {};
    }
}

int ModelCatalog::rowOf(const QString &path) const
{
    const QString canonical = QFileInfo(path).canonicalFilePath();
    for (qsizetype row = 0; row < m_models.size(); ++row)
        if (m_models[row].path == path ||
            (!canonical.isEmpty() && QFileInfo(m_models[row].path).canonicalFilePath() == canonical))
            return int(row);
    return -1;
}

void ModelCatalog::refresh()
{
    m_scanning = true;
    m_worker->scan(m_paths.modelFolders({m_settings.get(kModelsFolder)}), m_settings.get(kOpenedModels));
}

void ModelCatalog::addOpened(const QString &path)
{
    const QString absolute = QFileInfo(path).absoluteFilePath();
    if (rowOf(absolute) < 0) {
        QStringList opened = m_settings.get(kOpenedModels);
        opened.removeAll(absolute);
        opened.prepend(absolute);
        opened.resize(std::min(opened.size(), qsizetype(kMostOpened)));
        m_settings.set(kOpenedModels, opened);
    }
    refresh();
}

QString ModelCatalog::lastModel() const
{
    const QString path = m_settings.get(kLastModel);
    return QFileInfo::exists(path) ? path : QString();
}

void ModelCatalog::setLastModel(const QString &path)
{
    m_settings.set(kLastModel, QFileInfo(path).absoluteFilePath());
}

void ModelCatalog::take(const QVector<ModelEntry> &models)
{
    beginResetModel();
    m_models = models;
    m_scanning = false;
    endResetModel();
    Q_EMIT scanned();
}

} // namespace app
