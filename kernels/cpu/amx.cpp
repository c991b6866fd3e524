#include "kernels/cpu/amx.h"

#include "kernels/cpu/ops.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>

#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace kernels {

namespace {

constexpr int kRight = 0, kWrong = 1, kCrashed = 2; // how the child ends

#if defined(__x86_64__) && !defined(KERNELS_SCALAR_ONLY)
// asm/prctl.h of Linux 5.16; a system that is older or emulated answers with an error.
constexpr int kGetPermissions = 0x1022, kRequestPermission = 0x1023, kTileData = 18;

std::string requestTiles()
{
    if (::syscall(SYS_arch_prctl, kRequestPermission, kTileData) != 0)
        return std::string("the system does not let this process use tile registers (") + std::strerror(errno) + ")";
    unsigned long granted = 0;
    if (::syscall(SYS_arch_prctl, kGetPermissions, &granted) != 0 || !(granted & (1ul << kTileData)))
        return "the system said yes and granted no tile registers";
    return {};
}
#endif

} // namespace

std::string tryInChild(bool (*trial)())
{
    const pid_t child = ::fork();
    if (child < 0)
        return std::string("no process for the trial: ") + std::strerror(errno);
    if (child == 0) {
        struct sigaction end = {};
        end.sa_handler = [](int) { ::_exit(kCrashed); };
        for (const int signal : std::array{SIGILL, SIGSEGV, SIGBUS, SIGFPE})
            ::sigaction(signal, &end, nullptr);
        ::_exit(trial() ? kRight : kWrong);
    }
    int status = 0;
    while (::waitpid(child, &status, 0) < 0)
        if (errno != EINTR)
            return std::string("the trial's end is not known: ") + std::strerror(errno);
    if (WIFEXITED(status) && WEXITSTATUS(status) == kRight)
        return {};
    if (WIFEXITED(status) && WEXITSTATUS(status) == kWrong)
        return "the processor's tile product came out wrong";
    return "a tile product crashed";
}

std::string whyNoTiles(const TileFacts &facts)
{
    if (!facts.processor)
        return "the processor has no AMX int8 tiles";
    if (!facts.avx512)
        return "the processor or the system has no AVX-512 VNNI, which AMX is used with";
    if (!facts.saved)
        return "the system does not save tile registers";
#if defined(__x86_64__) && !defined(KERNELS_SCALAR_ONLY)
    if (std::string refusal = requestTiles(); !refusal.empty())
        return refusal;
    return tryInChild(tryTiles);
#else
    return "this build has no kernels for it";
#endif
}

} // namespace kernels
