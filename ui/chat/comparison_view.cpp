#include "ui/chat/comparison_view.h"

#include "app/chat/word_difference.h"
#include "ui/chat/sampling_words.h"

#include <QHBoxLayout>
#include <QMenu>
#include <QPainter>
#include <QVBoxLayout>

#include <algorithm>
#include <utility>

namespace ui {

using app::AnswerComparison;
using app::ChatSession;
using app::ComparedAnswer;

namespace {

constexpr int kBar = 44, kHighestQuestion = 132, kLow = 640, kNarrow = 1100;

// Ranges of the texts joined by line ends, as ranges of each.
QVector<QVector<QPair<int, int>>> apart(const QStringList &texts, const QVector<QPair<int, int>> &places)
{
    QVector<QVector<QPair<int, int>>> all(texts.size());
    qsizetype place = 0;
    int start = 0;
    for (qsizetype i = 0; i < texts.size(); ++i) {
        const int end = start + int(texts[i].size());
        while (place < places.size() && places[place].first + places[place].second <= start)
            ++place;
        for (qsizetype k = place; k < places.size() && places[k].first < end; ++k) {
            const int from = std::max(places[k].first, start), to = std::min(places[k].first + places[k].second, end);
            if (to > from)
                all[i].append({from - start, to - from});
        }
        start = end + 1;
    }
    return all;
}

} // namespace

ComparisonView::ComparisonView(const Appearance &appearance, app::InferenceService &service, const app::Settings &settings,
                               QWidget *panel)
    : QWidget(panel), m_appearance(appearance), m_service(service), m_words(new QLabel(this)),
      m_tabs(new Segmented(appearance, {tr("Answer 1"), tr("Answer 2")}, this)),
      m_differences(new TextButton(appearance, tr("Mark differences"), TextButton::Kind::Pill, this)),
      m_close(new IconButton(appearance, QStringLiteral("close"), tr("Close the comparison"), this)),
      m_question(new Transcript(appearance, this)), m_next(new Notice(appearance, Notice::Kind::Plain, panel)),
      m_card(new ComparisonCard(appearance, service, panel))
{
    setAccessibleName(tr("Two answers"));
    m_words->setTextFormat(Qt::PlainText);
    m_words->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    m_tabs->setAccessibleName(tr("Which answer is shown"));
    m_differences->setCheckable(true);
    m_differences->setIconName(QStringLiteral("diff"));
    m_differences->setToolTip(tr("Mark the words that the other answer does not have"));
    m_close->setName(tr("Close the comparison"), tr("Esc"));
    m_question->setCompared(true);
    m_question->setAccessibleName(tr("Question"));
    m_next->setIconName(QStringLiteral("compare"));
    m_next->hide();

    auto *bar = new QHBoxLayout;
    bar->setContentsMargins(24, 0, 12, 0);
    bar->setSpacing(8);
    bar->addWidget(m_words, 1);
    bar->addWidget(m_tabs);
    bar->addWidget(m_differences);
    bar->addWidget(m_close);
    auto *sides = new QHBoxLayout;
    sides->setSpacing(1); // of the rule between them
    for (int side = 0; side < AnswerComparison::kSides; ++side) {
        auto *column = new ComparisonColumn(appearance, service, settings, side, this);
        m_columns[std::size_t(side)] = column;
        column->installEventFilter(this);
        sides->addWidget(column, 1);
        connect(column, &ComparisonColumn::keepRequested, this, [this, side] {
            if (m_shown)
                m_shown->keep(side);
        });
        connect(column, &ComparisonColumn::askAgainRequested, this, [this, side] {
            if (m_shown)
                m_shown->askAgain(side);
        });
        connect(column->lens(), &TokenLensView::closed, this, &ComparisonView::closed);
        connect(column->lens(), &TokenLensView::told, this, &ComparisonView::told);
        connect(column->lens(), &TokenLensView::branchChosen, this, [this, side](qint64, int token, int alternative) {
            if (m_shown)
                m_shown->branchAtToken(side, token, alternative);
        });
        connect(column, &ComparisonColumn::actionRequested, this, [this, side](const QString &name) {
            if (m_shown)
                Q_EMIT actionRequested(name, m_shown->side(side).answer);
        });
    }
    auto *all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 1);
    all->setSpacing(0);
    bar->setSizeConstraint(QLayout::SetDefaultConstraint);
    all->addLayout(bar);
    all->addWidget(m_question);
    all->addSpacing(1); // of the rule above the columns
    all->addLayout(sides, 1);
    for (QWidget *widget : std::initializer_list<QWidget *>{m_tabs, m_differences, m_close})
        widget->setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    m_words->setFixedHeight(kBar);

