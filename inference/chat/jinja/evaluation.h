// What one parse or rendering uses up, where in the template it is, and how it fails.
#pragma once

#include "inference/chat/jinja/template.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace inference::jinja {

struct Position
{
    std::uint32_t line = 1, column = 1; // column in characters
};

// Ends parsing or rendering. Thrown and caught inside this folder only; the interface returns it as a Result.
struct Failure
{
    Error error;
};

[[noreturn]] void failAt(Position at, ErrorCode code, std::string_view what, std::string_view expected = {},
                         std::string_view found = {}, std::string_view wayOut = {});

// The price of things in units of fuel: a byte that is made costs one.
inline constexpr std::uint64_t kNodePrice = 32;
inline constexpr std::uint64_t kElementPrice = 32; // an element of a list, a run of a text
inline constexpr std::uint64_t kObjectPrice = 256; // a namespace or scope, which live until the end

class Evaluation
{
public:
    explicit Evaluation(const Limits &limits) : m_limits(limits), m_fuel(limits.fuel) {}

    const Limits &limits() const { return m_limits; }

    void spend(std::uint64_t units)
    {
        if (units > m_fuel)
            failForFuel();
        m_fuel -= units;
    }
    // Before a string or list of `size` bytes or elements is made.
    void spendBytes(std::uint64_t size);
    void spendElements(std::uint64_t count) { spend(count > m_fuel ? m_fuel + 1 : count * kElementPrice); }

    [[noreturn]] void fail(std::string_view what, std::string_view expected = {}, std::string_view found = {},
                           std::string_view wayOut = {}) const
    {
        failAt(position, ErrorCode::InvalidArgument, what, expected, found, wayOut);
    }
    [[noreturn]] void failUnsupported(std::string_view what, std::string_view expected = {},
                                      std::string_view found = {}) const
    {
        failAt(position, ErrorCode::Unsupported, what, expected, found);
    }

    Position position; // of the node at work
    std::uint32_t depth = 0;

private:
    [[noreturn]] void failForFuel() const;

    const Limits &m_limits;
    std::uint64_t m_fuel;
};

// Counts nested work for as long as it lives.
class Nested
{
public:
    explicit Nested(Evaluation &evaluation) : m_evaluation(evaluation)
    {
        if (++m_evaluation.depth > m_evaluation.limits().evaluationDepth)
            fail();
    }
    ~Nested() { --m_evaluation.depth; }
    Nested(const Nested &) = delete;
    Nested &operator=(const Nested &) = delete;

private:
    [[noreturn]] void fail();

    Evaluation &m_evaluation;
};

} // namespace inference::jinja
