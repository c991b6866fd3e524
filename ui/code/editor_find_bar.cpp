#include "ui/code/editor_find_bar.h"

#include "ui/widgets/figures.h"

#include <QHBoxLayout>
#include <QPainter>

namespace ui {

EditorFindBar::EditorFindBar(const Appearance &appearance, QWidget *parent)
    : FindBar(appearance, tr("Find in this text"), parent), m_case(new TextButton(appearance, QStringLiteral("Aa"), TextButton::Kind::Pill, this))
{
    setFixedHeight(44);
    field()->setProperty("quiet", true);
    field()->setMaximumWidth(320);
    m_case->setCheckable(true);
    m_case->setToolTip(tr("Match upper and lower case"));
    m_case->setAccessibleName(tr("Match upper and lower case"));
    line()->setContentsMargins(20, 0, 12, 1);
    line()->insertSpacing(1, 4);
    line()->insertWidget(2, m_case);
    connect(m_case, &TextButton::toggled, this, &EditorFindBar::search);
}

void EditorFindBar::setEditor(CodeEditor *editor)
{
    if (m_editor == editor)
        return;
    if (m_editor)
        m_editor->markHits({}, false);
    m_editor = editor;
    if (isVisible())
        search();
}

QString EditorFindBar::chosenText() const
{
    const QString chosen = m_editor ? m_editor->textCursor().selectedText() : QString();
    return chosen.contains(QChar::ParagraphSeparator) ? QString() : chosen;
}

void EditorFindBar::clear()
{
    if (!m_editor)
        return;
    m_editor->markHits({}, false);
    if (!isHidden())
        m_editor->setFocus();
}

void EditorFindBar::search()
{
    if (!m_editor)
        return;
    m_hits = m_editor->markHits(field()->text(), m_case->isChecked());
    if (m_hits > 0) {
        // From where the cursor stands, so that typing on does not jump away from a hit.
        QTextCursor cursor = m_editor->textCursor();
        cursor.setPosition(cursor.selectionStart());
        m_editor->setTextCursor(cursor);
        step(false);
    }
    showCount();
}

void EditorFindBar::step(bool backwards)
{
    if (!m_editor)
        return;
    QTextDocument::FindFlags flags;
    flags.setFlag(QTextDocument::FindBackward, backwards);
    flags.setFlag(QTextDocument::FindCaseSensitively, m_case->isChecked());
    if (!m_editor->find(field()->text(), flags)) {
        const QTextCursor here = m_editor->textCursor();
        m_editor->moveCursor(backwards ? QTextCursor::End : QTextCursor::Start);
        if (!m_editor->find(field()->text(), flags))
            m_editor->setTextCursor(here);
    }
    showCount();
}

void EditorFindBar::showCount()
{
    const QString words = field()->text().isEmpty()            ? QString()
                          : m_hits == 0                        ? tr("No hits")
                          : m_hits == CodeEditor::kMostHits    ? tr("More than %1 hits").arg(withCommas(m_hits))
                          : m_hits == 1                        ? tr("1 hit")
                                                               : tr("%1 hits").arg(withCommas(m_hits));
    setCount(words, m_hits > 0);
}

void EditorFindBar::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.fillRect(rect(), appearance().theme().raised);
    painter.fillRect(0, height() - 1, width(), 1, appearance().theme().border);
}

} // namespace ui
