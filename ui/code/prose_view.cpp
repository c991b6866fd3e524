#include "ui/code/prose_view.h"

#include "app/syntax/lexer.h"

#include <QScrollBar>
#include <QTextBlock>

#include <algorithm>

namespace ui {

using app::markdown::Block;
using app::markdown::BlockKind;
using app::markdown::Container;

namespace {

constexpr int kStep = 22; // indentation of a list level, px

bool hasCjk(const QString &text)
{
    return std::any_of(text.begin(), text.end(), [](QChar c) {
        return (c.unicode() >= 0x2e80 && c.unicode() <= 0x9fff) ||
               (c.unicode() >= 0xac00 && c.unicode() <= 0xd7a3) ||
               (c.unicode() >= 0xff00 && c.unicode() <= 0xffef) || c.isHighSurrogate();
    });
}

} // namespace

ProseView::ProseView(const Appearance &appearance, QWidget *parent)
    : QTextEdit(parent), m_appearance(appearance)
{
    setReadOnly(true);
    setAcceptRichText(false);
    setUndoRedoEnabled(false);
    setFrameShape(QFrame::NoFrame);
    setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    setWordWrapMode(QTextOption::WrapAtWordBoundaryOrAnywhere);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    document()->setDocumentMargin(0);
    viewport()->setAutoFillBackground(false);
    setViewportMargins(20, 4, 10, 12);
    setAccessibleName(tr("Notes of the model"));
    connect(&appearance, &Appearance::changed, this, &ProseView::renderAll);
}

QVariant ProseView::loadResource(int, const QUrl &)
{
    return {};
}

void ProseView::append(const QString &markdown)
{
    m_stream.append(markdown);
    renderTail();
}

void ProseView::setMarkdown(const QString &markdown)
{
    m_stream.clear();
    m_stream.append(markdown);
    m_stream.finish();
    renderAll();
}

void ProseView::renderAll()
{
    clear();
    m_rendered = 0;
    m_renderedEnd = 0;
    m_fresh = true;
    renderTail();
}

// What is sealed stays; the rest is written again.
void ProseView::renderTail()
{
    QScrollBar *bar = verticalScrollBar();
    const bool atEnd = bar->value() >= bar->maximum() - 4;
    const int scrolled = bar->value();
    QTextCursor cursor(document());
    cursor.beginEditBlock();
    cursor.setPosition(std::min(m_renderedEnd, document()->characterCount() - 1));
    cursor.movePosition(QTextCursor::End, QTextCursor::KeepAnchor);
    cursor.removeSelectedText();
    m_fresh = m_rendered == 0;
    const auto &blocks = m_stream.blocks();
    for (int i = m_rendered; i < blocks.size(); ++i) {
        renderBlock(cursor, blocks[i]);
        if (i < m_stream.sealedCount()) {
            m_rendered = i + 1;
            m_renderedEnd = cursor.position();
        }
    }
    cursor.endEditBlock();
    bar->setValue(atEnd && scrolled > 0 ? bar->maximum() : scrolled);
}

void ProseView::startLine(QTextCursor &cursor, const QTextBlockFormat &format)
{
    if (m_fresh)
        cursor.setBlockFormat(format);
    else
        cursor.insertBlock(format, QTextCharFormat());
    m_fresh = false;
}

void ProseView::renderBlock(QTextCursor &cursor, const Block &block)
{
    const Theme &theme = m_appearance.theme();
    const int depth = int(block.containers.size());
    const int left = depth * kStep;
    QTextBlockFormat format;
    format.setLeftMargin(left);
    format.setTopMargin(m_fresh ? 0 : block.tight ? 2 : 8);

    if (block.kind == BlockKind::Code || block.kind == BlockKind::Formula) {
        renderCode(cursor, block, left);
        return;
    }
    if (block.kind == BlockKind::Rule) {
        format.setLineHeight(16, QTextBlockFormat::FixedHeight);
        startLine(cursor, format);
        QTextCharFormat dim;
        dim.setForeground(theme.borderStrong);
        cursor.insertText(QStringLiteral("———"), dim);
        return;
    }
    FontRole role = FontRole::Reading;
    if (block.kind == BlockKind::Heading) {
        role = block.level == 1   ? FontRole::Heading1
               : block.level == 2 ? FontRole::Heading2
                                  : FontRole::ReadingBold;
        format.setTopMargin(m_fresh ? 0 : 14);
    }
    if (block.kind == BlockKind::Table) {
        for (const auto &row : block.rows) {
            const bool head = &row == &block.rows.first();
            format.setTopMargin(head && !m_fresh ? 8 : 0);
            format.setLineHeight(m_appearance.lineHeight(FontRole::Table), QTextBlockFormat::FixedHeight);
            startLine(cursor, format);
            for (int i = 0; i < row.size(); ++i) {
                if (i > 0) {
                    QTextCharFormat bar;
                    bar.setForeground(theme.borderStrong);
                    cursor.insertText(QStringLiteral("  │  "), bar);
                }
                renderText(cursor, row[i], head ? FontRole::TableHead : FontRole::Table);
            }
        }
        return;
    }
    const bool cjk = hasCjk(block.text.text);
    format.setLineHeight(cjk ? m_appearance.lineHeightCjk(role) : m_appearance.lineHeight(role),
                         QTextBlockFormat::FixedHeight);
    QString marker;
    if (depth > 0 && block.containers.last().begins) {
        const Container &item = block.containers.last();
        switch (item.kind) {
        case Container::Bullet:
            marker = QStringLiteral("•\t");
            break;
        case Container::Number:
            marker = QString::number(item.number) + QStringLiteral(".\t");
            break;
        case Container::TaskOpen:
            marker = QStringLiteral("☐\t");
            break;
        case Container::TaskDone:
            marker = QStringLiteral("☑\t");
            break;
        case Container::Quote:
            break;
        }
        if (!marker.isEmpty()) {
            format.setTextIndent(-kStep);
            QList<QTextOption::Tab> tabs{QTextOption::Tab(left, QTextOption::LeftTab)};
            format.setTabPositions(tabs);
        }
    }
    startLine(cursor, format);
    if (!marker.isEmpty()) {
        QTextCharFormat dim;
        dim.setFont(m_appearance.font(FontRole::Reading));
        dim.setForeground(theme.text2);
        cursor.insertText(marker, dim);
    }
    renderText(cursor, block.text, role);
}

void ProseView::renderText(QTextCursor &cursor, const app::markdown::Text &text, FontRole role)
{
    const Theme &theme = m_appearance.theme();
    const auto insert = [&](int from, int to, quint8 styles, bool link) {
        if (to <= from)
            return;
        QTextCharFormat format;
        QFont font = m_appearance.font(role);
        if (styles & (app::markdown::Code | app::markdown::Math)) {
            const int size = std::max(10, font.pixelSize() - 2);
            font = m_appearance.font(FontRole::Mono);
            font.setPixelSize(size);
        }
        const QString piece = text.text.mid(from, to - from);
        // No italics on CJK: emphasis in such a run is bold.
        if ((styles & app::markdown::Bold) || ((styles & app::markdown::Emphasis) && hasCjk(piece)))
            font.setWeight(QFont::Bold);
        else if (styles & app::markdown::Emphasis)
            font.setItalic(true);
        font.setStrikeOut(styles & app::markdown::Strike);
        format.setFont(font);
        format.setForeground(link ? theme.accentText : theme.text);
        if (styles & app::markdown::Code)
            format.setBackground(theme.codeBackground);
        cursor.insertText(piece, format);
    };
    int at = 0;
    for (const app::markdown::Span &span : text.spans) {
        insert(at, span.start, app::markdown::Plain, false);
        insert(span.start, span.start + span.length, span.styles, span.link >= 0);
        at = span.start + span.length;
    }
    insert(at, int(text.text.size()), app::markdown::Plain, false);
}

void ProseView::renderCode(QTextCursor &cursor, const Block &block, int left)
{
    const Theme &theme = m_appearance.theme();
    const app::syntax::Language *language = app::syntax::findLanguage(block.language);
    if (!language)
        language = app::syntax::guessLanguage(block.code);
    int state = app::syntax::kInitialState;
    QVector<app::syntax::Span> spans;
    const QStringList lines = block.code.split(u'\n');
    for (int i = 0; i < lines.size(); ++i) {
        QTextBlockFormat format;
        format.setLeftMargin(left);
        format.setBackground(theme.codeBackground);
        format.setLineHeight(m_appearance.lineHeight(FontRole::Mono), QTextBlockFormat::FixedHeight);
        format.setTopMargin(i == 0 && !m_fresh ? 8 : 0);
        format.setTextIndent(10);
        startLine(cursor, format);
        const QString &line = lines[i];
        if (language)
            state = app::syntax::lexLine(*language, line, state, spans);
        QTextCharFormat plain;
        plain.setFont(m_appearance.font(FontRole::Mono));
        plain.setForeground(theme.codeName);
        int at = 0;
        for (const app::syntax::Span &span : std::as_const(spans)) {
            cursor.insertText(line.mid(at, span.start - at), plain);
            QTextCharFormat colored = plain;
            colored.setForeground(theme.code(span.kind));
            cursor.insertText(line.mid(span.start, span.length), colored);
            at = span.start + span.length;
        }
        cursor.insertText(line.mid(at), plain);
    }
}

} // namespace ui
