#include "app/attachments/reader/office.h"

#include <QDate>
#include <QDateTime>
#include <QHash>
#include <QXmlStreamReader>

#include <algorithm>
#include <cmath>

namespace app::reader {

namespace {

constexpr int kMostSheets = 10000, kMostColumns = 16384; // columns: the format's own limit
constexpr int kDeepest = 200;

// Reads XML and hands out its elements; stops at a document type, which these formats never have, and at absurd depth.
template <class Begin, class End, class Text> bool walk(const QByteArray &xml, Begin begin, End end, Text text, QString *where = nullptr)
{
    QXmlStreamReader reader(xml);
    int depth = 0;
    while (!reader.atEnd()) {
        switch (reader.readNext()) {
        case QXmlStreamReader::DTD:
            if (where)
                *where = QStringLiteral("a document type in XML");
            return false;
        case QXmlStreamReader::StartElement:
            if (++depth > kDeepest)
                return false;
            if (!begin(reader.name(), reader.attributes()))
                return true;
            break;
        case QXmlStreamReader::EndElement:
            --depth;
            if (!end(reader.name()))
                return true;
            break;
        case QXmlStreamReader::Characters:
            text(reader.text());
            break;
        default:
            break;
        }
    }
    if (reader.hasError() && where)
        *where = QStringLiteral("line %1: %2").arg(reader.lineNumber()).arg(reader.errorString()).left(200);
    return !reader.hasError();
}

QString attribute(const QXmlStreamAttributes &attributes, const char *name)
{
    for (const QXmlStreamAttribute &a : attributes)
        if (a.name() == QLatin1String(name))
            return a.value().toString();
    return {};
}

enum class Format { Number, Date, Time, DateTime };

struct Workbook
{
    struct Sheet
    {
        QString name, member;
    };
    QVector<Sheet> sheets;
    QVector<QString> strings;
    QVector<Format> formats; // by the number of a cell's style
    bool from1904 = false;
};

// A format of the user: letters of dates outside of quotes and brackets.
Format formatOf(const QString &code)
{
    bool quoted = false, bracketed = false, date = false, time = false;
    for (qsizetype i = 0; i < code.size(); ++i) {
        const QChar c = code[i].toLower();
        if (c == u'"')
            quoted = !quoted;
        else if (c == u'[')
            bracketed = true;
        else if (c == u']')
            bracketed = false;
        else if (c == u'\\')
            ++i;
        else if (!quoted && !bracketed) {
            date = date || c == u'y' || c == u'd';
            time = time || c == u'h' || c == u's';
        }
    }
    return date && time ? Format::DateTime : date ? Format::Date : time ? Format::Time : Format::Number;
}

Format formatOf(int id, const QHash<int, QString> &codes) // ECMA-376, 18.8.30
{
    if (const auto code = codes.constFind(id); code != codes.constEnd())
        return formatOf(*code);
    if (id == 22)
        return Format::DateTime;
    if ((id >= 14 && id <= 17) || (id >= 27 && id <= 31) || id == 36 || (id >= 50 && id <= 58))
        return Format::Date;
    if ((id >= 18 && id <= 21) || (id >= 32 && id <= 35) || (id >= 45 && id <= 47))
        return Format::Time;
    return Format::Number;
}

void readStyles(const QByteArray &xml, Workbook &book)
{
    QHash<int, QString> codes;
    bool inCells = false;
    (void)walk(
        xml,
        [&](QStringView name, const QXmlStreamAttributes &attributes) {
            if (name == QLatin1String("numFmt"))
                codes.insert(attribute(attributes, "numFmtId").toInt(), attribute(attributes, "formatCode"));
            else if (name == QLatin1String("cellXfs"))
                inCells = true;
            else if (inCells && name == QLatin1String("xf"))
                book.formats << formatOf(attribute(attributes, "numFmtId").toInt(), codes);
            return true;
        },
        [&](QStringView name) { return name != QLatin1String("cellXfs"); }, [](QStringView) {});
}

void readStrings(const QByteArray &xml, Workbook &book)
{
    QString words;
    int inText = 0, phonetic = 0;
    (void)walk(
        xml,
        [&](QStringView name, const QXmlStreamAttributes &) {
            inText += name == QLatin1String("t");
            phonetic += name == QLatin1String("rPh"); // how Japanese words are read
            return true;
        },
        [&](QStringView name) {
            inText -= name == QLatin1String("t");
            phonetic -= name == QLatin1String("rPh");
            if (name == QLatin1String("si")) {
                book.strings << words;
                words.clear();
            }
            return true;
        },
        [&](QStringView text) {
            if (inText > 0 && phonetic == 0)
                words += text;
        });
}

bool readBook(const Members &members, Workbook &book, QString &where)
{
    QHash<QString, QString> targets;
    (void)walk(
        members.value(QStringLiteral("xl/_rels/workbook.xml.rels")),
        [&](QStringView name, const QXmlStreamAttributes &attributes) {
            if (name == QLatin1String("Relationship")) {
                const QString target = attribute(attributes, "Target");
                targets.insert(attribute(attributes, "Id"), target.startsWith(QLatin1Char('/')) ? target.mid(1) : QStringLiteral("xl/") + target);
            }
            return true;
        },
        [](QStringView) { return true; }, [](QStringView) {});
    const auto begin = [&](QStringView name, const QXmlStreamAttributes &attributes) {
        if (name == QLatin1String("workbookPr")) {
            const QString value = attribute(attributes, "date1904");
            book.from1904 = value == QLatin1String("1") || value == QLatin1String("true");
        } else if (name == QLatin1String("sheet") && book.sheets.size() <= kMostSheets) {
            QString id;
            for (const QXmlStreamAttribute &a : attributes)
                if (a.qualifiedName().endsWith(QLatin1String(":id")))
                    id = a.value().toString();
            book.sheets << Workbook::Sheet{attribute(attributes, "name"), targets.value(id)};
        }
        return true;
    };
    return walk(members.value(QStringLiteral("xl/workbook.xml")), begin, [](QStringView) { return true; }, [](QStringView) {}, &where);
}

// "BC12" to 54; -1: none.
int columnOf(QStringView reference)
{
    int column = 0;
    for (const QChar c : reference) {
        if (c < u'A' || c > u'Z')
            break;
        column = column * 26 + (c.unicode() - u'A' + 1);
        if (column > kMostColumns)
            return -1;
    }
    return column - 1;
}

QString dateOf(double serial, Format format, bool from1904)
{
    // Day 60 of 1900 never was: from day 61 on they count from 30 December 1899.
    const QDate start = from1904 ? QDate(1904, 1, 1) : QDate(1899, 12, serial < 60 ? 31 : 30);
    const qint64 seconds = qint64(std::llround(serial * 86400));
    const QDateTime time(start.addDays(seconds / 86400), QTime(0, 0).addSecs(int(seconds % 86400)), Qt::UTC);
    const bool withSeconds = seconds % 60 != 0;
    const QString clock = withSeconds ? QStringLiteral("HH:mm:ss") : QStringLiteral("HH:mm");
    if (format == Format::Time && serial < 1)
        return time.toString(clock);
    if (format == Format::Date && seconds % 86400 == 0)
        return time.toString(QStringLiteral("yyyy-MM-dd"));
    return time.toString(QStringLiteral("yyyy-MM-dd ") + clock);
}

class SheetText
{
public:
    SheetText(const Workbook &book, QString &all) : m_book(book), m_all(all) {}

