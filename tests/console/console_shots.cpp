// Shows the real console on lively calls of a fake server; all of the console's own options work.
//
//   console_shots [--calls N] [--away-after SECONDS] [--question FILE] [console options]
//
// --question asks to hang up the selected call after 4 s and saves a picture of the question.

#include "console/api/token_store.h"
#include "console/app/appearance.h"
#include "console/app/options.h"
#include "console/app/wiring.h"
#include "console/views/live_page.h"
#include "tests/console/fake_server.h"
#include "tests/console/lively_calls.h"

#include <QApplication>
#include <QMessageBox>
#include <QTemporaryDir>
#include <QTextStream>
#include <QTranslator>

#include <chrono>

namespace {

/// Takes "--name value" out of the arguments.
QString takeValue(QStringList &arguments, const QString &name)
{
    const qsizetype at = arguments.indexOf(name);
    if (at < 0 || at + 1 >= arguments.size())
        return {};
    QString value = arguments.at(at + 1);
    arguments.remove(at, 2);
    return value;
}

int takeNumber(QStringList &arguments, const QString &name, int fallback)
{
    const QString value = takeValue(arguments, name);
    return value.isEmpty() ? fallback : value.toInt();
}

void askAndSave(console::app::MainWindow &window, const QString &file)
{
    window.livePage()->askToHangUp();
    auto *question = window.findChild<QMessageBox *>();
    if (question != nullptr)
        QTimer::singleShot(std::chrono::milliseconds(500), question,
                           [question, file] { question->grab().save(file); });
}

} // namespace

int main(int argc, char **argv)
{
    QApplication application(argc, argv);
    QCoreApplication::setApplicationName(QStringLiteral("console_shots"));
    QStringList arguments = QCoreApplication::arguments();
    const int callCount = takeNumber(arguments, QStringLiteral("--calls"), 10);
    const int awayAfter = takeNumber(arguments, QStringLiteral("--away-after"), 0);
    const QString questionFile = takeValue(arguments, QStringLiteral("--question"));
    auto options = console::app::readOptions(arguments, {});
    if (!options) {
        QTextStream(stderr) << options.error().message << '\n';
        return 2;
    }
    QTranslator english;
    if (english.load(QStringLiteral(CONSOLE_CATALOGUES "/console_en.qm")))
        QCoreApplication::installTranslator(&english);
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
    if (!questionFile.isEmpty())
        QTimer::singleShot(std::chrono::seconds(4), &wiring,
                           [&] { askAndSave(wiring.window(), questionFile); });
    wiring.start(isSigningIn ? base::Secret(server.password.toUtf8()) : base::Secret());
    return QApplication::exec();
}
