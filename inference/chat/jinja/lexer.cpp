// As Jinja's lexer with trim_blocks and lstrip_blocks; regular expressions written out as scanners.
#include "inference/chat/jinja/lexer.h"

#include "inference/chat/jinja/strings.h"
#include "inference/gguf/wording.h"
#include "inference/text/utf8.h"

#include <algorithm>
#include <array>

namespace inference::jinja {

namespace {

using Type = Token::Type;

bool isDigit(char c)
{
    return c >= '0' && c <= '9';
}

// \r\n and \r are line breaks; one at the end of the template is not part of it.
std::string normalized(std::string_view source)
{
    std::string text;
    text.reserve(source.size());
    for (std::size_t i = 0; i < source.size(); ++i) {
        if (source[i] != '\r')
            text += source[i];
        else if (i + 1 == source.size() || source[i + 1] != '\n')
            text += '\n';
    }
    if (text.ends_with('\n'))
        text.pop_back();
    return text;
}

class Lexer
{
public:
    explicit Lexer(std::string_view source) : m_source(normalized(source)), m_text(m_source) {}

    std::vector<Token> run()
    {
        while (m_pos < m_text.size())
            readData();
        add(Type::End, m_pos, {});
        return std::move(m_tokens);
    }

private:
    [[noreturn]] void fail(std::size_t offset, std::string_view what, std::string_view expected,
                           std::string_view found)
    {
        failAt(positionOf(offset), ErrorCode::Damaged, what, expected, found);
    }

    // Offsets come in rising order, but for messages.
    Position positionOf(std::size_t offset)
    {
        if (offset < m_counted) {
            m_counted = 0;
            m_position = {};
        }
        const char *end = m_text.data() + offset;
        for (const char *p = m_text.data() + m_counted; p < end;) {
            const utf8::Character c = utf8::read(p, m_text.data() + m_text.size());
            p += c.length;
            if (c.codePoint == '\n') {
                ++m_position.line;
                m_position.column = 1;
            } else {
                ++m_position.column;
            }
        }
        m_counted = offset;
        return m_position;
    }

    void add(Type type, std::size_t offset, std::string text)
    {
        m_tokens.push_back({type, positionOf(offset), std::move(text)});
    }

    bool at(std::size_t offset, std::string_view part) const
    {
        return offset <= m_text.size() && m_text.substr(offset).starts_with(part);
    }
    std::size_t behindSpace(std::size_t offset) const
    {
        const char *end = m_text.data() + m_text.size();
        while (offset < m_text.size()) {
            const utf8::Character c = utf8::read(m_text.data() + offset, end);
            if (!isPythonSpace(c.codePoint))
                break;
            offset += c.length;
        }
        return offset;
    }

    // The text before a tag: "-" takes white space off its end, lstrip_blocks the indentation of the tag's
    // line.
    void addData(std::size_t begin, std::size_t end, char sign, bool variable)
    {
        if (sign == '-') {
            std::size_t last = begin; // behind the last character that is no space
            const char *stop = m_text.data() + end;
            for (std::size_t i = begin; i < end;) {
                const utf8::Character c = utf8::read(m_text.data() + i, stop);
                i += c.length;
                if (!isPythonSpace(c.codePoint))
                    last = i;
            }
            end = last;
        } else if (sign != '+' && !variable) {
            const std::size_t newLine = m_text.substr(begin, end - begin).rfind('\n');
            const bool lineStarts = begin == 0 || m_text[begin - 1] == '\n';
            const std::size_t line = newLine == std::string_view::npos ? begin : begin + newLine + 1;
            if ((line > begin || lineStarts) && behindSpace(line) >= end)
                end = line;
        }
        if (end > begin)
            add(Type::Data, begin, std::string(m_text.substr(begin, end - begin)));
    }

    void readData()
    {
        const std::size_t begin = m_pos;
        std::size_t open = m_text.find('{', begin);
        while (open != std::string_view::npos && !at(open, "{%") && !at(open, "{{") && !at(open, "{#"))
            open = m_text.find('{', open + 1);
        if (open == std::string_view::npos) {
            add(Type::Data, begin, std::string(m_text.substr(begin)));
            m_pos = m_text.size();
            return;
        }
        const char kind = m_text[open + 1];
        m_pos = open + 2;
        const char sign =
            m_pos < m_text.size() && (m_text[m_pos] == '-' || m_text[m_pos] == '+') ? m_text[m_pos] : ' ';
        m_pos += sign == ' ' ? 0 : 1;
        addData(begin, open, sign, kind == '{');
        if (kind == '#')
            skipComment(open);
        else if (kind == '%' && beginsRaw())
            readRaw(open);
        else
            readTag(open, kind == '{');
    }

    void skipComment(std::size_t open)
    {
        const std::size_t close = m_text.find("#}", m_pos);
        if (close == std::string_view::npos)
            fail(open, "A comment does not end", "#}", "the end of the template");
        const char sign = close > m_pos ? m_text[close - 1] : ' ';
        closeTag(close + 2, sign, true);
    }

