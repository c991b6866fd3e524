// Ctrl-C as a stop token.
#pragma once

#include <memory>
#include <stop_token>

namespace inference::cli {

// SIGINT and SIGTERM raise the current stop token; a second one before renew() ends the program at once with
// 130. Created in main() before any thread: the signals are blocked in all threads and taken by one of its
// own.
class Interrupt
{
public:
    Interrupt();
    ~Interrupt();
    Interrupt(const Interrupt &) = delete;
    Interrupt &operator=(const Interrupt &) = delete;

    std::stop_token token() const;
    bool raised() const { return token().stop_requested(); }
    // SIGTERM came: the program shall end, not only what it does.
    bool terminated() const;
    // A fresh token: the next Ctrl-C stops the next thing. After SIGTERM it is stopped from the start.
    void renew();

private:
    struct Private;
    std::unique_ptr<Private> d;
};

// The one of this program.
Interrupt &interrupt();

} // namespace inference::cli
