// Reads a request's fields and collects everything that is wrong with them.
#pragma once

#include "server/http/request.h"
#include "server/http/response.h"

#include <QJsonArray>
#include <QJsonObject>
#include <QJsonValue>

#include <limits>
#include <map>
#include <optional>

namespace server::http {

/// How long a text may be, in characters.
struct TextRule
{
    qsizetype min = 0;
    qsizetype max = 10'000;
};

struct NumberRule
{
    qint64 min = std::numeric_limits<qint64>::min();
    qint64 max = std::numeric_limits<qint64>::max();
};

/// Fields by name, out of a JSON object, a form or a query. Each getter notes what is wrong and
/// returns an empty value; the handler asks ok() once, when it has read all fields:
///
///     BodyReader reader(request);
///     const QString email = reader.requiredString("email", {.min = 3, .max = 254});
///     if (!reader.ok())
///         return reader.problem();
///
/// A field that is null counts as absent. Numbers and truth values of forms and queries are read
/// from their text. Lives on the stack of one handler.
class FieldReader
{
public:
    QString requiredString(const char *name, TextRule rule = {});
    std::optional<QString> optionalString(const char *name, TextRule rule = {});
    qint64 requiredInteger(const char *name, NumberRule rule = {});
    std::optional<qint64> optionalInteger(const char *name, NumberRule rule = {});
    std::optional<double> optionalNumber(const char *name);
    bool requiredBool(const char *name);
    std::optional<bool> optionalBool(const char *name);
    /// JSON only: forms and queries have neither.
    std::optional<QJsonObject> optionalObject(const char *name);
    std::optional<QJsonArray> optionalArray(const char *name);

    bool has(const char *name) const;
    /// Adds an error of the handler's own rules.
    void addError(const char *name, const QString &message);
    bool ok() const { return m_errors.empty(); }
    /// REQUIRES: !ok().
    Response problem() const { return validationProblem(m_errors); }

protected:
    explicit FieldReader(QString prefix) : m_prefix(std::move(prefix)) {}
    void readJson(const QByteArray &body);
    void readTexts(const std::vector<std::pair<std::string, std::string>> &fields);
    void addBodyError(const QString &field, const QString &message);

private:
    /// The value, when it is there; a required one that is not is noted.
    std::optional<QJsonValue> value(const char *name, bool isRequired);
    std::optional<QString> text(const char *name, bool isRequired, TextRule rule);
    std::optional<qint64> integer(const char *name, bool isRequired, NumberRule rule);
    std::optional<bool> truth(const char *name, bool isRequired);

    const QString m_prefix; ///< "query -> " in front of the names of query values
    QJsonObject m_object;
    std::map<QString, bool> m_badTexts; ///< fields whose bytes are no UTF-8
    bool m_isText = false;              ///< all values came as text
    bool m_isBroken = false; ///< the body as a whole is wrong: single fields are not worth a word
    std::vector<FieldError> m_errors;
};

/// The body: a JSON object, which it is taken for when no Content-Type says otherwise.
class BodyReader : public FieldReader
{
public:
    enum class Accepts { Json, JsonOrForm, Form };
    explicit BodyReader(const Request &request, Accepts accepts = Accepts::Json);
};

/// The fields of a form body.
class FormReader final : public BodyReader
{
public:
    explicit FormReader(const Request &request) : BodyReader(request, Accepts::Form) {}
};

/// The values behind the question mark. Of several with one name the first counts.
class QueryReader final : public FieldReader
{
public:
    explicit QueryReader(const Request &request);
};

} // namespace server::http
