// What there is to do where a message and its answer do not fit into the context. Nothing of it happens by itself.
#pragma once

#include "app/chat/context_counter.h"

namespace app {

// Tokens a second of the last answer; 0: not measured.
struct ContextRates
{
    double reading = 0, writing = 0;
};

struct ContextWaysOut
{
    // The oldest turns that a summary can stand for so that all fits; those that were summarised before are among them. 0: there are none.
    int turns = 0;
    qint64 from = 0, to = 0;  // their first and last messages of the user
    int frees = 0;            // tokens, at least
    bool enough = false;      // to fit
    double seconds = 0;       // it takes about that long; 0: not known
    // The next larger context that holds it, where the model was trained for it and the memory is there; 0: none.
    int largerContext = 0;
    quint64 largerBytes = 0; // of KV cache more than now
};

// Tokens that a summary may have, in a context of that many.
constexpr int summaryTokens(int contextLength)
{
    return contextLength < 2048 ? contextLength / 4 : 512;
}

// Turns that are pinned or left out are passed over. `needed`: tokens to free. The last turn stays: what is asked next is about it, mostly.
ContextWaysOut waysOut(const ContextMap &map, int needed, const ContextRates &rates, const std::optional<inference::ModelSummary> &model,
                       quint64 availableBytes);
// All but the last turn, for a user who wants room before there is none.
ContextWaysOut summariseOlder(const ContextMap &map, const ContextRates &rates);

} // namespace app
