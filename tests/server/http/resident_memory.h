// What this process holds in memory, for tests in which nobody may make the server hoard.
#pragma once

#include <QByteArray>
#include <QFile>

namespace test {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr qint64 kSanitizerKiB = qint64(512) * 1024; // sanitizers keep what has been freed
#else
inline constexpr qint64 kSanitizerKiB = 0;
#endif

/// The memory in use, of /proc/self/status in KiB.
inline qint64 residentKiB()
{
    QFile file(QStringLiteral("/proc/self/status"));
    if (!file.open(QIODevice::ReadOnly))
        return 0;
    for (const QByteArray &line : file.readAll().split('\n')) {
        if (line.startsWith("VmRSS:"))
            return line.mid(6).trimmed().split(' ').first().toLongLong();
    }
    return 0;
}

} // namespace test
