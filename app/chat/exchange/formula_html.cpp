#include "app/chat/exchange/formula_html.h"

#include <QSet>
#include <QXmlStreamReader>
#include <QXmlStreamWriter>

namespace app {

namespace {

// The letters of a formula are as high as those round it: MathJax's x is 0.442 em, that of the words 0.536.
constexpr double kEm = 1.2;

bool draws(QStringView element)
{
    static const QSet<QString> elements{QStringLiteral("svg"),  QStringLiteral("g"),       QStringLiteral("path"),   QStringLiteral("rect"),
                                        QStringLiteral("line"), QStringLiteral("polygon"), QStringLiteral("ellipse"), QStringLiteral("text")};
    return elements.contains(element.toString());
}

bool describes(QStringView attribute)
{
    static const QSet<QString> attributes{
        QStringLiteral("d"),  QStringLiteral("x"),  QStringLiteral("y"),       QStringLiteral("x1"),        QStringLiteral("y1"),
        QStringLiteral("x2"), QStringLiteral("y2"), QStringLiteral("cx"),      QStringLiteral("cy"),        QStringLiteral("rx"),
        QStringLiteral("ry"), QStringLiteral("width"), QStringLiteral("height"), QStringLiteral("points"), QStringLiteral("transform"),
        QStringLiteral("viewBox"), QStringLiteral("fill"), QStringLiteral("stroke"), QStringLiteral("stroke-width"),
        QStringLiteral("stroke-dasharray"), QStringLiteral("stroke-linecap"), QStringLiteral("font-size"), QStringLiteral("font-family"),
        QStringLiteral("font-style"), QStringLiteral("font-weight"), QStringLiteral("text-anchor")};
    return attributes.contains(attribute.toString());
}

} // namespace

QString formulaSvg(const math::Formula &formula, const math::FormulaSource &source)
{
    if (formula.svg.isEmpty())
        return {};
    QString html;
    QXmlStreamWriter writer(&html);
    QXmlStreamReader reader(formula.svg);
    reader.setNamespaceProcessing(false);
    int depth = 0;
    while (!reader.atEnd()) {
        reader.readNext();
        if (reader.isCharacters() && depth > 0) {
            writer.writeCharacters(reader.text().toString());
        } else if (reader.isEndElement()) {
            writer.writeEndElement();
            --depth;
        } else if (reader.isStartElement()) {
            if (!draws(reader.name())) {
                reader.skipCurrentElement();
                continue;
            }
            writer.writeStartElement(reader.name().toString());
            const bool outer = depth++ == 0;
            for (const QXmlStreamAttribute &attribute : reader.attributes()) {
                const bool size = outer && (attribute.name() == QLatin1String("width") || attribute.name() == QLatin1String("height"));
                if (describes(attribute.name()) && !size && !attribute.value().contains(QLatin1String("url"), Qt::CaseInsensitive))
                    writer.writeAttribute(attribute.name().toString(), attribute.value().toString());
            }
            if (!outer)
                continue;
            const auto em = [](double measure) { return QString::number(measure * kEm, 'f', 3) + QStringLiteral("em"); };
            writer.writeAttribute(QStringLiteral("role"), QStringLiteral("img"));
            writer.writeAttribute(QStringLiteral("aria-label"), source.tex);
            writer.writeAttribute(QStringLiteral("style"), QStringLiteral("width:%1;height:%2;vertical-align:%3")
                                                               .arg(em(formula.width), em(formula.ascent + formula.descent), em(-formula.descent)));
        }
    }
    return reader.hasError() ? QString() : html;
}

} // namespace app
