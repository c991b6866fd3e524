// app/model_catalog.h: which models are found, what is said about them.
#include "app/model_catalog.h"

#include "tests/support/golden_logits.h"
#include "tests/support/hugging_face_folder.h"
#include "tests/support/models.h"
#include "tests/support/temporary_file.h"
#include "tests/support/tiny_deepseek.h"
#include "tests/support/tiny_model.h"

#include <QAbstractItemModelTester>
#include <QDir>
#include <QSignalSpy>
#include <QTest>

using namespace app;

namespace {

struct Setup
{
    Setup() : settings(folder.path(QStringLiteral("settings.ini")))
    {
        qputenv("XDG_CACHE_HOME", folder.path(QStringLiteral("xdg")).toUtf8());
        qputenv("XDG_DATA_HOME", folder.path(QStringLiteral("xdg")).toUtf8());
        qunsetenv("BALEEN_MODELS");
        qunsetenv("BALEEN_CACHE");
    }
    QString put(const QString &name, const QByteArray &bytes)
    {
        const QString path = folder.path(QStringLiteral("data/models/") + name);
        QDir().mkpath(QFileInfo(path).absolutePath());
        return folder.write(QStringLiteral("data/models/") + name, bytes);
    }
    std::unique_ptr<ModelCatalog> catalog()
    {
        auto result = std::make_unique<ModelCatalog>(DataPaths::inFolder(folder.path(QStringLiteral("data"))),
                                                     settings);
        (void)QTest::qWaitFor([&] { return !result->isScanning(); }, 20000);
        return result;
    }

    test::TemporaryFolder folder;
    Settings settings;
};

QByteArray tiny(test::TinyModelOptions options = {})
{
    return QByteArray::fromStdString(test::tinyModel(options));
}

void writeTinyFolder(const QString &path)
{
    const std::string name = "qwen3_yarn";
    const std::string bytes = test::TinyDeepseek(name).toGguf();
    const auto model = inference::GgufFile::openMemory(std::as_bytes(std::span(bytes)), name);
    const auto config =
        test::readGolden(QStringLiteral(BALEEN_GOLDEN_DIR "/deepseek/config/qwen3_yarn.json"));
    test::writeHuggingFaceFolder(**model, config, {}, path);
}

} // namespace

