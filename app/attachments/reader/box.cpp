#include "app/attachments/reader/box.h"

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <fcntl.h>
#include <initializer_list>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <vector>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define BALEEN_READER_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define BALEEN_READER_SANITIZED 1
#endif
#endif

namespace app::reader {

namespace {

#if defined(__x86_64__)
constexpr std::uint32_t kArchitecture = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
constexpr std::uint32_t kArchitecture = AUDIT_ARCH_AARCH64;
#else
constexpr std::uint32_t kArchitecture = 0; // not known: the box cannot be closed
#endif

// Below kProgramDescriptor, so that no descriptor can take its number later.
constexpr rlim_t kDescriptors = 32;

std::string failure(const char *what)
{
    return std::string(what) + ": " + std::strerror(errno);
}

// A filter of system calls (seccomp(2), cBPF): what is not allowed fails with an error, so that libraries can go on without.
class Filter
{
public:
    Filter()
    {
        add(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, arch));
        m_code.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, kArchitecture, 1, 0));
        add(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS);
        add(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr));
    }
    void allow(std::initializer_list<long> calls)
    {
        for (const long call : calls)
            decide(call, SECCOMP_RET_ALLOW);
    }
    void refuse(std::initializer_list<long> calls, int error)
    {
        for (const long call : calls)
            decide(call, SECCOMP_RET_ERRNO | std::uint32_t(error));
    }
    // Only where no bit of `bits` is set in the lower half of an argument.
    void allowWithout(long call, unsigned argument, std::uint32_t bits, int error)
    {
        begin(call, 4);
        add(BPF_LD | BPF_W | BPF_ABS, lower(argument));
        m_code.push_back(BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, bits, 1, 0));
        add(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
        add(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | std::uint32_t(error));
    }
    // Only where an argument, all of it, is one of these values.
    void allowWith(long call, unsigned argument, std::initializer_list<std::uint32_t> values, int error)
    {
        begin(call, 5 + 2 * unsigned(values.size()));
        add(BPF_LD | BPF_W | BPF_ABS, lower(argument) + 4);
        m_code.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 1, 0));
        add(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | std::uint32_t(error));
        add(BPF_LD | BPF_W | BPF_ABS, lower(argument));
        for (const std::uint32_t value : values) {
            m_code.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 0, 1));
            add(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
        }
        add(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | std::uint32_t(error));
    }
    std::string install(std::uint32_t otherwise)
    {
        add(BPF_RET | BPF_K, otherwise);
        sock_fprog program{static_cast<unsigned short>(m_code.size()), m_code.data()};
        if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) != 0)
            return failure("seccomp");
        return {};
    }

private:
    static std::uint32_t lower(unsigned argument)
    {
        return std::uint32_t(offsetof(seccomp_data, args) + 8 * argument); // little endian, as both architectures are
    }
    void add(unsigned short code, std::uint32_t value) { m_code.push_back(BPF_STMT(code, value)); }
    void begin(long call, unsigned length)
    {
        m_code.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, std::uint32_t(call), 0, static_cast<unsigned char>(length)));
    }
    void decide(long call, std::uint32_t action)
    {
        begin(call, 1);
        add(BPF_RET | BPF_K, action);
    }

    std::vector<sock_filter> m_code;
};

// What every program that only computes needs.
void allowComputing(Filter &filter)
{
    filter.allow({SYS_read, SYS_readv, SYS_pread64, SYS_lseek, SYS_close, SYS_fstat, SYS_newfstatat, SYS_statx, SYS_munmap, SYS_mremap, SYS_brk,
                  SYS_madvise, SYS_futex, SYS_rt_sigaction, SYS_rt_sigprocmask, SYS_rt_sigreturn, SYS_sigaltstack, SYS_getrandom, SYS_clock_gettime,
                  SYS_clock_getres, SYS_clock_nanosleep, SYS_nanosleep, SYS_gettimeofday, SYS_getpid, SYS_gettid, SYS_getppid, SYS_getuid, SYS_geteuid,
                  SYS_getgid, SYS_getegid, SYS_sched_yield, SYS_sched_getaffinity, SYS_set_tid_address, SYS_set_robust_list, SYS_rseq, SYS_uname,
                  SYS_sysinfo, SYS_fadvise64, SYS_restart_syscall, SYS_exit, SYS_exit_group, SYS_getcwd, SYS_membarrier, SYS_getrlimit});
    filter.allowWith(SYS_write, 0, {1, 2}, EPERM);
    filter.allowWith(SYS_writev, 0, {1, 2}, EPERM);
    filter.allowWith(SYS_tgkill, 0, {std::uint32_t(getpid())}, EPERM); // abort()
    filter.allowWith(SYS_prlimit64, 2, {0}, EPERM); // to ask, not to set
    filter.allowWith(SYS_fcntl, 1, {F_GETFD, F_SETFD, F_GETFL}, EPERM);
    filter.refuse({SYS_ioctl}, ENOTTY);
}

