// Text files: encodings, foreign bytes, and nothing overwritten.
#include "app/translate/text_file.h"

#include <QFile>
#include <QFileInfo>
#include <QTemporaryDir>
#include <QTest>

#include <sys/stat.h>

using namespace app::translate;
using inference::ErrorCode;

class TestTextFile : public QObject
{
    Q_OBJECT

    QTemporaryDir m_folder;
    QString write(const QByteArray &bytes, const QString &name = QStringLiteral("a.txt"))
    {
        QFile file(m_folder.filePath(name));
        if (!file.open(QIODevice::WriteOnly | QIODevice::Truncate) || file.write(bytes) != bytes.size())
            qFatal("cannot write");
        return file.fileName();
    }

private Q_SLOTS:
    void reads_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QString>("text");
        QTest::addColumn<int>("encoding");
        QTest::addColumn<int>("replaced");
        QTest::newRow("empty") << QByteArray() << QString() << int(TextEncoding::Utf8) << 0;
        QTest::newRow("UTF-8") << QByteArray("\xE4\xBD\xA0\r\n") << u"你\r\n"_qs << int(TextEncoding::Utf8)
                               << 0;
        QTest::newRow("UTF-8 with mark")
            << QByteArray("\xEF\xBB\xBFx") << u"x"_qs << int(TextEncoding::Utf8Bom) << 0;
        QTest::newRow("UTF-16 LE") << QByteArray("\xFF\xFE\x60\x4F\n\0", 6) << u"你\n"_qs
                                   << int(TextEncoding::Utf16LittleEndian) << 0;
        QTest::newRow("UTF-16 BE") << QByteArray("\xFE\xFF\x4F\x60", 4) << u"你"_qs
                                   << int(TextEncoding::Utf16BigEndian) << 0;
        QTest::newRow("invalid bytes") << QByteArray("a\xFF\xFE"
                                                     "b\x80")
                                       << u"a\uFFFD\uFFFDb\uFFFD"_qs << int(TextEncoding::Utf8) << 3;
        QTest::newRow("own replacement character")
            << QByteArray("a\xEF\xBF\xBD") << u"a\uFFFD"_qs << int(TextEncoding::Utf8) << 0;
    }
    void reads()
    {
        QFETCH(QByteArray, bytes);
        QFETCH(QString, text);
        QFETCH(int, encoding);
        QFETCH(int, replaced);
        const auto file = readTextFile(write(bytes));
        QVERIFY(file.ok());
        QCOMPARE(file.value().text, text);
        QCOMPARE(int(file.value().encoding), encoding);
        QCOMPARE(file.value().replaced, replaced);
        if (replaced == 0) { // and back, byte for byte
            const QString copy = m_folder.filePath(u"copy.txt"_qs);
            QVERIFY(writeTextFile(copy, text, file.value().encoding, true).ok());
            QFile written(copy);
            QVERIFY(written.open(QIODevice::ReadOnly));
            QCOMPARE(written.readAll(), bytes);
        }
    }

    void refuses_data()
    {
        QTest::addColumn<QString>("path");
        QTest::addColumn<int>("code");
        QTest::newRow("missing") << m_folder.filePath(u"none.txt"_qs) << int(ErrorCode::NotFound);
        QTest::newRow("folder") << m_folder.path() << int(ErrorCode::Unsupported);
        QTest::newRow("too large") << write(QByteArray(kMaxTextFile + 1, 'x'), u"large.txt"_qs)
                                   << int(ErrorCode::Unsupported);
        QTest::newRow("no text") << write(QByteArray("\x7F"
                                                     "ELF\0\0",
                                                     6),
                                          u"program"_qs)
                                 << int(ErrorCode::Unsupported);
        const QString pipe = m_folder.filePath(u"pipe"_qs);
        QVERIFY(mkfifo(qPrintable(pipe), 0600) == 0 || QFileInfo::exists(pipe));
        QTest::newRow("pipe") << pipe << int(ErrorCode::Unsupported);
    }
    void refuses()
    {
        QFETCH(QString, path);
        QFETCH(int, code);
        const auto file = readTextFile(path);
        QVERIFY(!file.ok());
        QCOMPARE(int(file.error().code), code);
        QVERIFY(QString::fromStdString(file.error().message).contains(path));
    }

    void largestFileIsRead()
    {
        const auto file = readTextFile(write(QByteArray(kMaxTextFile, 'x'), u"largest.txt"_qs));
        QVERIFY(file.ok());
        QCOMPARE(file.value().text.size(), kMaxTextFile);
    }

    void neverOverwritesUnasked()
    {
        const QString path = write("old", u"kept.txt"_qs);
        const auto refused = writeTextFile(path, u"new"_qs, TextEncoding::Utf8, false);
        QVERIFY(!refused.ok());
        QCOMPARE(int(refused.error().code), int(ErrorCode::Busy));
        QCOMPARE(readTextFile(path).value().text, u"old"_qs);
        QVERIFY(writeTextFile(path, u"new"_qs, TextEncoding::Utf8, true).ok());
        QCOMPARE(readTextFile(path).value().text, u"new"_qs);
        QVERIFY(
            !writeTextFile(m_folder.filePath(u"no/such/folder/a.txt"_qs), u"x"_qs, TextEncoding::Utf8, false)
                 .ok());
    }

    void suggestsAFreeName()
    {
        const QString path = write("x", u"notes.zh.md"_qs);
        QCOMPARE(QFileInfo(suggestedName(path, u"en"_qs)).fileName(), u"notes.en.md"_qs);
        write("x", u"notes.en.md"_qs);
        QCOMPARE(QFileInfo(suggestedName(path, u"en"_qs)).fileName(), u"notes.en-2.md"_qs);
        QCOMPARE(QFileInfo(suggestedName(m_folder.filePath(u"version.3.txt"_qs), u"zh-Hans"_qs)).fileName(),
                 u"version.3.zh-Hans.txt"_qs);
        QVERIFY(suggestedName(QString(), u"de"_qs).endsWith(u"translation.de.txt"_qs));
    }
};

QTEST_GUILESS_MAIN(TestTextFile)
#include "tst_text_file.moc"
