#include "inference/text/prompt_runs.h"

#include <string>
#include <vector>

namespace inference {

namespace {

// Text of one origin; neighbouring pieces of the same origin are one stretch.
struct Stretch
{
    PromptPiece::Origin origin;
    std::size_t end; // in the joined text
};

// The literal that begins at `at`, or -1. Plain ones may cross seams: they are text.
TokenId literalAt(const Vocabulary &vocabulary, std::string_view text, std::size_t at, const Stretch &stretch)
{
    TokenId found = -1;
    if (stretch.origin == PromptPiece::Origin::Template && vocabulary.mayStartLiteral(text[at]))
        found = vocabulary.matchLiteral(text.substr(at, stretch.end - at));
    if (vocabulary.hasPlain() && vocabulary.mayStartPlain(text[at])) {
        const TokenId plain = vocabulary.matchPlain(text.substr(at));
        if (plain >= 0 && (found < 0 || vocabulary.bytes(plain).size() > vocabulary.bytes(found).size()))
            found = plain;
    }
    return found;
}

} // namespace

void splitAtSpecials(const Vocabulary &vocabulary, std::span<const PromptPiece> pieces, PromptRunSink &sink)
{
    std::string joined;
    std::string_view text;
    if (pieces.size() == 1) {
        text = pieces[0].text;
    } else {
        std::size_t total = 0;
        for (const PromptPiece &piece : pieces)
            total += piece.text.size();
        joined.reserve(total);
        for (const PromptPiece &piece : pieces)
            joined += piece.text;
        text = joined;
    }
    std::vector<Stretch> stretches;
    std::size_t end = 0;
    for (const PromptPiece &piece : pieces) {
        end += piece.text.size();
        if (piece.text.empty())
            continue;
        if (!stretches.empty() && stretches.back().origin == piece.origin)
            stretches.back().end = end;
        else
            stretches.push_back({piece.origin, end});
    }
    std::size_t from = 0, at = 0; // of the text not handed on yet; of the search
    for (const Stretch &stretch : stretches) {
        if (stretch.origin == PromptPiece::Origin::User && !vocabulary.hasPlain()) {
            at = stretch.end;
            continue;
        }
        while (at < stretch.end) {
            const TokenId token = literalAt(vocabulary, text, at, stretch);
            if (token < 0) {
                ++at;
                continue;
            }
            if (from < at)
                sink.onText(text.substr(from, at - from));
            sink.onToken(token);
            at += vocabulary.bytes(token).size();
            from = at;
        }
    }
    if (from < text.size())
        sink.onText(text.substr(from));
}

} // namespace inference
