#include "ui/chat/attachment_chips.h"

#include "ui/chat/attachment_words.h"

#include <QCoreApplication>
#include <QFontMetrics>
#include <QPainter>

#include <algorithm>

namespace ui {

namespace {

constexpr int kHeight = 28, kGap = 6, kLeft = 30, kRight = 10, kWidest = 320;
constexpr int kSlack = 2; // an advance is rounded, and eliding is strict
const QString kAction = QStringLiteral("attachment:");

struct AttachmentWords
{
    Q_DECLARE_TR_FUNCTIONS(ui::Attachments)
};

} // namespace

QString attachmentAction(qint64 id)
{
    return kAction + QString::number(id);
}

qint64 attachmentOfAction(const QString &name)
{
    return name.startsWith(kAction) ? name.mid(kAction.size()).toLongLong() : 0;
}

AttachmentChips::AttachmentChips(const Appearance &appearance, const QVector<app::AttachmentRecord> &attachments)
    : m_appearance(appearance), m_attachments(attachments)
{
    for (app::AttachmentRecord &attachment : m_attachments)
        attachment.text.clear(); // megabytes that are not painted
}

QString AttachmentChips::detail(const app::AttachmentRecord &attachment) const
{
    return attachment.leftOut ? AttachmentWords::tr("not seen by the model") : fileSize(attachment.bytes);
}

void AttachmentChips::layout(int room)
{
    m_places.clear();
    const QFontMetrics names(m_appearance.font(FontRole::Ui)), details(m_appearance.font(FontRole::Small));
    qreal x = 0, y = 0;
    m_width = 0;
    for (const app::AttachmentRecord &attachment : std::as_const(m_attachments)) {
        const int beside = kLeft + 8 + details.horizontalAdvance(detail(attachment)) + 1 + kRight + kSlack;
        const QString name = names.elidedText(shownName(attachment.name), Qt::ElideMiddle, std::min(kWidest, room) - beside);
        const qreal wide = std::min(std::min(kWidest, room), beside + names.horizontalAdvance(name));
        if (x > 0 && x + wide > room) {
            x = 0;
            y += kHeight + kGap;
        }
        m_places << QRectF(x, y, wide, kHeight);
        x += wide + kGap;
        m_width = std::max(m_width, int(x) - kGap);
    }
    m_height = m_places.isEmpty() ? 0 : int(y) + kHeight;
}

void AttachmentChips::paint(QPainter &painter, const QPointF &at, const QPointF &pointer, qreal ratio) const
{
    const Theme &theme = m_appearance.theme();
    const QFont nameFont = m_appearance.font(FontRole::Ui), detailFont = m_appearance.font(FontRole::Small);
    const QFontMetrics names(nameFont), details(detailFont);
    painter.setRenderHint(QPainter::Antialiasing);
    for (qsizetype i = 0; i < m_places.size(); ++i) {
        const app::AttachmentRecord &attachment = m_attachments[i];
        const QRectF place = m_places[i].translated(at);
        painter.setPen(QPen(theme.border, 1));
        painter.setBrush(m_places[i].contains(pointer) ? theme.hover : theme.surface);
        painter.drawRoundedRect(place.adjusted(0.5, 0.5, -0.5, -0.5), 5.5, 5.5);
        painter.drawPixmap(QPointF(place.left() + 8, place.top() + 6),
                           m_appearance.pixmap(attachmentIcon(attachment.kind), 16, attachment.leftOut ? theme.disabled : theme.text2, ratio));
        const QString words = detail(attachment);
        const int detailWidth = details.horizontalAdvance(words) + 1;
        const int room = int(place.width()) - kLeft - kRight - 8 - detailWidth;
        const QString name = names.elidedText(shownName(attachment.name), Qt::ElideMiddle, room);
        painter.setFont(nameFont);
        painter.setPen(attachment.leftOut ? theme.text3 : theme.text);
        painter.drawText(QRectF(place.left() + kLeft, place.top(), room + 1, place.height()), Qt::AlignVCenter | Qt::TextSingleLine, name);
        painter.setFont(detailFont);
        painter.setPen(theme.text3);
        painter.drawText(QRectF(place.left() + kLeft + std::min(room, names.horizontalAdvance(name)) + 8, place.top(), detailWidth, place.height()),
                         Qt::AlignVCenter | Qt::TextSingleLine, words);
    }
}

Hot AttachmentChips::hotAt(const QPointF &point) const
{
    for (qsizetype i = 0; i < m_places.size(); ++i)
        if (m_places[i].contains(point))
            return {Action::Custom, m_places[i], asPlainTip(shownName(m_attachments[i].name) + QLatin1Char('\n') + attachmentSize(m_attachments[i])),
                    attachmentAction(m_attachments[i].id), QString()};
    return {};
}

QString AttachmentChips::accessibleText() const
{
    QStringList names;
    for (const app::AttachmentRecord &attachment : m_attachments)
        names << shownName(attachment.name);
    return names.join(QStringLiteral(", "));
}

} // namespace ui
