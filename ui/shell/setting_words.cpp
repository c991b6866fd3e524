#include "ui/shell/setting_words.h"

#include "app/fuzzy_match.h"
#include "app/settings_keys.h"

#include <QCoreApplication>

#include <algorithm>
#include <cstring>

namespace ui {

namespace {

constexpr const char *kContext = "SettingWords";

QString tr(const char *words)
{
    return *words ? QCoreApplication::translate(kContext, words) : QString();
}

} // namespace

QString settingPageName(SettingPage page)
{
    switch (page) {
    case SettingPage::Appearance:
        return QCoreApplication::translate("SettingWords", "Appearance");
    case SettingPage::Chat:
        return QCoreApplication::translate("SettingWords", "Chat");
    case SettingPage::Engine:
        return QCoreApplication::translate("SettingWords", "Engine");
    case SettingPage::Desktop:
        return QCoreApplication::translate("SettingWords", "Desktop");
    case SettingPage::Diagnostics:
        break;
    }
    return QCoreApplication::translate("SettingWords", "Diagnostics");
}

QString settingPageIcon(SettingPage page)
{
    switch (page) {
    case SettingPage::Appearance:
        return QStringLiteral("sun");
    case SettingPage::Chat:
        return QStringLiteral("chat");
    case SettingPage::Engine:
        return QStringLiteral("chip");
    case SettingPage::Desktop:
        return QStringLiteral("info");
    case SettingPage::Diagnostics:
        break;
    }
    return QStringLiteral("gauge");
}

const QVector<SettingWords> &allSettingWords()
{
    using enum SettingPage;
    static const QVector<SettingWords> all = {
        {app::kScheme.name, Appearance, QT_TRANSLATE_NOOP("SettingWords", "Colours"),
         QT_TRANSLATE_NOOP("SettingWords", "System follows the desktop."),
         QT_TRANSLATE_NOOP("SettingWords", "theme dark light night")},
        {app::kInterfaceLanguage.name, Appearance, QT_TRANSLATE_NOOP("SettingWords", "Language"),
         QT_TRANSLATE_NOOP("SettingWords", "Of the window, from the next start on."),
         QT_TRANSLATE_NOOP("SettingWords", "English Chinese Japanese Korean 中文 日本語 한국어")},
        {app::kReadingSize.name, Appearance, QT_TRANSLATE_NOOP("SettingWords", "Reading size"),
         QT_TRANSLATE_NOOP("SettingWords", "Messages, segments and what you write."),
         QT_TRANSLATE_NOOP("SettingWords", "font text zoom larger smaller")},
        {app::kCodeZoom.name, Appearance, QT_TRANSLATE_NOOP("SettingWords", "Code size"),
         QT_TRANSLATE_NOOP("SettingWords", "Of the editor in the Code panel."),
         QT_TRANSLATE_NOOP("SettingWords", "font editor zoom larger smaller")},

        {app::kSystemPrompt.name, Chat, QT_TRANSLATE_NOOP("SettingWords", "System prompt"),
         QT_TRANSLATE_NOOP("SettingWords", "What every chat begins with; the model sees it before your first message."),
         QT_TRANSLATE_NOOP("SettingWords", "instructions")},
        {app::kSamplingPreset.name, Chat, QT_TRANSLATE_NOOP("SettingWords", "Sampling"),
         QT_TRANSLATE_NOOP("SettingWords", "How freely the model chooses its words."),
         QT_TRANSLATE_NOOP("SettingWords", "temperature top-p preset")},
        {app::kThinking.name, Chat, QT_TRANSLATE_NOOP("SettingWords", "Thinking"),
         QT_TRANSLATE_NOOP("SettingWords", "For models that can reason before they answer."),
         QT_TRANSLATE_NOOP("SettingWords", "think reasoning")},
        {app::kMaxAnswerTokens.name, Chat, QT_TRANSLATE_NOOP("SettingWords", "Longest answer"),
         QT_TRANSLATE_NOOP("SettingWords", "An answer that stops there can be continued."),
         QT_TRANSLATE_NOOP("SettingWords", "tokens limit length")},
        {app::kModelTitles.name, Chat, QT_TRANSLATE_NOOP("SettingWords", "Titles"),
         QT_TRANSLATE_NOOP("SettingWords", "What a chat is called until you name it."),
         QT_TRANSLATE_NOOP("SettingWords", "names of chats")},
        {app::kDoubt.name, Chat, QT_TRANSLATE_NOOP("SettingWords", "Doubt"),
         QT_TRANSLATE_NOOP("SettingWords", "In the token lens: words where the model hesitated between several."),
         QT_TRANSLATE_NOOP("SettingWords", "unsure underline probability")},

        {app::kDevice.name, Engine, QT_TRANSLATE_NOOP("SettingWords", "Device"),
         QT_TRANSLATE_NOOP(
             "SettingWords",
             "Automatic takes a graphics card whose numbers are right. What does not fit its memory runs on the processor."),
         QT_TRANSLATE_NOOP("SettingWords", "GPU CPU CUDA graphics card processor")},
        {app::kContextLength.name, Engine, QT_TRANSLATE_NOOP("SettingWords", "Context length"),
         QT_TRANSLATE_NOOP("SettingWords", "How much the model can see at once. More takes more memory."),
         QT_TRANSLATE_NOOP("SettingWords", "tokens window memory")},
        {app::kThreads.name, Engine, QT_TRANSLATE_NOOP("SettingWords", "Threads"),
         QT_TRANSLATE_NOOP("SettingWords", "Fewer leave more of the processor to other programs."),
         QT_TRANSLATE_NOOP("SettingWords", "cores processor speed")},
        {app::kKvCacheBits.name, Engine, QT_TRANSLATE_NOOP("SettingWords", "Memory of the context"),
         QT_TRANSLATE_NOOP(
             "SettingWords",
             "8 bits take three fifths of the memory. Answers can differ a little. Models with experts keep 16 bits."),
         QT_TRANSLATE_NOOP("SettingWords", "KV cache bits")},
        {app::kKeptGib.name, Engine, QT_TRANSLATE_NOOP("SettingWords", "Keep read conversations on disk"),
         QT_TRANSLATE_NOOP(
             "SettingWords",
             "Going back to one needs no new reading then, also after a restart. The files hold its text, that of deleted chats included. Off deletes them."),
         QT_TRANSLATE_NOOP("SettingWords", "KV cache storage prefix")},
        {app::kModelsFolder.name, Engine, QT_TRANSLATE_NOOP("SettingWords", "Folder of models"),
         QT_TRANSLATE_NOOP("SettingWords", "One more place to look for models in."),
         QT_TRANSLATE_NOOP("SettingWords", "GGUF files directory")},

        {app::kTray.name, Desktop, QT_TRANSLATE_NOOP("SettingWords", "When the window is closed"),
         QT_TRANSLATE_NOOP("SettingWords", "In the tray, answers go on. Its icon opens the window again, or quits."),
         QT_TRANSLATE_NOOP("SettingWords", "tray background icon quit")},
        {app::kNotifications.name, Desktop, QT_TRANSLATE_NOOP("SettingWords", "Tell when an answer ends"),
         QT_TRANSLATE_NOOP("SettingWords", "While another window is in front, where the desktop shows notifications."),
         QT_TRANSLATE_NOOP("SettingWords", "notification")},
    };
    return all;
}

const SettingWords *settingWords(const char *key)
{
    const QVector<SettingWords> &all = allSettingWords();
    const auto found =
        std::find_if(all.begin(), all.end(), [key](const SettingWords &words) { return std::strcmp(words.key, key) == 0; });
    return found == all.end() ? nullptr : &*found;
}

QString settingName(const SettingWords &words)
{
    return tr(words.name);
}

QString settingHint(const SettingWords &words)
{
    return tr(words.hint);
}

QString settingOthers(const SettingWords &words)
{
    // In any language by their English words too, which is how others write of them.
    return QStringList{settingHint(words), tr(words.others), QString::fromLatin1(words.name)}.join(QLatin1Char(' '));
}

bool settingMatches(const SettingWords &words, const QString &typed)
{
    if (app::fuzzyMatch(typed, settingPageName(words.page) + QLatin1Char(' ') + settingName(words)))
        return true;
    const QString all = settingOthers(words);
    const QStringList wanted = typed.split(QLatin1Char(' '), Qt::SkipEmptyParts);
    return std::all_of(wanted.begin(), wanted.end(),
                       [&](const QString &word) { return all.contains(word, Qt::CaseInsensitive); });
}

} // namespace ui
