// The description of the API against the route table, and real answers against the description.
#include "tests/journeys/stage.h"

#include <QObject>
#include <QRegularExpression>
#include <QSet>
#include <QTest>

#include <valijson/adapters/qtjson_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

using tests::Answer;
using tests::Stage;

namespace {

/// Schemas of OpenAPI 3.1 are JSON Schema 2020-12; the validator knows draft 7, whose words for
/// what we use are the same, with definitions in another place.
QJsonValue asDraft7(const QJsonValue &value)
{
    if (value.isArray()) {
        QJsonArray array;
        for (const auto &item : value.toArray())
            array.append(asDraft7(item));
        return array;
    }
    if (!value.isObject())
        return value;
    QJsonObject object;
    const QJsonObject source = value.toObject();
    for (auto it = source.begin(); it != source.end(); ++it) {
        if (it.key() == QLatin1String("$ref"))
            object.insert(it.key(),
                          it.value().toString().replace(QLatin1String("#/components/schemas/"),
                                                        QLatin1String("#/definitions/")));
        else
            object.insert(it.key(), asDraft7(it.value()));
    }
    return object;
}

/// What is wrong with `content` by that schema; empty when nothing is.
QString objections(const QJsonObject &api, const QJsonObject &schema, const QJsonValue &content)
{
    QJsonObject root = asDraft7(schema).toObject();
    root.insert(
        QStringLiteral("definitions"),
        asDraft7(
            api.value(QLatin1String("components")).toObject().value(QLatin1String("schemas"))));
    valijson::Schema parsed;
    valijson::SchemaParser parser;
    const QJsonValue rootValue(root);
    parser.populateSchema(valijson::adapters::QtJsonAdapter(rootValue), parsed);
    valijson::Validator validator;
    valijson::ValidationResults results;
    if (validator.validate(parsed, valijson::adapters::QtJsonAdapter(content), &results))
        return {};
    QString text;
    valijson::ValidationResults::Error error;
    while (results.popError(error))
        text += QString::fromStdString(error.description) + QLatin1Char('\n');
    return text;
}

QJsonValue contentOf(const Answer &answer)
{
    const QJsonDocument document = QJsonDocument::fromJson(answer.body);
    return document.isArray() ? QJsonValue(document.array()) : QJsonValue(document.object());
}

} // namespace

class OpenApi : public QObject
{
    Q_OBJECT
private slots:
    void initTestCase();
    void describesExactlyTheRouteTable();
    void answersMatchTheirSchemas();

private:
    void check(const Answer &answer, const char *method, const char *path, int status);
    QJsonObject m_api;
    QSet<QString> m_checked;
};

void OpenApi::initTestCase()
{
    Stage stage(Stage::Store::Sqlite);
    QVERIFY2(stage.isReady(), qPrintable(stage.why()));
    m_api = stage.staff().get(QStringLiteral("/openapi.json")).object();
    QVERIFY(!m_api.isEmpty());
}

void OpenApi::describesExactlyTheRouteTable()
{
    const QTemporaryDir folder;
    tests::ServerProcess server;
    QCOMPARE(server.run({QStringLiteral("--print-routes")},
                        {{QStringLiteral("DEVELOPMENT_MODE"), QStringLiteral("true")},
                         {QStringLiteral("DATA_DIR"), folder.path()}}),
             0);
    QSet<QString> served;
    for (const QString &line :
         QString::fromUtf8(server.output()).split(QLatin1Char('\n'), Qt::SkipEmptyParts)) {
        const QStringList words = line.simplified().split(QLatin1Char(' '));
        // A WebSocket begins as a GET.
        const QString method =
            words.at(0) == QLatin1String("SOCKET") ? QStringLiteral("get") : words.at(0).toLower();
        served.insert(method + QLatin1Char(' ') + words.at(1));
    }
    QSet<QString> described;
    const QJsonObject paths = m_api.value(QLatin1String("paths")).toObject();
    for (auto path = paths.begin(); path != paths.end(); ++path) {
        for (const QString &method : path.value().toObject().keys())
            described.insert(method + QLatin1Char(' ') + path.key());
    }
    QVERIFY2(!served.isEmpty(), server.output());
    QCOMPARE((served - described).values(), QStringList());
    QCOMPARE((described - served).values(), QStringList());
}

void OpenApi::check(const Answer &answer, const char *method, const char *path, int status)
{
    const QString what =
        QStringLiteral("%1 %2 %3").arg(QLatin1String(method), QLatin1String(path)).arg(status);
    QVERIFY2(answer.status == status,
             qPrintable(what + QStringLiteral(" answered ") + QString::number(answer.status)
                        + QLatin1Char(' ') + QString::fromUtf8(answer.body)));
    const QJsonObject response = m_api.value(QLatin1String("paths"))
                                     .toObject()
                                     .value(QLatin1String(path))
                                     .toObject()
                                     .value(QLatin1String(method))
                                     .toObject()
                                     .value(QLatin1String("responses"))
                                     .toObject()
                                     .value(QString::number(status))
                                     .toObject();
    QVERIFY2(!response.isEmpty(), qPrintable(what + QStringLiteral(" is not described")));
    const QJsonObject schema = response.value(QLatin1String("content"))
                                   .toObject()
                                   .value(QLatin1String("application/json"))
                                   .toObject()
                                   .value(QLatin1String("schema"))
                                   .toObject();
    const QString wrong = objections(m_api, schema, contentOf(answer));
    QVERIFY2(wrong.isEmpty(),
             qPrintable(what + QLatin1Char('\n') + wrong + QString::fromUtf8(answer.body)));
    m_checked.insert(what);
}

