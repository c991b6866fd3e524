#include "app/translate/translate_session.h"

#include "app/error_text.h"
#include "app/translate/text_measure.h"

#include <QLocale>

#include <algorithm>
#include <cmath>

namespace app::translate {
namespace {

constexpr qsizetype kKnownLimit = 4 * 1024 * 1024; // letters of source and translation that are remembered

// How much is wrong: of two tries the better one is kept.
int severity(const Verdict &verdict)
{
    return verdict.problem == Problem::None ? 0 : isHard(verdict.problem) ? 2 : 1;
}

} // namespace

TranslateSession::TranslateSession(InferenceService &service, const QString &dataFolder, QObject *parent)
    : QObject(parent), m_service(service), m_path(dataFolder + QStringLiteral("/translate_session.json"))
{
    const Language *english = findLanguage(u"en");
    const Language *local = findLanguage(QLocale::system().name());
    m_target = local ? local : english;
    m_second = m_target == english ? findLanguage(u"zh-Hans") : english;

    m_typing.setSingleShot(true);
    m_typing.setInterval(kTypingDelayMs);
    connect(&m_typing, &QTimer::timeout, this, &TranslateSession::start);
    m_saving.setSingleShot(true);
    connect(&m_saving, &QTimer::timeout, this, &TranslateSession::saveNow);
    // A request made without a model waits in the service; the sentence about it changes.
    connect(&m_service, &InferenceService::stateChanged, this, &TranslateSession::stateChanged);
    load();
}

TranslateSession::~TranslateSession()
{
    cancelRunning();
    if (m_saving.isActive())
        saveNow();
}

void TranslateSession::setState(State state)
{
    m_state = state;
    Q_EMIT stateChanged();
}

const Language *TranslateSession::source() const
{
    return m_chosenSource ? m_chosenSource : m_detected.isSure() ? m_detected.language : nullptr;
}

bool TranslateSession::isSameLanguage() const
{
    return (m_chosenSource ? m_chosenSource : m_detected.language) == m_target;
}

bool TranslateSession::isWaitingForModel() const
{
    return m_state == State::Working &&
           (m_service.state() == InferenceService::State::NoModel ||
            m_service.state() == InferenceService::State::Loading) &&
           !m_service.running();
}

bool TranslateSession::isQueued() const
{
    return m_state == State::Working && m_reply && m_reply->state() == GenerationReply::State::Queued &&
           m_service.running() && m_service.running() != m_reply;
}

int TranslateSession::over() const
{
    return m_segments.count(SegmentState::Done) + m_segments.count(SegmentState::Copied) + toLookAt();
}

int TranslateSession::toLookAt() const
{
    return m_segments.count(SegmentState::Unsure) + m_segments.count(SegmentState::Failed);
}

int TranslateSession::secondsLeft() const
{
    if (m_state != State::Working || m_workedLength < 1)
        return -1;
    double length = 0;
    for (int i = 0; i < m_segments.size(); ++i) {
        const SegmentEntry &entry = m_segments.at(i);
        if (!entry.isOver())
            length += double(entry.source.text.size());
    }
    const double spent = m_current >= 0 && m_clock.isValid() ? double(m_clock.elapsed()) : 0;
    return std::max(
        1, int(std::lround((length * m_workedMs / m_workedLength - std::min(spent, 5000.0)) / 1000)));
}

void TranslateSession::setSourceText(const QString &text)
{
    if (text == m_source)
        return;
    m_source = text;
    applySource();
    saveLater();
}

void TranslateSession::setDocument(const TextFile &file, const QString &path)
{
    m_documentPath = path;
    m_encoding = file.encoding;
    m_source = file.text;
    applySource();
    saveLater();
    Q_EMIT sourceReplaced();
}

void TranslateSession::clear()
{
    m_documentPath.clear();
    m_encoding = TextEncoding::Utf8;
    m_source.clear();
    m_chosenSource = nullptr;
    applySource();
    saveLater();
    Q_EMIT sourceReplaced();
}

// A new text: typing cancels what runs; segments whose text was translated before keep their translation.
void TranslateSession::applySource()
{
    cancelRunning();
    m_error.clear();
    const DetectedLanguage before = m_detected;
    m_detected = detectLanguage(m_source);
    m_segments.setSegmentation(segment(m_source));
    if (before.language != m_detected.language || before.confidence != m_detected.confidence)
        Q_EMIT languagesChanged();
    applyLanguages();
}

// Sets the state of every segment for the languages in use, then that of the session.
void TranslateSession::applyLanguages()
{
    const bool same = isSameLanguage();
    for (int i = 0; i < m_segments.size(); ++i) {
        const SegmentEntry &entry = m_segments.at(i);
        SegmentEntry wanted;
        if (entry.source.copied || same) {
            wanted.state = SegmentState::Copied;
            wanted.target = entry.source.text;
        } else if (const auto known = m_known.constFind(keyFor(entry.source.text)); known != m_known.cend()) {
            wanted.state = known->state;
            wanted.target = known->target;
            wanted.verdict = known->verdict;
        }
        if (wanted.state != entry.state || wanted.target != entry.target)
            m_segments.update(i, wanted);
    }
    if (m_segments.size() == 0) {
        m_typing.stop();
        setState(State::Empty);
    } else if (same) {
        m_typing.stop();
        setState(State::SameLanguage);
    } else if (m_segments.count(SegmentState::Waiting) == 0) {
        m_typing.stop();
        setState(State::Finished);
    } else {
        m_typing.start();
        setState(State::Typing);
    }
}

void TranslateSession::setChosenSource(const Language *language)
{
    if (language == m_chosenSource)
        return;
    cancelRunning();
    m_chosenSource = language;
    Q_EMIT languagesChanged();
    applyLanguages();
    saveLater();
}

void TranslateSession::setTarget(const Language &language)
{
    if (&language == m_target)
        return;
    cancelRunning();
    m_second = m_target;
    m_target = &language;
    Q_EMIT languagesChanged();
    applyLanguages();
    saveLater();
}

bool TranslateSession::canSwap() const
{
    const Language *from = m_chosenSource ? m_chosenSource : m_detected.language;
    return from && from != m_target;
}

void TranslateSession::swapLanguages()
{
    if (!canSwap())
        return;
    cancelRunning();
    const Language *from = m_chosenSource ? m_chosenSource : m_detected.language;
    const bool finished = m_state == State::Finished && m_segments.size() > 0;
    const QString text = finished ? translation() : m_source;
    m_chosenSource = m_target;
    m_second = m_target;
    m_target = from;
    const bool replaced = text != m_source;
    m_source = text;
    Q_EMIT languagesChanged();
    applySource();
    saveLater();
    if (replaced)
        Q_EMIT sourceReplaced();
}

void TranslateSession::translateNow()
{
    if (m_state == State::Working || m_state == State::Empty || m_state == State::SameLanguage)
        return;
    start();
}

void TranslateSession::translateAgain()
{
    if (m_state == State::Empty || m_state == State::SameLanguage)
        return;
    cancelRunning();
    for (int i = 0; i < m_segments.size(); ++i) {
        const SegmentEntry &entry = m_segments.at(i);
        if (entry.source.copied)
            continue;
        m_known.remove(keyFor(entry.source.text));
        m_segments.update(i, SegmentEntry());
    }
    start();
}

void TranslateSession::retry(int segment)
{
    if (segment < 0 || segment >= m_segments.size() || isSameLanguage())
        return;
    const SegmentEntry &entry = m_segments.at(segment);
    if (entry.source.copied || segment == m_current)
        return;
    m_known.remove(keyFor(entry.source.text));
    SegmentEntry waiting;
    waiting.tries = entry.tries; // another try, not the same one again
    m_segments.update(segment, waiting);
    if (m_state != State::Working)
        start();
}

void TranslateSession::stop()
{
    m_typing.stop();
    if (m_state != State::Working && m_state != State::Typing)
        return;
    cancelRunning();
    setState(State::Stopped);
}

// The text that has come stays; its segment waits again.
void TranslateSession::cancelRunning()
{
    if (m_reply) {
        m_reply->disconnect(this);
        m_reply->stop();
        m_reply->deleteLater();
        m_reply.clear();
    }
    m_ahead = 0;
    m_firstTry.reset();
    m_cleaner.reset();
    if (m_current >= 0) {
        const int row = std::exchange(m_current, -1);
        if (row < m_segments.size() && !m_segments.at(row).isOver()) {
            SegmentEntry waiting;
            waiting.target = m_segments.at(row).target;
            m_segments.update(row, waiting);
        }
    }
}

void TranslateSession::start()
{
    m_typing.stop();
    m_error.clear();
    m_workedMs = m_workedLength = 0;
    next();
}

void TranslateSession::next()
{
    for (int i = 0; i < m_segments.size(); ++i) {
        if (m_segments.at(i).state == SegmentState::Waiting) {
            ask(i, m_segments.at(i).tries);
            setState(State::Working);
            return;
        }
    }
    setState(m_segments.size() == 0 ? State::Empty : State::Finished);
}

void TranslateSession::ask(int row, int attempt)
{
    m_current = row;
    m_attempt = attempt;
    m_ahead = 0;
    SegmentEntry entry = m_segments.at(row);
    entry.state = SegmentState::Queued;
    entry.target.clear();
    entry.verdict = {};
    entry.message.clear();
    m_segments.update(row, entry);
    m_cleaner.emplace(unwrapped(entry.source.text));
    m_clock.start();

    const TranslationTask task{entry.source.text, source(), m_target, attempt};
    m_reply = m_service.generate(translationRequest(task), Priority::Document, this);
    connect(m_reply, &GenerationReply::queuePositionChanged, this, [this](int ahead) {
        m_ahead = ahead;
        Q_EMIT stateChanged();
    });
    connect(m_reply, &GenerationReply::started, this, [this](quint32, quint32, bool opensReasoning) {
        m_ahead = 0;
        if (opensReasoning)
            m_cleaner.emplace(unwrapped(m_segments.at(m_current).source.text), true);
        SegmentEntry working = m_segments.at(m_current);
        working.state = SegmentState::Working;
        m_segments.update(m_current, working);
        Q_EMIT stateChanged();
    });
    connect(m_reply, &GenerationReply::textAdded, this, [this](const QString &text) {
        m_cleaner->push(text);
        m_segments.setTarget(m_current, m_cleaner->soFar());
    });
    connect(m_reply, &GenerationReply::finished, this, &TranslateSession::answerEnded);
    connect(m_reply, &GenerationReply::failed, this, &TranslateSession::answerFailed);
}

void TranslateSession::answerEnded(const inference::GenerationStatistics &statistics)
{
    m_reply->deleteLater();
    m_reply.clear();
    if (statistics.endReason == inference::EndReason::Cancelled) { // by someone else: the model was unloaded
        cancelRunning();
        setState(State::Stopped);
        return;
    }
    if (statistics.decodeTokensPerSecond > 0)
        m_tokensPerSecond = statistics.decodeTokensPerSecond;
    const int row = m_current;
    SegmentEntry entry = m_segments.at(row);
    const QString text = m_cleaner->result();
    const bool cutShort = statistics.endReason != inference::EndReason::Stop;
    entry.tries += 1;
    entry.target = text;
    entry.verdict = judge(unwrapped(entry.source.text), text, source(), *m_target, cutShort);
    entry.state = entry.verdict.problem == Problem::None ? SegmentState::Done : SegmentState::Unsure;

    if (isRetried(entry.verdict.problem) && !m_firstTry && entry.tries < kMaxTries) {
        SegmentEntry again = entry;
        m_firstTry = std::move(entry);
        again.state = SegmentState::Waiting;
        m_segments.update(row, again);
        ask(row, m_attempt + 1);
        Q_EMIT stateChanged();
        return;
    }
    if (m_firstTry && severity(m_firstTry->verdict) < severity(entry.verdict)) {
        m_firstTry->tries = entry.tries;
        entry = *m_firstTry;
    }
    if (isHard(entry.verdict.problem)) {
        entry.state = SegmentState::Failed;
        entry.target = entry.source.text;
    }
    settle(row, entry);
}

void TranslateSession::answerFailed(const inference::Error &error)
{
    m_reply->deleteLater();
    m_reply.clear();
    const int row = m_current;
    SegmentEntry entry = m_segments.at(row);
    entry.message = errorDetails(error.message);
    // What only this segment suffers from does not stop the others.
    if (error.code == inference::ErrorCode::ContextFull ||
        error.code == inference::ErrorCode::InvalidArgument) {
        entry.state = SegmentState::Failed;
        entry.target = entry.source.text;
        entry.tries += 1;
        settle(row, entry);
        return;
    }
    m_error = entry.message;
    m_current = -1;
    m_firstTry.reset();
    entry.state = SegmentState::Waiting;
    m_segments.update(row, entry);
    setState(State::Stopped);
}

void TranslateSession::settle(int row, const SegmentEntry &entry)
{
    m_current = -1;
    m_firstTry.reset();
    m_cleaner.reset();
    m_workedMs += double(m_clock.elapsed());
    m_workedLength += double(entry.source.text.size());
    if (entry.isTranslated())
        remember(entry.source.text, entry);
    m_segments.update(row, entry);
    saveLater();
    // The same text elsewhere needs no second request.
    if (entry.state == SegmentState::Done) {
        for (int i = 0; i < m_segments.size(); ++i) {
            if (m_segments.at(i).state == SegmentState::Waiting &&
                m_segments.at(i).source.text == entry.source.text)
                m_segments.update(i, entry);
        }
    }
    next();
}

QString TranslateSession::keyFor(const QString &text) const
{
    const Language *from = source();
    const QString code = from ? from->code.toString() : QString();
    return code + QLatin1Char('>') + m_target->code.toString() + QLatin1Char('\n') + text;
}

void TranslateSession::remember(const QString &text, const SegmentEntry &entry)
{
    m_knownSize += text.size() + entry.target.size();
    if (m_knownSize > kKnownLimit) {
        m_known.clear();
        m_knownSize = text.size() + entry.target.size();
    }
    m_known.insert(keyFor(text), {entry.target, entry.state, entry.verdict});
}

} // namespace app::translate
