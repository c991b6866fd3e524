#include "kernels/cpu/self_test.h"

#include "kernels/cpu/activations.h"
#include "kernels/cpu/aligned_buffer.h"
#include "kernels/cpu/isa.h"
#include "kernels/dequantize.h"
#include "kernels/half.h"
#include "kernels/random_weights.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <vector>

namespace kernels {

namespace {

class Tester
{
public:
    Tester(const CpuOps &ops, const SelfTestReport &report, SelfTestResult &result) : m_ops(ops), m_report(report), m_result(result) {}

    void run()
    {
        for (const ElementTypeTraits &traits : elementTypes())
            matmul(traits);
        fp8();
        for (const KvCacheType type : {KvCacheType::F16, KvCacheType::Q8})
            attention(type);
        for (const std::uint32_t count : {1u, 7u, 64u, 100u, 576u})
            rmsNorm(count);
        quantise(QuantForm::Full);
        quantise(QuantForm::Outliers);
        for (const std::uint32_t count : {1u, 3u, 16u, 45u, 256u})
            elementwise(count);
        for (const std::uint32_t count : {1u, 16u, 45u, 80u, 256u})
            toInt8(count);
    }

private:
    float uniform(float low, float high) { return std::uniform_real_distribution<float>(low, high)(m_random); }

    void check(const std::string &name, const std::string &failure)
    {
        ++(failure.empty() ? m_result.passed : m_result.failed);
        m_report(std::string(m_ops.name) + " " + name, failure);
    }
    // The tolerance is a part of the largest expected value, or of `least` where that is more.
    static std::string compare(const std::vector<float> &found, const std::vector<double> &expected, double tolerance, double least = 1e-30)
    {
        double largest = least;
        for (const double value : expected)
            largest = std::max(largest, std::fabs(value));
        for (std::size_t i = 0; i < expected.size(); ++i)
            if (!(std::fabs(found[i] - expected[i]) <= tolerance * largest))
                return "value " + std::to_string(i) + " (expected " + std::to_string(expected[i]) + ", found "
                    + std::to_string(found[i]) + ")";
        return {};
    }

    using Values = WeightLevels;

    // Activations in both forms, and the values that the quantised form stands for.
    struct Inputs
    {
        Activations memory;
        ActivationRows rows;
        std::vector<double> values;
    };
    // 256 * high + low of the planes
    static int quantisedValue(const Inputs &in, std::size_t index)
    {
        const std::int8_t *block = in.rows.quantised.q + index / 32 * 64;
        return 256 * block[index % 32] + block[32 + index % 32];
    }
    // Random: every third block has one value that is far from the others.
    // Ends: the high bytes of a token are all 127 or -127, those of the next 126 with low ones of 127; where only outliers have
    // high bytes, all low ones are 127 or -127.
    bool makeInputs(Inputs &in, std::uint32_t tokens, std::uint32_t columns, bool blocks, Values values = Values::Random,
                    QuantForm form = QuantForm::Full)
    {
        const std::size_t count = std::size_t(tokens) * columns;
        if (!in.memory.allocate(tokens, columns, blocks ? Activations::Form::Both : Activations::Form::Floats))
            return false;
        in.rows = in.memory.rows(columns, form);
        for (std::size_t i = 0; i < count; ++i)
            in.rows.floats[i] = uniform(-2, 2);
        for (std::size_t block = 0; block < count / 32; block += 3)
            in.rows.floats[block * 32 + m_random() % 32] *= uniform(1, 250);
        if (values == Values::Ends)
            for (std::size_t i = 0; i < count; ++i) {
                const std::size_t token = i / columns;
                in.rows.floats[i] = (token / 2 % 2 ? -1.0f : 1.0f) * (token % 2 && i % 32 ? 126 * 256 + 127 : kQuantMaximum);
            }
        in.values.assign(in.rows.floats, in.rows.floats + count);
        if (!blocks)
            return true;
        for (std::uint32_t t = 0; t < tokens; ++t)
            m_ops.quantise(in.rows.row(t), columns, in.rows.quantised, t, 0);
        for (std::size_t i = 0; i < in.values.size(); ++i)
            in.values[i] = quantisedValue(in, i) * double(in.rows.quantised.scales[i / 32]);
        return true;
    }

