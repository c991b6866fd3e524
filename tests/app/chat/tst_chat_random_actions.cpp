// Thousands of random sequences of what a user, the engine and the disk may do, on the real sessions, service and store: after each
// action everything that has to hold does, and what was said is in the file.
#include "app/chat/chat_sessions.h"
#include "app/chat/conversation_list_model.h"
#include "tests/support/disk/faulty_disk.h"
#include "tests/support/fake_engine.h"
#include "tests/support/temporary_file.h"

#include <QCoreApplication>
#include <QDir>
#include <QElapsedTimer>
#include <QMap>
#include <QRandomGenerator>
#include <QTest>

#include <mutex>
#include <thread>

using namespace app;
using inference::EndReason;
using inference::ErrorCode;
using test::EngineScript;
using test::FakeAnswer;
using test::FakePiece;
using test::milliseconds;
using State = ChatSession::State;

namespace {

// QString's own says no for a null text and an empty beginning; the file has one, the engine the other.
bool begins(const QString &text, const QString &beginning)
{
    return beginning.isEmpty() || text.startsWith(beginning);
}

// What the engine does when it is asked: by chance, on its own thread.
class RandomAnswers
{
public:
    explicit RandomAnswers(quint32 seed) : m_random(seed) {}
    FakeAnswer next()
    {
        const std::lock_guard lock(m_mutex);
        std::vector<FakePiece> pieces;
        FakeAnswer answer;
        const quint32 kind = m_random.bounded(12u);
        const int words = 1 + int(m_random.bounded(5u));
        if (kind < 3)
            pieces.push_back({"<think>\nhm " + std::to_string(++m_number) + "\n</think>\n\n"});
        for (int i = 0; i < words; ++i)
            pieces.push_back({"word" + std::to_string(++m_number) + ' ', milliseconds(0), kind == 4 && i > 0});
        if (kind == 5)
            pieces.front().hold = true;
        if (kind == 6)
            pieces.clear(); // it says nothing at all
        answer.pieces = std::move(pieces);
        if (kind == 7 || kind == 8)
            answer.error = inference::Error(kind == 7 ? ErrorCode::Io : ErrorCode::InvalidNumbers, "The engine broke.");
        if (kind == 9) {
            answer.error = inference::Error(ErrorCode::ContextFull, "Too long.");
            answer.refused = true;
        }
        if (kind == 10)
            answer.endReason = EndReason::Length;
        return answer;
    }

private:
    std::mutex m_mutex;
    QRandomGenerator m_random;
    int m_number = 0;
};

class World : public QObject
{
public:
    explicit World(quint32 seed)
        : m_disk(m_folder.path(QStringLiteral("."))), m_settings(m_folder.path(QStringLiteral("settings.ini"))), m_random(seed), m_answers(seed)
    {
        m_script->setDefaultAnswer([this](const auto &) { return m_answers.next(); });
        open();
        m_service->load(QStringLiteral("/models/a.gguf"));
    }
    ~World() override { close(); }

    // One sequence; what broke, or nothing.
    QString run(int actions)
    {
        m_told.clear();
        QString problem;
        for (int i = 0; i < actions && problem.isEmpty(); ++i) {
            act();
            problem = broken();
            if (problem.isEmpty() && m_random.bounded(3u) == 0) {
                QCoreApplication::processEvents();
                problem = broken();
            }
            if (problem.isEmpty() && m_random.bounded(6u) == 0)
                problem = settle();
        }
        if (problem.isEmpty())
            problem = settle();
        return problem.isEmpty() ? QString() : problem + QStringLiteral("\nafter ") + m_told.join(QStringLiteral(", "));
    }
    // Everything once more from a store that was just opened.
    QString finish()
    {
        m_touched = QSet<qint64>(m_known.begin(), m_known.end());
        QHash<qint64, QString> drafts;
        for (const ChatSession *session : std::as_const(m_open))
            drafts[session->conversationId()] = session->draft();
        close();
        open();
        QString problem = settle();
        int waiting = int(drafts.size());
        for (auto draft = drafts.begin(); draft != drafts.end(); ++draft)
            m_store->readContents(draft.key(), this, [&, draft](const auto &contents) {
                --waiting;
                if (!m_gone.contains(draft.key()) && (!contents || contents->draft != *draft))
                    problem += QStringLiteral("draft lost: ") + *draft;
            });
        if (!waitFor([&] { return waiting == 0; }))
            problem += QStringLiteral("the store does not answer");
        return problem;
    }
    int answers() const { return m_ended; }
    int together() const { return m_together; } // times that several answers were asked for at once

private:
    struct Text // of a message, as far as anybody saw it
    {
        qint64 conversation = 0;
        QString content, reasoning;
    };
    struct Count // of answers of a session
    {
        int begun = 0, ended = 0, refused = 0, dropped = 0;
        bool edits = false; // an answer of the user's own is being saved
        int unknown = 0;       // answers that are being committed beside the first one
        QVector<qint64> asked; // the last ones that were asked for together
    };

