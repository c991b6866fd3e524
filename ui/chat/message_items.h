// Items of a message that are not Markdown: the bubble of the user, the fold of the reasoning, progress, how
// an answer ended, and the row of actions.
#pragma once

#include "app/attachments/attachment_record.h"
#include "ui/chat/item.h"

#include <QVector>

namespace ui {

struct ReasoningHead
{
    bool running = false;
    bool unfolded = false;
    qint64 ms = 0;
    int tokens = 0;   // 0: not known
    QString lastLine; // shown while it runs folded
};
std::unique_ptr<Item> makeReasoningHead(const Appearance &appearance, const ReasoningHead &head);

// Words, and where `total` is known a bar with figures.
struct Progress
{
    QString words;
    quint32 done = 0, total = 0;
    friend bool operator==(const Progress &, const Progress &) = default;
};
std::unique_ptr<Item> makeProgressItem(const Appearance &appearance, const Progress &progress);

struct Ending
{
    bool failed = false;
    QString title;    // of a failure
    QString sentence; // what happened and what was kept
    struct Choice
    {
        QString words;
        Action action = Action::Custom;
        QString name; // of a custom action
        bool primary = false;
    };
    QVector<Choice> choices;
};
std::unique_ptr<Item> makeEndingItem(const Appearance &appearance, const Ending &ending);

struct ActionRow
{
    bool user = false;
    bool always = false; // else only while the message is hovered
    int version = 1, versions = 1;
    QString figures;      // "348 tokens · 71.2 tok/s · first token after 0.3 s"
    bool canWork = true;  // retry and edit; not while an answer is under way
    bool canRetry = true; // an answer; edit a message
    bool lens = false;    // its tokens were kept
    bool lensOpen = false;
};
std::unique_ptr<Item> makeActionRow(const Appearance &appearance, const ActionRow &row);
// The words of the user at the right, below what is attached to them, the actions at their left.
std::unique_ptr<Item> makeBubbleItem(const Appearance &appearance, const QString &text, const QVector<app::AttachmentRecord> &attachments,
                                     bool unfolded, const ActionRow &row);

// "18 s", "2 min 5 s".
QString durationWords(qint64 ms);

} // namespace ui
