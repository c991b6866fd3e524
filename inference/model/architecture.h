// From a checked file to a plan: one file per architecture emits the steps.
#pragma once

#include "inference/model/model_config.h"
#include "kernels/plan.h"

namespace inference {

// Binds every tensor that the architecture needs (name, type and shape checked; all problems in one message) and
// emits the steps. Vectors (norms and biases) are floats. The plan points into the file's mapping. Fails with
// Damaged or Unsupported; a tensor that the architecture does not know is a problem too: the file is of a variant whose
// answers would be wrong.
Result<kernels::Plan> buildPlan(const GgufFile &file, const ModelConfig &config);

} // namespace inference
