#include "app/chat/token_lens.h"

#include "inference/chat/reasoning_parser.h"
#include "inference/text/tokenizer.h"

#include <QCryptographicHash>
#include <QtEndian>

#include <algorithm>
#include <cmath>
#include <string>

namespace app {

namespace {

constexpr char kLensVersion = 1;
constexpr qsizetype kHeadBytes = 10;
constexpr quint8 kCount = 0x1f, kChosenByUser = 0x20, kGivenBefore = 0x40;
constexpr qsizetype kMostBytes = qsizetype(64) << 20;
constexpr quint64 kMostWordBytes = 65536;
constexpr double kDrawnSteps = 256, kOtherSteps = 64;
constexpr quint64 kMostSteps = 1 << 20; // a probability that is 0 in any case

quint64 hashOf(const QString &content, const QString &reasoning)
{
    QCryptographicHash hash(QCryptographicHash::Sha256);
    hash.addData(content.toUtf8());
    hash.addData(QByteArray(1, '\0'));
    hash.addData(reasoning.toUtf8());
    return qFromLittleEndian<quint64>(hash.result().constData());
}

quint64 stepsOf(float probability, double steps)
{
    if (!(probability > 0))
        return kMostSteps;
    const double value = -std::log(double(std::min(probability, 1.0f))) * steps;
    return quint64(std::llround(std::min(value, double(kMostSteps))));
}

float probabilityOf(quint64 value, double steps)
{
    return float(std::exp(-double(std::min(value, kMostSteps)) / steps));
}

class Reader
{
public:
    explicit Reader(const QByteArray &bytes) : m_at(bytes.constData()), m_end(m_at + bytes.size()) {}

