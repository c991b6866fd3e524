// The attachments of a sent message, painted in its bubble above its words.
#pragma once

#include "app/attachments/attachment_record.h"
#include "ui/chat/item.h"

namespace ui {

class AttachmentChips
{
public:
    AttachmentChips(const Appearance &appearance, const QVector<app::AttachmentRecord> &attachments);

    bool isEmpty() const { return m_attachments.isEmpty(); }
    void layout(int room);
    int width() const { return m_width; }
    int height() const { return m_height; }
    // `pointer` as seen from `at`, which is their top left.
    void paint(QPainter &painter, const QPointF &at, const QPointF &pointer, qreal ratio) const;
    Hot hotAt(const QPointF &point) const; // Action::Custom, "attachment:ID"
    QString accessibleText() const;

private:
    QString detail(const app::AttachmentRecord &attachment) const;

    const Appearance &m_appearance;
    QVector<app::AttachmentRecord> m_attachments;
    QVector<QRectF> m_places;
    int m_width = 0, m_height = 0;
};

// The name of the custom action that shows an attachment, and the id in it; 0: it is another action.
QString attachmentAction(qint64 id);
qint64 attachmentOfAction(const QString &name);

} // namespace ui
