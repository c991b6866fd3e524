// Things that are no files where a model's files belong, and files that shrink: a sentence with the name, at
// once, never a crash nor a hang.
#include "inference/model/architecture.h"
#include "inference/model_file.h"
#include "kernels/reference/reference_backend.h"
#include "tests/support/small_folder.h"
#include "tests/support/temporary_file.h"
#include "tests/support/tiny_model.h"

#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QTest>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <functional>
#include <thread>

#include <sys/stat.h>
#include <unistd.h>

using namespace inference;
namespace fs = std::filesystem;

namespace {

// What opening and two tokens come to.
struct Outcome
{
    std::string error; // empty where it ran
    bool changed = false;
};

Outcome run(const ModelFile &model)
{
    auto plan = buildPlan(*model.gguf, model.config);
    if (!plan)
        return {plan.error().message, model.gguf->changedOnDisk()};
    const std::uint32_t vocabulary = plan->shape.vocabularySize;
    const auto backend = kernels::createReferenceBackend(1);
    if (const auto compiled = backend->compile(std::move(*plan), 2); !compiled)
        return {compiled.error().message, model.gguf->changedOnDisk()};
    const kernels::KvPageId page = *backend->allocateKvPage();
    const kernels::TokenId tokens[] = {0, 1};
    std::vector<float> logits(vocabulary);
    const auto ran = backend->run({tokens, 0, {&page, 1}, kernels::LogitsWanted::Last}, logits, {});
    return {ran ? std::string() : ran.error().message, model.gguf->changedOnDisk()};
}

Outcome openAndRun(const fs::path &path)
{
    const auto model = ModelFile::open(path);
    return model ? run(**model) : Outcome{model.error().message};
}

bool isSentence(const std::string &message)
{
    return message.size() > 20 && message.back() == '.' && message.find('\n') == std::string::npos;
}

} // namespace

class TestSpecialFiles : public QObject
{
    Q_OBJECT

    test::TemporaryFolder m_folder;
    int m_models = 0;

    // A model on disk: a folder, or a file for "tiny.gguf". `files`: of the folder.
    fs::path newModel(const QString &part)
    {
        const fs::path parent = m_folder.path(QString::number(++m_models)).toStdString();
        fs::create_directory(parent);
        const auto write = [&](const std::string &name, const std::string &bytes) {
            QFile file(QString::fromStdString((parent / name).string()));
            QVERIFY(file.open(QIODevice::WriteOnly));
            QCOMPARE(file.write(bytes.data(), qint64(bytes.size())), qint64(bytes.size()));
        };
        if (part == "tiny.gguf") {
            write("tiny.gguf", test::tinyModel());
            return parent / "tiny.gguf";
        }
        const bool split = part.contains("index") || part.startsWith("model-");
        for (const auto &[name, bytes] : test::smallFolder("llama_llama3", split ? 2 : 1))
            write(name, bytes);
        return parent;
    }
    static fs::path partOf(const fs::path &model, const QString &part)
    {
        return fs::is_directory(model) ? model / part.toStdString() : model;
    }

    void rowsOfParts()
    {
        QTest::addColumn<QString>("part");
        for (const char *part : {"tiny.gguf", "config.json", "tokenizer.json", "tokenizer_config.json",
                                 "model.safetensors", "model.safetensors.index.json", "model-2.safetensors"})
            QTest::newRow(part) << part;
    }

private Q_SLOTS:
    void isNoFile_data() { rowsOfParts(); }
    void isNoFile()
    {
        QFETCH(QString, part);
        QCOMPARE(openAndRun(newModel(part)).error, std::string());
        const struct
        {
            const char *what;
            std::function<void(const fs::path &)> make;
        } kinds[] = {
            {"pipe", [](const fs::path &p) { QCOMPARE(mkfifo(p.c_str(), 0600), 0); }},
            {"endless device", [](const fs::path &p) { fs::create_symlink("/dev/zero", p); }},
            {"empty device", [](const fs::path &p) { fs::create_symlink("/dev/null", p); }},
            {"folder", [](const fs::path &p) { fs::create_directory(p); }},
            {"circle of links", [](const fs::path &p) { fs::create_symlink(p.filename(), p); }},
            {"link to nothing", [](const fs::path &p) { fs::create_symlink("/nowhere/at/all", p); }},
            {"link to a pipe",
             [](const fs::path &p) {
                 QCOMPARE(mkfifo((p.string() + ".pipe").c_str(), 0600), 0);
                 fs::create_symlink(p.filename().string() + ".pipe", p);
             }},
            {"empty file", [](const fs::path &p) { QVERIFY(QFile(p.c_str()).open(QIODevice::WriteOnly)); }},
        };
        for (const auto &[what, make] : kinds) {
            const fs::path model = newModel(part), place = partOf(model, part);
            fs::remove(place);
            make(place);
            QElapsedTimer timer;
            timer.start();
            const std::string error = openAndRun(model).error;
            const auto names = error.find(place.filename().string()) != std::string::npos;
            QVERIFY2(isSentence(error) && names, (std::string(what) + ": " + error).c_str());
            QVERIFY2(timer.elapsed() < 1000, what);
        }
    }

