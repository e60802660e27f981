#include "server/adapters/mail/smtp_client.h"

#include "server/adapters/mail/mail_message.h"

#include <QUrl>

#include <curl/curl.h>

#include <cstring>
#include <memory>

namespace server::mail {

namespace {

struct EasyDeleter
{
    void operator()(CURL *handle) const { curl_easy_cleanup(handle); }
};
struct ListDeleter
{
    void operator()(curl_slist *list) const { curl_slist_free_all(list); }
};

struct Upload
{
    const QByteArray &message;
    qsizetype sent = 0;
};

size_t readUpload(char *buffer, size_t size, size_t count, void *source)
{
    auto *upload = static_cast<Upload *>(source);
    const qsizetype bytes =
        std::min(qsizetype(size * count), upload->message.size() - upload->sent);
    std::memcpy(buffer, upload->message.constData() + upload->sent, size_t(bytes));
    upload->sent += bytes;
    return size_t(bytes);
}

int checkAborted(void *flag, curl_off_t, curl_off_t, curl_off_t, curl_off_t)
{
    return static_cast<const std::atomic<bool> *>(flag)->load() ? 1 : 0;
}

bool isThisMachine(const QString &host)
{
    return host == QLatin1String("localhost") || host == QLatin1String("::1")
           || host.startsWith(QLatin1String("127."));
}

SmtpOutcome outcomeOf(CURLcode code, long answer)
{
    if (code == CURLE_OK)
        return SmtpOutcome::Sent;
    const bool isForGood = (answer >= 500 && answer < 600) || code == CURLE_USE_SSL_FAILED;
    return isForGood ? SmtpOutcome::Never : SmtpOutcome::Later;
}

} // namespace

std::optional<SmtpServer> SmtpServer::parse(const base::Secret &text)
{
    QUrl url(QString::fromUtf8(text.reveal()), QUrl::StrictMode);
    const bool isSmtps = url.scheme() == QLatin1String("smtps");
    if (!url.isValid() || url.host().isEmpty() || url.hasQuery() || url.hasFragment()
        || url.path().size() > 1 || (!isSmtps && url.scheme() != QLatin1String("smtp")))
        return std::nullopt;
    SmtpServer server;
    server.user = url.userName(QUrl::FullyDecoded);
    server.password = base::Secret(url.password(QUrl::FullyDecoded).toUtf8());
    server.needsTls = isSmtps || (!server.password.isEmpty() && !isThisMachine(url.host()));
    url.setUserInfo(QString());
    url.setPath(QString());
    server.url = url.toString(QUrl::FullyEncoded);
    return server;
}

SmtpReport sendBySmtp(const SmtpServer &server, const Envelope &envelope, const QByteArray &message,
                      std::chrono::milliseconds patience, const std::atomic<bool> &isAborted)
{
    static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT); // once, thread-safely
    Q_UNUSED(ready)
    const std::unique_ptr<CURL, EasyDeleter> handle(curl_easy_init());
    CURL *curl = handle.get();
    // The path is what we introduce ourselves with.
    const QByteArray url =
        (server.url + QLatin1Char('/')).toUtf8() + QUrl::toAce(domainOf(envelope.from));
    const QByteArray from = '<' + envelope.from.toUtf8() + '>';
    const QByteArray to = '<' + envelope.to.toUtf8() + '>';
    const QByteArray user = server.user.toUtf8();
    const std::unique_ptr<curl_slist, ListDeleter> recipients(
        curl_slist_append(nullptr, to.constData()));
    Upload upload{message};
    std::array<char, CURL_ERROR_SIZE> words{};
    curl_easy_setopt(curl, CURLOPT_URL, url.constData());
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, long(patience.count()));
    curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, words.data());
    curl_easy_setopt(curl, CURLOPT_USE_SSL,
                     long(server.needsTls ? CURLUSESSL_ALL : CURLUSESSL_TRY));
    curl_easy_setopt(curl, CURLOPT_MAIL_FROM, from.constData());
    curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, recipients.get());
    curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(curl, CURLOPT_READFUNCTION, readUpload);
    curl_easy_setopt(curl, CURLOPT_READDATA, &upload);
    curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, checkAborted);
    curl_easy_setopt(curl, CURLOPT_XFERINFODATA, const_cast<std::atomic<bool> *>(&isAborted));
    if (!user.isEmpty()) {
        curl_easy_setopt(curl, CURLOPT_USERNAME, user.constData());
        curl_easy_setopt(curl, CURLOPT_PASSWORD, server.password.reveal().constData());
    }
    const CURLcode code = curl_easy_perform(curl);
    long answer = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &answer);
    if (code == CURLE_OK)
        return {SmtpOutcome::Sent, {}};
    const char *why = words.front() != '\0' ? words.data() : curl_easy_strerror(code);
    return {outcomeOf(code, answer),
            QStringLiteral("%1 (%2)").arg(QString::fromUtf8(why)).arg(answer)};
}

} // namespace server::mail
