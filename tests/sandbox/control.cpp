#include "tests/sandbox/control.h"

using namespace Qt::StringLiterals;

namespace sandbox {

namespace {

HttpAnswer wrong(const QString &message)
{
    return HttpAnswer::json(400, {{u"message"_s, message}});
}

} // namespace

Control::Control(Sandbox &sandbox)
    : m_sandbox(sandbox), m_http([this](const HttpRequest &request) { return serve(request); })
{
}

HttpAnswer Control::serve(const HttpRequest &request)
{
    const QByteArray asked = request.method + ' ' + request.path;
    if (asked == "GET /healthz")
        return HttpAnswer::json(200, {{u"status"_s, u"ok"_s}});
    if (asked == "GET /report")
        return HttpAnswer::json(200, m_sandbox.report());
    if (asked == "GET /dialogues")
        return dialogues();
    if (asked == "POST /incoming")
        return incoming(request.json());
    if (asked == "POST /faults")
        return faults(request.json());
    if (asked == "POST /hangup")
        return hangUp(request.json());
    if (asked == "POST /google/events")
        return googleEvent(request.json());
    if (asked == "POST /google/revoke")
        return googleRevoke(request.json());
    if (asked == "DELETE /faults") {
        m_sandbox.phone().faults().clear();
        m_sandbox.model().faults().clear();
        m_sandbox.google().clearFaults();
        return HttpAnswer::json(200, {{u"status"_s, u"cleared"_s}});
    }
    return HttpAnswer::json(404, {{u"message"_s, u"Not found"_s}});
}

HttpAnswer Control::dialogues() const
{
    QJsonArray names;
    for (const Dialogue &dialogue : m_sandbox.book().all())
        names.append(QJsonObject{{u"name"_s, dialogue.name}, {u"scenario"_s, dialogue.scenario}});
    return HttpAnswer::json(200, {{u"dialogues"_s, names}});
}

HttpAnswer Control::incoming(const QJsonObject &order)
{
    const QString url = order[u"url"_s].toString();
    const QString dialogue = order[u"dialogue"_s].toString();
    if (!QUrl(url).isValid() || url.isEmpty())
        return wrong(u"'url' must be the voice URL of the dialled number"_s);
    if (!dialogue.isEmpty() && !m_sandbox.book().byName(dialogue))
        return wrong(u"no dialogue is called '%1'"_s.arg(dialogue));
    const PhoneCall &call =
        m_sandbox.phone().callIn(order[u"from"_s].toString(u"+14155550199"_s),
                                 order[u"to"_s].toString(u"+14155550100"_s), url, dialogue);
    return HttpAnswer::json(201, {{u"call_sid"_s, call.sid()}});
}

HttpAnswer Control::faults(const QJsonObject &order)
{
    if (order.contains(u"google"_s))
        return googleFault(order);
    const bool forPhone = order.contains(u"phone"_s);
    const auto kind = faultKind(order[forPhone ? u"phone"_s : u"model"_s].toString());
    if (!kind)
        return wrong(
            u"'model' or 'phone' must be one of drop, stall, garbage, slow, gap, 429, refuse"_s);
    if ((*kind == FaultKind::Slow && forPhone) || (*kind == FaultKind::Gap && !forPhone))
        return wrong(u"slow is a fault of the model, gap one of the phone"_s);
    if (order[u"now"_s].toBool()) {
        if (forPhone)
            return wrong(u"'now' is for the model's sessions"_s);
        m_sandbox.model().strikeAll(*kind);
        return HttpAnswer::json(200, {{u"status"_s, u"struck"_s}});
    }
    const PlannedFault fault{*kind, std::chrono::milliseconds(order[u"after_ms"_s].toInt()),
                             order[u"count"_s].toInt(1)};
    (forPhone ? m_sandbox.phone().faults() : m_sandbox.model().faults()).add(fault);
    return HttpAnswer::json(200, {{u"status"_s, u"planned"_s}});
}

HttpAnswer Control::hangUp(const QJsonObject &order)
{
    PhoneCall *call = m_sandbox.phone().call(order[u"call_sid"_s].toString());
    if (!call)
        return HttpAnswer::json(404, {{u"message"_s, u"No such call"_s}});
    call->complete(u"completed"_s);
    return HttpAnswer::json(200, {{u"status"_s, call->status()}});
}

HttpAnswer Control::googleFault(const QJsonObject &order)
{
    const auto kind = googleFaultKind(order[u"google"_s].toString());
    if (!kind)
        return wrong(u"'google' must be one of slow, 500, rate, quota, 429, garbage, drop, lost"_s);
    GoogleFault fault;
    fault.kind = *kind;
    fault.after = std::chrono::milliseconds(order[u"after_ms"_s].toInt(int(fault.after.count())));
    fault.count = order[u"count"_s].toInt(1);
    fault.only = order[u"only"_s].toString().toUtf8();
    m_sandbox.google().addFault(fault);
    return HttpAnswer::json(200, {{u"status"_s, u"planned"_s}});
}

HttpAnswer Control::googleEvent(const QJsonObject &event)
{
    const QString id = m_sandbox.google().calendar(event[u"account"_s].toString()).add(event);
    if (id.isEmpty())
        return wrong(u"'start' and 'end' must hold a dateTime or a date"_s);
    return HttpAnswer::json(201, {{u"id"_s, id}});
}

HttpAnswer Control::googleRevoke(const QJsonObject &order)
{
    GoogleService &google = m_sandbox.google();
    google.accounts().takeBack(order[u"account"_s].toString(google.settings().account));
    return HttpAnswer::json(200, {{u"status"_s, u"revoked"_s}});
}

} // namespace sandbox
