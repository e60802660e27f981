// The model side over real sockets, and both sides in one call.
#include "tests/sandbox/call_fixture.h"
#include "tests/sandbox/signature.h"

#include "shared/audio/mulaw.h"

class SandboxModel final : public CallFixture
{
    Q_OBJECT
private slots:
    void init() { begin(); }
    void cleanup() { end(); }

    void modelRefusesTheBetaAndWrongKeys()
    {
        m_server->connectModel(m_sandbox->model().url(), "wrong");
        QTRY_COMPARE(m_server->model.state(), QAbstractSocket::UnconnectedState);
        QVERIFY(m_server->fromModel.isEmpty());
        m_server->connectModel(m_sandbox->model().url(), "sandbox-model-key", "realtime=v1");
        QTRY_COMPARE(lastError(), u"beta_api_shape_disabled"_s);
        QTRY_COMPARE(int(m_server->model.closeCode()), 4000);
        QCOMPARE(m_server->modelEvents(u"session.created"_s).size(), 0);
    }

    void modelErrorsNameTheirEvent()
    {
        QVERIFY(modelReady());
        const auto fails = [this](const QJsonObject &event, const QString &code) {
            QJsonObject named = event;
            named[u"event_id"_s] = u"mine-"_s + code;
            m_server->toModel(named);
            const bool came = QTest::qWaitFor([&] { return lastError() == code; }, 3000);
            const auto errors = m_server->modelEvents(u"error"_s);
            return came && errors.last()[u"error"_s][u"event_id"_s].toString() == u"mine-"_s + code;
        };
        QVERIFY(fails({{u"type"_s, u"session.update"_s}, {u"session"_s, QJsonObject{}}},
                      u"missing_required_parameter"_s));
        QVERIFY(fails({{u"type"_s, u"no.such"_s}}, u"invalid_value"_s));
        QVERIFY(fails({{u"type"_s, u"response.cancel"_s}}, u"response_cancel_not_active"_s));
        QVERIFY(fails({{u"type"_s, u"input_audio_buffer.commit"_s}},
                      u"input_audio_buffer_commit_empty"_s));
        QVERIFY(fails({{u"type"_s, u"conversation.item.truncate"_s}, {u"item_id"_s, u"item_x"_s}},
                      u"item_truncate_invalid_item_id"_s));
        m_server->toModel({{u"type"_s, u"response.create"_s}});
        QVERIFY(fails({{u"type"_s, u"response.create"_s}},
                      u"conversation_already_has_active_response"_s));
    }

    void responsesComeFasterThanSpeechInUnevenPieces()
    {
        QVERIFY(modelReady());
        QElapsedTimer clock;
        clock.start();
        m_server->toModel({{u"type"_s, u"response.create"_s}});
        QTRY_COMPARE(m_server->modelEvents(u"response.done"_s).size(), 1);
        const qint64 took = clock.elapsed();
        QStringList order;
        qint64 bytes = 0;
        QString words;
        for (const auto &event : m_server->fromModel) {
            if (order.isEmpty() || order.last() != event[u"type"_s].toString())
                order.append(event[u"type"_s].toString());
            const auto piece = QByteArray::fromBase64(event[u"delta"_s].toString().toLatin1());
            if (event[u"type"_s].toString() == u"response.output_audio.delta") {
                bytes += piece.size();
                QVERIFY(piece.size() % 160 != 0 || bytes % 160 != 0);
            }
            if (event[u"type"_s].toString() == u"response.output_audio_transcript.delta")
                words += event[u"delta"_s].toString();
        }
        QVERIFY2(took < bytes / 8 / 5, qPrintable(u"%1 ms for %2 ms"_s.arg(took).arg(bytes / 8)));
        QVERIFY(words.startsWith(u"Hello, this is Mike Thompson."));
        QVERIFY(order.indexOf(u"response.created"_s)
                < order.indexOf(u"response.output_item.added"_s));
        QVERIFY(order.indexOf(u"response.output_audio.done"_s)
                < order.indexOf(u"response.output_item.done"_s));
        QCOMPARE(order.last(), u"response.done"_s);
        // Truncation: to the last millisecond, and not one more.
        const QString item =
            m_server->modelEvents(u"response.output_audio.delta"_s)[0][u"item_id"_s].toString();
        QJsonObject truncate{{u"type"_s, u"conversation.item.truncate"_s},
                             {u"item_id"_s, item},
                             {u"content_index"_s, 0}};
        truncate[u"audio_end_ms"_s] = bytes / 8 + 1;
        m_server->toModel(truncate);
        QTRY_COMPARE(lastError(), u"invalid_value"_s);
        truncate[u"audio_end_ms"_s] = bytes / 8;
        m_server->toModel(truncate);
        QTRY_COMPARE(m_server->modelEvents(u"conversation.item.truncated"_s).size(), 1);
        QCOMPARE(m_sandbox->model().sessions()[0]->truncations().size(), 1U);
    }

