// Long answers and long conversations: the work grows with the text and not with its square. Frame gaps are measured
// while two threads keep the processors busy, and told; what is asserted is work.
#include "app/chat/markdown_stream.h"
#include "app/chat/message_list_model.h"
#include "tests/support/sanitized.h"
#include "tests/support/temporary_file.h"
#include "ui/chat/transcript.h"

#include <QApplication>
#include <QElapsedTimer>
#include <QFile>
#include <QScrollBar>
#include <QTest>

#include <algorithm>
#include <atomic>
#include <thread>
#include <time.h>

using namespace ui;

namespace {

double threadMs()
{
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return double(time.tv_sec) * 1e3 + double(time.tv_nsec) / 1e6;
}

// Paragraphs, lists, code, a table and a formula now and then.
QString longAnswer(int characters)
{
    QString all;
    for (int i = 0; all.size() < characters; ++i) {
        all += QStringLiteral("## Part %1\n\nWords with **bold** and `code` that go on for a line or two, so that the paragraph has a length as answers have it. 中文也有一些。\n\n").arg(i);
        for (int k = 0; k < 8; ++k)
            all += QStringLiteral("- item %1 of the list with some words\n").arg(k);
        all += QStringLiteral("\n```cpp\n");
        for (int k = 0; k < 12; ++k)
            all += QStringLiteral("int value%1 = compute(%1, \"text\"); // comment\n").arg(k);
        all += QStringLiteral("```\n\n| a | b |\n|---|---|\n| 1 | 2 |\n| 3 | 4 |\n\n");
    }
    return all.left(characters);
}

app::MessageRecord record(qint64 id, app::Role role, const QString &content)
{
    app::MessageRecord one;
    one.id = id;
    one.parentId = id - 1;
    one.conversationId = 1;
    one.role = role;
    one.content = content;
    return one;
}

qint64 residentBytes()
{
    QFile file(QStringLiteral("/proc/self/statm"));
    return file.open(QIODevice::ReadOnly) ? file.readAll().split(' ').value(1).toLongLong() * 4096 : 0;
}

struct Gaps
{
    QVector<double> ms;
    double at(double part)
    {
        std::sort(ms.begin(), ms.end());
        return ms.isEmpty() ? 0 : ms[std::min<qsizetype>(ms.size() - 1, qsizetype(double(ms.size()) * part))];
    }
};

class Busy // two threads that compute
{
public:
    Busy()
    {
        for (auto &thread : m_threads)
            thread = std::thread([this] {
                while (!m_done.load(std::memory_order_relaxed))
                    ;
            });
    }
    ~Busy()
    {
        m_done = true;
        for (auto &thread : m_threads)
            thread.join();
    }

private:
    std::atomic<bool> m_done{false};
    std::thread m_threads[2];
};

} // namespace

class TestStreaming : public QObject
{
    Q_OBJECT

private:
    test::TemporaryFolder m_folder;
    app::Settings m_settings{m_folder.path(QStringLiteral("baleen.ini"))};
    Appearance m_appearance{m_settings};

    // Streams by pieces as the service posts them, 500 tokens a second at 30 Hz; the time of the GUI thread for each.
    Gaps stream(const QString &answer)
    {
        app::MessageListModel model;
        app::MessageRecord growing = record(2, app::Role::Assistant, {});
        growing.state = app::MessageState::Streaming;
        model.reset({record(1, app::Role::User, QStringLiteral("Go")), growing}, 2);
        Transcript transcript(m_appearance);
        transcript.resize(1000, 800);
        transcript.setModel(&model);
        transcript.show();
        QCoreApplication::processEvents();
        Gaps gaps;
        for (qsizetype at = 0; at < answer.size(); at += 66) {
            const double begin = threadMs();
            model.appendText(2, answer.mid(at, 66));
            transcript.viewport()->repaint();
            gaps.ms.append(threadMs() - begin);
        }
        return gaps;
    }

private Q_SLOTS:
    void aLongAnswerIsParsedOnceAndAGain()
    {
        const QString answer = longAnswer(200000);
        app::markdown::MarkdownStream stream;
        for (qsizetype at = 0; at < answer.size(); at += 66)
            stream.append(QStringView(answer).mid(at, 66));
        stream.finish();
        const double times = double(stream.parsedCharacters()) / double(answer.size());
        qInfo("characters parsed for one of the text: %.2f", times);
        QVERIFY2(times < 8, qPrintable(QString::number(times)));
        // A list without a blank line, and one endless paragraph: bounded as well.
        app::markdown::MarkdownStream list;
        const QString items = QStringLiteral("- an item of a list that goes on and on\n").repeated(5000);
        for (qsizetype at = 0; at < items.size(); at += 66)
            list.append(QStringView(items).mid(at, 66));
        QVERIFY2(double(list.parsedCharacters()) / double(items.size()) < 40, qPrintable(QString::number(double(list.parsedCharacters()) / double(items.size()))));
    }

