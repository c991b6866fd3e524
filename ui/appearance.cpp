#include "ui/appearance.h"

#include "app/settings_keys.h"
#include "ui/style_sheet.h"
#include "ui/widgets/composing.h"

#include <QAbstractItemView>
#include <QApplication>
#include <QEvent>
#include <QFile>
#include <QFontDatabase>
#include <QIconEngine>
#include <QLocale>
#include <QMenu>
#include <QPainter>
#include <QPalette>
#include <QPixmapCache>
#include <QPointer>
#include <QProxyStyle>
#include <QStyle>
#include <QStyleOption>
#include <QSvgRenderer>
#include <QToolTip>

#include <algorithm>
#include <cmath>

namespace ui {

namespace {

// Letters typed into a menu go to the entry that begins with them: the lists of languages are long. Its marks are icons of ours
// in the colours of the scheme, which a style sheet cannot give them.
class Style : public QProxyStyle
{
public:
    explicit Style(const Appearance &appearance) : QProxyStyle(QStringLiteral("Fusion")), m_appearance(&appearance) {}
    void drawPrimitive(PrimitiveElement element, const QStyleOption *option, QPainter *painter,
                       const QWidget *widget) const override
    {
        const bool mark = element == PE_IndicatorMenuCheckMark,
                   more = element == PE_IndicatorArrowRight || element == PE_IndicatorArrowLeft;
        if (!m_appearance || !(mark || (more && qobject_cast<const QMenu *>(widget)))) {
            QProxyStyle::drawPrimitive(element, option, painter, widget);
            return;
        }
        if (mark && !(option->state & State_On))
            return;
        const Theme &theme = m_appearance->theme();
        const QColor &color = !(option->state & State_Enabled) ? theme.disabled : mark ? theme.text : theme.text2;
        const QString name = mark                                ? QStringLiteral("check")
                             : element == PE_IndicatorArrowRight ? QStringLiteral("chevron-right")
                                                                 : QStringLiteral("chevron-left");
        painter->drawPixmap(option->rect.center() - QPoint(kMenuIcon / 2 - 1, kMenuIcon / 2 - 1),
                            m_appearance->pixmap(name, kMenuIcon, color, painter->device()->devicePixelRatioF()));
    }
    using QProxyStyle::polish;
    // Completions in file dialogs: a list that is a window has no ground to show through.
    void polish(QWidget *widget) override
    {
        if (widget->isWindow() && qobject_cast<QAbstractItemView *>(widget))
            widget->setProperty("popup", true);
        QProxyStyle::polish(widget);
    }
    int styleHint(StyleHint hint, const QStyleOption *option, const QWidget *widget,
                  QStyleHintReturn *data) const override
    {
        if (hint == SH_DialogButtonBox_ButtonsHaveIcons)
            return 0; // those of the desktop's icon theme would be the only coloured ones
        return hint == SH_Menu_KeyboardSearch ? 1 : QProxyStyle::styleHint(hint, option, widget, data);
    }

private:
    static constexpr int kMenuIcon = 16;
    const QPointer<const Appearance> m_appearance; // the application keeps its style for longer
};

QPixmap renderIcon(const QString &name, int size, const QColor &color, qreal ratio)
{
    const int pixels = std::max(1, int(std::lround(size * ratio)));
    QPixmap pixmap(pixels, pixels);
    pixmap.fill(Qt::transparent);
    QFile file(QStringLiteral(":/icons/%1.svg").arg(name));
    if (file.open(QIODevice::ReadOnly)) {
        // QSvgRenderer knows no currentColor: the colour goes into the bytes.
        QByteArray svg = file.readAll();
        svg.replace("currentColor", color.name().toLatin1());
        QSvgRenderer renderer(svg);
        QPainter painter(&pixmap);
        renderer.render(&painter, QRectF(0, 0, pixels, pixels));
    } else {
        qWarning("no icon named %s", qPrintable(name));
    }
    pixmap.setDevicePixelRatio(ratio);
    return pixmap;
}

// Renders at whatever size and ratio Qt asks for, so that icons stay sharp on every screen.
class SvgIconEngine : public QIconEngine
{
public:
    struct Colors
    {
        QColor normal, active, disabled, on;
    };
    SvgIconEngine(const QString &name, const Colors &colors) : m_name(name), m_colors(colors) {}

