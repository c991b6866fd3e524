// Reads chats out of a file, whatever program wrote it.
#pragma once

#include "app/chat/exchange/chat_file.h"

namespace app {

inline constexpr qint64 kLargestImport = qint64(1) << 30; // bytes

// JSON of Baleen, ChatGPT, Open WebUI, LM Studio or of plain messages; JSON Lines of these; Markdown. Any thread; takes seconds for
// hundreds of megabytes. Fails with Io, NotFound, Unsupported (too large, no format that is known) or Damaged.
inference::Result<ChatFile> importChats(const QString &path);
inference::Result<ChatFile> importChats(const QByteArray &bytes, const QString &name);

} // namespace app
