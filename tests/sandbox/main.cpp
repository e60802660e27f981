// speech-assistant-sandbox: the phone network, the voice model and the calendar provider on this
// machine.
#include "tests/sandbox/control.h"

#include <QCommandLineParser>
#include <QCoreApplication>
#include <QJsonDocument>
#include <QSocketNotifier>
#include <QTimer>

#include <csignal>
#include <cstdio>
#include <sys/socket.h>
#include <unistd.h>

using namespace Qt::StringLiterals;

namespace {

// Long enough for the last frames and callbacks to leave.
constexpr std::chrono::milliseconds kGoodbye{200};

// A signal handler may do little more than write; the event loop reads the other end.
int g_signalPipe[2] = {-1, -1};

void onSignal(int)
{
    const char byte = 1;
    [[maybe_unused]] const auto written = ::write(g_signalPipe[0], &byte, 1);
}

struct Options
{
    sandbox::Sandbox::Settings settings;
    quint16 controlPort = 0;
    QList<std::pair<bool, sandbox::PlannedFault>> faults; ///< true: of the phone
};

const char *const kHelp =
    R"(Stands in for the phone network, the voice model and the calendar provider.

Prints one line of JSON with its addresses when ready:
  TWILIO_API_BASE_URL  -> "phone_url"      OPENAI_REALTIME_URL -> "model_url"
  TWILIO_INTELLIGENCE_BASE_URL -> "phone_url" with /v2
  GOOGLE_API_BASE_URL and GOOGLE_OAUTH_BASE_URL -> "google_url"
  STRIPE_API_BASE_URL -> "stripe_url"

Dialled numbers that end in 0001 are busy, in 0002 nobody answers, in 0003 the call fails;
all others answer.

Control port: GET /healthz, GET /report, GET /dialogues, DELETE /faults, POST /hangup {"call_sid"},
  POST /incoming {"url","from","to","dialogue"},
  POST /faults {"model":"drop|stall|garbage|slow|429|refuse","after_ms":0,"count":1,"now":false}
           or {"phone":"drop|stall|garbage|gap|429|refuse","after_ms":0,"count":1}
           or {"google":"slow|500|rate|quota|429|garbage|drop|lost","after_ms":2000,"count":1,
               "only":"POST /calendar/v3/"},
  POST /google/events (an Events resource, and "account"), POST /google/revoke {"account"})";

void addOptions(QCommandLineParser &parser)
{
    const sandbox::Sandbox::Settings defaults;
    parser.setApplicationDescription(QString::fromLatin1(kHelp));
    parser.addHelpOption();
    parser.addVersionOption();
    parser.addOptions({
        {u"host"_s, u"Address to listen on."_s, u"address"_s, u"127.0.0.1"_s},
        {u"phone-port"_s, u"Port of the phone network's REST API; 0: any."_s, u"port"_s, u"0"_s},
        {u"model-port"_s, u"Port of the voice model; 0: any."_s, u"port"_s, u"0"_s},
        {u"google-port"_s, u"Port of the calendar provider; 0: any."_s, u"port"_s, u"0"_s},
        {u"control-port"_s, u"Port of the control API; 0: any."_s, u"port"_s, u"0"_s},
        {u"account-sid"_s, u"Account of the phone network."_s, u"sid"_s,
         QString::fromLatin1(defaults.phone.accountSid)},
        {u"auth-token"_s, u"Its token, also the key of signatures."_s, u"token"_s,
         QString::fromLatin1(defaults.phone.authToken)},
        {u"other-account"_s, u"An account that a user brings (may be repeated)."_s, u"sid:token"_s},
        {u"model-key"_s, u"Bearer token of the voice model."_s, u"key"_s,
         QString::fromLatin1(defaults.voice.key)},
        {u"google-client-id"_s, u"The client that the calendar provider knows."_s, u"id"_s,
         QString::fromLatin1(defaults.google.clientId)},
        {u"google-client-secret"_s, u"Its secret."_s, u"secret"_s,
         QString::fromLatin1(defaults.google.clientSecret)},
        {u"stripe-port"_s, u"Port of the payment provider; 0: any."_s, u"port"_s, u"0"_s},
        {u"stripe-secret-key"_s, u"The key that the payment provider knows."_s, u"key"_s,
         QString::fromLatin1(defaults.stripe.secretKey)},
        {u"media-plain"_s,
         u"Speak ws and http where a URL says wss and https; signatures stay as written."_s},
        {u"reach"_s, u"Send every https and wss URL to this address, in plain."_s, u"host:port"_s},
        {u"ring-ms"_s, u"How long a phone rings."_s, u"ms"_s, u"1500"_s},
        {u"thinking-ms"_s, u"From a response's creation to its first audio."_s, u"ms"_s, u"350"_s},
        {u"speed"_s, u"How much faster than real time the model speaks."_s, u"factor"_s, u"8"_s},
        {u"session-seconds"_s, u"How long a model session lives."_s, u"s"_s, u"3600"_s},
        {u"dialogue"_s, u"The dialogue of every caller; default: by scenario, else in turn."_s,
         u"name"_s},
        {u"speech"_s, u"A speech pack instead of the built one."_s, u"file"_s},
        {u"fault"_s,
         u"A fault from the start, such as model=drop:2000 or phone=429 (may be repeated)."_s,
         u"side=kind[:after-ms]"_s},
    });
}

std::optional<std::pair<bool, sandbox::PlannedFault>> faultFrom(const QString &text)
{
    const QString side = text.section(u'=', 0, 0);
    const auto kind = sandbox::faultKind(text.section(u'=', 1).section(u':', 0, 0));
    if (!kind || (side != u"phone" && side != u"model"))
        return std::nullopt;
    const std::chrono::milliseconds after(text.section(u':', 1).toInt());
    return std::pair{side == u"phone", sandbox::PlannedFault{*kind, after, 1}};
}

