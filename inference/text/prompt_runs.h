// A prompt's pieces as the reference sees them: runs of text between special tokens.
#pragma once

#include "inference/text/vocabulary.h"

#include <span>
#include <string_view>

namespace inference {

// Receives a prompt in order.
class PromptRunSink
{
public:
    virtual void onText(std::string_view text) = 0; // never empty; joined over the seams of pieces
    virtual void onToken(TokenId special) = 0;

protected:
    ~PromptRunSink() = default;
};

// Finds the special literals of template pieces (the longest one wins) and hands everything else on as text.
// A literal must lie inside neighbouring template pieces whole: none arises from user text, not even in part.
void splitAtSpecials(const Vocabulary &vocabulary, std::span<const PromptPiece> pieces, PromptRunSink &sink);

} // namespace inference
