#include "ui/chat/comparison_column.h"

#include "app/chat/receipt.h"
#include "app/model_catalog.h"
#include "ui/chat/sampling_words.h"
#include "ui/widgets/progress_words.h"

#include <QHBoxLayout>
#include <QVBoxLayout>

#include <algorithm>

namespace ui {

using app::AnswerComparison;
using State = app::ChatSession::State;
using Stage = AnswerComparison::Stage;

ComparisonColumn::ComparisonColumn(const Appearance &appearance, const app::InferenceService &service,
                                   const app::Settings &settings, int side, QWidget *parent)
    : QWidget(parent), m_appearance(appearance), m_service(service), m_side(side), m_head(new QHBoxLayout),
      m_title(new QLabel(this)), m_how(new QLabel(this)), m_now(new QLabel(this)),
      m_keep(new TextButton(appearance, tr("Keep this one"), TextButton::Kind::Outlined, this)),
      m_transcript(new Transcript(appearance, this)), m_lens(new TokenLensView(appearance, settings, *m_transcript, this))
{
    for (QLabel *label : {m_title, m_how, m_now}) {
        label->setTextFormat(Qt::PlainText);
        label->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    }
    m_keep->setIconName(QStringLiteral("check"));
    m_keep->setButtonHeight(28);
    m_keep->setKeyHint(tr("Alt %1").arg(side + 1));
    m_keep->setShortcut(QKeySequence(Qt::ALT | Qt::Key(Qt::Key_1 + side)));
    m_transcript->setCompared(true);
    m_transcript->setFocusPolicy(Qt::StrongFocus);

    auto *words = new QVBoxLayout;
    words->setSpacing(0);
    words->addWidget(m_title);
    words->addWidget(m_how);
    words->addWidget(m_now);
    m_head->setSpacing(12);
    m_head->addLayout(words, 1);
    m_head->addWidget(m_keep, 0, Qt::AlignTop);
    auto *all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->setSpacing(0);
    all->addLayout(m_head);
    all->addWidget(m_transcript, 1);
    connect(m_keep, &TextButton::clicked, this, &ComparisonColumn::keepRequested);
    connect(m_transcript, &Transcript::actionRequested, this, [this](Action action, int, const QString &name) {
        if (action == Action::Retry)
            Q_EMIT askAgainRequested();
        else if (action == Action::TokenLens)
            toggleLens();
        else if (action == Action::Custom)
            Q_EMIT actionRequested(name);
    });
    connect(&appearance, &Appearance::changed, this, &ComparisonColumn::restyle);
    restyle();
}

void ComparisonColumn::restyle()
{
    const auto style = [&](QLabel *label, FontRole role, const QColor &color) {
        label->setFont(m_appearance.font(role));
        label->setFixedHeight(m_appearance.lineHeight(role));
        QPalette palette = label->palette();
        palette.setColor(QPalette::WindowText, color);
        label->setPalette(palette);
    };
    style(m_title, FontRole::UiBold, m_appearance.theme().text);
    style(m_how, FontRole::Small, m_appearance.theme().text2);
    style(m_now, FontRole::Small, m_appearance.theme().text3);
    cutWords();
}

void ComparisonColumn::setComparison(AnswerComparison *comparison)
{
    m_lens->close();
    m_comparison = comparison;
    m_transcript->setModel(comparison ? comparison->shown(m_side) : nullptr);
}

void ComparisonColumn::toggleLens()
{
    if (m_comparison)
        m_lens->toggle(&m_comparison->session(), m_comparison->side(m_side).answer);
}

QString ComparisonColumn::samplingWords() const
{
    const auto &choice = m_comparison->side(m_side).choice;
    const app::MessageListModel *shown = m_comparison->shown(m_side);
    QStringList words;
    if (choice.preset)
        words << presetName(*choice.preset);
    if (shown->rowCount() > 0)
        if (const auto receipt = app::receiptFromJson(shown->message(0).receipt))
            words << samplingFigures(receipt->sampling);
    return words.join(QStringLiteral(" · "));
}

QString ComparisonColumn::nowWords() const
{
    const app::ChatSession &session = m_comparison->session();
    switch (m_comparison->stage(m_side)) {
    case Stage::Committing:
        return tr("Saving the message");
    case Stage::Waiting:
        return tr("Waits for the other answer");
    case Stage::Over: {
        const app::MessageListModel *shown = m_comparison->shown(m_side);
        return shown->rowCount() > 0 ? answerFigures(shown->message(0), false) : QString();
    }
    case Stage::AtWork:
        break;
    }
    switch (session.state()) {
    case State::WaitingForModel:
        return m_service.state() == app::InferenceService::State::Loading
                   ? tr("Loading %1").arg(app::shortModelName(m_service.loadingPath()))
                   : tr("Waits until the engine is free to load its model");
    case State::Queued:
        return tr("Waits for the engine");
    case State::Reading:
        return readingWords(session.promptDone(), session.promptTotal());
    case State::Thinking:
        return tr("Thinking, %1").arg(durationWords(session.thinkingMs()));
    case State::Stopping:
        return tr("Stopping");
    default:
        return tr("Writing");
    }
}

void ComparisonColumn::refresh(const QString &model)
{
    if (!m_comparison)
        return;
    const app::MessageListModel *shown = m_comparison->shown(m_side);
    const app::MessageRecord *record = shown->rowCount() > 0 ? &shown->message(0) : nullptr;
    const QString answered = record ? record->model : QString();
    const QString name = answered.isEmpty() ? model : answered;
    m_titleWords = QStringLiteral("%1 · %2").arg(m_side + 1).arg(name);
    m_howWords = samplingWords();
    m_nowWords = nowWords();
    cutWords();
    const bool begun = record && !(record->content.isEmpty() && record->reasoning.isEmpty());
    m_keep->setEnabled(begun);
    m_keep->setToolTip(begun ? tr("Go on with this answer; the other one stays as a version") : tr("There is no answer yet"));
    m_keep->setAccessibleName(tr("Keep answer %1, %2").arg(m_side + 1).arg(name));
    m_transcript->setAccessibleName(
        QStringList{tr("Answer %1").arg(m_side + 1), name, m_howWords, m_nowWords}.join(QStringLiteral(", ")));
    const app::ChatSession &session = m_comparison->session();
    const Stage stage = m_comparison->stage(m_side);
    const bool works = stage == Stage::AtWork;
    std::optional<Progress> progress;
    if (works && session.state() == State::Reading)
        progress = Progress{tr("Reading prompt"), session.promptDone(), session.promptTotal()};
    m_transcript->setActivity(record && (works || stage == Stage::Waiting) ? 0 : -1, session.isBusy(), false, progress,
                              works && session.state() == State::Thinking, works ? session.thinkingMs() : 0);
}

void ComparisonColumn::cutWords()
{
    const auto show = [](QLabel *label, const QString &words) {
        label->setText(label->fontMetrics().elidedText(words, Qt::ElideRight, std::max(40, label->width())));
        label->setToolTip(words);
    };
    show(m_title, m_titleWords);
    show(m_how, m_howWords);
    show(m_now, m_nowWords);
}

void ComparisonColumn::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    layout()->activate();
    const int left = m_transcript->column().left(); // level with the words below
    m_head->setContentsMargins(left, 10, left, 8);
    layout()->activate();
    cutWords();
}

} // namespace ui
