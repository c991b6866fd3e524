// inference/cli/line_buffer.h and text_width.h: editing text of any script, and where it is on the screen.
#include "inference/cli/line_buffer.h"
#include "inference/cli/text_width.h"

#include <QTest>

#include <random>

using namespace inference::cli;

namespace {

// Edits as they are typed: letters are inserted, the others are keys.
LineBuffer edited(const std::string &start, const std::string &keys)
{
    LineBuffer buffer;
    buffer.set(start);
    for (const char key : keys) {
        switch (key) {
        case '<':
            buffer.moveLeft();
            break;
        case '>':
            buffer.moveRight();
            break;
        case '[':
            buffer.moveToLineStart();
            break;
        case ']':
            buffer.moveToLineEnd();
            break;
        case '{':
            buffer.moveWordLeft();
            break;
        case '}':
            buffer.moveWordRight();
            break;
        case '^':
            buffer.moveUp();
            break;
        case '_':
            buffer.moveDown();
            break;
        case '-':
            buffer.eraseBefore();
            break;
        case '+':
            buffer.eraseAfter();
            break;
        case '(':
            buffer.eraseToLineStart();
            break;
        case ')':
            buffer.eraseToLineEnd();
            break;
        case '!':
            buffer.eraseWordBefore();
            break;
        default:
            buffer.insert(std::string(1, key));
        }
    }
    return buffer;
}

} // namespace

