#include "ui/code/code_writer.h"

#include <QTextDocument>

namespace ui {

CodeWriter::CodeWriter(QTextDocument *document, QObject *parent) : QObject(parent), m_document(document)
{
    connect(document, &QTextDocument::contentsChange, this, [this](int, int removed, int added) {
        // Undo and redo count as another hand as well: the step that is being written was taken back.
        if (m_own || m_mode == Mode::Off || !m_hasWritten || (removed == 0 && added == 0))
            return;
        m_mode = Mode::Off;
        Q_EMIT disturbed();
    });
}

void CodeWriter::beginReplacing()
{
    m_mode = Mode::Replacing;
    m_hasWritten = false;
    m_start = m_end = 0;
}

void CodeWriter::beginInserting(int cursor)
{
    m_mode = Mode::Inserting;
    m_hasWritten = false;
    m_start = m_end = cursor;
}

void CodeWriter::append(const QString &text)
{
    if (m_mode == Mode::Off || text.isEmpty())
        return;
    if (!m_hasWritten && m_mode == Mode::Replacing) {
        replace(text);
        return;
    }
    write(m_end, m_end, text);
}

void CodeWriter::replace(const QString &text)
{
    if (m_mode == Mode::Off)
        return;
    if (!m_hasWritten && m_mode == Mode::Replacing) {
        Q_EMIT aboutToWrite();
        QTextCursor all(m_document);
        all.select(QTextCursor::Document);
        m_end = all.selectionEnd();
        write(0, m_end, text);
        return;
    }
    write(m_start, m_end, text);
}

void CodeWriter::write(int from, int to, const QString &text)
{
    if (!m_hasWritten && m_mode == Mode::Inserting)
        Q_EMIT aboutToWrite();
    m_own = true;
    QTextCursor cursor(m_document);
    // All writes of one answer are one step for undo.
    if (m_hasWritten)
        cursor.joinPreviousEditBlock();
    else
        cursor.beginEditBlock();
    cursor.setPosition(from);
    cursor.setPosition(to, QTextCursor::KeepAnchor);
    cursor.insertText(text);
    m_end = cursor.position();
    cursor.endEditBlock();
    m_hasWritten = true;
    m_own = false;
}

void CodeWriter::finish()
{
    m_mode = Mode::Off;
}

} // namespace ui
