// What the command line says.
#pragma once

#include "console/app/appearance.h"
#include "shared/base/result.h"

#include <QString>
#include <QStringList>
#include <QUrl>

#include <chrono>

namespace console::app {

struct Options
{
    QUrl server;              ///< empty: the one used last
    QString email;            ///< with passwordVariable: sign in at once
    QString passwordVariable; ///< name of the environment variable that holds the password
    Appearance::Choice theme = Appearance::Choice::System;
    bool selectFirst = false;
    bool listenFirst = false;
    QString screenshotFile;
    int screenshotWhenTalking = 1;
    std::chrono::seconds screenshotTimeout{60};
    bool quitAfterScreenshot = false;

    QString informationText; ///< of --help or --version: to be printed instead of a start
};

/// Reads the command line; the failure's message names what is wrong in one line.
base::Result<Options> readOptions(const QStringList &arguments,
                                  const QString &themeFromEnvironment);

} // namespace console::app
