// A table in an answer: head on its ground, columns as wide as their words need, sideways scrolling when too
// wide.
#pragma once

#include "ui/chat/item.h"

namespace ui {

// Cells that `previous` (a table item, or null) has already measured are taken over from it.
std::unique_ptr<Item> makeTableItem(const Appearance &appearance, const app::markdown::Block &table,
                                    Item *previous);

} // namespace ui
