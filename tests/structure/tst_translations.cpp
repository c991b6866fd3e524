// The catalogues of the window's languages: Chinese lacks nothing, and nothing that is shown is left out of them.
#include "tests/structure/source_tree.h"

#include <QProcess>
#include <QRegularExpression>
#include <QSet>
#include <QTemporaryDir>
#include <QTest>
#include <QXmlStreamReader>

#include <algorithm>

namespace {

const QString kRoot = QStringLiteral(BALEEN_SOURCE_DIR);

struct Entry
{
    QString context, source, place;
    QStringList translations; // one, or the plural forms
    bool finished = true;
};

// Of one .ts file.
QVector<Entry> entriesOf(const QString &path)
{
    QVector<Entry> entries;
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return entries;
    QXmlStreamReader xml(&file);
    QString context;
    Entry entry;
    bool plural = false;
    while (!xml.atEnd()) {
        xml.readNext();
        if (xml.isEndElement() && xml.name() == QLatin1String("message"))
            entries << entry;
        if (!xml.isStartElement())
            continue;
        if (xml.name() == QLatin1String("name")) {
            context = xml.readElementText();
        } else if (xml.name() == QLatin1String("message")) {
            entry = {};
            entry.context = context;
            plural = xml.attributes().value(QLatin1String("numerus")) == QLatin1String("yes");
        } else if (xml.name() == QLatin1String("location") && entry.place.isEmpty()) {
            const QXmlStreamAttributes at = xml.attributes();
            const QString source = QFileInfo(path).dir().absoluteFilePath(at.value(QLatin1String("filename")).toString());
            entry.place = QStringLiteral("%1:%2").arg(QDir(kRoot).relativeFilePath(QFileInfo(source).canonicalFilePath()),
                                                      at.value(QLatin1String("line")));
        } else if (xml.name() == QLatin1String("source")) {
            entry.source = xml.readElementText();
        } else if (xml.name() == QLatin1String("translation")) {
            entry.finished = xml.attributes().value(QLatin1String("type")).isEmpty();
            if (!plural)
                entry.translations << xml.readElementText().trimmed();
        } else if (xml.name() == QLatin1String("numerusform")) {
            entry.translations << xml.readElementText().trimmed();
        }
    }
    return xml.hasError() ? QVector<Entry>() : entries;
}

// What has to be in the translation as it is in the source: placeholders, endings of file names, variables of prompts.
QStringList fixedParts(const QString &text)
{
    static const QRegularExpression part(QStringLiteral("%L?\\d|%L?n|\\*\\.\\w+|\\{\\{\\w+\\}\\}|--[a-z-]+|\\n"));
    QStringList parts;
    for (auto match = part.globalMatch(text); match.hasNext();)
        parts << match.next().captured();
    parts.sort();
    return parts;
}

int accelerators(const QString &text)
{
    static const QRegularExpression mark(QStringLiteral("&[^& ]"));
    return int(text.count(mark));
}

QString objection(const Entry &entry)
{
    for (const QString &translation : entry.translations) {
        if (translation.isEmpty() || !entry.finished)
            return QStringLiteral("is not translated");
        if (fixedParts(translation) != fixedParts(entry.source.trimmed()))
            return QStringLiteral("has other placeholders: ") + translation;
        if (accelerators(translation) != accelerators(entry.source))
            return QStringLiteral("has another number of accelerators: ") + translation;
    }
    return entry.translations.isEmpty() ? QStringLiteral("is not translated") : QString();
}

struct Literal
{
    QString text;
    int line = 0;
    QString function; // whose argument it is
};

// String literals of C++ source, those that stand side by side as one; comments and raw strings are passed over.
QVector<Literal> literalsOf(const QString &code)
{
    static const QRegularExpression token(
        QStringLiteral("//[^\\n]*|/\\*.*?\\*/|R\"(\\w*)\\(.*?\\)\\1\"|'(?:[^'\\\\\\n]|\\\\.)+'|#include[^\\n]*|"
                       "\"((?:[^\"\\\\\\n]|\\\\.)*)\"|([A-Za-z_][A-Za-z_0-9]*)?\\s*\\(|\\)|[^\\s\"()/'#A-Za-z_]|[A-Za-z_0-9]+"),
        QRegularExpression::DotMatchesEverythingOption);
    QVector<Literal> literals;
    QStringList functions;
    bool follows = false; // nothing stood between the last literal and this place
    qsizetype counted = 0;
    int line = 1;
    for (auto match = token.globalMatch(code); match.hasNext();) {
        const QRegularExpressionMatch one = match.next();
        line += int(QStringView(code).mid(counted, one.capturedStart() - counted).count(QLatin1Char('\n')));
        counted = one.capturedStart();
        const QStringView text = one.capturedView();
        if (text.startsWith(QLatin1Char('"'))) {
            if (follows)
                literals.last().text += one.captured(2);
            else
                literals << Literal{one.captured(2), line, functions.value(functions.size() - 1)};
            follows = true;
            continue;
        }
        if (text.startsWith(QLatin1String("//")) || text.startsWith(QLatin1String("/*")))
            continue;
        follows = false;
        if (text.endsWith(QLatin1Char('(')) && !text.startsWith(QLatin1Char('R')))
            functions << one.captured(3);
        else if (text == QLatin1String("("))
            functions << QString();
        else if (text == QLatin1String(")") && !functions.isEmpty())
            functions.removeLast();
    }
    return literals;
}

// What is written to the terminal is in English.
bool isLog(const Literal &literal)
{
    return literal.function == QLatin1String("qWarning") || literal.function == QLatin1String("qFatal");
}

bool isMarked(const Literal &literal)
{
    static const QStringList marks{QStringLiteral("tr"), QStringLiteral("translate"), QStringLiteral("QT_TRANSLATE_NOOP"),
                                   QStringLiteral("QT_TR_NOOP")};
    return marks.contains(literal.function);
}

// Literals that look like words for people and are none, with the reason.
const QVector<QPair<QString, QString>> kNotShown{
    {QStringLiteral("^(Noto|DejaVu|JetBrains) "), QStringLiteral("families of fonts")},
    {QStringLiteral("^Fusion$"), QStringLiteral("a style of Qt")},
    {QStringLiteral("^(((Ctrl|Shift|Alt)\\+\\S+(; )?)+|Esc)$"), QStringLiteral("keys, the same in every language")},
    {QStringLiteral("^(Actions|SettingWords|CommandList)$"), QStringLiteral("contexts of the catalogue")},
    {QStringLiteral("^(English|Markdown)$"), QStringLiteral("the language's own name, and a format's")},
    {QStringLiteral("^Baleen( %1\\.json| )?$"), QStringLiteral("the program's name")},
    {QStringLiteral("^(ActionInvoked|ActivationToken|Notify)$"), QStringLiteral("of the desktop's interface for notifications")},
    {QStringLiteral("^CMakeLists\\.txt$"), QStringLiteral("the name of a file")},
    {QStringLiteral("[{};]|^[.#<\\[]"), QStringLiteral("style sheets, elements of pages and patterns")},
};

// Whole files whose words are not the window's.
const QVector<QPair<QString, QString>> kOtherFiles{
    {QStringLiteral("ui/main.cpp"), QStringLiteral("the command line speaks English, like its man page")},
    {QStringLiteral("app/code/code_prompt.cpp"), QStringLiteral("for the model")},
    {QStringLiteral("app/chat/chat_context.cpp"), QStringLiteral("for the model")},
    {QStringLiteral("app/chat/chat_prompt.cpp"), QStringLiteral("for the model")},
    {QStringLiteral("app/chat/summary_writer.cpp"), QStringLiteral("for the model; the rest is checked by eye")},
    {QStringLiteral("app/chat/title_writer.cpp"), QStringLiteral("for the model")},
    {QStringLiteral("app/translate/translate_prompt.cpp"), QStringLiteral("for the model")},
    {QStringLiteral("app/translate/translate_examples.cpp"), QStringLiteral("for the model")},
    {QStringLiteral("app/syntax/"), QStringLiteral("words of programming languages")},
    {QStringLiteral("app/attachments/reader/"), QStringLiteral("a process of its own: attachment_reader.cpp words what it says")},
};

bool isExcepted(const QString &file, const QString &text)
{
    return std::any_of(kOtherFiles.begin(), kOtherFiles.end(), [&](const auto &other) { return file.startsWith(other.first); }) ||
           std::any_of(kNotShown.begin(), kNotShown.end(),
                       [&](const auto &one) { return text.contains(QRegularExpression(one.first)); });
}

// Two words, or one that begins as a word of the window does. In app/, where names and queries are, sentences only.
bool looksShown(const QString &file, const QString &text)
{
    static const QRegularExpression words(QStringLiteral("[A-Za-z]{2,} [a-z]{2,}|^[A-Z][a-z]{2,}"));
    static const QRegularExpression sentence(QStringLiteral("^[A-Z][a-z]* .*[a-z]{2,}.* [a-z]{2,}"));
    return text.contains(file.startsWith(QLatin1String("ui/")) ? words : sentence);
}

// Parts of errors: translated where they are shown, by app/error_sentences.h.
QSet<QString> knownErrors()
{
    QSet<QString> known;
    for (const Literal &literal : literalsOf(test::textOf(kRoot, QStringLiteral("app/error_sentences.h"))))
        if (literal.function == QLatin1String("QT_TRANSLATE_NOOP"))
            known << literal.text;
    return known;
}

// The text of string literals that stand one behind the other.
QString joinedLiterals(const QString &code)
{
    static const QRegularExpression piece(QStringLiteral("\"((?:[^\"\\\\\\n]|\\\\.)*)\""));
    QString text;
    for (auto each = piece.globalMatch(code); each.hasNext();)
        text += each.next().captured(1);
    return text;
}

// What the engine says of a model: by app/error_sentences.h, too, and here its words between the numbers.
QStringList enginePieces()
{
    static const QRegularExpression entry(
        QStringLiteral("QT_TRANSLATE_NOOP\\(\"Engine\",\\s*((?:\"(?:[^\"\\\\\\n]|\\\\.)*\"\\s*)+)\\)"));
    QStringList pieces;
    for (auto match = entry.globalMatch(test::textOf(kRoot, QStringLiteral("app/error_sentences.h"))); match.hasNext();)
        for (const QString &piece :
             joinedLiterals(match.next().captured(1)).split(QRegularExpression(QStringLiteral("%\\d|[()]|: "))))
            if (piece.size() > 3) // ", " is anywhere; what a colon or a bracket joins may come from two places
                pieces << piece;
    return pieces;
}

// What `.what = "…"` and `.wayOut = "…"` say, and whole messages of Error(ErrorCode::X, "…").
QStringList errorParts(const QString &code)
{
    static const QRegularExpression part(QStringLiteral(
        "(?:\\.(?:what|wayOut) = |\\bError\\((?:\\w+::)*ErrorCode::\\w+,\\s*)((?:\"(?:[^\"\\\\\\n]|\\\\.)*\"\\s*)+)[,})]"));
    QStringList parts;
    for (auto match = part.globalMatch(code); match.hasNext();)
        parts << joinedLiterals(match.next().captured(1));
    return parts;
}

} // namespace

