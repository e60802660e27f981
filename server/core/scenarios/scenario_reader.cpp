#include "server/core/scenarios/scenario_reader.h"

#include "server/core/scenarios/vad_profiles.h"
#include "server/core/scenarios/voice_names.h"

#include <QJsonObject>
#include <QRegularExpression>
#include <QSet>

#include <utility>

namespace server::core {

QString toText(Difficulty difficulty)
{
    switch (difficulty) {
    case Difficulty::Easy:
        return QStringLiteral("easy");
    case Difficulty::Medium:
        return QStringLiteral("medium");
    case Difficulty::Hard:
        return QStringLiteral("hard");
    }
    return {};
}

namespace scenario_reader {

namespace {

/// Takes fields out of one object; keeps the first complaint and the names it was asked for.
class Fields final
{
public:
    Fields(const QJsonValue &value, QString where)
        : m_object(value.toObject()), m_where(std::move(where))
    {
        if (!value.isObject())
            complain(QStringLiteral("must be an object"));
    }

    QString id(const char *name)
    {
        static const QRegularExpression pattern(QStringLiteral("\\A[a-z][a-z0-9_]{0,63}\\z"));
        QString text = take(name).toString();
        if (!pattern.match(text).hasMatch())
            complain(name, QStringLiteral("must be lower-case words joined by underscores"));
        return text;
    }

    QString text(const char *name, qsizetype shortest, qsizetype longest)
    {
        QString text = take(name).toString();
        if (text != text.trimmed() || text.size() < shortest || text.size() > longest) {
            complain(name,
                     QStringLiteral("must be text of %1 to %2 characters without outer spaces")
                         .arg(shortest)
                         .arg(longest));
        }
        return text;
    }

    bool boolean(const char *name)
    {
        const QJsonValue value = take(name);
        if (!value.isBool())
            complain(name, QStringLiteral("must be true or false"));
        return value.toBool();
    }

    double fraction(const char *name)
    {
        const double number = take(name).toDouble(-1);
        if (number < 0 || number > 1)
            complain(name, QStringLiteral("must be a number from 0 to 1"));
        return number;
    }

    bool has(const char *name) const { return m_object.contains(QLatin1String(name)); }

    QString oneOf(const char *name, const QStringList &choices)
    {
        QString text = take(name).toString();
        if (!choices.contains(text)) {
            complain(name,
                     QStringLiteral("must be one of %1").arg(choices.join(QStringLiteral(", "))));
        }
        return text;
    }

    /// The verdict, once every field was asked for.
    base::Result<> finish()
    {
        for (const QString &name : m_object.keys()) {
            if (!m_asked.contains(name))
                complain(QStringLiteral("has an unknown field '%1'").arg(name));
        }
        if (!m_complaint.isEmpty())
            return base::fail(base::Fault::Invalid, m_complaint);
        return {};
    }

private:
    QJsonValue take(const char *name)
    {
        m_asked.insert(QString::fromLatin1(name));
        return m_object.value(QLatin1String(name));
    }

    void complain(const char *name, const QString &what)
    {
        complain(QStringLiteral("'%1' %2").arg(QLatin1String(name), what));
    }

    void complain(const QString &what)
    {
        if (!m_complaint.isEmpty())
            return;
        const QString entry = m_object.value(QLatin1String("id")).toString();
        m_complaint = entry.isEmpty() ? QStringLiteral("%1: %2").arg(m_where, what)
                                      : QStringLiteral("%1 (%2): %3").arg(m_where, entry, what);
    }

    const QJsonObject m_object;
    const QString m_where;
    QSet<QString> m_asked;
    QString m_complaint;
};

Difficulty difficultyFrom(const QString &text)
{
    if (text == toText(Difficulty::Hard))
        return Difficulty::Hard;
    return text == toText(Difficulty::Medium) ? Difficulty::Medium : Difficulty::Easy;
}

} // namespace

base::Result<Scenario> scenario(const QJsonValue &value, const QString &where)
{
    Fields fields(value, where);
    Scenario scenario;
    scenario.id = fields.id("id");
    scenario.title = fields.text("title", 1, 60);
    scenario.description = fields.text("description", 1, 200);
    scenario.icon = fields.text("icon", 1, 8);
    scenario.category = fields.id("category");
    scenario.difficulty = difficultyFrom(
        fields.oneOf("difficulty", {toText(Difficulty::Easy), toText(Difficulty::Medium),
                                    toText(Difficulty::Hard)}));
    // The bounds of a custom scenario's texts hold for ours as well.
    scenario.persona = fields.text("persona", 10, 5000);
    scenario.prompt = fields.text("prompt", 10, 5000);
    scenario.voice = fields.oneOf("voice", VoiceNames::modelVoices());
    scenario.temperature = fields.fraction("temperature");
    scenario.vadProfile = fields.oneOf("vad", VadProfiles::names());
    scenario.isFamilyFriendly = fields.boolean("is_family_friendly");
    scenario.isMobile = fields.boolean("mobile");
    if (fields.has("ai_disclosure")) // without it the account's rules decide
        scenario.aiDisclosure = aiDisclosureFromText(fields.oneOf(
            "ai_disclosure", {toText(AiDisclosure::Never), toText(AiDisclosure::Always),
                              toText(AiDisclosure::ByNumber)}));
    if (const auto verdict = fields.finish(); !verdict)
        return base::failed(verdict);
    return scenario;
}

base::Result<ScenarioCategory> category(const QJsonValue &value, const QString &where)
{
    Fields fields(value, where);
    ScenarioCategory category;
    category.id = fields.id("id");
    category.name = fields.text("name", 1, 60);
    category.description = fields.text("description", 1, 200);
    category.icon = fields.text("icon", 1, 8);
    category.isMobile = fields.boolean("mobile");
    if (const auto verdict = fields.finish(); !verdict)
        return base::failed(verdict);
    return category;
}

} // namespace scenario_reader

} // namespace server::core
