// The text that is being translated: what the Translate panel shows and the user can leave and come back to.
#pragma once

#include "app/inference_service.h"
#include "app/translate/language_detector.h"
#include "app/translate/segment_list_model.h"
#include "app/translate/text_file.h"

#include <QElapsedTimer>
#include <QHash>
#include <QObject>
#include <QTimer>

namespace app::translate {

// GUI thread. Translates segment by segment, each one request of Priority::Document, so that a chat goes
// first between two of them. Starts by itself 400 ms after the last change of the text. Text, languages and
// translations are kept in translate_session.json of the data folder.
class TranslateSession : public QObject
{
    Q_OBJECT

public:
    enum class State {
        Empty,        // no text, or nothing but spaces
        Typing,       // starts soon
        SameLanguage, // the text is in the target language: it is shown unchanged, the model is not asked
        Working,
        Stopped, // by the user, by an error, or by the end of the program; segments wait
        Finished
    };
    Q_ENUM(State)

    TranslateSession(InferenceService &service, const QString &dataFolder, QObject *parent = nullptr);
    ~TranslateSession() override; // saves

    State state() const { return m_state; }
    SegmentListModel &segments() { return m_segments; }
    const SegmentListModel &segments() const { return m_segments; }

    QString sourceText() const { return m_source; }
    void setSourceText(const QString &text); // typed or pasted: starts after 400 ms
    // A file: its text, its name for the head and for saving, its encoding.
    void setDocument(const TextFile &file, const QString &path);
    QString documentPath() const { return m_documentPath; } // empty: typed text
    TextEncoding encoding() const { return m_encoding; }
    void clear();

    const Language *chosenSource() const { return m_chosenSource; } // null: detect
    void setChosenSource(const Language *language);
    const Language &target() const { return *m_target; }
    void setTarget(const Language &language);
    // The language that the target becomes when the text already is in it: the last other one.
    const Language &secondTarget() const { return *m_second; }
    DetectedLanguage detected() const { return m_detected; }
    // Chosen, or detected and sure; null otherwise.
    const Language *source() const;
    // Whether the text is in the target language, by choice or as far as can be told.
    bool isSameLanguage() const;
    // Source and target change places, and the translation becomes the text when it is finished.
    bool canSwap() const;
    void swapLanguages();

    void translateNow();   // what waits: starts, or goes on after a stop
    void translateAgain(); // all of it once more
    void retry(int segment);
    void stop(); // keeps what is there

    QString translation() const { return m_segments.translation(m_target); }
    int total() const { return m_segments.size(); }
    int over() const;                                            // segments that need no more work
    int toLookAt() const;                                        // unsure and failed ones
    double tokensPerSecond() const { return m_tokensPerSecond; } // of the last segment, 0: not known
    int secondsLeft() const;                                     // estimate, -1: not known
    int queuePosition() const { return m_ahead; }                // requests before the current one
    bool isWaitingForModel() const;
    bool isQueued() const;                    // a request of another panel runs first
    int current() const { return m_current; } // row that is asked for, -1: none
    // Last failure of the engine, empty: none.
    QString error() const { return m_error; }
    // Why text or settings could not be kept; empty: they were.
    QString saveError() const { return m_saveError; }
    bool saveNow();

    static constexpr int kTypingDelayMs = 400;
    static constexpr int kMaxTries = 2;

Q_SIGNALS:
    void stateChanged();     // also when the current segment or the error changes
    void languagesChanged(); // chosen, target or detected
    void sourceReplaced();   // the text was set by the session itself: swap, start
    void saveErrorChanged();

private:
    struct Result
    {
        QString target;
        SegmentState state = SegmentState::Done;
        Verdict verdict;
    };

    void setState(State state);
    void applySource();
    void applyLanguages();
    void fillKnown(int first, int last); // from results known before
    void start();
    void next();
    void ask(int row, int attempt);
    void cancelRunning();
    void answerEnded(const inference::GenerationStatistics &statistics);
    void answerFailed(const inference::Error &error);
    void settle(int row, const SegmentEntry &entry);
    QString keyFor(const QString &text) const;
    void remember(const QString &text, const SegmentEntry &entry);
    void load();
    void saveLater();

    InferenceService &m_service;
    QString m_path;
    SegmentListModel m_segments;
    State m_state = State::Empty;
    QString m_source;
    QString m_documentPath;
    TextEncoding m_encoding = TextEncoding::Utf8;
    const Language *m_chosenSource = nullptr;
    const Language *m_target = nullptr;
    const Language *m_second = nullptr;
    DetectedLanguage m_detected;

    QTimer m_typing;
    QTimer m_saving;
    QPointer<GenerationReply> m_reply;
    std::optional<AnswerCleaner> m_cleaner;
    int m_current = -1;
    int m_attempt = 0;
    int m_ahead = 0;
    std::optional<SegmentEntry> m_firstTry; // of the current segment, when it is tried again
    QHash<QString, Result> m_known;         // by languages and text
    qsizetype m_knownSize = 0;              // letters in it
    double m_tokensPerSecond = 0;
    QElapsedTimer m_clock;                     // since the current segment was asked for
    double m_workedMs = 0, m_workedLength = 0; // of finished segments, for the estimate
    QString m_error, m_saveError;
};

} // namespace app::translate
