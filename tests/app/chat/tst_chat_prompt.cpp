// app/chat/chat_prompt.h and sampling_presets.h: what the engine is asked.
#include "app/chat/chat_prompt.h"

#include <QTemporaryDir>
#include <QTest>

using namespace app;

namespace {

MessageRecord message(Role role, const char *content, const char *reasoning = "")
{
    MessageRecord record;
    record.role = role;
    record.content = QString::fromUtf8(content);
    record.reasoning = QString::fromUtf8(reasoning);
    return record;
}

QStringList turns(const inference::GenerationRequest &request)
{
    QStringList all;
    for (const auto &each : std::get<inference::ChatInput>(request.input).messages)
        all << QString::fromStdString(each.role + ": " + each.content);
    return all;
}

inference::ModelSummary model(const char *format, bool thinks)
{
    inference::ModelSummary summary;
    summary.chatFormat = format;
    summary.canThink = thinks;
    return summary;
}

} // namespace

class TestChatPrompt : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void turnsAlternateAndReasoningStaysBehind()
    {
        const QVector<MessageRecord> path{
            message(Role::User, "one"), message(Role::Assistant, "1", "hm"), message(Role::User, "two"),
            message(Role::Assistant, "", "cut short"), message(Role::User, "three")};
        QCOMPARE(turns(chatRequest(path, {}, {})),
                 (QStringList{QStringLiteral("user: one"), QStringLiteral("assistant: 1"),
                              QStringLiteral("user: two\n\nthree")}));
    }
    void instructionsGoWhereTheModelWantsThem()
    {
        ChatOptions options;
        options.systemPrompt = QStringLiteral("  Be brief.\n");
        const QVector<MessageRecord> path{message(Role::User, "one")};
        QCOMPARE(turns(chatRequest(path, options, model("chatml", false))),
                 (QStringList{QStringLiteral("system: Be brief."), QStringLiteral("user: one")}));
        QCOMPARE(turns(chatRequest(path, options, model("deepseek-r1", true))),
                 QStringList{QStringLiteral("user: Be brief.\n\none")});
        options.systemPrompt = QStringLiteral(" \n");
        QCOMPARE(turns(chatRequest(path, options, {})), QStringList{QStringLiteral("user: one")});
    }
    void presetsFollowTheModel_data()
    {
        QTest::addColumn<int>("preset");
        QTest::addColumn<bool>("thinks");
        QTest::addColumn<float>("temperature");
        QTest::newRow("precise") << int(SamplingPreset::Precise) << false << 0.2f;
        QTest::newRow("balanced") << int(SamplingPreset::Balanced) << false << 0.7f;
        QTest::newRow("creative") << int(SamplingPreset::Creative) << false << 1.0f;
        QTest::newRow("reasoning, balanced") << int(SamplingPreset::Balanced) << true << 0.6f;
        QTest::newRow("reasoning, precise") << int(SamplingPreset::Precise) << true << 0.5f;
        QTest::newRow("no advice") << int(SamplingPreset::Recommended) << false << 0.7f;
        QTest::newRow("reasoning, no advice") << int(SamplingPreset::Recommended) << true << 0.6f;
    }
    void presetsFollowTheModel()
    {
        QFETCH(int, preset);
        QFETCH(bool, thinks);
        QFETCH(float, temperature);
        ChatOptions options;
        options.preset = SamplingPreset(preset);
        options.maxTokens = 77;
        const auto request = chatRequest({message(Role::User, "x")}, options, model("chatml", thinks));
        QCOMPARE(request.sampling.temperature, temperature);
        QCOMPARE(request.sampling.topP, 0.95f);
        QCOMPARE(request.maxTokens, 77u);
    }
    void theMakersAdviceIsTheDefault()
    {
        auto advised = model("chatml", false);
        advised.sampling.temperature = 0.31f;
        advised.sampling.topK = 20;
        advised.sampling.repeatPenalty = 1.05f;
        advised.samplingSource = "model card of X";
        ChatOptions options;
        const auto request = chatRequest({message(Role::User, "x")}, options, advised);
        QCOMPARE(request.sampling.temperature, 0.31f);
        QCOMPARE(request.sampling.topK, 20u);
        QCOMPARE(request.sampling.repeatPenalty, 1.05f);
        options.preset = SamplingPreset::Balanced;
        QCOMPARE(chatRequest({message(Role::User, "x")}, options, advised).sampling.temperature, 0.7f);
    }
    void goesOnAfterTheAnswer()
    {
        const auto request =
            continueRequest({message(Role::User, "x"), message(Role::Assistant, "half")}, {}, {});
        QCOMPARE(turns(request).size(), 3);
        QCOMPARE(turns(request)[1], QStringLiteral("assistant: half"));
        QVERIFY(turns(request)[2].startsWith(QLatin1String("user: ")));
    }
    void joints_data()
    {
        QTest::addColumn<QString>("before");
        QTest::addColumn<QString>("after");
        QTest::addColumn<QString>("between");
        QTest::newRow("words") << QStringLiteral("one") << QStringLiteral("two") << QStringLiteral(" ");
        QTest::newRow("after a comma")
            << QStringLiteral("one,") << QStringLiteral("two") << QStringLiteral(" ");
        QTest::newRow("space there") << QStringLiteral("one ") << QStringLiteral("two") << QString();
        QTest::newRow("space comes") << QStringLiteral("one") << QStringLiteral(" two") << QString();
        QTest::newRow("punctuation comes") << QStringLiteral("one") << QStringLiteral(".") << QString();
        QTest::newRow("chinese") << QStringLiteral("一") << QStringLiteral("二") << QString();
        QTest::newRow("line break") << QStringLiteral("one\n") << QStringLiteral("two") << QString();
        QTest::newRow("nothing before") << QString() << QStringLiteral("two") << QString();
    }
    void joints()
    {
        QFETCH(QString, before);
        QFETCH(QString, after);
        QFETCH(QString, between);
        QCOMPARE(joint(before, after), between);
    }
    void titles_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("title");
        QTest::newRow("one line") << QStringLiteral("How deep is the sea?")
                                  << QStringLiteral("How deep is the sea?");
        QTest::newRow("first line with words")
            << QStringLiteral("\n\n  ## Sort **this** \nand that") << QStringLiteral("Sort **this");
        QTest::newRow("fence") << QStringLiteral("```\nint x;\n```") << QStringLiteral("int x;");
        QTest::newRow("between words")
            << QStringLiteral("Please explain how the quick brown fox jumps over the lazy dog today")
            << QStringLiteral("Please explain how the quick brown fox jumps over the lazy…");
        QTest::newRow("only marks") << QStringLiteral(" ## ") << QStringLiteral("##");
        QTest::newRow("control characters") << QStringLiteral("a\u0007b\tc") << QStringLiteral("ab c");
    }
    void titles()
    {
        QFETCH(QString, text);
        QFETCH(QString, title);
        QCOMPARE(titleFrom(text), title);
    }
    void titlesAreAtMostSixtyCharactersAndCutNone()
    {
        for (const QString &unit : {QStringLiteral("字"), QStringLiteral("🐋"), QStringLiteral("👩‍🔬"),
                                    QStringLiteral("x"), QStringLiteral("ab cd "), QStringLiteral("é")})
            for (int count : {1, 29, 30, 31, 59, 60, 61, 500}) {
                const QString title = titleFrom(unit.repeated(count));
                QVERIFY2(title.size() <= 60 && !title.isEmpty(), qPrintable(title));
                QVERIFY(!title.back().isHighSurrogate());
                QVERIFY(!title.contains(QStringLiteral("👩…")) && !title.contains(QStringLiteral("\u200d…")));
            }
        QVERIFY(titleFrom(QString(5000000, QLatin1Char('x'))).size() <= 60);
    }
    void settingsOutOfRangeAreTamed()
    {
        QTemporaryDir folder;
        Settings settings(folder.filePath(QStringLiteral("s.ini")));
        settings.set(kSamplingPreset, 99);
        settings.set(kThinking, -4);
        settings.set(kMaxAnswerTokens, -1);
        const auto options = chatOptions(settings);
        QCOMPARE(options.preset, SamplingPreset::Recommended);
        QCOMPARE(options.thinking, inference::Thinking::ModelDefault);
        QCOMPARE(options.maxTokens, 0u);
    }
};

QTEST_GUILESS_MAIN(TestChatPrompt)
#include "tst_chat_prompt.moc"
