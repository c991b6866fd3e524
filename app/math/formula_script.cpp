#include "app/math/formula_script.h"

#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>
#include <QStandardPaths>

namespace app::math {

namespace {

constexpr auto kScriptName = "mathjax-3.2.2.js";

struct FormulaWords
{
    Q_DECLARE_TR_FUNCTIONS(FormulaEngine)
};

} // namespace

QString formulaScript()
{
    QStringList folders{QCoreApplication::applicationDirPath() + QStringLiteral("/../share/baleen")};
    const QString cache = qEnvironmentVariable("BALEEN_CACHE");
    folders.append((cache.isEmpty() ? QStandardPaths::writableLocation(QStandardPaths::GenericCacheLocation) +
                                          QStringLiteral("/baleen")
                                    : cache) +
                   QStringLiteral("/formulas"));
    for (const QString &folder : folders) {
        const QString path = QDir::cleanPath(folder + QLatin1Char('/') + QLatin1String(kScriptName));
        if (QFileInfo::exists(path))
            return path;
    }
    return {};
}

QString missingScriptMessage()
{
    return FormulaWords::tr("Formulas are shown as their source: %1 is missing. packaging/fetch_models.sh --formulas fetches it.")
        .arg(QLatin1String(kScriptName));
}

} // namespace app::math
