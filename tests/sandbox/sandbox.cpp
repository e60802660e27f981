#include "tests/sandbox/sandbox.h"

using namespace Qt::StringLiterals;

namespace sandbox {

base::Result<std::unique_ptr<Sandbox>> Sandbox::create(const Settings &settings)
{
    auto library = SpeechLibrary::load(settings.speech);
    if (!library)
        return base::failed(library);
    auto book = DialogueBook::parse(library->dialogues());
    if (!book)
        return base::failed(book);
    if (!settings.phone.dialogue.isEmpty() && !book->byName(settings.phone.dialogue))
        return base::fail(base::Fault::NotFound,
                          u"no dialogue is called '%1'"_s.arg(settings.phone.dialogue));
    std::unique_ptr<Sandbox> sandbox(new Sandbox(std::move(*library), std::move(*book)));
    sandbox->m_phone = std::make_unique<PhoneNetwork>(
        settings.phone, sandbox->m_library, sandbox->m_book, sandbox->m_tags, sandbox->m_journal);
    sandbox->m_model = std::make_unique<VoiceModel>(
        settings.voice, sandbox->m_library, sandbox->m_book, sandbox->m_tags, sandbox->m_journal);
    if (const auto listening = sandbox->m_phone->listen(settings.host, settings.phonePort);
        !listening)
        return base::failed(listening);
    if (const auto listening = sandbox->m_model->listen(settings.host, settings.modelPort);
        !listening)
        return base::failed(listening);
    sandbox->m_google = std::make_unique<GoogleService>(settings.google, sandbox->m_journal);
    if (const auto listening = sandbox->m_google->listen(settings.host, settings.googlePort);
        !listening)
        return base::failed(listening);
    sandbox->m_stripe = std::make_unique<StripeService>(settings.stripe, sandbox->m_journal);
    if (const auto listening = sandbox->m_stripe->listen(settings.host, settings.stripePort);
        !listening)
        return base::failed(listening);
    return sandbox;
}

std::optional<double> Sandbox::heardMs(const RealtimeSession &session,
                                       const RealtimeSession::Truncation &truncation) const
{
    const PhoneCall *call = m_phone->call(session.callSid());
    if (!call || !call->line())
        return std::nullopt;
    return call->line()->playOut().heardMs(truncation.produced,
                                           PlayOut::at(std::chrono::steady_clock::now()));
}

QJsonObject Sandbox::report() const
{
    QJsonArray calls;
    for (const auto &call : m_phone->calls())
        calls.append(call->report());
    QJsonArray sessions;
    for (const auto &session : m_model->sessions()) {
        QJsonObject one = session->report();
        QJsonArray truncations = one[u"truncations"_s].toArray();
        for (qsizetype i = 0; i < truncations.size(); ++i) {
            QJsonObject truncation = truncations[i].toObject();
            const auto heard = heardMs(*session, session->truncations()[size_t(i)]);
            truncation[u"heard_ms"_s] = heard ? QJsonValue(*heard) : QJsonValue();
            truncations[i] = truncation;
        }
        one[u"truncations"_s] = truncations;
        sessions.append(one);
    }
    return {{u"calls"_s, calls},
            {u"sessions"_s, sessions},
            {u"google"_s, m_google->report()},
            {u"stripe"_s, m_stripe->report()},
            {u"protocol_errors"_s, QJsonArray::fromStringList(m_journal.breaches())},
            {u"events"_s, m_journal.events()}};
}

void Sandbox::shutDown()
{
    m_phone->hangUpAll();
    m_model->closeAll();
}

} // namespace sandbox
