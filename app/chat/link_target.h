// Where a link of an answer really leads, and whether its words say so. Pure functions on foreign text.
#pragma once

#include <QString>

namespace app {

struct LinkTarget
{
    bool opens = false;    // a web or mail address that is well formed
    bool honest = false;   // the words of the link name this host, or are this address: no need to ask
    QString host;          // as it is spelled for machines ("xn--..." where it holds foreign letters); of a mail address its domain
    QString words;         // one line for a tooltip: the host first, then the address, without invisible characters
};

LinkTarget linkTarget(const QString &url, const QString &shownAs);

} // namespace app
