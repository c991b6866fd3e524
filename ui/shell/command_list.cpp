#include "ui/shell/command_list.h"

#include "app/fuzzy_match.h"

#include <QCoreApplication>
#include <QPainter>
#include <QScrollBar>
#include <QStyledItemDelegate>
#include <QTextLayout>

#include <algorithm>

namespace ui {

namespace {

constexpr int kRow = 36, kSecondLine = 18, kPad = 12, kIcon = 16;

} // namespace

QString commandKindName(Command::Kind kind)
{
    switch (kind) {
    case Command::Kind::Action:
        return QCoreApplication::translate("CommandList", "Action");
    case Command::Kind::Chat:
        return QCoreApplication::translate("CommandList", "Chat");
    case Command::Kind::Model:
        return QCoreApplication::translate("CommandList", "Model");
    case Command::Kind::Setting:
        return QCoreApplication::translate("CommandList", "Setting");
    case Command::Kind::Key:
        break;
    }
    return QCoreApplication::translate("CommandList", "Key");
}

void CommandListModel::setCommands(QVector<Command> commands)
{
    m_all = std::move(commands);
    for (Command &command : m_all)
        command.title = command.title.simplified();
    find(m_letters);
}

void CommandListModel::find(const QString &letters)
{
    struct Found
    {
        int index;
        app::FuzzyMatch match;
    };
    std::vector<Found> found;
    const QStringList words = letters.split(QLatin1Char(' '), Qt::SkipEmptyParts);
    for (int i = 0; i < m_all.size(); ++i) {
        if (auto match = app::fuzzyMatch(letters, m_all[i].title))
            found.push_back({i, std::move(*match)});
        else if (const QString &others = m_all[i].others;
                 !others.isEmpty() && std::all_of(words.begin(), words.end(), [&](const QString &word) { return others.contains(word, Qt::CaseInsensitive); }))
            found.push_back({i, {}}); // after what is called that
    }
    std::stable_sort(found.begin(), found.end(), [](const Found &a, const Found &b) { return a.match.score > b.match.score; });
    beginResetModel();
    m_letters = letters;
    m_shown.clear();
    for (Found &each : found)
        m_shown.append({m_all[each.index], std::move(each.match.positions)});
    endResetModel();
}

void CommandListModel::addFound(QVector<Command> commands)
{
    if (commands.isEmpty())
        return;
    beginInsertRows({}, int(m_shown.size()), int(m_shown.size() + commands.size()) - 1);
    for (Command &command : commands)
        m_shown.append({std::move(command), {}});
    endInsertRows();
}

int CommandListModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_shown.size());
}

QVariant CommandListModel::data(const QModelIndex &index, int role) const
{
    if (!index.isValid() || index.row() >= m_shown.size())
        return {};
    const Shown &shown = m_shown[index.row()];
    if (role == Qt::DisplayRole)
        return shown.command.title;
    if (role == MatchedRole)
        return QVariant::fromValue(shown.matched);
    if (role == Qt::AccessibleTextRole) {
        QStringList words{shown.command.title};
        for (const QString &each : {shown.command.keys, shown.command.detail, shown.command.more})
            if (!each.isEmpty())
                words << each;
        return words.join(QStringLiteral(", "));
    }
    return {};
}

class CommandList::Delegate : public QStyledItemDelegate
{
public:
    explicit Delegate(CommandList *list) : QStyledItemDelegate(list), m_list(list) {}

    QSize sizeHint(const QStyleOptionViewItem &, const QModelIndex &index) const override
    {
        return {100, kRow + (commandAt(index).more.isEmpty() ? 0 : kSecondLine)};
    }

    void paint(QPainter *painter, const QStyleOptionViewItem &option, const QModelIndex &index) const override
    {
        const Appearance &appearance = m_list->m_appearance;
        const Theme &theme = appearance.theme();
        const Command &command = commandAt(index);
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing);
        const QRect row = option.rect;
        const bool current = m_list->currentIndex() == index;
        if (current || (option.state & QStyle::State_MouseOver)) {
            painter->setPen(Qt::NoPen);
            painter->setBrush(current ? theme.accentSoft : theme.hover);
            painter->drawRoundedRect(row, 6, 6);
        }
        int left = row.left() + kPad;
        if (!command.icon.isEmpty()) {
            painter->drawPixmap(QPoint(left, row.top() + (kRow - kIcon) / 2),
                                appearance.pixmap(command.icon, kIcon, current ? theme.accentText : theme.text2, m_list->devicePixelRatioF()));
            left += kIcon + kPad;
        }
        const int right = paintRight(*painter, row, command, current);
        paintTitle(*painter, QRect(left, row.top(), right - left - kPad, kRow), index);
        if (!command.more.isEmpty()) {
            painter->setFont(appearance.font(FontRole::Small));
            painter->setPen(theme.text2);
            const QRect place(left, row.top() + kRow - 6, row.right() - kPad - left, kSecondLine);
            painter->drawText(place, Qt::AlignVCenter | Qt::TextSingleLine,
                              painter->fontMetrics().elidedText(command.more, Qt::ElideRight, place.width()));
        }
        painter->restore();
    }

