// Shows the real console on lively calls of a fake server; all of the console's own options work.
//
//   console_shots [--calls N] [--away-after SECONDS] [console options]

#include "console/api/token_store.h"
#include "console/app/appearance.h"
#include "console/app/options.h"
#include "console/app/wiring.h"
#include "tests/console/fake_server.h"
#include "tests/console/lively_calls.h"

#include <QApplication>
#include <QTemporaryDir>
#include <QTextStream>
#include <QTranslator>

#include <chrono>

namespace {

/// Takes "--name N" out of the arguments.
int takeNumber(QStringList &arguments, const QString &name, int fallback)
{
    const qsizetype at = arguments.indexOf(name);
    if (at < 0 || at + 1 >= arguments.size())
        return fallback;
    const int number = arguments.at(at + 1).toInt();
    arguments.remove(at, 2);
    return number;
}

} // namespace

int main(int argc, char **argv)
{
    QApplication application(argc, argv);
    QCoreApplication::setApplicationName(QStringLiteral("console_shots"));
    QStringList arguments = QCoreApplication::arguments();
    const int callCount = takeNumber(arguments, QStringLiteral("--calls"), 10);
    const int awayAfter = takeNumber(arguments, QStringLiteral("--away-after"), 0);
    auto options = console::app::readOptions(arguments, {});
    if (!options) {
        QTextStream(stderr) << options.error().message << '\n';
        return 2;
    }
    QTranslator translator;
    if (translator.load(QLocale(), QStringLiteral("console"), QStringLiteral("_"),
                        QStringLiteral(CONSOLE_CATALOGUES)))
        QCoreApplication::installTranslator(&translator);

    tests::FakeServer server;
    tests::LivelyCalls lively(server);
    lively.start(callCount);
    const bool isSigningIn = !options->email.isEmpty();
    options->server = server.url();

    console::app::Appearance appearance;
    appearance.start(options->theme);
    QTemporaryDir folder;
    QSettings settings(folder.filePath(QStringLiteral("console.ini")), QSettings::IniFormat);
    console::api::MemoryTokenStore tokens;
    console::app::Wiring wiring(*options, settings, tokens);
    QObject::connect(&wiring, &console::app::Wiring::finished, &application,
                     &QCoreApplication::quit, Qt::QueuedConnection);
    if (awayAfter > 0)
        QTimer::singleShot(std::chrono::seconds(awayAfter), &server, &tests::FakeServer::goAway);
    wiring.start(isSigningIn ? base::Secret(server.password.toUtf8()) : base::Secret());
    return QApplication::exec();
}
