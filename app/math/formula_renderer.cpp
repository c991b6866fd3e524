#include "app/math/formula_renderer.h"

#include "app/math/formula_engine.h"

#include <QCoreApplication>
#include <QThread>

#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <vector>

namespace app::math {

namespace {

constexpr int kRemembered = 16 << 20; // bytes of pictures and sources
constexpr int kMostWaiting = 4000;

} // namespace

// What both threads see.
class FormulaRenderer::Worker
{
public:
    using Result = std::pair<FormulaSource, FormulaPointer>;

    void ask(const FormulaSource &source)
    {
        {
            const std::lock_guard lock(m_mutex);
            m_jobs.push_back(source);
        }
        m_changed.notify_one();
    }
    void close()
    {
        {
            const std::lock_guard lock(m_mutex);
            m_closing = true;
        }
        m_changed.notify_one();
    }
    std::vector<Result> takeResults()
    {
        const std::lock_guard lock(m_mutex);
        return std::exchange(m_results, {});
    }

    // Runs on its thread. `notify` is called when there is a first result to take.
    void run(const QString &script, const std::function<void()> &notify)
    {
        FormulaEngine engine(script);
        std::unique_lock lock(m_mutex);
        for (;;) {
            m_changed.wait(lock, [this] { return m_closing || !m_jobs.empty(); });
            if (m_closing)
                return;
            const FormulaSource source = std::move(m_jobs.front());
            m_jobs.pop_front();
            lock.unlock();
            auto formula = std::make_shared<const Formula>(engine.typeset(source));
            lock.lock();
            const bool first = m_results.empty();
            m_results.emplace_back(source, std::move(formula));
            if (first)
                notify();
        }
    }

private:
    std::mutex m_mutex;
    std::condition_variable m_changed;
    std::deque<FormulaSource> m_jobs;
    std::vector<Result> m_results;
    bool m_closing = false;
};

FormulaRenderer::FormulaRenderer(const QString &script, QObject *parent)
    : QObject(parent), m_script(script), m_known(kRemembered)
{}

FormulaRenderer::~FormulaRenderer()
{
    if (!m_thread)
        return;
    m_worker->close();
    m_thread->wait();
}

FormulaPointer FormulaRenderer::find(const FormulaSource &source)
{
    if (const FormulaPointer *known = m_known.object(source))
        return *known;
    Formula refused;
    if (m_script.isEmpty())
        refused.error = missingScriptMessage();
    else if (source.tex.size() > kLongestFormula)
        refused.error = QCoreApplication::translate("FormulaEngine", "This formula is too long to be drawn.");
    else if (m_asked.size() >= kMostWaiting)
        refused.error = tr("Too many formulas wait to be drawn.");
    if (!refused.error.isEmpty())
        return std::make_shared<const Formula>(refused);
    if (m_asked.contains(source))
        return nullptr;
    if (!m_thread) {
        m_worker = std::make_shared<Worker>();
        m_thread.reset(QThread::create([this, worker = m_worker, script = m_script] {
            worker->run(script, [this] { QMetaObject::invokeMethod(this, &FormulaRenderer::take, Qt::QueuedConnection); });
        }));
        m_thread->setObjectName(QStringLiteral("formulas"));
        m_thread->setStackSize(kFormulaStack);
        m_thread->start(QThread::LowPriority);
    }
    m_asked.insert(source);
    m_worker->ask(source);
    return nullptr;
}

void FormulaRenderer::take()
{
    for (auto &[source, formula] : m_worker->takeResults()) {
        ++m_typeset;
        m_asked.remove(source);
        const auto bytes = int(sizeof(Formula)) + int(formula->svg.size()) + 2 * int(source.tex.size() + formula->error.size());
        m_known.insert(source, new FormulaPointer(formula), bytes);
    }
    Q_EMIT came();
}

} // namespace app::math
