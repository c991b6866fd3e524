#include "app/chat/markdown.h"
#include "app/chat/markdown_formulas.h"

#include <md4c.h>

#include <QByteArray>
#include <QCoreApplication>
#include <QUrl>

#include <algorithm>
#include <cstdint>

namespace app::markdown {

namespace {

constexpr int kLongestParagraph = 3000; // UTF-16 units
constexpr int kMostSpans = 150;

// Collects md4c's events. Containers are kept as a stack; each leaf copies it.
class Builder
{
public:
    QVector<Block> take() { return std::move(m_blocks); }

    void enterBlock(MD_BLOCKTYPE type, void *detail)
    {
        finishLooseText();
        switch (type) {
        case MD_BLOCK_QUOTE:
            push({Container::Quote, true, 0});
            break;
        case MD_BLOCK_UL:
            m_lists.append({false, 0, bool(static_cast<MD_BLOCK_UL_DETAIL *>(detail)->is_tight)});
            break;
        case MD_BLOCK_OL: {
            const auto *ol = static_cast<MD_BLOCK_OL_DETAIL *>(detail);
            m_lists.append({true, int(std::min(ol->start, 999999999U)), bool(ol->is_tight)});
            break;
        }
        case MD_BLOCK_LI:
            enterItem(static_cast<MD_BLOCK_LI_DETAIL *>(detail));
            break;
        case MD_BLOCK_P:
            begin(BlockKind::Paragraph);
            break;
        case MD_BLOCK_H:
            begin(BlockKind::Heading);
            m_blocks.last().level = int(static_cast<MD_BLOCK_H_DETAIL *>(detail)->level);
            break;
        case MD_BLOCK_HR:
            begin(BlockKind::Rule);
            m_leaf = false;
            break;
        case MD_BLOCK_CODE: {
            begin(BlockKind::Code);
            const auto *code = static_cast<MD_BLOCK_CODE_DETAIL *>(detail);
            if (code->lang.text)
                m_blocks.last().language = QString::fromUtf8(code->lang.text, int(code->lang.size));
            break;
        }
        case MD_BLOCK_HTML:
            begin(BlockKind::Paragraph);
            break;
        case MD_BLOCK_TABLE:
            begin(BlockKind::Table);
            m_leaf = false;
            break;
        case MD_BLOCK_TR:
            if (inTable()) {
                const Block &table = m_blocks.last();
                if (table.rows.size() > 1 && (table.rows.size() + 1) * table.rows.first().size() > kMostTableCells)
                    continueTable();
                m_blocks.last().rows.append(QVector<Text>());
            }
            break;
        case MD_BLOCK_TH:
        case MD_BLOCK_TD:
            enterCell(type, static_cast<MD_BLOCK_TD_DETAIL *>(detail));
            break;
        default:
            break;
        }
    }

    void leaveBlock(MD_BLOCKTYPE type)
    {
        finishLooseText();
        switch (type) {
        case MD_BLOCK_QUOTE:
            pop();
            break;
        case MD_BLOCK_LI:
            // An empty item still shows its marker.
            if (!m_containers.isEmpty() && m_containers.last().begins && m_depth <= kDeepestNesting)
                begin(BlockKind::Paragraph);
            m_leaf = false;
            pop();
            break;
        case MD_BLOCK_UL:
        case MD_BLOCK_OL:
            if (!m_lists.isEmpty())
                m_lists.removeLast();
            break;
        case MD_BLOCK_CODE: {
            Block &block = m_blocks.last();
            if (block.code.endsWith(QLatin1Char('\n')))
                block.code.chop(1);
            block.open = block.language == kOpenFormulaFence;
            if (block.open || block.language == kFormulaFence || block.language == QLatin1String("math")) {
                block.kind = BlockKind::Formula;
                block.language.clear();
                block.code = block.code.trimmed();
            }
            m_leaf = false;
            break;
        }
        case MD_BLOCK_HTML:
        case MD_BLOCK_P:
        case MD_BLOCK_H:
            finishText();
            m_leaf = false;
            break;
        case MD_BLOCK_TD:
        case MD_BLOCK_TH:
            m_cell = false;
            break;
        default:
            break;
        }
    }

