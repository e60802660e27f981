// Requests that are wrong in one way each, made from the API's own description.
#pragma once

#include <QByteArray>
#include <QJsonObject>
#include <QList>
#include <QString>

namespace tests {

struct BadRequest
{
    QString what; ///< for people: "POST /calls phone_number: a number"
    QByteArray method;
    QString path; ///< with its query
    QByteArray contentType;
    QByteArray body;
    bool mustFail = false; ///< false where the value may be taken, such as a null for a field that
                           ///< may be missing
    bool needsStaff = false;
    bool isOpen = false; ///< asks for no token
};

/// Every operation of the description with every field of its body, form, query and path broken in
/// turn: missing, null, of every wrong type, too long, too short, out of range, with a NUL, not
/// UTF-8, too large a number. And bodies that are no JSON at all.
QList<BadRequest> badRequestsFor(const QJsonObject &api);

} // namespace tests
