// Inputs of matrix products: rows of floats, and their quantised form where a quantised matrix reads them.
#pragma once

#include "kernels/cpu/aligned_buffer.h"
#include "kernels/cpu/ops.h"

namespace kernels {

// (tokens, columns), not owned.
struct ActivationRows
{
    float *floats = nullptr; // null where no float matrix reads them
    QuantRows quantised;     // q is null where no quantised matrix reads them
    std::uint32_t columns = 0;

    bool isQuantised() const { return quantised.q != nullptr; }
    float *row(std::size_t token) const { return floats + token * columns; }
    // The same from a later token on.
    ActivationRows from(std::size_t token) const
    {
        ActivationRows later = *this;
        if (floats)
            later.floats += token * columns;
        if (isQuantised()) {
            later.quantised.q += QuantRows::planeOffset(columns, token, 0);
            later.quantised.scales += token * (columns / 32);
            later.quantised.sums16 += token * (columns / 16);
            later.quantised.sums32 += token * (columns / 32);
            later.quantised.negated16 += token * (columns / 16);
            later.quantised.negated32 += token * (columns / 32);
            later.quantised.outliers += token * (columns / 32);
        }
        return later;
    }
};

// The arena of such rows, sized once for the most tokens and columns.
class Activations
{
public:
    enum class Form { Floats, Quantised, Both };

    // False when there is no memory. A quantised form needs columns in multiples of 32 when rows are taken.
    [[nodiscard]] bool allocate(std::size_t tokens, std::uint32_t columns, Form form)
    {
        const std::size_t count = tokens * columns;
        if (form != Form::Quantised && !m_floats.reserve(count))
            return false;
        if (form == Form::Floats)
            return true;
        return m_q.reserve(2 * count) && m_scales.reserve(count / 32 + 1) && m_sums16.reserve(count / 16 + 1)
            && m_sums32.reserve(count / 32 + 1) && m_negated16.reserve(count / 16 + 1)
            && m_negated32.reserve(count / 32 + 1) && m_outliers.reserve(count / 32 + 1);
    }
    // The arena as rows of this many columns.
    ActivationRows rows(std::uint32_t columns, QuantForm form = QuantForm::Full)
    {
        ActivationRows view;
        view.columns = columns;
        view.floats = m_floats.size() ? m_floats.data() : nullptr;
        if (m_q.size() && columns % kQuantBlock == 0)
            view.quantised = {m_q.data(), m_scales.data(), m_sums16.data(), m_sums32.data(), m_negated16.data(), m_negated32.data(),
                              m_outliers.data(), columns, form};
        return view;
    }
    std::size_t bytes() const
    {
        return m_floats.bytes() + m_q.bytes() + m_scales.bytes() + m_sums16.bytes() + m_sums32.bytes()
            + m_negated16.bytes() + m_negated32.bytes() + m_outliers.bytes();
    }

private:
    AlignedBuffer<float> m_floats;
    AlignedBuffer<std::int8_t> m_q;
    AlignedBuffer<float> m_scales, m_sums16, m_sums32;
    AlignedBuffer<std::int32_t> m_negated16, m_negated32;
    AlignedBuffer<std::uint8_t> m_outliers;
};

} // namespace kernels
