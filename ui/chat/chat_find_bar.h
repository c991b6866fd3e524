// Find in this conversation, in the head of the transcript.
#pragma once

#include "ui/widgets/find_bar.h"

namespace ui {

class Transcript;

class ChatFindBar : public FindBar
{
    Q_OBJECT

public:
    // Nothing is searched until there are transcripts, which outlive it.
    explicit ChatFindBar(const Appearance &appearance, QWidget *parent = nullptr);
    // One after the other, as if they were one text: the answers that are compared. Others than before are searched at once.
    void setTranscripts(const QVector<Transcript *> &transcripts);

    // What the search over all chats has found is marked already; opened, the bar goes on with it.
    void setWords(const QString &words);

protected:
    QString chosenText() const override;
    void search() override;
    void step(bool backwards) override;
    void clear() override;
    void paintEvent(QPaintEvent *event) override;

private:
    void mark(); // in all, without going anywhere
    void showCount();

    QVector<Transcript *> m_transcripts;
    qsizetype m_at = 0; // which of them has the present hit
};

} // namespace ui