    void open()
    {
        m_store = std::make_unique<ChatStore>(m_folder.path(QStringLiteral("data")));
        connect(m_store.get(), &ChatStore::committed, this, &World::takeCommitted);
        m_service = std::make_unique<InferenceService>(std::make_unique<test::FakeEngine>(m_script));
        m_sessions = std::make_unique<ChatSessions>(*m_service, *m_store, m_settings);
        m_list = std::make_unique<ConversationListModel>(*m_store);
        m_modelWanted = false;
    }
    void close()
    {
        heal();
        m_open.clear();
        m_counts.clear();
        m_list.reset();
        m_sessions.reset();
        m_service.reset();
        m_store.reset();
    }
    void heal()
    {
        m_disk.heal();
        m_full = false;
        if (m_store)
            m_store->retry();
    }

    void takeCommitted(const StoreOperations &operations)
    {
        for (const StoreOperation &operation : operations) {
            if (const auto *created = std::get_if<CreateConversation>(&operation))
                m_known << created->conversation.id;
        }
    }

    ChatSession *watch(ChatSession *session)
    {
        if (m_open.contains(session))
            return session;
        m_open << session;
        m_counts[session] = {};
        connect(session, &QObject::destroyed, this, [this, session] {
            m_open.removeAll(session);
            m_counts.remove(session);
        });
        connect(session, &ChatSession::sent, this, [this, session] { see(*session); });
        connect(session, &ChatSession::sendFailed, this, [this, session] { m_counts[session].refused += 1 + std::exchange(m_counts[session].unknown, 0); });
        connect(session, &ChatSession::answersAsked, this, [this, session](const QVector<qint64> &ids) {
            m_counts[session].unknown = 0;
            m_counts[session].asked = ids;
            m_together += ids.size() > 1 ? 1 : 0;
        });
        // As the window does.
        connect(session, &ChatSession::modelWanted, this, [this](const QString &path) { m_service->load(path); });
        connect(session, &ChatSession::answerFinished, this, [this, session] {
            ++m_counts[session].ended;
            ++m_ended;
            see(*session);
        });
        return session;
    }
    ChatSession *any()
    {
        const qsizetype choices = m_known.size() + 1;
        const qsizetype choice = qsizetype(m_random.bounded(quint32(std::min<qsizetype>(choices, 12))));
        if (!m_open.isEmpty() && m_random.bounded(3u))
            return m_open[qsizetype(m_random.bounded(quint32(m_open.size())))];
        return watch(choice == 0 ? m_sessions->newChat() : m_sessions->open(m_known[m_known.size() - choice]));
    }
    int row(ChatSession &session)
    {
        const int rows = session.messages()->rowCount();
        return rows == 0 ? 0 : int(m_random.bounded(quint32(rows)));
    }
    void note(const char *what, const ChatSession *session = nullptr, bool begins = false, bool did = true)
    {
        m_told << QStringLiteral("%1%2%3").arg(QLatin1String(what), session ? QStringLiteral(" %1").arg(session->conversationId() % 100000) : QString(),
                                               did ? QString() : QStringLiteral(" (no)"));
        if (session) {
            m_touched << session->conversationId();
            if (begins && did)
                ++m_counts[const_cast<ChatSession *>(session)].begun;
        }
    }

