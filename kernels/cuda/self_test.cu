#include "kernels/cuda/self_test.h"

#include "kernels/cuda/arena.h"
#include "kernels/cuda/matmul.h"
#include "kernels/cuda/ops.h"
#include "kernels/cuda/weights.h"
#include "kernels/dequantize.h"
#include "kernels/half.h"
#include "kernels/random_weights.h"
#include "kernels/router.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numeric>
#include <random>
#include <vector>

namespace kernels::cuda {

namespace {

constexpr std::uint32_t kMostTokens = 19; // more than a tile, and no multiple of one
constexpr std::uint32_t kPrefill = 70;    // the same for prefill

template <class T> std::vector<T> fromDevice(const T *from, std::size_t count)
{
    std::vector<T> values(count);
    check(cudaMemcpy(values.data(), from, count * sizeof(T), cudaMemcpyDeviceToHost), "copy of results from the GPU");
    return values;
}

// The sum of value(i), as sums over a vocabulary are added: lanes of runs, then what is behind the last whole eight.
template <class Value> double sumOfRuns(std::size_t size, Value value)
{
    double total = 0;
    for (std::size_t begin = 0; begin + kLogitLanes <= size; begin += kLogitRun) {
        const std::size_t end = std::min<std::size_t>(size, begin + kLogitRun) / kLogitLanes * kLogitLanes;
        for (std::size_t lane = 0; lane < kLogitLanes; ++lane) {
            float sum = 0;
            for (std::size_t i = begin + lane; i < end; i += kLogitLanes)
                sum += value(i);
            total += double(sum);
        }
    }
    for (std::size_t i = size / kLogitLanes * kLogitLanes; i < size; ++i)
        total += double(value(i));
    return total;
}

// What a token stream promises, in loops over all logits in order.
std::int32_t plainDraw(std::vector<float> row, const DrawOptions &options, std::vector<std::int32_t> window, double unit)
{
    std::sort(window.begin(), window.end());
    window.erase(std::unique(window.begin(), window.end()), window.end());
    const auto at = [&](std::int32_t token) -> float & { return row[static_cast<std::size_t>(token)]; };
    for (const std::int32_t token : window)
        at(token) = at(token) > 0 ? at(token) / options.repeatPenalty : at(token) * options.repeatPenalty;
    std::vector<std::int32_t> order(row.size());
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(), [&](std::int32_t a, std::int32_t b) { return at(a) > at(b); });
    const float greatest = at(order.front()), inverse = 1.0f / options.temperature;
    if (options.temperature < kLeastTemperature || options.topK == 1)
        return order.front();
    const auto chance = [&](std::int32_t token) { return exponential(at(token) - greatest); };
    const auto weight = [&](std::int32_t token) { return exponential((at(token) - greatest) * inverse); };
    if (options.topK != 0)
        order.resize(std::min<std::size_t>(order.size(), options.topK));
    if (options.topP < 1) {
        double total = 0, sum = 0;
        if (options.topK == 0)
            total = sumOfRuns(row.size(), [&](std::size_t i) { return chance(static_cast<std::int32_t>(i)); });
        else
            for (const std::int32_t token : order)
                total += double(chance(token));
        std::size_t kept = 0;
        do
            sum += double(chance(order[kept++]));
        while (kept < order.size() && sum < total * double(options.topP));
        order.resize(kept);
    } else if (options.topK == 0) {
        std::sort(order.begin(), order.end());
    }
    std::erase_if(order, [&](std::int32_t token) { return options.minP > 0 && chance(token) < options.minP; });
    // with no filter first the block, then the token in it
    const bool all = order.size() == row.size() && options.topK == 0 && !(options.topP < 1) && options.minP <= 0;
    std::vector<float> sums;
    for (std::size_t begin = 0; all && begin < row.size(); begin += kLogitBlock) {
        const std::size_t end = std::min<std::size_t>(row.size(), begin + kLogitBlock), whole = end - (end - begin) % kLogitLanes;
        float lanes[kLogitLanes] = {}, sum = 0;
        for (std::size_t i = begin; i < end; ++i)
            lanes[i < whole ? i % kLogitLanes : 0] += weight(static_cast<std::int32_t>(i));
        for (const float lane : lanes)
            sum += lane;
        sums.push_back(sum);
    }
    double total = 0;
    for (const float sum : sums)
        total += double(sum);
    for (std::size_t i = 0; !all && i < order.size(); ++i)
        total += double(weight(order[i]));
    double left = unit * total;
    std::size_t block = 0;
    while (all && block + 1 < sums.size() && left >= double(sums[block]))
        left -= double(sums[block++]);
    const std::size_t end = all ? std::min<std::size_t>(row.size(), (block + 1) * kLogitBlock) : order.size();
    for (std::size_t i = block * kLogitBlock; i + 1 < end; ++i) {
        left -= double(weight(order[i]));
        if (left < 0)
            return order[i];
    }
    return order[end - 1];
}

class Tester
{
public:
    Tester(const cudaDeviceProp &device, const SelfTestReport &report, SelfTestResult &result)
        : m_sharedLimit(device.sharedMemPerBlockOptin), m_report(report), m_result(result), m_stream(Stream::create())
    {}