private:
    const Command &commandAt(const QModelIndex &index) const { return static_cast<const CommandListModel *>(index.model())->command(index.row()); }

    // Caps of keys, or the word for what it is; gives where they begin.
    int paintRight(QPainter &painter, const QRect &row, const Command &command, bool current) const
    {
        const Theme &theme = m_list->m_appearance.theme();
        painter.setFont(m_list->m_appearance.font(FontRole::Caption));
        const QString words = command.keys.isEmpty() ? command.detail : command.keys;
        if (words.isEmpty())
            return row.right() - kPad;
        const QString shown = painter.fontMetrics().elidedText(words, Qt::ElideRight, row.width() / 2);
        const int width = painter.fontMetrics().horizontalAdvance(shown);
        const bool caps = !command.keys.isEmpty();
        const QRect place(row.right() - kPad - width - (caps ? 12 : 0), row.top() + (kRow - 20) / 2, width + (caps ? 12 : 0), 20);
        if (caps) {
            painter.setPen(QPen(theme.borderStrong, 1));
            painter.setBrush(current ? theme.popover : theme.raised);
            painter.drawRoundedRect(QRectF(place).adjusted(0.5, 0.5, -0.5, -0.5), 4.5, 4.5);
        }
        painter.setPen(caps ? theme.text2 : theme.text3);
        painter.drawText(place, Qt::AlignCenter | Qt::TextSingleLine, shown);
        return place.left();
    }

    void paintTitle(QPainter &painter, const QRect &place, const QModelIndex &index) const
    {
        const Theme &theme = m_list->m_appearance.theme();
        const QFont font = m_list->m_appearance.font(FontRole::Ui);
        const QString title = QFontMetrics(font).elidedText(index.data().toString(), Qt::ElideRight, place.width());
        QTextLayout layout(title, font);
        QVector<QTextLayout::FormatRange> marks;
        for (const int at : index.data(CommandListModel::MatchedRole).value<QVector<int>>()) {
            QTextLayout::FormatRange mark;
            mark.start = at;
            mark.length = 1;
            mark.format.setForeground(theme.accentText);
            mark.format.setFontWeight(QFont::Bold);
            if (at < title.size())
                marks << mark;
        }
        layout.setFormats(marks);
        layout.beginLayout();
        QTextLine line = layout.createLine();
        if (line.isValid())
            line.setLineWidth(1e6);
        layout.endLayout();
        if (!line.isValid())
            return;
        painter.setClipRect(place);
        painter.setPen(theme.text);
        layout.draw(&painter, QPointF(place.left(), place.top() + (place.height() - line.height()) / 2));
        painter.setClipping(false);
    }

    CommandList *m_list;
};

CommandList::CommandList(const Appearance &appearance, CommandListModel &model, QWidget *parent) : QListView(parent), m_appearance(appearance)
{
    setModel(&model);
    setItemDelegate(new Delegate(this));
    setMouseTracking(true);
    setSelectionMode(QAbstractItemView::SingleSelection);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    verticalScrollBar()->setSingleStep(kRow);
    setFrameShape(QFrame::NoFrame);
    viewport()->setAutoFillBackground(false);
    connect(&appearance, &Appearance::changed, this, [this] { doItemsLayout(); });
}

void CommandList::step(int by)
{
    const int rows = model()->rowCount();
    if (rows == 0)
        return;
    const int at = currentIndex().isValid() ? currentIndex().row() : by > 0 ? -1 : 0;
    setCurrentIndex(model()->index((at + by + rows) % rows, 0));
}

int CommandList::contentHeight(int most) const
{
    int height = 0;
    for (int row = 0; row < model()->rowCount() && height < most; ++row)
        height += sizeHintForRow(row);
    return std::min(height, most);
}

} // namespace ui
