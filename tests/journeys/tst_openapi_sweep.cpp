// Thousands of wrong requests, made from the API's description: each gets a clear 4xx.
#include "tests/journeys/app_clients.h"
#include "tests/journeys/bad_input.h"

#include <QObject>
#include <QTest>

using namespace tests;

namespace {

constexpr int kLeast = 2'000;

/// Words that only our insides know.
QString leakIn(const QByteArray &body)
{
    for (const char *word : {"SELECT ", "INSERT ", "sqlite", "SQLite", "QPSQL", "QSql",
                             "std::", "exception", "server/", "/tmp/", "tl::", "pg_"}) {
        if (body.contains(word))
            return QString::fromLatin1(word);
    }
    return {};
}

/// What is wrong with the answer to a wrong request; empty when nothing is.
QString objectionTo(const BadRequest &request, const Answer &answer)
{
    if (answer.status == 0)
        return QStringLiteral("was not answered");
    if (answer.status >= 500)
        return QStringLiteral("answered %1").arg(answer.status);
    // Whoever wants to sign out does, whatever the body is worth.
    const bool isFarewell = request.path == QLatin1String("/auth/logout");
    if (request.mustFail && answer.status < 400 && !isFarewell)
        return QStringLiteral("was taken: %1").arg(answer.status);
    if (const QString leak = leakIn(answer.body); !leak.isEmpty() && answer.status >= 400)
        return QStringLiteral("tells of '%1'").arg(leak);
    if (answer.status >= 400 && answer.object().value(QLatin1String("detail")).isUndefined())
        return QStringLiteral("%1 without a detail").arg(answer.status);
    return {};
}

} // namespace

class OpenApiSweep : public QObject
{
    Q_OBJECT
private slots:
    void everyWrongRequestGetsAClearAnswer();
};

void OpenApiSweep::everyWrongRequestGetsAClearAnswer()
{
    Stage stage(Stage::Store::Sqlite,
                {{QStringLiteral("APPLE_CLIENT_IDS"), QStringLiteral("com.example.app")}});
    QVERIFY2(stage.isReady(), qPrintable(stage.why()));
    RestClient nobody(stage.server().url());
    AppUser account(stage, AppUser::App::Web, QStringLiteral("sweep"));
    QVERIFY(account.isIn());
    const QJsonObject api = nobody.get(QStringLiteral("/openapi.json")).object();
    const auto requests = badRequestsFor(api);
    QStringList wrong;
    int sent = 0;
    for (const BadRequest &request : requests) {
        // Whoever passes these would end the account that the others are sent with.
        if (request.path.startsWith(QLatin1String("/users/me")) && request.method == "DELETE")
            continue;
        const Answer answer =
            request.needsStaff ? stage.staff().send(request.method, request.path,
                                                    request.contentType, request.body)
            : request.isOpen
                ? nobody.send(request.method, request.path, request.contentType, request.body)
                : account.sendRaw(request.method, request.path, request.contentType, request.body);
        ++sent;
        if (const QString objection = objectionTo(request, answer); !objection.isEmpty())
            wrong.append(request.what + QStringLiteral(" -> ") + objection + QLatin1Char(' ')
                         + QString::fromUtf8(answer.body.left(200)));
    }
    QVERIFY2(wrong.isEmpty(), qPrintable(QLatin1Char('\n') + wrong.join(QLatin1Char('\n'))));
    qInfo("%d wrong requests", sent);
    QVERIFY2(sent >= kLeast, qPrintable(QStringLiteral("only %1 requests").arg(sent)));
    QCOMPARE(nobody.get(QStringLiteral("/healthz")).status, 200);
}

QTEST_GUILESS_MAIN(OpenApiSweep)
#include "tst_openapi_sweep.moc"
