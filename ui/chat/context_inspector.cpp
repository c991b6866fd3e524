#include "ui/chat/context_inspector.h"

#include "ui/widgets/figures.h"

#include <QHBoxLayout>
#include <QHelpEvent>
#include <QKeyEvent>
#include <QLabel>
#include <QMouseEvent>
#include <QPainter>
#include <QScrollBar>
#include <QToolTip>
#include <QVBoxLayout>

namespace ui {

namespace {

constexpr int kMargin = kSidePaneMargin;
constexpr int kButton = 24;

QString iconOf(ContextAction action)
{
    switch (action) {
    case ContextAction::Pin:
    case ContextAction::Unpin:
        return QStringLiteral("pin");
    case ContextAction::SummariseUpTo:
        return QStringLiteral("summarise");
    case ContextAction::LeaveOut:
        return QStringLiteral("close");
    default:
        return QStringLiteral("undo");
    }
}

QString wordsOf(ContextAction action)
{
    switch (action) {
    case ContextAction::Pin:
        return RowsModel::tr("Pin: it always stays (P)");
    case ContextAction::Unpin:
        return RowsModel::tr("Unpin (P)");
    case ContextAction::SummariseUpTo:
        return RowsModel::tr("Summarise up to here (S)");
    case ContextAction::LeaveOut:
        return RowsModel::tr("Leave out (Delete)");
    case ContextAction::BringBack:
        return RowsModel::tr("Bring back (B)");
    case ContextAction::Show:
        break;
    }
    return RowsModel::tr("Show (Enter)");
}

} // namespace

void RowsModel::setMap(const app::ContextMap &map, const app::ContextCounter &counter, bool canWork)
{
    using Type = ContextRow::Type;
    QVector<ContextRow> rows;
    const auto group = [&](ContextKind kind) {
        ContextRow row;
        row.type = Type::Group;
        row.kind = kind;
        row.tokens = map.of(kind);
        rows << row;
    };
    const auto note = [&](const QString &words) {
        ContextRow row;
        row.type = Type::Note;
        row.words = words;
        rows << row;
    };
    const auto parts = [&](ContextKind kind) {
        for (const app::ContextPart &part : map.parts) {
            if (part.kind != kind)
                continue;
            ContextRow row;
            row.kind = kind;
            row.part = part;
            row.tokens = part.tokens;
            rows << row;
        }
    };
    const auto has = [&](ContextKind kind) {
        return std::any_of(map.parts.begin(), map.parts.end(), [kind](const app::ContextPart &part) { return part.kind == kind; });
    };
    if (map.limit > 0) {
        group(ContextKind::Instructions);
        for (const ContextKind kind : {ContextKind::Pinned, ContextKind::Files}) {
            if (has(kind)) {
                group(kind);
                parts(kind);
            }
        }
        group(ContextKind::Conversation);
        parts(ContextKind::Conversation);
        if (map.reasoning > 0) {
            ContextRow row;
            row.type = Type::Group;
            row.isReasoning = true;
            rows << row;
            note(tr("Left out: %1 that the model does not read again").arg(tokenCount(map.reasoning)));
        }
        group(ContextKind::Draft);
        for (const Type type : {Type::Rule, Type::Kept, Type::Free}) {
            ContextRow row;
            row.type = type;
            row.tokens = type == Type::Kept ? map.kept : map.free();
            rows << row;
        }
    }
    m_counter = &counter;
    m_canWork = canWork;
    // The same rows with other figures: what is selected and scrolled stays.
    if (rows.size() == m_rows.size()) {
        m_rows = rows;
        if (!rows.isEmpty())
            Q_EMIT dataChanged(index(0), index(rowCount() - 1));
        return;
    }
    beginResetModel();
    m_rows = rows;
    endResetModel();
}

QString RowsModel::nameOf(int i) const
{
    const ContextRow &row = m_rows[i];
    switch (row.type) {
    case ContextRow::Type::Group:
        return row.isReasoning ? tr("Reasoning") : contextKindName(row.kind);
    case ContextRow::Type::Part:
        if (row.part.isSummary)
            return tr("Summary of %1").arg(turnCount(row.part.turns));
        return m_counter ? m_counter->nameOf(row.part) : QString();
    case ContextRow::Type::Note:
        return row.words;
    case ContextRow::Type::Kept:
        return tr("Kept for the answer");
    case ContextRow::Type::Free:
        return tr("Free");
    case ContextRow::Type::Rule:
        break;
    }
    return QString();
}

QVector<ContextAction> RowsModel::actionsOf(int i) const
{
    const ContextRow &row = m_rows[i];
    if (!m_canWork || row.type != ContextRow::Type::Part)
        return {};
    if (row.part.isSummary || row.part.sight == app::Sight::LeftOut)
        return {ContextAction::BringBack};
    if (row.part.sight == app::Sight::Summarised)
        return {};
    if (row.kind == ContextKind::Pinned)
        return {ContextAction::Unpin, ContextAction::LeaveOut};
    if (row.kind == ContextKind::Files)
        return {ContextAction::Pin, ContextAction::LeaveOut};
    return {ContextAction::Pin, ContextAction::SummariseUpTo, ContextAction::LeaveOut};
}

QVariant RowsModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const ContextRow &row = m_rows[index.row()];
    if (role == Qt::AccessibleTextRole || role == Qt::DisplayRole) {
        if (row.type == ContextRow::Type::Rule)
            return QString();
        const QString sight = row.part.sight == app::Sight::LeftOut      ? tr(", left out")
                              : row.part.sight == app::Sight::Summarised ? tr(", in the summary")
                                                                         : QString();
        return row.type == ContextRow::Type::Note ? row.words : tr("%1, %2%3").arg(nameOf(index.row()), tokenCount(row.tokens), sight);
    }
    if (role == Qt::ToolTipRole) {
        if (row.part.sight == app::Sight::LeftOut)
            return tr("Not seen by the model. It stays in the chat.");
        if (row.part.sight == app::Sight::Summarised)
            return tr("The model sees the summary in its place.");
        if (row.part.isSummary)
            return tr("The model sees it in place of these turns. It stands in the chat.");
        return row.type == ContextRow::Type::Part ? nameOf(index.row()) : QString();
    }
    return {};
}

