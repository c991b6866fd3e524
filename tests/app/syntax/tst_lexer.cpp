#include "app/syntax/lexer.h"

#include "tests/support/sanitized.h"

#include <QDir>
#include <QFile>
#include <QRandomGenerator>
#include <QSet>
#include <QTest>

#include <ctime>

using namespace app::syntax;

namespace {

// One letter a character: what the samples show under each line.
QString maskOf(const QString &line, const QVector<Span> &spans)
{
    static const char letters[] = {' ', 'k', 't', 'f', 's', 'e', 'n', 'c', 'p', 'o'};
    QString mask(line.size(), QLatin1Char('.'));
    for (const Span &span : spans)
        for (int i = span.start; i < span.start + span.length; ++i)
            mask[i] = QLatin1Char(letters[int(span.kind)]);
    return mask;
}

QString lexed(const char *language, const QString &text)
{
    const Language *l = findLanguage(QString::fromLatin1(language));
    if (!l)
        return QStringLiteral("no such language");
    QStringList masks;
    int state = kInitialState;
    QVector<Span> spans;
    for (const QString &line : text.split(QLatin1Char('\n'))) {
        state = lexLine(*l, line, state, spans);
        masks.append(maskOf(line, spans));
    }
    return masks.join(QLatin1Char('\n'));
}

// Spans are in order, inside the line, not empty and do not overlap.
bool wellFormed(const QVector<Span> &spans, qsizetype size)
{
    int end = 0;
    for (const Span &span : spans) {
        if (span.start < end || span.length <= 0 || span.start + span.length > size)
            return false;
        end = span.start + span.length;
    }
    return true;
}

QString repeated(const char *unit, qsizetype size)
{
    const QString text = QString::fromUtf8(unit);
    return text.repeated(size / text.size() + 1).left(size);
}

} // namespace

