#include "ui/translate/row_edit.h"

#include "ui/widgets/composing.h"

#include <QInputMethodEvent>
#include <QKeyEvent>
#include <QMimeData>
#include <QPainter>
#include <QScrollBar>
#include <QTextBlock>
#include <QUrl>

namespace ui {
namespace {

// Han letters look different in each country; the language tells which face is meant.
QString cjkFamily(const app::translate::Language *language)
{
    const QStringView code = language ? language->code : QStringView();
    return code == u"ja"        ? QStringLiteral("Noto Sans CJK JP")
           : code == u"ko"      ? QStringLiteral("Noto Sans CJK KR")
           : code == u"zh-Hant" ? QStringLiteral("Noto Sans CJK TC")
                                : QStringLiteral("Noto Sans CJK SC");
}

QString exact(QString text)
{
    return text.replace(QChar::ParagraphSeparator, QLatin1Char('\n'));
}

} // namespace

RowEdit::RowEdit(const Appearance &appearance, RowMetrics &metrics, RowMetrics::Side side, QWidget *parent)
    : QTextEdit(parent), m_appearance(appearance), m_metrics(metrics)
{
    auto *document = new QTextDocument(this);
    document->setDocumentMargin(0);
    m_rows = new RowLayout(document, metrics, side);
    document->setDocumentLayout(m_rows);
    setDocument(document);
    setAcceptRichText(false);
    setFrameShape(QFrame::NoFrame);
    setTabChangesFocus(true);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setVerticalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setCursorWidth(1);
    viewport()->setAutoFillBackground(false);
    connect(&metrics, &RowMetrics::changed, this, [this] {
        m_rows->announceSize();
        viewport()->update();
        Q_EMIT viewMoved();
    });
    applyType();
}

void RowEdit::applyType()
{
    QFont font = m_appearance.font(FontRole::Reading);
    QStringList families = font.families();
    families.removeIf(
        [](const QString &family) { return family.startsWith(QLatin1String("Noto Sans CJK")); });
    families.insert(families.isEmpty() ? 0 : 1, cjkFamily(m_language));
    font.setFamilies(families);
    setFont(font);
    document()->setDefaultFont(font);
    m_rows->setType(
        {font, m_appearance.lineHeight(FontRole::Reading), m_appearance.lineHeightCjk(FontRole::Reading)});
    QPalette p = palette();
    p.setColor(QPalette::Text, m_appearance.theme().text);
    setPalette(p);
}

void RowEdit::setLanguage(const app::translate::Language *language)
{
    if (language == m_language)
        return;
    const QString before = cjkFamily(m_language);
    m_language = language;
    if (cjkFamily(language) != before)
        applyType();
    // Left to right is what the text itself says: an Arabic line in an English text still runs from the
    // right.
    if (language && language->rightToLeft)
        m_rows->setDirection(Qt::RightToLeft);
    else
        m_rows->setDirection({});
}

void RowEdit::setHint(const QString &text)
{
    m_hint = text;
    viewport()->update();
}

QString RowEdit::exactText() const
{
    return exact(document()->toRawText()); // the document's own end is not part of it
}

int RowEdit::offset() const
{
    return verticalScrollBar()->value();
}

void RowEdit::paintEvent(QPaintEvent *event)
{
    {
        QPainter painter(viewport());
        const Theme &theme = m_appearance.theme();
        const int from = offset() + event->rect().top(), to = offset() + event->rect().bottom();
        m_rows->makeExact(from, to);
        const int width = viewport()->width();
        for (int row = m_metrics.rowAt(from); row >= 0 && row < m_metrics.size() && m_metrics.top(row) <= to;
             ++row) {
            const QRect rect(0, m_metrics.top(row) - offset(), width, m_metrics.height(row));
            if (paintRow)
                paintRow(painter, row, rect);
        }
        if (!m_hint.isEmpty() && document()->isEmpty() && !isComposing(this)) {
            painter.setFont(font());
            painter.setPen(theme.text3);
            painter.drawText(QRect(m_rows->leftInset(), RowMetrics::kPadding,
                                   width - m_rows->leftInset() - m_rows->rightInset(), 400),
                             Qt::TextWordWrap, m_hint);
        }
    }
    QTextEdit::paintEvent(event);
}

void RowEdit::keyPressEvent(QKeyEvent *event)
{
    if (event->key() == Qt::Key_Escape) {
        event->ignore(); // the window's: stops
        return;
    }
    const bool isReturn = event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter;
    if (isReturn && (event->modifiers() & Qt::ControlModifier)) {
        event->ignore(); // translate now
        return;
    }
    if (isReturn && !isReadOnly()) { // also Shift+Return: a paragraph, no line inside one
        textCursor().insertBlock();
        ensureCursorVisible();
        event->accept();
        return;
    }
    QTextEdit::keyPressEvent(event);
}

void RowEdit::inputMethodEvent(QInputMethodEvent *event)
{
    QTextEdit::inputMethodEvent(event);
    viewport()->update(); // the hint
}

void RowEdit::resizeEvent(QResizeEvent *event)
{
    QTextEdit::resizeEvent(event);
    Q_EMIT viewMoved();
}

void RowEdit::scrollContentsBy(int dx, int dy)
{
    QTextEdit::scrollContentsBy(dx, dy);
    Q_EMIT viewMoved();
}

bool RowEdit::canInsertFromMimeData(const QMimeData *source) const
{
    return source->hasText() || source->hasUrls();
}

void RowEdit::insertFromMimeData(const QMimeData *source)
{
    QStringList paths;
    for (const QUrl &url : source->urls()) {
        if (url.isLocalFile())
            paths.push_back(url.toLocalFile());
    }
    if (!paths.isEmpty()) {
        Q_EMIT filesDropped(paths);
        return;
    }
    if (isReadOnly() || !source->hasText())
        return;
    QString text = source->text();
    text.replace(QStringLiteral("\r\n"), QStringLiteral("\n"));
    textCursor().insertText(text);
    ensureCursorVisible();
}

QMimeData *RowEdit::createMimeDataFromSelection() const
{
    auto *data = new QMimeData;
    data->setText(exact(textCursor().selectedText()));
    return data;
}

} // namespace ui