#if defined(__x86_64__)
constexpr std::initializer_list<long> kOldCalls = {SYS_arch_prctl, SYS_access, SYS_stat, SYS_lstat, SYS_readlink, SYS_time};
#endif

// Where the system has Landlock, reading ends at what libraries are made of. A system without it has the filter alone.
void restrictReading()
{
    landlock_ruleset_attr rights{};
    rights.handled_access_fs = LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR |
                               LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_DIR |
                               LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO | LANDLOCK_ACCESS_FS_MAKE_BLOCK |
                               LANDLOCK_ACCESS_FS_MAKE_SYM;
    const int rules = int(syscall(SYS_landlock_create_ruleset, &rights, sizeof(rights.handled_access_fs), 0));
    if (rules < 0)
        return;
    for (const char *folder : {"/usr", "/lib", "/lib64", "/lib32", "/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d", "/opt", "/nix/store"}) {
        const int at = open(folder, O_PATH | O_CLOEXEC);
        if (at < 0)
            continue;
        landlock_path_beneath_attr rule{};
        rule.parent_fd = at;
        rule.allowed_access = LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
        if (syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &rule, 0) != 0) { // a file has no folder's rights
            rule.allowed_access = LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE;
            (void)syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
        }
        close(at);
    }
    (void)syscall(SYS_landlock_restrict_self, rules, 0);
    close(rules);
}

std::string setLimit(__rlimit_resource resource, rlim_t value)
{
    rlimit now{};
    getrlimit(resource, &now);
    const rlim_t most = now.rlim_max == RLIM_INFINITY ? value : (value < now.rlim_max ? value : now.rlim_max);
    const rlimit wanted{most, most};
    return setrlimit(resource, &wanted) == 0 ? std::string() : failure("setrlimit");
}

} // namespace

bool openProgram(const char *path)
{
    const int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return false;
    const bool moved = dup3(file, kProgramDescriptor, O_CLOEXEC) == kProgramDescriptor;
    close(file);
    return moved;
}

std::string closeBox(const BoxLimits &limits)
{
    if (kArchitecture == 0)
        return "no filter of system calls for this processor";
    // Namespaces are one wall more where users may make them; the filter does not depend on them.
    (void)unshare(CLONE_NEWUSER | CLONE_NEWNET | CLONE_NEWIPC);
    prctl(PR_SET_DUMPABLE, 0);
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return failure("no_new_privs");
    restrictReading();
    std::vector<std::pair<__rlimit_resource, rlim_t>> bounds{{RLIMIT_FSIZE, 0}, {RLIMIT_CORE, 0}, {RLIMIT_CPU, limits.seconds}, {RLIMIT_NOFILE, kDescriptors}, {RLIMIT_NPROC, 0}};
#ifndef BALEEN_READER_SANITIZED // sanitizers reserve terabytes
    bounds.emplace_back(RLIMIT_AS, rlim_t(limits.memoryMiB) << 20);
#endif
    for (const auto &[resource, value] : bounds)
        if (std::string failed = setLimit(resource, value); !failed.empty())
            return failed;

    Filter filter;
    allowComputing(filter);
    filter.allow({SYS_mmap, SYS_mprotect, SYS_getdents64, SYS_readlinkat, SYS_faccessat, SYS_faccessat2, SYS_statfs, SYS_fstatfs});
#if defined(__x86_64__)
    filter.allow(kOldCalls);
    filter.allowWithout(SYS_open, 1, O_ACCMODE | O_CREAT | O_TRUNC | O_APPEND, EACCES);
#endif
    filter.allowWithout(SYS_openat, 2, O_ACCMODE | O_CREAT | O_TRUNC | O_APPEND | (O_TMPFILE & ~O_DIRECTORY), EACCES);
    filter.allowWith(SYS_execveat, 0, {std::uint32_t(kProgramDescriptor)}, EPERM);
    filter.allowWith(SYS_seccomp, 0, {SECCOMP_SET_MODE_FILTER}, EPERM); // to take away more
    return filter.install(SECCOMP_RET_ERRNO | EPERM);
}

std::string closeBoxFully()
{
    close(kProgramDescriptor);
    Filter filter;
    allowComputing(filter);
#if defined(__x86_64__)
    filter.allow({SYS_arch_prctl});
#endif
    filter.allowWithout(SYS_mmap, 2, PROT_EXEC, EPERM);
    filter.allowWithout(SYS_mprotect, 2, PROT_EXEC, EPERM);
    return filter.install(SECCOMP_RET_ERRNO | EPERM);
}

void runProgram(char *const arguments[])
{
    std::array<char *, 2> environment{const_cast<char *>("LC_ALL=C.UTF-8"), nullptr};
    (void)syscall(SYS_execveat, kProgramDescriptor, "", arguments, environment.data(), AT_EMPTY_PATH);
}

} // namespace app::reader
