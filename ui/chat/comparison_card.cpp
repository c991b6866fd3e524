#include "ui/chat/comparison_card.h"

#include "ui/chat/comparison_column.h"
#include "ui/chat/sampling_words.h"
#include "ui/widgets/figures.h"

#include <QActionGroup>
#include <QGridLayout>
#include <QKeyEvent>
#include <QMenu>
#include <QPainter>
#include <QVBoxLayout>

#include <algorithm>

namespace ui {

namespace {

using app::AnswerComparison;
using app::ComparedAnswer;

constexpr int kWidth = 496, kMargin = 12;

QString loadedPath(const app::InferenceService &service)
{
    const auto model = service.model();
    return model ? QString::fromStdString(model->path.string()) : QString();
}

QString forMenu(QString words)
{
    return words.replace(QLatin1Char('&'), QLatin1String("&&"));
}

} // namespace

ComparisonCard::ComparisonCard(const Appearance &appearance, app::InferenceService &service, QWidget *panel)
    : QFrame(panel), m_appearance(appearance), m_service(service), m_title(new QLabel(tr("Compare two answers"), this)),
      m_for(new Segmented(appearance, {tr("This question"), tr("The next message")}, this)), m_memory(new QLabel(this)),
      m_cancel(new TextButton(appearance, tr("Cancel"), TextButton::Kind::Outlined, this)),
      m_ok(new TextButton(appearance, tr("Compare"), TextButton::Kind::Primary, this))
{
    setAccessibleName(tr("Compare two answers"));
    setFocusPolicy(Qt::StrongFocus);
    hide();
    auto *grid = new QGridLayout;
    grid->setHorizontalSpacing(8);
    grid->setVerticalSpacing(8);
    grid->setColumnStretch(1, 3);
    grid->setColumnStretch(2, 2);
    for (int i = 0; i < AnswerComparison::kSides; ++i) {
        Side &side = m_sides[std::size_t(i)];
        side.name = new QLabel(tr("Answer %1").arg(i + 1), this);
        side.model = new ComboButton(appearance, QString(), ComboButton::Look::Field, this);
        side.sampling = new ComboButton(appearance, QString(), ComboButton::Look::Field, this);
        grid->addWidget(side.name, i, 0);
        grid->addWidget(side.model, i, 1);
        grid->addWidget(side.sampling, i, 2);
        for (ComboButton *button : {side.model, side.sampling}) {
            button->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
            button->menu()->setToolTipsVisible(true);
        }
        connect(side.model->menu(), &QMenu::aboutToShow, this, [this, i] { fillModels(i); });
        connect(side.sampling->menu(), &QMenu::aboutToShow, this, [this, i] { fillSampling(i); });
    }
    m_memory->setWordWrap(true);
    auto *buttons = new QHBoxLayout;
    buttons->setSpacing(8);
    buttons->addStretch(1);
    buttons->addWidget(m_cancel);
    buttons->addWidget(m_ok);
    auto *all = new QVBoxLayout(this);
    all->setContentsMargins(20, 16, 20, 16);
    all->setSpacing(12);
    all->addWidget(m_title);
    all->addWidget(m_for, 0, Qt::AlignLeft);
    all->addLayout(grid);
    all->addWidget(m_memory);
    all->addLayout(buttons);
    connect(m_for, &Segmented::chosen, this, [this](int which) {
        m_forNext = which == 1;
        begin();
        refresh();
    });
    m_ok->setShortcut(Qt::CTRL | Qt::Key_Return);
    connect(m_ok, &TextButton::clicked, this, [this] {
        if (!problem().isEmpty())
            return;
        hide();
        Q_EMIT accepted();
    });
    connect(m_cancel, &TextButton::clicked, this, [this] {
        hide();
        Q_EMIT cancelled();
    });
    connect(&service, &app::InferenceService::stateChanged, this, &ComparisonCard::refresh);
    connect(&appearance, &Appearance::changed, this, &ComparisonCard::restyle);
    panel->installEventFilter(this);
    restyle();
}

void ComparisonCard::setCatalog(app::ModelCatalog *catalog)
{
    m_catalog = catalog;
    if (catalog)
        connect(catalog, &app::ModelCatalog::scanned, this, &ComparisonCard::refresh);
}

void ComparisonCard::restyle()
{
    m_title->setFont(m_appearance.font(FontRole::Title));
    m_memory->setFont(m_appearance.font(FontRole::Small));
    const auto color = [&](QLabel *label, const QColor &words) {
        QPalette palette = label->palette();
        palette.setColor(QPalette::WindowText, words);
        label->setPalette(palette);
    };
    color(m_title, m_appearance.theme().text);
    color(m_memory, m_appearance.theme().text2);
    for (const Side &side : m_sides) {
        side.name->setFont(m_appearance.font(FontRole::Ui));
        color(side.name, m_appearance.theme().text2);
    }
    update();
}

ComparedAnswer ComparisonCard::newAnswer(app::SamplingPreset preset) const
{
    QString path = loadedPath(m_service);
    for (int row = 0; path.isEmpty() && m_catalog && row < m_catalog->rowCount(); ++row)
        if (m_catalog->model(row).verdict == app::ModelEntry::Verdict::Fits)
            path = m_catalog->model(row).path;
    return {0, {preset, path}};
}

// What most users want to see: the answer that is there, or one as usual, beside one with other sampling.
void ComparisonCard::begin()
{
    const app::SamplingPreset usual = m_session->options().preset;
    const app::SamplingPreset other =
        usual == app::SamplingPreset::Creative ? app::SamplingPreset::Precise : app::SamplingPreset::Creative;
    m_choices = {isForNext() ? newAnswer(usual) : ComparedAnswer{m_answer}, newAnswer(other)};
}

void ComparisonCard::open(app::ChatSession &session, qint64 answer, bool offersNext)
{
    m_session = &session;
    m_answer = answer;
    m_forNext = false;
    m_for->setVisible(answer != 0 && offersNext);
    m_for->setCurrent(0);
    if (m_catalog)
        m_catalog->refresh();
    begin();
    refresh();
    show();
    raise();
    place();
    m_ok->setFocus(Qt::TabFocusReason);
}

void ComparisonCard::openForNext(app::ChatSession &session, const AnswerComparison::Choices &choices)
{
    open(session, 0, false);
    m_choices = choices;
    refresh();
}

QString ComparisonCard::modelName(const QString &path) const
{
    if (path.isEmpty())
        return tr("No model");
    const int row = m_catalog ? m_catalog->rowOf(path) : -1;
    return row >= 0 ? m_catalog->model(row).shortName : app::shortModelName(path);
}

QString ComparisonCard::versionName(qint64 answer) const
{
    const app::MessageTree &tree = m_session->messages()->tree();
    const QVector<qint64> &versions = tree.siblings(answer);
    const QString number = versions.size() > 1 ? tr("Version %1").arg(versions.indexOf(answer) + 1) : tr("As it is");
    const QString model = tree.at(answer).model;
    return model.isEmpty() ? number : QStringLiteral("%1, %2").arg(number, model);
}

void ComparisonCard::fillModels(int side)
{
    QMenu *menu = m_sides[std::size_t(side)].model->menu();
    menu->clear();
    const ComparedAnswer now = m_choices[std::size_t(side)];
    if (!isForNext() && m_session && m_session->messages()->tree().contains(m_answer)) {
        for (const qint64 version : m_session->messages()->tree().siblings(m_answer)) {
            QAction *action =
                menu->addAction(forMenu(versionName(version)), this, [this, side, version] { choose(side, {version}); });
            action->setCheckable(true);
            action->setChecked(version == now.answer);
        }
        menu->addSeparator();
    }
    const QString loaded = loadedPath(m_service);
    const app::SamplingPreset preset =
        now.choice.preset.value_or(m_session ? m_session->options().preset : app::SamplingPreset::Recommended);
    const auto add = [&](const QString &path, const QString &words, bool usable, const QString &tip) {
        QAction *action = menu->addAction(forMenu(isForNext() ? words : tr("New, %1").arg(words)), this,
                                          [this, side, path, preset] { choose(side, {0, {preset, path}}); });
        action->setCheckable(true);
        action->setChecked(now.answer == 0 && now.choice.model == path);
        action->setEnabled(usable);
        action->setToolTip(tip);
    };
    if (!loaded.isEmpty())
        add(loaded, tr("%1 (loaded)").arg(modelName(loaded)), true, loaded);
    for (int row = 0; m_catalog && row < m_catalog->rowCount(); ++row) {
        const app::ModelEntry &entry = m_catalog->model(row);
        if (entry.path == loaded)
            continue;
        const bool usable =
            entry.verdict == app::ModelEntry::Verdict::Fits || entry.verdict == app::ModelEntry::Verdict::NeedsMemory;
        add(entry.path, QStringLiteral("%1  %2").arg(entry.shortName, entry.quantisation).trimmed(), usable,
            entry.reason.isEmpty() ? entry.path : entry.reason);
    }
}

void ComparisonCard::fillSampling(int side)
{
    QMenu *menu = m_sides[std::size_t(side)].sampling->menu();
    menu->clear();
    const ComparedAnswer now = m_choices[std::size_t(side)];
    // The figures are known for the model that is loaded.
    const auto model = now.choice.model == loadedPath(m_service) ? m_service.model() : std::nullopt;
    for (const app::SamplingPreset preset : kPresets) {
        QAction *action = menu->addAction(model ? presetChoice(preset, model) : presetName(preset), this,
                                          [this, side, preset, path = now.choice.model] { choose(side, {0, {preset, path}}); });
        action->setToolTip(presetSource(preset, model));
        action->setCheckable(true);
        action->setChecked(now.choice.preset == preset);
    }
}

void ComparisonCard::choose(int side, const ComparedAnswer &choice)
{
    m_choices[std::size_t(side)] = choice;
    refresh();
}

QString ComparisonCard::problem() const
{
    if (!m_session)
        return tr("The chat was closed.");
    const bool asks = m_choices[0].answer == 0 || m_choices[1].answer == 0;
    for (const ComparedAnswer &one : m_choices)
        if (one.answer == 0 && one.choice.model.isEmpty())
            return tr("No model is loaded or installed.");
    if (!asks && m_choices[0] == m_choices[1])
        return tr("Both are the same answer.");
    if (asks && !isForNext() && m_session->state() != app::ChatSession::State::Idle)
        return tr("An answer is under way.");
    return {};
}

// What will be loaded, what it needs, and what becomes of the model that is loaded.
QString ComparisonCard::memory() const
{
    const QString loaded = loadedPath(m_service);
    QStringList words;
    for (int i = 0; i < AnswerComparison::kSides; ++i) {
        const ComparedAnswer &one = m_choices[std::size_t(i)];
        const bool told = i == 1 && m_choices[0].answer == 0 && m_choices[0].choice.model == one.choice.model;
        if (one.answer != 0 || one.choice.model.isEmpty() || one.choice.model == loaded || told)
            continue;
        const QString name = modelName(one.choice.model);
        const int row = m_catalog ? m_catalog->rowOf(one.choice.model) : -1;
        const app::ModelEntry entry = row >= 0 ? m_catalog->model(row) : app::ModelEntry();
        QString sentence =
            entry.neededBytes > 0
                ? tr("%1 is loaded for its answer: it needs about %2.").arg(name, sizeOnDisk(qint64(entry.neededBytes)))
                : tr("%1 is loaded for its answer.").arg(name);
        if (entry.missingBytes > 0)
            sentence += QLatin1Char(' ') + tr("That is %1 more than is free now; it can become slow or fail.")
                                               .arg(sizeOnDisk(qint64(entry.missingBytes)));
        words << sentence;
    }
    if (!words.isEmpty() && !loaded.isEmpty())
        words << tr("%1 is loaded again when you go on with its answer or close the comparison.").arg(modelName(loaded));
    return words.join(QLatin1Char(' '));
}

void ComparisonCard::refresh()
{
    if (!m_session)
        return;
    const QString loaded = loadedPath(m_service);
    for (int i = 0; i < AnswerComparison::kSides; ++i) {
        const Side &side = m_sides[std::size_t(i)];
        const ComparedAnswer &one = m_choices[std::size_t(i)];
        const QString model = one.answer != 0                 ? versionName(one.answer)
                              : !isForNext()                  ? tr("New, %1").arg(modelName(one.choice.model))
                                                              : modelName(one.choice.model);
        side.model->setText(model);
        side.model->setAccessibleName(tr("Answer %1: %2").arg(i + 1).arg(model));
        side.sampling->setEnabled(one.answer == 0);
        const QString sampling =
            one.answer != 0 ? tr("As it was") : presetName(one.choice.preset.value_or(app::SamplingPreset::Recommended));
        side.sampling->setText(sampling);
        side.sampling->setAccessibleName(tr("Sampling of answer %1: %2").arg(i + 1).arg(sampling));
    }
    m_memory->setText(memory());
    m_memory->setVisible(!m_memory->text().isEmpty());
    const QString why = problem();
    m_ok->setEnabled(why.isEmpty());
    m_ok->setText(isForNext() ? tr("Use for the next message") : tr("Compare"));
    m_ok->setToolTip(why.isEmpty() ? tr("Compare (Ctrl+Enter)") : why);
    place();
}

void ComparisonCard::place()
{
    if (isHidden())
        return;
    const int width = std::min(kWidth, parentWidget()->width() - 2 * kMargin);
    layout()->activate();
    const int height = std::max(layout()->totalHeightForWidth(width), layout()->totalMinimumSize().height());
    setGeometry((parentWidget()->width() - width) / 2, std::max(kMargin, (parentWidget()->height() - height) / 3), width, height);
}

void ComparisonCard::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const Theme &t = m_appearance.theme();
    painter.setPen(QPen(t.popoverEdge, 1));
    painter.setBrush(t.popover);
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 10, 10);
}

