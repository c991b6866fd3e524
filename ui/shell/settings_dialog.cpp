#include "ui/shell/settings_dialog.h"

#include "app/settings_keys.h"
#include "ui/chat/sampling_words.h"
#include "ui/interface_language.h"
#include "ui/shell/diagnostics_page.h"
#include "ui/shell/settings_parts.h"
#include "ui/shell/sidebar.h"
#include "ui/widgets/figures.h"
#include "ui/widgets/focus_ring.h"
#include "ui/widgets/plain_edit.h"
#include "ui/widgets/segmented.h"

#include <QDir>
#include <QFileDialog>
#include <QHBoxLayout>
#include <QLabel>
#include <QMenu>
#include <QPainter>
#include <QScrollArea>
#include <QSystemTrayIcon>
#include <QThread>
#include <QVBoxLayout>

#include <algorithm>
#include <utility>

namespace ui {

namespace {

constexpr int kSide = 200, kHead = 52, kWords = 252;

} // namespace

SettingsDialog::SettingsDialog(app::InferenceService &service, app::Settings &settings, Appearance &appearance,
                               app::KeptPages &keptPages, QWidget *parent)
    : QDialog(parent), m_service(service), m_settings(settings), m_appearance(appearance), m_keptPages(keptPages)
{
    setWindowTitle(tr("Settings"));
    resize(parent ? QSize(kSide + 640, 620).boundedTo(parent->window()->size() - QSize(32, 24)) : QSize(kSide + 640, 620));
    auto *scroll = new QScrollArea(this);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->viewport()->setAutoFillBackground(false);
    scroll->setAccessibleName(tr("Settings"));
    auto *page = new QWidget(scroll);
    m_form = new QVBoxLayout(page);
    m_form->setContentsMargins(24, 8, 16, 16);
    m_form->setSpacing(0);
    auto *column = new QVBoxLayout;
    column->setSpacing(0);
    auto *side = makeSide(); // before the form: tab goes that way
    column->addWidget(makeHead());
    column->addWidget(scroll, 1);
    column->addWidget(makeFoot());
    auto *all = new QHBoxLayout(this);
    all->setContentsMargins(0, 0, 0, 0);
    all->setSpacing(0);
    all->addWidget(side);
    all->addLayout(column, 1);

    m_none = themedLabel(appearance, tr("No setting is called that."), FontRole::Ui, &Theme::text2, page);
    m_none->setContentsMargins(0, 12, 0, 0);
    m_form->addWidget(m_none);
    for (const SettingPage each : kSettingPages) {
        QLabel *head = themedLabel(appearance, settingPageName(each), FontRole::Title, &Theme::text, page);
        head->setContentsMargins(0, 12, 0, 6);
        m_groups.insert(int(each), head);
        m_form->addWidget(head);
        switch (each) {
        case SettingPage::Appearance:
            addAppearance();
            break;
        case SettingPage::Chat:
            addChat();
            break;
        case SettingPage::Engine:
            addEngine();
            break;
        case SettingPage::Desktop:
            addDesktop();
            break;
        case SettingPage::Diagnostics:
            break;
        }
    }
    m_form->addStretch(1);
    scroll->setWidget(page);
    page->setAutoFillBackground(false); // setWidget() turns it on
    connect(&m_settings, &app::Settings::changed, this, [this] { refresh(); });
    refresh();
    m_search->setFocus();
    new FocusRing(appearance, this);
}

QWidget *SettingsDialog::makeSide()
{
    auto *side = new QWidget(this);
    side->setFixedWidth(kSide);
    auto *column = new QVBoxLayout(side);
    column->setContentsMargins(8, 12, 8, 8);
    column->setSpacing(1);
    m_search = new QLineEdit(side);
    m_search->setProperty("quiet", true);
    m_search->setPlaceholderText(tr("Search settings"));
    m_search->setAccessibleName(tr("Search settings"));
    m_search->setMaxLength(200);
    QAction *glass = m_search->addAction(m_appearance.icon(QStringLiteral("search")), QLineEdit::LeadingPosition);
    connect(&m_appearance, &Appearance::changed, this,
            [this, glass] { glass->setIcon(m_appearance.icon(QStringLiteral("search"))); });
    connect(m_search, &QLineEdit::textChanged, this, [this] { refresh(); });
    column->addWidget(m_search);
    column->addSpacing(8);
    for (const SettingPage each : kSettingPages) {
        auto *row = new NavRow(m_appearance, settingPageIcon(each), settingPageName(each), {}, side);
        m_pages.insert(int(each), row);
        connect(row, &NavRow::clicked, this, [this, each] { showPage(each); });
        column->addWidget(row);
    }
    m_pages[int(SettingPage::Diagnostics)]->hide(); // until there is one
    column->addStretch(1);
    return side;
}

QWidget *SettingsDialog::makeHead()
{
    auto *head = new QWidget(this);
    head->setFixedHeight(kHead);
    auto *line = new QHBoxLayout(head);
    line->setContentsMargins(24, 0, 16, 0);
    line->setSpacing(12);
    m_title = themedLabel(m_appearance, {}, FontRole::Title, &Theme::text, head);
    m_defaults = new TextButton(m_appearance, tr("Defaults"), TextButton::Kind::Quiet, head);
    m_defaults->setButtonHeight(28);
    m_defaults->setIconName(QStringLiteral("undo"));
    m_defaults->setToolTip(tr("All settings of this page back to their defaults"));
    m_defaults->setAccessibleName(tr("Defaults of this page"));
    connect(m_defaults, &TextButton::clicked, this, [this] {
        QVector<Undo> ways;
        for (const Row &row : std::as_const(m_rows))
            if (row.words && row.page == m_page && !row.isDefault())
                ways << row.reset();
        offerUndo(tr("%1 has its defaults.").arg(settingPageName(m_page)), [ways] {
            for (const Undo &undo : ways)
                undo();
        });
    });
    line->addWidget(m_title, 1);
    line->addWidget(themedLabel(m_appearance, tr("Changes apply at once"), FontRole::Small, &Theme::text2, head));
    line->addWidget(m_defaults);
    return head;
}

QWidget *SettingsDialog::makeFoot()
{
    auto *foot = new QWidget(this);
    auto *line = new QHBoxLayout(foot);
    line->setContentsMargins(24, 12, 24, 16);
    line->setSpacing(12);
    m_told = themedLabel(m_appearance, {}, FontRole::Small, &Theme::text2, foot);
    m_undo = new TextButton(m_appearance, tr("Undo"), TextButton::Kind::Soft, foot);
    m_undo->hide();
    connect(m_undo, &TextButton::clicked, this, [this] {
        if (const Undo undo = std::exchange(m_undoLast, {}))
            undo();
        m_told->clear();
        m_undo->hide();
    });
    auto *close = new TextButton(m_appearance, tr("Close"), TextButton::Kind::Outlined, foot);
    connect(close, &TextButton::clicked, this, &QDialog::accept);
    line->addWidget(m_told, 1);
    line->addWidget(m_undo);
    line->addWidget(close);
    return foot;
}

void SettingsDialog::offerUndo(const QString &sentence, Undo undo)
{
    m_undoLast = std::move(undo);
    m_told->setText(sentence);
    m_undo->show();
}

void SettingsDialog::paintEvent(QPaintEvent *)
{
    const Theme &t = m_appearance.theme();
    QPainter painter(this);
    painter.fillRect(rect(), t.surface);
    painter.fillRect(QRect(0, 0, kSide, height()), t.window);
    painter.fillRect(QRect(kSide, 0, 1, height()), t.border);
    painter.fillRect(QRect(kSide, kHead - 1, width(), 1), t.border);
}

void SettingsDialog::showPage(SettingPage page)
{
    m_page = page;
    m_search->clear();
    refresh();
}

void SettingsDialog::showSetting(const QString &key)
{
    for (const Row &row : std::as_const(m_rows)) {
        if (!row.words || key != QLatin1String(row.words->key))
            continue;
        showPage(row.page);
        QWidget *control = row.control;
        const QList<QWidget *> inside = control->findChildren<QWidget *>();
        for (int i = 0; control->focusPolicy() == Qt::NoFocus && i < inside.size(); ++i)
            if (inside[i]->focusPolicy() & Qt::TabFocus && inside[i]->isEnabled())
                control = inside[i];
        control->setFocus(Qt::TabFocusReason);
        return;
    }
}

QStringList SettingsDialog::shown() const
{
    QStringList keys;
    for (const Row &row : m_rows)
        if (row.words && !row.row->isHidden())
            keys << QString::fromLatin1(row.words->key);
    return keys;
}

// What is seen: a page, or what the search finds on all of them.
void SettingsDialog::refresh()
{
    const QString typed = m_search->text().trimmed();
    QSet<int> found;
    bool changed = false, shown = false;
    for (const Row &row : std::as_const(m_rows)) {
        if (row.isWanted) // belongs to the one above
            shown = shown && row.isWanted();
        else
            shown = typed.isEmpty() ? row.page == m_page : row.words && settingMatches(*row.words, typed);
        row.row->setVisible(shown);
        if (shown)
            found.insert(int(row.page));
        changed = changed || (row.words && row.page == m_page && !row.isDefault());
    }
    for (const SettingPage page : kSettingPages) {
        m_groups[int(page)]->setVisible(!typed.isEmpty() && found.contains(int(page)));
        m_pages[int(page)]->setCurrent(typed.isEmpty() && page == m_page);
    }
    m_title->setText(typed.isEmpty() ? settingPageName(m_page) : tr("Settings found"));
    m_defaults->setVisible(typed.isEmpty() && m_page != SettingPage::Diagnostics);
    m_defaults->setEnabled(changed);
    m_none->setVisible(found.isEmpty() && !typed.isEmpty());
}

QWidget *SettingsDialog::words(QWidget *row, const QString &name, const QString &hint, const QString &more)
{
    auto *words = new QWidget(row);
    auto *column = new QVBoxLayout(words);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(0);
    column->addWidget(themedLabel(m_appearance, name, FontRole::UiBold, &Theme::text, words));
    for (const QString &each : {hint, more})
        if (!each.isEmpty())
            column->addWidget(themedLabel(m_appearance, each, FontRole::Small, &Theme::text2, words));
    return words;
}

// SettingsDialog::tr(): lupdate takes a template's class for another one.
template <class T> void SettingsDialog::addRow(const app::SettingKey<T> &key, QWidget *control, const NameOf<T> &name, bool wide)
{
    const SettingWords *text = settingWords(key.name);
    Q_ASSERT_X(text, "settings", key.name);
    const QString title = settingName(*text), usual = name(key.defaultValue);
    auto *row = new RuledRow(m_appearance, this);
    auto *back = new IconButton(m_appearance, QStringLiteral("undo"),
                                SettingsDialog::tr("%1: back to the default, %2").arg(title, usual), row);
    control->setAccessibleName(title);
    control->setAccessibleDescription(settingHint(*text));
    QSizePolicy keepsRoom = back->sizePolicy();
    keepsRoom.setRetainSizeWhenHidden(true);
    back->setSizePolicy(keepsRoom);
    follow<T>(key, back, [this, &key, back](const T &) { back->setVisible(!m_settings.isDefault(key)); });
    const auto reset = [this, &key]() -> Undo {
        const T former = m_settings.get(key);
        m_settings.reset(key);
        return [this, &key, former] { m_settings.set(key, former); };
    };
    connect(back, &IconButton::clicked, this,
            [this, reset, title] { offerUndo(SettingsDialog::tr("%1 has its default.").arg(title), reset()); });
    auto *line = new QHBoxLayout;
    line->setSpacing(16);
    QWidget *left = words(row, title, settingHint(*text), SettingsDialog::tr("Default: %1").arg(usual));
    line->addWidget(left, wide ? 1 : 0, Qt::AlignTop);
    if (!wide) {
        left->setFixedWidth(kWords);
        line->addWidget(control, 0, Qt::AlignTop);
        line->addStretch(1);
    }
    line->addWidget(back, 0, Qt::AlignTop);
    auto *column = new QVBoxLayout(row);
    column->setContentsMargins(0, 10, 0, 10);
    column->setSpacing(8);
    column->addLayout(line);
    if (wide)
        column->addWidget(control);
    m_form->addWidget(row);
    m_rows.append({text, text->page, row, control, [this, &key] { return m_settings.isDefault(key); }, reset});
}

void SettingsDialog::addPlainRow(SettingPage page, const QString &name, QWidget *control)
{
    auto *row = new RuledRow(m_appearance, this);
    auto *line = new QHBoxLayout(row);
    line->setContentsMargins(0, 10, 0, 10);
    line->setSpacing(16);
    QWidget *left = words(row, name, {}, {});
    left->setFixedWidth(kWords);
    line->addWidget(left);
    line->addWidget(control);
    line->addStretch(1);
    m_form->addWidget(row);
    m_rows.append({nullptr, page, row, control, {}, {}});
}

template <class T>
void SettingsDialog::follow(const app::SettingKey<T> &key, QWidget *control, std::function<void(const T &)> show)
{
    connect(&m_settings, &app::Settings::changed, control, [this, &key, show](const QString &name) {
        if (name == QLatin1String(key.name))
            show(m_settings.get(key));
    });
    show(m_settings.get(key));
}

template <class T>
ComboButton *SettingsDialog::choice(const app::SettingKey<T> &key, const QVector<T> &values, const NameOf<T> &name,
                                    const char *objectName, Undo chosen)
{
    auto *button = new ComboButton(m_appearance, QString(), ComboButton::Look::Field, this);
    button->setObjectName(QString::fromLatin1(objectName));
    for (const T &value : values) {
        button->menu()->addAction(name(value), this, [this, &key, value, chosen] {
            m_settings.set(key, value);
            if (chosen)
                chosen();
        });
    }
    follow<T>(key, button, [button, name](const T &value) {
        button->setText(name(value));
        button->updateGeometry();
    });
    return button;
}

QWidget *SettingsDialog::stepper(const app::SettingKey<int> &key, const QString &less, const QString &more,
                                 const NameOf<int> &name)
{
    auto *control = new QWidget(this);
    auto *line = new QHBoxLayout(control);
    line->setContentsMargins(0, 0, 0, 0);
    line->setSpacing(6);
    auto *minus = new IconButton(m_appearance, QStringLiteral("minus"), less, control, 32);
    auto *plus = new IconButton(m_appearance, QStringLiteral("plus"), more, control, 32);
    auto *value = themedLabel(m_appearance, QString(), FontRole::Ui, &Theme::text, control);
    value->setMinimumWidth(64);
    value->setAlignment(Qt::AlignCenter);
    for (const auto &[button, step] : {std::pair(minus, -1), std::pair(plus, 1)}) {
        button->setKind(IconButton::Kind::Outlined);
        connect(button, &IconButton::clicked, this,
                [this, &key, step = step] { m_settings.set(key, m_settings.get(key) + step); });
    }
    follow<int>(key, control, [&key, value, minus, plus, name](const int &now) {
        value->setText(name(now));
        minus->setEnabled(now > key.bounds.least);
        plus->setEnabled(now < key.bounds.most);
    });
    line->addWidget(minus);
    line->addWidget(value);
    line->addWidget(plus);
    return control;
}

void SettingsDialog::addAppearance()
{
    const QStringList ids = app::kScheme.bounds.oneOf;
    const QStringList names{tr("System"), tr("Light"), tr("Dark")}; // as in the bounds
    auto *scheme = new Segmented(m_appearance, names, this);
    follow<QString>(app::kScheme, scheme, [scheme, ids](const QString &id) { scheme->setCurrent(int(ids.indexOf(id))); });
    connect(scheme, &Segmented::chosen, this, [this](int index) { m_appearance.setScheme(Scheme(index)); });
    addRow<QString>(app::kScheme, scheme, [ids, names](const QString &id) { return names.value(ids.indexOf(id)); });
    const NameOf<QString> language = [](const QString &code) {
        for (const InterfaceLanguage &each : interfaceLanguages())
            if (code == QLatin1String(each.code))
                return QString::fromUtf8(each.name);
        return tr("System");
    };
    addRow<QString>(app::kInterfaceLanguage,
                    choice<QString>(app::kInterfaceLanguage, app::kInterfaceLanguage.bounds.oneOf, language, "language"),
                    language);
    auto *restart = new TextButton(m_appearance, tr("Start Baleen again"), TextButton::Kind::Soft, this);
    restart->setObjectName(QStringLiteral("restart"));
    restart->setButtonHeight(28);
    connect(restart, &TextButton::clicked, this, &SettingsDialog::restartRequested);
    addPlainRow(SettingPage::Appearance, tr("The window speaks it from the next start on"), restart);
    m_rows.last().isWanted = [this] {
        return interfaceLanguageOf(m_settings.get(app::kInterfaceLanguage)) != usedInterfaceLanguage();
    };
    const NameOf<int> pixels = [](int px) { return tr("%1 px").arg(px); };
    addRow<int>(app::kReadingSize, stepper(app::kReadingSize, tr("Smaller text"), tr("Larger text"), pixels), pixels);
    const NameOf<int> added = [](int px) {
        return px > 0 ? tr("%1 px more").arg(px) : px < 0 ? tr("%1 px less").arg(-px) : tr("As usual");
    };
    addRow<int>(app::kCodeZoom, stepper(app::kCodeZoom, tr("Smaller code"), tr("Larger code"), added), added);
}

void SettingsDialog::addChat()
{
    addSystemPrompt();
    const auto model = m_service.model();
    const NameOf<int> preset = [](int value) { return presetName(app::SamplingPreset(value)); };
    auto *sampling = new ComboButton(m_appearance, QString(), ComboButton::Look::Field, this);
    sampling->setObjectName(QStringLiteral("sampling"));
    sampling->menu()->setToolTipsVisible(true);
    for (const app::SamplingPreset each : kPresets) {
        QAction *action = sampling->menu()->addAction(presetChoice(each, model), this,
                                                      [this, each] { m_settings.set(app::kSamplingPreset, int(each)); });
        action->setToolTip(presetSource(each, model));
    }
    follow<int>(app::kSamplingPreset, sampling, [sampling, preset](const int &value) {
        sampling->setText(preset(value));
        sampling->updateGeometry();
    });
    addRow<int>(app::kSamplingPreset, sampling, preset);
    const NameOf<int> thinking = [](int value) {
        const auto mode = inference::Thinking(value);
        return mode == inference::Thinking::On    ? tr("On")
               : mode == inference::Thinking::Off ? tr("Off")
                                                  : tr("As the model does");
    };
    addRow<int>(app::kThinking,
                choice<int>(app::kThinking,
                            {int(inference::Thinking::ModelDefault), int(inference::Thinking::On), int(inference::Thinking::Off)},
                            thinking, "thinking"),
                thinking);
    const NameOf<int> tokens = [](int value) {
        return value > 0 ? tr("%1 tokens").arg(withCommas(value)) : tr("Until the context is full");
    };
    addRow<int>(app::kMaxAnswerTokens,
                choice<int>(app::kMaxAnswerTokens, {0, 256, 512, 1024, 2048, 4096, 8192}, tokens, "longest"), tokens);
    const NameOf<bool> titles = [](bool byModel) {
        return byModel ? tr("By the model, when it is idle") : tr("The first words");
    };
    addRow<bool>(app::kModelTitles, choice<bool>(app::kModelTitles, {true, false}, titles, "titles"), titles);
    const NameOf<bool> doubt = [](bool shown) { return shown ? tr("Underlined") : tr("Not shown"); };
    addRow<bool>(app::kDoubt, choice<bool>(app::kDoubt, {false, true}, doubt, "doubt"), doubt);
}

void SettingsDialog::addSystemPrompt()
{
    auto *system = new EditField(m_appearance, this);
    system->setMinimumHeight(110);
    PlainEdit *edit = system->edit();
    edit->setAccessibleName(settingName(*settingWords(app::kSystemPrompt.name)));
    edit->setPlaceholderText(tr("For example: Answer briefly and in British English."));
    follow<QString>(app::kSystemPrompt, system, [edit](const QString &text) {
        if (edit->text() != text)
            edit->setText(text);
    });
    connect(edit, &QTextEdit::textChanged, this, [this, edit] { m_settings.set(app::kSystemPrompt, edit->text()); });
    addRow<QString>(app::kSystemPrompt, system, [](const QString &text) { return text.isEmpty() ? tr("none") : text; }, true);
}

void SettingsDialog::addEngine()
{
    m_reload = new TextButton(m_appearance, tr("Load the model again"), TextButton::Kind::Soft, this);
    m_reload->setButtonHeight(28);
    m_reload->setEnabled(m_service.model().has_value());
    connect(m_reload, &TextButton::clicked, this, &SettingsDialog::reloadRequested);

    const QStringList gpus = app::gpuNames();
    const NameOf<QString> device = [gpus](const QString &id) {
        if (id == QLatin1String("cpu"))
            return tr("Processor");
        if (id == QLatin1String("cuda"))
            return gpus.size() > 1 ? tr("Any graphics card") : gpus.value(0, tr("Graphics card"));
        return id.startsWith(app::kOneGpu) ? id.mid(app::kOneGpu.size()) : tr("Automatic");
    };
    const QStringList devices = app::deviceChoices(gpus, m_settings.get(app::kDevice));
    addRow<QString>(app::kDevice, choice<QString>(app::kDevice, devices, device, "device"), device);

    const NameOf<int> tokens = [](int value) {
        return value > 0 ? tr("%1 tokens").arg(withCommas(value)) : tr("Chosen for the model");
    };
    addRow<int>(app::kContextLength,
                choice<int>(app::kContextLength, {0, 2048, 4096, 8192, 16384, 32768, 65536, 131072}, tokens, "context"), tokens);

    const NameOf<int> threads = [](int n) { return n > 0 ? tr("%n thread(s)", nullptr, n) : tr("One for each core"); };
    QVector<int> counts{0};
    for (int n = 1; n <= std::max(1, QThread::idealThreadCount()); n = n < 4 ? n + 1 : n + 2)
        counts.append(n);
    addRow<int>(app::kThreads, choice<int>(app::kThreads, counts, threads, "threads"), threads);

    const NameOf<int> bits = [](int n) { return tr("%1 bits").arg(n); };
    addRow<int>(app::kKvCacheBits, choice<int>(app::kKvCacheBits, {16, 8}, bits, "kvCache"), bits);
    addKept();
    addPlainRow(SettingPage::Engine, tr("These count when a model is loaded"), m_reload);
    addModelsFolder();
}

// What may be kept on disk, how much it is now, and the way to have none of it.
void SettingsDialog::addKept()
{
    const NameOf<int> gib = [](int n) { return n > 0 ? tr("Up to %1 GiB").arg(n) : tr("Off"); };
    ComboButton *kept = choice<int>(app::kKeptGib, {0, 1, 2, 5, 10, 20}, gib, "kept");
    connect(&m_settings, &app::Settings::changed, kept, [this](const QString &name) {
        if (name != QLatin1String(app::kKeptGib.name))
            return;
        m_service.setKeepsOnDisk(m_settings.get(app::kKeptGib) > 0);
        if (m_settings.get(app::kKeptGib) == 0)
            m_keptPages.empty();
    });
    addRow<int>(app::kKeptGib, kept, gib);

    auto *empty = new TextButton(m_appearance, tr("Delete"), TextButton::Kind::Outlined, this);
    empty->setObjectName(QStringLiteral("deleteKept"));
    empty->setButtonHeight(28);
    empty->setEnabled(false);
    empty->setAccessibleName(tr("Delete the conversations kept on disk"));
    auto *control = new QWidget(this);
    auto *line = new QHBoxLayout(control);
    line->setContentsMargins(0, 0, 0, 0);
    line->setSpacing(12);
    QLabel *amount = themedLabel(m_appearance, QString(), FontRole::Ui, &Theme::text2, control);
    amount->setWordWrap(false);
    line->addWidget(amount);
    line->addWidget(empty);
    const auto show = [this, amount, empty] {
        const qint64 bytes = m_keptPages.bytes();
        amount->setText(bytes < 0 ? QString() : bytes == 0 ? tr("Nothing") : sizeOnDisk(bytes));
        empty->setEnabled(bytes > 0);
    };
    connect(&m_keptPages, &app::KeptPages::measured, amount, show);
    connect(&m_keptPages, &app::KeptPages::failed, amount, [amount] { amount->setText(tr("Not all could be deleted")); });
    connect(empty, &TextButton::clicked, &m_keptPages, &app::KeptPages::empty);
    m_keptPages.measure();
    addPlainRow(SettingPage::Engine, tr("Conversations on disk now"), control);
}

void SettingsDialog::addModelsFolder()
{
    const NameOf<QString> name = [](const QString &path) { return path.isEmpty() ? tr("none") : QDir::toNativeSeparators(path); };
    auto *choose = new TextButton(m_appearance, QString(), TextButton::Kind::Outlined, this);
    choose->setObjectName(QStringLiteral("modelsFolder"));
    choose->setIconName(QStringLiteral("folder"));
    choose->setMaximumWidth(260);
    follow<QString>(app::kModelsFolder, choose, [choose, name](const QString &path) {
        choose->setText(path.isEmpty() ? tr("Choose a folder…") : name(path));
        choose->setToolTip(name(path));
        choose->updateGeometry();
    });
    connect(choose, &TextButton::clicked, this, [this] {
        const QString path = QFileDialog::getExistingDirectory(this, tr("Folder of models"), m_settings.get(app::kModelsFolder));
        if (!path.isEmpty())
            m_settings.set(app::kModelsFolder, path);
    });
    addRow<QString>(app::kModelsFolder, choose, name);
}

void SettingsDialog::addDesktop()
{
    const NameOf<bool> closed = [](bool stays) { return stays ? tr("Keep running in the tray") : tr("Quit"); };
    ComboButton *tray = choice<bool>(app::kTray, {false, true}, closed, "tray");
    addRow<bool>(app::kTray, tray, closed);
    if (!QSystemTrayIcon::isSystemTrayAvailable()) {
        const QString why = tr("This desktop shows no tray: Baleen quits when the window is closed.");
        tray->setEnabled(false);
        tray->setToolTip(why);
        tray->setAccessibleDescription(why);
    }
    const NameOf<bool> shown = [](bool on) { return on ? tr("With a notification") : tr("Not at all"); };
    addRow<bool>(app::kNotifications, choice<bool>(app::kNotifications, {true, false}, shown, "notifications"), shown);
}

void SettingsDialog::setDiagnosis(std::function<app::Diagnosis()> diagnose)
{
    auto *page = new DiagnosticsPage(m_appearance, std::move(diagnose), this);
    m_form->insertWidget(m_form->count() - 1, page);
    m_rows.append({nullptr, SettingPage::Diagnostics, page, page, {}, {}});
    m_pages[int(SettingPage::Diagnostics)]->show();
    refresh();
}

} // namespace ui
