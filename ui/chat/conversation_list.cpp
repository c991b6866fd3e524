#include "ui/chat/conversation_list.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLabel>
#include <QLineEdit>
#include <QMenu>
#include <QPainter>
#include <QScrollBar>
#include <QStyledItemDelegate>
#include <QVBoxLayout>

namespace ui {

namespace {

constexpr int kRow = 30;
constexpr int kGroupHead = 32; // 12 above, 16 of words, 4 below
constexpr int kUndoMs = 10000;
using Model = app::ConversationListModel;

bool beginsGroup(const QModelIndex &index)
{
    return index.row() == 0 ||
           index.data(Model::GroupRole) != index.sibling(index.row() - 1, 0).data(Model::GroupRole);
}

} // namespace

class ConversationList::Delegate : public QStyledItemDelegate
{
public:
    explicit Delegate(ConversationList *list) : QStyledItemDelegate(list), m_list(list) {}

    QSize sizeHint(const QStyleOptionViewItem &, const QModelIndex &index) const override
    {
        return {100, kRow + (beginsGroup(index) ? kGroupHead : 0)};
    }

    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override
    {
        const Appearance &appearance = m_list->m_appearance;
        const Theme &theme = appearance.theme();
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        QRect row = option.rect;
        if (beginsGroup(index)) {
            row.setTop(option.rect.bottom() + 1 - kRow);
            painter->setFont(appearance.font(FontRole::Caption));
            painter->setPen(theme.text3);
            painter->drawText(QRect(row.left() + 8, row.top() - 20, row.width() - 16, 16), Qt::AlignVCenter,
                              index.data(Model::GroupNameRole).toString());
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
        painter->setFont(appearance.font(FontRole::Ui));
        painter->setPen(current || hovered ? theme.text : theme.text2);
        const QRect words(row.left() + 8, row.top(), right - row.left() - 8, row.height());
        painter->drawText(
            words, Qt::AlignVCenter | Qt::TextSingleLine,
            painter->fontMetrics().elidedText(index.data(Qt::DisplayRole).toString().simplified(),
                                              Qt::ElideRight, words.width()));
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
    m_new->setName(tr("New chat"), tr("Ctrl+N"));
    m_search->setProperty("quiet", true);
    m_search->setPlaceholderText(tr("Find by title"));
    m_search->setAccessibleName(tr("Find a chat by its title"));
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
    m_empty->setWordWrap(true);
    m_empty->setContentsMargins(8, 16, 8, 0);
    m_empty->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    m_empty->setTextFormat(Qt::PlainText);
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
            [this](const QModelIndex &index) { Q_EMIT opened(idAt(index)); });
    connect(m_view, &QListView::activated, this,
            [this](const QModelIndex &index) { Q_EMIT opened(idAt(index)); });
    connect(m_view, &QListView::doubleClicked, this,
            [this](const QModelIndex &index) { rename(idAt(index)); });
    connect(m_view, &QListView::customContextMenuRequested, this, &ConversationList::showMenu);
    connect(&m_model, &QAbstractItemModel::modelReset, this, &ConversationList::updateEmpty);
    connect(&m_model, &QAbstractItemModel::rowsInserted, this, &ConversationList::updateEmpty);
    connect(&m_model, &QAbstractItemModel::rowsRemoved, this, &ConversationList::updateEmpty);
    connect(&m_model, &QAbstractItemModel::rowsMoved, this, &ConversationList::updateEmpty);
    connect(&m_model, &Model::loaded, this, &ConversationList::updateEmpty);
    connect(&m_model, &Model::removed, this, [this](qint64, const QString &title) {
        m_undo->clearActions();
        m_undo->setWords(QString(),
                         tr("Deleted “%1”.").arg(title.isEmpty() ? tr("New chat") : title.left(60)));
        TextButton *undo = m_undo->addAction(tr("Undo"));
        connect(undo, &TextButton::clicked, this, [this] {
            m_model.undoRemove();
            m_undo->hide();
        });
        m_undo->show();
        m_undoTimer.start(kUndoMs);
    });
    m_undoTimer.setSingleShot(true);
    connect(&m_undoTimer, &QTimer::timeout, m_undo, &QWidget::hide);
    connect(&appearance, &Appearance::changed, this, &ConversationList::updateEmpty);
    updateEmpty();
}

qint64 ConversationList::idAt(const QModelIndex &index) const
{
    return index.data(Model::IdRole).toLongLong();
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
    m_empty->setText(searching ? tr("No chat is titled “%1”.").arg(m_search->text().trimmed().left(40))
                               : tr("Your chats will be listed here. They stay on this computer."));
    m_empty->setVisible(none && (searching || m_model.isLoaded()));
    // An invisible view keeps the room, so that the notice stays at the foot.
    m_view->doItemsLayout();
    updateCurrent();
}

void ConversationList::showMenu(const QPoint &at)
{
    const QModelIndex index = m_view->indexAt(at);
    if (!index.isValid())
        return;
    const qint64 id = idAt(index);
    const bool pinned = index.data(Model::PinnedRole).toBool();
    QMenu menu(this);
    menu.addAction(m_appearance.icon(QStringLiteral("edit")), tr("Rename"), this, [this, id] { rename(id); })
        ->setShortcut(Qt::Key_F2);
    menu.addAction(m_appearance.icon(QStringLiteral("pin")), pinned ? tr("Unpin") : tr("Pin"), this,
                   [this, id, pinned] { m_model.setPinned(id, !pinned); });
    menu.addSeparator();
    menu.addAction(m_appearance.icon(QStringLiteral("trash"), 16, m_appearance.theme().danger), tr("Delete"),
                   this, [this, id] { m_model.remove(id); })
        ->setShortcut(Qt::Key_Delete);
    menu.exec(m_view->viewport()->mapToGlobal(at));
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
    rect.setTop(rect.bottom() + 1 - kRow);
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
            Q_EMIT opened(idAt(m_model.index(0)));
            return true;
        }
    } else if (watched == m_view && event->type() == QEvent::KeyPress && m_view->currentIndex().isValid()) {
        const int key = static_cast<QKeyEvent *>(event)->key();
        if (key == Qt::Key_F2) {
            rename(idAt(m_view->currentIndex()));
            return true;
        }
        if (key == Qt::Key_Delete) {
            m_model.remove(idAt(m_view->currentIndex()));
            return true;
        }
        if (key == Qt::Key_Return || key == Qt::Key_Enter) {
            Q_EMIT opened(idAt(m_view->currentIndex()));
            return true;
        }
    }
    return QWidget::eventFilter(watched, event);
}

} // namespace ui