    QVector<AnswerChoice> choices()
    {
        QVector<AnswerChoice> all(1 + int(m_random.bounded(3u)));
        for (AnswerChoice &one : all)
            if (m_random.bounded(2u))
                one.model = m_random.bounded(2u) ? QStringLiteral("/models/a.gguf") : QStringLiteral("/models/b.gguf");
        return all;
    }
    void asked(const char *what, ChatSession *session, const QVector<AnswerChoice> &choices, bool did)
    {
        note(what, session, true, did);
        if (did) {
            m_counts[session].unknown = int(choices.size()) - 1;
            m_counts[session].begun += int(choices.size()) - 1;
        }
    }
    int pending(ChatSession *session)
    {
        const QVector<qint64> &ids = m_counts[session].asked;
        return int(std::count_if(ids.begin(), ids.end(), [session](qint64 id) { return session->isPending(id); }));
    }

    void act()
    {
        const quint32 what = m_random.bounded(106u);
        const QString text = QStringLiteral("text %1").arg(++m_number);
        if (what < 24) {
            ChatSession *session = any();
            note("send", session, true, session->send(text));
        } else if (what < 36) {
            ChatSession *session = any();
            note("stop", session);
            session->stop();
        } else if (what < 42) {
            ChatSession *session = any();
            note("regenerate", session, true, session->regenerate(row(*session)));
        } else if (what < 47) {
            ChatSession *session = any();
            note("edit", session, true, session->editAndResend(row(*session), text));
        } else if (what < 51) {
            ChatSession *session = any();
            const bool did = session->editAnswer(row(*session), text);
            m_counts[session].edits = m_counts[session].edits || did;
            note("edit answer", session, false, did);
        } else if (what < 54) {
            ChatSession *session = any();
            note("branch", session, false, session->branchFrom(row(*session)));
        } else if (what < 57) {
            ChatSession *session = any();
            const int at = row(*session);
            if (at < session->messages()->rowCount())
                session->showVersion(at, 1 + int(m_random.bounded(3u)));
            note("version", session);
        } else if (what < 61) {
            ChatSession *session = any();
            note("continue", session, true, session->continueAnswer());
        } else if (what < 64) {
            ChatSession *session = any();
            session->setDraft(text);
            note("draft", session);
        } else if (what < 68) {
            note("switch", any());
        } else if (what < 71 && !m_known.isEmpty()) {
            const qint64 id = m_known[qsizetype(m_random.bounded(quint32(m_known.size())))];
            m_touched << id;
            note("delete");
            m_list->remove(id);
        } else if (what < 73) {
            note("undo delete");
            m_list->undoRemove();
        } else if (what < 74 && !m_known.isEmpty()) {
            const qint64 id = m_known[qsizetype(m_random.bounded(quint32(m_known.size())))];
            note("delete for good");
            m_known.removeAll(id);
            m_gone << id;
            m_list->remove(id); // as the window does: it is among the deleted ones before
            m_list->removeForGood(id);
        } else if (what < 76 && !m_known.isEmpty()) {
            const qint64 id = m_known[qsizetype(m_random.bounded(quint32(m_known.size())))];
            m_touched << id;
            note("restore");
            m_list->restore(id);
        } else if (what < 78 && !m_known.isEmpty()) {
            note("rename");
            m_list->rename(m_known.last(), text);
        } else if (what < 82) {
            test::FakeLoad load;
            const quint32 kind = m_random.bounded(4u);
            if (kind == 0)
                load.error = inference::Error(ErrorCode::Damaged, "No model.");
            load.hold = kind == 1;
            load.ignoresStop = kind == 2;
            m_script->addLoad(load);
            note("load");
            m_service->load(QStringLiteral("/models/%1.gguf").arg(m_number));
        } else if (what < 84) {
            note("unload");
            m_service->unload();
        } else if (what < 86) {
            note("cancel load");
            m_service->cancelLoad();
        } else if (what < 90) {
            note("release");
            if (m_script->holding())
                m_script->release();
        } else if (what < 94) {
            note("disk full");
            m_disk.plan(m_random.bounded(2u) ? test::DiskFault::Full : test::DiskFault::ShortThenFull, 1 + int(m_random.bounded(4u)));
            m_full = true;
        } else if (what < 96) {
            note("disk heals");
            heal();
        } else if (what < 97) {
            note("disk fails once");
            m_disk.plan(m_random.bounded(2u) ? test::DiskFault::IoError : test::DiskFault::FailedSync, 1 + int(m_random.bounded(4u)));
        } else if (what < 100) {
            ChatSession *session = any();
            const QVector<AnswerChoice> all = choices();
            asked("send for answers", session, all, session->sendForAnswers(text, all));
        } else if (what < 102) {
            ChatSession *session = any();
            const QVector<AnswerChoice> all = choices();
            const int at = row(*session);
            asked("ask beside", session, all, at < session->messages()->rowCount() && session->askBeside(session->messages()->message(at).id, all));
        } else if (what < 104) {
            ChatSession *session = any();
            note("drop pending", session);
            for (const qint64 id : m_counts[session].asked)
                if (session->isPending(id) && m_random.bounded(2u)) {
                    ++m_counts[session].dropped;
                    session->dropPending(id);
                }
        } else if (what < 105) {
            note("restart");
            for (ChatSession *session : std::as_const(m_open))
                see(*session);
            close();
            open();
        } else {
            note("events");
            QCoreApplication::processEvents();
        }
    }

