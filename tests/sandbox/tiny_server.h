// The server under test of the sandbox's own tests, as small as it can be.
#pragma once

#include "tests/sandbox/http_listener.h"

#include <QElapsedTimer>
#include <QJsonArray>
#include <QJsonDocument>
#include <QWebSocket>
#include <QWebSocketServer>

#include <functional>

using namespace Qt::StringLiterals;

inline QString text(const QJsonObject &object)
{
    return QString::fromUtf8(QJsonDocument(object).toJson(QJsonDocument::Compact));
}

/// The server under test, as small as it can be: TwiML, a media socket, a model socket, a relay.
class TinyServer final : public QObject
{
    Q_OBJECT
public:
    TinyServer();

    using HttpRequest = sandbox::HttpRequest;

    QString url(const QString &path) const
    {
        return u"http://127.0.0.1:%1%2"_s.arg(m_web.port()).arg(path);
    }

    void connectModel(const QString &address, const QByteArray &key = "sandbox-model-key",
                      const QByteArray &beta = {});
    void configure(const QString &voice = u"coral"_s);

    void toModel(const QJsonObject &event) { model.sendTextMessage(text(event)); }
    void toPhone(QJsonObject message) const;
    void play(const QByteArray &audio, const QString &markName = {}) const;

    QList<QJsonObject> modelEvents(const QString &type) const;

    QString twiml;
    bool relays = false;
    QWebSocket *phone = nullptr;
    QWebSocket model;
    QString streamSid;
    QByteArray handshakeSignature;
    QList<HttpRequest> webhooks;
    QList<QJsonObject> fromPhone;
    QList<qint64> frameArrivals;
    QList<QJsonObject> fromModel;
    QStringList marks;
    QList<QElapsedTimer> markTimes;
    std::function<void()> onSpeech;

private:
    sandbox::HttpAnswer serve(const HttpRequest &request);
    void onPhone(const QString &message);
    void onModel(const QString &message);

    sandbox::HttpListener m_web;
    QWebSocketServer m_upgrade;
    QElapsedTimer m_clock = [] {
        QElapsedTimer clock;
        clock.start();
        return clock;
    }();
    QByteArray m_unsent;
    int m_sentMarks = 0;
};