    void run()
    {
        std::vector<ElementTypeTraits> types(elementTypes().begin(), elementTypes().end());
        types.push_back(traitsOf(ElementType::F8_E4M3));
        for (const ElementTypeTraits &traits : types) {
            const std::uint32_t block = std::max(traits.blockLength, 1u);
            embedding(traits, block == 1 ? 45 : 3 * block);
            product(traits, block == 1 ? 33 : block, 1, {});
            product(traits, block == 1 ? 300 : block == 32 ? 1056 : 768, 50, {});
            product(traits, block == 1 ? 700 : 1280, 37, {2, 4}); // several warps a row
            if (block > 1)
                product(traits, 256, 16, {}, WeightLevels::Ends);
            experts(traits, block == 1 ? 100 : 256);
            if (block > 1) {
                prefill(traits, block == 32 ? 160 : 512, 37);
                prefill(traits, block, 200);
            }
        }
        for (const std::uint32_t columns : {32u, 64u, 576u, 1280u})
            norm(columns);
        norm(45);
        for (const std::uint32_t splits : {64u, 2u}) {
            attention(16, 4, 4, false, splits);
            attention(80, 6, 2, false, splits);
            attention(128, 7, 1, false, splits);
            attention(192, 2, 2, false, splits);
            attention(576, 16, 1, true, splits); // DeepSeek-V2 and V3
        }
        for (const std::uint32_t count : {8u, 64u, 256u})
            for (const bool grouped : {false, true})
                choice(count, grouped);
        for (const std::uint32_t vocabulary : {1u, 67u, 5001u, 129280u})
            draws(vocabulary);
    }

private:
    float uniform(float low, float high) { return std::uniform_real_distribution<float>(low, high)(m_random); }
    std::vector<float> uniforms(std::size_t count, float low, float high)
    {
        std::vector<float> values(count);
        for (float &value : values)
            value = uniform(low, high);
        return values;
    }

    void check(const std::string &name, const std::string &failure)
    {
        ++(failure.empty() ? m_result.passed : m_result.failed);
        m_report("cuda " + name, failure);
    }
    // The tolerance is a part of the largest expected value, or of `least` where that is more.
    static std::string compare(std::span<const float> found, std::span<const double> expected, double tolerance, double least = 1e-30)
    {
        double largest = least;
        for (const double value : expected)
            largest = std::max(largest, std::fabs(value));
        for (std::size_t i = 0; i < expected.size(); ++i)
            if (!(std::fabs(double(found[i]) - expected[i]) <= tolerance * largest))
                return "value " + std::to_string(i) + " (expected " + std::to_string(expected[i]) + ", found "
                    + std::to_string(found[i]) + ")";
        return {};
    }

    template <class T> T *toDevice(Arena &arena, std::span<const T> values)
    {
        T *to = arena.take<T>(values.size());
        cuda::check(cudaMemcpy(to, values.data(), values.size_bytes(), cudaMemcpyHostToDevice), "copy of numbers to the GPU");
        return to;
    }
    RunState *state(Arena &arena, std::uint32_t tokens, std::uint32_t firstPosition = 0)
    {
        const RunState state{tokens, firstPosition, 0, 0};
        return toDevice(arena, std::span(&state, 1));
    }

    // A stack of matrices on the device, as an upload makes it, and their numbers.
    struct Stack
    {
        std::vector<std::byte> bytes;
        std::shared_ptr<std::vector<float>> scales;
        Plan plan;
        DeviceWeights weights;
        std::vector<float> values; // (matrices, rows, columns)
        const DeviceMatrix &matrix() const { return weights.matrix(0); }
    };
    Stack makeStack(const ElementTypeTraits &traits, std::uint32_t matrices, std::uint32_t rows, std::uint32_t columns,
                    WeightLevels levels = WeightLevels::Random)
    {
        Stack stack;
        stack.bytes = randomWeights(traits, std::size_t(matrices) * rows * columns, levels, m_random);
        WeightView view;
        view.type = traits.type;
        view.rows = rows;
        view.columns = columns;
        view.bytes = stack.bytes.data();
        for (std::uint32_t i = 0; i < matrices; ++i)
            view.stack.push_back(stack.bytes.data() + i * view.rowBytes() * rows);
        if (traits.type == ElementType::F8_E4M3) {
            constexpr std::uint32_t firstRow = 100; // in the middle of a block of scales
            const std::size_t count = std::size_t(fp8Blocks(firstRow + rows)) * fp8Blocks(columns);
            stack.scales = std::make_shared<std::vector<float>>(uniforms(count * matrices, 0.01f, 0.5f));
            for (std::uint32_t i = 0; i < matrices; ++i)
                view.scales.push_back({stack.scales->data() + i * count, firstRow});
            stack.plan.scales.push_back(stack.scales);
        }
        stack.plan.weights.push_back(view);
        stack.weights.upload(stack.plan, m_stream);
        stack.values.resize(std::size_t(matrices) * rows * columns);
        for (std::uint32_t i = 0; i < matrices; ++i)
            for (std::uint32_t row = 0; row < rows; ++row)
                dequantizeRow(view, i, row, stack.values.data() + (std::size_t(i) * rows + row) * columns);
        return stack;
    }

