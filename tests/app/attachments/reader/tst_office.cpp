// app/attachments/reader/reading.h: text of docx and xlsx, what is refused, and bombs.
#include "app/attachments/reader/reading.h"

#include "tests/support/office_files.h"

#include <QElapsedTimer>
#include <QRandomGenerator>
#include <QTest>

using namespace app;
using namespace app::reader;
using test::paragraph;

namespace {

QString cell(const QString &reference, const QString &value, const QString &attributes = QString())
{
    return QStringLiteral("<c r=\"%1\" %2><v>%3</v></c>").arg(reference, attributes, value);
}

QString row(const QString &cells)
{
    return QStringLiteral("<row>") + cells + QStringLiteral("</row>");
}

Reading read(const QByteArray &bytes)
{
    const TextDecoder decoder;
    return readBytes(bytes, decoder);
}

} // namespace

class TestOffice : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void docxReadsTopToBottom()
    {
        const QString body = paragraph(QStringLiteral("Title"), QStringLiteral("<w:pStyle w:val=\"Title\"/>")) +
                             paragraph(QStringLiteral("第一章"), QStringLiteral("<w:pStyle w:val=\"Heading2\"/>")) +
                             QStringLiteral("<w:p><w:r><w:t>Split </w:t></w:r><w:r><w:rPr><w:tab/></w:rPr><w:t>words</w:t><w:tab/><w:t>tab</w:t><w:br/><w:t>line</w:t></w:r></w:p>") +
                             paragraph(QStringLiteral("item"), QStringLiteral("<w:numPr><w:ilvl w:val=\"0\"/></w:numPr>")) +
                             QStringLiteral("<w:tbl><w:tr><w:tc>") + paragraph(QStringLiteral("a")) + paragraph(QStringLiteral("b")) + QStringLiteral("</w:tc><w:tc>") +
                             paragraph(QStringLiteral("c")) + QStringLiteral("</w:tc></w:tr><w:tr><w:tc><w:p/></w:tc><w:tc>") + paragraph(QStringLiteral("d & <e>")) +
                             QStringLiteral("</w:tc></w:tr></w:tbl>") + paragraph(QStringLiteral("end"));
        const Reading reading = read(test::docxOf(body));
        QCOMPARE(reading.kind, QStringLiteral("docx"));
        QCOMPARE(reading.text, QStringLiteral("# Title\n\n## 第一章\n\nSplit words\ttab\nline\n\n- item\n\na b\tc\n\td & <e>\n\nend\n"));
    }

    void docxLeavesOutWhatIsNotRead()
    {
        const QString body = QStringLiteral("<w:p><w:del><w:r><w:delText>gone</w:delText><w:t>gone</w:t></w:r></w:del><w:r><w:instrText>PAGE</w:instrText><w:t>kept</w:t></w:r></w:p>"
                                            "<w:p><mc:AlternateContent xmlns:mc=\"m\"><mc:Choice><w:t>once</w:t></mc:Choice><mc:Fallback><w:t>twice</w:t></mc:Fallback></mc:AlternateContent></w:p>");
        QCOMPARE(read(test::docxOf(body)).text, QStringLiteral("kept\n\nonce\n"));
    }

    void docxHasItsNotesAtTheEnd()
    {
        const QByteArray notes = "<w:footnotes xmlns:w=\"w\"><w:footnote>" + paragraph(QStringLiteral("the note")).toUtf8() + "</w:footnote></w:footnotes>";
        const Reading reading = read(test::docxOf(QStringLiteral("<w:p><w:r><w:t>word</w:t><w:footnoteReference w:id=\"2\"/></w:r></w:p>"), {{QStringLiteral("word/footnotes.xml"), notes}}));
        QCOMPARE(reading.text, QStringLiteral("word[^2]\n\nthe note\n"));
    }

    void xlsxHasASheetAfterTheOther()
    {
        const Reading reading = read(test::xlsxOf({{QStringLiteral("销售"), row(cell(QStringLiteral("A1"), QStringLiteral("0"), QStringLiteral("t=\"s\"")) + cell(QStringLiteral("C1"), QStringLiteral("1"), QStringLiteral("t=\"s\""))) +
                                                                                row(cell(QStringLiteral("B2"), QStringLiteral("0.10000000000000001")) + cell(QStringLiteral("C2"), QStringLiteral("1"), QStringLiteral("t=\"b\"")))},
                                                   {QStringLiteral("Two"), row(QStringLiteral("<c t=\"inlineStr\"><is><t>in\tline\nx</t></is></c><c><v>5</v></c>"))}},
                                                  {QStringLiteral("名称"), QStringLiteral("Preis & <x>")}));
        QCOMPARE(reading.kind, QStringLiteral("xlsx"));
        QCOMPARE(reading.text, QStringLiteral("## 销售\n\n名称\t\tPreis & <x>\n\t0.1\tTRUE\n\n## Two\n\nin line x\t5\n"));
        QCOMPARE(reading.sheets, 2);
        QCOMPARE(reading.rows, 3);
    }

    void xlsxDatesAreDates()
    {
        const QString styles = QStringLiteral("<numFmts><numFmt numFmtId=\"164\" formatCode=\"yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot;\"/>"
                                              "<numFmt numFmtId=\"165\" formatCode=\"0.00&quot; days&quot;\"/></numFmts>"
                                              "<cellStyleXfs><xf numFmtId=\"14\"/></cellStyleXfs>"
                                              "<cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/><xf numFmtId=\"22\"/><xf numFmtId=\"164\"/><xf numFmtId=\"20\"/><xf numFmtId=\"165\"/></cellXfs>");
        const auto styled = [](const char *value, int style) { return QStringLiteral("<c s=\"%1\"><v>%2</v></c>").arg(style).arg(QLatin1String(value)); };
        const Reading reading = read(test::xlsxOf({{QStringLiteral("D"), row(styled("45658", 1) + styled("45658.5", 2) + styled("45658", 3) + styled("0.75", 4) + styled("2.5", 5) + styled("59", 1) + styled("61", 1))}}, {}, styles));
        QCOMPARE(reading.text, QStringLiteral("## D\n\n2025-01-01\t2025-01-01 12:00\t2025-01-01\t18:00\t2.5\t1900-02-28\t1900-03-01\n"));
    }

    void otherFilesAreNamed_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QString>("kind");
        QTest::addColumn<QString>("found");
        const auto row = [](const char *name, const QByteArray &bytes, const char *kind, const char *found) {
            QTest::newRow(name) << bytes << QString::fromLatin1(kind) << QString::fromLatin1(found);
        };
        row("png", QByteArray("\x89PNG\r\n\x1a\n\0\0", 10), "image", "PNG");
        row("jpeg", "\xff\xd8\xff\xe0xx", "image", "JPEG");
        row("webp", "RIFF1234WEBPVP8 ", "image", "WebP");
        row("wav", "RIFF1234WAVEfmt ", "audio", "WAV");
        row("mp3", "ID3\x03", "audio", "MP3");
        row("mp4", QByteArray("\0\0\0\x18""ftypisom", 12), "video", "MP4");
        row("heic", QByteArray("\0\0\0\x18""ftypheic", 12), "image", "HEIC");
        row("gzip", "\x1f\x8b\x08", "archive", "gzip");
        row("rar", "Rar!\x1a\x07\x01", "archive", "RAR");
        row("tar", QByteArray(257, 'a') + "ustar", "archive", "tar");
        row("elf", "\x7f" "ELF\x02", "program", "ELF");
        row("exe", "MZ" + QByteArray(100, '\0'), "program", "Windows");
        row("old word", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "document", "Word or Excel before 2007");
        row("rtf", "{\\rtf1 x}", "document", "RTF");
        row("model", "GGUF\x03", "unknown", "GGUF");
        row("bytes", QByteArray("a\0b\0\0\1", 6), "unknown", "");
        row("zip", test::zipOf({{QStringLiteral("a.txt"), "x"}}), "archive", "ZIP");
        row("empty zip", test::zipOf({}), "archive", "ZIP");
        row("odt", test::zipOf({{QStringLiteral("mimetype"), "application/vnd.oasis.opendocument.text"}}, false), "document", "OpenDocument");
        row("epub", test::zipOf({{QStringLiteral("mimetype"), "application/epub+zip"}}, false), "document", "EPUB");
        row("pptx", test::zipOf({{QStringLiteral("ppt/presentation.xml"), "<p/>"}}), "document", "PowerPoint");
        row("xlsb", test::zipOf({{QStringLiteral("xl/workbook.bin"), "x"}}), "document", "XLSB");
        row("jar", test::zipOf({{QStringLiteral("META-INF/MANIFEST.MF"), "x"}}), "program", "Java");
        row("text that begins like one", "MZ is not a program", "text", "");
        row("bitmap words", "BM is short for bookmark, as many know who read a lot", "text", "");
    }
    void otherFilesAreNamed()
    {
        QFETCH(QByteArray, bytes);
        const Reading reading = read(bytes);
        QTEST(reading.kind, "kind");
        QTEST(reading.found, "found");
        QVERIFY(reading.text.isEmpty() || reading.kind == QLatin1String("text"));
    }

    void whatIsCutIsDamaged()
    {
        const QByteArray docx = test::docxOf(paragraph(QStringLiteral("words ").repeated(2000)));
        QCOMPARE(read(docx.left(docx.size() / 2)).kind, QStringLiteral("damaged"));
        const Reading cut = read(test::zipOf({{QStringLiteral("word/document.xml"), "<w:document xmlns:w=\"w\"><w:body><w:p>"}}));
        QCOMPARE(cut.kind, QStringLiteral("damaged"));
        QVERIFY2(cut.found.startsWith(QStringLiteral("word/document.xml, line 1")), qPrintable(cut.found));
        QCOMPARE(read(test::zipOf({{QStringLiteral("xl/workbook.xml"), "<workbook><sheets>"}})).kind, QStringLiteral("damaged"));
    }

    // A thousand times its size, entities that grow, a file from the disk, depth, sheets without number.
    void bombsAreRefusedSoon_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QString>("kind");
        const QByteArray head = "<?xml version=\"1.0\"?>";
        const auto document = [](const QByteArray &xml) { return test::zipOf({{QStringLiteral("word/document.xml"), xml}}); };
        QTest::newRow("zip bomb") << document(head + "<w:document xmlns:w=\"w\"><w:t>" + QByteArray(220 << 20, 'a') + "</w:t></w:document>") << QStringLiteral("large");
        QByteArray entities = head + "<!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\">";
        for (char c = 'b'; c < 'k'; ++c) {
            entities += QByteArray("<!ENTITY ") + c + " \"";
            for (int i = 0; i < 10; ++i)
                entities += QByteArray("&") + char(c - 1) + ';';
            entities += "\">";
        }
        QTest::newRow("entities") << document(entities + "]><w:document xmlns:w=\"w\"><w:t>&j;</w:t></w:document>") << QStringLiteral("damaged");
        QTest::newRow("a file of the disk") << document(head + "<!DOCTYPE x [<!ENTITY a SYSTEM \"file:///etc/passwd\">]><w:document xmlns:w=\"w\"><w:t>&a;</w:t></w:document>") << QStringLiteral("damaged");
        QTest::newRow("depth") << document(head + "<w:document xmlns:w=\"w\">" + QByteArray("<w:p>").repeated(100000)) << QStringLiteral("damaged");
        QTest::newRow("much text") << document(head + "<w:document xmlns:w=\"w\"><w:p><w:t>" + QByteArray("words ").repeated(4 << 20) + "</w:t></w:p></w:document>") << QStringLiteral("large");
        QByteArray book = head + "<workbook xmlns:r=\"r\"><sheets>";
        for (int i = 0; i < 10001; ++i)
            book += "<sheet name=\"x\" r:id=\"a\"/>";
        QTest::newRow("sheets") << test::zipOf({{QStringLiteral("xl/workbook.xml"), book + "</sheets></workbook>"}}) << QStringLiteral("large");
        QVector<QPair<QString, QString>> rows{{QStringLiteral("x"), row(cell(QStringLiteral("XFD1"), QStringLiteral("1"))).repeated(20000)}};
        QTest::newRow("far cells") << test::xlsxOf(rows) << QStringLiteral("large");
        test::ZipFiles many;
        for (int i = 0; i < 20010; ++i)
            many << qMakePair(QStringLiteral("word/%1.bin").arg(i), QByteArray());
        QTest::newRow("members") << test::zipOf(many, false) << QStringLiteral("large");
    }
    void bombsAreRefusedSoon()
    {
        QFETCH(QByteArray, bytes);
        QVERIFY(bytes.size() <= kLargestFile);
        QTEST(read(bytes).kind, "kind");
    }

    // Some thousand damaged files: whatever comes, it comes with a kind, and a text within its bound.
    void mutantsEndWithAVerdict()
    {
        const QByteArray originals[] = {
            test::docxOf(paragraph(QStringLiteral("第一 words")).repeated(40)),
            test::xlsxOf({{QStringLiteral("S"), row(cell(QStringLiteral("A1"), QStringLiteral("0"), QStringLiteral("t=\"s\""))).repeated(30)}}, {QStringLiteral("x")}),
            test::zipOf({{QStringLiteral("word/document.xml"), "<w:document xmlns:w=\"w\"><w:body>" + paragraph(QStringLiteral("plain")).toUtf8().repeated(20) + "</w:body></w:document>"}}, false),
        };
        QRandomGenerator random(20261127);
        int readOnes = 0;
        for (int i = 0; i < 3000; ++i) {
            QByteArray bytes = originals[i % 3];
            const int changes = 1 + int(random.bounded(6));
            for (int k = 0; k < changes; ++k) {
                const qsizetype at = qsizetype(random.bounded(quint32(bytes.size())));
                switch (random.bounded(5)) {
                case 0:
                    bytes[at] = char(random.bounded(256));
                    break;
                case 1:
                    bytes.truncate(std::max<qsizetype>(4, at));
                    break;
                case 2:
                    bytes.remove(at, 1 + random.bounded(8));
                    break;
                case 3:
                    bytes.insert(at, bytes.mid(at / 2, 1 + random.bounded(64)));
                    break;
                default:
                    bytes.replace(at, 4, QByteArray("\xff\xff\xff\x7f"));
                }
                if (bytes.size() < 8)
                    break;
            }
            const Reading reading = read(bytes);
            QVERIFY(!reading.kind.isEmpty());
            QVERIFY(reading.text.size() <= kLargestText);
            readOnes += reading.isRead();
        }
        QVERIFY2(readOnes > 50 && readOnes < 2950, qPrintable(QString::number(readOnes))); // the changes hit, and not always all
    }
};

QTEST_GUILESS_MAIN(TestOffice)
#include "tst_office.moc"