    void enterSpan(MD_SPANTYPE type, void *detail)
    {
        switch (type) {
        case MD_SPAN_STRONG:
            ++m_bold;
            break;
        case MD_SPAN_EM:
            ++m_emphasis;
            break;
        case MD_SPAN_DEL:
            ++m_strike;
            break;
        case MD_SPAN_CODE:
            ++m_code;
            break;
        case MD_SPAN_LATEXMATH:
            ++m_math;
            break;
        case MD_SPAN_LATEXMATH_DISPLAY:
            ++m_math;
            ++m_display;
            break;
        case MD_SPAN_A: {
            const auto *a = static_cast<MD_SPAN_A_DETAIL *>(detail);
            if (Text *text = target()) {
                text->links.append(QString::fromUtf8(a->href.text, int(a->href.size)));
                m_link = int(text->links.size()) - 1;
            }
            break;
        }
        case MD_SPAN_IMG: {
            const auto *img = static_cast<MD_SPAN_IMG_DETAIL *>(detail);
            m_pictures.append(QString::fromUtf8(img->src.text, int(img->src.size)));
            m_pictureStart = int(target()->text.size());
            break;
        }
        default:
            break;
        }
    }

    void leaveSpan(MD_SPANTYPE type)
    {
        switch (type) {
        case MD_SPAN_STRONG:
            --m_bold;
            break;
        case MD_SPAN_EM:
            --m_emphasis;
            break;
        case MD_SPAN_DEL:
            --m_strike;
            break;
        case MD_SPAN_CODE:
            --m_code;
            break;
        case MD_SPAN_LATEXMATH_DISPLAY:
            --m_display;
            [[fallthrough]];
        case MD_SPAN_LATEXMATH:
            --m_math;
            break;
        case MD_SPAN_A:
            m_link = -1;
            break;
        case MD_SPAN_IMG:
            leavePicture();
            break;
        default:
            break;
        }
    }

    void text(MD_TEXTTYPE type, const MD_CHAR *data, MD_SIZE size)
    {
        QString words;
        switch (type) {
        case MD_TEXT_NULLCHAR:
            return;
        case MD_TEXT_BR:
            words = QString(QChar::LineSeparator);
            break;
        case MD_TEXT_SOFTBR:
            addSoftBreak();
            return;
        case MD_TEXT_ENTITY:
            words = entity(QString::fromUtf8(data, int(size)));
            break;
        default:
            words = QString::fromUtf8(data, int(size));
            break;
        }
        if (type == MD_TEXT_CODE && m_leaf && !m_blocks.isEmpty() &&
            m_blocks.last().kind == BlockKind::Code) {
            m_blocks.last().code += words;
            return;
        }
        add(words);
    }

private:
    // A picture is its description with a sentence, in a link to where it is: nothing is ever loaded.
    void leavePicture()
    {
        const QString source = m_pictures.isEmpty() ? QString() : m_pictures.takeLast();
        Text *text = target();
        const bool described = text->text.size() > m_pictureStart;
        const QString host = QUrl(source).host();
        const QString sentence =
            host.isEmpty() ? QCoreApplication::translate("app::markdown", "(a picture of the answer, not loaded)")
                           : QCoreApplication::translate("app::markdown", "(a picture on %1, not loaded)").arg(host);
        if (described)
            add(QStringLiteral(" "));
        const int outer = m_link;
        if (outer < 0 && !source.isEmpty()) {
            text->links.append(source);
            m_link = int(text->links.size()) - 1;
            text->pictures.append(m_link);
        }
        ++m_emphasis;
        add(sentence);
        --m_emphasis;
        m_link = outer;
    }

    struct List
    {
        bool ordered = false;
        int next = 0;
        bool tight = false;
    };

    void push(const Container &container)
    {
        ++m_depth;
        if (m_depth <= kDeepestNesting)
            m_containers.append(container);
    }

    void pop()
    {
        if (m_depth <= kDeepestNesting && !m_containers.isEmpty())
            m_containers.removeLast();
        --m_depth;
        m_leaf = false;
    }

    void enterItem(const MD_BLOCK_LI_DETAIL *item)
    {
        Container container;
        container.begins = true;
        if (!m_lists.isEmpty() && m_lists.last().ordered) {
            container.kind = Container::Number;
            container.number = m_lists.last().next++;
        } else {
            container.kind = Container::Bullet;
        }
        if (item->is_task)
            container.kind = item->task_mark == ' ' ? Container::TaskOpen : Container::TaskDone;
        push(container);
        m_leaf = false;
    }

