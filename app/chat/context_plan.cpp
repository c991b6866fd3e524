#include "app/chat/context_plan.h"

#include <algorithm>
#include <limits>

namespace app {

namespace {

constexpr int kContextStep = 256; // the lengths that a context has

// Adds the oldest turns until `needed` tokens would be free.
void chooseTurns(ContextWaysOut &ways, const ContextMap &map, int needed, const ContextRates &rates)
{
    int tokens = 0; // of the summarised ones, an earlier summary among them
    int last = -1;  // the turn that stays
    for (int i = int(map.parts.size()) - 1; i >= 0 && last < 0; --i)
        if (map.parts[i].kind == ContextPart::Kind::Conversation && !map.parts[i].isSummary && map.parts[i].sight == Sight::Seen)
            last = i;
    for (int i = 0; i < last && ways.frees < needed; ++i) {
        const ContextPart &part = map.parts[i];
        if (part.kind != ContextPart::Kind::Conversation || part.sight == Sight::LeftOut)
            continue;
        if (!part.isSummary) {
            if (ways.from == 0)
                ways.from = part.messageId;
            ways.to = part.messageId;
        }
        if (part.sight == Sight::Summarised)
            continue; // its summary is what takes room
        tokens += part.tokens;
        ways.turns += part.isSummary ? part.turns : 1;
        ways.frees = std::max(0, tokens - std::min(summaryTokens(map.limit), tokens / 3));
    }
    // A summary of a summary frees nothing.
    if (ways.frees <= 0)
        ways.turns = ways.frees = 0;
    ways.enough = ways.turns > 0 && ways.frees >= needed;
    if (rates.reading > 0 && rates.writing > 0)
        ways.seconds = tokens / rates.reading + std::min(summaryTokens(map.limit), tokens / 3) / rates.writing;
}

} // namespace

ContextWaysOut waysOut(const ContextMap &map, int needed, const ContextRates &rates, const std::optional<inference::ModelSummary> &model,
                       quint64 availableBytes)
{
    ContextWaysOut ways;
    chooseTurns(ways, map, std::max(1, needed), rates);
    if (!model || map.limit <= 0)
        return ways;
    const qint64 wanted = qint64(map.limit) + needed;
    qint64 length = map.limit;
    while (length < wanted)
        length *= 2;
    length = std::min<qint64>((length + kContextStep - 1) / kContextStep * kContextStep, model->trainedContextLength);
    const quint64 bytes = quint64(std::max<qint64>(0, length - map.limit)) * model->kvBytesPerToken;
    if (length >= wanted && length > map.limit && bytes <= availableBytes) {
        ways.largerContext = int(length);
        ways.largerBytes = bytes;
    }
    return ways;
}

ContextWaysOut summariseOlder(const ContextMap &map, const ContextRates &rates)
{
    ContextWaysOut ways;
    chooseTurns(ways, map, std::numeric_limits<int>::max(), rates);
    return ways;
}

} // namespace app
