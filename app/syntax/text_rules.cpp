// How LineLexer reads YAML, Markdown and patches: formats whose lines have a shape.
#include "app/syntax/line_lexer.h"

#include <algorithm>

namespace app::syntax {

void LineLexer::text()
{
    switch (language().structure) {
    case Structure::Yaml:
        yaml();
        break;
    case Structure::Markdown:
        markdown();
        break;
    case Structure::Diff:
        diff();
        break;
    default:
        m_pos = m_end;
        break;
    }
}

void LineLexer::diff()
{
    const QChar first = at(0);
    TokenKind kind = TokenKind::Name;
    if (startsWith("+++", 0) || startsWith("---", 0) || startsWith("diff ", 0) || startsWith("index ", 0) ||
        startsWith("new file", 0) || startsWith("deleted file", 0) || startsWith("rename ", 0) ||
        startsWith("similarity ", 0))
        kind = TokenKind::Preprocessor;
    else if (startsWith("@@", 0)) {
        const qsizetype close = m_line.indexOf(QLatin1String("@@"), 2);
        take(close < 0 ? m_end : close + 2, TokenKind::Keyword);
        kind = TokenKind::Function;
    } else if (first == u'+')
        kind = TokenKind::String;
    else if (first == u'-')
        kind = TokenKind::Number;
    else if (first == u'\\')
        kind = TokenKind::Comment;
    if (kind == TokenKind::Name)
        m_pos = m_end;
    else
        take(m_end, kind);
}

void LineLexer::yaml()
{
    while (m_pos < m_end) {
        const QChar c = m_line[m_pos];
        const QChar next = at(m_pos + 1);
        const bool wordEnds = m_pos + 1 >= m_end || next.isSpace();
        if (c.isSpace()) {
            ++m_pos;
        } else if (m_pos == 0 && (startsWith("---", 0) || startsWith("...", 0) || c == u'%')) {
            take(c == u'%' ? m_end : 3, TokenKind::Preprocessor);
        } else if (c == u'#' && (m_pos == 0 || m_line[m_pos - 1].isSpace())) {
            take(m_end, TokenKind::Comment);
        } else if ((c == u'-' || c == u'?' || c == u':') && wordEnds) {
            take(m_pos + 1, TokenKind::Operator);
        } else if (c == u'[' || c == u'{' || c == u']' || c == u'}' || (c == u',' && top().depth > 0)) {
            if (c == u'[' || c == u'{')
                top().depth = quint16(qMin(top().depth + 1, 255));
            else if (c != u',' && top().depth > 0)
                --top().depth;
            take(m_pos + 1, TokenKind::Operator);
        } else if ((c == u'&' || c == u'*' || c == u'!') && !wordEnds) {
            qsizetype end = m_pos + 1;
            while (end < m_end && !m_line[end].isSpace() && !QStringView(u",[]{}").contains(m_line[end]))
                ++end;
            take(end, c == u'!' ? TokenKind::Type : TokenKind::Preprocessor);
        } else if ((c == u'|' || c == u'>') && top().depth == 0) {
            qsizetype end = m_pos + 1;
            while (end < m_end && QStringView(u"+-123456789").contains(m_line[end]))
                ++end;
            take(end, TokenKind::Operator);
            const qsizetype rest = skipSpaces(end);
            if (rest >= m_end || m_line[rest] == u'#') {
                add(rest, m_end, TokenKind::Comment);
                m_pos = m_end;
                Frame frame;
                frame.mode = Mode::BlockText;
                frame.language = top().language;
                frame.depth = quint16(qMin<qsizetype>(m_firstText + 1, 60000));
                push(frame);
                return;
            }
        } else if (c == u'"' || c == u'\'') {
            // A quoted key is short and on one line; anything else is a string.
            qsizetype end = m_pos + 1;
            const qsizetype last = qMin(m_end, m_pos + 200);
            while (end < last && m_line[end] != c)
                end += m_line[end] == u'\\' ? 2 : 1;
            if (at(end) == c && at(end + 1) == u':' && end < last) {
                take(end + 1, TokenKind::Type);
                continue;
            }
            Frame frame;
            frame.mode = Mode::String;
            frame.rule = c == u'"' ? 0 : 1;
            frame.language = top().language;
            push(frame);
            take(m_pos + 1, TokenKind::String);
            return;
        } else {
            yamlScalar();
        }
    }
}

// A plain scalar: a key when a colon ends it, else a number, a constant or a string.
void LineLexer::yamlScalar()
{
    qsizetype end = m_pos;
    bool key = false;
    while (end < m_end) {
        const QChar c = m_line[end];
        if (c == u':' && (end + 1 >= m_end || m_line[end + 1].isSpace())) {
            key = true;
            break;
        }
        if ((c == u'#' && end > 0 && m_line[end - 1].isSpace()) ||
            (top().depth > 0 && QStringView(u",[]{}").contains(c)))
            break;
        ++end;
    }
    qsizetype last = qMax(end, m_pos + 1);
    end = last;
    while (last > m_pos + 1 && m_line[last - 1].isSpace())
        --last;
    const QStringView scalar = m_line.mid(m_pos, last - m_pos);
    const bool numeric =
        (scalar[0].isDigit() ||
         ((scalar[0] == u'-' || scalar[0] == u'.') && scalar.size() > 1 && scalar[1].isDigit())) &&
        std::all_of(scalar.begin(), scalar.end(),
                    [](QChar c) { return c.isLetterOrNumber() || QStringView(u".-+_:").contains(c); });
    TokenKind kind = TokenKind::String;
    if (key)
        kind = TokenKind::Type;
    else if (numeric || findWord(language(), scalar))
        kind = TokenKind::Number;
    add(m_pos, last, kind);
    m_pos = end;
}

void LineLexer::blockText()
{
    if (m_firstText >= m_line.size()) { // a blank line belongs to it
        m_pos = m_end;
        return;
    }
    if (m_firstText < top().depth) {
        pop();
        return;
    }
    m_pos = m_firstText;
    take(m_end, TokenKind::String);
}

// ``` or ~~~ as long as the one that opened, alone on its line: ends the code inside, whatever is open in it.
bool LineLexer::closesFence()
{
    for (size_t i = 0; i < m_stack.size(); ++i) {
        const Frame &frame = m_stack[i];
        if (frame.mode != Mode::Fence)
            continue;
        const QStringView trimmed = m_line.trimmed();
        if (m_firstText > 3 || !trimmed.startsWith(frame.delimiter))
            return false;
        const QChar mark = frame.delimiter[0];
        if (std::any_of(trimmed.begin(), trimmed.end(), [mark](QChar c) { return c != mark; }))
            return false;
        m_stack.resize(i);
        add(m_firstText, m_firstText + trimmed.size(), TokenKind::Operator);
        return true;
    }
    return false;
}

void LineLexer::markdown()
{
    if (m_pos > 0) {
        markdownInline();
        return;
    }
    m_pos = m_firstText;
    const QChar c = at(m_pos);
    if (m_firstText <= 3 && (startsWith("```", m_pos) || startsWith("~~~", m_pos))) {
        qsizetype end = m_pos;
        while (at(end) == c)
            ++end;
        const QStringView info = m_line.mid(end).trimmed();
        if (c == u'~' || !info.contains(u'`')) {
            Frame frame;
            frame.mode = Mode::Fence;
            frame.language = top().language;
            frame.delimiter = QString(qMin<qsizetype>(end - m_pos, 60), c);
            push(frame);
            take(end, TokenKind::Operator);
            m_pos = skipSpaces(m_pos);
            take(m_end, TokenKind::Type);
            qsizetype tag = 0;
            while (tag < info.size() && !info[tag].isSpace() && info[tag] != u'{' && info[tag] != u',')
                ++tag;
            const Language *inner = findLanguage(info.left(tag));
            if (inner && inner->structure != Structure::Markdown && inner->structure != Structure::Plain)
                push(initialFrame(*inner));
            return;
        }
    }
    if (c == u'#') {
        qsizetype end = m_pos;
        while (at(end) == u'#')
            ++end;
        if (end - m_pos <= 6 && (end >= m_end || m_line[end].isSpace())) {
            take(m_end, TokenKind::Keyword);
            return;
        }
    }
    while (at(m_pos) == u'>')
        take(skipSpaces(m_pos + 1), TokenKind::Operator);
    const QStringView rest = m_line.mid(m_pos).trimmed();
    const auto madeOf = [&](QChar mark) {
        return std::all_of(rest.begin(), rest.end(), [mark](QChar x) { return x == mark || x.isSpace(); });
    };
    if (rest.size() >= 3 && QStringView(u"-*_=").contains(rest[0]) && madeOf(rest[0])) {
        take(m_end, rest[0] == u'=' ? TokenKind::Keyword : TokenKind::Operator);
        return;
    }
    if (rest.size() > 1 && QStringView(u"-*+").contains(rest[0]) && rest[1].isSpace()) {
        take(m_pos + 1, TokenKind::Operator);
    } else {
        qsizetype end = m_pos;
        while (end < m_end && end - m_pos < 9 && m_line[end] >= u'0' && m_line[end] <= u'9')
            ++end;
        if (end > m_pos && (at(end) == u'.' || at(end) == u')') && at(end + 1).isSpace() && end + 1 < m_end)
            take(end + 1, TokenKind::Operator);
    }
    markdownInline();
}

void LineLexer::markdownInline()
{
    while (m_pos < m_end) {
        const QChar c = m_line[m_pos];
        if (c == u'\\' && m_pos + 1 < m_end && !at(m_pos + 1).isLetterOrNumber() &&
            !at(m_pos + 1).isSpace()) {
            take(m_pos + 2, TokenKind::Escape);
        } else if (c == u'`' && codeSpan()) {
            continue;
        } else if ((c == u'*' || c == u'_') && emphasis()) {
            continue;
        } else if (c == u']' && at(m_pos + 1) == u'(') {
            take(m_pos + 2, TokenKind::Operator);
            const qsizetype close = m_line.first(m_end).indexOf(u')', m_pos);
            take(close < 0 ? m_end : close, TokenKind::String);
        } else if (c == u'[' || c == u']') {
            take(m_pos + 1, TokenKind::Operator);
        } else {
            ++m_pos;
        }
    }
    m_pos = qMin(m_pos, m_end);
}

bool LineLexer::codeSpan()
{
    qsizetype inside = m_pos;
    while (at(inside) == u'`')
        ++inside;
    const qsizetype length = inside - m_pos;
    const quint32 mark = 1u << qMin<qsizetype>(length, 15);
    for (qsizetype p = inside; !(m_noClose & mark) && p < m_end;) {
        if (m_line[p] != u'`') {
            ++p;
            continue;
        }
        qsizetype end = p;
        while (end < m_end && m_line[end] == u'`')
            ++end;
        if (end - p == length) {
            take(end, TokenKind::String);
            return true;
        }
        p = end;
    }
    if (length < 15)
        m_noClose |= mark;
    else
        m_noClose |= 1u << 15;
    m_pos = inside;
    return true;
}

bool LineLexer::emphasis()
{
    const QChar c = m_line[m_pos];
    qsizetype inside = m_pos;
    while (at(inside) == c && inside - m_pos < 3)
        ++inside;
    const qsizetype length = inside - m_pos;
    const quint32 mark = 1u << (16 + int(length) + (c == u'_' ? 4 : 0));
    const bool insideWord = c == u'_' && m_pos > 0 && at(m_pos - 1).isLetterOrNumber();
    if (insideWord || inside >= m_end || at(inside).isSpace() || (m_noClose & mark)) {
        m_pos = inside;
        return true;
    }
    const qsizetype close = m_line.first(m_end).indexOf(m_line.mid(m_pos, length), inside + 1);
    if (close < 0) {
        m_noClose |= mark;
        m_pos = inside;
        return true;
    }
    take(close + length, TokenKind::Type);
    return true;
}

} // namespace app::syntax
