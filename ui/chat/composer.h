// Where the next message is written: grows with its text, says exactly how many tokens it is, sends or stops.
#pragma once

#include "ui/widgets/buttons.h"
#include "ui/widgets/plain_edit.h"

#include <QWidget>

class QLabel;

namespace ui {

class AttachmentStrip;

class Composer : public QWidget
{
    Q_OBJECT

public:
    explicit Composer(const Appearance &appearance, QWidget *parent = nullptr);

    PlainEdit *edit() const { return m_edit; }
    AttachmentStrip *attachments() const { return m_attachments; }
    ComboButton *preset() const { return m_preset; }
    TextButton *think() const { return m_think; }
    IconButton *sendButton() const { return m_send; }
    TextButton *stopButton() const { return m_stop; }

    void setBusy(bool busy); // an answer is under way: Stop stands beside what is written
    void setPlaceholder(const QString &text);
    void setHasAttachments(bool has); // then words are not needed to send
    void setHint(const QString &text); // left of the button: tokens, or how keys work
    void setLines(int most);           // 10, fewer in low windows

Q_SIGNALS:
    void submitted(); // never while the text is blank and nothing is attached
    void stopRequested();
    void textEdited();
    void attachRequested();

protected:
    void paintEvent(QPaintEvent *event) override;
    bool eventFilter(QObject *watched, QEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;

private:
    void fit();
    bool isBlank() const;
    void submit();
    void restyle();

    const Appearance &m_appearance;
    PlainEdit *m_edit;
    AttachmentStrip *m_attachments;
    IconButton *m_attach;
    TextButton *m_think;
    ComboButton *m_preset;
    QLabel *m_hint;
    IconButton *m_send;
    TextButton *m_stop;
    int m_lines = 10;
    bool m_busy = false;
    bool m_hasAttachments = false;
};

} // namespace ui