    void theWorkOfALongAnswerIsLinear()
    {
        stream(longAnswer(5000)); // fonts are loaded
        const qint64 before = blockItemsMade();
        Gaps half = stream(longAnswer(100000));
        const qint64 middle = blockItemsMade();
        Gaps whole = stream(longAnswer(200000));
        const qint64 after = blockItemsMade();
        const double itemsTimes = double(after - middle) / double(middle - before);
        qInfo("items made for 100,000 characters %lld, for 200,000 %lld", middle - before, after - middle);
        QVERIFY2(itemsTimes < 2.2, qPrintable(QString::number(itemsTimes)));
        const auto sum = [](const Gaps &gaps) {
            double all = 0;
            for (const double ms : gaps.ms)
                all += ms;
            return all;
        };
        const double first = sum(half), second = sum(whole);
        qInfo("GUI thread: %.0f ms and %.0f ms; a piece p50 %.2f p99 %.2f most %.2f ms", first, second, whole.at(0.5), whole.at(0.99), whole.at(1));
        QVERIFY2(second < 3 * first, qPrintable(QStringLiteral("%1 and %2 ms").arg(first).arg(second)));
        if (!test::kSanitized)
            QVERIFY2(whole.at(0.99) < 16, qPrintable(QString::number(whole.at(0.99))));
    }

    void gapsBesideTwoBusyThreadsAreTold()
    {
        const QString answer = longAnswer(test::kSanitized ? 5000 : 60000);
        const Busy busy;
        app::MessageListModel model;
        app::MessageRecord growing = record(2, app::Role::Assistant, {});
        growing.state = app::MessageState::Streaming;
        model.reset({record(1, app::Role::User, QStringLiteral("Go")), growing}, 2);
        Transcript transcript(m_appearance);
        transcript.resize(1000, 800);
        transcript.setModel(&model);
        transcript.show();
        Gaps gaps;
        QElapsedTimer frame;
        for (qsizetype at = 0; at < answer.size(); at += 66) {
            frame.start();
            model.appendText(2, answer.mid(at, 66));
            transcript.viewport()->repaint();
            gaps.ms.append(double(frame.nsecsElapsed()) / 1e6);
        }
        qInfo("beside two busy threads, by the clock: p50 %.2f p99 %.2f most %.2f ms", gaps.at(0.5), gaps.at(0.99), gaps.at(1));
        QVERIFY(transcript.message(1).itemCount() > 10);
    }

    void aConversationOfManyMessagesOpensAndScrolls()
    {
        const int count = test::kSanitized ? 300 : 5000;
        const QString text = longAnswer(1500);
        QVector<app::MessageRecord> records;
        qint64 own = 0;
        for (int i = 1; i <= count; ++i) {
            records.append(record(i, i % 2 ? app::Role::User : app::Role::Assistant, text + QString::number(i)));
            own += 2 * records.last().content.size();
        }
        app::MessageListModel model;
        model.reset(records, count);
        records.clear();
        const qint64 before = residentBytes();
        Transcript transcript(m_appearance);
        transcript.resize(1000, 800);
        const double begin = threadMs();
        transcript.setModel(&model);
        transcript.show();
        QCoreApplication::processEvents();
        const double opened = threadMs() - begin;
        Gaps gaps;
        const qint64 made = blockItemsMade();
        for (int i = 0; i < 400; ++i) { // up through the end, then all over it
            const int most = transcript.verticalScrollBar()->maximum();
            const double start = threadMs();
            transcript.verticalScrollBar()->setValue(i < 200 ? most - i * 120 : int(qint64(most) * (i - 200) / 200));
            transcript.viewport()->repaint();
            gaps.ms.append(threadMs() - start);
        }
        const double bytes = double(residentBytes() - before) / count;
        qInfo("%d messages: opened in %.0f ms; a scroll step p50 %.2f p99 %.2f most %.2f ms; %.1f KB a message beside its text; items made %lld", count, opened,
              gaps.at(0.5), gaps.at(0.99), gaps.at(1), bytes / 1024, blockItemsMade() - made);
        if (test::kSanitized)
            return;
        QVERIFY2(bytes < 20 * 1024, qPrintable(QString::number(bytes)));
        // Only what is near the view is ever made: some thirty blocks a message.
        QVERIFY2(blockItemsMade() - made < 400 * 400, qPrintable(QString::number(blockItemsMade() - made)));
    }
};

QTEST_MAIN(TestStreaming)
#include "tst_streaming.moc"
