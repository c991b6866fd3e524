// inference/gguf/split_set.h: a model in several files, whole, incomplete and mixed up.
#include "inference/gguf/split_set.h"

#include "inference/gguf/gguf_file.h"
#include "tests/support/gguf_writer.h"
#include "tests/support/temporary_file.h"

#include <QFile>
#include <QTest>

#include <functional>

using namespace inference;
using test::GgufWriter;

class TestSplitSet : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void parsesNames_data();
    void parsesNames();
    void opensAllPartsThroughTheFirst();
    void namesEveryMissingPart();
    void anotherPartNamesTheFirst();
    void refusesMixedParts_data();
    void refusesMixedParts();
    void brokenPartIsNamed();
    void renamedFirstPartSaysWhatNameIsNeeded();
    void splitCountOfOneIsAWholeModel();
};

namespace {

constexpr std::uint16_t kParts = 4;

QString partName(int number, int count = kParts)
{
    return QStringLiteral("model-%1-of-%2.gguf")
        .arg(number, 5, 10, QChar(u'0'))
        .arg(count, 5, 10, QChar(u'0'));
}

// Part `index` of a model with two tensors a part; tensor t<i> holds the byte 'a' + i.
GgufWriter part(int index, const std::string &architecture = "llama")
{
    GgufWriter writer;
    if (index == 0) {
        writer.set("general.architecture", architecture);
        writer.set("general.name", "Split");
    }
    writer.set("split.no", static_cast<std::uint16_t>(index));
    writer.set("split.count", kParts);
    writer.set("split.tensors.count", std::int32_t(2 * kParts));
    for (int i = 2 * index; i < 2 * index + 2; ++i)
        writer.addTensor("t" + std::to_string(i), 0, {8}, std::string(32, static_cast<char>('a' + i)));
    return writer;
}

// A folder with the whole set; change() may replace a part.
class Folder
{
public:
    explicit Folder(const std::function<void(int index, GgufWriter &)> &change = {})
    {
        for (int i = 0; i < kParts; ++i) {
            GgufWriter writer = part(i);
            if (change)
                change(i, writer);
            write(partName(i + 1), writer);
        }
    }
    void write(const QString &name, GgufWriter writer) { writer.write(path(name).toStdString()); }
    QString path(const QString &name) const { return m_folder.path(name); }
    Result<std::unique_ptr<GgufFile>> open(const QString &name = partName(1)) const
    {
        return GgufFile::open(path(name).toStdString());
    }
    QString error(const QString &name = partName(1)) const
    {
        const auto file = open(name);
        return file ? QStringLiteral("no error") : QString::fromStdString(file.error().message);
    }

private:
    test::TemporaryFolder m_folder;
};

} // namespace

void TestSplitSet::parsesNames_data()
{
    QTest::addColumn<QString>("name");
    QTest::addColumn<int>("number");
    QTest::addColumn<int>("count");
    QTest::newRow("first") << "m-00001-of-00004.gguf" << 1 << 4;
    QTest::newRow("dashes in the base") << "a-b-00002-of-00003-00011-of-00012.gguf" << 11 << 12;
    QTest::newRow("no base") << "-00001-of-00004.gguf" << 0 << 0;
    QTest::newRow("four digits") << "m-0001-of-0004.gguf" << 0 << 0;
    QTest::newRow("sign") << "m-+0001-of-00004.gguf" << 0 << 0;
    QTest::newRow("no dash") << "m_00001-of-00004.gguf" << 0 << 0;
    QTest::newRow("other word") << "m-00001-on-00004.gguf" << 0 << 0;
    QTest::newRow("whole model") << "m.gguf" << 0 << 0;
    QTest::newRow("nothing") << "" << 0 << 0;
}

