// What the engine does now, in words that every panel uses.
#pragma once

#include <QString>

namespace ui {

// "Reading prompt 312/1,024"; without figures while the text is still being made tokens (total 0).
QString readingWords(qint64 done, qint64 total);

} // namespace ui