    void matmul(const ElementTypeTraits &traits)
    {
        const bool blocks = traits.blockLength > 1;
        const bool small = traits.blockLength == 32; // a row may end anywhere in a panel
        for (const std::uint32_t columns : !blocks ? std::vector{1u, 33u, 300u} : small ? std::vector{32u, 1056u, 1280u} : std::vector{256u, 1280u})
            for (const std::uint32_t rows : {1u, 16u, 50u, 97u})
                matmul(traits, rows, columns, Values::Random);
        if (blocks) // where sums in 16 bits would overflow
            matmul(traits, 16, 768, Values::Ends);
    }

    void matmul(const ElementTypeTraits &traits, std::uint32_t rows, std::uint32_t columns, Values values)
    {
        const std::vector<std::byte> weights = randomWeights(traits, std::size_t(rows) * columns, values, m_random);
        const std::size_t rowBytes = weights.size() / rows;
        AlignedBuffer<std::uint8_t> scratch;
        WeightView view;
        view.type = traits.type;
        view.columns = columns;
        view.rows = rows;
        view.bytes = weights.data();
        const bool blocks = traits.blockLength > 1;
        for (const QuantForm form : {QuantForm::Full, QuantForm::Outliers}) {
            Inputs in;
            if (!makeInputs(in, kMostTokens, columns, blocks, values, form)
                || !scratch.allocate(matmulScratchBytes(rowBytes, kMostTokens)))
                return check("matmul", "no memory");
            compareMatmul(view, in, scratch.data(),
                          std::string(form == QuantForm::Outliers ? ", 8 bits" : "") + (values == Values::Ends ? ", ends of the range" : ""));
            if (!blocks)
                break; // of floats there is one form
        }
    }

    // Every byte but NaN, the 16 subnormal ones among them; rows that begin in the middle of a block of scales.
    void fp8()
    {
        for (const std::uint32_t columns : {1u, 33u, 128u, 300u, 1280u})
            for (const std::uint32_t rows : {1u, 16u, 50u, 97u})
                fp8(rows, columns, rows == 50 ? 100 : 0);
        fp8NanStaysInItsRow();
    }

    void fp8(std::uint32_t rows, std::uint32_t columns, std::uint32_t firstRow)
    {
        const std::vector<std::byte> weights =
            randomWeights(traitsOf(ElementType::F8_E4M3), std::size_t(rows) * columns, Values::Random, m_random);
        std::vector<float> scales(std::size_t(fp8Blocks(firstRow + rows)) * fp8Blocks(columns));
        for (float &scale : scales)
            scale = std::ldexp(uniform(0.5f, 1.0f), -static_cast<int>(m_random() % 6));
        Inputs in;
        AlignedBuffer<std::uint8_t> scratch;
        if (!makeInputs(in, kMostTokens, columns, false) || !scratch.allocate(matmulScratchBytes(columns, kMostTokens)))
            return check("matmul", "no memory");
        WeightView view;
        view.type = ElementType::F8_E4M3;
        view.columns = columns;
        view.rows = rows;
        view.bytes = weights.data();
        view.scales = {{scales.data(), firstRow}};
        compareMatmul(view, in, scratch.data(), firstRow ? ", from the middle" : "");
    }

    void fp8NanStaysInItsRow()
    {
        constexpr std::uint32_t rows = 40, columns = 200;
        std::vector<std::byte> weights(rows * columns, std::byte(0x38)); // 1
        weights[3 * columns + 5] = std::byte(0x7f);
        weights[20 * columns + 199] = std::byte(0xff);
        const std::vector<float> scales(2, 1.0f);
        const std::vector<float> x(std::size_t(kMostTokens) * columns, 0.5f);
        AlignedBuffer<std::uint8_t> scratch;
        if (!scratch.allocate(matmulScratchBytes(columns, kMostTokens)))
            return check("matmul", "no memory");
        std::string failure;
        for (const std::uint32_t tokens : {1u, 2u, kMostTokens}) {
            std::vector<float> out(std::size_t(tokens) * rows);
            MatmulTask task;
            task.type = ElementType::F8_E4M3;
            task.weights = weights.data();
            task.rowBytes = columns;
            task.rows = rows;
            task.columns = columns;
            task.tokens = tokens;
            task.floats = x.data();
            task.scales = scales.data();
            task.out = out.data();
            task.outStride = rows;
            task.scratch.bytes = scratch.data();
            m_ops.matmul(task);
            for (std::size_t i = 0; i < out.size(); ++i) {
                const std::size_t row = i % rows;
                if (row == 3 || row == 20 ? !std::isnan(out[i]) : out[i] != columns / 2)
                    failure = "row " + std::to_string(row) + " is " + std::to_string(out[i]);
            }
        }
        check("matmul F8_E4M3 with NaN", failure);
    }

