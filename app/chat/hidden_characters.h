// Characters that are not seen or that turn text round: in code and addresses they can make one thing look like another.
#pragma once

#include <QString>
#include <QStringView>

namespace app {

// Zero-width and invisible ones, controls of direction, other controls but tab and line ends, and odd spaces.
bool isHidden(char32_t c);
int countHidden(QStringView text);
// Its name in a badge: "U+202E".
QString hiddenName(char32_t c);
// Each of them as its name in brackets: "a\u27e8U+202E\u27e9b".
QString visibleForm(const QString &text);
// The same length, with a dotted circle in place of every 33rd mark in a row that stand on one letter: laying n marks out as one
// cluster costs the square of n. UAX 15 (Stream-Safe Text Format) has no language with more than 30.
QString withPartedMarks(QString text);

} // namespace app
