// inference/kv_page_file.h and inference/kv_folder.h: files of pages, what is damaged, who may read them, the
// budget.
#include "inference/kv_folder.h"
#include "tests/support/temporary_file.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QTest>

#include <algorithm>
#include <atomic>
#include <numeric>
#include <thread>

#include <sys/stat.h>
#include <unistd.h>

using namespace inference;
using kernels::kKvPageTokens;
using Tokens = std::vector<TokenId>;

namespace {

constexpr std::size_t kRowBytes = 16;
constexpr std::int64_t kSecond = 1'000'000'000;

KvKey keyNamed(const std::string &text)
{
    return Sha256().add(text).finish();
}

KvPage pageOf(TokenId first, std::size_t tokens)
{
    KvPage page;
    page.tokens.resize(tokens);
    std::iota(page.tokens.begin(), page.tokens.end(), first);
    page.bytes.resize(tokens * kRowBytes);
    for (std::size_t i = 0; i < page.bytes.size(); ++i)
        page.bytes[i] = std::byte(std::size_t(first) * 31 + i * 7);
    return page;
}

struct Folder
{
    test::TemporaryFolder folder;
    std::filesystem::path path = folder.path("kv").toStdString();
    Folder()
    {
        if (const auto made = prepareKvFolder(path); !made)
            qFatal("%s", made.error().message.c_str());
    }
    std::filesystem::path write(const KvKey &parent, const KvPage &page, std::int64_t changed = kSecond) const
    {
        if (const auto written = writeKvPage(path, parent, page, changed); !written)
            qFatal("%s", written.error().message.c_str());
        return path / kvPageName(parent, page.tokens);
    }
    QStringList files() const
    {
        return QDir(QString::fromStdString(path.native()))
            .entryList(QDir::AllEntries | QDir::Hidden | QDir::NoDotAndDotDot);
    }
};

} // namespace

