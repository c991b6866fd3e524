#include "app/attachments/attachment_reader.h"

#include "app/attachments/reader/reading.h"
#include "app/error_text.h"
#include "app/syntax/lexer.h"

#include <QCoreApplication>
#include <QFileInfo>
#include <QJsonDocument>
#include <QJsonObject>
#include <QLocale>
#include <QPointer>

#include <algorithm>
#include <csignal>

namespace app {

namespace {

constexpr QByteArrayView kMark = "baleen-reader 1 ";

struct AttachmentWords
{
    Q_DECLARE_TR_FUNCTIONS(Attachments)
};

QString count(qint64 n)
{
    return QLocale(QLocale::English).toString(n);
}

QString canBeAttached()
{
    return AttachmentWords::tr("Text, source code, PDF, Word (docx) and Excel (xlsx) files can be attached.");
}

// What a file is that is refused, and what to do.
QString refusal(const QString &kind, const QString &found, const QString &name)
{
    const QString what = found.isEmpty() ? AttachmentWords::tr("unknown") : found;
    if (kind == QLatin1String("image"))
        return joinedSentences(AttachmentWords::tr("%1 is a picture (%2). The model reads text only.").arg(name, what), canBeAttached());
    if (kind == QLatin1String("audio"))
        return joinedSentences(AttachmentWords::tr("%1 is a sound file (%2). The model reads text only.").arg(name, what), canBeAttached());
    if (kind == QLatin1String("video"))
        return joinedSentences(AttachmentWords::tr("%1 is a video (%2). The model reads text only.").arg(name, what), canBeAttached());
    if (kind == QLatin1String("archive"))
        return AttachmentWords::tr("%1 is an archive (%2). Unpack it and attach the files in it.").arg(name, what);
    if (kind == QLatin1String("program"))
        return AttachmentWords::tr("%1 is a program (%2). Attach its source code instead.").arg(name, what);
    if (kind == QLatin1String("font"))
        return joinedSentences(AttachmentWords::tr("%1 is a font (%2).").arg(name, what), canBeAttached());
    if (kind == QLatin1String("document"))
        return AttachmentWords::tr("%1 is a document of another kind (%2). Save it as docx, xlsx, PDF or text.").arg(name, what);
    if (kind == QLatin1String("locked"))
        return AttachmentWords::tr("%1 is protected with a password. Save a copy without one.").arg(name);
    if (kind == QLatin1String("damaged"))
        return joinedSentences(AttachmentWords::tr("%1 is damaged: %2.").arg(name, what), AttachmentWords::tr("Save it again in the program it comes from."));
    if (kind == QLatin1String("large"))
        return AttachmentWords::tr("%1 is too large. Files up to %2 MiB with up to %3 million characters can be attached.")
            .arg(name)
            .arg(reader::kLargestFile >> 20)
            .arg(reader::kLargestText >> 20);
    if (kind == QLatin1String("no-pdf"))
        return AttachmentWords::tr("%1 was not read: the program pdftotext is missing. Install the package poppler-utils.").arg(name);
    return joinedSentences(found.isEmpty() ? AttachmentWords::tr("%1 is no text.").arg(name)
                                             : AttachmentWords::tr("%1 is no text (%2).").arg(name, what),
                           canBeAttached());
}

// The rest of what can go wrong, in words; empty: nothing did.
QString failure(const ReaderOutcome &outcome, const QString &name, bool &canRetry)
{
    using End = ReaderOutcome::End;
    canRetry = true;
    switch (outcome.end) {
    case End::TimedOut:
        return AttachmentWords::tr("Reading %1 took too long and was stopped.").arg(name);
    case End::TooMuch:
        canRetry = false;
        return refusal(QStringLiteral("large"), QString(), name);
    case End::Signal:
        if (outcome.signal == SIGXCPU || outcome.signal == SIGKILL)
            return AttachmentWords::tr("Reading %1 took too long and was stopped.").arg(name);
        return AttachmentWords::tr("%1 could not be read: the program that reads it ended by signal %2.").arg(name).arg(outcome.signal);
    case End::NotStarted:
        return AttachmentWords::tr("%1 could not be read: %2 is missing or cannot be started.").arg(name, QStringLiteral("baleen-reader"));
    case End::CannotOpen:
        return AttachmentWords::tr("%1 could not be opened: %2.").arg(name, outcome.errors);
    case End::NoFile:
        canRetry = false;
        return AttachmentWords::tr("%1 is a folder or a device, not a file.").arg(name);
    case End::TooLarge:
        canRetry = false;
        return refusal(QStringLiteral("large"), QString(), name);
    case End::Stopped:
        return AttachmentWords::tr("Reading %1 was stopped.").arg(name);
    case End::Exited:
        break;
    }
    return {};
}

QString pagesNote(const QString &pages, bool damaged, int &withText)
{
    const QStringList all = pages.split(QLatin1Char('\f'));
    const qsizetype number = all.size() - 1; // each page ends with one
    withText = int(std::count_if(all.begin(), all.begin() + number, [](const QString &page) { return !page.trimmed().isEmpty(); }));
    QString note = number == 1 ? AttachmentWords::tr("1 page") : AttachmentWords::tr("%1 pages").arg(count(number));
    if (withText < number)
        note += AttachmentWords::tr(", %1 without text").arg(count(number - withText));
    if (damaged)
        note += AttachmentWords::tr(", damaged: some may be missing");
    return note;
}

bool isCode(const QString &name)
{
    const QFileInfo info(name);
    const syntax::Language *language = syntax::findLanguage(info.suffix().isEmpty() ? info.fileName() : info.suffix());
    return language && info.suffix() != QLatin1String("md") && info.suffix() != QLatin1String("txt");
}

} // namespace

ReadAttachment attachmentOf(const ReaderOutcome &outcome, const QString &path)
{
    ReadAttachment result;
    AttachmentRecord &a = result.attachment;
    const QString name = QFileInfo(path).fileName();
    const auto refuse = [&](const QString &sentence) {
        a = AttachmentRecord();
        result.problem = sentence;
        return result;
    };
    if (const QString sentence = failure(outcome, name, result.canRetry); !sentence.isEmpty())
        return refuse(sentence);
    const qsizetype line = outcome.output.indexOf('\n');
    const QJsonObject header = outcome.output.startsWith(kMark) && line > 0 ? QJsonDocument::fromJson(outcome.output.mid(kMark.size(), line - kMark.size())).object() : QJsonObject();
    const QString kind = header.value(QLatin1String("kind")).toString();
    if (kind.isEmpty())
        return refuse(AttachmentWords::tr("%1 was not read: the program that reads it could not lock itself in (%2).")
                          .arg(name, outcome.errors.trimmed().left(100)));
    reader::Reading reading;
    reading.kind = kind;
    result.canRetry = false;
    if (!reading.isRead())
        return refuse(refusal(kind, header.value(QLatin1String("found")).toString().left(200), name));

    const bool isPdf = kind == QLatin1String("pdf");
    const qint64 expected = header.value(QLatin1String("bytes")).toInteger(-1);
    const QByteArrayView body = QByteArrayView(outcome.output).sliced(line + 1);
    if (outcome.exitCode != 0 || (expected >= 0 && expected != body.size())) {
        if (isPdf && outcome.errors.contains(QLatin1String("Incorrect password")))
            return refuse(refusal(QStringLiteral("locked"), QString(), name));
        return refuse(refusal(QStringLiteral("damaged"), isPdf ? AttachmentWords::tr("it is no whole PDF") : AttachmentWords::tr("the text is not whole"), name));
    }
    a.name = name;
    a.bytes = outcome.bytes;
    a.text = QString::fromUtf8(body);
    a.text.remove(QChar(0));
    if (isPdf) {
        a.kind = AttachmentKind::Pdf;
        int withText = 0;
        a.note = pagesNote(a.text, outcome.errors.contains(QLatin1String("Syntax Error")), withText);
        if (withText == 0)
            return refuse(AttachmentWords::tr("%1 has no text in it (%2): its pages are pictures.").arg(name, a.note));
        a.text.replace(QLatin1Char('\f'), QLatin1Char('\n'));
        a.text = a.text.trimmed() + QLatin1Char('\n');
    } else if (kind == QLatin1String("docx")) {
        a.kind = AttachmentKind::Docx;
    } else if (kind == QLatin1String("xlsx")) {
        a.kind = AttachmentKind::Xlsx;
        const int sheets = header.value(QLatin1String("sheets")).toInt(), rows = header.value(QLatin1String("rows")).toInt();
        a.note = (sheets == 1 ? AttachmentWords::tr("1 sheet") : AttachmentWords::tr("%1 sheets").arg(count(sheets))) + QStringLiteral(", ") +
                 (rows == 1 ? AttachmentWords::tr("1 row") : AttachmentWords::tr("%1 rows").arg(count(rows)));
    } else {
        a.kind = isCode(name) ? AttachmentKind::Code : AttachmentKind::Text;
        const QString encoding = header.value(QLatin1String("encoding")).toString();
        if (encoding != QLatin1String("UTF-8"))
            a.note = encoding.left(20);
        if (const int replaced = header.value(QLatin1String("replaced")).toInt(); replaced > 0)
            a.note += (a.note.isEmpty() ? QString() : QStringLiteral(", ")) + AttachmentWords::tr("%1 bytes were no text").arg(count(replaced));
    }
    if (a.text.trimmed().isEmpty())
        return refuse(AttachmentWords::tr("%1 has no text in it.").arg(name));
    if (a.text.size() > reader::kLargestText)
        return refuse(refusal(QStringLiteral("large"), QString(), name));
    return result;
}

AttachmentReader::AttachmentReader(QObject *parent) : QObject(parent), m_program(readerProgram())
{
    m_workers.setMaxThreadCount(2);
    m_workers.setExpiryTimeout(-1); // a reader ends with the thread that started it
}

AttachmentReader::~AttachmentReader()
{
    m_stop = true;
    m_workers.clear();
    m_workers.waitForDone();
}

void AttachmentReader::run(QObject *context, Done done, std::function<ReadAttachment()> work)
{
    m_workers.start([this, context = QPointer<QObject>(context), done = std::move(done), work = std::move(work)]() mutable {
        if (m_stop)
            return;
        QMetaObject::invokeMethod(
            this,
            [context, done = std::move(done), result = work()] {
                if (context)
                    done(result);
            },
            Qt::QueuedConnection);
    });
}

void AttachmentReader::readFile(const QString &path, QObject *context, Done done)
{
    run(context, std::move(done), [this, path, program = m_program, limits = m_limits] { return attachmentOf(runReader(program, path, limits, m_stop), path); });
}

void AttachmentReader::takeText(const QString &pasted, const QString &name, QObject *context, Done done)
{
    run(context, std::move(done), [pasted, name] {
        ReadAttachment result;
        AttachmentRecord &a = result.attachment;
        a.name = name;
        a.text = pasted;
        a.text.replace(QLatin1String("\r\n"), QLatin1String("\n"));
        a.text.replace(QLatin1Char('\r'), QLatin1Char('\n'));
        a.text.remove(QChar(0));
        a.bytes = a.text.toUtf8().size();
        if (a.text.size() > reader::kLargestText) {
            a = AttachmentRecord();
            result.problem = refusal(QStringLiteral("large"), QString(), name);
        }
        return result;
    });
}

} // namespace app