class TestLineBuffer : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void edits_data()
    {
        QTest::addColumn<QString>("start");
        QTest::addColumn<QString>("keys");
        QTest::addColumn<QString>("text"); // | is the cursor
        const auto row = [](const char *name, const char *start, const char *keys, const char *text) {
            QTest::newRow(name) << QString(start) << QString(keys) << QString(text);
        };
        row("types at the end", "ab", "c", "abc|");
        row("types in the middle", "ab", "<c", "ac|b");
        row("does not leave the text", "ab", "<<<<x>>>>y", "xaby|");
        row("erases wide characters whole", "鲸须", "-", "鲸|");
        row("moves over wide characters", "鲸须", "<<x", "x|鲸须");
        row("erases a letter with its accent", "ae\xcc\x81", "-", "a|");
        row("moves over a letter with its accent", "ae\xcc\x81z", "<<", "a|e\xcc\x81z");
        row("erases an emoji", "a😀b", "<-", "a|b");
        row("erases after", "a😀b", "[>+", "a|b");
        row("erases nothing after the end", "ab", "+", "ab|");
        row("erases nothing before the start", "ab", "[-", "|ab");
        row("words", "one two three", "{{", "one |two three");
        row("words right", "one two three", "[}}", "one two| three");
        row("erases a word", "one two  ", "!", "one |");
        row("erases to the start", "one two", "{(", "|two");
        row("erases to the end", "one two", "{)", "one |");
        row("start and end of a line", "one\ntwo\nthree", "^[x]y", "one\nxtwoy|\nthree");
        row("up keeps the column", "longer line\nab", "^", "lo|nger line\nab");
        row("up into a shorter line", "ab\nlonger line", "^", "ab|\nlonger line");
        row("down", "longer\nab", "^]_", "longer\nab|");
        row("up over wide characters", "鲸须鲸须\nabc", "^", "鲸|须鲸须\nabc");
        row("joins lines", "a\nb", "[-", "a|b");
    }
    void edits()
    {
        QFETCH(QString, start);
        QFETCH(QString, keys);
        QFETCH(QString, text);
        const LineBuffer buffer = edited(start.toStdString(), keys.toStdString());
        std::string shown = buffer.text();
        shown.insert(buffer.cursor(), "|");
        QCOMPARE(QString::fromStdString(shown), text);
    }
    void pasteKeepsLinesAndTabsAndDropsControl()
    {
        LineBuffer buffer;
        buffer.insert("a\r\nb\rc\n\td\x1b[31m\x07\x7f");
        QCOMPARE(buffer.text(), std::string("a\nb\nc\n\td[31m"));
    }
    void movesUpAndDownOnlyWhereThereAreLines()
    {
        LineBuffer buffer;
        buffer.set("one line");
        QVERIFY(!buffer.moveUp());
        QVERIFY(!buffer.moveDown());
    }
    void widths()
    {
        QCOMPARE(columnsOf('a'), 1);
        QCOMPARE(columnsOf(U'ö'), 1);
        QCOMPARE(columnsOf(U'鲸'), 2);
        QCOMPARE(columnsOf(U'한'), 2);
        QCOMPARE(columnsOf(U'。'), 2);
        QCOMPARE(columnsOf(U'😀'), 2);
        QCOMPARE(columnsOf(0x301), 0);
        QCOMPARE(columnsOf(0x200d), 0);
    }
    void layOut_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<int>("columns");
        QTest::addColumn<QStringList>("rows");
        QTest::addColumn<int>("cursorRow");
        QTest::addColumn<int>("cursorColumn");
        QTest::newRow("short") << "abc" << 10 << QStringList{"> abc"} << 0 << 5;
        QTest::newRow("empty") << "" << 10 << QStringList{"> "} << 0 << 2;
        QTest::newRow("wraps") << "abcdefghij" << 10 << QStringList{"> abcdefgh", "  ij"} << 1 << 4;
        QTest::newRow("full row: cursor on the next")
            << "abcdefgh" << 10 << QStringList{"> abcdefgh", "  "} << 1 << 2;
        QTest::newRow("wide does not straddle")
            << "abcdefg鲸" << 10 << QStringList{"> abcdefg", "  鲸"} << 1 << 4;
        QTest::newRow("lines") << "a\nb" << 10 << QStringList{"> a", "  b"} << 1 << 3;
        QTest::newRow("tab") << "\ta" << 10 << QStringList{">     a"} << 0 << 7;
        QTest::newRow("narrow") << "abcd" << 4 << QStringList{"> ab", "cd"} << 1 << 2;
    }
    void layOut()
    {
        QFETCH(QString, text);
        QFETCH(int, columns);
        QFETCH(QStringList, rows);
        QFETCH(int, cursorRow);
        QFETCH(int, cursorColumn);
        LineBuffer buffer;
        buffer.set(text.toStdString());
        const ScreenText screen = inference::cli::layOut("> ", buffer, columns);
        QStringList found;
        for (const std::string &row : screen.rows)
            found << QString::fromStdString(row);
        QCOMPARE(found, rows);
        QCOMPARE(int(screen.cursorRow), cursorRow);
        QCOMPARE(screen.cursorColumn, cursorColumn);
    }
    void randomEditsNeverBreakACharacter()
    {
        const QString keys = "<>[]{}^_-+()!abc\n";
        for (unsigned seed = 0; seed < 300; ++seed) {
            std::mt19937 random(seed);
            LineBuffer buffer;
            for (int step = 0; step < 200; ++step) {
                static const std::string inserts[] = {"鲸", "😀", "e\xcc\x81", "ö", "\n", "x"};
                if (random() % 3 == 0)
                    buffer.insert(inserts[random() % std::size(inserts)]);
                else {
                    LineBuffer next = buffer;
                    const std::string key(
                        1, char(keys.at(qsizetype(random() % unsigned(keys.size()))).toLatin1()));
                    switch (key.front()) {
                    case '<':
                        next.moveLeft();
                        break;
                    case '>':
                        next.moveRight();
                        break;
                    case '{':
                        next.moveWordLeft();
                        break;
                    case '}':
                        next.moveWordRight();
                        break;
                    case '^':
                        next.moveUp();
                        break;
                    case '_':
                        next.moveDown();
                        break;
                    case '-':
                        next.eraseBefore();
                        break;
                    case '+':
                        next.eraseAfter();
                        break;
                    case '!':
                        next.eraseWordBefore();
                        break;
                    default:
                        next.insert(key);
                    }
                    buffer = next;
                }
                const std::string &text = buffer.text();
                QCOMPARE(QString::fromStdString(text).toUtf8(), QByteArray::fromStdString(text));
                QVERIFY(buffer.cursor() <= text.size());
                QVERIFY(buffer.cursor() == text.size() ||
                        (std::uint8_t(text[buffer.cursor()]) & 0xc0) != 0x80);
                const ScreenText screen = inference::cli::layOut("> ", buffer, 7);
                QVERIFY(screen.cursorRow < screen.rows.size());
                QVERIFY(screen.cursorColumn < 7);
            }
        }
    }
    void answersCannotControlTheTerminal()
    {
        QCOMPARE(terminalSafe("a\x1b[2J\tb\n\xc2\x9b!\xff鲸"),
                 std::string("a\xef\xbf\xbd[2J\tb\n\xef\xbf\xbd!\xef\xbf\xbd鲸"));
    }
};

QTEST_GUILESS_MAIN(TestLineBuffer)
#include "tst_line_buffer.moc"
