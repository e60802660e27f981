// Users' calendars and the appointments in them, joined.
#pragma once

#include "server/adapters/google/google_calendar.h"
#include "server/adapters/store/booking_store.h"
#include "server/adapters/store/calendar_store.h"
#include "server/api/booking_api.h"
#include "server/api/calendar_api.h"
#include "server/api/calendar_consent_api.h"
#include "server/app/config.h"
#include "server/core/calendar/calendar_briefer.h"

namespace server::app {

/// Everything between the routes of calendars and Google. Ports must outlive it.
class CalendarRoom
{
public:
    struct Ports
    {
        store::Database &database;
        web::HttpClient &web;
        const core::SecretBox &box;
    };
    CalendarRoom(const Config &config, Ports ports);

    core::CalendarBriefings &briefings() { return m_briefer; }
    core::BookingService &bookings() { return m_bookings; }
    core::BookingStore &bookingStore() { return m_bookingStore; }
    core::BookingConfigStore &bookingConfigs() { return m_configStore; }
    /// Calls wait for calendars, so that their schedule comes from further down.
    api::CalendarApi::Ports apiPorts(const core::ScheduleService &schedule,
                                     const core::UsageService &usage);
    api::CalendarConsentApi &consentApi() { return m_consentApi; }
    api::BookingApi &bookingApi() { return m_bookingApi; }

    /// Lets go what is over: consents that never came back, appointments of long ago. Blocks.
    void keepHouse();

private:
    store::SqlCalendarConsentStore m_consentStore;
    store::SqlBookingConfigStore m_configStore;
    store::SqlBookingStore m_bookingStore;
    google::GoogleCalendar m_google;
    core::CalendarConnections m_connections;
    core::BookingService m_bookings;
    core::CalendarBriefer m_briefer;
    api::CalendarConsentApi m_consentApi;
    api::BookingApi m_bookingApi;
};

} // namespace server::app
