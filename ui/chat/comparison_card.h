// The card that asks what is to be compared: for each side an answer that is there or a new one, with its model and sampling.
#pragma once

#include "app/chat/answer_comparison.h"
#include "app/model_catalog.h"
#include "ui/widgets/buttons.h"
#include "ui/widgets/segmented.h"

#include <QFrame>
#include <QLabel>
#include <QPointer>

#include <array>

namespace ui {

class ComparisonCard : public QFrame
{
    Q_OBJECT

public:
    // A child of the panel over whose middle it lies, hidden at first. Without a catalog there is the loaded model alone.
    ComparisonCard(const Appearance &appearance, app::InferenceService &service, QWidget *panel);
    void setCatalog(app::ModelCatalog *catalog);

    // For the answer with that id of the session, or for the next message: `answer` 0. With an answer, `offersNext` lets the user change over.
    void open(app::ChatSession &session, qint64 answer, bool offersNext);
    void openForNext(app::ChatSession &session, const app::AnswerComparison::Choices &choices);
    qint64 answer() const { return m_answer; } // 0: none, it is for the next message
    bool isForNext() const { return m_answer == 0 || m_forNext; }
    const app::AnswerComparison::Choices &choices() const { return m_choices; }
    // Why it cannot be done now, a sentence; empty: it can.
    QString problem() const;
    QString memoryWords() const { return m_memory->text(); }

    ComboButton *model(int side) const { return m_sides[std::size_t(side)].model; }
    ComboButton *sampling(int side) const { return m_sides[std::size_t(side)].sampling; }
    TextButton *okButton() const { return m_ok; }

    // "SmolLM2 1.7B" of a file, as the catalog or the engine has it.
    QString modelName(const QString &path) const;

Q_SIGNALS:
    void accepted(); // see choices() and isForNext()
    void cancelled();

protected:
    void paintEvent(QPaintEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    bool focusNextPrevChild(bool next) override; // Tab stays in the card
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    struct Side
    {
        QLabel *name = nullptr;
        ComboButton *model = nullptr, *sampling = nullptr;
    };

    void begin();
    void fillModels(int side);
    void fillSampling(int side);
    void choose(int side, const app::ComparedAnswer &choice);
    void refresh();
    void place();
    void restyle();
    QString versionName(qint64 answer) const;
    QString memory() const;
    app::ComparedAnswer newAnswer(app::SamplingPreset preset) const;

    const Appearance &m_appearance;
    app::InferenceService &m_service;
    QPointer<app::ModelCatalog> m_catalog;
    QPointer<app::ChatSession> m_session;
    qint64 m_answer = 0;
    bool m_forNext = false;
    app::AnswerComparison::Choices m_choices;
    QLabel *m_title;
    Segmented *m_for;
    std::array<Side, app::AnswerComparison::kSides> m_sides;
    QLabel *m_memory;
    TextButton *m_cancel, *m_ok;
};

} // namespace ui