    // More than kDirectTokens of any instruction set, and no multiple of a tile.
    static constexpr std::uint32_t kMostTokens = 45;

    void compareMatmul(const WeightView &view, const Inputs &in, std::uint8_t *scratch, const std::string &remark)
    {
        const std::uint32_t rows = view.rows, columns = view.columns;
        std::vector<double> expected(std::size_t(kMostTokens) * rows);
        std::vector<float> row(columns);
        double largest = 0; // sum of terms without their signs: with outliers among them they may cancel each other out
        for (std::uint32_t r = 0; r < rows; ++r) {
            dequantizeRow(view, 0, r, row.data());
            for (std::uint32_t t = 0; t < kMostTokens; ++t) {
                double terms = 0;
                for (std::uint32_t k = 0; k < columns; ++k) {
                    const double term = double(row[k]) * in.values[std::size_t(t) * columns + k];
                    expected[std::size_t(t) * rows + r] += term;
                    terms += std::fabs(term);
                }
                largest = std::max(largest, terms);
            }
        }
        std::vector<float> first;
        for (const std::uint32_t tokens : {kMostTokens, 1u, 2u, 3u, 4u, 7u, 9u, 10u, 19u, 25u}) {
            std::vector<float> out(std::size_t(tokens) * rows, -1.0f);
            MatmulTask task;
            task.type = view.type;
            task.weights = view.bytes;
            task.rowBytes = view.rowBytes();
            task.rows = rows;
            task.columns = columns;
            task.tokens = tokens;
            task.quantised = &in.rows.quantised;
            task.floats = in.rows.floats;
            task.scales = view.scalesOf(0).values;
            task.scaleRow = view.scalesOf(0).firstRow;
            task.out = out.data();
            task.outStride = rows;
            task.scratch.bytes = scratch;
            m_ops.matmul(task);
            const std::string name = "matmul " + std::string(traitsOf(view.type).name) + " " + std::to_string(rows) + " x "
                + std::to_string(columns) + ", " + std::to_string(tokens) + (tokens == 1 ? " token" : " tokens") + remark;
            std::string failure = compare(out, {expected.begin(), expected.begin() + std::ptrdiff_t(out.size())}, 2e-5, std::max(largest / 32, 1e-30));
            if (first.empty())
                first = out;
            else if (failure.empty() && std::memcmp(first.data(), out.data(), out.size() * sizeof(float)) != 0)
                failure = "not the same bits as with " + std::to_string(kMostTokens) + " tokens";
            check(name, failure);
        }
    }

    // Keys or values of a page as attention reads them, and what they stand for.
    struct KvPage
    {
        std::vector<std::byte> bytes;
        std::vector<double> values; // (64, dim)
    };
    // The first byteDims dimensions are bytes, those behind them halves.
    KvPage makeKvPage(std::uint32_t dim, std::uint32_t byteDims, bool transposed)
    {
        const std::size_t scalesAt = 64 * (2 * std::size_t(dim) - byteDims);
        KvPage page{std::vector<std::byte>(64 * kvRowBytes(dim, dim - byteDims)), {}};
        std::vector<float> row(dim), scales(kvBlocks(byteDims));
        std::vector<std::int8_t> bytes(byteDims);
        for (std::uint32_t key = 0; key < 64; ++key) {
            for (std::uint32_t d = 0; d < dim; ++d) // a scale that is taken for another one has to show
                row[d] = uniform(-1, 1) * static_cast<float>(1 + (key + 3 * (d / kKvBlock)) % 5);
            m_ops.toInt8(row.data(), byteDims, bytes.data(), scales.data());
            for (std::uint32_t d = 0; d < dim; ++d) {
                const auto at = [&](std::uint32_t dims, std::uint32_t i) { return transposed ? i * 64 + key : key * dims + i; };
                if (d < byteDims) {
                    page.bytes[at(byteDims, d)] = static_cast<std::byte>(bytes[d]);
                    page.values.push_back(double(bytes[d]) * double(scales[d / kKvBlock]));
                    continue;
                }
                const std::uint16_t half = floatToHalf(row[d]);
                std::memcpy(&page.bytes[64 * byteDims + 2 * at(dim - byteDims, d - byteDims)], &half, 2);
                page.values.push_back(double(halfToFloat(half)));
            }
            for (std::size_t i = 0; i < scales.size(); ++i)
                std::memcpy(&page.bytes[scalesAt + (64 * i + key) * sizeof(float)], &scales[i], sizeof(float));
        }
        return page;
    }

