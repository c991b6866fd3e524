#include "ui/chat/attachment_words.h"

#include "ui/widgets/figures.h"

#include <QCoreApplication>

namespace ui {

namespace {

struct AttachmentWords
{
    Q_DECLARE_TR_FUNCTIONS(ui::Attachments)
};

} // namespace

QString attachmentIcon(app::AttachmentKind kind)
{
    return kind == app::AttachmentKind::Code   ? QStringLiteral("code")
           : kind == app::AttachmentKind::Xlsx ? QStringLiteral("list")
                                               : QStringLiteral("file");
}

QString fileSize(qint64 bytes)
{
    if (bytes < 1000)
        return bytes == 1 ? AttachmentWords::tr("1 byte") : AttachmentWords::tr("%1 bytes").arg(bytes);
    const double kilo = double(bytes) / 1000;
    return kilo < 999.95 ? AttachmentWords::tr("%1 KB").arg(kilo, 0, 'f', 1) : AttachmentWords::tr("%1 MB").arg(kilo / 1000, 0, 'f', 1);
}

QString attachmentSize(const app::AttachmentRecord &attachment)
{
    const QString size = fileSize(attachment.bytes);
    return attachment.note.isEmpty() ? size : size + QStringLiteral(" · ") + attachment.note;
}

QString shownName(const QString &name)
{
    QString shown = name.simplified();
    shown.removeIf([](QChar c) {
        const char16_t u = c.unicode();
        return c.category() == QChar::Other_Control || (u >= 0x202a && u <= 0x202e) || (u >= 0x2066 && u <= 0x2069);
    });
    return shown;
}

QString asPlainTip(const QString &text)
{
    return QStringLiteral("<p>%1</p>").arg(text.toHtmlEscaped().replace(QLatin1Char('\n'), QStringLiteral("<br>")));
}

} // namespace ui
