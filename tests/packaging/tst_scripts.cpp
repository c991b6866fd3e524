// packaging/common.sh and run.sh with stand-ins for apt-get, dpkg-query, sudo and the rest: what is
// installed, and the sentence for each thing that goes wrong.
#include <QDir>
#include <QFile>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

class TestScripts : public QObject
{
    Q_OBJECT

private:
    struct Run
    {
        int exitCode;
        QByteArray output, errors;
    };

    QString path(const QString &relative) const { return m_folder->filePath(relative); }

    // A program of this name that comes first on the PATH. Each call is noted in the file calls.
    void standIn(const QString &name, const QByteArray &body)
    {
        QFile file(path("bin/" + name));
        QVERIFY(file.open(QIODevice::WriteOnly | QIODevice::Truncate));
        file.write("#!/bin/sh\necho \"" + name.toUtf8() + " $*\" >>" + path("calls").toUtf8() + "\n" + body +
                   "\n");
        file.close();
        file.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    }
    QByteArray calls() const
    {
        QFile file(path("calls"));
        return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
    }
    // The machine's programs but this one.
    void hideFromPath(const QString &name)
    {
        QVERIFY(QDir().mkpath(path("system")));
        for (const QFileInfo &program : QDir("/usr/bin").entryInfoList(QDir::Files))
            if (program.fileName() != name)
                QVERIFY(QFile::link(program.filePath(), path("system/" + program.fileName())));
        m_systemPath = path("system");
    }
    // What apt-get install was asked for; " a b c\n".
    QByteArray installed() const
    {
        const QByteArray all = calls(), before = "install -y --no-install-recommends";
        const auto start = all.lastIndexOf(before);
        return start < 0
                   ? QByteArray()
                   : all.mid(start + before.size(), all.indexOf('\n', start) - start - before.size() + 1);
    }
    Run bash(const QString &command)
    {
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert("PATH", path("bin") + ":" + m_systemPath);
        environment.insert("BALEEN_CACHE", path("cache"));
        environment.insert("LC_ALL", "C.UTF-8");
        environment.remove("DISPLAY");
        environment.remove("WAYLAND_DISPLAY");
        QProcess process;
        process.setProcessEnvironment(environment);
        process.setStandardInputFile(QProcess::nullDevice());
        process.start("bash", {"-c", command});
        if (!process.waitForFinished(60000))
            return {-1, {}, "did not end"};
        return {process.exitCode(), process.readAllStandardOutput(), process.readAllStandardError()};
    }
    Run install(const QString &kinds = "build")
    {
        return bash("set -euo pipefail; . " BALEEN_SOURCE_DIR "/packaging/common.sh; install_packages " +
                    kinds);
    }
    QStringList listed(const QString &kinds)
    {
        const Run run = bash(". " BALEEN_SOURCE_DIR "/packaging/common.sh; listed_packages " + kinds);
        return QString::fromUtf8(run.output).split('\n', Qt::SkipEmptyParts);
    }
    // A system that has `count` of the packages to build with, an apt that knows all, and root's rights.
    void bareSystem(int count = 0)
    {
        QByteArray installed;
        for (const QString &entry : listed("build").mid(0, count))
            installed += "ii " + entry.section('|', 0, 0).toUtf8() + " ";
        standIn("dpkg-query", "printf '" + installed + "'; exit 1");
        standIn("apt-cache", "echo '  Candidate: 1.0'");
        standIn("apt-get", "exit 0");
        standIn("id", "echo 0");
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    QString m_systemPath;

private Q_SLOTS:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        QVERIFY(QDir().mkpath(path("bin")));
        m_systemPath = "/usr/bin:/bin";
    }

    void aBareSystemGetsEverythingOnTheList()
    {
        bareSystem();
        const Run run = install("build run");
        QVERIFY2(run.exitCode == 0, run.errors.constData());
        QVERIFY2(calls().contains("install -y --no-install-recommends build-essential cmake"),
                 calls().constData());
        for (const QString &entry : listed("build run"))
            QVERIFY2(installed().contains(" " + entry.section('|', 0, 0).toUtf8()), qPrintable(entry));
        QVERIFY2(!calls().contains("apt-get -q -o DPkg::Lock::Timeout=120 -o Acquire::Retries=3 update"),
                 calls().constData());
    }

    void onlyWhatIsMissingIsInstalled()
    {
        bareSystem(int(listed("build").size()) - 1);
        QCOMPARE(install().exitCode, 0);
        const QString last = listed("build").last();
        QVERIFY2(calls().contains("install -y --no-install-recommends " + last.toUtf8() + "\n"),
                 calls().constData());
    }

    void nothingMissingNeedsNoAptAndNoRoot()
    {
        bareSystem(int(listed("build").size()));
        standIn("id", "echo 1000");
        standIn("sudo", "exit 1");
        const Run run = install();
        QVERIFY2(run.exitCode == 0 && run.errors.isEmpty(), run.errors.constData());
        QVERIFY(!calls().contains("apt-") && !calls().contains("sudo"));
    }