    void begin(BlockKind kind)
    {
        Block block;
        block.kind = kind;
        block.tight = !m_lists.isEmpty() && m_lists.last().tight;
        block.containers = m_containers;
        for (Container &container : m_containers)
            container.begins = false;
        m_blocks.append(block);
        m_leaf = true;
    }

    void continueTable()
    {
        Block next = m_blocks.last();
        next.rows.resize(1);
        next.continued = true;
        next.separated = false;
        for (Container &container : next.containers)
            container.begins = false;
        m_blocks.append(next);
    }

    bool inTable() const { return !m_blocks.isEmpty() && m_blocks.last().kind == BlockKind::Table; }

    void enterCell(MD_BLOCKTYPE type, const MD_BLOCK_TD_DETAIL *cell)
    {
        if (!inTable() || m_blocks.last().rows.isEmpty())
            return;
        Block &table = m_blocks.last();
        table.rows.last().append(Text());
        if (type == MD_BLOCK_TH)
            table.alignments.append(cell->align == MD_ALIGN_RIGHT    ? Alignment::Right
                                    : cell->align == MD_ALIGN_CENTER ? Alignment::Center
                                                                     : Alignment::Left);
        m_cell = true;
    }

    // Where words go now; a tight list item has words without a paragraph.
    Text *target()
    {
        if (m_cell && inTable() && !m_blocks.last().rows.isEmpty() && !m_blocks.last().rows.last().isEmpty())
            return &m_blocks.last().rows.last().last();
        if (!m_leaf || m_blocks.isEmpty()) {
            begin(BlockKind::Paragraph);
            m_loose = true;
        }
        return &m_blocks.last().text;
    }

    void addSoftBreak()
    {
        Text *text = target();
        m_pendingBreak = text && !text->text.isEmpty();
    }

    void add(const QString &words)
    {
        Text *text = target();
        if (!text || words.isEmpty())
            return;
        if (m_pendingBreak) {
            m_pendingBreak = false;
            // Models break lines where they mean it: keep the break.
            if (!text->text.endsWith(QChar::LineSeparator))
                append(*text, QString(QChar::LineSeparator));
        }
        // References to footnotes stand between marks.
        qsizetype from = 0;
        for (qsizetype at = words.indexOf(kReferenceMark); at >= 0; at = words.indexOf(kReferenceMark, from)) {
            append(*text, words.mid(from, at - from));
            from = at + 1;
            m_reference = !m_reference;
            if (m_reference) {
                m_link = -1;
                m_referenceStart = int(text->text.size());
            } else {
                endReference(*text);
            }
        }
        append(*text, from == 0 ? words : words.mid(from));
    }

    void endReference(Text &text)
    {
        const QString words = text.text.mid(m_referenceStart);
        text.links.append(kFootnoteLink.toString() + words.mid(words.startsWith(QLatin1String("[^")) ? 2 : 1).chopped(1));
        for (auto span = text.spans.rbegin(); span != text.spans.rend() && span->start >= m_referenceStart; ++span)
            span->link = int(text.links.size()) - 1;
    }

    void append(Text &text, const QString &words)
    {
        quint8 styles = Plain;
        styles |= m_bold > 0 ? Bold : 0;
        styles |= m_emphasis > 0 ? Emphasis : 0;
        styles |= m_strike > 0 ? Strike : 0;
        styles |= m_code > 0 ? Code : 0;
        styles |= m_math > 0 ? Math : 0;
        styles |= m_display > 0 ? Display : 0;
        styles |= m_reference ? Superscript : 0;
        if (words.isEmpty())
            return;
        QString clean = words;
        clean.remove(kJoiner);
        if (m_cell && (m_code > 0 || m_math > 0))
            clean.replace(QLatin1String("\\|"), QLatin1String("|"));
        clean.replace(QLatin1Char('\n'), QChar::LineSeparator);
        const int start = int(text.text.size());
        text.text += clean;
        if (styles == Plain && m_link < 0)
            return;
        if (!text.spans.isEmpty()) {
            Span &last = text.spans.last();
            if (last.styles == styles && last.link == m_link && last.start + last.length == start) {
                last.length += int(clean.size());
                return;
            }
        }
        text.spans.append({start, int(clean.size()), styles, m_link});
    }

