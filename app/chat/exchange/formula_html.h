// Formulas in exported pages: pictures in the page itself, of lines and curves.
#pragma once

#include "app/math/formula.h"

namespace app {

// The picture as an <svg> of HTML in the colour of the words round it, standing on their base line, with the source for those who do not
// see it. Of the picture's elements and attributes only those that draw are taken over. Empty: there is no picture.
QString formulaSvg(const math::Formula &formula, const math::FormulaSource &source);

} // namespace app
