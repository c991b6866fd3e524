// inference/gguf/gguf_info.h: totals, groups and what is not supported.
#include "inference/gguf/gguf_info.h"

#include "tests/support/gguf_sample.h"
#include "tests/support/models.h"

#include <QTest>

using namespace inference;
using test::GgufWriter;

class TestGgufInfo : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void totalsOfTypes();
    void groupsTensorsByRole_data();
    void groupsTensorsByRole();
    void quantisationFromFileTypeElseFromTensors_data();
    void quantisationFromFileTypeElseFromTensors();
    void unsupportedTypesNameTheirFirstTensor();
    void emptyFileGivesEmptyFacts();
    void manyUnknownTypesStayShort();
    void realModels();
};

namespace {

GgufInfo infoOf(GgufWriter writer)
{
    const std::string bytes = writer.finish();
    const auto file = GgufFile::openMemory(test::bytesOf(bytes), "sample.gguf");
    if (!file)
        qFatal("%s", file.error().message.c_str());
    return describeGguf(**file);
}

const GgufTypeTotal *find(const std::vector<GgufTypeTotal> &types, const std::string &name)
{
    for (const GgufTypeTotal &type : types)
        if (type.name == name)
            return &type;
    return nullptr;
}

} // namespace

void TestGgufInfo::totalsOfTypes()
{
    GgufWriter writer;
    writer.set("general.architecture", "llama");
    writer.set("general.name", "Tiny");
    writer.addTensor("token_embd.weight", kernels::ElementType::Q8_0, {64, 4}, std::string(272, 'x'));
    writer.addTensor("blk.0.attn_q.weight", kernels::ElementType::Q8_0, {32, 2}, std::string(68, 'x'));
    writer.addTensor("output_norm.weight", kernels::ElementType::F32, {16}, std::string(64, 'x'));
    const GgufInfo info = infoOf(writer);
    QCOMPARE(info.architecture, std::string("llama"));
    QCOMPARE(info.name, std::string("Tiny"));
    QCOMPARE(info.version, 3u);
    QCOMPARE(info.partCount, 1u);
    QCOMPARE(info.tensorCount, 3u);
    QCOMPARE(info.parameterCount, 64u * 4 + 64 + 16);
    QCOMPARE(info.tensorBytes, 272u + 68 + 64);
    QCOMPARE(info.types.size(), 2u);
    QCOMPARE(info.types[0].name, std::string("Q8_0")); // most bytes first
    QCOMPARE(info.types[0].tensorCount, 2u);
    QCOMPARE(info.types[0].weightCount, 320u);
    QCOMPARE(info.types[0].bytes, 340u);
    QCOMPARE(info.types[0].firstTensor, std::string("token_embd.weight"));
    QVERIFY(info.types[0].supported && info.types[0].sizeKnown);
    QVERIFY(info.unsupportedTypes().empty());
    QCOMPARE(info.unsupportedText(), std::string());
    QCOMPARE(info.groups.size(), 3u);
    QCOMPARE(info.groups[1].name, std::string("attention"));
    QCOMPARE(info.groups[1].bytes, 68u);
    QCOMPARE(info.groups[1].types.size(), 1u);
}

void TestGgufInfo::groupsTensorsByRole_data()
{
    QTest::addColumn<QString>("tensor");
    QTest::addColumn<QString>("group");
    const auto row = [](const char *tensor, const char *group) { QTest::newRow(tensor) << tensor << group; };
    row("token_embd.weight", "token embedding");
    row("blk.0.attn_q.weight", "attention");
    row("blk.0.attn_q.bias", "attention");
    row("blk.0.attn_kv_a_mqa.weight", "attention");
    row("blk.12.attn_output.weight", "attention");
    row("blk.0.attn_norm.weight", "normalisation");
    row("blk.0.attn_kv_a_norm.weight", "normalisation");
    row("blk.0.attn_k_norm.weight", "normalisation");
    row("blk.0.ffn_norm.weight", "normalisation");
    row("output_norm.weight", "normalisation");
    row("blk.0.ffn_up.weight", "feed-forward");
    row("blk.3.ffn_gate_inp.weight", "router");
    row("blk.3.exp_probs_b.bias", "router");
    row("blk.3.ffn_down_exps.weight", "routed experts");
    row("blk.3.ffn_gate_shexp.weight", "shared experts");
    row("output.weight", "output");
    row("rope_freqs.weight", "RoPE factors");
    row("something.else", "other");
    row("blk.0.new_thing.weight", "other");
}

void TestGgufInfo::groupsTensorsByRole()
{
    QFETCH(QString, tensor);
    QFETCH(QString, group);
    GgufWriter writer;
    writer.addTensor(tensor.toStdString(), kernels::ElementType::F32, {4}, std::string(16, 'x'));
    const GgufInfo info = infoOf(writer);
    QCOMPARE(info.groups.size(), 1u);
    QCOMPARE(QString::fromStdString(info.groups[0].name), group);
}

