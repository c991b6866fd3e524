// Finding in a conversation: what is looked for is marked wherever it is seen, and the present place is selected.
#include "app/chat/search_words.h"
#include "ui/chat/transcript.h"

#include <QScrollBar>

#include <algorithm>

namespace ui {

namespace {

constexpr int kStep = 4; // px, finer than any line

} // namespace

void Transcript::find(const QStringList &words)
{
    m_found = words;
    m_foundAt = -1;
    m_anchor = m_cursor = {};
    countFound();
    viewport()->update();
    Q_EMIT foundChanged();
}

void Transcript::leaveFound()
{
    find(QStringList(m_found)); // a copy: it is set anew
}

QStringList Transcript::contentTexts(int row)
{
    message(row).layout(columnWidth());
    return message(row).contentTexts();
}

void Transcript::setDifferences(int row, const QVector<QVector<QPair<int, int>>> &differences)
{
    message(row).setDifferences(differences);
    viewport()->update();
}

// By what the messages hold. What is shown of them can have more or fewer places, where Markdown hides or makes letters.
void Transcript::countFound()
{
    m_places.clear();
    for (int row = 0; row < messageCount() && !m_found.isEmpty(); ++row) {
        const app::MessageRecord &record = m_messages[size_t(row)]->record();
        for (const bool reasoning : {true, false}) {
            const auto count = int(app::placesOf(reasoning ? record.reasoning : record.content, m_found).size());
            for (int i = 0; i < count; ++i)
                m_places.push_back({row, reasoning, i});
        }
    }
}

void Transcript::findNext(int step)
{
    countFound(); // answers grow
    const int count = foundCount();
    if (count == 0)
        return;
    if (m_foundAt < 0) { // from what is seen
        const int top = rowAt(verticalScrollBar()->value());
        const auto from = std::find_if(m_places.begin(), m_places.end(), [top](const FoundPlace &place) { return place.row >= top; });
        m_foundAt = int(from - m_places.begin()) % count;
        if (step < 0)
            m_foundAt = (m_foundAt + count - 1) % count;
    } else {
        m_foundAt = ((m_foundAt + step) % count + count) % count;
    }
    showPlace(m_places[size_t(m_foundAt)]);
    Q_EMIT foundChanged();
}

void Transcript::showMessage(int row, const QStringList &words, bool inReasoning)
{
    if (row < 0 || row >= messageCount())
        return;
    find(words);
    const auto place = std::find_if(m_places.begin(), m_places.end(), [&](const FoundPlace &found) {
        return found.row == row && found.reasoning == inReasoning;
    });
    if (place == m_places.end()) { // found as another form of the word
        scrollTo(row, 0);
        return;
    }
    m_foundAt = int(place - m_places.begin());
    showPlace(*place);
    Q_EMIT foundChanged();
}

void Transcript::showPlace(const FoundPlace &place)
{
    MessageView &message = *m_messages[size_t(place.row)];
    if (place.reasoning && !message.reasoningUnfolded()) {
        message.setReasoningUnfolded(true);
        relayout();
    }
    message.layout(columnWidth());
    // The place of that number among the items of its part; the last one where they show fewer.
    int left = place.number;
    Position at, end;
    int y = 0;
    for (int i = 0; i < message.itemCount(); ++i) {
        if (message.isReasoningItem(i) != place.reasoning)
            continue;
        const Placed &placed = message.item(i);
        const auto marks = app::placesOf(placed.item->text(0, placed.item->length()), m_found);
        if (marks.isEmpty())
            continue;
        const auto &[begin, length] = marks[std::min<qsizetype>(left, marks.size() - 1)];
        at = {place.row, i, begin};
        end = {place.row, i, begin + length};
        y = placed.y;
        while (y < placed.y + placed.height - kStep &&
               placed.item->positionAt(QPointF(columnWidth(), y - placed.y)) < begin)
            y += kStep;
        left -= int(marks.size());
        if (left < 0)
            break;
    }
    m_anchor = at;
    m_cursor = end;
    scrollTo(place.row, y);
}

// A third of the view above it, unless it is in sight.
void Transcript::scrollTo(int row, int y)
{
    const int view = viewport()->height();
    for (int pass = 0; pass < 3; ++pass) { // heights of messages between are exact only once they were seen
        const int top = topOf(row) + y, value = verticalScrollBar()->value();
        if (pass == 0 && top >= value + 8 && top + 40 <= value + view)
            break;
        m_following = false;
        verticalScrollBar()->setValue(std::max(0, top - view / 3));
        relayout();
    }
    viewport()->update();
}

} // namespace ui