class TestTranslations : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void catalogueIsComplete_data();
    void catalogueIsComplete();
    void aMissingTranslationIsFound();
    void startedLanguagesHaveTheirPlaceholders_data();
    void startedLanguagesHaveTheirPlaceholders();
    void nothingIsShownThatIsNotMarked();
    void anUnmarkedLiteralIsFound();
    void classesThatSayTrHaveAContext();
    void errorsAreInTheCatalogue();
    void sentencesOfTheEngineAreItsOwn();
};

void TestTranslations::catalogueIsComplete_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<int>("atLeast");
    QTest::newRow("Chinese") << QStringLiteral("baleen_zh_CN.ts") << 800;
    QTest::newRow("English plural forms") << QStringLiteral("baleen_en.ts") << 4;
}

void TestTranslations::catalogueIsComplete()
{
    QFETCH(QString, name);
    QFETCH(int, atLeast);
    // As the sources are now, not as the catalogue was when it was updated last.
    static const QTemporaryDir folder;
    if (QDir(folder.path()).isEmpty()) {
        for (const char *one : {"baleen_zh_CN.ts", "baleen_ja.ts", "baleen_ko.ts", "baleen_en.ts"})
            QVERIFY(QFile::copy(kRoot + QStringLiteral("/resources/i18n/") + QLatin1String(one),
                                folder.filePath(QLatin1String(one))));
        QProcess update;
        update.start(kRoot + QStringLiteral("/packaging/update_translations.sh"), {QStringLiteral("--into"), folder.path()});
        QVERIFY2(update.waitForFinished(120000) && update.exitCode() == 0, update.readAllStandardError().constData());
    }
    const QVector<Entry> entries = entriesOf(folder.filePath(name));
    QVERIFY(entries.size() >= atLeast);
    QStringList wrong;
    for (const Entry &entry : entries)
        if (const QString reason = objection(entry); !reason.isEmpty())
            wrong << QStringLiteral("%1: %2: “%3” %4").arg(entry.place, entry.context, entry.source, reason);
    QVERIFY2(wrong.isEmpty(),
             qPrintable(QStringLiteral("run packaging/update_translations.sh, then translate in resources/i18n/%1:\n").arg(name) +
                        wrong.join(QLatin1Char('\n'))));
}

