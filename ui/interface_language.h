// The languages of the window. Their catalogues are in resources/i18n and part of the program; see "Translations" in HACKING.md.
#pragma once

#include <QLocale>
#include <QString>

#include <span>

class QCoreApplication;

namespace ui {

struct InterfaceLanguage
{
    const char *code; // of the setting and of the catalogue's file
    const char *name; // its own, UTF-8
};
std::span<const InterfaceLanguage> interfaceLanguages(); // English first

// What the setting means: itself, where it is one of these; otherwise the first of the system's languages that is, or English.
QString interfaceLanguageOf(const QString &setting, const QStringList &systemLanguages = QLocale::system().uiLanguages());

// Once, before the first widget: catalogues, Qt's own words, dates and numbers. They stay as long as the application.
void useInterfaceLanguage(QCoreApplication &application, const QString &setting);
QString usedInterfaceLanguage(); // its code; English before

} // namespace ui
