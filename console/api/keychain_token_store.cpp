#include "console/api/keychain_token_store.h"

#include <QPointer>

#include <qt6keychain/keychain.h>

namespace console::api {

namespace {

QString service()
{
    return QStringLiteral("speech-assistant-console");
}

} // namespace

void KeychainTokenStore::read(const QString &account, QObject *context,
                              std::function<void(base::Secret)> then)
{
    if (m_hasFallenBack) {
        m_memory.read(account, context, std::move(then));
        return;
    }
    // Jobs delete themselves when they are done.
    auto *job = new QKeychain::ReadPasswordJob(service(), this);
    job->setInsecureFallback(false);
    job->setKey(account);
    connect(job, &QKeychain::Job::finished, this,
            [this, job, then = std::move(then), guard = QPointer<QObject>(context)] {
                const bool isFine = job->error() == QKeychain::NoError;
                if (!isFine && job->error() != QKeychain::EntryNotFound)
                    fallBack();
                if (guard)
                    then(base::Secret(isFine ? job->binaryData() : QByteArray()));
            });
    job->start();
}

void KeychainTokenStore::write(const QString &account, const base::Secret &token)
{
    // Memory has it in any case, so that a fallback in the middle loses nothing.
    m_memory.write(account, token);
    if (m_hasFallenBack)
        return;
    auto *job = new QKeychain::WritePasswordJob(service(), this);
    job->setInsecureFallback(false);
    job->setKey(account);
    job->setBinaryData(token.reveal());
    connect(job, &QKeychain::Job::finished, this, [this, job] {
        if (job->error() != QKeychain::NoError)
            fallBack();
    });
    job->start();
}

void KeychainTokenStore::remove(const QString &account)
{
    m_memory.remove(account);
    if (m_hasFallenBack)
        return;
    auto *job = new QKeychain::DeletePasswordJob(service(), this);
    job->setInsecureFallback(false);
    job->setKey(account);
    job->start();
}

void KeychainTokenStore::fallBack()
{
    if (m_hasFallenBack)
        return;
    m_hasFallenBack = true;
    emit fallenBack(tr("No key chain is available: your sign-in is kept in memory and ends with "
                       "this session."));
}

} // namespace console::api
