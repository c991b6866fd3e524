#include "app/error_text.h"

#include <QCoreApplication>

namespace app {

using inference::ErrorCode;

namespace {

QString text(const char *source)
{
    return QCoreApplication::translate("ErrorText", source);
}

QString wayOut(ErrorCode code)
{
    switch (code) {
    case ErrorCode::Io:
        return text("Check the disk and the folder's permissions, then try again.");
    case ErrorCode::NotFound:
        return text("Choose another file, or put it back where it was.");
    case ErrorCode::Damaged:
        return text("Get the file again, or choose another model.");
    case ErrorCode::Incomplete:
        return text("Resume the download, or get the file again.");
    case ErrorCode::Unsupported:
        return text("Choose another model.");
    case ErrorCode::OutOfMemory:
        return text("Close other programs, use a shorter context, or choose a smaller model.");
    case ErrorCode::InvalidArgument:
        return text("Change the input and try again.");
    case ErrorCode::ContextFull:
        return text("Shorten the message, start a new chat, or load the model with a longer context. Your "
                    "text is kept.");
    case ErrorCode::Busy:
        return text("Wait until it is done, or close the other program.");
    case ErrorCode::Cancelled:
        return {};
    case ErrorCode::ReadOnly:
        return text("Make the folder writable, or start Baleen with another one (--data-dir).");
    case ErrorCode::DiskFull:
        return text("Free some space; Baleen tries again by itself. Your text is kept in memory.");
    case ErrorCode::InvalidNumbers:
        return text("Try again; if it stays, the model file is damaged: get it again.");
    case ErrorCode::Internal:
        return text("Try again; if it stays, load the model again.");
    }
    return {};
}

} // namespace

QString errorTitle(ErrorCode code)
{
    switch (code) {
    case ErrorCode::Io:
        return text("The file could not be read or written.");
    case ErrorCode::NotFound:
        return text("The file is not there.");
    case ErrorCode::Damaged:
        return text("The file is damaged and was not loaded.");
    case ErrorCode::Incomplete:
        return text("The file is incomplete.");
    case ErrorCode::Unsupported:
        return text("This model is of a kind that Baleen does not run.");
    case ErrorCode::OutOfMemory:
        return text("There is not enough memory.");
    case ErrorCode::InvalidArgument:
        return text("This cannot be done.");
    case ErrorCode::ContextFull:
        return text("The conversation does not fit the context.");
    case ErrorCode::Busy:
        return text("This is going on already.");
    case ErrorCode::Cancelled:
        return text("Stopped.");
    case ErrorCode::ReadOnly:
        return text("Nothing can be saved here.");
    case ErrorCode::DiskFull:
        return text("The disk is full.");
    case ErrorCode::InvalidNumbers:
        return text("The model produced invalid numbers.");
    case ErrorCode::Internal:
        return text("The engine failed.");
    }
    return text("The engine failed.");
}

QString errorSentence(const inference::Error &error)
{
    QString sentence = errorTitle(error.code);
    const QString details = QString::fromStdString(error.message).trimmed();
    if (!details.isEmpty() && error.code != ErrorCode::Cancelled) {
        // "The file is incomplete. The file is incomplete, a.gguf ..." says it once.
        if (details.startsWith(sentence.chopped(1), Qt::CaseInsensitive))
            sentence.clear();
        else
            sentence += QLatin1Char(' ');
        sentence += details;
        if (!details.endsWith(QLatin1Char('.')))
            sentence += QLatin1Char('.');
    }
    // The layer's own way out, at the end of its sentence, is more exact than the general one.
    const bool hasWayOut = details.indexOf(QStringLiteral(". ")) >= 0;
    const QString out = wayOut(error.code);
    if (!out.isEmpty() && !hasWayOut)
        sentence += QLatin1Char(' ') + out;
    return sentence;
}

} // namespace app
