// Two answers to one message beside each other: which they are, how each was asked for, and what becomes of them.
#pragma once

#include "app/chat/chat_session.h"

#include <array>

namespace app {

// One side as it is chosen: an answer that is there, or a new one.
struct ComparedAnswer
{
    qint64 answer = 0; // 0: a new one, asked for like this
    AnswerChoice choice{};
    friend bool operator==(const ComparedAnswer &, const ComparedAnswer &) = default;
};

// Both are ordinary versions of the answer to a message: nothing is lost however the comparison ends. GUI thread; belongs to the
// session; the service outlives it.
class AnswerComparison : public QObject
{
    Q_OBJECT

public:
    static constexpr int kSides = 2;
    using Choices = std::array<ComparedAnswer, kSides>;
    enum class Stage {
        Committing, // nothing is in the file yet
        Waiting,    // for the other one
        AtWork,     // see the session's state
        Over        // its record says how it ended
    };
    Q_ENUM(Stage)

    AnswerComparison(InferenceService &service, ChatSession &session);

    // Once, one of the two; false, and nothing happens, where the session is at work. Answers that are there are siblings below
    // `question`.
    bool ask(qint64 question, const Choices &choices);
    bool send(const QString &text, const Choices &choices, const std::optional<QVector<qint64>> &attachments);

    ChatSession &session() const { return m_session; }
    Stage stage(int side) const;
    bool isBusy() const; // one of them is not over
    const ComparedAnswer &side(int side) const { return m_sides[std::size_t(side)]; }
    // The answer of a side, alone; empty before the commit. The message they answer, alone.
    MessageListModel *shown(int side) { return &m_shown[std::size_t(side)]; }
    MessageListModel *question() { return &m_question; }

    void stop();              // the side at work; the other one has its turn
    bool askAgain(int side);  // by another answer in its place; the former stays as a version. False: the session is at work
    // The same with one that branches there, see ChatSession::branchAtToken(). False: it cannot be done.
    bool branchAtToken(int side, int token, int alternative);
    // Shows the branch of that answer. What else is at work or waits ends as stopped, and its model is loaded again where this
    // comparison has changed it.
    void keep(int side);
    // The same with the branch that is open.
    void close();

Q_SIGNALS:
    void changed();                        // stages, figures, what is shown; not each piece of text
    void modelWanted(const QString &path); // load it, for as long as this goes on; the former one at the end
    void modelKept(const QString &path);   // an answer was kept: its model is the user's choice from now on
    void closed();                         // it is over, and deletes itself

private:
    void take(const QVector<qint64> &ids);
    void begin(const Choices &choices);
    QVector<AnswerChoice> askedChoices() const;
    void show(int side);
    void showQuestion(qint64 question);
    void grow(qint64 id, const QString &text, void (MessageListModel::*append)(qint64, const QString &));
    void follow();
    void takeBack();
    void end(const QString &model);
    bool isSide(qint64 answer) const;

    InferenceService &m_service;
    ChatSession &m_session;
    Choices m_sides;
    std::array<MessageListModel, kSides> m_shown;
    MessageListModel m_question;
    qint64 m_questionId = 0;
    QVector<int> m_asked; // sides whose answers are being committed
    QString m_modelBefore;
    bool m_loads = false;                 // another model was asked for
    bool m_closed = false;
};

} // namespace app
