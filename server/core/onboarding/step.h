// The four steps of setting up, and everything that clients call them.
#pragma once

#include <QString>
#include <QStringList>

#include <array>
#include <optional>

namespace server::core {

/// In their order.
enum class Step { PhoneSetup, Calendar, Scenarios, WelcomeCall };

constexpr std::array<Step, 4> kSteps{Step::PhoneSetup, Step::Calendar, Step::Scenarios,
                                     Step::WelcomeCall};

/// Our own name: "phone_setup", "calendar", "scenarios", "welcome_call".
QString toText(Step step);
/// The mobile app's: "welcome", "profile", "tutorial", "firstCall".
QString toMobileText(Step step);

/// A step as a client named it.
struct NamedStep
{
    Step step;
    bool isMobile; ///< by the mobile app's word
};

/// Knows both kinds of names and those of the web guide ("phone_number_setup",
/// "calendar_connected", "first_scenario_created", "welcome_call_completed"). Case matters.
std::optional<NamedStep> stepFromText(const QString &text);
/// The eight names of the first two kinds, for people who sent another: mobile names first.
QStringList stepNames();

/// Nothing after the last one.
std::optional<Step> stepAfter(Step step);

/// Which of the steps are done. A value.
class StepSet
{
public:
    constexpr StepSet() = default;

    constexpr bool contains(Step step) const { return (m_bits & bit(step)) != 0; }
    constexpr void add(Step step) { m_bits |= bit(step); }
    constexpr void add(StepSet others) { m_bits |= others.m_bits; }
    constexpr bool containsAll(StepSet others) const
    {
        return (m_bits & others.m_bits) == others.m_bits;
    }
    constexpr bool isAll() const { return !firstMissing().has_value(); }
    constexpr std::optional<Step> firstMissing() const
    {
        for (const Step step : kSteps) {
            if (!contains(step))
                return step;
        }
        return std::nullopt;
    }
    constexpr int count() const
    {
        int found = 0;
        for (const Step step : kSteps)
            found += contains(step) ? 1 : 0;
        return found;
    }
    constexpr bool operator==(const StepSet &) const = default;

private:
    static constexpr unsigned bit(Step step) { return 1U << unsigned(step); }

    unsigned m_bits = 0;
};

} // namespace server::core