    void anotherNameOfAPackageCountsAsInstalled()
    {
        bareSystem(int(listed("build").size()));
        const QStringList renamed = listed("build").filter("|");
        QVERIFY(!renamed.isEmpty());
        QByteArray installed;
        for (const QString &entry : listed("build"))
            installed += "ii " + entry.section('|', -1).toUtf8() + " ";
        standIn("dpkg-query", "printf '" + installed + "'");
        QCOMPARE(install().exitCode, 0);
        QVERIFY(!calls().contains("apt-get"));
    }

    void theNameThatTheSystemKnowsIsInstalled()
    {
        bareSystem();
        standIn("apt-cache",
                "case $2 in qt6-svg-dev) echo '  Candidate: (none)';; *) echo '  Candidate: 1.0';; esac");
        QCOMPARE(install().exitCode, 0);
        QVERIFY2(installed().contains(" libqt6svg6-dev ") && !installed().contains(" qt6-svg-dev "),
                 calls().constData());
    }

    void aHalfInstalledPackageIsInstalled()
    {
        bareSystem();
        standIn("dpkg-query", "printf 'iU cmake iF ninja-build ii git '");
        QCOMPARE(install().exitCode, 0);
        QVERIFY(installed().contains(" cmake ninja-build "));
        QVERIFY(!installed().contains(" git "));
    }

    void listsAreReadWhenAPackageIsUnknown()
    {
        bareSystem();
        standIn("apt-cache", "[ -e " + path("updated").toUtf8() + " ] && echo '  Candidate: 1.0' || true");
        standIn("apt-get", "case \"$*\" in *update*) touch " + path("updated").toUtf8() + ";; esac");
        const Run run = install();
        QVERIFY2(run.exitCode == 0, run.errors.constData());
        QVERIFY(calls().indexOf(" update") < calls().indexOf(" install"));
    }

    void listsThatAreOutOfDateAreReadAgain()
    {
        bareSystem();
        standIn("apt-get", "case \"$*\" in *update*) touch " + path("updated").toUtf8() +
                               ";; *install*) [ -e " + path("updated").toUtf8() +
                               " ] || { echo 'E: Failed to fetch x 404  Not Found'; exit 100; };; esac");
        const Run run = install();
        QVERIFY2(run.exitCode == 0, run.errors.constData());
    }

    void anInterruptedDpkgIsFinishedFirst()
    {
        bareSystem();
        standIn("dpkg", "touch " + path("configured").toUtf8());
        standIn("apt-get", "[ -e " + path("configured").toUtf8() +
                               " ] || { echo 'E: dpkg was interrupted, you must manually run'; exit 100; }");
        const Run run = install();
        QVERIFY2(run.exitCode == 0, run.errors.constData());
        QVERIFY(calls().contains("dpkg --configure -a"));
    }

    void withoutRootAndSudoTheExactLineIsShown_data()
    {
        QTest::addColumn<bool>("hasSudo");
        QTest::newRow("no sudo") << false;
        QTest::newRow("sudo that wants a password, and no terminal") << true;
    }
    void withoutRootAndSudoTheExactLineIsShown()
    {
        QFETCH(bool, hasSudo);
        bareSystem(int(listed("build").size()) - 2);
        standIn("id", "echo 1000");
        if (hasSudo)
            standIn("sudo", "exit 1");
        else
            hideFromPath("sudo");
        const Run run = install();
        QCOMPARE(run.exitCode, 1);
        const QString expected = QStringLiteral("As root, run: apt-get install -y --no-install-recommends ") +
                                 listed("build").mid(listed("build").size() - 2).join(' ');
        QVERIFY2(QString::fromUtf8(run.errors).contains(expected), run.errors.constData());
        QVERIFY(!calls().contains("apt-get"));
    }

    void sudoIsUsedByAUser()
    {
        bareSystem();
        standIn("id", "echo 1000");
        standIn("sudo", "[ \"$1\" = -n ] && shift\n\"$@\"");
        const Run run = install();
        QVERIFY2(run.exitCode == 0, run.errors.constData());
        QVERIFY(calls().contains("sudo env DEBIAN_FRONTEND=noninteractive apt-get"));
    }

    void aptsFailureBecomesASentence_data()
    {
        QTest::addColumn<QByteArray>("words");
        QTest::addColumn<QByteArray>("sentence");
        QTest::newRow("lock")
            << QByteArray("E: Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 7")
            << QByteArray("Wait until it is done and run this again.");
        QTest::newRow("disk") << QByteArray(
                                     "E: You do not have enough free space in /var/cache/apt/archives/.")
                              << QByteArray("The disk is full");
        QTest::newRow("network") << QByteArray("E: Failed to fetch x  Temporary failure resolving")
                                 << QByteArray("The package server cannot be reached.");
        QTest::newRow("anything else") << QByteArray("E: something new") << QByteArray("E: something new");
    }
    void aptsFailureBecomesASentence()
    {
        QFETCH(QByteArray, words);
        QFETCH(QByteArray, sentence);
        bareSystem();
        standIn("apt-get", "echo '" + words + "'; exit 100");
        const Run run = install();
        QCOMPARE(run.exitCode, 1);
        QVERIFY2(run.errors.contains(sentence), run.errors.constData());
    }

