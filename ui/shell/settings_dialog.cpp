#include "ui/shell/settings_dialog.h"

#include "app/settings_keys.h"
#include "ui/chat/message_items.h"
#include "ui/chat/sampling_words.h"
#include "ui/shell/diagnostics_page.h"
#include "ui/shell/language_choice.h"
#include "ui/widgets/buttons.h"
#include "ui/widgets/card.h"
#include "ui/widgets/figures.h"
#include "ui/widgets/plain_edit.h"
#include "ui/widgets/segmented.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QPainter>
#include <QScrollArea>
#include <QScrollBar>
#include <QThread>
#include <QVBoxLayout>

#include <algorithm>

namespace ui {

namespace {

// A label in a colour of the theme that follows it.
QLabel *label(const Appearance &appearance, const QString &text, FontRole role, ColorToken color,
              QWidget *parent)
{
    auto *result = new QLabel(text, parent);
    result->setTextFormat(Qt::PlainText);
    result->setWordWrap(true);
    const auto paint = [result, role, color, &appearance] {
        QPalette palette;
        palette.setColor(QPalette::WindowText, appearance.theme().*color);
        result->setPalette(palette);
        result->setFont(appearance.font(role));
    };
    QObject::connect(&appearance, &Appearance::changed, result, paint);
    paint();
    return result;
}

// A field with an edge around a multi-line edit.
class EditField : public QFrame
{
public:
    EditField(const Appearance &appearance, QWidget *parent) : QFrame(parent), m_appearance(appearance)
    {
        m_edit = new PlainEdit(appearance, this);
        m_edit->setSubmitsOnReturn(false);
        auto *layout = new QVBoxLayout(this);
        layout->setContentsMargins(12, 9, 4, 9);
        layout->addWidget(m_edit);
        connect(m_edit, &QTextEdit::cursorPositionChanged, this, [this] { update(); });
    }
    PlainEdit *edit() const { return m_edit; }

protected:
    void paintEvent(QPaintEvent *) override
    {
        const Theme &t = m_appearance.theme();
        QPainter painter(this);
        painter.setRenderHint(QPainter::Antialiasing);
        const bool focused = m_edit->hasFocus();
        const qreal w = focused ? 2 : 1;
        painter.setPen(QPen(focused ? t.focus : t.control, w));
        painter.setBrush(t.surface);
        painter.drawRoundedRect(QRectF(rect()).adjusted(w / 2, w / 2, -w / 2, -w / 2), 6, 6);
    }

private:
    const Appearance &m_appearance;
    PlainEdit *m_edit;
};

} // namespace

SettingsDialog::SettingsDialog(app::InferenceService &service, app::Settings &settings,
                               Appearance &appearance, app::KeptPages &keptPages, QWidget *parent)
    : QDialog(parent), m_service(service), m_settings(settings), m_appearance(appearance),
      m_keptPages(keptPages)
{
    setWindowTitle(tr("Settings"));
    resize(640, 640);
    auto *all = new QVBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->setSpacing(0);
    auto *scroll = new QScrollArea(this);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->viewport()->setAutoFillBackground(false);
    auto *page = new QWidget(scroll);
    auto *form = m_form = new QVBoxLayout(page);
    form->setContentsMargins(24, 16, 24, 16);
    form->setSpacing(0);
    addAppearance(form);
    addEngine(form);
    addChat(form);
    form->addStretch(1);
    scroll->setWidget(page);
    page->setAutoFillBackground(false); // setWidget() turns it on
    all->addWidget(scroll, 1);
    auto *foot = new QHBoxLayout;
    foot->setContentsMargins(24, 12, 24, 16);
    foot->addWidget(label(appearance, tr("Changes apply at once."), FontRole::Small, &Theme::text3, this), 1);
    auto *close = new TextButton(appearance, tr("Close"), TextButton::Kind::Outlined, this);
    connect(close, &TextButton::clicked, this, &QDialog::accept);
    foot->addWidget(close);
    all->addLayout(foot);
}

void SettingsDialog::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.fillRect(rect(), m_appearance.theme().popover);
}

QWidget *SettingsDialog::groupHead(const QString &name)
{
    QLabel *head = label(m_appearance, name, FontRole::Title, &Theme::text, this);
    head->setContentsMargins(0, 12, 0, 6);
    return head;
}

