// speech-assistant-console: the desktop window on the phone assistant's calls.

#include "console/api/keychain_token_store.h"
#include "console/app/appearance.h"
#include "console/app/options.h"
#include "console/app/wiring.h"

#include <QApplication>
#include <QLibraryInfo>
#include <QLocale>
#include <QTextStream>
#include <QTranslator>

#include <cstdio>

namespace {

/// English plurals, then our texts and Qt's own in the user's language. A missing catalogue means
/// English.
void installTranslations(QTranslator &english, QTranslator &ours, QTranslator &qts)
{
    const QLocale locale;
    if (english.load(QStringLiteral(":/i18n/console_en.qm")))
        QCoreApplication::installTranslator(&english);
    if (ours.load(locale, QStringLiteral("console"), QStringLiteral("_"), QStringLiteral(":/i18n")))
        QCoreApplication::installTranslator(&ours);
    if (qts.load(locale, QStringLiteral("qtbase"), QStringLiteral("_"),
                 QLibraryInfo::path(QLibraryInfo::TranslationsPath)))
        QCoreApplication::installTranslator(&qts);
}

base::Secret passwordFrom(const QString &variable)
{
    if (variable.isEmpty())
        return {};
    const QByteArray name = variable.toLocal8Bit();
    base::Secret password(qgetenv(name.constData()));
    // Programs we might start have no business with it.
    qunsetenv(name.constData());
    return password;
}

} // namespace

int main(int argc, char **argv)
{
    using namespace console;
    QCoreApplication::setApplicationName(QStringLiteral("speech-assistant-console"));
    QCoreApplication::setOrganizationName(QStringLiteral("speech-assistant"));
    QCoreApplication::setApplicationVersion(QStringLiteral(CONSOLE_VERSION));
    QGuiApplication::setDesktopFileName(QStringLiteral("speech-assistant-console"));
    QApplication application(argc, argv);
    QTranslator english;
    QTranslator ours;
    QTranslator qts;
    installTranslations(english, ours, qts);

    const auto options = app::readOptions(QCoreApplication::arguments(),
                                          qEnvironmentVariable("SPEECH_ASSISTANT_CONSOLE_THEME"));
    if (!options) {
        QTextStream(stderr) << QCoreApplication::applicationName() << ": "
                            << options.error().message << '\n';
        return 2;
    }
    if (!options->informationText.isEmpty()) {
        QTextStream(stdout) << options->informationText;
        return 0;
    }
    app::Appearance appearance;
    appearance.start(options->theme);
    QSettings settings;
    api::KeychainTokenStore tokens;
    app::Wiring wiring(*options, settings, tokens);
    QObject::connect(&wiring, &app::Wiring::finished, &application, &QCoreApplication::quit,
                     Qt::QueuedConnection);
    wiring.start(passwordFrom(options->passwordVariable));
    return QApplication::exec();
}
