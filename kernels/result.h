// Errors as values: what can go wrong in normal life returns a Result<T>.
#pragma once

#include <cassert>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace kernels {

enum class ErrorCode {
    Io,              // the operating system refused a read or a write
    NotFound,        // no such file or entry
    Damaged,         // bytes from outside break their format
    Incomplete,      // a file ends before its format says so
    Unsupported,     // well formed, but not something this program can do
    OutOfMemory,     // decided before loading, or an allocation that failed
    InvalidArgument, // the caller's request makes no sense
    ContextFull,     // the prompt does not fit the context length
    Busy,            // the same thing is going on already
    Cancelled,       // a load that the user stopped (a generation that was stopped is no error)
    ReadOnly,        // the place exists and may not be written
    DiskFull,
    InvalidNumbers,  // the model produced NaN or infinity
    Internal
};

// What a sentence about a failure must say. Empty parts are left out.
struct ErrorParts
{
    std::string_view what{};     // "The file ends early"
    std::string_view where{};    // "tensor blk.3.ffn_up.weight of /models/a.gguf"
    std::string_view expected{}; // "1,117,320,768 bytes"
    std::string_view found{};    // "900 bytes"
    std::string_view wayOut{};   // "Download it again."
};

// "WHAT, WHERE (expected X, found Y). WAY OUT": the form that shared/cli.md fixes.
std::string describeError(const ErrorParts &parts);

struct [[nodiscard]] Error
{
    ErrorCode code = ErrorCode::Internal;
    std::string message; // one line, a whole sentence, see describeError()

    Error() = default;
    Error(ErrorCode errorCode, std::string text) : code(errorCode), message(std::move(text)) {}
    Error(ErrorCode errorCode, const ErrorParts &parts) : code(errorCode), message(describeError(parts)) {}
};

// Either a T or an Error. Reading the one that is not there is a bug of the caller (assert).
template <class T> class [[nodiscard]] Result
{
public:
    Result(T value) : m_state(std::in_place_index<0>, std::move(value)) {}
    Result(Error error) : m_state(std::in_place_index<1>, std::move(error)) {}

    bool ok() const { return m_state.index() == 0; }
    explicit operator bool() const { return ok(); }
    T &value() &
    {
        assert(ok());
        return *std::get_if<0>(&m_state);
    }
    const T &value() const &
    {
        assert(ok());
        return *std::get_if<0>(&m_state);
    }
    T &&value() &&
    {
        assert(ok());
        return std::move(*std::get_if<0>(&m_state));
    }
    T &operator*() & { return value(); }
    const T &operator*() const & { return value(); }
    T *operator->() { return &value(); }
    const T *operator->() const { return &value(); }
    const Error &error() const
    {
        assert(!ok());
        return *std::get_if<1>(&m_state);
    }

private:
    std::variant<T, Error> m_state;
};

template <> class [[nodiscard]] Result<void>
{
public:
    Result() = default;
    Result(Error error) : m_error(std::move(error)) {}

    bool ok() const { return !m_error; }
    explicit operator bool() const { return ok(); }
    const Error &error() const
    {
        assert(m_error);
        return *m_error;
    }

private:
    std::optional<Error> m_error;
};

} // namespace kernels