    void finishLooseText()
    {
        if (m_loose)
            finishText();
        m_loose = false;
    }

    void finishText()
    {
        m_pendingBreak = false;
        m_reference = false;
        if (m_blocks.isEmpty())
            return;
        Text &text = m_blocks.last().text;
        while (text.text.endsWith(QChar::LineSeparator) || text.text.endsWith(QLatin1Char('\n')))
            text.text.chop(1);
        while (!text.spans.isEmpty() && text.spans.last().start >= text.text.size())
            text.spans.removeLast();
        if (!text.spans.isEmpty()) {
            Span &last = text.spans.last();
            last.length = std::min(last.length, int(text.text.size()) - last.start);
        }
        beginItem(m_blocks.last());
        if (m_blocks.last().kind == BlockKind::Paragraph)
            splitAtFormulas();
        if (m_blocks.last().kind == BlockKind::Paragraph)
            splitLong();
    }

    // Laying out takes time for every span: no block has more than a moment's worth of them.
    void splitLong()
    {
        const auto endOf = [](const Text &text) {
            qsizetype end = 0;
            for (int cost = 0; end < text.text.size() && cost < kLongestParagraph; ++end)
                cost += text.text[end].isSurrogate() ? 4 : 1; // emoji are dear
            if (text.spans.size() > kMostSpans)
                end = std::min<qsizetype>(end, text.spans[kMostSpans].start);
            if (end == text.text.size())
                return int(end);
            qsizetype at = text.text.lastIndexOf(QLatin1Char(' '), end - 1) + 1;
            if (at < end / 2)
                at = end;
            return int(at < text.text.size() && text.text[at].isLowSurrogate() ? at + 1 : at);
        };
        for (;;) {
            Text &text = m_blocks.last().text;
            const int end = std::max(1, endOf(text));
            if (end >= text.text.size())
                return;
            Block rest = m_blocks.last();
            rest.text = part(text, end, int(text.text.size()));
            text = part(text, 0, end);
            if (rest.text.text.isEmpty())
                return;
            for (Container &container : rest.containers)
                container.begins = false;
            rest.continued = true;
            rest.separated = false;
            m_blocks.append(rest);
        }
    }

    static void removeFront(Text &text, int count)
    {
        text.text.remove(0, count);
        for (Span &span : text.spans) {
            const int end = std::max(0, span.start + span.length - count);
            span.start = std::max(0, span.start - count);
            span.length = end - span.start;
        }
        text.spans.removeIf([](const Span &span) { return span.length <= 0; });
    }

    // Footnotes, and the boxes of tasks that the parser takes for words: it does behind a nested numbered list.
    void beginItem(Block &block)
    {
        if (block.containers.isEmpty() || !block.containers.last().begins)
            return;
        Container &item = block.containers.last();
        QString &words = block.text.text;
        if (words.startsWith(kFootnoteMark)) {
            const int end = int(words.indexOf(kFootnoteMark, 1));
            if (end < 0)
                return;
            const QString label = words.mid(1, end - 1);
            bool number = false;
            item = {Container::Number, true, label.toInt(&number), true};
            int front = end + 1;
            while (front < words.size() && words[front] == QLatin1Char(' '))
                ++front;
            removeFront(block.text, front);
            if (!number) {
                item.kind = Container::Bullet;
                words.prepend(label + QStringLiteral(": "));
                for (Span &span : block.text.spans)
                    span.start += int(label.size()) + 2;
            }
        } else if (item.kind == Container::Bullet && words.size() > 4 && words[0] == QLatin1Char('[') && words[2] == QLatin1Char(']') &&
                   words[3].isSpace() && QStringView(u" xX").contains(words[1]) &&
                   (block.text.spans.isEmpty() || block.text.spans.first().start >= 4)) {
            item.kind = words[1] == QLatin1Char(' ') ? Container::TaskOpen : Container::TaskDone;
            removeFront(block.text, 4);
        }
        const qsizetype depth = block.containers.size();
        if (depth <= m_containers.size()) { // what follows in it
            m_containers[depth - 1] = item;
            m_containers[depth - 1].begins = false;
        }
    }

