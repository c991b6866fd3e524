// Syntax highlighting without a window: a table-driven line lexer for the languages of the Code panel and of code
// blocks in answers. ui/ maps token kinds to colours.
#pragma once

#include <QString>
#include <QStringList>
#include <QStringView>
#include <QVector>

namespace app::syntax {

enum class TokenKind : quint8 {
    Name, Keyword, Type, Function, String, Escape, Number, Comment, Preprocessor, Operator
};

struct Span
{
    int start = 0;  // UTF-16 units in the line
    int length = 0; // spans come in order, do not overlap, and may leave gaps (plain text)
    TokenKind kind = TokenKind::Name;
};

struct Language;

// All languages in the order of the picker; each has an id ("cpp"), a display name ("C++"), aliases (fence tags) and
// file suffixes.
const QVector<const Language *> &languages();
const Language *findLanguage(QStringView idAliasOrSuffix); // case-insensitive; null when unknown
QString languageId(const Language &language);
QString displayName(const Language &language);
QString fileSuffix(const Language &language); // "cpp", without the dot
// Best guess for a text (shebang, keywords, punctuation); null below a fair confidence.
const Language *guessLanguage(QStringView text);

inline constexpr int kInitialState = 0;
// Lexes one line without its line break. `state` is what the line before returned (kInitialState for the first):
// open comments, strings and here-documents go on. `spans` is emptied first. Thread-safe, never throws, linear in the
// length of the line. States are numbers of this process: compare them, never store them.
int lexLine(const Language &language, QStringView line, int state, QVector<Span> &spans);

} // namespace app::syntax
