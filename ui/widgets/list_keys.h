// J and K in a list: down and up, as the arrows.
#pragma once

class QAbstractItemView;

namespace ui {

// For lists without a field of their own: letters there go nowhere else. Lives as long as the view.
void moveWithJk(QAbstractItemView *view);

} // namespace ui
