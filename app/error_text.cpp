#include "app/error_text.h"

#include "app/error_sentences.h"

#include <QCoreApplication>
#include <QHash>
#include <QRegularExpression>
#include <QStringList>
#include <QVector>

#include <algorithm>
#include <optional>

namespace app {

using inference::ErrorCode;

namespace {

struct ErrorText
{
    Q_DECLARE_TR_FUNCTIONS(ErrorText)
};

// A sentence of kEngineSentences: its words between the numbers.
struct Pattern
{
    const char *source;
    QStringList pieces; // one more than there are numbers
};

const QVector<Pattern> &patterns()
{
    static const QVector<Pattern> all = [] {
        QVector<Pattern> made;
        static const QRegularExpression number(QStringLiteral("%\\d"));
        for (const char *each : kEngineSentences)
            made.append({each, QString::fromUtf8(each).split(number)});
        return made;
    }();
    return all;
}

// What stands in a sentence where a pattern has its numbers; nothing where it is another sentence. From the end, since names that may have
// anything in them stand at the beginning. Linear in the text.
std::optional<QStringList> wordsBetween(const QString &sentence, const Pattern &pattern)
{
    const QStringList &pieces = pattern.pieces;
    if (pieces.size() == 1)
        return sentence == pieces.first() ? std::optional(QStringList()) : std::nullopt;
    const qsizetype begin = pieces.first().size();
    qsizetype end = sentence.size() - pieces.last().size();
    if (end < begin || !sentence.startsWith(pieces.first()) || !sentence.endsWith(pieces.last()))
        return {};
    QStringList words;
    for (qsizetype i = pieces.size() - 2; i > 0; --i) {
        const qsizetype from = end - pieces[i].size(), at = from < begin ? -1 : sentence.lastIndexOf(pieces[i], from);
        if (at < begin)
            return {};
        words.prepend(sentence.mid(at + pieces[i].size(), end - at - pieces[i].size()));
        end = at;
    }
    words.prepend(sentence.mid(begin, end - begin));
    return words;
}

// Whole sentences of the engine in the language of the window. Empty: it is none of them.
QString knownOfEngine(const QString &sentence)
{
    for (const Pattern &pattern : patterns()) {
        const std::optional<QStringList> words = wordsBetween(sentence, pattern);
        if (!words)
            continue;
        // All numbers at once: words from a file may look like one.
        const QString translated = QCoreApplication::translate("Engine", pattern.source);
        QString out;
        for (qsizetype i = 0; i < translated.size(); ++i) {
            const int number = translated[i] == QLatin1Char('%') && i + 1 < translated.size() ? translated[i + 1].digitValue() : -1;
            if (number < 1 || number > words->size()) {
                out += translated[i];
                continue;
            }
            out += errorDetails(words->at(number - 1).toStdString());
            ++i;
        }
        return out;
    }
    return {};
}

// What stands in kErrorSentences or kEngineSentences, in the language of the window. Empty: it is none of them.
QString known(const QString &sentence)
{
    static const QHash<QString, const char *> sentences = [] {
        QHash<QString, const char *> all;
        for (const char *each : kErrorSentences)
            all.insert(QString::fromUtf8(each), each);
        return all;
    }();
    const char *source = sentences.value(sentence);
    return source ? QCoreApplication::translate("Errors", source) : knownOfEngine(sentence);
}

// " (expected X, found Y)" is taken off the end of `text` and given in the language of the window; either part may be missing.
QString takeExpected(QString &text)
{
    const qsizetype begin = std::max(text.lastIndexOf(QLatin1String(" (expected ")), text.lastIndexOf(QLatin1String(" (found ")));
    if (begin < 0 || !text.endsWith(QLatin1Char(')')))
        return {};
    const QString inner = text.mid(begin + 2).chopped(1);
    text.truncate(begin);
    if (inner.startsWith(QLatin1String("found ")))
        return ErrorText::tr(" (found %1)").arg(inner.mid(6));
    const qsizetype found = inner.lastIndexOf(QLatin1String(", found "));
    return found < 0 ? ErrorText::tr(" (expected %1)").arg(inner.mid(9))
                     : ErrorText::tr(" (expected %1, found %2)").arg(inner.mid(9, found - 9), inner.mid(found + 8));
}

// "WHAT, WHERE (expected X, found Y)." Empty: its WHAT is not known.
QString knownDetails(QString text)
{
    if (const QString whole = known(text); !whole.isEmpty())
        return whole;
    if (text.endsWith(QLatin1Char('.')))
        text.chop(1);
    const QString expected = takeExpected(text);
    QString what = known(text);
    for (qsizetype comma = text.indexOf(QLatin1String(", ")); what.isEmpty() && comma >= 0; comma = text.indexOf(QLatin1String(", "), comma + 1)) {
        what = known(text.left(comma));
        if (!what.isEmpty()) //: What happened, and where
            what = ErrorText::tr("%1, %2").arg(what, text.mid(comma + 2));
    }
    //: A sentence and its full stop
    return what.isEmpty() ? QString() : ErrorText::tr("%1.").arg(what + expected);
}

QString wayOut(ErrorCode code)
{
    switch (code) {
    case ErrorCode::Io:
        return ErrorText::tr("Check the disk and the folder's permissions, then try again.");
    case ErrorCode::NotFound:
        return ErrorText::tr("Choose another file, or put it back where it was.");
    case ErrorCode::Damaged:
        return ErrorText::tr("Get the file again, or choose another model.");
    case ErrorCode::Incomplete:
        return ErrorText::tr("Resume the download, or get the file again.");
    case ErrorCode::Unsupported:
        return ErrorText::tr("Choose another model.");
    case ErrorCode::OutOfMemory:
        return ErrorText::tr("Close other programs, use a shorter context, or choose a smaller model.");
    case ErrorCode::InvalidArgument:
        return ErrorText::tr("Change the input and try again.");
    case ErrorCode::ContextFull:
        return ErrorText::tr("Shorten the message, start a new chat, or load the model with a longer context. Your "
                    "text is kept.");
    case ErrorCode::Busy:
        return ErrorText::tr("Wait until it is done, or close the other program.");
    case ErrorCode::Cancelled:
        return {};
    case ErrorCode::ReadOnly:
        return ErrorText::tr("Make the folder writable, or start Baleen with another one (--data-dir).");
    case ErrorCode::DiskFull:
        return ErrorText::tr("Free some space; Baleen tries again by itself. Your text is kept in memory.");
    case ErrorCode::InvalidNumbers:
        return ErrorText::tr("Try again; if it stays, the model file is damaged: get it again.");
    case ErrorCode::Internal:
        return ErrorText::tr("Try again; if it stays, load the model again.");
    }
    return {};
}

} // namespace

QString errorTitle(ErrorCode code)
{
    switch (code) {
    case ErrorCode::Io:
        return ErrorText::tr("The file could not be read or written.");
    case ErrorCode::NotFound:
        return ErrorText::tr("The file is not there.");
    case ErrorCode::Damaged:
        return ErrorText::tr("The file is damaged and was not loaded.");
    case ErrorCode::Incomplete:
        return ErrorText::tr("The file is incomplete.");
    case ErrorCode::Unsupported:
        return ErrorText::tr("This model is of a kind that Baleen does not run.");
    case ErrorCode::OutOfMemory:
        return ErrorText::tr("There is not enough memory.");
    case ErrorCode::InvalidArgument:
        return ErrorText::tr("This cannot be done.");
    case ErrorCode::ContextFull:
        return ErrorText::tr("The conversation does not fit the context.");
    case ErrorCode::Busy:
        return ErrorText::tr("This is going on already.");
    case ErrorCode::Cancelled:
        return ErrorText::tr("Stopped.");
    case ErrorCode::ReadOnly:
        return ErrorText::tr("Nothing can be saved here.");
    case ErrorCode::DiskFull:
        return ErrorText::tr("The disk is full.");
    case ErrorCode::InvalidNumbers:
        return ErrorText::tr("The model produced invalid numbers.");
    case ErrorCode::Internal:
        return ErrorText::tr("The engine failed.");
    }
    return ErrorText::tr("The engine failed.");
}

QString joinedSentences(const QString &first, const QString &second)
{
    //: Two sentences, one after the other, each with its full stop
    return first.isEmpty() ? second : second.isEmpty() ? first : ErrorText::tr("%1 %2").arg(first, second);
}

QString errorDetails(const std::string &message)
{
    QString text = QString::fromStdString(message).trimmed(), out;
    if (const QString whole = known(text); !whole.isEmpty())
        return whole;
    for (qsizetype stop = text.indexOf(QLatin1String(". ")); stop >= 0 && out.isEmpty(); stop = text.indexOf(QLatin1String(". "), stop + 1)) {
        out = known(text.mid(stop + 2));
        if (!out.isEmpty())
            text.truncate(stop + 1);
    }
    const QString details = knownDetails(text);
    return joinedSentences(details.isEmpty() ? text : details, out);
}

QString errorSentence(const inference::Error &error)
{
    QString sentence = errorTitle(error.code);
    QString details = errorDetails(error.message);
    if (!details.isEmpty() && error.code != ErrorCode::Cancelled) {
        // "The file is incomplete. The file is incomplete, a.gguf ..." says it once.
        if (details.startsWith(sentence.chopped(1), Qt::CaseInsensitive))
            sentence.clear();
        if (const QString stop = ErrorText::tr("%1.").arg(QString()); !details.endsWith(QLatin1Char('.')) && !details.endsWith(stop))
            details += stop;
        sentence = joinedSentences(sentence, details);
    }
    // The layer's own way out, at the end of its sentence, is more exact than the general one.
    const bool hasWayOut = error.message.find(". ") != std::string::npos;
    return hasWayOut ? sentence : joinedSentences(sentence, wayOut(error.code));
}

} // namespace app
