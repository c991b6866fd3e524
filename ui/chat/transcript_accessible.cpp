#include "ui/chat/transcript_accessible.h"

#include "ui/chat/transcript.h"

#include <QAccessibleWidget>
#include <QPointer>

#include <vector>

namespace ui {

namespace {

// One message. Asks the transcript each time: rows come and go.
class MessageAccessible : public QAccessibleInterface
{
public:
    MessageAccessible(Transcript *transcript, int row) : m_transcript(transcript), m_row(row) {}

    bool isValid() const override { return m_transcript && m_row < m_transcript->messageCount(); }
    QObject *object() const override { return nullptr; }
    QAccessibleInterface *parent() const override
    {
        return QAccessible::queryAccessibleInterface(m_transcript);
    }
    QAccessibleInterface *child(int) const override { return nullptr; }
    QAccessibleInterface *childAt(int, int) const override { return nullptr; }
    int childCount() const override { return 0; }
    int indexOfChild(const QAccessibleInterface *) const override { return -1; }
    QRect rect() const override { return isValid() ? m_transcript->messageRect(m_row) : QRect(); }
    QAccessible::Role role() const override { return QAccessible::ListItem; }
    QString text(QAccessible::Text kind) const override
    {
        if (!isValid())
            return QString();
        return kind == QAccessible::Name          ? m_transcript->message(m_row).accessibleText()
               : kind == QAccessible::Description ? answerFigures(m_transcript->message(m_row).record(), true)
                                                  : QString();
    }
    void setText(QAccessible::Text, const QString &) override {}
    QAccessible::State state() const override
    {
        QAccessible::State state;
        state.readOnly = true;
        state.invalid = !isValid();
        return state;
    }

private:
    QPointer<Transcript> m_transcript;
    int m_row;
};

class TranscriptAccessible : public QAccessibleWidget
{
public:
    explicit TranscriptAccessible(Transcript *transcript) : QAccessibleWidget(transcript, QAccessible::List)
    {}
    ~TranscriptAccessible() override
    {
        for (const QAccessible::Id id : m_ids)
            QAccessible::deleteAccessibleInterface(id);
    }

    int childCount() const override { return transcript()->messageCount(); }
    QAccessibleInterface *child(int index) const override
    {
        if (index < 0 || index >= childCount())
            return nullptr;
        while (int(m_ids.size()) <= index)
            m_ids.push_back(QAccessible::registerAccessibleInterface(
                new MessageAccessible(transcript(), int(m_ids.size()))));
        return QAccessible::accessibleInterface(m_ids[size_t(index)]);
    }
    int indexOfChild(const QAccessibleInterface *child) const override
    {
        for (size_t i = 0; i < m_ids.size(); ++i) {
            if (QAccessible::accessibleInterface(m_ids[i]) == child)
                return int(i);
        }
        return -1;
    }

private:
    Transcript *transcript() const { return static_cast<Transcript *>(widget()); }

    mutable std::vector<QAccessible::Id> m_ids;
};

QAccessibleInterface *makeAccessible(const QString &, QObject *object)
{
    auto *transcript = qobject_cast<Transcript *>(object);
    return transcript ? new TranscriptAccessible(transcript) : nullptr;
}

} // namespace

void installTranscriptAccessibility()
{
    static const bool installed = [] {
        QAccessible::installFactory(makeAccessible);
        return true;
    }();
    Q_UNUSED(installed);
}

} // namespace ui