    // Remembers what is shown: it may grow, and never shrink. False: it did.
    bool see(ChatSession &session)
    {
        const MessageListModel &rows = *session.messages();
        for (int row = 0; row < rows.rowCount(); ++row) {
            const MessageRecord &message = rows.message(row);
            Text &seen = m_seen[message.id];
            if (!begins(message.content, seen.content) || !begins(message.reasoning, seen.reasoning)) {
                m_lost = QStringLiteral("“%1” (%2) became “%3” (%4)").arg(seen.content, seen.reasoning, message.content, message.reasoning);
                return false;
            }
            seen = {session.conversationId(), message.content, message.reasoning};
        }
        return true;
    }

    // The query after each action: nothing here waits.
    QString broken()
    {
        int atWork = 0;
        for (ChatSession *session : std::as_const(m_open)) {
            const State state = session->state();
            const MessageListModel &rows = *session->messages();
            if (state == State::Reading || state == State::Thinking || state == State::Writing)
                ++atWork;
            if (session->isBusy() != (state != State::Idle && state != State::Loading))
                return QStringLiteral("busy and %1").arg(int(state));
            if ((state == State::Idle || state == State::Sending) && session->answerRow() >= 0)
                return QStringLiteral("idle with an answer");
            qint64 parent = 0;
            for (int row = 0; row < rows.rowCount(); ++row) {
                const MessageRecord &message = rows.message(row);
                if (message.parentId != parent)
                    return QStringLiteral("row %1 does not follow the one before").arg(row);
                parent = message.id;
                if (message.state == MessageState::Streaming && row != session->answerRow() && !session->isPending(message.id))
                    return QStringLiteral("row %1 is written by nobody, session in %2").arg(row).arg(int(state));
                if (rows.version(row) < 1 || rows.version(row) > rows.versionCount(row))
                    return QStringLiteral("version %1 of %2").arg(rows.version(row)).arg(rows.versionCount(row));
            }
            if (!see(*session))
                return QStringLiteral("text of conversation %1 is gone: ").arg(session->conversationId()) + m_lost;
            Count &count = m_counts[session];
            count.edits = count.edits && state == State::Sending;
            const int open = count.begun - count.refused - count.ended - count.dropped;
            if (open != (session->isBusy() && !count.edits ? 1 + count.unknown + pending(session) : 0))
                return QStringLiteral("%1 answers begun, %2 ended, %3 refused, %4 dropped, %5 wait, state %6").arg(count.begun).arg(count.ended).arg(count.refused).arg(count.dropped).arg(count.unknown + pending(session)).arg(int(state));
        }
        if (atWork > 1)
            return QStringLiteral("%1 sessions at work at once").arg(atWork);
        if (m_script->mostAtOnce() > 1)
            return QStringLiteral("the engine was asked twice at once");
        const auto serving = m_service->state();
        if ((serving == InferenceService::State::Busy) && !m_service->model())
            return QStringLiteral("busy without a model");
        if (serving == InferenceService::State::Ready && (!m_service->model() || m_service->running()))
            return QStringLiteral("ready, but not so");
        return {};
    }

