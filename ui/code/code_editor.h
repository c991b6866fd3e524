// The editor of program text: line numbers, current line, colours, brackets, indentation, search hits, zoom.
#pragma once

#include "app/syntax/lexer.h"
#include "ui/appearance.h"

#include <QPlainTextEdit>

namespace ui {

class CodeLayout;
class SyntaxHighlighter;

class CodeEditor : public QPlainTextEdit
{
    Q_OBJECT

public:
    explicit CodeEditor(Appearance &appearance, QWidget *parent = nullptr);

    void setLanguage(const app::syntax::Language *language);
    const app::syntax::Language *language() const;

    // Every character as it is; toPlainText() would turn no-break spaces into spaces.
    QString text() const;
    // Replaces all text as one undo step; the cursor goes to the beginning.
    void replaceText(const QString &text);
    // Replaces all text and forgets the undo history.
    void resetText(const QString &text);

    // Marks every hit of a text; empty: none. Returns how many there are, at most kMostHits.
    int markHits(const QString &text, bool matchCase);
    static constexpr int kMostHits = 2000;

    int zoom() const { return m_zoom; } // px added to the size of code
    void setZoom(int px);
    // The indentation that the text uses: "\t" or some spaces.
    QString indentUnit() const;

Q_SIGNALS:
    void zoomChanged(int px);
    void filesDropped(const QStringList &paths);

protected:
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void wheelEvent(QWheelEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void mouseReleaseEvent(QMouseEvent *event) override;
    void mouseDoubleClickEvent(QMouseEvent *event) override;
    void contextMenuEvent(QContextMenuEvent *event) override;
    bool event(QEvent *event) override;
    bool canInsertFromMimeData(const QMimeData *source) const override;
    void insertFromMimeData(const QMimeData *source) override;

private:
    class Gutter;
    void applyAppearance();
    void placeGutter();
    void updateSelections();
    void paintGround(QPainter &painter, const QRect &area);
    void breakLine();
    void indentSelection(bool deeper);
    bool removeIndent();
    void goHome(bool selects);
    QPointF snapped(const QPointF &position) const;
    QMouseEvent snappedEvent(const QMouseEvent &event) const;

    Appearance &m_appearance;
    CodeLayout *m_layout;
    SyntaxHighlighter *m_highlighter;
    Gutter *m_gutter;
    QString m_hitText;
    bool m_hitCase = false;
    QList<QTextEdit::ExtraSelection> m_hits;
    int m_zoom = 0;
};

} // namespace ui
