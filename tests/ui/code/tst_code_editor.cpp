#include "tests/support/temporary_file.h"
#include "ui/code/bracket_match.h"
#include "ui/code/code_editor.h"
#include "ui/code/code_writer.h"
#include "ui/code/editor_find_bar.h"
#include "ui/code/prose_view.h"

#include <QMimeData>
#include <QSignalSpy>
#include <QTest>
#include <QTextBlock>

using namespace ui;

namespace {

struct Setup
{
    explicit Setup(const char *language = "cpp")
    {
        appearance.setScheme(Scheme::Light);
        editor.setLanguage(app::syntax::findLanguage(QString::fromLatin1(language)));
        editor.resize(600, 400);
        editor.show();
    }
    void type(const char *keys) { QTest::keyClicks(&editor, QString::fromLatin1(keys)); }
    void press(Qt::Key key, Qt::KeyboardModifiers modifiers = Qt::NoModifier)
    {
        QTest::keyClick(&editor, key, modifiers);
    }
    void put(int position, int anchor = -1)
    {
        QTextCursor cursor = editor.textCursor();
        cursor.setPosition(anchor < 0 ? position : anchor);
        cursor.setPosition(position, anchor < 0 ? QTextCursor::MoveAnchor : QTextCursor::KeepAnchor);
        editor.setTextCursor(cursor);
    }

    test::TemporaryFolder folder;
    app::Settings settings{folder.path(QStringLiteral("s.ini"))};
    Appearance appearance{settings};
    CodeEditor editor{appearance};
};

} // namespace

