// A chat as pages of A4: what is shown of it, formulas as lines and curves.
#pragma once

#include "app/chat/exchange/chat_file.h"

namespace ui {

// A sentence when it fails, else empty; a full disk leaves the former file. Any thread with the stack that formulas need, see ChatFiles::run().
QString writePdf(const app::ExchangedChat &chat, const QString &path);

} // namespace ui