    void callerInterruptsAndHeardMatchesTheTruncation()
    {
        m_server->twiml.clear();
        QVERIFY(inCall(u"house-sale"_s));
        QVERIFY(modelReady());
        m_server->relays = true;
        qint64 begunAt = 0;
        QElapsedTimer clock;
        clock.start();
        QString item;
        m_server->onSpeech = [&] {
            const auto deltas = m_server->modelEvents(u"response.output_audio.delta"_s);
            const auto now = sandbox::PlayOut::at(std::chrono::steady_clock::now());
            auto &playOut = m_sandbox->phone().call(m_callSid)->line()->playOut();
            // A second of speech not yet heard tells the interruption from a turn of the talk. (Not
            // how loud it is just now: the agent may be drawing breath when the caller's word
            // comes.)
            if (playOut.received().size() - playOut.playedBytes(now) < audio::kSampleRate)
                return;
            item = deltas.last()[u"item_id"_s].toString();
            for (const auto &event : deltas) {
                if (event[u"item_id"_s].toString() == item)
                    begunAt +=
                        QByteArray::fromBase64(event[u"delta"_s].toString().toLatin1()).size();
            }
            // Everything unheard is still in the buffer: what was produced less that is what was
            // heard.
            const qint64 unheard = playOut.received().size() - playOut.playedBytes(now);
            m_server->toModel({{u"type"_s, u"conversation.item.truncate"_s},
                               {u"item_id"_s, item},
                               {u"content_index"_s, 0},
                               {u"audio_end_ms"_s, (begunAt - unheard) / 8}});
            m_server->toPhone({{u"event"_s, u"clear"_s}});
            m_server->onSpeech = {};
        };
        m_server->toModel({{u"type"_s, u"response.create"_s}});
        QTRY_VERIFY_WITH_TIMEOUT(!item.isEmpty(), 45000);
        const auto &session = *m_sandbox->model().sessions()[0];
        QTRY_COMPARE(session.truncations().size(), 1U);
        QTRY_COMPARE(m_sandbox->phone().call(m_callSid)->line()->playOut().clears(), 1);
        QCOMPARE(session.callSid(), m_callSid);
        const auto heard = m_sandbox->heardMs(session, session.truncations()[0]);
        QVERIFY(heard);
        const double difference = *heard - double(session.truncations()[0].audioEndMs);
        QVERIFY2(qAbs(difference) <= 40,
                 qPrintable(u"heard %1, off by %2"_s.arg(*heard).arg(difference)));
        QVERIFY(*heard > 3500 && *heard < 6500);
        const auto transcripts = u"conversation.item.input_audio_transcription.completed"_s;
        QTRY_COMPARE_WITH_TIMEOUT(m_server->modelEvents(transcripts).size(), 2, 15000);
        QCOMPARE(m_server->modelEvents(transcripts)[1][u"transcript"_s].toString(),
                 u"Wait, wait. Stop for a second. Half is still too much."_s);
        QVERIFY2(m_sandbox->journal().breaches().isEmpty(),
                 qPrintable(m_sandbox->journal().breaches().join(u'\n')));
    }

    void speechDuringGenerationCancelsTheResponse()
    {
        QVERIFY(modelReady());
        m_server->toModel({{u"type"_s, u"response.create"_s}});
        QTRY_VERIFY(!m_server->modelEvents(u"response.output_audio.delta"_s).isEmpty());
        const QByteArray clip =
            m_sandbox->library().clip(u"carla"_s, u"Yes. Two thirds would settle it."_s);
        m_server->toModel(
            {{u"type"_s, u"input_audio_buffer.append"_s},
             {u"audio"_s, QString::fromLatin1((clip + QByteArray(8000, '\xff')).toBase64())}});
        QTRY_COMPARE(m_server->modelEvents(u"response.done"_s).size(), 2);
        const QJsonObject done =
            m_server->modelEvents(u"response.done"_s)[0][u"response"_s].toObject();
        QCOMPARE(done[u"status"_s].toString(), u"cancelled"_s);
        QCOMPARE(done[u"status_details"_s][u"reason"_s].toString(), u"turn_detected"_s);
        QVERIFY(m_server->modelEvents(u"input_audio_buffer.speech_started"_s)[0].contains(
            u"audio_start_ms"_s));
        QCOMPARE(m_server->modelEvents(u"input_audio_buffer.committed"_s).size(), 1);
        QCOMPARE(
            m_server->modelEvents(u"response.output_audio_transcript.done"_s)[1][u"transcript"_s]
                .toString(),
            u"Excellent. I will send the papers within the hour. Thank you, and congratulations."_s);
    }

