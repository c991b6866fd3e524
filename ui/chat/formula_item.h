// A formula on a line of its own: centred, drawn as it is typeset; its source until then, or where it cannot be drawn.
#pragma once

#include "ui/chat/item.h"

namespace ui {

std::unique_ptr<Item> makeFormulaItem(const Appearance &appearance, const QString &tex, bool open);

} // namespace ui