    void attention(KvCacheType type)
    {
        for (const std::uint32_t headDim : {16u, 64u, 80u, 128u, 192u})
            attention(type, headDim, headDim, false);
        attention(type, 48, 32, true);
        attention(type, 576, 512, true); // DeepSeek-V2 and V3
    }

    // latent: values are the first valueDim dimensions of the keys
    void attention(KvCacheType type, std::uint32_t keyDim, std::uint32_t valueDim, bool latent)
    {
        constexpr std::uint32_t keys = 301, pages = 5;
        const bool bytes = type == KvCacheType::Q8;
        const std::uint32_t byteDims = !bytes ? 0 : latent ? valueDim : keyDim - kvHalfDims(keyDim);
        std::vector<KvPage> keyPages, valuePages;
        const std::byte *keyPointers[pages], *valuePointers[pages];
        for (std::uint32_t p = 0; p < pages; ++p) {
            keyPages.push_back(makeKvPage(keyDim, byteDims, true));
            valuePages.push_back(makeKvPage(valueDim, bytes ? valueDim : 0, false));
            keyPointers[p] = keyPages[p].bytes.data();
            valuePointers[p] = valuePages[p].bytes.data();
        }
        const std::vector<std::uint32_t> positions{0, 63, 64, keys - 1, 255, 256, 300, 299};
        std::vector<float> queries(kAttentionQueries * keyDim);
        for (float &value : queries)
            value = uniform(-3, 3);
        const double scale = 1 / std::sqrt(double(keyDim));
        std::vector<double> expected(kAttentionQueries * valueDim);
        for (std::uint32_t n = 0; n < kAttentionQueries; ++n) {
            std::vector<double> weights(positions[n] + 1);
            double maximum = -1e300, total = 0;
            for (std::uint32_t key = 0; key < weights.size(); ++key) {
                for (std::uint32_t d = 0; d < keyDim; ++d)
                    weights[key] += double(queries[n * keyDim + d]) * keyPages[key / 64].values[key % 64 * keyDim + d];
                weights[key] *= scale;
                maximum = std::max(maximum, weights[key]);
            }
            for (double &weight : weights)
                total += weight = std::exp(weight - maximum);
            for (std::uint32_t key = 0; key < weights.size(); ++key)
                for (std::uint32_t d = 0; d < valueDim; ++d) {
                    const double value = latent ? keyPages[key / 64].values[key % 64 * keyDim + d]
                                                : valuePages[key / 64].values[key % 64 * valueDim + d];
                    expected[n * valueDim + d] += weights[key] / total * value;
                }
        }
        std::vector<float> first;
        for (const std::uint32_t count : {8u, 1u, 2u, 3u, 4u, 5u, 6u, 7u}) {
            std::vector<float> out(count * valueDim), partValues(count * valueDim);
            const float *queryPointers[kAttentionQueries];
            AttentionPart sums[kAttentionQueries], parts[kAttentionQueries];
            for (std::uint32_t n = 0; n < count; ++n) {
                queryPointers[n] = queries.data() + n * keyDim;
                sums[n].values = out.data() + n * valueDim;
                parts[n].values = partValues.data() + n * valueDim;
            }
            AttentionTask task;
            task.queries = queryPointers;
            task.queryCount = count;
            task.keyDim = keyDim;
            task.valueDim = valueDim;
            task.byteDims = byteDims;
            task.scale = static_cast<float>(scale);
            for (std::uint32_t begin = 0; begin < keys; begin += kAttentionChunk) {
                std::uint32_t seen[kAttentionQueries];
                for (std::uint32_t n = 0; n < count; ++n)
                    seen[n] = positions[n] < begin ? 0 : std::min(positions[n] + 1 - begin, kAttentionChunk);
                task.seen = seen;
                task.keyPages = keyPointers + begin / 64;
                task.valuePages = latent ? nullptr : valuePointers + begin / 64;
                task.parts = begin == 0 ? sums : parts;
                m_ops.attention(task);
                for (std::uint32_t n = 0; n < count && begin > 0; ++n)
                    m_ops.mergeAttention(sums[n], parts[n], valueDim);
            }
            for (std::uint32_t n = 0; n < count; ++n)
                m_ops.finishAttention(sums[n], valueDim);
            std::string failure = compare(out, {expected.begin(), expected.begin() + std::ptrdiff_t(out.size())}, 1e-5);
            if (first.empty())
                first = out;
            else if (failure.empty() && std::memcmp(first.data(), out.data(), out.size() * sizeof(float)) != 0)
                failure = "not the same bits as with 8 queries";
            check((latent ? "latent attention, key of " : "attention, head of ") + std::to_string(keyDim)
                      + (bytes ? " in bytes, " : ", ") + std::to_string(count) + " queries", failure);
        }
    }

