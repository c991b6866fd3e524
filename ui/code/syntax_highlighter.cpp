#include "ui/code/syntax_highlighter.h"

#include <QTextDocument>

namespace ui {

namespace {
constexpr int kKindProperty = QTextFormat::UserProperty + 1;
}

SyntaxHighlighter::SyntaxHighlighter(QTextDocument *document, const Appearance &appearance)
    : QSyntaxHighlighter(document), m_appearance(appearance)
{
    connect(&appearance, &Appearance::changed, this, &SyntaxHighlighter::rehighlight);
}

app::syntax::TokenKind SyntaxHighlighter::kindOf(const QTextCharFormat &format)
{
    return app::syntax::TokenKind(format.intProperty(kKindProperty));
}

void SyntaxHighlighter::setLanguage(const app::syntax::Language *language)
{
    if (m_language == language)
        return;
    m_language = language;
    rehighlight();
}

void SyntaxHighlighter::highlightBlock(const QString &text)
{
    if (!m_language || document()->characterCount() > kMostHighlighted) {
        setCurrentBlockState(app::syntax::kInitialState);
        return;
    }
    const int before = previousBlockState() < 0 ? app::syntax::kInitialState : previousBlockState();
    setCurrentBlockState(app::syntax::lexLine(*m_language, text, before, m_spans));
    for (const app::syntax::Span &span : std::as_const(m_spans)) {
        QTextCharFormat format;
        format.setForeground(m_appearance.theme().code(span.kind));
        format.setProperty(kKindProperty, int(span.kind));
        setFormat(span.start, span.length, format);
    }
}

} // namespace ui
