// Which of the formats in a zip archive it is, and its text.
#include "app/attachments/reader/office.h"

#include "app/attachments/reader/reading.h"
#include "app/attachments/reader/zip_members.h"

namespace app::reader {

namespace {

bool isWanted(const QString &name)
{
    return name == QLatin1String("mimetype") || ((name.startsWith(QLatin1String("word/")) || name.startsWith(QLatin1String("xl/"))) &&
                                                 (name.endsWith(QLatin1String(".xml")) || name.endsWith(QLatin1String(".rels"))) &&
                                                 !name.contains(QLatin1String("/theme/")) && !name.contains(QLatin1String("/drawings/")));
}

Reading refusedArchive(const ZipMembers &members)
{
    const QByteArray type = members.contents.value(QStringLiteral("mimetype")).left(100).trimmed();
    const auto anyStartsWith = [&](const char *start) {
        for (const QString &name : members.names)
            if (name.startsWith(QLatin1String(start)))
                return true;
        return false;
    };
    if (type.startsWith("application/vnd.oasis.opendocument"))
        return refused("document", QStringLiteral("OpenDocument"));
    if (type.startsWith("application/epub"))
        return refused("document", QStringLiteral("EPUB"));
    if (anyStartsWith("ppt/"))
        return refused("document", QStringLiteral("PowerPoint"));
    if (anyStartsWith("xl/"))
        return refused("document", QStringLiteral("XLSB"));
    if (anyStartsWith("META-INF/MANIFEST.MF"))
        return refused("program", QStringLiteral("Java"));
    return refused("archive", QStringLiteral("ZIP"));
}

} // namespace

Reading readOffice(const QByteArray &zip)
{
    const ZipMembers members = readZip(zip, &isWanted);
    if (members.encrypted)
        return refused("locked");
    if (members.tooLarge)
        return refused("large");
    const bool isDocx = members.contents.contains(QStringLiteral("word/document.xml"));
    const bool isXlsx = members.contents.contains(QStringLiteral("xl/workbook.xml"));
    if (!members.damage.isEmpty() && (isDocx || isXlsx || members.names.isEmpty()))
        return refused("damaged", members.damage);
    if (!isDocx && !isXlsx) {
        for (const QString &name : members.names)
            if (!members.damage.isEmpty() && (name.startsWith(QLatin1String("word/")) || name.startsWith(QLatin1String("xl/"))))
                return refused("damaged", members.damage);
        return refusedArchive(members);
    }
    Reading reading = isDocx ? readDocx(members.contents) : readXlsx(members.contents);
    if (reading.text.size() > kLargestText)
        return refused("large");
    return reading;
}

} // namespace app::reader
