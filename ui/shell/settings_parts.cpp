#include "ui/shell/settings_parts.h"

#include "ui/widgets/plain_edit.h"

#include <QLabel>
#include <QPainter>
#include <QVBoxLayout>

namespace ui {

QLabel *themedLabel(const Appearance &appearance, const QString &text, FontRole role, ColorToken color, QWidget *parent)
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

void RuledRow::paintEvent(QPaintEvent *)
{
    QPainter(this).fillRect(QRect(0, height() - 1, width(), 1), m_appearance.theme().border);
}

EditField::EditField(const Appearance &appearance, QWidget *parent) : QFrame(parent), m_appearance(appearance)
{
    m_edit = new PlainEdit(appearance, this);
    m_edit->setSubmitsOnReturn(false);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(12, 9, 4, 9);
    layout->addWidget(m_edit);
    connect(m_edit, &QTextEdit::cursorPositionChanged, this, [this] { update(); });
}

void EditField::paintEvent(QPaintEvent *)
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

} // namespace ui
