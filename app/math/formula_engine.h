// MathJax in a script engine of its own: TeX in, SVG out. It reads one file, opens nothing, and a formula that runs
// away is stopped. One thread uses it, the one that makes it.
#pragma once

#include "app/math/formula.h"
#include "app/math/formula_script.h"

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>

#include <time.h>

namespace app::math {

// Of the processor's time, so that a busy machine draws the same formulas; ten times as long by the clock.
inline constexpr std::chrono::milliseconds kLongestTypesetting{300};
inline constexpr int kLongestFormula = 8000; // UTF-16 units
inline constexpr double kLargestFormula = 200; // em, in either direction
inline constexpr int kLargestPicture = 1 << 20; // bytes of SVG

// Bytes that the thread of an engine has to have: MathJax walks deep formulas by recursion.
inline constexpr unsigned kFormulaStack = 16 << 20;

class FormulaEngine
{
public:
    // Reads and runs the script, which takes 0.2 s.
    explicit FormulaEngine(const QString &script, std::chrono::milliseconds limit = kLongestTypesetting);
    ~FormulaEngine();
    FormulaEngine(const FormulaEngine &) = delete;
    FormulaEngine &operator=(const FormulaEngine &) = delete;

    // Never fails: a formula that cannot be typeset has an error.
    Formula typeset(const FormulaSource &source);

private:
    void watch();
    std::chrono::nanoseconds threadTime() const;

    struct Script;
    std::unique_ptr<Script> m_script;
    QString m_failure; // why there is no engine
    const std::chrono::milliseconds m_limit;

    // The watch stops what takes too long.
    std::mutex m_mutex;
    std::condition_variable m_changed;
    std::chrono::steady_clock::time_point m_lastMoment; // it ends there in any case
    std::chrono::nanoseconds m_deadline{}; // of threadTime()
    clockid_t m_clock{};
    bool m_running = false, m_stopped = false, m_closing = false;
    std::thread m_watch;
};

} // namespace app::math