class TestModelCatalog : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { m_starter = test::starterModel(); } // before the variables change
    void shortNames_data()
    {
        QTest::addColumn<QString>("path");
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("quantisation");
        const auto row = [](const char *path, const char *name, const char *quantisation) {
            QTest::newRow(path) << QString::fromLatin1(path) << QString::fromLatin1(name)
                                << QString::fromLatin1(quantisation);
        };
        row("/m/DeepSeek-R1-Distill-Qwen-7B-Q4_K_M.gguf", "R1-Distill-Qwen-7B", "Q4_K_M");
        row("deepseek-coder-6.7b-instruct.Q5_K_S.gguf", "coder-6.7b-instruct", "Q5_K_S");
        row("DeepSeek-V3-0324-IQ1_S-00001-of-00004.gguf", "V3-0324", "IQ1_S");
        row("Qwen2.5-Coder-1.5B-Instruct-Q4_K_M.gguf", "Qwen2.5-Coder-1.5B-Instruct", "Q4_K_M");
        row("SmolLM2-135M-f16.gguf", "SmolLM2-135M", "F16");
        row("model.gguf", "model", "");
        row("deepseek-.gguf", "deepseek-", "");
    }
    void shortNames()
    {
        QFETCH(QString, path);
        QFETCH(QString, name);
        QFETCH(QString, quantisation);
        QCOMPARE(shortModelName(path), name);
        QCOMPARE(quantisationOfName(path), quantisation);
    }
    void findsModelsInFoldersAndBelow()
    {
        Setup s;
        test::TinyModelOptions bee;
        bee.architecture = "qwen2";
        bee.name = "Bee";
        s.put(QStringLiteral("b.gguf"), tiny(bee));
        s.put(QStringLiteral("deep/DeepSeek-a.gguf"), tiny());
        s.put(QStringLiteral("x/y/z/too/deep.gguf"), tiny());
        s.put(QStringLiteral("big-00002-of-00002.gguf"), tiny());
        s.put(QStringLiteral("notes.txt"), "x");
        QFile::link(s.folder.path(QStringLiteral("data/models/b.gguf")),
                    s.folder.path(QStringLiteral("data/models/same.gguf")));
        QFile::link(QStringLiteral(".."), s.folder.path(QStringLiteral("data/models/loop")));
        const auto catalog = s.catalog();
        const QAbstractItemModelTester tester(catalog.get());
        QCOMPARE(catalog->rowCount(), 2);
        QCOMPARE(catalog->model(0).shortName, QStringLiteral("a"));
        QCOMPARE(catalog->model(1).name, QStringLiteral("Bee"));
        QCOMPARE(catalog->model(1).architecture, QStringLiteral("qwen2"));
        QCOMPARE(catalog->model(1).verdict, ModelEntry::Verdict::Fits);
        QVERIFY(catalog->model(1).neededBytes > catalog->model(1).fileBytes / 2);
        QCOMPARE(catalog->index(1).data(ModelCatalog::VerdictTextRole).toString(), QStringLiteral("Fits"));
    }
    void findsHuggingFaceFolders()
    {
        Setup s;
        const QString folder = s.folder.path(QStringLiteral("data/models/DeepSeek-Whale"));
        writeTinyFolder(folder);
        const QString config = folder + QStringLiteral("/config.json");
        const QString weights = folder + QStringLiteral("/model.safetensors");
        s.put(QStringLiteral("DeepSeek-Whale/sub/config.json"), "{}"); // no weights: no model
        s.put(QStringLiteral("DeepSeek-Whale/sub/inner.gguf"), tiny());
        const auto catalog = s.catalog();
        QCOMPARE(catalog->rowCount(), 2);
        const int row = catalog->rowOf(folder);
        QVERIFY(row >= 0);
        QCOMPARE(catalog->model(row).shortName, QStringLiteral("Whale"));
        QVERIFY2(catalog->model(row).verdict == ModelEntry::Verdict::Fits,
                 qPrintable(catalog->model(row).reason));
        QVERIFY(catalog->model(row).fileBytes >= quint64(QFileInfo(weights).size()));
        QCOMPARE(modelPathOf(config), folder);
        QCOMPARE(modelPathOf(weights), folder);
        QCOMPARE(modelPathOf(folder), folder);
        QCOMPARE(modelPathOf(folder + QStringLiteral("/sub/config.json")),
                 folder + QStringLiteral("/sub/config.json"));
        catalog->setLastModel(folder);
        QCOMPARE(catalog->lastModel(), folder);

        QFile broken(config); // in place: the folder itself stays as old as it was
        QVERIFY(broken.open(QIODevice::WriteOnly));
        broken.write("{");
        broken.close();
        QSignalSpy scanned(catalog.get(), &ModelCatalog::scanned);
        catalog->refresh();
        QVERIFY(QTest::qWaitFor([&] { return !scanned.isEmpty() && !catalog->isScanning(); }));
        QCOMPARE(catalog->model(catalog->rowOf(folder)).verdict, ModelEntry::Verdict::Damaged);
    }
    void saysWhatIsWrong()
    {
        Setup s;
        s.put(QStringLiteral("cut.gguf"), tiny().chopped(5000));
        s.put(QStringLiteral("empty.gguf"), QByteArray());
        QByteArray foreign = tiny();
        foreign.replace("llama", "lamma"); // an architecture of the same length that nobody knows
        s.put(QStringLiteral("foreign.gguf"), foreign);
        const auto catalog = s.catalog();
        QCOMPARE(catalog->rowCount(), 3);
        for (int row = 0; row < 3; ++row) {
            const ModelEntry &entry = catalog->model(row);
            QCOMPARE(entry.verdict, entry.shortName == QLatin1String("foreign")
                                        ? ModelEntry::Verdict::Unsupported
                                        : ModelEntry::Verdict::Damaged);
            QVERIFY(!entry.reason.isEmpty());
        }
    }
    void knowsWhatDoesNotFit()
    {
        Setup s;
        const QString path = s.put(QStringLiteral("a.gguf"), tiny());
        const auto entry = describeModel(path, 1000);
        QCOMPARE(entry.verdict, ModelEntry::Verdict::NeedsMemory);
        QCOMPARE(entry.missingBytes, entry.neededBytes - 1000);
        QVERIFY(!entry.reason.isEmpty());
    }
    void refreshSeesChangesAndOpenedFiles()
    {
        Setup s;
        const QString elsewhere = s.folder.write(QStringLiteral("elsewhere.gguf"), tiny());
        const auto catalog = s.catalog();
        QCOMPARE(catalog->rowCount(), 0);
        QSignalSpy scanned(catalog.get(), &ModelCatalog::scanned);
        const QString path = s.put(QStringLiteral("new.gguf"), tiny());
        catalog->addOpened(elsewhere);
        QVERIFY(QTest::qWaitFor([&] { return !scanned.isEmpty() && !catalog->isScanning(); }));
        QCOMPARE(catalog->rowCount(), 2);
        QVERIFY(catalog->rowOf(elsewhere) >= 0);
        catalog->addOpened(path); // is in a models folder anyway
        QCOMPARE(s.settings.get(kOpenedModels), QStringList{elsewhere});
        catalog->setLastModel(elsewhere);
        QCOMPARE(catalog->lastModel(), elsewhere);
        QVERIFY(QFile::remove(elsewhere));
        QCOMPARE(catalog->lastModel(), QString());
        QFile::resize(path, 100);
        scanned.clear();
        catalog->refresh();
        QVERIFY(QTest::qWaitFor([&] { return !scanned.isEmpty() && !catalog->isScanning(); }));
        QCOMPARE(catalog->rowCount(), 1);
        QCOMPARE(catalog->model(0).verdict, ModelEntry::Verdict::Damaged);
    }
    void describesTheStarterModel()
    {
        const auto entry = describeModel(m_starter, quint64(20) << 30);
        QCOMPARE(entry.shortName, QStringLiteral("Qwen2.5-Coder-1.5B-Instruct"));
        QCOMPARE(entry.quantisation, QStringLiteral("Q4_K_M"));
        QCOMPARE(entry.architecture, QStringLiteral("qwen2"));
        QVERIFY2(entry.verdict == ModelEntry::Verdict::Fits, qPrintable(entry.reason));
        QVERIFY(entry.neededBytes > entry.fileBytes);
        QVERIFY(entry.parameterCount > 1500000000);
    }

private:
    QString m_starter;
};

QTEST_GUILESS_MAIN(TestModelCatalog)
#include "tst_model_catalog.moc"
