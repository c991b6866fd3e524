// What made an answer: everything that it takes to get the same tokens again on the same machine.
#pragma once

#include "app/chat/chat_records.h"
#include "inference/engine.h"

#include <QByteArray>

#include <optional>

namespace app {

struct Receipt
{
    QString program; // version
    QString model, file, fingerprint, quantisation;
    qint64 fileBytes = 0;
    QString device; // processor, threads, instruction set
    quint32 contextLength = 0;
    QString instructions; // the system prompt
    inference::Thinking thinking = inference::Thinking::ModelDefault;
    inference::SamplingOptions sampling; // with the seed
    quint32 maxTokens = 0;
    int promptTokens = 0;
    QVector<inference::TokenId> tokens; // of the answer
    // The answer was cut, and the model was asked to go on: its parts had prompts of their own, and it cannot be replayed in one.
    bool continued = false;
    // So many tokens were given: taken over from another version, the last one chosen by the user. A replay begins behind them.
    int given = 0;
    // After so many tokens it was cut, and went on with the same sampler. A replay gives all in one.
    QVector<int> cuts;
};

// Of an answer that has just ended, or begun. `request` is what was asked; the tokens of its start are part of the answer.
Receipt makeReceipt(const inference::ModelSummary &model, const QString &instructions,
                    const inference::GenerationRequest &request, const inference::GenerationStatistics &statistics);

// As it is kept with the message: JSON, tokens in base64, four letters each.
QByteArray receiptToJson(const Receipt &receipt);
std::optional<Receipt> receiptFromJson(const QByteArray &json); // nothing: there is none, or it is damaged

// Of the model, as the rest of the window has it.
QString modelName(const Receipt &receipt);

} // namespace app
