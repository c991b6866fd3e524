// Mutated GGUF files: whatever is in a file, opening it ends in a file or in a sentence.
//
// The mutator knows the format: it changes one to four fields of a good file (header 10 %, metadata 35 %,
// tensor infos 35 %, consistency 10 %, alignment 5 %, data 5 %). The seed is fixed; BALEEN_FUZZ_FILES and
// BALEEN_FUZZ_SEED change number and seed.
#include "inference/gguf/gguf_file.h"
#include "inference/gguf/gguf_info.h"

#include "tests/support/gguf_sample.h"

#include <QElapsedTimer>
#include <QTest>

#include <algorithm>
#include <map>
#include <random>

using namespace inference;
using test::GgufField;

class TestGgufMutants : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyMutantOpensOrSaysWhy();
    void everyByteChangedOpensOrSaysWhy();
    void everyPairOfOverlappingTensorsIsRefused();
};

namespace {

// Small so that many fit into a minute; every field of the format is in it.
struct Original
{
    std::string bytes;
    std::vector<test::GgufFieldPlace> places;
};

Original original(std::uint32_t version)
{
    test::GgufWriter writer(version);
    writer.set("general.architecture", "llama");
    writer.set("general.file_type", 15u);
    writer.setAlignment(32);
    writer.set("llama.block_count", 2u);
    writer.set("llama.rope.freq_base", 10000.0f);
    writer.set("tokenizer.ggml.add_bos_token", true);
    writer.set("big", std::int64_t(-5));
    writer.set("double", 0.5);
    writer.setArray("tokenizer.ggml.tokens", std::vector<std::string>{"<s>", "", "whale", "\xe9\xb2\xb8"});
    writer.setArray("tokenizer.ggml.scores", std::vector<float>{0, 1, 2, 3});
    writer.setArray("tokenizer.ggml.token_type", std::vector<std::int32_t>{3, 1, 1, 1});
    writer.setArray("flags", std::vector<bool>{true, false});
    writer.setArray("head_counts", std::vector<std::uint16_t>{8, 4});
    writer.addTensor("token_embd.weight", kernels::ElementType::Q8_0, {64, 4}, std::string(272, '\x11'));
    writer.addTensor("blk.0.attn_q.weight", kernels::ElementType::Q4_K, {256, 2}, std::string(288, '\x22'));
    writer.addTensor("blk.0.attn_norm.weight", kernels::ElementType::F32, {16}, std::string(64, '\x33'));
    writer.addTensor("blk.1.ffn_up.weight", 16, {256, 1, 2}, std::string(132, '\x44')); // IQ2_XXS
    Original result;
    result.bytes = writer.finish();
    result.places = writer.places();
    return result;
}

class Mutator
{
public:
    explicit Mutator(std::uint64_t seed) : m_random(seed)
    {
        for (const std::uint32_t version : {2u, 3u})
            m_originals.push_back(original(version));
    }

    std::string next()
    {
        const Original &from = m_originals[below(m_originals.size())];
        std::string bytes = from.bytes;
        for (std::size_t i = 1 + (below(4) == 0 ? below(3) : 0); i > 0; --i)
            mutate(bytes, from);
        return bytes;
    }

    std::size_t below(std::size_t limit) { return static_cast<std::size_t>(m_random() % limit); }

private:
    using Fields = std::vector<GgufField>;

    void mutate(std::string &bytes, const Original &from)
    {
        const std::size_t kind = below(100);
        if (kind < 10)
            changeField(
                bytes, from,
                {GgufField::Magic, GgufField::Version, GgufField::TensorCount, GgufField::KeyValueCount});
        else if (kind < 45)
            changeField(bytes, from,
                        {GgufField::StringLength, GgufField::StringBytes, GgufField::ValueType,
                         GgufField::Scalar, GgufField::ElementType, GgufField::ElementCount});
        else if (kind < 80)
            changeField(bytes, from,
                        {GgufField::DimensionCount, GgufField::Dimension, GgufField::TensorType,
                         GgufField::TensorOffset, GgufField::StringLength});
        else if (kind < 90)
            breakConsistency(bytes, from);
        else if (kind < 95)
            changeAlignment(bytes);
        else
            changeField(bytes, from, {GgufField::Data, GgufField::Padding});
    }

    void changeField(std::string &bytes, const Original &from, const Fields &fields)
    {
        std::vector<const test::GgufFieldPlace *> places;
        for (const test::GgufFieldPlace &place : from.places)
            if (std::find(fields.begin(), fields.end(), place.field) != fields.end())
                places.push_back(&place);
        const test::GgufFieldPlace &place = *places[below(places.size())];
        if (place.offset + place.size <= bytes.size())
            overwrite(bytes, place.offset, std::min<std::size_t>(place.size, 8));
    }

