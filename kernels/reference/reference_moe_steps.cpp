// Routed experts in plain float. Formulas: kernels/plan.h and reference/deepseek-models.md section 2.
#include "kernels/dequantize.h"
#include "kernels/reference/reference_backend.h"
#include "kernels/reference/reference_ops.h"

namespace kernels {

using namespace reference;

void ReferenceBackend::perform(const RouterStep &step)
{
    const auto tokens = std::uint32_t(m_input->tokens.size());
    forProduct(weight(step.router), m_normed, tokens, [&](std::uint32_t t, std::uint32_t row, double sum) {
        m_routerLogits[std::size_t(t) * step.experts + row] = float(sum);
    });
    const std::vector<float> bias =
        step.bias == kNoWeight ? std::vector<float>() : vectorOf(step.bias, step.experts);
    ExpertChooser chooser(step);
    m_expertsUsed = step.used;
    for (std::size_t t = 0; t < tokens; ++t)
        chooser.choose(step, std::span(m_routerLogits).subspan(t * step.experts, step.experts), bias,
                       std::span(m_chosen).subspan(t * step.used, step.used));
}

// One expert after the other, each for the tokens that chose it.
void ReferenceBackend::perform(const MoeFfnStep &step)
{
    const std::uint32_t hidden = m_plan.shape.hiddenSize;
    const WeightView &gate = weight(step.gate), &up = weight(step.up), &down = weight(step.down);
    struct Member
    {
        std::size_t token;
        float weight;
    };
    std::vector<Member> members;
    for (std::size_t expert = 0; expert < gate.matrices(); ++expert) {
        members.clear();
        for (std::size_t t = 0; t < m_input->tokens.size(); ++t)
            for (std::size_t i = 0; i < m_expertsUsed; ++i)
                if (const ExpertChoice &choice = m_chosen[t * m_expertsUsed + i]; choice.expert == expert)
                    members.push_back({t, choice.weight});
        if (members.empty())
            continue;

        // silu(gate * normed) * (up * normed)
        forRows(gate.rows, [&](unsigned worker, std::uint32_t row) {
            float *gateRow = m_scratch[worker].row.data(), *upRow = m_scratch[worker].secondRow.data();
            dequantizeRow(gate, expert, row, gateRow);
            dequantizeRow(up, expert, row, upRow);
            for (std::size_t i = 0; i < members.size(); ++i) {
                const float *x = m_normed.data() + members[i].token * hidden;
                m_expertActivated[i * gate.rows + row] =
                    float(silu(dot(gateRow, x, hidden)) * dot(upRow, x, hidden));
            }
        });
        // residual += weight * down * activated
        forRows(hidden, [&](unsigned worker, std::uint32_t row) {
            float *downRow = m_scratch[worker].row.data();
            dequantizeRow(down, expert, row, downRow);
            for (std::size_t i = 0; i < members.size(); ++i) {
                float &residual = m_residual[members[i].token * hidden + row];
                const double sum = dot(downRow, m_expertActivated.data() + i * down.columns, down.columns);
                residual = float(double(residual) + double(members[i].weight) * sum);
            }
        });
    }
}

} // namespace kernels
