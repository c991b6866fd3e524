#include "ui/shell/speed_popover.h"

#include "ui/widgets/figures.h"

#include <QAccessible>
#include <QKeyEvent>
#include <QPainter>
#include <QPropertyAnimation>

#include <algorithm>

namespace ui {

namespace {

constexpr int kPadding = 16;
constexpr int kRowHeight = 30;
constexpr int kGrowMs = 120;

} // namespace

SpeedPopover::SpeedPopover(const Appearance &appearance, QWidget *window) : QWidget(window), m_appearance(appearance)
{
    setFocusPolicy(Qt::StrongFocus);
    setAccessibleName(tr("Why this speed"));
    hide();
    connect(&appearance, &Appearance::changed, this, [this] { update(); });
}

void SpeedPopover::setFacts(const app::SpeedFacts &facts)
{
    const app::SpeedReason reason = app::speedReason(facts);
    m_sentence = app::speedSentence(reason, facts);
    m_advice = app::adviceSentence(reason);
    m_rows.clear();
    const auto gigabytes = [](double bytes) { return QString::number(bytes / 1e9, 'f', bytes < 1e10 ? 2 : 1); };
    const auto seconds = [](double ms) { return tr("%1 s").arg(ms / 1000, 0, 'f', ms < 10000 ? 1 : 0); };
    const double all = facts.bytesPerToken(), used = all * facts.decodeTokensPerSecond;
    if (all > 0)
        m_rows.append({tr("Read for each token"), tr("%1 GB, %2 GB of it context").arg(gigabytes(all), gigabytes(all - facts.weightBytes)),
                       (all - facts.weightBytes) / all});
    if (reason.share > 0)
        m_rows.append({tr("Memory speed used"), tr("%1 of %2 GB/s").arg(gigabytes(used), gigabytes(facts.readBandwidth)), std::min(reason.share, 1.0)});
    const double reading = facts.readingMs(), writing = facts.writingMs();
    if (reading > 0)
        m_rows.append({tr("Reading"), tr("%1, %2 tok/s").arg(seconds(reading)).arg(facts.prefillTokensPerSecond, 0, 'f', 0), reading / (reading + writing)});
    if (writing > 0)
        m_rows.append({tr("Writing"), tr("%1, %2 tok/s").arg(seconds(writing)).arg(facts.decodeTokensPerSecond, 0, 'f', 1), writing / (reading + writing)});
    if (facts.promptTokens > 0)
        m_rows.append({tr("Tokens reused"), tr("%1 of %2").arg(withCommas(facts.cachedTokens), withCommas(facts.promptTokens)),
                       double(facts.cachedTokens) / facts.promptTokens});
    if (facts.sharedLayers > 0)
        m_rows.append({tr("Layers on the graphics card"), tr("%1 of %2").arg(facts.sharedLayers).arg(facts.layers), double(facts.sharedLayers) / facts.layers});
    else if (facts.layers > 0)
        m_rows.append({tr("Layers on the graphics card"), facts.onGpu ? tr("all %1").arg(facts.layers) : tr("none of %1").arg(facts.layers),
                       facts.onGpu ? 1.0 : 0.0});
    QStringList spoken{m_sentence};
    for (const Row &row : std::as_const(m_rows))
        spoken << row.name + QStringLiteral(": ") + row.value;
    spoken << m_advice;
    setAccessibleDescription(spoken.join(QStringLiteral(". ")));
    update();
}

int SpeedPopover::sentenceHeight(const QString &words, FontRole role) const
{
    if (words.isEmpty())
        return 0;
    const QFontMetrics metrics(m_appearance.font(role));
    return metrics.boundingRect(QRect(0, 0, kWidth - 2 * kPadding, 1000), Qt::TextWordWrap, words).height();
}

int SpeedPopover::wantedHeight() const
{
    int height = 2 * kPadding + sentenceHeight(m_sentence, FontRole::UiBold) + int(m_rows.size()) * kRowHeight;
    height += m_rows.isEmpty() ? 0 : 8;
    return height + (m_advice.isEmpty() ? 0 : 10 + sentenceHeight(m_advice, FontRole::Small));
}

void SpeedPopover::openAbove(const QPoint &place)
{
    const int height = std::min(wantedHeight(), parentWidget()->height() - 16);
    const int x = std::clamp(place.x(), 8, std::max(8, parentWidget()->width() - kWidth - 8));
    const int bottom = std::clamp(place.y(), height + 8, parentWidget()->height() - 8);
    const QRect whole(x, bottom - height, kWidth, height);
    setGeometry(whole);
    show();
    raise();
    setFocus(Qt::PopupFocusReason);
    auto *grow = new QPropertyAnimation(this, "geometry", this);
    grow->setDuration(kGrowMs);
    grow->setStartValue(QRect(x, bottom - height / 2, kWidth, height / 2));
    grow->setEndValue(whole);
    grow->start(QAbstractAnimation::DeleteWhenStopped);
}

void SpeedPopover::paintEvent(QPaintEvent *)
{
    const Theme &t = m_appearance.theme();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(t.popoverEdge, 1));
    painter.setBrush(t.popover);
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), 10, 10);

    // Laid out from the foot, where it grows from.
    const int width = kWidth - 2 * kPadding;
    int y = height() - wantedHeight() + kPadding;
    const auto words = [&](const QString &text, FontRole role, const QColor &color) {
        const int h = sentenceHeight(text, role);
        painter.setFont(m_appearance.font(role));
        painter.setPen(color);
        painter.drawText(QRect(kPadding, y, width, h), Qt::TextWordWrap, text);
        y += h;
    };
    words(m_sentence, FontRole::UiBold, t.text);
    y += m_rows.isEmpty() ? 0 : 8;
    painter.setFont(m_appearance.font(FontRole::Small));
    for (const Row &row : m_rows) {
        painter.setPen(t.text2);
        painter.drawText(QRect(kPadding, y, width, 18), Qt::AlignLeft | Qt::AlignVCenter, row.name);
        painter.setPen(t.text);
        painter.drawText(QRect(kPadding, y, width, 18), Qt::AlignRight | Qt::AlignVCenter, row.value);
        if (row.share >= 0) {
            const QRectF lane(kPadding, y + 20, width, 4);
            painter.setPen(Qt::NoPen);
            painter.setBrush(t.mapFree);
            painter.drawRoundedRect(lane, 2, 2);
            if (row.share > 0) {
                painter.setBrush(t.accent);
                painter.drawRoundedRect(QRectF(lane.left(), lane.top(), std::max(4.0, width * row.share), 4), 2, 2);
            }
        }
        y += kRowHeight;
    }
    if (!m_advice.isEmpty()) {
        y += 10;
        words(m_advice, FontRole::Small, t.text2);
    }
}

void SpeedPopover::keyPressEvent(QKeyEvent *event)
{
    if (event->key() == Qt::Key_Escape || event->key() == Qt::Key_Return) {
        hide();
        parentWidget()->setFocus();
    } else {
        QWidget::keyPressEvent(event);
    }
}

void SpeedPopover::focusOutEvent(QFocusEvent *event)
{
    QWidget::focusOutEvent(event);
    if (event->reason() != Qt::ActiveWindowFocusReason) // another program is no reason to close it
        hide();
}

} // namespace ui