    bool read(const QByteArray &xml, QString &where)
    {
        return walk(
            xml,
            [this](QStringView name, const QXmlStreamAttributes &attributes) {
                begin(name, attributes);
                return m_all.size() <= kLargestText;
            },
            [this](QStringView name) {
                end(name);
                return true;
            },
            [this](QStringView text) {
                if (m_inValue)
                    m_value += text;
            },
            &where);
    }
    int rows() const { return m_rows; }

private:
    void begin(QStringView name, const QXmlStreamAttributes &attributes)
    {
        if (name == QLatin1String("c")) {
            const int column = columnOf(attribute(attributes, "r"));
            m_column = column >= 0 ? column : m_next;
            m_next = m_column + 1;
            m_type = attribute(attributes, "t");
            m_style = attribute(attributes, "s").toInt();
            m_value.clear();
        } else if (name == QLatin1String("v") || name == QLatin1String("t")) {
            m_inValue = true;
        }
    }
    void end(QStringView name)
    {
        if (name == QLatin1String("v") || name == QLatin1String("t")) {
            m_inValue = false;
        } else if (name == QLatin1String("c")) {
            const QString shown = cell();
            if (shown.isEmpty())
                return;
            if (m_column > m_written)
                m_row += QString(m_column - m_written, QLatin1Char('\t'));
            m_written = std::max(m_written, m_column);
            m_row += shown;
        } else if (name == QLatin1String("row")) {
            if (!m_row.isEmpty()) {
                m_all += m_row + QLatin1Char('\n');
                ++m_rows;
            }
            m_row.clear();
            m_written = m_next = 0;
        }
    }
    QString cell() const
    {
        if (m_value.isEmpty())
            return {};
        if (m_type == QLatin1String("s"))
            return m_book.strings.value(m_value.toInt()).simplified();
        if (m_type == QLatin1String("b"))
            return m_value == QLatin1String("1") ? QStringLiteral("TRUE") : QStringLiteral("FALSE");
        if (m_type == QLatin1String("inlineStr") || m_type == QLatin1String("str") || m_type == QLatin1String("e") || m_type == QLatin1String("d"))
            return m_value.simplified();
        bool isNumber = false;
        const double number = m_value.toDouble(&isNumber);
        const Format format = m_book.formats.value(m_style, Format::Number);
        if (!isNumber)
            return m_value.simplified();
        if (format != Format::Number && number >= 0 && number < 2958466) // up to the year 9999
            return dateOf(number, format, m_book.from1904);
        // 0.1 is kept as 0.10000000000000001.
        return m_value.size() > 15 ? QString::number(number, 'g', 15) : m_value;
    }

