#include "console/app/options.h"

#include "console/views/sign_in_page.h"

#include <QCommandLineParser>
#include <QCoreApplication>

#include <optional>

namespace console::app {

namespace {

struct Tr
{
    Q_DECLARE_TR_FUNCTIONS(console::app::Options)
};

void describe(QCommandLineParser &parser)
{
    const auto value = [&parser](const char *name, const QString &help, const char *what) {
        parser.addOption({QString::fromLatin1(name), help, QString::fromLatin1(what)});
    };
    const auto flag = [&parser](const char *name, const QString &help) {
        parser.addOption({QString::fromLatin1(name), help});
    };
    parser.setApplicationDescription(
        Tr::tr("Watches, hears and ends calls of the phone assistant."));
    parser.addOption({{QStringLiteral("h"), QStringLiteral("help")}, Tr::tr("Show this help.")});
    parser.addOption(
        {{QStringLiteral("v"), QStringLiteral("version")}, Tr::tr("Show the version.")});
    value("server", Tr::tr("Address of the server."), "url");
    value("email", Tr::tr("Account to sign in with."), "address");
    value("password-env", Tr::tr("Environment variable that holds the password."), "name");
    value("theme", Tr::tr("light, dark, or system (default)."), "theme");
    flag("select-first", Tr::tr("Select the first call whenever none is selected."));
    flag("listen-first", Tr::tr("Listen to the first talking call, and to the next when it ends."));
    value("screenshot", Tr::tr("Save a picture of the window to this PNG file."), "file");
    value("screenshot-when-talking", Tr::tr("Wait for this many talking calls (default 1)."), "n");
    value("screenshot-timeout", Tr::tr("Take the picture after this time anyway (default 60)."),
          "seconds");
    flag("quit-after-screenshot", Tr::tr("Quit once the picture is saved."));
}

base::Result<int> numberOf(const QCommandLineParser &parser, const char *name, int fallback)
{
    const QString option = QString::fromLatin1(name);
    if (!parser.isSet(option))
        return fallback;
    bool isNumber = false;
    const int number = parser.value(option).toInt(&isNumber);
    if (!isNumber || number < 0 || number > 86400)
        return base::fail(base::Fault::Invalid,
                          Tr::tr("--%1 needs a number from 0 to 86400.").arg(option));
    return number;
}

base::Result<Options> collect(const QCommandLineParser &parser, const QString &themeText)
{
    Options options;
    if (parser.isSet(QStringLiteral("server"))) {
        const auto server = views::serverFromText(parser.value(QStringLiteral("server")));
        if (!server)
            return base::fail(base::Fault::Invalid,
                              Tr::tr("--server needs an http or https address."));
        options.server = *server;
    }
    const auto theme = Appearance::choiceFromText(themeText);
    if (!theme)
        return base::fail(base::Fault::Invalid,
                          Tr::tr("The theme is light, dark or system, not \"%1\".").arg(themeText));
    const auto talking = numberOf(parser, "screenshot-when-talking", 1);
    const auto timeout = numberOf(parser, "screenshot-timeout", 60);
    for (const auto &number : {talking, timeout}) {
        if (!number)
            return base::failed(number);
    }
    options.theme = *theme;
    options.email = parser.value(QStringLiteral("email"));
    options.passwordVariable = parser.value(QStringLiteral("password-env"));
    options.selectFirst = parser.isSet(QStringLiteral("select-first"));
    options.listenFirst = parser.isSet(QStringLiteral("listen-first"));
    options.screenshotFile = parser.value(QStringLiteral("screenshot"));
    options.screenshotWhenTalking = *talking;
    options.screenshotTimeout = std::chrono::seconds(*timeout);
    options.quitAfterScreenshot = parser.isSet(QStringLiteral("quit-after-screenshot"));
    return options;
}

} // namespace

base::Result<Options> readOptions(const QStringList &arguments, const QString &themeFromEnvironment)
{
    QCommandLineParser parser;
    describe(parser);
    if (!parser.parse(arguments))
        return base::fail(base::Fault::Invalid, parser.errorText());
    if (!parser.positionalArguments().isEmpty())
        return base::fail(
            base::Fault::Invalid,
            Tr::tr("Unexpected argument: %1").arg(parser.positionalArguments().first()));
    Options options;
    if (parser.isSet(QStringLiteral("help"))) {
        options.informationText = parser.helpText();
        return options;
    }
    if (parser.isSet(QStringLiteral("version"))) {
        options.informationText = QStringLiteral("%1 %2\n").arg(
            QCoreApplication::applicationName(), QCoreApplication::applicationVersion());
        return options;
    }
    QString theme = parser.value(QStringLiteral("theme"));
    if (theme.isEmpty())
        theme = themeFromEnvironment.isEmpty() ? QStringLiteral("system") : themeFromEnvironment;
    return collect(parser, theme);
}

} // namespace console::app
