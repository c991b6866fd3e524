// Formulas from TeX to pictures: what is drawn, what is refused with which words, and that nothing runs away.
#include "app/math/formula_engine.h"
#include "app/math/formula_renderer.h"

#include <QElapsedTimer>
#include <QSignalSpy>
#include <QTest>

#include <cmath>

using namespace app::math;
using namespace std::chrono_literals;

class TestFormulaEngine : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        QVERIFY2(!formulaScript().isEmpty(), "packaging/fetch_models.sh --formulas fetches what draws formulas");
        m_engine = std::make_unique<FormulaEngine>(formulaScript(), 3s); // a busy machine, sanitizers
    }

    void formulasBecomePictures_data()
    {
        QTest::addColumn<QString>("tex");
        QTest::addColumn<bool>("display");
        QTest::addColumn<double>("leastHeight"); // em
        QTest::newRow("letters") << "E=mc^2" << false << 0.5;
        QTest::newRow("fraction and root") << "\\frac{-b\\pm\\sqrt{b^2-4ac}}{2a}" << true << 1.8;
        QTest::newRow("sum") << "\\sum_{i=1}^{n} i = \\frac{n(n+1)}{2}" << true << 2.0;
        QTest::newRow("integral") << "\\int_0^\\infty e^{-x^2}\\,dx" << true << 2.0;
        QTest::newRow("aligned") << "\\begin{aligned} a &= b + c \\\\ &= d \\end{aligned}" << true << 2.0;
        QTest::newRow("align with numbers") << "\\begin{align} a &= b \\tag{1} \\\\ c &= d \\end{align}" << true << 2.0;
        QTest::newRow("matrix") << "\\begin{pmatrix} 1 & 2 \\\\ 3 & 4 \\end{pmatrix}" << true << 2.0;
        QTest::newRow("tall matrix") << "\\begin{bmatrix} 1 \\\\ 2 \\\\ 3 \\\\ 4 \\\\ 5 \\\\ 6 \\end{bmatrix}" << true << 6.0;
        QTest::newRow("cases") << "f(x)=\\begin{cases} x & x>0 \\\\ 0 & \\text{otherwise} \\end{cases}" << true << 2.0;
        QTest::newRow("cases in Chinese") << QString::fromUtf8("\\begin{cases} 1 & \\text{如果} x \\\\ 0 & \\text{否则} \\end{cases}") << true << 2.0;
        QTest::newRow("array with lines") << "\\begin{array}{c|c} a & b \\\\ \\hline c & d \\end{array}" << true << 2.0;
        QTest::newRow("accents") << "\\hat{x}, \\bar{y}, \\vec{v}, \\overline{ab}, \\underbrace{a+b}_{n}" << false << 1.0;
        QTest::newRow("alphabets") << "\\mathbb{R} \\mathcal{L} \\mathfrak{g} \\mathbf{x} \\mathrm{d}" << false << 0.6;
        QTest::newRow("chemistry") << "\\ce{2H2 + O2 -> 2H2O}" << false << 0.6;
        QTest::newRow("boxed and cancelled") << "\\boxed{x=1} \\cancel{y}" << false << 0.8;
    }
    void formulasBecomePictures()
    {
        QFETCH(QString, tex);
        QFETCH(bool, display);
        QFETCH(double, leastHeight);
        const Formula formula = m_engine->typeset({tex, display});
        QCOMPARE(formula.error, QString());
        QVERIFY(formula.svg.startsWith("<svg"));
        QVERIFY(formula.svg.contains("currentColor"));
        QVERIFY(formula.width > 0.4 && formula.width < 40);
        QVERIFY2(formula.ascent + formula.descent >= leastHeight, qPrintable(QString::number(formula.ascent + formula.descent)));
        // What QtSvg cannot show: clipped parts and style sheets.
        QCOMPARE(formula.svg.count("<svg"), 1);
        QVERIFY(!formula.svg.contains("<style") && !formula.svg.contains("<image") && !formula.svg.contains("<a "));
    }

    void theBaseLineIsKnown()
    {
        const Formula plain = m_engine->typeset({QStringLiteral("x"), false});
        QVERIFY(std::abs(plain.ascent - 0.442) < 0.02 && std::abs(plain.descent) < 0.03);
        const Formula deep = m_engine->typeset({QStringLiteral("g"), false});
        QVERIFY(deep.descent > 0.15);
        const Formula display = m_engine->typeset({QStringLiteral("\\sum_{i=1}^n"), true}), within = m_engine->typeset({QStringLiteral("\\sum_{i=1}^n"), false});
        QVERIFY(display.ascent > within.ascent + 0.3); // limits above, not behind
    }

    void whatCannotBeDrawnSaysWhy_data()
    {
        QTest::addColumn<QString>("tex");
        QTest::addColumn<QString>("words");
        QTest::newRow("missing brace") << "\\frac{1}{" << "Missing close brace";
        QTest::newRow("unknown command") << "\\nosuchthing x" << "Undefined control sequence";
        QTest::newRow("missing end") << "\\begin{matrix} a" << "Missing \\end{matrix}";
        QTest::newRow("misplaced &") << "a & b" << "Misplaced &";
        QTest::newRow("double exponent") << "x^2^3" << "Double exponent";
        QTest::newRow("endless macro") << "\\def\\a{\\a}\\a" << "maximum macro substitution count";
        QTest::newRow("growing macro") << "\\def\\a{\\a\\a}\\a" << "maximum macro substitution count";
        QTest::newRow("too wide") << "\\rule{99999em}{1em}" << "too large";
        QTest::newRow("too high") << "\\rule{1em}{99999em}" << "too large";
        QTest::newRow("too long") << QString(9000, u'x') << "too long";
        QTest::newRow("nested") << QString(3500, u'{') + QStringLiteral("x") + QString(3500, u'}') << "";
        QTest::newRow("no package is loaded") << "\\require{physics} \\grad" << "Undefined control sequence";
        QTest::newRow("no link") << "\\href{http://example.org}{x}" << "Undefined control sequence";
        QTest::newRow("no style") << "\\style{fill:url(http://example.org)}{x}" << "Undefined control sequence";
        QTest::newRow("no picture") << "\\includegraphics{/etc/passwd}" << "Undefined control sequence";
    }
    void whatCannotBeDrawnSaysWhy()
    {
        QFETCH(QString, tex);
        QFETCH(QString, words);
        const Formula formula = m_engine->typeset({tex, true});
        QVERIFY(!formula.error.isEmpty());
        QVERIFY2(formula.error.contains(words), qPrintable(formula.error));
        QVERIFY(formula.svg.isEmpty());
        QCOMPARE(m_engine->typeset({QStringLiteral("x"), false}).error, QString()); // and the next is drawn
    }

    void aFormulaThatTakesTooLongIsStopped()
    {
        FormulaEngine engine(formulaScript(), 60ms);
        engine.typeset({QStringLiteral("x+\\frac{1}{2}"), true});
        const Formula before = m_engine->typeset({QStringLiteral("\\sqrt{x}"), false});
        const QString terms = QStringLiteral("x^2+").repeated(1900) + u'1';
        for (int i = 0; i < 5; ++i) {
            QElapsedTimer timer;
            timer.start();
            const Formula formula = engine.typeset({terms, true});
            QVERIFY2(formula.error.contains(QLatin1String("too long to draw")), qPrintable(formula.error.left(200)));
            QVERIFY2(timer.elapsed() < 5000, qPrintable(QString::number(timer.elapsed())));
            QVERIFY(formula.svg.isEmpty());
        }
        FormulaEngine quiet(formulaScript(), 3s);
        quiet.typeset({QStringLiteral("\\frac{1}{2}"), true});
        QCOMPARE(quiet.typeset({QStringLiteral("\\sqrt{x}"), false}).svg, before.svg);
    }

    void oneFormulaDefinesNothingForTheNext()
    {
        QCOMPARE(m_engine->typeset({QStringLiteral("\\newcommand{\\own}{x}\\own"), false}).error, QString());
        QVERIFY(!m_engine->typeset({QStringLiteral("\\own"), false}).error.isEmpty());
        const QByteArray half = m_engine->typeset({QStringLiteral("\\frac{1}{2}"), false}).svg;
        m_engine->typeset({QStringLiteral("\\def\\frac#1#2{#2#1}\\frac{1}{2}"), false});
        QCOMPARE(m_engine->typeset({QStringLiteral("\\frac{1}{2}"), false}).svg, half);
    }

    void theThreadIsMadeForTheFirstFormulaAndResultsAreRemembered()
    {
        FormulaRenderer renderer(formulaScript());
        QSignalSpy came(&renderer, &FormulaRenderer::came);
        const FormulaSource source{QStringLiteral("a^2+b^2"), false};
        QVERIFY(!renderer.find(source));
        QVERIFY(!renderer.find(source)); // asked for once
        QCOMPARE(renderer.waiting(), 1);
        QTRY_VERIFY_WITH_TIMEOUT(came.size() == 1, 60000);
        const FormulaPointer formula = renderer.find(source);
        QVERIFY(formula && formula->error.isEmpty());
        QCOMPARE(renderer.find(source), formula);
        QCOMPARE(renderer.typesetCount(), 1);
        QVERIFY(!renderer.find({source.tex, true})); // display is another one
        QTRY_COMPARE_WITH_TIMEOUT(renderer.typesetCount(), 2, 60000);
    }

    void whatWaitsIsBounded()
    {
        FormulaRenderer renderer(formulaScript());
        FormulaPointer refused;
        int asked = 0;
        for (; asked < 10000 && !refused; ++asked)
            refused = renderer.find({QStringLiteral("x_{%1}").arg(asked), false});
        QVERIFY(asked < 5000);
        QVERIFY(refused->error.contains(QLatin1String("Too many")));
        QElapsedTimer timer; // the rest is not waited for
        timer.start();
        { FormulaRenderer other(formulaScript()); other.find({QStringLiteral("y"), false}); }
        QVERIFY(timer.elapsed() < 20000);
    }

    void withoutTheFileEveryFormulaSaysSo()
    {
        FormulaRenderer renderer{QString()};
        const FormulaPointer formula = renderer.find({QStringLiteral("x"), false});
        QVERIFY(formula);
        QVERIFY2(formula->error.contains(QLatin1String("mathjax-3.2.2.js is missing")), qPrintable(formula->error));
        FormulaEngine gone(QStringLiteral("/nonexistent/mathjax.js"));
        QVERIFY(gone.typeset({QStringLiteral("x"), false}).error.contains(QLatin1String("cannot be read")));
    }

private:
    std::unique_ptr<FormulaEngine> m_engine;
};

QTEST_GUILESS_MAIN(TestFormulaEngine)
#include "tst_formula_engine.moc"
