#include "app/chat/answer_comparison.h"

#include <algorithm>
#include <utility>

namespace app {

AnswerComparison::AnswerComparison(InferenceService &service, ChatSession &session)
    : QObject(&session), m_service(service), m_session(session)
{
    if (!service.loadingPath().isEmpty())
        m_modelBefore = service.loadingPath();
    else if (const auto model = service.model())
        m_modelBefore = QString::fromStdString(model->path.string());
    const MessageListModel *messages = session.messages();
    connect(&session, &ChatSession::answersAsked, this, &AnswerComparison::take);
    connect(&session, &ChatSession::stateChanged, this, &AnswerComparison::follow);
    connect(&session, &ChatSession::answerFinished, this, &AnswerComparison::follow);
    connect(&session, &ChatSession::promptProgress, this, &AnswerComparison::changed);
    connect(&session, &ChatSession::sendFailed, this, &AnswerComparison::takeBack);
    connect(&session, &ChatSession::modelWanted, this, [this](const QString &path) {
        if (!isSide(m_session.answerId()))
            return;
        m_loads = true;
        Q_EMIT modelWanted(path);
    });
    connect(messages, &MessageListModel::textGrew, this,
            [this](qint64 id, const QString &text) { grow(id, text, &MessageListModel::appendText); });
    connect(messages, &MessageListModel::reasoningGrew, this,
            [this](qint64 id, const QString &text) { grow(id, text, &MessageListModel::appendReasoning); });
    connect(messages, &MessageListModel::recordChanged, this, [this](qint64 id) {
        for (int side = 0; side < kSides; ++side)
            if (m_sides[std::size_t(side)].answer == id) {
                const MessageRecord &record = m_session.messages()->tree().at(id);
                m_shown[std::size_t(side)].setTexts(id, record.content, record.reasoning);
                m_shown[std::size_t(side)].update(record);
                Q_EMIT changed();
            }
    });
    connect(messages, &QAbstractItemModel::modelReset, this, [this] { end({}); });
}

// The model that is loaded now is meant now, whatever is loaded when the turn comes.
void AnswerComparison::begin(const Choices &choices)
{
    m_sides = choices;
    for (int side = 0; side < kSides; ++side) {
        ComparedAnswer &one = m_sides[std::size_t(side)];
        if (one.choice.model.isEmpty())
            one.choice.model = m_modelBefore;
        if (one.answer == 0)
            m_asked << side;
    }
}

QVector<AnswerChoice> AnswerComparison::askedChoices() const
{
    QVector<AnswerChoice> choices;
    for (const int side : m_asked)
        choices << m_sides[std::size_t(side)].choice;
    return choices;
}

void AnswerComparison::grow(qint64 id, const QString &text, void (MessageListModel::*append)(qint64, const QString &))
{
    for (int side = 0; side < kSides; ++side) {
        if (m_sides[std::size_t(side)].answer != id)
            continue;
        MessageListModel &shown = m_shown[std::size_t(side)];
        const bool first = shown.message(0).content.isEmpty() && shown.message(0).reasoning.isEmpty();
        (shown.*append)(id, text);
        if (first)
            Q_EMIT changed();
    }
}

bool AnswerComparison::ask(qint64 question, const Choices &choices)
{
    const MessageTree &tree = m_session.messages()->tree();
    const bool known = tree.contains(question) && std::all_of(choices.begin(), choices.end(), [&](const ComparedAnswer &one) {
        return one.answer == 0 || (tree.contains(one.answer) && tree.at(one.answer).parentId == question);
    });
    begin(choices);
    if (!known || (!m_asked.isEmpty() && !m_session.askBeside(question, askedChoices())))
        return false;
    showQuestion(question);
    for (int side = 0; side < kSides; ++side)
        if (m_sides[std::size_t(side)].answer != 0)
            show(side);
    return true;
}

bool AnswerComparison::send(const QString &text, const Choices &choices, const std::optional<QVector<qint64>> &attachments)
{
    begin(choices);
    return m_asked.size() == kSides && m_session.sendForAnswers(text, askedChoices(), attachments);
}

void AnswerComparison::take(const QVector<qint64> &ids)
{
    if (m_asked.isEmpty() || ids.size() != m_asked.size())
        return;
    for (qsizetype i = 0; i < ids.size(); ++i) {
        m_sides[std::size_t(m_asked[i])].answer = ids[i];
        show(m_asked[i]);
    }
    m_asked.clear();
    if (m_questionId == 0)
        showQuestion(m_session.messages()->tree().at(ids.first()).parentId);
    Q_EMIT changed();
}

// Nothing of what was asked is in the file: without its answers there is nothing to compare.
void AnswerComparison::takeBack()
{
    if (!m_asked.isEmpty())
        end({});
}

void AnswerComparison::show(int side)
{
    MessageRecord record = m_session.messages()->tree().at(m_sides[std::size_t(side)].answer);
    record.parentId = 0; // there it is the only one
    m_shown[std::size_t(side)].reset({record}, record.id);
}

void AnswerComparison::showQuestion(qint64 question)
{
    m_questionId = question;
    MessageRecord record = m_session.messages()->tree().at(question);
    record.parentId = 0;
    m_question.reset({record}, question);
}

AnswerComparison::Stage AnswerComparison::stage(int side) const
{
    const qint64 answer = m_sides[std::size_t(side)].answer;
    if (answer == 0)
        return Stage::Committing;
    return m_session.isPending(answer) ? Stage::Waiting : m_session.answerId() == answer ? Stage::AtWork : Stage::Over;
}

bool AnswerComparison::isBusy() const
{
    return stage(0) != Stage::Over || stage(1) != Stage::Over;
}

bool AnswerComparison::isSide(qint64 answer) const
{
    return answer != 0 &&
           std::any_of(m_sides.begin(), m_sides.end(), [=](const ComparedAnswer &one) { return one.answer == answer; });
}

// Whatever else the chat is asked for is what the user is at now.
void AnswerComparison::follow()
{
    const qint64 answer = m_session.answerId();
    if (m_session.state() == ChatSession::State::Idle) // nothing came of what was asked in the place of an answer: that stays
        m_asked.removeIf([this](int side) { return m_sides[std::size_t(side)].answer != 0; });
    if (m_asked.isEmpty() && answer != 0 && !isSide(answer)) {
        end(m_modelBefore);
        return;
    }
    Q_EMIT changed();
}

void AnswerComparison::stop()
{
    if (isSide(m_session.answerId()) || !m_asked.isEmpty())
        m_session.stop();
}

bool AnswerComparison::askAgain(int side)
{
    const AnswerChoice choice = m_sides[std::size_t(side)].choice;
    if (!m_asked.isEmpty() || m_questionId == 0)
        return false;
    m_asked << side;
    if (m_session.askBeside(m_questionId, {choice}))
        return true;
    m_asked.clear();
    return false;
}

bool AnswerComparison::branchAtToken(int side, int token, int alternative)
{
    ComparedAnswer &one = m_sides[std::size_t(side)];
    const MessageTree &tree = m_session.messages()->tree();
    const auto model = m_service.model();
    if (!m_asked.isEmpty() || !model || !tree.contains(one.answer))
        return false;
    AnswerChoice choice = one.choice;
    choice.model = QString::fromStdString(model->path.string()); // the one that answered: else it cannot be done
    m_asked << side;
    if (!m_session.branchAtToken(tree.at(one.answer), token, alternative, choice)) {
        m_asked.clear();
        return false;
    }
    one.choice = choice;
    return true;
}

void AnswerComparison::keep(int side)
{
    const qint64 answer = m_sides[std::size_t(side)].answer;
    if (answer == 0 || m_closed)
        return;
    for (const ComparedAnswer &one : m_sides) {
        m_session.dropPending(one.answer);
        if (one.answer != answer && one.answer == m_session.answerId())
            m_session.stop();
    }
    if (!m_session.showMessage(answer))
        return;
    const QString model = m_sides[std::size_t(side)].choice.model;
    if (m_loads && !model.isEmpty())
        Q_EMIT modelKept(model);
    end(model);
}

void AnswerComparison::close()
{
    for (const ComparedAnswer &one : m_sides)
        m_session.dropPending(one.answer);
    stop();
    end(m_modelBefore);
}

void AnswerComparison::end(const QString &model)
{
    if (std::exchange(m_closed, true))
        return;
    m_session.messages()->disconnect(this);
    m_session.disconnect(this);
    const auto loaded = m_service.model();
    const QString now = !m_service.loadingPath().isEmpty() ? m_service.loadingPath()
                        : loaded                           ? QString::fromStdString(loaded->path.string())
                                                           : QString();
    const bool ours =
        std::any_of(m_sides.begin(), m_sides.end(), [&](const ComparedAnswer &one) { return one.choice.model == now; });
    if (m_loads && ours && !model.isEmpty() && now != model) // else the user has chosen another one
        Q_EMIT modelWanted(model);
    Q_EMIT closed();
    deleteLater();
}

} // namespace app
