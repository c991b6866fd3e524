#include "ui/code/prose_view.h"

namespace ui {

namespace {

constexpr qint64 kId = 1;

app::MessageRecord answer(const QString &words, app::MessageState state)
{
    app::MessageRecord record;
    record.id = kId;
    record.role = app::Role::Assistant;
    record.content = words;
    record.state = state;
    return record;
}

} // namespace

ProseView::ProseView(const Appearance &appearance, QWidget *parent) : Transcript(appearance, parent)
{
    setWordsAlone(true);
    setAccessibleName(tr("Notes of the model"));
    setModel(&m_words);
}

void ProseView::append(const QString &markdown)
{
    if (m_words.rowCount() == 0 || m_words.message(0).state != app::MessageState::Streaming)
        m_words.reset({answer(this->markdown() + markdown, app::MessageState::Streaming)}, kId);
    else
        m_words.appendText(kId, markdown);
}

void ProseView::setMarkdown(const QString &markdown)
{
    if (markdown.isEmpty())
        m_words.reset({}, 0);
    else
        m_words.reset({answer(markdown, app::MessageState::Complete)}, kId);
    setView({kId, 0}); // from the beginning
}

void ProseView::finish()
{
    if (m_words.rowCount() > 0)
        m_words.update(answer({}, app::MessageState::Complete));
}

QString ProseView::markdown() const
{
    return m_words.rowCount() > 0 ? m_words.message(0).content : QString();
}

} // namespace ui
