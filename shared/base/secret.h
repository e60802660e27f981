// A value that must not be printed: no stream operator, no implicit conversion.
#pragma once

#include <QByteArray>

#include <utility>

namespace base {

class Secret
{
public:
    Secret() = default;
    explicit Secret(QByteArray value) : m_value(std::move(value)) {}

    bool isEmpty() const { return m_value.isEmpty(); }
    /// The bytes themselves, for the one place that sends or checks them.
    const QByteArray &reveal() const { return m_value; }

private:
    QByteArray m_value;
};

} // namespace base
