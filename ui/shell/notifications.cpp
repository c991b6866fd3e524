#include "ui/shell/notifications.h"

#include <QDBusConnection>
#include <QDBusMessage>
#include <QDBusPendingCallWatcher>
#include <QDBusPendingReply>
#include <QVariantMap>

#include <utility>

namespace ui {

namespace {

constexpr int kLongestWords = 200;
constexpr auto kService = "org.freedesktop.Notifications", kPath = "/org/freedesktop/Notifications";

// Some desktops show marks of a body as HTML; what a model wrote is text.
QString asBody(const QString &words)
{
    const QString all = words.simplified();
    return (all.size() > kLongestWords ? all.left(kLongestWords).trimmed() + QChar(0x2026) : all).toHtmlEscaped();
}

} // namespace

void Notifications::show(const QString &title, const QString &words)
{
    QDBusConnection bus = QDBusConnection::sessionBus();
    if (!bus.isConnected())
        return;
    const QString service = QString::fromLatin1(kService), path = QString::fromLatin1(kPath);
    if (!m_connected) {
        bus.connect(service, path, service, QStringLiteral("ActivationToken"), this, SLOT(takeToken(uint, QString)));
        m_connected = bus.connect(service, path, service, QStringLiteral("ActionInvoked"), this, SLOT(invoked(uint, QString)));
    }
    QDBusMessage call = QDBusMessage::createMethodCall(service, path, service, QStringLiteral("Notify"));
    call << QStringLiteral("Baleen") << m_id << QStringLiteral("baleen") << title.simplified().left(kLongestWords)
         << asBody(words) << QStringList{QStringLiteral("default"), tr("Open")}
         << QVariantMap{{QStringLiteral("desktop-entry"), QStringLiteral("baleen")}} << -1;
    auto *reply = new QDBusPendingCallWatcher(bus.asyncCall(call), this);
    connect(reply, &QDBusPendingCallWatcher::finished, this, [this, reply] {
        const QDBusPendingReply<uint> id = *reply;
        m_id = id.isError() ? 0 : id.value();
        reply->deleteLater();
    });
}

void Notifications::takeToken(uint id, const QString &token)
{
    if (id != 0 && id == m_id)
        m_token = token;
}

void Notifications::invoked(uint id, const QString &)
{
    if (id != 0 && id == m_id)
        Q_EMIT activated(std::exchange(m_token, {}));
}

} // namespace ui
