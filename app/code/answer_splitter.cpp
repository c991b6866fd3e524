#include "app/code/answer_splitter.h"

#include "app/syntax/lexer.h"

#include <algorithm>

namespace app::code {

namespace {

struct Fence
{
    QChar mark;
    qsizetype indent = 0, length = 0;
    QStringView info; // trimmed
};

bool readFence(QStringView line, Fence &fence)
{
    qsizetype p = 0;
    while (p < line.size() && (line[p] == u' ' || line[p] == u'\t'))
        ++p;
    fence.indent = p;
    if (p >= line.size() || (line[p] != u'`' && line[p] != u'~'))
        return false;
    fence.mark = line[p];
    while (p < line.size() && line[p] == fence.mark)
        ++p;
    fence.length = p - fence.indent;
    fence.info = line.mid(p).trimmed();
    return fence.length >= 3 && !(fence.mark == u'`' && fence.info.contains(u'`'));
}

QString tagOf(QStringView info)
{
    qsizetype end = 0;
    while (end < info.size() && !info[end].isSpace() && info[end] != u',' && info[end] != u':' &&
           info[end] != u'{')
        ++end;
    return info.left(std::min<qsizetype>(end, 40)).toString();
}

} // namespace

bool looksLikeCode(QStringView text)
{
    if (text.trimmed().isEmpty())
        return false;
    if (const syntax::Language *language = syntax::guessLanguage(text))
        return syntax::languageId(*language) != QLatin1String("markdown");
    int lines = 0, codeLines = 0;
    for (const QStringView line : text.split(u'\n')) {
        const QStringView trimmed = line.trimmed();
        if (trimmed.isEmpty())
            continue;
        ++lines;
        codeLines += QStringView(u";{}(),").contains(trimmed.back()) ||
                     trimmed.startsWith(QLatin1String("//")) || trimmed.startsWith(QLatin1String("#include"));
    }
    return lines >= 2 && 10 * codeLines >= 7 * lines;
}

AnswerSplitter::AnswerSplitter(bool expectsCode) : m_expectsCode(expectsCode) {}

void AnswerSplitter::push(QStringView text)
{
    const qsizetype searchFrom = m_text.size();
    m_text += text;
    for (qsizetype lineEnd = m_text.indexOf(u'\n', searchFrom); lineEnd >= 0;
         lineEnd = m_text.indexOf(u'\n', m_lineStart)) {
        QStringView line = QStringView(m_text).mid(m_lineStart, lineEnd - m_lineStart);
        if (line.endsWith(u'\r'))
            line.chop(1);
        readLine(line, m_lineStart, lineEnd + 1);
        m_lineStart = lineEnd + 1;
    }
}

void AnswerSplitter::finish()
{
    if (m_finished)
        return;
    m_finished = true;
    readLine(QStringView(m_text).mid(m_lineStart), m_lineStart, m_text.size());
    m_lineStart = m_text.size();
    if (m_blocks.isEmpty() || !m_blocks.last().open)
        return;
    Block &last = m_blocks.last();
    last.contentEnd = m_text.size();
    last.end = m_text.size();
    // "}```": the closing fence stands behind the last line.
    const QString fence(last.fenceLength, last.mark);
    qsizetype end = m_text.size();
    while (end > last.contentStart && m_text[end - 1].isSpace())
        --end;
    const QStringView body = QStringView(m_text).mid(last.contentStart, end - last.contentStart);
    if (body.endsWith(fence))
        last.contentEnd = end - fence.size();
}

void AnswerSplitter::readLine(QStringView line, qsizetype start, qsizetype end)
{
    Fence fence;
    const bool isFence = readFence(line, fence);
    if (!m_blocks.isEmpty() && m_blocks.last().open) {
        Block &block = m_blocks.last();
        if (isFence && fence.mark == block.mark && fence.length >= block.fenceLength &&
            fence.info.isEmpty()) {
            block.open = false;
            block.contentEnd = start;
            block.end = end;
        }
        return;
    }
    if (!isFence)
        return;
    Block block;
    block.start = start;
    block.contentStart = end;
    block.contentEnd = end;
    block.end = end;
    block.indent = fence.indent;
    block.fenceLength = fence.length;
    block.mark = fence.mark;
    block.tag = tagOf(fence.info);
    m_blocks.append(block);
}

// Up to here the text is settled: a last line that may still become a fence is not.
qsizetype AnswerSplitter::visibleEnd() const
{
    if (m_finished)
        return m_text.size();
    const QStringView line = QStringView(m_text).mid(m_lineStart);
    qsizetype p = 0;
    while (p < line.size() && line[p].isSpace())
        ++p;
    const bool mayBeFence = p == line.size() || line[p] == u'`' || line[p] == u'~';
    return mayBeFence ? m_lineStart : m_text.size();
}

QString AnswerSplitter::contentOf(const Block &block) const
{
    const qsizetype end = block.open && !m_finished ? visibleEnd() : block.contentEnd;
    QString content = m_text.mid(block.contentStart, std::max<qsizetype>(0, end - block.contentStart));
    content.remove(u'\r');
    if (block.indent == 0)
        return content;
    // A block inside a list is indented as a whole.
    QStringList lines = content.split(u'\n');
    for (QString &line : lines) {
        qsizetype spaces = 0;
        while (spaces < block.indent && spaces < line.size() &&
               (line[spaces] == u' ' || line[spaces] == u'\t'))
            ++spaces;
        line.remove(0, spaces);
    }
    return lines.join(u'\n');
}

const AnswerSplitter::Block *AnswerSplitter::mainBlock() const
{
    if (!m_expectsCode)
        return nullptr;
    const Block *best = nullptr;
    qsizetype bestSize = -1;
    for (const Block &block : m_blocks) {
        const qsizetype end = block.open && !m_finished ? visibleEnd() : block.contentEnd;
        const qsizetype size = std::max<qsizetype>(0, end - block.contentStart);
        if (size > bestSize) {
            best = &block;
            bestSize = size;
        }
    }
    return best;
}

bool AnswerSplitter::isBareCode() const
{
    if (!m_expectsCode || !m_blocks.isEmpty())
        return false;
    // Whole lines only, so that half a line decides nothing.
    const QStringView settled = QStringView(m_text).left(m_finished ? m_text.size() : m_lineStart);
    return looksLikeCode(settled);
}

QString AnswerSplitter::code() const
{
    if (const Block *block = mainBlock())
        return contentOf(*block);
    if (!isBareCode())
        return {};
    QString text = m_text.left(visibleEnd());
    text.remove(u'\r');
    return text;
}

QString AnswerSplitter::prose() const
{
    const qsizetype end = visibleEnd();
    const Block *block = mainBlock();
    QString text;
    if (block) {
        text = m_text.left(std::min(block->start, end));
        if (!block->open && block->end < end) {
            // What stood around the block is two paragraphs.
            while (text.endsWith(u'\n'))
                text.chop(1);
            QString rest = m_text.mid(block->end, end - block->end);
            qsizetype breaks = 0;
            while (breaks < rest.size() && (rest[breaks] == u'\n' || rest[breaks] == u'\r'))
                ++breaks;
            rest.remove(0, breaks);
            if (!text.isEmpty() && !rest.isEmpty())
                text += QStringLiteral("\n\n");
            text += rest;
        }
    } else if (!isBareCode()) {
        text = m_text.left(end);
    }
    text.remove(u'\r');
    return text;
}

QString AnswerSplitter::languageTag() const
{
    const Block *block = mainBlock();
    return block ? block->tag : QString();
}

bool AnswerSplitter::inCode() const
{
    if (m_finished)
        return false;
    const Block *block = mainBlock();
    return block ? block->open : isBareCode();
}

int AnswerSplitter::blocks() const
{
    return int(m_blocks.size());
}

} // namespace app::code
