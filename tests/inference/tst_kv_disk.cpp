// inference/kv_disk.h behind a KvCache, on a backend that checks every row: conversations that outlive their
// process.
#include "inference/kv_cache.h"
#include "tests/support/fake_backend.h"
#include "tests/support/sanitized.h"
#include "tests/support/temporary_file.h"
#include "tests/support/token_lists.h"

#include <QDir>
#include <QFile>
#include <QTest>

#include <algorithm>
#include <csignal>
#include <random>
#include <thread>

#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace inference;
using kernels::kKvPageTokens;
using test::count;
using test::operator+;
using test::Tokens;

namespace {

constexpr std::uint32_t kVocabulary = 1000;
constexpr std::uint64_t kFileBytes = kKvPageHeaderBytes + 4096; // of a whole page of the fake

struct Options
{
    std::string model = "a model";
    std::uint64_t budget = 1'000'000'000;
    std::uint32_t pageBudget = 64;
    std::uint32_t contextLength = 1024;
};

// A program with a model loaded; its end is the end of the program.
struct Program
{
    std::shared_ptr<test::FakeBackend::Arrangement> arrangement =
        std::make_shared<test::FakeBackend::Arrangement>();
    test::FakeBackend backend{arrangement};
    std::unique_ptr<KvCache> cache;
    std::vector<float> logits = std::vector<float>(kVocabulary);

    explicit Program(const std::filesystem::path &folder, const Options &options = {})
    {
        kernels::Plan plan;
        plan.shape.vocabularySize = kVocabulary;
        if (!backend.compile(std::move(plan), 4096))
            qFatal("no plan");
        cache = std::make_unique<KvCache>(backend, options.contextLength, options.pageBudget);
        cache->setDisk(
            std::make_unique<KvDisk>(backend, Sha256().add(options.model).finish(), folder, options.budget));
    }
    ~Program()
    {
        cache.reset();
        if (arrangement->pagesInUse != 0)
            arrangement->faults.push_back("pages are left");
        for (const std::string &fault : arrangement->faults)
            QTest::qFail(fault.c_str(), __FILE__, __LINE__);
    }
    // Runs what open() did not find; gives how many tokens were run.
    std::size_t read(const Tokens &tokens)
    {
        const std::size_t cached = cache->open(tokens);
        write(Tokens(tokens.begin() + std::ptrdiff_t(cached), tokens.end()));
        return tokens.size() - cached;
    }
    void write(const Tokens &tokens)
    {
        const Result<void> reserved = cache->reserve(std::uint32_t(tokens.size()));
        if (!reserved)
            qFatal("%s", reserved.error().message.c_str());
        const kernels::RunInput input{
            .tokens = tokens, .firstPosition = cache->length(), .pages = cache->pages()};
        if (!backend.run(input, logits, {}))
            qFatal("the run failed");
        cache->append(tokens);
    }
    std::string waitForNote()
    {
        std::string note;
        (void)QTest::qWaitFor([&] { return !(note = cache->takeNote()).empty(); });
        return note;
    }
    void keep()
    {
        cache->close();
        cache->keepOnDisk();
    }
    // Reads, keeps; gives how many tokens were run.
    std::size_t converse(const Tokens &tokens)
    {
        const std::size_t run = read(tokens);
        keep();
        return run;
    }
};

struct Folder
{
    test::TemporaryFolder folder;
    std::filesystem::path path = folder.path("kv").toStdString();
    QString name() const { return QString::fromStdString(path.native()); }
    QStringList files() const { return QDir(name()).entryList(QDir::Files | QDir::Hidden, QDir::Name); }
};

QByteArray contents(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

void overwrite(const QString &path, const QByteArray &bytes)
{
    QFile::remove(path);
    QFile file(path);
    if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size())
        qFatal("cannot write %s", qPrintable(path));
}

// One of the things that happen to files.
void damage(std::mt19937 &random, const Folder &folder, const Folder &otherModel)
{
    const QStringList files = folder.files();
    const QString path = folder.name() + "/" + files[int(random() % unsigned(files.size()))];
    QByteArray bytes = contents(path);
    const auto flip = [&](qsizetype from, qsizetype to) {
        if (to > bytes.size() || from >= to)
            return; // damaged before
        const qsizetype at = from + qsizetype(random() % std::uint64_t(to - from));
        bytes.data()[at] = char(bytes[at] ^ (1 << random() % 8));
    };
    switch (random() % 8) {
    case 0:
        flip(0, kKvPageHeaderBytes);
        break;
    case 1:
        flip(kKvPageHeaderBytes, bytes.size());
        break;
    case 2:
        bytes.truncate(qsizetype(random() % std::uint64_t(bytes.size() + 1)));
        break;
    case 3:
        bytes.clear();
        break;
    case 4:
        flip(8, 12);
        break; // the version
    case 5:
        bytes = contents(folder.name() + "/" + files[int(random() % unsigned(files.size()))]);
        break;
    case 6: { // the same tokens of another model
        const QStringList others = otherModel.files();
        bytes = contents(otherModel.name() + "/" + others[int(random() % unsigned(others.size()))]);
        break;
    }
    default:
        QFile::remove(path);
        return;
    }
    overwrite(path, bytes);
}

// While it lives no file of this process grows beyond a size: to the program the same as a full disk.
class FullDisk
{
public:
    explicit FullDisk(rlim_t bytes)
    {
        std::signal(SIGXFSZ, SIG_IGN);
        getrlimit(RLIMIT_FSIZE, &m_before);
        rlimit limit = m_before;
        limit.rlim_cur = bytes;
        setrlimit(RLIMIT_FSIZE, &limit);
    }
    ~FullDisk() { setrlimit(RLIMIT_FSIZE, &m_before); }

private:
    rlimit m_before{};
};

// Another user for a while where this one may do everything.
class Ordinary
{
public:
    Ordinary() : m_wasRoot(::geteuid() == 0)
    {
        if (m_wasRoot && ::seteuid(65534) != 0)
            qFatal("seteuid");
    }
    ~Ordinary()
    {
        if (m_wasRoot && ::seteuid(0) != 0)
            qFatal("seteuid");
    }
    bool wasRoot() const { return m_wasRoot; }

private:
    bool m_wasRoot;
};

} // namespace

