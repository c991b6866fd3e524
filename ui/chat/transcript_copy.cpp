// What is selected as Markdown, and links that lead to another place of the same answer.
#include "ui/chat/transcript.h"

#include <QApplication>
#include <QClipboard>

#include <algorithm>

namespace ui {

QString Transcript::selectedMarkdown() const
{
    if (!hasSelection())
        return QString();
    const auto [from, to] = std::minmax(m_anchor, m_cursor);
    QStringList messages;
    for (int row = from.row; row <= to.row && row < messageCount(); ++row) {
        MessageView &message = *m_messages[size_t(row)];
        message.layout(columnWidth());
        const QString words = message.markdown([this, row](int item) { return selectedIn(row, item); });
        if (!words.isEmpty())
            messages.append(words);
    }
    return messages.join(QStringLiteral("\n\n"));
}

void Transcript::copyAsMarkdown()
{
    if (hasSelection())
        QApplication::clipboard()->setText(selectedMarkdown());
}

void Transcript::followWithin(int row, const QString &anchor)
{
    MessageView &message = *m_messages[size_t(row)];
    for (int i = 0; i < message.itemCount(); ++i) {
        const Placed &placed = message.item(i);
        if (placed.item->anchor() != anchor)
            continue;
        m_anchor = {row, i, 0}; // it is seen which one is meant
        m_cursor = {row, i, placed.item->length()};
        scrollTo(row, placed.y);
        return;
    }
}

} // namespace ui