void ComparisonCard::keyPressEvent(QKeyEvent *event)
{
    if (event->key() == Qt::Key_Escape) {
        m_cancel->click();
    } else if (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) {
        m_ok->click();
    } else {
        QFrame::keyPressEvent(event);
    }
}

bool ComparisonCard::focusNextPrevChild(bool next)
{
    QVector<QWidget *> stops;
    const Side &first = m_sides[0], &second = m_sides[1];
    for (QWidget *widget :
         std::initializer_list<QWidget *>{m_for, first.model, first.sampling, second.model, second.sampling, m_cancel, m_ok})
        if (widget->isVisible() && widget->isEnabled())
            stops << widget;
    if (stops.isEmpty()) // it is being hidden: the focus goes elsewhere
        return QFrame::focusNextPrevChild(next);
    const auto at = stops.indexOf(focusWidget());
    const auto to = at < 0 ? 0 : (at + (next ? 1 : stops.size() - 1)) % stops.size();
    stops[to]->setFocus(next ? Qt::TabFocusReason : Qt::BacktabFocusReason);
    return true;
}

bool ComparisonCard::eventFilter(QObject *watched, QEvent *event)
{
    if (watched == parentWidget() && event->type() == QEvent::Resize)
        place();
    return QFrame::eventFilter(watched, event);
}

} // namespace ui