    connect(m_question, &Transcript::actionRequested, this, [this](Action action, int, const QString &name) {
        if (m_shown && action == Action::Custom)
            Q_EMIT actionRequested(name, m_shown->question()->message(0).id);
    });
    connect(m_tabs, &Segmented::chosen, this, [this] {
        place();
        Q_EMIT openChanged();
    });
    connect(m_differences, &TextButton::toggled, this, &ComparisonView::markDifferences);
    connect(m_close, &IconButton::clicked, this, [this] {
        if (m_shown)
            m_shown->close();
    });
    connect(m_card, &ComparisonCard::accepted, this, &ComparisonView::accept);
    connect(m_card, &ComparisonCard::cancelled, this, &ComparisonView::closed);
    connect(&service, &app::InferenceService::stateChanged, this, &ComparisonView::refresh);
    connect(&service, &app::InferenceService::modelChanged, this, &ComparisonView::refreshNext);
    connect(&appearance, &Appearance::changed, this, &ComparisonView::place);
    m_ticker.setInterval(1000);
    connect(&m_ticker, &QTimer::timeout, this, &ComparisonView::refresh);
}

ComparisonView::~ComparisonView()
{
    for (ComparisonColumn *column : m_columns)
        column->setComparison(nullptr);
    m_question->setModel(nullptr);
}

AnswerComparison *ComparisonView::comparison() const
{
    return m_shown;
}

int ComparisonView::openSide() const
{
    for (int side = 0; m_shown && side < AnswerComparison::kSides; ++side)
        if (const qint64 answer = m_shown->side(side).answer; answer != 0 && m_shown->session().messages()->rowOf(answer) >= 0)
            return side;
    return -1;
}

QVector<Transcript *> ComparisonView::texts() const
{
    QVector<Transcript *> all;
    if (!m_question->isHidden())
        all << m_question;
    for (const ComparisonColumn *column : m_columns)
        if (!column->isHidden())
            all << column->transcript();
    return all;
}

qint64 ComparisonView::messageHere() const
{
    if (m_shown && m_question->hasFocus() && m_question->messageCount() > 0)
        return m_question->message(0).id();
    for (int side = 0; m_shown && side < AnswerComparison::kSides; ++side)
        if (column(side)->isAncestorOf(window()->focusWidget()))
            return m_shown->side(side).answer;
    return 0;
}

bool ComparisonView::goTo(qint64 message)
{
    for (int side = 0; m_shown && side < AnswerComparison::kSides; ++side) {
        if (m_shown->side(side).answer != message)
            continue;
        m_tabs->setCurrent(side);
        place();
        Q_EMIT openChanged();
        column(side)->transcript()->goTo(0);
        return true;
    }
    if (!m_shown || m_question->rowOf(message) < 0)
        return false;
    if (!m_question->isHidden()) // else it stands in the bar
        m_question->goTo(0);
    return true;
}

void ComparisonView::toggleLens()
{
    ComparisonColumn *here = column(column(0)->isVisible() ? 0 : 1);
    for (ComparisonColumn *column : m_columns)
        if (column->isVisible() && column->isAncestorOf(window()->focusWidget()))
            here = column;
    here->toggleLens();
}

bool ComparisonView::isOpen() const
{
    return !m_shown.isNull();
}

void ComparisonView::setSession(ChatSession *session)
{
    m_session = session;
    m_card->hide();
    present(m_open.value(session));
    refreshNext();
}

void ComparisonView::present(AnswerComparison *comparison)
{
    m_shown = comparison;
    m_differences->setChecked(false);
    m_question->setModel(comparison ? comparison->question() : nullptr);
    for (ComparisonColumn *column : m_columns)
        column->setComparison(comparison);
    refresh();
    place();
}

// One that is in nobody's way yet.
AnswerComparison *ComparisonView::begin(ChatSession *session)
{
    if (AnswerComparison *former = m_open.value(session))
        former->close();
    auto *comparison = new AnswerComparison(m_service, *session);
    connect(comparison, &AnswerComparison::modelWanted, this, &ComparisonView::modelWanted);
    connect(comparison, &AnswerComparison::modelKept, this, &ComparisonView::modelKept);
    connect(comparison, &AnswerComparison::changed, this, [this, comparison] {
        if (comparison == m_shown)
            refresh();
    });
    connect(comparison, &AnswerComparison::closed, this, [this, comparison] { end(comparison); });
    connect(session, &QObject::destroyed, comparison, [this, session] { m_open.remove(session); });
    return comparison;
}

