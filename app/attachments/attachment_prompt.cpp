#include "app/attachments/attachment_prompt.h"

namespace app {

namespace {

// A name is one line: what breaks it could pretend to be a mark.
QString oneLine(const QString &name)
{
    QString line;
    line.reserve(name.size());
    for (const QChar c : name)
        line += c.category() == QChar::Other_Control || c == QChar::LineSeparator || c == QChar::ParagraphSeparator ? QChar(u' ') : c;
    return line.simplified();
}

} // namespace

QString attachmentBlock(const AttachmentRecord &attachment)
{
    // Not by arg(), which would look for places in a foreign text.
    return QStringLiteral("[file name]: ") + oneLine(attachment.name) + QStringLiteral("\n[file content begin]\n") + attachment.text +
           QStringLiteral("\n[file content end]\n");
}

QString withAttachments(const QVector<AttachmentRecord> &attachments, const QString &words)
{
    QString all;
    for (const AttachmentRecord &attachment : attachments)
        if (!attachment.leftOut)
            all += attachmentBlock(attachment);
    if (all.isEmpty())
        return words;
    if (words.isEmpty())
        all.chop(1);
    return all + words;
}

} // namespace app
