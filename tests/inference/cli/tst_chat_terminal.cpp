// baleen-cli chat on a terminal of its own: editing, history, paste and Ctrl-C as a user meets them.
#include "tests/support/temporary_file.h"
#include "tests/support/tiny_model.h"

#include <QElapsedTimer>
#include <QTest>

#include <csignal>
#include <poll.h>
#include <pty.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <utility>

namespace {

// The program behind a pseudo-terminal of 40 columns.
class Terminal
{
public:
    explicit Terminal(const QStringList &arguments)
    {
        std::vector<std::string> words{BALEEN_CLI};
        for (const QString &argument : arguments)
            words.push_back(argument.toStdString());
        std::vector<char *> pointers;
        for (std::string &word : words)
            pointers.push_back(word.data());
        pointers.push_back(nullptr);
        winsize size{};
        size.ws_col = 40;
        size.ws_row = 12;
        m_child = ::forkpty(&m_master, nullptr, nullptr, &size);
        if (m_child == 0) {
            ::setenv("TERM", "xterm", 1);
            ::unsetenv("NO_COLOR");
            ::execv(BALEEN_CLI, pointers.data());
            ::_exit(127);
        }
    }
    ~Terminal()
    {
        if (m_child > 0) {
            ::kill(m_child, SIGKILL);
            ::waitpid(m_child, nullptr, 0);
        }
        ::close(m_master);
    }
    void type(const QByteArray &keys)
    {
        if (::write(m_master, keys.constData(), std::size_t(keys.size())) != keys.size())
            qWarning("not all keys were taken");
    }
    // Waits until the output that was not waited for yet holds the text; false when it does not come.
    bool waitFor(const QByteArray &text, int milliseconds = 20000)
    {
        QElapsedTimer clock;
        clock.start();
        while (!m_output.contains(text) && clock.elapsed() < milliseconds) {
            if (!readSome())
                break;
        }
        const qsizetype at = m_output.indexOf(text);
        if (at < 0)
            qWarning("waited for %s, have %s", text.constData(),
                     m_output.toPercentEncoding(" \r\n[]<>|/?.,").constData());
        else
            m_output.remove(0, at + text.size());
        return at >= 0;
    }
    // Exit code, or -1 when it does not end.
    int waitForEnd(int milliseconds = 10000)
    {
        QElapsedTimer clock;
        clock.start();
        int status = 0;
        while (::waitpid(m_child, &status, WNOHANG) == 0) {
            if (clock.elapsed() > milliseconds)
                return -1;
            readSome(); // keep the terminal from filling up
        }
        m_child = -1;
        return WIFEXITED(status) ? WEXITSTATUS(status) : -2;
    }
    void signal(int number) const { ::kill(m_child, number); }
    bool isRaw() const
    {
        termios settings{};
        ::tcgetattr(m_master, &settings);
        return !(settings.c_lflag & ICANON);
    }

private:
    bool readSome()
    {
        pollfd descriptor{m_master, POLLIN, 0};
        if (::poll(&descriptor, 1, 50) <= 0)
            return true;
        char buffer[4096];
        const ssize_t count = ::read(m_master, buffer, sizeof buffer);
        if (count > 0)
            m_output.append(buffer, qsizetype(count));
        return count > 0;
    }

    int m_master = -1;
    pid_t m_child = -1;
    QByteArray m_output;
};

const QByteArray kLeft = "\x1b[D", kUp = "\x1b[A", kDown = "\x1b[B", kHome = "\x1b[H", kDelete = "\x1b[3~";

} // namespace

