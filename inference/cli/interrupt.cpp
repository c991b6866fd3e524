#include "inference/cli/interrupt.h"

#include "inference/cli/report.h"

#include <csignal>
#include <cstdlib>
#include <mutex>
#include <thread>

namespace inference::cli {

namespace {

constexpr int kLeave = SIGUSR2; // ends the waiting thread

sigset_t waitedSignals()
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, kLeave);
    return set;
}

Interrupt *s_interrupt = nullptr;

} // namespace

struct Interrupt::Private
{
    mutable std::mutex mutex;
    std::stop_source source;
    bool terminated = false;
    std::thread thread;

    void wait()
    {
        const sigset_t set = waitedSignals();
        for (;;) {
            int signal = 0;
            if (sigwait(&set, &signal) != 0 || signal == kLeave)
                return;
            const std::lock_guard lock(mutex);
            terminated = terminated || signal == SIGTERM;
            if (!source.request_stop())
                std::_Exit(kInterrupted);
        }
    }
};

Interrupt::Interrupt() : d(std::make_unique<Private>())
{
    const sigset_t set = waitedSignals();
    pthread_sigmask(SIG_BLOCK, &set, nullptr);
    d->thread = std::thread([this] { d->wait(); });
    s_interrupt = this;
}

Interrupt::~Interrupt()
{
    s_interrupt = nullptr;
    pthread_kill(d->thread.native_handle(), kLeave);
    d->thread.join();
}

std::stop_token Interrupt::token() const
{
    const std::lock_guard lock(d->mutex);
    return d->source.get_token();
}

void Interrupt::renew()
{
    const std::lock_guard lock(d->mutex);
    d->source = std::stop_source();
    if (d->terminated)
        d->source.request_stop();
}

bool Interrupt::terminated() const
{
    const std::lock_guard lock(d->mutex);
    return d->terminated;
}

Interrupt &interrupt()
{
    return *s_interrupt;
}

} // namespace inference::cli
