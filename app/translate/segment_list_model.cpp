#include "app/translate/segment_list_model.h"

#include <algorithm>

namespace app::translate {
namespace {

bool isSame(const Segment &a, const Segment &b)
{
    return a.text == b.text && a.copied == b.copied && a.before == b.before && a.after == b.after;
}

SegmentEntry entryFor(const Segment &segment)
{
    SegmentEntry entry;
    entry.source = segment;
    if (segment.copied) {
        entry.state = SegmentState::Copied;
        entry.target = segment.text;
    }
    return entry;
}

} // namespace

SegmentListModel::SegmentListModel(QObject *parent) : QAbstractListModel(parent) {}

int SegmentListModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : size();
}

QVariant SegmentListModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid))
        return {};
    const SegmentEntry &entry = at(index.row());
    switch (role) {
    case Qt::DisplayRole:
    case SourceRole:
        return entry.source.text;
    case TargetRole:
        return entry.target;
    case StateRole:
        return int(entry.state);
    case ParagraphRole:
        return entry.source.paragraph;
    case ProblemRole:
        return int(entry.verdict.problem);
    default:
        return {};
    }
}

QHash<int, QByteArray> SegmentListModel::roleNames() const
{
    return {{SourceRole, "source"},
            {TargetRole, "target"},
            {StateRole, "state"},
            {ParagraphRole, "paragraph"},
            {ProblemRole, "problem"}};
}

void SegmentListModel::setSegmentation(Segmentation segmentation)
{
    const std::vector<Segment> &next = segmentation.segments;
    const std::size_t common = std::min(next.size(), m_entries.size());
    std::size_t head = 0, tail = 0;
    while (head < common && isSame(next[head], m_entries[head].source))
        ++head;
    while (tail < common - head &&
           isSame(next[next.size() - 1 - tail], m_entries[m_entries.size() - 1 - tail].source))
        ++tail;
    const std::size_t removed = m_entries.size() - head - tail, inserted = next.size() - head - tail;
    if (removed > 0) {
        beginRemoveRows({}, int(head), int(head + removed) - 1);
        m_entries.erase(m_entries.begin() + std::ptrdiff_t(head),
                        m_entries.begin() + std::ptrdiff_t(head + removed));
        recount();
        endRemoveRows();
    }
    if (inserted > 0)
        beginInsertRows({}, int(head), int(head + inserted) - 1);
    std::vector<SegmentEntry> middle;
    middle.reserve(inserted);
    for (std::size_t i = head; i < head + inserted; ++i)
        middle.push_back(entryFor(next[i]));
    m_entries.insert(m_entries.begin() + std::ptrdiff_t(head), std::make_move_iterator(middle.begin()),
                     std::make_move_iterator(middle.end()));
    for (std::size_t i = 0; i < next.size(); ++i)
        m_entries[i].source = next[i]; // paragraph and line numbers move
    m_segmentation = std::move(segmentation);
    m_firstOf.assign(std::size_t(m_segmentation.paragraphs), 0);
    for (std::size_t i = m_entries.size(); i-- > 0;)
        m_firstOf[std::size_t(m_entries[i].source.paragraph)] = int(i);
    recount();
    if (inserted > 0)
        endInsertRows();
}

void SegmentListModel::update(int row, const SegmentEntry &entry)
{
    SegmentEntry &own = m_entries[std::size_t(row)];
    Segment source = std::move(own.source);
    --m_counts[std::size_t(own.state)];
    own = entry;
    own.source = std::move(source);
    ++m_counts[std::size_t(own.state)];
    Q_EMIT dataChanged(index(row), index(row));
}

void SegmentListModel::setTarget(int row, const QString &target)
{
    if (m_entries[std::size_t(row)].target == target)
        return;
    m_entries[std::size_t(row)].target = target;
    Q_EMIT dataChanged(index(row), index(row), {TargetRole});
}

QString SegmentListModel::translation(const Language *target) const
{
    std::vector<QString> texts;
    texts.reserve(m_entries.size());
    for (const SegmentEntry &entry : m_entries)
        texts.push_back(entry.target.isEmpty() ? entry.source.text : entry.target);
    return joinTranslation(m_segmentation, texts, target);
}

void SegmentListModel::recount()
{
    m_counts.fill(0);
    for (const SegmentEntry &entry : m_entries)
        ++m_counts[std::size_t(entry.state)];
}

} // namespace app::translate