Qt::ItemFlags RowsModel::flags(const QModelIndex &index) const
{
    return index.isValid() && m_rows[index.row()].type == ContextRow::Type::Part ? Qt::ItemIsEnabled | Qt::ItemIsSelectable : Qt::ItemIsEnabled;
}

int RowsModel::rowOfGroup(ContextKind kind) const
{
    for (int i = 0; i < m_rows.size(); ++i)
        if (m_rows[i].type == ContextRow::Type::Group && !m_rows[i].isReasoning && m_rows[i].kind == kind)
            return i;
    return 0;
}

RowDelegate::RowDelegate(const Appearance &appearance, const RowsModel &rows, QObject *parent)
    : QStyledItemDelegate(parent), m_appearance(appearance), m_rows(rows)
{}

QSize RowDelegate::sizeHint(const QStyleOptionViewItem &, const QModelIndex &index) const
{
    switch (m_rows.row(index.row()).type) {
    case ContextRow::Type::Note:
        return {100, 20};
    case ContextRow::Type::Rule:
        return {100, 17};
    case ContextRow::Type::Part:
        return {100, 28};
    default:
        return {100, 30};
    }
}

QRect RowDelegate::buttonRect(const QRect &row, int fromRight) const
{
    return QRect(row.right() + 1 - kMargin + 4 - (fromRight + 1) * kButton, row.top() + (row.height() - kButton) / 2, kButton, kButton);
}

int RowDelegate::buttonAt(const QPoint &point, const QRect &row, int count) const
{
    for (int i = 0; i < count; ++i)
        if (buttonRect(row, count - 1 - i).contains(point))
            return i;
    return -1;
}

