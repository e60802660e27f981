// The .env file: read, and written as an example.
#include "server/app/config.h"
#include "server/app/settings.h"

#include <QFile>
#include <QProcessEnvironment>

namespace server::app {

namespace {

QString unquoted(const QString &value)
{
    for (const QChar quote : {QLatin1Char('"'), QLatin1Char('\'')}) {
        if (value.size() >= 2 && value.startsWith(quote) && value.endsWith(quote))
            return value.mid(1, value.size() - 2);
    }
    const qsizetype comment = value.indexOf(QLatin1String(" #"));
    return comment < 0 ? value : value.left(comment).trimmed();
}

} // namespace

Variables environmentWith(const QString &envFile, QStringList &problems)
{
    Variables variables;
    QFile file(envFile);
    if (file.open(QIODevice::ReadOnly)) {
        const QStringList lines = QString::fromUtf8(file.readAll()).split(QLatin1Char('\n'));
        for (qsizetype i = 0; i < lines.size(); ++i) {
            QString line = lines.at(i).trimmed();
            if (line.isEmpty() || line.startsWith(QLatin1Char('#')))
                continue;
            if (line.startsWith(QLatin1String("export ")))
                line = line.mid(7).trimmed();
            const qsizetype equals = line.indexOf(QLatin1Char('='));
            if (equals <= 0)
                problems.append(
                    QStringLiteral("%1, line %2: not NAME=value").arg(envFile).arg(i + 1));
            else
                variables.insert(line.left(equals).trimmed(),
                                 unquoted(line.mid(equals + 1).trimmed()));
        }
    }
    const QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    for (const Setting &setting : allSettings()) {
        const QString name = QString::fromLatin1(setting.name);
        if (environment.contains(name))
            variables.insert(name, environment.value(name));
    }
    return variables;
}

QString exampleEnvFile()
{
    QString text = QStringLiteral(
        "# Settings of the speech assistant server. Copy to .env and edit; the process's own\n"
        "# environment wins over this file. What is commented out shows the default.\n");
    QString group;
    for (const Setting &setting : allSettings()) {
        if (group != QLatin1String(setting.group)) {
            group = QString::fromLatin1(setting.group);
            text += QStringLiteral("\n# --- %1 ---\n").arg(group);
        }
        text += QStringLiteral("# %1%2\n#%3=%4\n")
                    .arg(QString::fromUtf8(setting.purpose),
                         setting.isSecret ? QStringLiteral(" (secret)") : QString(),
                         QString::fromLatin1(setting.name), QString::fromUtf8(setting.standard));
    }
    return text;
}

} // namespace server::app
