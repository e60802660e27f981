// The phone side over real sockets.
#include "tests/sandbox/call_fixture.h"
#include "tests/sandbox/signature.h"

class SandboxCalls final : public CallFixture
{
    Q_OBJECT
private slots:
    void init() { begin(); }
    void cleanup() { end(); }

    void restRefusesAsTheVendorDoes_data()
    {
        QTest::addColumn<QString>("to");
        QTest::addColumn<QString>("from");
        QTest::addColumn<QString>("url");
        QTest::addColumn<int>("code");
        const auto url = u"http://127.0.0.1:9/x"_s;
        QTest::newRow("no To") << QString() << kTo << url << 21201;
        QTest::newRow("no From") << kTo << QString() << url << 21213;
        QTest::newRow("bad To") << u"4155550123"_s << kTo << url << 21211;
        QTest::newRow("bad From") << kTo << u"+12"_s << url << 21212;
        QTest::newRow("no Url") << kTo << kTo << QString() << 21205;
        QTest::newRow("bad Url") << kTo << kTo << u"not a url"_s << 21205;
    }

    void restRefusesAsTheVendorDoes()
    {
        QFETCH(QString, to);
        QFETCH(QString, from);
        QFETCH(QString, url);
        QFETCH(int, code);
        sandbox::Form form;
        for (const auto &[key, value] :
             {std::pair{u"To"_s, to}, {u"From"_s, from}, {u"Url"_s, url}}) {
            if (!value.isEmpty())
                form.add(key, value);
        }
        const auto answer = rest("POST", u"/Calls.json"_s, form);
        QCOMPARE(answer.status, 400);
        QCOMPARE(answer.json[u"code"_s].toInt(), code);
        QCOMPARE(answer.json[u"status"_s].toInt(), 400);
        QVERIFY(answer.json[u"more_info"_s].toString().startsWith(u"https://"));
    }

    void restWantsTheRightPassword()
    {
        const QString url = m_sandbox->phone().baseUrl() + u"/2010-04-01/Accounts/AC1/Calls.json"_s;
        const auto answer =
            request("POST", url, "To=x", "application/x-www-form-urlencoded", "Basic eDp5");
        QCOMPARE(answer.status, 401);
        QCOMPARE(answer.json[u"code"_s].toInt(), 20003);
        QCOMPARE(rest("GET", u".json"_s).json[u"status"_s].toString(), u"active"_s);
        QCOMPARE(rest("GET", u"/Calls/CA0.json"_s).status, 404);
        m_sandbox->phone().faults().add({sandbox::FaultKind::TooMany, 0ms, 1});
        QCOMPARE(rest("GET", u".json"_s).json[u"code"_s].toInt(), 20429);
        QCOMPARE(rest("GET", u".json"_s).status, 200);
    }

    void magicNumbersHaveTheirFate_data()
    {
        QTest::addColumn<QString>("number");
        QTest::addColumn<QStringList>("expected");
        QTest::newRow("busy") << u"+14155550001"_s
                              << QStringList{u"initiated"_s, u"ringing"_s, u"busy"_s};
        QTest::newRow("nobody") << u"+14155550002"_s
                                << QStringList{u"initiated"_s, u"ringing"_s, u"no-answer"_s};
        QTest::newRow("failed") << u"+14155550003"_s << QStringList{u"initiated"_s, u"failed"_s};
    }

    void magicNumbersHaveTheirFate()
    {
        QFETCH(QString, number);
        QFETCH(QStringList, expected);
        const auto answer = dial(number);
        QCOMPARE(answer.status, 201);
        QCOMPARE(answer.json[u"status"_s].toString(), u"queued"_s);
        QTRY_COMPARE(statuses().size(), expected.size());
        QCOMPARE(statuses(), expected);
    }

    void whoAnswersIsToldWhenItIsAsked_data()
    {
        QTest::addColumn<QString>("number");
        QTest::addColumn<QString>("mode");
        QTest::addColumn<QString>("expected");
        QTest::newRow("a person") << kTo << u"Enable"_s << u"human"_s;
        QTest::newRow("a machine") << u"+14155550004"_s << u"Enable"_s << u"machine_start"_s;
        QTest::newRow("a machine, to its end")
            << u"+14155550004"_s << u"DetectMessageEnd"_s << u"machine_end_beep"_s;
    }

