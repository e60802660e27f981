#include "server/core/scenarios/scenario_catalogue.h"

#include "server/core/scenarios/scenario_reader.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSet>

// A static library's resources are linked in only when somebody asks for them. The macro declares a
// function at the namespace it stands in, and that must be the global one.
static void registerScenarioResources()
{
    Q_INIT_RESOURCE(core_scenarios);
}

namespace server::core {

namespace {

tl::unexpected<base::Error> broken(const QString &sentence)
{
    return base::fail(base::Fault::Invalid, QStringLiteral("scenario catalogue: ") + sentence);
}

base::Result<QJsonArray> arrayOf(const QJsonObject &root, QLatin1String name)
{
    const QJsonValue value = root.value(name);
    if (!value.isArray() || value.toArray().isEmpty())
        return broken(QStringLiteral("'%1' must be an array that is not empty").arg(name));
    return value.toArray();
}

base::Result<QList<ScenarioCategory>> readCategories(const QJsonArray &array)
{
    QList<ScenarioCategory> categories;
    QSet<QString> ids;
    for (qsizetype i = 0; i < array.size(); ++i) {
        const QString where = QStringLiteral("category %1").arg(i + 1);
        auto category = scenario_reader::category(array[i], where);
        if (!category)
            return broken(category.error().message);
        if (ids.contains(category->id))
            return broken(QStringLiteral("%1: id '%2' is taken").arg(where, category->id));
        ids.insert(category->id);
        categories.append(std::move(*category));
    }
    return categories;
}

base::Result<QList<Scenario>> readScenarios(const QJsonArray &array,
                                            const QList<ScenarioCategory> &categories)
{
    QSet<QString> categoryIds;
    for (const ScenarioCategory &category : categories)
        categoryIds.insert(category.id);

    QList<Scenario> scenarios;
    QSet<QString> ids;
    for (qsizetype i = 0; i < array.size(); ++i) {
        const QString where = QStringLiteral("scenario %1").arg(i + 1);
        auto scenario = scenario_reader::scenario(array[i], where);
        if (!scenario)
            return broken(scenario.error().message);
        if (ids.contains(scenario->id))
            return broken(QStringLiteral("%1: id '%2' is taken").arg(where, scenario->id));
        if (!categoryIds.contains(scenario->category)) {
            return broken(QStringLiteral("%1 (%2): there is no category '%3'")
                              .arg(where, scenario->id, scenario->category));
        }
        ids.insert(scenario->id);
        scenarios.append(std::move(*scenario));
    }
    return scenarios;
}

} // namespace

ScenarioCatalogue::ScenarioCatalogue(QList<ScenarioCategory> categories, QList<Scenario> scenarios)
    : m_categories(std::move(categories)), m_scenarios(std::move(scenarios))
{
    for (qsizetype i = 0; i < m_scenarios.size(); ++i)
        m_indexById.insert(m_scenarios[i].id, i);
}

base::Result<ScenarioCatalogue> ScenarioCatalogue::load(const QByteArray &json)
{
    QJsonParseError error;
    const QJsonDocument document = QJsonDocument::fromJson(json, &error);
    if (error.error != QJsonParseError::NoError) {
        return broken(
            QStringLiteral("not JSON at byte %1: %2").arg(error.offset).arg(error.errorString()));
    }
    if (!document.isObject())
        return broken(QStringLiteral("must be an object"));

    const auto categoryArray = arrayOf(document.object(), QLatin1String("categories"));
    if (!categoryArray)
        return base::failed(categoryArray);
    const auto scenarioArray = arrayOf(document.object(), QLatin1String("scenarios"));
    if (!scenarioArray)
        return base::failed(scenarioArray);

    auto categories = readCategories(*categoryArray);
    if (!categories)
        return base::failed(categories);
    auto scenarios = readScenarios(*scenarioArray, *categories);
    if (!scenarios)
        return base::failed(scenarios);
    return ScenarioCatalogue(std::move(*categories), std::move(*scenarios));
}

base::Result<ScenarioCatalogue> ScenarioCatalogue::builtin()
{
    registerScenarioResources();
    QFile file(QStringLiteral(":/scenarios/builtin.json"));
    if (!file.open(QIODevice::ReadOnly)) {
        return base::fail(base::Fault::Internal,
                          QStringLiteral("The built-in scenarios are missing from this program"),
                          file.errorString());
    }
    return load(file.readAll());
}

const Scenario *ScenarioCatalogue::find(QStringView id) const
{
    const auto found = m_indexById.constFind(id.toString());
    return found == m_indexById.constEnd() ? nullptr : &m_scenarios[*found];
}

} // namespace server::core
