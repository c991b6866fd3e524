// One side of a comparison: which model answered how, what it does now or what it took, and the answer itself.
#pragma once

#include "app/chat/answer_comparison.h"
#include "ui/chat/transcript.h"

#include <QLabel>
#include <QWidget>

class QHBoxLayout;

namespace ui {

// The model of an answer as the sidebar names it, by its receipt; else as the answer has it.
QString modelOfAnswer(const app::MessageRecord &record);

class ComparisonColumn : public QWidget
{
    Q_OBJECT

public:
    ComparisonColumn(const Appearance &appearance, const app::InferenceService &service, int side, QWidget *parent);

    // Null: nothing is shown. `model` names the side's model until the answer does.
    void setComparison(app::AnswerComparison *comparison);
    void refresh(const QString &model);

    Transcript *transcript() const { return m_transcript; }
    TextButton *keepButton() const { return m_keep; }
    QString title() const { return m_titleWords; }
    QString how() const { return m_how->text(); }   // sampling
    QString now() const { return m_now->text(); }   // what it does, or its figures

Q_SIGNALS:
    void keepRequested();
    void askAgainRequested();
    void actionRequested(const QString &name); // Action::Custom

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    void restyle();
    void cutTitle();
    QString samplingWords() const;
    QString nowWords() const;

    const Appearance &m_appearance;
    const app::InferenceService &m_service;
    const int m_side;
    app::AnswerComparison *m_comparison = nullptr;
    QString m_titleWords;
    QHBoxLayout *m_head;
    QLabel *m_title, *m_how, *m_now;
    TextButton *m_keep;
    Transcript *m_transcript;
};

} // namespace ui
