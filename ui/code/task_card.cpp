#include "ui/code/task_card.h"

#include "app/syntax/lexer.h"
#include "ui/actions.h"
#include "ui/widgets/figures.h"

#include <QActionGroup>
#include <QEvent>
#include <QGridLayout>
#include <QHBoxLayout>
#include <QMenu>
#include <QPainter>
#include <QVBoxLayout>

namespace ui {

using app::code::Lack;
using app::code::Verb;

namespace {

// The 1 px edge around the instruction; 2 px inside while it has the focus.
class FieldEdge : public QWidget
{
public:
    FieldEdge(const Appearance &appearance, QWidget *parent) : QWidget(parent), m_appearance(appearance) {}
    void watch(QWidget *field)
    {
        m_field = field;
        field->installEventFilter(this);
        setFocusProxy(field);
    }

protected:
    bool eventFilter(QObject *watched, QEvent *event) override
    {
        if (event->type() == QEvent::FocusIn || event->type() == QEvent::FocusOut)
            update();
        return QWidget::eventFilter(watched, event);
    }
    void paintEvent(QPaintEvent *) override
    {
        const Theme &t = m_appearance.theme();
        const bool focused = m_field && m_field->hasFocus();
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(QPen(focused ? t.focus : t.control, focused ? 2 : 1));
        painter.setBrush(t.surface);
        const qreal inset = focused ? 1 : 0.5;
        painter.drawRoundedRect(QRectF(rect()).adjusted(inset, inset, -inset, -inset), 7.5, 7.5);
    }

private:
    const Appearance &m_appearance;
    QWidget *m_field = nullptr;
};

// A row with an edge, as the list of files in the look.
class RowFrame : public QWidget
{
public:
    RowFrame(const Appearance &appearance, QWidget *parent) : QWidget(parent), m_appearance(appearance) {}

protected:
    void paintEvent(QPaintEvent *) override
    {
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(QPen(m_appearance.theme().border, 1));
        painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 7.5, 7.5);
        const QPixmap icon =
            m_appearance.pixmap(QStringLiteral("file"), 16, m_appearance.theme().text3, devicePixelRatioF());
        painter.drawPixmap(QPoint(10, (height() - 16) / 2), icon);
    }

private:
    const Appearance &m_appearance;
};

void paintWords(QLabel *label, const QColor &color, const QFont &font)
{
    QPalette palette = label->palette();
    palette.setColor(QPalette::WindowText, color);
    label->setPalette(palette);
    label->setFont(font);
}

} // namespace

TaskCard::TaskCard(const Appearance &appearance, QWidget *parent)
    : Card(appearance, parent), m_appearance(appearance), m_title(new QLabel(this)),
      m_instructionLabel(new QLabel(this)), m_language(new LanguageButton(appearance, this)),
      m_sourceLabel(new QLabel(tr("What the model sees"), this)),
      m_contextBar(new TokenBar(appearance, this)), m_contextLabel(new QLabel(tr("Context"), this)),
      m_contextFigure(new QLabel(this)), m_note(new QLabel(this)),
      m_run(new TextButton(appearance, QString(), TextButton::Kind::Primary, this))
{
    auto *edge = new FieldEdge(appearance, this);
    m_field = edge;
    m_instruction = new PlainEdit(appearance, edge);
    m_instruction->setSubmitsOnReturn(false);
    m_title->setMinimumWidth(0);
    m_title->setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Preferred);
    edge->watch(m_instruction);
    auto *inside = new QVBoxLayout(edge);
    inside->setContentsMargins(12, 9, 4, 9);
    inside->addWidget(m_instruction);
    edge->setMinimumHeight(132);

    m_note->setWordWrap(true);
    m_note->setTextFormat(Qt::PlainText);
    m_title->setTextFormat(Qt::PlainText);
    m_language->setAccessibleName(tr("Language of the code"));
    fillLanguageMenu();

    auto *figures = new QHBoxLayout;
    figures->addWidget(m_contextLabel);
    figures->addStretch(1);
    figures->addWidget(m_contextFigure);

    auto *body = new QVBoxLayout;
    body->setContentsMargins(16, 14, 16, 16);
    body->setSpacing(0);
    body->addWidget(buildVerbs());
    body->addSpacing(14);
    body->addWidget(m_instructionLabel);
    body->addSpacing(4);
    body->addWidget(edge, 1);
    body->addSpacing(10);
    body->addWidget(m_language);
    body->addSpacing(14);
    body->addWidget(m_sourceLabel);
    body->addSpacing(4);
    body->addWidget(buildSourceRow());
    body->addSpacing(12);
    body->addWidget(m_contextBar);
    body->addSpacing(6);
    body->addLayout(figures);
    body->addWidget(m_note);
    body->addSpacing(14);
    body->addWidget(m_run);

    auto *all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->setSpacing(0);
    all->addWidget(buildHead());
    all->addLayout(body, 1);

    connect(m_run, &TextButton::clicked, this, [this] {
        if (m_busy)
            Q_EMIT stopRequested();
        else
            Q_EMIT runRequested();
    });
    connect(m_instruction, &PlainEdit::submitted, this, [this] {
        if (!m_busy)
            Q_EMIT runRequested();
    });
    connect(m_instruction, &PlainEdit::textChanged, this, [this] {
        showWords();
        Q_EMIT changed();
    });
    connect(m_instruction, &PlainEdit::filesDropped, this,
            [this](const QStringList &paths) { Q_EMIT fileDropped(paths.first()); });
    connect(&appearance, &Appearance::changed, this, &TaskCard::applyType);
    applyType();
    showLanguage();
    setVerb(Verb::Generate);
    setSource({}, 0);
    setContext(-1, 0, 0);
}

