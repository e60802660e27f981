// What the sandbox's socket tests share.
#pragma once

#include "tests/sandbox/control.h"
#include "tests/sandbox/tiny_server.h"

#include <QNetworkAccessManager>
#include <QNetworkReply>
#include <QSignalSpy>
#include <QTest>

#include <memory>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

inline const QString kTo = QStringLiteral("+14155550123");

struct Answer
{
    int status = 0;
    QJsonObject json;
};

/// A sandbox and a tiny server between its two ends, new for every test.
class CallFixture : public QObject
{
    Q_OBJECT
public:
    CallFixture() { m_server = std::make_unique<TinyServer>(); }

protected:
    Answer request(const QByteArray &method, const QString &url, const QByteArray &body,
                   const QByteArray &type, const QByteArray &authorization = {})
    {
        QNetworkRequest request{QUrl(url)};
        request.setRawHeader("Content-Type", type);
        request.setRawHeader("Authorization", authorization);
        QNetworkReply *reply = m_network.sendCustomRequest(request, method, body);
        QSignalSpy finished(reply, &QNetworkReply::finished);
        if (!reply->isFinished())
            finished.wait(5000);
        reply->deleteLater();
        return {reply->attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt(),
                QJsonDocument::fromJson(reply->readAll()).object()};
    }

    Answer rest(const QByteArray &method, const QString &path, const sandbox::Form &form = {})
    {
        const auto &phone = m_sandbox->phone().settings();
        const QByteArray basic = "Basic " + (phone.accountSid + ':' + phone.authToken).toBase64();
        const QString url = m_sandbox->phone().baseUrl() + u"/2010-04-01/Accounts/"_s
                            + QString::fromLatin1(phone.accountSid) + path;
        return request(method, url, form.encode(), "application/x-www-form-urlencoded", basic);
    }

    Answer dial(const QString &to = kTo, const QString &twimlPath = u"/twiml"_s,
                bool record = false)
    {
        sandbox::Form form{{u"To"_s, to},
                           {u"From"_s, u"+14155550100"_s},
                           {u"Url"_s, m_server->url(twimlPath)},
                           {u"StatusCallback"_s, m_server->url(u"/status"_s)}};
        for (const auto &event : {u"initiated"_s, u"ringing"_s, u"answered"_s, u"completed"_s})
            form.add(u"StatusCallbackEvent"_s, event);
        if (record) {
            form.add(u"Record"_s, u"true"_s);
            form.add(u"RecordingChannels"_s, u"dual"_s);
            form.add(u"RecordingStatusCallback"_s, m_server->url(u"/recording"_s));
        }
        return rest("POST", u"/Calls.json"_s, form);
    }

    QStringList statuses() const
    {
        QStringList all;
        for (const auto &webhook : m_server->webhooks) {
            if (webhook.path == "/status")
                all.append(webhook.form().value(u"CallStatus"_s));
        }
        return all;
    }

    /// Dials, is answered and waits until the media stream flows.
    bool inCall(const QString &dialogue = u"silent"_s)
    {
        m_server->twiml =
            u"<Response><Connect><Stream url=\"MEDIA/media-stream/x\"><Parameter name=\"token\" "
            "value=\"t1\"/></Stream></Connect><Hangup/></Response>"_s;
        restart(dialogue);
        m_callSid = dial().json[u"sid"_s].toString();
        return QTest::qWaitFor([this] { return !m_server->streamSid.isEmpty(); }, 5000);
    }

    void restart(const QString &dialogue)
    {
        const QString twiml = m_server->twiml;
        m_server.reset();
        sandbox::Sandbox::Settings settings;
        settings.phone.ring = 50ms;
        settings.phone.dialogue = dialogue;
        settings.phone.recordingDelay = 10ms;
        settings.voice.thinking = 100ms;
        settings.voice.sessionLimit = m_sessionLimit;
        auto created = sandbox::Sandbox::create(settings);
        if (!created)
            qFatal("%s", qPrintable(created.error().message));
        m_sandbox = std::move(*created);
        m_server = std::make_unique<TinyServer>();
        m_server->twiml = twiml;
    }

    bool modelReady()
    {
        m_server->connectModel(m_sandbox->model().url());
        if (!QTest::qWaitFor(
                [this] { return !m_server->modelEvents(u"session.created"_s).isEmpty(); }, 5000))
            return false;
        m_server->configure();
        return QTest::qWaitFor(
            [this] { return !m_server->modelEvents(u"session.updated"_s).isEmpty(); }, 5000);
    }

    QString lastError() const
    {
        const auto errors = m_server->modelEvents(u"error"_s);
        return errors.isEmpty() ? QString() : errors.last()[u"error"_s][u"code"_s].toString();
    }

    void begin()
    {
        m_sessionLimit = 60min;
        m_server = std::make_unique<TinyServer>();
        restart({});
    }

    void end()
    {
        m_server.reset();
        m_sandbox.reset();
    }

    QNetworkAccessManager m_network;
    std::unique_ptr<sandbox::Sandbox> m_sandbox;
    std::unique_ptr<TinyServer> m_server;
    QString m_callSid;
    std::chrono::milliseconds m_sessionLimit{60min};
};
