// What the model says beside the code: shown as an answer of a chat is, formulas and tables included, without what can be done with one.
#pragma once

#include "app/chat/message_list_model.h"
#include "ui/chat/transcript.h"

namespace ui {

class ProseView : public Transcript
{
    Q_OBJECT

public:
    explicit ProseView(const Appearance &appearance, QWidget *parent = nullptr);

    void append(const QString &markdown);
    void setMarkdown(const QString &markdown);
    void finish(); // nothing more comes
    QString markdown() const;
    bool isEmpty() const { return markdown().trimmed().isEmpty(); }

private:
    app::MessageListModel m_words; // one answer
};

} // namespace ui
