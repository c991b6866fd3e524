#include "ui/chat/message_view.h"

#include "app/chat/markdown_writer.h"
#include "ui/chat/attachment_chips.h"
#include "ui/chat/rich_text.h"

#include "inference/result.h"
#include "ui/widgets/figures.h"

#include <QCoreApplication>
#include <QPainter>

#include <algorithm>
#include <cmath>

namespace ui {

namespace {

constexpr int kReasoningIndent = 16;
constexpr qreal kUnseenOpacity = 0.55; // of what the model does not see

struct MessageWords
{
    Q_DECLARE_TR_FUNCTIONS(ui::MessageView)
};

std::unique_ptr<Placed> placed(std::unique_ptr<Item> item, int gapAbove)
{
    auto result = std::make_unique<Placed>();
    result->item = std::move(item);
    result->item->gapAbove = gapAbove;
    return result;
}

} // namespace

MessageView::MessageView(const Appearance &appearance, const app::MessageRecord &record)
    : m_appearance(appearance), m_record(record)
{}

void MessageView::setRecord(const app::MessageRecord &record)
{
    const bool same = m_record.content == record.content && m_record.reasoning == record.reasoning;
    // A continuation goes on in the last block: it must not count as sealed.
    const bool goesOn =
        m_record.state != app::MessageState::Streaming && record.state == app::MessageState::Streaming;
    m_record = record;
    if (!same || goesOn)
        m_parsed = false;
    if (record.state != app::MessageState::Streaming && m_parsed) {
        m_content.stream.finish();
        m_reasoning.stream.finish();
    }
    m_dirty = true;
}

void MessageView::setExtras(const MessageExtras &extras)
{
    if (m_extras == extras)
        return;
    m_extras = extras;
    m_dirty = true;
}

void MessageView::appendText(const QString &text)
{
    m_record.content += text;
    if (m_parsed)
        m_content.stream.append(text);
    m_dirty = true;
}

void MessageView::appendReasoning(const QString &text)
{
    m_record.reasoning += text;
    if (m_parsed)
        m_reasoning.stream.append(text);
    m_dirty = true;
}

void MessageView::setReasoningUnfolded(bool unfolded)
{
    m_unfolded = unfolded;
    m_dirty = true;
}

void MessageView::toggleBubble()
{
    m_bubbleUnfolded = !m_bubbleUnfolded;
    m_head.clear();
    m_dirty = true;
}

void MessageView::release()
{
    if (m_record.state == app::MessageState::Streaming || (!m_parsed && m_flat.empty()))
        return;
    m_flat.clear();
    m_head.clear();
    m_tail.clear();
    m_content = Section();
    m_reasoning = Section();
    m_parsed = false;
    m_dirty = true;
}

void MessageView::restyle()
{
    for (Section *section : {&m_content, &m_reasoning}) {
        section->items.clear();
        section->shown.clear();
        section->sealedShown = 0;
    }
    m_flat.clear();
    m_head.clear();
    m_tail.clear();
    makeLensItems();
    m_dirty = true;
}

void MessageView::setLens(std::shared_ptr<const app::TokenLens> lens, bool doubt)
{
    m_lens = std::move(lens);
    m_lensDoubt = doubt;
    m_flat.clear();
    makeLensItems();
    m_dirty = true;
}

void MessageView::makeLensItems()
{
    m_lensContent.clear();
    m_lensReasoning.clear();
    if (!m_lens)
        return;
    const int reasoning = app::reasoningTokens(*m_lens), all = int(m_lens->tokens.size());
    if (reasoning > 0)
        m_lensReasoning.push_back(
            placed(std::make_unique<TokenLensItem>(m_appearance, m_lens, 0, reasoning,
                                                   TextType{FontRole::Reasoning, &Theme::text2}, m_lensDoubt),
                   0));
    m_lensContent.push_back(
        placed(std::make_unique<TokenLensItem>(m_appearance, m_lens, reasoning, all, TextType{}, m_lensDoubt), 0));
}

const Placed *MessageView::lensPlaced(int token) const
{
    for (const Items *items : {m_unfolded ? &m_lensReasoning : nullptr, &m_lensContent}) {
        if (items && !items->empty() && static_cast<const TokenLensItem &>(*items->front()->item).holds(token))
            return items->front().get();
    }
    return nullptr;
}

void MessageView::setLensToken(int token, int room)
{
    for (Items *items : {&m_lensReasoning, &m_lensContent}) {
        for (auto &p : *items) {
            auto &item = static_cast<TokenLensItem &>(*p->item);
            item.setCurrent(item.holds(token) ? token : -1, room);
            p->laidOut = false;
        }
    }
    m_dirty = true;
}

void MessageView::layoutAgain(int index)
{
    m_flat[size_t(index)]->laidOut = false;
    m_dirty = true;
}

bool MessageView::takeFormulas()
{
    bool any = false;
    for (Section *section : {&m_content, &m_reasoning}) {
        for (auto &placed : section->items) {
            if (placed->item->takeFormulas()) {
                placed->laidOut = false;
                any = true;
            }
        }
    }
    m_dirty = m_dirty || any;
    return any;
}

int MessageView::estimatedHeight(int width) const
{
    if (m_width > 0 && m_height > 0)
        return m_height;
    // Reads the text once, not at every change of another.
    if (m_estimateWidth != width || m_estimatedSize != m_record.content.size()) {
        m_estimateWidth = width;
        m_estimatedSize = m_record.content.size();
        const int perLine = std::max(20, width / 8);
        const int line = m_appearance.lineHeight(FontRole::Reading);
        m_estimate = 60 + line * int(1 + m_record.content.size() / perLine + m_record.content.count(QLatin1Char('\n')));
    }
    return m_estimate;
}

void MessageView::parseRecord()
{
    m_parsed = true;
    if (isUser())
        return;
    m_content = Section();
    m_reasoning = Section();
    m_content.stream.append(m_record.content);
    m_reasoning.stream.append(m_record.reasoning);
    if (m_record.state != app::MessageState::Streaming) {
        m_content.stream.finish();
        m_reasoning.stream.finish();
    }
}

// Makes items for the blocks that are new or differ from what is shown; sealed ones are not looked at again.
void MessageView::syncSection(Section &section, const BlockType &type)
{
    const QVector<app::markdown::Block> &blocks = section.stream.blocks();
    int same = std::min<int>(section.sealedShown, int(std::min(blocks.size(), section.shown.size())));
    while (same < blocks.size() && same < section.shown.size() && blocks[same] == section.shown[same])
        ++same;
    Items old;
    for (size_t i = size_t(same); i < section.items.size(); ++i)
        old.push_back(std::move(section.items[i]));
    section.items.resize(size_t(same));
    for (int i = same; i < blocks.size(); ++i) {
        const size_t before = size_t(i - same);
        Item *previous = before < old.size() ? old[before]->item.get() : nullptr;
        const int gap = i > 0 ? blockGap(blocks[i - 1], blocks[i]) : 0;
        section.items.push_back(placed(makeBlockItem(m_appearance, blocks[i], type, previous), gap));
        section.items.back()->item->barsAbove = i > 0 ? sharedQuoteBars(blocks[i - 1], blocks[i]) : 0;
    }
    section.shown.resize(same);
    section.shown += blocks.mid(same);
    section.sealedShown = section.stream.sealedCount();
}

Ending MessageView::sightNote() const
{
    Ending note;
    if (!m_extras.summary.isEmpty()) {
        note.sentence = MessageWords::tr("The model sees this summary of %1 in their place: %2")
                            .arg(turnCount(m_extras.summaryTurns), m_extras.summary);
    } else if (m_extras.sight == app::Sight::LeftOut && m_extras.beginsTurn) {
        note.sentence = MessageWords::tr("Not seen by the model.");
    }
    if (!note.sentence.isEmpty() && !m_extras.busy)
        note.choices.append({MessageWords::tr("Bring back"), Action::Custom, QStringLiteral("bringBack"), false});
    return note;
}

void MessageView::buildHead()
{
    buildFirst();
    const Ending note = sightNote();
    m_notes = note.sentence.isEmpty() ? 0 : 1;
    if (m_notes == 0)
        return;
    if (!m_head.empty())
        m_head.front()->item->gapAbove = 8;
    m_head.insert(m_head.begin(), placed(makeEndingItem(m_appearance, note), 0));
}

void MessageView::buildFirst()
{
    if (isUser()) {
        ActionRow row;
        row.user = true;
        row.version = m_extras.version;
        row.versions = m_extras.versions;
        row.always = row.versions > 1;
        row.canWork = !m_extras.busy;
        row.canRetry = !m_extras.compared;
        m_head.clear();
        m_head.push_back(placed(makeBubbleItem(m_appearance, m_record.content, m_record.attachments, m_bubbleUnfolded, row), 0));
        return;
    }
    m_head.clear();
    const bool running = m_extras.active && m_extras.thinking;
    if (m_record.reasoning.trimmed().isEmpty() && !running)
        return;
    ReasoningHead head;
    head.running = running;
    head.unfolded = m_unfolded;
    head.ms = m_extras.active && m_extras.thinkingMs > 0 ? m_extras.thinkingMs : m_record.reasoningMs;
    if (running) {
        const QStringView text = QStringView(m_record.reasoning).right(400).trimmed();
        head.lastLine = text.mid(text.lastIndexOf(QLatin1Char('\n')) + 1).toString();
    }
    m_head.push_back(placed(makeReasoningHead(m_appearance, head), 0));
}

QString answerFigures(const app::MessageRecord &record, bool withPrompt)
{
    if (record.endReason == app::kEditedByUser)
        return MessageWords::tr("Edited by you");
    if (record.generatedTokens <= 0)
        return QString();
    QStringList parts{tokenCount(record.generatedTokens)};
    if (record.decodeTokensPerSecond > 0)
        parts.append(MessageWords::tr("%1 tok/s").arg(record.decodeTokensPerSecond, 0, 'f', 1));
    if (record.firstTokenMs <= 0)
        return parts.join(QStringLiteral(" · "));
    parts.append(
        MessageWords::tr("first token after %1 s").arg(record.firstTokenMs / 1000, 0, 'f', record.firstTokenMs < 100 ? 2 : 1));
    if (withPrompt && record.promptTokens > 0)
        parts.append(record.cachedTokens > 0 ? MessageWords::tr("prompt of %1, %2 reused")
                                                   .arg(tokenCount(record.promptTokens), withCommas(record.cachedTokens))
                                             : MessageWords::tr("prompt of %1").arg(tokenCount(record.promptTokens)));
    return parts.join(QStringLiteral(" · "));
}

Ending MessageView::ending() const
{
    Ending e;
    const Ending::Choice goOn{MessageWords::tr("Continue"), Action::Continue, {}, true};
    const Ending::Choice retry{MessageWords::tr("Retry"), Action::Retry, {}, false};
    const int tokens = m_record.generatedTokens;
    switch (m_record.state) {
    case app::MessageState::Failed: {
        e.failed = true;
        const auto code = inference::ErrorCode(m_record.errorCode);
        const bool full = m_record.errorCode >= 0 && code == inference::ErrorCode::ContextFull;
        e.title = full                         ? MessageWords::tr("The context is full. Nothing was dropped.")
                  : m_record.content.isEmpty() ? MessageWords::tr("There is no answer")
                                               : MessageWords::tr("The answer ended early");
        e.sentence = m_record.error.isEmpty() ? MessageWords::tr("The engine gave no reason.") : m_record.error;
        if (m_extras.last && !(m_extras.compared && m_extras.busy)) {
            if (full && !m_extras.compared)
                e.choices.append({MessageWords::tr("New chat"), Action::Custom, QStringLiteral("newChat"), true});
            e.choices.append({MessageWords::tr("Try again"), Action::Retry, {}, !full});
        }
        break;
    }
    case app::MessageState::Stopped:
        e.sentence = tokens > 0                   ? MessageWords::tr("Stopped. %1 kept.").arg(tokenCount(tokens))
                     : m_record.content.isEmpty() ? MessageWords::tr("Stopped before the first token.")
                                                  : MessageWords::tr("Stopped. What was written is kept.");
        break;
    case app::MessageState::Interrupted:
        e.sentence = MessageWords::tr("Baleen closed unexpectedly. Everything up to the last second is here.");
        break;
    case app::MessageState::Complete:
        if (m_record.endReason == QLatin1String("length"))
            e.sentence = MessageWords::tr("Stopped at the length limit, %1 tokens.").arg(withCommas(tokens));
        else if (m_record.endReason == QLatin1String("context"))
            e.sentence = MessageWords::tr("The context is full: the answer stops here.");
        break;
    default:
        break;
    }
    if (!e.failed && !e.sentence.isEmpty() && m_extras.last && !m_extras.busy) {
        if (m_extras.canContinue)
            e.choices.append(goOn);
        e.choices.append(retry);
    }
    return e;
}

void MessageView::buildTail()
{
    m_tail.clear();
    if (isUser() || m_extras.wordsAlone)
        return;
    const bool hasWords = !m_record.content.isEmpty() || !m_head.empty();
    if (m_extras.active && m_extras.progress)
        m_tail.push_back(placed(makeProgressItem(m_appearance, *m_extras.progress), hasWords ? 8 : 0));
    if (m_record.state == app::MessageState::Streaming || m_extras.active)
        return;
    const Ending end = ending();
    if (!end.sentence.isEmpty())
        m_tail.push_back(placed(makeEndingItem(m_appearance, end), hasWords ? 12 : 0));
    ActionRow row;
    row.always = m_extras.last;
    row.version = m_extras.version;
    row.versions = m_extras.versions;
    row.figures = m_extras.compared ? QString() : answerFigures(m_record, true);
    row.canWork = !m_extras.busy;
    row.lens = !m_record.receipt.isEmpty() && m_record.generatedTokens > 0;
    row.lensOpen = hasLens();
    m_tail.push_back(placed(makeActionRow(m_appearance, row), 6));
}

void MessageView::place(int width)
{
    m_flat.clear();
    int y = 0;
    const auto add = [&](Items &items, int x, int gapBefore) {
        for (size_t i = 0; i < items.size(); ++i) {
            Placed &p = *items[i];
            const int room = std::max(40, width - x);
            if (!p.laidOut || p.width != room) {
                p.height = p.item->layout(room);
                p.width = room;
                p.laidOut = true;
            }
            y += m_flat.empty() ? 0 : i == 0 ? std::max(gapBefore, p.item->gapAbove) : p.item->gapAbove;
            p.x = x;
            p.y = y;
            y += p.height;
            m_flat.push_back(&p);
        }
    };
    add(m_head, 0, 0);
    m_ruleTop = m_ruleBottom = 0;
    m_reasoningFrom = m_reasoningTo = itemCount();
    Items &reasoning = m_lens ? m_lensReasoning : m_reasoning.items;
    if (m_unfolded && !reasoning.empty()) {
        const int from = y + 4;
        add(reasoning, kReasoningIndent, 4);
        m_ruleTop = from;
        m_ruleBottom = y;
        m_reasoningTo = itemCount();
    }
    m_contentFrom = itemCount();
    add(m_lens ? m_lensContent : m_content.items, 0, m_unfolded ? 14 : 6);
    m_contentTo = itemCount();
    add(m_tail, 0, 0);
    m_height = y;
    m_width = width;
}

int MessageView::layout(int width)
{
    if (isLaidOut(width))
        return m_height;
    if (!m_parsed)
        parseRecord();
    buildHead();
    if (!isUser()) {
        syncSection(m_content, BlockType{});
        if (m_unfolded)
            syncSection(m_reasoning, BlockType{FontRole::Reasoning, &Theme::text2});
    }
    buildTail();
    place(width);
    m_dirty = false;
    return m_height;
}

int MessageView::itemAt(int y) const
{
    if (m_flat.empty())
        return -1;
    const auto after =
        std::upper_bound(m_flat.begin(), m_flat.end(), y, [](int at, const Placed *p) { return at < p->y; });
    return std::max(0, int(after - m_flat.begin()) - 1);
}

void MessageView::paint(QPainter &painter, const PaintContext &context,
                        const std::function<std::pair<int, int>(int item)> &selected) const
{
    if (m_ruleBottom > m_ruleTop)
        painter.fillRect(QRectF(0, m_ruleTop, 2, m_ruleBottom - m_ruleTop),
                         m_appearance.theme().borderStrong);
    const int first = std::max(0, itemAt(int(std::floor(context.clip.top()))));
    for (int i = first; i < itemCount(); ++i) {
        const Placed &p = item(i);
        if (p.y > context.clip.bottom())
            break;
        PaintContext inner = context;
        const QPointF offset(p.x, p.y);
        inner.clip.translate(-offset);
        inner.pointer -= offset;
        std::tie(inner.from, inner.to) = selected(i);
        inner.differences =
            i >= m_contentFrom && i < m_contentTo ? m_differences.value(i - m_contentFrom) : QVector<QPair<int, int>>();
        painter.save();
        painter.translate(offset);
        if (m_extras.sight != app::Sight::Seen && i >= m_notes)
            painter.setOpacity(kUnseenOpacity);
        p.item->paint(painter, inner);
        painter.restore();
    }
}

QStringList MessageView::contentTexts() const
{
    QStringList texts;
    for (int i = m_contentFrom; i < m_contentTo; ++i)
        texts << item(i).item->text(0, item(i).item->length());
    return texts;
}

QString MessageView::markdown(const std::function<std::pair<int, int>(int item)> &selected) const
{
    QString all;
    const app::markdown::Block *above = nullptr;
    for (int i = 0; i < itemCount(); ++i) {
        const auto [from, to] = selected(i);
        if (to <= from)
            continue;
        const Item *item = m_flat[size_t(i)]->item.get();
        const app::markdown::Block *block = nullptr;
        for (const Section *section : {&m_content, &m_reasoning}) {
            for (size_t k = 0; k < section->items.size() && !block; ++k) {
                if (section->items[k].get() == m_flat[size_t(i)])
                    block = &section->shown[int(k)];
            }
        }
        const bool whole = from == 0 && to == item->length();
        const bool words = !block || (!whole && block->kind == app::markdown::BlockKind::Table);
        if (!all.isEmpty())
            all += above && block ? app::markdown::markdownBetween(*above, *block) : QStringLiteral("\n\n");
        all += words   ? item->text(from, to)
               : whole ? app::markdown::blockMarkdown(*block)
                       : app::markdown::blockMarkdown(*block, from, to);
        above = block;
    }
    return all;
}

QString MessageView::accessibleText() const
{
    if (isUser() && !m_record.attachments.isEmpty())
        return MessageWords::tr("You, with %1: %2")
            .arg(AttachmentChips(m_appearance, m_record.attachments).accessibleText(), m_record.content);
    if (isUser())
        return MessageWords::tr("You: %1").arg(m_record.content);
    const QString state =
        m_record.state == app::MessageState::Streaming ? MessageWords::tr("being written") : MessageWords::tr("finished");
    return MessageWords::tr("Answer, %1, %2: %3").arg(state, tokenCount(m_record.generatedTokens), m_record.content);
}

} // namespace ui
