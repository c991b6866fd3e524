#include "ui/chat/formula_pictures.h"

#include "app/math/formula_script.h"
#include "ui/appearance.h"

#include <QPainter>
#include <QPaintDevice>
#include <QSvgRenderer>
#include <QTimerEvent>

#include <algorithm>
#include <cmath>

namespace ui {

namespace {

constexpr int kRemembered = 24 << 10; // KiB of pixmaps
constexpr double kMostPixels = 3e6;   // larger ones are painted anew each time
constexpr int kTogetherMs = 33;

} // namespace

FormulaPictures::FormulaPictures(const QString &script, QObject *parent)
    : QObject(parent), m_renderer(script), m_pictures(kRemembered)
{
    connect(&m_renderer, &app::math::FormulaRenderer::came, this, [this] {
        if (!m_soon.isActive())
            m_soon.start(kTogetherMs, this);
    });
}

void FormulaPictures::render(QPainter &painter, const app::math::Formula &formula, const QColor &color, const QRectF &place)
{
    QByteArray svg = formula.svg;
    const QByteArray ink = color.name().toLatin1();
    svg.replace("currentColor", ink); // QSvgRenderer does not know it
    for (const char *attribute : {"fill=", "stroke="}) // rules, and letters that ask for the usual colour
        svg.replace(attribute + QByteArray("\"black\""), attribute + ('"' + ink + '"'));
    QSvgRenderer renderer(svg);
    renderer.setAspectRatioMode(Qt::IgnoreAspectRatio);
    renderer.render(&painter, place);
}

FormulaPictures &FormulaPictures::of(const Appearance &appearance)
{
    auto *pictures = appearance.findChild<FormulaPictures *>(QString(), Qt::FindDirectChildrenOnly);
    if (!pictures)
        pictures = new FormulaPictures(app::math::formulaScript(), const_cast<Appearance *>(&appearance));
    return *pictures;
}

void FormulaPictures::timerEvent(QTimerEvent *event)
{
    if (event->timerId() != m_soon.timerId())
        return QObject::timerEvent(event);
    m_soon.stop();
    Q_EMIT came();
}

void FormulaPictures::paint(QPainter &painter, const QPointF &at, const app::math::Formula &formula, double em,
                            const QColor &color)
{
    const double ratio = painter.device() ? painter.device()->devicePixelRatioF() : 1;
    const double width = formula.width * em, height = (formula.ascent + formula.descent) * em;
    if (width <= 0 || height <= 0)
        return;
    const QRectF place(at.x(), at.y() - formula.ascent * em, width, height);
    if (width * height * ratio * ratio > kMostPixels) {
        painter.save();
        painter.setRenderHint(QPainter::Antialiasing);
        render(painter, formula, color, place);
        painter.restore();
        return;
    }
    // Whole device pixels, the base line on one: so every place shows the same picture.
    const QPixmap pixmap = picture(formula, em, color, ratio);
    const double up = std::ceil(formula.ascent * em * ratio) + 1;
    const QPointF origin = painter.transform().map(QPointF(0, 0));
    const QPointF device = (origin + at) * ratio;
    const QPointF corner = QPointF(std::round(device.x()) - 1, std::round(device.y()) - up) / ratio - origin;
    painter.drawPixmap(corner, pixmap);
}

QPixmap FormulaPictures::picture(const app::math::Formula &formula, double em, const QColor &color, double ratio)
{
    const QByteArray key = QByteArray::number(formula.id) + color.name().toLatin1() + QByteArray::number(em, 'f', 2) + ' ' +
                           QByteArray::number(ratio, 'f', 3);
    if (const QPixmap *known = m_pictures.object(key))
        return *known;
    const double scale = em * ratio;
    const double up = std::ceil(formula.ascent * scale) + 1, down = std::ceil(formula.descent * scale) + 1;
    QPixmap pixmap(int(std::ceil(formula.width * scale)) + 2, std::max(1, int(up + down)));
    pixmap.fill(Qt::transparent);
    QPainter painter(&pixmap);
    painter.setRenderHint(QPainter::Antialiasing);
    render(painter, formula, color,
           QRectF(1, up - formula.ascent * scale, formula.width * scale, (formula.ascent + formula.descent) * scale));
    painter.end();
    pixmap.setDevicePixelRatio(ratio);
    m_pictures.insert(key, new QPixmap(pixmap), 1 + pixmap.width() * pixmap.height() * 4 / 1024);
    return pixmap;
}

} // namespace ui