QWidget *SettingsDialog::row(const QString &name, const QString &hint, QWidget *control, bool wide)
{
    auto *row = new QWidget(this);
    auto *words = new QVBoxLayout;
    words->setSpacing(0);
    QLabel *title = label(m_appearance, name, FontRole::Ui, &Theme::text, row);
    title->setBuddy(control);
    control->setAccessibleName(name);
    words->addWidget(title);
    if (!hint.isEmpty())
        words->addWidget(label(m_appearance, hint, FontRole::Small, &Theme::text3, row));
    if (wide) {
        auto *column = new QVBoxLayout(row);
        column->setContentsMargins(0, 8, 0, 8);
        column->setSpacing(8);
        column->addLayout(words);
        column->addWidget(control);
    } else {
        auto *line = new QHBoxLayout(row);
        line->setContentsMargins(0, 8, 0, 8);
        line->setSpacing(24);
        line->addLayout(words, 1);
        line->addWidget(control, 0, Qt::AlignVCenter);
    }
    return row;
}

void SettingsDialog::addAppearance(QVBoxLayout *form)
{
    form->addWidget(groupHead(tr("Appearance")));
    auto *scheme = new Segmented(m_appearance, {tr("System"), tr("Light"), tr("Dark")}, this);
    scheme->setCurrent(int(m_appearance.scheme()));
    connect(scheme, &Segmented::chosen, this, [this](int index) { m_appearance.setScheme(Scheme(index)); });
    form->addWidget(row(tr("Colours"), QString(), scheme));
    form->addWidget(row(tr("Language"), tr("Of the window, from the next start on."), makeLanguageChoice(m_settings, m_appearance, this)));

    auto *size = new QWidget(this);
    auto *line = new QHBoxLayout(size);
    line->setContentsMargins(0, 0, 0, 0);
    line->setSpacing(6);
    auto *less = new IconButton(m_appearance, QStringLiteral("minus"), tr("Smaller text"), size, 32);
    auto *more = new IconButton(m_appearance, QStringLiteral("plus"), tr("Larger text"), size, 32);
    less->setKind(IconButton::Kind::Outlined);
    more->setKind(IconButton::Kind::Outlined);
    auto *value = label(m_appearance, QString(), FontRole::Ui, &Theme::text, size);
    value->setFixedWidth(48);
    value->setAlignment(Qt::AlignCenter);
    const auto show = [this, value, less, more] {
        value->setText(tr("%1 px").arg(m_appearance.readingSize()));
        less->setEnabled(m_appearance.readingSize() > 13);
        more->setEnabled(m_appearance.readingSize() < 20);
    };
    connect(less, &IconButton::clicked, this,
            [this] { m_appearance.setReadingSize(m_appearance.readingSize() - 1); });
    connect(more, &IconButton::clicked, this,
            [this] { m_appearance.setReadingSize(m_appearance.readingSize() + 1); });
    connect(&m_appearance, &Appearance::changed, value, show);
    show();
    line->addWidget(less);
    line->addWidget(value);
    line->addWidget(more);
    form->addWidget(
        row(tr("Reading size"), tr("Messages, segments and what you write. Ctrl+Plus, Ctrl+Minus."), size));
}

void SettingsDialog::addEngine(QVBoxLayout *form)
{
    form->addWidget(groupHead(tr("Engine")));
    auto *reload = new TextButton(m_appearance, tr("Load the model again"), TextButton::Kind::Soft, this);
    reload->setButtonHeight(28);
    const auto needReload = [this, reload] { reload->setEnabled(m_service.model().has_value()); };

    form->addWidget(row(tr("Device"), tr("Automatic takes a graphics card where the whole model fits and its numbers are right."),
                        deviceChoice(needReload)));
    auto *context = new ComboButton(m_appearance, QString(), ComboButton::Look::Field, this);
    const auto contextName = [](int tokens) {
        return tokens > 0 ? SettingsDialog::tr("%1 tokens").arg(withCommas(tokens))
                          : SettingsDialog::tr("Chosen for the model");
    };
    context->setText(contextName(m_settings.get(app::kContextLength)));
    for (const int tokens : {0, 2048, 4096, 8192, 16384, 32768, 65536, 131072}) {
        context->menu()->addAction(contextName(tokens), this,
                                   [this, context, contextName, tokens, needReload] {
                                       m_settings.set(app::kContextLength, tokens);
                                       context->setText(contextName(tokens));
                                       context->updateGeometry();
                                       needReload();
                                   });
    }
    form->addWidget(row(tr("Context length"),
                        tr("How much the model can see at once. More takes more memory."), context));

    auto *threads = new ComboButton(m_appearance, QString(), ComboButton::Look::Field, this);
    const auto threadsName = [](int n) {
        return n > 0 ? SettingsDialog::tr("%n thread(s)", nullptr, n)
                     : SettingsDialog::tr("One for each core");
    };
    threads->setText(threadsName(m_settings.get(app::kThreads)));
    QVector<int> counts{0};
    for (int n = 1; n <= std::max(1, QThread::idealThreadCount()); n = n < 4 ? n + 1 : n + 2)
        counts.append(n);
    for (const int n : counts) {
        threads->menu()->addAction(threadsName(n), this, [this, threads, threadsName, n, needReload] {
            m_settings.set(app::kThreads, n);
            threads->setText(threadsName(n));
            threads->updateGeometry();
            needReload();
        });
    }
    form->addWidget(row(tr("Threads"), tr("Fewer leave more of the processor to other programs."), threads));
    form->addWidget(row(tr("Memory of the context"),
                        tr("8 bits take three fifths of the memory. Answers can differ a little. "
                           "Models with experts keep 16 bits."),
                        kvCacheChoice(needReload)));
    form->addWidget(
        row(tr("Keep read conversations on disk"),
            tr("Going back to one needs no new reading then, also after a restart. The files hold "
               "its text, that of deleted chats included. Off deletes them."),
            keptChoice(needReload)));
    connect(reload, &TextButton::clicked, this, &SettingsDialog::reloadRequested);
    reload->setEnabled(m_service.model().has_value());
    form->addWidget(row(tr("These count when a model is loaded"), QString(), reload));
    form->addWidget(keptRow());
}