    static Text part(const Text &text, int from, int to)
    {
        while (from < to && (text.text[from] == QChar::LineSeparator || text.text[from] == QLatin1Char(' ')))
            ++from;
        while (to > from && (text.text[to - 1] == QChar::LineSeparator || text.text[to - 1] == QLatin1Char(' ')))
            --to;
        Text piece{text.text.mid(from, to - from), {}, text.links, text.pictures};
        for (Span span : text.spans) {
            const int begin = std::max(span.start, from), end = std::min(span.start + span.length, to);
            if (begin >= end)
                continue;
            span.start = begin - from;
            span.length = end - begin;
            piece.spans.append(span);
        }
        return piece;
    }

    // Formulas of their own line become blocks between the words of their paragraph.
    void splitAtFormulas()
    {
        const Block whole = m_blocks.last();
        const auto formulas = std::count_if(whole.text.spans.begin(), whole.text.spans.end(), [](const Span &span) { return span.styles & Display; });
        if (formulas == 0 || formulas > kMostSpans || whole.text.spans.size() > 10 * kMostSpans)
            return;
        m_blocks.removeLast();
        bool first = true;
        const auto addBlock = [&](Block block) {
            if (!first) {
                for (Container &container : block.containers)
                    container.begins = false;
                block.separated = false;
            }
            first = false;
            m_blocks.append(block);
        };
        const auto addWords = [&](int from, int to) {
            Block words = whole;
            words.text = part(whole.text, from, to);
            if (!words.text.text.isEmpty())
                addBlock(words);
        };
        int at = 0;
        for (const Span &span : whole.text.spans) {
            if (!(span.styles & Display))
                continue;
            addWords(at, span.start);
            at = span.start + span.length;
            Block formula = whole;
            formula.kind = BlockKind::Formula;
            formula.text = {};
            formula.code = whole.text.text.mid(span.start, span.length).trimmed();
            formula.code.replace(QChar::LineSeparator, QLatin1Char('\n'));
            if (at + 1 == whole.text.text.size() && QStringView(u".,;:").contains(whole.text.text[at]))
                formula.code += whole.text.text[at++];
            addBlock(formula);
        }
        addWords(at, int(whole.text.text.size()));
    }

    static QString entity(const QString &source)
    {
        static const struct
        {
            const char *name;
            char32_t code;
        } known[] = {{"&amp;", '&'},       {"&lt;", '<'},      {"&gt;", '>'},       {"&quot;", '"'},
                     {"&apos;", '\''},     {"&nbsp;", 0xa0},   {"&copy;", 0xa9},    {"&times;", 0xd7},
                     {"&middot;", 0xb7},   {"&deg;", 0xb0},    {"&ndash;", 0x2013}, {"&mdash;", 0x2014},
                     {"&hellip;", 0x2026}, {"&larr;", 0x2190}, {"&rarr;", 0x2192},  {"&le;", 0x2264},
                     {"&ge;", 0x2265},     {"&ne;", 0x2260},   {"&infin;", 0x221e}, {"&reg;", 0xae}};
        for (const auto &one : known) {
            if (source == QLatin1String(one.name))
                return QString::fromUcs4(&one.code, 1);
        }
        if (source.startsWith(QLatin1String("&#"))) {
            const bool hex = source.size() > 3 && source[2].toLower() == QLatin1Char('x');
            bool ok = false;
            const uint code = QStringView(source).mid(hex ? 3 : 2).chopped(1).toUInt(&ok, hex ? 16 : 10);
            if (ok && code > 0 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff)) {
                const char32_t c = code;
                return QString::fromUcs4(&c, 1);
            }
        }
        return source;
    }

