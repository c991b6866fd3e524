#include "app/math/formula_engine.h"

#include <QCoreApplication>
#include <QFile>
#include <QJSEngine>
#include <QJSValue>
#include <QLoggingCategory>
#include <QRegularExpression>

#include <algorithm>
#include <atomic>
#include <cmath>

#include <pthread.h>

namespace app::math {

namespace {

struct FormulaWords
{
    Q_DECLARE_TR_FUNCTIONS(FormulaEngine)
};

// With its just-in-time compiler, Qt 6.4 often crashes when a script is interrupted, and gains nothing here. The variable is
// read when the process makes its first engine.
void useInterpreter()
{
    static const bool done = [] {
        qputenv("QV4_FORCE_INTERPRETER", "1");
        QLoggingCategory::setFilterRules(QStringLiteral("qt.qml.compiler=false")); // it warns about short scripts
        return true;
    }();
    Q_UNUSED(done);
}

QString readText(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? QString::fromUtf8(file.readAll()) : QString();
}

// Measures of the picture are those of its viewBox, in thousandths of an em; the base line is at 0.
bool measure(Formula &formula)
{
    static const QRegularExpression box(
        QStringLiteral("viewBox=\"(-?[0-9.]+) (-?[0-9.]+) ([0-9.]+) ([0-9.]+)\""));
    const QRegularExpressionMatch match = box.match(QString::fromLatin1(formula.svg.left(600)));
    if (!match.hasMatch())
        return false;
    const double y = match.captured(2).toDouble() / 1000, height = match.captured(4).toDouble() / 1000;
    formula.width = match.captured(3).toDouble() / 1000;
    formula.ascent = -y;
    formula.descent = height + y;
    return std::isfinite(formula.width) && std::isfinite(formula.ascent) && std::isfinite(formula.descent);
}

} // namespace

struct FormulaEngine::Script
{
    QJSEngine engine;
    QJSValue render; // (TeX, display) gives SVG
};

FormulaEngine::FormulaEngine(const QString &script, std::chrono::milliseconds limit) : m_limit(limit)
{
    useInterpreter();
    const QString source = readText(script), glue = readText(QStringLiteral(":/formulas/glue.js"));
    if (source.isEmpty() || glue.isEmpty()) {
        m_failure = script.isEmpty() ? missingScriptMessage() : FormulaWords::tr("Formulas are shown as their source: %1 cannot be read.").arg(script);
        return;
    }
    m_script = std::make_unique<Script>();
    QJSEngine &js = m_script->engine;
    js.evaluate(QStringLiteral("this.globalThis = this;"));
    for (const QString &text : {source, glue}) {
        const QJSValue result = js.evaluate(text, script);
        if (result.isError()) {
            m_failure = FormulaWords::tr("Formulas are shown as their source: %1 does not run (%2).").arg(script, result.toString());
            return;
        }
    }
    m_script->render = js.globalObject().property(QStringLiteral("render"));
    pthread_getcpuclockid(pthread_self(), &m_clock);
    m_watch = std::thread([this] { watch(); });
}

FormulaEngine::~FormulaEngine()
{
    if (!m_watch.joinable())
        return;
    {
        const std::lock_guard lock(m_mutex);
        m_closing = true;
    }
    m_changed.notify_all();
    m_watch.join();
}

std::chrono::nanoseconds FormulaEngine::threadTime() const
{
    timespec time{};
    clock_gettime(m_clock, &time);
    return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

void FormulaEngine::watch()
{
    std::unique_lock lock(m_mutex);
    while (!m_closing) {
        if (!m_running || m_stopped) {
            m_changed.wait(lock);
            continue;
        }
        const std::chrono::nanoseconds left = m_deadline - threadTime();
        if (left.count() <= 0 || std::chrono::steady_clock::now() >= m_lastMoment) {
            m_stopped = true;
            m_script->engine.setInterrupted(true);
        } else {
            m_changed.wait_for(lock, std::max<std::chrono::nanoseconds>(left, std::chrono::milliseconds(5)));
        }
    }
}

Formula FormulaEngine::typeset(const FormulaSource &source)
{
    static std::atomic<quint64> typeset{0};
    Formula formula;
    formula.error = m_failure;
    if (!formula.error.isEmpty())
        return formula;
    if (source.tex.size() > kLongestFormula) {
        formula.error = FormulaWords::tr("This formula is too long to be drawn.");
        return formula;
    }
    {
        const std::lock_guard lock(m_mutex);
        m_running = true;
        m_stopped = false;
        m_deadline = threadTime() + m_limit;
        m_lastMoment = std::chrono::steady_clock::now() + 10 * m_limit;
    }
    m_changed.notify_all();
    const QJSValue result = m_script->render.call({source.tex, source.display});
    bool stopped = false;
    {
        const std::lock_guard lock(m_mutex);
        m_running = false;
        stopped = m_stopped;
        if (stopped)
            m_script->engine.setInterrupted(false);
    }
    if (stopped) {
        formula.error = FormulaWords::tr("This formula takes too long to draw.");
    } else if (result.isError()) {
        formula.error = FormulaWords::tr("This formula cannot be drawn: %1").arg(result.property(QStringLiteral("message")).toString().left(200));
    } else {
        formula.svg = result.toString().toUtf8();
        if (formula.svg.size() > kLargestPicture || !measure(formula) || formula.width > kLargestFormula ||
            formula.ascent + formula.descent > kLargestFormula || std::abs(formula.ascent) > kLargestFormula) {
            formula = {};
            formula.error = FormulaWords::tr("This formula is too large to be drawn.");
        }
    }
    formula.id = ++typeset;
    return formula;
}

} // namespace app::math
