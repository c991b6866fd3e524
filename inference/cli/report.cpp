#include "inference/cli/report.h"

#include <unistd.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>

namespace inference::cli {

namespace {

bool s_quiet = false;
LogLevel s_logLevel = LogLevel::Warning;

void writeError(const std::string &line)
{
    std::fflush(stdout); // in the order of events, where both go to one place
    std::fwrite(line.data(), 1, line.size(), stderr);
}

} // namespace

int exitCode(ErrorCode code)
{
    switch (code) {
    case ErrorCode::InvalidArgument:
    case ErrorCode::NotFound:
        return kWrongUsage;
    case ErrorCode::Damaged:
    case ErrorCode::Incomplete:
    case ErrorCode::Unsupported:
        return kBadModel;
    case ErrorCode::Cancelled:
        return kInterrupted;
    default:
        return kFailed;
    }
}

int fail(const Error &error)
{
    writeError("baleen-cli: " + oneLine(error.message) + "\n");
    return exitCode(error.code);
}

void write(std::string_view text)
{
    std::fwrite(text.data(), 1, text.size(), stdout);
    std::fflush(stdout);
}

void note(std::string_view line)
{
    if (!s_quiet)
        writeError(std::string(line) + "\n");
}

void setQuiet(bool quiet)
{
    s_quiet = quiet;
}

bool isQuiet()
{
    return s_quiet;
}

void setLogLevel(LogLevel level)
{
    s_logLevel = level;
}

void log(LogLevel level, std::string_view line)
{
    if (level <= s_logLevel)
        writeError("baleen-cli: " + oneLine(line) + "\n");
}

bool outputIsTerminal()
{
    return ::isatty(STDOUT_FILENO) == 1;
}

bool errorsAreTerminal()
{
    return ::isatty(STDERR_FILENO) == 1;
}

bool inputIsTerminal()
{
    return ::isatty(STDIN_FILENO) == 1;
}

bool coloursWanted()
{
    const char *noColor = std::getenv("NO_COLOR");
    const char *terminal = std::getenv("TERM");
    const bool dumb = !terminal || std::string_view(terminal) == "dumb";
    return outputIsTerminal() && !dumb && !(noColor && *noColor);
}

std::string oneLine(std::string_view text)
{
    std::string line(text);
    for (char &c : line) {
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
            c = ' ';
    }
    return line;
}

std::string byteAmount(unsigned long long bytes)
{
    static constexpr const char *units[] = {"bytes", "kB", "MB", "GB", "TB"};
    double amount = double(bytes);
    std::size_t unit = 0;
    while (amount >= 999.5 && unit < 4) {
        amount /= 1000;
        ++unit;
    }
    return (unit == 0 ? std::to_string(bytes) : shortNumber(amount)) + " " + units[unit];
}

std::string shortNumber(double number)
{
    char text[64];
    std::snprintf(text, sizeof text, std::fabs(number) < 99.95 ? "%.1f" : "%.0f", number);
    return text;
}

} // namespace inference::cli
