// Where MathJax is, which draws formulas and comes beside the program.
#pragma once

#include <QString>

namespace app::math {

// The file with MathJax: beside the program's data, else in the cache folder, where packaging/fetch_models.sh --formulas
// puts it. Empty: it is in neither.
QString formulaScript();
// Why formulas are shown as their source where the file is missing.
QString missingScriptMessage();

} // namespace app::math
