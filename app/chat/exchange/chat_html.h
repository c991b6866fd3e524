// A chat as one HTML page that needs nothing else and opens no connection: to be read, printed and kept.
#pragma once

#include "app/chat/exchange/chat_file.h"
#include "app/math/formula.h"

#include <functional>

namespace app {

struct HtmlOptions
{
    // For QTextDocument, which knows a part of CSS 2.1 alone and no <details>: reasoning is left out.
    bool forPrinting = false;
    // HTML that stands for a formula; empty, or without this: its source is shown.
    std::function<QString(const math::FormulaSource &)> formula{};
};

// What is shown of the chat, from the first message to the last. Everything that comes from messages is escaped; pictures and links
// that open by themselves do not exist; links of answers are links to http, https and mail.
QString chatToHtml(const ExchangedChat &chat, const HtmlOptions &options = {});

} // namespace app
