#include "console/api/api_problem.h"

#include <QCoreApplication>
#include <QJsonDocument>
#include <QJsonObject>

namespace console::api {

namespace {

struct Tr
{
    Q_DECLARE_TR_FUNCTIONS(console::api::Problem)
};

constexpr qsizetype kLongestMessage = 300;

/// `detail` is a sentence, or an object with one in `message`.
QString detailOf(const QByteArray &body)
{
    const QJsonValue detail = QJsonDocument::fromJson(body).object().value(QLatin1String("detail"));
    const QString text = detail.isObject()
                             ? detail.toObject().value(QLatin1String("message")).toString()
                             : detail.toString();
    return text.simplified().left(kLongestMessage);
}

base::Fault faultOf(int status)
{
    switch (status) {
    case 400:
        return base::Fault::Invalid;
    case 401:
        return base::Fault::Unauthenticated;
    case 402:
        return base::Fault::PaymentRequired;
    case 403:
        return base::Fault::Forbidden;
    case 404:
        return base::Fault::NotFound;
    case 409:
        return base::Fault::Conflict;
    case 422:
        return base::Fault::Unprocessable;
    case 429:
        return base::Fault::LimitReached;
    case 503:
        return base::Fault::Unavailable;
    case 504:
        return base::Fault::Timeout;
    default:
        return base::Fault::Upstream;
    }
}

QString sentenceForStatus(int status)
{
    switch (status) {
    case 401:
        return Tr::tr("The server does not know this sign-in.");
    case 403:
        return Tr::tr("Your role does not allow this.");
    case 404:
        return Tr::tr("The server does not know this any more.");
    case 429:
        return Tr::tr("Too many attempts. Please wait a moment.");
    case 503:
        return Tr::tr("The server is busy. Please try again.");
    default:
        return Tr::tr("The server answered with an error (%1).").arg(status);
    }
}

QString sentenceFor(QNetworkReply::NetworkError networkError)
{
    switch (networkError) {
    case QNetworkReply::ConnectionRefusedError:
        return Tr::tr("Nothing answers at this address.");
    case QNetworkReply::HostNotFoundError:
        return Tr::tr("There is no server of this name.");
    case QNetworkReply::TimeoutError:
    case QNetworkReply::OperationCanceledError: // this is how Qt reports its transfer time-out
        return Tr::tr("The server did not answer in time.");
    case QNetworkReply::SslHandshakeFailedError:
        return Tr::tr("The server's certificate could not be verified.");
    default:
        return Tr::tr("The server cannot be reached.");
    }
}

} // namespace

base::Error problemOf(int status, QNetworkReply::NetworkError networkError, const QByteArray &body)
{
    if (status == 0)
        return {base::Fault::Unavailable, sentenceFor(networkError), {}};
    const QString detail = detailOf(body);
    return {faultOf(status), detail.isEmpty() ? sentenceForStatus(status) : detail,
            QStringLiteral("HTTP %1").arg(status)};
}

} // namespace console::api
