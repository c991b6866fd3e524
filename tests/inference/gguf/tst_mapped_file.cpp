// inference/gguf/mapped_file.h: regular files only, and a file that another process cuts short.
#include "inference/gguf/mapped_file.h"

#include "inference/gguf/gguf_file.h"
#include "tests/support/gguf_sample.h"
#include "tests/support/sanitized.h"
#include "tests/support/temporary_file.h"

#include <QElapsedTimer>
#include <QFile>
#include <QTest>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <numeric>
#include <thread>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace inference;

class TestMappedFile : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    // First: their children install the handler themselves, which a process does once.
    void passesOtherFaultsOn_data();
    void passesOtherFaultsOn();
    void mapsTheFileWhole();
    void refusesWhatIsNoFile_data();
    void refusesWhatIsNoFile();
    void followsSymbolicLinks();
    void noRoomForTheFile();
    void survivesTruncationInPlace();
    void survivesTruncationOnManyThreads();
    void survivesFaultsFromTheEndBackwards();
    void noticesAnyChange();
    void replacedOrDeletedFilesStayReadable();
    void ggufFileNoticesTruncation();
    void openingAFileThatIsBeingWrittenEndsCleanly();
    void placesAreUsedAgain();

private:
    test::TemporaryFolder m_folder;
};

namespace {

constexpr qsizetype kPage = 4096;

MappedFile mapped(const QString &path)
{
    Result<MappedFile> file = MappedFile::open(path.toStdString());
    if (!file)
        qFatal("%s", file.error().message.c_str());
    return std::move(*file);
}

std::size_t countOf(std::span<const std::byte> bytes, char value)
{
    return static_cast<std::size_t>(std::count(bytes.begin(), bytes.end(), std::byte(value)));
}

// Runs what in a child process; the signal that ended it, or 256 + its exit status.
template <class What> int endOfChild(What what)
{
    const pid_t child = fork();
    if (child == 0) {
        alarm(20);
        _exit(what());
    }
    int status = 0;
    waitpid(child, &status, 0);
    return WIFSIGNALED(status) ? WTERMSIG(status) : 256 + WEXITSTATUS(status);
}

} // namespace

void TestMappedFile::mapsTheFileWhole()
{
    const QByteArray bytes = QByteArray(3 * kPage, 'a') + "end";
    const MappedFile file = mapped(m_folder.write("whole", bytes));
    QCOMPARE(file.bytes().size(), std::size_t(bytes.size()));
    QVERIFY(std::memcmp(file.bytes().data(), bytes.constData(), file.bytes().size()) == 0);
    QVERIFY(!file.changedOnDisk() && !file.differsFromOpened());
    const MappedFile view = MappedFile::view(file.bytes());
    QCOMPARE(view.bytes().data(), file.bytes().data());
    QVERIFY(!view.changedOnDisk() && !view.differsFromOpened());
}

void TestMappedFile::refusesWhatIsNoFile_data()
{
    QTest::addColumn<QString>("path");
    QTest::addColumn<int>("code");
    QTest::addColumn<QString>("says");
    const auto row = [](const char *name, const QString &path, ErrorCode code, const char *says) {
        QTest::newRow(name) << path << int(code) << says;
    };
    const QString fifo = m_folder.path("fifo"), loop = m_folder.path("loop"),
                  link = m_folder.path("dangling"), socketPath = m_folder.path("socket"),
                  toFifo = m_folder.path("to-fifo");
    QCOMPARE(mkfifo(qPrintable(fifo), 0600), 0);
    QCOMPARE(symlink("loop", qPrintable(loop)), 0);
    QCOMPARE(symlink("nothing", qPrintable(link)), 0);
    QCOMPARE(symlink("fifo", qPrintable(toFifo)), 0);
    sockaddr_un address{AF_UNIX, {}};
    qstrncpy(address.sun_path, qPrintable(socketPath), sizeof address.sun_path);
    const int descriptor = socket(AF_UNIX, SOCK_STREAM, 0);
    QCOMPARE(bind(descriptor, reinterpret_cast<sockaddr *>(&address), sizeof address), 0);
    ::close(descriptor);

    row("folder", m_folder.path(""), ErrorCode::Unsupported, "found a folder");
    row("pipe", fifo, ErrorCode::Unsupported, "found a pipe");
    row("link to a pipe", toFifo, ErrorCode::Unsupported, "found a pipe");
    row("socket", socketPath, ErrorCode::Unsupported, "found a socket");
    row("endless device", "/dev/zero", ErrorCode::Unsupported, "found a device");
    row("empty device", "/dev/null", ErrorCode::Unsupported, "found a device");
    row("empty file", m_folder.write("empty", {}), ErrorCode::Incomplete, "The file is empty");
    row("file of the kernel", "/proc/self/status", ErrorCode::Incomplete, "The file is empty");
    row("missing", m_folder.path("missing"), ErrorCode::NotFound, "No such file");
    row("missing folder", m_folder.path("a/b/c"), ErrorCode::NotFound, "No such file");
    row("file as folder", m_folder.path("empty/x"), ErrorCode::NotFound, "No such file");
    row("no name", {}, ErrorCode::NotFound, "No such file");
    row("link to nothing", link, ErrorCode::NotFound, "No such file");
    row("links in a circle", loop, ErrorCode::Io, "lead in a circle");
    row("name with a zero byte", m_folder.path("empty") + QChar(u'\0') + "x", ErrorCode::NotFound,
        "empty\\x00x");
    row("name too long", m_folder.path(QString(300, u'n')), ErrorCode::Io, "Cannot open the file");
}

