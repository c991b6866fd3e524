// app/attachments/attachment_reader.h: files through the reader's process, what it may cost, and how it can end.
#include "app/attachments/attachment_reader.h"

#include "tests/support/office_files.h"
#include "tests/support/sanitized.h"
#include "tests/support/temporary_file.h"

#include <QDir>
#include <QDirIterator>
#include <QElapsedTimer>
#include <QFile>
#include <QProcess>
#include <QRandomGenerator>
#include <QTest>

#include <sys/stat.h>

using namespace app;
using test::paragraph;

namespace {

struct Setup
{
    ReadAttachment read(const QString &path)
    {
        std::optional<ReadAttachment> result;
        reader.readFile(path, &context, [&](const ReadAttachment &read) { result = read; });
        (void)QTest::qWaitFor([&] { return result.has_value(); }, 90000);
        return result.value_or(ReadAttachment{{}, QStringLiteral("nothing came"), false});
    }
    ReadAttachment read(const QString &name, const QByteArray &bytes) { return read(folder.write(name, bytes)); }
    // A program in the reader's place.
    QString script(const QByteArray &words)
    {
        const QString path = folder.write(QStringLiteral("reader.sh"), "#!/bin/sh\n" + words);
        QFile::setPermissions(path, QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
        return path;
    }

    test::TemporaryFolder folder;
    QObject context;
    AttachmentReader reader;
};

const QByteArray kHeader = "printf 'baleen-reader 1 {\"kind\":\"text\",\"bytes\":3}\\n";

} // namespace

class TestAttachmentReader : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QVERIFY2(QFile::exists(readerProgram()), qPrintable(readerProgram())); }

    void textAndCode()
    {
        Setup s;
        const ReadAttachment notes = s.read(QStringLiteral("笔记.txt"), "one\r\ntwo\n");
        QCOMPARE(notes.problem, QString());
        QCOMPARE(notes.attachment.name, QStringLiteral("笔记.txt"));
        QCOMPARE(notes.attachment.text, QStringLiteral("one\ntwo\n"));
        QCOMPARE(notes.attachment.bytes, qint64(9));
        QVERIFY(notes.attachment.note.isEmpty());
        QVERIFY(notes.attachment.kind == AttachmentKind::Text);
        QVERIFY(s.read(QStringLiteral("a.cpp"), "int x;\n").attachment.kind == AttachmentKind::Code);
        QVERIFY(s.read(QStringLiteral("a.md"), "# x\n").attachment.kind == AttachmentKind::Text);
        const ReadAttachment chinese = s.read(QStringLiteral("gb.txt"), "\xc4\xe3\xba\xc3\xa3\xac\xca\xc0\xbd\xe7\xa1\xa3");
        QCOMPARE(chinese.attachment.text, QStringLiteral("你好，世界。"));
        QCOMPARE(chinese.attachment.note, QStringLiteral("GB18030"));
    }

    void office()
    {
        Setup s;
        const ReadAttachment docx = s.read(QStringLiteral("a.docx"), test::docxOf(paragraph(QStringLiteral("标题")) + paragraph(QStringLiteral("words"))));
        QCOMPARE(docx.problem, QString());
        QCOMPARE(docx.attachment.text, QStringLiteral("标题\n\nwords\n"));
        QVERIFY(docx.attachment.kind == AttachmentKind::Docx);
        const ReadAttachment xlsx =
            s.read(QStringLiteral("a.xlsx"), test::xlsxOf({{QStringLiteral("S"), QStringLiteral("<row><c><v>1</v></c></row><row><c><v>2</v></c></row>")}, {QStringLiteral("T"), QString()}}));
        QCOMPARE(xlsx.problem, QString());
        QCOMPARE(xlsx.attachment.note, QStringLiteral("2 sheets, 2 rows"));
        QVERIFY(xlsx.attachment.kind == AttachmentKind::Xlsx);
    }

    void pdf()
    {
        Setup s;
        const ReadAttachment read = s.read(QStringLiteral("a.pdf"), test::pdfOf({QStringLiteral("Whales filter water (baleen)."), QString(), QStringLiteral("鲸须过滤海水\nlast line")}));
        QCOMPARE(read.problem, QString());
        QVERIFY(read.attachment.kind == AttachmentKind::Pdf);
        QCOMPARE(read.attachment.note, QStringLiteral("3 pages, 1 without text"));
        QVERIFY2(read.attachment.text.contains(QStringLiteral("Whales filter water (baleen).")), qPrintable(read.attachment.text));
        QVERIFY2(read.attachment.text.contains(QStringLiteral("鲸须过滤海水")), qPrintable(read.attachment.text));
        QVERIFY(read.attachment.text.endsWith(QStringLiteral("last line\n")));
        QVERIFY(!read.attachment.text.contains(QLatin1Char('\f')));
    }

    void pdfThatCannotBeRead()
    {
        Setup s;
        const ReadAttachment pictures = s.read(QStringLiteral("scan.pdf"), test::pdfOf({QString(), QString()}));
        QVERIFY2(pictures.problem.contains(QStringLiteral("has no text in it (2 pages")), qPrintable(pictures.problem));
        const QByteArray whole = test::pdfOf({QStringLiteral("first page"), QStringLiteral("second page")});
        const ReadAttachment cut = s.read(QStringLiteral("cut.pdf"), whole.left(whole.indexOf("xref")));
        QVERIFY2(cut.problem.startsWith(QLatin1String("cut.pdf is damaged: it is no whole PDF.")), qPrintable(cut.problem));
        QByteArray lost = whole; // pages are found without their table
        lost.replace("startxref\n", "startxref\n9");
        lost.replace("00000 n", "00007 n");
        QVERIFY(s.read(QStringLiteral("lost.pdf"), lost).attachment.text.contains(QLatin1String("second page")));
        QByteArray broken = whole; // what of a page cannot be read is said
        broken.replace("(second page)", "(second page\\");
        const ReadAttachment found = s.read(QStringLiteral("broken.pdf"), broken);
        QCOMPARE(found.problem, QString());
        QVERIFY(found.attachment.text.contains(QLatin1String("first page")));
        QVERIFY2(found.attachment.note.contains(QLatin1String("damaged")), qPrintable(found.attachment.note));
        QByteArray locked = whole;
        locked.replace("trailer\n<<", "trailer\n<</Encrypt<</Filter/Standard/V 2/R 3/Length 128/P -44/O(01234567890123456789012345678901)"
                                      "/U(01234567890123456789012345678901)>>/ID[(0123456789012345)(0123456789012345)]");
        QCOMPARE(s.read(QStringLiteral("locked.pdf"), locked).problem, QStringLiteral("locked.pdf is protected with a password. Save a copy without one."));
        const ReadAttachment none = s.read(QStringLiteral("none.pdf"), "%PDF-1.7\nnothing behind it");
        QVERIFY2(none.problem.contains(QLatin1String("none.pdf is damaged")), qPrintable(none.problem));
    }

    void refusalsSayWhatItIs_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QString>("words");
        const auto row = [](const char *name, const QByteArray &bytes, const char *words) {
            QTest::newRow(name) << QString::fromLatin1(name) << bytes << QString::fromLatin1(words);
        };
        row("cat.png", QByteArray("\x89PNG\r\n\x1a\n\0\0", 10), "cat.png is a picture (PNG). The model reads text only. Text, source code, PDF, Word (docx) and Excel (xlsx) files can be attached.");
        row("song.mp3", "ID3\x04", "song.mp3 is a sound file (MP3).");
        row("film.mp4", QByteArray("\0\0\0\x18""ftypisom", 12), "film.mp4 is a video (MP4).");
        row("a.zip", test::zipOf({{QStringLiteral("a"), "b"}}), "a.zip is an archive (ZIP). Unpack it and attach the files in it.");
        row("run", "\x7f" "ELF\x02", "run is a program (ELF). Attach its source code instead.");
        row("old.doc", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old.doc is a document of another kind (Word or Excel before 2007). Save it as docx, xlsx, PDF or text.");
        row("x.bin", QByteArray("a\0b\0\0\1", 6), "x.bin is no text.");
        row("empty.txt", " \n", "empty.txt has no text in it.");
        const QByteArray docx = test::docxOf(paragraph(QStringLiteral("words ").repeated(500)));
        row("cut.docx", docx.left(docx.size() / 2), "cut.docx is damaged: ");
    }
    void refusalsSayWhatItIs()
    {
        QFETCH(QString, name);
        QFETCH(QByteArray, bytes);
        QFETCH(QString, words);
        Setup s;
        const ReadAttachment read = s.read(name, bytes);
        QVERIFY2(read.problem.startsWith(words), qPrintable(read.problem));
        QVERIFY(!read.canRetry);
        QVERIFY(read.attachment.text.isEmpty());
    }

    void whatIsNoFileIsNotOpened()
    {
        Setup s;
        QVERIFY(s.read(s.folder.path(QString())).problem.contains(QLatin1String("folder")));
        const QString pipe = s.folder.path(QStringLiteral("pipe"));
        QCOMPARE(mkfifo(QFile::encodeName(pipe).constData(), 0600), 0);
        QVERIFY(s.read(pipe).problem.contains(QLatin1String("not a file"))); // and nobody waits for its other end
        const ReadAttachment gone = s.read(s.folder.path(QStringLiteral("gone.txt")));
        QVERIFY2(gone.problem.startsWith(QLatin1String("gone.txt could not be opened: ")), qPrintable(gone.problem));
        QVERIFY(gone.canRetry);
        QFile large(s.folder.path(QStringLiteral("large.txt")));
        QVERIFY(large.open(QIODevice::WriteOnly) && large.resize(qint64(65) << 20));
        large.close();
        QVERIFY(s.read(large.fileName()).problem.startsWith(QLatin1String("large.txt is too large. Files up to 64 MiB")));
    }

    void aReaderThatHangsIsEnded()
    {
        Setup s;
        s.reader.setProgram(s.script("trap '' TERM\nexec sleep 600\n"));
        s.reader.setLimits({1, 1 << 20});
        const ReadAttachment read = s.read(QStringLiteral("a.txt"), "x");
        QCOMPARE(read.problem, QStringLiteral("Reading a.txt took too long and was stopped."));
        QVERIFY(read.canRetry);
        // One that closes its ends and goes on, too.
        s.reader.setProgram(s.script("exec >&- 2>&- sleep 600\n"));
        QCOMPARE(s.read(QStringLiteral("a.txt"), "x").problem, QStringLiteral("Reading a.txt took too long and was stopped."));
    }

    void aReaderThatDiesIsASentence()
    {
        Setup s;
        s.reader.setProgram(s.script(kHeader + "'; kill -SEGV $$\n"));
        const ReadAttachment read = s.read(QStringLiteral("a.txt"), "x");
        QCOMPARE(read.problem, QStringLiteral("a.txt could not be read: the program that reads it ended by signal 11."));
        QVERIFY(read.canRetry);
        s.reader.setProgram(s.folder.path(QStringLiteral("missing")));
        QVERIFY(s.read(QStringLiteral("a.txt"), "x").problem.contains(QLatin1String("baleen-reader is missing")));
        s.reader.setProgram(s.script("echo 'seccomp: not here' >&2; exit 3\n"));
        QVERIFY(s.read(QStringLiteral("a.txt"), "x").problem.contains(QLatin1String("could not lock itself in (seccomp: not here)")));
    }

    void aReaderThatLiesIsNotBelieved()
    {
        Setup s;
        s.reader.setProgram(s.script(kHeader + "abcd'\n")); // more than it says
        QVERIFY(!s.read(QStringLiteral("a.txt"), "x").problem.isEmpty());
        s.reader.setProgram(s.script(kHeader + "ab'\n")); // less
        QVERIFY(!s.read(QStringLiteral("a.txt"), "x").problem.isEmpty());
        s.reader.setProgram(s.script(kHeader + "abc'\n"));
        QCOMPARE(s.read(QStringLiteral("a.txt"), "x").attachment.text, QStringLiteral("abc"));
        s.reader.setProgram(s.script("echo hello\n"));
        QVERIFY(!s.read(QStringLiteral("a.txt"), "x").problem.isEmpty());
        s.reader.setProgram(s.script("cat /dev/zero\n"));
        s.reader.setLimits({60, 1 << 20});
        QVERIFY(s.read(QStringLiteral("a.txt"), "x").problem.contains(QLatin1String("too large")));
    }

    // The real one, while it waits for its input: the filter is in force, new rights are out of reach.
    void theReaderLocksItselfInBeforeItReads()
    {
        QProcess reader;
        reader.start(readerProgram(), QStringList());
        QVERIFY(reader.waitForStarted());
        const QString status = QStringLiteral("/proc/%1/status").arg(reader.processId());
        QByteArray words;
        QVERIFY(QTest::qWaitFor(
            [&] {
                QFile file(status);
                words = file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
                return words.contains("Seccomp:\t2");
            },
            20000));
        QVERIFY(words.contains("NoNewPrivs:\t1"));
        reader.write("hello");
        reader.closeWriteChannel();
        QVERIFY(reader.waitForFinished(30000));
        QCOMPARE(reader.readAllStandardOutput(), QByteArray("baleen-reader 1 {\"bytes\":5,\"encoding\":\"UTF-8\",\"kind\":\"text\"}\nhello"));
    }

    void aPasteIsTakenOver()
    {
        Setup s;
        std::optional<ReadAttachment> result;
        s.reader.takeText(QStringLiteral("a\r\nb") + QChar(0) + QStringLiteral("ü"), QStringLiteral("Pasted text"), &s.context, [&](const ReadAttachment &read) { result = read; });
        QVERIFY(!result); // not before the window's thread comes back
        QVERIFY(QTest::qWaitFor([&] { return result.has_value(); }));
        QCOMPARE(result->attachment.text, QStringLiteral("a\nbü"));
        QCOMPARE(result->attachment.bytes, qint64(5));
    }

    void nothingComesToAContextThatIsGone()
    {
        Setup s;
        bool came = false;
        {
            QObject context;
            s.reader.readFile(s.folder.write(QStringLiteral("a.txt"), "x"), &context, [&](const ReadAttachment &) { came = true; });
        }
        QCOMPARE(s.read(QStringLiteral("b.txt"), "y").problem, QString());
        QCoreApplication::processEvents();
        QVERIFY(!came);
    }

    void theEndOfTheProgramEndsReaders()
    {
        QElapsedTimer timer;
        {
            Setup s;
            s.reader.setProgram(s.script("exec sleep 600\n"));
            s.reader.readFile(s.folder.write(QStringLiteral("a.txt"), "x"), &s.context, [](const ReadAttachment &) {});
            QTest::qWait(200);
            timer.start();
        }
        QVERIFY(timer.elapsed() < 20000);
    }

    // Damaged files of every kind through the whole road: each comes back with a text or a sentence, and nothing is written anywhere.
    void mutantsComeBack()
    {
        Setup s;
        const QPair<QString, QByteArray> originals[] = {
            {QStringLiteral("m.pdf"), test::pdfOf({QStringLiteral("page one of a whale"), QStringLiteral("鲸须过滤海水")})},
            {QStringLiteral("m.docx"), test::docxOf(paragraph(QStringLiteral("第一 words")).repeated(30))},
            {QStringLiteral("m.xlsx"), test::xlsxOf({{QStringLiteral("S"), QStringLiteral("<row><c t=\"s\"><v>0</v></c></row>").repeated(20)}}, {QStringLiteral("x")})},
        };
        QRandomGenerator random(7);
        int readOnes = 0;
        const int count = test::kSanitized ? 60 : 240;
        for (int i = 0; i < count; ++i) {
            QByteArray bytes = originals[i % 3].second;
            for (int k = 0; k <= i % 5; ++k) {
                const qsizetype at = 5 + qsizetype(random.bounded(quint32(std::max<qsizetype>(1, bytes.size() - 5))));
                if (i % 4 == 3 && k == 0)
                    bytes.truncate(at);
                else
                    bytes.replace(at, 1 + random.bounded(3), QByteArray(1 + int(random.bounded(6)), char(random.bounded(256))));
            }
            const ReadAttachment read = s.read(originals[i % 3].first, bytes);
            QVERIFY(read.problem.isEmpty() != read.attachment.text.isEmpty());
            QVERIFY2(!read.problem.contains(QLatin1String("nothing came")), qPrintable(QString::number(i)));
            readOnes += read.problem.isEmpty();
        }
        QVERIFY2(readOnes > count / 20 && readOnes < count, qPrintable(QString::number(readOnes)));
        QCOMPARE(QDir(s.folder.path(QString())).entryList(QDir::Files).size(), qsizetype(3));
    }
};

QTEST_GUILESS_MAIN(TestAttachmentReader)
#include "tst_attachment_reader.moc"
