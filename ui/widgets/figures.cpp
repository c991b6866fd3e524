#include "ui/widgets/figures.h"

#include <QCoreApplication>
#include <QLocale>

namespace ui {

QString withCommas(qint64 number)
{
    return QLocale(QLocale::English, QLocale::UnitedStates).toString(number);
}

QString tokenCount(qint64 tokens)
{
    return tokens == 1 ? QCoreApplication::translate("Tokens", "1 token")
                       : QCoreApplication::translate("Tokens", "%1 tokens").arg(withCommas(tokens));
}

} // namespace ui