void TestMappedFile::refusesWhatIsNoFile()
{
    QFETCH(QString, path);
    QFETCH(int, code);
    QFETCH(QString, says);
    const Result<MappedFile> file = MappedFile::open(path.toStdString());
    QVERIFY(!file);
    const QString message = QString::fromStdString(file.error().message);
    QVERIFY2(message.contains(says), qPrintable(message));
    QVERIFY2(!message.contains(u'\n') && message.endsWith(u'.'), qPrintable(message));
    QCOMPARE(int(file.error().code), code);
}

void TestMappedFile::followsSymbolicLinks()
{
    m_folder.write("target", "content");
    QVERIFY(QFile::link("target", m_folder.path("link")));
    QCOMPARE(mapped(m_folder.path("link")).bytes().size(), 7u);
}

void TestMappedFile::noRoomForTheFile()
{
    if (test::kSanitized)
        QSKIP("A sanitizer's own mappings exceed every limit.");
    const QString path = m_folder.write("large", {});
    QVERIFY(QFile::resize(path, qint64(1) << 40)); // with no blocks on the disk
    rlimit before;
    QCOMPARE(getrlimit(RLIMIT_AS, &before), 0);
    rlimit limited = before;
    limited.rlim_cur = rlim_t(1) << 40;
    QCOMPARE(setrlimit(RLIMIT_AS, &limited), 0);
    const Result<MappedFile> file = MappedFile::open(path.toStdString());
    setrlimit(RLIMIT_AS, &before);
    QVERIFY(!file);
    QCOMPARE(file.error().code, ErrorCode::OutOfMemory);
    QVERIFY2(file.error().message.find("ulimit -v") != std::string::npos, file.error().message.c_str());
}

void TestMappedFile::survivesTruncationInPlace()
{
    constexpr qsizetype size = 64 * kPage;
    const QString path = m_folder.write("cut", QByteArray(size, 'a'));
    const MappedFile file = mapped(path);
    const MappedFile other = mapped(m_folder.write("untouched", QByteArray(size, 'b')));
    QVERIFY(QFile::resize(path, 10 * kPage));
    QCOMPARE(countOf(file.bytes().first(10 * kPage), 'a'), std::size_t(10 * kPage));
    QVERIFY(!file.changedOnDisk()); // nothing that is gone was read yet
    QVERIFY(file.differsFromOpened());
    QCOMPARE(countOf(file.bytes(), 'a'), std::size_t(10 * kPage));
    QCOMPARE(countOf(file.bytes(), '\0'), std::size_t(size - 10 * kPage));
    QVERIFY(file.changedOnDisk());
    QVERIFY(!other.changedOnDisk());
    QCOMPARE(countOf(other.bytes(), 'b'), std::size_t(size));
}