    void rmsNorm(std::uint32_t count)
    {
        std::vector<float> x(count), weight(count), out(count);
        double squares = 0;
        for (std::uint32_t i = 0; i < count; ++i) {
            x[i] = uniform(-3, 3);
            weight[i] = uniform(0, 2);
            squares += double(x[i]) * double(x[i]);
        }
        std::vector<double> expected(count);
        for (std::uint32_t i = 0; i < count; ++i)
            expected[i] = double(x[i]) / std::sqrt(squares / count + 1e-6) * double(weight[i]);
        m_ops.rmsNorm(x.data(), weight.data(), 1e-6f, count, out.data());
        check("rmsNorm of " + std::to_string(count), compare(out, expected, 2e-6));
    }

    void quantise(QuantForm form)
    {
        const std::string name = form == QuantForm::Full ? "quantise" : "quantise, 8 bits";
        constexpr std::uint32_t columns = 128;
        Inputs in;
        if (!makeInputs(in, 2, columns, true, Values::Random, form))
            return check(name, "no memory");
        for (std::uint32_t i = 0; i < 32; ++i)
            in.rows.floats[i] = 0; // a block of zeros
        in.rows.floats[40] = 1e4f; // and one with a large value
        m_ops.quantise(in.rows.floats, columns, in.rows.quantised, 0, 0);
        std::string failure;
        for (std::uint32_t i = 0; i < columns && failure.empty(); ++i) {
            const float scale = in.rows.quantised.scales[i / 32];
            // half a step; one and a half where the low byte would have been -128
            const int q = quantisedValue(in, i);
            const float steps = q % 256 == 129 || q % 256 == -127 ? 1.51f : 0.51f;
            if (!(std::fabs(in.rows.floats[i] - scale * static_cast<float>(q)) <= steps * scale))
                failure = "value " + std::to_string(i) + " is off by more than its step";
        }
        for (std::uint32_t block = 0; block < columns / 16 && failure.empty(); ++block) {
            int sum = 0;
            for (std::uint32_t i = 0; i < 16; ++i)
                sum += quantisedValue(in, 16 * block + i);
            if (in.rows.quantised.sums16[block] != in.rows.quantised.scales[block / 2] * static_cast<float>(sum) || in.rows.quantised.negated16[block] != -sum)
                failure = "sum of block " + std::to_string(block);
        }
        for (std::uint32_t i = 0; i < columns && failure.empty() && form == QuantForm::Outliers; ++i)
            if (in.rows.quantised.q[i / 32 * 64 + i % 32] != 0 && i % 32 / kOutlierGroup != in.rows.quantised.outliers[i / 32])
                failure = "value " + std::to_string(i) + " has a high byte and no outlier has it";
        for (std::uint32_t block = 0; block < columns / 32 && failure.empty() && form == QuantForm::Outliers; ++block) {
            // what is no outlier has all of its 8 bits, as far as 16 are enough for the outlier
            float rest = 0, maximum = 0;
            for (std::uint32_t i = 32 * block; i < 32 * (block + 1); ++i) {
                float &of = i % 32 / kOutlierGroup == in.rows.quantised.outliers[block] ? maximum : rest;
                of = std::max(of, std::fabs(in.rows.floats[i]));
            }
            const float largest = rest / in.rows.quantised.scales[block];
            if (maximum > 0 && std::fabs(largest - std::min(127.0f, kQuantMaximum * rest / maximum)) > 0.01f)
                failure = "the largest of block " + std::to_string(block) + " but its outlier is " + std::to_string(largest) + " steps";
        }
        check(name, failure);
    }

