// The command line of a verb: options bound to variables, their values checked, the help text with defaults.
//
//     Options options("tokenize", "Prints the token ids of a text.");
//     options.positional("MODEL", "the model file", model);
//     options.flag("--bos", "put the begin-of-text token first", bos);
//     if (const auto exitCode = options.parse(arguments))
//         return *exitCode;
//
// Options may stand before or after positional arguments, `--name value` or `--name=value`; `--` ends them.
#pragma once

#include "inference/result.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace inference::cli {

using CommandLine = std::span<const std::string>;

class Options
{
public:
    Options(std::string verb, std::string summary);

    // The variables must outlive parse(); what they hold before it is the default that --help shows.
    void positional(std::string name, std::string help, std::string &value);
    void flag(std::string name, std::string help, bool &value);
    void text(std::string name, std::string valueName, std::string help, std::optional<std::string> &value);
    void texts(std::string name, std::string valueName, std::string help, std::vector<std::string> &values);
    // isAlso: of what is none of the choices, what is one all the same.
    void choice(std::string name, std::vector<std::string> choices, std::string help, std::string &value,
                std::function<bool(const std::string &)> isAlso = {});
    void number(std::string name, std::string valueName, std::string help, std::uint32_t &value,
                std::uint32_t least, std::uint32_t most);
    void number(std::string name, std::string valueName, std::string help, float &value, float least,
                float most);
    void number(std::string name, std::string valueName, std::string help,
                std::optional<std::uint64_t> &value);
    // Replaces the default that --help shows for the option added last.
    void shownDefault(std::string text) { m_options.back().shownDefault = std::move(text); }

    // Nothing: go on. Otherwise the exit code: 0 after --help was printed, 2 after an error was reported.
    std::optional<int> parse(CommandLine arguments);
    // Without printing anything; true when --help was asked for.
    Result<bool> read(CommandLine arguments);
    std::string help() const;

private:
    struct Option
    {
        std::string name, valueName, help, shownDefault;
        bool takesValue = true;
        bool repeatable = false;
        bool seen = false;
        std::function<Result<void>(const std::string &)> take;
    };
    struct Positional
    {
        std::string name, help;
        std::string *value;
        bool seen = false;
    };
    Option *find(std::string_view name);
    Result<void> readOption(CommandLine arguments, std::size_t &at);
    Error usageError(std::string_view what, std::string_view where, std::string_view expected = {},
                     std::string_view found = {}) const;
    void add(std::string name, std::string valueName, std::string help, std::string shownDefault,
             std::function<Result<void>(const std::string &)> take);

    std::string m_verb, m_summary;
    std::vector<Option> m_options;
    std::vector<Positional> m_positionals;
};

} // namespace inference::cli
