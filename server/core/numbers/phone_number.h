// A telephone number that can be dialled.
#pragma once

#include "shared/base/result.h"

#include <QString>
#include <QStringView>

#include <utility>

namespace server::core {

/// A number in E.164 form (ITU-T E.164: `+`, country code, subscriber number, at most 15 digits).
/// Why it exists: clients write numbers in several ways, and whatever is compared, stored, dialled
/// or billed must be one form. A PhoneNumber that exists has the length and the country code of a
/// real number; whether somebody has that number is the network's business. A value; any thread may
/// parse.
class PhoneNumber final
{
public:
    /// Takes `+` with 8 to 15 digits, 10 digits (North America), or 11 digits beginning with 1;
    /// spaces, hyphens, dots, slashes and parentheses between them are ignored.
    /// Anything else is Unprocessable, "Invalid phone number".
    static base::Result<PhoneNumber> parse(QStringView text);

    const QString &e164() const { return m_e164; }
    /// As people of its country write it: "(415) 555-0123".
    QString national() const;
    /// ISO 3166-1 of the country that an E.164 number belongs to, such as "DE"; empty when several
    /// share its country code and it is not assigned in any.
    static QString countryOf(const QString &e164);
    /// For logs and for people who may not see the whole number.
    QString masked() const;

    bool operator==(const PhoneNumber &) const = default;
    bool operator<(const PhoneNumber &other) const { return m_e164 < other.m_e164; }

private:
    explicit PhoneNumber(QString e164) : m_e164(std::move(e164)) {}

    QString m_e164;
};

} // namespace server::core
