#include "app/chat/chat_choices.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QLocale>

namespace app {

namespace {

constexpr std::pair<SamplingPreset, const char *> kPresetWords[] = {{SamplingPreset::Precise, "precise"},
                                                                    {SamplingPreset::Balanced, "balanced"},
                                                                    {SamplingPreset::Creative, "creative"},
                                                                    {SamplingPreset::Recommended, "recommended"}};

SettingKey<QString> keyOf(const inference::ModelSummary &model, QByteArray &name)
{
    name = "chat/model/" + QByteArray::fromStdString(model.fingerprint);
    return {name.constData(), {}};
}

} // namespace

ChatChoices withInherited(ChatChoices nearer, const ChatChoices &further)
{
    if (!nearer.instructions)
        nearer.instructions = further.instructions;
    if (!nearer.preset)
        nearer.preset = further.preset;
    if (!nearer.thinking)
        nearer.thinking = further.thinking;
    return nearer;
}

QByteArray choicesToJson(const ChatChoices &choices)
{
    QJsonObject object;
    if (choices.instructions)
        object[QLatin1String("instructions")] = *choices.instructions;
    if (choices.preset)
        for (const auto &[preset, word] : kPresetWords)
            if (preset == *choices.preset)
                object[QLatin1String("sampling")] = QLatin1String(word);
    if (choices.thinking)
        object[QLatin1String("thinking")] = *choices.thinking != inference::Thinking::Off;
    return object.isEmpty() ? QByteArray() : QJsonDocument(object).toJson(QJsonDocument::Compact);
}

ChatChoices choicesFromJson(const QByteArray &json)
{
    const QJsonObject object = QJsonDocument::fromJson(json).object();
    ChatChoices choices;
    if (const QJsonValue value = object.value(QLatin1String("instructions")); value.isString())
        choices.instructions = value.toString();
    for (const auto &[preset, word] : kPresetWords)
        if (object.value(QLatin1String("sampling")).toString() == QLatin1String(word))
            choices.preset = preset;
    if (const QJsonValue value = object.value(QLatin1String("thinking")); value.isBool())
        choices.thinking = value.toBool() ? inference::Thinking::On : inference::Thinking::Off;
    return choices;
}

ChatChoices modelChoices(const Settings &settings, const std::optional<inference::ModelSummary> &model)
{
    if (!model || model->fingerprint.empty())
        return {};
    QByteArray name;
    return choicesFromJson(settings.get(keyOf(*model, name)).toUtf8());
}

void setModelChoices(Settings &settings, const inference::ModelSummary &model, const ChatChoices &choices)
{
    QByteArray name;
    settings.set(keyOf(model, name), QString::fromUtf8(choicesToJson(choices)));
}

QString withVariables(const QString &text, const PromptVariables &variables)
{
    constexpr qsizetype kLongestName = 20;
    QString result;
    qsizetype from = 0, close = 0;
    for (;;) {
        const qsizetype open = text.indexOf(QLatin1String("{{"), from);
        if (open >= 0 && close >= 0 && close < open + 2)
            close = text.indexOf(QLatin1String("}}"), open + 2);
        if (open < 0 || close < 0)
            return result += QStringView(text).mid(from);
        const QString name = close - open > kLongestName ? QString() : text.mid(open + 2, close - open - 2).trimmed().toLower();
        result += QStringView(text).mid(from, open - from);
        // To the model, in a form that every one reads.
        if (name == QLatin1String("date"))
            result += variables.began.date().toString(Qt::ISODate);
        else if (name == QLatin1String("weekday"))
            result += QLocale::c().dayName(variables.began.date().dayOfWeek());
        else if (name == QLatin1String("time"))
            result += variables.began.time().toString(QStringLiteral("HH:mm"));
        else if (name == QLatin1String("model"))
            result += variables.model;
        else if (name == QLatin1String("language"))
            result += QLocale::languageToString(QLocale::system().language());
        else { // one may begin a brace later
            result += QLatin1Char('{');
            from = open + 1;
            continue;
        }
        from = close + 2;
    }
}

ChatOptions chatOptions(const Settings &settings, std::initializer_list<ChatChoices> levels, const PromptVariables &variables)
{
    ChatOptions options = chatOptions(settings);
    for (auto level = std::rbegin(levels); level != std::rend(levels); ++level) {
        if (level->instructions)
            options.systemPrompt = *level->instructions;
        if (level->preset)
            options.preset = *level->preset;
        if (level->thinking)
            options.thinking = *level->thinking;
    }
    options.systemPrompt = withVariables(options.systemPrompt, variables);
    return options;
}

} // namespace app
