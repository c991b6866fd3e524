#include "ui/chat/chat_pdf.h"

#include "app/chat/exchange/chat_html.h"
#include "app/math/formula_engine.h"
#include "ui/chat/formula_pictures.h"

#include <QAbstractTextDocumentLayout>
#include <QCoreApplication>
#include <QFile>
#include <QFileInfo>
#include <QPainter>
#include <QPdfWriter>
#include <QTextDocument>
#include <QTextObjectInterface>

#include <algorithm>
#include <optional>

namespace ui {

namespace {

constexpr double kPoints = 10; // of the words
constexpr double kEm = 1.2;    // of a formula, beside them: see formula_html.cpp

// Draws what <img src="formula:N"> stands for. The document knows images by their bottom or their middle only: this one is as high below
// the base line as above it, with the picture where it belongs.
class FormulaObject : public QObject, public QTextObjectInterface
{
    Q_OBJECT
    Q_INTERFACES(QTextObjectInterface)

public:
    QString add(const app::math::Formula &formula)
    {
        m_formulas << formula;
        return QStringLiteral("<img src=\"formula:%1\" style=\"vertical-align:middle\">").arg(m_formulas.size() - 1);
    }

    QSizeF intrinsicSize(QTextDocument *document, int, const QTextFormat &format) override
    {
        const app::math::Formula *formula = find(format);
        if (!formula)
            return {};
        const double em = emOf(*formula, document, format);
        return {formula->width * em, 2 * std::max(formula->ascent, formula->descent) * em};
    }
    void drawObject(QPainter *painter, const QRectF &rect, QTextDocument *document, int, const QTextFormat &format) override
    {
        const app::math::Formula *formula = find(format);
        if (!formula)
            return;
        const double em = emOf(*formula, document, format);
        painter->save();
        FormulaPictures::render(*painter, *formula, format.toCharFormat().foreground().color(),
                                QRectF(rect.left(), rect.center().y() - formula->ascent * em, formula->width * em,
                                       (formula->ascent + formula->descent) * em));
        painter->restore();
    }

private:
    const app::math::Formula *find(const QTextFormat &format) const
    {
        const QString name = format.toImageFormat().name();
        bool isNumber = false;
        const int number = name.mid(8).toInt(&isNumber);
        return isNumber && name.startsWith(QLatin1String("formula:")) && number >= 0 && number < m_formulas.size() ? &m_formulas[number] : nullptr;
    }
    // In units of the device; less where the page is too narrow.
    static double emOf(const app::math::Formula &formula, const QTextDocument *document, const QTextFormat &format)
    {
        const QPaintDevice *device = document->documentLayout()->paintDevice();
        const double points = format.toCharFormat().fontPointSize();
        const double em = kEm * (points > 0 ? points : kPoints) * (device ? device->logicalDpiY() : 96) / 72;
        const double room = document->pageSize().width() * 0.9;
        return room > 0 && formula.width * em > room ? room / formula.width : em;
    }

    QVector<app::math::Formula> m_formulas;
};

} // namespace

QString writePdf(const app::ExchangedChat &chat, const QString &path)
{
    // To a file beside it first, like the others.
    const QString part = path + QStringLiteral(".part");
    {
        QPdfWriter writer(part);
        writer.setPageSize(QPageSize(QPageSize::A4));
        writer.setPageMargins(QMarginsF(18, 18, 18, 18), QPageLayout::Millimeter);
        writer.setTitle(chat.contents.conversation.title);
        writer.setCreator(QStringLiteral("Baleen"));
        QTextDocument document;
        // In points: the window's own is in pixels, which a page has very many of, and headings are sized by it.
        QFont font(QStringLiteral("Noto Sans"));
        font.setPointSizeF(kPoints);
        document.setDefaultFont(font);
        FormulaObject formulas;
        document.documentLayout()->registerHandler(QTextFormat::ImageObject, &formulas);
        std::optional<app::math::FormulaEngine> engine; // for the first one
        document.setHtml(app::chatToHtml(chat, {.forPrinting = true, .formula = [&](const app::math::FormulaSource &source) {
                                                    if (!engine)
                                                        engine.emplace(app::math::formulaScript());
                                                    const app::math::Formula formula = engine->typeset(source);
                                                    return formula.error.isEmpty() ? formulas.add(formula) : QString();
                                                }}));
        document.print(&writer);
    }
    if (QFileInfo(part).size() <= 0) {
        QFile::remove(part);
        return QCoreApplication::translate("ui::ChatFiles", "the file cannot be written");
    }
    QFile::remove(path);
    QFile file(part);
    return file.rename(path) ? QString() : file.errorString();
}

} // namespace ui

#include "chat_pdf.moc"
