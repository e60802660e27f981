#include "tests/journeys/bad_input.h"

#include <QHash>
#include <QJsonArray>
#include <QJsonDocument>
#include <QUrl>

namespace tests {

namespace {

constexpr int kFarTooLong = 20'000;

enum class Where { Body, Form, Query, Path };

struct Field
{
    Where where = Where::Body;
    QString name;
    QJsonObject schema;
    bool isRequired = false;
};

/// A value as it goes over the wire, already in its encoding, or nothing to leave the field out.
struct Poison
{
    QString what;
    std::optional<QByteArray> bytes;
    bool mustFail = false;
};

QJsonValue member(const QJsonObject &object, std::initializer_list<const char *> path)
{
    QJsonValue value = object;
    for (const char *name : path)
        value = value.toObject().value(QLatin1String(name));
    return value;
}

QByteArray json(const QJsonValue &value)
{
    return QJsonDocument(QJsonArray{value}).toJson(QJsonDocument::Compact).chopped(1).mid(1);
}

/// A value that the field would take, by its name, else by its schema.
QJsonValue goodValue(const QString &name, const QJsonObject &schema)
{
    static const QHash<QString, QJsonValue> byName{
        {QStringLiteral("email"), QStringLiteral("sweep@example.com")},
        {QStringLiteral("username"), QStringLiteral("sweep@example.com")},
        {QStringLiteral("phone_number"), QStringLiteral("+14155550123")},
        {QStringLiteral("scenario"), QStringLiteral("default")},
        {QStringLiteral("scheduled_time"), QStringLiteral("2020-01-01T00:00:00Z")},
        {QStringLiteral("voice_type"), QStringLiteral("alloy")},
        {QStringLiteral("grant_type"), QStringLiteral("password")}};
    if (byName.contains(name))
        return byName.value(name);
    if (schema.contains(QLatin1String("default")))
        return schema.value(QLatin1String("default"));
    if (const QJsonArray words = schema.value(QLatin1String("enum")).toArray(); !words.isEmpty())
        return words.first();
    const QString type = schema.value(QLatin1String("type")).toString();
    if (type == QLatin1String("integer") || type == QLatin1String("number"))
        return schema.value(QLatin1String("minimum")).toInt(1);
    if (type == QLatin1String("boolean"))
        return true;
    if (type == QLatin1String("object"))
        return QJsonObject();
    return QStringLiteral("good-enough-value");
}

QList<Poison> poisonsOfJson(const Field &field)
{
    const QString type = field.schema.value(QLatin1String("type")).toString();
    const bool isRequired = field.isRequired;
    QList<Poison> poisons{{QStringLiteral("missing"), std::nullopt, isRequired},
                          {QStringLiteral("null"), "null", isRequired},
                          {QStringLiteral("not UTF-8"), "\"\xff\xfe\"", true},
                          {QStringLiteral("half a surrogate"), R"("\ud800")", false},
                          {QStringLiteral("a list"), "[1,2]", !type.isEmpty()}};
    const auto wrongType = [&](const char *what, const QByteArray &bytes, const char *right) {
        poisons.append(
            {QLatin1String(what), bytes, !type.isEmpty() && type != QLatin1String(right)});
    };
    wrongType("a text", R"("text")", "string");
    wrongType("an object", R"({"a":1})", "object");
    wrongType("a truth value", "true", "boolean");
    if (type != QLatin1String("number") && type != QLatin1String("integer"))
        poisons.append({QStringLiteral("a number"), "12.5", !type.isEmpty()});
    if (type == QLatin1String("string")) {
        poisons.append({QStringLiteral("empty"), R"("")", false});
        poisons.append({QStringLiteral("a NUL"), R"("a\u0000b")", false});
        poisons.append({QStringLiteral("far too long"), '"' + QByteArray(kFarTooLong, 'x') + '"',
                        field.schema.contains(QLatin1String("maxLength"))});
    }
    if (type == QLatin1String("integer") || type == QLatin1String("number")) {
        poisons.append({QStringLiteral("huge"), "1e400", true});
        poisons.append(
            {QStringLiteral("a fraction"), "0.000001", type == QLatin1String("integer")});
        poisons.append({QStringLiteral("far below"), "-99999999999999999999",
                        field.schema.contains(QLatin1String("minimum"))});
        poisons.append({QStringLiteral("far above"), "99999999999999999999",
                        field.schema.contains(QLatin1String("maximum"))});
    }
    return poisons;
}

/// For forms, queries and paths, percent-encoded.
QList<Poison> poisonsOfText(const Field &field)
{
    const QString type = field.schema.value(QLatin1String("type")).toString();
    const bool isText = type == QLatin1String("string") || type.isEmpty();
    QList<Poison> poisons{
        {QStringLiteral("a NUL"), "a%00b", field.where == Where::Path || !isText},
        {QStringLiteral("not UTF-8"), "%FF%FE", field.where != Where::Path || isText},
        {QStringLiteral("a broken escape"), "%zz", !isText},
        {QStringLiteral("a text"), "text", !isText},
        {QStringLiteral("SQL"), "1%27%20OR%201%3D1--", !isText},
        {QStringLiteral("a huge number"), "99999999999999999999", !isText},
        {QStringLiteral("a negative number"), "-1",
         !isText && field.schema.contains(QLatin1String("minimum"))}};
    if (field.where != Where::Path) {
        poisons.append({QStringLiteral("missing"), std::nullopt, field.isRequired});
        poisons.append({QStringLiteral("empty"), "", !isText});
        poisons.append({QStringLiteral("far too long"), QByteArray(4'000, 'x'),
                        !isText || field.schema.value(QLatin1String("maxLength")).toInt() > 0});
    }
    return poisons;
}

class Operation
{
public:
    Operation(QJsonObject api, QString path, const QString &method, const QJsonObject &description)
        : m_api(std::move(api)),
          m_path(std::move(path)),
          m_method(method.toUpper().toLatin1()),
          m_isOpen(description.value(QLatin1String("security")).toArray().isEmpty())
    {
        const QJsonObject content = member(description, {"requestBody", "content"}).toObject();
        for (auto it = content.begin(); it != content.end(); ++it) {
            const bool isJson = it.key() == QLatin1String("application/json");
            if (!isJson && it.key() != QLatin1String("application/x-www-form-urlencoded"))
                continue;
            addBody(it.value().toObject().value(QLatin1String("schema")).toObject(),
                    isJson ? Where::Body : Where::Form);
        }
        for (const auto &value : description.value(QLatin1String("parameters")).toArray()) {
            const QJsonObject parameter = value.toObject();
            const QString in = parameter.value(QLatin1String("in")).toString();
            if (in == QLatin1String("query") || in == QLatin1String("path"))
                m_fields.append({in == QLatin1String("path") ? Where::Path : Where::Query,
                                 parameter.value(QLatin1String("name")).toString(),
                                 resolved(parameter.value(QLatin1String("schema")).toObject()),
                                 parameter.value(QLatin1String("required")).toBool()});
        }
    }

    QList<BadRequest> badRequests() const
    {
        QList<BadRequest> requests;
        for (const Field &field : m_fields) {
            const bool isJson = field.where == Where::Body;
            for (const Poison &poison : isJson ? poisonsOfJson(field) : poisonsOfText(field))
                requests.append(requestWith(field, poison));
        }
        if (m_hasJson) {
            for (const char *body : {"", "{", "[]", "null", "7", R"("text")", R"({"a":})",
                                     "\xff\xff", R"({"a":1}{"b":2})"})
                requests.append(requestOf(QStringLiteral("body %1").arg(QLatin1String(body)),
                                          m_path, "application/json", body, false));
            requests.append(requestOf(QStringLiteral("a body that nests deeply"), m_path,
                                      "application/json", QByteArray(5'000, '['), true));
            requests.append(requestOf(QStringLiteral("a body of another type"), m_path,
                                      "application/xml", "<a/>", false));
        }
        return requests;
    }

private:
    QJsonObject resolved(const QJsonObject &schema) const
    {
        const QString ref = schema.value(QLatin1String("$ref")).toString();
        if (ref.isEmpty())
            return schema;
        return member(m_api, {"components", "schemas"})
            .toObject()
            .value(ref.section(QLatin1Char('/'), -1))
            .toObject();
    }

    void addBody(const QJsonObject &schema, Where where)
    {
        // Where either of several bodies will do, none of their fields is required for sure.
        QJsonArray forms = schema.value(QLatin1String("anyOf")).toArray();
        if (forms.isEmpty())
            forms = schema.value(QLatin1String("oneOf")).toArray();
        const bool isOneOfMany = !forms.isEmpty();
        if (!isOneOfMany)
            forms.append(schema);
        m_hasJson |= where == Where::Body;
        for (const auto &form : std::as_const(forms)) {
            const QJsonObject object = resolved(form.toObject());
            const QJsonArray required = object.value(QLatin1String("required")).toArray();
            const QJsonObject properties = object.value(QLatin1String("properties")).toObject();
            for (auto it = properties.begin(); it != properties.end(); ++it)
                m_fields.append({where, it.key(), resolved(it.value().toObject()),
                                 !isOneOfMany && required.contains(it.key())});
            m_isOneOfMany |= isOneOfMany;
        }
    }

    BadRequest requestOf(const QString &what, const QString &path, const QByteArray &type,
                         const QByteArray &body, bool mustFail) const
    {
        return {QString::fromLatin1(m_method) + QLatin1Char(' ') + m_path + QLatin1Char(' ') + what,
                m_method,
                path,
                type,
                body,
                mustFail,
                m_path.contains(QLatin1String("/admin/")),
                m_isOpen};
    }

    BadRequest requestWith(const Field &bad, const Poison &poison) const
    {
        const auto valueOf = [&](const Field &field, bool isJson) -> std::optional<QByteArray> {
            if (field.where == bad.where && field.name == bad.name)
                return poison.bytes;
            const QJsonValue good = goodValue(field.name, field.schema);
            return isJson ? json(good) : QUrl::toPercentEncoding(good.toVariant().toString());
        };
        QByteArray object;
        QByteArray form;
        QByteArray query;
        QByteArray path = m_path.toUtf8();
        for (const Field &field : m_fields) {
            const auto value = valueOf(field, field.where == Where::Body);
            if (!value)
                continue;
            const QByteArray name = field.name.toUtf8();
            if (field.where == Where::Body)
                object += (object.isEmpty() ? "\"" : ",\"") + name + "\":" + *value;
            else if (field.where == Where::Form)
                form += (form.isEmpty() ? "" : "&") + name + '=' + *value;
            else if (field.where == Where::Query)
                query += (query.isEmpty() ? "?" : "&") + name + '=' + *value;
            else
                path.replace('{' + name + '}', *value);
        }
        const bool isForm = !m_hasJson && !form.isEmpty();
        return requestOf(bad.name + QStringLiteral(": ") + poison.what,
                         QString::fromLatin1(path + query),
                         m_hasJson ? "application/json"
                         : isForm  ? "application/x-www-form-urlencoded"
                                   : "",
                         m_hasJson ? '{' + object + '}' : form, poison.mustFail && !m_isOneOfMany);
    }

    const QJsonObject m_api;
    const QString m_path;
    const QByteArray m_method;
    const bool m_isOpen;
    bool m_hasJson = false;
    bool m_isOneOfMany = false;
    QList<Field> m_fields;
};

} // namespace

QList<BadRequest> badRequestsFor(const QJsonObject &api)
{
    QList<BadRequest> requests;
    const QJsonObject paths = api.value(QLatin1String("paths")).toObject();
    for (auto path = paths.begin(); path != paths.end(); ++path) {
        const QJsonObject methods = path.value().toObject();
        for (auto method = methods.begin(); method != methods.end(); ++method)
            requests +=
                Operation(api, path.key(), method.key(), method.value().toObject()).badRequests();
    }
    return requests;
}

} // namespace tests
