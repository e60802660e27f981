#include "console/models/live_calls_model.h"

#include <QCoreApplication>
#include <QSet>

#include <algorithm>

namespace console::models {

using protocol::CallState;

QString stateText(CallState state)
{
    switch (state) {
    case CallState::Dialing:
        return LiveCallsModel::tr("Dialing");
    case CallState::Ringing:
        return LiveCallsModel::tr("Ringing");
    case CallState::Connecting:
        return LiveCallsModel::tr("Connecting");
    case CallState::Talking:
        return LiveCallsModel::tr("Talking");
    case CallState::Ending:
        return LiveCallsModel::tr("Ending");
    case CallState::Ended:
        return LiveCallsModel::tr("Ended");
    }
    return {};
}

QString clockText(qint64 seconds)
{
    const auto twoDigits = [](qint64 value) {
        return QStringLiteral("%1").arg(value, 2, 10, QLatin1Char('0'));
    };
    const qint64 minutes = seconds / 60;
    if (minutes < 60)
        return QStringLiteral("%1:%2").arg(minutes).arg(twoDigits(seconds % 60));
    return QStringLiteral("%1:%2:%3")
        .arg(minutes / 60)
        .arg(twoDigits(minutes % 60), twoDigits(seconds % 60));
}

int LiveCallsModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_rows.size());
}

int LiveCallsModel::columnCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant LiveCallsModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const Row &row = m_rows[size_t(index.row())];
    switch (role) {
    case Qt::DisplayRole:
        return displayText(row, index.column());
    case Qt::AccessibleTextRole:
        return accessibleText(row, index.column());
    case Qt::ToolTipRole:
        return toolTip(row, index.column());
    case CallIdRole:
        return row.call.id;
    case StateRole:
        return int(row.call.state);
    case IsListenedRole:
        return row.call.id == m_listened;
    case LastSpeakerRole:
        return row.call.lastSpeaker;
    case LatencyRole:
        return row.call.latencyMs;
    case IsAnsweredRole:
        return row.call.answeredAt.isValid();
    case NearLimitRole:
        return row.call.durationLimitSeconds > 0
               && secondsOf(row) * 10 >= qint64(row.call.durationLimitSeconds) * 9;
    case BarRole:
    case PeakRole:
        if (index.column() == CallerColumn)
            return meterData(row.caller, role);
        return index.column() == AgentColumn ? meterData(row.agent, role) : QVariant();
    default:
        return {};
    }
}

QVariant LiveCallsModel::meterData(const MeterBallistics &meter, int role) const
{
    return role == BarRole ? meter.bar() : meter.peak();
}

QVariant LiveCallsModel::displayText(const Row &row, int column) const
{
    const protocol::LiveCall &call = row.call;
    switch (column) {
    case StateColumn:
        return stateText(call.state);
    case PhoneColumn:
        return call.phoneNumber;
    case AccountColumn:
        return call.account.isEmpty() ? tr("no account") : call.account;
    case ScenarioColumn:
        return call.scenarioTitle.isEmpty() ? call.scenario : call.scenarioTitle;
    case DurationColumn:
        return durationText(row);
    case LastWordsColumn:
        return call.lastWords;
    case LatencyColumn:
        return call.latencyMs < 0 ? QString() : tr("%1 ms").arg(call.latencyMs);
    default:
        return {};
    }
}

QVariant LiveCallsModel::accessibleText(const Row &row, int column) const
{
    switch (column) {
    case StateColumn:
        return row.call.id == m_listened ? tr("%1, listening").arg(stateText(row.call.state))
                                         : stateText(row.call.state);
    case CallerColumn:
        return tr("Caller level %1 dB").arg(qRound(row.caller.decibel()));
    case AgentColumn:
        return tr("Agent level %1 dB").arg(qRound(row.agent.decibel()));
    case LastWordsColumn:
        if (row.call.lastSpeaker.isEmpty())
            return row.call.lastWords;
        return row.call.lastSpeaker == QLatin1String("agent")
                   ? tr("Agent: %1").arg(row.call.lastWords)
                   : tr("Caller: %1").arg(row.call.lastWords);
    default:
        return displayText(row, column);
    }
}

QVariant LiveCallsModel::toolTip(const Row &row, int column) const
{
    switch (column) {
    case StateColumn:
        return row.call.listeners > 0 ? tr("%1 · %n listener(s)", nullptr, row.call.listeners)
                                            .arg(stateText(row.call.state))
                                      : stateText(row.call.state);
    case LatencyColumn:
        return tr("From the caller's last word to the agent's first sound, latest turn");
    case CallerColumn:
    case AgentColumn:
        return accessibleText(row, column);
    default:
        return displayText(row, column);
    }
}

QVariant LiveCallsModel::headerData(int section, Qt::Orientation orientation, int role) const
{
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole && (section == DurationColumn || section == LatencyColumn))
        return int(Qt::AlignRight | Qt::AlignVCenter);
    if (role != Qt::DisplayRole)
        return {};
    switch (section) {
    case StateColumn:
        return tr("State");
    case CallerColumn:
        return tr("Caller");
    case AgentColumn:
        return tr("Agent");
    case PhoneColumn:
        return tr("Phone");
    case AccountColumn:
        return tr("Account");
    case ScenarioColumn:
        return tr("Scenario");
    case DurationColumn:
        return tr("Duration");
    case LastWordsColumn:
        return tr("Last words");
    case LatencyColumn:
        return tr("Latency");
    default:
        return {};
    }
}

