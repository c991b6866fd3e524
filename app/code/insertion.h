// Makes a completion fit between what stands before and after the cursor.
#pragma once

#include <QString>

namespace app::code {

// Cuts from the end of `piece` what repeats the beginning of `after`: models often write on into what
// follows. Only repeats that hold a whole line, or eight characters, count.
QString withoutRepeatedEnd(const QString &piece, const QString &after);

// The same for the beginning: the last line of `before` (a partial line with its indentation) is not written
// again.
QString withoutRepeatedStart(const QString &piece, const QString &before);

} // namespace app::code
