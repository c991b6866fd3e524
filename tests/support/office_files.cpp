#include "tests/support/office_files.h"

#include <QtEndian>

#include <array>

namespace test {

namespace {

quint32 crcOf(const QByteArray &bytes)
{
    static const std::array<quint32, 256> table = [] {
        std::array<quint32, 256> made{};
        for (quint32 i = 0; i < 256; ++i) {
            quint32 c = i;
            for (int k = 0; k < 8; ++k)
                c = c & 1 ? 0xedb88320u ^ (c >> 1) : c >> 1;
            made[i] = c;
        }
        return made;
    }();
    quint32 crc = 0xffffffffu;
    for (const char byte : bytes)
        crc = table[(crc ^ uchar(byte)) & 0xff] ^ (crc >> 8);
    return crc ^ 0xffffffffu;
}

void put16(QByteArray &out, quint16 value)
{
    out.append(char(value & 0xff)).append(char(value >> 8));
}

void put32(QByteArray &out, quint32 value)
{
    put16(out, quint16(value & 0xffff));
    put16(out, quint16(value >> 16));
}

const QString kWord = QStringLiteral("http://schemas.openxmlformats.org/wordprocessingml/2006/main");
const QString kSheet = QStringLiteral("http://schemas.openxmlformats.org/spreadsheetml/2006/main");
const QString kRelations = QStringLiteral("http://schemas.openxmlformats.org/officeDocument/2006/relationships");
const QString kHead = QStringLiteral("<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n");

} // namespace

QByteArray zipOf(const ZipFiles &files, bool deflated)
{
    QByteArray zip, directory;
    for (const auto &file : files) {
        const QByteArray &content = file.second; // clang 14 captures no parts of a structured binding
        // qCompress(): its own length, then zlib's head and foot around what deflate made.
        const QByteArray packed = deflated ? qCompress(content, 9).sliced(6).chopped(4) : content;
        const QByteArray path = file.first.toUtf8();
        const auto common = [&](QByteArray &out) {
            put16(out, 20);
            put16(out, 0);
            put16(out, deflated ? 8 : 0);
            put32(out, 0x5a210000); // time and date
            put32(out, crcOf(content));
            put32(out, quint32(packed.size()));
            put32(out, quint32(content.size()));
            put16(out, quint16(path.size()));
            put16(out, 0);
        };
        directory.append("PK\x01\x02", 4);
        put16(directory, 20);
        common(directory);
        put16(directory, 0);
        put16(directory, 0);
        put16(directory, 0);
        put32(directory, 0);
        put32(directory, quint32(zip.size()));
        directory += path;
        zip.append("PK\x03\x04", 4);
        common(zip);
        zip += path + packed;
    }
    const quint32 at = quint32(zip.size());
    zip += directory;
    zip.append("PK\x05\x06\0\0\0\0", 8);
    put16(zip, quint16(files.size()));
    put16(zip, quint16(files.size()));
    put32(zip, quint32(directory.size()));
    put32(zip, at);
    put16(zip, 0);
    return zip;
}

QString paragraph(const QString &words, const QString &properties)
{
    return QStringLiteral("<w:p>") + (properties.isEmpty() ? QString() : QStringLiteral("<w:pPr>") + properties + QStringLiteral("</w:pPr>")) +
           QStringLiteral("<w:r><w:t xml:space=\"preserve\">") + words.toHtmlEscaped() + QStringLiteral("</w:t></w:r></w:p>");
}

QByteArray docxOf(const QString &body, const ZipFiles &more)
{
    ZipFiles files{{QStringLiteral("[Content_Types].xml"), "<Types/>"},
                   {QStringLiteral("word/document.xml"), (kHead + QStringLiteral("<w:document xmlns:w=\"%1\"><w:body>").arg(kWord) + body +
                                                          QStringLiteral("</w:body></w:document>"))
                                                             .toUtf8()}};
    return zipOf(files + more);
}

QByteArray xlsxOf(const QVector<QPair<QString, QString>> &sheets, const QStringList &strings, const QString &styles)
{
    QString book = kHead + QStringLiteral("<workbook xmlns=\"%1\" xmlns:r=\"%2\"><sheets>").arg(kSheet, kRelations);
    QString relations = kHead + QStringLiteral("<Relationships>");
    ZipFiles files{{QStringLiteral("[Content_Types].xml"), "<Types/>"}};
    for (qsizetype i = 0; i < sheets.size(); ++i) {
        book += QStringLiteral("<sheet name=\"%1\" sheetId=\"%2\" r:id=\"rId%2\"/>").arg(sheets[i].first.toHtmlEscaped()).arg(i + 1);
        relations += QStringLiteral("<Relationship Id=\"rId%1\" Target=\"worksheets/sheet%1.xml\"/>").arg(i + 1);
        files << qMakePair(QStringLiteral("xl/worksheets/sheet%1.xml").arg(i + 1),
                           (kHead + QStringLiteral("<worksheet xmlns=\"%1\"><sheetData>").arg(kSheet) + sheets[i].second + QStringLiteral("</sheetData></worksheet>")).toUtf8());
    }
    QString shared = kHead + QStringLiteral("<sst xmlns=\"%1\">").arg(kSheet);
    for (const QString &words : strings)
        shared += QStringLiteral("<si><t>") + words.toHtmlEscaped() + QStringLiteral("</t></si>");
    files << qMakePair(QStringLiteral("xl/workbook.xml"), (book + QStringLiteral("</sheets></workbook>")).toUtf8())
          << qMakePair(QStringLiteral("xl/_rels/workbook.xml.rels"), (relations + QStringLiteral("</Relationships>")).toUtf8())
          << qMakePair(QStringLiteral("xl/sharedStrings.xml"), (shared + QStringLiteral("</sst>")).toUtf8())
          << qMakePair(QStringLiteral("xl/styles.xml"), (kHead + QStringLiteral("<styleSheet xmlns=\"%1\">").arg(kSheet) + styles + QStringLiteral("</styleSheet>")).toUtf8());
    return zipOf(files);
}

QByteArray pdfOf(const QStringList &pages)
{
    QVector<QByteArray> objects;
    QByteArray kids;
    for (qsizetype i = 0; i < pages.size(); ++i)
        kids += QByteArray::number(6 + 2 * i) + " 0 R ";
    objects << "<</Type/Catalog/Pages 2 0 R>>" << "<</Type/Pages/Count " + QByteArray::number(pages.size()) + "/Kids[" + kids + "]>>"
            << "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>"
            << "<</Type/Font/Subtype/Type0/BaseFont/STSong-Light/Encoding/UniGB-UTF16-H/DescendantFonts[5 0 R]>>"
            << "<</Type/Font/Subtype/CIDFontType0/BaseFont/STSong-Light/CIDSystemInfo<</Registry(Adobe)/Ordering(GB1)/Supplement 4>>"
               "/FontDescriptor<</Type/FontDescriptor/FontName/STSong-Light/Flags 6/FontBBox[-25 -254 1000 880]/ItalicAngle 0/Ascent 752/Descent -271/CapHeight 737/StemV 58>>>>";
    for (qsizetype i = 0; i < pages.size(); ++i) {
        QByteArray stream;
        int y = 780;
        for (const QString &line : pages[i].split(QLatin1Char('\n'), Qt::SkipEmptyParts)) {
            QByteArray utf16;
            bool latin = true;
            for (const QChar c : line) {
                utf16 += QByteArray::number(c.unicode() + 0x10000, 16).right(4);
                latin = latin && c.unicode() < 0x7f;
            }
            stream += "BT " + QByteArray(latin ? "/F1" : "/F2") + " 12 Tf 72 " + QByteArray::number(y) + " Td " +
                      (latin ? '(' + line.toLatin1().replace('\\', "\\\\").replace('(', "\\(").replace(')', "\\)") + ')' : '<' + utf16 + '>') + " Tj ET\n";
            y -= 20;
        }
        objects << "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F1 3 0 R/F2 4 0 R>>>>/Contents " + QByteArray::number(7 + 2 * i) + " 0 R>>"
                << "<</Length " + QByteArray::number(stream.size()) + ">>\nstream\n" + stream + "endstream";
    }
    QByteArray pdf = "%PDF-1.5\n";
    QByteArray table = "xref\n0 " + QByteArray::number(objects.size() + 1) + "\n0000000000 65535 f \n";
    for (qsizetype i = 0; i < objects.size(); ++i) {
        table += QByteArray::number(pdf.size()).rightJustified(10, '0') + " 00000 n \n";
        pdf += QByteArray::number(i + 1) + " 0 obj\n" + objects[i] + "\nendobj\n";
    }
    const QByteArray at = QByteArray::number(pdf.size());
    return pdf + table + "trailer\n<</Size " + QByteArray::number(objects.size() + 1) + "/Root 1 0 R>>\nstartxref\n" + at + "\n%%EOF\n";
}

} // namespace test