    bool atEnd() const { return m_at == m_end; }
    bool good() const { return m_good; }
    quint8 byte()
    {
        if (m_at == m_end) {
            m_good = false;
            return 0;
        }
        return quint8(*m_at++);
    }
    quint64 number()
    {
        quint64 value = 0;
        for (int shift = 0; shift <= 28; shift += 7) {
            const quint8 next = byte();
            value |= quint64(next & 0x7f) << shift;
            if (!(next & 0x80))
                return value;
        }
        m_good = false;
        return 0;
    }
    QByteArray bytes(quint64 count)
    {
        if (count > kMostWordBytes || count > quint64(m_end - m_at)) {
            m_good = false;
            return {};
        }
        const QByteArray result(m_at, qsizetype(count));
        m_at += count;
        return result;
    }
    int word(QVector<TokenLens::Word> &words)
    {
        const quint64 n = number();
        if (n > quint64(words.size())) {
            m_good = false;
            return 0;
        }
        if (n > 0)
            return int(n) - 1;
        const quint64 id = number(), size = number();
        if (id > 0x7fffffff)
            m_good = false;
        words.append({inference::TokenId(id), bytes(size >> 1), (size & 1) == 0});
        return int(words.size()) - 1;
    }

private:
    const char *m_at, *m_end;
    bool m_good = true;
};

} // namespace

std::vector<inference::TokenId> TokenLens::ids() const
{
    std::vector<inference::TokenId> ids;
    ids.reserve(tokens.size());
    for (const Token &token : tokens)
        ids.push_back(word(token.drawn).id);
    return ids;
}

bool TokenLens::belongsTo(const QString &content, const QString &reasoning) const
{
    return textHash == hashOf(content, reasoning);
}

std::optional<TokenLens> readTokenLens(const QByteArray &bytes)
{
    if (bytes.size() < kHeadBytes || bytes.size() > kMostBytes || bytes[0] != kLensVersion)
        return std::nullopt;
    TokenLens lens;
    lens.opensReasoning = bytes[1] & 1;
    lens.textHash = qFromLittleEndian<quint64>(bytes.constData() + 2);
    const QByteArray body = QByteArray::fromRawData(bytes.constData() + kHeadBytes, bytes.size() - kHeadBytes);
    Reader reader(body);
    while (!reader.atEnd()) {
        const quint8 head = reader.byte();
        const int count = head & kCount;
        if (count > int(inference::kMostAlternatives))
            return std::nullopt;
        TokenLens::Token token;
        token.chosenByUser = head & kChosenByUser;
        token.givenBefore = head & kGivenBefore;
        token.drawn.word = reader.word(lens.words);
        token.drawn.probability = probabilityOf(reader.number(), kDrawnSteps);
        quint64 steps = 0;
        token.others.reserve(count);
        for (int i = 0; i < count && reader.good(); ++i) {
            const int word = reader.word(lens.words);
            steps += reader.number();
            token.others.append({word, probabilityOf(steps, kOtherSteps)});
        }
        if (!reader.good())
            return std::nullopt;
        lens.tokens.push_back(std::move(token));
    }
    return lens;
}

AnswerTexts textsOf(const TokenLens &lens, int tokens, bool ends)
{
    inference::Utf8Stream characters;
    inference::ReasoningParser parser(lens.opensReasoning);
    std::string content, reasoning;
    const auto take = [&](const std::vector<inference::TextPiece> &pieces) {
        for (const inference::TextPiece &piece : pieces)
            (piece.kind == inference::TextKind::Reasoning ? reasoning : content) += piece.text;
    };
    const auto count = tokens < 0 ? lens.tokens.size() : std::min(lens.tokens.size(), std::size_t(tokens));
    for (std::size_t i = 0; i < count; ++i) {
        const TokenLens::Word &word = lens.word(lens.tokens[i].drawn);
        if (word.isText || word.bytes == "<think>" || word.bytes == "</think>")
            take(parser.push(characters.push({word.bytes.constData(), std::size_t(word.bytes.size())})));
    }
    if (ends) {
        take(parser.push(characters.flush()));
        take(parser.flush());
    }
    return {QString::fromStdString(content), QString::fromStdString(reasoning)};
}

int reasoningTokens(const TokenLens &lens)
{
    QByteArray all;
    for (const TokenLens::Token &token : lens.tokens)
        all += lens.word(token.drawn).bytes;
    const bool thinks = lens.opensReasoning || all.trimmed().startsWith("<think>");
    if (!thinks)
        return 0;
    const qsizetype close = all.indexOf("</think>");
    if (close < 0)
        return int(lens.tokens.size());
    qsizetype at = 0;
    int count = 0;
    for (const TokenLens::Token &token : lens.tokens) {
        if (at >= close + 8)
            break;
        at += lens.word(token.drawn).bytes.size();
        ++count;
    }
    return count;
}

bool isUnsure(const TokenLens &lens, const TokenLens::Token &token)
{
    constexpr float kSure = 0.35f, kNear = 0.5f;
    if (token.chosenByUser || token.drawn.probability >= kSure || token.others.isEmpty() ||
        token.others.first().probability < token.drawn.probability * kNear)
        return false;
    const TokenLens::Word &word = lens.word(token.drawn);
    const QString text = QString::fromUtf8(word.bytes);
    return word.isText && std::any_of(text.begin(), text.end(), [](QChar c) { return c.isLetterOrNumber() || c.isSurrogate(); });
}

TokenLensWriter::TokenLensWriter(bool opensReasoning) : m_bytes(kHeadBytes, '\0')
{
    m_bytes[0] = kLensVersion;
    setOpensReasoning(opensReasoning);
}

TokenLensWriter::TokenLensWriter(const TokenLens &lens, int tokens) : TokenLensWriter(lens.opensReasoning)
{
    const auto count = tokens < 0 ? lens.tokens.size() : std::min(lens.tokens.size(), std::size_t(tokens));
    for (std::size_t i = 0; i < count; ++i)
        add(lens, lens.tokens[i]);
}

void TokenLensWriter::setOpensReasoning(bool opens)
{
    m_bytes[1] = char(opens);
}

void TokenLensWriter::number(quint64 value)
{
    for (; value >= 0x80; value >>= 7)
        m_bytes += char(value | 0x80);
    m_bytes += char(value);
}

void TokenLensWriter::word(inference::TokenId id, const char *bytes, qsizetype size, bool isText)
{
    if (const int known = m_words.value(id)) {
        number(quint64(known));
        return;
    }
    size = std::min(size, qsizetype(kMostWordBytes));
    number(0);
    number(quint64(std::max(id, 0)));
    number(quint64(size) << 1 | quint64(!isText));
    m_bytes.append(bytes, size);
    m_words.insert(id, int(m_words.size()) + 1);
}

void TokenLensWriter::head(qsizetype others, bool chosenByUser, bool givenBefore)
{
    m_bytes += char(quint8(others) | (chosenByUser ? kChosenByUser : 0) | (givenBefore ? kGivenBefore : 0));
}

void TokenLensWriter::add(const AnswerToken &token)
{
    const auto count = std::min<std::size_t>(token.others.size(), inference::kMostAlternatives);
    head(qsizetype(count), false, false);
    word(token.drawn.id, token.drawn.bytes.data(), qsizetype(token.drawn.bytes.size()), token.drawn.isText);
    number(stepsOf(token.drawn.probability, kDrawnSteps));
    quint64 before = 0;
    for (std::size_t i = 0; i < count; ++i) {
        const TokenWeight &other = token.others[i];
        word(other.id, other.bytes.data(), qsizetype(other.bytes.size()), other.isText);
        const quint64 steps = std::max(before, stepsOf(other.probability, kOtherSteps));
        number(steps - before);
        before = steps;
    }
    m_ids << token.drawn.id;
}

void TokenLensWriter::add(const TokenLens &from, const TokenLens::Token &token)
{
    const auto put = [&](const TokenLens::Choice &choice) {
        const TokenLens::Word &w = from.word(choice);
        word(w.id, w.bytes.constData(), w.bytes.size(), w.isText);
    };
    const qsizetype count = std::min<qsizetype>(token.others.size(), inference::kMostAlternatives);
    head(count, token.chosenByUser, token.givenBefore);
    put(token.drawn);
    number(stepsOf(token.drawn.probability, kDrawnSteps));
    quint64 before = 0;
    for (qsizetype i = 0; i < count; ++i) {
        put(token.others[i]);
        const quint64 steps = std::max(before, stepsOf(token.others[i].probability, kOtherSteps));
        number(steps - before);
        before = steps;
    }
    m_ids << from.word(token.drawn).id;
}

QByteArray TokenLensWriter::bytes(const QString &content, const QString &reasoning) const
{
    QByteArray result = m_bytes;
    qToLittleEndian(hashOf(content, reasoning), result.data() + 2);
    return result;
}

std::optional<QByteArray> branchedLens(const TokenLens &lens, int token, int alternative)
{
    if (token < 0 || token >= int(lens.tokens.size()) || alternative < 0 || alternative >= lens.tokens[std::size_t(token)].others.size())
        return std::nullopt;
    TokenLensWriter writer(lens.opensReasoning);
    for (int i = 0; i < token; ++i) {
        TokenLens::Token before = lens.tokens[std::size_t(i)];
        before.givenBefore = true;
        writer.add(lens, before);
    }
    TokenLens::Token chosen = lens.tokens[std::size_t(token)];
    const TokenLens::Choice former = std::exchange(chosen.drawn, chosen.others.takeAt(alternative));
    const auto after = std::find_if(chosen.others.begin(), chosen.others.end(),
                                    [&](const TokenLens::Choice &c) { return c.probability < former.probability; });
    chosen.others.insert(after, former);
    chosen.chosenByUser = chosen.givenBefore = true;
    writer.add(lens, chosen);
    TokenLens branch;
    branch.opensReasoning = lens.opensReasoning;
    branch.words = lens.words;
    branch.tokens.assign(lens.tokens.begin(), lens.tokens.begin() + token);
    branch.tokens.push_back(chosen);
    const AnswerTexts texts = textsOf(branch);
    return writer.bytes(texts.content, texts.reasoning);
}

} // namespace app
