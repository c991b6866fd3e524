// The text of a line that is being edited, its cursor, and where both are on the screen.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace inference::cli {

// UTF-8, may hold line breaks. The cursor is a byte offset between two clusters.
class LineBuffer
{
public:
    const std::string &text() const { return m_text; }
    std::size_t cursor() const { return m_cursor; }
    void set(std::string text);

    // Control characters are dropped, CR LF and CR become LF; tabs stay.
    void insert(std::string_view text);
    void eraseBefore();
    void eraseAfter();
    void eraseWordBefore();
    void eraseToLineStart();
    void eraseToLineEnd();

    void moveLeft();
    void moveRight();
    void moveWordLeft();
    void moveWordRight();
    void moveToLineStart();
    void moveToLineEnd();
    // To the same column of the line above or below; false when there is none.
    bool moveUp();
    bool moveDown();

private:
    std::size_t lineStart() const;
    std::size_t lineEnd() const;
    std::size_t offsetAtColumn(std::size_t start, std::size_t end, int column) const;
    int columnOf(std::size_t start, std::size_t at) const;
    std::size_t wordBefore() const;

    std::string m_text;
    std::size_t m_cursor = 0;
};

// The buffer on a screen that is `columns` wide, every row written out: the terminal never wraps by itself.
struct ScreenText
{
    std::vector<std::string> rows;
    std::size_t cursorRow = 0;
    int cursorColumn = 0;
};
// prompt: plain text in front of the first row; further lines are indented by its width.
ScreenText layOut(std::string_view prompt, const LineBuffer &buffer, int columns);

} // namespace inference::cli
