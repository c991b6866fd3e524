#include "ui/chat/message_tree_view.h"

#include "ui/chat/attachment_words.h"

#include <QLocale>
#include <QPainter>
#include <QPainterPath>
#include <QScrollBar>
#include <QVBoxLayout>

#include <algorithm>
#include <utility>

namespace ui {

namespace {

constexpr int kRow = 42, kLane = 14; // px
constexpr int kMostLanes = 7;        // deeper branches stand in the last one: the words need room
constexpr qsizetype kWords = 160;    // letters of a message that are looked at
constexpr double kDot = 4;           // radius, px

QString start(const QString &text)
{
    return shownName(QStringView(text).trimmed().left(kWords).toString());
}

} // namespace

void TreeListModel::setMessages(const app::MessageListModel *messages)
{
    beginResetModel();
    m_messages = messages;
    m_rows = messages ? app::outline(messages->tree(), messages->leaf()) : QVector<app::OutlineRow>();
    m_rowOf.clear();
    m_rowOf.reserve(m_rows.size());
    for (int i = 0; i < m_rows.size(); ++i)
        m_rowOf.insert(m_rows[i].id, i);
    endResetModel();
}

void TreeListModel::tellChanged(qint64 message)
{
    if (const int row = rowOf(message); row >= 0)
        Q_EMIT dataChanged(index(row), index(row));
}

QString TreeListModel::speaker(int row) const
{
    const app::MessageRecord &record = message(row);
    if (record.role == app::Role::User)
        return tr("You");
    return record.model.isEmpty() ? tr("Answer") : shownName(record.model);
}

QString TreeListModel::version(int row) const
{
    const QVector<qint64> &versions = m_messages->tree().siblings(m_rows[row].id);
    return versions.size() < 2 ? QString() : QStringLiteral("%1/%2").arg(versions.indexOf(m_rows[row].id) + 1).arg(versions.size());
}

QVariant TreeListModel::data(const QModelIndex &index, int role) const
{
    if (!m_messages || !checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const app::MessageRecord &record = message(index.row());
    if (role == Qt::DisplayRole) {
        if (const QString words = start(record.content); !words.isEmpty())
            return words;
        if (!record.attachments.isEmpty())
            return shownName(record.attachments.first().name);
        if (const QString words = start(record.reasoning); !words.isEmpty())
            return tr("Thought: %1").arg(words);
        switch (record.state) {
        case app::MessageState::Streaming:
            return tr("Not written yet");
        case app::MessageState::Failed:
            return tr("Failed: %1").arg(start(record.error));
        default:
            return tr("No words");
        }
    }
    const QString time = QLocale().toString(QDateTime::fromMSecsSinceEpoch(record.created), QLocale::ShortFormat);
    if (role == Qt::ToolTipRole)
        return asPlainTip(QStringLiteral("%1 · %2\n%3").arg(speaker(index.row()), time, record.content.left(3 * kWords)));
    if (role == Qt::AccessibleTextRole) {
        QStringList head{speaker(index.row()), time};
        if (const QString which = version(index.row()); !which.isEmpty())
            head << tr("version %1").arg(which);
        if (!row(index.row()).isShown)
            head << tr("on another branch");
        return tr("%1: %2").arg(head.join(QStringLiteral(", ")), data(index, Qt::DisplayRole).toString());
    }
    return {};
}

TreeDelegate::TreeDelegate(const Appearance &appearance, const TreeListModel &rows, QObject *parent)
    : QStyledItemDelegate(parent), m_appearance(appearance), m_rows(rows)
{}

QSize TreeDelegate::sizeHint(const QStyleOptionViewItem &, const QModelIndex &) const
{
    return {100, kRow};
}

void TreeDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    const Theme &theme = m_appearance.theme();
    const app::OutlineRow &row = m_rows.row(index.row());
    const QRect rect = option.rect;
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    const bool selected = option.state & QStyle::State_Selected;
    if (selected || option.state & QStyle::State_MouseOver)
        painter->fillRect(rect, !selected ? theme.hover : option.state & QStyle::State_HasFocus ? theme.accentSoft : theme.pressed);

    const auto centre = [&](int lane) { return rect.left() + kSidePaneMargin + kDot + 1 + kLane * std::min(lane, kMostLanes - 1); };
    const double x = centre(row.lane), top = rect.top(), bottom = rect.bottom() + 1.0, middle = top + kRow / 2.0;
    const auto pen = [&](bool path) { return QPen(path ? theme.accent : theme.control, path ? 2 : 1.2, Qt::SolidLine, Qt::FlatCap); };
    const auto line = [&](int lane, bool above, bool path) {
        painter->setPen(pen(path));
        painter->drawLine(QPointF(centre(lane), above ? top : middle), QPointF(centre(lane), above ? middle : bottom));
    };
    const bool first = index.row() == 0; // nothing comes from above
    for (int lane = 0; lane < row.lane; ++lane) {
        if (!first)
            line(lane, true, lane == 0 && row.pathAbove);
        line(lane, false, lane == 0 && row.pathBelow);
    }
    if (row.begins) {
        QPainterPath bend(QPointF(centre(row.lane - 1), first ? middle : top));
        bend.quadTo(QPointF(centre(row.lane - 1), middle), QPointF(x, middle));
        painter->setPen(pen(false));
        painter->setBrush(Qt::NoBrush);
        painter->drawPath(bend);
    } else if (!first) {
        line(row.lane, true, row.lane == 0 && row.pathAbove);
    }
    if (row.goesOn)
        line(row.lane, false, row.lane == 0 && row.pathBelow);

    // A ring for what was asked, a disc for what was answered.
    const bool asked = m_rows.message(index.row()).role == app::Role::User;
    const QColor &ink = row.isShown ? theme.accent : theme.control;
    painter->setPen(QPen(ink, 2));
    painter->setBrush(asked ? theme.surface : ink);
    painter->drawEllipse(QPointF(x, middle), kDot, kDot);

    const QString version = m_rows.version(index.row());
    QRect words = rect.adjusted(int(x) - rect.left() + 14, 0, -kSidePaneMargin, 0);
    painter->setFont(m_appearance.font(FontRole::Caption));
    painter->setPen(theme.text3);
    const QRect head(words.left(), rect.top() + 4, words.width(), 16);
    painter->drawText(head, Qt::AlignRight | Qt::AlignVCenter, version);
    const int room = head.width() - (version.isEmpty() ? 0 : painter->fontMetrics().horizontalAdvance(version) + 8);
    painter->drawText(head, Qt::AlignVCenter | Qt::TextSingleLine, painter->fontMetrics().elidedText(m_rows.speaker(index.row()), Qt::ElideRight, room));
    painter->setFont(m_appearance.font(FontRole::Ui));
    painter->setPen(row.isShown ? theme.text : theme.text2);
    words = QRect(words.left(), rect.top() + 19, words.width(), 20);
    painter->drawText(words, Qt::AlignVCenter | Qt::TextSingleLine,
                      painter->fontMetrics().elidedText(index.data(Qt::DisplayRole).toString(), Qt::ElideRight, words.width()));
    painter->restore();
}

MessageTreeView::MessageTreeView(const Appearance &appearance, QWidget *parent)
    : SidePane(appearance, tr("Tree"), tr("Close the tree"), parent), m_rows(new TreeListModel(this)), m_list(new QListView(this))
{
    setAccessibleName(tr("Tree of this chat"));
    m_list->setAccessibleName(tr("Messages of all branches"));
    m_list->setModel(m_rows);
    m_list->setItemDelegate(new TreeDelegate(appearance, *m_rows, this));
    m_list->setUniformItemSizes(true); // thousands of rows
    setUpList(m_list);
    column()->addSpacing(6);
    column()->addWidget(m_list, 1);
    const auto go = [this](const QModelIndex &index) { Q_EMIT chosen(qint64(m_rows->row(index.row()).id)); };
    connect(m_list, &QListView::clicked, this, go);
    connect(m_list, &QListView::activated, this, go); // Enter
}

void MessageTreeView::setMessages(app::MessageListModel *messages)
{
    if (m_messages)
        m_messages->disconnect(this);
    m_messages = messages;
    m_rows->setMessages(nullptr); // rows of messages that may be gone
    m_stale = true;
    if (messages) {
        connect(messages, &app::MessageListModel::treeChanged, this, [this] {
            m_stale = true;
            if (!isVisible() || std::exchange(m_layingOut, true))
                return;
            QMetaObject::invokeMethod(this, &MessageTreeView::layOut, Qt::QueuedConnection);
        });
        connect(messages, &QAbstractItemModel::modelReset, this, [this] { m_rows->setMessages(nullptr); }); // those are gone
        connect(messages, &app::MessageListModel::recordChanged, m_rows, &TreeListModel::tellChanged);
        const auto grow = [this](qint64 id, const QString &text) {
            const app::MessageRecord &record = m_messages->tree().at(id);
            if (std::max(record.content.size(), record.reasoning.size()) - text.size() < kWords)
                m_rows->tellChanged(id);
        };
        connect(messages, &app::MessageListModel::textGrew, this, grow);
        connect(messages, &app::MessageListModel::reasoningGrew, this, grow);
    }
    if (isVisible())
        layOut();
}

void MessageTreeView::layOut()
{
    m_layingOut = false;
    if (!std::exchange(m_stale, false))
        return;
    const int current = m_list->currentIndex().row(), scrolled = m_list->verticalScrollBar()->value();
    const bool atEnd = scrolled == m_list->verticalScrollBar()->maximum();
    const qint64 id = current >= 0 ? m_rows->row(current).id : 0;
    m_rows->setMessages(m_messages);
    const int row = m_rows->rowOf(id);
    if (row < 0) { // another chat
        showMessage(m_messages ? m_messages->leaf() : 0);
        return;
    }
    m_list->setCurrentIndex(m_rows->index(row));
    if (atEnd)
        m_list->scrollToBottom();
    else
        m_list->verticalScrollBar()->setValue(scrolled);
}

void MessageTreeView::showEvent(QShowEvent *event)
{
    SidePane::showEvent(event);
    layOut();
}

void MessageTreeView::showMessage(qint64 id)
{
    layOut();
    const int row = m_rows->rowOf(id);
    if (row < 0)
        return;
    m_list->setCurrentIndex(m_rows->index(row));
    m_list->scrollTo(m_rows->index(row), QAbstractItemView::PositionAtCenter);
}

} // namespace ui