void TestTranslations::aMissingTranslationIsFound()
{
    Entry entry{QStringLiteral("C"), QStringLiteral("%1 of &two (*.md)"), {}, {QStringLiteral("%1 (&T) (*.md)")}, true};
    QVERIFY(objection(entry).isEmpty());
    for (const char *wrong : {"", "(&T) (*.md)", "%2 (&T) (*.md)", "%1 (*.md)", "%1 (&T)"}) {
        entry.translations = {QLatin1String(wrong)};
        QVERIFY2(!objection(entry).isEmpty(), wrong);
    }
    entry.translations = {QStringLiteral("%1 (&T) (*.md)")};
    entry.finished = false;
    QVERIFY(!objection(entry).isEmpty());
}

void TestTranslations::startedLanguagesHaveTheirPlaceholders_data()
{
    QTest::addColumn<QString>("file");
    for (const char *file : {"baleen_ja.ts", "baleen_ko.ts", "qt_zh_CN.ts", "qt_ja.ts", "qt_ko.ts"})
        QTest::newRow(file) << QStringLiteral("resources/i18n/") + QLatin1String(file);
}

void TestTranslations::startedLanguagesHaveTheirPlaceholders()
{
    QFETCH(QString, file);
    QStringList wrong;
    int translated = 0;
    for (const Entry &entry : entriesOf(QDir(kRoot).filePath(file))) {
        if (!entry.finished)
            continue;
        ++translated;
        // Qt's words have accelerators on some systems alone.
        if (const QString reason = objection(entry); !reason.isEmpty())
            wrong << QStringLiteral("“%1” %2").arg(entry.source, reason);
    }
    QVERIFY2(translated > 100, qPrintable(QString::number(translated)));
    QVERIFY2(wrong.isEmpty(), qPrintable(wrong.join(QLatin1Char('\n'))));
}

