#include "ui/chat/chat_files.h"

#include "app/chat/exchange/chat_html.h"
#include "app/chat/exchange/chat_import.h"
#include "app/chat/exchange/chat_json.h"
#include "app/chat/exchange/chat_markdown.h"
#include "app/chat/exchange/formula_html.h"
#include "app/chat/folder_tree.h"
#include "app/error_text.h"
#include "app/math/formula_engine.h"
#include "ui/chat/chat_file_name.h"
#include "ui/chat/chat_pdf.h"
#include "ui/widgets/figures.h"

#include <QCoreApplication>
#include <QFileDialog>
#include <QFileInfo>
#include <QSaveFile>
#include <QThread>

#include <array>
#include <memory>
#include <optional>

namespace ui {

namespace {

using app::ChatFile;
using app::ExchangedChat;
using inference::Result;

struct FormatName
{
    ChatFiles::Format format;
    const char *filter;
    const char *suffix;
};
constexpr std::array<FormatName, 4> kFormats{
    {{ChatFiles::Format::Markdown, QT_TRANSLATE_NOOP("ui::ChatFiles", "Markdown, what is shown (*.md)"), "md"},
     {ChatFiles::Format::Html, QT_TRANSLATE_NOOP("ui::ChatFiles", "Web page, what is shown (*.html)"), "html"},
     {ChatFiles::Format::Pdf, QT_TRANSLATE_NOOP("ui::ChatFiles", "PDF, what is shown (*.pdf)"), "pdf"},
     {ChatFiles::Format::Json, QT_TRANSLATE_NOOP("ui::ChatFiles", "JSON, everything, can be imported (*.json)"), "json"}}};

// Beside the file and then in its place: a full disk leaves the former one.
QString writeFile(const QString &path, const QByteArray &bytes)
{
    QSaveFile file(path);
    if (file.open(QIODevice::WriteOnly) && file.write(bytes) == bytes.size() && file.commit())
        return {};
    return file.errorString();
}

} // namespace

QByteArray chatBytes(const QVector<ExchangedChat> &chats, ChatFiles::Format format)
{
    if (format == ChatFiles::Format::Json)
        return app::chatsToJson(chats);
    const ExchangedChat chat = chats.value(0);
    if (format != ChatFiles::Format::Html)
        return app::chatToMarkdown(chat).toUtf8();
    std::optional<app::math::FormulaEngine> engine; // for the first one
    return app::chatToHtml(chat, {.formula = [&](const app::math::FormulaSource &source) {
                               if (!engine)
                                   engine.emplace(app::math::formulaScript());
                               return app::formulaSvg(engine->typeset(source), source);
                           }})
        .toUtf8();
}

ChatFiles::ChatFiles(app::ChatStore &store, app::ConversationListModel &chats, QObject *parent)
    : QObject(parent), m_store(store), m_chats(chats)
{}

ChatFiles::~ChatFiles()
{
    for (QThread *thread : findChildren<QThread *>())
        thread->wait();
}

void ChatFiles::exportChat(qint64 id, QWidget *window)
{
    const int row = m_chats.rowOf(id);
    QStringList filters;
    for (const FormatName &name : kFormats)
        filters << tr(name.filter);
    QString chosen;
    QString path = QFileDialog::getSaveFileName(
        window, tr("Export the chat"), chatFileName(row >= 0 ? m_chats.conversation(row).title : QString()) + QStringLiteral(".md"),
        filters.join(QStringLiteral(";;")), &chosen);
    if (path.isEmpty())
        return;
    // The ending that was typed counts, then the filter.
    const QString suffix = QFileInfo(path).suffix().toLower();
    auto format = std::find_if(kFormats.begin(), kFormats.end(),
                               [&](const FormatName &name) { return suffix == QLatin1String(name.suffix); });
    const auto filter = kFormats.begin() + std::max<qsizetype>(0, filters.indexOf(chosen));
    if (format == kFormats.end() || (format->format == Format::Markdown && filter->format != Format::Markdown)) {
        path = (format == kFormats.end() ? path : path.chopped(suffix.size() + 1)) + QLatin1Char('.') +
               QLatin1String(filter->suffix);
        format = filter;
    }
    exportTo({id}, path, format->format);
}

void ChatFiles::exportAll(QWidget *window)
{
    const QString path = QFileDialog::getSaveFileName(
        window, tr("Export all chats"), QStringLiteral("Baleen %1.json").arg(QDate::currentDate().toString(Qt::ISODate)),
        tr("JSON (*.json)"));
    if (!path.isEmpty())
        exportTo(m_chats.allIds(), path, Format::Json);
}

void ChatFiles::importChats(QWidget *window)
{
    importFrom(QFileDialog::getOpenFileNames(window, tr("Import chats of Baleen, ChatGPT, Open WebUI or LM Studio"), QString(),
                                             tr("Chats (*.json *.jsonl *.md *.markdown);;All files (*)")));
}

void ChatFiles::exportTo(const QVector<qint64> &ids, const QString &path, Format format)
{
    collect(ids, {}, [this, path, format](const QVector<ExchangedChat> &chats) {
        run([=] { return format == Format::Pdf ? writePdf(chats.value(0), path) : writeFile(path, chatBytes(chats, format)); },
            [this, path, count = int(chats.size())](const QString &problem) {
                if (problem.isEmpty())
                    Q_EMIT told(tr("Written to %1: %2.").arg(path, chatCount(count)), false);
                else
                    Q_EMIT told(tr("Nothing was written to %1: %2.").arg(path, problem), true);
            });
    });
}

// One after the other, as the store has them.
void ChatFiles::collect(QVector<qint64> ids, QVector<ExchangedChat> chats,
                        std::function<void(const QVector<ExchangedChat> &)> done)
{
    if (ids.isEmpty()) {
        done(chats);
        return;
    }
    const qint64 id = ids.takeFirst();
    m_store.readWhole(id, this, [=, this](const Result<app::ConversationContents> &contents) mutable {
        if (!contents) {
            Q_EMIT told(app::errorSentence(contents.error()), true);
            return;
        }
        if (contents->conversation.id != 0)
            chats << ExchangedChat{*contents, foldersOf(contents->conversation.folder)};
        collect(std::move(ids), std::move(chats), std::move(done));
    });
}

QVector<app::ExchangedFolder> ChatFiles::foldersOf(qint64 folder) const
{
    QVector<app::ExchangedFolder> folders;
    for (const app::FolderRecord &record : app::folderPath(m_chats.folders(), folder))
        folders << app::ExchangedFolder{record.name, record.choices};
    return folders;
}

void ChatFiles::run(std::function<QString()> work, std::function<void(const QString &problem)> done)
{
    ++m_tasks;
    auto problem = std::make_shared<QString>();
    QThread *thread = QThread::create([work = std::move(work), problem] { *problem = work(); });
    thread->setParent(this);
    thread->setStackSize(app::math::kFormulaStack); // exported pages have formulas
    connect(thread, &QThread::finished, this, [this, thread, problem, done = std::move(done)] {
        --m_tasks;
        thread->deleteLater();
        done(*problem);
    });
    thread->start(QThread::LowPriority);
}

void ChatFiles::importFrom(const QStringList &paths)
{
    for (const QString &path : paths) {
        auto read = std::make_shared<std::optional<Result<ChatFile>>>();
        run(
            [path, read] {
                read->emplace(app::importChats(path));
                return QString();
            },
            [this, read, path](const QString &) {
                const Result<ChatFile> &file = **read;
                if (file)
                    save(*file, QFileInfo(path).fileName());
                else
                    Q_EMIT told(app::errorSentence(file.error()), true);
            });
    }
}

void ChatFiles::save(const ChatFile &file, const QString &name)
{
    int messages = 0;
    for (const ExchangedChat &chat : file.chats)
        messages += int(chat.contents.messages.size());
    QString sentence = tr("From %1: %2 with %3.").arg(name, chatCount(file.chats.size()), messageCount(messages));
    for (const QString &note : file.notes)
        sentence = app::joinedSentences(sentence, note);
    const QVector<app::StoreOperations> pieces = app::importOperations(file, m_chats.folders());
    ++m_tasks;
    for (qsizetype i = 0; i < pieces.size(); ++i)
        m_store.write(pieces[i], app::Durability::Typed, this,
                      [this, sentence, last = i + 1 == pieces.size()](const Result<void> &result) {
                          if (!result)
                              Q_EMIT told(app::errorSentence(result.error()), true);
                          else if (last)
                              Q_EMIT told(sentence, false);
                          m_tasks -= last;
                      });
}

} // namespace ui