    // Activations in both forms, and the numbers that the quantised form stands for where it is there.
    struct Inputs
    {
        ActivationRows rows;
        std::vector<double> values;
    };
    Inputs makeInputs(Arena &arena, std::uint32_t rows, std::uint32_t columns, WeightLevels levels = WeightLevels::Random)
    {
        Activations memory;
        const bool blocks = columns % kUnit == 0;
        memory.allocate(arena, rows, {true, blocks, columns});
        Inputs in{memory.rows(columns), {}};
        std::vector<float> values = uniforms(std::size_t(rows) * columns, -2, 2);
        for (std::size_t block = 0; block < values.size() / kUnit; block += 3)
            values[block * kUnit + m_random() % kUnit] *= uniform(1, 250);
        if (levels == WeightLevels::Ends)
            for (std::size_t i = 0; i < values.size(); ++i)
                values[i] = (i / columns / 2 % 2 ? -1.0f : 1.0f) * (i / columns % 2 && i % 32 ? 126 * 256 + 127 : 127 * 256);
        in.values.assign(values.begin(), values.end());
        for (std::uint32_t row = 0; row < rows; ++row)
            cuda::check(cudaMemcpy(in.rows.floats + std::size_t(row) * in.rows.floatStride, values.data() + std::size_t(row) * columns,
                             columns * sizeof(float), cudaMemcpyHostToDevice),
                  "copy of numbers to the GPU");
        if (!blocks)
            return in;
        ops::quantise({in.rows, columns, 1, state(arena, rows)}, rows, m_stream);
        m_stream.wait();
        in.values = quantisedValues(in.rows, rows, columns);
        std::string failure;
        for (std::size_t i = 0; i < values.size() && failure.empty(); ++i) {
            // half a step of 1 / 32512 of the largest; one more where the low byte would have been -128
            const std::size_t unit = i / kUnit * kUnit;
            float largest = 0;
            for (std::size_t j = unit; j < unit + kUnit; ++j)
                largest = std::max(largest, std::fabs(values[j]));
            if (std::fabs(double(values[i]) - in.values[i]) > 1.51 * double(largest) / (127 * 256))
                failure = "value " + std::to_string(i) + " is off by more than its step";
        }
        check("quantise " + std::to_string(rows) + " x " + std::to_string(columns), failure);
        return in;
    }
    // The planes and sums of rows, read back; sums that do not fit the planes are NaN in the values.
    std::vector<double> quantisedValues(const ActivationRows &rows, std::uint32_t count, std::uint32_t columns) const
    {
        const std::size_t units = std::size_t(count) * rows.quantised.supers * kUnitsOfSuper;
        const auto planes = fromDevice(reinterpret_cast<const std::int8_t *>(rows.quantised.planes), units * 64);
        const auto about = fromDevice(rows.quantised.units, units);
        std::vector<double> values;
        for (std::uint32_t row = 0; row < count; ++row)
            for (std::uint32_t unit = 0; unit < columns / kUnit; ++unit) {
                const std::size_t super = std::size_t(row) * rows.quantised.supers + unit / kUnitsOfSuper;
                const std::int8_t *pieces = planes.data() + (super * 4 * kUnitsOfSuper + unit % kUnitsOfSuper) * 16;
                const UnitOfActivations &of = about[super * kUnitsOfSuper + unit % kUnitsOfSuper];
                int sums[2] = {};
                for (std::uint32_t i = 0; i < kUnit; ++i) {
                    const std::size_t piece = i / 16 * kUnitsOfSuper * 16, low = 2 * kUnitsOfSuper * 16;
                    const int q = 256 * pieces[piece + i % 16] + pieces[low + piece + i % 16];
                    sums[i / 16] += q;
                    values.push_back(q * double(of.scale));
                }
                if (sums[0] != of.sums[0] || sums[1] != of.sums[1])
                    values.back() = std::nan("");
            }
        return values;
    }

    // Rows of an embedding are what dequantizeRow() says, bit for bit.
    void embedding(const ElementTypeTraits &traits, std::uint32_t columns)
    {
        constexpr std::uint32_t rows = 7;
        const Stack stack = makeStack(traits, 1, rows, columns);
        Arena arena;
        const std::vector<std::int32_t> tokens{6, 0, 3};
        const auto count = static_cast<std::uint32_t>(tokens.size());
        EmbedTask task;
        task.table = stack.matrix();
        task.residual = arena.take<float>(std::size_t(count) * columns);
        task.run = {state(arena, count), toDevice(arena, std::span(tokens)), nullptr, nullptr};
        ops::embed(task, count + 1, m_stream);
        m_stream.wait();
        const std::vector<float> found = fromDevice(task.residual, std::size_t(count) * columns);
        std::string failure;
        for (std::uint32_t t = 0; t < count && failure.empty(); ++t)
            if (std::memcmp(found.data() + std::size_t(t) * columns, stack.values.data() + std::size_t(tokens[t]) * columns,
                            columns * sizeof(float)) != 0)
                failure = "row " + std::to_string(tokens[t]);
        check("embedding " + std::string(traits.name), failure);
    }