qint64 LiveCallsModel::secondsOf(const Row &row) const
{
    if (!row.call.answeredAt.isValid())
        return 0;
    return std::max(qint64(0), row.call.answeredAt.secsTo(m_now));
}

QString LiveCallsModel::durationText(const Row &row) const
{
    if (!row.call.answeredAt.isValid())
        return {};
    QString elapsed = clockText(secondsOf(row));
    if (row.call.durationLimitSeconds <= 0)
        return elapsed;
    return tr("%1 of %2").arg(elapsed, clockText(row.call.durationLimitSeconds));
}

size_t LiveCallsModel::positionFor(qint64 callId) const
{
    const auto place = std::lower_bound(m_rows.begin(), m_rows.end(), callId,
                                        [](const Row &row, qint64 id) { return row.call.id < id; });
    return size_t(place - m_rows.begin());
}

int LiveCallsModel::rowOf(qint64 callId) const
{
    const size_t position = positionFor(callId);
    return position < m_rows.size() && m_rows[position].call.id == callId ? int(position) : -1;
}

std::optional<protocol::LiveCall> LiveCallsModel::call(qint64 callId) const
{
    const int row = rowOf(callId);
    return row < 0 ? std::nullopt : std::optional(callAt(row));
}

int LiveCallsModel::talkingCount() const
{
    return int(std::count_if(m_rows.begin(), m_rows.end(),
                             [](const Row &row) { return row.call.state == CallState::Talking; }));
}

void LiveCallsModel::applySnapshot(const QList<protocol::LiveCall> &calls)
{
    QSet<qint64> present;
    for (const protocol::LiveCall &call : calls)
        present.insert(call.id);
    for (int row = int(m_rows.size()) - 1; row >= 0; --row) {
        if (const qint64 id = callAt(row).id; !present.contains(id))
            remove(id);
    }
    for (const protocol::LiveCall &call : calls)
        upsert(call);
}

void LiveCallsModel::applyDelta(const QList<protocol::LiveCall> &changed,
                                const QList<qint64> &removed,
                                const QList<protocol::CallLevels> &levels)
{
    for (const protocol::LiveCall &call : changed)
        upsert(call);
    for (const qint64 id : removed)
        remove(id);
    applyLevels(levels);
}

void LiveCallsModel::clear()
{
    if (m_rows.empty())
        return;
    beginResetModel();
    m_rows.clear();
    endResetModel();
}

void LiveCallsModel::upsert(const protocol::LiveCall &call)
{
    const size_t position = positionFor(call.id);
    if (position < m_rows.size() && m_rows[position].call.id == call.id) {
        if (m_rows[position].call == call)
            return;
        m_rows[position].call = call;
        emit dataChanged(index(int(position), 0), index(int(position), ColumnCount - 1));
        return;
    }
    beginInsertRows({}, int(position), int(position));
    m_rows.insert(m_rows.begin() + std::ptrdiff_t(position), Row{call, {}, {}});
    endInsertRows();
}

void LiveCallsModel::remove(qint64 callId)
{
    const int row = rowOf(callId);
    if (row < 0)
        return;
    beginRemoveRows({}, row, row);
    m_rows.erase(m_rows.begin() + row);
    endRemoveRows();
}

void LiveCallsModel::applyLevels(const QList<protocol::CallLevels> &levels)
{
    int first = rowCount();
    int last = -1;
    for (const protocol::CallLevels &level : levels) {
        const int row = rowOf(level.id);
        if (row < 0)
            continue;
        m_rows[size_t(row)].caller.set(level.caller);
        m_rows[size_t(row)].agent.set(level.agent);
        first = std::min(first, row);
        last = std::max(last, row);
    }
    if (last >= 0)
        emit dataChanged(index(first, CallerColumn), index(last, AgentColumn),
                         {BarRole, PeakRole, Qt::AccessibleTextRole, Qt::ToolTipRole});
}

void LiveCallsModel::advance(const QDateTime &now, std::chrono::milliseconds elapsed)
{
    const bool isNewSecond = now.toSecsSinceEpoch() != m_now.toSecsSinceEpoch();
    m_now = now;
    if (m_rows.empty())
        return;
    int first = rowCount();
    int last = -1;
    for (int row = 0; row < rowCount(); ++row) {
        Row &meters = m_rows[size_t(row)];
        const bool callerMoved = meters.caller.advance(elapsed);
        const bool agentMoved = meters.agent.advance(elapsed);
        if (callerMoved || agentMoved) {
            first = std::min(first, row);
            last = row;
        }
    }
    if (last >= 0)
        emit dataChanged(index(first, CallerColumn), index(last, AgentColumn), {BarRole, PeakRole});
    if (isNewSecond)
        emit dataChanged(index(0, DurationColumn), index(rowCount() - 1, DurationColumn),
                         {Qt::DisplayRole, Qt::AccessibleTextRole, NearLimitRole});
}

void LiveCallsModel::silence()
{
    for (Row &row : m_rows) {
        row.caller.set(0);
        row.agent.set(0);
    }
}

void LiveCallsModel::setListened(qint64 callId)
{
    const qint64 before = std::exchange(m_listened, callId);
    for (const qint64 id : {before, callId}) {
        if (const int row = rowOf(id); row >= 0)
            emit dataChanged(index(row, 0), index(row, ColumnCount - 1));
    }
}

} // namespace console::models
