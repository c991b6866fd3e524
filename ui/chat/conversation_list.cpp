#include "ui/chat/conversation_list.h"

#include "ui/actions.h"
#include "ui/chat/conversation_drag.h"
#include "ui/chat/conversation_menu.h"
#include "ui/widgets/figures.h"
#include "ui/widgets/list_keys.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QPainter>
#include <QScrollBar>
#include <QStyledItemDelegate>
#include <QTextLayout>
#include <QVBoxLayout>

#include <algorithm>

namespace ui {

namespace {

constexpr int kRow = 30;
constexpr int kGroupHead = 32; // 12 above, 16 of words, 4 below
constexpr int kSnippet = 36;   // two lines
constexpr int kUndoMs = 10000;
constexpr int kIndent = 12; // of a folder in another
constexpr int kMostIndents = 4;
using Model = app::ConversationListModel;

bool beginsGroup(const QModelIndex &index)
{
    return index.row() == 0 ||
           index.data(Model::SectionRole) != index.sibling(index.row() - 1, 0).data(Model::SectionRole);
}

// Of the heads with the same target, 0, the days' are where a chat without a folder is.
bool takesDrops(const QModelIndex &index)
{
    const auto group = Model::Group(index.data(Model::GroupRole).toInt());
    return group != Model::Group::Pinned && group != Model::Group::Archived;
}

int rowHeight(const QModelIndex &index)
{
    return kRow + (index.data(Model::SnippetRole).toString().isEmpty() ? 0 : kSnippet + 4);
}

// Words that were found, in up to two lines, on the ground of a search hit.
void paintSnippet(QPainter &painter, const QRect &rect, const QModelIndex &index, const Appearance &appearance)
{
    const Theme &theme = appearance.theme();
    QTextLayout layout(index.data(Model::SnippetRole).toString(), appearance.font(FontRole::Small));
    QVector<QTextLayout::FormatRange> formats;
    for (const auto &[begin, length] : index.data(Model::SnippetMarksRole).value<QVector<QPair<int, int>>>()) {
        QTextLayout::FormatRange range;
        range.start = begin;
        range.length = length;
        range.format.setBackground(theme.mark);
        range.format.setForeground(theme.text);
        formats << range;
    }
    layout.setFormats(formats);
    QTextOption option;
    option.setWrapMode(QTextOption::WrapAtWordBoundaryOrAnywhere);
    layout.setTextOption(option);
    layout.beginLayout();
    for (int i = 0; i < 2; ++i) {
        QTextLine line = layout.createLine();
        if (!line.isValid())
            break;
        line.setLineWidth(rect.width());
        line.setPosition({0, i * 18.0});
    }
    layout.endLayout();
    painter.setPen(theme.text3);
    layout.draw(&painter, rect.topLeft());
}

} // namespace

class ConversationList::Delegate : public QStyledItemDelegate
{
public:
    explicit Delegate(ConversationList *list) : QStyledItemDelegate(list), m_list(list) {}

