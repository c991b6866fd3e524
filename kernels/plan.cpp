#include "kernels/plan.h"

#include <array>

namespace kernels {

std::string_view stepName(const Step &step)
{
    static constexpr std::array<std::string_view, std::variant_size_v<Step>> names{
        "Embed",       "NormQuant", "QkvRopeKv",    "Attention", "MlaQkv", "MlaAttention",
        "OutResidual", "GateUpAct", "DownResidual", "Router",    "MoeFfn", "Head"};
    return names[step.index()];
}

} // namespace kernels
