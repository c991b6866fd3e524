// app/chat/token_lens.h: packed tokens come back as they were, damaged ones do no harm.
#include "app/chat/token_lens.h"

#include <QTest>

#include <cmath>
#include <random>

using namespace app;

namespace {

TokenWeight weight(int id, const std::string &bytes, float probability, bool isText = true)
{
    return {inference::TokenId(id), bytes, probability, isText};
}

TokenLens lensOf(const std::vector<AnswerToken> &tokens, bool opensReasoning = false)
{
    TokenLensWriter writer(opensReasoning);
    for (const AnswerToken &token : tokens)
        writer.add(token);
    return readTokenLens(writer.bytes({}, {})).value();
}

TokenLens words(const QStringList &pieces, bool opensReasoning = false)
{
    std::vector<AnswerToken> tokens;
    for (const QString &piece : pieces)
        tokens.push_back({weight(int(qHash(piece) & 0xffff), piece.toStdString(), 0.5f), {}});
    return lensOf(tokens, opensReasoning);
}

// As chat is: some thousand words, most of them often, eight alternatives each.
std::vector<AnswerToken> chatLike(int count, std::mt19937 &random)
{
    std::vector<AnswerToken> tokens;
    const auto word = [&] {
        const int rank = int(std::exp(std::uniform_real_distribution<double>(0, 9.5)(random))); // Zipf
        return weight(rank, " word" + std::to_string(rank % 1000), 0);
    };
    for (int i = 0; i < count; ++i) {
        AnswerToken token{word(), {}};
        float left = 1;
        for (int j = 0; j < 9; ++j) {
            const float p = left * std::uniform_real_distribution<float>(0.1f, 0.9f)(random);
            left -= p;
            if (j == 0) {
                token.drawn.probability = p;
            } else {
                token.others.push_back(word());
                token.others.back().probability = std::min(p, j > 1 ? token.others[size_t(j) - 2].probability : 1.0f);
            }
        }
        tokens.push_back(token);
    }
    return tokens;
}

} // namespace