    // Behind a closing delimiter: "-" takes white space, trim_blocks one line break.
    void closeTag(std::size_t behind, char sign, bool trims)
    {
        m_pos = behind;
        if (sign == '-')
            m_pos = behindSpace(m_pos);
        else if (sign != '+' && trims && at(m_pos, "\n"))
            ++m_pos;
    }

    // raw keeps the line break behind it; the position moves behind the tag when it is one.
    bool beginsRaw()
    {
        std::size_t i = behindSpace(m_pos);
        if (!at(i, "raw"))
            return false;
        i = behindSpace(i + 3);
        const bool strips = at(i, "-%}");
        if (!strips && !at(i, "%}"))
            return false;
        closeTag(i + (strips ? 3 : 2), strips ? '-' : ' ', false);
        return true;
    }

    void readRaw(std::size_t open)
    {
        const std::size_t begin = m_pos;
        for (std::size_t end = m_text.find("{%", begin); end != std::string_view::npos;
             end = m_text.find("{%", end + 1)) {
            std::size_t i = end + 2;
            const char sign = at(i, "-") || at(i, "+") ? m_text[i] : ' ';
            i = behindSpace(i + (sign == ' ' ? 0 : 1));
            if (!at(i, "endraw"))
                continue;
            i = behindSpace(i + 6);
            const char closing = at(i, "-%}") || at(i, "+%}") ? m_text[i] : ' ';
            i += closing == ' ' ? 0 : 1;
            if (!at(i, "%}"))
                continue;
            addData(begin, end, sign, false);
            closeTag(i + 2, closing, true);
            return;
        }
        fail(open, "A raw block does not end", "{% endraw %}", "the end of the template");
    }

    void readTag(std::size_t open, bool variable)
    {
        const std::string_view closing = variable ? "}}" : "%}";
        add(variable ? Type::VariableBegin : Type::BlockBegin, open, {});
        std::string brackets; // the closing ones that are waited for
        while (true) {
            m_pos = behindSpace(m_pos);
            if (m_pos >= m_text.size())
                return; // the parser says what is missing
            if (brackets.empty()) {
                const char c = m_text[m_pos];
                const bool sign = (c == '-' || (c == '+' && !variable)) && at(m_pos + 1, closing);
                if (sign || at(m_pos, closing)) {
                    add(variable ? Type::VariableEnd : Type::BlockEnd, m_pos, {});
                    closeTag(m_pos + (sign ? 3 : 2), sign ? c : ' ', !variable);
                    return;
                }
            }
            readToken(brackets);
        }
    }

    void readToken(std::string &brackets)
    {
        const char c = m_text[m_pos];
        if (isDigit(c))
            return readNumber();
        if (c == '\'' || c == '"')
            return readString();
        const std::size_t begin = m_pos;
        while (m_pos < m_text.size()) {
            const utf8::Character letter = utf8::read(m_text.data() + m_pos, m_text.data() + m_text.size());
            using namespace unicode;
            if (letter.codePoint != '_' && (letter.codePoint >= utf8::kInvalid ||
                                            !(classes()[letter.codePoint] & (kLetter | kMark | kNumber))))
                break;
            m_pos += letter.length;
        }
        if (m_pos > begin)
            return add(Type::Name, begin, std::string(m_text.substr(begin, m_pos - begin)));
        readOperator(brackets);
    }

    void readOperator(std::string &brackets)
    {
        constexpr std::string_view kTwo[] = {"//", "**", "==", "!=", ">=", "<="};
        constexpr std::string_view kOne = "+-/*%~[](){}><=.:|,;";
        std::size_t length = 0;
        for (const std::string_view two : kTwo)
            length = at(m_pos, two) ? 2 : length;
        const char c = m_text[m_pos];
        if (length == 0 && kOne.find(c) != kOne.npos)
            length = 1;
        if (length == 0)
            fail(m_pos, "A character means nothing here", "a name, value or operator",
                 "'" + std::string(m_text.substr(m_pos, 4)) + "'");
        if (c == '(' || c == '[' || c == '{')
            brackets += c == '(' ? ')' : c == '[' ? ']' : '}';
        if (c == ')' || c == ']' || c == '}') {
            if (brackets.empty() || brackets.back() != c)
                fail(m_pos, "Brackets do not match",
                     brackets.empty() ? "no closing bracket" : std::string("'") + brackets.back() + "'",
                     std::string("'") + c + "'");
            brackets.pop_back();
        }
        add(Type::Operator, m_pos, std::string(m_text.substr(m_pos, length)));
        m_pos += length;
    }

    // Digits, single underscores between them, appended without these.
    void readDigits(std::string &out)
    {
        while (m_pos < m_text.size()) {
            if (m_text[m_pos] == '_' && m_pos + 1 < m_text.size() && isDigit(m_text[m_pos + 1]) &&
                !out.empty())
                ++m_pos;
            else if (!isDigit(m_text[m_pos]))
                break;
            else
                out += m_text[m_pos++];
        }
    }

