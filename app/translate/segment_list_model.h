// The segments of one text with their translations and states, for views and for the session that fills them.
#pragma once

#include "app/translate/answer_cleaner.h"
#include "app/translate/segmenter.h"

#include <QAbstractListModel>

#include <array>

namespace app::translate {

enum class SegmentState {
    Waiting, // its turn comes
    Queued,  // asked for; another request runs first, or no model is loaded
    Working, // its translation streams in
    Done,
    Copied, // nothing to translate in it
    Unsure, // translated, but a check did not pass: see verdict
    Failed  // left in the original: see verdict, or message when the engine failed
};

struct SegmentEntry
{
    Segment source;
    QString target; // what stands there now; partial while working and after a stop
    SegmentState state = SegmentState::Waiting;
    Verdict verdict;
    QString message; // of the engine
    int tries = 0;

    bool isOver() const { return state >= SegmentState::Done; }
    // The model has translated it, whatever the checks said.
    bool isTranslated() const { return state == SegmentState::Done || state == SegmentState::Unsure; }
};

// GUI thread. One row a segment; segments of one long paragraph follow each other.
class SegmentListModel : public QAbstractListModel
{
    Q_OBJECT

public:
    enum Role { SourceRole = Qt::UserRole, TargetRole, StateRole, ParagraphRole, ProblemRole };

    explicit SegmentListModel(QObject *parent = nullptr);

    int rowCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    QHash<int, QByteArray> roleNames() const override;

    int size() const { return int(m_entries.size()); }
    int paragraphs() const { return m_segmentation.paragraphs; }
    const SegmentEntry &at(int row) const { return m_entries[std::size_t(row)]; }
    const Segmentation &segmentation() const
    {
        return m_segmentation;
    } // texts and marks, without translations
    // Row of the first segment of a paragraph.
    int firstOf(int paragraph) const { return m_firstOf[std::size_t(paragraph)]; }

    // Takes a new segmentation. Rows that are the same at its beginning and end stay; those between are
    // removed and inserted anew.
    void setSegmentation(Segmentation segmentation);
    // Changes one row. Its source stays.
    void update(int row, const SegmentEntry &entry);
    void setTarget(int row, const QString &target);

    int count(SegmentState state) const { return m_counts[std::size_t(state)]; }
    // The translation put together; segments without one stand in the original.
    QString translation(const Language *target) const;

private:
    void recount();

    Segmentation m_segmentation;
    std::vector<SegmentEntry> m_entries;
    std::vector<int> m_firstOf;
    std::array<int, 7> m_counts{};
};

} // namespace app::translate
