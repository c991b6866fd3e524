// Asks for an answer once more, by its receipt, and says whether the same tokens come.
#pragma once

#include "app/chat/receipt.h"
#include "app/inference_service.h"

#include <QObject>
#include <QPointer>

namespace app {

// One replay. GUI thread. The service outlives it; destroying it stops the replay.
class AnswerReplay : public QObject
{
    Q_OBJECT

public:
    enum class Outcome {
        Same,
        Differs,
        Stopped,
        Impossible // another model is loaded, or the engine failed
    };
    Q_ENUM(Outcome)

    // `path`: from the first message to the question. Nothing of the replay is kept.
    AnswerReplay(InferenceService &service, QVector<MessageRecord> path, const Receipt &receipt, QObject *parent = nullptr);
    ~AnswerReplay() override;

    // Why it cannot be done with what is loaded; empty when it can. Receipts of other devices can be tried.
    static QString problem(const Receipt &receipt, const InferenceService &service);
    void start();
    void stop();

Q_SIGNALS:
    void progressed(int characters);
    // Once. The sentence says what was compared, and where it differs.
    void finished(app::AnswerReplay::Outcome outcome, const QString &sentence);

private:
    void compare(const inference::GenerationStatistics &statistics);

    InferenceService &m_service;
    const QVector<MessageRecord> m_path;
    const Receipt m_receipt;
    QPointer<GenerationReply> m_reply;
    int m_characters = 0;
};

} // namespace app
