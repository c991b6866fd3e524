// Find in this conversation: a field with the number of places, over the head of the transcript.
#pragma once

#include "ui/widgets/buttons.h"

#include <QFrame>

class QLabel;
class QLineEdit;

namespace ui {

class Transcript;

class ChatFindBar : public QFrame
{
    Q_OBJECT

public:
    // The transcript outlives it.
    ChatFindBar(const Appearance &appearance, Transcript &transcript, QWidget *parent = nullptr);

    // Shows it, with what is selected or was looked for last.
    void open();
    void close(); // and marks nothing any more
    void next(int step); // 1 or -1; opens it first
    // Marks without being shown: what the search over all chats has found.
    void setWords(const QString &words);
    QLineEdit *field() const { return m_field; }
    QString figures() const;

Q_SIGNALS:
    void closed();

protected:
    void paintEvent(QPaintEvent *event) override;
    bool eventFilter(QObject *watched, QEvent *event) override;

private:
    void find();
    void update();

    const Appearance &m_appearance;
    Transcript &m_transcript;
    QLineEdit *m_field;
    QLabel *m_figures;
    IconButton *m_up;
    IconButton *m_down;
};

} // namespace ui
