// One Baleen a data folder: the second start hands its wishes to the first and ends.
#pragma once

#include "inference/result.h"

#include <QLocalServer>
#include <QObject>
#include <QString>

#include <memory>

namespace app {

// What a second start hands over.
struct Handover
{
    QString model; // absolute path; empty: none given
    QString panel; // "chat", "code", "translate"; empty: none given
    QString activationToken{}; // of the desktop, for this start: with it the first one may come to the front (xdg-activation-v1)
};

// The right to a folder is a lock of the operating system on `baleen.lock` in it: it ends with its process,
// however that ends. A socket beside it takes what later starts hand over; one left behind by a dead process
// is replaced.
class SingleInstance : public QObject
{
    Q_OBJECT

public:
    enum class Start {
        First,     // this process has the folder
        HandedOver // another one has it and was told: end now
    };

    explicit SingleInstance(QObject *parent = nullptr);
    ~SingleInstance() override;

    // The folder must be there. Waits up to `timeoutMs` for the other instance's answer; fails with Busy when
    // it does not come, and with Io or ReadOnly when the folder cannot be locked.
    inference::Result<Start> start(const QString &folder, const Handover &handover, int timeoutMs = 5000);

Q_SIGNALS:
    // A later start, in the first instance: open the model, show the panel, raise the window.
    void handedOver(const app::Handover &handover);

private:
    bool lock(const QString &path, int *systemError);
    void listen(const QString &folder);
    void takeConnection();

    int m_lock = -1; // file descriptor
    QLocalServer m_server;
};

} // namespace app
