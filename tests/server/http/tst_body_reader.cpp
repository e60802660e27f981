// Fields of bodies, forms and queries: what is read, and what is said about what cannot be.
#include "server/http/body_reader.h"

#include <QJsonDocument>
#include <QTest>

using namespace server::http;

namespace {

Request jsonRequest(const QByteArray &body, const char *type = "application/json")
{
    Request request;
    if (type)
        request.headers.emplace_back("content-type", type);
    request.body = body;
    return request;
}

/// "field: message; field: message" of a 422.
QByteArray errorsOf(const FieldReader &reader)
{
    if (reader.ok())
        return {};
    const Response response = reader.problem();
    const QJsonObject object = QJsonDocument::fromJson(response.body).object();
    if (response.status != 422
        || object.value(QStringLiteral("detail")).toString() != QStringLiteral("Validation error"))
        return "not a validation problem: " + response.body;
    QByteArrayList list;
    for (const auto &one : object.value(QStringLiteral("errors")).toArray()) {
        list += one[QStringLiteral("field")].toString().toUtf8() + ": "
                + one[QStringLiteral("message")].toString().toUtf8();
    }
    return list.join("; ");
}

} // namespace

class TestBodyReader : public QObject
{
    Q_OBJECT

private slots:
    void goodBody();
    void strings_data();
    void strings();
    void numbers_data();
    void numbers();
    void wholeBody_data();
    void wholeBody();
    void allErrorsAtOnce();
    void forms_data();
    void forms();
    void rawFormOfAnExistingClient();
    void query();
    void problemStatuses_data();
    void problemStatuses();
};

void TestBodyReader::goodBody()
{
    const Request request = jsonRequest(
        R"({"name":"Änn 😀","age":41,"on":true,"none":null,"list":[1],"map":{"a":1},"x":1.5})");
    BodyReader reader(request);
    QCOMPARE(reader.requiredString("name", {.min = 5, .max = 5}), QStringLiteral("Änn 😀"));
    QCOMPARE(reader.requiredInteger("age"), 41);
    QCOMPARE(reader.requiredBool("on"), true);
    QCOMPARE(reader.optionalString("none"), std::nullopt);
    QCOMPARE(reader.optionalInteger("absent"), std::nullopt);
    QCOMPARE(reader.optionalArray("list")->size(), 1);
    QCOMPARE(reader.optionalObject("map")->size(), 1);
    QCOMPARE(reader.optionalNumber("x"), std::optional(1.5));
    QVERIFY(reader.has("name") && !reader.has("none") && !reader.has("absent"));
    QVERIFY(reader.ok());
}

void TestBodyReader::strings_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QByteArray>("errors");
    const auto row = [](const char *name, const QByteArray &body, const char *errors) {
        QTest::newRow(name) << body << QByteArray(errors);
    };
    row("missing", "{}", "email: Field required");
    row("null", R"({"email":null})", "email: Field required");
    row("number", R"({"email":5})", "email: Input should be a valid string");
    row("object", R"({"email":{}})", "email: Input should be a valid string");
    row("array", R"({"email":[]})", "email: Input should be a valid string");
    row("too short", R"({"email":"ab"})", "email: String should have at least 3 characters");
    row("empty", R"({"email":""})", "email: String should have at least 3 characters");
    row("too long", R"({"email":"abcdefghi"})", "email: String should have at most 8 characters");
    row("eight emoji are eight characters",
        R"({"email":")" + QByteArray("\xf0\x9f\x98\x80").repeated(8) + R"("})", "");
    row("nine emoji", R"({"email":")" + QByteArray("\xf0\x9f\x98\x80").repeated(9) + R"("})",
        "email: String should have at most 8 characters");
    row("NUL", R"({"email":"a\u0000b"})", "email: String should not contain NUL characters");
    row("half a surrogate pair", R"({"email":"a\ud800b"})",
        "email: String should be valid Unicode");
}

void TestBodyReader::strings()
{
    QFETCH(QByteArray, body);
    QFETCH(QByteArray, errors);
    const Request request = jsonRequest(body);
    BodyReader reader(request);
    reader.requiredString("email", {.min = 3, .max = 8});
    QCOMPARE(errorsOf(reader), errors);
}

