#include "ui/translate/language_bar.h"

#include "ui/actions.h"
#include "ui/translate/segment_table.h"

#include <QAction>
#include <QLabel>
#include <QMenu>
#include <QPainter>

namespace ui {

using app::translate::DetectedLanguage;
using app::translate::Language;
using app::translate::TranslateSession;

namespace {

constexpr int kFirstLanguages = 5; // the most used ones stand apart

void addLanguages(QMenu &menu, const Language *checked, const std::function<void(const Language &)> &chosen)
{
    int count = 0;
    for (const Language &language : app::translate::languages()) {
        if (count++ == kFirstLanguages)
            menu.addSeparator();
        const QString name = languageLabel(language), native = language.nativeName.toString();
        QAction *action = menu.addAction(name == native ? name : name + QLatin1Char('\t') + native);
        action->setCheckable(true);
        action->setChecked(&language == checked);
        QObject::connect(action, &QAction::triggered, &menu, [chosen, &language] { chosen(language); });
    }
}

} // namespace

LanguageBar::LanguageBar(TranslateSession &session, const Appearance &appearance, QWidget *parent)
    : QWidget(parent), m_session(session), m_appearance(appearance),
      m_source(new ComboButton(appearance, QString(), ComboButton::Look::Field, this)),
      m_detected(new QLabel(this)),
      m_perhaps(new TextButton(appearance, QString(), TextButton::Kind::Quiet, this)),
      m_swap(new IconButton(appearance, QStringLiteral("swap"), tr("Swap languages"), this)),
      m_target(new ComboButton(appearance, QString(), ComboButton::Look::Field, this)),
      m_verb(new TextButton(appearance, QString(), TextButton::Kind::Outlined, this))
{
    setFixedHeight(kHeight);
    m_source->setButtonHeight(28);
    m_target->setButtonHeight(28);
    m_perhaps->setButtonHeight(28);
    m_verb->setButtonHeight(28);
    m_swap->setName(tr("Swap languages"), actionKeys("translate.swap"));
    m_detected->setTextFormat(Qt::PlainText);
    connect(m_source->menu(), &QMenu::aboutToShow, this, &LanguageBar::fillSourceMenu);
    connect(m_target->menu(), &QMenu::aboutToShow, this, &LanguageBar::fillTargetMenu);
    connect(m_swap, &IconButton::clicked, &session, &TranslateSession::swapLanguages);
    connect(m_perhaps, &TextButton::clicked, this, [this] {
        if (const Language *language = m_session.detected().language)
            m_session.setChosenSource(language);
    });
    connect(m_verb, &TextButton::clicked, this, [this] {
        switch (m_session.state()) {
        case TranslateSession::State::Working:
            m_session.stop();
            break;
        case TranslateSession::State::Finished:
            m_session.translateAgain();
            break;
        default:
            m_session.translateNow();
            break;
        }
    });
    connect(&session, &TranslateSession::languagesChanged, this, &LanguageBar::refresh);
    connect(&session, &TranslateSession::stateChanged, this, &LanguageBar::refresh);
    connect(&appearance, &Appearance::changed, this, &LanguageBar::refresh);
    refresh();
}

void LanguageBar::fillSourceMenu()
{
    QMenu *menu = m_source->menu();
    menu->clear();
    QAction *detect = menu->addAction(tr("Detect language"));
    detect->setCheckable(true);
    detect->setChecked(!m_session.chosenSource());
    connect(detect, &QAction::triggered, this, [this] { m_session.setChosenSource(nullptr); });
    menu->addSeparator();
    addLanguages(*menu, m_session.chosenSource(),
                 [this](const Language &l) { m_session.setChosenSource(&l); });
}

void LanguageBar::fillTargetMenu()
{
    QMenu *menu = m_target->menu();
    menu->clear();
    addLanguages(*menu, &m_session.target(), [this](const Language &l) { m_session.setTarget(l); });
}

void LanguageBar::refresh()
{
    const DetectedLanguage detected = m_session.detected();
    const Language *chosen = m_session.chosenSource();
    const bool perhaps = !chosen && detected.language && !detected.isSure();
    const Language *shown = m_session.source();
    m_source->setText(shown ? languageLabel(*shown) : tr("Detect language"));
    m_source->setToolTip(tr("Language of the text (%1)").arg(actionKeys("translate.from")));
    m_source->setAccessibleName(tr("Language of the text: %1").arg(m_source->text()));
    m_target->setText(languageLabel(m_session.target()));
    m_target->setToolTip(tr("Language to translate to (%1)").arg(actionKeys("translate.to")));
    m_target->setAccessibleName(tr("Language to translate to: %1").arg(m_target->text()));

    m_detected->setVisible(!chosen && !perhaps && m_session.state() != TranslateSession::State::Empty);
    m_detected->setText(detected.isSure() ? tr("Detected, %1% sure").arg(detected.confidence)
                                          : tr("Language not known yet"));
    m_detected->setFont(m_appearance.font(FontRole::Small));
    QPalette p = m_detected->palette();
    p.setColor(QPalette::WindowText, m_appearance.theme().text2);
    m_detected->setPalette(p);
    m_perhaps->setVisible(perhaps);
    if (perhaps) {
        const QString label = languageLabel(*detected.language);
        m_perhaps->setText(tr("Perhaps %1, %2% sure").arg(label).arg(detected.confidence));
        m_perhaps->setToolTip(tr("Take %1 as the language of the text").arg(label));
    }
    m_swap->setEnabled(m_session.canSwap());

    const TranslateSession::State state = m_session.state();
    const bool working = state == TranslateSession::State::Working;
    m_verb->setEnabled(state != TranslateSession::State::Empty &&
                       state != TranslateSession::State::SameLanguage);
    if (working) {
        m_verb->setText(tr("Stop"));
        m_verb->setIconName(QStringLiteral("stop"));
        m_verb->setKeyHint(actionKeys("window.stop"));
        m_verb->setKind(TextButton::Kind::Outlined);
        m_verb->setToolTip(tr("Stop: what is translated stays"));
    } else if (state == TranslateSession::State::Finished) {
        m_verb->setText(tr("Translate again"));
        m_verb->setIconName(QStringLiteral("retry"));
        m_verb->setKeyHint(QString());
        m_verb->setKind(TextButton::Kind::Quiet);
        m_verb->setToolTip(tr("Translate all of it once more (%1)").arg(actionKeys("translate.run")));
    } else {
        const bool resumes = state == TranslateSession::State::Stopped && m_session.over() > 0;
        m_verb->setText(resumes ? tr("Resume") : tr("Translate"));
        m_verb->setIconName(resumes ? QStringLiteral("resume") : QStringLiteral("translate"));
        m_verb->setKeyHint(QString());
        m_verb->setKind(TextButton::Kind::Outlined);
        m_verb->setToolTip(m_verb->isEnabled() ? tr("Translate now (%1)").arg(actionKeys("translate.run"))
                           : state == TranslateSession::State::Empty
                               ? tr("There is no text to translate.")
                               : tr("The text is in this language already."));
    }
    m_verb->setAccessibleName(m_verb->text());
    place();
    update();
}

void LanguageBar::resizeEvent(QResizeEvent *)
{
    place();
}

// The fields begin where the texts below begin.
void LanguageBar::place()
{
    const int middle = (width() - 1) / 2, y = (kHeight - 28) / 2;
    const auto put = [&](QWidget *widget, int x, int room) {
        const int w = std::min(widget->sizeHint().width(), std::max(0, room));
        widget->setGeometry(x, y, w, 28);
        return x + w;
    };
    int x = put(m_source, SegmentTable::kNumberWidth, middle - SegmentTable::kNumberWidth - 8);
    put(m_detected, x + 8, middle - x - 16);
    put(m_perhaps, x + 4, middle - x - 12);
    m_swap->setGeometry(middle + 1 + (SegmentTable::kStateWidth - 28) / 2, y, 28, 28);
    const int verb = m_verb->sizeHint().width();
    m_verb->setGeometry(width() - 12 - verb, y, verb, 28);
    const int target = middle + 1 + SegmentTable::kStateWidth;
    put(m_target, target, width() - 12 - verb - 8 - target);
}

void LanguageBar::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    const Theme &theme = m_appearance.theme();
    painter.fillRect(rect(), theme.raised);
    painter.fillRect(QRect(0, height() - 1, width(), 1), theme.border);
}

} // namespace ui