class TestKvFolder : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aPageComesBackAsItWasWritten()
    {
        const Folder f;
        const KvKey parent = keyNamed("a model");
        for (const std::size_t tokens : {1u, 63u, 64u}) {
            const KvPage page = pageOf(TokenId(tokens), tokens);
            const auto file = f.write(parent, page, 12345 * kSecond);
            KvPage read;
            QVERIFY(readKvPage(file, parent, kRowBytes, read));
            QVERIFY(read.tokens == page.tokens && read.bytes == page.bytes);
            QVERIFY(readKvPageTokens(file, parent) == page.tokens);
            struct stat status = {};
            QCOMPARE(::stat(file.c_str(), &status), 0);
            QCOMPARE(status.st_mode & 0777, 0600u);
            QCOMPARE(std::int64_t(status.st_mtim.tv_sec), std::int64_t(12345));
            QCOMPARE(std::size_t(status.st_size), kKvPageHeaderBytes + page.bytes.size());
        }
        struct stat status = {};
        QCOMPARE(::stat(f.path.c_str(), &status), 0);
        QCOMPARE(status.st_mode & 0777, 0700u);
        QCOMPARE(f.files().size(), 3);
    }
    void namesAreRecognised()
    {
        const std::string name = kvPageName(keyNamed("x"), Tokens{1, 2, 3});
        QVERIFY(isKvPageName(name));
        QVERIFY(QByteArray::fromStdString(name).startsWith(
            QByteArray::fromStdString(kvChildrenPrefix(keyNamed("x")))));
        QVERIFY(isUnfinishedKvPage(name + ".12-3.unfinished"));
        for (const std::string &other :
             {std::string(), std::string("notes.txt"), name + "x", "x" + name, name.substr(1)})
            QVERIFY(!isKvPageName(other) && !isUnfinishedKvPage(other));
        QVERIFY(!isUnfinishedKvPage("notes.txt.unfinished") && !isUnfinishedKvPage(".unfinished"));
        QVERIFY(kvPageName(keyNamed("x"), Tokens{1, 2}) != kvPageName(keyNamed("x"), Tokens{1, 3}));
        QVERIFY(kvPageName(keyNamed("x"), Tokens{1, 2}) != kvPageName(keyNamed("y"), Tokens{1, 2}));
    }
    // Every bit of the header, and bits of the rows; every length.
    void damageIsSeenAndRemoved()
    {
        const Folder f;
        const KvKey parent = keyNamed("m");
        const KvPage page = pageOf(5, 20);
        const auto file = f.write(parent, page);
        QFile original(QString::fromStdString(file.native()));
        QVERIFY(original.open(QIODevice::ReadOnly));
        const QByteArray bytes = original.readAll();
        QList<QByteArray> damaged{QByteArray(), QByteArray(int(bytes.size()), '\0'), bytes + '\0',
                                  bytes + bytes};
        for (qsizetype bit = 0; bit < 8 * bytes.size();
             bit += bit < 8 * qsizetype(kKvPageHeaderBytes) ? 1 : 3) {
            damaged.append(bytes);
            damaged.back().data()[bit / 8] = char(damaged.back()[bit / 8] ^ (1 << bit % 8));
        }
        for (qsizetype size = 0; size < bytes.size(); size += 7)
            damaged.append(bytes.left(size));
        for (const QByteArray &wrong : damaged) {
            QFile copy(QString::fromStdString(file.native()));
            QVERIFY(copy.open(QIODevice::WriteOnly));
            QCOMPARE(copy.write(wrong), wrong.size());
            copy.close();
            KvPage read;
            QVERIFY(!readKvPage(file, parent, kRowBytes, read));
            QVERIFY(f.files().isEmpty());
        }
    }
    void whatBelongsElsewhereIsRemoved()
    {
        const Folder f;
        const KvPage page = pageOf(5, 64), other = pageOf(6, 64);
        const auto file = f.path / kvPageName(keyNamed("m"), page.tokens);
        KvPage read;
        // Another model's file, another page's, one of other rows, a folder, a link, a pipe that nobody
        // writes.
        std::filesystem::rename(f.write(keyNamed("n"), page), file);
        QVERIFY(!readKvPage(file, keyNamed("m"), kRowBytes, read));
        std::filesystem::rename(f.write(keyNamed("m"), other), file);
        QVERIFY(!readKvPage(file, keyNamed("m"), kRowBytes, read));
        f.write(keyNamed("m"), page);
        QVERIFY(!readKvPage(file, keyNamed("m"), kRowBytes * 2, read));
        QVERIFY(f.files().isEmpty());
        QVERIFY(!readKvPage(file, keyNamed("m"), kRowBytes, read)); // not there
        std::filesystem::create_directory(file);
        QVERIFY(!readKvPage(file, keyNamed("m"), kRowBytes, read));
        std::filesystem::remove(file);
        std::filesystem::create_symlink("/dev/zero", file);
        QVERIFY(!readKvPage(file, keyNamed("m"), kRowBytes, read));
        std::filesystem::remove(file);
        QCOMPARE(::mkfifo(file.c_str(), 0600), 0);
        QVERIFY(!readKvPage(file, keyNamed("m"), kRowBytes, read));
    }
    void thePageWithMostInCommonIsFound()
    {
        const Folder f;
        const KvKey parent = keyNamed("m");
        KvPage full = pageOf(100, 64), shorter = pageOf(100, 10), branch = pageOf(100, 40), read;
        branch.tokens[30] = 7;
        f.write(parent, shorter);
        f.write(parent, branch);
        f.write(keyNamed("n"), pageOf(100, 60)); // somebody else's
        const std::span<const TokenId> wanted(full.tokens);
        QVERIFY(readBestKvPage(f.path, parent, wanted, 0, kRowBytes, read));
        QVERIFY(read.tokens == branch.tokens); // 30 of its tokens
        QVERIFY(!readBestKvPage(f.path, parent, wanted, 30, kRowBytes, read));
        QVERIFY(readBestKvPage(f.path, parent, wanted.first(8), 0, kRowBytes, read));
        f.write(parent, full);
        QVERIFY(readBestKvPage(f.path, parent, wanted, 0, kRowBytes, read));
        QVERIFY(read.tokens == full.tokens);
        QVERIFY(readBestKvPage(f.path, parent, wanted.first(50), 40, kRowBytes, read));
        QVERIFY(read.tokens == full.tokens);
        QVERIFY(!readBestKvPage(f.path, keyNamed("o"), wanted, 0, kRowBytes, read));
        QVERIFY(!readBestKvPage(f.path / "nowhere", parent, wanted, 0, kRowBytes, read));
    }
    void theBudgetTakesTheLeastRecentlyUsed()
    {
        const Folder f;
        const std::uint64_t each = kKvPageHeaderBytes + 64 * kRowBytes;
        for (int i = 0; i < 5; ++i)
            f.write(keyNamed(std::to_string(i)), pageOf(i, 64), (10 + i) * kSecond);
        QVERIFY(touchKvPage(f.path / kvPageName(keyNamed("0"), pageOf(0, 64).tokens), 20 * kSecond));
        QVERIFY(!touchKvPage(f.path / "nothing", 20 * kSecond));
        QCOMPARE(kvFolderBytes(f.path), 5 * each);
        KvInventory inventory(f.path);
        QCOMPARE(inventory.bytes(), 5 * each);
        QVERIFY(inventory.makeRoom(each, 6 * each, 100 * kSecond));
        QCOMPARE(f.files().size(), 5);
        QVERIFY(inventory.makeRoom(each, 4 * each, 100 * kSecond)); // 1 and 2 go
        QCOMPARE(kvFolderBytes(f.path), 3 * each);
        for (int i = 0; i < 5; ++i)
            QCOMPARE(std::filesystem::exists(f.path /
                                             kvPageName(keyNamed(std::to_string(i)), pageOf(i, 64).tokens)),
                     i != 1 && i != 2);
        QVERIFY(!inventory.makeRoom(each, 2 * each, 14 * kSecond)); // 3 goes, the others are too new
        QCOMPARE(f.files().size(), 2);
        QVERIFY(!inventory.makeRoom(each, each - 1, 100 * kSecond));
        QCOMPARE(f.files().size(), 0);
    }
    void beginningsAreReplacedAndFoundInLongerOnes()
    {
        const Folder f;
        const KvKey parent = keyNamed("m");
        const KvPage half = pageOf(1, 30), whole = pageOf(1, 64);
        f.write(parent, half);
        f.write(parent, pageOf(2, 30));
        KvInventory inventory(f.path);
        QVERIFY(inventory.holds(parent, half.tokens, 5 * kSecond));
        QVERIFY(inventory.holds(parent, std::span(half.tokens).first(10), 5 * kSecond));
        QVERIFY(!inventory.holds(parent, whole.tokens, 5 * kSecond));
        QVERIFY(!inventory.holds(keyNamed("n"), half.tokens, 5 * kSecond));
        f.write(parent, whole);
        inventory.removeBeginnings(parent, whole.tokens);
        QCOMPARE(f.files().size(), 2);
        KvPage read;
        QVERIFY(readBestKvPage(f.path, parent, whole.tokens, 0, kRowBytes, read));
        QVERIFY(readBestKvPage(f.path, parent, pageOf(2, 30).tokens, 0, kRowBytes, read));
    }
    void forgettingTakesPagesAndNothingElse()
    {
        const Folder f;
        QCOMPARE(kvFolderBytes(f.path / "nowhere"), std::uint64_t(0));
        QVERIFY(forgetAll(f.path / "nowhere"));
        const auto file = f.write(keyNamed("m"), pageOf(1, 64));
        std::filesystem::copy(file, file.native() + ".77-1.unfinished");
        QFile letter(f.folder.path("kv/letter.txt"));
        QVERIFY(letter.open(QIODevice::WriteOnly));
        letter.close();
        QVERIFY(forgetAll(f.path));
        QCOMPARE(f.files(), QStringList{"letter.txt"});
        letter.remove();
        QVERIFY(forgetAll(f.path));
        QVERIFY(!std::filesystem::exists(f.path));
    }
    void whatAKilledProgramLeftGoesAfterAWhile()
    {
        const Folder f;
        const auto file = f.write(keyNamed("m"), pageOf(1, 64));
        const std::string old = file.native() + ".77-1.unfinished", now = file.native() + ".78-1.unfinished";
        std::filesystem::copy(file, old);
        QVERIFY(touchKvPage(old, kSecond));
        std::filesystem::copy(file, now);
        QCOMPARE(KvInventory(f.path).bytes(), 2 * std::filesystem::file_size(file));
        QVERIFY(!std::filesystem::exists(old) && std::filesystem::exists(now));
    }
    void aFolderThatAnotherProgramRemovesIsMadeAgain()
    {
        const test::TemporaryFolder folder;
        const std::filesystem::path path = folder.path("kv").toStdString();
        std::atomic<bool> done{false};
        std::thread other([&] {
            while (!done)
                (void)forgetAll(path);
        });
        std::string failure;
        for (int i = 0; i < 20'000 && failure.empty(); ++i)
            if (const auto prepared = prepareKvFolder(path); !prepared)
                failure = prepared.error().message;
        done = true;
        other.join();
        QVERIFY2(failure.empty(), failure.c_str());
        // A link to nowhere does not keep it busy for ever.
        std::filesystem::create_symlink("/nowhere", folder.path("link").toStdString());
        QCOMPARE(prepareKvFolder(folder.path("link").toStdString()).error().code, ErrorCode::NotFound);
    }
    void onlyAFolderOfThisUserAloneIsUsed()
    {
        const test::TemporaryFolder parent;
        const auto path = [&](const char *name) {
            return std::filesystem::path(parent.path(name).toStdString());
        };
        QVERIFY(prepareKvFolder(path("a/b/c/")));
        QVERIFY(prepareKvFolder(path("a/b/c")));
        struct stat status = {};
        QCOMPARE(::stat(path("a/b/c").c_str(), &status), 0);
        QCOMPARE(status.st_mode & 0777, 0700u);
        parent.write("file", "x");
        QVERIFY(!prepareKvFolder(path("file")));
        QVERIFY(!prepareKvFolder(path("file/below")));
        std::filesystem::create_directory(path("open"));
        ::chmod(path("open").c_str(), 0777);
        const auto open = prepareKvFolder(path("open"));
        QVERIFY(!open);
        QVERIFY2(open.error().message.find("others may write") != std::string::npos,
                 open.error().message.c_str());
        if (::geteuid() == 0) {
            std::filesystem::create_directory(path("theirs"));
            QCOMPARE(::chown(path("theirs").c_str(), 65534, 65534), 0);
            QVERIFY(!prepareKvFolder(path("theirs")));
        }
        QVERIFY(!writeKvPage(path("nowhere"), keyNamed("m"), pageOf(1, 1), 0));
        QCOMPARE(writeKvPage(path("nowhere"), keyNamed("m"), pageOf(1, 1), 0).error().code,
                 ErrorCode::NotFound);
    }
};

QTEST_GUILESS_MAIN(TestKvFolder)
#include "tst_kv_folder.moc"
