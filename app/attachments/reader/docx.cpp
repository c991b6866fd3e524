#include "app/attachments/reader/office.h"

#include <QXmlStreamReader>

#include <algorithm>

namespace app::reader {

namespace {

constexpr int kDeepest = 200; // elements in each other; Word's own tables in tables end far below

class DocxText
{
public:
    // False: damaged; `where` says where.
    bool read(const QByteArray &xml, QString &where)
    {
        QXmlStreamReader reader(xml);
        reader.setNamespaceProcessing(true);
        int depth = 0, skipFrom = 0; // an element that is passed over with all in it
        while (!reader.atEnd() && m_text.size() <= kLargestText) {
            switch (reader.readNext()) {
            case QXmlStreamReader::DTD: // never in these formats: entities that grow
                where = QStringLiteral("a document type in XML");
                return false;
            case QXmlStreamReader::StartElement:
                if (++depth > kDeepest) {
                    where = QStringLiteral("more than %1 elements in each other").arg(kDeepest);
                    return false;
                }
                if (skipFrom == 0 && isPassedOver(reader.name()))
                    skipFrom = depth;
                if (skipFrom == 0)
                    begin(reader);
                break;
            case QXmlStreamReader::EndElement:
                if (skipFrom == 0)
                    end(reader.name());
                else if (skipFrom == depth)
                    skipFrom = 0;
                --depth;
                break;
            case QXmlStreamReader::Characters:
                if (skipFrom == 0 && m_inText)
                    m_paragraph += reader.text();
                break;
            default:
                break;
            }
        }
        finishParagraph();
        if (reader.hasError()) {
            where = QStringLiteral("line %1: %2").arg(reader.lineNumber()).arg(reader.errorString()).left(200);
            return false;
        }
        return true;
    }
    QString &text() { return m_text; }

private:
    static bool isPassedOver(QStringView name)
    {
        // Fallback repeats what a text box in Choice says; the others are changes that are gone, and codes of fields.
        return name == QLatin1String("Fallback") || name == QLatin1String("del") || name == QLatin1String("moveFrom") || name == QLatin1String("instrText");
    }
    void begin(const QXmlStreamReader &reader)
    {
        const QStringView name = reader.name();
        const auto value = [&] {
            for (const QXmlStreamAttribute &attribute : reader.attributes())
                if (attribute.name() == QLatin1String("val"))
                    return attribute.value().toString();
            return QString();
        };
        if (name == QLatin1String("t")) {
            m_inText = true;
        } else if (name == QLatin1String("tab")) {
            if (!m_inProperties)
                m_paragraph += QLatin1Char('\t');
        } else if (name == QLatin1String("br") || name == QLatin1String("cr")) {
            m_paragraph += QLatin1Char('\n');
        } else if (name == QLatin1String("noBreakHyphen")) {
            m_paragraph += QLatin1Char('-');
        } else if (name == QLatin1String("p")) {
            if (m_cells == 0 && !m_paragraph.isEmpty()) // a paragraph in a text box of another
                finishParagraph();
            m_mark.clear();
        } else if (name == QLatin1String("pPr") || name == QLatin1String("rPr")) {
            m_inProperties = true;
        } else if (name == QLatin1String("pStyle")) {
            markOfStyle(value());
        } else if (name == QLatin1String("numPr")) {
            if (m_mark.isEmpty())
                m_mark = QStringLiteral("- ");
        } else if (name == QLatin1String("tr")) {
            if (m_cells == 0)
                finishParagraph();
            m_firstCell = true;
        } else if (name == QLatin1String("tc")) {
            if (m_cells == 0 && !m_firstCell)
                m_row += QLatin1Char('\t');
            m_firstCell = false;
            ++m_cells;
        } else if ((name == QLatin1String("footnoteReference") || name == QLatin1String("endnoteReference")) && !m_inProperties) {
            for (const QXmlStreamAttribute &attribute : reader.attributes())
                if (attribute.name() == QLatin1String("id"))
                    m_paragraph += QStringLiteral("[^%1]").arg(attribute.value().left(10));
        }
    }
    void end(QStringView name)
    {
        if (name == QLatin1String("t")) {
            m_inText = false;
        } else if (name == QLatin1String("pPr") || name == QLatin1String("rPr")) {
            m_inProperties = false;
        } else if (name == QLatin1String("p")) {
            finishParagraph();
        } else if (name == QLatin1String("tc")) {
            m_cells = std::max(0, m_cells - 1);
        } else if (name == QLatin1String("tr")) {
            if (m_cells == 0) {
                m_text += m_row + QLatin1Char('\n');
                m_row.clear();
            }
        } else if (name == QLatin1String("tbl")) {
            if (m_cells == 0)
                m_text += QLatin1Char('\n');
        }
    }
    void markOfStyle(const QString &style)
    {
        if (style == QLatin1String("Title")) {
            m_mark = QStringLiteral("# ");
            return;
        }
        // "Heading2", in other languages "2" or "berschrift2" among others: the name of the built-in style is English in most files.
        if (!style.startsWith(QLatin1String("Heading"), Qt::CaseInsensitive))
            return;
        const int level = style.mid(7).trimmed().toInt();
        if (level >= 1 && level <= 9)
            m_mark = QString(std::min(level, 6), QLatin1Char('#')) + QLatin1Char(' ');
    }
    void finishParagraph()
    {
        if (m_cells > 0) { // a cell is one field of its row
            if (!m_row.isEmpty() && !m_row.endsWith(QLatin1Char('\t')) && !m_paragraph.isEmpty())
                m_row += QLatin1Char(' ');
            m_row += m_paragraph.simplified();
        } else if (!m_paragraph.isEmpty()) {
            m_text += m_mark + m_paragraph + QStringLiteral("\n\n");
        }
        m_paragraph.clear();
        m_mark.clear();
    }

    QString m_text, m_paragraph, m_row, m_mark;
    int m_cells = 0; // open ones
    bool m_inText = false, m_inProperties = false, m_firstCell = true;
};

} // namespace

Reading readDocx(const Members &members)
{
    DocxText all;
    QString where;
    if (!all.read(members.value(QStringLiteral("word/document.xml")), where))
        return refused("damaged", QStringLiteral("word/document.xml, ") + where);
    for (const char *notes : {"word/footnotes.xml", "word/endnotes.xml"})
        if (const QByteArray xml = members.value(QLatin1String(notes)); !xml.isEmpty())
            (void)all.read(xml, where);
    Reading reading;
    reading.kind = QStringLiteral("docx");
    reading.text = all.text().trimmed();
    if (!reading.text.isEmpty())
        reading.text += QLatin1Char('\n');
    return reading;
}

} // namespace app::reader
