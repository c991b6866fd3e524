// The tiny DeepSeek models (tests/support/tiny_deepseek.h) are byte for byte those that the oracle computed,
// and the goldens beside them fit.
#include "tests/support/tiny_deepseek.h"

#include <QCryptographicHash>
#include <QFile>
#include <QSet>
#include <QTest>

namespace {

QByteArray hash(const std::string &file)
{
    return QCryptographicHash::hash(QByteArray::fromStdString(file), QCryptographicHash::Sha256).toHex();
}

} // namespace

class TestTinyDeepseek : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyVariantIsThere()
    {
        const std::vector<std::string> names = test::TinyDeepseek::names();
        const QSet<std::string> found(names.begin(), names.end());
        for (const char *name : {"llama_grouped", "llama_linear", "llama_llama3", "qwen2_tied", "qwen3_yarn",
                                 "qwen3_attn_factor", "deepseek", "deepseek_merged", "deepseek_separate",
                                 "deepseek2_lite", "deepseek2_v2", "deepseek2_v3", "deepseek2_v3_kv_b",
                                 "deepseek2_v3_all", "deepseek2_ragged", "deepseek2_plain_yarn"})
            QVERIFY2(found.contains(name), name);
    }

    void bytesAreThoseThatPythonWrote_data()
    {
        QTest::addColumn<QString>("name");
        for (const std::string &name : test::TinyDeepseek::names())
            QTest::addRow("%s", name.c_str()) << QString::fromStdString(name);
    }
    void bytesAreThoseThatPythonWrote()
    {
        QFETCH(QString, name);
        const test::TinyDeepseek model(name.toStdString());
        QCOMPARE(hash(model.toGguf()), QByteArray::fromStdString(model.sha256()));

        QFile golden(QString::fromStdString(model.goldenPath()));
        QVERIFY(golden.open(QIODevice::ReadOnly));
        const auto expected = nlohmann::json::parse(golden.readAll().toStdString());
        QCOMPARE(expected["tokens"].size(), std::size_t(256));
        QCOMPARE(expected["logits"].size(), expected["positions"].size());
        QCOMPARE(expected["fullLogits"].size(), expected["fullPositions"].size());
        for (const auto &row : expected["fullLogits"])
            QCOMPARE(row.size(), expected["vocabularySize"].get<std::size_t>());
    }

    void aChangeShows()
    {
        const test::TinyDeepseek model("deepseek2_v3");
        test::TinyDeepseek key = model, noKey = model, noTensor = model;
        key.set("deepseek2.expert_used_count", 3);
        noKey.remove("deepseek2.expert_group_count");
        noTensor.remove("blk.2.exp_probs_b.bias");
        QSet<QByteArray> hashes{hash(model.toGguf())};
        for (const test::TinyDeepseek &changed : {key, noKey, noTensor})
            hashes.insert(hash(changed.toGguf()));
        QCOMPARE(hashes.size(), 4);
        QVERIFY(noTensor.toGguf().size() < model.toGguf().size());
    }
};

QTEST_GUILESS_MAIN(TestTinyDeepseek)
#include "tst_tiny_deepseek.moc"