    void mayNotBeRead_data() { rowsOfParts(); }
    void mayNotBeRead()
    {
        QFETCH(QString, part);
        const fs::path model = newModel(part), place = partOf(model, part);
        // Somebody else, where the user may read everything: who can become others, can.
        const bool isRoot = geteuid() == 0;
        fs::permissions(m_folder.path("").toStdString(), fs::perms(0755));
        fs::permissions(place, fs::perms(isRoot ? 0600 : 0));
        QVERIFY(!isRoot || seteuid(65534) == 0);
        const std::string error = openAndRun(model).error;
        QVERIFY(!isRoot || seteuid(0) == 0);
        QVERIFY2(error.find("No permission to read the file") != std::string::npos &&
                     error.find(place.filename().string()) != std::string::npos,
                 error.c_str());
    }

    void weightsThatShrinkAreZeroAndNoticed_data()
    {
        QTest::addColumn<QString>("part");
        QTest::addColumn<int>("left"); // in per cent
        for (const char *part : {"tiny.gguf", "model.safetensors", "model-2.safetensors"})
            for (const int left : {0, 60})
                QTest::addRow("%s, %d %%", part, left) << part << left;
    }
    void weightsThatShrinkAreZeroAndNoticed()
    {
        QFETCH(QString, part);
        QFETCH(int, left);
        const fs::path path = newModel(part), place = partOf(path, part);
        const auto model = ModelFile::open(path);
        QVERIFY(model.ok());
        QVERIFY(!(*model)->gguf->differsFromOpened());
        fs::resize_file(place, fs::file_size(place) * std::uintmax_t(left) / 100);
        const Outcome outcome = run(**model);
        QVERIFY(outcome.error.empty() || isSentence(outcome.error));
        // The last page that is left reads as zeros behind its end without a fault; the size tells.
        QVERIFY((*model)->gguf->differsFromOpened());
        QVERIFY(outcome.changed || left > 0);
    }

    void filesThatShrinkWhileTheyAreRead_data() { rowsOfParts(); }
    void filesThatShrinkWhileTheyAreRead()
    {
        QFETCH(QString, part);
        const fs::path model = newModel(part), place = partOf(model, part);
        QFile whole(QString::fromStdString(place.string()));
        QVERIFY(whole.open(QIODevice::ReadOnly));
        const QByteArray bytes = whole.readAll();
        std::atomic<bool> done{false};
        std::thread writer([&] {
            QFile file(QString::fromStdString(place.string()));
            if (!file.open(QIODevice::ReadWrite | QIODevice::ExistingOnly | QIODevice::Unbuffered))
                return;
            for (unsigned i = 0; !done; ++i) {
                file.resize(bytes.size() * qint64(i * 37 % 100) / 100);
                std::this_thread::yield();
                file.seek(0);
                file.write(bytes);
                std::this_thread::sleep_for(std::chrono::microseconds(i * 61 % 300));
            }
        });
        int opened = 0, refused = 0;
        QElapsedTimer timer;
        timer.start();
        while (timer.elapsed() < 1500 && (timer.elapsed() < 400 || opened == 0 || refused == 0)) {
            const Outcome outcome = openAndRun(model);
            ++(outcome.error.empty() ? opened : refused);
            if (!outcome.error.empty() && !isSentence(outcome.error)) {
                done = true;
                writer.join();
                QFAIL(outcome.error.c_str());
            }
        }
        done = true;
        writer.join();
        QVERIFY2(refused > 0, qPrintable(QString::number(opened)));
    }
};

QTEST_GUILESS_MAIN(TestSpecialFiles)
#include "tst_special_files.moc"
