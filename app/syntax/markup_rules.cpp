// How LineLexer reads HTML, XML and style sheets.
#include "app/syntax/line_lexer.h"

namespace app::syntax {

void LineLexer::markup()
{
    while (m_pos < m_end) {
        const QChar c = m_line[m_pos];
        if (c == u'&') {
            const qsizetype close = m_line.mid(m_pos, 32).indexOf(u';');
            const QChar next = at(m_pos + 1);
            if (close > 1 && (next.isLetter() || next == u'#')) {
                take(qMin(m_pos + close + 1, m_end), TokenKind::Escape);
                continue;
            }
        }
        if (c != u'<') {
            ++m_pos;
            continue;
        }
        if (startsWith("<!--", m_pos)) {
            Frame frame;
            frame.mode = Mode::Comment;
            frame.language = top().language;
            push(frame);
            take(m_pos + 4, TokenKind::Comment);
            return;
        }
        if (startsWith("<![CDATA[", m_pos) && startsDelimited(9, QStringLiteral("]]>"), false))
            return;
        if (startsWith("<?", m_pos)) {
            if (top().flags && (startsWith("<?php", m_pos) || startsWith("<?=", m_pos))) {
                take(m_pos + (at(m_pos + 2) == u'=' ? 3 : 5), TokenKind::Preprocessor);
                m_firstWord = false;
                pop();
                return;
            }
            const qsizetype close = m_line.first(m_end).indexOf(QLatin1String("?>"), m_pos);
            take(close < 0 ? m_end : close + 2, TokenKind::Preprocessor);
            continue;
        }
        if (startsWith("<!", m_pos)) {
            const qsizetype close = m_line.first(m_end).indexOf(u'>', m_pos);
            take(close < 0 ? m_end : close + 1, TokenKind::Preprocessor);
            continue;
        }
        const bool closing = at(m_pos + 1) == u'/';
        const qsizetype nameStart = m_pos + (closing ? 2 : 1);
        if (!isNameStart(at(nameStart))) {
            take(m_pos + 1, TokenKind::Operator);
            continue;
        }
        Frame frame;
        frame.mode = Mode::Tag;
        frame.language = top().language;
        const qsizetype end = nameEnd(nameStart);
        const QString name = m_line.mid(nameStart, qMin<qsizetype>(end - nameStart, 10)).toString().toLower();
        if (!closing && qstrcmp(language().id, "html") == 0 &&
            (name == QLatin1String("script") || name == QLatin1String("style")))
            frame.delimiter = name;
        push(frame);
        take(nameStart, TokenKind::Operator);
        take(end, TokenKind::Keyword);
        return;
    }
}

void LineLexer::tag()
{
    while (m_pos < m_end) {
        const QChar c = m_line[m_pos];
        if (c.isSpace()) {
            ++m_pos;
        } else if (c == u'>') {
            take(m_pos + 1, TokenKind::Operator);
            const QString embedded = top().delimiter;
            pop();
            if (embedded.isEmpty())
                return;
            Frame frame;
            frame.mode = Mode::Embedded;
            frame.language = top().language;
            frame.delimiter = QLatin1String("</") + embedded;
            push(frame);
            push(initialFrame(*findLanguage(embedded == QLatin1String("script") ? u"javascript" : u"css")));
            setEmbeddedLimit();
            return;
        } else if (c == u'/' && at(m_pos + 1) == u'>') {
            take(m_pos + 2, TokenKind::Operator);
            pop();
            return;
        } else if (c == u'"' || c == u'\'') {
            Frame frame;
            frame.mode = Mode::String;
            frame.rule = c == u'"' ? 0 : 1;
            frame.language = top().language;
            push(frame);
            take(m_pos + 1, TokenKind::String);
            return;
        } else if (c == u'=') {
            take(m_pos + 1, TokenKind::Operator);
            const qsizetype start = m_pos;
            qsizetype end = start;
            while (end < m_end && !m_line[end].isSpace() && m_line[end] != u'>' && m_line[end] != u'"' &&
                   m_line[end] != u'\'')
                ++end;
            take(end, TokenKind::String);
        } else if (c == u'<') {
            pop(); // the tag before was never closed
            return;
        } else {
            qsizetype end = m_pos + 1;
            while (end < m_end && !m_line[end].isSpace() && !QStringView(u"=>/<\"'").contains(m_line[end]))
                ++end;
            take(end, TokenKind::Type);
        }
    }
}

// Text inside <script>, or fenced code, whose own frame is gone: begin it again, or leave it plain.
void LineLexer::fence()
{
    if (top().mode == Mode::Embedded) {
        const bool script = top().delimiter == QLatin1String("</script");
        push(initialFrame(*findLanguage(script ? u"javascript" : u"css")));
        return;
    }
    m_pos = m_end;
}

// True where a selector stands: the next of ; { } is a {, or nothing follows outside of a block.
bool LineLexer::cssSelectorHere()
{
    if (m_cssBreak < m_pos) {
        m_cssBreak = m_pos;
        while (m_cssBreak < m_end && !QStringView(u";{}").contains(m_line[m_cssBreak]))
            ++m_cssBreak;
    }
    return m_cssBreak < m_end ? m_line[m_cssBreak] == u'{' : top().depth == 0;
}

bool LineLexer::cssPart()
{
    const QChar c = m_line[m_pos];
    if (c == u'{' || c == u'}') {
        if (!top().closer)
            top().depth = quint16(c == u'{' ? qMin(top().depth + 1, 255) : qMax(top().depth - 1, 0));
        m_atRule = false;
        return false;
    }
    if (c == u';')
        m_atRule = false;
    const qsizetype next = m_pos + 1;
    if (c == u'@' && isNameStart(at(next))) {
        const qsizetype end = nameEnd(next);
        m_atRule = true;
        take(end, at(end) == u':' ? TokenKind::Escape : TokenKind::Keyword);
        return true;
    }
    if (c == u'$' && isNameStart(at(next))) {
        take(nameEnd(next), TokenKind::Escape);
        return true;
    }
    if (c == u'!' && at(next).isLetter()) {
        take(nameEnd(next), TokenKind::Keyword);
        return true;
    }
    const bool selector = !m_atRule && cssSelectorHere();
    if (c == u'#' && isNamePart(at(next))) {
        take(nameEnd(next), selector ? TokenKind::Type : TokenKind::Number);
        return true;
    }
    if (selector && c == u'.' && isNameStart(at(next))) {
        take(nameEnd(next), TokenKind::Type);
        return true;
    }
    if (selector && c == u':' && (at(next) == u':' || isNameStart(at(next)))) {
        take(nameEnd(at(next) == u':' ? next + 1 : next), TokenKind::Preprocessor);
        return true;
    }
    if (!isNameStart(c) || (c == u'-' && !isNameStart(at(next))))
        return false;
    const qsizetype end = nameEnd(m_pos);
    if (m_line.mid(m_pos, end - m_pos).compare(QLatin1String("url"), Qt::CaseInsensitive) == 0 &&
        at(end) == u'(' && at(end + 1) != u'"' && at(end + 1) != u'\'') {
        take(end, TokenKind::Function);
        take(end + 1, TokenKind::Operator);
        const qsizetype close = m_line.first(m_end).indexOf(u')', m_pos);
        take(close < 0 ? m_end : close, TokenKind::String);
        return true;
    }
    const qsizetype after = skipSpaces(end);
    if (!selector && at(after) == u':' && at(after + 1) != u':')
        take(end, TokenKind::Type);
    else if (at(end) == u'(')
        take(end, TokenKind::Function);
    else if (selector)
        take(end, TokenKind::Keyword);
    else
        m_pos = end;
    return true;
}

} // namespace app::syntax