    bool waitFor(const std::function<bool()> &condition)
    {
        QElapsedTimer timer;
        timer.start();
        while (!condition()) {
            if (timer.elapsed() > 20000)
                return false;
            QCoreApplication::processEvents();
            QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
            if (!condition())
                std::this_thread::sleep_for(std::chrono::microseconds(20));
        }
        return true;
    }
    QString states() const
    {
        QStringList all;
        for (const ChatSession *session : m_open)
            if (session->isBusy())
                all << QStringLiteral("%1 in %2").arg(session->conversationId() % 100000).arg(int(session->state()));
        return all.join(QStringLiteral(", ")) + QStringLiteral("; service %1, waiting %2, unsaved %3").arg(int(m_service->state())).arg(m_service->waiting()).arg(m_store->unsavedWrites());
    }

    // Everything that was begun comes to its end, and the file has what the window shows.
    QString settle()
    {
        heal();
        if (!waitFor([&] {
                if (m_script->holding())
                    m_script->release();
                return m_service->state() != InferenceService::State::Loading;
            }))
            return QStringLiteral("loads for ever");
        // Stopped, each is idle, whatever the engine waits for; left alone, each is idle as soon as there is a model.
        const bool stops = m_random.bounded(2u);
        if (stops)
            for (ChatSession *session : std::as_const(m_open))
                session->stop();
        else if (m_service->state() == InferenceService::State::NoModel)
            m_service->load(QStringLiteral("/models/settled.gguf"));
        const bool idle = waitFor([&] {
            // A load that was held, or fails, leaves them waiting: then comes another one.
            if (m_script->holding() && !stops)
                m_script->release();
            if (!stops && m_service->state() == InferenceService::State::NoModel)
                m_service->load(QStringLiteral("/models/settled.gguf"));
            for (ChatSession *session : std::as_const(m_open)) // a stop is one answer's: the next one has its turn
                if (stops && !m_counts[session].asked.isEmpty())
                    session->stop();
            bool all = m_store->unsavedWrites() == 0 && m_store->isOpen() && m_list->isLoaded();
            for (const ChatSession *session : std::as_const(m_open))
                all = all && session->state() == State::Idle;
            return all;
        });
        if (!idle)
            return QStringLiteral("stuck: ") + states();
        if (m_store->saveState() != ChatStore::SaveState::Saved && !waitFor([&] { return m_store->saveState() == ChatStore::SaveState::Saved; }))
            return QStringLiteral("not saved");
        if (const QString problem = broken(); !problem.isEmpty())
            return problem;
        return compare();
    }

