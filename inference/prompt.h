// A request as token ids, and what ends its answer.
#pragma once

#include "inference/engine.h"
#include "inference/model_file.h"

#include <string>
#include <vector>

namespace inference {

struct Prompt
{
    std::vector<TokenId> tokens; // at least one
    bool opensReasoning = false;
    std::vector<TokenId> endTokens;       // each ends the answer
    bool endsAtAnySpecialToken = false;   // fill-in-the-middle: the code ends where any other thing begins
    std::vector<std::string> stopStrings; // of the request and of the chat format
    std::string note;                     // RenderedPrompt::note
};

// Fails with InvalidArgument (empty prompt, role unknown to the format, empty stop string) and Unsupported
// (fill-in-the-middle with a model that has no tokens for it). `now` is local time: some templates tell the date.
Result<Prompt> buildPrompt(const ModelFile &model, const GenerationRequest &request, const DateTime &now);

} // namespace inference
