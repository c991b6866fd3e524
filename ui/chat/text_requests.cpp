#include "ui/chat/text_requests.h"

#include "app/chat/link_target.h"
#include "ui/chat/transcript.h"

#include <QApplication>
#include <QClipboard>
#include <QDesktopServices>
#include <QFileDialog>
#include <QMessageBox>
#include <QPushButton>
#include <QSaveFile>
#include <QUrl>

namespace ui {

namespace {

struct Requests
{
    Q_DECLARE_TR_FUNCTIONS(ui::ChatPanel)
};

void saveCode(QWidget *over, const QString &code, const QString &suffix)
{
    const QString name = QFileDialog::getSaveFileName(over, Requests::tr("Save code"), QStringLiteral("code.") + suffix);
    if (name.isEmpty())
        return;
    QSaveFile file(name);
    QByteArray bytes = code.toUtf8();
    if (!bytes.endsWith('\n'))
        bytes += '\n';
    if (!file.open(QIODevice::WriteOnly) || file.write(bytes) != bytes.size() || !file.commit())
        QMessageBox::warning(over, Requests::tr("Save code"), Requests::tr("%1 was not written: %2").arg(name, file.errorString()));
}

// Where the words of a link name its host, a click opens it; else its address is shown first.
void openLink(QWidget *over, const QString &url, const QString &words)
{
    const app::LinkTarget target = app::linkTarget(url, words);
    const QUrl parsed(url, QUrl::StrictMode);
    if (target.opens && target.honest) {
        QDesktopServices::openUrl(parsed);
        return;
    }
    QMessageBox box(over);
    box.setTextFormat(Qt::PlainText);
    box.setWindowTitle(Requests::tr("Open link"));
    box.setText(target.opens ? Requests::tr("This link leads to %1. Open it in the browser?").arg(target.host)
                             : Requests::tr("Only web and mail addresses are opened."));
    box.setInformativeText(target.words.section(QLatin1Char('\n'), -1));
    QPushButton *open = target.opens ? box.addButton(Requests::tr("Open"), QMessageBox::AcceptRole) : nullptr;
    QPushButton *copy = box.addButton(Requests::tr("Copy"), QMessageBox::ActionRole);
    box.addButton(Requests::tr("Cancel"), QMessageBox::RejectRole);
    box.exec();
    if (open && box.clickedButton() == open)
        QDesktopServices::openUrl(parsed);
    else if (box.clickedButton() == copy)
        QApplication::clipboard()->setText(url);
}

} // namespace

void connectText(Transcript &transcript, Appearance &appearance)
{
    QObject::connect(&transcript, &Transcript::linkActivated, &transcript, [&transcript](const QString &url, const QString &words) { openLink(&transcript, url, words); });
    QObject::connect(&transcript, &Transcript::saveCodeRequested, &transcript,
                     [&transcript](const QString &code, const QString &suffix) { saveCode(&transcript, code, suffix); });
    QObject::connect(&transcript, &Transcript::zoomRequested, &appearance, [&appearance](int step) { appearance.setReadingSize(appearance.readingSize() + step); });
}

} // namespace ui
