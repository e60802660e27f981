#include "server/http/body_reader.h"

#include "server/http/header_text.h"
#include "server/http/percent.h"
#include "server/net/ws_frame.h"

#include <QJsonDocument>

#include <cmath>

namespace server::http {

namespace {

bool isJsonType(std::string_view type)
{
    const std::string_view kind = trimmed(type.substr(0, type.find(';')));
    return kind.empty() || equalsNoCase(kind, "application/json")
           || (kind.size() > 5 && equalsNoCase(kind.substr(kind.size() - 5), "+json"));
}

bool isFormType(std::string_view type)
{
    const std::string_view kind = trimmed(type.substr(0, type.find(';')));
    return equalsNoCase(kind, "application/x-www-form-urlencoded")
           || equalsNoCase(kind, "multipart/form-data");
}

QString charactersMessage(const char *bound, qsizetype count)
{
    return QStringLiteral("String should have %1 %2 character%3")
        .arg(QLatin1String(bound))
        .arg(count)
        .arg(count == 1 ? QString() : QStringLiteral("s"));
}

/// What is wrong with a text; empty when nothing is. Characters are code points, not UTF-16 units.
QString textFault(const QString &text, TextRule rule)
{
    if (!text.isValidUtf16())
        return QStringLiteral("String should be valid Unicode");
    if (text.contains(QChar(0)))
        return QStringLiteral("String should not contain NUL characters");
    const auto pairs =
        std::count_if(text.begin(), text.end(), [](QChar c) { return c.isHighSurrogate(); });
    const qsizetype length = text.size() - pairs;
    if (length < rule.min)
        return charactersMessage("at least", rule.min);
    if (length > rule.max)
        return charactersMessage("at most", rule.max);
    return {};
}

std::optional<qint64> integerFrom(const QJsonValue &value, bool isText)
{
    if (isText && value.isString()) {
        bool isNumber = false;
        const qint64 number = value.toString().trimmed().toLongLong(&isNumber);
        return isNumber ? std::optional(number) : std::nullopt;
    }
    // 2^53 and beyond are not exact as double, and toInteger() would give its default for
    // fractions.
    constexpr qint64 kNone = std::numeric_limits<qint64>::min();
    const qint64 number = value.toInteger(kNone);
    return value.isDouble() && number != kNone ? std::optional(number) : std::nullopt;
}

std::optional<bool> boolFrom(const QJsonValue &value, bool isText)
{
    if (value.isBool())
        return value.toBool();
    if (!isText)
        return std::nullopt;
    const QString text = value.toString().toLower();
    if (text == QLatin1String("true") || text == QLatin1String("1"))
        return true;
    if (text == QLatin1String("false") || text == QLatin1String("0"))
        return false;
    return std::nullopt;
}

} // namespace

BodyReader::BodyReader(const Request &request, Accepts accepts) : FieldReader(QString())
{
    const std::string_view type = request.header("content-type").value_or("");
    if (accepts != Accepts::Json && isFormType(type))
        readTexts(formBytes(request));
    else if (request.body.trimmed().isEmpty())
        addBodyError({}, QStringLiteral("Field required"));
    else if (accepts == Accepts::Form)
        addBodyError({}, QStringLiteral("Input should be a form"));
    else if (!isJsonType(type))
        addBodyError(
            {},
            QStringLiteral("Input should be a valid dictionary or object to extract fields from"));
    else
        readJson(request.body);
}

QueryReader::QueryReader(const Request &request) : FieldReader(QStringLiteral("query -> "))
{
    readTexts(decodeForm(request.query));
}

void FieldReader::readJson(const QByteArray &body)
{
    QJsonParseError error;
    const QJsonDocument document = QJsonDocument::fromJson(body, &error);
    if (error.error == QJsonParseError::NoError && document.isObject()) {
        m_object = document.object();
        return;
    }
    // Qt takes only objects and arrays; a bare number or string is good JSON all the same.
    const bool isJson = error.error == QJsonParseError::NoError
                        || !QJsonDocument::fromJson('[' + body + ']').isNull();
    if (isJson)
        return addBodyError(
            {},
            QStringLiteral("Input should be a valid dictionary or object to extract fields from"));
    const qsizetype position = QString::fromUtf8(body.left(error.offset)).size();
    addBodyError(QString::number(position), QStringLiteral("JSON decode error"));
}

void FieldReader::readTexts(const std::vector<std::pair<std::string, std::string>> &fields)
{
    m_isText = true;
    for (const auto &[name, value] : fields) {
        const QString key = QString::fromStdString(name);
        if (m_object.contains(key))
            continue;
        m_object.insert(key, QString::fromStdString(value));
        if (!net::isUtf8(value))
            m_badTexts.emplace(key, true);
    }
}

void FieldReader::addBodyError(const QString &field, const QString &message)
{
    m_isBroken = true;
    m_errors.push_back({field, message});
}

void FieldReader::addError(const char *name, const QString &message)
{
    m_errors.push_back({m_prefix + QString::fromUtf8(name), message});
}

bool FieldReader::has(const char *name) const
{
    const QJsonValue found = m_object.value(QLatin1String(name));
    return !found.isUndefined() && !found.isNull();
}

std::optional<QJsonValue> FieldReader::value(const char *name, bool isRequired)
{
    if (m_isBroken)
        return std::nullopt;
    if (has(name))
        return m_object.value(QLatin1String(name));
    if (isRequired)
        addError(name, QStringLiteral("Field required"));
    return std::nullopt;
}

std::optional<QString> FieldReader::text(const char *name, bool isRequired, TextRule rule)
{
    const auto found = value(name, isRequired);
    if (!found)
        return std::nullopt;
    QString fault;
    if (!found->isString())
        fault = QStringLiteral("Input should be a valid string");
    else if (m_badTexts.contains(QString::fromUtf8(name)))
        fault = QStringLiteral("String should be valid UTF-8");
    else
        fault = textFault(found->toString(), rule);
    if (fault.isEmpty())
        return found->toString();
    addError(name, fault);
    return std::nullopt;
}

QString FieldReader::requiredString(const char *name, TextRule rule)
{
    return text(name, true, rule).value_or(QString());
}

std::optional<QString> FieldReader::optionalString(const char *name, TextRule rule)
{
    return text(name, false, rule);
}

std::optional<qint64> FieldReader::integer(const char *name, bool isRequired, NumberRule rule)
{
    const auto found = value(name, isRequired);
    if (!found)
        return std::nullopt;
    const auto number = integerFrom(*found, m_isText);
    if (!number)
        addError(name, QStringLiteral("Input should be a valid integer"));
    else if (*number < rule.min)
        addError(name, QStringLiteral("Input should be greater than or equal to %1").arg(rule.min));
    else if (*number > rule.max)
        addError(name, QStringLiteral("Input should be less than or equal to %1").arg(rule.max));
    else
        return number;
    return std::nullopt;
}

qint64 FieldReader::requiredInteger(const char *name, NumberRule rule)
{
    return integer(name, true, rule).value_or(0);
}

std::optional<qint64> FieldReader::optionalInteger(const char *name, NumberRule rule)
{
    return integer(name, false, rule);
}

std::optional<double> FieldReader::optionalNumber(const char *name)
{
    const auto found = value(name, false);
    if (!found)
        return std::nullopt;
    bool isNumber = found->isDouble();
    const double number = isNumber   ? found->toDouble()
                          : m_isText ? found->toString().toDouble(&isNumber)
                                     : 0.0;
    if (isNumber && std::isfinite(number))
        return number;
    addError(name, QStringLiteral("Input should be a valid number"));
    return std::nullopt;
}

std::optional<bool> FieldReader::truth(const char *name, bool isRequired)
{
    const auto found = value(name, isRequired);
    if (!found)
        return std::nullopt;
    const auto truth = boolFrom(*found, m_isText);
    if (!truth)
        addError(name, QStringLiteral("Input should be a valid boolean"));
    return truth;
}

bool FieldReader::requiredBool(const char *name)
{
    return truth(name, true).value_or(false);
}

std::optional<bool> FieldReader::optionalBool(const char *name)
{
    return truth(name, false);
}

std::optional<QJsonObject> FieldReader::optionalObject(const char *name)
{
    const auto found = value(name, false);
    if (!found)
        return std::nullopt;
    if (found->isObject())
        return found->toObject();
    addError(name, QStringLiteral("Input should be a valid dictionary"));
    return std::nullopt;
}

std::optional<QJsonArray> FieldReader::optionalArray(const char *name)
{
    const auto found = value(name, false);
    if (!found)
        return std::nullopt;
    if (found->isArray())
        return found->toArray();
    addError(name, QStringLiteral("Input should be a valid list"));
    return std::nullopt;
}

} // namespace server::http
