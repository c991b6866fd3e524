// The engine below lexLine(): one pass over a line with a stack of what is open.
#pragma once

#include "app/syntax/language.h"

#include <vector>

namespace app::syntax {

enum class Mode : quint8 {
    Code,      // also the text of Structure::Css
    Comment,   // a CommentRule with a close
    String,    // a StringRule
    Delimited, // a string or comment that ends with `delimiter`, nothing inside it is special
    HereDoc,   // lines up to one that is `delimiter`
    Markup,    // between tags
    Tag,       // inside <...>
    Embedded,  // the text of <script> and <style>, up to </delimiter
    Text,      // YAML, Markdown, Diff: line by line
    BlockText, // YAML block scalar: lines indented more than depth - 1
    Fence      // Markdown fenced code; the frame above lexes the code
};

// One open thing. `closer` is set for code inside a string: the bracket that ends it.
struct Frame
{
    Mode mode = Mode::Code;
    quint8 flags = 0;
    quint16 rule = 0;  // index into the language's comments or strings
    quint16 depth = 0; // open brackets, nested comments, indentation
    char16_t closer = 0;
    quint16 language = 0; // Language::index
    QString delimiter;

    bool operator==(const Frame &other) const
    {
        return mode == other.mode && flags == other.flags && rule == other.rule && depth == other.depth &&
               closer == other.closer && language == other.language && delimiter == other.delimiter;
    }
};

using FrameStack = std::vector<Frame>;

// Stacks and the numbers that stand for them: equal stacks have equal numbers. Thread-safe. At most
// kMaxStates stacks are kept, so that hostile text cannot grow it; what comes after them begins the next line
// afresh.
FrameStack stackOf(const Language &language, int state);
int stateOf(const Language &language, const FrameStack &stack);

// What every lexer begins with in this language.
Frame initialFrame(const Language &language);

inline constexpr size_t kMaxFrames = 24; // what is nested deeper is shown as the string around it

class LineLexer
{
public:
    LineLexer(QStringView line, FrameStack stack, QVector<Span> &spans);
    // Returns what is open at the end of the line.
    FrameStack run();

private:
    enum class Expect : quint8 { Anything, FunctionName, TypeName };

    // Each reads from m_pos to at most m_end and returns when the top of the stack changed or the end is
    // reached.
    void code();
    void comment();
    void string();
    void delimited();
    void hereDoc();
    void markup();
    void tag();
    void text();
    void blockText();
    void fence();
    void yaml();
    void markdown();
    void markdownInline();
    bool codeSpan();
    bool emphasis();
    void yamlScalar();
    bool closesFence();
    void diff();

    // Parts of code(): true when they consumed something.
    bool closesField();
    bool startsComment();
    bool startsString();
    bool startsRawString();
    bool startsDelimited(int openLength, const QString &close, bool isComment);
    bool startsHereDoc();
    bool startsRegex();
    bool startsPercentString();
    bool directive();
    bool attribute();
    bool variable();
    bool sigilWord();
    bool phpTag();
    bool cssPart();
    bool cssSelectorHere();
    bool lineKey();
    bool number();
    bool word();
    void oneOperator();
    void formatSpec();

    // Parts of string().
    bool field(Fields fields);
    bool percentField();
    bool shellField();
    void escape();

    const Language &language() const { return *m_languages[m_stack.back().language]; }
    Frame &top() { return m_stack.back(); }
    void push(Frame frame);
    void pop();
    void finishLine();
    void setEmbeddedLimit();
    QChar at(qsizetype index) const { return index >= 0 && index < m_line.size() ? m_line[index] : QChar(); }
    bool startsWith(const char *text, qsizetype from) const;
    bool isNameStart(QChar c) const;
    bool isNamePart(QChar c) const;
    qsizetype nameEnd(qsizetype from) const;
    qsizetype skipSpaces(qsizetype from) const;
    bool onlySpacesBefore() const;
    void add(qsizetype start, qsizetype end, TokenKind kind);
    void take(qsizetype end, TokenKind kind); // adds from m_pos and moves there

    const QVector<const Language *> &m_languages;
    QStringView m_line;
    FrameStack m_stack;
    QVector<Span> &m_spans;
    qsizetype m_pos = 0;
    qsizetype m_end = 0;           // m_line.size(), or where embedded code ends
    qsizetype m_firstText = 0;     // first character that is no space
    qsizetype m_cssBreak = -1;     // next ; { } at or after the last place asked for
    std::vector<Frame> m_hereDocs; // begun on this line
    Expect m_expect = Expect::Anything;
    bool m_valueBefore = false; // a slash would divide
    quint32 m_noClose = 0;      // Markdown marks that have no partner on the rest of the line
    bool m_noRegex = false;     // a pattern that was tried had no end on this line
    bool m_continued = false;   // the line ends with a backslash inside a string
    bool m_firstWord = true;    // no word of the line was seen
    bool m_atRule = false;      // CSS: after @media and its like
};

} // namespace app::syntax
