#include "ui/chat/chat_find_bar.h"

#include "ui/chat/transcript.h"
#include "ui/widgets/figures.h"

#include <QHBoxLayout>
#include <QPainter>

namespace ui {

namespace {

constexpr qsizetype kLongestChosen = 200; // letters: a longer selection is not meant for a search

} // namespace

ChatFindBar::ChatFindBar(const Appearance &appearance, QWidget *parent) : FindBar(appearance, tr("Find in this chat"), parent)
{
    field()->setFixedWidth(220);
    line()->setContentsMargins(8, 6, 6, 6);
}

void ChatFindBar::setTranscripts(const QVector<Transcript *> &transcripts)
{
    if (transcripts == m_transcripts)
        return;
    for (Transcript *each : std::as_const(m_transcripts)) {
        each->disconnect(this);
        if (!isHidden())
            each->find({});
    }
    m_transcripts = transcripts;
    m_at = 0;
    for (Transcript *each : std::as_const(m_transcripts))
        connect(each, &Transcript::foundChanged, this, &ChatFindBar::showCount);
    if (!isHidden())
        mark();
}

void ChatFindBar::setWords(const QString &words)
{
    const QSignalBlocker blocker(field());
    field()->setText(words);
}

QString ChatFindBar::chosenText() const
{
    for (const Transcript *each : m_transcripts)
        if (const QString chosen = each->selectedText(); !chosen.isEmpty())
            return chosen.contains(QLatin1Char('\n')) || chosen.size() > kLongestChosen ? QString() : chosen;
    return {};
}

void ChatFindBar::mark()
{
    const QString text = field()->text().trimmed();
    m_at = 0;
    for (Transcript *each : std::as_const(m_transcripts))
        each->find(text.isEmpty() ? QStringList() : QStringList{text});
}

void ChatFindBar::search()
{
    mark();
    step(false);
}

// Beyond the last hit of one text is the first of the next that has any.
void ChatFindBar::step(bool backwards)
{
    if (m_transcripts.isEmpty())
        return;
    Transcript *here = m_transcripts[m_at];
    const bool leaves = here->foundAt() < 0 ? here->foundCount() == 0 : here->foundAt() == (backwards ? 0 : here->foundCount() - 1);
    const qsizetype count = m_transcripts.size();
    for (qsizetype away = 1; leaves && away < count; ++away) {
        const qsizetype next = (m_at + (backwards ? count - away : away)) % count;
        if (m_transcripts[next]->foundCount() == 0)
            continue;
        m_at = next;
        here->leaveFound();
        break;
    }
    m_transcripts[m_at]->findNext(backwards ? -1 : 1);
}

void ChatFindBar::clear()
{
    for (Transcript *each : std::as_const(m_transcripts))
        each->find({});
}

void ChatFindBar::showCount()
{
    int count = 0, at = 0;
    for (const Transcript *each : m_transcripts) {
        if (each->foundAt() >= 0)
            at = count + each->foundAt() + 1;
        count += each->foundCount();
    }
    setCount(field()->text().trimmed().isEmpty() ? QString()
             : count == 0                        ? tr("No hits")
                                                 : tr("%1/%2").arg(withCommas(at), withCommas(count)),
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
