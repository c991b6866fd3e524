#include "ui/translate/translate_panel.h"

#include "app/error_text.h"
#include "ui/actions.h"

#include <QClipboard>
#include <QDragEnterEvent>
#include <QFileDialog>
#include <QFileInfo>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLabel>
#include <QLocale>
#include <QMenu>
#include <QMimeData>
#include <QPainter>
#include <QProgressBar>
#include <QTimer>
#include <QUrl>
#include <QVBoxLayout>

#include <utility>

namespace ui {

using app::InferenceService;
using app::translate::Problem;
using app::translate::SegmentListModel;
using app::translate::SegmentState;
using app::translate::TranslateSession;

namespace {

QString formatName(const QString &path)
{
    const QString suffix = QFileInfo(path).suffix().toLower();
    if (suffix == QLatin1String("md") || suffix == QLatin1String("markdown"))
        return QStringLiteral("Markdown");
    return suffix == QLatin1String("txt") || suffix.isEmpty() ? TranslatePanel::tr("Text") : suffix.toUpper();
}

// The first words of the text, for the head.
QString firstWords(const QString &text)
{
    const QString line = text.left(200).trimmed().section(QLatin1Char('\n'), 0, 0).simplified();
    qsizetype start = 0;
    while (start < line.size() && QStringView(u"#>*- ").contains(line[start]))
        ++start;
    const QString words = line.mid(start);
    return words.size() > 48 ? words.left(47).trimmed() + QChar(0x2026) : words;
}

QLabel *makeLabel(QWidget *parent)
{
    auto *label = new QLabel(parent);
    label->setTextFormat(Qt::PlainText);
    return label;
}

class Bar : public QWidget // head and foot: a line of one pixel on one side
{
public:
    Bar(const Appearance &appearance, bool lineAbove, QWidget *parent)
        : QWidget(parent), m_appearance(appearance), m_above(lineAbove)
    {}

protected:
    void paintEvent(QPaintEvent *) override
    {
        QPainter painter(this);
        painter.fillRect(QRect(0, m_above ? 0 : height() - 1, width(), 1), m_appearance.theme().border);
    }

private:
    const Appearance &m_appearance;
    bool m_above;
};

} // namespace

TranslatePanel::TranslatePanel(InferenceService &service, app::Settings &, Appearance &appearance,
                               const QString &dataFolder, QWidget *parent)
    : Panel(parent), m_service(service), m_appearance(appearance), m_session(service, dataFolder),
      m_card(new Card(appearance, this))
{
    setAcceptDrops(true);
    m_bar = new LanguageBar(m_session, appearance, m_card);
    m_notice = new Notice(appearance, Notice::Kind::Plain, m_card);
    m_table = new SegmentTable(m_session, appearance, m_card);
    m_notice->hide();

    auto *noticeFrame = new QVBoxLayout;
    noticeFrame->setContentsMargins(12, 0, 12, 0);
    noticeFrame->addWidget(m_notice);
    auto *inside = new QVBoxLayout(m_card);
    inside->setContentsMargins(0, 0, 0, 0);
    inside->setSpacing(0);
    inside->addWidget(makeHead());
    inside->addWidget(m_bar);
    inside->addLayout(noticeFrame);
    inside->addWidget(m_table, 1);
    inside->addWidget(makeFoot());
    auto *outside = new QVBoxLayout(this);
    outside->setContentsMargins(0, 0, 0, 0);
    outside->addWidget(m_card);
    bindActions();

    connect(m_table, &SegmentTable::filesDropped, this, &TranslatePanel::openFirst);
    connect(m_notice, &Notice::closed, this, [this] {
        m_told.clear();
        refreshNotice();
    });
    connect(&m_session, &TranslateSession::stateChanged, this, &TranslatePanel::refresh);
    connect(&m_session, &TranslateSession::languagesChanged, this, &TranslatePanel::refresh);
    connect(&m_session, &TranslateSession::saveErrorChanged, this, &TranslatePanel::refreshNotice);
    connect(m_table->source().document(), &QTextDocument::contentsChanged, this, [this] {
        if (!m_told.isEmpty() && m_toldKind == Notice::Kind::Success)
            m_told.clear();
    });
    connect(&appearance, &Appearance::changed, this, &TranslatePanel::applyLook);
    applyLook();
    refresh();
}

QWidget *TranslatePanel::makeHead()
{
    m_head = new Bar(m_appearance, false, m_card);
    m_head->setFixedHeight(52);
    m_title = makeLabel(m_head);
    m_kind = makeLabel(m_head);
    m_open = new IconButton(m_appearance, QStringLiteral("folder"), tr("Open a text file"), m_head);
    m_open->setName(tr("Open a text file"), actionKeys("translate.open"));
    m_more = new IconButton(m_appearance, QStringLiteral("more"), tr("More"), m_head);
    m_moreMenu = new QMenu(m_more);
    connect(m_open, &IconButton::clicked, this, &TranslatePanel::openFileDialog);
    connect(m_more, &IconButton::clicked, this, [this] {
        m_moreMenu->clear();
        m_moreMenu->addAction(m_appearance.icon(QStringLiteral("new-chat")), tr("New text"), this, &TranslatePanel::newItem)->setEnabled(m_session.total() > 0);
        for (const char *id : {"translate.copySource", "translate.copy", "translate.again"})
            addToMenu(*m_moreMenu, m_appearance, this, id);
        m_moreMenu->popup(m_more->mapToGlobal(QPoint(0, m_more->height() + 4)));
    });
    auto *line = new QHBoxLayout(m_head);
    line->setContentsMargins(20, 0, 12, 0);
    line->setSpacing(4);
    line->addWidget(m_title);
    line->addSpacing(6);
    line->addWidget(m_kind);
    line->addStretch(1);
    line->addWidget(m_open);
    line->addWidget(m_more);
    return m_head;
}

QWidget *TranslatePanel::makeFoot()
{
    m_foot = new Bar(m_appearance, true, m_card);
    m_foot->setFixedHeight(48);
    m_progress = new QProgressBar(m_foot);
    m_progress->setTextVisible(false);
    m_progress->setFixedSize(160, 4);
    m_progress->setAccessibleName(tr("Segments translated"));
    m_countIcon = makeLabel(m_foot);
    m_count = makeLabel(m_foot);
    m_keptIcon = makeLabel(m_foot);
    m_kept = makeLabel(m_foot);
    m_left = makeLabel(m_foot);
    m_look = new TextButton(m_appearance, QString(), TextButton::Kind::Quiet, m_foot);
    m_look->setIconName(QStringLiteral("doubt"));
    m_look->setButtonHeight(28);
    m_copy = new TextButton(m_appearance, tr("Copy"), TextButton::Kind::Quiet, m_foot);
    m_copy->setIconName(QStringLiteral("copy"));
    m_copy->setButtonHeight(28);
    m_copy->setToolTip(tr("Copy the whole translation (%1)").arg(actionKeys("translate.copy")));
    m_save = new TextButton(m_appearance, tr("Save translation"), TextButton::Kind::Primary, m_foot);
    m_save->setIconName(QStringLiteral("export"));
    m_save->setButtonHeight(28);
    m_save->setToolTip(tr("Save the translation under a new name (%1)").arg(actionKeys("translate.save")));
    connect(m_look, &TextButton::clicked, this, [this] { m_table->showFlagged(1); });
    connect(m_copy, &TextButton::clicked, this, &TranslatePanel::copyTranslation);
    connect(m_save, &TextButton::clicked, this, &TranslatePanel::saveTranslation);
    auto *line = new QHBoxLayout(m_foot);
    line->setContentsMargins(20, 1, 12, 0);
    line->setSpacing(6);
    line->addWidget(m_progress);
    line->addSpacing(8);
    line->addWidget(m_countIcon);
    line->addWidget(m_count);
    line->addSpacing(12);
    line->addWidget(m_keptIcon);
    line->addWidget(m_kept);
    line->addWidget(m_look);
    line->addStretch(1);
    line->addWidget(m_left);
    line->addSpacing(8);
    line->addWidget(m_copy);
    line->addSpacing(4);
    line->addWidget(m_save);
    return m_foot;
}

void TranslatePanel::bindActions()
{
    using State = TranslateSession::State;
    const auto some = [this] { return m_session.total() > 0; };
    const auto otherLanguage = [this, some] { return some() && m_session.state() != State::SameLanguage; };
    bindAction(
        this, "translate.run",
        [this] {
            if (m_session.state() == State::Finished)
                m_session.translateAgain();
            else
                m_session.translateNow();
        },
        otherLanguage);
    bindAction(this, "translate.again", [this] { m_session.translateAgain(); }, otherLanguage);
    bindAction(this, "translate.swap", [this] { m_session.swapLanguages(); }, [this] { return m_session.canSwap(); });
    bindAction(this, "translate.from", [this] { m_bar->chooseSource(); });
    bindAction(this, "translate.to", [this] { m_bar->chooseTarget(); });
    bindAction(this, "translate.next", [this] { m_table->showFlagged(1); }, some);
    bindAction(this, "translate.previous", [this] { m_table->showFlagged(-1); }, some);
    bindAction(this, "translate.open", [this] { openFileDialog(); });
    bindAction(this, "translate.save", [this] { saveTranslation(); }, some);
    bindAction(this, "translate.copy", [this] { copyTranslation(); }, some);
    bindAction(this, "translate.copySource", [this] { QGuiApplication::clipboard()->setText(m_session.sourceText()); }, some);
}

void TranslatePanel::applyLook()
{
    const Theme &theme = m_appearance.theme();
    const auto paint = [this](QLabel *label, FontRole role, const QColor &color) {
        label->setFont(m_appearance.font(role));
        QPalette p = label->palette();
        p.setColor(QPalette::WindowText, color);
        label->setPalette(p);
    };
    paint(m_title, FontRole::Title, theme.text);
    paint(m_kind, FontRole::Small, theme.text2);
    paint(m_count, FontRole::Small, theme.text);
    paint(m_left, FontRole::Small, theme.text2);
    refreshFoot();
}

void TranslatePanel::refresh()
{
    const QString path = m_session.documentPath();
    const QString words = firstWords(m_session.sourceText());
    m_title->setText(!path.isEmpty() ? QFileInfo(path).fileName() : words.isEmpty() ? tr("New text") : words);
    m_kind->setText(!path.isEmpty() ? formatName(path) : QString());
    refreshNotice();
    refreshFoot();
    reportStatus();
}

void TranslatePanel::refreshNotice()
{
    Notice::Kind kind = Notice::Kind::Plain;
    QString sentence, action;
    std::function<void()> act;
    bool closable = false;
    const QString error = m_session.error();
    if (!m_session.saveError().isEmpty()) {
        kind = Notice::Kind::Danger;
        sentence = tr("The text could not be kept for the next start: %1. It stays here while Baleen runs.")
                       .arg(m_session.saveError());
        action = tr("Try again");
        act = [this] { m_session.saveNow(); };
    } else if (!m_told.isEmpty()) {
        kind = m_toldKind;
        sentence = m_told;
        closable = true;
    } else if (!error.isEmpty()) {
        kind = Notice::Kind::Danger;
        sentence = error;
        action = tr("Resume");
        act = [this] { m_session.translateNow(); };
    } else if (m_session.state() == TranslateSession::State::SameLanguage) {
        const QString name = languageLabel(m_session.target());
        const bool sure = m_session.chosenSource() || m_session.detected().isSure();
        sentence =
            sure ? tr("This is %1 already.").arg(name)
                 : tr("This is perhaps %1 already. If not, choose the language of the text above.").arg(name);
        action = tr("Translate to %1").arg(languageLabel(m_session.secondTarget()));
        act = [this] { m_session.setTarget(m_session.secondTarget()); };
    } else if (m_session.isWaitingForModel()) {
        if (m_service.state() == InferenceService::State::Loading) {
            sentence = tr("Starts as soon as the model is loaded.");
        } else {
            sentence = tr("No model is loaded. Your text will wait.");
            action = tr("Choose a model");
            act = [this] { Q_EMIT chooseModelRequested(); };
        }
    }
    // Rebuilt only when it says something new: a button that is being pressed stays.
    const QString shown = QString::number(int(kind)) + sentence + action;
    if (shown == m_noticeKey)
        return;
    m_noticeKey = shown;
    m_notice->clearActions();
    m_notice->setKind(kind);
    m_notice->setWords(QString(), sentence);
    m_notice->setClosable(closable);
    if (act)
        connect(m_notice->addAction(action), &TextButton::clicked, this, act, Qt::QueuedConnection);
    m_notice->setVisible(!sentence.isEmpty());
    m_notice->parentWidget()->layout()->itemAt(2)->layout()->setContentsMargins(
        12, sentence.isEmpty() ? 0 : 8, 12, sentence.isEmpty() ? 0 : 8);
}

void TranslatePanel::refreshFoot()
{
    const Theme &theme = m_appearance.theme();
    const SegmentListModel &model = m_session.segments();
    const TranslateSession::State state = m_session.state();
    const bool working = state == TranslateSession::State::Working;
    const bool some = model.size() > 0 && state != TranslateSession::State::SameLanguage;
    const int over = m_session.over(), total = m_session.total();
    const qreal ratio = devicePixelRatioF();
    const auto icon = [&](QLabel *label, const QString &name, const QColor &color) {
        label->setPixmap(m_appearance.pixmap(name, 16, color, ratio));
    };
    m_progress->setVisible(some && working);
    m_progress->setRange(0, std::max(1, total));
    m_progress->setValue(over);
    m_count->setVisible(some);
    m_countIcon->setVisible(some && over == total);
    icon(m_countIcon, QStringLiteral("check"), theme.success);
    m_count->setText(
        tr("%1/%2 segments")
            .arg(QLocale(QLocale::English).toString(over), QLocale(QLocale::English).toString(total)));

    int missing = 0, translated = 0;
    for (int i = 0; i < model.size(); ++i) {
        const Problem problem = model.at(i).verdict.problem;
        missing += model.at(i).state == SegmentState::Unsure &&
                   (problem == Problem::NumberMissing || problem == Problem::PartMissing);
        translated += model.at(i).isTranslated();
    }
    m_kept->setVisible(some && translated > 0);
    m_keptIcon->setVisible(some && translated > 0);
    m_kept->setText(missing == 0 ? tr("Numbers and tags kept")
                                 : tr("Numbers or tags missing in %n segment(s)", nullptr, missing));
    icon(m_keptIcon, missing == 0 ? QStringLiteral("check") : QStringLiteral("warning"),
         missing == 0 ? theme.success : theme.warn);
    QPalette p = m_kept->palette();
    p.setColor(QPalette::WindowText, missing == 0 ? theme.text : theme.warn);
    m_kept->setPalette(p);
    m_kept->setFont(m_appearance.font(FontRole::Small));

    const int look = m_session.toLookAt();
    m_look->setVisible(some && look > 0);
    m_look->setText(tr("%1 to look at").arg(look));
    m_look->setToolTip(tr("Show the next one (%1)").arg(actionKeys("translate.next")));
    const int seconds = m_session.secondsLeft();
    m_left->setVisible(working && seconds > 0);
    m_left->setText(seconds < 90 ? tr("About %1 s left").arg(seconds)
                                 : tr("About %1 min left").arg((seconds + 30) / 60));
    const bool result = model.size() > 0 && (over > 0 || translated > 0);
    m_copy->setEnabled(result);
    m_save->setEnabled(result);
    m_save->setToolTip(result ? tr("Save the translation under a new name (%1)").arg(actionKeys("translate.save"))
                              : tr("There is no translation yet."));
}

void TranslatePanel::reportStatus()
{
    const TranslateSession::State state = m_session.state();
    const bool works = state == TranslateSession::State::Working;
    if (works != std::exchange(m_works, works) && (works || state == TranslateSession::State::Finished)) {
        const QString words = works ? tr("The translation has begun.") : tr("The translation is finished, %n segment(s).", nullptr, m_session.total());
        Q_EMIT announced(words);
        if (!works)
            Q_EMIT answerEnded(tr("Translate"), words);
    }
    const double rate = m_session.tokensPerSecond();
    const QString speed = rate > 0 ? tr("%1 tok/s").arg(rate, 0, 'f', 1) : QString();
    if (state != TranslateSession::State::Working) {
        Q_EMIT statusChanged(QString(), state == TranslateSession::State::Finished ? speed : QString(),
                             QString());
        Q_EMIT countBadge(QString());
        return;
    }
    const QString count = QStringLiteral("%1/%2").arg(m_session.over()).arg(m_session.total());
    QString sentence = tr("Translating %1").arg(count), reason = tr("Chat goes first when you send");
    if (m_session.isWaitingForModel())
        sentence = tr("Translation waits for a model");
    else if (m_session.isQueued())
        sentence = tr("Translation waits for another request");
    Q_EMIT statusChanged(sentence, speed, reason);
    Q_EMIT countBadge(count);
}

QVector<Panel::Region> TranslatePanel::regions()
{
    return {{m_bar, &m_bar->sourceButton()}, {&m_table->source(), &m_table->source()}, {&m_table->target(), &m_table->target()}};
}

void TranslatePanel::focusInput()
{
    m_table->source().setFocus(Qt::OtherFocusReason);
}

void TranslatePanel::newItem()
{
    m_told.clear();
    m_session.clear();
    focusInput();
}

void TranslatePanel::stop()
{
    m_session.stop();
}

bool TranslatePanel::acceptsFile(const QString &path) const
{
    static const QStringList suffixes{QStringLiteral("txt"), QStringLiteral("md"), QStringLiteral("markdown"),
                                      QStringLiteral("text")};
    return suffixes.contains(QFileInfo(path).suffix().toLower());
}

void TranslatePanel::openFile(const QString &path)
{
    const auto file = app::translate::readTextFile(path);
    if (!file) {
        tell(Notice::Kind::Danger, app::errorDetails(file.error().message));
        return;
    }
    m_told.clear();
    m_session.setDocument(*file, path);
    if (file->replaced > 0) {
        tell(Notice::Kind::Warn,
             tr("%n place(s) in the file held no valid text and show as \uFFFD.", nullptr, file->replaced));
    }
    refresh();
}

void TranslatePanel::openFirst(const QStringList &paths)
{
    for (const QString &path : paths) {
        if (acceptsFile(path)) {
            openFile(path);
            if (paths.size() > 1)
                tell(Notice::Kind::Plain,
                     tr("One file at a time: %1 was opened.").arg(QFileInfo(path).fileName()));
            return;
        }
    }
    tell(Notice::Kind::Warn, tr("%1 was not opened. Baleen translates txt and md files.")
                                 .arg(QFileInfo(paths.value(0)).fileName()));
}

void TranslatePanel::openFileDialog()
{
    const QString path =
        QFileDialog::getOpenFileName(this, tr("Open a text file"), QFileInfo(m_session.documentPath()).path(),
                                     tr("Text files (*.txt *.md *.markdown *.text);;All files (*)"));
    if (!path.isEmpty())
        openFile(path);
}

void TranslatePanel::copyTranslation()
{
    if (m_session.total() == 0)
        return;
    QGuiApplication::clipboard()->setText(m_session.translation());
    m_copy->setText(tr("Copied"));
    m_copy->setIconName(QStringLiteral("check"));
    QTimer::singleShot(2000, m_copy, [this] {
        m_copy->setText(tr("Copy"));
        m_copy->setIconName(QStringLiteral("copy"));
    });
}

void TranslatePanel::saveTranslation()
{
    if (!m_save->isEnabled())
        return;
    const QString suggested =
        app::translate::suggestedName(m_session.documentPath(), m_session.target().code.toString());
    // The dialog asks before it names a file that exists.
    const QString path = QFileDialog::getSaveFileName(this, tr("Save translation"), suggested,
                                                      tr("Text files (*.txt *.md);;All files (*)"));
    if (!path.isEmpty())
        saveTo(path, true);
}

bool TranslatePanel::saveTo(const QString &path, bool overwrite)
{
    const auto saved =
        app::translate::writeTextFile(path, m_session.translation(), m_session.encoding(), overwrite);
    if (!saved) {
        tell(Notice::Kind::Danger, app::errorDetails(saved.error().message));
        return false;
    }
    const int waiting = m_session.total() - m_session.over();
    const QString name = QFileInfo(path).fileName();
    tell(Notice::Kind::Success,
         waiting == 0 ? tr("Saved as %1.").arg(name)
                      : tr("Saved as %1. %n segment(s) stand in the original.", nullptr, waiting).arg(name));
    return true;
}

void TranslatePanel::tell(Notice::Kind kind, const QString &sentence)
{
    m_toldKind = kind;
    m_told = sentence;
    refreshNotice();
}

void TranslatePanel::dragEnterEvent(QDragEnterEvent *event)
{
    if (event->mimeData()->hasUrls() || event->mimeData()->hasText())
        event->acceptProposedAction();
}

void TranslatePanel::dropEvent(QDropEvent *event)
{
    QStringList paths;
    for (const QUrl &url : event->mimeData()->urls()) {
        if (url.isLocalFile())
            paths.push_back(url.toLocalFile());
    }
    if (!paths.isEmpty())
        openFirst(paths);
    else if (event->mimeData()->hasText())
        m_table->source().insertPlainText(event->mimeData()->text());
    event->acceptProposedAction();
}

} // namespace ui