class TestChatTerminal : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        m_model = m_folder.write("tiny.gguf", QByteArray::fromStdString(test::tinyModel({.contextLength = 512})));
        m_saved = m_folder.path("saved.json");
    }
    void cleanup() { QFile::remove(m_saved); }

    // What the program made of the keys is what it saves.
    void editing_data()
    {
        QTest::addColumn<QByteArray>("keys");
        QTest::addColumn<QByteArray>("message");
        QTest::newRow("plain") << QByteArray("hello") << QByteArray("hello");
        QTest::newRow("left and insert") << "ac" + kLeft + "b" << QByteArray("abc");
        QTest::newRow("home and delete") << "xabc" + kHome + kDelete << QByteArray("abc");
        QTest::newRow("wide characters") << "鲸须" + kLeft + "的" << QByteArray("鲸的须");
        QTest::newRow("backspace over an emoji") << QByteArray("a😀\x7f") + "b" << QByteArray("ab");
        QTest::newRow("control keys") << QByteArray("one two\x17three\x01>\x05<") << QByteArray(">one three<");
        QTest::newRow("kill") << QByteArray("wrong\x15right") << QByteArray("right");
        QTest::newRow("new line") << QByteArray("one\ntwo") << QByteArray("one\\ntwo");
        QTest::newRow("paste of lines") << QByteArray("\x1b[200~int f()\r\n{\r\n\treturn 1;\r}\x1b[201~ ok")
                                        << QByteArray("int f()\\n{\\n\\treturn 1;\\n} ok");
        QTest::newRow("unknown keys") << QByteArray("a\x1b[15~\x1b[1;2Pb") << QByteArray("ab");
        QTest::newRow("longer than the screen is wide") << QByteArray("0123456789").repeated(9) + kHome + "x"
                                                        << "x" + QByteArray("0123456789").repeated(9);
    }
    void editing()
    {
        QFETCH(QByteArray, keys);
        QFETCH(QByteArray, message);
        Terminal terminal({"chat", m_model, "--max-tokens", "1", "--temperature", "0"});
        QVERIFY(terminal.waitFor("> "));
        terminal.type(keys + "\r");
        QVERIFY(terminal.waitFor("ended by"));
        QVERIFY(terminal.waitFor("> "));
        terminal.type("/save " + m_saved.toUtf8() + "\r");
        QVERIFY(terminal.waitFor("Saved."));
        QVERIFY(terminal.waitFor("> ")); // Ctrl-D before the prompt would end a line of the cooked terminal
        terminal.type("\x04");
        QCOMPARE(terminal.waitForEnd(), 0);
        QFile file(m_saved);
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QByteArray json = file.readAll();
        QVERIFY2(json.contains("\"content\": \"" + message + "\""), json.constData());
    }
    void upBringsEarlierMessagesBack()
    {
        Terminal terminal({"chat", m_model, "--max-tokens", "1", "--temperature", "0"});
        QVERIFY(terminal.waitFor("> "));
        for (const char *message : {"first\r", "second\r"}) {
            terminal.type(message);
            QVERIFY(terminal.waitFor("ended by"));
            QVERIFY(terminal.waitFor("> "));
        }
        terminal.type("draft" + kUp + kUp);
        QVERIFY(terminal.waitFor("> first"));
        terminal.type(kDown + kDown);
        QVERIFY(terminal.waitFor("> draft"));
        terminal.type(kUp + "!\r");
        QVERIFY(terminal.waitFor("> second!"));
        QVERIFY(terminal.waitFor("ended by"));
    }
    void controlCStopsTheAnswerAndNotTheProgram()
    {
        Terminal terminal({"chat", m_model, "--temperature", "2", "--top-k", "0", "--top-p", "1", "--seed", "4"});
        QVERIFY(terminal.waitFor("> "));
        terminal.type("go on for long\r");
        QTest::qWait(30);
        terminal.type("\x03");
        QVERIFY(terminal.waitFor("ended by")); // "cancelled", unless the tiny model ended its turn before
        QVERIFY(terminal.waitFor("> "));
        terminal.type("typed");
        QVERIFY(terminal.waitFor("> typed")); // each key draws the line anew, with its prompt
        terminal.type("\x03");
        QVERIFY(terminal.waitFor("> "));
        terminal.type("\x03");
        QVERIFY(terminal.waitFor("Ctrl-C again"));
        QVERIFY(terminal.waitFor("> "));
        terminal.type("\x03");
        QCOMPARE(terminal.waitForEnd(), 0);
    }
    void leavesTheTerminalAsItWas()
    {
        Terminal terminal({"chat", m_model, "--max-tokens", "1"});
        QVERIFY(!terminal.isRaw());
        QVERIFY(terminal.waitFor("> "));
        QTRY_VERIFY(terminal.isRaw());
        terminal.type("/quit\r");
        QCOMPARE(terminal.waitForEnd(), 0);
        QVERIFY(!terminal.isRaw());
    }
    // As a Ctrl-C does in the moment between two lines, when the terminal is not raw.
    void anInterruptBetweenLinesIsTheKey()
    {
        Terminal terminal({"chat", m_model, "--max-tokens", "1"});
        QVERIFY(terminal.waitFor("> "));
        QTRY_VERIFY(terminal.isRaw());
        terminal.signal(SIGINT);
        QVERIFY(terminal.waitFor("Ctrl-C again"));
        QVERIFY(terminal.waitFor("> "));
        terminal.type("hello\r");
        QVERIFY(terminal.waitFor("ended by"));
        QVERIFY(terminal.waitFor("> "));
        terminal.type("/quit\r");
        QCOMPARE(terminal.waitForEnd(), 0);
    }
    void sigtermLeavesInOrder()
    {
        Terminal terminal({"chat", m_model, "--max-tokens", "1"});
        QVERIFY(terminal.waitFor("> "));
        QTRY_VERIFY(terminal.isRaw());
        terminal.signal(SIGTERM);
        QCOMPARE(terminal.waitForEnd(), 130);
        QVERIFY(!terminal.isRaw());
    }

private:
    test::TemporaryFolder m_folder;
    QString m_model, m_saved;
};

QTEST_GUILESS_MAIN(TestChatTerminal)
#include "tst_chat_terminal.moc"
