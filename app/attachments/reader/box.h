// Takes everything away from this process that reading a foreign file does not need, for good. Linux.
#pragma once

#include <string>

namespace app::reader {

struct BoxLimits
{
    unsigned memoryMiB = 1024; // address space
    unsigned seconds = 20;     // of processor time
};

// A descriptor that closeBox() leaves open for runProgram(); opened before the box is closed.
inline constexpr int kProgramDescriptor = 40;
// Opens a program so that it can be run once inside of the box. False: it is not there.
bool openProgram(const char *path);

// No network, no file opened for writing, no process or thread, no new rights, limits on memory, time, files; where the system lets us,
// nothing of the file system but libraries, in namespaces of its own. Reading files stays possible, for libraries of the program that
// openProgram() opened, and so does running that one, once. Returns what failed; then nothing foreign may be read.
std::string closeBox(const BoxLimits &limits = {});
// Takes away that too: no file is opened, nothing is run, no memory becomes code. After closeBox().
std::string closeBoxFully();
// Becomes the program of openProgram(), with what this process has as standard input, output and error. Returns when it cannot.
void runProgram(char *const arguments[]);

} // namespace app::reader
