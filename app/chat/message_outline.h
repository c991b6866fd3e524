// The tree of a conversation as rows from top to bottom, for a column of dots and lines.
#pragma once

#include "app/chat/message_tree.h"

namespace app {

struct OutlineRow
{
    qint64 id = 0; // of the message
    int lane = 0;  // column of its dot; the path that is shown and what follows it are lane 0
    bool begins = false;    // a branch: its line comes from the lane before, else from above
    bool goesOn = false;    // something follows
    bool isShown = false;   // it is on the path
    bool pathAbove = false; // the line of lane 0 is the path's: from above to the middle of the row,
    bool pathBelow = false; // and from there on
};

// Every message once, none before its parent. Lines of lanes below that of a row pass through it: a branch stands above what goes straight
// on, which is the path to `leaf`, elsewhere the newest. Time and memory are linear in the messages.
QVector<OutlineRow> outline(const MessageTree &tree, qint64 leaf);

} // namespace app
