// Markdown that arrives piece by piece. Finished top-level blocks are sealed and never parsed again.
#pragma once

#include "app/chat/markdown.h"

#include <QString>
#include <QVector>

namespace app::markdown {

// Cuts at blank lines between top-level blocks, at list items after a blank line, and at closing fences; a
// chunk that grows beyond kLongestChunk is cut at a line or a space.
class MarkdownStream
{
public:
    // Appends text. Lines may come in any pieces.
    void append(QStringView text);
    // No more text comes: the tail is sealed.
    void finish();
    void clear();

    const QVector<Block> &blocks() const { return m_blocks; }
    // Blocks before this index are sealed: they do not change until clear().
    int sealedCount() const { return m_sealed; }
    QString source() const { return m_source; }

    // How many characters were parsed in all, sealed or not; tests hold it against the length of the source.
    qint64 parsedCharacters() const { return m_parsedCharacters; }

private:
    void scan();
    void seal(qsizetype end, bool within = false); // `within`: maybe in the middle of a block
    QVector<Block> parsed(QStringView chunk, bool complete);
    void parseTail();
    bool growFence();

    QString m_source;
    QVector<Block> m_blocks;
    int m_sealed = 0;
    qsizetype m_chunk = 0;  // where the tail begins
    qsizetype m_line = 0;   // first line that was not looked at
    qsizetype m_blank = -1; // begin of the line after the last blank line, when nothing stands there yet
    bool m_inFence = false;
    QChar m_fenceMark;
    int m_fenceLength = 0;
    int m_fenceIndent = 0;
    qsizetype m_fenceBody = 0; // first line inside of the open fence
    bool m_inMath = false;
    QString m_mathMark; // that opened it
    qsizetype m_mathBegin = 0;
    bool m_chunkIsList = false;
    bool m_within = false; // the tail goes on with the list before it
    QString m_tableHead; // of the table that the tail goes on with
    qint64 m_parsedCharacters = 0;
};

inline constexpr qsizetype kLongestChunk = 16384; // UTF-16 units
inline constexpr qsizetype kLongList = 3000;

} // namespace app::markdown
