// What the settings are called: the dialog shows it, its search and the palette find it.
#pragma once

#include <QString>
#include <QVector>

namespace ui {

enum class SettingPage { Appearance, Chat, Engine, Desktop, Diagnostics };
inline constexpr SettingPage kSettingPages[] = {SettingPage::Appearance, SettingPage::Chat, SettingPage::Engine, SettingPage::Desktop, SettingPage::Diagnostics};
QString settingPageName(SettingPage page);
QString settingPageIcon(SettingPage page);

struct SettingWords
{
    const char *key; // its name in app/settings_keys.h
    SettingPage page;
    const char *name, *hint; // in English
    const char *others;      // words it is found by, too
};
// In the order of the pages. What cannot be set by hand is not among them.
const QVector<SettingWords> &allSettingWords();
const SettingWords *settingWords(const char *key); // null: none
QString settingName(const SettingWords &words);
QString settingHint(const SettingWords &words);
QString settingOthers(const SettingWords &words); // all other words that it is found by
// Whether what is typed into the search means it.
bool settingMatches(const SettingWords &words, const QString &typed);

} // namespace ui