void TestGgufInfo::quantisationFromFileTypeElseFromTensors_data()
{
    QTest::addColumn<int>("fileType"); // -1: no key
    QTest::addColumn<QString>("quantisation");
    QTest::newRow("F32") << 0 << "F32";
    QTest::newRow("Q4_K_M") << 15 << "Q4_K_M";
    QTest::newRow("MXFP4") << 38 << "MXFP4";
    QTest::newRow("guessed") << 1024 + 15 << "Q4_K_M";
    QTest::newRow("withdrawn number") << 5 << "Q8_0";
    QTest::newRow("unknown number") << 999 << "Q8_0";
    QTest::newRow("no key") << -1 << "Q8_0";
}

void TestGgufInfo::quantisationFromFileTypeElseFromTensors()
{
    QFETCH(int, fileType);
    QFETCH(QString, quantisation);
    GgufWriter writer;
    if (fileType >= 0)
        writer.set("general.file_type", static_cast<std::uint32_t>(fileType));
    writer.addTensor("a", kernels::ElementType::F32, {16}, std::string(64, 'x'));
    writer.addTensor("b", kernels::ElementType::Q8_0, {64, 4}, std::string(272, 'x'));
    QCOMPARE(QString::fromStdString(infoOf(writer).quantisation), quantisation);
}

void TestGgufInfo::unsupportedTypesNameTheirFirstTensor()
{
    GgufWriter writer;
    writer.addTensor("blk.0.ffn_up.weight", 16, {256, 2}, std::string(132, 'x'));
    writer.addTensor("blk.1.ffn_up.weight", 16, {256, 2}, std::string(132, 'x'));
    writer.addTensor("blk.2.ffn_up.weight", 97, {256}, std::string(32, 'x'));
    writer.addTensor("blk.2.ffn_norm.weight", 0, {8}, std::string(32, 'x'));
    const GgufInfo info = infoOf(writer);
    QCOMPARE(info.unsupportedTypes().size(), 2u);
    QCOMPARE(QString::fromStdString(info.unsupportedText()),
             QStringLiteral("These types of weights are not supported: IQ2_XXS (2 tensors, first "
                            "blk.0.ffn_up.weight); type 97 (1 tensor, blk.2.ffn_up.weight)."));
    const GgufTypeTotal *unknown = find(info.types, "type 97");
    QVERIFY(unknown && !unknown->supported && !unknown->sizeKnown);
    QCOMPARE(unknown->bytes, 0u);
    QCOMPARE(find(info.types, "IQ2_XXS")->bytes, 264u);
}

void TestGgufInfo::emptyFileGivesEmptyFacts()
{
    GgufWriter writer;
    writer.set("general.architecture", 7u); // no string
    const GgufInfo info = infoOf(writer);
    QVERIFY(info.architecture.empty() && info.name.empty() && info.quantisation.empty());
    QVERIFY(info.types.empty() && info.groups.empty());
    QCOMPARE(info.parameterCount, 0u);
}

void TestGgufInfo::manyUnknownTypesStayShort()
{
    GgufWriter writer;
    for (std::uint32_t i = 0; i < 2000; ++i)
        writer.addTensor("t" + std::to_string(i), 1000 + i, {1}, "x");
    const GgufInfo info = infoOf(writer);
    QCOMPARE(info.unsupportedTypes().size(), 2000u);
    QVERIFY(info.unsupportedText().ends_with("; and 1,992 more."));
    QVERIFY(info.unsupportedText().size() < 500);
}

void TestGgufInfo::realModels()
{
    const auto small = GgufFile::open(test::smallModel().toStdString());
    QVERIFY(small);
    const GgufInfo info = describeGguf(**small);
    QCOMPARE(info.architecture, std::string("llama"));
    QCOMPARE(info.quantisation, std::string("Q4_1"));
    QCOMPARE(info.parameterCount, 134'515'008u);
    QCOMPARE(info.tensorCount, 272u);
    QVERIFY(info.tensorBytes < info.fileBytes);
    QVERIFY(info.unsupportedText().empty());
    const auto starter = GgufFile::open(test::starterModel().toStdString());
    QVERIFY(starter);
    const GgufInfo other = describeGguf(**starter);
    QCOMPARE(other.quantisation, std::string("Q4_K_M"));
    QCOMPARE(other.tensorCount, 339u);
    QCOMPARE(other.types.front().name, std::string("Q4_K"));
    std::uint64_t bytes = 0;
    for (const GgufGroupTotal &group : other.groups)
        bytes += group.bytes;
    QCOMPARE(bytes, other.tensorBytes);
}

QTEST_GUILESS_MAIN(TestGgufInfo)
#include "tst_gguf_info.moc"
