// Lets a program that was linked with a new glibc start on one as old as 2.27: linked into baleen-cli by the
// preset portable, and into nothing else.
//
// A program asks for the version of each symbol that was the newest when it was linked. Here the symbols that
// got a newer version since are defined in the program itself and lead to the version of 2.2.5, which every
// glibc has; those that are new altogether are written anew. Everything is hidden: no library sees these
// definitions.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <link.h>
#include <sys/random.h>
#include <unistd.h>

// NAME of this program jumps to NAME@VERSION of glibc; PLACE is .globl or .weak (glibc may lack it).
#define LEADS_TO(name, version, place)                                                                       \
    __asm__(".text\n.globl " #name "\n.hidden " #name "\n.type " #name ", @function\n" #name                 \
            ":\n\tjmp *old_" #name "@GOTPCREL(%rip)\n.size " #name ", . - " #name "\n.symver old_" #name     \
            "," #name "@" version "\n" place " old_" #name "\n")

// Moved from libpthread and libdl into libc by 2.34; pthread_sigmask by 2.32. Weak: see loadThreads().
#define MOVED(name) LEADS_TO(name, "GLIBC_2.2.5", ".weak")
MOVED(pthread_create);
MOVED(pthread_join);
MOVED(pthread_detach);
MOVED(pthread_kill);
MOVED(pthread_sigmask);
MOVED(pthread_once);
MOVED(pthread_key_create);
MOVED(__pthread_key_create);
MOVED(pthread_key_delete);
MOVED(pthread_getspecific);
MOVED(pthread_setspecific);
MOVED(pthread_rwlock_rdlock);
MOVED(pthread_rwlock_wrlock);
MOVED(pthread_rwlock_unlock);
MOVED(dlopen);
MOVED(dlsym);
MOVED(dlclose);
MOVED(dlerror);
LEADS_TO(pthread_setaffinity_np, "GLIBC_2.3.4", ".weak");
// 2.29 dropped the error reporting of SVID; the numbers are the same.
LEADS_TO(exp, "GLIBC_2.2.5", ".globl");
LEADS_TO(log, "GLIBC_2.2.5", ".globl");
LEADS_TO(pow, "GLIBC_2.2.5", ".globl");

#define HIDDEN __attribute__((visibility("hidden")))

extern "C" {

// 2.33 made these functions; before, they were inline and called those with the version of the structure (1:
// x86-64's).
int __xstat(int version, const char *path, void *out);
int __lxstat(int version, const char *path, void *out);
int __fxstat(int version, int file, void *out);
__asm__(".symver __xstat,__xstat@GLIBC_2.2.5\n.symver __lxstat,__lxstat@GLIBC_2.2.5\n"
        ".symver __fxstat,__fxstat@GLIBC_2.2.5\n");

HIDDEN int stat(const char *path, void *out)
{
    return __xstat(1, path, out);
}
HIDDEN int lstat(const char *path, void *out)
{
    return __lxstat(1, path, out);
}
HIDDEN int fstat(int file, void *out)
{
    return __fxstat(1, file, out);
}
HIDDEN int fstat64(int file, void *out)
{
    return __fxstat(1, file, out);
}
HIDDEN int stat64(const char *path, void *out)
{
    return __xstat(1, path, out);
}
HIDDEN int lstat64(const char *path, void *out)
{
    return __lxstat(1, path, out);
}

// New in 2.32: a hint to libstdc++ that no lock is needed. False is always right.
HIDDEN char __libc_single_threaded = 0;

// New in 2.36; std::random_device asks for it.
HIDDEN std::uint32_t arc4random()
{
    std::uint32_t value = 0;
    while (getrandom(&value, sizeof value, 0) != ssize_t(sizeof value)) {
    }
    return value;
}

// New in 2.35: where the unwinder finds the frames of an address (glibc's dlfcn.h, x86-64's layout).
struct FoundObject
{
    unsigned long long flags;
    void *begin, *end;
    void *map;
    void *frames; // PT_GNU_EH_FRAME
    unsigned long long reserved[7];
};

namespace {

struct Search
{
    std::uintptr_t address;
    FoundObject *result;
};

int visit(dl_phdr_info *info, std::size_t, void *context)
{
    const Search &search = *static_cast<Search *>(context);
    FoundObject found{};
    for (int i = 0; i < info->dlpi_phnum; ++i) {
        const ElfW(Phdr) &header = info->dlpi_phdr[i];
        const std::uintptr_t begin = info->dlpi_addr + header.p_vaddr;
        if (header.p_type == PT_LOAD && search.address >= begin && search.address < begin + header.p_memsz) {
            found.begin = reinterpret_cast<void *>(begin);
            found.end = reinterpret_cast<void *>(begin + header.p_memsz);
        } else if (header.p_type == PT_GNU_EH_FRAME) {
            found.frames = reinterpret_cast<void *>(begin);
        }
    }
    if (!found.begin || !found.frames)
        return 0;
    *search.result = found;
    return 1;
}

} // namespace

// Under another name here, because later headers declare it with a type of their own.
HIDDEN int findObject(void *address, FoundObject *result) __asm__("_dl_find_object");
HIDDEN int findObject(void *address, FoundObject *result)
{
    Search search{reinterpret_cast<std::uintptr_t>(address), result};
    return dl_iterate_phdr(visit, &search) == 1 ? 0 : -1;
}

// Since 2.34 glibc runs the program's constructors itself; before, the program passed a function that does.
using Main = int (*)(int, char **, char **);
using Init = void (*)(int, char **, char **);
int oldStartMain(Main main, int argc, char **argv, Init init, void (*fini)(), void (*loaderFini)(),
                 void *stack);
__asm__(".symver oldStartMain,__libc_start_main@GLIBC_2.2.5");

HIDDEN extern Init __init_array_start[];
HIDDEN extern Init __init_array_end[];
void _init();

namespace {

void runConstructors(int argc, char **argv, char **environment)
{
    _init();
    for (Init *init = __init_array_start; init != __init_array_end; ++init)
        (*init)(argc, argv, environment);
}

// Where threads and dlopen are still in libraries of their own (before 2.34), this program starts itself once
// more with both preloaded: named as needed, they would be two more files that the program depends on
// everywhere.
extern "C" int probedThreads() __attribute__((weak));
__asm__(".symver probedThreads,pthread_create@GLIBC_2.2.5");
constexpr const char *kAgain = "BALEEN_THREADS_PRELOADED";

void loadThreads(char **argv)
{
    if (std::getenv(kAgain)) { // for this process only
        unsetenv(kAgain);
        unsetenv("LD_PRELOAD");
    } else if (!probedThreads) {
        setenv(kAgain, "1", 1);
        setenv("LD_PRELOAD", "libpthread.so.0 libdl.so.2", 1);
        execv("/proc/self/exe", argv);
        constexpr char kMessage[] = "baleen-cli: The threads of this old glibc cannot be loaded (expected "
                                    "/proc and libpthread.so.0). "
                                    "Mount /proc, or use a newer system.\n";
        (void)!write(2, kMessage, sizeof kMessage - 1);
        _exit(1);
    }
}

} // namespace

HIDDEN int __libc_start_main(Main main, int argc, char **argv, Init, void (*)(), void (*loaderFini)(),
                             void *stack)
{
    loadThreads(argv);
    return oldStartMain(main, argc, argv, runConstructors, nullptr, loaderFini, stack);
}

} // extern "C"
