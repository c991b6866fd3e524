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

QString chatCount(qint64 chats)
{
    return chats == 1 ? QCoreApplication::translate("ui::figures", "1 chat")
                      : QCoreApplication::translate("ui::figures", "%1 chats").arg(withCommas(chats));
}

QString messageCount(qint64 messages)
{
    return messages == 1 ? QCoreApplication::translate("ui::figures", "1 message")
                         : QCoreApplication::translate("ui::figures", "%1 messages").arg(withCommas(messages));
}

QString turnCount(qint64 turns)
{
    return turns == 1 ? QCoreApplication::translate("ui::figures", "1 turn")
                      : QCoreApplication::translate("ui::figures", "%1 turns").arg(withCommas(turns));
}

QString sizeOnDisk(qint64 bytes)
{
    const double mib = double(bytes) / (1 << 20);
    return mib < 1000 ? QCoreApplication::translate("Sizes", "%1 MiB").arg(mib, 0, 'f', mib < 9.95 ? 1 : 0)
                      : QCoreApplication::translate("Sizes", "%1 GiB").arg(mib / 1024, 0, 'f', 1);
}

} // namespace ui
