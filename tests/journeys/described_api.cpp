#include "tests/journeys/described_api.h"

#include <valijson/adapters/qtjson_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

namespace tests {

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

QString objectionTo(const Answer &answer, const QJsonObject &api, const char *method,
                    const char *path, int status)
{
    const QString what =
        QStringLiteral("%1 %2 %3").arg(QLatin1String(method), QLatin1String(path)).arg(status);
    if (answer.status != status)
        return what + QStringLiteral(" answered ") + QString::number(answer.status)
               + QLatin1Char(' ') + QString::fromUtf8(answer.body);
    const QJsonObject response = api.value(QLatin1String("paths"))
                                     .toObject()
                                     .value(QLatin1String(path))
                                     .toObject()
                                     .value(QLatin1String(method))
                                     .toObject()
                                     .value(QLatin1String("responses"))
                                     .toObject()
                                     .value(QString::number(status))
                                     .toObject();
    if (response.isEmpty())
        return what + QStringLiteral(" is not described");
    const QJsonObject schema = response.value(QLatin1String("content"))
                                   .toObject()
                                   .value(QLatin1String("application/json"))
                                   .toObject()
                                   .value(QLatin1String("schema"))
                                   .toObject();
    const QString wrong = objections(api, schema, contentOf(answer));
    return wrong.isEmpty() ? QString()
                           : what + QLatin1Char('\n') + wrong + QString::fromUtf8(answer.body);
}

} // namespace tests