void TestTranslations::nothingIsShownThatIsNotMarked()
{
    const QSet<QString> errors = knownErrors();
    QStringList wrong;
    int marked = 0;
    for (const QString &file : test::textFiles(kRoot)) {
        if (!test::isSource(file) || !(file.startsWith(QLatin1String("ui/")) || file.startsWith(QLatin1String("app/"))))
            continue;
        static const QRegularExpression namedContext(QStringLiteral("translate\\(\\s*\\w+,\\s*\""));
        if (test::textOf(kRoot, file).contains(namedContext))
            wrong << file +
                         QStringLiteral(": translate() of a literal has its context as a literal, else lupdate does not see it");
        for (const Literal &literal : literalsOf(test::textOf(kRoot, file))) {
            marked += isMarked(literal);
            if (!isMarked(literal) && !isLog(literal) && looksShown(file, literal.text) && !isExcepted(file, literal.text) &&
                !errors.contains(literal.text))
                wrong << QStringLiteral("%1:%2: “%3” is not in tr()").arg(file).arg(literal.line).arg(literal.text.left(80));
        }
    }
    QVERIFY(marked > 800);
    QVERIFY2(wrong.isEmpty(), qPrintable(wrong.join(QLatin1Char('\n'))));
}

void TestTranslations::anUnmarkedLiteralIsFound()
{
    const auto found = [](const char *code) {
        const QVector<Literal> literals = literalsOf(QString::fromUtf8(code));
        return std::any_of(literals.begin(), literals.end(), [](const Literal &literal) {
            return !isMarked(literal) && looksShown(QStringLiteral("ui/a.cpp"), literal.text) &&
                   !isExcepted(QStringLiteral("ui/a.cpp"), literal.text);
        });
    };
    QVERIFY(found("label->setText(QStringLiteral(\"Saved\"));"));
    QVERIFY(found("label->setText(QString::fromLatin1(\"two words\"));"));
    QVERIFY(found("label->setText(ok ? tr(\"Saved\") : QStringLiteral(\"Not saved\"));"));
    QVERIFY(!found("label->setText(tr(\"Saved \"\n\"to %1\").arg(path)); // \"Not shown\""));
    QVERIFY(!found("button->setName(tr(\"Find\"), QStringLiteral(\"Ctrl+F\"));"));
    QVERIFY(!found("const char *kName = QT_TRANSLATE_NOOP(\"ui::Name\", \"Instructions\");"));
}