class TestCodeEditor : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void linesAreAtTheHeightOfTheLook()
    {
        Setup s;
        s.editor.resetText(QStringLiteral("a\n你好\n\nb"));
        const int wanted = s.appearance.lineHeight(FontRole::Mono);
        for (QTextBlock block = s.editor.document()->begin(); block.isValid(); block = block.next())
            QCOMPARE(int(s.editor.document()->documentLayout()->blockBoundingRect(block).height()), wanted);
    }
    // Every pixel of a line belongs to it, also the air between the letters of two lines.
    void aClickAnywhereInALineGoesToThatLine()
    {
        Setup s;
        s.editor.resetText(QStringLiteral("first line\nsecond line\nthird line"));
        const int height = s.appearance.lineHeight(FontRole::Mono);
        const int x = s.editor.fontMetrics().horizontalAdvance(QStringLiteral("sec")) + 2;
        for (int y = 0; y < 3 * height; ++y) {
            QTest::mouseClick(s.editor.viewport(), Qt::LeftButton, Qt::NoModifier, QPoint(x, y));
            QCOMPARE(s.editor.textCursor().blockNumber(), y / height);
            QCOMPARE(s.editor.textCursor().positionInBlock(), 3);
        }
    }

    void returnKeepsTheIndentation_data()
    {
        QTest::addColumn<QByteArray>("language");
        QTest::addColumn<QString>("before");
        QTest::addColumn<int>("cursor");
        QTest::addColumn<QString>("after");
        QTest::newRow("same") << QByteArray("cpp") << QStringLiteral("    a;") << 6
                              << QStringLiteral("    a;\n    ");
        QTest::newRow("deeper") << QByteArray("cpp") << QStringLiteral("if (a) {") << 8
                                << QStringLiteral("if (a) {\n    ");
        QTest::newRow("between") << QByteArray("cpp") << QStringLiteral("f {}") << 3
                                 << QStringLiteral("f {\n    \n}");
        QTest::newRow("python") << QByteArray("python") << QStringLiteral("def f():") << 8
                                << QStringLiteral("def f():\n    ");
        QTest::newRow("no colon in c")
            << QByteArray("c") << QStringLiteral("case 1:") << 7 << QStringLiteral("case 1:\n");
        QTest::newRow("tabs") << QByteArray("go") << QStringLiteral("func f() {") << 10
                              << QStringLiteral("func f() {\n\t");
        QTest::newRow("two spaces of the text")
            << QByteArray("cpp") << QStringLiteral("a {\n  b {") << 9 << QStringLiteral("a {\n  b {\n    ");
    }
    void returnKeepsTheIndentation()
    {
        QFETCH(QByteArray, language);
        QFETCH(QString, before);
        QFETCH(int, cursor);
        Setup s(language.constData());
        s.editor.resetText(before);
        s.put(cursor);
        s.press(Qt::Key_Return);
        QTEST(s.editor.text(), "after");
        s.editor.undo();
        QCOMPARE(s.editor.text(), before);
    }
    void tabAndBackspaceMoveByASteps()
    {
        Setup s;
        s.type("ab");
        s.press(Qt::Key_Tab);
        QCOMPARE(s.editor.text(), QStringLiteral("ab  "));
        s.editor.resetText(QString());
        s.press(Qt::Key_Tab);
        s.press(Qt::Key_Tab);
        QCOMPARE(s.editor.text(), QStringLiteral("        "));
        s.press(Qt::Key_Backspace);
        QCOMPARE(s.editor.text(), QStringLiteral("    "));
        s.type("}");
        QCOMPARE(s.editor.text(), QStringLiteral("}"));
    }
    void tabIndentsTheChosenLines()
    {
        Setup s;
        const QString text = QStringLiteral("a\n\nb\nc");
        s.editor.resetText(text);
        s.put(5, 0); // up to the start of the last line: it is not chosen
        s.press(Qt::Key_Tab);
        QCOMPARE(s.editor.text(), QStringLiteral("    a\n\n    b\nc"));
        s.press(Qt::Key_Backtab, Qt::ShiftModifier);
        QCOMPARE(s.editor.text(), text);
        s.editor.undo();
        s.editor.undo();
        QCOMPARE(s.editor.text(), text);
    }
    void homeGoesToTheFirstLetterFirst()
    {
        Setup s;
        s.editor.resetText(QStringLiteral("    abc"));
        s.put(7);
        s.press(Qt::Key_Home);
        QCOMPARE(s.editor.textCursor().position(), 4);
        s.press(Qt::Key_Home);
        QCOMPARE(s.editor.textCursor().position(), 0);
    }
    void zoomKeysAndWheel()
    {
        Setup s;
        QSignalSpy changed(&s.editor, &CodeEditor::zoomChanged);
        const int before = s.editor.font().pixelSize();
        s.press(Qt::Key_Plus, Qt::ControlModifier);
        QCOMPARE(s.editor.font().pixelSize(), before + 1);
        s.press(Qt::Key_Minus, Qt::ControlModifier);
        s.press(Qt::Key_Minus, Qt::ControlModifier);
        QCOMPARE(s.editor.zoom(), -1);
        s.press(Qt::Key_0, Qt::ControlModifier);
        QCOMPARE(s.editor.font().pixelSize(), before);
        for (int i = 0; i < 100; ++i)
            s.press(Qt::Key_Minus, Qt::ControlModifier);
        QVERIFY(s.editor.font().pixelSize() >= 8);
        QVERIFY(changed.count() > 3);
    }
    void noBreakSpacesAreKept()
    {
        Setup s;
        const QString text =
            QStringLiteral("a") + QChar(0xa0) + QStringLiteral("b\n") + QChar(0x2028) + QStringLiteral("c");
        s.editor.resetText(text);
        QCOMPARE(s.editor.text(), text);
    }
    void coloursFollowLanguageAndTheme()
    {
        Setup s;
        s.editor.resetText(QStringLiteral("return 1;"));
        const auto colorAt = [&](int column) {
            for (const QTextLayout::FormatRange &range :
                 s.editor.document()->firstBlock().layout()->formats())
                if (column >= range.start && column < range.start + range.length)
                    return range.format.foreground().color();
            return QColor();
        };
        QCOMPARE(colorAt(0), Theme::light().codeKeyword);
        QCOMPARE(colorAt(7), Theme::light().codeNumber);
        s.appearance.setScheme(Scheme::Dark);
        QCOMPARE(colorAt(0), Theme::darkTheme().codeKeyword);
        s.editor.setLanguage(nullptr);
        QCOMPARE(colorAt(0), QColor());
    }
    void bracketsMatchOutsideOfStrings()
    {
        QTextDocument document;
        document.setPlainText(QStringLiteral("f(a, \")\", [b])"));
        const auto isText = [](int position) { return position >= 5 && position <= 7; };
        QCOMPARE(matchBracket(document, 1, isText).second, 13);
        QCOMPARE(matchBracket(document, 14, isText).second, 1);
        QCOMPARE(matchBracket(document, 10, isText).second, 12);
        QCOMPARE(matchBracket(document, 4, isText).first, -1);
        document.setPlainText(QStringLiteral("((a)"));
        const BracketPair alone = matchBracket(document, 0, [](int) { return false; });
        QCOMPARE(alone.first, 0);
        QCOMPARE(alone.second, -1);
    }
    void findMarksCountsAndWraps()
    {
        Setup s;
        EditorFindBar bar(s.appearance);
        s.editor.resetText(QStringLiteral("Ab ab\nxab AB"));
        bar.setEditor(&s.editor);
        bar.open();
        bar.field()->setText(QStringLiteral("ab"));
        QCOMPARE(bar.count(), QStringLiteral("4 hits"));
        QCOMPARE(s.editor.textCursor().selectionStart(), 0);
        bar.findNext(false);
        QCOMPARE(s.editor.textCursor().selectionStart(), 3);
        bar.findNext(true);
        bar.findNext(true);
        QCOMPARE(s.editor.textCursor().selectionStart(), 10); // from the first to the last
        bar.findNext(false);
        QCOMPARE(s.editor.textCursor().selectionStart(), 0);
        bar.field()->setText(QStringLiteral("zzz"));
        QCOMPARE(bar.count(), QStringLiteral("No hits"));
        QTest::keyClick(bar.field(), Qt::Key_Escape);
        QVERIFY(!bar.isVisible());
    }
    void droppedFilesAreToldNotPasted()
    {
        Setup s;
        QSignalSpy dropped(&s.editor, &CodeEditor::filesDropped);
        QMimeData data;
        data.setUrls({QUrl::fromLocalFile(QStringLiteral("/a/b.c"))});
        QVERIFY(QMetaObject::invokeMethod(&s.editor, "paste", Qt::DirectConnection) || true);
        struct Open : CodeEditor
        {
            using CodeEditor::insertFromMimeData;
        };
        (s.editor.*&Open::insertFromMimeData)(&data);
        QCOMPARE(dropped.count(), 1);
        QVERIFY(s.editor.text().isEmpty());
    }
    void hugeDocumentsStayUsable()
    {
        Setup s;
        const QString text = QStringLiteral("int value = compute(1); // step\n").repeated(100000);
        s.editor.resetText(text);
        QCOMPARE(s.editor.text().size(), text.size());
        s.put(1000);
        s.type("x");
        QCOMPARE(s.editor.text().size(), text.size() + 1);
    }

    void writerReplacesAsOneStep()
    {
        Setup s;
        s.editor.resetText(QStringLiteral("old text"));
        CodeWriter writer(s.editor.document());
        QSignalSpy about(&writer, &CodeWriter::aboutToWrite), disturbed(&writer, &CodeWriter::disturbed);
        writer.beginReplacing();
        QCOMPARE(s.editor.text(), QStringLiteral("old text")); // until the first code comes
        writer.append(QStringLiteral("int a;\n"));
        writer.append(QStringLiteral("int b;\n"));
        writer.replace(QStringLiteral("int c;\n"));
        writer.append(QStringLiteral("int d;\n"));
        writer.finish();
        QCOMPARE(s.editor.text(), QStringLiteral("int c;\nint d;\n"));
        QCOMPARE(about.count(), 1);
        QCOMPARE(disturbed.count(), 0);
        s.editor.undo();
        QCOMPARE(s.editor.text(), QStringLiteral("old text"));
        s.editor.redo();
        QCOMPARE(s.editor.text(), QStringLiteral("int c;\nint d;\n"));
    }
    void writerInsertsAsOneStep()
    {
        Setup s;
        s.editor.resetText(QStringLiteral("f();"));
        CodeWriter writer(s.editor.document());
        writer.beginInserting(2);
        writer.append(QStringLiteral("a"));
        writer.append(QStringLiteral(", b"));
        writer.replace(QStringLiteral("a, c"));
        writer.finish();
        QCOMPARE(s.editor.text(), QStringLiteral("f(a, c);"));
        s.editor.undo();
        QCOMPARE(s.editor.text(), QStringLiteral("f();"));
    }
    void writerStepsBackWhenTheUserEdits()
    {
        Setup s;
        s.editor.resetText(QStringLiteral("old"));
        CodeWriter writer(s.editor.document());
        QSignalSpy disturbed(&writer, &CodeWriter::disturbed);
        writer.beginReplacing();
        writer.append(QStringLiteral("new"));
        s.put(3);
        s.type("!");
        QCOMPARE(disturbed.count(), 1);
        writer.append(QStringLiteral("er"));
        QCOMPARE(s.editor.text(), QStringLiteral("new!"));
        writer.beginReplacing();
        writer.append(QStringLiteral("x"));
        s.editor.undo();
        QCOMPARE(disturbed.count(), 2);
    }

    void proseIsTheSameInAnyPieces()
    {
        Setup s;
        const QString text = QString::fromUtf8(
            "# Title\n\nWords **bold** `code` and 中文。\n\n- one\n- two\n  1. deep\n\n```python\n"
            "def f():\n    return 1\n```\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n> quote\n\nEnd "
            "![x](file:///etc/passwd) "
            "<img src=\"http://x/y\">\n");
        ProseView whole(s.appearance);
        whole.setMarkdown(text);
        ProseView pieces(s.appearance);
        for (const QChar c : text)
            pieces.append(QString(c));
        pieces.finish();
        const auto shown = [](ProseView &view) { return view.messageCount() > 0 ? view.contentTexts(0).join(u'\n') : QString(); };
        QCOMPARE(shown(pieces), shown(whole));
        QCOMPARE(pieces.markdown(), text);
        QVERIFY(shown(whole).contains(QStringLiteral("return 1")));
        QVERIFY(shown(whole).contains(QStringLiteral("one")) && !shown(whole).contains(QStringLiteral("- one")));
        QVERIFY(!shown(whole).contains(QStringLiteral("|---|")));
        QVERIFY(shown(whole).contains(QStringLiteral("<img"))); // a word among words
        QCOMPARE(whole.markdown(), text);
        whole.setMarkdown({});
        QVERIFY(whole.isEmpty());
        QCOMPARE(shown(whole), QString());
    }
};

QTEST_MAIN(TestCodeEditor)
#include "tst_code_editor.moc"
