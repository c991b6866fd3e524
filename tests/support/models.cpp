#include "tests/support/models.h"

#include <QDir>
#include <QFileInfo>

namespace test {

namespace {

QString modelFile(const char *name)
{
    QString cache = qEnvironmentVariable("BALEEN_CACHE");
    if (cache.isEmpty())
        cache = qEnvironmentVariable("XDG_CACHE_HOME", QDir::homePath() + "/.cache") + "/baleen";
    const QString path = cache + "/models/" + name;
    if (!QFileInfo::exists(path))
        qFatal("The test needs %s. Fetch it: packaging/fetch_models.sh", qPrintable(path));
    return path;
}

} // namespace

QString smallModel()
{
    return modelFile("SmolLM2-135M-Instruct-Q4_1.gguf");
}

QString starterModel()
{
    return modelFile("Qwen2.5-Coder-1.5B-Instruct-Q4_K_M.gguf");
}

} // namespace test