void RowDelegate::paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const
{
    using Type = ContextRow::Type;
    const Theme &theme = m_appearance.theme();
    const ContextRow &row = m_rows.row(index.row());
    const QRect rect = option.rect;
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    if (row.type == Type::Rule) {
        painter->fillRect(QRect(rect.left() + kMargin, rect.center().y(), rect.width() - 2 * kMargin, 1), theme.border);
        painter->restore();
        return;
    }
    const bool hovered = option.state & QStyle::State_MouseOver, selected = option.state & QStyle::State_Selected;
    const QVector<ContextAction> actions = hovered || selected ? m_rows.actionsOf(index.row()) : QVector<ContextAction>();
    if (row.type == Type::Part && (hovered || selected))
        painter->fillRect(rect, selected && (option.state & QStyle::State_HasFocus) ? theme.accentSoft : theme.hover);
    const bool group = row.type != Type::Part && row.type != Type::Note;
    if (group) {
        const QRectF square(rect.left() + kMargin, rect.center().y() - 4.5, 10, 10);
        if (row.type == Type::Kept) {
            paintHatch(*painter, square, theme.mapKept, theme.mapConversation);
        } else {
            painter->setPen(Qt::NoPen);
            painter->setBrush(row.type == Type::Free ? theme.mapFree : row.isReasoning ? theme.mapReasoning : contextKindColor(theme, row.kind));
            painter->drawRoundedRect(square, 2.5, 2.5);
        }
    }
    int left = rect.left() + kMargin + 20;
    if (row.type == Type::Part) {
        const QString icon = row.part.isSummary                          ? QStringLiteral("summarise")
                             : row.part.attachmentId != 0                ? QStringLiteral("file")
                             : row.kind == ContextKind::Pinned           ? QStringLiteral("pin")
                             : row.part.sight == app::Sight::LeftOut     ? QStringLiteral("eye")
                             : row.part.sight == app::Sight::Summarised  ? QStringLiteral("summarise")
                                                                         : QStringLiteral("chat");
        painter->drawPixmap(QPoint(left, rect.top() + (rect.height() - 14) / 2), m_appearance.pixmap(icon, 14, theme.text3, painter->device()->devicePixelRatioF()));
        left += 20;
    }
    QFont font = m_appearance.font(row.type == Type::Part || row.type == Type::Note ? FontRole::Small : FontRole::Ui);
    const bool unseen = row.type == Type::Part && row.part.sight != app::Sight::Seen;
    font.setStrikeOut(row.type == Type::Part && row.part.sight == app::Sight::LeftOut);
    painter->setFont(font);
    painter->setPen(row.type == Type::Note || unseen ? theme.text3 : group ? theme.text : theme.text2);
    const QString figure = row.type == Type::Note ? QString() : unseen && row.part.sight == app::Sight::Summarised ? QString() : withCommas(row.tokens);
    const int figureWidth = actions.isEmpty() ? painter->fontMetrics().horizontalAdvance(figure) : int(actions.size()) * kButton;
    const QRect words(left, rect.top(), rect.right() - kMargin - figureWidth - 10 - left, rect.height());
    painter->drawText(words, Qt::AlignVCenter | Qt::TextSingleLine,
                      painter->fontMetrics().elidedText(m_rows.nameOf(index.row()).simplified(), Qt::ElideRight, words.width()));
    if (actions.isEmpty()) {
        font.setStrikeOut(false);
        painter->setFont(font);
        painter->drawText(rect.adjusted(0, 0, -kMargin, 0), Qt::AlignRight | Qt::AlignVCenter, figure);
    }
    for (int i = 0; i < actions.size(); ++i) {
        const QRect button = buttonRect(rect, int(actions.size()) - 1 - i);
        const QPoint pointer = option.widget ? option.widget->mapFromGlobal(QCursor::pos()) : QPoint(-1, -1);
        const bool over = hovered && button.contains(pointer);
        if (over) {
            painter->setPen(Qt::NoPen);
            painter->setBrush(theme.pressed);
            painter->drawRoundedRect(button.adjusted(1, 1, -1, -1), 5, 5);
        }
        painter->drawPixmap(button.topLeft() + QPoint(5, 5),
                            m_appearance.pixmap(iconOf(actions[i]), 14,
                                                actions[i] == ContextAction::Unpin ? theme.accentText : over ? theme.text : theme.text2,
                                                painter->device()->devicePixelRatioF()));
    }
    painter->restore();
}

bool RowDelegate::editorEvent(QEvent *event, QAbstractItemModel *, const QStyleOptionViewItem &option, const QModelIndex &index)
{
    if (event->type() != QEvent::MouseButtonRelease || static_cast<QMouseEvent *>(event)->button() != Qt::LeftButton)
        return false;
    const QVector<ContextAction> actions = m_rows.actionsOf(index.row());
    const int at = buttonAt(static_cast<QMouseEvent *>(event)->pos(), option.rect, int(actions.size()));
    if (at >= 0)
        Q_EMIT acted(actions[at], index.row());
    else if (m_rows.row(index.row()).type == ContextRow::Type::Part)
        Q_EMIT acted(ContextAction::Show, index.row());
    return true;
}

bool RowDelegate::helpEvent(QHelpEvent *event, QAbstractItemView *view, const QStyleOptionViewItem &option, const QModelIndex &index)
{
    if (event->type() == QEvent::ToolTip && index.isValid()) {
        const QVector<ContextAction> actions = m_rows.actionsOf(index.row());
        const int at = buttonAt(event->pos(), option.rect, int(actions.size()));
        if (at >= 0) {
            QToolTip::showText(event->globalPos(), wordsOf(actions[at]), view);
            return true;
        }
    }
    return QStyledItemDelegate::helpEvent(event, view, option, index);
}

