#include "ui/code/find_bar.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLocale>
#include <QPainter>

namespace ui {

FindBar::FindBar(const Appearance &appearance, QWidget *parent)
    : QWidget(parent), m_appearance(appearance), m_field(new QLineEdit(this)), m_count(new QLabel(this)),
      m_case(new TextButton(appearance, QStringLiteral("Aa"), TextButton::Kind::Pill, this))
{
    setFixedHeight(44);
    m_field->setPlaceholderText(tr("Find in this text"));
    m_field->setAccessibleName(tr("Find in this text"));
    m_field->setProperty("quiet", true);
    m_field->setMaximumWidth(320);
    m_field->installEventFilter(this);
    m_case->setCheckable(true);
    m_case->setToolTip(tr("Match upper and lower case"));
    m_case->setAccessibleName(tr("Match upper and lower case"));
    auto *previous = new IconButton(appearance, QStringLiteral("chevron-up"), tr("Previous hit"), this);
    previous->setName(tr("Previous hit"), QStringLiteral("Shift+F3"));
    auto *next = new IconButton(appearance, QStringLiteral("chevron-down"), tr("Next hit"), this);
    next->setName(tr("Next hit"), QStringLiteral("F3"));
    auto *close = new IconButton(appearance, QStringLiteral("close"), tr("Close find"), this);
    close->setName(tr("Close find"), QStringLiteral("Esc"));

    auto *line = new QHBoxLayout(this);
    line->setContentsMargins(20, 0, 12, 1);
    line->setSpacing(4);
    line->addWidget(m_field, 1);
    line->addSpacing(4);
    line->addWidget(m_case);
    line->addWidget(previous);
    line->addWidget(next);
    line->addSpacing(8);
    line->addWidget(m_count);
    line->addStretch(1);
    line->addWidget(close);

    connect(m_field, &QLineEdit::textChanged, this, &FindBar::search);
    connect(m_case, &TextButton::toggled, this, &FindBar::search);
    connect(previous, &IconButton::clicked, this, [this] { findNext(true); });
    connect(next, &IconButton::clicked, this, [this] { findNext(false); });
    connect(close, &IconButton::clicked, this, &FindBar::close);
    const auto words = [this] {
        m_count->setFont(m_appearance.font(FontRole::Small));
        QPalette palette = m_count->palette();
        palette.setColor(QPalette::WindowText, m_appearance.theme().text3);
        m_count->setPalette(palette);
    };
    connect(&appearance, &Appearance::changed, this, words);
    words();
    hide();
}

void FindBar::setEditor(CodeEditor *editor)
{
    if (m_editor == editor)
        return;
    if (m_editor)
        m_editor->markHits({}, false);
    m_editor = editor;
    if (isVisible())
        search();
}

void FindBar::open()
{
    const QString chosen = m_editor ? m_editor->textCursor().selectedText() : QString();
    if (!chosen.isEmpty() && !chosen.contains(QChar::ParagraphSeparator))
        m_field->setText(chosen);
    show();
    m_field->setFocus(Qt::ShortcutFocusReason);
    m_field->selectAll();
    search();
}

void FindBar::close()
{
    if (m_editor) {
        m_editor->markHits({}, false);
        m_editor->setFocus();
    }
    hide();
    Q_EMIT closed();
}

void FindBar::search()
{
    if (!m_editor)
        return;
    m_hits = m_editor->markHits(m_field->text(), m_case->isChecked());
    if (m_hits > 0) {
        // From where the cursor stands, so that typing on does not jump away from a hit.
        QTextCursor cursor = m_editor->textCursor();
        cursor.setPosition(cursor.selectionStart());
        m_editor->setTextCursor(cursor);
        findNext(false);
    }
    showCount();
}

void FindBar::findNext(bool backwards)
{
    if (!m_editor || m_field->text().isEmpty())
        return;
    QTextDocument::FindFlags flags;
    flags.setFlag(QTextDocument::FindBackward, backwards);
    flags.setFlag(QTextDocument::FindCaseSensitively, m_case->isChecked());
    if (!m_editor->find(m_field->text(), flags)) {
        const QTextCursor here = m_editor->textCursor();
        m_editor->moveCursor(backwards ? QTextCursor::End : QTextCursor::Start);
        if (!m_editor->find(m_field->text(), flags))
            m_editor->setTextCursor(here);
    }
    showCount();
}

void FindBar::showCount()
{
    if (m_field->text().isEmpty())
        m_count->clear();
    else if (m_hits == 0)
        m_count->setText(tr("No hits"));
    else if (m_hits == CodeEditor::kMostHits)
        m_count->setText(tr("More than %1 hits").arg(QLocale(QLocale::English).toString(m_hits)));
    else
        m_count->setText(m_hits == 1 ? tr("1 hit")
                                     : tr("%1 hits").arg(QLocale(QLocale::English).toString(m_hits)));
}

bool FindBar::eventFilter(QObject *watched, QEvent *event)
{
    if (watched == m_field && event->type() == QEvent::KeyPress) {
        auto *key = static_cast<QKeyEvent *>(event);
        if (key->key() == Qt::Key_Return || key->key() == Qt::Key_Enter) {
            findNext(key->modifiers() & Qt::ShiftModifier);
            return true;
        }
        if (key->key() == Qt::Key_Escape) {
            close();
            return true;
        }
    }
    return QWidget::eventFilter(watched, event);
}

void FindBar::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.fillRect(rect(), m_appearance.theme().raised);
    painter.fillRect(0, height() - 1, width(), 1, m_appearance.theme().border);
}

} // namespace ui
