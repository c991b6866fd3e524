#include "app/code/workspace.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSaveFile>

namespace app::code {

namespace {

constexpr int kVersion = 1;
constexpr qint64 kLargestWorkspace = 64 * 1024 * 1024;

struct VerbName
{
    Verb verb;
    const char *name;
};
constexpr VerbName kVerbNames[] = {{Verb::Generate, "generate"}, {Verb::Complete, "complete"},
                                   {Verb::Explain, "explain"},   {Verb::Fix, "fix"},
                                   {Verb::Refactor, "refactor"}, {Verb::Tests, "tests"}};

QString nameOf(Verb verb)
{
    for (const VerbName &row : kVerbNames)
        if (row.verb == verb)
            return QString::fromLatin1(row.name);
    return {};
}

Verb verbOf(const QString &name)
{
    for (const VerbName &row : kVerbNames)
        if (name == QLatin1String(row.name))
            return row.verb;
    return Verb::Generate;
}

QJsonObject toJson(const Workspace &w)
{
    return {{QStringLiteral("version"), kVersion},
            {QStringLiteral("verb"), nameOf(w.verb)},
            {QStringLiteral("language"), w.languageId},
            {QStringLiteral("instruction"), w.instruction},
            {QStringLiteral("sendsEditorText"), w.sendsEditorText},
            {QStringLiteral("code"), w.code},
            {QStringLiteral("answerLanguage"), w.answerLanguageId},
            {QStringLiteral("cursor"), w.cursor},
            {QStringLiteral("modified"), w.modified},
            {QStringLiteral("file"), w.filePath},
            {QStringLiteral("fileTime"),
             w.file.modified.isValid() ? double(w.file.modified.toMSecsSinceEpoch()) : -1.0},
            {QStringLiteral("fileBytes"), double(w.file.bytes)},
            {QStringLiteral("byteOrderMark"), w.file.byteOrderMark},
            {QStringLiteral("carriageReturns"), w.file.carriageReturns},
            {QStringLiteral("formerCode"), w.formerCode},
            {QStringLiteral("formerFile"), w.formerFilePath},
            {QStringLiteral("prose"), w.prose}};
}

Workspace fromJson(const QJsonObject &o)
{
    Workspace w;
    w.verb = verbOf(o.value(QLatin1String("verb")).toString());
    w.languageId = o.value(QLatin1String("language")).toString();
    w.instruction = o.value(QLatin1String("instruction")).toString();
    w.sendsEditorText = o.value(QLatin1String("sendsEditorText")).toBool(true);
    w.code = o.value(QLatin1String("code")).toString();
    w.answerLanguageId = o.value(QLatin1String("answerLanguage")).toString();
    w.cursor = o.value(QLatin1String("cursor")).toInt();
    w.modified = o.value(QLatin1String("modified")).toBool();
    w.filePath = o.value(QLatin1String("file")).toString();
    const double time = o.value(QLatin1String("fileTime")).toDouble(-1);
    if (time >= 0 && time < 1e15)
        w.file.modified = QDateTime::fromMSecsSinceEpoch(qint64(time));
    w.file.bytes = qint64(qBound(0.0, o.value(QLatin1String("fileBytes")).toDouble(), 1e15));
    w.file.byteOrderMark = o.value(QLatin1String("byteOrderMark")).toBool();
    w.file.carriageReturns = o.value(QLatin1String("carriageReturns")).toBool();
    w.formerCode = o.value(QLatin1String("formerCode")).toString();
    w.formerFilePath = o.value(QLatin1String("formerFile")).toString();
    w.prose = o.value(QLatin1String("prose")).toString();
    return w;
}

void tell(QString *error, const QString &text)
{
    if (error)
        *error = text;
}

} // namespace

Workspace loadWorkspace(const QString &path, QString *error)
{
    tell(error, {});
    QFile file(path);
    if (!file.exists())
        return {};
    if (!file.open(QIODevice::ReadOnly)) {
        tell(error, file.errorString());
        return {};
    }
    QJsonParseError problem;
    const QJsonDocument document =
        file.size() > kLargestWorkspace ? QJsonDocument() : QJsonDocument::fromJson(file.readAll(), &problem);
    file.close();
    if (document.isObject() && document.object().value(QLatin1String("version")).toInt() == kVersion)
        return fromJson(document.object());
    // Set aside, never over an older one that was set aside: somebody may want to look at both.
    QString aside = path + QStringLiteral(".damaged");
    for (int i = 2; QFileInfo::exists(aside) && i < 100; ++i)
        aside = path + QStringLiteral(".damaged-%1").arg(i);
    QFile::rename(path, aside);
    tell(error,
         QCoreApplication::translate("Workspace", "%1 could not be read and was kept as %2").arg(path, QFileInfo(aside).fileName()));
    return {};
}

bool saveWorkspace(const QString &path, const Workspace &workspace, QString *error)
{
    tell(error, {});
    QDir().mkpath(QFileInfo(path).absolutePath());
    QSaveFile file(path);
    const QByteArray bytes = QJsonDocument(toJson(workspace)).toJson(QJsonDocument::Compact);
    if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size() || !file.commit()) {
        tell(error, file.errorString());
        return false;
    }
    return true;
}

} // namespace app::code