/// Reads all numbers strictly; the name of the first bad option otherwise.
std::optional<Options> readOptions(const QCommandLineParser &parser, QString &bad)
{
    const auto number = [&](const QString &name) {
        bool good = false;
        const double value = parser.value(name).toDouble(&good);
        if (!good || value < 0)
            bad = name;
        return value;
    };
    Options options;
    auto &[phone, voice, speech, host, phonePort, modelPort, google, googlePort, stripe,
           stripePort] = options.settings;
    phonePort = quint16(number(u"phone-port"_s));
    modelPort = quint16(number(u"model-port"_s));
    googlePort = quint16(number(u"google-port"_s));
    stripePort = quint16(number(u"stripe-port"_s));
    stripe.secretKey = parser.value(u"stripe-secret-key"_s).toUtf8();
    options.controlPort = quint16(number(u"control-port"_s));
    google.clientId = parser.value(u"google-client-id"_s).toUtf8();
    google.clientSecret = parser.value(u"google-client-secret"_s).toUtf8();
    phone.accountSid = parser.value(u"account-sid"_s).toLatin1();
    phone.authToken = parser.value(u"auth-token"_s).toUtf8();
    for (const QString &account : parser.values(u"other-account"_s))
        phone.otherAccounts.insert(account.section(u':', 0, 0).toLatin1(),
                                   account.section(u':', 1).toUtf8());
    phone.plain = parser.isSet(u"media-plain"_s);
    phone.reach = parser.value(u"reach"_s);
    phone.ring = std::chrono::milliseconds(qint64(number(u"ring-ms"_s)));
    phone.dialogue = parser.value(u"dialogue"_s);
    voice.key = parser.value(u"model-key"_s).toUtf8();
    voice.thinking = std::chrono::milliseconds(qint64(number(u"thinking-ms"_s)));
    voice.speed = number(u"speed"_s);
    voice.sessionLimit = std::chrono::milliseconds(qint64(number(u"session-seconds"_s) * 1000));
    speech = parser.value(u"speech"_s);
    if (!host.setAddress(parser.value(u"host"_s)))
        bad = u"host"_s;
    if (voice.speed <= 0)
        bad = u"speed"_s;
    if (!phone.reach.isEmpty() && !phone.reach.contains(u':'))
        bad = u"reach"_s;
    for (const QString &text : parser.values(u"fault"_s)) {
        if (const auto fault = faultFrom(text))
            options.faults.append(*fault);
        else
            bad = u"fault"_s;
    }
    return bad.isEmpty() ? std::optional(options) : std::nullopt;
}

void say(FILE *where, const QJsonObject &object)
{
    std::fprintf(where, "%s\n", QJsonDocument(object).toJson(QJsonDocument::Compact).constData());
    std::fflush(where);
}

int runUntilSignal(QCoreApplication &application)
{
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, g_signalPipe) != 0)
        return 1;
    QSocketNotifier notifier(g_signalPipe[1], QSocketNotifier::Read);
    QObject::connect(&notifier, &QSocketNotifier::activated, &application, &QCoreApplication::quit);
    std::signal(SIGTERM, onSignal);
    std::signal(SIGINT, onSignal);
    std::signal(SIGPIPE, SIG_IGN);
    return QCoreApplication::exec();
}

} // namespace

int main(int argc, char **argv)
{
    qputenv("QT_NO_GLIB", "1");
    QCoreApplication application(argc, argv);
    QCoreApplication::setApplicationName(u"speech-assistant-sandbox"_s);
    QCoreApplication::setApplicationVersion(QStringLiteral(SANDBOX_VERSION));
    QCommandLineParser parser;
    addOptions(parser);
    parser.process(application);
    QString bad;
    const auto options = readOptions(parser, bad);
    if (!options) {
        std::fprintf(stderr, "speech-assistant-sandbox: bad value for --%s\n", qPrintable(bad));
        return 2;
    }
    auto created = sandbox::Sandbox::create(options->settings);
    if (!created) {
        std::fprintf(stderr, "speech-assistant-sandbox: %s\n", qPrintable(created.error().message));
        return 1;
    }
    sandbox::Sandbox &sandbox = **created;
    for (const auto &[ofPhone, fault] : options->faults)
        (ofPhone ? sandbox.phone().faults() : sandbox.model().faults()).add(fault);
    sandbox::Control control(sandbox);
    if (const auto listening = control.listen(options->settings.host, options->controlPort);
        !listening) {
        std::fprintf(stderr, "speech-assistant-sandbox: control port: %s\n",
                     qPrintable(listening.error().message));
        return 1;
    }
    say(stdout, {{u"phone_url"_s, sandbox.phone().baseUrl()},
                 {u"model_url"_s, sandbox.model().url()},
                 {u"google_url"_s, sandbox.google().baseUrl()},
                 {u"stripe_url"_s, sandbox.stripe().baseUrl()},
                 {u"control_url"_s,
                  u"http://%1:%2"_s.arg(options->settings.host.toString()).arg(control.port())}});
    const int status = runUntilSignal(application);
    sandbox.shutDown();
    QTimer::singleShot(kGoodbye, &application, &QCoreApplication::quit);
    QCoreApplication::exec();
    const QJsonArray breaches = sandbox.report()[u"protocol_errors"_s].toArray();
    if (!breaches.isEmpty())
        say(stderr, {{u"protocol_errors"_s, breaches}});
    return status;
}
