// Formulas as they are drawn: typeset once, painted at a size, in a colour, for a device pixel ratio.
#pragma once

#include "app/math/formula_renderer.h"

#include <QBasicTimer>
#include <QCache>
#include <QColor>
#include <QObject>
#include <QPixmap>
#include <QPointF>

class QPainter;

namespace ui {

class Appearance;

// Lives in the GUI thread.
class FormulaPictures : public QObject
{
    Q_OBJECT

public:
    explicit FormulaPictures(const QString &script, QObject *parent = nullptr);
    // Those of a window: made when they are first asked for, as long as its appearance.
    static FormulaPictures &of(const Appearance &appearance);

    app::math::FormulaRenderer &renderer() { return m_renderer; }

    // Into `place`, as lines and curves. Any thread.
    static void render(QPainter &painter, const app::math::Formula &formula, const QColor &color, const QRectF &place);
    // Paints with its base line at `at`; `em` is the size of its letters in px.
    void paint(QPainter &painter, const QPointF &at, const app::math::Formula &formula, double em, const QColor &color);

Q_SIGNALS:
    void came(); // formulas that were asked for can be painted; at most 30 times a second

protected:
    void timerEvent(QTimerEvent *event) override;

private:
    QPixmap picture(const app::math::Formula &formula, double em, const QColor &color, double ratio);

    app::math::FormulaRenderer m_renderer;
    QCache<QByteArray, QPixmap> m_pictures; // costs are KiB
    QBasicTimer m_soon;
};

} // namespace ui
