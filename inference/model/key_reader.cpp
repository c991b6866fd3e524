#include "inference/model/key_reader.h"

#include "inference/gguf/wording.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace inference {

using Kind = ProblemList::Kind;

namespace {

std::string_view kindOf(const GgufValue &value)
{
    static constexpr std::string_view kinds[] = {"true or false", "an integer", "an integer",
                                                 "a float",       "a string",   "an array"};
    return kinds[value.index()];
}

} // namespace

KeyReader::KeyReader(const GgufFile &file, std::string_view architecture, ProblemList &problems)
    : m_file(file), m_problems(problems), m_prefix(std::string(architecture) + ".")
{}

std::uint32_t KeyReader::count(std::string_view suffix, std::uint32_t highest)
{
    const std::string name = key(suffix);
    const GgufValue *value = m_file.find(name);
    if (!value) {
        m_problems.add(Kind::Damaged, name + " is missing");
        return 0;
    }
    const std::optional<std::uint64_t> number = integer(name, *value);
    return number ? inRange(name, *number, highest) : 0;
}

std::uint32_t KeyReader::countOr(std::string_view suffix, std::uint32_t highest, std::uint32_t fallback)
{
    return has(suffix) ? count(suffix, highest) : fallback;
}

std::uint32_t KeyReader::countOrNone(std::string_view suffix)
{
    const std::string name = key(suffix);
    const GgufValue *value = m_file.find(name);
    const std::uint64_t number = value ? integer(name, *value).value_or(0) : 0;
    return std::uint32_t(std::min<std::uint64_t>(number, std::numeric_limits<std::uint32_t>::max()));
}

float KeyReader::positive(std::string_view suffix, std::optional<float> fallback)
{
    const std::string name = key(suffix);
    const GgufValue *value = m_file.find(name);
    if (!value) {
        if (!fallback)
            m_problems.add(Kind::Damaged, name + " is missing");
        return fallback.value_or(1.0f);
    }
    const double *number = std::get_if<double>(value);
    if (!number) {
        addWrongType(name, "a float", *value);
        return 1;
    }
    const auto narrow = float(*number);
    if (!std::isfinite(narrow) || narrow <= 0) {
        m_problems.add(Kind::Damaged,
                       name + " must be a finite number above 0, found " + std::to_string(*number));
        return 1;
    }
    return narrow;
}

bool KeyReader::flag(std::string_view suffix, bool fallback)
{
    const std::string name = key(suffix);
    const GgufValue *value = m_file.find(name);
    if (!value)
        return fallback;
    if (const bool *found = std::get_if<bool>(value))
        return *found;
    addWrongType(name, "true or false", *value);
    return fallback;
}

std::string_view KeyReader::text(std::string_view suffix, std::string_view fallback)
{
    const std::string name = key(suffix);
    const GgufValue *value = m_file.find(name);
    if (!value)
        return fallback;
    if (const auto *found = std::get_if<std::string_view>(value))
        return *found;
    addWrongType(name, "a string", *value);
    return fallback;
}

std::uint32_t KeyReader::inRange(std::string_view what, std::uint64_t value, std::uint32_t highest)
{
    if (value >= 1 && value <= highest)
        return std::uint32_t(value);
    m_problems.add(Kind::Damaged,
                   std::string(what) + " must be 1 to " + grouped(highest) + ", found " + grouped(value));
    return 0;
}

std::optional<std::uint64_t> KeyReader::integer(const std::string &name, const GgufValue &value)
{
    if (const auto *number = std::get_if<std::uint64_t>(&value))
        return *number;
    if (const auto *number = std::get_if<std::int64_t>(&value)) {
        if (*number >= 0)
            return std::uint64_t(*number);
        m_problems.add(Kind::Damaged, name + " must not be negative, found " + std::to_string(*number));
        return std::nullopt;
    }
    const auto *array = std::get_if<GgufArray>(&value);
    if (!array) {
        addWrongType(name, "an integer", value);
        return std::nullopt;
    }
    const std::vector<std::uint64_t> numbers = m_file.integers(*array);
    if (numbers.empty()) {
        m_problems.add(Kind::Damaged, name + " must be an integer, found an array without integers");
        return std::nullopt;
    }
    if (std::any_of(numbers.begin(), numbers.end(), [&](std::uint64_t n) { return n != numbers[0]; })) {
        m_problems.add(Kind::Unsupported, name + " differs between layers, which is not supported");
        return std::nullopt;
    }
    return numbers[0];
}

void KeyReader::addWrongType(std::string_view name, std::string_view expected, const GgufValue &found)
{
    m_problems.add(Kind::Damaged, std::string(name) + " must be " + std::string(expected) + ", found " +
                                      std::string(kindOf(found)));
}

} // namespace inference