    void whoAnswersIsToldWhenItIsAsked()
    {
        QFETCH(QString, number);
        QFETCH(QString, mode);
        QFETCH(QString, expected);
        m_server->twiml = u"<Response><Pause length=\"5\"/></Response>"_s;
        const sandbox::Form order{{u"To"_s, number},
                                  {u"From"_s, u"+14155550100"_s},
                                  {u"Url"_s, m_server->url(u"/twiml"_s)},
                                  {u"MachineDetection"_s, mode},
                                  {u"AsyncAmd"_s, u"true"_s},
                                  {u"AsyncAmdStatusCallback"_s, m_server->url(u"/amd"_s)}};
        QCOMPARE(rest("POST", u"/Calls.json"_s, order).status, 201);
        QTRY_COMPARE(m_server->webhooks.size(), 2); // the document, then the verdict
        QCOMPARE(m_server->webhooks.last().path, QByteArray("/amd"));
        QCOMPARE(m_server->webhooks.last().form().value(u"AnsweredBy"_s), expected);
    }

    void everyWebhookIsSigned()
    {
        m_server->twiml = u"<Response><Say>Hi</Say></Response>"_s;
        QCOMPARE(dial(kTo, u"/twiml?a=1%20b"_s, true).status, 201);
        QTRY_COMPARE(m_server->webhooks.size(), 6);
        QStringList paths;
        for (const auto &webhook : m_server->webhooks) {
            paths.append(QString::fromLatin1(webhook.path));
            QByteArray url = m_server->url(QString::fromLatin1(webhook.path)).toLatin1();
            if (!webhook.query.isEmpty())
                url += '?' + webhook.query;
            QCOMPARE(webhook.headers.value("x-twilio-signature"),
                     sandbox::signature("sandbox-auth-token", url, webhook.form()));
        }
        QCOMPARE(paths.count(u"/status"_s), 4);
        QCOMPARE(m_server->webhooks.last().path, "/recording");
        const auto recording = m_server->webhooks.last().form();
        QCOMPARE(recording.value(u"RecordingStatus"_s), u"completed"_s);
        const auto audio = request("GET", recording.value(u"RecordingUrl"_s) + u".wav"_s, {}, "x");
        QCOMPARE(audio.status, 200);
        QVERIFY(m_sandbox->journal().breaches().isEmpty());
    }

    void mediaStreamHasTheDocumentedShapes()
    {
        QVERIFY(inCall());
        const QByteArray streamUrl =
            "ws://127.0.0.1:" + QByteArray::number(m_server->phone->localPort())
            + "/media-stream/x";
        QCOMPARE(m_server->handshakeSignature, sandbox::signature("sandbox-auth-token", streamUrl));
        QTRY_VERIFY(m_server->frameArrivals.size() >= 100);
        const auto &messages = m_server->fromPhone;
        QCOMPARE(text(messages[0]),
                 uR"({"event":"connected","protocol":"Call","version":"1.0.0"})"_s);
        const QJsonObject start = messages[1][u"start"_s].toObject();
        QCOMPARE(messages[1][u"sequenceNumber"_s], QJsonValue(u"1"_s));
        QCOMPARE(start[u"callSid"_s].toString(), m_callSid);
        QCOMPARE(start[u"customParameters"_s][u"token"_s].toString(), u"t1"_s);
        QCOMPARE(start[u"mediaFormat"_s][u"sampleRate"_s], QJsonValue(8000));
        const QJsonObject media = messages[3][u"media"_s].toObject();
        QCOMPARE(messages[3][u"sequenceNumber"_s], QJsonValue(u"3"_s));
        QCOMPARE(media[u"chunk"_s], QJsonValue(u"2"_s));
        QCOMPARE(media[u"timestamp"_s], QJsonValue(u"40"_s));
        QCOMPARE(QByteArray::fromBase64(media[u"payload"_s].toString().toLatin1()).size(), 160);
        // No drift: a hundred frames take two seconds.
        const qint64 took = m_server->frameArrivals[99] - m_server->frameArrivals[0];
        QVERIFY2(qAbs(took - qint64(99) * 20) <= 40, qPrintable(QString::number(took)));
    }

    void marksReturnWhenPlayedAndAtOnceAfterClear()
    {
        QVERIFY(inCall());
        QElapsedTimer clock;
        clock.start();
        m_server->play(QByteArray(qsizetype(300) * 8, 'x'), u"first"_s);
        m_server->play(QByteArray(qsizetype(5000) * 8, 'x'), u"second"_s);
        QTRY_COMPARE(m_server->marks, QStringList{u"first"_s});
        const qint64 took = clock.msecsTo(m_server->markTimes[0]);
        QVERIFY2(took >= 299 && took <= 330, qPrintable(QString::number(took)));
        QVERIFY(QTest::qWaitFor([&clock] { return clock.elapsed() >= 700; }, 2000));
        const qint64 clearedAt = clock.elapsed();
        m_server->toPhone({{u"event"_s, u"clear"_s}});
        QTRY_COMPARE(m_server->marks, QStringList({u"first"_s, u"second"_s}));
        QVERIFY(clock.msecsTo(m_server->markTimes[1]) - clearedAt < 30);
        const auto now = sandbox::PlayOut::at(std::chrono::steady_clock::now());
        const auto played =
            m_sandbox->phone().call(m_callSid)->line()->playOut().playedBytes(now) / 8;
        QVERIFY2(qAbs(played - clearedAt) <= 20,
                 qPrintable(u"%1 of %2"_s.arg(played).arg(clearedAt)));
        QVERIFY(m_sandbox->journal().breaches().isEmpty());
    }

