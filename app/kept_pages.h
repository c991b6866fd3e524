// What the engine keeps on disk of conversations that were read: how much it is, and away with it.
#pragma once

#include "inference/result.h"

#include <QObject>
#include <QString>

namespace app {

// GUI thread; the disk is looked at on another one.
class KeptPages : public QObject
{
    Q_OBJECT

public:
    explicit KeptPages(QString folder, QObject *parent = nullptr);

    const QString &folder() const { return m_folder; }
    qint64 bytes() const { return m_bytes; } // when it was looked at last; -1: not yet

    void measure();
    // Removes all of it; and once more a little later, as the engine may have been writing. A model that is
    // loaded goes on keeping what is read from now on, unless InferenceService::setKeepsOnDisk() forbids it.
    void empty();

Q_SIGNALS:
    void measured();
    void failed(const inference::Error &error); // something is left

private:
    void look(bool remove);

    QString m_folder;
    qint64 m_bytes = -1;
};

} // namespace app
