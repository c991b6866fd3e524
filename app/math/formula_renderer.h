// Formulas of all conversations, typeset on a thread of their own and remembered. Lives in the GUI thread.
#pragma once

#include "app/math/formula.h"

#include <QCache>
#include <QObject>
#include <QSet>

class QThread;

namespace app::math {

class FormulaRenderer : public QObject
{
    Q_OBJECT

public:
    // `script`: the file with MathJax; empty: every formula has the message that it is missing.
    explicit FormulaRenderer(const QString &script, QObject *parent = nullptr);
    ~FormulaRenderer() override; // waits for the formula in work

    // What is known of it. Null: it is being typeset, and came() follows. The thread and its engine are made for the
    // first one. Formulas beyond what can wait have an error for this time.
    FormulaPointer find(const FormulaSource &source);

    int waiting() const { return int(m_asked.size()); }
    qint64 typesetCount() const { return m_typeset; } // since the beginning, for tests

Q_SIGNALS:
    void came(); // some that were asked for are there

private:
    class Worker;

    void take();

    const QString m_script;
    std::shared_ptr<Worker> m_worker;
    std::unique_ptr<QThread> m_thread;
    QCache<FormulaSource, FormulaPointer> m_known; // costs are bytes
    QSet<FormulaSource> m_asked;
    qint64 m_typeset = 0;
};

} // namespace app::math
