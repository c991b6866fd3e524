#include "ui/widgets/plain_edit.h"

#include <QAbstractTextDocumentLayout>
#include <QInputMethodEvent>
#include <QKeyEvent>
#include <QMimeData>
#include <QTextBlock>
#include <QUrl>

#include <cmath>

namespace ui {

PlainEdit::PlainEdit(const Appearance &appearance, QWidget *parent)
    : QTextEdit(parent), m_appearance(appearance)
{
    setAcceptRichText(false);
    setFrameShape(QFrame::NoFrame);
    setTabChangesFocus(true);
    setWordWrapMode(QTextOption::WrapAtWordBoundaryOrAnywhere);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setVerticalScrollBarPolicy(Qt::ScrollBarAsNeeded);
    setCursorWidth(1);
    document()->setDocumentMargin(0);
    viewport()->setAutoFillBackground(false);
    connect(&appearance, &Appearance::changed, this, &PlainEdit::applyType);
    applyType();
}

void PlainEdit::applyType()
{
    // One line height for Latin and Han, so that the text does not jump when the other script comes in.
    m_linePixels = m_appearance.lineHeightCjk(FontRole::Reading);
    const bool undo = isUndoRedoEnabled();
    const QSignalBlocker quiet(document());
    setFont(m_appearance.font(FontRole::Reading));
    document()->setDefaultFont(font());
    document()->setUndoRedoEnabled(false);
    QTextCursor all(document());
    all.select(QTextCursor::Document);
    QTextBlockFormat format;
    format.setLineHeight(m_linePixels, QTextBlockFormat::FixedHeight);
    all.mergeBlockFormat(format);
    document()->setUndoRedoEnabled(undo);
    QPalette p = palette();
    p.setColor(QPalette::Text, m_appearance.theme().text);
    p.setColor(QPalette::PlaceholderText, m_appearance.theme().text3);
    setPalette(p);
}

void PlainEdit::setText(const QString &text)
{
    document()->setUndoRedoEnabled(false);
    QTextCursor all(document());
    all.select(QTextCursor::Document);
    all.insertText(text); // keeps the block format, as setPlainText() would not
    document()->setUndoRedoEnabled(true);
    moveCursor(QTextCursor::End);
}

void PlainEdit::replaceText(const QString &text)
{
    QTextCursor all(document());
    all.select(QTextCursor::Document);
    all.insertText(text);
    moveCursor(QTextCursor::End);
}

void PlainEdit::setSubmitsOnReturn(bool submits)
{
    m_submitsOnReturn = submits;
}

void PlainEdit::setLongestPaste(int characters, int lines)
{
    m_longestPaste = characters;
    m_mostPastedLines = lines;
}

int PlainEdit::contentHeight() const
{
    return int(std::ceil(document()->documentLayout()->documentSize().height()));
}

void PlainEdit::keyPressEvent(QKeyEvent *event)
{
    const bool isReturn = event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter;
    if (isReturn) {
        const bool shift = event->modifiers() & Qt::ShiftModifier;
        const bool control = event->modifiers() & Qt::ControlModifier;
        event->accept();
        if (m_submitsOnReturn ? !shift : control)
            Q_EMIT submitted();
        else
            textCursor().insertBlock();
        ensureCursorVisible();
        return;
    }
    if (event->key() == Qt::Key_Up && event->modifiers() == Qt::NoModifier && document()->isEmpty()) {
        Q_EMIT upInEmpty();
        return;
    }
    if (event->key() == Qt::Key_Escape) {
        event->ignore(); // the window's: closes what is open, else stops
        return;
    }
    QTextEdit::keyPressEvent(event);
}

void PlainEdit::inputMethodEvent(QInputMethodEvent *event)
{
    QTextEdit::inputMethodEvent(event);
    viewport()->update(); // the placeholder
}

bool PlainEdit::canInsertFromMimeData(const QMimeData *source) const
{
    return source->hasUrls() || source->hasText() || (m_longestPaste > 0 && source->hasImage());
}

void PlainEdit::insertFromMimeData(const QMimeData *source)
{
    QStringList paths;
    for (const QUrl &url : source->urls()) {
        if (url.isLocalFile())
            paths.append(url.toLocalFile());
    }
    if (!paths.isEmpty()) {
        Q_EMIT filesDropped(paths);
        return;
    }
    if (!source->hasText()) {
        if (m_longestPaste > 0 && source->hasImage())
            Q_EMIT imagePasted();
        return;
    }
    QString text = source->text();
    if (m_longestPaste > 0 && (text.size() > m_longestPaste || text.count(QLatin1Char('\n')) > m_mostPastedLines)) {
        Q_EMIT longTextPasted(text);
        return;
    }
    text.remove(QChar(0));
    textCursor().insertText(text);
    ensureCursorVisible();
}

} // namespace ui
