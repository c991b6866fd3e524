#include "ui/shell/language_choice.h"

#include "app/settings_keys.h"
#include "ui/interface_language.h"

#include <QCoreApplication>
#include <QMenu>

namespace ui {

namespace {

QString nameOf(const QString &code)
{
    for (const InterfaceLanguage &language : interfaceLanguages())
        if (code == QLatin1String(language.code))
            return QString::fromUtf8(language.name);
    return QCoreApplication::translate("ui::SettingsDialog", "System");
}

} // namespace

ComboButton *makeLanguageChoice(app::Settings &settings, const Appearance &appearance, QWidget *parent)
{
    auto *choice = new ComboButton(appearance, QString(), ComboButton::Look::Field, parent);
    choice->setObjectName(QStringLiteral("language"));
    choice->setText(nameOf(settings.get(app::kInterfaceLanguage)));
    QStringList codes{QString()};
    for (const InterfaceLanguage &language : interfaceLanguages())
        codes << QString::fromLatin1(language.code);
    for (const QString &code : std::as_const(codes))
        choice->menu()->addAction(nameOf(code), choice, [&settings, choice, code] {
            settings.set(app::kInterfaceLanguage, code);
            choice->setText(nameOf(code));
            choice->updateGeometry();
        });
    return choice;
}

} // namespace ui
