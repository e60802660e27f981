// Faults on demand: what shall go wrong, when and how often.
#pragma once

#include <QJsonObject>
#include <QList>
#include <QString>

#include <chrono>
#include <optional>

namespace sandbox {

enum class FaultKind {
    Drop,    ///< the socket dies without a word
    Stall,   ///< nothing is sent any more, the socket stays
    Garbage, ///< messages that make no sense, then business as usual
    Slow,    ///< model: audio slower than real time
    Gap,     ///< phone: a second of caller audio is missing
    TooMany, ///< "429": the next request is refused
    Refuse,  ///< model: the handshake is refused with 503; phone: REST answers 503
};

struct PlannedFault
{
    FaultKind kind = FaultKind::Drop;
    std::chrono::milliseconds after{0}; ///< counted from the beginning of the session or stream
    int count = 1; ///< how many requests or sessions it hits; -1: all from now on
};

std::optional<FaultKind> faultKind(const QString &name);

/// The faults of one side. A test or the control port fills it; sessions and requests take from it.
class FaultPlan
{
public:
    void add(const PlannedFault &fault) { m_planned.append(fault); }
    void clear() { m_planned.clear(); }
    /// Takes a fault that refuses a request (TooMany, Refuse, and Drop when `dropToo`).
    std::optional<PlannedFault> takeRefusal(bool dropToo = false);
    /// Takes a fault that hits a running session or stream.
    std::optional<PlannedFault> takeDisturbance();
    bool isEmpty() const { return m_planned.isEmpty(); }

private:
    PlannedFault take(qsizetype index);

    QList<PlannedFault> m_planned;
};

} // namespace sandbox
