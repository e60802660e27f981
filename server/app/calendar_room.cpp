#include "server/app/calendar_room.h"

#include "shared/base/log.h"

namespace server::app {

namespace {

/// The calendar itself remembers; our reservation only keeps the same request from booking twice.
constexpr qint64 kKeptDays = 30;

/// The web app's address: the first of the origins that may call us.
QString frontendOf(const Config &config)
{
    QString url = config.frontendOrigins.isEmpty() ? config.publicUrl.toString()
                                                   : config.frontendOrigins.first();
    while (url.endsWith(QLatin1Char('/')))
        url.chop(1);
    return url;
}

template <typename T>
void logIfFailed(const base::Result<T> &done)
{
    if (!done)
        base::log::warning("store.housekeeping_failed",
                           {{QStringLiteral("cause"), done.error().cause}});
}

} // namespace

CalendarRoom::CalendarRoom(const Config &config, Ports ports)
    : m_consentStore(ports.database),
      m_configStore(ports.database),
      m_bookingStore(ports.database),
      m_google({config.googleClientId, config.googleClientSecret, config.googleRedirectUri,
                config.googleApiBaseUrl, config.googleOauthBaseUrl},
               ports.web),
      m_connections({m_consentStore, m_google, ports.box, base::utcNow, core::systemRandom}),
      m_bookings({m_connections, m_bookingStore, m_configStore, base::utcNow}),
      m_briefer({m_connections, m_bookings, base::utcNow}),
      m_consentApi(m_connections, {!config.googleClientId.isEmpty(), frontendOf(config)}),
      m_bookingApi(m_bookings)
{
}

api::CalendarApi::Ports CalendarRoom::apiPorts(const core::ScheduleService &schedule,
                                               const core::UsageService &usage)
{
    return {m_connections, m_bookings, schedule, usage, base::utcNow, core::systemRandom};
}

void CalendarRoom::keepHouse()
{
    const QDateTime now = base::utcNow();
    logIfFailed(m_consentStore.removeExpired(now));
    logIfFailed(m_bookingStore.removeEnded(now.addDays(-kKeptDays)));
}

} // namespace server::app
