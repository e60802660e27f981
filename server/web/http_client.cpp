#include "server/web/http_client.h"

#include <QUrl>

#include <curl/curl.h>

#include <mutex>
#include <vector>

namespace server::web {

namespace {

constexpr qsizetype kLargestAnswer = qsizetype(8) * 1024 * 1024;

struct EasyDeleter
{
    void operator()(CURL *handle) const { curl_easy_cleanup(handle); }
};
using Easy = std::unique_ptr<CURL, EasyDeleter>;
struct ListDeleter
{
    void operator()(curl_slist *list) const { curl_slist_free_all(list); }
};
using HeaderList = std::unique_ptr<curl_slist, ListDeleter>;

size_t collect(char *data, size_t size, size_t count, void *target)
{
    auto *body = static_cast<QByteArray *>(target);
    const qsizetype bytes = qsizetype(size) * qsizetype(count);
    if (body->size() + bytes > kLargestAnswer)
        return 0; // tells libcurl to give up
    body->append(data, bytes);
    return size_t(bytes);
}

HeaderList headersOf(const HttpRequest &request)
{
    HeaderList list;
    const auto add = [&list](const QByteArray &line) {
        list.reset(curl_slist_append(list.release(), line.constData()));
    };
    for (const auto &[name, value] : request.headers)
        add(name + ": " + value);
    if (!request.contentType.isEmpty())
        add("Content-Type: " + request.contentType);
    add("Expect:"); // a small body needs no permission
    return list;
}

} // namespace

/// Idle handles: each keeps its connections, so a handle is taken for one request and given back.
struct HttpClient::Private
{
    std::mutex mutex;
    std::vector<Easy> idle;

    Easy take()
    {
        const std::lock_guard lock(mutex);
        if (idle.empty())
            return Easy(curl_easy_init());
        Easy handle = std::move(idle.back());
        idle.pop_back();
        curl_easy_reset(handle.get());
        return handle;
    }
    void giveBack(Easy handle)
    {
        const std::lock_guard lock(mutex);
        idle.push_back(std::move(handle));
    }
};

HttpClient::HttpClient() : m_d(std::make_unique<Private>())
{
    static const CURLcode ready =
        curl_global_init(CURL_GLOBAL_DEFAULT); // once per process, thread-safely
    Q_UNUSED(ready)
}

HttpClient::~HttpClient() = default;

base::Result<HttpAnswer> HttpClient::send(const HttpRequest &request)
{
    Easy handle = m_d->take();
    CURL *curl = handle.get();
    const HeaderList headers = headersOf(request);
    HttpAnswer answer;
    const QByteArray url = request.url.toUtf8();
    const QByteArray user = request.user.toUtf8();
    curl_easy_setopt(curl, CURLOPT_URL, url.constData());
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, long(request.timeout.count()));
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers.get());
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, collect);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &answer.body);
    curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, request.method.constData());
    curl_easy_setopt(curl, CURLOPT_FRESH_CONNECT, request.isOnce ? 1L : 0L);
    if (!request.body.isEmpty() || request.method == "POST") {
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, request.body.constData());
        curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(request.body.size()));
    }
    if (!user.isEmpty()) {
        curl_easy_setopt(curl, CURLOPT_HTTPAUTH, long(CURLAUTH_BASIC));
        curl_easy_setopt(curl, CURLOPT_USERNAME, user.constData());
        curl_easy_setopt(curl, CURLOPT_PASSWORD, request.password.reveal().constData());
    }
    const CURLcode code = curl_easy_perform(curl);
    long status = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    answer.status = int(status);
    m_d->giveBack(std::move(handle));
    if (code == CURLE_OPERATION_TIMEDOUT || code == CURLE_GOT_NOTHING || code == CURLE_RECV_ERROR
        || code == CURLE_PARTIAL_FILE)
        return base::fail(base::Fault::Timeout,
                          QStringLiteral("The service did not answer in time"),
                          QUrl(request.url).host());
    if (code != CURLE_OK)
        return base::fail(base::Fault::Upstream, QStringLiteral("The service could not be reached"),
                          QUrl(request.url).host() + QStringLiteral(": ")
                              + QString::fromUtf8(curl_easy_strerror(code)));
    return answer;
}

QByteArray HttpClient::encode(const Form &form)
{
    QByteArray text;
    for (const auto &[name, value] : form) {
        if (!text.isEmpty())
            text += '&';
        text += QUrl::toPercentEncoding(name) + '=' + QUrl::toPercentEncoding(value);
    }
    return text;
}

HttpRequest HttpClient::formPost(const QString &url, const Form &form)
{
    HttpRequest request;
    request.method = "POST";
    request.url = url;
    request.contentType = "application/x-www-form-urlencoded";
    request.body = encode(form);
    return request;
}

} // namespace server::web