    void functionCallsWaitForTheirOutput()
    {
        QVERIFY(modelReady());
        const QJsonObject tool{{u"type"_s, u"function"_s}, {u"name"_s, u"createCalendarEvent"_s}};
        m_server->toModel({{u"type"_s, u"session.update"_s},
                           {u"session"_s, QJsonObject{{u"type"_s, u"realtime"_s},
                                                      {u"tools"_s, QJsonArray{tool}}}}});
        const QByteArray clip =
            m_sandbox->library().clip(u"frank"_s, u"Jordan Miller. And please book it now."_s);
        m_server->toModel(
            {{u"type"_s, u"input_audio_buffer.append"_s},
             {u"audio"_s, QString::fromLatin1((clip + QByteArray(8000, '\xff')).toBase64())}});
        const auto calls = u"response.function_call_arguments.done"_s;
        QTRY_COMPARE(m_server->modelEvents(calls).size(), 1);
        const auto call = m_server->modelEvents(calls)[0];
        QCOMPARE(call[u"name"_s].toString(), u"createCalendarEvent"_s);
        QJsonObject output{{u"type"_s, u"function_call_output"_s},
                           {u"call_id"_s, u"call_other"_s},
                           {u"output"_s, u"{}"_s}};
        m_server->toModel({{u"type"_s, u"conversation.item.create"_s}, {u"item"_s, output}});
        QTRY_COMPARE(lastError(), u"invalid_tool_call_id"_s);
        output[u"call_id"_s] = call[u"call_id"_s];
        m_server->toModel({{u"type"_s, u"conversation.item.create"_s}, {u"item"_s, output}});
        m_server->toModel({{u"type"_s, u"response.create"_s}});
        const auto spoken = u"response.output_audio_transcript.done"_s;
        QTRY_COMPARE(m_server->modelEvents(spoken).size(), 1);
        QVERIFY(m_server->modelEvents(spoken)[0][u"transcript"_s].toString().startsWith(
            u"It is booked"));
        QCOMPARE(m_sandbox->model().sessions()[0]->toolOutputs().size(), 1);
    }

    void sessionsExpire()
    {
        m_sessionLimit = 300ms;
        restart({});
        m_server->connectModel(m_sandbox->model().url());
        QTRY_COMPARE(lastError(), u"session_expired"_s);
        QTRY_COMPARE(m_server->model.state(), QAbstractSocket::UnconnectedState);
        QVERIFY(m_server->modelEvents(u"session.created"_s)[0][u"session"_s][u"expires_at"_s]
                    .toInteger()
                > 0);
    }

    void faultsOfTheModel()
    {
        auto &model = m_sandbox->model();
        for (const auto kind : {sandbox::FaultKind::TooMany, sandbox::FaultKind::Refuse}) {
            model.faults().add({kind, 0ms, 1});
            m_server->connectModel(model.url());
            QTRY_COMPARE(m_server->model.state(), QAbstractSocket::UnconnectedState);
            QVERIFY(m_server->fromModel.isEmpty());
        }
        model.faults().add({sandbox::FaultKind::Garbage, 50ms, 1});
        QVERIFY(modelReady());
        QTRY_VERIFY(!m_server->modelEvents(u"a.future.event"_s).isEmpty());
        model.strikeAll(sandbox::FaultKind::Stall);
        m_server->toModel({{u"type"_s, u"response.create"_s}});
        m_server->toModel({{u"type"_s, u"no.such"_s}});
        QTRY_VERIFY(m_sandbox->journal().breaches().join(u' ').contains(u"no.such"));
        QVERIFY(m_server->modelEvents(u"response.created"_s).isEmpty());
        model.strikeAll(sandbox::FaultKind::Drop);
        QTRY_COMPARE(m_server->model.state(), QAbstractSocket::UnconnectedState);
    }
};

QTEST_GUILESS_MAIN(SandboxModel)
#include "tst_sandbox_model.moc"
