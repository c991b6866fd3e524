// Lengths, numbers and fixed parts of a text, for comparing a translation with its source.
#pragma once

#include "app/translate/languages.h"

#include <QString>
#include <QStringList>

#include <array>

namespace app::translate {

// How long the text would be in letters of an alphabet: a Han letter says as much as about three.
double latinLength(QStringView text);

// Letters of each script.
std::array<int, kScriptCount> scriptLetters(QStringView text);

// Numbers as digits alone: "1,234.50" and "1 234,50" are both "123450", "٤٢" and "４２" are "42".
QStringList numbersIn(QStringView text);

// What must stand in the translation as it stands in the source: {name}, %1, %s, <b>, `code`, https://...
QStringList fixedPartsIn(QStringView text);

} // namespace app::translate