QWidget *TaskCard::buildHead()
{
    auto *head = new CardHead(m_appearance, CardHead::Kind::Card, this);
    auto *line = new QHBoxLayout(head);
    line->setContentsMargins(16, 0, 8, 1);
    line->setSpacing(4);
    line->addWidget(m_title, 1);
    auto *fresh = new IconButton(m_appearance, QStringLiteral("plus"), tr("New task"), head);
    fresh->setName(tr("New task"), actionKeys("window.new"));
    connect(fresh, &IconButton::clicked, this, &TaskCard::newRequested);
    line->addWidget(fresh);
    m_switch = new IconButton(m_appearance, QStringLiteral("chevron-right"), tr("Show the editor"), head);
    m_switch->hide();
    connect(m_switch, &IconButton::clicked, this, &TaskCard::editorRequested);
    line->addWidget(m_switch);
    return head;
}

QWidget *TaskCard::buildVerbs()
{
    auto *verbs = new QWidget(this);
    auto *grid = new QGridLayout(verbs);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setSpacing(6);
    const struct
    {
        Verb verb;
        const char *icon;
        QString text, hint;
    } rows[] = {{Verb::Generate, "code", tr("Generate"), tr("Write code from a description")},
                {Verb::Complete, "edit", tr("Complete"), tr("Write on at the cursor of the editor")},
                {Verb::Explain, "explain", tr("Explain"), tr("Explain the code in the editor")},
                {Verb::Fix, "fix", tr("Fix"), tr("Find and fix bugs in the editor's code")},
                {Verb::Refactor, "refactor", tr("Refactor"), tr("Make the editor's code easier to read")},
                {Verb::Tests, "test", tr("Tests"), tr("Write tests for the editor's code")}};
    int i = 0;
    for (const auto &row : rows) {
        auto *button = new VerbButton(m_appearance, QString::fromLatin1(row.icon), row.text, verbs);
        button->setToolTip(row.hint);
        button->setAccessibleDescription(row.hint);
        const Verb verb = row.verb;
        connect(button, &VerbButton::clicked, this, [this, verb] { setVerb(verb); });
        grid->addWidget(button, i / 3, i % 3);
        m_verbs[size_t(verb)] = button;
        ++i;
    }
    for (int column = 0; column < 3; ++column)
        grid->setColumnStretch(column, 1);
    return verbs;
}

