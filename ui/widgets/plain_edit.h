// A multi-line field of plain text in the reading type. Return submits, Shift+Return breaks the line.
#pragma once

#include "ui/appearance.h"

#include <QTextEdit>

namespace ui {

class PlainEdit : public QTextEdit
{
    Q_OBJECT

public:
    explicit PlainEdit(const Appearance &appearance, QWidget *parent = nullptr);

    QString text() const { return toPlainText(); }
    // Replaces all text and forgets the undo history; the cursor goes to the end.
    void setText(const QString &text);
    // Replaces all text as one step that undo takes back.
    void replaceText(const QString &text);
    void setSubmitsOnReturn(bool submits); // false: Return breaks the line and Ctrl+Return submits
    // What is pasted or dropped above these comes by longTextPasted() and is not laid out; 0: everything is taken.
    void setLongestPaste(int characters, int lines);
    // Height of the text with line heights, without the widget's margins.
    int contentHeight() const;
    int linePixels() const { return m_linePixels; }

Q_SIGNALS:
    void submitted();
    void upInEmpty(); // Up while nothing is written
    void filesDropped(const QStringList &paths); // or pasted
    void longTextPasted(const QString &text);
    void imagePasted(); // where setLongestPaste() says that more than short texts is taken

protected:
    void keyPressEvent(QKeyEvent *event) override;
    void inputMethodEvent(QInputMethodEvent *event) override;
    bool canInsertFromMimeData(const QMimeData *source) const override;
    void insertFromMimeData(const QMimeData *source) override;

private:
    void applyType();

    const Appearance &m_appearance;
    bool m_submitsOnReturn = true;
    int m_longestPaste = 0, m_mostPastedLines = 0;
    int m_linePixels = 24;
};

} // namespace ui