    // values(in) . values(row), and the sum of terms without their signs: with outliers they may cancel each other out
    static double dot(const double *x, const float *w, std::uint32_t columns, double &terms)
    {
        double sum = 0, all = 0;
        for (std::uint32_t k = 0; k < columns; ++k) {
            sum += x[k] * double(w[k]);
            all += std::fabs(x[k] * double(w[k]));
        }
        terms = std::max(terms, all);
        return sum;
    }

    void product(const ElementTypeTraits &traits, std::uint32_t columns, std::uint32_t rows, WarpShape shape,
                 WeightLevels levels = WeightLevels::Random)
    {
        const Stack stack = makeStack(traits, 1, rows, columns, levels);
        Arena arena;
        const Inputs in = makeInputs(arena, kMostTokens, columns, levels);
        std::vector<double> floats(in.values);
        if (traits.blockLength == 1) // these read the floats
            for (std::uint32_t t = 0; t < kMostTokens; ++t) {
                const std::vector<float> row = fromDevice(in.rows.floats + std::size_t(t) * in.rows.floatStride, columns);
                std::copy(row.begin(), row.end(), floats.begin() + std::ptrdiff_t(t) * columns);
            }
        std::vector<double> expected;
        double terms = 0;
        for (std::uint32_t t = 0; t < kMostTokens; ++t)
            for (std::uint32_t row = 0; row < rows; ++row)
                expected.push_back(dot(floats.data() + std::size_t(t) * columns, stack.values.data() + std::size_t(row) * columns,
                                       columns, terms));
        std::vector<float> first;
        for (const std::uint32_t tokens : {kMostTokens, 1u, 2u, 3u, 7u, 16u}) {
            ProductTask task;
            task.shape = shape;
            task.segments[task.segmentCount++] = {stack.matrix(), nullptr, arena.take<float>(std::size_t(tokens) * rows), rows, 0};
            task.x.rows = in.rows;
            task.state = state(arena, tokens);
            const std::uint32_t bucket = bucketOf(tokens), tile = tokensOfBucket(bucket);
            const dim3 grid((rows + shape.rows() - 1) / shape.rows(), 1, (tokens + tile - 1) / tile);
            launch(matmulKernels(traits.type).product[bucket], {grid, shape.threads()}, m_stream, task);
            m_stream.wait();
            const std::vector<float> out = fromDevice(task.segments[0].out, std::size_t(tokens) * rows);
            std::string failure = compare(out, std::span(expected).first(out.size()), 2e-5, std::max(terms / 32, 1e-30));
            if (first.empty())
                first = out;
            else if (failure.empty() && std::memcmp(first.data(), out.data(), out.size() * sizeof(float)) != 0)
                failure = "not the same bits as with " + std::to_string(kMostTokens) + " tokens";
            check("product " + std::string(traits.name) + " " + std::to_string(rows) + " x " + std::to_string(columns) + ", "
                      + std::to_string(tokens) + (tokens == 1 ? " token" : " tokens"),
                  failure);
        }
    }

    // Many tokens, on tensor cores: two products of one input, the second is added to what is there.
    void prefill(const ElementTypeTraits &traits, std::uint32_t columns, std::uint32_t rows)
    {
        const Stack stack = makeStack(traits, 1, rows, columns), other = makeStack(traits, 1, kPrefillRows + 9, columns);
        Arena arena;
        const Inputs in = makeInputs(arena, kPrefill, columns);
        const std::uint32_t stride = rows + kPrefillRows + 9;
        const std::vector<float> before = uniforms(std::size_t(kPrefill) * stride, -5, 5), bias = uniforms(rows, -5, 5);
        std::vector<double> expected;
        double terms = 0;
        for (std::uint32_t t = 0; t < kPrefill; ++t)
            for (std::uint32_t row = 0; row < stride; ++row) {
                const float *w = row < rows ? stack.values.data() + std::size_t(row) * columns
                                            : other.values.data() + std::size_t(row - rows) * columns;
                const double sum = dot(in.values.data() + std::size_t(t) * columns, w, columns, terms);
                expected.push_back(double(before[expected.size()]) + sum + (row < rows ? double(bias[row]) : 0));
            }
        ProductTask task;
        float *const out = toDevice(arena, std::span(before));
        task.segments[0] = {stack.matrix(), toDevice(arena, std::span(bias)), out, stride, 0};
        task.segments[1] = {other.matrix(), nullptr, out + rows, stride, (rows + kPrefillRows - 1) / kPrefillRows};
        task.segmentCount = 2;
        task.x.rows = in.rows;
        task.addsToOut = true;
        task.state = state(arena, kPrefill);
        launch(matmulKernels(traits.type).prefillProduct,
               {dim3(task.segments[1].firstBlock + 2, 1, (kPrefill + kPrefillTokens - 1) / kPrefillTokens), kPrefillThreads},
               m_stream, task);
        m_stream.wait();
        check("prefill " + std::string(traits.name) + " " + std::to_string(rows) + " x " + std::to_string(columns),
              compare(fromDevice(out, before.size()), expected, 2e-5, std::max(terms / 32, 1e-30)));
    }