    // A number that is likely to be at an edge of something.
    std::uint64_t edge(std::uint64_t old, std::size_t size)
    {
        switch (below(10)) {
        case 0:
            return below(16);
        case 1:
            return old + 1;
        case 2:
            return old - 1;
        case 3:
            return ~0ull >> below(65 - 1);
        case 4:
            return 1ull << below(64);
        case 5:
            return (1ull << below(64)) - 1;
        case 6:
            return old ^ (1ull << below(size * 8));
        case 7:
            return old * (2 + below(1000));
        case 8:
            return below(m_originals.front().bytes.size() * 2);
        default:
            return m_random();
        }
    }

    void overwrite(std::string &bytes, std::size_t offset, std::size_t size)
    {
        std::uint64_t value = 0;
        std::memcpy(&value, bytes.data() + offset, size);
        value = edge(value, size);
        std::memcpy(bytes.data() + offset, &value, size);
    }

    // What no single field shows: bytes that come, go or change places, and a second copy of a field.
    void breakConsistency(std::string &bytes, const Original &from)
    {
        switch (below(5)) {
        case 0:
            bytes.resize(below(bytes.size() + 1));
            break;
        case 1:
            bytes.insert(below(bytes.size() + 1), std::string(1 + below(64), static_cast<char>(m_random())));
            break;
        case 2: {
            const std::size_t at = below(bytes.size() + 1);
            bytes.erase(at, 1 + below(64));
            break;
        }
        case 3:
            bytes += std::string(below(300), '\x55');
            break;
        default: {
            const test::GgufFieldPlace &a = from.places[below(from.places.size())],
                                       &b = from.places[below(from.places.size())];
            const std::size_t size = std::min(a.size, b.size);
            if (std::max(a.offset, b.offset) + size <= bytes.size())
                std::memmove(bytes.data() + a.offset, bytes.data() + b.offset, size);
        }
        }
    }

    void changeAlignment(std::string &bytes)
    {
        const std::size_t key = bytes.find("general.alignment");
        const std::size_t value = key + 17 + 4;
        if (key == std::string::npos || value + 4 > bytes.size())
            return;
        const std::uint32_t alignment = below(2) ? 1u << below(32) : static_cast<std::uint32_t>(edge(32, 4));
        std::memcpy(bytes.data() + value, &alignment, sizeof alignment);
        if (below(3) == 0)
            bytes[value - 4] = static_cast<char>(below(14));
    }

    std::mt19937_64 m_random;
    std::vector<Original> m_originals;
};

// Everything the program reads of a file, so that the sanitizers see each access. The sum keeps the reads
// alive.
std::uint64_t readAll(const GgufFile &file)
{
    std::uint64_t sum = 0;
    const auto keep = [&](std::string_view text) {
        for (const char c : text)
            sum += static_cast<unsigned char>(c);
    };
    for (const auto &[key, value] : file.metadata()) {
        keep(key);
        (void)file.requireU32(key);
        (void)file.requireF32(key);
        (void)file.optionalBool(key);
        if (const auto text = file.optionalString(key); text && *text)
            keep(**text);
        if (const auto *array = std::get_if<GgufArray>(&value)) {
            if (!file.optionalArray(key, array->elementType))
                qFatal("the array has another type than its own");
            for (const std::string_view text : file.strings(*array))
                keep(text);
            for (const std::int32_t number : file.int32s(*array))
                sum += static_cast<std::uint32_t>(number);
            for (const std::uint64_t number : file.integers(*array))
                sum += number;
            sum += file.floats(*array).size();
        }
    }
    for (const GgufTensor &tensor : file.tensors()) {
        keep(tensor.name);
        const std::span<const std::byte> bytes = file.bytes(tensor);
        if (bytes.size() != tensor.byteSize || file.findTensor(tensor.name) != &tensor)
            qFatal("a tensor that was accepted cannot be read");
        if (!bytes.empty())
            sum +=
                std::to_integer<std::uint64_t>(bytes.front()) + std::to_integer<std::uint64_t>(bytes.back());
    }
    const GgufInfo info = describeGguf(file);
    return sum + info.parameterCount + info.unsupportedText().size();
}

struct Outcomes
{
    int opened = 0;
    std::map<ErrorCode, int> errors;
    std::uint64_t sum = 0; // of what was read
};

// Opens a copy that ends where its allocation ends.
void openOrSayWhy(const std::string &bytes, Outcomes &outcomes)
{
    const std::vector<char> exact(bytes.begin(), bytes.end());
    const auto file = GgufFile::openMemory(std::as_bytes(std::span(exact)), "mutant.gguf");
    if (file) {
        outcomes.sum += readAll(**file);
        ++outcomes.opened;
        return;
    }
    const Error &error = file.error();
    ++outcomes.errors[error.code];
    const bool known = error.code == ErrorCode::Damaged || error.code == ErrorCode::Incomplete ||
                       error.code == ErrorCode::Unsupported;
    const bool sentence = error.message.size() > 20 && error.message.size() < 2000 &&
                          error.message.back() == '.' &&
                          error.message.find_first_of(std::string("\n\r\0", 3)) == std::string::npos &&
                          error.message.find("mutant.gguf") != std::string::npos;
    if (!known || !sentence)
        qFatal("code %d: \"%s\"", int(error.code), error.message.c_str());
}

} // namespace