void OpenApi::answersMatchTheirSchemas()
{
    Stage stage(Stage::Store::Sqlite);
    QVERIFY2(stage.isReady(), qPrintable(stage.why()));
    tests::RestClient &staff = stage.staff();
    tests::RestClient nobody(stage.server().url());
    const auto path = [](const char *text) { return QString::fromLatin1(text); };

    check(nobody.get(path("/healthz")), "get", "/healthz", 200);
    check(nobody.get(path("/readyz")), "get", "/readyz", 200);
    check(nobody.get(path("/openapi.json")), "get", "/openapi.json", 200);
    check(nobody.get(path("/docs/nothing.js")), "get", "/docs/{file}", 404);

    const QJsonObject account{{path("email"), path("new@example.com")},
                              {path("password"), path("password123")}};
    const Answer registered = nobody.post(path("/auth/register"), account);
    check(registered, "post", "/auth/register", 200);
    check(nobody.post(path("/auth/register"), account), "post", "/auth/register", 400);
    check(nobody.post(path("/auth/register"), {}), "post", "/auth/register", 422);
    const QList<QPair<QString, QString>> form{{path("username"), path("new@example.com")},
                                              {path("password"), path("password123")}};
    check(nobody.postForm(path("/auth/login"), form), "post", "/auth/login", 200);
    check(nobody.postForm(path("/auth/login"), {{path("username"), path("new@example.com")},
                                                {path("password"), path("wrong")}}),
          "post", "/auth/login", 401);
    check(nobody.post(path("/auth/login"), account), "post", "/auth/login", 422);
    check(nobody.postForm(path("/token"), form), "post", "/token", 200);
    check(nobody.post(path("/auth/refresh"),
                      {{path("refresh_token"), registered.object().value(path("refresh_token"))}}),
          "post", "/auth/refresh", 200);
    check(nobody.post(path("/auth/refresh"), {{path("refresh_token"), path("made-up")}}), "post",
          "/auth/refresh", 401);
    check(nobody.get(path("/users/me")), "get", "/users/me", 401);
    check(staff.get(path("/users/me")), "get", "/users/me", 200);

    const Answer placed = staff.post(path("/calls"), {{path("phone_number"), path("4155550123")}});
    check(placed, "post", "/calls", 201);
    check(staff.post(path("/calls"), {{path("phone_number"), path("12")}}), "post", "/calls", 422);
    check(staff.post(path("/calls"), {{path("phone_number"), path("4155550123")},
                                      {path("scenario"), path("nobody")}}),
          "post", "/calls", 400);
    check(staff.get(path("/make-call/4155550124/birthday_wishes")), "get",
          "/make-call/{phone_number}/{scenario}", 200);
    check(staff.get(path("/make-call/12/default")), "get", "/make-call/{phone_number}/{scenario}",
          422);
    check(staff.get(path("/calls?limit=5")), "get", "/calls", 200);
    check(staff.get(path("/calls?limit=0")), "get", "/calls", 422);
    const qint64 id = placed.object().value(path("id")).toInteger();
    check(staff.get(path("/calls/999999")), "get", "/calls/{id}", 404);
    check(staff.get(path("/admin/calls/%1").arg(id)), "get", "/admin/calls/{id}", 200);
    check(staff.post(path("/admin/live/ticket"), {}), "post", "/admin/live/ticket", 200);
    check(nobody.postForm(path("/twilio-callback"), {{path("CallSid"), path("CA1")}}), "post",
          "/twilio-callback", 401);
    check(nobody.postForm(path("/recording-callback"), {{path("CallSid"), path("CA1")}}), "post",
          "/recording-callback", 401);
    check(nobody.postForm(path("/handle-user-input"), {{path("CallSid"), path("CA1")}}), "post",
          "/handle-user-input", 401);
    check(nobody.postForm(path("/outgoing-call/default"), {{path("CallSid"), path("CA1")}}), "post",
          "/outgoing-call/{scenario}", 401);
    check(nobody.postForm(path("/incoming-call/default"), {{path("CallSid"), path("CA1")}}), "post",
          "/incoming-call/{scenario}", 401);

    const auto hasTurns = [](const QJsonObject &call) {
        return call.value(QLatin1String("status")).toString() == QLatin1String("in-progress");
    };
    QVERIFY(hasTurns(stage.waitForCall(id, hasTurns)));
    check(staff.post(path("/admin/calls/%1/hangup").arg(id), {}), "post",
          "/admin/calls/{id}/hangup", 200);
    stage.waitForEnd(id);
    check(staff.get(path("/calls/%1").arg(id)), "get", "/calls/{id}", 200);
    check(staff.post(path("/auth/logout"), {}), "post", "/auth/logout", 200);
    QCOMPARE(m_checked.size(), 33); // a check that failed halfway would be missing here
}

QTEST_GUILESS_MAIN(OpenApi)
#include "tst_openapi.moc"
