// Reads what the user types on a terminal, with editing, history and paste of many lines.
#pragma once

#include "inference/cli/line_buffer.h"

#include <optional>
#include <string>
#include <vector>

namespace inference::cli {

struct TypedLine
{
    enum class End {
        Entered,     // Return
        Interrupted, // Ctrl-C; text is what had been typed
        Closed       // Ctrl-D on an empty line, or the terminal is gone
    };
    End end = End::Closed;
    std::string text;
};

// Keys: arrows, Home, End, Delete, Backspace; Ctrl-A E B F P N D H K U W L; Alt or Ctrl with Left and Right
// by words; Up and Down through lines, then through the history; Ctrl-J or Alt-Return begins a new line; a
// paste may have many.
class LineEditor
{
public:
    // Puts the terminal into raw mode and back before it returns. On a pipe it reads a line.
    TypedLine read(const std::string &prompt);
    void remember(const std::string &line); // for Up; repeated and empty lines are left out

private:
    TypedLine readFromTerminal(const std::string &prompt);
    std::optional<TypedLine::End> handleByte(char byte);
    std::optional<TypedLine::End> handleEscape();
    void handleSequence(const std::string &sequence);
    void handlePaste();
    void browse(int direction);
    void show();
    void leaveScreen();

    LineBuffer m_buffer;
    std::string m_prompt;
    std::vector<std::string> m_history;
    std::size_t m_historyAt = 0;
    std::string m_draft; // what was typed before Up
    std::size_t m_shownCursorRow = 0;
    std::string m_input; // of a pipe: read but not yet given out
    bool m_inputEnded = false;
    std::string m_pendingBytes; // of a character that is not whole yet
};

} // namespace inference::cli
