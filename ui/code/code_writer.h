// Writes a streamed answer into a document as one undo step, and steps back as soon as somebody else edits
// there.
#pragma once

#include <QObject>
#include <QTextCursor>

class QTextDocument;

namespace ui {

class CodeWriter : public QObject
{
    Q_OBJECT

public:
    explicit CodeWriter(QTextDocument *document, QObject *parent = nullptr);

    void beginReplacing();           // the answer takes the place of all text
    void beginInserting(int cursor); // the answer goes in there
    void append(const QString &text);
    void replace(const QString &text); // of what was written so far
    void finish();

    bool isWriting() const { return m_mode != Mode::Off; }
    bool hasWritten() const { return m_hasWritten; }
    int start() const { return m_start; }
    int end() const { return m_end; }

Q_SIGNALS:
    // Before the first change: the text that was there is still whole.
    void aboutToWrite();
    // The document changed by another hand since the first change: nothing more is written.
    void disturbed();

private:
    enum class Mode { Off, Replacing, Inserting };
    void write(int from, int to, const QString &text);

    QTextDocument *m_document;
    Mode m_mode = Mode::Off;
    int m_start = 0, m_end = 0;
    bool m_own = false; // the change is this object's
    bool m_hasWritten = false;
};

} // namespace ui
