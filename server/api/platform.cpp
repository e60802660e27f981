#include "server/api/platform.h"

namespace server::api {

namespace {

QString lowerHeader(const http::Request &request, std::string_view name)
{
    const auto text = request.header(name).value_or("");
    return QString::fromUtf8(text.data(), qsizetype(text.size())).trimmed().toLower();
}

} // namespace

core::Platform platformOf(const http::Request &request)
{
    if (request.path.starts_with("/mobile/"))
        return core::Platform::Mobile;
    if (const auto named = core::platformFromText(lowerHeader(request, "x-app-type")))
        return *named;
    return lowerHeader(request, "user-agent").contains(QLatin1String("speech-assistant-mobile"))
               ? core::Platform::Mobile
               : core::Platform::Web;
}

} // namespace server::api