class TestKvDisk : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aConversationGoesOnInAnotherProcess_data()
    {
        QTest::addColumn<int>("length");
        for (const int length : {1, 2, 63, 64, 65, 128, 200, 700})
            QTest::addRow("%d tokens", length) << length;
    }
    void aConversationGoesOnInAnotherProcess()
    {
        QFETCH(int, length);
        const Folder f;
        const Tokens conversation = count(0, std::size_t(length));
        {
            Program first(f.path);
            QCOMPARE(first.converse(conversation), std::size_t(length));
        }
        Program second(f.path);
        const Tokens longer = conversation + count(800, 20);
        QCOMPARE(second.read(longer), std::size_t(20));
        QCOMPARE(second.cache->tokensFromDisk(), std::uint32_t(length));
        second.cache->close();
        // From here on it is in memory.
        QCOMPARE(second.read(longer), std::size_t(1));
        QCOMPARE(second.cache->tokensFromDisk(), 0u);
    }
    void regeneratingAndBranchingReadNothingTwice()
    {
        const Folder f;
        const Tokens prompt = count(0, 150), answer = count(500, 80);
        {
            Program first(f.path);
            first.read(prompt);
            first.write(answer);
            first.keep();
        }
        {
            Program again(f.path);
            QCOMPARE(again.read(prompt), std::size_t(1)); // the last token must run
            again.write(count(600, 30));                  // another answer
            again.keep();
        }
        {
            Program branch(f.path);
            QCOMPARE(branch.read(count(0, 100) + count(300, 40)), std::size_t(40));
            branch.keep();
        }
        Program all(f.path); // each of the three goes on
        QCOMPARE(all.read(prompt + answer + count(900, 5)), std::size_t(5));
        QCOMPARE(all.read(prompt + count(600, 30) + count(900, 5)), std::size_t(5));
        QCOMPARE(all.read(count(0, 100) + count(300, 40) + count(900, 5)), std::size_t(5));
    }
    void aConversationThatGrowsLeavesNothingBehind()
    {
        const Folder f;
        Tokens conversation;
        for (int turn = 0; turn < 12; ++turn) {
            conversation = conversation + count(TokenId(70 * turn), 37);
            Program program(f.path);
            QCOMPARE(program.converse(conversation), std::size_t(37));
            program.cache.reset();
            QCOMPARE(std::size_t(f.files().size()), (conversation.size() + 63) / 64);
        }
    }
    void conversationsShareTheFilesOfACommonBeginning()
    {
        const Folder f;
        const Tokens common = count(0, 256);
        Program(f.path).converse(common + count(300, 64));
        QCOMPARE(f.files().size(), 5);
        Program(f.path).converse(common + count(500, 128));
        QCOMPARE(f.files().size(), 7);
        Program third(f.path);
        QCOMPARE(third.read(common + count(700, 10)), std::size_t(10));
    }
    void whatIsOnDiskGoesOnWhereMemoryEnds()
    {
        const Folder f;
        const Tokens conversation = count(0, 400);
        Program(f.path).converse(conversation);
        Program program(f.path);
        program.read(count(0, 100) + count(900, 1)); // 100 tokens from the disk, as a branch
        QCOMPARE(program.cache->tokensFromDisk(), 100u);
        program.cache->close();
        QCOMPARE(program.read(conversation + count(900, 1)), std::size_t(1));
        QCOMPARE(program.cache->tokensFromDisk(), 300u);
        program.cache->close();
        QCOMPARE(program.cache->pagesInUse(), 8u); // the branch has only its last page for itself
    }
    void pagesThatMemoryGaveUpComeBack()
    {
        const Folder f;
        Program program(f.path, {.pageBudget = 4, .contextLength = 256});
        const Tokens a = count(0, 256), b = count(300, 256);
        program.converse(a);
        QTRY_COMPARE(f.files().size(), 4);
        program.converse(b);
        QTRY_COMPARE(f.files().size(), 8);
        QCOMPARE(program.read(a), std::size_t(1));
        QCOMPARE(program.cache->tokensFromDisk(), 255u);
    }
    void whatIsNotKeptIsNotWritten()
    {
        const Folder f;
        {
            Program program(f.path);
            program.read(count(0, 200));
            program.cache->discard(); // numbers that cannot be trusted
            program.cache->keepOnDisk();
            program.read(count(0, 200));
            program.cache->close();
            program.cache->open(count(500, 5));
            program.cache->close(); // stopped before anything ran: the one before is not meant
            program.cache->keepOnDisk();
        }
        QVERIFY(f.files().isEmpty());
    }
    void otherModelsHaveTheirOwn()
    {
        const Folder f;
        const Tokens conversation = count(0, 200);
        Program(f.path).converse(conversation);
        Program other(f.path, {.model = "another model"});
        QCOMPARE(other.converse(conversation), std::size_t(200));
        other.cache.reset();
        QCOMPARE(f.files().size(), 8);
    }
    void damagedFilesNeverGiveAWrongAnswer_data()
    {
        QTest::addColumn<unsigned>("seed");
        for (unsigned seed = 1; seed <= 300; ++seed)
            QTest::addRow("%u", seed) << seed;
    }
    // A row of another sequence, or of no sequence, would be a fault of the backend, and other logits.
    void damagedFilesNeverGiveAWrongAnswer()
    {
        QFETCH(unsigned, seed);
        std::mt19937 random(seed);
        const Folder f, other;
        const Tokens conversation = count(TokenId(seed % 7), 150 + random() % 200);
        const Tokens branch = Tokens(conversation.begin(), conversation.begin() + 100) + count(600, 90);
        std::vector<float> expected;
        {
            Program first(f.path), elsewhere(other.path, {.model = "another model"});
            elsewhere.converse(conversation);
            first.converse(branch);
            first.converse(conversation);
            first.read(conversation);
            expected = first.logits;
        }
        const qsizetype files = f.files().size();
        const unsigned times = 1 + random() % 3;
        for (unsigned i = 0; i < times; ++i)
            damage(random, f, other);
        // Each program writes anew what it saw to be damaged: of each conversation the first of such pages.
        for (unsigned i = 0; i < times; ++i) {
            Program second(f.path);
            second.read(conversation);
            QCOMPARE(second.logits, expected);
            second.keep();
            second.converse(branch);
        }
        QCOMPARE(f.files().size(), files);
        Program third(f.path);
        QCOMPARE(third.read(conversation), std::size_t(1));
        QCOMPARE(third.logits, expected);
        QCOMPARE(third.read(branch), std::size_t(1));
    }
    void aFullDiskEndsTheKeepingAndNothingElse_data()
    {
        QTest::addColumn<int>("bytes");
        QTest::newRow("no byte") << 0;
        QTest::newRow("the header") << int(kKvPageHeaderBytes);
        QTest::newRow("half a page") << 2000;
    }
    void aFullDiskEndsTheKeepingAndNothingElse()
    {
        QFETCH(int, bytes);
        const Folder f;
        Program(f.path).converse(count(0, 100));
        {
            Program program(f.path);
            std::string note;
            {
                const FullDisk full{rlim_t(bytes)};
                program.converse(count(300, 100));
                note = program.waitForNote();
            }
            QVERIFY2(note.find("no longer kept") != std::string::npos &&
                         note.find(f.path.native()) != std::string::npos,
                     note.c_str());
            QCOMPARE(program.converse(count(300, 100) + count(900, 1)), std::size_t(1)); // from memory
            QCOMPARE(program.read(count(0, 100)), std::size_t(1)); // what is there is read
            program.keep();
            QVERIFY(program.cache->takeNote().empty());
            QCOMPARE(program.cache->pagesInUse(), 4u); // none waits for the disk
        }
        QCOMPARE(f.files().size(), 2);
    }
    void aFolderThatCannotBeWrittenIsReadAndToldOnce()
    {
        const test::TemporaryFolder parent;
        const std::filesystem::path path = parent.path("kv").toStdString();
        if (::geteuid() == 0) { // the other user has to get there
            ::chmod(parent.path(".").toStdString().c_str(), 0755);
            std::filesystem::create_directory(path);
            QCOMPARE(::chown(path.c_str(), 65534, 65534), 0);
        }
        const Ordinary user;
        Program(path).converse(count(0, 200));
        QCOMPARE(::chmod(path.c_str(), 0500), 0);
        {
            Program program(path);
            QCOMPARE(program.converse(count(0, 200) + count(900, 9)), std::size_t(9));
            const std::string note = program.waitForNote();
            QVERIFY2(note.find("ermission") != std::string::npos, note.c_str());
            QCOMPARE(program.converse(count(300, 100)), std::size_t(100));
            QVERIFY(program.cache->takeNote().empty());
        }
        QCOMPARE(::chmod(path.c_str(), 0700), 0);
        Program again(path);
        QCOMPARE(again.read(count(0, 200)), std::size_t(1));
    }
    void aPlaceThatIsNoFolderIsToldOnce()
    {
        const test::TemporaryFolder parent;
        const std::filesystem::path path = parent.write("kv", "a file").toStdString();
        Program program(path);
        QVERIFY(!program.cache->takeNote().empty());
        QCOMPARE(program.converse(count(0, 100)), std::size_t(100));
        QVERIFY(program.cache->takeNote().empty());
    }
    void aFolderThatOthersMayWriteIntoIsNotRead()
    {
        const Folder f;
        Program(f.path).converse(count(0, 200));
        QCOMPARE(::chmod(f.path.c_str(), 0777), 0);
        Program program(f.path);
        QVERIFY(!program.cache->takeNote().empty());
        QCOMPARE(program.converse(count(0, 200)), std::size_t(200));
    }
    void theBudgetIsKeptAndTheOldestEndGoesFirst()
    {
        const Folder f;
        const Options options{.budget = 10 * kFileBytes};
        Program(f.path, options).converse(count(0, 256));   // 4 pages
        Program(f.path, options).converse(count(300, 256)); // 8
        Program(f.path, options).converse(count(600, 256)); // two of the first have to go
        QCOMPARE(kvFolderBytes(f.path), options.budget);
        {
            Program program(f.path, options);
            QCOMPARE(program.read(count(0, 256)), std::size_t(128));
            QCOMPARE(program.read(count(300, 256)), std::size_t(1));
            QCOMPARE(program.read(count(600, 256)), std::size_t(1));
        }
        // More than all of it: the beginning is kept, which is what can be found.
        Program(f.path, options).converse(count(1, 900));
        QCOMPARE(kvFolderBytes(f.path), options.budget);
        Program program(f.path, options);
        QCOMPARE(program.read(count(1, 900)), std::size_t(260));
        Program tiny(f.path, {.budget = kFileBytes - 1});
        QCOMPARE(tiny.converse(count(500, 70)), std::size_t(70));
    }
    void aFolderThatVanishesComesBack()
    {
        const Folder f;
        Program program(f.path);
        for (int round = 0; round < 4; ++round) {
            program.converse(count(TokenId(100 * round), 300));
            if (round % 2 == 0)
                QTRY_VERIFY(f.files().size() >= 5);
            if (round == 3)
                break;
            if (round % 2 == 0)
                QVERIFY(QDir(f.name()).removeRecursively());
            else
                QVERIFY(forgetAll(f.path));
        }
        QVERIFY(program.cache->takeNote().empty());
        program.cache.reset();
        Program next(f.path);
        QCOMPARE(next.read(count(300, 300)), std::size_t(1));
    }
    void pagesThatWaitForTheDiskAreGivenBackWhenMemoryIsShort()
    {
        const Folder f;
        Program program(f.path, {.pageBudget = 4, .contextLength = 256});
        for (int round = 0; round < 200; ++round) {
            const auto first = TokenId(round * 7 % 500);
            program.converse(count(first, std::size_t(64 + round % 150)));
            QVERIFY(program.cache->pagesInUse() <= 4);
            program.cache->open(count(first, std::size_t(40 + round % 150)) +
                                count(900, 16)); // copies its last page
            program.write(count(900, 1));
            QVERIFY(program.arrangement->faults.empty());
        }
        program.arrangement->pageLimit = 2;
        program.cache->open(count(100, 200));
        QVERIFY(!program.cache->reserve(200));
        program.cache->discard();
        program.cache->clear();
        QCOMPARE(program.cache->pagesInUse(), 0u);
    }
    void stoppedReadingLeavesTheRestToRun()
    {
        const Folder f;
        Program(f.path).converse(count(0, 300));
        Program program(f.path);
        std::stop_source stop;
        stop.request_stop();
        QCOMPARE(program.cache->open(count(0, 300), stop.get_token()), 0u);
    }
    // Programs come, converse and go, all at once, with too little room.
    void manyProgramsUseOneFolder()
    {
        const Folder f;
        const Options options{.budget = 12 * kFileBytes, .pageBudget = 16, .contextLength = 512};
        std::vector<std::thread> programs;
        std::atomic<int> fromDisk{0};
        std::mutex mutex;
        std::vector<std::string> notes;
        for (unsigned number = 0; number < 4; ++number) {
            programs.emplace_back([&, number] {
                std::mt19937 random(number);
                for (int life = 0; life < (test::kSanitized ? 10 : 30); ++life) {
                    Program program(f.path, options);
                    for (int turn = 0; turn < 5; ++turn) {
                        const Tokens common = count(TokenId(random() % 3 * 100), 130);
                        program.converse(common + count(TokenId(random() % 4), 1 + random() % 90));
                        fromDisk += int(program.cache->tokensFromDisk());
                    }
                    if (random() % 8 == 0)
                        (void)forgetAll(f.path);
                    if (const std::string note = program.cache->takeNote(); !note.empty()) {
                        const std::lock_guard lock(mutex);
                        notes.push_back(note);
                    }
                }
            });
        }
        for (std::thread &program : programs)
            program.join();
        QVERIFY2(notes.empty(), notes.empty() ? "" : notes.front().c_str());
        QVERIFY(fromDisk > 0);
        // Each knows what was there when it began to write.
        QVERIFY(kvFolderBytes(f.path) <= 3 * options.budget);
        Program(f.path, options).converse(count(0, 500));
        QVERIFY(kvFolderBytes(f.path) <= options.budget);
    }
};

QTEST_GUILESS_MAIN(TestKvDisk)
#include "tst_kv_disk.moc"