    void paint(QPainter *painter, const QRect &rect, QIcon::Mode mode, QIcon::State state) override
    {
        const qreal ratio = painter->device() ? painter->device()->devicePixelRatioF() : 1.0;
        painter->drawPixmap(rect, cached(std::min(rect.width(), rect.height()), mode, state, ratio));
    }
    QPixmap pixmap(const QSize &size, QIcon::Mode mode, QIcon::State state) override
    {
        return cached(std::min(size.width(), size.height()), mode, state, 1.0);
    }
    QPixmap scaledPixmap(const QSize &size, QIcon::Mode mode, QIcon::State state, qreal scale) override
    {
        return cached(std::max(1, int(std::lround(std::min(size.width(), size.height()) / scale))), mode,
                      state, scale);
    }
    QIconEngine *clone() const override { return new SvgIconEngine(*this); }
    bool isNull() override { return false; }

private:
    QPixmap cached(int size, QIcon::Mode mode, QIcon::State state, qreal ratio) const
    {
        const QColor color = mode == QIcon::Disabled                            ? m_colors.disabled
                             : state == QIcon::On                               ? m_colors.on
                             : mode == QIcon::Active || mode == QIcon::Selected ? m_colors.active
                                                                                : m_colors.normal;
        const QString key =
            QStringLiteral("baleen/%1/%2/%3/%4").arg(m_name).arg(size).arg(color.rgba(), 0, 16).arg(ratio);
        QPixmap pixmap;
        if (!QPixmapCache::find(key, &pixmap)) {
            pixmap = renderIcon(m_name, size, color, ratio);
            QPixmapCache::insert(key, pixmap);
        }
        return pixmap;
    }

