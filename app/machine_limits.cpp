#include "app/machine_limits.h"

#include "app/settings_keys.h"

#include "kernels/cpu/isa.h"
#include "kernels/cpu/machine.h"

namespace app {

namespace {

constexpr int kIdleMs = 20000;

} // namespace

MachineLimits::MachineLimits(InferenceService &service, Settings &settings, const QString &processor, Measure measure, QObject *parent)
    : QObject(parent), m_service(service), m_settings(settings),
      m_processor(processor.isEmpty() ? QString::fromStdString(kernels::processorName()) : processor),
      m_measure(measure ? std::move(measure) : Measure(&kernels::measureReadBandwidth))
{
    m_idle.setSingleShot(true);
    m_idle.setInterval(kIdleMs);
    connect(&m_idle, &QTimer::timeout, this, &MachineLimits::start);
    connect(&service, &InferenceService::stateChanged, this, &MachineLimits::look);
    look();
}

MachineLimits::~MachineLimits()
{
    if (m_thread.joinable())
        m_thread.join();
}

double MachineLimits::readBandwidth() const
{
    return m_settings.get(kMeasuredOn) == m_processor ? m_settings.get(kReadBandwidth) : 0;
}

// Only beside a model: without one nobody asks, and a machine that has just been started has other work.
void MachineLimits::look()
{
    const bool idle = m_service.state() == InferenceService::State::Ready;
    m_disturbed = m_disturbed || !idle;
    if (!idle || readBandwidth() > 0)
        m_idle.stop();
    else if (!m_idle.isActive() && !m_measuring)
        m_idle.start();
}

void MachineLimits::start()
{
    if (m_measuring)
        return;
    m_measuring = true;
    m_disturbed = false;
    if (m_thread.joinable())
        m_thread.join();
    const auto threads = unsigned(m_settings.get(kThreads));
    m_thread = std::thread([this, threads, measure = m_measure] {
        const double bandwidth = measure(threads);
        QMetaObject::invokeMethod(this, [this, bandwidth] { take(bandwidth); }, Qt::QueuedConnection);
    });
}

void MachineLimits::take(double bandwidth)
{
    m_measuring = false;
    // Beside an answer it would be less than the machine can do.
    if (m_disturbed || bandwidth <= 0) {
        look();
        return;
    }
    m_settings.set(kReadBandwidth, bandwidth);
    m_settings.set(kMeasuredOn, m_processor);
    Q_EMIT measured();
}

} // namespace app
