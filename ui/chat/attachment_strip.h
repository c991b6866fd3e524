// The attachments of a draft, above its text: a chip each, or a sentence where one was refused.
#pragma once

#include "app/attachments/attachment_intake.h"
#include "ui/widgets/buttons.h"

#include <QScrollArea>

namespace ui {

class AttachmentChip;

class AttachmentStrip : public QScrollArea
{
    Q_OBJECT

public:
    explicit AttachmentStrip(const Appearance &appearance, QWidget *parent = nullptr);
    ~AttachmentStrip() override;

    // Chips that stay keep their focus. Hidden while there are none.
    void setAttachments(const QVector<app::AttachmentRecord> &attachments, const QVector<app::IncomingAttachment> &incoming);
    void setTokens(qint64 id, int tokens); // -1: not known
    // The field that Tab comes to after the last chip.
    void setNext(QWidget *next) { m_next = next; }
    bool isEmpty() const { return m_order.isEmpty(); }
    // For tests: the chip of an attachment, by its place.
    QAbstractButton *chip(int index) const;
    int count() const { return int(m_order.size()); }

Q_SIGNALS:
    void openRequested(qint64 id);
    void removeRequested(qint64 id);
    void retryRequested(qint64 id);
    void menuRequested(qint64 id, const QPoint &globalPosition);
    void leftByKeys(); // the last chip went with the focus in it

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    void arrange();
    void moveFocus(int from, int step);
    void orderByTab();
    AttachmentChip *makeChip(qint64 id);
    QWidget *makeRefusal(const app::IncomingAttachment &one);

    const Appearance &m_appearance;
    QWidget *m_body;
    QWidget *m_next = nullptr;
    QVector<qint64> m_order;
    QHash<qint64, AttachmentChip *> m_chips;
    QHash<qint64, QWidget *> m_refusals;
    QHash<qint64, QString> m_refused; // what they say
};

} // namespace ui
