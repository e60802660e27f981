#include "tests/journeys/calendar_steps.h"

#include <QEventLoop>
#include <QNetworkReply>

#include <memory>

namespace tests {

namespace {

const QTimeZone &denver()
{
    static const QTimeZone zone("America/Denver");
    return zone;
}

} // namespace

Visit visit(const QUrl &url)
{
    QNetworkAccessManager network;
    QNetworkRequest request(url);
    request.setAttribute(QNetworkRequest::RedirectPolicyAttribute,
                         QNetworkRequest::ManualRedirectPolicy);
    request.setTransferTimeout(30'000);
    const std::unique_ptr<QNetworkReply> reply(network.get(request));
    QEventLoop loop;
    QObject::connect(reply.get(), &QNetworkReply::finished, &loop, &QEventLoop::quit);
    if (!reply->isFinished())
        loop.exec();
    return {reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt(), reply->readAll(),
            QUrl(QString::fromUtf8(reply->rawHeader("Location")), QUrl::StrictMode),
            reply->rawHeader("Content-Security-Policy")};
}

Owner::Owner(Stage &stage, const QString &name) : m_client(stage.server().url())
{
    m_token = textOf(signUp(m_client, name + u"@example.com"_s), "access_token");
    m_id = get(u"/users/me"_s).object().value(u"id"_s).toInteger();
}

Answer Owner::put(const QString &path, const QJsonObject &body)
{
    return m_client.send("PUT", path, "application/json",
                         QJsonDocument(body).toJson(QJsonDocument::Compact));
}

QUrl Owner::consentUrl()
{
    return QUrl(textOf(get(u"/google-calendar/auth"_s), "authorization_url"), QUrl::StrictMode);
}

Visit Owner::connect()
{
    const Visit consent = visit(consentUrl());
    return consent.next.isEmpty() ? consent : visit(consent.next);
}

QDate someMonday()
{
    static const QDate day = [] {
        QDate date = QDate::currentDate().addDays(21);
        while (date.dayOfWeek() != Qt::Monday)
            date = date.addDays(1);
        // A week around a change would make hours of it come twice or not at all.
        const auto offset = [](QDate when) {
            return denver().offsetFromUtc(when.startOfDay(denver()));
        };
        while (offset(date.addDays(-2)) != offset(date.addDays(10)))
            date = date.addDays(7);
        return date;
    }();
    return day;
}

QString at(int hour, int minute, QDate day)
{
    return QDateTime(day, QTime(hour, minute), denver()).toString(Qt::ISODate);
}

QJsonObject seed(const QString &summary, const QString &start, const QString &end)
{
    const auto timeOf = [](const QString &text) {
        return text.contains(u'T') ? QJsonObject{{u"dateTime"_s, text}}
                                   : QJsonObject{{u"date"_s, text}};
    };
    return {{u"summary"_s, summary}, {u"start"_s, timeOf(start)}, {u"end"_s, timeOf(end)}};
}

} // namespace tests
