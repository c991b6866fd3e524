#include "ui/translate/row_remark.h"

#include <QHBoxLayout>
#include <QLabel>

namespace ui {

using app::translate::Problem;
using app::translate::SegmentEntry;
using app::translate::SegmentState;

RowRemark::RowRemark(const Appearance &appearance, QWidget *parent)
    : QWidget(parent), m_appearance(appearance), m_words(new QLabel(this)),
      m_retry(new TextButton(appearance, tr("Try again"), TextButton::Kind::Outlined, this))
{
    m_words->setTextFormat(Qt::PlainText);
    m_words->setMinimumWidth(1);
    m_words->setForegroundRole(QPalette::WindowText); // in a text edit's viewport it would be that of its text
    m_retry->setButtonHeight(24);
    m_retry->setFocusPolicy(Qt::TabFocus);
    auto *line = new QHBoxLayout(this);
    line->setContentsMargins(0, 2, 0, 2);
    line->setSpacing(8);
    line->addWidget(m_words, 1);
    line->addWidget(m_retry);
    setCursor(Qt::ArrowCursor);
    connect(m_retry, &TextButton::clicked, this, &RowRemark::retryRequested);
    connect(&appearance, &Appearance::changed, this, &RowRemark::applyLook);
}

void RowRemark::setSegment(const SegmentEntry &entry)
{
    const QString words = sentence(entry);
    m_words->setText(words);
    m_words->setToolTip(words);
    m_failed = entry.state == SegmentState::Failed;
    applyLook();
}

void RowRemark::applyLook()
{
    m_words->setFont(m_appearance.font(FontRole::Small));
    QPalette p = m_words->palette();
    p.setColor(QPalette::WindowText, m_failed ? m_appearance.theme().danger : m_appearance.theme().warn);
    m_words->setPalette(p);
}

QString RowRemark::sentence(const SegmentEntry &entry)
{
    if (entry.state == SegmentState::Failed) {
        if (!entry.message.isEmpty())
            return tr("Left in the original: %1").arg(entry.message);
        return tr("Left in the original after %n tries.", nullptr, entry.tries);
    }
    switch (entry.verdict.problem) {
    case Problem::NumberMissing:
        return tr("A number is missing: %1.").arg(entry.verdict.detail);
    case Problem::PartMissing:
        return tr("A tag or placeholder is missing: %1").arg(entry.verdict.detail);
    case Problem::TooShort:
        return tr("Much shorter than the source: a part may be missing.");
    case Problem::CutShort:
        return tr("Stopped at the length limit: the end may be missing.");
    case Problem::NotAQuestion:
        return tr("The source asks, the translation does not.");
    default:
        return tr("This translation needs a look.");
    }
}

} // namespace ui
