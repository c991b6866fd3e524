// Text of Office Open XML (ECMA-376): members of the archive by name to a Reading.
#pragma once

#include "app/attachments/reader/reading.h"

#include <QMap>

namespace app::reader {

using Members = QMap<QString, QByteArray>;

// Paragraphs a line, headings and list items with Markdown's marks, tables as rows with tabs, notes at the end. What was deleted in
// tracked changes is not in it.
Reading readDocx(const Members &members);
// Each sheet under its name, a row a line, cells with tabs between; dates as dates.
Reading readXlsx(const Members &members);

} // namespace app::reader