    QSize sizeHint(const QStyleOptionViewItem &, const QModelIndex &index) const override
    {
        return {100, rowHeight(index) + (beginsGroup(index) ? kGroupHead : 0)};
    }

    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override
    {
        const Appearance &appearance = m_list->m_appearance;
        const Theme &theme = appearance.theme();
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        QRect row = option.rect;
        const int indent = kIndent * std::min(kMostIndents, index.data(Model::DepthRole).toInt());
        if (beginsGroup(index)) {
            row.setTop(option.rect.bottom() + 1 - rowHeight(index));
            const QRect head(row.left() + 8 + indent, row.top() - 20, row.width() - 16 - indent, 16);
            const bool takes = m_list->m_drag->target() == index.data(Model::FolderRole).toLongLong() && takesDrops(index);
            if (takes) {
                painter->setPen(Qt::NoPen);
                painter->setBrush(theme.accentSoft);
                painter->drawRoundedRect(head.adjusted(-8, -2, 8, 2), 6, 6);
            }
            painter->setFont(appearance.font(FontRole::Caption));
            painter->setPen(takes ? theme.accentText : theme.text3);
            painter->drawText(head, Qt::AlignVCenter,
                              painter->fontMetrics().elidedText(index.data(Model::GroupNameRole).toString().simplified(), Qt::ElideMiddle, head.width()));
        }
        const qint64 id = index.data(Model::IdRole).toLongLong();
        const bool current = id == m_list->m_current;
        const QPoint pointer = m_list->m_view->viewport()->mapFromGlobal(QCursor::pos());
        const bool hovered = (option.state & QStyle::State_MouseOver) && row.contains(pointer);
        if (current || hovered) {
            painter->setPen(Qt::NoPen);
            painter->setBrush(current ? theme.pressed : theme.hover);
            painter->drawRoundedRect(row, 6, 6);
        }
        if ((option.state & QStyle::State_HasFocus) && m_list->m_view->hasFocus()) {
            painter->setPen(QPen(theme.focus, 2));
            painter->setBrush(Qt::NoBrush);
            painter->drawRoundedRect(QRectF(row).adjusted(1, 1, -1, -1), 6, 6);
        }
        const QRect whole = row;
        row.setHeight(kRow);
        int right = row.right() - 8;
        if (m_list->m_busy.contains(id)) {
            painter->setPen(Qt::NoPen);
            painter->setBrush(theme.accent);
            painter->drawEllipse(QPointF(right - 4, row.center().y() + 0.5), 4, 4);
            right -= 16;
        } else if (index.data(Model::PinnedRole).toBool()) {
            painter->drawPixmap(
                QPoint(right - 14, row.top() + 8),
                appearance.pixmap(QStringLiteral("pin"), 14, theme.text3, m_list->devicePixelRatioF()));
            right -= 20;
        }
        const QStringList tags = index.data(Model::TagsRole).toStringList();
        if (!tags.isEmpty()) {
            painter->setFont(appearance.font(FontRole::Caption));
            painter->setPen(theme.text3);
            const QString words = painter->fontMetrics().elidedText(QLatin1Char('#') + tags.join(QStringLiteral(" #")),
                                                                    Qt::ElideRight, row.width() * 2 / 5);
            const int width = painter->fontMetrics().horizontalAdvance(words);
            painter->drawText(QRect(right - width, row.top(), width, row.height()), Qt::AlignVCenter | Qt::TextSingleLine, words);
            right -= width + 8;
        }
        painter->setFont(appearance.font(FontRole::Ui));
        painter->setPen(current || hovered ? theme.text : theme.text2);
        const QRect words(row.left() + 8 + indent, row.top(), right - row.left() - 8 - indent, row.height());
        painter->drawText(
            words, Qt::AlignVCenter | Qt::TextSingleLine,
            painter->fontMetrics().elidedText(index.data(Qt::DisplayRole).toString().simplified(),
                                              Qt::ElideRight, words.width()));
        if (whole.height() > kRow)
            paintSnippet(*painter, QRect(words.left(), row.bottom() + 1, whole.width() - 16 - indent, kSnippet), index, appearance);
        painter->restore();
    }

private:
    ConversationList *m_list;
};

ConversationList::ConversationList(const Appearance &appearance, app::ConversationListModel &model,
                                   QWidget *parent)
    : QWidget(parent), m_appearance(appearance), m_model(model), m_search(new QLineEdit(this)),
      m_new(new IconButton(appearance, QStringLiteral("new-chat"), tr("New chat"), this)),
      m_view(new QListView(this)), m_empty(new QLabel(this)),
      m_undo(new Notice(appearance, Notice::Kind::Plain, this))
{
    m_new->setName(tr("New chat"), actionKeys("window.new"));
    m_search->setProperty("quiet", true);
    m_search->setPlaceholderText(tr("Search chats"));
    m_search->setAccessibleName(tr("Search all chats"));
    m_search->setToolTip(tr("Words, “several words”, model:NAME, folder:NAME, tag:NAME, after:2026-01-31, before:2026-12-31"));
    m_search->setClearButtonEnabled(false);
    m_search->installEventFilter(this);
    QAction *glass =
        m_search->addAction(appearance.icon(QStringLiteral("search")), QLineEdit::LeadingPosition);
    connect(&appearance, &Appearance::changed, this,
            [this, glass] { glass->setIcon(m_appearance.icon(QStringLiteral("search"))); });

    m_view->setModel(&m_model);
    m_view->setItemDelegate(new Delegate(this));
    m_view->setMouseTracking(true);
    m_view->setSelectionMode(QAbstractItemView::SingleSelection);
    m_view->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_view->setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    m_view->verticalScrollBar()->setSingleStep(30);
    m_view->setContextMenuPolicy(Qt::CustomContextMenu);
    m_view->setAccessibleName(tr("Chats"));
    m_view->setFrameShape(QFrame::NoFrame);
    m_view->viewport()->setAutoFillBackground(false);
    m_view->installEventFilter(this);
    moveWithJk(m_view);
    m_drag = new ConversationDrag(*m_view, m_model, [this](const QPoint &at) { return isOnHead(at); });
    m_empty->setWordWrap(true);
    m_empty->setContentsMargins(8, 16, 8, 0);
    m_empty->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    m_empty->setTextFormat(Qt::RichText);
    m_undo->hide();

    auto *head = new QHBoxLayout;
    head->setSpacing(6);
    head->addWidget(m_search, 1);
    head->addWidget(m_new);
    auto *all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->setSpacing(0);
    all->addLayout(head);
    all->addWidget(m_empty);
    all->addWidget(m_view, 1);
    all->addWidget(m_undo);

    connect(m_search, &QLineEdit::textChanged, this, [this](const QString &text) {
        m_model.find(text);
        updateEmpty();
    });
    connect(m_new, &IconButton::clicked, this, &ConversationList::newChatRequested);
    connect(m_view, &QListView::clicked, this,
            [this](const QModelIndex &index) { open(index); });
    connect(m_view, &QListView::activated, this, [this](const QModelIndex &index) { open(index); });
    connect(m_view, &QListView::doubleClicked, this,
            [this](const QModelIndex &index) { rename(idAt(index)); });
    connect(m_view, &QListView::customContextMenuRequested, this, &ConversationList::showMenu);
    connect(&m_model, &QAbstractItemModel::modelReset, this, &ConversationList::updateEmpty);
    connect(&m_model, &QAbstractItemModel::rowsInserted, this, &ConversationList::updateEmpty);
    connect(&m_model, &QAbstractItemModel::rowsRemoved, this, &ConversationList::updateEmpty);
    connect(&m_model, &QAbstractItemModel::rowsMoved, this, &ConversationList::updateEmpty);
    connect(&m_model, &Model::loaded, this, &ConversationList::updateEmpty);
    connect(&m_model, &Model::searched, this, &ConversationList::updateEmpty);
    connect(m_empty, &QLabel::linkActivated, this, [this] {
        m_model.showArchived(true);
        updateEmpty();
    });
    connect(&m_model, &Model::removed, this, [this](qint64, const QString &title) {
        offerUndo(tr("Deleted “%1”.").arg(title.isEmpty() ? tr("New chat") : title.left(60)), &Model::undoRemove);
    });
    connect(&m_model, &Model::folderRemoved, this, [this](const QString &name) {
        offerUndo(tr("Removed the folder “%1”. Its chats stay.").arg(name.left(60)), &Model::undoRemoveFolder);
    });
    connect(&m_model, &Model::restored, m_undo, &QWidget::hide);
    m_undoTimer.setSingleShot(true);
    connect(&m_undoTimer, &QTimer::timeout, m_undo, &QWidget::hide);
    connect(&appearance, &Appearance::changed, this, &ConversationList::updateEmpty);
    updateEmpty();
}

void ConversationList::offerUndo(const QString &words, void (app::ConversationListModel::*undo)())
{
    m_undo->clearActions();
    m_undo->setWords(QString(), words);
    connect(m_undo->addAction(tr("Undo")), &TextButton::clicked, this, [this, undo] {
        (m_model.*undo)();
        m_undo->hide();
    });
    m_undo->show();
    m_undoTimer.start(kUndoMs);
}

bool ConversationList::isOnHead(const QPoint &at) const
{
    const QModelIndex index = m_view->indexAt(at);
    return index.isValid() && beginsGroup(index) && at.y() <= m_view->visualRect(index).bottom() - rowHeight(index);
}

qint64 ConversationList::idAt(const QModelIndex &index) const
{
    return index.data(Model::IdRole).toLongLong();
}

void ConversationList::open(const QModelIndex &index)
{
    const qint64 id = idAt(index);
    Q_EMIT opened(id);
}

void ConversationList::setCurrent(qint64 id)
{
    m_current = id;
    updateCurrent();
}

void ConversationList::updateCurrent()
{
    const int row = m_model.rowOf(m_current);
    if (row >= 0) {
        m_view->setCurrentIndex(m_model.index(row));
        m_view->scrollTo(m_model.index(row));
    } else {
        m_view->setCurrentIndex(QModelIndex());
    }
    m_view->viewport()->update();
}

void ConversationList::setBusy(const QSet<qint64> &ids)
{
    m_busy = ids;
    m_view->viewport()->update();
}

void ConversationList::focusSearch()
{
    m_search->setFocus(Qt::ShortcutFocusReason);
    m_search->selectAll();
}

void ConversationList::updateEmpty()
{
    const bool none = m_model.rowCount() == 0;
    const bool searching = !m_search->text().trimmed().isEmpty();
    m_empty->setFont(m_appearance.font(FontRole::Small));
    QPalette palette = m_empty->palette();
    palette.setColor(QPalette::WindowText, m_appearance.theme().text3);
    m_empty->setPalette(palette);
    QString words = tr("Your chats will be listed here. They stay on this computer.");
    if (searching) {
        words = tr("No chat contains “%1”.").arg(m_search->text().trimmed().left(40).toHtmlEscaped());
        if (m_model.hiddenFound() > 0)
            words += QStringLiteral("<br><a href=\"archived\" style=\"color:%1\">%2</a>")
                         .arg(m_appearance.theme().accentText.name(), tr("Search archived chats"));
        if (m_model.unread() > 0)
            words += QStringLiteral("<br>") + tr("Not searched yet: %1.").arg(messageCount(m_model.unread()));
    }
    m_empty->setText(words);
    m_empty->setVisible(none && (searching ? !m_model.isSearching() : m_model.isLoaded()));
    // An invisible view keeps the room, so that the notice stays at the foot.
    m_view->doItemsLayout();
    updateCurrent();
}

void ConversationList::showMenu(const QPoint &at)
{
    const QModelIndex index = m_view->indexAt(at);
    QMenu menu(this);
    if (isOnHead(at)) {
        addFolderActions(menu, m_model, index.data(Model::FolderRole).toLongLong(), window());
        menu.addSeparator();
    } else if (index.isValid()) {
        const qint64 id = idAt(index);
        menu.addAction(m_appearance.icon(QStringLiteral("edit")), tr("Rename"), this, [this, id] { rename(id); })
            ->setShortcut(actionShortcut("chat.rename"));
        addConversationActions(menu, m_appearance, m_model, id, window());
        menu.addSeparator();
    }
    Q_EMIT menuRequested(&menu);
    menu.exec(m_view->viewport()->mapToGlobal(at));
}

qint64 ConversationList::focusedId() const
{
    return m_view->hasFocus() ? idAt(m_view->currentIndex()) : 0;
}

void ConversationList::rename(qint64 id)
{
    const int row = m_model.rowOf(id);
    if (row < 0)
        return;
    finishRename(true);
    const QModelIndex index = m_model.index(row);
    m_view->scrollTo(index);
    QRect rect = m_view->visualRect(index);
    rect.setTop(rect.bottom() + 1 - rowHeight(index));
    rect.setHeight(kRow);
    m_editedId = id;
    m_editor = new QLineEdit(m_model.conversation(row).title, m_view->viewport());
    m_editor->setProperty("quiet", true);
    m_editor->setMaxLength(200);
    m_editor->setAccessibleName(tr("New title"));
    m_editor->setGeometry(rect.adjusted(0, 0, 0, 0));
    m_editor->installEventFilter(this);
    m_editor->show();
    m_editor->selectAll();
    m_editor->setFocus(Qt::OtherFocusReason);
}

void ConversationList::finishRename(bool keep)
{
    if (!m_editor)
        return;
    QLineEdit *editor = std::exchange(m_editor, nullptr);
    const QString title = editor->text().simplified();
    if (keep && !title.isEmpty())
        m_model.rename(m_editedId, title);
    editor->hide();
    editor->deleteLater();
    m_view->setFocus(Qt::OtherFocusReason);
}

bool ConversationList::eventFilter(QObject *watched, QEvent *event)
{
    if (watched == m_editor) {
        if (event->type() == QEvent::FocusOut) {
            finishRename(true);
            return false;
        }
        if (event->type() == QEvent::KeyPress || event->type() == QEvent::ShortcutOverride) {
            const int key = static_cast<QKeyEvent *>(event)->key();
            if (key == Qt::Key_Escape || key == Qt::Key_Return || key == Qt::Key_Enter) {
                event->accept();
                if (event->type() == QEvent::KeyPress)
                    finishRename(key != Qt::Key_Escape);
                return true;
            }
        }
    } else if (watched == m_search && event->type() == QEvent::KeyPress) {
        const int key = static_cast<QKeyEvent *>(event)->key();
        if (key == Qt::Key_Escape && !m_search->text().isEmpty()) {
            m_search->clear();
            return true;
        }
        if (key == Qt::Key_Down && m_model.rowCount() > 0) {
            m_view->setFocus(Qt::TabFocusReason);
            m_view->setCurrentIndex(m_model.index(0));
            return true;
        }
        if ((key == Qt::Key_Return || key == Qt::Key_Enter) && m_model.rowCount() > 0) {
            open(m_model.index(0));
            return true;
        }
    } else if (watched == m_view && event->type() == QEvent::KeyPress && m_view->currentIndex().isValid()) {
        const int key = static_cast<QKeyEvent *>(event)->key();
        if (key == Qt::Key_Delete) {
            m_model.remove(idAt(m_view->currentIndex()));
            return true;
        }
        if (key == Qt::Key_Return || key == Qt::Key_Enter) {
            open(m_view->currentIndex());
            return true;
        }
    }
    return QWidget::eventFilter(watched, event);
}

} // namespace ui
