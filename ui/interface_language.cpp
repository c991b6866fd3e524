#include "ui/interface_language.h"

#include <QCoreApplication>
#include <QTranslator>

#include <algorithm>
#include <array>

namespace ui {

namespace {

constexpr auto kUsed = "interfaceLanguage"; // property of the application

constexpr std::array<InterfaceLanguage, 4> kLanguages{
    {{"en", "English"}, {"zh_CN", "简体中文"}, {"ja", "日本語"}, {"ko", "한국어"}}};

// "zh-Hans-SG" is written as zh_CN is; who reads traditional characters finds their other languages first.
QString codeOf(const QString &tag)
{
    const QLocale locale(tag);
    switch (locale.language()) {
    case QLocale::English:
        return QStringLiteral("en");
    case QLocale::Chinese:
        return locale.script() == QLocale::SimplifiedHanScript ? QStringLiteral("zh_CN") : QString();
    case QLocale::Japanese:
        return QStringLiteral("ja");
    case QLocale::Korean:
        return QStringLiteral("ko");
    default:
        return {};
    }
}

} // namespace

std::span<const InterfaceLanguage> interfaceLanguages()
{
    return kLanguages;
}

QString interfaceLanguageOf(const QString &setting, const QStringList &systemLanguages)
{
    for (const InterfaceLanguage &language : kLanguages)
        if (setting == QLatin1String(language.code))
            return setting;
    for (const QString &tag : systemLanguages)
        if (const QString code = codeOf(tag); !code.isEmpty())
            return code;
    return QStringLiteral("en");
}

void useInterfaceLanguage(QCoreApplication &application, const QString &setting)
{
    const QString code = interfaceLanguageOf(setting);
    application.setProperty(kUsed, code);
    // Dates and numbers are the system's where it speaks this language.
    const QLocale system = QLocale::system();
    QLocale::setDefault(codeOf(system.bcp47Name()) == code ? system : QLocale(code));
    for (const char *catalogue : {":/i18n/qt_%1.qm", ":/i18n/baleen_%1.qm"}) {
        auto *translator = new QTranslator(&application);
        if (translator->load(QString::fromLatin1(catalogue).arg(code)))
            application.installTranslator(translator);
        else
            delete translator; // English words of Qt are in Qt
    }
}

QString usedInterfaceLanguage()
{
    const QString code = QCoreApplication::instance()->property(kUsed).toString();
    return code.isEmpty() ? QString::fromLatin1(kLanguages.front().code) : code;
}

} // namespace ui