    // silu(gate x) * (up x) of experts, and a product of what they gave: lists of tokens of all lengths.
    void experts(const ElementTypeTraits &traits, std::uint32_t columns)
    {
        constexpr std::uint32_t count = 5, width = 37, tokens = 6;
        const Stack gate = makeStack(traits, count, width, columns), up = makeStack(traits, count, width, columns);
        Arena arena;
        const Inputs in = makeInputs(arena, tokens, columns);
        // expert 1 has no tokens, expert 4 has all
        const std::vector<std::uint32_t> withTokens{0, 2, 3, 4}, begins{0, 2, 2, 3, 6, 12},
            list{1, 5, 0, 2, 3, 4, 0, 1, 2, 3, 4, 5};
        const std::uint32_t active = 4;
        ExpertLists lists{toDevice(arena, std::span(&active, 1)), toDevice(arena, std::span(withTokens)),
                          toDevice(arena, std::span(begins)), toDevice(arena, std::span(list))};
        Activations memory;
        memory.allocate(arena, list.size(), {true, false, width});
        const WarpShape gateShape{kGateRowWarps, 2}, shape{2, 1};
        const GateUpTask task{{gate.matrix(), up.matrix()}, {in.rows}, memory.rows(width), gateShape, true, lists, state(arena, tokens)};
        const std::uint32_t bucket = bucketOf(4);
        launch(matmulKernels(traits.type).gateUp[bucket], {dim3((width + kUnit - 1) / kUnit, count, 2), gateShape.threads()}, m_stream,
               task);
        const ExpertProductTask single{up.matrix(), in.rows, true, arena.take<float>(list.size() * width), shape, lists};
        launch(matmulKernels(traits.type).expertProduct[bucket],
               {dim3((width + shape.rows() - 1) / shape.rows(), count, 2), shape.threads()}, m_stream, single);
        ExpertProductTask prefill = single;
        if (traits.blockLength > 1) {
            prefill.out = arena.take<float>(list.size() * width);
            launch(matmulKernels(traits.type).prefillExpert, {dim3(1, count, 1), kPrefillThreads}, m_stream, prefill);
        }
        m_stream.wait();
        std::vector<double> activated, products;
        double terms = 0;
        for (std::uint32_t expert = 0; expert < count; ++expert)
            for (std::uint32_t i = begins[expert]; i < begins[expert + 1]; ++i)
                for (std::uint32_t row = 0; row < width; ++row) {
                    std::vector<double> x(in.values.begin() + std::ptrdiff_t(list[i]) * columns,
                                          in.values.begin() + std::ptrdiff_t(list[i] + 1) * columns);
                    if (traits.blockLength == 1) {
                        const std::vector<float> floats =
                            fromDevice(in.rows.floats + std::size_t(list[i]) * in.rows.floatStride, columns);
                        x.assign(floats.begin(), floats.end());
                    }
                    const std::size_t at = (std::size_t(expert) * width + row) * columns;
                    const double g = dot(x.data(), gate.values.data() + at, columns, terms);
                    products.push_back(dot(x.data(), up.values.data() + at, columns, terms));
                    activated.push_back(g / (1 + std::exp(-g)) * products.back());
                }
        const ActivationRows rows = memory.rows(width);
        const std::vector<float> all = fromDevice(rows.floats, list.size() * rows.floatStride);
        std::vector<float> found;
        for (std::size_t i = 0; i < list.size(); ++i)
            found.insert(found.end(), all.begin() + std::ptrdiff_t(i * rows.floatStride),
                         all.begin() + std::ptrdiff_t(i * rows.floatStride + width));
        check("gate and up of experts, " + std::string(traits.name), compare(found, activated, 1e-4, terms));
        check("product of experts, " + std::string(traits.name),
              compare(fromDevice(single.out, list.size() * width), products, 2e-5, terms / 32));
        if (traits.blockLength > 1)
            check("prefill of experts, " + std::string(traits.name),
                  compare(fromDevice(prefill.out, list.size() * width), products, 2e-5, terms / 32));
    }

    void norm(std::uint32_t columns)
    {
        constexpr std::uint32_t tokens = 3;
        Arena arena;
        const std::vector<float> x = uniforms(std::size_t(tokens) * columns, -3, 3), weights = uniforms(columns, 0, 2);
        Activations memory;
        memory.allocate(arena, tokens, {true, columns % kUnit == 0, columns});
        NormTask task;
        task.in = toDevice(arena, std::span(x));
        task.inStride = task.columns = columns;
        task.norm = toDevice(arena, std::span(weights));
        task.epsilon = 1e-6f;
        task.out = memory.rows(columns);
        task.state = state(arena, tokens);
        ops::normQuant(task, tokens, m_stream);
        m_stream.wait();
        std::vector<double> expected;
        std::vector<float> found;
        for (std::uint32_t t = 0; t < tokens; ++t) {
            double squares = 0;
            for (std::uint32_t i = 0; i < columns; ++i)
                squares += double(x[t * columns + i]) * double(x[t * columns + i]);
            for (std::uint32_t i = 0; i < columns; ++i)
                expected.push_back(double(x[t * columns + i]) / std::sqrt(squares / columns + 1e-6) * double(weights[i]));
            const std::vector<float> row = fromDevice(task.out.floats + std::size_t(t) * task.out.floatStride, columns);
            found.insert(found.end(), row.begin(), row.end());
        }
        check("normQuant of " + std::to_string(columns), compare(found, expected, 2e-6));
        if (!task.out.isQuantised())
            return;
        const std::vector<double> quantised = quantisedValues(task.out, tokens, columns);
        found.assign(quantised.begin(), quantised.end());
        check("normQuant of " + std::to_string(columns) + ", quantised", compare(found, expected, 5e-5));
    }