    QVector<Block> m_blocks;
    QVector<Container> m_containers;
    QVector<List> m_lists;
    int m_depth = 0;
    int m_bold = 0, m_emphasis = 0, m_strike = 0, m_code = 0, m_math = 0, m_display = 0;
    QStringList m_pictures; // where those that are open come from
    int m_pictureStart = 0, m_referenceStart = 0;
    bool m_reference = false; // to a footnote
    int m_link = -1;
    bool m_leaf = false;  // words go on in the last block
    bool m_loose = false; // which has no paragraph around it: a tight item
    bool m_cell = false;
    bool m_pendingBreak = false;
};

int onEnterBlock(MD_BLOCKTYPE type, void *detail, void *user)
{
    static_cast<Builder *>(user)->enterBlock(type, detail);
    return 0;
}
int onLeaveBlock(MD_BLOCKTYPE type, void *, void *user)
{
    static_cast<Builder *>(user)->leaveBlock(type);
    return 0;
}
int onEnterSpan(MD_SPANTYPE type, void *detail, void *user)
{
    static_cast<Builder *>(user)->enterSpan(type, detail);
    return 0;
}
int onLeaveSpan(MD_SPANTYPE type, void *, void *user)
{
    static_cast<Builder *>(user)->leaveSpan(type);
    return 0;
}
int onText(MD_TEXTTYPE type, const MD_CHAR *data, MD_SIZE size, void *user)
{
    static_cast<Builder *>(user)->text(type, data, size);
    return 0;
}

QVector<Block> asPlainParagraph(QStringView source)
{
    Block block;
    block.text.text = source.toString();
    block.text.text.remove(kJoiner);
    return {block};
}

} // namespace

QVector<Block> parse(QStringView source, bool complete)
{
    QString foreign;
    if (source.contains(kFootnoteMark) || source.contains(kReferenceMark)) {
        foreign = source.toString();
        foreign.remove(kFootnoteMark).remove(kReferenceMark);
        source = foreign;
    }
    QString clean = normalise(source, complete);
    clean.remove(QChar(0));
    const QByteArray utf8 = clean.toUtf8();
    if (utf8.isEmpty())
        return {};
    MD_PARSER parser{};
    parser.flags = MD_FLAG_TABLES | MD_FLAG_STRIKETHROUGH | MD_FLAG_TASKLISTS | MD_FLAG_NOHTML |
                   MD_FLAG_PERMISSIVEURLAUTOLINKS | MD_FLAG_LATEXMATHSPANS | MD_FLAG_NOINDENTEDCODEBLOCKS;
    parser.enter_block = onEnterBlock;
    parser.leave_block = onLeaveBlock;
    parser.enter_span = onEnterSpan;
    parser.leave_span = onLeaveSpan;
    parser.text = onText;
    Builder builder;
    if (md_parse(utf8.constData(), MD_SIZE(utf8.size()), &parser, &builder) != 0)
        return asPlainParagraph(source);
    const QVector<Block> blocks = builder.take();
    // Quotes without words and definitions of links are no blocks: what the model wrote is shown all the same.
    return blocks.isEmpty() && !source.trimmed().isEmpty() ? asPlainParagraph(source) : blocks;
}

QString plainText(const Block &block)
{
    QString indent, marker;
    for (const Container &container : block.containers) {
        if (container.kind == Container::Quote) {
            indent += QStringLiteral("> ");
            continue;
        }
        if (container.begins) {
            marker = container.kind == Container::Number     ? QStringLiteral("%1. ").arg(container.number)
                     : container.kind == Container::TaskOpen ? QStringLiteral("- [ ] ")
                     : container.kind == Container::TaskDone ? QStringLiteral("- [x] ")
                                                             : QStringLiteral("- ");
            indent += marker;
        } else {
            indent += QStringLiteral("  ");
        }
    }
    QString body;
    switch (block.kind) {
    case BlockKind::Paragraph:
    case BlockKind::Heading:
        body = block.text.text;
        break;
    case BlockKind::Code:
    case BlockKind::Formula:
        return block.code;
    case BlockKind::Rule:
        body = QStringLiteral("---");
        break;
    case BlockKind::Table:
        for (const QVector<Text> &row : block.rows) {
            QStringList cells;
            for (const Text &cell : row)
                cells.append(cell.text);
            body += (body.isEmpty() ? QString() : QStringLiteral("\n")) + cells.join(QLatin1Char('\t'));
        }
        break;
    }
    body.replace(QChar::LineSeparator, QLatin1Char('\n'));
    return indent + body;
}

QString plainText(const QVector<Block> &blocks)
{
    QString all;
    for (int i = 0; i < blocks.size(); ++i) {
        if (i > 0)
            all += blocks[i].tight && blocks[i - 1].tight && !blocks[i].separated ? QStringLiteral("\n")
                                                                                  : QStringLiteral("\n\n");
        all += plainText(blocks[i]);
    }
    return all;
}

} // namespace app::markdown