    const Workbook &m_book;
    QString &m_all;
    QString m_row, m_value, m_type;
    int m_style = 0, m_column = 0, m_next = 0, m_written = 0, m_rows = 0;
    bool m_inValue = false;
};

} // namespace

Reading readXlsx(const Members &members)
{
    Workbook book;
    QString where;
    if (!readBook(members, book, where))
        return refused("damaged", QStringLiteral("xl/workbook.xml, ") + where);
    if (book.sheets.size() > kMostSheets)
        return refused("large");
    readStrings(members.value(QStringLiteral("xl/sharedStrings.xml")), book);
    readStyles(members.value(QStringLiteral("xl/styles.xml")), book);
    Reading reading;
    reading.kind = QStringLiteral("xlsx");
    for (const Workbook::Sheet &sheet : std::as_const(book.sheets)) {
        const QByteArray xml = members.value(sheet.member);
        if (xml.isEmpty()) // a chart, or a macro
            continue;
        if (!reading.text.isEmpty())
            reading.text += QLatin1Char('\n');
        reading.text += QStringLiteral("## ") + sheet.name.simplified() + QStringLiteral("\n\n");
        SheetText text(book, reading.text);
        if (!text.read(xml, where))
            return refused("damaged", sheet.member + QStringLiteral(", ") + where);
        reading.rows += text.rows();
        ++reading.sheets;
        if (reading.text.size() > kLargestText)
            return refused("large");
    }
    return reading;
}

} // namespace app::reader
