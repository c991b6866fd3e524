// The tokens of an answer with what the model thought of them, packed as they are kept with the message.
//
// The bytes, version 1, all numbers without sign, varints of 7 bits, low ones first:
//
//   1 byte   version, 1
//   1 byte   bit 0: the answer begins as reasoning
//   8 bytes  hash of the texts of the message when these bytes were written, little-endian
//   then for each token:
//     1 byte   bits 0 to 4: how many alternatives, at most 16; bit 5: the user chose the token, bit 6: another version wrote it
//     word, varint of its surprise: -ln p in steps of 1/256
//     for each alternative, the likeliest first: word, varint of -ln p in steps of 1/64, after the first one what it is more
//
//   A word is a varint: n names the nth new word, from 1 on; 0 is a new one: varint of its id, varint of twice the number of
//   its bytes, plus 1 where it is a control token, and its bytes.
//
// With eight alternatives a token takes 55 to 70 bytes in answers of some dozens, fewer in longer ones, whose words come again. Bytes are appended only: what was journaled is a beginning of what is
// saved in the end. All of it is foreign when it is read.
#pragma once

#include "app/answer_token.h"
#include "inference/engine.h"

#include <QByteArray>
#include <QHash>
#include <QString>
#include <QVector>

#include <optional>
#include <vector>

namespace app {

struct TokenLens
{
    struct Word
    {
        inference::TokenId id = 0;
        QByteArray bytes; // part of a character, perhaps
        bool isText = true;
    };
    struct Choice
    {
        int word = 0;
        float probability = 0; // as the model gave it: at temperature 1, before penalty and filters
    };
    struct Token
    {
        Choice drawn;
        QVector<Choice> others; // the likeliest first
        bool chosenByUser = false;
        bool givenBefore = false; // taken over from the version that this one branched from
    };

    bool opensReasoning = false;
    quint64 textHash = 0;
    QVector<Word> words;
    std::vector<Token> tokens;

    const Word &word(const Choice &choice) const { return words[choice.word]; }
    std::vector<inference::TokenId> ids() const;
    // The texts are those that the tokens were kept with.
    bool belongsTo(const QString &content, const QString &reasoning) const;
};

// Nothing where there are no such bytes, where they are damaged or of a newer version.
std::optional<TokenLens> readTokenLens(const QByteArray &bytes);

struct AnswerTexts
{
    QString content, reasoning;
    friend bool operator==(const AnswerTexts &, const AnswerTexts &) = default;
};
// What the first tokens (-1: all) read as, as it is shown while an answer is written; `ends`: and when it has ended.
AnswerTexts textsOf(const TokenLens &lens, int tokens = -1, bool ends = true);
// How many tokens come before the answer proper: the reasoning with its tags.
int reasoningTokens(const TokenLens &lens);

// The model was unsure: the token had less than 35 % and another one at least half as much. The first alone would mark every first
// word of a sentence that can begin in many ways but has a favourite, the second alone two spellings that share nearly all of it.
// Only tokens with a letter or a digit: which space or comma comes is no doubt about what is said.
bool isUnsure(const TokenLens &lens, const TokenLens::Token &token);

// Packs tokens as they come.
class TokenLensWriter
{
public:
    explicit TokenLensWriter(bool opensReasoning = false);
    // Goes on behind the first tokens (-1: all) of another one.
    explicit TokenLensWriter(const TokenLens &lens, int tokens = -1);

    void setOpensReasoning(bool opens);
    void add(const AnswerToken &token);
    void add(const TokenLens &from, const TokenLens::Token &token);
    bool isEmpty() const { return m_ids.isEmpty(); }
    const QVector<inference::TokenId> &ids() const { return m_ids; }
    // The bytes with the hash of these texts.
    QByteArray bytes(const QString &content, const QString &reasoning) const;

private:
    void number(quint64 value);
    void word(inference::TokenId id, const char *bytes, qsizetype size, bool isText);
    void head(qsizetype others, bool chosenByUser, bool givenBefore);

    QByteArray m_bytes;
    QHash<inference::TokenId, int> m_words; // from 1 on
    QVector<inference::TokenId> m_ids;
};

// A new version of an answer that begins with its tokens before one and, in its place, one of its alternatives.
std::optional<QByteArray> branchedLens(const TokenLens &lens, int token, int alternative);

} // namespace app
