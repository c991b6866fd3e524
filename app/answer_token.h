// A generated token as it is passed on from the engine: plain values, for any thread.
#pragma once

#include "inference/engine.h"

#include <string>
#include <vector>

namespace app {

// See inference::TokenChance.
struct TokenWeight
{
    inference::TokenId id = 0;
    std::string bytes;
    float probability = 0;
    bool isText = true;
};

struct AnswerToken
{
    TokenWeight drawn;
    std::vector<TokenWeight> others; // the likeliest first
};

} // namespace app
