// speech-assistant-server
#include "server/app/operator.h"
#include "server/app/settings.h"
#include "server/app/stop_signal.h"
#include "server/app/wiring.h"
#include "shared/base/log.h"

#include <QCommandLineParser>
#include <QCoreApplication>
#include <QTextStream>

#include <cstdio>

#include <termios.h>
#include <unistd.h>

namespace {

using namespace server::app;

constexpr int kOk = 0;
constexpr int kFailed = 1;
constexpr int kBadSettings = 2; // also for a wrong command line

void say(FILE *where, const QString &text)
{
    std::fputs(qPrintable(text + QLatin1Char('\n')), where);
}

int complain(const base::Error &error)
{
    say(stderr,
        QStringLiteral("speech-assistant-server: ") + error.message
            + (error.cause.isEmpty() ? QString() : QStringLiteral(" (%1)").arg(error.cause)));
    return error.fault == base::Fault::Invalid || error.fault == base::Fault::Unprocessable
               ? kBadSettings
               : kFailed;
}

/// From ADMIN_PASSWORD, else one line of standard input, not echoed on a terminal.
QString readPassword()
{
    if (QString given = qEnvironmentVariable("ADMIN_PASSWORD"); !given.isEmpty())
        return given;
    termios before{};
    const bool isTerminal = ::tcgetattr(STDIN_FILENO, &before) == 0;
    if (isTerminal) {
        std::fputs("Password: ", stderr);
        termios quiet = before;
        quiet.c_lflag &= ~tcflag_t(ECHO);
        ::tcsetattr(STDIN_FILENO, TCSANOW, &quiet);
    }
    QTextStream input(stdin);
    QString password = input.readLine();
    if (isTerminal) {
        ::tcsetattr(STDIN_FILENO, TCSANOW, &before);
        std::fputs("\n", stderr);
    }
    return password;
}

int makeAdmin(const Config &config, const QString &email)
{
    if (const auto made = createAdmin(config, email, readPassword()); !made)
        return complain(made.error());
    say(stdout, QStringLiteral("%1 is an administrator now.").arg(email));
    return kOk;
}

int runMigrations(const Config &config)
{
    const auto applied = migrateDatabase(config);
    if (!applied)
        return complain(applied.error());
    say(stdout, QStringLiteral("%1 migrations applied.").arg(*applied));
    return kOk;
}

int renewSecrets(const Config &config)
{
    const auto lines = rotateKeys(config);
    if (!lines)
        return complain(lines.error());
    say(stdout, lines->join(QLatin1Char('\n')));
    return kOk;
}

int serve(const Config &config, const QCommandLineParser &options)
{
    const auto server = Server::create(config, QCoreApplication::applicationVersion());
    if (!server)
        return complain(server.error());
    if (options.isSet(QStringLiteral("print-routes"))) {
        std::fputs(qPrintable((*server)->describeRoutes()), stdout);
        return kOk;
    }
    if (config.isSecretKeyInvented)
        base::log::warning("config.secret_key_invented",
                           {{QStringLiteral("hint"),
                             QStringLiteral("set SECRET_KEY so that sign-ins survive a restart")}});
    if (config.twilioAuthToken.isEmpty())
        base::log::warning(
            "config.no_signatures",
            {{QStringLiteral("hint"),
              QStringLiteral("without TWILIO_AUTH_TOKEN anybody can pose as the phone network")}});
    const auto ran = (*server)->run();
    return ran ? kOk : complain(ran.error());
}

void addOptions(QCommandLineParser &parser)
{
    parser.setApplicationDescription(QStringLiteral(
        "Bridges telephone calls and a voice model, and serves the API of the speech assistant.\n"
        "Settings come from the environment and a .env file; --print-env lists them all."));
    parser.addHelpOption();
    parser.addVersionOption();
    parser.addOptions({
        {QStringLiteral("env-file"), QStringLiteral("Read settings from <file> instead of .env."),
         QStringLiteral("file"), QStringLiteral(".env")},
        {QStringLiteral("check-config"), QStringLiteral("Check the settings and exit.")},
        {QStringLiteral("print-env"),
         QStringLiteral("Print every setting as a commented .env file and exit.")},
        {QStringLiteral("print-routes"),
         QStringLiteral("Print the whole API, one line per route, and exit.")},
        {QStringLiteral("migrate"), QStringLiteral("Bring the database up to date and exit.")},
        {QStringLiteral("rotate-keys"),
         QStringLiteral("Seal with the first key of DATA_ENCRYPTION_KEY what was sealed with the "
                        "others, and exit; afterwards they can go. Servers may be running.")},
        {QStringLiteral("create-admin"),
         QStringLiteral("Make <email> an administrator and exit. The password is read from "
                        "ADMIN_PASSWORD or standard input."),
         QStringLiteral("email")},
    });
}

} // namespace

int main(int argc, char *argv[])
{
    blockStopSignals();
    QCoreApplication application(argc, argv);
    QCoreApplication::setApplicationName(QStringLiteral("speech-assistant-server"));
    QCoreApplication::setApplicationVersion(QStringLiteral(SPEECH_ASSISTANT_VERSION));
    base::log::captureQtMessages();

    QCommandLineParser parser;
    addOptions(parser);
    parser.process(application);
    if (parser.isSet(QStringLiteral("print-env"))) {
        std::fputs(exampleEnvFile().toUtf8().constData(), stdout);
        return kOk;
    }
    QStringList problems;
    const Variables variables = environmentWith(parser.value(QStringLiteral("env-file")), problems);
    const ConfigResult read = readConfig(variables);
    problems += read.problems;
    for (const QString &problem : std::as_const(problems))
        say(stderr, QStringLiteral("speech-assistant-server: ") + problem);
    if (!problems.isEmpty())
        return kBadSettings;
    base::log::setLevel(read.config.logLevel);
    if (parser.isSet(QStringLiteral("check-config"))) {
        say(stdout, QStringLiteral("The settings are good."));
        return kOk;
    }
    if (parser.isSet(QStringLiteral("migrate")))
        return runMigrations(read.config);
    if (parser.isSet(QStringLiteral("rotate-keys")))
        return renewSecrets(read.config);
    if (parser.isSet(QStringLiteral("create-admin")))
        return makeAdmin(read.config, parser.value(QStringLiteral("create-admin")));
    return serve(read.config, parser);
}
