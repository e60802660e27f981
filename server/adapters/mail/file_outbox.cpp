#include "server/adapters/mail/file_outbox.h"

#include "server/core/accounts/opaque_token.h"
#include "shared/base/log.h"

#include <QDir>
#include <QSaveFile>

namespace server::mail {

base::Result<> FileOutbox::send(const core::Mail &mail)
{
    const QDateTime now = m_now();
    const QByteArray id = core::systemRandom(8).toHex();
    const QString path =
        QDir(m_folder).absoluteFilePath(now.toString(QStringLiteral("yyyyMMdd-HHmmss-zzz-"))
                                        + QString::fromLatin1(id) + QStringLiteral(".eml"));
    QSaveFile file(path); // whoever watches the folder sees whole mails only
    const bool isWritten = QDir().mkpath(m_folder) && file.open(QIODevice::WriteOnly)
                           && file.write(composed(mail, m_from, now, id)) >= 0
                           && file.setPermissions(QFile::ReadOwner | QFile::WriteOwner)
                           && file.commit();
    if (!isWritten)
        return base::fail(base::Fault::Unavailable, QStringLiteral("The mail could not be written"),
                          path + QStringLiteral(": ") + file.errorString());
    base::log::info("mail.written", {{QStringLiteral("file"), path}});
    return {};
}

} // namespace server::mail
