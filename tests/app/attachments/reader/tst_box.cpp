// app/attachments/reader/box.h: what is refused inside of it. Each try runs in a child of its own, which the box holds for good.
#include "app/attachments/reader/box.h"

#include "tests/support/temporary_file.h"

#include <QFile>
#include <QTest>

#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <functional>
#include <netinet/in.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace app::reader;

namespace {

enum Verdict { kRefused = 0, kAllowed = 1, kNoBox = 2 };

// How a child ended that closed the box, fully or for a program, and then tried it: `attempt` is true where it got through.
int verdict(bool fully, const std::function<bool()> &attempt, const char *program = nullptr)
{
    const pid_t child = fork();
    if (child == 0) {
        if (program)
            (void)openProgram(program);
        if (!closeBox().empty() || (fully && !closeBoxFully().empty()))
            _exit(kNoBox);
        _exit(attempt() ? kAllowed : kRefused);
    }
    int status = 0;
    waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 100 + WTERMSIG(status);
}

} // namespace

class TestBox : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void refuses_data()
    {
        QTest::addColumn<std::function<bool()>>("attempt");
        QTest::addColumn<bool>("onlyFully"); // a program that runs inside needs it
        const auto row = [](const char *name, std::function<bool()> attempt, bool onlyFully = false) {
            QTest::newRow(name) << attempt << onlyFully;
        };
        row("internet socket", [] { return socket(AF_INET, SOCK_STREAM, 0) >= 0; });
        row("datagram socket", [] { return socket(AF_INET6, SOCK_DGRAM, 0) >= 0; });
        row("local socket", [] { return socket(AF_UNIX, SOCK_STREAM, 0) >= 0; });
        row("socket pair", [] {
            int ends[2];
            return socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0;
        });
        row("open for writing", [] { return open("/dev/null", O_WRONLY) >= 0; });
        row("open for both", [] { return open("/dev/null", O_RDWR) >= 0; });
        row("create", [] { return open("/tmp/baleen-box-test", O_RDONLY | O_CREAT, 0600) >= 0; });
        row("creat", [] { return creat("/tmp/baleen-box-test", 0600) >= 0; });
        row("a file without a name", [] { return open("/tmp", O_RDWR | O_TMPFILE, 0600) >= 0; });
        row("a file in memory", [] { return memfd_create("x", 0) >= 0; });
        row("delete", [] { return unlink("/tmp/baleen-box-test") == 0; });
        row("rename", [] { return rename("/tmp/baleen-box-test", "/tmp/baleen-box-test2") == 0; });
        row("folder", [] { return mkdir("/tmp/baleen-box-test", 0700) == 0; });
        row("link", [] { return symlink("/etc/passwd", "/tmp/baleen-box-test") == 0; });
        row("rights of a file", [] { return chmod("/tmp", 01777) == 0; });
        row("fork", [] {
            const pid_t child = fork();
            if (child == 0)
                _exit(0);
            return child > 0;
        });
        row("vfork", [] { return syscall(SYS_clone, SIGCHLD, nullptr, nullptr, nullptr, nullptr) >= 0; });
        row("thread", [] {
            pthread_t thread;
            return pthread_create(&thread, nullptr, [](void *) -> void * { return nullptr; }, nullptr) == 0;
        });
        row("execute", [] {
            char name[] = "/bin/true";
            char *arguments[] = {name, nullptr};
            execv(name, arguments);
            return false; // it would have ended with 0: see theProgramRunsOnce()
        });
        row("signal to the parent", [] { return kill(getppid(), 0) == 0; });
        row("signal by thread", [] { return syscall(SYS_tgkill, getppid(), getppid(), 0) == 0; });
        row("trace", [] { return syscall(SYS_ptrace, 16, getppid(), 0, 0) == 0; });
        row("memory of the parent", [] { return syscall(SYS_process_vm_readv, getppid(), nullptr, 0, nullptr, 0, 0) >= 0; });
        row("more descriptors", [] {
            const rlimit more{64, 64};
            return setrlimit(RLIMIT_NOFILE, &more) == 0;
        });
        row("another root", [] { return chroot("/") == 0; });
        row("namespaces", [] { return unshare(CLONE_NEWUSER) == 0; });
        row("keys of the kernel", [] { return syscall(SYS_keyctl, 0, 0, 0, 0, 0) >= 0; });
        row("programs of the kernel", [] { return syscall(SYS_bpf, 0, nullptr, 0) >= 0; });
        row("asynchronous reading", [] { return syscall(SYS_io_uring_setup, 1, nullptr) >= 0; });
        row("write to another descriptor", [] { return write(7, "x", 1) >= 0; });
        row("open for reading", [] { return open("/usr/bin/env", O_RDONLY) >= 0; }, true);
        row("memory that becomes code", [] { return mmap(nullptr, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED; }, true);
    }
    void refuses()
    {
        QFETCH(std::function<bool()>, attempt);
        QFETCH(bool, onlyFully);
        QCOMPARE(verdict(true, attempt), int(kRefused));
        QCOMPARE(verdict(false, attempt), int(onlyFully ? kAllowed : kRefused));
        QVERIFY(!QFile::exists(QStringLiteral("/tmp/baleen-box-test")));
    }

    // The tries above mean something: outside of the box they go through.
    void allowsOutside()
    {
        QVERIFY(socket(AF_UNIX, SOCK_STREAM, 0) >= 0);
        QVERIFY(open("/dev/null", O_WRONLY) >= 0);
        const pid_t child = fork();
        if (child == 0)
            _exit(0);
        QVERIFY(child > 0);
        waitpid(child, nullptr, 0);
    }

    void readingAndMemoryGoOn()
    {
        QCOMPARE(verdict(true,
                         [] {
                             std::vector<char> memory(10 << 20, 'x');
                             char byte = 0;
                             return memory.back() == 'x' && read(STDIN_FILENO, &byte, 0) == 0;
                         }),
                 int(kAllowed));
    }

    void memoryHasABound()
    {
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
        QCOMPARE(verdict(true, [] { return mmap(nullptr, std::size_t(3) << 30, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED; }),
                 int(kRefused));
#endif
    }

    // The shell stands for a program that is taken over: it runs, and can run nothing else.
    void theProgramRunsOnce()
    {
        const auto run = [](const char *word) {
            char name[] = "sh", option[] = "-c";
            std::string script = word;
            char *arguments[] = {name, option, script.data(), nullptr};
            runProgram(arguments);
            return false;
        };
        QCOMPARE(verdict(false, [&] { return run("exit 41"); }, "/bin/sh"), 41);
        QCOMPARE(verdict(false, [&] { return run("exec /bin/true; exit 42"); }, "/bin/sh"), 126); // the shell's word for it
        QCOMPARE(verdict(false, [&] { return run("/bin/true; exit 43"); }, "/bin/sh") == 43, false); // no fork: the shell ends there
        QCOMPARE(verdict(false, [&] { return run("echo x > /tmp/baleen-box-test && exit 45; exit 46"); }, "/bin/sh"), 46);
        QVERIFY(!QFile::exists(QStringLiteral("/tmp/baleen-box-test")));
        QCOMPARE(verdict(true, [&] { return run("exit 44"); }, "/bin/sh"), int(kRefused));
    }
};

QTEST_GUILESS_MAIN(TestBox)
#include "tst_box.moc"
