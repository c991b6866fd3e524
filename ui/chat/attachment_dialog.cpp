#include "ui/chat/attachment_dialog.h"

#include "ui/chat/attachment_words.h"
#include "ui/widgets/buttons.h"
#include "ui/widgets/figures.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QItemSelectionModel>
#include <QKeyEvent>
#include <QLabel>
#include <QListView>
#include <QVBoxLayout>

#include <algorithm>

namespace ui {

TextRowsModel::TextRowsModel(const QString &text, int columns, QObject *parent) : QAbstractListModel(parent), m_text(text)
{
    m_starts << 0;
    int column = 0;
    for (qsizetype i = 0; i < m_text.size(); ++i) {
        const char16_t c = m_text[i].unicode();
        if (c == u'\n') {
            m_starts << i + 1;
            column = 0;
            continue;
        }
        const bool wide = (c >= 0x1100 && c <= 0x115f) || (c >= 0x2e80 && c <= 0xa4cf) || (c >= 0xac00 && c <= 0xd7a3) || (c >= 0xf900 && c <= 0xfaff) ||
                          (c >= 0xfe30 && c <= 0xfe4f) || (c >= 0xff00 && c <= 0xff60);
        column += c == u'\t' ? 8 : wide ? 2 : 1;
        if (column > columns && !m_text[i].isLowSurrogate()) {
            m_starts << i;
            column = wide ? 2 : 1;
        }
    }
    if (m_starts.last() != m_text.size() || m_starts.size() == 1)
        m_starts << m_text.size();
}

int TextRowsModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_starts.size()) - 1;
}

QVariant TextRowsModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid) || role != Qt::DisplayRole)
        return {};
    QString row = textOf(index.row(), index.row());
    if (row.endsWith(QLatin1Char('\n')))
        row.chop(1);
    row.replace(QLatin1Char('\t'), QStringLiteral("    "));
    return row;
}

QString TextRowsModel::textOf(int firstRow, int lastRow) const
{
    return m_text.mid(m_starts[firstRow], m_starts[lastRow + 1] - m_starts[firstRow]);
}

AttachmentDialog::AttachmentDialog(const Appearance &appearance, const app::AttachmentRecord &attachment, int tokens, QWidget *parent)
    : QDialog(parent), m_rows(attachment.text), m_view(new QListView(this))
{
    setWindowTitle(shownName(attachment.name));
    auto *name = new QLabel(this);
    name->setTextFormat(Qt::PlainText);
    name->setFont(appearance.font(FontRole::Title));
    name->setText(QFontMetrics(name->font()).elidedText(shownName(attachment.name), Qt::ElideMiddle, 640));
    QStringList about{attachmentSize(attachment), tr("%1 characters").arg(withCommas(attachment.text.size()))};
    if (tokens >= 0)
        about << tokenCount(tokens);
    about << (attachment.leftOut ? tr("not seen by the model") : tr("this is what the model reads"));
    auto *words = new QLabel(about.join(QStringLiteral(" · ")), this);
    words->setTextFormat(Qt::PlainText);
    words->setWordWrap(true);
    words->setFont(appearance.font(FontRole::Small));
    QPalette palette = words->palette();
    palette.setColor(QPalette::WindowText, appearance.theme().text2);
    words->setPalette(palette);

    m_view->setModel(&m_rows);
    m_view->setUniformItemSizes(true); // else all rows are measured
    m_view->setFont(appearance.font(FontRole::Mono));
    m_view->setSelectionMode(QAbstractItemView::ExtendedSelection);
    m_view->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_view->setHorizontalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_view->setEditTriggers(QAbstractItemView::NoEditTriggers);
    m_view->setTextElideMode(Qt::ElideNone);
    m_view->setLayoutMode(QListView::SinglePass);
    m_view->setAccessibleName(tr("Text of the attachment"));
    QPalette paper = m_view->palette();
    paper.setColor(QPalette::Base, appearance.theme().codeBackground);
    paper.setColor(QPalette::Highlight, appearance.theme().selection);
    paper.setColor(QPalette::HighlightedText, appearance.theme().text);
    m_view->setPalette(paper);
    m_view->setStyleSheet(QStringLiteral("QListView { background: %1; border: 1px solid %2; border-radius: 8px; padding: 8px; }"
                                         "QListView::item { padding: 0; border: none; min-height: 20px; color: %3; }"
                                         "QListView::item:hover { background: transparent; }"
                                         "QListView::item:selected { background: %4; color: %3; }")
                              .arg(appearance.theme().codeBackground.name(), appearance.theme().border.name(), appearance.theme().text.name(),
                                   appearance.theme().selection.name()));
    auto *copy = new TextButton(appearance, tr("Copy all"), TextButton::Kind::Outlined, this);
    auto *close = new TextButton(appearance, tr("Close"), TextButton::Kind::Primary, this);
    auto *buttons = new QHBoxLayout;
    buttons->addWidget(copy);
    buttons->addStretch();
    buttons->addWidget(close);
    auto *all = new QVBoxLayout(this);
    all->setContentsMargins(20, 16, 20, 16);
    all->setSpacing(8);
    all->addWidget(name);
    all->addWidget(words);
    all->addWidget(m_view, 1);
    all->addSpacing(4);
    all->addLayout(buttons);
    connect(copy, &TextButton::clicked, this, [text = attachment.text] { QGuiApplication::clipboard()->setText(text); });
    connect(close, &TextButton::clicked, this, &QDialog::accept);
    const QSize room = parent ? parent->window()->size() : QSize(900, 700);
    setMinimumSize(360, 240);
    resize(std::clamp(room.width() - 80, 360, 860), std::clamp(room.height() - 80, 240, 680));
    m_view->setFocus(Qt::OtherFocusReason);
}

void AttachmentDialog::keyPressEvent(QKeyEvent *event)
{
    if (event->matches(QKeySequence::Copy))
        copySelected();
    else
        QDialog::keyPressEvent(event);
}

void AttachmentDialog::copySelected()
{
    QString all;
    const QItemSelection selection = m_view->selectionModel()->selection();
    QVector<QPair<int, int>> ranges;
    for (const QItemSelectionRange &range : selection)
        ranges << qMakePair(range.top(), range.bottom());
    std::sort(ranges.begin(), ranges.end());
    for (const auto &[from, to] : std::as_const(ranges))
        all += m_rows.textOf(from, to);
    if (!all.isEmpty())
        QGuiApplication::clipboard()->setText(all);
}

} // namespace ui
