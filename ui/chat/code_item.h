// A code block in an answer: language, Open in Code and Copy at its head; lines do not wrap and scroll
// sideways.
#pragma once

#include "ui/chat/item.h"

namespace ui {

// Lines that `previous` (a code item, or null) has already lexed and laid out are taken over from it.
std::unique_ptr<Item> makeCodeItem(const Appearance &appearance, const QString &language, const QString &code,
                                   Item *previous);

} // namespace ui
