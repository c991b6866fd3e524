#include "inference/prompt.h"

#include <algorithm>

namespace inference {

namespace {

using Origin = PromptPiece::Origin;

void addBos(const Tokenizer &tokenizer, std::vector<TokenId> &tokens)
{
    const auto bos = tokenizer.bos();
    if (tokenizer.addsBos() && bos && (tokens.empty() || tokens.front() != *bos))
        tokens.insert(tokens.begin(), *bos);
}

Result<void> buildInto(Prompt &prompt, const ModelFile &model, const ChatInput &input, const DateTime &now)
{
    if (input.messages.empty())
        return Error(ErrorCode::InvalidArgument, "The conversation has no message.");
    auto rendered = model.chatFormat.render(input.messages, {.thinking = input.thinking, .now = now});
    if (!rendered)
        return rendered.error();
    model.tokenizer->encode(rendered->pieces, prompt.tokens);
    prompt.opensReasoning = rendered->opensReasoning;
    prompt.note = std::move(rendered->note);
    for (const std::string &literal : model.chatFormat.stopLiterals()) {
        if (const auto token = model.tokenizer->find(literal))
            prompt.endTokens.push_back(*token);
        else if (!literal.empty())
            prompt.stopStrings.push_back(literal);
    }
    return {};
}

Result<void> buildInto(Prompt &prompt, const ModelFile &model, const RawInput &input, const DateTime &)
{
    const PromptPiece piece{input.parseSpecial ? Origin::Template : Origin::User, input.prompt};
    model.tokenizer->encode(std::span(&piece, 1), prompt.tokens);
    addBos(*model.tokenizer, prompt.tokens);
    return {};
}

Result<void> buildInto(Prompt &prompt, const ModelFile &model, const FillInMiddleInput &input,
                       const DateTime &)
{
    const Tokenizer &tokenizer = *model.tokenizer;
    const auto special = tokenizer.fillInMiddle();
    if (!special)
        return Error(ErrorCode::Unsupported, {.what = "This model cannot complete code between two pieces",
                                              .where = "its vocabulary has no fill-in-the-middle tokens",
                                              .wayOut = "Load a code model, e.g. DeepSeek Coder."});
    const auto add = [&](const std::string &text) {
        const PromptPiece piece{Origin::User, text};
        tokenizer.encode(std::span(&piece, 1), prompt.tokens);
    };
    prompt.tokens.push_back(special->prefix);
    add(input.prefix);
    prompt.tokens.push_back(special->suffix);
    add(input.suffix);
    prompt.tokens.push_back(special->middle);
    addBos(tokenizer, prompt.tokens);
    prompt.endsAtAnySpecialToken = true;
    return {};
}

} // namespace

Result<Prompt> buildPrompt(const ModelFile &model, const GenerationRequest &request, const DateTime &now)
{
    Prompt prompt;
    for (const std::string &text : request.stopStrings) {
        if (text.empty())
            return Error(ErrorCode::InvalidArgument,
                         "A stop string is empty. It would end every answer at once.");
        if ((std::uint8_t(text.front()) & 0xc0) == 0x80)
            return Error(ErrorCode::InvalidArgument,
                         "A stop string begins inside a character. It must be UTF-8 text.");
        prompt.stopStrings.push_back(text);
    }
    const auto endOfGeneration = model.tokenizer->endOfGeneration();
    prompt.endTokens.assign(endOfGeneration.begin(), endOfGeneration.end());
    const Result<void> built =
        std::visit([&](const auto &input) { return buildInto(prompt, model, input, now); }, request.input);
    if (!built)
        return built.error();
    if (prompt.tokens.empty())
        return Error(ErrorCode::InvalidArgument,
                     "The prompt is empty. A model needs at least one token to go on from.");
    return prompt;
}

} // namespace inference
