// What the file of an exported chat is called before its suffix.
#pragma once

#include <QString>

namespace ui {

QString chatFileName(QString title); // "chat" where nothing of the title can stand in a name

} // namespace ui