    // latent: values are the first 512 dimensions of the keys
    void attention(std::uint32_t keyDim, std::uint32_t heads, std::uint32_t kvHeads, bool latent, std::uint32_t splits)
    {
        constexpr std::uint32_t tokens = 3, firstPosition = 298, keys = firstPosition + tokens;
        const std::uint32_t valueDim = latent ? 512 : keyDim, pages = (keys + kKvPageTokens - 1) / kKvPageTokens;
        KvLayer layer;
        layer.keyDim = keyDim;
        layer.valueDim = latent ? 0 : keyDim;
        layer.headBytes = std::uint64_t(kKvPageTokens) * (layer.keyDim + layer.valueDim) * 2;
        const std::size_t pageHalves = kvHeads * layer.headBytes / 2;
        std::vector<std::uint16_t> cache(pages * pageHalves);
        for (std::uint16_t &half : cache)
            half = floatToHalf(uniform(-1, 1));
        const auto at = [&](std::uint32_t position, std::uint32_t head, bool value) {
            const std::size_t in = value && !latent ? std::size_t(kKvPageTokens) * keyDim : 0;
            return position / kKvPageTokens * pageHalves + head * layer.headBytes / 2 + in + position % kKvPageTokens * keyDim;
        };
        for (std::uint32_t head = 0; head < kvHeads; ++head) // what is behind the last position is never looked at
            for (std::uint32_t dim = 0; dim < keyDim; ++dim)
                cache[at(keys, head, false) + dim] = cache[at(keys, head, true) + dim] = 0x7e00;
        const std::vector<float> queries = uniforms(std::size_t(tokens) * heads * keyDim, -3, 3);
        const double scale = 1 / std::sqrt(double(keyDim));

        std::vector<double> expected;
        for (std::uint32_t t = 0; t < tokens; ++t)
            for (std::uint32_t head = 0; head < heads; ++head) {
                const std::uint32_t kvHead = head / (heads / kvHeads);
                std::vector<double> weights(firstPosition + t + 1), sums(valueDim);
                for (std::uint32_t p = 0; p < weights.size(); ++p)
                    for (std::uint32_t dim = 0; dim < keyDim; ++dim)
                        weights[p] += double(queries[(std::size_t(t) * heads + head) * keyDim + dim]) * scale
                            * double(halfToFloat(cache[at(p, kvHead, false) + dim]));
                const double maximum = *std::max_element(weights.begin(), weights.end());
                double total = 0;
                for (double &weight : weights)
                    total += weight = std::exp(weight - maximum);
                for (std::uint32_t p = 0; p < weights.size(); ++p)
                    for (std::uint32_t dim = 0; dim < valueDim; ++dim)
                        sums[dim] += weights[p] / total * double(halfToFloat(cache[at(p, kvHead, true) + dim]));
                expected.insert(expected.end(), sums.begin(), sums.end());
            }

        Arena arena;
        auto *const memory = reinterpret_cast<std::byte *>(toDevice(arena, std::span<const std::uint16_t>(cache)));
        std::vector<std::byte *> addresses;
        for (std::uint32_t page = 0; page < pages; ++page)
            addresses.push_back(memory + page * pageHalves * 2);
        AttentionTask task;
        task.queries = toDevice(arena, std::span(queries));
        task.heads = heads;
        task.kvHeads = kvHeads;
        task.layer = layer;
        task.valueDim = valueDim;
        task.scale = static_cast<float>(scale);
        task.splits = splits;
        task.partValues = arena.take<float>(std::size_t(tokens) * heads * splits * valueDim);
        task.parts = arena.take<AttentionPart>(std::size_t(tokens) * heads * splits);
        Activations attended;
        attended.allocate(arena, tokens, {true, false, heads * valueDim});
        std::vector<float> first;
        for (const std::uint32_t count : {tokens, 1u}) {
            task.run = {state(arena, count, firstPosition), nullptr,
                        toDevice(arena, std::span<std::byte *const>(addresses)), arena.take<RunFindings>(1)};
            ops::allowSharedMemory(std::min(m_sharedLimit, task.sharedBytes(16)));
            ops::attention(task, count, ops::attentionRows(task, count, m_sharedLimit), m_stream);
            const CombineTask combine{task.partValues, task.parts, heads, splits, valueDim, valueDim, 0,
                                      attended.rows(heads * valueDim), heads * valueDim, task.run.state};
            ops::combineAttention(combine, count, m_stream);
            m_stream.wait();
            const std::vector<float> found = fromDevice(combine.attended.floats, std::size_t(count) * heads * valueDim);
            std::string failure = compare(found, std::span(expected).first(found.size()), 1e-5);
            if (first.empty())
                first = found;
            else if (failure.empty() && std::memcmp(first.data(), found.data(), found.size() * sizeof(float)) != 0)
                failure = "not the same bits as with more tokens";
            check((latent ? "latent attention, key of " : "attention, head of ") + std::to_string(keyDim) + ", "
                      + std::to_string(splits) + " splits, " + std::to_string(count) + (count == 1 ? " token" : " tokens"),
                  failure);
        }
        // and on tensor cores: each head's result a row behind the other
        FlashAttentionTask flash;
        flash.queries = task.queries;
        flash.heads = heads;
        flash.kvHeads = kvHeads;
        flash.layer = layer;
        flash.valueDim = valueDim;
        flash.scale = task.scale;
        flash.tokenStride = heads * valueDim;
        flash.headStride = valueDim;
        flash.run = task.run;
        flash.run.state = state(arena, tokens, firstPosition);
        for (const std::uint32_t rows : {16u, 32u}) {
            if (flash.sharedBytes(rows) > m_sharedLimit)
                continue;
            flash.attended = arena.take<float>(expected.size());
            ops::allowSharedMemory(flash.sharedBytes(rows));
            ops::flashAttention(flash, tokens, rows, m_stream);
            m_stream.wait();
            check("flash attention, head of " + std::to_string(keyDim) + ", " + std::to_string(rows) + " rows",
                  compare(fromDevice(flash.attended, expected.size()), expected, 1e-5));
        }
    }