void TestBodyReader::numbers_data()
{
    QTest::addColumn<QByteArray>("value");
    QTest::addColumn<QByteArray>("errors");
    const auto row = [](const char *value, const char *errors) {
        QTest::newRow(value) << QByteArray(value) << QByteArray(errors);
    };
    row("1", "");
    row("10", "");
    row("1.0", "");
    row("0", "n: Input should be greater than or equal to 1");
    row("11", "n: Input should be less than or equal to 10");
    row("1.5", "n: Input should be a valid integer");
    row("1e400", "10: JSON decode error"); // no number that can be held
    row("1e30", "n: Input should be a valid integer");
    row("9223372036854775807", "n: Input should be less than or equal to 10");
    row("9223372036854775808", "n: Input should be a valid integer");
    row(R"("5")", "n: Input should be a valid integer");
    row("true", "n: Input should be a valid integer");
    row("[]", "n: Input should be a valid integer");
    row("null", "n: Field required");
}

void TestBodyReader::numbers()
{
    QFETCH(QByteArray, value);
    QFETCH(QByteArray, errors);
    const Request request = jsonRequest(R"({"n":)" + value + "}");
    BodyReader reader(request);
    reader.requiredInteger("n", {.min = 1, .max = 10});
    QCOMPARE(errorsOf(reader), errors);
}

void TestBodyReader::wholeBody_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QByteArray>("type");
    QTest::addColumn<QByteArray>("errors");
    const char *json = "application/json";
    const auto row = [](const char *name, const QByteArray &body, const char *type,
                        const char *errors) {
        QTest::newRow(name) << body << QByteArray(type) << QByteArray(errors);
    };
    const char *noObject = ": Input should be a valid dictionary or object to extract fields from";
    row("empty", "", json, ": Field required");
    row("blanks", " \r\n ", json, ": Field required");
    row("an array", "[1]", json, noObject);
    row("a number", "5", json, noObject);
    row("a text", R"("x")", json, noObject);
    row("null", "null", json, noObject);
    row("not JSON at all", "hello", json, "1: JSON decode error");
    row("no type is JSON", R"({"a":"b"})", "", "");
    row("parameters of the type", R"({"a":"b"})", "application/json; charset=utf-8", "");
    row("a type made of JSON", R"({"a":"b"})", "application/merge-patch+json", "");
    row("another type", R"({"a":"b"})", "text/plain", noObject);
    row("a form where none is taken", "a=b", "application/x-www-form-urlencoded", noObject);
}

void TestBodyReader::wholeBody()
{
    QFETCH(QByteArray, body);
    QFETCH(QByteArray, type);
    QFETCH(QByteArray, errors);
    const Request request = jsonRequest(body, type.isEmpty() ? nullptr : type.constData());
    BodyReader reader(request);
    reader.requiredString("a"); // says nothing when the whole is wrong
    QCOMPARE(errorsOf(reader), errors);
}

