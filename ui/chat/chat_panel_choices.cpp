// Chat: sampling, thinking and instructions, for all chats, a model, a folder or this chat.
#include "ui/chat/chat_panel.h"

#include "app/chat/chat_choices.h"
#include "app/model_catalog.h"
#include "app/settings_keys.h"
#include "ui/chat/composer.h"
#include "ui/chat/instructions_dialog.h"
#include "ui/chat/sampling_words.h"

#include <QActionGroup>
#include <QMenu>

namespace ui {

using app::ChatChoices;

void ChatPanel::makePresets()
{
    QMenu *menu = m_composer->preset()->menu();
    auto *group = new QActionGroup(menu);
    menu->setToolTipsVisible(true);
    for (const app::SamplingPreset preset : kPresets) {
        QAction *action = menu->addAction(presetName(preset)); // showPresets() adds the figures
        action->setCheckable(true);
        action->setData(int(preset));
        group->addAction(action);
        connect(action, &QAction::triggered, this, [this, preset] {
            ChatChoices choices = choicesAt(choiceLevel());
            choices.preset = preset;
            setChoicesAt(choiceLevel(), choices);
        });
    }
    menu->addSeparator();
    QMenu *scope = menu->addMenu(QString());
    connect(menu, &QMenu::aboutToShow, scope,
            [this, scope] { scope->setTitle(tr("Holds for: %1").arg(levelName(choiceLevel()))); });
    connect(scope, &QMenu::aboutToShow, this, [this, scope] {
        scope->clear();
        for (const ChoiceLevel level : levelsHere()) {
            QAction *action = scope->addAction(levelName(level), this, [this, level] { setChoiceLevel(level); });
            action->setCheckable(true);
            action->setChecked(level == choiceLevel());
        }
    });
    menu->addAction(m_appearance.icon(QStringLiteral("edit")), tr("Instructions…"), this, &ChatPanel::editInstructions);
    connect(m_composer->think(), &TextButton::clicked, this, [this](bool on) {
        ChatChoices choices = choicesAt(choiceLevel());
        choices.thinking = on ? inference::Thinking::On : inference::Thinking::Off;
        setChoicesAt(choiceLevel(), choices);
    });
}

void ChatPanel::showPresets()
{
    const auto model = m_service.model();
    const app::ChatOptions options = m_session->options();
    m_composer->think()->setVisible(model && model->canThink);
    m_composer->think()->setChecked(options.thinking != inference::Thinking::Off);
    m_composer->preset()->setText(presetName(options.preset));
    for (QAction *action : m_composer->preset()->menu()->actions()) {
        if (!action->data().isValid())
            continue;
        const auto choice = app::SamplingPreset(action->data().toInt());
        action->setText(presetChoice(choice, model));
        action->setToolTip(presetSource(choice, model));
        action->setChecked(choice == options.preset);
    }
    m_composer->preset()->updateGeometry();
}

QVector<ChatPanel::ChoiceLevel> ChatPanel::levelsHere() const
{
    QVector<ChoiceLevel> levels{ChoiceLevel::All};
    if (const auto model = m_service.model(); model && !model->fingerprint.empty())
        levels << ChoiceLevel::Model;
    if (m_session && m_session->folder().id != 0)
        levels << ChoiceLevel::Folder;
    levels << ChoiceLevel::Chat;
    return levels;
}

QString ChatPanel::levelName(ChoiceLevel level) const
{
    switch (level) {
    case ChoiceLevel::Model:
        return tr("This model");
    case ChoiceLevel::Folder:
        return tr("This folder");
    case ChoiceLevel::Chat:
        return tr("This chat");
    case ChoiceLevel::All:
        break;
    }
    return tr("All chats");
}

app::ChatChoices ChatPanel::choicesAt(ChoiceLevel level) const
{
    switch (level) {
    case ChoiceLevel::Model:
        return app::modelChoices(m_settings, m_service.model());
    case ChoiceLevel::Folder:
        return app::choicesFromJson(m_session->folder().choices);
    case ChoiceLevel::Chat:
        return m_session->choices();
    case ChoiceLevel::All:
        break;
    }
    ChatChoices all;
    if (const QString instructions = m_settings.get(app::kSystemPrompt); !instructions.isEmpty())
        all.instructions = instructions;
    return all;
}

void ChatPanel::setChoicesAt(ChoiceLevel level, const ChatChoices &choices)
{
    switch (level) {
    case ChoiceLevel::Model:
        if (const auto model = m_service.model())
            app::setModelChoices(m_settings, *model, choices);
        break;
    case ChoiceLevel::Folder: {
        app::FolderRecord folder = m_session->folder();
        folder.choices = app::choicesToJson(choices);
        if (folder.id != 0)
            m_store.write({app::SaveFolder{folder}}, app::Durability::Typed);
        break;
    }
    case ChoiceLevel::Chat:
        m_session->setChoices(choices);
        break;
    case ChoiceLevel::All:
        m_settings.set(app::kSystemPrompt, choices.instructions.value_or(QString()));
        if (choices.preset)
            m_settings.set(app::kSamplingPreset, int(*choices.preset));
        if (choices.thinking)
            m_settings.set(app::kThinking, int(*choices.thinking));
        break;
    }
}

// Where sampling and thinking of this chat are decided.
ChatPanel::ChoiceLevel ChatPanel::choiceLevel() const
{
    const QVector<ChoiceLevel> levels = levelsHere();
    for (int i = int(levels.size()) - 1; i > 0; --i) {
        const ChatChoices choices = choicesAt(levels[i]);
        if (choices.preset || choices.thinking)
            return levels[i];
    }
    return ChoiceLevel::All;
}

// What holds now holds from that level on; nearer ones decide nothing any more.
void ChatPanel::setChoiceLevel(ChoiceLevel level)
{
    const app::ChatOptions options = m_session->options();
    for (const ChoiceLevel each : levelsHere()) {
        if (each <= level)
            continue;
        ChatChoices nearer = choicesAt(each);
        if (nearer.preset || nearer.thinking) {
            nearer.preset.reset();
            nearer.thinking.reset();
            setChoicesAt(each, nearer);
        }
    }
    if (level == ChoiceLevel::All)
        return;
    ChatChoices choices = choicesAt(level);
    choices.preset = options.preset;
    if (options.thinking != inference::Thinking::ModelDefault)
        choices.thinking = options.thinking;
    setChoicesAt(level, choices);
}

void ChatPanel::editInstructions()
{
    if (!m_session)
        return;
    const QVector<ChoiceLevel> levels = levelsHere();
    QVector<InstructionsDialog::Level> shown;
    int nearest = 0;
    for (const ChoiceLevel level : levels) {
        InstructionsDialog::Level each{levelName(level), QString(), choicesAt(level).instructions.value_or(QString())};
        if (level == ChoiceLevel::Model)
            each.of = app::shortModelName(QString::fromStdString(m_service.model()->path.string()));
        else if (level == ChoiceLevel::Folder)
            each.of = m_session->folder().name;
        if (!each.instructions.isEmpty())
            nearest = int(shown.size());
        shown << each;
    }
    const QPointer<app::ChatSession> session = m_session;
    InstructionsDialog dialog(
        m_appearance, shown, nearest,
        [session](const QString &text) { return session ? app::withVariables(text, session->promptVariables()) : text; }, this);
    if (dialog.exec() != QDialog::Accepted || !session || session != m_session)
        return;
    for (int i = 0; i < levels.size(); ++i) {
        ChatChoices choices = choicesAt(levels[i]);
        const QString text = dialog.levels()[i].instructions;
        if (choices.instructions.value_or(QString()) == text)
            continue;
        choices.instructions = text.isEmpty() ? std::nullopt : std::optional(text);
        setChoicesAt(levels[i], choices);
    }
}

} // namespace ui