    QString compare()
    {
        QString problem;
        int waiting = 0;
        const QSet<qint64> touched = std::exchange(m_touched, {});
        for (const qint64 id : touched) {
            if (id == 0 || m_gone.contains(id))
                continue;
            ++waiting;
            m_store->readContents(id, this, [&, id](const auto &contents) {
                --waiting;
                if (problem.isEmpty())
                    problem = contents ? compare(id, *contents) : QStringLiteral("cannot read");
            });
        }
        ++waiting;
        m_store->readConversations(this, [&](const auto &all) {
            --waiting;
            QSet<qint64> stored;
            if (all)
                for (const ConversationRecord &each : *all)
                    stored << each.id;
            const QVector<qint64> listed = m_list->allIds();
            if (problem.isEmpty() && stored != QSet<qint64>(listed.begin(), listed.end()))
                problem = QStringLiteral("%1 chats in the list, %2 in the file").arg(listed.size()).arg(stored.size());
        });
        if (!waitFor([&] { return waiting == 0; }))
            return QStringLiteral("the store does not answer");
        return problem;
    }
    QString compare(qint64 id, const ConversationContents &contents)
    {
        QMap<qint64, MessageRecord> stored;
        for (const MessageRecord &message : contents.messages) {
            if (message.state == MessageState::Streaming)
                return QStringLiteral("written by nobody in the file");
            stored.insert(message.id, message);
        }
        for (auto seen = m_seen.begin(); seen != m_seen.end(); ++seen) {
            if (seen->conversation != id)
                continue;
            const auto found = stored.find(seen.key());
            if (found == stored.end())
                return QStringLiteral("message lost: ") + seen->content;
            if (!begins(found->content, seen->content) || !begins(found->reasoning, seen->reasoning))
                return QStringLiteral("text lost: ") + seen->content + QStringLiteral(" / ") + found->content;
        }
        for (const ChatSession *open : std::as_const(m_open)) {
            if (open->conversationId() != id)
                continue;
            auto *session = const_cast<ChatSession *>(open);
            const MessageTree &tree = session->messages()->tree();
            if (session->messages()->leaf() != contents.conversation.currentLeaf && contents.conversation.currentLeaf != 0)
                return QStringLiteral("shows another branch than the file");
            for (const MessageRecord &message : contents.messages) {
                if (!tree.contains(message.id))
                    return QStringLiteral("in the file and not in the window: ") + message.content;
                const MessageRecord &shown = tree.at(message.id);
                if (shown.content != message.content || shown.reasoning != message.reasoning || shown.state != message.state ||
                    shown.endReason != message.endReason || shown.parentId != message.parentId || shown.errorCode != message.errorCode)
                    return QStringLiteral("shown otherwise than stored: %1 (%2) / %3 (%4)")
                        .arg(shown.content)
                        .arg(int(shown.state))
                        .arg(message.content)
                        .arg(int(message.state));
            }
        }
        return {};
    }

    test::TemporaryFolder m_folder;
    test::FaultyDisk m_disk;
    Settings m_settings;
    QRandomGenerator m_random;
    RandomAnswers m_answers;
    std::shared_ptr<EngineScript> m_script = std::make_shared<EngineScript>();
    std::unique_ptr<ChatStore> m_store;
    std::unique_ptr<InferenceService> m_service;
    std::unique_ptr<ChatSessions> m_sessions;
    std::unique_ptr<ConversationListModel> m_list;
    QVector<ChatSession *> m_open;
    QHash<ChatSession *, Count> m_counts;
    QVector<qint64> m_known; // conversations in the file
    QSet<qint64> m_gone, m_touched;
    QHash<qint64, Text> m_seen; // by message
    QStringList m_told;
    QString m_lost; // what see() missed
    int m_number = 0, m_ended = 0, m_together = 0;
    bool m_full = false, m_modelWanted = false;
};

} // namespace

class TestChatRandomActions : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyInvariantHolds_data()
    {
        QTest::addColumn<quint32>("seed");
        for (quint32 part = 0; part < 10; ++part)
            QTest::addRow("sequences %u to %u", part * 500 + 1, part * 500 + 500) << part * 500;
    }
    void everyInvariantHolds()
    {
        QFETCH(quint32, seed);
        int answers = 0, together = 0;
        for (quint32 first = 0; first < 500; first += 25) {
            World world(seed + first);
            for (quint32 sequence = 0; sequence < 25; ++sequence) {
                const QString problem = world.run(4 + int(sequence % 20));
                QVERIFY2(problem.isEmpty(), qPrintable(QStringLiteral("world %1, sequence %2: ").arg(seed + first).arg(sequence) + problem));
            }
            const QString problem = world.finish();
            QVERIFY2(problem.isEmpty(), qPrintable(QStringLiteral("world %1, at its end: ").arg(seed + first) + problem));
            answers += world.answers();
            together += world.together();
        }
        QVERIFY2(answers > 500 && together > 20, qPrintable(QStringLiteral("%1, %2").arg(answers).arg(together)));
    }
};

QTEST_GUILESS_MAIN(TestChatRandomActions)
#include "tst_chat_random_actions.moc"
