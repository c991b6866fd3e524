#include "inference/cli/line_buffer.h"

#include "inference/cli/text_width.h"

#include <algorithm>

namespace inference::cli {

namespace {

constexpr int kTabColumns = 4;

int columnsAt(const Character &character)
{
    return character.code == '\t' ? kTabColumns : columnsOf(character.code);
}

bool isWordByte(char c)
{
    const auto byte = static_cast<unsigned char>(c);
    return byte >= 0x80 || (byte >= '0' && byte <= '9') || ((byte | 0x20) >= 'a' && (byte | 0x20) <= 'z') ||
           byte == '_';
}

} // namespace

void LineBuffer::set(std::string text)
{
    m_text = std::move(text);
    m_cursor = m_text.size();
}

void LineBuffer::insert(std::string_view text)
{
    std::string clean;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (c == '\r' && i + 1 < text.size() && text[i + 1] == '\n')
            continue;
        if (c == '\r')
            clean += '\n';
        else if (static_cast<unsigned char>(c) >= 0x20 ? c != 0x7f : (c == '\n' || c == '\t'))
            clean += c;
    }
    m_text.insert(m_cursor, clean);
    m_cursor += clean.size();
}

void LineBuffer::eraseBefore()
{
    const std::size_t from = clusterBefore(m_text, m_cursor);
    m_text.erase(from, m_cursor - from);
    m_cursor = from;
}

void LineBuffer::eraseAfter()
{
    m_text.erase(m_cursor, clusterAfter(m_text, m_cursor) - m_cursor);
}

void LineBuffer::eraseWordBefore()
{
    const std::size_t from = wordBefore();
    m_text.erase(from, m_cursor - from);
    m_cursor = from;
}

void LineBuffer::eraseToLineStart()
{
    const std::size_t from = lineStart();
    m_text.erase(from, m_cursor - from);
    m_cursor = from;
}

void LineBuffer::eraseToLineEnd()
{
    m_text.erase(m_cursor, lineEnd() - m_cursor);
}

void LineBuffer::moveLeft()
{
    m_cursor = clusterBefore(m_text, m_cursor);
}

void LineBuffer::moveRight()
{
    m_cursor = clusterAfter(m_text, m_cursor);
}

std::size_t LineBuffer::wordBefore() const
{
    std::size_t at = m_cursor;
    while (at > 0 && !isWordByte(m_text[at - 1]))
        --at;
    while (at > 0 && isWordByte(m_text[at - 1]))
        --at;
    return at;
}

void LineBuffer::moveWordLeft()
{
    m_cursor = wordBefore();
}

void LineBuffer::moveWordRight()
{
    while (m_cursor < m_text.size() && !isWordByte(m_text[m_cursor]))
        ++m_cursor;
    while (m_cursor < m_text.size() && isWordByte(m_text[m_cursor]))
        ++m_cursor;
}

void LineBuffer::moveToLineStart()
{
    m_cursor = lineStart();
}

void LineBuffer::moveToLineEnd()
{
    m_cursor = lineEnd();
}

std::size_t LineBuffer::lineStart() const
{
    const std::size_t lineBreak = m_cursor == 0 ? std::string::npos : m_text.rfind('\n', m_cursor - 1);
    return lineBreak == std::string::npos ? 0 : lineBreak + 1;
}

std::size_t LineBuffer::lineEnd() const
{
    return std::min(m_text.find('\n', m_cursor), m_text.size());
}

int LineBuffer::columnOf(std::size_t start, std::size_t at) const
{
    int column = 0;
    while (start < at) {
        const Character character = characterAt(m_text, start);
        column += columnsAt(character);
        start += character.bytes;
    }
    return column;
}

std::size_t LineBuffer::offsetAtColumn(std::size_t start, std::size_t end, int column) const
{
    while (start < end) {
        const std::size_t next = clusterAfter(m_text, start);
        column -= columnOf(start, next);
        if (column < 0)
            break;
        start = next;
    }
    return std::min(start, end);
}

bool LineBuffer::moveUp()
{
    const std::size_t start = lineStart();
    if (start == 0)
        return false;
    const int column = columnOf(start, m_cursor);
    m_cursor = start - 1; // the end of the line above
    m_cursor = offsetAtColumn(lineStart(), start - 1, column);
    return true;
}

bool LineBuffer::moveDown()
{
    const std::size_t end = lineEnd();
    if (end == m_text.size())
        return false;
    const int column = columnOf(lineStart(), m_cursor);
    m_cursor = end + 1;
    m_cursor = offsetAtColumn(end + 1, lineEnd(), column);
    return true;
}

ScreenText layOut(std::string_view prompt, const LineBuffer &buffer, int columns)
{
    ScreenText screen;
    int indent = 0;
    for (std::size_t at = 0; at < prompt.size(); at += characterAt(prompt, at).bytes)
        indent += columnsOf(characterAt(prompt, at).code);
    screen.rows.emplace_back(prompt);
    int column = indent;
    if (indent >= columns / 2)
        indent = 0; // a narrow screen
    const auto newRow = [&](int indentation) {
        screen.rows.emplace_back(std::size_t(indentation), ' ');
        column = indentation;
    };
    const std::string &text = buffer.text();
    for (std::size_t at = 0;;) {
        const Character character = at < text.size() ? characterAt(text, at) : Character{};
        const int width = at < text.size() && character.code != '\n' ? columnsAt(character) : 1;
        if (column + width > columns) // the cursor needs a column, too
            newRow(indent);
        if (at == buffer.cursor()) {
            screen.cursorRow = screen.rows.size() - 1;
            screen.cursorColumn = column;
        }
        if (at >= text.size())
            return screen;
        if (character.code == '\n') {
            newRow(indent);
        } else if (character.code == '\t') {
            screen.rows.back().append(std::size_t(width), ' ');
            column += width;
        } else {
            screen.rows.back() += character.code == 0xfffd ? "?" : text.substr(at, character.bytes);
            column += width;
        }
        at += character.bytes;
    }
}

} // namespace inference::cli
