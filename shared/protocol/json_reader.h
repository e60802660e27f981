// Small helpers to read fields of JSON objects that came over the wire.
#pragma once

#include <QDateTime>
#include <QJsonObject>
#include <QString>

#include <optional>

namespace protocol {

/// An instant as the API writes it: UTC, ISO 8601 with milliseconds and `Z`.
QString toWireTime(const QDateTime &time);

/// JSON text of an instant, or null for an invalid one.
QJsonValue toWireTimeOrNull(const QDateTime &time);

/// Reads an ISO 8601 instant; one without a zone is UTC. Invalid for anything else.
QDateTime fromWireTime(const QJsonValue &value);

/// An integer field up to 2^53; nothing when absent, fractional, or not a number.
std::optional<qint64> integerField(const QJsonObject &object, const char *name);

QString stringField(const QJsonObject &object, const char *name);

} // namespace protocol
