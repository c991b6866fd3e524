// How likely a token was, and which others were likelier or next: read from the logits before the sampler has them.
#pragma once

#include "inference/engine.h"
#include "kernels/token_stream.h"

#include <span>
#include <vector>

namespace inference {

// One per generation; sized at construction, no allocation per token. Not thread-safe. Costs two passes over the logits; where
// the sampler changes them, a copy besides.
class TokenChances
{
public:
    // So many alternatives (0: none of this is done) of a token drawn with these options.
    TokenChances(std::uint32_t alternatives, const SamplingOptions &options, const Tokenizer &tokenizer, std::uint32_t vocabularySize);

    // One row, as the model gave it, before Sampler::sample(). It must live, and be changed by the sampler alone, until tell().
    void read(std::span<const float> logits);
    // The token that was drawn from the row.
    void tell(TokenId token, GenerationSink &sink);
    // The same of a token that a backend drew, with as many others as likeliest() says.
    void tell(const kernels::DrawnToken &drawn, GenerationSink &sink);
    std::uint32_t likeliest() const { return m_alternatives > 0 ? m_alternatives + 1 : 0; } // the one that is drawn may be among them

private:
    struct Candidate
    {
        float logit;
        TokenId token;
    };
    TokenChance chance(TokenId token, float logit) const;
    void tell(TokenId token, float logit, GenerationSink &sink);

    const Tokenizer &m_tokenizer;
    const std::uint32_t m_alternatives;
    const bool m_copies;
    std::vector<float> m_maxima, m_copy;
    std::span<const float> m_logits;
    std::vector<Candidate> m_best; // greatest logit first, then lowest id; one more than alternatives
    std::vector<TokenChance> m_others;
    float m_greatest = 0;
    double m_sum = 0;
};

} // namespace inference
