#include "app/syntax/line_lexer.h"

#include <cstring>

namespace app::syntax {

LineLexer::LineLexer(QStringView line, FrameStack stack, QVector<Span> &spans)
    : m_languages(languages()), m_line(line), m_stack(std::move(stack)), m_spans(spans), m_end(line.size())
{
    m_firstText = skipSpaces(0);
}

FrameStack LineLexer::run()
{
    setEmbeddedLimit();
    if (closesFence())
        return std::move(m_stack);
    // An empty line still ends a block scalar or counts as a line of a here-document, so each mode sees it
    // once.
    do {
        if (m_pos >= m_end &&
            m_end < m_line.size()) { // </script>: whatever is open in the script ends with it
            while (m_stack.size() > 1 && top().mode != Mode::Embedded)
                m_stack.pop_back();
            if (m_stack.size() > 1)
                m_stack.pop_back();
            m_end = m_line.size();
            continue;
        }
        switch (top().mode) {
        case Mode::Code:
            code();
            break;
        case Mode::Comment:
            comment();
            break;
        case Mode::String:
            string();
            break;
        case Mode::Delimited:
            delimited();
            break;
        case Mode::HereDoc:
            hereDoc();
            break;
        case Mode::Markup:
            markup();
            break;
        case Mode::Tag:
            tag();
            break;
        case Mode::Text:
            text();
            break;
        case Mode::BlockText:
            blockText();
            break;
        case Mode::Fence:
        case Mode::Embedded:
            fence();
            break;
        }
    } while (m_pos < m_line.size());
    finishLine();
    return std::move(m_stack);
}

void LineLexer::push(Frame frame)
{
    m_stack.push_back(std::move(frame));
}

void LineLexer::pop()
{
    if (m_stack.size() > 1)
        m_stack.pop_back();
}

// Strings that may not go on over the line end here, and with them the fields that are open inside them.
void LineLexer::finishLine()
{
    for (size_t i = 0; i < m_stack.size(); ++i) {
        const Frame &frame = m_stack[i];
        bool endsHere = frame.mode == Mode::String &&
                        !(m_languages[frame.language]->strings[frame.rule].flags & kMultiLine);
        if (endsHere && i + 1 == m_stack.size() && m_continued)
            endsHere = false;
        if (endsHere) {
            m_stack.resize(i);
            break;
        }
    }
    // The first here-document of the line is read first.
    for (size_t i = m_hereDocs.size(); i-- > 0;)
        if (m_stack.size() < kMaxFrames)
            push(m_hereDocs[i]);
}

void LineLexer::setEmbeddedLimit()
{
    m_end = m_line.size();
    for (const Frame &frame : m_stack) {
        if (frame.mode != Mode::Embedded)
            continue;
        const qsizetype found = m_line.indexOf(QStringView(frame.delimiter), m_pos, Qt::CaseInsensitive);
        if (found >= 0)
            m_end = found;
    }
}

bool LineLexer::startsWith(const char *text, qsizetype from) const
{
    for (; *text; ++text, ++from)
        if (from >= m_line.size() || m_line[from] != QLatin1Char(*text))
            return false;
    return true;
}

bool LineLexer::isNameStart(QChar c) const
{
    if (c.unicode() < 128)
        return (c >= u'a' && c <= u'z') || (c >= u'A' && c <= u'Z') || c == u'_' ||
               (c == u'$' && std::strchr(language().nameCharacters, '$')) ||
               (c == u'-' && language().structure == Structure::Css);
    return c.isLetter() || c.isSurrogate();
}

bool LineLexer::isNamePart(QChar c) const
{
    if (c.unicode() < 128)
        return isNameStart(c) || (c >= u'0' && c <= u'9') ||
               (c.unicode() != 0 && std::strchr(language().nameCharacters, c.toLatin1()));
    return c.isLetterOrNumber() || c.isSurrogate() || c.isMark();
}

qsizetype LineLexer::nameEnd(qsizetype from) const
{
    while (from < m_end && isNamePart(m_line[from]))
        ++from;
    return from;
}

qsizetype LineLexer::skipSpaces(qsizetype from) const
{
    while (from < m_end && m_line[from].isSpace())
        ++from;
    return from;
}

bool LineLexer::onlySpacesBefore() const
{
    return m_pos == m_firstText;
}

void LineLexer::add(qsizetype start, qsizetype end, TokenKind kind)
{
    if (end <= start)
        return;
    if (!m_spans.isEmpty()) {
        Span &last = m_spans.last();
        if (last.kind == kind && last.start + last.length == start) {
            last.length = int(end) - last.start;
            return;
        }
    }
    m_spans.append({int(start), int(end - start), kind});
}

void LineLexer::take(qsizetype end, TokenKind kind)
{
    add(m_pos, end, kind);
    m_pos = end;
}

void LineLexer::comment()
{
    const CommentRule rule = language().comments[top().rule];
    const qsizetype closeLength = qsizetype(std::strlen(rule.close));
    const qsizetype start = m_pos;
    while (m_pos < m_end) {
        if (startsWith(rule.close, m_pos)) {
            m_pos += closeLength;
            if (top().depth == 0) {
                add(start, m_pos, TokenKind::Comment);
                pop();
                return;
            }
            --top().depth;
        } else if (rule.nested && startsWith(rule.open, m_pos)) {
            m_pos += qsizetype(std::strlen(rule.open));
            if (top().depth < 200)
                ++top().depth;
        } else {
            ++m_pos;
        }
    }
    m_pos = qMin(m_pos, m_end);
    add(start, m_pos, TokenKind::Comment);
}

void LineLexer::string()
{
    const StringRule rule = language().strings[top().rule];
    const qsizetype closeLength = qsizetype(std::strlen(rule.close));
    while (m_pos < m_end) {
        const QChar c = m_line[m_pos];
        if (c == u'\\' && (rule.flags & kEscapes)) {
            if (rule.fields == Fields::BackslashParen && at(m_pos + 1) == u'(' && field(rule.fields))
                return;
            escape();
            continue;
        }
        if (startsWith(rule.close, m_pos)) {
            if ((rule.flags & kDoubled) && startsWith(rule.close, m_pos + closeLength)) {
                take(m_pos + 2 * closeLength, TokenKind::Escape);
                continue;
            }
            take(m_pos + closeLength, TokenKind::String);
            pop();
            m_valueBefore = true;
            return;
        }
        const size_t frames = m_stack.size();
        if (rule.fields != Fields::None && field(rule.fields)) {
            if (m_stack.size() != frames)
                return;
            continue;
        }
        take(m_pos + 1, TokenKind::String);
    }
}

// A backslash and what it takes: one character, or the digits of a number.
void LineLexer::escape()
{
    qsizetype end = m_pos + 1;
    if (end >= m_end) {
        m_continued = true;
        take(m_end, TokenKind::Escape);
        return;
    }
    const QChar c = m_line[end];
    const auto hexDigits = [&](int most) {
        while (most-- > 0 && end < m_end && QStringView(u"0123456789abcdefABCDEF").contains(m_line[end]))
            ++end;
    };
    ++end;
    if (c.isHighSurrogate() && end < m_end)
        ++end;
    if (c == u'x') {
        hexDigits(2);
    } else if (c == u'u' || c == u'U' || c == u'N') {
        if (at(end) == u'{') {
            const qsizetype close = m_line.mid(end, 40).indexOf(u'}');
            end = close >= 0 ? qMin(end + close + 1, m_end) : end;
        } else if (c != u'N') {
            hexDigits(c == u'u' ? 4 : 8);
        }
    } else if (c >= u'0' && c <= u'7') {
        for (int i = 0; i < 2 && end < m_end && m_line[end] >= u'0' && m_line[end] <= u'7'; ++i)
            ++end;
    }
    take(end, TokenKind::Escape);
}

// True when a field starts here: it is consumed, or code is pushed that ends with its bracket.
bool LineLexer::field(Fields fields)
{
    const QChar c = m_line[m_pos];
    const auto open = [&](qsizetype length, char16_t closer) {
        take(m_pos + length, TokenKind::Escape);
        if (m_stack.size() >= kMaxFrames)
            return true;
        Frame frame;
        frame.language = top().language;
        frame.closer = closer;
        push(frame);
        m_valueBefore = false;
        m_expect = Expect::Anything;
        return true;
    };
    const auto name = [&] {
        if (!isNameStart(at(m_pos + 1)) || m_pos + 1 >= m_end)
            return false;
        qsizetype end = m_pos + 1;
        while (end < m_end && (m_line[end].isLetterOrNumber() || m_line[end] == u'_'))
            ++end;
        take(end, TokenKind::Escape);
        return true;
    };
    switch (fields) {
    case Fields::None:
        return false;
    case Fields::Percent:
        return c == u'%' && percentField();
    case Fields::Brace:
        if (c != u'{' && c != u'}')
            return false;
        if (at(m_pos + 1) == c) {
            take(m_pos + 2, TokenKind::Escape);
            return true;
        }
        return c == u'{' && open(1, u'}');
    case Fields::DollarBrace:
        return c == u'$' && at(m_pos + 1) == u'{' && open(2, u'}');
    case Fields::DollarName:
        return c == u'$' && (at(m_pos + 1) == u'{' ? open(2, u'}') : name());
    case Fields::BraceDollar:
        return c == u'$' ? name() : c == u'{' && at(m_pos + 1) == u'$' && open(1, u'}');
    case Fields::HashBrace:
        return c == u'#' && at(m_pos + 1) == u'{' && open(2, u'}');
    case Fields::BackslashParen:
        return c == u'\\' && at(m_pos + 1) == u'(' && open(2, u')');
    case Fields::Shell:
        if (c == u'$' && at(m_pos + 1) == u'(')
            return open(2, u')');
        return c == u'$' && shellField();
    }
    return false;
}

bool LineLexer::percentField()
{
    qsizetype end = m_pos + 1;
    if (at(end) == u'%') {
        take(end + 1, TokenKind::Escape);
        return true;
    }
    const qsizetype last = qMin(m_end, m_pos + 24);
    while (end < last && QStringView(u"-+ #0123456789.*hlLqjzt").contains(m_line[end]))
        ++end;
    if (end >= last || !QStringView(u"diouxXeEfFgGaAcspnvTtq").contains(m_line[end]))
        return false;
    if (m_line[end - 1] == u' ' || (end < m_end - 1 && m_line[end - 1] == u'%' && m_line[end + 1].isLetter()))
        return false; // "5 % of", "%complete"
    take(end + 1, TokenKind::Escape);
    return true;
}

// $name, $1, $?, ${anything}.
bool LineLexer::shellField()
{
    qsizetype end = m_pos + 1;
    const QChar next = at(end);
    if (next == u'{') {
        int depth = 0;
        for (; end < m_end; ++end) {
            if (m_line[end] == u'{')
                ++depth;
            else if (m_line[end] == u'}' && --depth == 0)
                break;
        }
        take(qMin(end + 1, m_end), TokenKind::Escape);
        return true;
    }
    if (next.isLetter() || next == u'_') {
        while (end < m_end && (m_line[end].isLetterOrNumber() || m_line[end] == u'_'))
            ++end;
    } else if (end < m_end && QStringView(u"0123456789?#@*!$-").contains(next)) {
        ++end;
    } else {
        return false;
    }
    take(end, TokenKind::Escape);
    return true;
}

void LineLexer::delimited()
{
    const QString close = top().delimiter;
    const TokenKind kind = top().rule ? TokenKind::Comment : TokenKind::String;
    const qsizetype found = m_line.first(m_end).indexOf(QStringView(close), m_pos);
    if (found < 0) {
        take(m_end, kind);
        return;
    }
    take(found + close.size(), kind);
    m_valueBefore = true;
    pop();
}

// frame.rule: Fields of the lines; frame.depth 1: the closing word may be indented and code may follow it
// (PHP).
void LineLexer::hereDoc()
{
    const Frame frame = top();
    const QStringView rest = m_line.mid(m_pos, m_end - m_pos);
    const QStringView trimmed = rest.trimmed();
    const bool closes = frame.depth == 0   ? rest == frame.delimiter
                        : frame.depth == 1 ? trimmed == frame.delimiter
                                           : trimmed.startsWith(frame.delimiter) &&
                                                 !isNamePart(trimmed.mid(frame.delimiter.size()).isEmpty()
                                                                 ? QChar(u' ')
                                                                 : trimmed[frame.delimiter.size()]);
    if (m_pos == 0 && closes) {
        m_pos = skipSpaces(0);
        take(m_pos + frame.delimiter.size(), TokenKind::Preprocessor);
        pop();
        if (frame.depth < 2)
            m_pos = m_line.size();
        return;
    }
    while (m_pos < m_end) {
        const size_t frames = m_stack.size();
        if (Fields(frame.rule) != Fields::None) {
            if (m_line[m_pos] == u'\\') {
                escape();
                continue;
            }
            if (field(Fields(frame.rule))) {
                if (m_stack.size() != frames)
                    return;
                continue;
            }
        }
        take(m_pos + 1, TokenKind::String);
    }
}

} // namespace app::syntax
