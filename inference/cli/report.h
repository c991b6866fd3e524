// What the program writes, and its exit codes (shared/cli.md).
#pragma once

#include "inference/result.h"

#include <string>
#include <string_view>

namespace inference::cli {

inline constexpr int kDone = 0;
inline constexpr int kFailed = 1;
inline constexpr int kWrongUsage = 2;
inline constexpr int kBadModel = 3;
inline constexpr int kInterrupted = 130;

// Exit code of an error: wrong usage for arguments and files that are not there, a bad model for files that
// break their format, interrupted for Cancelled, failed for the rest.
int exitCode(ErrorCode code);

// One line on standard error, "baleen-cli: ...", and the exit code of the error.
int fail(const Error &error);

// Bytes to standard output, at once. What cannot be written is reported when the program ends.
void write(std::string_view text);
// A line for people on standard error, unless --quiet.
void note(std::string_view line);

// --quiet and --log.
enum class LogLevel { Error, Warning, Info, Debug };
void setQuiet(bool quiet);
bool isQuiet();
void setLogLevel(LogLevel level);
void log(LogLevel level, std::string_view line);

bool outputIsTerminal();
bool errorsAreTerminal();
bool inputIsTerminal();
// Colours and other escapes may be used on standard output: a terminal, and NO_COLOR is not set.
bool coloursWanted();

// Text on one line without control characters.
std::string oneLine(std::string_view text);

// "1.1 GB", "98.4 MB": decimal, as disks are sold.
std::string byteAmount(unsigned long long bytes);
// With one decimal below 100.
std::string shortNumber(double number);

} // namespace inference::cli
