#include "console/models/latency_model.h"

#include <algorithm>

namespace console::models {

using protocol::TurnLatency;

namespace {

constexpr qint64 kSmallestScaleMs = 1000;

qint64 modelMs(const TurnLatency &turn)
{
    if (turn.firstModelAudioMs < 0)
        return -1;
    return std::max(qint64(0), turn.firstModelAudioMs - std::max(qint64(0), turn.callerStoppedMs));
}

} // namespace

int LatencyModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_turns.size());
}

QVariant LatencyModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const TurnLatency &turn = m_turns[size_t(index.row())];
    const qint64 response = turn.responseMs();
    switch (role) {
    case Qt::DisplayRole:
        return response < 0 ? tr("…") : tr("%1 ms").arg(response);
    case Qt::AccessibleTextRole:
        return response < 0 ? tr("Turn %1: not answered yet").arg(turn.turn)
                            : tr("Turn %1: %2 ms").arg(turn.turn).arg(response);
    case Qt::ToolTipRole:
        if (response < 0 || modelMs(turn) < 0)
            return {};
        return tr("Model's first audio after %1 ms, first frame sent after %2 ms")
            .arg(modelMs(turn))
            .arg(response);
    case TurnRole:
        return turn.turn;
    case IsGreetingRole:
        return turn.callerStoppedMs < 0;
    case ModelMsRole:
        return modelMs(turn);
    case ResponseMsRole:
        return response;
    case ScaleMsRole:
        return scaleMs();
    default:
        return {};
    }
}

void LatencyModel::setTurns(const QList<TurnLatency> &turns)
{
    beginResetModel();
    m_turns.assign(turns.begin(), turns.end());
    std::stable_sort(m_turns.begin(), m_turns.end(),
                     [](const TurnLatency &a, const TurnLatency &b) { return a.turn < b.turn; });
    endResetModel();
}

void LatencyModel::upsert(const TurnLatency &turn)
{
    const qint64 scaleBefore = scaleMs();
    const auto place =
        std::lower_bound(m_turns.begin(), m_turns.end(), turn.turn,
                         [](const TurnLatency &a, int number) { return a.turn < number; });
    const int row = int(place - m_turns.begin());
    if (place != m_turns.end() && place->turn == turn.turn) {
        *place = turn;
        emit dataChanged(index(row), index(row));
    } else {
        beginInsertRows({}, row, row);
        m_turns.insert(place, turn);
        endInsertRows();
    }
    if (scaleMs() != scaleBefore)
        emit dataChanged(index(0), index(rowCount() - 1), {ScaleMsRole});
}

void LatencyModel::clear()
{
    setTurns({});
}

qint64 LatencyModel::medianMs() const
{
    std::vector<qint64> seen;
    for (const TurnLatency &turn : m_turns) {
        if (turn.responseMs() >= 0)
            seen.push_back(turn.responseMs());
    }
    if (seen.empty())
        return -1;
    const auto middle = seen.begin() + std::ptrdiff_t((seen.size() - 1) / 2);
    std::nth_element(seen.begin(), middle, seen.end());
    return *middle;
}

qint64 LatencyModel::scaleMs() const
{
    qint64 largest = kSmallestScaleMs;
    for (const TurnLatency &turn : m_turns)
        largest = std::max(largest, turn.responseMs());
    return largest;
}

} // namespace console::models
