// app/machine_limits.h: measured once, when nothing else goes on, and kept for this processor.
#include "app/machine_limits.h"
#include "app/diagnostics.h"
#include "app/settings_keys.h"
#include "app/speed_facts.h"
#include "inference/model_engine.h"
#include "tests/support/fake_engine.h"
#include "tests/support/temporary_file.h"
#include "tests/support/tiny_model.h"

#include <QDir>
#include <QSignalSpy>
#include <QTest>

#include <atomic>

using namespace app;

class TestMachineLimits : public QObject
{
    Q_OBJECT

private:
    struct Setup
    {
        Setup() : settings(folder.path(QStringLiteral("settings.ini"))), service(std::make_unique<test::FakeEngine>(script)) {}
        bool load()
        {
            service.load(QStringLiteral("/models/a.gguf"));
            return QTest::qWaitFor([&] { return service.state() == InferenceService::State::Ready; });
        }
        MachineLimits::Measure measure()
        {
            return [this](unsigned) {
                ++measured;
                while (held)
                    std::this_thread::sleep_for(std::chrono::milliseconds(1));
                return 20e9;
            };
        }
        test::TemporaryFolder folder;
        Settings settings;
        std::shared_ptr<test::EngineScript> script = std::make_shared<test::EngineScript>();
        InferenceService service;
        std::atomic<int> measured = 0;
        std::atomic<bool> held = false;
    };

private Q_SLOTS:
    void isMeasuredOnceAndKept()
    {
        Setup s;
        {
            MachineLimits limits(s.service, s.settings, QStringLiteral("A"), s.measure());
            limits.setIdleMs(1);
            QCOMPARE(limits.readBandwidth(), 0.0);
            QSignalSpy spy(&limits, &MachineLimits::measured);
            QVERIFY(s.load());
            QTRY_COMPARE(spy.count(), 1);
            QCOMPARE(limits.readBandwidth(), 20e9);
        }
        MachineLimits again(s.service, s.settings, QStringLiteral("A"), s.measure());
        again.setIdleMs(1);
        QCOMPARE(again.readBandwidth(), 20e9);
        MachineLimits other(s.service, s.settings, QStringLiteral("B"), s.measure()); // the disk moved to another machine
        QCOMPARE(other.readBandwidth(), 0.0);
        QCOMPARE(s.measured.load(), 1);
    }
    void whatAnAnswerDisturbedIsMeasuredAgain()
    {
        Setup s;
        MachineLimits limits(s.service, s.settings, QStringLiteral("A"), s.measure());
        limits.setIdleMs(1);
        s.held = true;
        QVERIFY(s.load());
        QTRY_COMPARE(s.measured.load(), 1);
        s.script->addAnswer(test::FakeAnswer(std::vector<test::FakePiece>{{"a", test::milliseconds(0), true}}));
        GenerationReply *reply = s.service.generate({}, Priority::Chat, this);
        QSignalSpy over(reply, &GenerationReply::finished);
        QTRY_COMPARE(s.service.state(), InferenceService::State::Busy);
        s.held = false;
        QTRY_VERIFY(s.script->holding());
        QTest::qWait(20);
        QCOMPARE(s.measured.load(), 1); // not during the answer
        QCOMPARE(limits.readBandwidth(), 0.0);
        s.script->release();
        QTRY_COMPARE(over.count(), 1);
        QVERIFY(s.service.lastStatistics().has_value());
        QTRY_COMPARE(limits.readBandwidth(), 20e9);
        QCOMPARE(s.measured.load(), 2);
        s.service.unload();
        QVERIFY(!s.service.lastStatistics());
    }
    // A title that is written afterwards says nothing of the answer's speed.
    void shortAnswersDoNotTakeALongOnesPlace()
    {
        Setup s;
        QVERIFY(s.load());
        const auto ask = [&](const QString &words) {
            s.script->addAnswer(words.toStdString());
            QSignalSpy over(s.service.generate({}, Priority::Chat, this), &GenerationReply::finished);
            return QTest::qWaitFor([&] { return over.count() == 1; });
        };
        QVERIFY(ask(QStringLiteral("short")));
        QCOMPARE(s.service.lastStatistics()->generatedTokens, 1u); // better than nothing
        QVERIFY(ask(QStringLiteral("word ").repeated(40)));
        QCOMPARE(s.service.lastStatistics()->generatedTokens, 40u);
        QVERIFY(ask(QStringLiteral("A title")));
        QCOMPARE(s.service.lastStatistics()->generatedTokens, 40u);
    }
    void theFactsAreThoseOfTheLastAnswer()
    {
        const test::TemporaryFolder folder;
        Settings settings(folder.path(QStringLiteral("settings.ini")));
        InferenceService service(std::make_unique<inference::ModelEngine>());
        QCOMPARE(speedFacts(service, settings, 20e9).bytesPerToken(), 0.0);
        const test::TinyModelOptions model =
            test::wideTinyModel({.architecture = "qwen2", .weights = kernels::ElementType::Q8_0});
        service.load(folder.write(QStringLiteral("tiny.gguf"), QByteArray::fromStdString(test::tinyModel(model))));
        QTRY_COMPARE(service.state(), InferenceService::State::Ready);
        inference::GenerationRequest request;
        request.input = inference::RawInput{"the whale the whale", false};
        request.maxTokens = 20;
        GenerationReply *reply = service.generate(request, Priority::Chat, this);
        QSignalSpy over(reply, &GenerationReply::finished);
        QTRY_COMPARE(over.count(), 1);
        const SpeedFacts facts = speedFacts(service, settings, 20e9);
        QVERIFY(facts.generatedTokens > 0 && facts.generatedTokens <= 20);
        QVERIFY(facts.promptTokens > 0 && facts.decodeTokensPerSecond > 0);
        QVERIFY(!facts.onGpu);
        QCOMPARE(facts.layers, model.layers);
        QVERIFY2(facts.bitsPerWeight > 8.4 && facts.bitsPerWeight < 9.5, qPrintable(QString::number(facts.bitsPerWeight)));
        const double projections = 2.0 * model.layers * model.hiddenSize * model.intermediateSize;
        QVERIFY2(facts.weightBytes > projections && facts.weightBytes < 20 * projections,
                 qPrintable(QString::number(facts.weightBytes)));
    }
    void saysWhatItRunsOn()
    {
        const test::TemporaryFolder folder;
        QVERIFY(QDir().mkpath(folder.path(QStringLiteral("gpus/0000:01:00.0"))));
        folder.write(QStringLiteral("gpus/0000:01:00.0/information"), "Model: \t\t NVIDIA H100 80GB HBM3\nIRQ:  12\n");
        const QStringList gpus = gpuNames(folder.path(QStringLiteral("gpus")));
        QCOMPARE(gpus, QStringList{QStringLiteral("NVIDIA H100 80GB HBM3")});
        QVERIFY(gpuNames(folder.path(QStringLiteral("none"))).isEmpty());
        const auto choices = [](const QStringList &cards, const QString &chosen) { return deviceChoices(cards, chosen).join(QLatin1Char('|')); };
        QCOMPARE(choices({}, QStringLiteral("auto")), QStringLiteral("auto|cpu"));
        QCOMPARE(choices({}, QStringLiteral("cuda:A")), QStringLiteral("auto|cpu|cuda:A")); // a card that is not there any more
        QCOMPARE(choices({QStringLiteral("A")}, QStringLiteral("cpu")), QStringLiteral("auto|cpu|cuda"));
        QCOMPARE(choices({QStringLiteral("A"), QStringLiteral("B"), QStringLiteral("A")}, QStringLiteral("cuda:B")),
                 QStringLiteral("auto|cpu|cuda|cuda:A|cuda:B"));
        for (const QString &choice : deviceChoices({QStringLiteral("A"), QStringLiteral("B")}, QStringLiteral("auto")))
            QVERIFY2(kDevice.bounds.holds(choice), qPrintable(choice));
        QVERIFY(!kDevice.bounds.holds(QStringLiteral("cuda:")) && !kDevice.bounds.holds(QStringLiteral("tpu")));
        DiagnosisFacts facts;
        facts.gpus = gpus;
        facts.dataFolder = folder.path(QStringLiteral("."));
        facts.model = test::FakeEngine::defaultSummary("/models/a.gguf");
        facts.model->deviceReason = "The GPU has too little memory.";
        facts.missingFonts = {QStringLiteral("Noto Sans")};
        const QString text = diagnosisText(diagnose(facts));
        for (const char *wanted : {"NVIDIA H100", "/models/a.gguf", "too little memory", "Fonts missing: Noto Sans", "SQLite: 3",
                                   "Qt: 6", "not measured yet"})
            QVERIFY2(text.contains(QLatin1String(wanted)), qPrintable(QLatin1String(wanted) + QStringLiteral(" in\n") + text));
        facts.model.reset();
        QVERIFY(diagnosisText(diagnose(facts)).contains(QStringLiteral("Model: none loaded")));
    }
};

QTEST_GUILESS_MAIN(TestMachineLimits)
#include "tst_machine_limits.moc"
