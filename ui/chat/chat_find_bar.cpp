#include "ui/chat/chat_find_bar.h"

#include "ui/chat/transcript.h"
#include "ui/widgets/figures.h"

#include <QHBoxLayout>
#include <QPainter>

namespace ui {

namespace {

constexpr qsizetype kLongestChosen = 200; // letters: a longer selection is not meant for a search

} // namespace

ChatFindBar::ChatFindBar(const Appearance &appearance, Transcript &transcript, QWidget *parent)
    : FindBar(appearance, tr("Find in this chat"), parent), m_transcript(transcript)
{
    field()->setFixedWidth(220);
    line()->setContentsMargins(8, 6, 6, 6);
    connect(&transcript, &Transcript::foundChanged, this, &ChatFindBar::showCount);
}

void ChatFindBar::setWords(const QString &words)
{
    const QSignalBlocker blocker(field());
    field()->setText(words);
}

QString ChatFindBar::chosenText() const
{
    const QString chosen = m_transcript.selectedText();
    return chosen.contains(QLatin1Char('\n')) || chosen.size() > kLongestChosen ? QString() : chosen;
}

void ChatFindBar::search()
{
    const QString text = field()->text().trimmed();
    m_transcript.find(text.isEmpty() ? QStringList() : QStringList{text});
    m_transcript.findNext(1);
}

void ChatFindBar::step(bool backwards)
{
    m_transcript.findNext(backwards ? -1 : 1);
}

void ChatFindBar::clear()
{
    m_transcript.find({});
}

void ChatFindBar::showCount()
{
    const int count = m_transcript.foundCount();
    setCount(field()->text().trimmed().isEmpty() ? QString()
             : count == 0                        ? tr("No hits")
                                                 : tr("%1/%2").arg(withCommas(m_transcript.foundAt() + 1), withCommas(count)),
             count > 0);
}

void ChatFindBar::paintEvent(QPaintEvent *)
{
    const Theme &theme = appearance().theme();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(theme.popoverEdge, 1));
    painter.setBrush(theme.popover);
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 10, 10);
}

} // namespace ui
