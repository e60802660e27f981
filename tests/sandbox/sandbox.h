// The stand-ins together, and what one may ask them.
#pragma once

#include "tests/sandbox/google_service.h"
#include "tests/sandbox/phone_network.h"
#include "tests/sandbox/stripe_service.h"
#include "tests/sandbox/voice_model.h"

#include <memory>

namespace sandbox {

/// A phone network, a voice model, a calendar and a payment provider that speak the vendors'
/// protocols, for demos and tests.
///
/// Lives on one event loop. Tests link it; the program speech-assistant-sandbox wraps it.
class Sandbox final : public QObject
{
    Q_OBJECT
public:
    struct Settings
    {
        PhoneSettings phone;
        VoiceSettings voice;
        QString speech; ///< a speech pack; empty: the one the build has made
        QHostAddress host{QHostAddress::LocalHost};
        quint16 phonePort = 0;
        quint16 modelPort = 0;
        GoogleSettings google;
        quint16 googlePort = 0;
        StripeSettings stripe;
        quint16 stripePort = 0;
    };

    static base::Result<std::unique_ptr<Sandbox>> create(const Settings &settings);

    PhoneNetwork &phone() { return *m_phone; }
    VoiceModel &model() { return *m_model; }
    GoogleService &google() { return *m_google; }
    StripeService &stripe() { return *m_stripe; }
    Journal &journal() { return m_journal; }
    DialogueBook &book() { return m_book; }
    const SpeechLibrary &library() const { return m_library; }

    /// How much of the truncated item the person on the phone has really heard.
    std::optional<double> heardMs(const RealtimeSession &session,
                                  const RealtimeSession::Truncation &truncation) const;
    /// Calls, sessions, truncations with what was heard, calendars, breaches of protocol, events.
    QJsonObject report() const;
    /// Hangs up and closes everything.
    void shutDown();

private:
    explicit Sandbox(SpeechLibrary library, DialogueBook book)
        : m_library(std::move(library)), m_book(std::move(book))
    {
    }

    SpeechLibrary m_library;
    DialogueBook m_book;
    LineTags m_tags;
    Journal m_journal;
    std::unique_ptr<PhoneNetwork> m_phone;
    std::unique_ptr<VoiceModel> m_model;
    std::unique_ptr<GoogleService> m_google;
    std::unique_ptr<StripeService> m_stripe;
};

} // namespace sandbox