class TestLexer : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    // samples/LANGUAGE.txt (checked by eye): each line of a program is followed by one letter a character: k
    // key word, t type, f function, s string, e escape or field, n number or constant, c comment, p
    // preprocessor or annotation, o operator.
    void lexesTheSamples_data()
    {
        QTest::addColumn<QString>("path");
        const QDir folder(QStringLiteral(BALEEN_SOURCE_DIR "/tests/app/syntax/samples"));
        for (const QString &name : folder.entryList({QStringLiteral("*.txt")}, QDir::Files))
            QTest::newRow(qPrintable(name)) << folder.filePath(name);
    }
    void lexesTheSamples()
    {
        QFETCH(QString, path);
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadOnly));
        const Language *language = findLanguage(QFileInfo(path).baseName());
        QVERIFY(language);
        QStringList lines = QString::fromUtf8(file.readAll()).split(QLatin1Char('\n'));
        if (lines.last().isEmpty())
            lines.removeLast();
        QVERIFY(lines.size() >= 2 && lines.size() % 2 == 0);
        int state = kInitialState;
        QVector<Span> spans;
        for (int i = 0; i < lines.size(); i += 2) {
            state = lexLine(*language, lines[i], state, spans);
            QVERIFY(wellFormed(spans, lines[i].size()));
            QCOMPARE(lines[i] + QLatin1Char('\n') + maskOf(lines[i], spans),
                     lines[i] + QLatin1Char('\n') + lines[i + 1]);
        }
    }
    void everyLanguageHasASample()
    {
        const QDir folder(QStringLiteral(BALEEN_SOURCE_DIR "/tests/app/syntax/samples"));
        for (const Language *language : languages())
            if (languageId(*language) != QLatin1String("text"))
                QVERIFY2(folder.exists(languageId(*language) + QStringLiteral(".txt")),
                         qPrintable(languageId(*language)));
    }

    void lexes_data()
    {
        QTest::addColumn<QByteArray>("language");
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("mask");
        const auto row = [](const char *name, const char *language, const char *text, const char *mask) {
            QTest::newRow(name) << QByteArray(language) << QString::fromUtf8(text) << QString::fromUtf8(mask);
        };
        row("string ends with the line", "c", "\"abc\nint", "ssss\nttt");
        row("escaped quote", "c", "\"a\\\"b\"", "sseess");
        row("comment mark in a string", "c", "\"//\" //", "ssss.cc");
        row("string mark in a comment", "c", "/* \" */ 1", "ccccccc.n");
        row("raw string with a false end", "cpp", "R\"--( )\" )-\" )--\"1", "sssssssssssssssssn");
        row("raw string over lines", "cpp", "R\"x(\n)\"\n)x\" 1", "ssss\nss\nsss.n");
        row("digit separators are no characters", "cpp", "1'000'000", "nnnnnnnnn");
        row("nested comment of rust", "rust", "/* /* */ x */ 1", "ccccccccccccc.n");
        row("no nested comment in c", "c", "/* /* */ 1 */", "cccccccc.n.oo");
        row("lifetime and character", "rust", "'a 'a'", "tt.sss");
        row("raw rust string with hashes", "rust", "r##\"x\"# \"##1", "sssssssssssn");
        row("range is no decimal", "rust", "0..10", "noonn");
        row("a number may begin with its point", "c", "x=.5", ".onn");
        row("triple quotes over lines", "python", "\"\"\"a\nb\"c\nd\"\"\" 1", "ssss\nsss\nssss.n");
        row("nested field", "python", "f\"{f'{x}'}\"", "ssesse.eses");
        row("field with a dictionary", "python", "f\"{d['k']}\"", "sse.osssoes");
        row("field with a slice", "python", "f\"{a[1:2]}\"", "sse.ononoes");
        row("template in a template", "javascript", "`a${`b${c}`}d`",
            "ssee"
            "ssee.es"
            "ess");
        row("template goes on in code", "javascript", "`${\nf(\n)}`", "see\nfo\noes");
        row("division is no pattern", "javascript", "a / b / c", "..o...o..");
        row("pattern after a key word", "javascript", "return /x/", "kkkkkk.sss");
        row("two here-documents", "shell", "cat <<A <<B\n1\nA\n2\nB\nls", "fff.ppp.ppp\ns\np\ns\np\nff");
        row("quoted here-document has no fields", "shell", "cat <<'E'\n$x\nE", "fff.ppppp\nss\np");
        row("here-string is no here-document", "shell", "cat <<< x\nls", "fff.ooo..\nff");
        row("sharp inside a word", "shell", "a#b #c", ".o..cc");
        row("nested long bracket", "lua", "[=[ ]] ]=] 1", "ssssssssss.n");
        row("script in a page", "html", "<script>\nlet a;\n</script>\n<p>",
            "okkkkkko\nkkk..o\nookkkkkko\noko");
        row("script ends inside a string", "html", "<script>\"</script><p>",
            "okkkkkkos"
            "ookkkkkko"
            "oko");
        row("fence closes open code", "markdown", "```c\n/*\n```\n# t", "ooot\ncc\nooo\nkkk");
        row("fence of an unknown language", "markdown", "```zzz\n\"a\"\n```", "ooottt\n...\nooo");
        row("block scalar", "yaml", "a: |\n  b: 1\n\n  c\nd: 2", "to.o\n..ssss\n\n..s\nto.n");
        row("no keyword after a dot", "java", "x.class.for", ".o.....o...");
        row("key words of SQL in any case", "sql", "select SeLeCt", "kkkkkk.kkkkkk");
        row("CJK and emoji", "python", "变量 = '值' # 注释😀", "...o.sss.cccccc");
        row("hex colour and id", "css", "#a{color:#a}", "ttotttttonno");
    }
    void lexes()
    {
        QFETCH(QByteArray, language);
        QFETCH(QString, text);
        QFETCH(QString, mask);
        QCOMPARE(lexed(language, text), mask);
    }

    void findsLanguages_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QString>("id");
        const char *rows[][2] = {{"cpp", "cpp"},
                                 {"C++", "cpp"},
                                 {"c++", "cpp"},
                                 {"HPP", "cpp"},
                                 {"py", "python"},
                                 {".py", "python"},
                                 {"Python3", "python"},
                                 {"js", "javascript"},
                                 {"tsx", "typescript"},
                                 {"sh", "shell"},
                                 {"bash", "shell"},
                                 {"r", "r"},
                                 {"R", "r"},
                                 {"h", "cpp"},
                                 {"c", "c"},
                                 {"yml", "yaml"},
                                 {"golang", "go"},
                                 {"C#", "csharp"},
                                 {"Dockerfile", "dockerfile"},
                                 {"make", "makefile"},
                                 {"txt", "text"},
                                 {" rs ", "rust"}};
        for (const auto &row : rows)
            QTest::newRow(row[0]) << QString::fromLatin1(row[0]) << QString::fromLatin1(row[1]);
    }
    void findsLanguages()
    {
        QFETCH(QString, name);
        QFETCH(QString, id);
        const Language *language = findLanguage(name);
        QVERIFY(language);
        QCOMPARE(languageId(*language), id);
    }
    void unknownLanguageIsNull()
    {
        QVERIFY(!findLanguage(u"klingon"));
        QVERIFY(!findLanguage(u""));
        QVERIFY(!findLanguage(QString(1000000, QLatin1Char('c'))));
    }
    void hasEnoughLanguagesEachWithAnIdANameAndASuffix()
    {
        QVERIFY(languages().size() >= 26);
        QSet<QString> ids;
        for (const Language *language : languages()) {
            QVERIFY(!displayName(*language).isEmpty());
            QVERIFY(!fileSuffix(*language).isEmpty());
            ids.insert(languageId(*language));
        }
        QCOMPARE(ids.size(), languages().size());
    }

    // What a quadratic engine would choke on: 1 MB of code in one line, and a quarter of it of each hazard.
    void longLinesAreLinear_data()
    {
        QTest::addColumn<QString>("line");
        QTest::addColumn<QByteArray>("language");
        QTest::addColumn<double>("seconds");
        const struct
        {
            const char *name, *unit;
        } lines[] = {{"code", "int f(x) { return \"a\\n\" + 1.5; } // "},
                     {"slashes", "/ [ "},
                     {"quotes", "\" ' "},
                     {"brackets", "[({<"},
                     {"backticks", "` `` ``` "},
                     {"stars", "* ** _a "},
                     {"links", "[a]( "},
                     {"here-documents", "<<A "},
                     {"tags", "<a b='"},
                     {"fields", "f\"{"},
                     {"dollars", "${ $( "},
                     {"letters", "a"},
                     {"spaces", " "},
                     {"equals", "[==="},
                     {"hashes", "r#r##\""},
                     {"comments", "/*{-(*"},
                     {"percents", "%% %w[ "},
                     {"colons", "a: b, \"c\": "},
                     {"scripts", "<script>a</script>"}};
        for (const auto &line : lines) {
            const bool whole = &line == &lines[0];
            for (const Language *language : languages())
                QTest::addRow("%s in %s", line.name, qPrintable(languageId(*language)))
                    << repeated(line.unit, whole ? 1 << 20 : 1 << 18) << languageId(*language).toLatin1()
                    << (whole ? 0.3 : 0.1);
        }
    }
    void longLinesAreLinear()
    {
        QFETCH(QString, line);
        QFETCH(QByteArray, language);
        QFETCH(double, seconds);
        const Language *l = findLanguage(QString::fromLatin1(language));
        if (test::kSanitized)
            seconds *= 10;
        QVector<Span> spans;
        // The time of the thread, not of the wall: other programs may keep the processor busy. The best of
        // three.
        double best = 1e9;
        for (int i = 0; i < 3 && best > seconds; ++i) {
            timespec before{}, after{};
            clock_gettime(CLOCK_THREAD_CPUTIME_ID, &before);
            lexLine(*l, line, kInitialState, spans);
            clock_gettime(CLOCK_THREAD_CPUTIME_ID, &after);
            best = qMin(best,
                        double(after.tv_sec - before.tv_sec) + 1e-9 * double(after.tv_nsec - before.tv_nsec));
        }
        QVERIFY(wellFormed(spans, line.size()));
        QVERIFY2(best < seconds, qPrintable(QString::number(best)));
    }

    // Any characters, any cuts: no crash, well-formed spans, and the state alone decides what follows.
    void anyTextIsLexed()
    {
        static const char16_t kAlphabet[] =
            u"\"'`/*-#$@!<>()[]{}:;=%\\ \n\tabEOFrRfx0123._~|&?,+你\xD83D\xDE00\x0301";
        QRandomGenerator random(20251125);
        QVector<Span> spans, again;
        for (const Language *language : languages()) {
            int state = kInitialState;
            for (int round = 0; round < 400; ++round) {
                QString line;
                for (int i = int(random.bounded(40)); i > 0; --i) {
                    const char16_t c = kAlphabet[random.bounded(quint32(std::size(kAlphabet) - 1))];
                    if (c != u'\n')
                        line.append(QChar(c));
                }
                const int before = state;
                state = lexLine(*language, line, before, spans);
                QVERIFY2(wellFormed(spans, line.size()), qPrintable(languageId(*language) + line));
                QCOMPARE(lexLine(*language, line, before, again), state);
                QCOMPARE(maskOf(line, again), maskOf(line, spans));
                QVERIFY(state >= 0);
            }
        }
    }
    void foreignStatesBeginAfresh()
    {
        QVector<Span> spans;
        const Language *c = findLanguage(u"c");
        for (const int state : {-1, -2147483647, 2147483647, 999999}) {
            lexLine(*c, u"int", state, spans);
            QCOMPARE(spans.size(), 1);
            QCOMPARE(spans[0].kind, TokenKind::Type);
        }
        // A state of another language is not this one's.
        const int open = lexLine(*findLanguage(u"python"), u"\"\"\"", kInitialState, spans);
        QVERIFY(open != kInitialState);
        lexLine(*c, u"int", open, spans);
        QCOMPARE(spans[0].kind, TokenKind::Type);
    }
};

QTEST_GUILESS_MAIN(TestLexer)
#include "tst_lexer.moc"
