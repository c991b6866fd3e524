// A formula of an answer: its TeX source and what typesetting it gave.
#pragma once

#include <QByteArray>
#include <QHash>
#include <QString>

#include <memory>

namespace app::math {

struct FormulaSource
{
    QString tex;
    bool display = false; // on a line of its own, with limits above and below
    friend bool operator==(const FormulaSource &, const FormulaSource &) = default;
};
inline size_t qHash(const FormulaSource &source, size_t seed = 0)
{
    return ::qHash(source.tex, seed) ^ size_t(source.display);
}

// Measures are in em: times the size of the letters in px.
struct Formula
{
    QByteArray svg; // its ink is "currentColor", which whoever draws it replaces
    double width = 0;
    double ascent = 0; // above the base line
    double descent = 0;
    QString error; // why there is no picture
    quint64 id = 0; // another one for each that was typeset
};
using FormulaPointer = std::shared_ptr<const Formula>;

} // namespace app::math