void TestMappedFile::survivesTruncationOnManyThreads()
{
    constexpr qsizetype size = 2048 * kPage;
    const QString path = m_folder.write("threads", QByteArray(size, 'a'));
    for (int round = 0; round < 5; ++round) {
        QVERIFY(QFile::resize(path, 0));
        m_folder.write("threads", QByteArray(size, 'a'));
        const MappedFile file = mapped(path);
        std::atomic<std::size_t> wrong{0};
        std::atomic<int> started{0};
        std::vector<std::jthread> readers;
        for (int t = 0; t < 4; ++t)
            readers.emplace_back([&] {
                ++started;
                for (int pass = 0; pass < 4; ++pass)
                    wrong += static_cast<std::size_t>(
                        std::count_if(file.bytes().begin(), file.bytes().end(),
                                      [](std::byte b) { return b != std::byte('a') && b != std::byte(0); }));
            });
        while (started < 4)
            std::this_thread::yield();
        QVERIFY(QFile::resize(path, (round + 1) * 100 * kPage));
        readers.clear();
        QCOMPARE(wrong.load(), 0u);
        QCOMPARE(countOf(file.bytes(), 'a'), std::size_t((round + 1) * 100 * kPage));
        QVERIFY(file.changedOnDisk());
    }
}

// More faults than the kernel allows mappings.
void TestMappedFile::survivesFaultsFromTheEndBackwards()
{
    constexpr qsizetype pages = 70'000;
    const QString path = m_folder.write("backwards", "x");
    QVERIFY(QFile::resize(path, pages * kPage)); // sparse
    const MappedFile file = mapped(path);
    QVERIFY(QFile::resize(path, 0));
    std::size_t sum = 0;
    for (qsizetype page = pages - 1; page >= 0; --page)
        sum += std::to_integer<std::size_t>(file.bytes()[static_cast<std::size_t>(page * kPage)]);
    QCOMPARE(sum, 0u);
    QVERIFY(file.changedOnDisk());
}

void TestMappedFile::noticesAnyChange()
{
    const QString path = m_folder.write("changing", QByteArray(kPage, 'a'));
    const MappedFile file = mapped(path);
    QFile writer(path);
    QVERIFY(writer.open(QIODevice::ReadWrite));
    QVERIFY(!file.differsFromOpened());
    const timespec times[2] = {{0, UTIME_OMIT}, {1'000'000, 7}};
    QCOMPARE(futimens(writer.handle(), times), 0);
    QVERIFY(file.differsFromOpened());
}

void TestMappedFile::replacedOrDeletedFilesStayReadable()
{
    const QString path = m_folder.write("kept", QByteArray(kPage, 'a'));
    const MappedFile file = mapped(path);
    const QString other = m_folder.write("other", QByteArray(kPage, 'b'));
    QCOMPARE(::rename(qPrintable(other), qPrintable(path)), 0);
    QCOMPARE(countOf(file.bytes(), 'a'), std::size_t(kPage));
    QVERIFY(QFile::remove(path));
    QCOMPARE(countOf(file.bytes(), 'a'), std::size_t(kPage));
    QVERIFY(!file.changedOnDisk());
    QVERIFY(!file.differsFromOpened());
}

void TestMappedFile::ggufFileNoticesTruncation()
{
    const std::string bytes = test::sampleGguf(24).finish();
    const QString path = m_folder.write("model.gguf", QByteArray(bytes.data(), qsizetype(bytes.size())));
    const auto file = GgufFile::open(path.toStdString());
    QVERIFY2(file, file ? "" : file.error().message.c_str());
    QVERIFY(!(*file)->changedOnDisk() && !(*file)->differsFromOpened());
    QVERIFY(QFile::resize(path, kPage));
    QVERIFY((*file)->differsFromOpened());
    std::size_t zeros = 0;
    for (const GgufTensor &tensor : (*file)->tensors())
        zeros += countOf((*file)->bytes(tensor), '\0');
    QVERIFY(zeros > bytes.size() / 2);
    QVERIFY((*file)->changedOnDisk());
    // Whatever is read from what is left ends.
    for (const auto &[key, value] : (*file)->metadata())
        if (const auto *array = std::get_if<GgufArray>(&value))
            QVERIFY((*file)->strings(*array).size() <= bytes.size());
    QVERIFY(!GgufFile::open(path.toStdString()));
}