class TestTokenLens : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void comesBackAsItWas()
    {
        std::mt19937 random(3);
        std::vector<AnswerToken> tokens = chatLike(500, random);
        tokens.push_back({weight(151935, std::string("\xf0\x9f", 2), 1e-9f), {weight(0, "", 1.0f), weight(1, std::string("\0\n", 2), 0.0f)}});
        tokens.push_back({weight(20001, "<|im_end|>", 1.0f, false), {}});
        const TokenLens lens = lensOf(tokens, true);
        QVERIFY(lens.opensReasoning);
        QCOMPARE(lens.tokens.size(), tokens.size());
        for (std::size_t i = 0; i < tokens.size(); ++i) {
            const TokenLens::Token &token = lens.tokens[i];
            const auto same = [&](const TokenLens::Choice &choice, const TokenWeight &w, double tolerance) {
                // A word is the first one of its id.
                QCOMPARE(lens.word(choice).id, w.id);
                QVERIFY2(std::abs(double(choice.probability) - double(w.probability)) <= tolerance * double(w.probability) + 1e-12,
                         qPrintable(QStringLiteral("%1 %2").arg(double(choice.probability)).arg(double(w.probability))));
            };
            same(token.drawn, tokens[i].drawn, 0.003);
            QCOMPARE(token.others.size(), qsizetype(tokens[i].others.size()));
            for (qsizetype j = 0; j < token.others.size(); ++j)
                same(token.others[j], tokens[i].others[std::size_t(j)], 0.009);
            QVERIFY(!token.chosenByUser && !token.givenBefore);
        }
        QCOMPARE(lens.word(lens.tokens[500].drawn).bytes, QByteArray("\xf0\x9f"));
        QVERIFY(!lens.word(lens.tokens[501].drawn).isText);
        QCOMPARE(lens.ids().back(), 20001);
    }

    void packingWhatWasReadChangesNothing()
    {
        std::mt19937 random(4);
        TokenLensWriter writer;
        for (const AnswerToken &token : chatLike(300, random))
            writer.add(token);
        const QByteArray bytes = writer.bytes(QStringLiteral("a"), QStringLiteral("b"));
        const TokenLens lens = readTokenLens(bytes).value();
        QCOMPARE(TokenLensWriter(lens).bytes(QStringLiteral("a"), QStringLiteral("b")), bytes);
        // A beginning of the tokens is a beginning of the bytes.
        const QByteArray half = TokenLensWriter(lens, 150).bytes(QStringLiteral("a"), QStringLiteral("b"));
        QVERIFY(half.size() < bytes.size() && bytes.startsWith(half));
    }

    void aTokenIsSmall()
    {
        std::mt19937 random(5);
        TokenLensWriter writer;
        for (const AnswerToken &token : chatLike(1000, random))
            writer.add(token);
        const double perToken = double(writer.bytes({}, {}).size()) / 1000;
        QVERIFY2(perToken < 64, qPrintable(QString::number(perToken)));
    }

    void knowsItsTexts()
    {
        TokenLensWriter writer;
        writer.add({weight(1, "鲸", 1), {}});
        const TokenLens lens = readTokenLens(writer.bytes(QStringLiteral("鲸"), QStringLiteral("think"))).value();
        QVERIFY(lens.belongsTo(QStringLiteral("鲸"), QStringLiteral("think")));
        QVERIFY(!lens.belongsTo(QStringLiteral("鲸."), QStringLiteral("think")));
        QVERIFY(!lens.belongsTo(QStringLiteral("鲸"), QString()));
        QVERIFY(!lens.belongsTo(QStringLiteral("think"), QStringLiteral("鲸")));
    }

    void damagedBytesDoNoHarm()
    {
        QVERIFY(!readTokenLens({}));
        QVERIFY(!readTokenLens("\x01"));
        QVERIFY(readTokenLens(QByteArray("\x01\x00", 2) + QByteArray(8, '\0')).has_value()); // no token
        QVERIFY(!readTokenLens(QByteArray("\x02\x00", 2) + QByteArray(8, '\0')));            // newer
        std::mt19937 random(6);
        TokenLensWriter writer;
        for (const AnswerToken &token : chatLike(40, random))
            writer.add(token);
        const QByteArray good = writer.bytes({}, {});
        int read = 0, refused = 0;
        for (int round = 0; round < 20000; ++round) {
            QByteArray bytes = good.left(round % 3 == 0 ? 10 + int(random() % quint32(good.size() - 10)) : good.size());
            for (int i = int(random() % 4); i >= 0; --i)
                bytes[10 + qsizetype(random() % quint32(bytes.size() - 9)) % (bytes.size() - 10 + (bytes.size() == 10))] = char(random());
            const auto lens = readTokenLens(bytes);
            ++(lens ? read : refused);
            if (!lens)
                continue;
            for (const TokenLens::Token &token : lens->tokens) {
                QVERIFY(token.drawn.word >= 0 && token.drawn.word < lens->words.size());
                QVERIFY(token.drawn.probability >= 0 && token.drawn.probability <= 1);
                QVERIFY(token.others.size() <= 16);
                for (const TokenLens::Choice &other : token.others)
                    QVERIFY(other.word >= 0 && other.word < lens->words.size() && other.probability >= 0 && other.probability <= 1);
            }
            (void)textsOf(*lens);
            (void)reasoningTokens(*lens);
            (void)TokenLensWriter(*lens).bytes({}, {});
        }
        QVERIFY(read > 100 && refused > 100);
    }

    void readsAsTheAnswerDid_data()
    {
        QTest::addColumn<QStringList>("pieces");
        QTest::addColumn<bool>("opens");
        QTest::addColumn<QString>("content");
        QTest::addColumn<QString>("reasoning");
        QTest::addColumn<int>("before");
        const auto row = [](const char *name, std::initializer_list<const char *> pieces, bool opens, const char *content, const char *reasoning,
                            int before) {
            QStringList list;
            for (const char *piece : pieces)
                list << QString::fromUtf8(piece);
            QTest::newRow(name) << list << opens << QString::fromUtf8(content) << QString::fromUtf8(reasoning) << before;
        };
        row("an answer", {"Hello", " whale"}, false, "Hello whale", "", 0);
        row("reasoning", {"<think>", "\nHm", "m\n", "</think>", "\n\n", "Yes"}, false, "Yes", "Hmm", 4);
        row("opened by the prompt", {"Hmm", "</think>", "Yes"}, true, "Yes", "Hmm", 2);
        row("still thinking", {"Hm", "m"}, true, "", "Hmm", 2);
        row("a tag of several tokens", {"<th", "ink>", "Hmm", "</", "think", ">Yes", " no"}, false, "Yes no", "Hmm", 6);
        row("a tag in the answer", {"Write ", "</think>"}, false, "Write </think>", "", 0);
    }
    void readsAsTheAnswerDid()
    {
        QFETCH(QStringList, pieces);
        QFETCH(bool, opens);
        QFETCH(QString, content);
        QFETCH(QString, reasoning);
        QFETCH(int, before);
        const TokenLens lens = words(pieces, opens);
        QCOMPARE(textsOf(lens).content, content);
        QCOMPARE(textsOf(lens).reasoning, reasoning);
        QCOMPARE(reasoningTokens(lens), before);
    }

    void halfACharacterIsNoneWhileOthersFollow()
    {
        const TokenLens lens = lensOf({{weight(1, "a", 1), {}}, {weight(2, "\xe9\xb2", 1), {}}, {weight(3, "\xb8", 1), {}}});
        QCOMPARE(textsOf(lens, 2).content, QStringLiteral("a\uFFFD"));
        QCOMPARE(textsOf(lens, 2, false).content, QStringLiteral("a"));
        QCOMPARE(textsOf(lens).content, QStringLiteral("a鲸"));
    }

    void branchesAtAToken()
    {
        const TokenLens lens = lensOf({{weight(1, "The", 0.9f), {weight(2, "A", 0.05f)}},
                                       {weight(3, " whale", 0.5f), {weight(4, " fish", 0.3f), weight(5, " bird", 0.1f)}},
                                       {weight(6, " sings", 0.8f), {}}});
        const auto bytes = branchedLens(lens, 1, 1);
        QVERIFY(bytes.has_value());
        const TokenLens branch = readTokenLens(*bytes).value();
        QCOMPARE(branch.ids(), (std::vector<inference::TokenId>{1, 5}));
        QVERIFY(branch.belongsTo(QStringLiteral("The bird"), QString()));
        QVERIFY(branch.tokens[0].givenBefore && !branch.tokens[0].chosenByUser);
        QVERIFY(branch.tokens[1].chosenByUser);
        QCOMPARE(branch.tokens[1].others.size(), 2); // the former one among them, in its place
        QCOMPARE(branch.word(branch.tokens[1].others[0]).id, 3);
        QCOMPARE(branch.word(branch.tokens[1].others[1]).id, 4);
        for (const auto &[token, alternative] : {std::pair{-1, 0}, {3, 0}, {2, 0}, {1, 2}, {1, -1}})
            QVERIFY(!branchedLens(lens, token, alternative).has_value());
    }

    void doubtIsWhereTwoAreNear_data()
    {
        QTest::addColumn<QString>("word");
        QTest::addColumn<float>("p");
        QTest::addColumn<float>("other");
        QTest::addColumn<bool>("unsure");
        QTest::newRow("sure") << QString::fromUtf8("whale") << 0.9f << 0.05f << false;
        QTest::newRow("a favourite") << QString::fromUtf8("whale") << 0.3f << 0.1f << false;
        QTest::newRow("two alike that share all") << QString::fromUtf8("whale") << 0.5f << 0.49f << false;
        QTest::newRow("several near") << QString::fromUtf8("whale") << 0.3f << 0.25f << true;
        QTest::newRow("drawn against the odds") << QString::fromUtf8("whale") << 0.05f << 0.9f << true;
        QTest::newRow("Chinese") << QString::fromUtf8("鲸") << 0.2f << 0.2f << true;
        QTest::newRow("a comma") << QString::fromUtf8(",") << 0.2f << 0.2f << false;
        QTest::newRow("a line break") << QString::fromUtf8("\n\n") << 0.2f << 0.2f << false;
    }
    void doubtIsWhereTwoAreNear()
    {
        QFETCH(QString, word);
        QFETCH(float, p);
        QFETCH(float, other);
        QFETCH(bool, unsure);
        const TokenLens lens = lensOf({{weight(1, word.toStdString(), p), {weight(2, "x", other)}}});
        QCOMPARE(isUnsure(lens, lens.tokens[0]), unsure);
    }
};

QTEST_GUILESS_MAIN(TestTokenLens)
#include "tst_token_lens.moc"
