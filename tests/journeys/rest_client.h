// Plain requests to the server under test, answered before the next line runs.
#pragma once

#include <QByteArray>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QList>
#include <QNetworkAccessManager>
#include <QPair>
#include <QUrl>

namespace tests {

struct Answer
{
    int status = 0; ///< 0: there was none
    QByteArray body;
    QList<QPair<QByteArray, QByteArray>> headers;

    QJsonObject object() const { return QJsonDocument::fromJson(body).object(); }
    QJsonArray array() const { return QJsonDocument::fromJson(body).array(); }
    QByteArray header(const QByteArray &name) const;
};

/// Speaks to one server; keeps the event loop running while it waits.
class RestClient
{
public:
    using Headers = QList<QPair<QByteArray, QByteArray>>;

    explicit RestClient(QUrl base) : m_base(std::move(base)) {}

    void setToken(const QString &token) { m_token = token.toUtf8(); }
    Answer get(const QString &path, const Headers &headers = {})
    {
        return send("GET", path, {}, {}, headers);
    }
    Answer post(const QString &path, const QJsonObject &body, const Headers &headers = {});
    Answer postForm(const QString &path, const QList<QPair<QString, QString>> &fields,
                    const Headers &headers = {});
    Answer send(const QByteArray &method, const QString &path, const QByteArray &contentType,
                const QByteArray &body, const Headers &headers = {});

    /// Signs in and keeps the token; false when refused.
    bool signIn(const QString &email, const QString &password);

private:
    const QUrl m_base;
    QByteArray m_token;
    QNetworkAccessManager m_network;
};

} // namespace tests
