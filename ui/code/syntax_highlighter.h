// Colours of program text in a QTextDocument, from app/syntax and the theme in use.
#pragma once

#include "app/syntax/lexer.h"
#include "ui/appearance.h"

#include <QSyntaxHighlighter>

namespace ui {

// Follows the theme. Null language: plain text. Documents beyond kMostHighlighted characters stay plain.
class SyntaxHighlighter : public QSyntaxHighlighter
{
    Q_OBJECT

public:
    static constexpr int kMostHighlighted = 2'000'000;

    SyntaxHighlighter(QTextDocument *document, const Appearance &appearance);
    void setLanguage(const app::syntax::Language *language);
    const app::syntax::Language *language() const { return m_language; }

    // The kind of token that a format of this class stands for.
    static app::syntax::TokenKind kindOf(const QTextCharFormat &format);

protected:
    void highlightBlock(const QString &text) override;

private:
    const Appearance &m_appearance;
    const app::syntax::Language *m_language = nullptr;
    QVector<app::syntax::Span> m_spans;
};

} // namespace ui