// Without Q_OBJECT a class has the context of what it derives from, which no catalogue has.
void TestTranslations::classesThatSayTrHaveAContext()
{
    static const QRegularExpression head(QStringLiteral("^(?:class|struct) ([\\w:]+)[^;{]*\\{"),
                                         QRegularExpression::MultilineOption);
    static const QRegularExpression bare(QStringLiteral("(?<![\\w:>.])tr\\(\""));
    QStringList wrong;
    int classes = 0;
    for (const QString &file : test::textFiles(kRoot)) {
        if (!test::isSource(file) || !(file.startsWith(QLatin1String("ui/")) || file.startsWith(QLatin1String("app/"))))
            continue;
        const QString code = test::textOf(kRoot, file);
        for (auto match = head.globalMatch(code); match.hasNext();) {
            const QRegularExpressionMatch one = match.next();
            qsizetype end = one.capturedEnd();
            for (int depth = 1; depth > 0 && end < code.size(); ++end)
                depth += code[end] == QLatin1Char('{') ? 1 : code[end] == QLatin1Char('}') ? -1 : 0;
            const QString body = code.mid(one.capturedEnd(), end - one.capturedEnd());
            ++classes;
            if (!body.contains(QLatin1String("Q_OBJECT")) && !body.contains(QLatin1String("Q_DECLARE_TR_FUNCTIONS")) &&
                body.contains(bare))
                wrong << file + QStringLiteral(": ") + one.captured(1);
        }
    }
    QVERIFY(classes > 100);
    QVERIFY2(wrong.isEmpty(), qPrintable(wrong.join(QLatin1Char('\n'))));
}

// Each word of app/error_sentences.h stands in the engine, whose literals may go over several lines or be joined by other words.
void TestTranslations::sentencesOfTheEngineAreItsOwn()
{
    QString engine;
    for (const QString &file : test::textFiles(kRoot))
        if (file.endsWith(QLatin1String(".cpp")) &&
            (file.startsWith(QLatin1String("inference/")) || file.startsWith(QLatin1String("kernels/"))))
            engine += test::textOf(kRoot, file);
    engine.remove(QRegularExpression(QStringLiteral("\"\\s*\\+?\\s*\"")));
    const QStringList pieces = enginePieces();
    QVERIFY(pieces.size() > 25);
    QStringList foreign;
    for (const QString &piece : pieces)
        if (!engine.contains(piece))
            foreign << piece;
    QVERIFY2(foreign.isEmpty(), qPrintable(foreign.join(QLatin1Char('\n'))));
}

void TestTranslations::errorsAreInTheCatalogue()
{
    const QSet<QString> known = knownErrors();
    QVERIFY(known.size() > 100);
    QStringList missing;
    int parts = 0;
    for (const QString &file : test::textFiles(kRoot)) {
        if (!file.endsWith(QLatin1String(".cpp")) ||
            !(file.startsWith(QLatin1String("app/")) || file.startsWith(QLatin1String("inference/"))) ||
            file.startsWith(QLatin1String("inference/cli/")))
            continue;
        for (const QString &part : errorParts(test::textOf(kRoot, file))) {
            ++parts;
            if (!known.contains(part))
                missing << QStringLiteral("%1: “%2” is not in app/error_sentences.h").arg(file, part);
        }
    }
    QVERIFY(parts > 100);
    QVERIFY2(missing.isEmpty(), qPrintable(missing.join(QLatin1Char('\n'))));
}

QTEST_GUILESS_MAIN(TestTranslations)
#include "tst_translations.moc"
