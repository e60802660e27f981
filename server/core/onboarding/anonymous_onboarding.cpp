#include "server/core/onboarding/anonymous_onboarding.h"

#include <QUuid>

namespace server::core {

using base::Fault;
using base::Result;
using base::UserId;

namespace {

tl::unexpected<base::Error> invalidSession()
{
    return base::fail(Fault::Invalid, QStringLiteral("Invalid or expired session"));
}

tl::unexpected<base::Error> notRegistrable(const char *why)
{
    return base::fail(Fault::Invalid, QLatin1String(why));
}

/// RFC 9562 5.4: 122 random bits, the rest says version and variant.
QString uuidOf(QByteArray bytes)
{
    bytes[6] = char((bytes[6] & 0x0f) | 0x40);
    bytes[8] = char((bytes[8] & 0x3f) | 0x80);
    return QUuid::fromRfc4122(bytes).toString(QUuid::WithoutBraces);
}

/// The user's steps that the mobile ones before registration stand for.
StepSet stepsOf(const AnonymousSession &session)
{
    StepSet steps;
    for (const MobileStep step : session.doneSteps()) {
        if (const auto named = stepFromText(toText(step)))
            steps.add(named->step);
    }
    return steps;
}

} // namespace

Result<AnonymousOnboarding::Started> AnonymousOnboarding::start()
{
    constexpr int uuidBytes = 16;
    Started started;
    started.id = uuidOf(m_ports.random(uuidBytes));
    started.session.currentStep = toText(MobileStep::Welcome);
    started.session.createdAt = m_ports.now();
    started.session.expiresAt =
        started.session.createdAt.addSecs(std::chrono::seconds(kLifetime).count());
    const auto added = m_ports.sessions.add(OpaqueToken::hashOf(started.id), started.session);
    if (!added)
        return failed(added);
    return started;
}

Result<AnonymousSession> AnonymousOnboarding::find(const QString &id)
{
    const auto found = m_ports.sessions.find(OpaqueToken::hashOf(id));
    if (!found)
        return failed(found);
    if (!*found || !(*found)->isUsable(m_ports.now()))
        return invalidSession();
    return **found;
}

Result<AnonymousSession> AnonymousOnboarding::change(const QString &id, const Change &change)
{
    const QDateTime now = m_ports.now();
    const auto changed =
        m_ports.sessions.change(OpaqueToken::hashOf(id), [&](AnonymousSession &session) {
            return session.isUsable(now) ? change(session) : Result<>(invalidSession());
        });
    if (!changed)
        return failed(changed);
    if (!*changed)
        return invalidSession();
    return **changed;
}

Result<AnonymousSession> AnonymousOnboarding::setName(const QString &id, const QString &name)
{
    return change(id, [&name](AnonymousSession &session) {
        session.setName(name);
        return Result<>();
    });
}

Result<AnonymousSession> AnonymousOnboarding::selectScenario(const QString &id,
                                                             const QString &scenario)
{
    return change(id, [&scenario](AnonymousSession &session) {
        session.selectScenario(scenario);
        return Result<>();
    });
}

Result<AnonymousSession> AnonymousOnboarding::complete(const QString &id)
{
    return change(id, [](AnonymousSession &session) { return session.complete(); });
}

Result<AnonymousSession> AnonymousOnboarding::completeStep(const QString &id, MobileStep step,
                                                           const Profile &profile)
{
    return change(id, [&](AnonymousSession &session) {
        session.complete(step, profile);
        return Result<>();
    });
}

Result<> AnonymousOnboarding::checkRegistrable(const QString &id)
{
    const auto found = m_ports.sessions.find(OpaqueToken::hashOf(id));
    if (!found)
        return failed(found);
    if (!*found || (*found)->expiresAt <= m_ports.now())
        return notRegistrable("Invalid or expired onboarding session");
    if ((*found)->user.isValid())
        return notRegistrable("Invalid onboarding session");
    if (!(*found)->isRegistrable())
        return notRegistrable("Onboarding not completed");
    return {};
}

Result<> AnonymousOnboarding::link(const QString &id, UserId user)
{
    const auto linked = m_ports.sessions.link(OpaqueToken::hashOf(id), user, m_ports.now());
    if (!linked)
        return failed(linked);
    if (!*linked)
        return notRegistrable("Invalid onboarding session");
    const StepSet steps = stepsOf(**linked);
    const auto changed = m_ports.users.change(user, [&steps](OnboardingRecord &record) {
        if (record.platform == Platform::Mobile)
            record.done.add(steps);
    });
    if (!changed)
        return failed(changed);
    return {};
}

} // namespace server::core
