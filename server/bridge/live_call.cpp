#include "server/bridge/live_call.h"

#include "server/bridge/apology.h"
#include "shared/base/log.h"

namespace server::bridge {

namespace {

constexpr int kMostPhoneGarbage = 200;

/// Twilio's largest messages are a few hundred bytes; two megabytes of audio not taken is a dead
/// phone.
net::WebSocketLimits phoneLimits()
{
    net::WebSocketLimits limits;
    limits.maxMessage = 256U << 10U;
    limits.maxPending = 2U << 20U;
    return limits;
}

ConversationSettings settingsOf(const CallPlan &plan)
{
    ConversationSettings settings;
    settings.greeting = plan.greeting;
    // The model's own default is to interrupt.
    settings.modelInterrupts =
        plan.turnDetection.value(QLatin1String("interrupt_response")).toBool(true);
    return settings;
}

protocol::LiveCall rowOf(const CallPlan &plan)
{
    protocol::LiveCall row;
    row.id = plan.id.value;
    row.callSid = plan.callSid;
    row.direction = plan.direction == Direction::Inbound ? QStringLiteral("inbound")
                                                         : QStringLiteral("outbound");
    row.phoneNumber = base::log::maskedPhone(plan.phoneNumber);
    row.account = plan.account;
    row.scenario = plan.scenario;
    row.scenarioTitle = plan.scenarioTitle;
    row.state = protocol::CallState::Connecting;
    row.startedAt = base::utcNow();
    row.durationLimitSeconds = int(plan.durationLimit.count());
    return row;
}

CallPlan completed(CallPlan plan, const PhoneStart &start)
{
    if (plan.callSid.isEmpty())
        plan.callSid = QString::fromStdString(start.callSid);
    return plan;
}

} // namespace

LiveCall::LiveCall(Ports ports, CallPlan plan, PhoneStart start,
                   std::shared_ptr<ModelSession> model)
    : m_ports(std::move(ports)),
      m_plan(completed(std::move(plan), start)),
      m_start(std::move(start)),
      m_model(std::move(model)),
      m_conversation(settingsOf(m_plan), *this),
      m_track(*this),
      m_tap(m_plan.id.value),
      m_row(rowOf(m_plan))
{
}

LiveCall::~LiveCall()
{
    m_ports.park.loop().cancelTimer(m_limitTimer);
}

void LiveCall::begin(net::Detached socket)
{
    m_row.answeredAt = base::utcNow();
    if (m_plan.isRecorded && !m_ports.recordingsFolder.isEmpty()) {
        m_recordingFile = QStringLiteral("call-%1-%2.wav")
                              .arg(m_plan.id.value)
                              .arg(m_row.answeredAt.toString(QStringLiteral("yyyyMMdd-HHmmss")));
        m_recorder =
            std::make_unique<Recorder>(m_ports.recordingsFolder, m_recordingFile, m_ports.files);
    }
    m_phone = m_ports.park.accept(std::move(socket), *this, phoneLimits());
    m_limitTimer = m_ports.park.loop().startTimer(m_plan.durationLimit, [this] {
        m_limitTimer = 0;
        endSoon(EndReason::DurationLimit);
    });
    base::log::info("call.began", {{QStringLiteral("call"), m_plan.id.value},
                                   {QStringLiteral("call_sid"), m_plan.callSid}});
    m_conversation.onPhoneStarted(now());
    m_model->attach(this);
    if (m_model->isReady())
        onModelReady();
    else if (m_model->isGone())
        onModelGone(QStringLiteral("it could not be reached while the phone rang"));
    else
        m_model->start();
    tellChanges();
}

void LiveCall::onLegText(std::string_view message)
{
    if (m_isEnding)
        return;
    onPhoneEvent(m_ports.phoneCodec.read(message, m_spare));
}

void LiveCall::onPhoneEvent(const PhoneEvent &event)
{
    if (const auto *media = std::get_if<PhoneMedia>(&event)) {
        ++m_framesReceived;
        m_conversation.onCallerMedia(*media, now());
        m_track.addCaller(media->payload);
    } else if (const auto *mark = std::get_if<PhoneMark>(&event)) {
        m_conversation.onMark(mark->number, now());
    } else if (const auto *dtmf = std::get_if<PhoneDtmf>(&event)) {
        m_conversation.onDtmf(dtmf->digit, now());
    } else if (std::holds_alternative<PhoneStop>(event)) {
        endSoon(EndReason::CallerHungUp);
    } else if (std::holds_alternative<Garbage>(event)
               || std::holds_alternative<PhoneStart>(event)) {
        countGarbage(); // a second `start` has no meaning
    }
}

void LiveCall::countGarbage()
{
    if (m_garbage++ == 0)
        base::log::warning("phone.garbage", {{QStringLiteral("call"), m_plan.id.value}});
    if (m_garbage > kMostPhoneGarbage)
        endSoon(EndReason::StreamLost);
}

void LiveCall::onLegClosed(std::uint16_t code, const std::string &reason, int)
{
    m_phone.reset();
    if (m_isEnding)
        return;
    base::log::warning("phone.lost", {{QStringLiteral("call"), m_plan.id.value},
                                      {QStringLiteral("code"), code},
                                      {QStringLiteral("why"), QString::fromStdString(reason)}});
    endSoon(EndReason::StreamLost);
}

void LiveCall::onModelGone(const QString &why)
{
    if (std::exchange(m_hasApologised, true))
        return;
    base::log::error("model.gone",
                     {{QStringLiteral("call"), m_plan.id.value}, {QStringLiteral("why"), why}});
    const auto clip = apology();
    m_conversation.apologise(
        {reinterpret_cast<const std::uint8_t *>(clip.constData()), size_t(clip.size())}, now());
}

void LiveCall::giveUpModel()
{
    m_ports.park.loop().post([weak = weak_from_this()] {
        const auto self = weak.lock();
        if (!self || self->m_hasEnded)
            return;
        self->m_model->close();
        self->onModelGone(QStringLiteral("its responses fail"));
    });
}

template <typename Write>
void LiveCall::sendToPhone(Write write)
{
    std::string &out = m_ports.park.loop().scratch();
    out.clear();
    write(out);
    if (m_phone && !m_phone->sendText(out))
        endSoon(EndReason::StreamLost);
}

void LiveCall::sendMedia(std::string_view base64)
{
    sendToPhone(
        [&](std::string &out) { m_ports.phoneCodec.writeMedia(out, m_start.streamSid, base64); });
    ++m_framesSent;
    m_track.addAgent(base64);
}

void LiveCall::sendMark(std::uint64_t number)
{
    sendToPhone(
        [&](std::string &out) { m_ports.phoneCodec.writeMark(out, m_start.streamSid, number); });
}

void LiveCall::clearPhone()
{
    sendToPhone([&](std::string &out) { m_ports.phoneCodec.writeClear(out, m_start.streamSid); });
    m_track.clearAgent();
}

void LiveCall::tellModel(Role role, const QString &text)
{
    m_model->send(
        [&](const ModelCodec &codec, std::string &out) { codec.writeText(out, role, text); });
}

void LiveCall::requestResponse()
{
    m_model->send([&](const ModelCodec &codec, std::string &out) { codec.writeRespond(out); });
}

void LiveCall::cancelResponse(const std::string &responseId)
{
    m_model->send(
        [&](const ModelCodec &codec, std::string &out) { codec.writeCancel(out, responseId); });
}

void LiveCall::truncateItem(const std::string &itemId, int contentIndex, std::int64_t endMs)
{
    m_model->send([&](const ModelCodec &codec, std::string &out) {
        codec.writeTruncate(out, itemId, contentIndex, endMs);
    });
}

void LiveCall::deleteItem(const std::string &itemId)
{
    m_model->send(
        [&](const ModelCodec &codec, std::string &out) { codec.writeDelete(out, itemId); });
}

void LiveCall::sendToolResult(const std::string &callId, const QString &result)
{
    m_model->send([&](const ModelCodec &codec, std::string &out) {
        codec.writeToolResult(out, callId, result);
    });
}

bool LiveCall::isOffered(const QString &tool) const
{
    return std::any_of(m_plan.tools.begin(), m_plan.tools.end(), [&](const QJsonValue &one) {
        return one.toObject().value(QLatin1String("name")).toString() == tool;
    });
}

void LiveCall::runTool(const ModelToolCall &call)
{
    const ToolRunner::Answer answer = [gate = m_ports.gate, weak = weak_from_this(),
                                       id = call.callId](const QString &result) {
        gate->post([weak, id, result] {
            if (const auto self = weak.lock(); self && !self->m_hasEnded)
                self->m_conversation.onToolResult(id, result, self->now());
        });
    };
    if (isOffered(call.name))
        m_ports.tools.run(m_plan.id, call.name, call.arguments, answer);
    else // a model that invents one must not fall silent
        answer(QStringLiteral(R"({"error":"there is no such tool"})"));
}

void LiveCall::onSound(SoundTrack::Leg caller, SoundTrack::Leg agent)
{
    m_callerMeter.add(caller);
    m_agentMeter.add(agent);
    m_tap.push(caller, agent);
    if (m_recorder)
        m_recorder->add(caller, agent);
}

} // namespace server::bridge
