// Sums of e^x in plain arithmetic, the same bits on every machine.
#pragma once

#include "kernels/sampling.h"

#include <algorithm>
#include <cstddef>
#include <span>

namespace inference {

using kernels::exponential;

// Of e^(logit - greatest), in one fixed order of additions.
inline double sumOfExponentials(std::span<const float> logits, float greatest)
{
    float lanes[kernels::kLogitLanes] = {};
    double sum = 0;
    std::size_t i = 0;
    while (i + 8 <= logits.size()) {
        const std::size_t end = std::min(logits.size(), i + kernels::kLogitRun); // short runs: float sums stay exact enough
        for (; i + 8 <= end; i += 8) {
            for (std::size_t j = 0; j < 8; ++j)
                lanes[j] += exponential(logits[i + j] - greatest);
        }
        for (float &lane : lanes) {
            sum += double(lane);
            lane = 0;
        }
    }
    for (; i < logits.size(); ++i)
        sum += double(exponential(logits[i] - greatest));
    return sum;
}

} // namespace inference