QWidget *TaskCard::buildSourceRow()
{
    m_sourceRow = new RowFrame(m_appearance, this);
    m_sourceRow->setFixedHeight(34);
    m_sourceText = new QLabel(m_sourceRow);
    m_sourceText->setTextFormat(Qt::PlainText);
    m_sourceSize = new QLabel(m_sourceRow);
    m_sourceToggle = new IconButton(m_appearance, QStringLiteral("eye"),
                                    tr("Show the editor's text to the model"), m_sourceRow, 24);
    m_sourceToggle->setCheckable(true);
    m_sourceToggle->setChecked(true);
    connect(m_sourceToggle, &IconButton::toggled, this, [this](bool on) {
        m_sendsEditorText = on;
        showWords();
        Q_EMIT changed();
    });
    auto *line = new QHBoxLayout(m_sourceRow);
    line->setContentsMargins(34, 0, 6, 0);
    line->setSpacing(8);
    line->addWidget(m_sourceText, 1);
    line->addWidget(m_sourceSize);
    line->addWidget(m_sourceToggle);
    return m_sourceRow;
}

void TaskCard::fillLanguageMenu()
{
    QMenu *menu = m_language->menu();
    auto *group = new QActionGroup(menu);
    const auto add = [&](const QString &name, const QString &id) {
        QAction *action = menu->addAction(name);
        action->setCheckable(true);
        action->setData(id);
        action->setActionGroup(group);
        connect(action, &QAction::triggered, this, [this, id] {
            setLanguageId(id);
            Q_EMIT changed();
        });
    };
    add(tr("Automatic"), QString());
    menu->addSeparator();
    for (const app::syntax::Language *language : app::syntax::languages())
        add(app::syntax::displayName(*language), app::syntax::languageId(*language));
    connect(menu, &QMenu::aboutToShow, this, [this, menu] {
        for (QAction *action : menu->actions())
            if (action->isCheckable())
                action->setChecked(action->data().toString() == m_languageId);
    });
}

void TaskCard::setVerb(Verb verb)
{
    const bool differs = verb != m_verb;
    m_verb = verb;
    m_verbs[size_t(verb)]->setChecked(true);
    showWords();
    if (differs)
        Q_EMIT changed();
}

void TaskCard::setInstruction(const QString &text)
{
    m_instruction->setText(text);
    showWords();
}

void TaskCard::setLanguageId(const QString &id)
{
    m_languageId = id;
    showLanguage();
}

void TaskCard::setDetectedLanguage(const QString &name)
{
    m_detected = name;
    showLanguage();
}

void TaskCard::showLanguage()
{
    const app::syntax::Language *language = app::syntax::findLanguage(m_languageId);
    QString words = language ? app::syntax::displayName(*language) : tr("Automatic");
    if (!language && !m_detected.isEmpty())
        words = tr("Automatic: %1").arg(m_detected);
    m_language->setText(words);
    m_language->update();
}

void TaskCard::setSendsEditorText(bool sends)
{
    m_sendsEditorText = sends;
    const QSignalBlocker quiet(m_sourceToggle);
    m_sourceToggle->setChecked(sends);
    showWords();
}

void TaskCard::setSource(const QString &name, int lines)
{
    m_sourceName = name;
    m_sourceLines = lines;
    showWords();
}

void TaskCard::setContext(int used, int kept, int limit)
{
    m_contextBar->setTokens(std::max(0, used), kept, limit);
    if (limit <= 0)
        m_contextFigure->setText(tr("No model loaded"));
    else if (used < 0)
        m_contextFigure->setText(tr("%1 tokens").arg(withCommas(limit)));
    else
        m_contextFigure->setText(tr("%1 of %2 tokens").arg(withCommas(used), withCommas(limit)));
    m_contextFigure->setToolTip(limit > 0 ? tr("%1 tokens are kept for the answer.").arg(withCommas(kept))
                                          : QString());
}

void TaskCard::setBusy(bool busy)
{
    m_busy = busy;
    showWords();
}

void TaskCard::setWaiting(bool waiting)
{
    m_waiting = waiting;
    showWords();
}

void TaskCard::setFillsInMiddle(bool fills)
{
    m_fillsInMiddle = fills;
    showWords();
}

void TaskCard::setLack(Lack lack)
{
    m_lack = lack;
    showWords();
}

void TaskCard::setSwitchShown(bool shown)
{
    m_switch->setVisible(shown);
}

void TaskCard::showTitle()
{
    const QString first = m_instruction->text().trimmed().section(QLatin1Char('\n'), 0, 0).simplified();
    m_title->setToolTip(first);
    const int room = width() - 16 - 8 - 28 - 8 - (m_switch->isHidden() ? 0 : 32);
    m_title->setText(QFontMetrics(m_title->font())
                         .elidedText(first.isEmpty() ? tr("New task") : first, Qt::ElideRight, room));
}

