// inference/gguf/foreign_format.h: what is said about files that are no GGUF files.
#include "inference/gguf/foreign_format.h"

#include "inference/gguf/gguf_file.h"

#include <QTest>

using namespace inference;

class TestForeignFormat : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void namesTheFormat_data();
    void namesTheFormat();
};

void TestForeignFormat::namesTheFormat_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<int>("code");
    QTest::addColumn<QString>("says");
    const auto row = [](const char *name, const QByteArray &bytes, ErrorCode code, const char *says) {
        QTest::newRow(name) << bytes << int(code) << says;
    };
    constexpr ErrorCode foreign = ErrorCode::Unsupported;
    row("safetensors", QByteArray("\x20\0\0\0\0\0\0\0{\"a\":", 13) + QByteArray(40, ' '), foreign,
        "a safetensors file");
    row("not quite safetensors", QByteArray("\xff\xff\xff\xff\0\0\0\0{\"a\":", 13), ErrorCode::Damaged,
        "expected \"GGUF\" at the start, found \"\\xff\\xff\\xff\\xff\"");
    row("zip", "PK\3\4rest", foreign, "a ZIP archive or a PyTorch checkpoint");
    row("gzip", "\x1f\x8b rest", foreign, "a gzip archive");
    row("zstd", "\x28\xb5\x2f\xfd rest", foreign, "a zstd archive");
    row("xz",
        QByteArray("\xfd"
                   "7zXZ\0",
                   6),
        foreign, "an xz archive");
    row("tar", QByteArray("name") + QByteArray(253, '\0') + "ustar" + QByteArray(100, '\0'), foreign,
        "a tar archive");
    row("pickle", "\x80\2}q", foreign, "Python pickle");
    row("old GGML", "tjgg\3", foreign, "a GGML file from before GGUF");
    row("byte-swapped", "FUGG\3", foreign, "a byte-swapped GGUF file");
    row("program",
        "\x7f"
        "ELF",
        foreign, "a program or library");
    row("git-lfs pointer", "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n", foreign,
        "a git-lfs pointer, not the file it stands for");
    row("web page", "<!DOCTYPE html><html>", foreign, "a web page");
    row("web page after blanks", "\xef\xbb\xbf \r\n <HTML lang=\"en\">", foreign, "a web page");
    row("XML", "<?xml version=\"1.0\"?><Error/>", foreign, "an XML text");
    row("JSON error", "{\"error\":\"Repository not found\"}", foreign,
        "a JSON text, perhaps a server's error message");
    row("zeros", QByteArray(5000, '\0'), ErrorCode::Incomplete,
        "begins with zeros, as an unfinished download does");
    row("text", "hello", ErrorCode::Damaged, "found \"hell\"");
    row("lower case", "gguf\3", ErrorCode::Damaged, "found \"gguf\"");
    row("line breaks", "\n\n\n\n\n", ErrorCode::Damaged, "found \"\\x0a\\x0a\\x0a\\x0a\"");
    row("one byte", "x", ErrorCode::Damaged, "found \"x\"");
}

void TestForeignFormat::namesTheFormat()
{
    QFETCH(QByteArray, bytes);
    QFETCH(int, code);
    QFETCH(QString, says);
    const auto file = GgufFile::openMemory(
        std::as_bytes(std::span(bytes.constData(), std::size_t(bytes.size()))), "f.gguf");
    QVERIFY(!file);
    const QString message = QString::fromStdString(file.error().message);
    QVERIFY2(message.contains(says) && message.contains(QStringLiteral("f.gguf")), qPrintable(message));
    QVERIFY2(!message.contains(u'\n') && message.endsWith(u'.'), qPrintable(message));
    QCOMPARE(int(file.error().code), code);
}

QTEST_GUILESS_MAIN(TestForeignFormat)
#include "tst_foreign_format.moc"