    void breachesOfTheMediaProtocolAreNoted()
    {
        QVERIFY(inCall());
        m_server->phone->sendBinaryMessage("x");
        m_server->phone->sendTextMessage(u"{"_s);
        m_server->phone->sendTextMessage(uR"({"event":"clear","streamSid":"MZ0"})"_s);
        m_server->toPhone({{u"event"_s, u"status"_s}});
        m_server->toPhone(
            {{u"event"_s, u"media"_s}, {u"media"_s, QJsonObject{{u"payload"_s, u"%%%"_s}}}});
        m_server->play(QByteArray(161, 'x'));
        QTRY_COMPARE(m_sandbox->journal().breaches().size(), 6);
        QVERIFY(m_sandbox->phone().call(m_callSid)->line()->isOpen());
    }

    void closingTheSocketLetsTwimlGoOn()
    {
        QVERIFY(inCall());
        m_server->phone->close();
        QTRY_COMPARE(statuses().last(), u"completed"_s);
        QCOMPARE(rest("GET", u"/Calls/%1.json"_s.arg(m_callSid)).json[u"status"_s].toString(),
                 u"completed"_s);
    }

    void restEndsTheCallAndTheStream()
    {
        QVERIFY(inCall());
        const auto path = u"/Calls/%1.json"_s.arg(m_callSid);
        QCOMPARE(rest("POST", path, {{u"Status"_s, u"completed"_s}}).json[u"status"_s].toString(),
                 u"completed"_s);
        QTRY_COMPARE(m_server->fromPhone.last()[u"event"_s].toString(), u"stop"_s);
        QCOMPARE(m_server->fromPhone.last()[u"stop"_s][u"callSid"_s].toString(), m_callSid);
        QTRY_COMPARE(m_server->phone->state(), QAbstractSocket::UnconnectedState);
        QCOMPARE(rest("POST", path, {{u"Status"_s, u"completed"_s}}).json[u"code"_s].toInt(),
                 21220);
        QTRY_VERIFY(statuses().contains(u"completed"_s));
    }

    void dtmfAndFaultsOfThePhone()
    {
        m_server->twiml.clear();
        QVERIFY(inCall());
        m_sandbox->phone().call(m_callSid)->line()->pressKey(u"5"_s);
        const auto keyArrived = [this] {
            for (const auto &message : m_server->fromPhone) {
                if (message[u"dtmf"_s][u"digit"_s].toString() == u"5")
                    return message[u"dtmf"_s][u"track"_s].toString() == u"inbound_track";
            }
            return false;
        };
        QTRY_VERIFY(keyArrived());
        sandbox::Control control(*m_sandbox);
        QVERIFY(control.listen(QHostAddress::LocalHost, 0).has_value());
        const QString base = u"http://127.0.0.1:%1"_s.arg(control.port());
        QCOMPARE(request("POST", base + u"/faults"_s, R"({"phone":"drop","after_ms":100})",
                         "application/json")
                     .status,
                 200);
        QCOMPARE(request("POST", base + u"/faults"_s, R"({"phone":"explode"})", "application/json")
                     .status,
                 400);
        m_server->streamSid.clear();
        const auto incoming =
            request("POST", base + u"/incoming"_s,
                    text({{u"url"_s, m_server->url(u"/twiml"_s)}}).toUtf8(), "application/json");
        QCOMPARE(incoming.status, 201);
        QTRY_VERIFY(!m_server->streamSid.isEmpty());
        QTRY_COMPARE(m_server->phone->state(), QAbstractSocket::UnconnectedState);
        const auto report = request("GET", base + u"/report"_s, {}, "x").json;
        QCOMPARE(report[u"calls"_s].toArray().size(), 2);
        QCOMPARE(request("GET", base + u"/healthz"_s, {}, "x").status, 200);
    }
};

QTEST_GUILESS_MAIN(SandboxCalls)
#include "tst_sandbox_calls.moc"
