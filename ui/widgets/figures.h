// Numbers as every panel writes them.
#pragma once

#include <QString>

namespace ui {

QString withCommas(qint64 number); // "1,244"
QString tokenCount(qint64 tokens); // "1 token", "1,244 tokens"
QString chatCount(qint64 chats);
QString messageCount(qint64 messages);
QString turnCount(qint64 turns); // of a question and its answers
QString sizeOnDisk(qint64 bytes);  // "412 MiB", "1.2 GiB"

} // namespace ui
