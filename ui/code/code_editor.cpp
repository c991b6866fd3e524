#include "ui/code/code_editor.h"

#include "app/settings_keys.h"
#include "ui/code/bracket_match.h"
#include "ui/code/code_layout.h"
#include "ui/code/syntax_highlighter.h"

#include <QContextMenuEvent>
#include <QKeyEvent>
#include <QMenu>
#include <QMimeData>
#include <QPainter>
#include <QTextBlock>
#include <QUrl>
#include <QWheelEvent>

#include <algorithm>
#include <cmath>

namespace ui {

namespace {

constexpr int kGutterLeft = 20, kGutterRight = 20;

qsizetype indentOf(const QString &line)
{
    qsizetype n = 0;
    while (n < line.size() && (line[n] == u' ' || line[n] == u'\t'))
        ++n;
    return n;
}

} // namespace

// Line numbers, in a strip of the editor's own margin.
class CodeEditor::Gutter : public QWidget
{
public:
    explicit Gutter(CodeEditor *editor) : QWidget(editor), m_editor(editor) { setCursor(Qt::ArrowCursor); }

    int wantedWidth() const
    {
        const int digits = std::max<int>(2, int(QString::number(m_editor->blockCount()).size()));
        return kGutterLeft + digits * m_editor->fontMetrics().horizontalAdvance(u'0') + kGutterRight;
    }

protected:
    void paintEvent(QPaintEvent *event) override
    {
        const Theme &theme = m_editor->m_appearance.theme();
        QPainter painter(this);
        painter.fillRect(event->rect(), theme.surface);
        QFont font = m_editor->font();
        font.setPixelSize(std::max(8, font.pixelSize() - 1));
        painter.setFont(font);
        QTextBlock block = m_editor->firstVisibleBlock();
        qreal top = m_editor->blockBoundingGeometry(block).translated(m_editor->contentOffset()).top();
        const int current = m_editor->textCursor().blockNumber();
        while (block.isValid() && top <= event->rect().bottom()) {
            const qreal height = m_editor->blockBoundingRect(block).height();
            const QRectF line(0, top, width(), height);
            if (block.blockNumber() == current && !m_editor->isReadOnly())
                painter.fillRect(line, theme.codeLine);
            painter.setPen(block.blockNumber() == current ? theme.text : theme.text3);
            painter.drawText(line.adjusted(0, 0, -kGutterRight, 0), Qt::AlignRight | Qt::AlignVCenter,
                             QString::number(block.blockNumber() + 1));
            top += height;
            block = block.next();
        }
    }
    // Beside the text as in it: a click chooses the line.
    void mousePressEvent(QMouseEvent *event) override
    {
        QTextCursor cursor = m_editor->cursorForPosition(QPoint(0, int(event->position().y())));
        cursor.movePosition(QTextCursor::StartOfBlock);
        cursor.movePosition(QTextCursor::NextBlock, QTextCursor::KeepAnchor);
        m_editor->setTextCursor(cursor);
        m_editor->setFocus();
    }

private:
    CodeEditor *m_editor;
};

CodeEditor::CodeEditor(Appearance &appearance, QWidget *parent)
    : QPlainTextEdit(parent), m_appearance(appearance)
{
    auto *document = new QTextDocument(this);
    m_layout = new CodeLayout(document);
    document->setDocumentLayout(m_layout);
    document->setDocumentMargin(0);
    setDocument(document);
    m_highlighter = new SyntaxHighlighter(document, appearance);
    m_gutter = new Gutter(this);

    setFrameShape(QFrame::NoFrame);
    setLineWrapMode(QPlainTextEdit::NoWrap);
    setCursorWidth(2);
    viewport()->setAutoFillBackground(false);
    connect(this, &QPlainTextEdit::blockCountChanged, this, &CodeEditor::placeGutter);
    connect(this, &QPlainTextEdit::updateRequest, this, [this](const QRect &rect, int dy) {
        if (dy)
            m_gutter->scroll(0, dy);
        else
            m_gutter->update(0, rect.y(), m_gutter->width(), rect.height());
    });
    connect(this, &QPlainTextEdit::cursorPositionChanged, this, [this] {
        updateSelections();
        m_gutter->update();
        viewport()->update();
    });
    connect(this, &QPlainTextEdit::selectionChanged, viewport(), qOverload<>(&QWidget::update));
    connect(this, &QPlainTextEdit::textChanged, this, [this] {
        if (!m_hitText.isEmpty())
            markHits(m_hitText, m_hitCase);
    });
    connect(&appearance, &Appearance::changed, this, &CodeEditor::applyAppearance);
    applyAppearance();
}

void CodeEditor::setLanguage(const app::syntax::Language *language)
{
    m_highlighter->setLanguage(language);
}

const app::syntax::Language *CodeEditor::language() const
{
    return m_highlighter->language();
}

void CodeEditor::applyAppearance()
{
    QFont font = m_appearance.font(FontRole::Mono);
    const int natural = font.pixelSize();
    font.setPixelSize(std::max(8, natural + m_zoom));
    setFont(font);
    document()->setDefaultFont(font);
    const qreal ratio = qreal(m_appearance.lineHeight(FontRole::Mono)) / natural;
    m_layout->setLinePixels(std::max(int(std::lround(font.pixelSize() * ratio)), fontMetrics().height()));
    setTabStopDistance(4 * QFontMetricsF(font).horizontalAdvance(u' '));
    QPalette palette = this->palette();
    palette.setColor(QPalette::Text, m_appearance.theme().codeName);
    palette.setColor(QPalette::PlaceholderText, m_appearance.theme().text3);
    setPalette(palette);
    placeGutter();
    updateSelections();
    viewport()->update();
}

void CodeEditor::setZoom(int px)
{
    px = std::clamp(px, app::kCodeZoom.bounds.least, app::kCodeZoom.bounds.most);
    if (px == m_zoom)
        return;
    m_zoom = px;
    applyAppearance();
    Q_EMIT zoomChanged(px);
}

QString CodeEditor::text() const
{
    return document()->toRawText().replace(QChar::ParagraphSeparator, u'\n');
}

void CodeEditor::replaceText(const QString &text)
{
    QTextCursor cursor(document());
    cursor.beginEditBlock();
    cursor.select(QTextCursor::Document);
    cursor.insertText(text);
    cursor.endEditBlock();
    moveCursor(QTextCursor::Start);
}

void CodeEditor::resetText(const QString &text)
{
    setPlainText(text);
}

void CodeEditor::placeGutter()
{
    const int width = m_gutter->wantedWidth();
    setViewportMargins(width, 8, 0, 0);
    const QRect area = contentsRect();
    m_gutter->setGeometry(area.left(), area.top() + 8, width, area.height() - 8);
}

void CodeEditor::resizeEvent(QResizeEvent *event)
{
    QPlainTextEdit::resizeEvent(event);
    placeGutter();
}

// Current line and selection, at the full height of the lines; the letters come on top.
void CodeEditor::paintGround(QPainter &painter, const QRect &area)
{
    const Theme &theme = m_appearance.theme();
    const QTextCursor cursor = textCursor();
    const int from = cursor.selectionStart(), to = cursor.selectionEnd();
    const QColor selection = hasFocus() ? theme.selection : theme.pressed;
    QTextBlock block = firstVisibleBlock();
    qreal top = blockBoundingGeometry(block).translated(contentOffset()).top();
    while (block.isValid() && top <= area.bottom()) {
        const qreal height = blockBoundingRect(block).height();
        if (block == cursor.block() && !isReadOnly() && from == to)
            painter.fillRect(QRectF(0, top, viewport()->width(), height), theme.codeLine);
        const int start = block.position(), end = start + block.length() - 1;
        if (from != to && from <= end && to > start && block.layout()->lineCount() == 1) {
            const QTextLine line = block.layout()->lineAt(0);
            const qreal left = line.cursorToX(std::max(from, start) - start) + contentOffset().x();
            qreal right = line.cursorToX(std::min(to, end) - start) + contentOffset().x();
            if (to > end) // the line break is chosen as well
                right += fontMetrics().horizontalAdvance(u' ') / 2.0;
            painter.fillRect(QRectF(left, top, right - left, height), selection);
        }
        top += height;
        block = block.next();
    }
}

void CodeEditor::paintEvent(QPaintEvent *event)
{
    {
        QPainter painter(viewport());
        paintGround(painter, event->rect());
    }
    QPlainTextEdit::paintEvent(event);
}

void CodeEditor::updateSelections()
{
    QList<QTextEdit::ExtraSelection> selections = m_hits;
    const auto isText = [this](int position) {
        const QTextBlock block = document()->findBlock(position);
        const int column = position - block.position();
        for (const QTextLayout::FormatRange &range : block.layout()->formats()) {
            if (column < range.start || column >= range.start + range.length)
                continue;
            const auto kind = SyntaxHighlighter::kindOf(range.format);
            return kind == app::syntax::TokenKind::String || kind == app::syntax::TokenKind::Comment;
        }
        return false;
    };
    const BracketPair pair = matchBracket(*document(), textCursor().position(), isText);
    for (const int position : {pair.first, pair.second}) {
        if (position < 0 || textCursor().hasSelection())
            continue;
        QTextEdit::ExtraSelection selection;
        selection.cursor = QTextCursor(document());
        selection.cursor.setPosition(position);
        selection.cursor.setPosition(position + 1, QTextCursor::KeepAnchor);
        const bool alone = pair.second < 0;
        selection.format.setBackground(alone ? m_appearance.theme().dangerSoft
                                             : m_appearance.theme().accentSoft);
        selection.format.setForeground(alone ? m_appearance.theme().danger : m_appearance.theme().accentText);
        selections.append(selection);
    }
    setExtraSelections(selections);
}

int CodeEditor::markHits(const QString &text, bool matchCase)
{
    m_hitText = text;
    m_hitCase = matchCase;
    m_hits.clear();
    if (!text.isEmpty()) {
        const QString all = this->text();
        const Qt::CaseSensitivity sensitivity = matchCase ? Qt::CaseSensitive : Qt::CaseInsensitive;
        for (qsizetype at = all.indexOf(text, 0, sensitivity); at >= 0 && m_hits.size() < kMostHits;
             at = all.indexOf(text, at + text.size(), sensitivity)) {
            QTextEdit::ExtraSelection hit;
            hit.cursor = QTextCursor(document());
            hit.cursor.setPosition(int(at));
            hit.cursor.setPosition(int(at + text.size()), QTextCursor::KeepAnchor);
            hit.format.setBackground(m_appearance.theme().mark);
            m_hits.append(hit);
        }
    }
    updateSelections();
    return int(m_hits.size());
}

QString CodeEditor::indentUnit() const
{
    int lines = 0;
    qsizetype smallest = 0;
    for (QTextBlock block = document()->begin(); block.isValid() && lines < 400;
         block = block.next(), ++lines) {
        const QString line = block.text();
        const qsizetype indent = indentOf(line);
        if (indent == 0 || indent == line.size())
            continue;
        if (line[0] == u'\t')
            return QStringLiteral("\t");
        if (indent > 1 && (smallest == 0 || indent < smallest))
            smallest = indent;
    }
    if (smallest == 0) {
        const QString id = language() ? app::syntax::languageId(*language()) : QString();
        if (id == QLatin1String("go") || id == QLatin1String("makefile"))
            return QStringLiteral("\t");
        const bool two = id == QLatin1String("javascript") || id == QLatin1String("typescript") ||
                         id == QLatin1String("ruby") || id == QLatin1String("yaml") ||
                         id == QLatin1String("html") || id == QLatin1String("json") ||
                         id == QLatin1String("css") || id == QLatin1String("dart");
        return QString(two ? 2 : 4, u' ');
    }
    return QString(std::min<qsizetype>(smallest, 8), u' ');
}

// A new line begins where the one before did, one step deeper after an opening bracket or Python's colon.
void CodeEditor::breakLine()
{
    QTextCursor cursor = textCursor();
    const QTextBlock block = document()->findBlock(cursor.selectionStart());
    const QString line = block.text().left(cursor.selectionStart() - block.position());
    QString indent = line.left(indentOf(line));
    const QString trimmed = line.trimmed();
    const QChar last = trimmed.isEmpty() ? QChar() : trimmed.back();
    const QString id = language() ? app::syntax::languageId(*language()) : QString();
    const bool colonOpens = id == QLatin1String("python") || id == QLatin1String("yaml");
    const bool opens = last == u'{' || last == u'(' || last == u'[' || (last == u':' && colonOpens);
    const QChar next = document()->characterAt(cursor.selectionEnd());
    const bool between = opens && ((last == u'{' && next == u'}') || (last == u'(' && next == u')') ||
                                   (last == u'[' && next == u']'));
    cursor.beginEditBlock();
    cursor.insertText(QStringLiteral("\n") + indent + (opens ? indentUnit() : QString()));
    if (between) {
        const int here = cursor.position();
        cursor.insertText(QStringLiteral("\n") + indent);
        cursor.setPosition(here);
    }
    cursor.endEditBlock();
    setTextCursor(cursor);
}

void CodeEditor::indentSelection(bool deeper)
{
    const QString unit = indentUnit();
    QTextCursor cursor = textCursor();
    const int start = cursor.selectionStart();
    int end = cursor.selectionEnd();
    QTextBlock block = document()->findBlock(start);
    QTextBlock last = document()->findBlock(end);
    if (end > start && last.position() == end)
        last = last.previous();
    cursor.beginEditBlock();
    for (; block.isValid() && block.blockNumber() <= last.blockNumber(); block = block.next()) {
        QTextCursor line(block);
        if (deeper) {
            if (!block.text().isEmpty())
                line.insertText(unit);
            continue;
        }
        qsizetype remove = 0;
        const QString text = block.text();
        if (text.startsWith(u'\t'))
            remove = 1;
        else
            while (remove < text.size() && remove < std::max<qsizetype>(1, unit == u"\t" ? 4 : unit.size()) &&
                   text[remove] == u' ')
                ++remove;
        line.movePosition(QTextCursor::Right, QTextCursor::KeepAnchor, int(remove));
        line.removeSelectedText();
    }
    cursor.endEditBlock();
}

// Backspace between the line's start and its first letter goes back one step.
bool CodeEditor::removeIndent()
{
    QTextCursor cursor = textCursor();
    const QString before = cursor.block().text().left(cursor.positionInBlock());
    if (cursor.hasSelection() || before.isEmpty() || !before.trimmed().isEmpty() || before.endsWith(u'\t'))
        return false;
    const qsizetype unit = indentUnit() == u"\t" ? 4 : indentUnit().size();
    qsizetype remove = before.size() % unit == 0 ? unit : before.size() % unit;
    for (qsizetype i = 0; i < remove; ++i)
        if (before[before.size() - 1 - i] != u' ')
            remove = i;
    cursor.movePosition(QTextCursor::Left, QTextCursor::KeepAnchor, int(remove));
    cursor.removeSelectedText();
    return true;
}

// Home goes to the first letter, and from there to the margin.
void CodeEditor::goHome(bool selects)
{
    QTextCursor cursor = textCursor();
    const int first = cursor.block().position() + int(indentOf(cursor.block().text()));
    cursor.setPosition(cursor.position() == first ? cursor.block().position() : first,
                       selects ? QTextCursor::KeepAnchor : QTextCursor::MoveAnchor);
    setTextCursor(cursor);
}

bool CodeEditor::event(QEvent *event)
{
    // Zoom keys and Ctrl+Enter: while the editor has the focus the first are the code's, the last the
    // panel's.
    if (event->type() == QEvent::ShortcutOverride) {
        auto *key = static_cast<QKeyEvent *>(event);
        if (key->matches(QKeySequence::ZoomIn) || key->matches(QKeySequence::ZoomOut) ||
            key->keyCombination() == (Qt::CTRL | Qt::Key_0) ||
            key->keyCombination() == (Qt::CTRL | Qt::Key_Equal)) {
            event->accept();
            return true;
        }
    }
    return QPlainTextEdit::event(event);
}

void CodeEditor::keyPressEvent(QKeyEvent *event)
{
    const bool control = event->modifiers() & Qt::ControlModifier;
    if (event->matches(QKeySequence::ZoomIn) || event->keyCombination() == (Qt::CTRL | Qt::Key_Equal)) {
        setZoom(m_zoom + 1);
    } else if (event->matches(QKeySequence::ZoomOut)) {
        setZoom(m_zoom - 1);
    } else if (event->keyCombination() == (Qt::CTRL | Qt::Key_0)) {
        setZoom(0);
    } else if (event->key() == Qt::Key_Escape) {
        event->ignore(); // the window's: closes what is open, else stops
    } else if (isReadOnly()) {
        QPlainTextEdit::keyPressEvent(event);
    } else if ((event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) && !control) {
        breakLine();
        ensureCursorVisible();
    } else if ((event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) && control) {
        event->ignore(); // runs the verb
    } else if (event->key() == Qt::Key_Tab && event->modifiers() == Qt::NoModifier) {
        QTextCursor cursor = textCursor();
        if (cursor.hasSelection() &&
            document()->findBlock(cursor.selectionStart()) != document()->findBlock(cursor.selectionEnd())) {
            indentSelection(true);
        } else if (indentUnit() == u"\t") {
            cursor.insertText(QStringLiteral("\t"));
        } else {
            const int unit = int(indentUnit().size());
            cursor.insertText(QString(unit - cursor.positionInBlock() % unit, u' '));
        }
        ensureCursorVisible();
    } else if (event->key() == Qt::Key_Backtab) {
        indentSelection(false);
    } else if (event->key() == Qt::Key_Backspace && event->modifiers() == Qt::NoModifier && removeIndent()) {
        ensureCursorVisible();
    } else if (event->key() == Qt::Key_Home && !control) {
        goHome(event->modifiers() & Qt::ShiftModifier);
    } else if (event->text() == u"}" &&
               textCursor().block().text().left(textCursor().positionInBlock()).trimmed().isEmpty() &&
               !textCursor().hasSelection() && textCursor().positionInBlock() > 0) {
        // A closing bracket alone on its line stands one step out.
        QTextCursor cursor = textCursor();
        cursor.beginEditBlock();
        removeIndent();
        textCursor().insertText(QStringLiteral("}"));
        cursor.endEditBlock();
        ensureCursorVisible();
    } else {
        QPlainTextEdit::keyPressEvent(event);
    }
}

void CodeEditor::wheelEvent(QWheelEvent *event)
{
    if (!(event->modifiers() & Qt::ControlModifier)) {
        QPlainTextEdit::wheelEvent(event);
        return;
    }
    const int delta = event->angleDelta().y();
    if (delta != 0)
        setZoom(m_zoom + (delta > 0 ? 1 : -1));
    event->accept();
}

// Between two lines' letters is some air; a click there belongs to the line it is in, not to its start or
// end.
QPointF CodeEditor::snapped(const QPointF &position) const
{
    QTextBlock block = firstVisibleBlock();
    qreal top = blockBoundingGeometry(block).translated(contentOffset()).top();
    while (block.isValid() && top <= viewport()->height()) {
        const qreal height = blockBoundingRect(block).height();
        if (position.y() < top + height)
            return {position.x(), position.y() < top ? position.y() : top + height / 2};
        top += height;
        block = block.next();
    }
    return position;
}

QMouseEvent CodeEditor::snappedEvent(const QMouseEvent &event) const
{
    return QMouseEvent(event.type(), snapped(event.position()), event.globalPosition(), event.button(),
                       event.buttons(), event.modifiers(), event.pointingDevice());
}

void CodeEditor::mousePressEvent(QMouseEvent *event)
{
    QMouseEvent inLine = snappedEvent(*event);
    QPlainTextEdit::mousePressEvent(&inLine);
}

void CodeEditor::mouseMoveEvent(QMouseEvent *event)
{
    QMouseEvent inLine = snappedEvent(*event);
    QPlainTextEdit::mouseMoveEvent(&inLine);
}

void CodeEditor::mouseReleaseEvent(QMouseEvent *event)
{
    QMouseEvent inLine = snappedEvent(*event);
    QPlainTextEdit::mouseReleaseEvent(&inLine);
}

void CodeEditor::mouseDoubleClickEvent(QMouseEvent *event)
{
    QMouseEvent inLine = snappedEvent(*event);
    QPlainTextEdit::mouseDoubleClickEvent(&inLine);
}

void CodeEditor::contextMenuEvent(QContextMenuEvent *event)
{
    QMenu *menu = createStandardContextMenu();
    menu->setAttribute(Qt::WA_DeleteOnClose);
    for (QAction *action : menu->actions())
        action->setIcon(QIcon()); // the look's menus carry none
    menu->popup(event->globalPos());
}

bool CodeEditor::canInsertFromMimeData(const QMimeData *source) const
{
    return source->hasUrls() || QPlainTextEdit::canInsertFromMimeData(source);
}

void CodeEditor::insertFromMimeData(const QMimeData *source)
{
    QStringList paths;
    for (const QUrl &url : source->urls())
        if (url.isLocalFile())
            paths.append(url.toLocalFile());
    if (!paths.isEmpty()) {
        Q_EMIT filesDropped(paths);
        return;
    }
    if (!source->hasText())
        return;
    QString text = source->text();
    text.remove(QChar(0));
    textCursor().insertText(text);
    ensureCursorVisible();
}

} // namespace ui