    void aPackageThatTheReleaseLacksIsNamed()
    {
        bareSystem();
        standIn("apt-cache",
                "case $2 in libcld2-dev) echo '  Candidate: (none)';; *) echo '  Candidate: 1.0';; esac");
        const Run run = install();
        QCOMPARE(run.exitCode, 1);
        QVERIFY2(run.errors.contains("has no package libcld2-dev, which Baleen needs"),
                 run.errors.constData());
    }

    void noNetworkAndNoListsIsNotTakenForAWrongRelease()
    {
        bareSystem();
        standIn("apt-cache", "true");
        standIn("apt-get", "echo 'W: Failed to fetch x  Temporary failure resolving'");
        const Run run = install();
        QCOMPARE(run.exitCode, 1);
        QVERIFY2(run.errors.contains("The package server cannot be reached."), run.errors.constData());
    }

    void anotherProcessorIsRefusedInASentence()
    {
        standIn("uname", "echo aarch64");
        const Run run = bash(BALEEN_SOURCE_DIR "/packaging/run.sh");
        QCOMPARE(run.exitCode, 1);
        QVERIFY2(run.errors.contains("this machine is aarch64"), run.errors.constData());
    }

    void wrongOptionsAreRefusedInASentence_data()
    {
        QTest::addColumn<QString>("command");
        QTest::addColumn<QByteArray>("sentence");
        QTest::newRow("unknown") << "run.sh --nope" << QByteArray("There is no option '--nope'.");
        QTest::newRow("no value") << "run.sh --model" << QByteArray("--model needs a file.");
        QTest::newRow("no such model")
            << "run.sh --model /nowhere.gguf" << QByteArray("There is no file /nowhere.gguf.");
        QTest::newRow("test unknown") << "test.sh --nope" << QByteArray("There is no option '--nope'.");
        QTest::newRow("test no value")
            << "test.sh --only" << QByteArray("--only needs a regular expression.");
    }
    void wrongOptionsAreRefusedInASentence()
    {
        QFETCH(QString, command);
        QFETCH(QByteArray, sentence);
        const Run run = bash(BALEEN_SOURCE_DIR "/packaging/" + command);
        QCOMPARE(run.exitCode, 1);
        QVERIFY2(run.errors.contains(sentence), run.errors.constData());
        QCOMPARE(run.errors.count('\n'), 1);
    }

    void aFailedBuildShowsItsFirstErrorAndItsLog()
    {
        standIn("cmake",
                "case $* in *--build*) echo '[1/30] c++ a.cpp'; echo 'a.cpp:3: error: no'; exit 1;; esac");
        const Run run = bash("set -euo pipefail; . " BALEEN_SOURCE_DIR "/packaging/common.sh; source_dir=" +
                             path("source") + "; mkdir -p $source_dir; build_preset release 'Building' all");
        QCOMPARE(run.exitCode, 1);
        QVERIFY2(run.errors.contains("a.cpp:3: error: no"), run.errors.constData());
        QVERIFY2(run.errors.contains("The build failed. The log is " +
                                     path("cache/logs/build-release.log").toUtf8()),
                 run.errors.constData());
        QVERIFY(QFile::exists(path("cache/logs/build-release.log")));
    }

    void aFullDiskAndLittleMemoryAreToldApart_data()
    {
        QTest::addColumn<QByteArray>("words");
        QTest::addColumn<QByteArray>("sentence");
        QTest::newRow("disk") << QByteArray("fatal error: error writing to x: No space left on device")
                              << QByteArray("because the disk is full");
        QTest::newRow("memory") << QByteArray("g++: fatal error: Killed signal terminated program cc1plus")
                                << QByteArray("because memory ran out");
    }
    void aFullDiskAndLittleMemoryAreToldApart()
    {
        QFETCH(QByteArray, words);
        QFETCH(QByteArray, sentence);
        standIn("cmake", "case $* in *--build*) echo '" + words + "'; exit 1;; esac");
        const Run run = bash("set -euo pipefail; . " BALEEN_SOURCE_DIR "/packaging/common.sh; source_dir=" +
                             path("source") + "; mkdir -p $source_dir; build_preset release 'Building' all");
        QCOMPARE(run.exitCode, 1);
        QVERIFY2(run.errors.contains(sentence), run.errors.constData());
    }

    // A clone that this user may not write to is built in the cache.
    void aReadOnlySourceIsBuiltInTheCache()
    {
        const Run run =
            bash("set -euo pipefail; . " BALEEN_SOURCE_DIR "/packaging/common.sh; source_dir=/proc/self"
                 "; choose_build_dir release; echo $build_dir");
        QVERIFY2(run.exitCode == 0, run.errors.constData());
        QVERIFY2(run.output.startsWith(path("cache/build/release-").toUtf8()), run.output.constData());
    }
};

QTEST_GUILESS_MAIN(TestScripts)
#include "tst_scripts.moc"
