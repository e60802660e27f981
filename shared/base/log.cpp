#include "shared/base/log.h"

#include <QDateTime>
#include <QJsonDocument>

#include <atomic>

#include <unistd.h>

namespace base::log {

namespace {

std::atomic<Level> minimumLevel{Level::Info};

QString nameOf(Level level)
{
    switch (level) {
    case Level::Debug:
        return QStringLiteral("debug");
    case Level::Info:
        return QStringLiteral("info");
    case Level::Warning:
        return QStringLiteral("warning");
    case Level::Error:
        return QStringLiteral("error");
    }
    return {};
}

void forwardQtMessage(QtMsgType type, const QMessageLogContext &context, const QString &text)
{
    Level level = Level::Warning;
    if (type == QtDebugMsg)
        level = Level::Debug;
    else if (type == QtInfoMsg)
        level = Level::Info;
    else if (type == QtCriticalMsg || type == QtFatalMsg)
        level = Level::Error;
    write(level, "qt",
          {{QStringLiteral("category"), QString::fromUtf8(context.category)},
           {QStringLiteral("message"), text}});
}

} // namespace

void setLevel(Level level)
{
    minimumLevel = level;
}

bool isEnabled(Level level)
{
    return level >= minimumLevel.load(std::memory_order_relaxed);
}

void write(Level level, const char *event, const QJsonObject &fields)
{
    if (!isEnabled(level))
        return;
    QJsonObject line = fields;
    line.insert(QStringLiteral("time"),
                QDateTime::currentDateTimeUtc().toString(Qt::ISODateWithMs));
    line.insert(QStringLiteral("level"), nameOf(level));
    line.insert(QStringLiteral("event"), QString::fromUtf8(event));
    const QByteArray bytes = QJsonDocument(line).toJson(QJsonDocument::Compact) + '\n';
    // A full or closed standard error must not stop the service; the line is then lost.
    [[maybe_unused]] const auto written =
        ::write(STDERR_FILENO, bytes.constData(), size_t(bytes.size()));
}

QString maskedPhone(const QString &phone)
{
    if (phone.size() <= 5)
        return {phone.size(), QLatin1Char('*')};
    return phone.left(2) + QString(phone.size() - 5, QLatin1Char('*')) + phone.right(3);
}

void captureQtMessages()
{
    qInstallMessageHandler(forwardQtMessage);
}

} // namespace base::log