    void elementwise(std::uint32_t count)
    {
        std::vector<float> gate(count), up(count), x(count);
        std::vector<double> activated(count), sums(count);
        for (std::uint32_t i = 0; i < count; ++i) {
            gate[i] = uniform(-12, 12);
            up[i] = uniform(-1, 1);
            x[i] = uniform(-1, 1);
            activated[i] = double(gate[i]) / (1 + std::exp(-double(gate[i]))) * double(up[i]);
            sums[i] = double(x[i]) + double(up[i]);
        }
        m_ops.siluMultiply(gate.data(), up.data(), count);
        check("siluMultiply of " + std::to_string(count), compare(gate, activated, 2e-6));
        m_ops.addInPlace(x.data(), up.data(), count);
        check("addInPlace of " + std::to_string(count), compare(x, sums, 1e-6));

        std::vector<float> values(count);
        std::vector<std::uint16_t> halves(count);
        for (float &value : values)
            value = std::ldexp(uniform(-1, 1), static_cast<int>(m_random() % 48) - 28);
        values[0] = 1e9f; // clamped
        m_ops.toHalf(values.data(), count, halves.data());
        std::string failure;
        for (std::uint32_t i = 0; i < count && failure.empty(); ++i)
            if (halves[i] != floatToHalf(std::clamp(values[i], -65504.0f, 65504.0f)))
                failure = "value " + std::to_string(i) + " of " + std::to_string(values[i]);
        check("toHalf of " + std::to_string(count), failure);
    }

    void toInt8(std::uint32_t count)
    {
        std::vector<float> values(count), scales(kvBlocks(count) + 1, -1.0f);
        std::vector<std::int8_t> bytes(count + 1, 99);
        for (std::uint32_t i = 0; i < count; ++i) // blocks of ordinary numbers, of huge ones, and of nothing but 0
            values[i] = uniform(-1, 1) * (i / kKvBlock % 3 == 0 ? 3.0f : i / kKvBlock % 3 == 1 ? 1e9f : 0.0f);
        std::string failure;
        if (!m_ops.toInt8(values.data(), count, bytes.data(), scales.data()))
            failure = "finite numbers are not taken for such";
        for (std::uint32_t i = 0; i < count && failure.empty(); ++i) {
            const float scale = scales[i / kKvBlock];
            if (!(std::fabs(values[i] - scale * static_cast<float>(bytes[i])) <= 0.5001f * scale))
                failure = "value " + std::to_string(i) + " is off by more than half its step";
        }
        if (bytes[count] != 99 || scales.back() != -1.0f)
            failure = "written behind the end";
        for (const float wrong : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
            values[count / 2] = wrong;
            if (m_ops.toInt8(values.data(), count, bytes.data(), scales.data()))
                failure = "did not see " + std::to_string(wrong);
            for (const float scale : scales)
                if (!std::isfinite(scale))
                    failure = "the scale is no number";
        }
        check("toInt8 of " + std::to_string(count), failure);
    }

    const CpuOps &m_ops;
    const SelfTestReport &m_report;
    SelfTestResult &m_result;
    std::mt19937 m_random{20261125};
};

} // namespace

SelfTestResult runSelfTest(const std::string &isa, const SelfTestReport &report)
{
    SelfTestResult result;
    std::vector<std::string_view> names = availableIsas();
    if (isa != "auto")
        names = {isa};
    for (const std::string_view name : names) {
        const Result<const CpuOps *> ops = opsForIsa(name);
        if (!ops) {
            ++result.failed;
            report(std::string(name), ops.error().message);
            continue;
        }
        Tester(**ops, report, result).run();
    }
    return result;
}

} // namespace kernels
