#include "inference/cli/line_editor.h"

#include "inference/cli/input.h"
#include "inference/cli/interrupt.h"
#include "inference/cli/report.h"
#include "inference/cli/text_width.h"

#include <poll.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>

namespace inference::cli {

namespace {

constexpr int kEscapeMs = 60; // a lone Escape has nothing behind it for that long
constexpr std::size_t kMostPaste = 64u << 20;

// Raw mode with bracketed paste, as long as the object lives.
class RawTerminal
{
public:
    RawTerminal()
    {
        m_raw = ::tcgetattr(STDIN_FILENO, &m_saved) == 0;
        termios raw = m_saved;
        raw.c_iflag &= ~tcflag_t(BRKINT | ICRNL | INPCK | ISTRIP | IXON | INLCR | IGNCR);
        raw.c_lflag &= ~tcflag_t(ECHO | ICANON | IEXTEN | ISIG);
        raw.c_cc[VMIN] = 1;
        raw.c_cc[VTIME] = 0;
        if (m_raw)
            ::tcsetattr(STDIN_FILENO, TCSADRAIN, &raw);
        write("\x1b[?2004h");
    }
    ~RawTerminal()
    {
        write("\x1b[?2004l");
        if (m_raw)
            ::tcsetattr(STDIN_FILENO, TCSADRAIN, &m_saved);
    }
    RawTerminal(const RawTerminal &) = delete;
    RawTerminal &operator=(const RawTerminal &) = delete;

private:
    termios m_saved{};
    bool m_raw = false;
};

// The next byte; nothing at the end of input, on SIGINT or SIGTERM, or after the time. A negative time waits for ever.
std::optional<char> nextByte(int milliseconds)
{
    for (;;) {
        if (milliseconds < 0 && interrupt().raised())
            return std::nullopt;
        pollfd descriptor{STDIN_FILENO, POLLIN, 0};
        const int ready = ::poll(&descriptor, 1, milliseconds < 0 ? 200 : milliseconds);
        if (ready == 0 || (ready < 0 && errno == EINTR)) {
            if (milliseconds >= 0)
                return std::nullopt;
            continue;
        }
        char byte = 0;
        if (ready < 0 || ::read(STDIN_FILENO, &byte, 1) != 1)
            return std::nullopt;
        return byte;
    }
}

winsize screenSize()
{
    winsize size{};
    if (::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col < 4 || size.ws_row < 2) {
        size.ws_col = 80;
        size.ws_row = 24;
    }
    return size;
}

std::string move(std::size_t count, char direction)
{
    return count == 0 ? std::string() : "\x1b[" + std::to_string(count) + direction;
}

std::size_t missingBytes(const std::string &pending)
{
    const auto lead = static_cast<unsigned char>(pending.front());
    const std::size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
    return length > pending.size() ? length - pending.size() : 0;
}

} // namespace

TypedLine LineEditor::read(const std::string &prompt)
{
    if (inputIsTerminal() && outputIsTerminal())
        return readFromTerminal(prompt);
    if (outputIsTerminal())
        write(prompt);
    for (;;) {
        const std::size_t end = m_input.find('\n');
        if (end != std::string::npos || (m_inputEnded && !m_input.empty())) {
            TypedLine line{TypedLine::End::Entered, m_input.substr(0, end)};
            m_input.erase(0, end == std::string::npos ? end : end + 1);
            if (line.text.ends_with('\r'))
                line.text.pop_back();
            return line;
        }
        char buffer[4096];
        const long count = m_inputEnded ? 0 : readInput(buffer, sizeof buffer);
        if (m_inputEnded || count < 0)
            return {};
        m_inputEnded = count == 0;
        m_input.append(buffer, std::size_t(count));
    }
}

void LineEditor::remember(const std::string &line)
{
    if (!line.empty() && (m_history.empty() || m_history.back() != line))
        m_history.push_back(line);
}

TypedLine LineEditor::readFromTerminal(const std::string &prompt)
{
    const RawTerminal raw;
    m_prompt = prompt;
    m_buffer.set({});
    m_draft.clear();
    m_historyAt = m_history.size();
    m_shownCursorRow = 0;
    for (;;) {
        show();
        const auto byte = nextByte(-1);
        auto end = byte ? handleByte(*byte) : std::optional(TypedLine::End::Closed);
        // Between two lines the terminal is not raw, and makes a signal of Ctrl-C: it counts as the key.
        if (!byte && interrupt().raised() && !interrupt().terminated()) {
            interrupt().renew();
            end = TypedLine::End::Interrupted;
        }
        if (!end)
            continue;
        leaveScreen();
        return {*end, m_buffer.text()};
    }
}

std::optional<TypedLine::End> LineEditor::handleByte(char byte)
{
    constexpr auto control = [](char letter) { return char(letter & 0x1f); };
    switch (byte) {
    case '\r':
        return TypedLine::End::Entered;
    case control('C'):
        return TypedLine::End::Interrupted;
    case control('D'):
        if (m_buffer.text().empty())
            return TypedLine::End::Closed;
        m_buffer.eraseAfter();
        break;
    case '\n':
        m_buffer.insert("\n");
        break;
    case 0x7f:
    case control('H'):
        m_buffer.eraseBefore();
        break;
    case control('A'):
        m_buffer.moveToLineStart();
        break;
    case control('E'):
        m_buffer.moveToLineEnd();
        break;
    case control('B'):
        m_buffer.moveLeft();
        break;
    case control('F'):
        m_buffer.moveRight();
        break;
    case control('P'):
        browse(-1);
        break;
    case control('N'):
        browse(1);
        break;
    case control('K'):
        m_buffer.eraseToLineEnd();
        break;
    case control('U'):
        m_buffer.eraseToLineStart();
        break;
    case control('W'):
        m_buffer.eraseWordBefore();
        break;
    case control('L'):
        write("\x1b[H\x1b[2J");
        m_shownCursorRow = 0;
        break;
    case '\x1b':
        return handleEscape();
    default:
        m_pendingBytes += byte;
        if (missingBytes(m_pendingBytes) == 0 || m_pendingBytes.size() >= 4) {
            m_buffer.insert(m_pendingBytes);
            m_pendingBytes.clear();
        }
    }
    return std::nullopt;
}

std::optional<TypedLine::End> LineEditor::handleEscape()
{
    const auto kind = nextByte(kEscapeMs);
    if (!kind)
        return std::nullopt;
    if (*kind == '\r' || *kind == '\n')
        m_buffer.insert("\n");
    else if (*kind == 'b')
        m_buffer.moveWordLeft();
    else if (*kind == 'f')
        m_buffer.moveWordRight();
    else if (*kind == 0x7f)
        m_buffer.eraseWordBefore();
    if (*kind != '[' && *kind != 'O')
        return std::nullopt;
    std::string sequence;
    while (sequence.size() < 16) {
        const auto next = nextByte(kEscapeMs);
        if (!next)
            return std::nullopt;
        sequence += *next;
        if (*next >= 0x40 && *next <= 0x7e)
            break;
    }
    handleSequence(sequence);
    return std::nullopt;
}

void LineEditor::handleSequence(const std::string &sequence)
{
    if (sequence == "200~")
        handlePaste();
    else if (sequence == "A")
        browse(-1);
    else if (sequence == "B")
        browse(1);
    else if (sequence == "C")
        m_buffer.moveRight();
    else if (sequence == "D")
        m_buffer.moveLeft();
    else if (sequence == "1;5C" || sequence == "1;3C")
        m_buffer.moveWordRight();
    else if (sequence == "1;5D" || sequence == "1;3D")
        m_buffer.moveWordLeft();
    else if (sequence == "H" || sequence == "1~" || sequence == "7~")
        m_buffer.moveToLineStart();
    else if (sequence == "F" || sequence == "4~" || sequence == "8~")
        m_buffer.moveToLineEnd();
    else if (sequence == "3~")
        m_buffer.eraseAfter();
}

void LineEditor::handlePaste()
{
    static constexpr std::string_view end = "\x1b[201~";
    std::string text;
    while (!text.ends_with(end) && text.size() < kMostPaste) {
        const auto byte = nextByte(2000);
        if (!byte)
            break;
        text += *byte;
    }
    if (text.ends_with(end))
        text.resize(text.size() - end.size());
    m_buffer.insert(text);
}

// Up and Down: first through the lines of the text, then through the history.
void LineEditor::browse(int direction)
{
    if (direction < 0 ? m_buffer.moveUp() : m_buffer.moveDown())
        return;
    if (direction < 0 ? m_historyAt == 0 : m_historyAt == m_history.size())
        return;
    if (m_historyAt == m_history.size())
        m_draft = m_buffer.text();
    m_historyAt += std::size_t(direction);
    m_buffer.set(m_historyAt == m_history.size() ? m_draft : m_history[m_historyAt]);
}

void LineEditor::show()
{
    const winsize size = screenSize();
    const ScreenText screen = layOut(m_prompt, m_buffer, size.ws_col);
    // A text higher than the screen shows the part around the cursor.
    const std::size_t height = std::min<std::size_t>(screen.rows.size(), size.ws_row - 1u);
    const std::size_t lastFirst = screen.rows.size() - height;
    const std::size_t first =
        std::min(lastFirst, screen.cursorRow < height ? 0 : screen.cursorRow - height + 1);
    std::string out = move(m_shownCursorRow, 'A') + "\r\x1b[J";
    for (std::size_t row = 0; row < height; ++row)
        out += (row == 0 ? "" : "\r\n") + screen.rows[first + row];
    const std::size_t cursorRow = screen.cursorRow - first;
    out += move(height - 1 - cursorRow, 'A') + "\r" + move(std::size_t(screen.cursorColumn), 'C');
    m_shownCursorRow = cursorRow;
    write(out);
}

// The cursor goes below the text, for what comes next.
void LineEditor::leaveScreen()
{
    m_buffer.set(m_buffer.text());
    show();
    write("\r\n");
}

} // namespace inference::cli
