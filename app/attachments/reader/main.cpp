// baleen-reader: the text of the file that is its standard input. Started by attachment_reader.cpp for one file.
//
// Output: a line "baleen-reader 1 {JSON}", see Reading, then the text in UTF-8: as many bytes as "bytes" says, or to the end where that is -1.
// Before the first byte of the file is looked at everything is taken away from this process that it does not need (box.h).
#include "app/attachments/reader/box.h"
#include "app/attachments/reader/reading.h"

#include <QJsonDocument>
#include <QJsonObject>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

using namespace app::reader;

namespace {

enum ExitCode { kRead = 0, kNoBox = 3, kNoInput = 4 };

bool writeAll(const QByteArray &bytes)
{
    qsizetype done = 0;
    while (done < bytes.size()) {
        const ssize_t wrote = write(STDOUT_FILENO, bytes.constData() + done, std::size_t(bytes.size() - done));
        if (wrote < 0 && errno != EINTR)
            return false;
        done += wrote > 0 ? qsizetype(wrote) : 0;
    }
    return true;
}

QByteArray headerOf(const Reading &reading, qint64 bytes)
{
    QJsonObject header{{QStringLiteral("kind"), reading.kind}, {QStringLiteral("bytes"), bytes}};
    if (!reading.found.isEmpty())
        header[QStringLiteral("found")] = reading.found;
    if (!reading.encoding.isEmpty())
        header[QStringLiteral("encoding")] = reading.encoding;
    if (reading.replaced > 0)
        header[QStringLiteral("replaced")] = reading.replaced;
    if (reading.sheets > 0) {
        header[QStringLiteral("sheets")] = reading.sheets;
        header[QStringLiteral("rows")] = reading.rows;
    }
    return "baleen-reader 1 " + QJsonDocument(header).toJson(QJsonDocument::Compact) + '\n';
}

// pdftotext of poppler, found before the box is closed. It is a program of its own and not linked: poppler is GPL.
bool openPdfProgram()
{
    const char *path = std::getenv("PATH");
    std::string folders = path ? path : "";
    folders += ":/usr/bin:/usr/local/bin:";
    for (std::size_t from = 0, to = 0; (to = folders.find(':', from)) != std::string::npos; from = to + 1)
        if (to > from && openProgram((folders.substr(from, to - from) + "/pdftotext").c_str()))
            return true;
    return false;
}

// True: the end was reached.
bool readUpTo(QByteArray &bytes, qsizetype most)
{
    while (bytes.size() < most) {
        char piece[65536];
        const ssize_t got = read(STDIN_FILENO, piece, std::min(sizeof piece, std::size_t(most - bytes.size())));
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            _exit(kNoInput);
        if (got == 0)
            return true;
        bytes.append(piece, qsizetype(got));
    }
    return false;
}

[[noreturn]] void finish(const Reading &reading)
{
    const QByteArray text = reading.text.toUtf8();
    // Nothing that runs at the end of a program is wanted here.
    _exit(writeAll(headerOf(reading, text.size())) && writeAll(text) ? kRead : kNoInput);
}

} // namespace

int main()
{
    prctl(PR_SET_PDEATHSIG, SIGKILL); // with the window
    (void)syscall(SYS_close_range, 3, ~0U, 0);
    const bool hasPdfProgram = openPdfProgram();
    const app::TextDecoder decoder;
    if (const std::string failed = closeBox(); !failed.empty()) {
        std::fprintf(stderr, "%s\n", failed.c_str());
        return kNoBox;
    }
    QByteArray bytes;
    bool whole = readUpTo(bytes, 1024);
    if (isPdf(bytes)) {
        if (!hasPdfProgram)
            finish(refused("no-pdf"));
        Reading pdf;
        pdf.kind = QStringLiteral("pdf");
        if (lseek(STDIN_FILENO, 0, SEEK_SET) != 0 || !writeAll(headerOf(pdf, -1)))
            _exit(kNoInput);
        const char *arguments[] = {"pdftotext", "-enc", "UTF-8", "-eol", "unix", "-", "-", nullptr};
        runProgram(const_cast<char *const *>(arguments));
        std::fprintf(stderr, "pdftotext: %d\n", errno);
        _exit(kNoBox);
    }
    if (const std::string failed = closeBoxFully(); !failed.empty()) {
        std::fprintf(stderr, "%s\n", failed.c_str());
        return kNoBox;
    }
    whole = whole || readUpTo(bytes, kLargestFile + 1);
    if (bytes.size() > kLargestFile)
        finish(refused("large"));
    finish(readBytes(bytes, decoder));
}
