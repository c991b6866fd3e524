#include "ui/code/code_panel.h"

#include "app/error_text.h"
#include "app/settings_keys.h"
#include "ui/actions.h"
#include "ui/chat/text_requests.h"
#include "ui/code/editor_card.h"
#include "ui/code/task_card.h"
#include "ui/widgets/figures.h"
#include "ui/widgets/progress_words.h"

#include <QDir>
#include <QFileDialog>
#include <QFileInfo>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLocale>
#include <QScrollBar>

namespace ui {

using app::code::AnswerKind;
using app::code::CodeSession;
using app::code::CodeTask;
using app::code::Lack;
using app::code::PromptForm;
using app::code::Verb;
using State = app::code::CodeSession::State;

namespace {

constexpr int kStoreMs = 500, kCountMs = 350, kLanguageMs = 300;
constexpr int kNarrow = 1000; // below it task and editor take turns
constexpr int kTaskWidth = 344;

QString speed(double tokensPerSecond)
{
    return tokensPerSecond > 0
               ? CodePanel::tr("%1 tok/s").arg(QLocale(QLocale::English).toString(tokensPerSecond, 'f', 1))
               : QString();
}

} // namespace

CodePanel::CodePanel(app::InferenceService &service, app::Settings &settings, Appearance &appearance,
                     const QString &dataFolder, QWidget *parent)
    : Panel(parent), m_service(service), m_settings(settings), m_appearance(appearance),
      m_storePath(dataFolder + QStringLiteral("/code_session.json")), m_session(service),
      m_task(new TaskCard(appearance, this)), m_card(new EditorCard(appearance, this)),
      m_writer(new CodeWriter(m_card->editor()->document(), this))
{
    m_task->setFixedWidth(kTaskWidth);
    auto *line = new QHBoxLayout(this);
    line->setContentsMargins(0, 0, 0, 0); // the window has the margins
    line->setSpacing(8);
    line->addWidget(m_task);
    line->addWidget(m_card, 1);

    for (const auto &[timer, ms] :
         {std::pair(&m_storeTimer, kStoreMs), {&m_countTimer, kCountMs}, {&m_languageTimer, kLanguageMs}}) {
        timer->setSingleShot(true);
        timer->setInterval(ms);
    }
    connect(&m_storeTimer, &QTimer::timeout, this, &CodePanel::storeNow);
    connect(&m_countTimer, &QTimer::timeout, this, &CodePanel::countTokens);
    connect(&m_languageTimer, &QTimer::timeout, this, &CodePanel::updateLanguage);

    m_card->editor()->setZoom(m_settings.get(app::kCodeZoom));
    restore();

    connect(m_task, &TaskCard::changed, this, [this] {
        updateLanguage();
        updateTask();
        storeSoon();
    });
    connect(m_task, &TaskCard::runRequested, this, &CodePanel::run);
    connect(m_task, &TaskCard::stopRequested, &m_session, &CodeSession::stop);
    connect(m_task, &TaskCard::newRequested, this, &CodePanel::newItem);
    connect(m_task, &TaskCard::fileDropped, this, &CodePanel::openFile);
    connect(m_task, &TaskCard::editorRequested, this, [this] { setCardsShown(false, true); });
    connect(m_card, &EditorCard::taskRequested, this, [this] { setCardsShown(true, false); });
    connect(m_card, &EditorCard::openRequested, this, &CodePanel::askForFile);
    connect(m_card, &EditorCard::saveAsRequested, this, &CodePanel::saveAs);
    connect(m_card, &EditorCard::useFormerRequested, this, &CodePanel::useFormer);
    CodeEditor *editor = m_card->editor();
    connect(editor, &CodeEditor::filesDropped, this,
            [this](const QStringList &paths) { openFile(paths.first()); });
    connect(editor, &CodeEditor::textChanged, this, [this] {
        if (!m_languageTimer.isActive())
            m_languageTimer.start();
        updateTask();
        storeSoon();
    });
    connect(editor, &CodeEditor::cursorPositionChanged, this, [this] {
        if (m_task->verb() == Verb::Complete)
            m_countTimer.start();
        storeSoon();
    });
    connect(editor, &CodeEditor::zoomChanged, this, [this](int px) { m_settings.set(app::kCodeZoom, px); });
    connect(editor->document(), &QTextDocument::modificationChanged, this, [this] { sessionChanged(); });
    connect(m_writer, &CodeWriter::aboutToWrite, this, &CodePanel::aboutToWrite);
    connect(m_writer, &CodeWriter::disturbed, this, &CodePanel::disturbed);
    connect(&m_service, &app::InferenceService::modelChanged, this, &CodePanel::modelChanged);
    connect(&m_service, &app::InferenceService::stateChanged, this, &CodePanel::showStatus);
    connectSession();
    bindActions();
    modelChanged();
    updateLanguage();
    sessionChanged();
}

CodePanel::~CodePanel()
{
    m_session.disconnect(this);
    storeNow();
}

void CodePanel::connectSession()
{
    connect(&m_session, &CodeSession::stateChanged, this, &CodePanel::sessionChanged);
    connect(&m_session, &CodeSession::progressChanged, this, &CodePanel::showStatus);
    connect(&m_session, &CodeSession::codeAppended, this,
            [this](const QString &text) { receiveCode(text, false); });
    connect(&m_session, &CodeSession::codeReplaced, this,
            [this](const QString &text) { receiveCode(text, true); });
    connect(&m_session, &CodeSession::proseAppended, this, [this](const QString &text) {
        m_card->prose()->append(text);
        showProse(!m_card->prose()->isEmpty());
        storeSoon();
    });
    connect(&m_session, &CodeSession::proseReplaced, this, [this](const QString &text) {
        m_card->prose()->setMarkdown(text);
        showProse(!m_card->prose()->isEmpty());
        storeSoon();
    });
    connect(&m_session, &CodeSession::ended, m_card->prose(), &ProseView::finish);
    connect(&m_session, &CodeSession::ended, this, &CodePanel::sessionEnded);
    connectText(*m_card->prose(), m_appearance);
    connect(m_card->prose(), &Transcript::openInCode, this, &CodePanel::showCode);
}

void CodePanel::bindActions()
{
    const auto written = [this] { return !m_card->editor()->document()->isEmpty(); };
    const auto hasFormer = [this] { return m_card->hasFormer(); };
    bindAction(this, "code.run", [this] { run(); }, [this] { return !m_session.isBusy(); });
    bindAction(this, "code.open", [this] { askForFile(); });
    bindAction(this, "code.save", [this] { save(); });
    bindAction(this, "code.saveAs", [this] { saveAs(); });
    bindAction(this, "code.copy", [this] { m_card->copyCode(); }, written);
    bindAction(
        this, "code.former",
        [this] {
            if (m_card->isFormerSeen())
                m_card->showEditorTab();
            else
                m_card->showFormerTab();
        },
        hasFormer);
    bindAction(this, "code.useFormer", [this] { useFormer(); }, hasFormer);
    bindAction(this, "code.find", [this] { m_card->findBar()->open(); });
    bindAction(this, "code.findNext", [this] { m_card->findBar()->findNext(false); });
    bindAction(this, "code.findPrevious", [this] { m_card->findBar()->findNext(true); });
    bindAction(
        this, "code.notes", [this] { showProse(!m_card->prose()->isEmpty() && !m_card->isProseShown()); },
        [this] { return !m_card->prose()->isEmpty(); });
}

void CodePanel::showProse(bool shown)
{
    m_card->setProseShown(shown, m_explains ? tr("Explanation") : tr("Notes"), m_explains ? 0.5 : 0.3);
}

QVector<Panel::Region> CodePanel::regions()
{
    return {{m_task, m_task->instructionField()}, {m_card->editor(), m_card->editor()}, {m_card->former(), m_card->former()}, {m_card->prose(), m_card->prose()}};
}

void CodePanel::focusInput()
{
    m_task->instructionField()->setFocus();
}

// Nothing is lost: the editor's text goes to the Source tab, and undo brings both back.
void CodePanel::newItem()
{
    if (m_session.isBusy())
        return;
    const QString text = m_card->editor()->text();
    if (!text.trimmed().isEmpty()) {
        keepFormer(text, m_path);
        m_card->editor()->replaceText({});
    }
    if (!m_task->instruction().isEmpty())
        m_task->instructionField()->replaceText({});
    m_card->prose()->setMarkdown({});
    m_card->setProseShown(false, {});
    m_card->hideNotice();
    setPath({});
    m_answerLanguage.clear();
    m_task->setVerb(Verb::Generate);
    m_card->showEditorTab();
    setCardsShown(true, false);
    focusInput();
}

void CodePanel::stop()
{
    if (m_card->findBar()->isVisible())
        m_card->findBar()->close();
    else
        m_session.stop();
}

bool CodePanel::acceptsFile(const QString &path) const
{
    const QFileInfo info(path);
    if (!info.isFile() || info.size() > app::code::kLargestFile)
        return false;
    return info.suffix().isEmpty() || app::syntax::findLanguage(info.suffix()) != nullptr;
}

void CodePanel::openFile(const QString &path)
{
    const auto file = app::code::readTextFile(path);
    if (!file) {
        m_card->showNotice(Notice::Kind::Danger, QStringLiteral("error"), tr("The file was not opened"),
                           app::errorDetails(file.error().message));
        return;
    }
    m_card->hideNotice();
    CodeEditor *editor = m_card->editor();
    if (editor->document()->isModified() && !editor->text().trimmed().isEmpty())
        keepFormer(editor->text(), m_path);
    editor->replaceText(file->text);
    editor->document()->setModified(false);
    m_answerLanguage.clear();
    m_file = *file;
    m_file.text.clear();
    setPath(QFileInfo(path).absoluteFilePath());
    m_card->showEditorTab();
    setCardsShown(false, true);
    updateLanguage();
    sessionChanged();
    editor->setFocus();
}

void CodePanel::showCode(const QString &code, const QString &language)
{
    CodeEditor *editor = m_card->editor();
    if (!editor->text().trimmed().isEmpty() && editor->text() != code)
        keepFormer(editor->text(), m_path);
    editor->replaceText(code);
    setPath({});
    m_file = {};
    const app::syntax::Language *known = app::syntax::findLanguage(language);
    m_answerLanguage = known ? app::syntax::languageId(*known) : QString();
    m_card->hideNotice();
    m_card->showEditorTab();
    setCardsShown(false, true);
    updateLanguage();
    editor->setFocus();
}

CodeTask CodePanel::currentTask() const
{
    CodeTask task;
    task.verb = m_task->verb();
    task.instruction = m_task->instruction();
    task.languageId = m_task->languageId();
    if (task.languageId.isEmpty())
        if (const app::syntax::Language *language = m_card->editor()->language())
            if (!m_card->editor()->document()->isEmpty())
                task.languageId = app::syntax::languageId(*language);
    if (task.verb != Verb::Generate || m_task->sendsEditorText())
        task.source = m_card->editor()->text();
    else
        task.languageId = m_task->languageId();
    task.cursor = m_card->editor()->textCursor().position();
    return task;
}

void CodePanel::run()
{
    const CodeTask task = currentTask();
    if (m_session.isBusy() || lackOf(task) != Lack::Nothing)
        return;
    m_card->hideNotice();
    m_card->prose()->setMarkdown({});
    m_card->setProseShown(false, {});
    m_answerBeside = false;
    m_explains = task.verb == Verb::Explain;
    // Tests, and code that is not a change of what is there, are another file: saving them must not overwrite
    // the source's.
    m_detachesFile =
        task.verb == Verb::Tests || (task.verb == Verb::Generate && task.source.trimmed().isEmpty());
    if (!m_session.run(task))
        return;
    beginWriting();
    m_card->showEditorTab();
    setCardsShown(false, true);
}

void CodePanel::beginWriting()
{
    switch (m_session.answerKind()) {
    case AnswerKind::Code:
        m_writer->beginReplacing();
        break;
    case AnswerKind::Insertion: {
        const CodeTask &task = m_session.task();
        m_writer->beginInserting(task.cursor < 0 ? int(task.source.size()) : task.cursor);
        break;
    }
    case AnswerKind::Prose:
        break;
    }
}

void CodePanel::receiveCode(const QString &text, bool whole)
{
    const CodeTask &task = m_session.task();
    if (m_session.answerKind() == AnswerKind::Insertion && m_writer->isWriting() && !m_writer->hasWritten() &&
        m_card->editor()->text() != task.source) {
        m_writer->finish();
        m_session.stop();
        m_answerBeside = true;
        return;
    }
    CodeEditor *editor = m_card->editor();
    QScrollBar *bar = editor->verticalScrollBar();
    const bool follows = bar->value() >= bar->maximum() - 1;
    const bool first = !m_writer->hasWritten();
    if (whole)
        m_writer->replace(text);
    else
        m_writer->append(text);
    if (!m_writer->isWriting())
        return;
    QTextCursor cursor = editor->textCursor();
    if (m_session.answerKind() == AnswerKind::Insertion && editor->hasFocus()) {
        cursor.setPosition(m_writer->end());
        editor->setTextCursor(cursor);
    } else if (m_session.answerKind() == AnswerKind::Code && first) {
        cursor.setPosition(0);
        editor->setTextCursor(cursor);
    } else if (m_session.answerKind() == AnswerKind::Code && follows) {
        bar->setValue(bar->maximum()); // until the user scrolls away
    }
}

// The first code of an answer comes: what it replaces is kept.
void CodePanel::aboutToWrite()
{
    if (m_session.answerKind() != AnswerKind::Code)
        return;
    const QString text = m_card->editor()->text();
    if (!text.trimmed().isEmpty())
        keepFormer(text, m_path);
    if (m_detachesFile) {
        setPath({});
        m_file = {};
    }
}

// The user edits where the answer is being written. Undo means: not this answer. Anything else: the answer
// goes on, and is offered when it is there.
void CodePanel::disturbed()
{
    if (!m_session.isBusy())
        return;
    m_answerBeside = true;
    const bool undone =
        m_card->editor()->text() == m_card->former()->text() || m_card->editor()->document()->isEmpty();
    if (m_session.answerKind() == AnswerKind::Insertion || undone)
        m_session.stop();
}

void CodePanel::sessionChanged()
{
    const bool busy = m_session.isBusy();
    m_task->setBusy(busy);
    m_task->setWaiting(m_session.state() == State::Queued);
    const bool writing = m_session.state() == State::Writing && m_writer->isWriting();
    m_card->setMark(writing                                      ? TabButton::Mark::Busy
                    : m_card->editor()->document()->isModified() ? TabButton::Mark::Modified
                                                                 : TabButton::Mark::None);
    showStatus();
}

void CodePanel::sessionEnded()
{
    m_writer->finish();
    const app::syntax::Language *language = app::syntax::findLanguage(m_session.languageTag());
    if (language && m_session.answerKind() == AnswerKind::Code && !m_session.code().isEmpty() &&
        !m_answerBeside)
        m_answerLanguage = app::syntax::languageId(*language);
    updateLanguage();
    sessionChanged();
    showEnd();
    updateTask();
    storeSoon();
    if (m_session.state() == State::Failed || m_session.statistics().endReason != inference::EndReason::Cancelled) { // who stops it knows
        const QString words = m_session.state() == State::Failed ? tr("The code was not written.") : tr("The code is written.");
        Q_EMIT announced(words);
        Q_EMIT answerEnded(tr("Code"), words);
    }
}

// What the user should know of how it ended; nothing when all went well.
void CodePanel::showEnd()
{
    const auto retry = [this](Notice *notice) {
        connect(notice->addAction(tr("Try again")), &TextButton::clicked, this, &CodePanel::run);
    };
    if (m_session.state() == State::Failed) {
        const bool kept = !m_session.code().isEmpty() || !m_session.prose().isEmpty();
        retry(m_card->showNotice(Notice::Kind::Danger, QStringLiteral("error"),
                                 kept ? tr("The answer broke off. What has come is kept.")
                                      : tr("There is no answer."),
                                 app::errorDetails(m_session.error().message)));
        return;
    }
    const inference::GenerationStatistics &statistics = m_session.statistics();
    if (m_answerBeside && m_session.answerKind() == AnswerKind::Insertion) {
        m_card->showNotice(Notice::Kind::Plain, QStringLiteral("info"), {},
                           tr("Stopped, because the text around the cursor was edited."));
        return;
    }
    if (m_answerBeside && statistics.endReason != inference::EndReason::Cancelled &&
        !m_session.code().isEmpty()) {
        Notice *notice = m_card->showNotice(Notice::Kind::Plain, QStringLiteral("info"), {},
                                            tr("You edited while the answer came. Your text is unchanged."));
        connect(notice->addAction(tr("Use the answer")), &TextButton::clicked, this, [this] {
            keepFormer(m_card->editor()->text(), m_path);
            m_card->editor()->replaceText(m_session.code());
            m_card->hideNotice();
        });
        return;
    }
    switch (statistics.endReason) {
    case inference::EndReason::Length:
    case inference::EndReason::Context:
        retry(m_card->showNotice(
            Notice::Kind::Warn, QStringLiteral("warning"), {},
            statistics.endReason == inference::EndReason::Length
                ? tr("Stopped at the length limit, %1 tokens.").arg(withCommas(statistics.generatedTokens))
                : tr("Stopped, because the context is full. %1 tokens are kept.")
                      .arg(withCommas(statistics.generatedTokens))));
        return;
    case inference::EndReason::Cancelled:
        if (statistics.generatedTokens > 0) {
            Notice *notice =
                m_card->showNotice(Notice::Kind::Plain, QStringLiteral("info"), {},
                                   tr("Stopped. %1 kept.").arg(tokenCount(statistics.generatedTokens)));
            if (m_writer->hasWritten() && !m_answerBeside)
                connect(notice->addAction(tr("Undo"), TextButton::Kind::Outlined, QStringLiteral("undo")),
                        &TextButton::clicked, this, [this] {
                            m_card->editor()->undo();
                            m_card->hideNotice();
                        });
            retry(notice);
        }
        return;
    case inference::EndReason::Stop:
        break;
    }
    if (m_session.answerKind() == AnswerKind::Code && m_session.code().isEmpty())
        retry(m_card->showNotice(Notice::Kind::Warn, QStringLiteral("warning"), {},
                                 tr("The answer holds no code. Your text is unchanged.")));
    else if (m_session.answerKind() == AnswerKind::Insertion && m_session.code().isEmpty())
        m_card->showNotice(Notice::Kind::Plain, QStringLiteral("info"), {},
                           tr("The model has nothing to add here."));
    else if (m_session.leftOutBefore() > 0 || m_session.leftOutAfter() > 0)
        m_card->showNotice(
            Notice::Kind::Plain, QStringLiteral("info"), {},
            tr("The text is longer than the context: the model saw the part around the cursor."));
}

QString CodePanel::waitingWords() const
{
    if (!m_service.model())
        return tr("Waits for a model");
    const int ahead = m_session.queuePosition() + (m_service.running() ? 1 : 0);
    if (ahead == 0)
        return tr("Starts as soon as the model is ready");
    return ahead == 1 ? tr("Waits for 1 other request") : tr("Waits for %1 other requests").arg(ahead);
}

void CodePanel::showStatus()
{
    QString sentence, rate, reason;
    switch (m_session.state()) {
    case State::Idle:
    case State::Failed:
        break;
    case State::Done:
        rate = speed(m_session.statistics().decodeTokensPerSecond);
        break;
    case State::Queued:
        sentence = waitingWords();
        break;
    case State::Reading:
        sentence = readingWords(m_session.promptDone(), m_session.promptTotal());
        break;
    case State::Thinking:
        sentence = tr("Thinking");
        break;
    case State::Writing:
        sentence = m_session.answerKind() == AnswerKind::Prose ? tr("Explaining") : tr("Writing code");
        if (m_session.form() == PromptForm::FillInMiddle)
            reason = tr("Fills in at the cursor");
        break;
    case State::Stopping:
        sentence = tr("Stopping");
        break;
    }
    Q_EMIT statusChanged(sentence, rate, reason);
}

void CodePanel::keepFormer(const QString &text, const QString &path)
{
    m_card->former()->resetText(text);
    m_card->former()->setLanguage(m_card->editor()->language());
    m_formerPath = path;
    m_card->setFormerShown(!text.isEmpty(), path.isEmpty() ? QString() : QFileInfo(path).fileName());
    storeSoon();
}

void CodePanel::useFormer()
{
    const QString text = m_card->former()->text(), path = m_formerPath;
    const QString now = m_card->editor()->text(), nowPath = m_path;
    m_card->editor()->replaceText(text);
    setPath(path);
    keepFormer(now, nowPath);
    m_answerLanguage.clear();
    updateLanguage();
    m_card->showEditorTab();
    m_card->editor()->setFocus();
}

void CodePanel::save()
{
    if (m_path.isEmpty())
        saveAs();
    else
        saveTo(m_path, false);
}

void CodePanel::saveAs()
{
    QString suggestion = m_path;
    if (suggestion.isEmpty()) {
        const app::syntax::Language *language = m_card->editor()->language();
        const QString folder =
            m_formerPath.isEmpty() ? QDir::homePath() : QFileInfo(m_formerPath).absolutePath();
        suggestion = folder + QStringLiteral("/code.") +
                     (language ? app::syntax::fileSuffix(*language) : QStringLiteral("txt"));
    }
    // The dialog asks before it names a file that exists.
    const QString path = QFileDialog::getSaveFileName(this, tr("Save code"), suggestion);
    if (!path.isEmpty())
        saveTo(path);
}

bool CodePanel::saveTo(const QString &path, bool overwrite)
{
    const QString name = QFileInfo(path).fileName();
    if (!overwrite && m_file.modified.isValid() && app::code::changedOnDisk(path, m_file)) {
        Notice *notice =
            m_card->showNotice(Notice::Kind::Warn, QStringLiteral("warning"),
                               tr("%1 changed on disk since it was opened.").arg(name),
                               tr("It was not saved. Overwriting loses what the other program wrote."));
        connect(notice->addAction(tr("Overwrite")), &TextButton::clicked, this,
                [this, path] { saveTo(path); });
        connect(notice->addAction(tr("Save as…")), &TextButton::clicked, this, &CodePanel::saveAs);
        return false;
    }
    app::code::TextFile file = path == m_path ? m_file : app::code::TextFile();
    file.text = m_card->editor()->text();
    const auto written = app::code::writeTextFile(path, file);
    if (!written) {
        Notice *notice = m_card->showNotice(Notice::Kind::Danger, QStringLiteral("error"),
                                            tr("%1 was not saved.").arg(name),
                                            app::errorDetails(written.error().message));
        connect(notice->addAction(tr("Save as…")), &TextButton::clicked, this, &CodePanel::saveAs);
        connect(notice->addAction(tr("Try again")), &TextButton::clicked, this,
                [this, path] { saveTo(path); });
        return false;
    }
    m_file = *written;
    m_file.text.clear();
    setPath(QFileInfo(path).absoluteFilePath());
    m_card->editor()->document()->setModified(false);
    m_card->hideNotice();
    updateLanguage();
    sessionChanged();
    storeSoon();
    return true;
}

void CodePanel::askForFile()
{
    const QString folder = m_path.isEmpty() ? QDir::homePath() : QFileInfo(m_path).absolutePath();
    const QString path = QFileDialog::getOpenFileName(this, tr("Open file"), folder);
    if (!path.isEmpty())
        openFile(path);
}

void CodePanel::setPath(const QString &path)
{
    m_path = path;
    m_card->setFileName(path.isEmpty() ? QString() : QFileInfo(path).fileName(), path);
    updateTask();
}

void CodePanel::setCardsShown(bool task, bool editor)
{
    m_task->setVisible(!m_narrow || task);
    m_card->setVisible(!m_narrow || editor);
    m_task->setSwitchShown(m_narrow);
    m_card->setSwitchShown(m_narrow);
    m_task->setMinimumWidth(m_narrow ? 0 : kTaskWidth);
    m_task->setMaximumWidth(m_narrow ? QWIDGETSIZE_MAX : kTaskWidth);
}

void CodePanel::resizeEvent(QResizeEvent *event)
{
    Panel::resizeEvent(event);
    const bool narrow = width() < kNarrow;
    if (narrow == m_narrow)
        return;
    m_narrow = narrow;
    setCardsShown(m_card->editor()->document()->isEmpty(), !m_card->editor()->document()->isEmpty());
}

// The picker's language; else the file's, the one that the model named, or what the text looks like.
void CodePanel::updateLanguage()
{
    const app::syntax::Language *language = app::syntax::findLanguage(m_task->languageId());
    QString detected;
    if (!language) {
        if (!m_path.isEmpty()) {
            const QFileInfo info(m_path);
            language = app::syntax::findLanguage(info.suffix().isEmpty() ? info.fileName() : info.suffix());
            if (info.fileName() == QLatin1String("CMakeLists.txt"))
                language = app::syntax::findLanguage(u"cmake");
        }
        if (!language)
            language = app::syntax::findLanguage(m_answerLanguage);
        if (!language)
            language =
                app::syntax::guessLanguage(m_card->editor()->document()->toRawText().left(16000).replace(
                    QChar::ParagraphSeparator, u'\n'));
        if (language && !m_card->editor()->document()->isEmpty())
            detected = app::syntax::displayName(*language);
    }
    m_card->editor()->setLanguage(language);
    m_task->setDetectedLanguage(detected);
}

void CodePanel::updateTask()
{
    const bool empty = m_card->editor()->document()->isEmpty();
    const QString name = m_path.isEmpty() ? tr("Text of the editor") : QFileInfo(m_path).fileName();
    m_task->setSource(name, empty ? 0 : m_card->editor()->document()->blockCount());
    CodeTask task;
    task.verb = m_task->verb();
    task.instruction = m_task->instruction();
    task.source = empty ? QString() : QStringLiteral("x"); // whether there is one is enough here
    m_task->setLack(lackOf(task));
    m_countTimer.start();
}

void CodePanel::countTokens()
{
    const std::optional<inference::ModelSummary> model = m_service.model();
    const CodeTask task = currentTask();
    if (!model) {
        m_task->setContext(-1, 0, 0);
        Q_EMIT contextUsed(-1, -1);
        return;
    }
    const int limit = int(model->contextLength);
    if (lackOf(task) != Lack::Nothing) {
        m_task->setContext(-1, 0, limit);
        Q_EMIT contextUsed(-1, -1);
        return;
    }
    app::code::CodeRequest built = app::code::buildRequest(task, model);
    const int kept = int(built.request.maxTokens);
    m_service.countTokens(std::move(built.request), this, [this, kept, limit](int tokens) {
        m_task->setContext(tokens, kept, limit);
        Q_EMIT contextUsed(tokens, tokens < 0 ? -1 : limit);
    });
}

void CodePanel::modelChanged()
{
    const std::optional<inference::ModelSummary> model = m_service.model();
    m_task->setFillsInMiddle(!model || model->canFillInMiddle);
    countTokens();
    showStatus();
}

void CodePanel::restore()
{
    QString error;
    const app::code::Workspace w = app::code::loadWorkspace(m_storePath, &error);
    m_task->setVerb(w.verb);
    m_task->setInstruction(w.instruction);
    m_task->setLanguageId(w.languageId);
    m_task->setSendsEditorText(w.sendsEditorText);
    m_answerLanguage = w.answerLanguageId;
    m_file = w.file;
    m_path = w.filePath;
    setPath(w.filePath);
    m_card->editor()->resetText(w.code);
    m_card->editor()->document()->setModified(w.modified);
    QTextCursor cursor = m_card->editor()->textCursor();
    cursor.setPosition(qBound(0, w.cursor, m_card->editor()->document()->characterCount() - 1));
    m_card->editor()->setTextCursor(cursor);
    updateLanguage();
    if (!w.formerCode.isEmpty())
        keepFormer(w.formerCode, w.formerFilePath);
    if (!w.prose.isEmpty()) {
        m_card->prose()->setMarkdown(w.prose);
        m_explains = w.verb == Verb::Explain;
        showProse(true);
    }
    updateTask();
    if (!error.isEmpty())
        m_card->showNotice(Notice::Kind::Warn, QStringLiteral("warning"),
                           tr("The last text could not be read."), error);
}

void CodePanel::storeSoon()
{
    if (!m_storeTimer.isActive())
        m_storeTimer.start();
}

void CodePanel::storeNow()
{
    m_storeTimer.stop();
    app::code::Workspace w;
    w.verb = m_task->verb();
    w.languageId = m_task->languageId();
    w.instruction = m_task->instruction();
    w.sendsEditorText = m_task->sendsEditorText();
    w.code = m_card->editor()->text();
    w.answerLanguageId = m_answerLanguage;
    w.cursor = m_card->editor()->textCursor().position();
    w.modified = m_card->editor()->document()->isModified();
    w.filePath = m_path;
    w.file = m_file;
    w.formerCode = m_card->former()->text();
    w.formerFilePath = m_formerPath;
    w.prose = m_card->prose()->markdown();
    QString error;
    const bool stored = app::code::saveWorkspace(m_storePath, w, &error);
    if (!stored && !m_storeFailed)
        m_card->showNotice(Notice::Kind::Danger, QStringLiteral("error"), tr("The text is not kept on disk."),
                           tr("%1: %2. Save it as a file before closing.").arg(m_storePath, error));
    m_storeFailed = !stored;
}

} // namespace ui