void TestSplitSet::parsesNames()
{
    QFETCH(QString, name);
    QFETCH(int, number);
    QFETCH(int, count);
    const std::optional<SplitName> split = SplitName::parse(name.toStdString());
    QCOMPARE(split.has_value(), count != 0);
    if (split) {
        QCOMPARE(int(split->number), number);
        QCOMPARE(int(split->count), count);
        QCOMPARE(QString::fromStdString(split->fileName(split->number)), name);
    }
}

void TestSplitSet::opensAllPartsThroughTheFirst()
{
    const Folder folder;
    const auto file = folder.open();
    QVERIFY2(file, file ? "" : file.error().message.c_str());
    QCOMPARE((*file)->partCount(), kParts);
    QCOMPARE((*file)->tensors().size(), 2u * kParts);
    QCOMPARE(*(*file)->requireString("general.name"), std::string_view("Split"));
    std::uint64_t bytes = 0;
    for (int i = 1; i <= kParts; ++i)
        bytes += std::uint64_t(QFile(folder.path(partName(i))).size());
    QCOMPARE((*file)->fileBytes(), bytes);
    for (int i = 0; i < 2 * kParts; ++i) {
        const GgufTensor *tensor = (*file)->findTensor("t" + std::to_string(i));
        QVERIFY(tensor);
        QCOMPARE(int(tensor->part), i / 2);
        const std::span<const std::byte> data = (*file)->bytes(*tensor);
        QCOMPARE(data.size(), 32u);
        QVERIFY(std::all_of(data.begin(), data.end(), [&](std::byte b) { return b == std::byte('a' + i); }));
    }
}

void TestSplitSet::namesEveryMissingPart()
{
    for (int present = 0; present < 1 << (kParts - 1); ++present) {
        const Folder folder;
        QStringList missing;
        for (int number = 2; number <= kParts; ++number)
            if (!(present >> (number - 2) & 1)) {
                QVERIFY(QFile::remove(folder.path(partName(number))));
                missing << QString::number(number);
            }
        const auto file = folder.open();
        QCOMPARE(file.ok(), missing.isEmpty());
        if (missing.isEmpty())
            continue;
        QCOMPARE(file.error().code, ErrorCode::Incomplete);
        const QString message = folder.error();
        const QString last = missing.takeLast();
        const QString numbers = missing.isEmpty() ? "Part " + last + " of"
                                                  : "Parts " + missing.join(", ") + " and " + last + " of";
        QVERIFY2(message.startsWith(numbers), qPrintable(message));
        const QString first = partName((missing + QStringList(last)).first().toInt());
        QVERIFY2(message.contains(first), qPrintable(message));
    }
}

void TestSplitSet::anotherPartNamesTheFirst()
{
    const Folder folder;
    for (int number = 2; number <= kParts; ++number) {
        const auto file = folder.open(partName(number));
        QVERIFY(!file);
        QCOMPARE(file.error().code, ErrorCode::Unsupported);
        const QString message = folder.error(partName(number));
        QVERIFY2(message.contains("found part " + QString::number(number) + " of 4"), qPrintable(message));
        QVERIFY2(message.endsWith("Open the first part, " + partName(1) + "."), qPrintable(message));
    }
}

void TestSplitSet::refusesMixedParts_data()
{
    QTest::addColumn<int>("replaced"); // which part is replaced ...
    QTest::addColumn<int>("index");    // ... by this part, changed:
    QTest::addColumn<QString>("change");
    QTest::addColumn<QString>("says");
    QTest::newRow("part twice") << 2 << 1 << ""
                                << "expected part 3 of 4, found part 2 of 4";
    QTest::newRow("first part again") << 1 << 0 << ""
                                      << "expected part 2 of 4, found part 1 of 4";
    QTest::newRow("a whole model") << 3 << 3 << "whole"
                                   << "expected part 4 of 4, found a model that is not split";
    QTest::newRow("another architecture") << 1 << 1 << "architecture"
                                          << "the same general.architecture";
    QTest::newRow("another tensor total") << 2 << 2 << "total"
                                          << "the same split.tensors.count";
    QTest::newRow("a tensor too few") << 2 << 2 << "fewer"
                                      << "expected 8 tensors, found 7";
    QTest::newRow("a tensor of another part") << 2 << 2 << "duplicate"
                                              << "tensor t0 of";
    QTest::newRow("part number as text") << 1 << 1 << "text"
                                         << "wrong type, metadata split.no of";
    QTest::newRow("negative part number") << 1 << 1 << "negative"
                                          << "0 to 4,294,967,295, found -1";
}