    // Experts are those that the CPU chooses; tokens are sorted by expert.
    void choice(std::uint32_t experts, bool grouped)
    {
        constexpr std::uint32_t tokens = 21;
        RouterStep step;
        step.experts = experts;
        step.used = 4;
        step.groups = grouped ? 4 : 1;
        step.groupsUsed = grouped ? 2 : 1;
        step.score = grouped ? RouterScore::Sigmoid : RouterScore::Softmax;
        step.groupRank = grouped ? GroupRank::TopTwoSum : GroupRank::Maximum;
        step.normalised = grouped;
        step.scale = 2.5f;
        Arena arena;
        std::vector<float> logits = uniforms(std::size_t(tokens) * experts, -4, 4);
        for (std::uint32_t e = 0; e < experts; ++e)
            logits[e] = 1; // all the same: the lower numbers
        const std::vector<float> bias = uniforms(experts, -0.2f, 0.2f);
        const std::size_t pairs = std::size_t(tokens) * step.used;
        ChooseTask choose;
        choose.logits = toDevice(arena, std::span<const float>(logits));
        choose.bias = grouped ? toDevice(arena, std::span(bias)) : nullptr;
        choose.experts = experts;
        choose.used = step.used;
        choose.groups = step.groups;
        choose.groupsUsed = step.groupsUsed;
        choose.score = step.score;
        choose.groupRank = step.groupRank;
        choose.normalised = step.normalised;
        choose.scale = step.scale;
        choose.chosen = arena.take<std::uint32_t>(pairs);
        choose.weights = arena.take<float>(pairs);
        choose.state = state(arena, tokens);
        ops::chooseExperts(choose, tokens, m_stream);
        SortTask sort;
        sort.chosen = choose.chosen;
        sort.experts = experts;
        sort.used = step.used;
        for (std::uint32_t **list : {&sort.tokens, &sort.places, &sort.pairs})
            *list = arena.take<std::uint32_t>(pairs);
        sort.count = arena.take<std::uint32_t>(1);
        sort.withTokens = arena.take<std::uint32_t>(experts);
        sort.begins = arena.take<std::uint32_t>(experts + 1);
        sort.state = choose.state;
        ops::sortByExpert(sort, m_stream);
        constexpr std::uint32_t hidden = 40;
        const std::vector<float> products = uniforms(pairs * hidden, -1, 1), residual = uniforms(std::size_t(tokens) * hidden, -1, 1);
        AddExpertsTask add{toDevice(arena, std::span(products)), choose.weights, sort.places, sort.pairs, step.used, hidden,
                           toDevice(arena, std::span(residual)), choose.state};
        ops::addExperts(add, tokens, m_stream);
        m_stream.wait();

        const auto chosen = fromDevice(choose.chosen, pairs);
        const auto weights = fromDevice(choose.weights, pairs);
        const auto begins = fromDevice(sort.begins, experts + 1), list = fromDevice(sort.tokens, pairs);
        const std::string name = std::to_string(experts) + (grouped ? " experts in groups" : " experts");
        ExpertChooser chooser(step);
        std::vector<ExpertChoice> expected(pairs);
        std::string failure;
        for (std::uint32_t t = 0; t < tokens; ++t)
            chooser.choose(step, std::span(logits).subspan(std::size_t(t) * experts, experts),
                           grouped ? std::span(bias) : std::span<const float>(), std::span(expected).subspan(t * step.used, step.used));
        for (std::size_t i = 0; i < pairs && failure.empty(); ++i)
            if (chosen[i] != expected[i].expert || std::fabs(weights[i] - expected[i].weight) > 1e-6f * std::fabs(expected[i].weight))
                failure = "choice " + std::to_string(i);
        check("choice of " + name, failure);

        failure.clear();
        std::vector<double> sums(residual.begin(), residual.end());
        std::size_t place = 0;
        for (std::uint32_t e = 0; e < experts && failure.empty(); ++e) {
            if (begins[e] != place)
                failure = "begin of expert " + std::to_string(e);
            for (std::size_t i = 0; i < pairs; ++i) {
                if (chosen[i] != e)
                    continue;
                const std::size_t token = i / step.used;
                if (list[place] != token)
                    failure = "place " + std::to_string(place);
                for (std::uint32_t j = 0; j < hidden; ++j)
                    sums[token * hidden + j] += double(weights[i]) * double(products[place * hidden + j]);
                ++place;
            }
        }
        check("tokens sorted by " + name, failure);
        check("sum over " + name, compare(fromDevice(add.residual, sums.size()), sums, 1e-5));
    }

