#include "inference/cli/options.h"

#include "inference/cli/report.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>

namespace inference::cli {

namespace {

constexpr std::size_t kHelpColumn = 30;

std::string shown(float number)
{
    char text[32];
    std::snprintf(text, sizeof text, "%g", double(number));
    return text;
}

template <class T> std::optional<T> parseNumber(const std::string &text)
{
    T number{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size())
        return std::nullopt;
    return number;
}

std::string joined(const std::vector<std::string> &words, const char *separator)
{
    std::string text;
    for (const std::string &word : words)
        text += (text.empty() ? "" : separator) + word;
    return text;
}

} // namespace

Options::Options(std::string verb, std::string summary)
    : m_verb(std::move(verb)), m_summary(std::move(summary))
{}

Error Options::usageError(std::string_view what, std::string_view where, std::string_view expected,
                          std::string_view found) const
{
    const std::string wayOut = "See baleen-cli " + m_verb + " --help.";
    return {ErrorCode::InvalidArgument,
            {.what = what, .where = where, .expected = expected, .found = found, .wayOut = wayOut}};
}

void Options::add(std::string name, std::string valueName, std::string help, std::string shownDefault,
                  std::function<Result<void>(const std::string &)> take)
{
    Option option;
    option.takesValue = !valueName.empty();
    option.name = std::move(name);
    option.valueName = std::move(valueName);
    option.help = std::move(help);
    option.shownDefault = std::move(shownDefault);
    option.take = std::move(take);
    m_options.push_back(std::move(option));
}

void Options::positional(std::string name, std::string help, std::string &value)
{
    m_positionals.push_back({std::move(name), std::move(help), &value});
}

void Options::flag(std::string name, std::string help, bool &value)
{
    add(std::move(name), "", std::move(help), "", [&value](const std::string &) -> Result<void> {
        value = true;
        return {};
    });
}

void Options::text(std::string name, std::string valueName, std::string help,
                   std::optional<std::string> &value)
{
    add(std::move(name), std::move(valueName), std::move(help), value.value_or(""),
        [&value](const std::string &text) -> Result<void> {
            value = text;
            return {};
        });
}

void Options::texts(std::string name, std::string valueName, std::string help,
                    std::vector<std::string> &values)
{
    add(std::move(name), std::move(valueName), std::move(help) + "; may be repeated", "",
        [&values](const std::string &text) -> Result<void> {
            values.push_back(text);
            return {};
        });
    m_options.back().repeatable = true;
}

void Options::choice(std::string name, std::vector<std::string> choices, std::string help, std::string &value,
                     std::function<bool(const std::string &)> isAlso)
{
    const std::string valueName = joined(choices, "|");
    add(name, valueName, std::move(help), value,
        [this, name, valueName, choices, isAlso = std::move(isAlso), &value](const std::string &text) -> Result<void> {
            if (std::find(choices.begin(), choices.end(), text) == choices.end() && !(isAlso && isAlso(text)))
                return usageError("The value is not one of the choices", name, valueName, text);
            value = text;
            return {};
        });
}

void Options::number(std::string name, std::string valueName, std::string help, std::uint32_t &value,
                     std::uint32_t least, std::uint32_t most)
{
    add(name, std::move(valueName), std::move(help), std::to_string(value),
        [this, name, least, most, &value](const std::string &text) -> Result<void> {
            const auto number = parseNumber<std::uint64_t>(text);
            if (!number || *number < least || *number > most)
                return usageError(
                    "The value is not a number in range", name,
                    "a whole number from " + std::to_string(least) + " to " + std::to_string(most), text);
            value = std::uint32_t(*number);
            return {};
        });
}

void Options::number(std::string name, std::string valueName, std::string help, float &value, float least,
                     float most)
{
    add(name, std::move(valueName), std::move(help), shown(value),
        [this, name, least, most, &value](const std::string &text) -> Result<void> {
            const auto number = parseNumber<float>(text);
            if (!number || !std::isfinite(*number) || *number < least || *number > most)
                return usageError("The value is not a number in range", name,
                                  "a number from " + shown(least) + " to " + shown(most), text);
            value = *number;
            return {};
        });
}

void Options::number(std::string name, std::string valueName, std::string help,
                     std::optional<std::uint64_t> &value)
{
    add(name, std::move(valueName), std::move(help), "",
        [this, name, &value](const std::string &text) -> Result<void> {
            const auto number = parseNumber<std::uint64_t>(text);
            if (!number)
                return usageError("The value is not a number in range", name,
                                  "a whole number from 0 to 18446744073709551615", text);
            value = *number;
            return {};
        });
}

Options::Option *Options::find(std::string_view name)
{
    const auto it = std::find_if(m_options.begin(), m_options.end(),
                                 [&](const Option &option) { return option.name == name; });
    return it == m_options.end() ? nullptr : &*it;
}

Result<void> Options::readOption(CommandLine arguments, std::size_t &at)
{
    const std::string &argument = arguments[at];
    const std::size_t equals = argument.find('=');
    const std::string name = argument.substr(0, equals);
    Option *option = find(name);
    if (!option)
        return usageError("Unknown option", name);
    if (option->seen && !option->repeatable)
        return usageError("The option is given twice", name);
    option->seen = true;
    if (!option->takesValue) {
        if (equals != std::string::npos)
            return usageError("The option takes no value", name, "nothing after it",
                              argument.substr(equals + 1));
        return option->take({});
    }
    if (equals != std::string::npos)
        return option->take(argument.substr(equals + 1));
    // A known option in the place of a value: the value was forgotten. --name=VALUE takes even that.
    if (at + 1 >= arguments.size() || find(arguments[at + 1]))
        return usageError("The value is missing", name, option->valueName, "nothing");
    return option->take(arguments[++at]);
}

Result<bool> Options::read(CommandLine arguments)
{
    std::size_t positionals = 0;
    bool optionsEnded = false;
    for (std::size_t at = 0; at < arguments.size(); ++at) {
        const std::string &argument = arguments[at];
        if (!optionsEnded && (argument == "--help" || argument == "-h"))
            return true;
        if (!optionsEnded && argument == "--") {
            optionsEnded = true;
        } else if (!optionsEnded && argument.size() > 1 && argument.front() == '-') {
            if (auto taken = readOption(arguments, at); !taken)
                return taken.error();
        } else if (positionals < m_positionals.size()) {
            *m_positionals[positionals].value = argument;
            m_positionals[positionals++].seen = true;
        } else {
            return usageError("Too many arguments", "after the options",
                              m_positionals.empty() ? "none" : m_positionals.back().name + " alone",
                              argument);
        }
    }
    if (positionals < m_positionals.size())
        return usageError("An argument is missing", m_positionals[positionals].name,
                          m_positionals[positionals].help, "nothing");
    return false;
}

std::optional<int> Options::parse(CommandLine arguments)
{
    const auto wantsHelp = read(arguments);
    if (!wantsHelp)
        return fail(wantsHelp.error());
    if (*wantsHelp) {
        write(help());
        return 0;
    }
    return std::nullopt;
}

std::string Options::help() const
{
    std::string text = "baleen-cli " + m_verb;
    for (const Positional &positional : m_positionals)
        text += " " + positional.name;
    text += " [OPTION...]\n\n" + m_summary + "\n\n";
    const auto line = [&](const std::string &left, const std::string &help, const std::string &standard) {
        text += "  " + left;
        if (left.size() + 2 >= kHelpColumn)
            text += "\n" + std::string(kHelpColumn, ' ');
        else
            text.append(kHelpColumn - left.size() - 2, ' ');
        text += help + (standard.empty() ? "" : " (default: " + standard + ")") + "\n";
    };
    for (const Positional &positional : m_positionals)
        line(positional.name, positional.help, "");
    for (const Option &option : m_options)
        line(option.name + (option.takesValue ? " " + option.valueName : ""), option.help,
             option.shownDefault);
    line("--help", "this page", "");
    return text;
}

} // namespace inference::cli
