// Find in this conversation, in the head of the transcript.
#pragma once

#include "ui/widgets/find_bar.h"

namespace ui {

class Transcript;

class ChatFindBar : public FindBar
{
    Q_OBJECT

public:
    // The transcript outlives it.
    ChatFindBar(const Appearance &appearance, Transcript &transcript, QWidget *parent = nullptr);

    // What the search over all chats has found is marked already; opened, the bar goes on with it.
    void setWords(const QString &words);

protected:
    QString chosenText() const override;
    void search() override;
    void step(bool backwards) override;
    void clear() override;
    void paintEvent(QPaintEvent *event) override;

private:
    void showCount();

    Transcript &m_transcript;
};

} // namespace ui