void TaskCard::resizeEvent(QResizeEvent *event)
{
    Card::resizeEvent(event);
    showTitle();
}

// Every word that depends on the state.
void TaskCard::showWords()
{
    showTitle();
    static const char *const kLabels[] = {QT_TR_NOOP("What to build"),
                                          QT_TR_NOOP("What comes here, optional"),
                                          QT_TR_NOOP("Your question, optional"),
                                          QT_TR_NOOP("What is wrong, optional"),
                                          QT_TR_NOOP("What to change, optional"),
                                          QT_TR_NOOP("What to test, optional")};
    static const char *const kPlaceholders[] = {
        QT_TR_NOOP(
            "A command-line tool that counts words, with options for the language and the output file"),
        QT_TR_NOOP("Complete reads the code before and after the cursor."),
        QT_TR_NOOP("Why is this slow for long lists?"),
        QT_TR_NOOP("It stops with an error when the list is empty."),
        QT_TR_NOOP("Split the long function, name the constants."),
        QT_TR_NOOP("An empty list, a list with one entry, a wrong type.")};
    m_instructionLabel->setText(tr(kLabels[size_t(m_verb)]));
    m_instruction->setPlaceholderText(tr(kPlaceholders[size_t(m_verb)]));
    m_instruction->setAccessibleName(tr(kLabels[size_t(m_verb)]));

    const bool optional = m_verb == Verb::Generate;
    m_sourceToggle->setVisible(optional && m_sourceLines > 0);
    m_sourceText->setText(m_sourceLines == 0               ? tr("The editor is empty")
                          : optional && !m_sendsEditorText ? tr("%1, not sent").arg(m_sourceName)
                                                           : m_sourceName);
    m_sourceSize->setText(m_sourceLines == 0   ? QString()
                          : m_sourceLines == 1 ? tr("1 line")
                                               : tr("%1 lines").arg(withCommas(m_sourceLines)));

    QString note;
    if (m_verb == Verb::Complete && m_fillsInMiddle && !m_instruction->text().trimmed().isEmpty())
        note = tr("This model completes from the code alone: the words above are not sent.");
    else if (m_verb == Verb::Complete && !m_fillsInMiddle)
        note = tr("This model cannot fill in at the cursor. It is asked for the missing piece, which is less "
                  "exact.");
    m_note->setText(note);
    m_note->setVisible(!note.isEmpty());
    m_note->setContentsMargins(0, 8, 0, 0);

    if (m_busy) {
        m_run->setKind(TextButton::Kind::Outlined);
        m_run->setText(tr("Stop"));
        m_run->setIconName(QStringLiteral("stop"));
        m_run->setKeyHint(actionKeys("window.stop"));
        m_run->setEnabled(true);
        m_run->setToolTip(m_waiting ? tr("Takes the task out of the queue")
                                    : tr("What has been written stays"));
        return;
    }
    m_run->setKind(TextButton::Kind::Primary);
    m_run->setText(m_verbs[size_t(m_verb)]->text());
    m_run->setIconName(QString());
    m_run->setKeyHint(actionKeys("code.run"));
    m_run->setEnabled(m_lack == Lack::Nothing);
    m_run->setToolTip(m_lack == Lack::Instruction ? tr("Write what to build first")
                      : m_lack == Lack::Source ? tr("Write or paste code in the editor first, or open a file")
                                               : m_verbs[size_t(m_verb)]->toolTip());
}

void TaskCard::applyType()
{
    const Theme &t = m_appearance.theme();
    paintWords(m_title, t.text, m_appearance.font(FontRole::Title));
    for (QLabel *label : {m_instructionLabel, m_sourceLabel, m_contextLabel, m_contextFigure})
        paintWords(label, t.text2, m_appearance.font(FontRole::Small));
    paintWords(m_sourceText, t.text, m_appearance.font(FontRole::MonoSmall));
    paintWords(m_sourceSize, t.text3, m_appearance.font(FontRole::Small));
    paintWords(m_note, t.text3, m_appearance.font(FontRole::Small));
    showWords();
    update();
}

} // namespace ui
