// Device memory for activations: taken once, at compile().
#pragma once

#include "kernels/cuda/device_memory.h"
#include "kernels/cuda/tasks.h"

#include <vector>

namespace kernels::cuda {

// Owns what it gives out, zeros to begin with.
class Arena
{
public:
    template <class T> T *take(std::size_t count)
    {
        DeviceBuffer<std::byte> buffer(alignedTo(count * sizeof(T), kPlaneAlignment));
        T *data = reinterpret_cast<T *>(buffer.data());
        m_bytes += buffer.bytes();
        m_buffers.push_back(std::move(buffer));
        return data;
    }
    std::size_t bytes() const { return m_bytes; }

private:
    std::vector<DeviceBuffer<std::byte>> m_buffers;
    std::size_t m_bytes = 0;
};

// A task with memory of its own; rows, ring and what belongs to a run are the caller's.
inline DrawTask drawTaskFor(Arena &arena, std::uint32_t vocabulary)
{
    const DrawRoom room(vocabulary);
    DrawTask task;
    task.vocabulary = vocabulary;
    task.maxima = arena.take<float>(room.blocks);
    task.penalisedMaxima = arena.take<float>(room.blocks);
    task.chances = arena.take<float>(room.lanes());
    task.sums = arena.take<float>(room.sums());
    task.invalid = arena.take<std::uint32_t>(room.runs);
    task.window = arena.take<TokenId>(kMostWindow);
    task.drawing = arena.take<DrawingState>(1);
    return task;
}

// Which forms the readers of some rows want.
struct RowForms
{
    bool floats = false, blocks = false;
    std::uint32_t columns = 0; // of the widest
};

// Memory for rows of activations, sized for the most rows and columns.
class Activations
{
public:
    void allocate(Arena &arena, std::size_t rows, const RowForms &forms)
    {
        if (forms.columns == 0)
            return;
        if (forms.floats)
            m_floats = arena.take<float>(rows * strideOf(forms.columns));
        if (!forms.blocks)
            return;
        const std::size_t units = rows * QuantRows::supersOf(forms.columns) * kUnitsOfSuper;
        m_planes = arena.take<uint4>(units * 4);
        m_units = arena.take<UnitOfActivations>(units);
    }
    // The memory as rows of this many columns.
    ActivationRows rows(std::uint32_t columns) const
    {
        ActivationRows view;
        view.floats = m_floats;
        view.floatStride = static_cast<std::uint32_t>(strideOf(columns));
        if (m_planes && columns % kUnit == 0)
            view.quantised = {m_planes, m_units, QuantRows::supersOf(columns)};
        return view;
    }
    // Floats of rows() from row to row: reads of 16 elements never leave a row.
    static std::size_t strideOf(std::uint32_t columns) { return alignedTo(columns, 16); }

private:
    float *m_floats = nullptr;
    uint4 *m_planes = nullptr;
    UnitOfActivations *m_units = nullptr;
};

} // namespace kernels::cuda
