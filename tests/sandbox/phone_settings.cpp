#include "tests/sandbox/phone_settings.h"

using namespace Qt::StringLiterals;

namespace sandbox {

QUrl PhoneSettings::reached(const QUrl &written) const
{
    QUrl url = written;
    const bool secure = url.scheme() == u"https" || url.scheme() == u"wss";
    if (!secure || (!plain && reach.isEmpty()))
        return url;
    url.setScheme(url.scheme() == u"https" ? u"http"_s : u"ws"_s);
    if (!reach.isEmpty()) {
        const auto colon = reach.lastIndexOf(u':');
        url.setHost(reach.first(colon));
        url.setPort(reach.sliced(colon + 1).toInt());
    }
    return url;
}

} // namespace sandbox
