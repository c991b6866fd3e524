#include "inference/token_cost.h"

#include "inference/model/architecture.h"
#include "inference/model_file.h"

#include <variant>
#include <vector>

namespace inference {

TokenCost tokenCost(const kernels::Plan &plan)
{
    TokenCost cost;
    kernels::WeightId embedding = kernels::kNoWeight, head = kernels::kNoWeight;
    std::vector<double> readPart(plan.weights.size(), 1); // of the matrices of a stack, by a token
    double expertsRead = 1;
    for (const kernels::Step &step : plan.steps) {
        if (const auto *router = std::get_if<kernels::RouterStep>(&step))
            expertsRead = double(router->used) / router->experts;
        if (const auto *moe = std::get_if<kernels::MoeFfnStep>(&step))
            for (const kernels::WeightId id : {moe->gate, moe->up, moe->down})
                readPart[id] = expertsRead;
        if (const auto *embed = std::get_if<kernels::EmbedStep>(&step))
            embedding = embed->embedding;
        if (const auto *last = std::get_if<kernels::HeadStep>(&step))
            head = last->head;
    }
    double weights = 0;
    for (kernels::WeightId id = 0; id < plan.weights.size(); ++id) {
        const kernels::WeightView &weight = plan.weights[id];
        if (id == embedding && id != head)
            continue; // one row a token
        const double numbers = double(weight.columns) * weight.rows * double(weight.matrices());
        cost.decodeBytes += readPart[id] * double(weight.byteSize());
        weights += readPart[id] * numbers;
        if (id != head) // a prompt needs it once
            cost.prefillOperations += readPart[id] * 2.0 * numbers;
    }
    cost.bitsPerWeight = weights > 0 ? 8 * cost.decodeBytes / weights : 0;
    return cost;
}

Result<TokenCost> tokenCostOf(const std::filesystem::path &model)
{
    const auto gguf = openGguf(model);
    if (!gguf)
        return gguf.error();
    const auto config = ModelConfig::fromGguf(**gguf);
    if (!config)
        return config.error();
    const auto plan = buildPlan(**gguf, *config);
    if (!plan)
        return plan.error();
    TokenCost cost = tokenCost(*plan);
    cost.layers = unsigned(config->shape.layers);
    return cost;
}

} // namespace inference
