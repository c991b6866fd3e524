// A model's own chat template, in a subset of Jinja, rendered to a prompt that knows what is the user's.
//
// What templates of DeepSeek, Qwen, Llama, Mistral, Gemma and SmolLM use, with the settings of the
// `transformers` library (its ImmutableSandboxedEnvironment: trim_blocks, lstrip_blocks, loop controls, its
// tojson). No inheritance, includes or recursive loops. The values are those of Jinja 3.1; see HACKING.md,
// "How a chat template is run".
#pragma once

#include "inference/chat/date_time.h"
#include "inference/result.h"
#include "inference/text/tokenizer.h"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace inference::jinja {

// A template comes from a file and may be hostile: it can never run away. Whatever goes over a limit ends in
// an Error (Unsupported). Fuel: one unit for each byte made, 32 for each node run and each element of a list.
struct Limits
{
    std::size_t templateBytes = 1 << 20;
    std::uint32_t parseDepth = 100;      // brackets, operators and blocks inside one another
    std::uint32_t evaluationDepth = 300; // the same while running, macros that call macros included
    std::uint32_t valueDepth = 100;      // lists in lists
    std::uint64_t fuel = 1u << 28;       // less than a second of work, less than 1 GiB of values
    std::size_t outputBytes = 32u << 20;
    std::size_t stringBytes = 32u << 20;
    std::int64_t rangeSize = 100'000; // Jinja's sandbox has the same
};

// What a template can see. Text of messages, tools and `further` is foreign: it never becomes a special
// token. Of messages, the value of "role" is the program's own when it is a role that chat formats know
// ("system", "developer", "user", "assistant", "tool", "ipython", "function", "model").
struct Variables
{
    nlohmann::ordered_json messages = nlohmann::ordered_json::array(); // as in OpenAI's chat format
    nlohmann::ordered_json tools;                                      // null: none; else a list of schemas
    bool addGenerationPrompt = true;
    std::optional<std::string> bosToken, eosToken;
    std::optional<bool> thinking; // `thinking` and `enable_thinking`; not defined when empty
    DateTime now;                 // what strftime_now() tells
    nlohmann::ordered_json
        further; // null, or an object: more variables by name (date_string, custom_tools ...)
};

struct Program;

// Immutable, thread-safe; copies share.
class Template
{
public:
    // Fails with Damaged (syntax), or Unsupported (a tag, filter, test or limit: named). Every Error names
    // line and column.
    static Result<Template> parse(std::string_view source, const Limits &limits = {});

    // The prompt, neighbours of one origin joined, no piece empty. Fails with InvalidArgument
    // (raise_exception() was called, a value does not fit an operation) or Unsupported (unknown function,
    // limit).
    Result<std::vector<PromptPiece>> render(const Variables &variables) const;

private:
    explicit Template(std::shared_ptr<const Program> program);
    std::shared_ptr<const Program> m_program;
};

} // namespace inference::jinja
