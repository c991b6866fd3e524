#include "app/code/text_file.h"
#include "app/code/workspace.h"
#include "tests/support/temporary_file.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QTest>

#include <sys/stat.h>
#include <unistd.h>

using namespace app::code;
using inference::ErrorCode;

class TestTextFile : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readsAndWritesBack_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QString>("text");
        QTest::newRow("plain") << QByteArray("int a;\n") << QStringLiteral("int a;\n");
        QTest::newRow("no last line break") << QByteArray("a") << QStringLiteral("a");
        QTest::newRow("empty") << QByteArray() << QString();
        QTest::newRow("carriage returns") << QByteArray("a\r\nb\r\n") << QStringLiteral("a\nb\n");
        QTest::newRow("mark") << QByteArray("\xef\xbb\xbfx\n") << QStringLiteral("x\n");
        QTest::newRow("unicode") << QByteArray("\xe4\xbd\xa0\xf0\x9f\x98\x80\n")
                                 << QString::fromUtf8("你😀\n");
    }
    void readsAndWritesBack()
    {
        QFETCH(QByteArray, bytes);
        QFETCH(QString, text);
        const test::TemporaryFolder folder;
        const QString path = folder.write(QStringLiteral("a.txt"), bytes);
        const auto file = readTextFile(path);
        QVERIFY(file.ok());
        QCOMPARE(file->text, text);
        QVERIFY(!changedOnDisk(path, *file));
        const QString copy = folder.path(QStringLiteral("b.txt"));
        QVERIFY(writeTextFile(copy, *file).ok());
        QFile written(copy);
        QVERIFY(written.open(QIODevice::ReadOnly));
        QCOMPARE(written.readAll(), bytes);
    }
    void refuses_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<int>("code");
        QTest::addColumn<QString>("says");
        QTest::newRow("binary") << QByteArray("ELF\0\1", 5) << int(ErrorCode::Unsupported)
                                << QStringLiteral("not text");
        QTest::newRow("latin-1") << QByteArray("gr\xfc\xdf\n") << int(ErrorCode::Damaged)
                                 << QStringLiteral("byte 2");
        QTest::newRow("half a character")
            << QByteArray("ab\xe4\xbd") << int(ErrorCode::Damaged) << QStringLiteral("byte 2");
        QTest::newRow("surrogate") << QByteArray("a\xed\xa0\x80") << int(ErrorCode::Damaged)
                                   << QStringLiteral("byte 1");
        QTest::newRow("too large") << QByteArray(int(kLargestFile) + 1, 'a') << int(ErrorCode::Unsupported)
                                   << QStringLiteral("8,388,609");
    }
    void refuses()
    {
        QFETCH(QByteArray, bytes);
        QFETCH(int, code);
        QFETCH(QString, says);
        const test::TemporaryFolder folder;
        const auto file = readTextFile(folder.write(QStringLiteral("a"), bytes));
        QVERIFY(!file.ok());
        QCOMPARE(int(file.error().code), code);
        QVERIFY2(QString::fromStdString(file.error().message).contains(says), file.error().message.c_str());
    }
    void missingFilesAndFoldersAreNamed()
    {
        const test::TemporaryFolder folder;
        const auto missing = readTextFile(folder.path(QStringLiteral("no.txt")));
        QVERIFY(!missing.ok() && missing.error().code == ErrorCode::NotFound);
        QVERIFY(!readTextFile(folder.path(QStringLiteral("."))).ok());
    }
    void aFailedWriteSaysWhereAndKeepsTheFormerFile()
    {
        if (geteuid() == 0) {
            // Root may write everywhere: a folder that is not there fails the same way.
            const test::TemporaryFolder folder;
            TextFile file;
            file.text = QStringLiteral("x");
            const QString path = folder.path(QStringLiteral("none/a.txt"));
            const auto result = writeTextFile(path, file);
            QVERIFY(!result.ok());
            QCOMPARE(result.error().code, ErrorCode::NotFound);
            QVERIFY(QString::fromStdString(result.error().message).contains(path));
            QVERIFY(QString::fromStdString(result.error().message).contains(QStringLiteral("kept")));
            return;
        }
        const test::TemporaryFolder folder;
        const QString path = folder.write(QStringLiteral("a.txt"), "old");
        QFile::setPermissions(path, QFile::ReadOwner);
        QFile::setPermissions(folder.path(QStringLiteral(".")), QFile::ReadOwner | QFile::ExeOwner);
        TextFile file;
        file.text = QStringLiteral("new");
        const auto result = writeTextFile(path, file);
        QFile::setPermissions(folder.path(QStringLiteral(".")),
                              QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
        QVERIFY(!result.ok());
        QCOMPARE(result.error().code, ErrorCode::ReadOnly);
        QFile former(path);
        QVERIFY(former.open(QIODevice::ReadOnly));
        QCOMPARE(former.readAll(), QByteArray("old"));
    }
    void onlyFilesAreWritten()
    {
        const test::TemporaryFolder folder;
        const QString pipe = folder.path(QStringLiteral("pipe"));
        QCOMPARE(mkfifo(pipe.toLocal8Bit().constData(), 0600), 0);
        TextFile file;
        file.text = QStringLiteral("x");
        for (const QString &path : {pipe, folder.path(QStringLiteral("."))}) {
            const auto result = writeTextFile(path, file);
            QVERIFY(!result.ok());
            QCOMPARE(result.error().code, ErrorCode::Unsupported);
            QVERIFY(!readTextFile(path).ok());
        }
    }
    void linksAreFollowed()
    {
        const test::TemporaryFolder folder;
        const QString target = folder.write(QStringLiteral("real.txt"), "old");
        const QString link = folder.path(QStringLiteral("link.txt"));
        QVERIFY(QFile::link(target, link));
        TextFile file;
        file.text = QStringLiteral("new");
        QVERIFY(writeTextFile(link, file).ok());
        QVERIFY(QFileInfo(link).isSymLink());
        QCOMPARE(readTextFile(target)->text, QStringLiteral("new"));
    }
    void seesChangesOnDisk()
    {
        const test::TemporaryFolder folder;
        const QString path = folder.write(QStringLiteral("a.txt"), "one");
        const auto file = readTextFile(path);
        folder.write(QStringLiteral("a.txt"), "three");
        QVERIFY(changedOnDisk(path, *file));
        QFile::remove(path);
        QVERIFY(changedOnDisk(path, *file));
    }

    void workspaceComesBack()
    {
        const test::TemporaryFolder folder;
        Workspace w;
        w.verb = Verb::Tests;
        w.languageId = QStringLiteral("rust");
        w.instruction = QString::fromUtf8("写测试 \"x\"\n");
        w.sendsEditorText = false;
        w.code = QString::fromUtf8("fn a() {}\n\t😀");
        w.cursor = 4;
        w.modified = true;
        w.filePath = QStringLiteral("/a/b.rs");
        w.file.carriageReturns = true;
        w.file.modified = QDateTime::fromMSecsSinceEpoch(1700000000123);
        w.file.bytes = 12;
        w.formerCode = QStringLiteral("old");
        w.formerFilePath = QStringLiteral("/a/c.rs");
        w.prose = QStringLiteral("# Words");
        const QString path = folder.path(QStringLiteral("sub/code_session.json"));
        QVERIFY(saveWorkspace(path, w));
        const Workspace back = loadWorkspace(path);
        QCOMPARE(back.verb, w.verb);
        QCOMPARE(back.languageId, w.languageId);
        QCOMPARE(back.instruction, w.instruction);
        QCOMPARE(back.sendsEditorText, w.sendsEditorText);
        QCOMPARE(back.code, w.code);
        QCOMPARE(back.cursor, w.cursor);
        QCOMPARE(back.modified, w.modified);
        QCOMPARE(back.filePath, w.filePath);
        QCOMPARE(back.file.carriageReturns, w.file.carriageReturns);
        QCOMPARE(back.file.modified, w.file.modified);
        QCOMPARE(back.file.bytes, w.file.bytes);
        QCOMPARE(back.formerCode, w.formerCode);
        QCOMPARE(back.formerFilePath, w.formerFilePath);
        QCOMPARE(back.prose, w.prose);
    }
    void damagedWorkspaceIsSetAside_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::newRow("half") << QByteArray("{\"version\":1,\"code\":\"abc");
        QTest::newRow("list") << QByteArray("[1]");
        QTest::newRow("newer") << QByteArray("{\"version\":99}");
        QTest::newRow("empty") << QByteArray("");
    }
    void damagedWorkspaceIsSetAside()
    {
        QFETCH(QByteArray, bytes);
        const test::TemporaryFolder folder;
        const QString path = folder.write(QStringLiteral("code_session.json"), bytes);
        QString error;
        const Workspace w = loadWorkspace(path, &error);
        QVERIFY(w.code.isEmpty());
        QVERIFY(!error.isEmpty());
        QVERIFY(!QFile::exists(path));
        QFile aside(path + QStringLiteral(".damaged"));
        QVERIFY(aside.open(QIODevice::ReadOnly));
        QCOMPARE(aside.readAll(), bytes);
    }
    void wrongTypesInTheWorkspaceAreHarmless()
    {
        const test::TemporaryFolder folder;
        const QString path =
            folder.write(QStringLiteral("c.json"), "{\"version\":1,\"verb\":7,\"code\":[],\"cursor\":\"x\","
                                                   "\"fileTime\":1e300,\"fileBytes\":-5}");
        const Workspace w = loadWorkspace(path);
        QCOMPARE(w.verb, Verb::Generate);
        QVERIFY(w.code.isEmpty());
        QCOMPARE(w.file.bytes, 0);
    }
};

QTEST_GUILESS_MAIN(TestTextFile)
#include "tst_text_file.moc"