bool ComparisonView::take(AnswerComparison *comparison, bool begun)
{
    if (!begun) {
        delete comparison;
        return false;
    }
    m_open.insert(&comparison->session(), comparison);
    if (&comparison->session() != m_session)
        return true; // shown when that chat is
    m_tabs->setCurrent(0);
    present(comparison);
    Q_EMIT openChanged();
    if (isVisible())
        column(0)->transcript()->setFocus(Qt::OtherFocusReason);
    return true;
}

void ComparisonView::end(AnswerComparison *comparison)
{
    m_open.remove(&comparison->session());
    if (comparison != m_shown)
        return;
    present(nullptr);
    Q_EMIT openChanged();
    Q_EMIT closed();
}

void ComparisonView::accept()
{
    if (!m_session)
        return;
    if (m_card->isForNext()) {
        setNext(m_session, m_card->choices());
        Q_EMIT closed();
        return;
    }
    const qint64 question = m_session->messages()->tree().at(m_card->answer()).parentId;
    AnswerComparison *comparison = begin(m_session);
    if (!take(comparison, comparison->ask(question, m_card->choices())))
        Q_EMIT closed();
}

bool ComparisonView::compareVersions(qint64 left, qint64 right)
{
    if (!m_session)
        return false;
    const app::MessageTree &tree = m_session->messages()->tree();
    if (!tree.contains(left) || !tree.contains(right) || left == right)
        return false;
    AnswerComparison *comparison = begin(m_session);
    return take(comparison, comparison->ask(tree.at(left).parentId, {ComparedAnswer{left}, ComparedAnswer{right}}));
}

void ComparisonView::ask(int row, bool isWritten)
{
    if (!m_session || m_session->state() == ChatSession::State::Loading)
        return;
    if (m_card->isVisible()) {
        m_card->hide();
        Q_EMIT closed();
        return;
    }
    const app::MessageListModel *messages = m_session->messages();
    if (row < 0) {
        if (isForNext()) {
            m_card->openForNext(*m_session, m_forNext.value(m_session));
            return;
        }
        for (row = messages->rowCount() - 1; row >= 0; --row)
            if (messages->message(row).role == app::Role::Assistant && messages->message(row).parentId != 0)
                break;
        if (isWritten)
            row = -1;
    }
    m_card->open(*m_session, row < 0 ? 0 : messages->message(row).id, row == messages->rowCount() - 1);
}

void ComparisonView::showVersions(int row, const QPoint &at)
{
    if (!m_session || row < 0 || row >= m_session->messages()->rowCount())
        return;
    const app::MessageListModel *messages = m_session->messages();
    const qint64 here = messages->message(row).id;
    QMenu menu(this);
    for (int version = 1; version <= messages->versionCount(row); ++version) {
        const qint64 other = messages->versionId(row, version);
        if (other == here)
            continue;
        QStringList words{tr("Compare with version %1").arg(version)};
        if (QString model = messages->tree().at(other).model; !model.isEmpty())
            words << model.replace(QLatin1Char('&'), QLatin1String("&&"));
        menu.addAction(m_appearance.icon(QStringLiteral("compare")), words.join(QStringLiteral(", ")), this,
                       [this, here, other] { compareVersions(here, other); });
    }
    menu.addSeparator();
    menu.addAction(tr("Compare answers…"), this, [this, row] { ask(row, false); });
    menu.exec(at);
}

bool ComparisonView::isForNext() const
{
    return m_session && m_forNext.contains(m_session);
}

void ComparisonView::leaveNext()
{
    setNext(m_session, {});
}

std::optional<AnswerComparison::Choices> ComparisonView::next() const
{
    return isForNext() ? std::optional(m_forNext.value(m_session)) : std::nullopt;
}

void ComparisonView::setNext(ChatSession *session, const std::optional<AnswerComparison::Choices> &choices)
{
    if (choices)
        m_forNext.insert(session, *choices);
    else
        m_forNext.remove(session);
    refreshNext();
    Q_EMIT openChanged();
}

bool ComparisonView::send(ChatSession *session, const QString &text, const AnswerComparison::Choices &choices,
                          const QVector<qint64> &attachments)
{
    AnswerComparison *comparison = begin(session);
    return take(comparison, comparison->send(text, choices, attachments));
}

bool ComparisonView::stopSide()
{
    if (!m_shown || !m_shown->isBusy())
        return false;
    m_shown->stop();
    return true;
}

bool ComparisonView::escape()
{
    if (m_card->isVisible()) {
        m_card->hide();
        Q_EMIT closed();
        return true;
    }
    if (!m_shown)
        return false;
    for (ComparisonColumn *column : m_columns) {
        if (column->lens()->isOpen()) {
            column->lens()->close();
            return true;
        }
    }
    if (!stopSide())
        m_shown->close();
    return true;
}

