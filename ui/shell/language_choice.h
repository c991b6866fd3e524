// The choice of the window's language, for the settings.
#pragma once

#include "app/settings.h"
#include "ui/appearance.h"
#include "ui/widgets/buttons.h"

namespace ui {

// Each language by its own name. What is chosen counts from the next start on.
ComboButton *makeLanguageChoice(app::Settings &settings, const Appearance &appearance, QWidget *parent);

} // namespace ui
