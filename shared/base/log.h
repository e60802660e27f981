// The structured log: one line of JSON per event on standard error.
//
// Any thread may log. A line is written with one write(2), so lines never mix.
// Secrets are never passed here; phone numbers go through maskedPhone().
#pragma once

#include <QJsonObject>
#include <QString>

namespace base::log {

enum class Level { Debug, Info, Warning, Error };

/// Lines below this level are dropped. Default: Info.
void setLevel(Level level);

/// Whether a line of that level would be written; for lines that cost something to build.
bool isEnabled(Level level);

/// Writes one event. `event` is a dotted name such as "call.ended"; `fields` are its facts.
void write(Level level, const char *event, const QJsonObject &fields = {});

inline void debug(const char *event, const QJsonObject &fields = {})
{
    write(Level::Debug, event, fields);
}
inline void info(const char *event, const QJsonObject &fields = {})
{
    write(Level::Info, event, fields);
}
inline void warning(const char *event, const QJsonObject &fields = {})
{
    write(Level::Warning, event, fields);
}
inline void error(const char *event, const QJsonObject &fields = {})
{
    write(Level::Error, event, fields);
}

/// "+14155550123" becomes "+1*******123": enough to recognise, too little to dial.
QString maskedPhone(const QString &phone);

/// Sends Qt's own messages (qWarning and friends) through write().
void captureQtMessages();

} // namespace base::log
