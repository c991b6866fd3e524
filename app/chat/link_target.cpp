#include "app/chat/link_target.h"

#include "app/chat/hidden_characters.h"

#include <QUrl>

namespace app {

namespace {

constexpr int kLongestWords = 300;

QString hostOf(const QUrl &url)
{
    if (url.scheme().toLower() == QLatin1String("mailto"))
        return QUrl(QStringLiteral("http://") + url.path().section(QLatin1Char('@'), -1)).host(QUrl::FullyEncoded).toLower();
    return url.host(QUrl::FullyEncoded).toLower();
}

QString withoutWww(const QString &host)
{
    return host.startsWith(QLatin1String("www.")) ? host.mid(4) : host;
}

} // namespace

LinkTarget linkTarget(const QString &url, const QString &shownAs)
{
    LinkTarget target;
    const QUrl parsed(url, QUrl::StrictMode);
    const QString scheme = parsed.scheme().toLower();
    const bool mail = scheme == QLatin1String("mailto");
    target.host = hostOf(parsed);
    target.opens = parsed.isValid() && !target.host.isEmpty() && (scheme == QLatin1String("http") || scheme == QLatin1String("https") || mail);
    const QString address = visibleForm(target.opens ? QString::fromLatin1(parsed.toEncoded()) : url).left(kLongestWords);
    target.words = target.opens ? target.host + QLatin1Char('\n') + address : address;
    if (!target.opens)
        return target;

    // The words are the address, or name its host and nothing else that could be one. A name before "@" is no host, and
    // letters that look like others are told by the machine's spelling.
    const QString words = shownAs.trimmed();
    if (words != visibleForm(words) || !parsed.userInfo().isEmpty())
        return target;
    QString named = words;
    if (mail && named.contains(QLatin1Char('@')) && !named.contains(QLatin1String("//")))
        named = QStringLiteral("mailto:") + (named.startsWith(QLatin1String("mailto:")) ? named.mid(7) : named);
    else if (!named.contains(QLatin1String("://")))
        named.prepend(QLatin1String("http://"));
    const QUrl shown(named, QUrl::StrictMode);
    target.honest = shown.isValid() && shown.userInfo().isEmpty() && withoutWww(hostOf(shown)) == withoutWww(target.host) &&
                    (!mail || shown.path() == parsed.path());
    return target;
}

} // namespace app
