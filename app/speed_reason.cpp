#include "app/speed_reason.h"

#include <QCoreApplication>
#include <QLocale>

namespace app {

namespace {

constexpr int kFewTokens = 8;         // fewer say nothing about speed
constexpr double kAtTheLimit = 0.7;   // of the memory's speed
constexpr double kBeyond = 1.05;      // what measuring may be wrong by
constexpr double kEightBitSaves = 0.41; // of the context's memory: kernels/kv_cache_type.h
constexpr double kFourBits = 4.85;    // a weight of Q4_K_M takes

struct SpeedWords
{
    Q_DECLARE_TR_FUNCTIONS(SpeedReason)
};

int gain(double saved) // of a part of the bytes, in per cent of the speed
{
    return saved > 0 && saved < 1 ? int(100 / (1 - saved) - 100 + 0.5) : 0;
}

SpeedAdvice lessToRead(const SpeedFacts &facts, int &percent)
{
    const double all = facts.bytesPerToken();
    const double context = all > 0 ? 1 - facts.weightBytes / all : 0;
    const int byContext = facts.kvBits == 16 && !facts.onGpu ? gain(kEightBitSaves * context) : 0;
    const int byWeights = facts.bitsPerWeight > 5.5 ? gain((1 - kFourBits / facts.bitsPerWeight) * (1 - context)) : 0;
    percent = std::max(byContext, byWeights);
    if (percent < 3)
        return SpeedAdvice::None;
    return byContext > byWeights ? SpeedAdvice::EightBitContext : SpeedAdvice::SmallerWeights;
}

} // namespace

double SpeedFacts::bytesPerToken() const
{
    return weightBytes > 0 ? weightBytes + kvBytesPerToken * (promptTokens + generatedTokens / 2.0) : 0;
}

double SpeedFacts::readingMs() const
{
    const int read = promptTokens - cachedTokens;
    return prefillTokensPerSecond > 0 && read > 0 ? 1000.0 * read / prefillTokensPerSecond : 0;
}

double SpeedFacts::writingMs() const
{
    return decodeTokensPerSecond > 0 ? 1000.0 * generatedTokens / decodeTokensPerSecond : 0;
}

SpeedReason speedReason(const SpeedFacts &facts)
{
    SpeedReason reason;
    if (facts.decodeTokensPerSecond <= 0 || facts.generatedTokens < kFewTokens)
        return reason;
    // The one ceiling that is measured is that of the processor's memory.
    if (facts.readBandwidth > 0 && !facts.onGpu && facts.sharedLayers == 0)
        reason.share = facts.bytesPerToken() * facts.decodeTokensPerSecond / facts.readBandwidth;
    if (facts.readingMs() > facts.writingMs()) {
        reason.limit = SpeedLimit::Reading;
        reason.advice = facts.cachedTokens == 0 ? SpeedAdvice::KeepOnDisk : SpeedAdvice::ShorterPrompt;
    } else if (reason.share <= 0) {
        reason.limit = SpeedLimit::NoCeiling;
    } else if (reason.share > kBeyond) {
        reason.limit = SpeedLimit::Guesses;
    } else if (reason.share >= kAtTheLimit) {
        reason.limit = SpeedLimit::Memory;
        reason.advice = lessToRead(facts, reason.gainPercent);
    } else if (facts.threads > 0 && facts.cores > 0 && facts.threads < facts.cores) {
        reason.limit = SpeedLimit::FewThreads;
        reason.advice = SpeedAdvice::MoreThreads;
    } else {
        reason.limit = SpeedLimit::OtherWork;
        reason.advice = SpeedAdvice::CloseOthers;
    }
    return reason;
}

QString speedSentence(const SpeedReason &reason, const SpeedFacts &facts)
{
    const int percent = int(100 * reason.share + 0.5);
    switch (reason.limit) {
    case SpeedLimit::NothingMeasured:
        return SpeedWords::tr("Nothing is measured yet: an answer of some words says how fast the model is.");
    case SpeedLimit::NoCeiling:
        if (facts.sharedLayers > 0)
            return SpeedWords::tr("The processor sets the pace: it runs what the graphics card has no room for.");
        return facts.onGpu ? SpeedWords::tr("The whole model is on the graphics card.")
                           : SpeedWords::tr("How fast this machine reads its memory is measured when it has nothing else to do.");
    case SpeedLimit::Reading:
        return SpeedWords::tr("Reading took most of the time: %1 tokens were new.").arg(QLocale(QLocale::English).toString(facts.promptTokens - facts.cachedTokens));
    case SpeedLimit::Memory:
        return SpeedWords::tr("Memory speed is the limit: %1 % of what this machine can read.").arg(std::min(percent, 100));
    case SpeedLimit::Guesses:
        return SpeedWords::tr("Faster than reading the model for each token: what repeats was guessed right.");
    case SpeedLimit::FewThreads:
        return SpeedWords::tr("%1 of %2 cores work: %3 % of what this machine can read.").arg(facts.threads).arg(facts.cores).arg(percent);
    case SpeedLimit::OtherWork:
        return SpeedWords::tr("Something else holds it up: only %1 % of what this machine can read.").arg(percent);
    }
    return {};
}

QString adviceSentence(const SpeedReason &reason)
{
    switch (reason.advice) {
    case SpeedAdvice::None:
        return {};
    case SpeedAdvice::KeepOnDisk:
        return SpeedWords::tr("Keep read conversations on disk: going back to one needs no reading then.");
    case SpeedAdvice::ShorterPrompt:
        return SpeedWords::tr("Shorter attachments leave less to read.");
    case SpeedAdvice::EightBitContext:
        return SpeedWords::tr("8 bits for the context's memory: about +%1 %.").arg(reason.gainPercent);
    case SpeedAdvice::SmallerWeights:
        return SpeedWords::tr("The model in 4 bits: about +%1 %.").arg(reason.gainPercent);
    case SpeedAdvice::MoreThreads:
        return SpeedWords::tr("One thread for each core is faster.");
    case SpeedAdvice::CloseOthers:
        return SpeedWords::tr("Other programs use the processor or the memory: close what is not needed.");
    }
    return {};
}

} // namespace app