void TestSplitSet::refusesMixedParts()
{
    QFETCH(int, replaced);
    QFETCH(int, index);
    QFETCH(QString, change);
    QFETCH(QString, says);
    Folder folder;
    GgufWriter writer;
    if (change != "whole") {
        if (change == "text")
            writer.set("split.no", "1");
        else if (change == "negative")
            writer.set("split.no", -1);
        else
            writer.set("split.no", static_cast<std::uint16_t>(index));
        writer.set("split.count", kParts);
        writer.set("split.tensors.count", std::int32_t(change == "total" ? 9 : 2 * kParts));
    }
    if (change == "architecture")
        writer.set("general.architecture", "qwen2");
    const int first = change == "duplicate" ? 0 : 2 * index;
    for (int i = first; i < first + (change == "fewer" ? 1 : 2); ++i)
        writer.addTensor("t" + std::to_string(i), 0, {8}, std::string(32, 'x'));
    folder.write(partName(replaced + 1), writer);
    const QString message = folder.error();
    QVERIFY2(message.contains(says), qPrintable(message));
    QVERIFY(!message.contains(u'\n'));
}

void TestSplitSet::brokenPartIsNamed()
{
    const Folder folder;
    const QString path = folder.path(partName(3));
    QVERIFY(QFile::resize(path, QFile(path).size() - 40));
    QVERIFY2(folder.error().contains(partName(3)), qPrintable(folder.error()));
    QCOMPARE(folder.open().error().code, ErrorCode::Incomplete);
    QVERIFY(QFile::resize(path, 0));
    QVERIFY2(folder.error().contains(partName(3)), qPrintable(folder.error()));
}

void TestSplitSet::renamedFirstPartSaysWhatNameIsNeeded()
{
    const Folder folder;
    QVERIFY(QFile::rename(folder.path(partName(1)), folder.path("renamed.gguf")));
    QVERIFY2(folder.error("renamed.gguf").contains("NAME-00001-of-00004.gguf"),
             qPrintable(folder.error("renamed.gguf")));
    QVERIFY(QFile::rename(folder.path("renamed.gguf"), folder.path(partName(1, 5))));
    QVERIFY2(folder.error(partName(1, 5)).contains("NAME-00001-of-00004.gguf"),
             qPrintable(folder.error(partName(1, 5))));
    QVERIFY(QFile::remove(folder.path(partName(2))));
    QVERIFY(QFile::rename(folder.path(partName(1, 5)), folder.path(partName(2))));
    QVERIFY2(folder.error(partName(2)).contains("expected part 2, found part 1 of 4"),
             qPrintable(folder.error(partName(2))));
}

void TestSplitSet::splitCountOfOneIsAWholeModel()
{
    Folder folder;
    for (const std::uint16_t count : {0, 1}) {
        GgufWriter writer;
        writer.set("split.count", count);
        writer.set("split.no", std::uint16_t(0));
        folder.write("one.gguf", writer);
        QVERIFY(folder.open("one.gguf"));
    }
    GgufWriter writer;
    writer.set("split.count", std::uint16_t(65535));
    folder.write("many.gguf", writer);
    QVERIFY2(folder.error("many.gguf").contains("at most 512, found 65,535"),
             qPrintable(folder.error("many.gguf")));
}

QTEST_GUILESS_MAIN(TestSplitSet)
#include "tst_split_set.moc"
