// app/data_paths.h: the XDG rules, and one folder alone.
#include "app/data_paths.h"

#include "tests/support/temporary_file.h"

#include <QDir>
#include <QFile>
#include <QTest>

using namespace app;

class TestDataPaths : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        for (const char *name :
             {"XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "BALEEN_CACHE", "BALEEN_MODELS"})
            qunsetenv(name);
    }
    void followsTheVariables()
    {
        qputenv("XDG_DATA_HOME", "/d");
        qputenv("XDG_CONFIG_HOME", "/c/");
        qputenv("XDG_CACHE_HOME", "/k");
        const auto paths = DataPaths::xdg();
        QCOMPARE(paths.data, QStringLiteral("/d/baleen"));
        QCOMPARE(paths.settings, QStringLiteral("/c/baleen/baleen.ini"));
        QCOMPARE(paths.cache, QStringLiteral("/k/baleen"));
        QCOMPARE(paths.modelFolders(),
                 (QStringList{QStringLiteral("/k/baleen/models"), QStringLiteral("/d/baleen/models")}));
        qputenv("BALEEN_MODELS", "/m/");
        qputenv("BALEEN_CACHE", "/elsewhere");
        QCOMPARE(DataPaths::xdg().cache, QStringLiteral("/elsewhere"));
        QCOMPARE(DataPaths::xdg().downloads(), QStringLiteral("/m"));
        QCOMPARE(DataPaths::xdg().modelFolders({QStringLiteral("/x"), QString()}),
                 (QStringList{QStringLiteral("/m"), QStringLiteral("/elsewhere/models"),
                              QStringLiteral("/d/baleen/models"), QStringLiteral("/x")}));
    }
    void ignoresRelativeOnesAndKnowsTheDefaults()
    {
        qputenv("XDG_DATA_HOME", "relative");
        const auto paths = DataPaths::xdg();
        QCOMPARE(paths.data, QDir::homePath() + QStringLiteral("/.local/share/baleen"));
        QCOMPARE(paths.settings, QDir::homePath() + QStringLiteral("/.config/baleen/baleen.ini"));
    }
    void oneFolderAloneHoldsEverything()
    {
        const test::TemporaryFolder folder;
        const auto paths = DataPaths::inFolder(folder.path(QStringLiteral("a/b/")));
        QVERIFY(paths.create());
        for (const QString &path : {paths.data, paths.settings, paths.cache})
            QVERIFY(path.startsWith(folder.path(QStringLiteral("a/b"))));
        QVERIFY(QDir(paths.cache).exists());
        QCOMPARE(QFile::permissions(paths.data) & (QFile::ReadGroup | QFile::ReadOther | QFile::ExeOther),
                 QFile::Permissions());
        QVERIFY(DataPaths::inFolder(QStringLiteral("relative")).data.startsWith(QLatin1Char('/')));
    }
    void aFolderThatCannotBeMadeIsAnError()
    {
        const test::TemporaryFolder folder;
        folder.write(QStringLiteral("file"), "x");
        const auto made = DataPaths::inFolder(folder.path(QStringLiteral("file/below"))).create();
        QVERIFY(!made);
        QVERIFY(QString::fromStdString(made.error().message).contains(QLatin1String("file/below")));
    }
};

QTEST_GUILESS_MAIN(TestDataPaths)
#include "tst_data_paths.moc"
