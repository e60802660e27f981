// Every plan, rule and message, in one place.
#pragma once

#include "server/core/plans/plan.h"

#include <QHash>
#include <QList>

#include <memory>
#include <mutex>

namespace server::core {

/// Numbers that are not one plan's.
struct PlanRules
{
    std::chrono::days grace{0};             ///< rights after an unpaid period's end
    std::chrono::days trialExtension{0};    ///< once, for a trial that was used but ran out of days
    int trialWarningCalls = 0;              ///< trial calls left at which an upgrade is recommended
    int quotaWarningPercent = 100;          ///< share of a quota used at which it is too
    std::chrono::minutes scheduleMissed{0}; ///< a scheduled call later than this is not placed
    int mobileScenarios = 0;                ///< how many the mobile app lists
    int targetCallsOfAccount = 0;           ///< to one number in 24 hours, by one account
    int targetCallsOfAll = 0;               ///< by all accounts together
};

/// A whole catalogue, never changed once made; any thread may read it.
class PlanCatalogue
{
public:
    /// `{"rules": {...}, "plans": [...], "messages": {...}}`. Fault::Invalid names what is wrong: a
    /// bad plan, two of one id, an upgrade to a plan that is not there, a missing trial.
    static base::Result<PlanCatalogue> fromJson(const QJsonObject &object);
    /// The file inside this program.
    static QJsonObject builtin();

    /// Null when there is none of that id.
    const Plan *find(const QString &id) const;
    /// The plan of an app store's product; null when none has it.
    const Plan *byProduct(const QString &productId) const;
    const Plan &trialOf(Platform platform) const;
    const Plan &staff() const;
    const QList<Plan> &plans() const { return m_plans; }
    const PlanRules &rules() const { return m_rules; }

    /// The message of that name with {placeholders} filled in.
    QString message(const char *name, const QHash<QString, QString> &values = {}) const;

private:
    base::Result<> check() const;

    QList<Plan> m_plans;
    QHash<QString, qsizetype> m_byId;
    PlanRules m_rules;
    QHash<QString, QString> m_messages;
};

/// The catalogue that is in force. Thread-safe; readers keep the one they took for as long as they
/// need it.
class PlanBook
{
public:
    explicit PlanBook(PlanCatalogue catalogue)
        : m_current(std::make_shared<const PlanCatalogue>(std::move(catalogue)))
    {
    }

    std::shared_ptr<const PlanCatalogue> current() const
    {
        const std::lock_guard lock(m_mutex);
        return m_current;
    }
    void replace(PlanCatalogue catalogue)
    {
        auto next = std::make_shared<const PlanCatalogue>(std::move(catalogue));
        const std::lock_guard lock(m_mutex);
        m_current.swap(next);
    }

private:
    mutable std::mutex m_mutex;
    std::shared_ptr<const PlanCatalogue> m_current;
};

} // namespace server::core
