#include "tests/journeys/rest_client.h"

#include <QEventLoop>
#include <QNetworkReply>
#include <QUrlQuery>

#include <memory>

namespace tests {

namespace {

constexpr int kPatienceMs = 30'000;

} // namespace

QByteArray Answer::header(const QByteArray &name) const
{
    for (const auto &[key, value] : headers) {
        if (key.compare(name, Qt::CaseInsensitive) == 0)
            return value;
    }
    return {};
}

Answer RestClient::post(const QString &path, const QJsonObject &body, const Headers &headers)
{
    return send("POST", path, "application/json",
                QJsonDocument(body).toJson(QJsonDocument::Compact), headers);
}

Answer RestClient::postForm(const QString &path, const QList<QPair<QString, QString>> &fields,
                            const Headers &headers)
{
    QByteArray body;
    for (const auto &[name, value] : fields)
        body += (body.isEmpty() ? "" : "&") + QUrl::toPercentEncoding(name) + '='
                + QUrl::toPercentEncoding(value);
    return send("POST", path, "application/x-www-form-urlencoded", body, headers);
}

Answer RestClient::send(const QByteArray &method, const QString &path,
                        const QByteArray &contentType, const QByteArray &body,
                        const Headers &headers)
{
    QNetworkRequest request(QUrl(m_base.toString() + path));
    request.setTransferTimeout(kPatienceMs);
    if (!contentType.isEmpty())
        request.setHeader(QNetworkRequest::ContentTypeHeader, contentType);
    if (!m_token.isEmpty())
        request.setRawHeader("Authorization", "Bearer " + m_token);
    for (const auto &[name, value] : headers)
        request.setRawHeader(name, value);
    const std::unique_ptr<QNetworkReply> reply(m_network.sendCustomRequest(request, method, body));
    QEventLoop loop;
    QObject::connect(reply.get(), &QNetworkReply::finished, &loop, &QEventLoop::quit);
    if (!reply->isFinished())
        loop.exec();
    return {reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt(), reply->readAll(),
            reply->rawHeaderPairs()};
}

bool RestClient::signIn(const QString &email, const QString &password)
{
    const Answer answer =
        postForm(QStringLiteral("/auth/login"),
                 {{QStringLiteral("username"), email}, {QStringLiteral("password"), password}});
    m_token = answer.object().value(QLatin1String("access_token")).toString().toUtf8();
    return answer.status == 200 && !m_token.isEmpty();
}

} // namespace tests