void TestMappedFile::passesOtherFaultsOn_data()
{
    QTest::addColumn<QString>("before"); // what the process did with SIGBUS before the first mapping
    QTest::addColumn<bool>("fault");     // a fault in a mapping of somebody else, or a signal that was sent
    QTest::addColumn<int>("end");
    QTest::newRow("fault, default") << "default" << true << SIGBUS;
    QTest::newRow("fault, ignored") << "ignore" << true << SIGBUS;
    QTest::newRow("fault, plain handler") << "plain" << true << 256 + 7;
    QTest::newRow("fault, handler with information") << "information" << true << 256 + 8;
    QTest::newRow("sent, default") << "default" << false << SIGBUS;
    QTest::newRow("sent, ignored") << "ignore" << false << 256 + 0;
    QTest::newRow("sent, plain handler") << "plain" << false << 256 + 7;
}

void TestMappedFile::passesOtherFaultsOn()
{
    QFETCH(QString, before);
    QFETCH(bool, fault);
    QFETCH(int, end);
    const QString path = m_folder.write("foreign", QByteArray(2 * kPage, 'a'));
    QCOMPARE(endOfChild([&] {
                 struct sigaction action = {};
                 if (before == "information") {
                     action.sa_flags = SA_SIGINFO;
                     action.sa_sigaction = [](int, siginfo_t *info, void *) { _exit(info->si_addr ? 8 : 9); };
                 } else if (before == "plain") {
                     action.sa_handler = [](int) { _exit(7); };
                 } else {
                     action.sa_handler = before == "ignore" ? SIG_IGN : SIG_DFL;
                 }
                 sigaction(SIGBUS, &action, nullptr);
                 const MappedFile ours = mapped(path);
                 if (!fault) {
                     raise(SIGBUS);
                     return 0;
                 }
                 const int descriptor = ::open(qPrintable(path), O_RDWR);
                 const void *foreign = mmap(nullptr, 2 * kPage, PROT_READ, MAP_SHARED, descriptor, 0);
                 if (ftruncate(descriptor, 0) != 0)
                     return 1;
                 const char byte = static_cast<const volatile char *>(foreign)[kPage];
                 return byte == 'a' ? 2 : 3; // must not get here
             }),
             end);
}

void TestMappedFile::openingAFileThatIsBeingWrittenEndsCleanly()
{
    const std::string bytes = test::sampleGguf(24).finish();
    const QByteArray whole(bytes.data(), qsizetype(bytes.size()));
    const QString path = m_folder.write("growing.gguf", whole);
    std::atomic<bool> done{false};
    std::jthread writer([&] {
        for (unsigned i = 0; !done; ++i) {
            QFile::resize(path, i % 3 == 0 ? 100 : i % 3 == 1 ? whole.size() / 2 : 0);
            QFile file(path);
            if (file.open(QIODevice::ReadWrite))
                file.write(whole);
        }
    });
    int opened = 0, refused = 0;
    QElapsedTimer timer;
    timer.start();
    while ((opened == 0 || refused == 0 || timer.elapsed() < 500) && timer.elapsed() < 20'000) {
        const auto file = GgufFile::open(path.toStdString());
        ++(file ? opened : refused);
        if (file) // may be cut by now: whatever is read ends
            for (const GgufTensor &tensor : (*file)->tensors())
                QVERIFY(countOf((*file)->bytes(tensor), 'x') <= tensor.byteSize);
        else
            QVERIFY2(file.error().message.find("growing.gguf") != std::string::npos,
                     file.error().message.c_str());
    }
    done = true;
    QVERIFY(opened > 0 && refused > 0);
}

void TestMappedFile::placesAreUsedAgain()
{
    const QString path = m_folder.write("again", QByteArray(2 * kPage, 'a'));
    for (int i = 0; i < 1000; ++i) {
        std::vector<MappedFile> files;
        for (int k = 0; k < 3; ++k)
            files.push_back(mapped(path));
        MappedFile moved = std::move(files[1]);
        QCOMPARE(moved.bytes().size(), std::size_t(2 * kPage));
        QVERIFY(files[1].bytes().empty() && !files[1].changedOnDisk());
        files[0] = std::move(moved);
        QCOMPARE(countOf(files[0].bytes(), 'a'), std::size_t(2 * kPage));
    }
    // A new mapping in a place that saw a fault begins without the flag.
    {
        const MappedFile file = mapped(path);
        QVERIFY(QFile::resize(path, 1));
        QCOMPARE(countOf(file.bytes(), 'a'), 1u);
        QVERIFY(file.changedOnDisk());
    }
    QVERIFY(!mapped(path).changedOnDisk());
}

QTEST_GUILESS_MAIN(TestMappedFile)
#include "tst_mapped_file.moc"