QWidget *SettingsDialog::deviceChoice(const std::function<void()> &needReload)
{
    auto *device = new ComboButton(m_appearance, QString(), ComboButton::Look::Field, this);
    device->setObjectName(QStringLiteral("device"));
    const QStringList gpus = app::gpuNames();
    const auto name = [gpus](const QString &id) {
        if (id == QLatin1String("cpu"))
            return SettingsDialog::tr("Processor");
        if (id == QLatin1String("cuda"))
            return gpus.isEmpty() ? SettingsDialog::tr("Graphics card") : gpus.join(QStringLiteral(", "));
        return SettingsDialog::tr("Automatic");
    };
    const QString now = m_settings.get(app::kDevice);
    device->setText(name(now));
    QStringList ids{QStringLiteral("auto"), QStringLiteral("cpu")};
    if (!gpus.isEmpty() || now == QLatin1String("cuda"))
        ids << QStringLiteral("cuda");
    for (const QString &id : std::as_const(ids))
        device->menu()->addAction(name(id), this, [this, device, name, id, needReload] {
            m_settings.set(app::kDevice, id);
            device->setText(name(id));
            device->updateGeometry();
            needReload();
        });
    return device;
}

void SettingsDialog::setDiagnosis(std::function<app::Diagnosis()> diagnose)
{
    m_form->insertWidget(m_form->count() - 1, groupHead(tr("Diagnostics")));
    m_form->insertWidget(m_form->count() - 1, new DiagnosticsPage(m_appearance, std::move(diagnose), this));
}

QWidget *SettingsDialog::kvCacheChoice(const std::function<void()> &needReload)
{
    auto *bits = new ComboButton(m_appearance, QString(), ComboButton::Look::Field, this);
    bits->setObjectName(QStringLiteral("kvCache"));
    const auto name = [](int n) { return SettingsDialog::tr("%1 bits").arg(n); };
    bits->setText(name(m_settings.get(app::kKvCacheBits) == 8 ? 8 : 16));
    for (const int n : {16, 8}) {
        bits->menu()->addAction(name(n), this, [this, bits, name, n, needReload] {
            m_settings.set(app::kKvCacheBits, n);
            bits->setText(name(n));
            bits->updateGeometry();
            needReload();
        });
    }
    return bits;
}

QWidget *SettingsDialog::keptChoice(const std::function<void()> &needReload)
{
    auto *kept = new ComboButton(m_appearance, QString(), ComboButton::Look::Field, this);
    kept->setObjectName(QStringLiteral("kept"));
    const auto name = [](int gib) {
        return gib > 0 ? SettingsDialog::tr("Up to %1 GiB").arg(gib) : SettingsDialog::tr("Off");
    };
    kept->setText(name(m_settings.get(app::kKeptGib)));
    for (const int gib : {0, 1, 2, 5, 10, 20}) {
        kept->menu()->addAction(name(gib), this, [this, kept, name, gib, needReload] {
            m_settings.set(app::kKeptGib, gib);
            m_service.setKeepsOnDisk(gib > 0);
            if (gib == 0)
                m_keptPages.empty();
            kept->setText(name(gib));
            kept->updateGeometry();
            needReload();
        });
    }
    return kept;
}