void TestGgufMutants::everyMutantOpensOrSaysWhy()
{
    const int files = std::max(1, qEnvironmentVariable("BALEEN_FUZZ_FILES", "120000").toInt());
    Mutator mutator(qEnvironmentVariable("BALEEN_FUZZ_SEED", "20260101").toULongLong());
    Outcomes outcomes;
    qint64 slowest = 0;
    for (int i = 0; i < files; ++i) {
        const std::string bytes = mutator.next();
        QElapsedTimer timer;
        timer.start();
        openOrSayWhy(bytes, outcomes);
        slowest = std::max(slowest, timer.elapsed());
    }
    const int damaged = outcomes.errors[ErrorCode::Damaged],
              incomplete = outcomes.errors[ErrorCode::Incomplete];
    qInfo("%d files: %d opened, %d damaged, %d incomplete, %d unsupported; slowest %lld ms", files,
          outcomes.opened, damaged, incomplete, outcomes.errors[ErrorCode::Unsupported],
          static_cast<long long>(slowest));
    QVERIFY2(slowest < 1000, qPrintable(QString::number(slowest)));
    QVERIFY(outcomes.sum > 0);
    if (files >= 10'000) { // else the mutator does not reach what it should
        QVERIFY(outcomes.opened > files / 50 && outcomes.opened < files / 2);
        QVERIFY(damaged > files / 10 && incomplete > files / 20);
    }
}

void TestGgufMutants::everyByteChangedOpensOrSaysWhy()
{
    const Original from = original(3);
    const std::size_t dataStart = std::find_if(from.places.begin(), from.places.end(), [](const auto &place) {
                                      return place.field == GgufField::Data;
                                  })->offset;
    Outcomes outcomes;
    for (std::size_t at = 0; at < dataStart; ++at)
        for (const int change : {0x01, 0x10, 0x80, 0xff}) {
            std::string bytes = from.bytes;
            bytes[at] = static_cast<char>(bytes[at] ^ change);
            openOrSayWhy(bytes, outcomes);
        }
    QVERIFY(outcomes.opened > 0 && outcomes.sum > 0 && outcomes.errors.size() == 3);
}

// 10,000 pairs of extents: those that share a byte are refused with both names, all others open.
void TestGgufMutants::everyPairOfOverlappingTensorsIsRefused()
{
    std::mt19937_64 random(20260101);
    int refused = 0;
    for (int i = 0; i < 10'000; ++i) {
        const std::uint64_t sizes[] = {1 + random() % 64, 1 + random() % 64}; // floats
        const std::uint64_t offsets[] = {random() % 32 * 32, random() % 32 * 32};
        test::GgufWriter writer;
        for (int t = 0; t < 2; ++t)
            writer.addTensor(t == 0 ? "tensor.a" : "tensor.b", 0, {sizes[t]}, std::string(1024, 'x'),
                             offsets[t]);
        const std::string bytes = writer.finish();
        const bool overlap = offsets[0] < offsets[1] + sizes[1] * 4 && offsets[1] < offsets[0] + sizes[0] * 4;
        const auto file = GgufFile::openMemory(test::bytesOf(bytes), "pair.gguf");
        if (file.ok() == overlap)
            QFAIL(qPrintable(
                QStringLiteral("%1+%2, %3+%4").arg(offsets[0]).arg(sizes[0]).arg(offsets[1]).arg(sizes[1])));
        if (!overlap)
            continue;
        ++refused;
        const std::string &message = file.error().message;
        QVERIFY2(message.find("tensor.a") != std::string::npos &&
                     message.find("tensor.b") != std::string::npos,
                 message.c_str());
    }
    QVERIFY(refused > 500 && refused < 9'500);
}

QTEST_GUILESS_MAIN(TestGgufMutants)
#include "tst_gguf_mutants.moc"
