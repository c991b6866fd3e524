// What is known of the answer that the loaded model gave last: from its statistics, its file, the settings and the machine.
#pragma once

#include "app/inference_service.h"
#include "app/settings.h"
#include "app/speed_reason.h"

namespace app {

// readBandwidth: MachineLimits'. Opens the model's file as far as its tensors, some milliseconds. Empty without a model.
SpeedFacts speedFacts(const InferenceService &service, const Settings &settings, double readBandwidth);

} // namespace app