// How much it is now, and the way to have none of it.
QWidget *SettingsDialog::keptRow()
{
    auto *empty = new TextButton(m_appearance, tr("Delete"), TextButton::Kind::Outlined, this);
    empty->setObjectName(QStringLiteral("deleteKept"));
    empty->setButtonHeight(28);
    empty->setEnabled(false);
    auto *control = new QWidget(this);
    auto *line = new QHBoxLayout(control);
    line->setContentsMargins(0, 0, 0, 0);
    line->setSpacing(12);
    QLabel *amount = label(m_appearance, QString(), FontRole::Ui, &Theme::text2, control);
    amount->setWordWrap(false);
    line->addWidget(amount);
    line->addWidget(empty);
    const auto show = [this, amount, empty] {
        const qint64 bytes = m_keptPages.bytes();
        amount->setText(bytes < 0 ? QString() : bytes == 0 ? tr("Nothing") : sizeOnDisk(bytes));
        empty->setEnabled(bytes > 0);
    };
    connect(&m_keptPages, &app::KeptPages::measured, amount, show);
    connect(&m_keptPages, &app::KeptPages::failed, amount,
            [amount] { amount->setText(SettingsDialog::tr("Not all could be deleted")); });
    connect(empty, &TextButton::clicked, &m_keptPages, &app::KeptPages::empty);
    m_keptPages.measure();
    QWidget *result = row(tr("Conversations on disk now"), QString(), control);
    empty->setAccessibleName(tr("Delete the conversations kept on disk"));
    return result;
}

void SettingsDialog::addChat(QVBoxLayout *form)
{
    form->addWidget(groupHead(tr("Chat")));
    auto *system = new EditField(m_appearance, this);
    system->setMinimumHeight(120);
    system->edit()->setText(m_settings.get(app::kSystemPrompt));
    system->edit()->setPlaceholderText(tr("For example: Answer briefly and in British English."));
    connect(system->edit(), &QTextEdit::textChanged, this,
            [this, system] { m_settings.set(app::kSystemPrompt, system->edit()->text()); });
    form->addWidget(row(tr("System prompt"),
                        tr("What every chat begins with; the model sees it before your first message."),
                        system, true));

    auto *most = new ComboButton(m_appearance, QString(), ComboButton::Look::Field, this);
    const auto mostName = [](int tokens) {
        return tokens > 0 ? SettingsDialog::tr("%1 tokens").arg(withCommas(tokens))
                          : SettingsDialog::tr("Until the context is full");
    };
    most->setText(mostName(m_settings.get(app::kMaxAnswerTokens)));
    for (const int tokens : {0, 256, 512, 1024, 2048, 4096, 8192}) {
        most->menu()->addAction(mostName(tokens), this, [this, most, mostName, tokens] {
            m_settings.set(app::kMaxAnswerTokens, tokens);
            most->setText(mostName(tokens));
            most->updateGeometry();
        });
    }
    auto *titles = new ComboButton(m_appearance, QString(), ComboButton::Look::Field, this);
    titles->setObjectName(QStringLiteral("titles"));
    const auto titlesName = [](bool byModel) { return byModel ? SettingsDialog::tr("By the model, when it is idle") : SettingsDialog::tr("The first words"); };
    titles->setText(titlesName(m_settings.get(app::kModelTitles)));
    for (const bool byModel : {true, false}) {
        titles->menu()->addAction(titlesName(byModel), this, [this, titles, titlesName, byModel] {
            m_settings.set(app::kModelTitles, byModel);
            titles->setText(titlesName(byModel));
            titles->updateGeometry();
        });
    }
    auto *doubt = new ComboButton(m_appearance, QString(), ComboButton::Look::Field, this);
    doubt->setObjectName(QStringLiteral("doubt"));
    const auto doubtName = [](bool shown) { return shown ? SettingsDialog::tr("Underlined") : SettingsDialog::tr("Not shown"); };
    doubt->setText(doubtName(m_settings.get(app::kDoubt)));
    for (const bool shown : {false, true}) {
        doubt->menu()->addAction(doubtName(shown), this, [this, doubt, doubtName, shown] {
            m_settings.set(app::kDoubt, shown);
            doubt->setText(doubtName(shown));
            doubt->updateGeometry();
        });
    }
    auto *sampling = new ComboButton(m_appearance, QString(), ComboButton::Look::Field, this);
    sampling->setObjectName(QStringLiteral("sampling"));
    sampling->setText(presetName(app::samplingPreset(m_settings)));
    sampling->menu()->setToolTipsVisible(true);
    for (const app::SamplingPreset preset : kPresets) {
        QAction *action = sampling->menu()->addAction(presetChoice(preset, m_service.model()), this,
                                                      [this, sampling, preset] {
                                                          m_settings.set(app::kSamplingPreset, int(preset));
                                                          sampling->setText(presetName(preset));
                                                          sampling->updateGeometry();
                                                      });
        action->setToolTip(presetSource(preset, m_service.model()));
    }
    form->addWidget(row(tr("Sampling"), tr("How freely the model chooses its words."), sampling));
    form->addWidget(row(tr("Longest answer"), tr("An answer that stops there can be continued."), most));
    form->addWidget(row(tr("Titles"), tr("What a chat is called until you name it."), titles));
    form->addWidget(row(tr("Doubt"), tr("In the token lens: words where the model hesitated between several."), doubt));
}

} // namespace ui
