#include "kernels/cuda/weights.h"

#include "kernels/cuda/launch.h"
#include "kernels/cuda/repack.cuh"
#include "kernels/dequantize.h"

#include <algorithm>
#include <cstring>

namespace kernels::cuda {

namespace {

// A pair of pinned buffers and what they are copied to, so that the next piece is read while one is on its way.
constexpr std::size_t kStagingBytes = std::size_t(8) << 20;
constexpr std::uint32_t kRepackThreads = 256;

// Which weights are read as vectors of floats; all others are matrices.
std::vector<bool> vectorsOf(const Plan &plan)
{
    std::vector<bool> isVector(plan.weights.size());
    const auto take = [&](std::initializer_list<WeightId> ids) {
        for (const WeightId id : ids)
            if (id != kNoWeight)
                isVector[id] = true;
    };
    for (const Step &step : plan.steps) {
        if (const auto *norm = std::get_if<NormQuantStep>(&step))
            take({norm->norm});
        else if (const auto *qkv = std::get_if<QkvRopeKvStep>(&step))
            take({qkv->qBias, qkv->kBias, qkv->vBias, qkv->qNorm, qkv->kNorm});
        else if (const auto *mla = std::get_if<MlaQkvStep>(&step))
            take({mla->qNorm, mla->kvNorm});
        else if (const auto *out = std::get_if<OutResidualStep>(&step))
            take({out->bias});
        else if (const auto *router = std::get_if<RouterStep>(&step))
            take({router->bias});
        else if (const auto *head = std::get_if<HeadStep>(&step))
            take({head->norm});
    }
    return isVector;
}

DeviceMatrix shapeOf(const WeightView &view)
{
    return deviceMatrix(view.type, view.rows, view.columns, traitsOf(view.type).blockBytes);
}

// Where everything goes: offsets into one piece of memory.
struct Places
{
    std::vector<std::size_t> weights; // by WeightId
    std::vector<std::size_t> scales;  // of Plan::scales
    std::vector<std::size_t> fp8;     // by WeightId: DeviceFp8Scales of its matrices
    std::size_t bytes = 0;

    Places(const Plan &plan, const std::vector<bool> &isVector)
    {
        const auto place = [&](std::size_t count) {
            const std::size_t at = bytes;
            bytes = alignedTo(bytes + count, kPlaneAlignment);
            return at;
        };
        for (const auto &values : plan.scales)
            scales.push_back(place(values->size() * sizeof(float)));
        for (std::size_t id = 0; id < plan.weights.size(); ++id) {
            const WeightView &view = plan.weights[id];
            weights.push_back(
                place(isVector[id] ? view.columns * sizeof(float) : shapeOf(view).stride * view.matrices()));
            fp8.push_back(place(isVector[id] ? 0 : view.scales.size() * sizeof(DeviceFp8Scales)));
        }
    }
};

// Copies to the device, piece by piece.
class Upload
{
public:
    explicit Upload(cudaStream_t stream) : m_stream(stream)
    {
        for (Half &half : m_halves) {
            half.pinned = PinnedBuffer<std::uint8_t>(kStagingBytes);
            half.device = DeviceBuffer<std::uint8_t>(kStagingBytes);
            half.free = Event::create();
        }
    }