void TestBodyReader::allErrorsAtOnce()
{
    const Request request = jsonRequest(R"({"b":1})");
    BodyReader reader(request);
    reader.requiredString("a");
    reader.requiredString("b");
    reader.requiredBool("b");
    reader.addError("c", QStringLiteral("Not today"));
    QCOMPARE(errorsOf(reader), QByteArray("a: Field required; b: Input should be a valid string; "
                                          "b: Input should be a valid boolean; c: Not today"));
    for (const char *broken :
         {R"({"a":)", R"({"a":1,})", R"({"a" 1})", "{a:1}", "{\"a\":\"\xff\"}", "{} x"}) {
        const Request one = jsonRequest(broken);
        const QByteArray errors = errorsOf(BodyReader(one));
        QVERIFY2(errors.endsWith(": JSON decode error") && errors[0] >= '0' && errors[0] <= '9',
                 errors.constData());
    }
    const Request deep = jsonRequest(R"({"a":)" + QByteArray("[").repeated(100'000));
    QVERIFY(!BodyReader(deep).ok());
}

void TestBodyReader::forms_data()
{
    QTest::addColumn<QByteArray>("type");
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QByteArray>("errors");
    QTest::addColumn<QString>("value");
    const char *form = "application/x-www-form-urlencoded";
    const char *parts = R"(multipart/form-data; boundary="a;b")";
    const auto row = [](const char *name, const char *type, const QByteArray &body,
                        const char *errors, const QString &value) {
        QTest::newRow(name) << QByteArray(type) << body << QByteArray(errors) << value;
    };
    row("plain", form, "username=ann%40x.org&password=a+b", "", QStringLiteral("ann@x.org"));
    row("first one counts", form, "username=a&username=b&password=x", "", QStringLiteral("a"));
    row("missing", form, "username=a", "password: Field required", QStringLiteral("a"));
    row("no UTF-8", form, "username=%FF&password=x", "username: String should be valid UTF-8", {});
    row("NUL", form, "username=%00&password=x",
        "username: String should not contain NUL characters", {});
    row("JSON is welcome", "application/json", R"({"username":"j","password":"p"})", "",
        QStringLiteral("j"));
    row("multipart", parts,
        "--a;b\r\nContent-Disposition: form-data; name=\"username\"\r\n\r\nann\r\n--a;b\r\n"
        "content-disposition: form-data; name=password\r\nContent-Type: "
        "text/plain\r\n\r\nx\r\ny\r\n--a;b--\r\n",
        "", QStringLiteral("ann"));
    row("multipart without end", parts,
        "--a;b\r\nContent-Disposition: form-data; name=\"username\"\r\n\r\nann",
        "username: Field required; password: Field required", {});
    row("multipart without boundary", "multipart/form-data", "--\r\n\r\n--",
        "username: Field required; password: Field required", {});
}

void TestBodyReader::forms()
{
    QFETCH(QByteArray, type);
    QFETCH(QByteArray, body);
    QFETCH(QByteArray, errors);
    QFETCH(QString, value);
    const Request request = jsonRequest(body, type.constData());
    BodyReader reader(request, BodyReader::Accepts::JsonOrForm);
    const QString name = reader.requiredString("username");
    reader.requiredString("password");
    QCOMPARE(errorsOf(reader), errors);
    QCOMPARE(name, value);
}

void TestBodyReader::rawFormOfAnExistingClient()
{
    const Request request = jsonRequest("username=a+b@x.org&password=50%&more=%zz%41",
                                        "application/x-www-form-urlencoded");
    QCOMPARE(request.formValue(u"username"), std::optional(QStringLiteral("a b@x.org")));
    QCOMPARE(request.formValue(u"password"), std::optional(QStringLiteral("50%")));
    QCOMPARE(request.formValue(u"more"), std::optional(QStringLiteral("%zzA")));
    QCOMPARE(request.formFields().size(), size_t(3));
}

void TestBodyReader::query()
{
    Request request;
    request.query = "limit=20&all=true&name=a%20b+c&bad=x&limit=3";
    QueryReader reader(request);
    QCOMPARE(reader.optionalInteger("limit", {.min = 1, .max = 100}), std::optional<qint64>(20));
    QCOMPARE(reader.optionalBool("all"), std::optional(true));
    QCOMPARE(reader.requiredString("name"), QStringLiteral("a b c"));
    QVERIFY(reader.ok());
    reader.optionalInteger("bad");
    reader.requiredString("session_id");
    QCOMPARE(
        errorsOf(reader),
        QByteArray(
            "query -> bad: Input should be a valid integer; query -> session_id: Field required"));
    QCOMPARE(request.queryValue(u"name"), std::optional(QStringLiteral("a b c")));
    QCOMPARE(request.queryValue(u"none"), std::nullopt);
}

void TestBodyReader::problemStatuses_data()
{
    QTest::addColumn<int>("fault");
    QTest::addColumn<int>("status");
    using enum base::Fault;
    const std::vector<std::pair<base::Fault, int>> rows{
        {Invalid, 400},  {Unauthenticated, 401}, {PaymentRequired, 402}, {Forbidden, 403},
        {NotFound, 404}, {Conflict, 409},        {Unprocessable, 422},   {LimitReached, 429},
        {Upstream, 502}, {Unavailable, 503},     {Timeout, 504},         {Internal, 500}};
    for (const auto &[fault, status] : rows)
        QTest::addRow("%d", status) << int(fault) << status;
}

void TestBodyReader::problemStatuses()
{
    QFETCH(int, fault);
    QFETCH(int, status);
    const Response response = Response::problem(
        base::Error{base::Fault(fault), QStringLiteral("Said"), QStringLiteral("inside")});
    QCOMPARE(response.status, status);
    QCOMPARE(response.body,
             status == 500 ? QByteArray(
                 R"({"detail":"An unexpected error occurred. Please try again later."})")
             : status == 429 ? QByteArray(R"({"detail":"Said","error":"Said"})")
                             : QByteArray(R"({"detail":"Said"})"));
    QVERIFY(response.cause.contains(QStringLiteral("inside")));
    QCOMPARE(response.headers.size(), size_t(status == 401 ? 1 : 0));
}

QTEST_APPLESS_MAIN(TestBodyReader)
#include "tst_body_reader.moc"
