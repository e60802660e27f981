// The world around calls, in memory.
#pragma once

#include "server/core/calls/call_service.h"

#include <algorithm>

namespace calls_test {

using namespace server::core;

/// Calls in memory, with the same promises as the database.
class FakeCalls final : public CallStore
{
public:
    base::Result<Call> add(const Call &call) override
    {
        Call added = call;
        added.id = {qint64(rows.size()) + 1};
        rows.push_back(added);
        return added;
    }
    base::Result<void> setSid(base::CallId id, const QString &callSid, CallStatus status) override
    {
        row(id).callSid = callSid;
        row(id).status = status;
        return {};
    }
    base::Result<bool> adoptSid(base::CallId id, const QString &callSid) override
    {
        if (!row(id).callSid.isEmpty())
            return false;
        row(id).callSid = callSid;
        return true;
    }
    base::Result<std::optional<Call>> byId(base::CallId id) override
    {
        return id.value >= 1 && id.value <= qint64(rows.size()) ? std::optional(row(id))
                                                                : std::nullopt;
    }
    base::Result<std::optional<Call>> bySid(const QString &callSid) override
    {
        for (const Call &call : rows) {
            if (!callSid.isEmpty() && call.callSid == callSid)
                return std::optional(call);
        }
        return std::optional<Call>();
    }
    base::Result<std::vector<Call>> ofOwner(base::UserId, int, int) override { return rows; }
    base::Result<std::optional<Call>> underWay(base::UserId owner, const QString &number,
                                               const QString &scenario,
                                               const QDateTime &since) override
    {
        const auto call = std::find_if(rows.rbegin(), rows.rend(), [&](const Call &one) {
            return one.owner == owner && one.phoneNumber == number && one.scenario == scenario
                   && one.createdAt >= since && !isFinal(one.status);
        });
        return call == rows.rend() ? std::nullopt : std::optional(*call);
    }
    base::Result<void> setMediaToken(base::CallId id, const QByteArray &hash,
                                     const QDateTime &expires) override
    {
        token = {id, hash, expires};
        return {};
    }
    base::Result<std::optional<Call>> redeemMediaToken(const QByteArray &hash,
                                                       const QDateTime &now) override
    {
        if (hash != token.hash || now >= token.expires)
            return std::optional<Call>();
        token.hash.clear();
        return std::optional(row(token.id));
    }
    base::Result<bool> setStatus(base::CallId id, CallStatus status, const QDateTime &,
                                 std::optional<int>, const QString &reason) override
    {
        if (isFinal(row(id).status))
            return false;
        row(id).status = status;
        row(id).endReason = reason;
        return true;
    }
    base::Result<void> setEndReason(base::CallId id, const QString &reason) override
    {
        row(id).endReason = reason;
        return {};
    }
    base::Result<void> setAnsweredBy(base::CallId id, const QString &answeredBy) override
    {
        row(id).answeredBy = answeredBy;
        return {};
    }
    base::Result<void> setRecordingSid(base::CallId id, const QString &sid) override
    {
        row(id).recordingSid = sid;
        return {};
    }
    base::Result<void> storeEnding(const CallEnding &) override { return {}; }
    base::Result<std::optional<protocol::CallDetail>> detail(base::CallId) override
    {
        return std::optional<protocol::CallDetail>();
    }
    base::Result<int> closeAbandoned(const QDateTime &, const QDateTime &) override { return 0; }

    Call &row(base::CallId id) { return rows[size_t(id.value) - 1]; }

    std::vector<Call> rows;
    struct
    {
        base::CallId id;
        QByteArray hash;
        QDateTime expires;
    } token;
};

/// Lets every call pass, and writes down its row; or refuses.
class FakeReserver final : public CallReserver
{
public:
    explicit FakeReserver(FakeCalls &calls) : m_calls(calls) {}
    base::Result<Call> reserve(const Call &call) const override
    {
        if (isRefusing)
            return base::fail(base::Fault::PaymentRequired,
                              QStringLiteral("Upgrade to keep calling."),
                              QStringLiteral("trial_exhausted"));
        return m_calls.add(call);
    }
    bool isRefusing = false;

private:
    FakeCalls &m_calls;
};

} // namespace calls_test
