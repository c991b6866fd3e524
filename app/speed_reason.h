// Why an answer was as fast as it was: chosen from what was measured, with what would help most.
#pragma once

#include <QString>

namespace app {

// Of one answer, its model and this machine. 0: not known.
struct SpeedFacts
{
    double weightBytes = 0;     // of the weights, that a token reads (inference/token_cost.h)
    double bitsPerWeight = 0;
    double kvBytesPerToken = 0; // of the context's memory, for each token in it
    int kvBits = 16;
    double readBandwidth = 0; // bytes a second, of this machine at most
    double decodeTokensPerSecond = 0, prefillTokensPerSecond = 0, firstTokenMs = 0;
    int promptTokens = 0, cachedTokens = 0, generatedTokens = 0;
    int threads = 0, cores = 0; // that may be used; 0: all
    bool onGpu = false;
    unsigned sharedLayers = 0; // on the graphics card, where the processor has a part of the model as well; else 0
    unsigned layers = 0;

    double bytesPerToken() const; // with the context as it stood in the middle of the answer
    double readingMs() const;     // of the prompt
    double writingMs() const;
};

enum class SpeedLimit {
    NothingMeasured, // no answer yet, or one of a few tokens
    NoCeiling,       // the machine was not measured
    Reading,         // the prompt took most of the time
    Memory,
    Guesses, // faster than memory: repeated parts came several tokens at a time
    FewThreads,
    OtherWork // far below what the machine can do
};
enum class SpeedAdvice { None, KeepOnDisk, ShorterPrompt, EightBitContext, SmallerWeights, MoreThreads, CloseOthers };

struct SpeedReason
{
    SpeedLimit limit = SpeedLimit::NothingMeasured;
    double share = 0; // of the memory's speed; 0: not known
    SpeedAdvice advice = SpeedAdvice::None;
    int gainPercent = 0; // about; 0: not known
};

SpeedReason speedReason(const SpeedFacts &facts);
// One sentence each, for people; empty where there is nothing to say.
QString speedSentence(const SpeedReason &reason, const SpeedFacts &facts);
QString adviceSentence(const SpeedReason &reason);

} // namespace app