bool ComparisonView::eventFilter(QObject *watched, QEvent *event)
{
    if (event->type() == QEvent::Move || event->type() == QEvent::Resize)
        update(); // the rules stand where the columns do
    return QWidget::eventFilter(watched, event);
}

void ComparisonView::refresh()
{
    if (!m_shown) {
        m_ticker.stop();
        return;
    }
    for (int side = 0; side < AnswerComparison::kSides; ++side)
        column(side)->refresh(m_card->modelName(m_shown->side(side).choice.model));
    const bool thinks = m_shown->isBusy() && m_shown->session().state() == ChatSession::State::Thinking;
    if (thinks != m_ticker.isActive())
        thinks ? m_ticker.start() : m_ticker.stop();
    m_differences->setEnabled(!m_shown->isBusy());
    m_question->setActivity(-1, true, false, std::nullopt, false, 0);
    showWords();
    markDifferences();
}

void ComparisonView::refreshNext()
{
    m_next->clearActions();
    m_next->setVisible(isForNext());
    if (!isForNext())
        return;
    const AnswerComparison::Choices choices = m_forNext.value(m_session);
    QStringList models, presets;
    for (const ComparedAnswer &one : choices) {
        models << m_card->modelName(one.choice.model);
        presets << presetName(one.choice.preset.value_or(app::SamplingPreset::Recommended));
    }
    m_next->setWords(
        QString(),
        choices[0].choice.model == choices[1].choice.model
            ? tr("The next message gets two answers by %1: %2 and %3.").arg(models[0], presets[0], presets[1])
            : tr("The next message gets two answers: %1 (%2) and %3 (%4).").arg(models[0], presets[0], models[1], presets[1]));
    connect(m_next->addAction(tr("Change…")), &TextButton::clicked, this, [this] { ask(-1, true); });
    connect(m_next->addAction(tr("One answer")), &TextButton::clicked, this, &ComparisonView::leaveNext);
}

void ComparisonView::markDifferences()
{
    if (!m_shown || m_shown->isBusy() || m_shown->shown(0)->rowCount() == 0 || m_shown->shown(1)->rowCount() == 0)
        return;
    QStringList texts[AnswerComparison::kSides];
    app::WordDifference difference;
    if (m_differences->isChecked()) {
        for (int side = 0; side < AnswerComparison::kSides; ++side)
            texts[side] = column(side)->transcript()->contentTexts(0);
        difference = app::wordDifference(texts[0].join(QLatin1Char('\n')), texts[1].join(QLatin1Char('\n')));
    }
    column(0)->transcript()->setDifferences(0, apart(texts[0], difference.left));
    column(1)->transcript()->setDifferences(0, apart(texts[1], difference.right));
}

// In a low window the question is one line in the bar, so that there is room for the answers.
void ComparisonView::showWords()
{
    const bool low = window()->height() < kLow;
    const QString question =
        m_shown && m_shown->question()->rowCount() > 0 ? m_shown->question()->message(0).content.simplified() : QString();
    m_question->setVisible(!low && !question.isEmpty());
    m_words->setFont(m_appearance.font(FontRole::UiBold));
    QPalette palette = m_words->palette();
    palette.setColor(QPalette::WindowText, m_appearance.theme().text);
    m_words->setPalette(palette);
    const QString words = low && !question.isEmpty() ? question.left(400) : tr("Two answers");
    m_words->setText(m_words->fontMetrics().elidedText(words, Qt::ElideRight, std::max(40, m_words->width())));
    m_words->setToolTip(words);
    if (m_question->messageCount() > 0)
        m_question->setFixedHeight(std::min(kHighestQuestion, m_question->contentHeight()));
}

void ComparisonView::place()
{
    const bool narrow = window()->width() < kNarrow;
    m_tabs->setVisible(narrow);
    for (int side = 0; side < AnswerComparison::kSides; ++side)
        column(side)->setVisible(!narrow || m_tabs->current() == side);
    showWords();
    update();
    if (std::exchange(m_narrow, narrow) != narrow && m_shown)
        Q_EMIT openChanged(); // other texts are seen now
}

void ComparisonView::resizeEvent(QResizeEvent *event)
{
    QWidget::resizeEvent(event);
    place();
    showWords();
}

void ComparisonView::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    const Theme &t = m_appearance.theme();
    painter.fillRect(rect(), t.surface);
    const ComparisonColumn *first = column(0)->isVisible() ? column(0) : column(1);
    painter.fillRect(QRect(0, first->y() - 1, width(), 1), t.border);
    if (column(0)->isVisible() && column(1)->isVisible())
        painter.fillRect(QRect(column(1)->x() - 1, column(1)->y(), 1, column(1)->height()), t.border);
    painter.fillRect(QRect(0, height() - 1, width(), 1), t.border);
}

} // namespace ui