    // The token of a row, and the step behind it from where the first one has left its state.
    void draws(std::uint32_t vocabulary)
    {
        Arena arena;
        DrawTask task = drawTaskFor(arena, vocabulary);
        float *const rows = arena.take<float>(2 * std::size_t(vocabulary));
        const PinnedBuffer<DrawnToken> ring(kTokenRing);
        task.logits = rows;
        task.penalised = rows + vocabulary;
        task.ring = ring.data();
        task.findings = arena.take<RunFindings>(1);
        task.state = state(arena, 1);
        task.tokens = arena.take<TokenId>(1);
        const auto copyTo = [](void *to, const void *from, std::size_t bytes) {
            cuda::check(cudaMemcpy(to, from, bytes, cudaMemcpyHostToDevice), "copy of numbers to the GPU");
        };
        const std::pair<const char *, DrawOptions> cases[] = {
            {"greedy", {.likeliest = 9}},
            {"top-k and top-p", {.temperature = 0.7f, .topK = 40, .topP = 0.95f, .likeliest = 9}},
            {"top-k, min-p and penalty",
             {.temperature = 1.5f, .topK = 60, .minP = 0.02f, .logMinP = std::log(0.02f), .repeatPenalty = 1.3f, .likeliest = 17}},
            {"top-p", {.temperature = 1, .topP = 0.8f}},
            {"min-p", {.temperature = 2, .minP = 0.1f, .logMinP = std::log(0.1f)}},
            {"nothing", {.temperature = 1, .repeatPenalty = 0.8f, .likeliest = 1}},
        };
        for (const auto &[name, options] : cases) {
            DrawingState drawing;
            drawing.options = options;
            drawing.random = m_random();
            drawing.windowSize = options.repeatPenalty != 1 ? 3 : 0;
            copyTo(task.drawing, &drawing, sizeof drawing);
            std::vector<std::int32_t> window;
            std::string failure;
            for (std::uint32_t step = 0; step < 4 && failure.empty(); ++step) {
                std::vector<float> row(vocabulary);
                for (float &logit : row)
                    logit = -2 * std::log(uniform(1e-6f, 1)) - 3; // a few stand out, as with a model
                for (std::size_t i = 0; step == 2 && i < row.size(); ++i)
                    row[i] = std::round(row[i]); // many are equal
                copyTo(rows, row.data(), row.size() * sizeof(float));
                ops::draw(task, m_stream);
                m_stream.wait();
                const DrawnToken &found = ring.data()[step % kTokenRing];
                const std::int32_t expected = plainDraw(row, options, window, unitOf(mixed(drawing.random += kRandomStep)));
                const float greatest = *std::max_element(row.begin(), row.end());
                if (found.token != expected)
                    failure = "token " + std::to_string(found.token) + " instead of " + std::to_string(expected);
                else if (options.likeliest > 0
                         && (found.likeliest[0].logit != greatest || found.logit != row[std::size_t(found.token)]))
                    failure = "the likeliest token is " + std::to_string(found.likeliest[0].token);
                window.push_back(found.token);
                window.erase(window.begin(), window.end() - std::min<std::ptrdiff_t>(std::ssize(window), drawing.windowSize));
            }
            check(std::string("draw with ") + name + " of " + std::to_string(vocabulary), failure);
        }
    }

    const std::size_t m_sharedLimit;
    const SelfTestReport &m_report;
    SelfTestResult &m_result;
    Stream m_stream;
    std::mt19937 m_random{20261127};
};

} // namespace

Result<SelfTestResult> runSelfTest(int device, const SelfTestReport &report)
{
    SelfTestResult result;
    try {
        check(cudaSetDevice(device), "choice of the GPU");
        cudaDeviceProp properties;
        check(cudaGetDeviceProperties(&properties, device), "properties of the GPU");
        Tester(properties, report, result).run();
    } catch (const Failure &failure) {
        return Error(ErrorCode::Internal, ErrorParts{.what = "The GPU failed in its self-test", .where = failure.what()});
    }
    return result;
}

} // namespace kernels::cuda
