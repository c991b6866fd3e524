// inference/safetensors/safetensors_file.h: what is in a file, and everything that a file can have wrong.
#include "inference/safetensors/safetensors_file.h"
#include "tests/support/temporary_file.h"

#include <QTest>

#include <cstring>

using namespace inference;

namespace {

QByteArray fileOf(const QByteArray &header, const QByteArray &data)
{
    const std::uint64_t length = std::uint64_t(header.size());
    QByteArray bytes(8, '\0');
    std::memcpy(bytes.data(), &length, 8);
    return bytes + header + data;
}

Result<std::unique_ptr<SafetensorsFile>> opened(const QByteArray &bytes)
{
    return SafetensorsFile::openMemory(std::as_bytes(std::span(bytes.data(), std::size_t(bytes.size()))),
                                       "test.safetensors");
}

const char kGood[] = R"({"__metadata__": {"format": "pt"},
    "b": {"dtype": "BF16", "shape": [2, 3], "data_offsets": [4, 16]},
    "a": {"dtype": "F32", "shape": [], "data_offsets": [0, 4]},
    "empty": {"dtype": "F8_E4M3", "shape": [0, 7], "data_offsets": [16, 16]}})";

} // namespace

class TestSafetensorsFile : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readsTensors()
    {
        const QByteArray data("0123456789abcdef");
        const QByteArray bytes = fileOf(kGood, data);
        const auto file = opened(bytes);
        QVERIFY2(file.ok(), file ? "" : file.error().message.c_str());
        QCOMPARE((*file)->tensors().size(), std::size_t(3));
        const SafetensorsTensor *b = (*file)->find("b");
        QVERIFY(b);
        QCOMPARE(b->type, SafetensorsType::BF16);
        QCOMPARE(b->shape, (std::vector<std::uint64_t>{2, 3}));
        QCOMPARE(QByteArray(reinterpret_cast<const char *>(b->bytes.data()), qsizetype(b->bytes.size())),
                 data.mid(4, 12));
        QCOMPARE((*file)->find("a")->bytes.size(), std::size_t(4));
        QVERIFY((*file)->find("empty")->bytes.empty());
        QVERIFY(!(*file)->find("c"));
        QVERIFY(!(*file)->find("__metadata__"));
    }

    // They once ended the program, when they came before any tensor.
    void passesListsOverThatMeanNothing()
    {
        const QByteArray bytes = fileOf(R"({"__metadata__": {"of": ["a", [1, 2]]},
            "a": {"more": [[], 7], "dtype": "U8", "shape": [2], "data_offsets": [0, 2]}})",
                                        "xy");
        const auto file = opened(bytes);
        QVERIFY2(file.ok(), file ? "" : file.error().message.c_str());
        QCOMPARE((*file)->find("a")->shape, (std::vector<std::uint64_t>{2}));
        QVERIFY(opened(fileOf(R"({"__metadata__": {"of": []}})", {})).ok());
    }

    void opensFiles()
    {
        const test::TemporaryFolder folder;
        const QString path = folder.write("model.safetensors", fileOf(kGood, QByteArray(16, 'x')));
        const auto file = SafetensorsFile::open(path.toStdString());
        QVERIFY(file.ok());
        QVERIFY(!(*file)->differsFromOpened());
        QCOMPARE(SafetensorsFile::open(folder.path("none").toStdString()).error().code, ErrorCode::NotFound);
        QCOMPARE(SafetensorsFile::open(folder.path("").toStdString()).error().code, ErrorCode::Unsupported);
    }

    void refuses_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QString>("says");
        const auto one = [](const char *entry) { return QByteArray("{\"t\": ") + entry + "}"; };
        const auto row = [&](const char *name, const QByteArray &header, qsizetype data, const char *says) {
            QTest::newRow(name) << fileOf(header, QByteArray(data, 'x')) << QString::fromUtf8(says);
        };
        QTest::newRow("nothing") << QByteArray() << "found 0 bytes";
        QTest::newRow("seven bytes") << QByteArray("1234567") << "found 7 bytes";
        QTest::newRow("another format") << QByteArrayLiteral("GGUF\3\0\0\0\1\0\0\0") << "Not a safetensors file";
        QTest::newRow("header cut") << fileOf(kGood, {}).first(60) << "The file is incomplete";
        row("no JSON", "{\"t\": ", 0, "no JSON at byte");
        row("a list", "[1, 2]", 0, "holds a list");
        row("a number", "{\"t\": 7}", 0, "holds a number");
        row("no type", one(R"({"shape": [1], "data_offsets": [0, 4]})"), 4,
            "lacks dtype, shape or data_offsets");
        row("unknown type", one(R"({"dtype": "F4", "shape": [1], "data_offsets": [0, 4]})"), 4, "found F4");
        row("negative", one(R"({"dtype": "F32", "shape": [-1], "data_offsets": [0, 4]})"), 4,
            "holds a negative number");
        row("fraction", one(R"({"dtype": "F32", "shape": [1.5], "data_offsets": [0, 4]})"), 4,
            "holds a fraction");
        row("nine dimensions",
            one(R"({"dtype": "F32", "shape": [1,1,1,1,1,1,1,1,1], "data_offsets": [0, 4]})"), 4,
            "more than 8 dimensions");
        row("three offsets", one(R"({"dtype": "F32", "shape": [1], "data_offsets": [0, 4, 8]})"), 4,
            "are not two numbers");
        row("nested lists", one(R"({"dtype": "F32", "shape": [[1]], "data_offsets": [0, 4]})"), 4,
            "holds a list");
        row("too large",
            one(R"({"dtype": "F32", "shape": [4294967296, 4294967296, 4], "data_offsets": [0, 4]})"), 4,
            "does not fit its shape");
        row("wrong size", one(R"({"dtype": "F32", "shape": [2], "data_offsets": [0, 4]})"), 4,
            "(expected 8 bytes, found 4 bytes)");
        row("backwards", one(R"({"dtype": "F32", "shape": [2], "data_offsets": [0, -8]})"), 8,
            "holds a negative number");
        row("end before begin", one(R"({"dtype": "U8", "shape": [0], "data_offsets": [0, 0]})"), 3,
            "behind the last tensor");
        row("data cut", one(R"({"dtype": "F32", "shape": [2], "data_offsets": [0, 8]})"), 7,
            "The file is incomplete");
        row("gap", one(R"({"dtype": "U8", "shape": [4], "data_offsets": [4, 8]})"), 8,
            "overlap or leave a gap");
        row("overlap",
            R"({"a": {"dtype": "U8", "shape": [4], "data_offsets": [0, 4]}, "b": {"dtype": "U8", "shape": [4], "data_offsets": [2, 6]}})",
            6, "overlap or leave a gap");
        row("same name",
            R"({"a": {"dtype": "U8", "shape": [2], "data_offsets": [0, 2]}, "a": {"dtype": "U8", "shape": [2], "data_offsets": [2, 4]}})",
            4, "Two tensors have one name");
        row("deep metadata", R"({"__metadata__": {"a": {"b": 1}}})", 0, "__metadata__ is nested");
        row("deep", QByteArray(200000, '['), 0, "holds a list");
        row("nameless", R"({"": {"dtype": "U8", "shape": [2], "data_offsets": [0, 2]}})", 2,
            "without a name");
    }
    void refuses()
    {
        QFETCH(QByteArray, bytes);
        QFETCH(QString, says);
        const auto file = opened(bytes);
        QVERIFY(!file);
        const QString message = QString::fromStdString(file.error().message);
        QVERIFY2(message.contains(says), qPrintable(message));
        QVERIFY2(message.contains("test.safetensors"), qPrintable(message));
        QVERIFY(!message.contains('\n'));
    }
};

QTEST_GUILESS_MAIN(TestSafetensorsFile)
#include "tst_safetensors_file.moc"
