// The table that describes one language to the line lexer, and the registry of all of them.
#pragma once

#include "app/syntax/lexer.h"

#include <QHash>
#include <QStringList>

#include <deque>

namespace app::syntax {

// Which part of the engine reads a language: most are Code, the others have a shape of their own.
enum class Structure : quint8 { Code, Css, Markup, Markdown, Yaml, Diff, Plain };

// What stands for a value inside a string.
enum class Fields : quint8 {
    None,
    Percent,        // %d %-8.3f
    Brace,          // {expression:format}, {{ is a brace
    DollarBrace,    // ${expression}
    DollarName,     // $name and ${expression}
    BraceDollar,    // $name and {$expression}
    HashBrace,      // #{expression}
    BackslashParen, // \(expression)
    Shell           // $name ${name} $(command)
};

enum StringFlag : quint8 {
    kEscapes = 1,   // a backslash takes the next character
    kDoubled = 2,   // the closing quote, doubled, is a quote
    kMultiLine = 4, // goes on over lines
    kSingle = 8     // one character or escape only; else the quote is not a string ('a lifetime)
};

struct StringRule
{
    const char *open;
    const char *close;
    quint8 flags = kEscapes;
    Fields fields = Fields::None;
    const char *prefixes =
        nullptr; // space-separated, without case; set: one of them must stand before `open`
};

struct CommentRule
{
    const char *open;
    const char *close = nullptr; // null: to the end of the line
    bool nested = false;
    bool needsBoundary = false; // only at the start of a line or after white space
};

enum Feature : quint32 {
    kHashDirectives = 1u << 0,   // #include at the start of a line
    kAnnotations = 1u << 1,      // @name
    kHashAttributes = 1u << 2,   // #[...] and #![...]
    kLineAttributes = 1u << 3,   // [Name] at the start of a line
    kDoubleBrackets = 1u << 4,   // [[attribute]]
    kMacroBang = 1u << 5,        // name!(...)
    kSlashRegex = 1u << 6,       // /pattern/flags where a value may stand
    kCppRaw = 1u << 7,           // R"delimiter( ... )delimiter"
    kHashRaw = 1u << 8,          // r#"..."#
    kSwiftRaw = 1u << 9,         // #"..."#
    kQuoteRaw = 1u << 10,        // three or more quotes, closed by as many
    kLongBrackets = 1u << 11,    // [==[ ... ]==], as a comment after --
    kShellHereDocs = 1u << 12,   // <<WORD
    kPhpHereDocs = 1u << 13,     // <<<WORD
    kDollarVariables = 1u << 14, // $name, ${name}
    kSymbols = 1u << 15,         // :name
    kPercentStrings = 1u << 16,  // %w[...]
    kUpperTypes = 1u << 17,      // UpperCamel names are types
    kNoCase = 1u << 18,          // key words in any case
    kNoCalls = 1u << 19,         // a name before a parenthesis is nothing special
    kTickSeparators = 1u << 20,  // 1'000
    kKeysBeforeColon = 1u << 21, // "key": value
    kKeysBeforeEquals = 1u << 22,
    kSections = 1u << 23,     // [section] at the start of a line
    kPhpTags = 1u << 24,      // <?php ... ?> around markup
    kLifetimes = 1u << 25,    // 'name
    kLineKeywords = 1u << 26, // key words only as the first word of a line
    kMakeTargets = 1u << 27,  // name: at the start of a line
    kDotKeywords = 1u << 28,  // a key word after a dot is still one
    kCommandCalls = 1u << 29  // name( starts every command, in any case
};

struct Language
{
    const char *id;
    const char *name;
    const char *aliases = "";
    const char *suffixes = ""; // the first is the usual one
    Structure structure = Structure::Code;
    quint32 features = 0;
    const char *keywords = "";
    const char *types = "";
    const char *constants = "";           // shown like numbers
    const char *functions = "";           // functions also without a parenthesis
    const char *functionIntroducers = ""; // key words after which a function's name comes
    const char *typeIntroducers = "";     // ... a type's name
    const char *nameCharacters = "";      // besides letters, digits and _
    QVector<CommentRule> comments = {};
    QVector<StringRule> strings = {};
    quint16 index = 0; // in languages(), set by the registry
};

// A key word of a language.
struct Word
{
    TokenKind kind = TokenKind::Keyword;
    bool introducesFunction = false;
    bool introducesType = false;
};

// What is built once from a table: words by spelling. Null when `word` is none of the language's.
const Word *findWord(const Language &language, QStringView word);

// The tables, a file for each family.
QVector<Language> cFamilyLanguages();
QVector<Language> scriptLanguages();
QVector<Language> functionalLanguages();
QVector<Language> dataLanguages();

} // namespace app::syntax
