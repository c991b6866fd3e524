#include "app/chat/receipt.h"

#include "app/model_catalog.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include <variant>

namespace app {

namespace {

constexpr int kTokenBytes = 3; // a vocabulary has fewer than 2^24
constexpr int kReceiptVersion = 1;

QString packed(const QVector<inference::TokenId> &tokens)
{
    QByteArray bytes;
    bytes.reserve(tokens.size() * kTokenBytes);
    for (const inference::TokenId token : tokens)
        for (int i = 0; i < kTokenBytes; ++i)
            bytes += char(quint32(token) >> (8 * i));
    return QString::fromLatin1(bytes.toBase64());
}

QVector<inference::TokenId> unpacked(const QString &text)
{
    const QByteArray bytes = QByteArray::fromBase64(text.toLatin1());
    QVector<inference::TokenId> tokens;
    for (qsizetype at = 0; at + kTokenBytes <= bytes.size(); at += kTokenBytes) {
        inference::TokenId token = 0;
        for (int i = 0; i < kTokenBytes; ++i)
            token |= inference::TokenId(quint8(bytes[at + i])) << (8 * i);
        tokens << token;
    }
    return tokens;
}

} // namespace

Receipt makeReceipt(const inference::ModelSummary &model, const QString &instructions,
                    const inference::GenerationRequest &request, const inference::GenerationStatistics &statistics)
{
    Receipt receipt;
    receipt.program = QStringLiteral(BALEEN_VERSION);
    receipt.model = QString::fromStdString(model.name);
    receipt.file = QString::fromStdString(model.path.string());
    receipt.fingerprint = QString::fromStdString(model.fingerprint);
    receipt.quantisation = QString::fromStdString(model.quantisation);
    receipt.fileBytes = qint64(model.fileBytes);
    receipt.device = QString::fromStdString(model.device);
    receipt.contextLength = model.contextLength;
    receipt.instructions = instructions;
    if (const auto *chat = std::get_if<inference::ChatInput>(&request.input))
        receipt.thinking = chat->thinking;
    receipt.sampling = request.sampling;
    receipt.sampling.seed = statistics.seed;
    receipt.maxTokens = request.maxTokens;
    receipt.promptTokens = int(statistics.promptTokens - statistics.startTokens);
    receipt.tokens = QVector<inference::TokenId>(request.start.begin(), request.start.end());
    receipt.tokens.append(QVector<inference::TokenId>(statistics.tokens.begin(), statistics.tokens.end()));
    return receipt;
}

QByteArray receiptToJson(const Receipt &r)
{
    QJsonObject object{{QStringLiteral("version"), kReceiptVersion},
                       {QStringLiteral("program"), r.program},
                       {QStringLiteral("model"), r.model},
                       {QStringLiteral("file"), r.file},
                       {QStringLiteral("fingerprint"), r.fingerprint},
                       {QStringLiteral("quantisation"), r.quantisation},
                       {QStringLiteral("file_bytes"), r.fileBytes},
                       {QStringLiteral("device"), r.device},
                       {QStringLiteral("context"), qint64(r.contextLength)},
                       {QStringLiteral("instructions"), r.instructions},
                       {QStringLiteral("thinking"), int(r.thinking)},
                       {QStringLiteral("temperature"), double(r.sampling.temperature)},
                       {QStringLiteral("top_k"), qint64(r.sampling.topK)},
                       {QStringLiteral("top_p"), double(r.sampling.topP)},
                       {QStringLiteral("min_p"), double(r.sampling.minP)},
                       {QStringLiteral("repeat_penalty"), double(r.sampling.repeatPenalty)},
                       {QStringLiteral("repeat_window"), qint64(r.sampling.repeatWindow)},
                       {QStringLiteral("seed"), QString::number(r.sampling.seed.value_or(0))}, // JSON numbers have 53 bits
                       {QStringLiteral("max_tokens"), qint64(r.maxTokens)},
                       {QStringLiteral("prompt_tokens"), r.promptTokens},
                       {QStringLiteral("tokens"), packed(r.tokens)}};
    if (r.continued)
        object[QStringLiteral("continued")] = true;
    if (r.given > 0)
        object[QStringLiteral("given")] = r.given;
    if (!r.cuts.isEmpty()) {
        QJsonArray cuts;
        for (const int cut : r.cuts)
            cuts.append(cut);
        object[QStringLiteral("cuts")] = cuts;
    }
    return QJsonDocument(object).toJson(QJsonDocument::Compact);
}

std::optional<Receipt> receiptFromJson(const QByteArray &json)
{
    const QJsonObject object = QJsonDocument::fromJson(json).object();
    if (object.value(QLatin1String("version")).toInt() != kReceiptVersion)
        return std::nullopt;
    const auto text = [&](const char *key) { return object.value(QLatin1String(key)).toString(); };
    const auto number = [&](const char *key) { return object.value(QLatin1String(key)).toDouble(); };
    const auto count = [&](const char *key) {
        return quint32(qBound(qint64(0), object.value(QLatin1String(key)).toInteger(), qint64(0x7fffffff)));
    };
    Receipt r;
    r.program = text("program");
    r.model = text("model");
    r.file = text("file");
    r.fingerprint = text("fingerprint");
    r.quantisation = text("quantisation");
    r.fileBytes = object.value(QLatin1String("file_bytes")).toInteger();
    r.device = text("device");
    r.contextLength = count("context");
    r.instructions = text("instructions");
    r.thinking = inference::Thinking(qBound(0, object.value(QLatin1String("thinking")).toInt(), int(inference::Thinking::Off)));
    r.sampling.temperature = float(number("temperature"));
    r.sampling.topK = count("top_k");
    r.sampling.topP = float(number("top_p"));
    r.sampling.minP = float(number("min_p"));
    r.sampling.repeatPenalty = float(number("repeat_penalty"));
    r.sampling.repeatWindow = count("repeat_window");
    r.sampling.seed = text("seed").toULongLong();
    r.maxTokens = count("max_tokens");
    r.promptTokens = int(count("prompt_tokens"));
    r.tokens = unpacked(text("tokens"));
    r.continued = object.value(QLatin1String("continued")).toBool();
    r.given = int(qMin(qsizetype(count("given")), r.tokens.size()));
    for (const QJsonValue &cut : object.value(QLatin1String("cuts")).toArray())
        r.cuts << qBound(0, cut.toInt(), int(r.tokens.size()));
    return r;
}

QString modelName(const Receipt &receipt)
{
    return receipt.file.isEmpty() ? receipt.model : shortModelName(receipt.file);
}

} // namespace app
