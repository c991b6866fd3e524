#include "app/speed_facts.h"

#include "app/settings_keys.h"
#include "inference/token_cost.h"
#include "kernels/cpu/thread_pool.h"

namespace app {

SpeedFacts speedFacts(const InferenceService &service, const Settings &settings, double readBandwidth)
{
    SpeedFacts facts;
    const auto model = service.model();
    if (!model)
        return facts;
    if (const auto cost = inference::tokenCostOf(model->path)) {
        facts.weightBytes = cost->decodeBytes;
        facts.bitsPerWeight = cost->bitsPerWeight;
        facts.layers = cost->layers;
    }
    facts.kvBytesPerToken = double(model->kvBytesPerToken);
    facts.kvBits = settings.get(kKvCacheBits);
    facts.onGpu = model->device.find(" thread") == std::string::npos; // a processor's says how many
    if (const auto &placement = model->placement)
        facts.sharedLayers = placement->layers - placement->cpuLayers;
    facts.readBandwidth = readBandwidth;
    facts.threads = settings.get(kThreads);
    facts.cores = int(kernels::physicalCores());
    if (const auto &last = service.lastStatistics()) {
        facts.decodeTokensPerSecond = last->decodeTokensPerSecond;
        facts.prefillTokensPerSecond = last->prefillTokensPerSecond;
        facts.firstTokenMs = last->firstTokenMs;
        facts.promptTokens = int(last->promptTokens);
        facts.cachedTokens = int(last->cachedTokens);
        facts.generatedTokens = int(last->generatedTokens);
    }
    return facts;
}

} // namespace app
