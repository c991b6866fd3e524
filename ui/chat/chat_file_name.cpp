#include "ui/chat/chat_file_name.h"

#include <QRegularExpression>

namespace ui {

QString chatFileName(QString title)
{
    static const QString forbidden = QStringLiteral("/\\:*?\"<>|");
    title = title.left(60);
    for (QChar &c : title)
        if (forbidden.contains(c) || c.unicode() < 32)
            c = QLatin1Char('-');
    // A sentence's full stop is not the suffix's dot, and a name that begins with one is hidden.
    static const QRegularExpression edges(QStringLiteral("^[\\s.]+|[\\s.]+$"));
    title.remove(edges);
    return title.isEmpty() ? QStringLiteral("chat") : title;
}

} // namespace ui
