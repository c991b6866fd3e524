// How fast this machine's memory is, measured once and kept: what the speed of an answer can be judged against.
#pragma once

#include "app/inference_service.h"
#include "app/settings.h"

#include <QTimer>

#include <functional>
#include <thread>

namespace app {

// GUI thread. Measures (half a second of all cores) when the service has had nothing to do for a while, never during an answer or a
// load, on a thread of its own; kept in the settings with the processor's name and the number of threads.
class MachineLimits : public QObject
{
    Q_OBJECT

public:
    using Measure = std::function<double(unsigned threads)>; // bytes a second
    // `processor` and `measure` are for tests; the real ones otherwise.
    MachineLimits(InferenceService &service, Settings &settings, const QString &processor = {}, Measure measure = {},
                  QObject *parent = nullptr);
    ~MachineLimits() override;

    double readBandwidth() const; // bytes a second; 0: not measured yet
    void setIdleMs(int ms) { m_idle.setInterval(ms); } // before it is measured

Q_SIGNALS:
    void measured();

private:
    void look();
    void start();
    void take(double bandwidth);

    InferenceService &m_service;
    Settings &m_settings;
    QString m_processor;
    Measure m_measure;
    QTimer m_idle;
    std::thread m_thread;
    bool m_measuring = false, m_disturbed = false;
};

} // namespace app
