// A chat as Markdown: what is shown of it, from the first message to the last, to be read anywhere and read back.
#pragma once

#include "app/chat/exchange/chat_file.h"

namespace app {

// Each message stands behind a comment that names its role, model and time, and its heading. Other versions are left out: JSON has them.
QString chatToMarkdown(const ExchangedChat &chat);
// Back, or any Markdown whose headings of the second level and below are roles ("## User", "## Assistant"); nothing where there is none.
std::optional<ExchangedChat> chatFromMarkdown(const QString &markdown);

} // namespace app