    QString m_name;
    Colors m_colors;
};

QPalette paletteOf(const Theme &t)
{
    QPalette p;
    p.setColor(QPalette::Window, t.window);
    p.setColor(QPalette::WindowText, t.text);
    p.setColor(QPalette::Base, t.surface);
    p.setColor(QPalette::AlternateBase, t.raised);
    p.setColor(QPalette::Text, t.text);
    p.setColor(QPalette::PlaceholderText, t.text3);
    p.setColor(QPalette::Button, t.surface);
    p.setColor(QPalette::ButtonText, t.text);
    p.setColor(QPalette::BrightText, t.danger);
    p.setColor(QPalette::ToolTipBase, t.popover);
    p.setColor(QPalette::ToolTipText, t.text);
    p.setColor(QPalette::Highlight, t.selection);
    p.setColor(QPalette::HighlightedText, t.text);
    p.setColor(QPalette::Inactive, QPalette::Highlight, t.pressed);
    p.setColor(QPalette::Link, t.accentText);
    p.setColor(QPalette::LinkVisited, t.accentText);
    p.setColor(QPalette::Light, t.raised);
    p.setColor(QPalette::Midlight, t.hover);
    p.setColor(QPalette::Mid, t.borderStrong);
    p.setColor(QPalette::Dark, t.control);
    p.setColor(QPalette::Shadow, t.border);
    for (const QPalette::ColorRole role : {QPalette::WindowText, QPalette::Text, QPalette::ButtonText})
        p.setColor(QPalette::Disabled, role, t.disabled);
    return p;
}

int evenRound(double value)
{
    return int(std::lround(value / 2.0)) * 2;
}

} // namespace

Appearance::Appearance(app::Settings &settings, QObject *parent) : QObject(parent), m_settings(settings)
{
    m_applying = true;
    QApplication::setPalette(QPalette()); // the desktop's own, whatever was set before
    m_applying = false;
    m_systemDark = systemIsDark();
    QApplication::setStyle(new Style(*this));
    apply();
    qApp->installEventFilter(this);
    new ComposingGuard(this);
    // Whoever sets it: a key, the dialog, Defaults.
    connect(&settings, &app::Settings::changed, this, [this](const QString &name) {
        if (name == QLatin1String(app::kScheme.name))
            apply();
        else if (name != QLatin1String(app::kReadingSize.name))
            return;
        Q_EMIT changed();
    });
}

Appearance::~Appearance() = default;

Scheme Appearance::scheme() const
{
    const QString name = m_settings.get(app::kScheme);
    if (name == QLatin1String("light"))
        return Scheme::Light;
    return name == QLatin1String("dark") ? Scheme::Dark : Scheme::System;
}

void Appearance::setScheme(Scheme scheme)
{
    m_settings.set(app::kScheme, scheme == Scheme::Light  ? QStringLiteral("light")
                                 : scheme == Scheme::Dark ? QStringLiteral("dark")
                                                          : QStringLiteral("system"));
}

int Appearance::readingSize() const
{
    return m_settings.get(app::kReadingSize);
}

void Appearance::setReadingSize(int px)
{
    m_settings.set(app::kReadingSize, std::clamp(px, app::kReadingSize.bounds.least, app::kReadingSize.bounds.most));
}

namespace {

// Chinese, Japanese and Korean share letters that each draws in its own way: that of the window's language.
QString sharedCharacters()
{
    switch (QLocale().language()) {
    case QLocale::Japanese:
        return QStringLiteral("JP");
    case QLocale::Korean:
        return QStringLiteral("KR");
    default:
        return QStringLiteral("SC");
    }
}

const QStringList &sansFamilies()
{
    static const QStringList families = {QStringLiteral("Noto Sans"), QStringLiteral("Noto Sans CJK ") + sharedCharacters(),
                                         QStringLiteral("Noto Color Emoji")};
    return families;
}

const QStringList &monoFamilies()
{
    static const QStringList families = {QStringLiteral("JetBrains Mono"), QStringLiteral("DejaVu Sans Mono"),
                                         QStringLiteral("Noto Sans Mono CJK ") + sharedCharacters(),
                                         QStringLiteral("Noto Color Emoji")};
    return families;
}

} // namespace

QStringList Appearance::missingFonts() const
{
    const QStringList there = QFontDatabase::families();
    QStringList missing;
    for (const QString &family : sansFamilies() + monoFamilies())
        if (!there.contains(family) && !missing.contains(family))
            missing << family;
    return missing;
}

QFont Appearance::font(FontRole role) const
{
    const QStringList &sans = sansFamilies(), &mono = monoFamilies();
    int size = 13;
    bool bold = false;
    bool isMono = false;
    const double scale = readingSize() / 15.0;
    switch (role) {
    case FontRole::Hero:
        size = 24, bold = true;
        break;
    case FontRole::Figure:
        size = 20, bold = true;
        break;
    case FontRole::Title:
        size = 15, bold = true;
        break;
    case FontRole::Reading:
        size = readingSize();
        break;
    case FontRole::ReadingBold:
        size = readingSize(), bold = true;
        break;
    case FontRole::Heading1:
        size = int(std::lround(20 * scale)), bold = true;
        break;
    case FontRole::Heading2:
        size = int(std::lround(17 * scale)), bold = true;
        break;
    case FontRole::Table:
        size = int(std::lround(14 * scale));
        break;
    case FontRole::TableHead:
        size = int(std::lround(13 * scale)), bold = true;
        break;
    case FontRole::Reasoning:
        size = int(std::lround(14 * scale));
        break;
    case FontRole::Ui:
        break;
    case FontRole::UiBold:
        bold = true;
        break;
    case FontRole::Small:
        size = 12;
        break;
    case FontRole::Caption:
        size = 11;
        break;
    case FontRole::Mono:
        size = int(std::lround(13 * scale)), isMono = true;
        break;
    case FontRole::MonoSmall:
        size = 12, isMono = true;
        break;
    }
    QFont font(isMono ? mono : sans);
    font.setPixelSize(size);
    // Only these two weights: Qt 6.4 turns 500 and 600 of the installed families into one of them anyway.
    font.setWeight(bold ? QFont::Bold : QFont::Normal);
    if (isMono) {
        font.setStyleHint(QFont::Monospace);
        font.setFixedPitch(true);
        // Without shaping "!=" stays two letters: code is shown as it is.
        font.setStyleStrategy(QFont::PreferNoShaping);
    } else {
        font.setStyleHint(QFont::SansSerif);
    }
    return font;
}

int Appearance::lineHeight(FontRole role) const
{
    const double scale = readingSize() / 15.0;
    switch (role) {
    case FontRole::Hero:
        return 34;
    case FontRole::Figure:
        return 28;
    case FontRole::Title:
        return 22;
    case FontRole::Reading:
    case FontRole::ReadingBold:
        return evenRound(readingSize() * 1.6);
    case FontRole::Heading1:
        return evenRound(30 * scale);
    case FontRole::Heading2:
        return evenRound(26 * scale);
    case FontRole::Table:
    case FontRole::TableHead:
    case FontRole::Reasoning:
        return evenRound(22 * scale);
    case FontRole::Mono:
        return evenRound(20 * scale);
    case FontRole::Ui:
    case FontRole::UiBold:
    case FontRole::MonoSmall:
        return 20;
    case FontRole::Small:
        return 18;
    case FontRole::Caption:
        return 16;
    }
    return 20;
}

int Appearance::lineHeightCjk(FontRole role) const
{
    switch (role) {
    case FontRole::Reading:
    case FontRole::ReadingBold:
        return evenRound(readingSize() * 1.73);
    case FontRole::Reasoning:
        return lineHeight(role) + 2;
    default:
        return lineHeight(role);
    }
}

QPixmap Appearance::pixmap(const QString &name, int size, const QColor &color, qreal ratio) const
{
    const QString key = QStringLiteral("%1/%2/%3/%4").arg(name).arg(size).arg(color.rgba(), 0, 16).arg(ratio);
    const auto found = m_pixmaps.constFind(key);
    if (found != m_pixmaps.constEnd())
        return *found;
    return *m_pixmaps.insert(key, renderIcon(name, size, color, ratio));
}

QIcon Appearance::icon(const QString &name, int) const
{
    return QIcon(
        new SvgIconEngine(name, {m_theme.text2, m_theme.text, m_theme.disabled, m_theme.accentText}));
}

QIcon Appearance::icon(const QString &name, int, const QColor &color) const
{
    return QIcon(new SvgIconEngine(name, {color, color, m_theme.disabled, color}));
}

bool Appearance::eventFilter(QObject *watched, QEvent *event)
{
    if (watched == qApp && event->type() == QEvent::ThemeChange && !m_applying) {
        // An empty palette gives the desktop's own back; ours follows in apply().
        m_applying = true;
        QApplication::setPalette(QPalette());
        m_applying = false;
        const bool dark = systemIsDark();
        const bool differs = dark != m_systemDark;
        m_systemDark = dark;
        apply();
        if (differs && scheme() == Scheme::System)
            Q_EMIT changed();
    }
    return QObject::eventFilter(watched, event);
}

bool Appearance::systemIsDark() const
{
    const QPalette palette = QApplication::palette();
    if (palette.color(QPalette::Window).lightness() < palette.color(QPalette::WindowText).lightness())
        return true;
    return qEnvironmentVariable("GTK_THEME").endsWith(QLatin1String(":dark"), Qt::CaseInsensitive);
}

void Appearance::apply()
{
    m_applying = true;
    const bool dark = scheme() == Scheme::Dark || (scheme() == Scheme::System && m_systemDark);
    m_theme = dark ? Theme::darkTheme() : Theme::light();
    m_pixmaps.clear();
    const QPalette palette = paletteOf(m_theme);
    QApplication::setPalette(palette);
    QToolTip::setPalette(palette);
    QApplication::setFont(font(FontRole::Ui));
    QToolTip::setFont(font(FontRole::Small));
    qApp->setStyleSheet(styleSheet(m_theme));
    m_applying = false;
}

} // namespace ui
