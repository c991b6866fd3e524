// app/error_text.h: every code has a sentence with a way out, and the details stay.
#include "app/error_text.h"

#include "app/error_sentences.h"
#include "inference/device_choice.h"
#include "inference/model/sparse_attention.h"

#include <QHash>
#include <QSet>
#include <QTest>
#include <QTranslator>

using namespace app;
using inference::Error;
using inference::ErrorCode;

class TestErrorText : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyCodeHasItsSentence()
    {
        QSet<QString> titles;
        for (int code = 0; code <= int(ErrorCode::Internal); ++code) {
            const QString sentence = errorSentence(Error(ErrorCode(code), std::string()));
            titles << errorTitle(ErrorCode(code));
            QVERIFY(sentence.endsWith(QLatin1Char('.')));
            QVERIFY2(code == int(ErrorCode::Cancelled) || sentence.count(QStringLiteral(". ")) >= 1,
                     qPrintable(sentence));
        }
        QCOMPARE(titles.size(), int(ErrorCode::Internal) + 1);
    }
    void keepsTheDetails()
    {
        const Error error(ErrorCode::Damaged, {.what = "A tensor is too short",
                                               .where = "blk.3 of a.gguf",
                                               .expected = "100 bytes",
                                               .found = "90",
                                               .wayOut = "Download it again."});
        const QString sentence = errorSentence(error);
        QVERIFY(sentence.contains(
            QLatin1String("blk.3 of a.gguf (expected 100 bytes, found 90). Download it again.")));
        QCOMPARE(sentence.count(QLatin1String("again")), 1); // one way out is enough
    }
    void saysTheSameOnlyOnce()
    {
        const Error error(ErrorCode::Incomplete, {.what = "The file is incomplete",
                                                  .where = "a.gguf",
                                                  .expected = "100 bytes",
                                                  .found = "90 bytes",
                                                  .wayOut = "Resume or repeat the download."});
        QCOMPARE(errorSentence(error),
                 QStringLiteral("The file is incomplete, a.gguf (expected 100 bytes, found 90 "
                                "bytes). Resume or repeat the download."));
    }
    // A language that puts everything into brackets.
    void knownWordsAreTranslated_data()
    {
        QTest::addColumn<QString>("message");
        QTest::addColumn<QString>("words");
        const auto row = [](const char *name, const inference::ErrorParts &parts, const char *words) {
            QTest::newRow(name) << QString::fromStdString(inference::describeError(parts)) << QString::fromUtf8(words);
        };
        row("what", {.what = "The file is empty"}, "[The file is empty]。");
        row("all",
            {.what = "The file is incomplete",
             .where = "/a, b (found 1).gguf",
             .expected = "1 MiB",
             .found = "2, found 3",
             .wayOut = "Download it again."},
            "[The file is incomplete]：/a, b (found 1).gguf（1 MiB, found 2|3）。[Download it again.]");
        row("found", {.what = "The file cannot be read", .where = "a", .found = "nothing", .wayOut = "Look. Then go."},
            "[The file cannot be read]：a (found nothing). Look. Then go。");
        row("a way out alone", {.what = "Never heard of", .where = "a. b", .wayOut = "Try again."},
            "Never heard of, a. b.[Try again.]");
        row("two sentences", {.what = "The text was not saved", .wayOut = "The text is kept here. Save it under another name."},
            "[The text was not saved]。[The text is kept here. Save it under another name.]");
        QTest::newRow("foreign") << QStringLiteral("No form at all (expected") << QStringLiteral("No form at all (expected");
        QTest::newRow("nothing") << QString() << QString();
    }
    void knownWordsAreTranslated()
    {
        class Brackets : public QTranslator
        {
        public:
            QString translate(const char *context, const char *source, const char *, int) const override
            {
                const QString text = QString::fromUtf8(source);
                static const QHash<QString, QString> forms{
                    {QStringLiteral("%1, %2"), QStringLiteral("%1：%2")},
                    {QStringLiteral("%1."), QStringLiteral("%1。")},
                    {QStringLiteral("%1 %2"), QStringLiteral("%1%2")},
                    {QStringLiteral(" (expected %1, found %2)"), QStringLiteral("（%1|%2）")}};
                return qstrcmp(context, "Errors") == 0 ? QLatin1Char('[') + text + QLatin1Char(']') : forms.value(text);
            }
            bool isEmpty() const override { return false; }
        } brackets;
        QFETCH(QString, message);
        QFETCH(QString, words);
        QCOMPARE(errorDetails(message.toStdString()), message); // in English as it was
        QCoreApplication::installTranslator(&brackets);
        QCOMPARE(errorDetails(message.toStdString()), words);
        QCoreApplication::removeTranslator(&brackets);
    }
    // What the engine says of a model, by the functions that say it; the others' words are looked for by tests/structure/tst_translations.cpp.
    void sentencesOfTheEngineAreTranslated_data()
    {
        QTest::addColumn<QString>("sentence");
        QTest::addColumn<QString>("words");
        const auto row = [](const char *name, const std::string &sentence, const char *words) {
            QTest::newRow(name) << QString::fromStdString(sentence) << QString::fromUtf8(words);
        };
        kernels::CudaProbe probe;
        probe.status = kernels::CudaStatus::Ready;
        probe.devices = {{.name = "Card (%2 of 9)", .totalBytes = 8ull << 30, .freeBytes = 8ull << 30, .problem = {}}};
        const auto reason = [&](std::uint64_t bytes) {
            return inference::chooseDevice("auto", inference::Precision::Fast, {.weightBytes = bytes}, probe)->reason;
        };
        row("fits", reason(1ull << 30), "6{Card (%2 of 9)|1.5 GiB|8.0 GiB}");
        row("does not fit", reason(9ull << 30), "7{Card (%2 of 9)|9.5 GiB|8.0 GiB}");
        probe = kernels::probeCuda({});
        row("no plug-in", probe.line, "1{}");
        row("dense attention", inference::denseAttentionNote(2048), "18{2,048|2,048}");
        row("a template",
            "The chat template of the file is used. It is not the known one of chatml: it differs from byte 12 of a short conversation on.",
            "13{chatml|12}");
        row("a refusal",
            "The chat template of the file is not used. It leaves out what the user says. The format chatml, which it resembles, stands in.",
            "15{17{}|chatml}");
        // A model that two devices share.
        inference::Placement placement{
            .layers = 28, .cpuLayers = 0, .cpuExpertLayers = 0, .gpu = "Card, 8", .gpuFreeBytes = 8ull << 30};
        row("the embedding", inference::placementSentence(placement), "19{Card, 8|8.0 GiB}");
        placement.cpuExpertLayers = 12;
        row("experts", inference::placementSentence(placement), "20{28|Card, 8|12|8.0 GiB}");
        placement.cpuLayers = 8;
        row("layers and experts", inference::placementSentence(placement), "21{20|28|Card, 8|8.0 GiB}");
        placement.cpuExpertLayers = 0;
        row("layers", inference::placementSentence(placement), "22{20|28|Card, 8|8.0 GiB}");
        row("two sentences", "2 of 700 checks of the GPU's kernels failed (rmsNorm. Row 3). The model runs on the processor.",
            "8{2|700|rmsNorm. Row 3} 9{}");
        row("cut short", "The GPU cannot be used (", "The GPU cannot be used (");
        row("overlapping", "The GPU cannot be used (): models run on the processor.", "5{}");
        row("another one", "It is not known here.", "It is not known here.");
    }
    void sentencesOfTheEngineAreTranslated()
    {
        // The number of the sentence, and its words in braces.
        class Numbers : public QTranslator
        {
        public:
            QString translate(const char *context, const char *source, const char *, int) const override
            {
                if (qstrcmp(context, "Engine") != 0)
                    return {};
                for (std::size_t i = 0; i < std::size(kEngineSentences); ++i)
                    if (qstrcmp(kEngineSentences[i], source) == 0) {
                        QStringList numbers;
                        for (int n = 1; QString::fromUtf8(source).contains(QStringLiteral("%%1").arg(n)); ++n)
                            numbers << QStringLiteral("%%1").arg(n);
                        return QString::number(i + 1) + QLatin1Char('{') + numbers.join(QLatin1Char('|')) + QLatin1Char('}');
                    }
                return {};
            }
            bool isEmpty() const override { return false; }
        } numbers;
        QFETCH(QString, sentence);
        QFETCH(QString, words);
        QCOMPARE(errorDetails(sentence.toStdString()), sentence); // in English as it was
        QCoreApplication::installTranslator(&numbers);
        QCOMPARE(errorDetails(sentence.toStdString()), words);
        QCoreApplication::removeTranslator(&numbers);
    }
    void addsAWayOutWhereTheLayerHasNone()
    {
        const QString sentence =
            errorSentence(Error(ErrorCode::ContextFull, std::string("5,000 of 4,096 tokens")));
        QVERIFY(sentence.contains(QLatin1String("5,000 of 4,096 tokens.")));
        QVERIFY(sentence.contains(QLatin1String("longer context")));
    }
};

QTEST_GUILESS_MAIN(TestErrorText)
#include "tst_error_text.moc"
