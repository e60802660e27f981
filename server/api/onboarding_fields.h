// How the onboarding routes read what they are told.
#pragma once

#include "server/core/onboarding/profile.h"
#include "server/http/body_reader.h"

#include <optional>

namespace server::api {

/// The fields of an object inside a body: errors are named "<member> -> <field>".
class ObjectReader final : public http::FieldReader
{
public:
    ObjectReader(const QJsonObject &object, const char *member);
};

/// Fields that may stand in the query or in a JSON body, because clients send them in either; the
/// query counts first. Lives on the stack of one handler.
class QueryOrBody
{
public:
    /// Where a field that is nowhere is reported as missing.
    enum class Home { Query, Body };

    explicit QueryOrBody(const http::Request &request);

    QString requiredString(const char *name, Home home, http::TextRule rule);
    http::FieldReader &query() { return m_query; }
    /// Nothing when there is no body.
    http::FieldReader *body() { return m_body ? &*m_body : nullptr; }
    bool ok() const { return m_query.ok() && (!m_body || m_body->ok()) && !m_lacksBody; }
    /// REQUIRES: !ok().
    http::Response problem() const;

private:
    http::QueryReader m_query;
    std::optional<http::BodyReader> m_body;
    bool m_lacksBody = false;
};

/// What the profile's members are called where they are read.
struct ProfileNames
{
    const char *name = "name";
    const char *phoneNumber = "phone_number";
    const char *voice = "preferred_voice";
    const char *notifications = "notifications_enabled";
};

/// Reads what is there of a profile and notes what is wrong with it. A field without a name is not
/// read.
core::Profile readProfile(http::FieldReader &reader, const ProfileNames &names = {});

/// A text for people, on one line, that must not be empty.
QString requiredLine(QueryOrBody &fields, const char *name, int longest);

} // namespace server::api
