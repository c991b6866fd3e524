// Splits a streamed answer into code for the editor and prose to read.
//
// - A fenced block (``` or ~~~, three or more, any indentation; the end of the answer also ends it) is code.
// - Of several blocks the longest is the editor's, the first of equals; the others stay in the prose with
// their fences.
//   So a line of "pip install" does not displace the program, whatever comes first.
// - An answer with no fence that looks like code is code as a whole.
// What code() and prose() say depends only on the text so far, never on how it was cut.
#pragma once

#include <QString>
#include <QStringView>
#include <QVector>

namespace app::code {

class AnswerSplitter
{
public:
    // `expectsCode`: without it, all of the answer is prose.
    explicit AnswerSplitter(bool expectsCode = true);

    void push(QStringView text);
    void finish(); // no more text comes

    QString code() const;        // without fences; lines end with \n
    QString prose() const;       // Markdown, without the block that is code()
    QString languageTag() const; // of the main block: "cpp"; may be empty
    bool inCode() const;         // what comes next belongs to code()
    int blocks() const;          // fenced blocks so far
    const QString &text() const { return m_text; }

private:
    struct Block
    {
        qsizetype start = 0;        // of the opening fence's line
        qsizetype contentStart = 0; // after that line
        qsizetype contentEnd = 0;
        qsizetype end = 0; // after the closing fence's line
        qsizetype indent = 0;
        qsizetype fenceLength = 0;
        QChar mark;
        QString tag;
        bool open = true;
    };
    void readLine(QStringView line, qsizetype start, qsizetype end);
    const Block *mainBlock() const;
    QString contentOf(const Block &block) const;
    qsizetype visibleEnd() const;
    bool isBareCode() const;

    bool m_expectsCode;
    bool m_finished = false;
    QString m_text;
    qsizetype m_lineStart = 0; // of the line that is not whole yet
    QVector<Block> m_blocks;
};

// A text without fences that is program text and no prose.
bool looksLikeCode(QStringView text);

} // namespace app::code
