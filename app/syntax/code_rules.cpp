// How LineLexer reads program text: the parts that most languages share, each on when the table says so.
#include "app/syntax/line_lexer.h"

#include <cstring>

namespace app::syntax {

namespace {

constexpr qsizetype kMaxDelimiter = 60;

bool isHexDigit(QChar c)
{
    return (c >= u'0' && c <= u'9') || (c >= u'a' && c <= u'f') || (c >= u'A' && c <= u'F');
}

bool isDigit(QChar c)
{
    return c >= u'0' && c <= u'9';
}

bool isOneOf(QStringView prefix, const char *prefixes)
{
    const QLatin1String list(prefixes);
    for (qsizetype from = 0; from < list.size();) {
        qsizetype to = list.indexOf(QLatin1Char(' '), from);
        if (to < 0)
            to = list.size();
        if (prefix.compare(list.mid(from, to - from), Qt::CaseInsensitive) == 0)
            return true;
        from = to + 1;
    }
    return false;
}

// UpperCamel: starts upper, has a lower-case letter; T alone counts as well (a type parameter).
bool looksLikeType(QStringView name)
{
    if (!name[0].isUpper())
        return false;
    if (name.size() == 1)
        return true;
    for (const QChar c : name)
        if (c.isLower())
            return true;
    return false;
}

} // namespace

void LineLexer::code()
{
    const quint32 features = language().features;
    if ((features & kPhpTags) && m_stack.size() == 1 && m_pos == 0 && m_firstText == 0 && at(0) == u'<' &&
        at(1) != u'?' && (at(1).isLetter() || at(1) == u'!')) {
        Frame frame; // a page that starts with markup; <?php brings the code back
        frame.mode = Mode::Markup;
        frame.language = findLanguage(u"html")->index;
        frame.flags = 1;
        push(frame);
        return;
    }
    while (m_pos < m_end) {
        const QChar c = m_line[m_pos];
        if (c.isSpace()) {
            ++m_pos;
            continue;
        }
        const size_t frames = m_stack.size();
        const bool consumed =
            (top().closer && closesField()) || (c == u'<' && (features & kPhpTags) && phpTag()) ||
            (c == u'?' && (features & kPhpTags) && phpTag()) || lineKey() || directive() || startsComment() ||
            startsRawString() || startsHereDoc() || startsString() || attribute() || startsPercentString() ||
            startsRegex() || variable() || sigilWord() ||
            (language().structure == Structure::Css && cssPart()) || number() || word();
        if (!consumed)
            oneOperator();
        if (m_stack.size() != frames || top().mode != Mode::Code)
            return;
    }
}

// The end of a field in a string: its bracket at depth 0, or the format that stands before it.
bool LineLexer::closesField()
{
    const QChar c = m_line[m_pos];
    if (top().depth == 0 && c == QChar(top().closer)) {
        take(m_pos + 1, TokenKind::Escape);
        pop();
        return true;
    }
    const bool braceField = m_stack.size() > 1 && m_stack[m_stack.size() - 2].mode == Mode::String &&
                            language().strings[m_stack[m_stack.size() - 2].rule].fields == Fields::Brace;
    if (braceField && top().depth == 0 &&
        ((c == u':' && at(m_pos + 1) != u':') || (c == u'!' && at(m_pos + 1) != u'='))) {
        formatSpec();
        return true;
    }
    if (c == u'(' || c == u'[' || c == u'{')
        top().depth = quint16(qMin(int(top().depth) + 1, 255));
    else if ((c == u')' || c == u']' || c == u'}') && top().depth > 0)
        --top().depth;
    return false;
}

// ":>8.2f" and "!r" up to the bracket; fields inside it stay plain.
void LineLexer::formatSpec()
{
    int depth = 0;
    qsizetype end = m_pos;
    for (; end < m_end; ++end) {
        if (m_line[end] == u'{')
            ++depth;
        else if (m_line[end] == u'}' && depth-- == 0)
            break;
        else if (m_line[end] == u'"' && depth == 0)
            break;
    }
    take(end, TokenKind::Escape);
}

bool LineLexer::startsComment()
{
    const QVector<CommentRule> &rules = language().comments;
    for (qsizetype i = 0; i < rules.size(); ++i) {
        const CommentRule &rule = rules[i];
        if (!startsWith(rule.open, m_pos))
            continue;
        if (rule.needsBoundary && m_pos > 0 && !m_line[m_pos - 1].isSpace() && m_line[m_pos - 1] != u';')
            continue;
        if ((language().features & kLongBrackets) && rule.close == nullptr && at(m_pos + 2) == u'[') {
            qsizetype p = m_pos + 3;
            while (at(p) == u'=' && p - m_pos < kMaxDelimiter)
                ++p;
            if (at(p) == u'[') {
                const QString close = u']' + QString(p - m_pos - 3, u'=') + u']';
                return startsDelimited(int(p + 1 - m_pos), close, true);
            }
        }
        if (rule.close == nullptr) {
            take(m_end, TokenKind::Comment);
            return true;
        }
        Frame frame;
        frame.mode = Mode::Comment;
        frame.rule = quint16(i);
        frame.language = top().language;
        push(frame);
        take(m_pos + qsizetype(std::strlen(rule.open)), TokenKind::Comment);
        return true;
    }
    return false;
}

bool LineLexer::startsString()
{
    const QVector<StringRule> &rules = language().strings;
    const QChar c = m_line[m_pos];
    qsizetype prefixEnd = m_pos;
    if (c.isLetter()) // a prefix has at most three letters
        while (prefixEnd < m_end && prefixEnd - m_pos < 4 && m_line[prefixEnd].isLetterOrNumber())
            ++prefixEnd;
    const QStringView prefix = m_line.mid(m_pos, prefixEnd - m_pos);
    for (qsizetype i = 0; i < rules.size(); ++i) {
        const StringRule &rule = rules[i];
        if ((rule.prefixes != nullptr) != !prefix.isEmpty() || !startsWith(rule.open, prefixEnd))
            continue;
        if (rule.prefixes && !isOneOf(prefix, rule.prefixes))
            continue;
        const qsizetype inside = prefixEnd + qsizetype(std::strlen(rule.open));
        if (rule.flags & kSingle) {
            qsizetype end = inside;
            if (at(end) == u'\\') {
                const qsizetype close = m_line.mid(end + 2, 12).indexOf(QLatin1String(rule.close));
                end = close < 0 ? -1 : end + 2 + close;
            } else {
                end += at(end).isHighSurrogate() ? 2 : 1;
            }
            if (end < 0 || end >= m_end || !startsWith(rule.close, end))
                continue;
        }
        // "key": of JSON and the like is a name, not a value.
        if (language().features & kKeysBeforeColon) {
            qsizetype end = inside;
            while (end < m_end && !startsWith(rule.close, end))
                end += m_line[end] == u'\\' ? 2 : 1;
            const qsizetype after = skipSpaces(end + 1);
            if (after < m_end && m_line[after] == u':') {
                take(end + 1, TokenKind::Type);
                return true;
            }
        }
        Frame frame;
        frame.mode = Mode::String;
        frame.rule = quint16(i);
        frame.language = top().language;
        if (m_stack.size() >= kMaxFrames)
            return false;
        push(frame);
        take(inside, TokenKind::String);
        return true;
    }
    return false;
}

bool LineLexer::startsDelimited(int openLength, const QString &close, bool isComment)
{
    if (m_stack.size() >= kMaxFrames)
        return false;
    Frame frame;
    frame.mode = Mode::Delimited;
    frame.rule = isComment;
    frame.delimiter = close;
    frame.language = top().language;
    push(frame);
    take(qMin(m_pos + openLength, m_end), isComment ? TokenKind::Comment : TokenKind::String);
    return true;
}

bool LineLexer::startsRawString()
{
    const quint32 features = language().features;
    const QChar c = m_line[m_pos];
    if ((features & kCppRaw) && (c == u'R' || c == u'u' || c == u'U' || c == u'L')) {
        qsizetype p = m_pos;
        for (const char *prefix : {"R\"", "u8R\"", "LR\"", "uR\"", "UR\""})
            if (startsWith(prefix, m_pos))
                p = m_pos + qsizetype(std::strlen(prefix));
        if (p == m_pos)
            return false;
        qsizetype paren = p;
        while (paren < m_end && paren - p <= 16 && m_line[paren] != u'(' && m_line[paren] != u'"')
            ++paren;
        if (at(paren) != u'(')
            return false;
        return startsDelimited(int(paren + 1 - m_pos), u')' + m_line.mid(p, paren - p).toString() + u'"',
                               false);
    }
    if ((features & kHashRaw) && (c == u'r' || c == u'b')) {
        const qsizetype p = startsWith("br", m_pos) ? m_pos + 2 : m_pos + 1;
        qsizetype quote = p;
        while (at(quote) == u'#' && quote - p < kMaxDelimiter)
            ++quote;
        if ((c == u'b' && p == m_pos + 1) || at(quote) != u'"')
            return false;
        return startsDelimited(int(quote + 1 - m_pos), u'"' + QString(quote - p, u'#'), false);
    }
    if ((features & kSwiftRaw) && c == u'#') {
        qsizetype quote = m_pos;
        while (at(quote) == u'#' && quote - m_pos < kMaxDelimiter)
            ++quote;
        if (at(quote) != u'"')
            return false;
        const QString close = u'"' + QString(quote - m_pos, u'#');
        return startsDelimited(int(quote + 1 - m_pos), close, false);
    }
    if ((features & kQuoteRaw) && startsWith("\"\"\"", m_pos)) {
        qsizetype p = m_pos;
        while (at(p) == u'"' && p - m_pos < kMaxDelimiter)
            ++p;
        return startsDelimited(int(p - m_pos), QString(p - m_pos, u'"'), false);
    }
    if ((features & kLongBrackets) && c == u'[') {
        qsizetype p = m_pos + 1;
        while (at(p) == u'=' && p - m_pos < kMaxDelimiter)
            ++p;
        if (at(p) != u'[')
            return false;
        return startsDelimited(int(p + 1 - m_pos), u']' + QString(p - m_pos - 1, u'=') + u']', false);
    }
    return false;
}

// <<EOF, <<-'EOF', <<~EOF of Shell, Ruby and Perl; <<<EOF of PHP. The text begins on the next line.
bool LineLexer::startsHereDoc()
{
    const bool php = language().features & kPhpHereDocs;
    if (!(language().features & kShellHereDocs) && !php)
        return false;
    if (m_line[m_pos] != u'<' || !startsWith(php ? "<<<" : "<<", m_pos) || m_hereDocs.size() >= 4)
        return false;
    qsizetype p = m_pos + (php ? 3 : 2);
    Frame frame;
    frame.mode = Mode::HereDoc;
    frame.language = top().language;
    frame.depth = php ? 2 : 0;
    if (!php && (at(p) == u'-' || at(p) == u'~')) {
        frame.depth = 1;
        ++p;
    }
    const bool isShell = qstrcmp(language().id, "shell") == 0;
    if (!php && (at(p) == u'<' || at(m_pos - 1) == u'<'))
        return false; // <<< is a here-string
    if (isShell || php)
        p = skipSpaces(p);
    QChar quote;
    if (at(p) == u'"' || at(p) == u'\'' || (isShell && at(p) == u'\\'))
        quote = m_line[p++];
    // In Ruby a shift looks like a here-document; there its word is in capitals.
    if (!(isShell ? (at(p).isLetter() || at(p) == u'_')
                  : (at(p).isUpper() || at(p) == u'_' || (php && at(p).isLetter()))))
        return false;
    qsizetype end = p;
    while (end < m_end &&
           (m_line[end].isLetterOrNumber() || m_line[end] == u'_' || (isShell && m_line[end] == u'-')))
        ++end;
    if (end - p > kMaxDelimiter)
        return false;
    if (quote == u'"' || quote == u'\'') {
        if (at(end) != quote)
            return false;
    }
    const bool plain = quote == u'\'' || quote == u'\\';
    const Fields fields = isShell ? Fields::Shell : php ? Fields::BraceDollar : Fields::HashBrace;
    frame.rule = quint16(plain ? Fields::None : fields);
    frame.delimiter = m_line.mid(p, end - p).toString();
    if (quote == u'"' || quote == u'\'')
        ++end;
    take(end, TokenKind::Preprocessor);
    m_hereDocs.push_back(frame);
    m_valueBefore = true;
    return true;
}

bool LineLexer::startsRegex()
{
    if (!(language().features & kSlashRegex) || m_line[m_pos] != u'/' || m_valueBefore || m_noRegex)
        return false;
    bool inClass = false;
    qsizetype end = m_pos + 1;
    for (; end < m_end; ++end) {
        const QChar c = m_line[end];
        if (c == u'\\')
            ++end;
        else if (c == u'[')
            inClass = true;
        else if (c == u']')
            inClass = false;
        else if (c == u'/' && !inClass)
            break;
    }
    if (end >= m_end || end == m_pos + 1) {
        m_noRegex = true; // the next slash is not tried: the line is read once, not once for each slash
        return false;
    }
    ++end;
    while (end < m_end && m_line[end].isLetter())
        ++end;
    take(end, TokenKind::String);
    m_valueBefore = true;
    return true;
}

// Ruby %w[a b], %i(...), %q{...}: read to the closing bracket, which may be lines away.
bool LineLexer::startsPercentString()
{
    if (!(language().features & kPercentStrings) || m_line[m_pos] != u'%' || m_valueBefore)
        return false;
    qsizetype p = m_pos + 1;
    if (p < m_end && QStringView(u"wWiIqQrsx").contains(m_line[p]))
        ++p;
    const qsizetype bracket = p < m_end ? QStringView(u"([{<|!").indexOf(m_line[p]) : -1;
    if (bracket < 0)
        return false;
    return startsDelimited(int(p + 1 - m_pos), QString(QStringView(u")]}>|!")[bracket]), false);
}

// #include <file>, #define, #region.
bool LineLexer::directive()
{
    if (!(language().features & kHashDirectives) || m_line[m_pos] != u'#' || !onlySpacesBefore())
        return false;
    const qsizetype wordStart = skipSpaces(m_pos + 1);
    const qsizetype wordEnd = nameEnd(wordStart);
    const QStringView name = m_line.mid(wordStart, wordEnd - wordStart);
    if (name == u"pragma" || name == u"region" || name == u"endregion" || name == u"error" ||
        name == u"warning") {
        qsizetype end = m_line.indexOf(QLatin1String("//"), wordEnd);
        end = end < 0 || end > m_end ? m_end : end;
        while (end > wordEnd && m_line[end - 1].isSpace())
            --end;
        take(end, TokenKind::Preprocessor);
        return true;
    }
    take(wordEnd, TokenKind::Preprocessor);
    if (name == u"include" || name == u"include_next" || name == u"import") {
        m_pos = skipSpaces(m_pos);
        if (at(m_pos) == u'<') {
            const qsizetype close = m_line.first(m_end).indexOf(u'>', m_pos);
            take(close < 0 ? m_end : close + 1, TokenKind::String);
        }
    } else if (name == u"define") {
        const qsizetype start = skipSpaces(m_pos);
        const qsizetype end = nameEnd(start);
        add(start, end, at(end) == u'(' ? TokenKind::Function : TokenKind::Number);
        m_pos = end;
    }
    m_valueBefore = false;
    return true;
}

// @name, #[derive(X)], [Serializable], [[nodiscard]].
bool LineLexer::attribute()
{
    const quint32 features = language().features;
    const QChar c = m_line[m_pos];
    if (c == u'@' && (features & kAnnotations) && isNameStart(at(m_pos + 1))) {
        qsizetype end = nameEnd(m_pos + 1);
        while (at(end) == u'.' && isNameStart(at(end + 1)))
            end = nameEnd(end + 1);
        take(end, TokenKind::Preprocessor);
        return true;
    }
    const auto bracketed = [&](qsizetype from) {
        int depth = 0;
        qsizetype end = from;
        for (; end < m_end; ++end) {
            if (m_line[end] == u'[')
                ++depth;
            else if (m_line[end] == u']' && --depth == 0)
                break;
        }
        take(qMin(end + 1, m_end), TokenKind::Preprocessor);
        m_valueBefore = false;
        return true;
    };
    if (c == u'#' && (features & kHashAttributes)) {
        if (at(m_pos + 1) == u'[')
            return bracketed(m_pos + 1);
        if (at(m_pos + 1) == u'!' && at(m_pos + 2) == u'[')
            return bracketed(m_pos + 2);
    }
    if (c == u'[' && (features & kLineAttributes) && onlySpacesBefore() && at(m_pos + 1).isLetter())
        return bracketed(m_pos);
    if (c == u'[' && (features & kDoubleBrackets) && at(m_pos + 1) == u'[' && at(m_pos + 2).isLower())
        return bracketed(m_pos);
    if (c == u'[' && (features & kSections) && onlySpacesBefore()) {
        const qsizetype end = m_line.first(m_end).indexOf(u']', m_pos);
        qsizetype last = end < 0 ? m_end : end + 1;
        if (at(last) == u']')
            ++last;
        take(last, TokenKind::Keyword);
        return true;
    }
    return false;
}

bool LineLexer::variable()
{
    const QChar c = m_line[m_pos];
    if (c == u'$' && (language().features & kDollarVariables)) {
        if (at(m_pos + 1) == u'(') {
            if (!(language().features & kMakeTargets))
                return false;
            const qsizetype close = m_line.mid(m_pos, 80).indexOf(u')');
            const qsizetype end = close < 0 ? m_pos + 2 : qMin(m_pos + close + 1, m_end);
            take(end, TokenKind::Escape);
            return true;
        }
        if (shellField()) {
            m_valueBefore = true;
            return true;
        }
    }
    return false;
}

// 'lifetime of Rust and :symbol of Ruby.
bool LineLexer::sigilWord()
{
    const QChar c = m_line[m_pos];
    if (c == u'\'' && (language().features & kLifetimes) && isNameStart(at(m_pos + 1))) {
        take(nameEnd(m_pos + 1), TokenKind::Type);
        return true;
    }
    if (c == u':' && (language().features & kSymbols) && isNameStart(at(m_pos + 1)) &&
        at(m_pos - 1) != u':' && !isNamePart(at(m_pos - 1))) {
        take(nameEnd(m_pos + 1), TokenKind::Number);
        m_valueBefore = true;
        return true;
    }
    return false;
}

bool LineLexer::phpTag()
{
    if (startsWith("<?php", m_pos) || startsWith("<?=", m_pos)) {
        take(m_pos + (at(m_pos + 2) == u'=' ? 3 : 5), TokenKind::Preprocessor);
        return true;
    }
    if (!startsWith("?>", m_pos))
        return false;
    take(m_pos + 2, TokenKind::Preprocessor);
    Frame frame;
    frame.mode = Mode::Markup;
    frame.language = findLanguage(u"html")->index;
    frame.flags = 1;
    while (m_stack.size() > 1)
        m_stack.pop_back();
    push(frame);
    return true;
}

// "key = value", "target: prerequisites", "key:" at the start of a line.
bool LineLexer::lineKey()
{
    const quint32 features = language().features;
    if (!(features & (kKeysBeforeEquals | kMakeTargets)) || !onlySpacesBefore() || !m_firstWord)
        return false;
    const QChar c = m_line[m_pos];
    if (c == u'#' || c == u';' || c == u'[')
        return false;
    m_firstWord = false;
    if (features & kMakeTargets) {
        if (m_pos > 0 && at(0) == u'\t')
            return false;
        qsizetype end = m_pos;
        while (end < m_end && m_line[end] != u':' && m_line[end] != u'=' && m_line[end] != u'#')
            ++end;
        const bool assigns = at(end) == u'=' || at(end + 1) == u'=' || startsWith("::=", end);
        if (end >= m_end || m_line[end] == u'#')
            return false;
        if (assigns) {
            const qsizetype stop = nameEnd(m_pos);
            const QStringView name = m_line.mid(m_pos, stop - m_pos);
            if (stop == m_pos || findWord(language(), name))
                return false;
            take(stop, TokenKind::Type);
            return true;
        }
        while (end > m_pos && m_line[end - 1].isSpace())
            --end;
        if (m_line[m_pos] == u'$')
            return false;
        take(end, TokenKind::Function);
        return true;
    }
    qsizetype end = m_pos;
    while (end < m_end && m_line[end] != u'=' && m_line[end] != u'#' && m_line[end] != u'{')
        ++end;
    if (end >= m_end || m_line[end] != u'=')
        return false;
    while (end > m_pos && m_line[end - 1].isSpace())
        --end;
    take(end, TokenKind::Type);
    return true;
}

bool LineLexer::number()
{
    const QChar c = m_line[m_pos];
    if (!isDigit(c) && !(c == u'.' && isDigit(at(m_pos + 1)) && !m_valueBefore && at(m_pos - 1) != u'.'))
        return false;
    const bool ticks = language().features & kTickSeparators;
    qsizetype end = m_pos;
    const bool hex = c == u'0' && (at(end + 1) == u'x' || at(end + 1) == u'X');
    if (hex)
        end += 2;
    bool point = false;
    while (end < m_end) {
        const QChar d = m_line[end];
        if (isDigit(d) || d == u'_' || (hex && isHexDigit(d))) {
            ++end;
        } else if ((hex ? (d == u'p' || d == u'P') : (d == u'e' || d == u'E')) &&
                   (at(end + 1) == u'+' || at(end + 1) == u'-') && isDigit(at(end + 2))) {
            end += 2;
        } else if (d.unicode() < 128 && d.isLetter()) {
            ++end; // suffixes: 10ull, 1.5f, 3px
        } else if (d == u'.' && !point && at(end + 1) != u'.' && !at(end + 1).isLetter() &&
                   at(end + 1) != u'_') {
            point = true;
            ++end;
        } else if (d == u'\'' && ticks && at(end + 1).isLetterOrNumber() && end > m_pos) {
            ++end;
        } else if (d == u'%' && language().structure == Structure::Css) {
            ++end;
            break;
        } else {
            break;
        }
    }
    take(end, TokenKind::Number);
    m_valueBefore = true;
    m_firstWord = false;
    return true;
}

bool LineLexer::word()
{
    if (!isNameStart(m_line[m_pos]))
        return false;
    const Language &l = language();
    const qsizetype start = m_pos;
    const qsizetype end = qMax(nameEnd(start), start + 1);
    const QStringView name = m_line.mid(start, end - start);
    const bool first = m_firstWord;
    m_firstWord = false;
    m_pos = end;

    const bool member = start > 0 && m_line[start - 1] == u'.' && !(start > 1 && m_line[start - 2] == u'.') &&
                        !(l.features & kDotKeywords);
    const Word *known = member || ((l.features & kLineKeywords) && !first) ? nullptr : findWord(l, name);
    const Expect expected = m_expect;
    m_expect = Expect::Anything;
    if (known) {
        add(start, end, known->kind);
        if (known->introducesFunction)
            m_expect = Expect::FunctionName;
        else if (known->introducesType)
            m_expect = Expect::TypeName;
        m_valueBefore =
            known->kind != TokenKind::Keyword || name == u"this" || name == u"self" || name == u"super";
        return true;
    }
    m_valueBefore = true;
    const bool macro = (l.features & kMacroBang) && at(end) == u'!' && at(end + 1) != u'=';
    if (macro) {
        m_pos = end + 1;
        add(start, m_pos, TokenKind::Function);
        return true;
    }
    qsizetype after = end;
    while (after < m_end && after - end < 4 && m_line[after] == u' ')
        ++after;
    const bool call = at(after) == u'(' && after < m_end && !(l.features & kNoCalls);
    if (expected == Expect::FunctionName)
        add(start, end, TokenKind::Function);
    else if (expected == Expect::TypeName && name[0] != u'_')
        add(start, end, TokenKind::Type);
    else if (call)
        add(start, end, TokenKind::Function);
    else if ((l.features & kUpperTypes) &&
             (looksLikeType(name) || ((l.features & kNoCalls) && name[0].isUpper())))
        add(start, end, TokenKind::Type);
    return true;
}

void LineLexer::oneOperator()
{
    const QChar c = m_line[m_pos];
    m_valueBefore = c == u')' || c == u']' || c == u'}';
    // `class <T>`, `fun <T> name`, `func *name`: the name still comes.
    if (c != u'<' && c != u'>' && c != u'*' && c != u'&')
        m_expect = Expect::Anything;
    if (c.unicode() < 128 ? c.isPunct() || c.isSymbol() : c.isSymbol())
        take(m_pos + 1, TokenKind::Operator);
    else
        ++m_pos;
}

} // namespace app::syntax