    void bytes(const void *from, std::size_t count, std::uint8_t *to)
    {
        const auto *source = static_cast<const std::uint8_t *>(from);
        for (std::size_t at = 0; at < count; at += kStagingBytes) {
            const std::size_t some = std::min(kStagingBytes, count - at);
            Half &half = next();
            std::memcpy(half.pinned.data(), source + at, some);
            copy(half.pinned.data(), to + at, some);
            half.free.record(m_stream);
        }
    }
    // Rows of floats, each to its place.
    void rows(const WeightView &view, std::size_t index, const DeviceMatrix &matrix, std::uint8_t *to)
    {
        const auto *from = reinterpret_cast<const std::uint8_t *>(view.matrix(index));
        const std::size_t rowBytes = view.rowBytes(), atOnce = kStagingBytes / matrix.rowBytes;
        if (rowBytes == matrix.rowBytes || atOnce == 0)
            return bytes(from, rowBytes * view.rows, to);
        for (std::size_t row = 0; row < view.rows; row += atOnce) {
            const std::size_t some = std::min(atOnce, view.rows - row);
            Half &half = next();
            std::memset(half.pinned.data(), 0, some * matrix.rowBytes);
            for (std::size_t i = 0; i < some; ++i)
                std::memcpy(half.pinned.data() + i * matrix.rowBytes, from + (row + i) * rowBytes, rowBytes);
            copy(half.pinned.data(), to + row * matrix.rowBytes, some * matrix.rowBytes);
            half.free.record(m_stream);
        }
    }
    void blocks(const WeightView &view, std::size_t index, const DeviceMatrix &matrix, std::uint8_t *to)
    {
        const ElementTypeTraits &traits = traitsOf(view.type);
        const auto *from = reinterpret_cast<const std::uint8_t *>(view.matrix(index));
        const std::size_t all = view.rowBytes() * view.rows / traits.blockBytes;
        const std::size_t atOnce = kStagingBytes / traits.blockBytes, unitsOfBlock = traits.blockLength / kUnit;
        for (std::size_t block = 0; block < all; block += atOnce) {
            const std::size_t some = std::min(atOnce, all - block);
            Half &half = next();
            std::memcpy(half.pinned.data(), from + block * traits.blockBytes, some * traits.blockBytes);
            copy(half.pinned.data(), half.device.data(), some * traits.blockBytes);
            RepackTask task;
            task.blocks = half.device.data();
            task.firstUnit = block * unitsOfBlock;
            task.units = static_cast<std::uint32_t>(some * unitsOfBlock);
            task.matrix = matrix;
            task.to = to;
            launch(repackKernel, {(task.units + kRepackThreads - 1) / kRepackThreads, kRepackThreads}, m_stream, task,
                   traits.blockBytes);
            half.free.record(m_stream);
        }
    }

private:
    struct Half
    {
        PinnedBuffer<std::uint8_t> pinned;
        DeviceBuffer<std::uint8_t> device;
        Event free; // of what was copied before
    };
    Half &next()
    {
        Half &half = m_halves[m_turn++ % 2];
        half.free.wait();
        return half;
    }
    void copy(const void *from, void *to, std::size_t count)
    {
        check(cudaMemcpyAsync(to, from, count, cudaMemcpyHostToDevice, m_stream), "copy of the weights to the GPU");
    }

    cudaStream_t m_stream;
    Half m_halves[2];
    std::size_t m_turn = 0;
};

} // namespace

std::size_t DeviceWeights::bytesFor(const Plan &plan)
{
    return Places(plan, vectorsOf(plan)).bytes;
}

void DeviceWeights::upload(const Plan &plan, cudaStream_t stream)
{
    const std::vector<bool> isVector = vectorsOf(plan);
    const Places places(plan, isVector);
    m_memory = DeviceBuffer<std::uint8_t>(places.bytes);
    m_matrices.assign(plan.weights.size(), {});
    m_vectors.assign(plan.weights.size(), nullptr);
    Upload upload(stream);

    const auto scalesOnDevice = [&](const float *values) -> const float * {
        for (std::size_t i = 0; i < plan.scales.size(); ++i) {
            const std::vector<float> &all = *plan.scales[i];
            if (values >= all.data() && values < all.data() + all.size())
                return reinterpret_cast<const float *>(m_memory.data() + places.scales[i]) + (values - all.data());
        }
        return nullptr;
    };
    for (std::size_t i = 0; i < plan.scales.size(); ++i)
        upload.bytes(plan.scales[i]->data(), plan.scales[i]->size() * sizeof(float), m_memory.data() + places.scales[i]);
    for (std::size_t id = 0; id < plan.weights.size(); ++id) {
        const WeightView &view = plan.weights[id];
        std::uint8_t *to = m_memory.data() + places.weights[id];
        if (isVector[id]) {
            std::vector<float> values(view.columns);
            dequantizeRow(view, 0, 0, values.data());
            upload.bytes(values.data(), values.size() * sizeof(float), to);
            m_vectors[id] = reinterpret_cast<const float *>(to);
            continue;
        }
        DeviceMatrix &matrix = m_matrices[id] = shapeOf(view);
        matrix.bytes = to;
        for (std::size_t i = 0; i < view.matrices(); ++i) {
            if (isQuantised(view.type))
                upload.blocks(view, i, matrix, to + i * matrix.stride);
            else
                upload.rows(view, i, matrix, to + i * matrix.stride);
        }
        if (view.scales.empty())
            continue;
        std::vector<DeviceFp8Scales> scales;
        for (const Fp8Scales &of : view.scales)
            scales.push_back({scalesOnDevice(of.values), of.firstRow});
        upload.bytes(scales.data(), scales.size() * sizeof(DeviceFp8Scales), m_memory.data() + places.fp8[id]);
        matrix.fp8 = reinterpret_cast<const DeviceFp8Scales *>(m_memory.data() + places.fp8[id]);
    }
    check(cudaStreamSynchronize(stream), "copy of the weights to the GPU");
}

} // namespace kernels::cuda