namespace {

// Keys act on the row that is chosen.
class RowList : public QListView
{
public:
    RowList(const RowsModel &rows, QWidget *parent) : QListView(parent), m_rows(rows) {}
    std::function<void(ContextAction, int)> act;

protected:
    void keyPressEvent(QKeyEvent *event) override
    {
        const int row = currentIndex().row();
        const QVector<ContextAction> actions = row >= 0 ? m_rows.actionsOf(row) : QVector<ContextAction>();
        const auto wanted = [&](std::initializer_list<ContextAction> choices) {
            for (const ContextAction action : choices)
                if (actions.contains(action)) {
                    act(action, row);
                    return;
                }
        };
        switch (event->key()) {
        case Qt::Key_P:
            wanted({ContextAction::Pin, ContextAction::Unpin});
            break;
        case Qt::Key_S:
            wanted({ContextAction::SummariseUpTo});
            break;
        case Qt::Key_Delete:
        case Qt::Key_Backspace:
            wanted({ContextAction::LeaveOut});
            break;
        case Qt::Key_B:
            wanted({ContextAction::BringBack});
            break;
        case Qt::Key_Return:
        case Qt::Key_Enter:
            if (row >= 0 && m_rows.row(row).type == ContextRow::Type::Part)
                act(ContextAction::Show, row);
            break;
        default:
            QListView::keyPressEvent(event);
        }
    }

private:
    const RowsModel &m_rows;
};

} // namespace

ContextInspector::ContextInspector(const Appearance &appearance, QWidget *parent)
    : SidePane(appearance, tr("Context"), tr("Close the inspector"), parent), m_rows(new RowsModel(this)), m_list(nullptr),
      m_figure(new QLabel(this)), m_of(new QLabel(this)), m_promise(new QLabel(this)),
      m_summarise(new TextButton(appearance, tr("Summarise older"), TextButton::Kind::Outlined, this))
{
    setAccessibleName(tr("Inspector: context"));
    auto *list = new RowList(*m_rows, this);
    m_list = list;
    auto *delegate = new RowDelegate(appearance, *m_rows, this);
    m_list->setModel(m_rows);
    m_list->setItemDelegate(delegate);
    m_list->setAccessibleName(tr("Parts of the context"));
    setUpList(m_list);
    // A copy of the part: the rows may change under it.
    const auto act = [this](ContextAction action, int row) { Q_EMIT actionRequested(action, app::ContextPart(m_rows->row(row).part)); };
    list->act = act;
    connect(delegate, &RowDelegate::acted, this, act);

    auto *figure = new QHBoxLayout;
    figure->setContentsMargins(kMargin, 12, kMargin, 10);
    figure->setSpacing(7);
    figure->addWidget(m_figure, 0, Qt::AlignBaseline);
    figure->addWidget(m_of, 1, Qt::AlignBaseline);
    auto *foot = new QVBoxLayout;
    foot->setContentsMargins(kMargin, 12, kMargin, 16);
    foot->setSpacing(10);
    m_promise->setWordWrap(true);
    foot->addWidget(m_promise);
    m_summarise->setIconName(QStringLiteral("summarise"));
    m_summarise->setButtonHeight(28);
    connect(m_summarise, &TextButton::clicked, this, &ContextInspector::summariseRequested);
    foot->addWidget(m_summarise, 0, Qt::AlignLeft);
    column()->addLayout(figure);
    column()->addWidget(m_list, 1);
    column()->addLayout(foot);
    connect(&appearance, &Appearance::changed, this, &ContextInspector::restyle);
    restyle();
}

void ContextInspector::restyle()
{
    const Theme &theme = appearance().theme();
    styleLabel(m_figure, appearance().font(FontRole::Figure), theme.text);
    styleLabel(m_of, appearance().font(FontRole::Ui), theme.text2);
    styleLabel(m_promise, appearance().font(FontRole::Small), theme.text2);
    QPalette palette = m_list->palette();
    palette.setColor(QPalette::Base, theme.surface);
    m_list->setPalette(palette);
}

void ContextInspector::setMap(const app::ContextMap &map, const app::ContextCounter &counter, bool canWork)
{
    m_rows->setMap(map, counter, canWork);
    m_figure->setText(map.used < 0 ? QStringLiteral("–") : withCommas(map.used));
    m_of->setText(map.limit > 0 ? tr("of %1 tokens used").arg(withCommas(map.limit)) : tr("No model is loaded"));
    m_promise->setText(map.limit > 0 ? tr("Nothing is ever dropped without asking. At %1 tokens you choose: summarise, leave out or a new chat.").arg(withCommas(map.limit))
                                     : tr("With a model this shows what it sees."));
    m_summarise->setEnabled(canWork);
    m_summarise->setVisible(map.limit > 0);
}

void ContextInspector::showKind(ContextKind kind)
{
    const int row = m_rows->rowOfGroup(kind);
    m_list->scrollTo(m_rows->index(row), QAbstractItemView::PositionAtTop);
    for (int i = row; i < m_rows->rowCount(); ++i)
        if (m_rows->flags(m_rows->index(i)) & Qt::ItemIsSelectable) {
            m_list->setCurrentIndex(m_rows->index(i));
            break;
        }
    m_list->setFocus(Qt::OtherFocusReason);
}

void ContextInspector::paintEvent(QPaintEvent *event)
{
    SidePane::paintEvent(event);
    QPainter(this).fillRect(QRect(0, m_promise->y() - 12, width(), 1), appearance().theme().border);
}

} // namespace ui