    void readNumber()
    {
        const std::size_t begin = m_pos;
        const bool afterPoint = begin > 0 && m_text[begin - 1] == '.';
        std::string digits;
        if (m_text[m_pos] == '0' && m_pos + 2 < m_text.size() &&
            std::string_view("xXoObB").find(m_text[m_pos + 1]) != std::string_view::npos) {
            digits = m_text.substr(m_pos, 2);
            for (m_pos += 2;
                 m_pos < m_text.size() &&
                 (std::isxdigit(static_cast<unsigned char>(m_text[m_pos])) || m_text[m_pos] == '_');
                 ++m_pos) {
                if (m_text[m_pos] != '_')
                    digits += m_text[m_pos];
            }
            return add(Type::Integer, begin, std::move(digits));
        }
        readDigits(digits);
        bool isFloat = false;
        const auto digitAt = [&](std::size_t i) { return i < m_text.size() && isDigit(m_text[i]); };
        if (!afterPoint && at(m_pos, ".") && digitAt(m_pos + 1)) {
            isFloat = true;
            digits += '.';
            ++m_pos;
            readDigits(digits);
        }
        if (!afterPoint && (at(m_pos, "e") || at(m_pos, "E"))) {
            const std::size_t sign = at(m_pos + 1, "-") || at(m_pos + 1, "+") ? 1 : 0;
            if (digitAt(m_pos + 1 + sign)) {
                isFloat = true;
                digits += m_text.substr(m_pos, 1 + sign);
                m_pos += 1 + sign;
                readDigits(digits);
            }
        }
        add(isFloat ? Type::Float : Type::Integer, begin, std::move(digits));
    }

    void readString()
    {
        const std::size_t begin = m_pos;
        const char quote = m_text[m_pos++];
        std::string value;
        while (m_pos < m_text.size() && m_text[m_pos] != quote) {
            if (m_text[m_pos] != '\\' || m_pos + 1 == m_text.size())
                value += m_text[m_pos++];
            else
                readEscape(value);
        }
        if (m_pos >= m_text.size())
            fail(begin, "A text in quotes does not end", std::string(1, quote), "the end of the template");
        ++m_pos;
        add(Type::String, begin, std::move(value));
    }

    // Python's escapes; what is none stays as it is.
    void readEscape(std::string &out)
    {
        constexpr std::string_view kNames = "abfnrtv\\'\"", kValues = "\a\b\f\n\r\t\v\\'\"";
        const std::size_t begin = m_pos;
        const char c = m_text[m_pos + 1];
        m_pos += 2;
        if (c == '\n')
            return; // a line goes on
        if (const std::size_t known = kNames.find(c); known != kNames.npos) {
            out += kValues[known];
        } else if (c >= '0' && c <= '7') {
            std::uint32_t number = static_cast<std::uint32_t>(c - '0');
            for (int i = 0; i < 2 && m_pos < m_text.size() && m_text[m_pos] >= '0' && m_text[m_pos] <= '7';
                 ++i)
                number = number * 8 + static_cast<std::uint32_t>(m_text[m_pos++] - '0');
            utf8::append(out, number);
        } else if (c == 'x' || c == 'u' || c == 'U') {
            std::uint32_t number = 0;
            for (int i = c == 'x' ? 2 : c == 'u' ? 4 : 8; i > 0; --i, ++m_pos) {
                if (m_pos >= m_text.size() || !std::isxdigit(static_cast<unsigned char>(m_text[m_pos])))
                    fail(begin, "A number of a character is cut short", "2, 4 or 8 hexadecimal digits",
                         "fewer");
                const char digit = m_text[m_pos];
                number = number << 4 |
                         static_cast<std::uint32_t>(isDigit(digit) ? digit - '0' : (digit | 0x20) - 'a' + 10);
            }
            if (number >= utf8::kInvalid || (number >= 0xD800 && number < 0xE000))
                fail(begin, "A number is not that of a character", "at most 10FFFF and no surrogate",
                     std::string(m_text.substr(begin, m_pos - begin)));
            utf8::append(out, number);
        } else if (c == 'N') {
            fail(begin, "Names of characters are not known", "\\uXXXX", "\\N");
        } else {
            out += '\\';
            m_pos = begin + 1; // the character follows as it is
            const utf8::Character whole = utf8::read(m_text.data() + m_pos, m_text.data() + m_text.size());
            out += m_text.substr(m_pos, whole.length);
            m_pos += whole.length;
        }
    }

    const std::string m_source;
    const std::string_view m_text;
    std::size_t m_pos = 0;
    std::vector<Token> m_tokens;
    std::size_t m_counted = 0; // m_position is that of this offset
    Position m_position;
};

} // namespace

std::string describe(const Token &token)
{
    switch (token.type) {
    case Type::Data:
        return "text";
    case Type::BlockBegin:
        return "'{%'";
    case Type::BlockEnd:
        return "'%}'";
    case Type::VariableBegin:
        return "'{{'";
    case Type::VariableEnd:
        return "'}}'";
    case Type::End:
        return "the end of the template";
    case Type::String:
        return "the text '" + printable(token.text, 40) + "'";
    default:
        return "'" + printable(token.text, 40) + "'";
    }
}

std::vector<Token> tokenize(std::string_view source)
{
    return Lexer(source).run();
}

} // namespace inference::jinja
