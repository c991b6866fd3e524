// The one style sheet of the program: what Qt's own widgets look like. Own widgets paint themselves.
#pragma once

#include "ui/appearance.h"

namespace ui {

// The template with every "@token" replaced by the theme's colour.
QString styleSheet(const Theme &theme);

} // namespace ui
