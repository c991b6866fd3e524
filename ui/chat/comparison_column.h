// One side of a comparison: which model answered how, what it does now or what it took, and the answer itself.
#pragma once

#include "app/chat/answer_comparison.h"
#include "ui/chat/token_lens_view.h"
#include "ui/chat/transcript.h"

#include <QLabel>
#include <QWidget>

class QHBoxLayout;

namespace ui {

class ComparisonColumn : public QWidget
{
    Q_OBJECT

public:
    ComparisonColumn(const Appearance &appearance, const app::InferenceService &service, const app::Settings &settings, int side,
                     QWidget *parent);

    // Null: nothing is shown. `model` names the side's model until the answer does.
    void setComparison(app::AnswerComparison *comparison);
    void refresh(const QString &model);

    void toggleLens();

    Transcript *transcript() const { return m_transcript; }
    TokenLensView *lens() const { return m_lens; }
    TextButton *keepButton() const { return m_keep; }
    QString title() const { return m_titleWords; }
    QString how() const { return m_howWords; } // sampling
    QString now() const { return m_nowWords; } // what it does, or its figures

Q_SIGNALS:
    void keepRequested();
    void askAgainRequested();
    void actionRequested(const QString &name); // Action::Custom

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    void restyle();
    void cutWords();
    QString samplingWords() const;
    QString nowWords() const;

    const Appearance &m_appearance;
    const app::InferenceService &m_service;
    const int m_side;
    app::AnswerComparison *m_comparison = nullptr;
    QString m_titleWords, m_howWords, m_nowWords;
    QHBoxLayout *m_head;
    QLabel *m_title, *m_how, *m_now;
    TextButton *m_keep;
    Transcript *m_transcript;
    TokenLensView *m_lens;
};

} // namespace ui
