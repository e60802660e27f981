// The calls that are alive now.
#pragma once

#include "console/models/meter_ballistics.h"
#include "shared/protocol/live.h"

#include <QAbstractTableModel>
#include <QDateTime>
#include <QHash>
#include <QList>

#include <optional>
#include <vector>

namespace console::models {

/// One row per live call, ordered by call id, so that a row never jumps under the reader's eye.
/// GUI thread. A snapshot is merged, not reset: selection and scroll position survive a reconnect.
class LiveCallsModel final : public QAbstractTableModel
{
    Q_OBJECT

public:
    enum Column {
        StateColumn,
        CallerColumn, ///< meter
        AgentColumn,  ///< meter
        PhoneColumn,
        AccountColumn,
        ScenarioColumn,
        DurationColumn,
        LastWordsColumn,
        LatencyColumn,
        ColumnCount
    };
    enum Role {
        CallIdRole = Qt::UserRole + 1,
        StateRole,       ///< int of protocol::CallState
        BarRole,         ///< meter position 0...1
        PeakRole,        ///< held peak 0...1
        IsListenedRole,  ///< we hear this call
        LastSpeakerRole, ///< "caller", "agent" or empty
        LatencyRole,     ///< ms, -1 for none
        NearLimitRole,   ///< nine tenths of the allowed duration are over
        IsAnsweredRole
    };

    using QAbstractTableModel::QAbstractTableModel;

    int rowCount(const QModelIndex &parent = {}) const override;
    int columnCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

    void applySnapshot(const QList<protocol::LiveCall> &calls);
    void applyDelta(const QList<protocol::LiveCall> &changed, const QList<qint64> &removed,
                    const QList<protocol::CallLevels> &levels);
    void clear();

    /// Lets meters fall and durations tick. One ranged signal per kind of change.
    void advance(const QDateTime &now, std::chrono::milliseconds elapsed);
    void setListened(qint64 callId);
    /// No levels arrive any more: all meters fall to the ground.
    void silence();

    std::optional<protocol::LiveCall> call(qint64 callId) const;
    const protocol::LiveCall &callAt(int row) const { return m_rows[size_t(row)].call; }
    int rowOf(qint64 callId) const; ///< -1 when there is none
    int talkingCount() const;

private:
    struct Row
    {
        protocol::LiveCall call;
        MeterBallistics caller;
        MeterBallistics agent;
    };

    size_t positionFor(qint64 callId) const;
    void upsert(const protocol::LiveCall &call);
    void remove(qint64 callId);
    void applyLevels(const QList<protocol::CallLevels> &levels);
    QVariant displayText(const Row &row, int column) const;
    QVariant accessibleText(const Row &row, int column) const;
    QVariant toolTip(const Row &row, int column) const;
    QVariant meterData(const MeterBallistics &meter, int role) const;
    QString durationText(const Row &row) const;
    qint64 secondsOf(const Row &row) const;

    std::vector<Row> m_rows;
    QDateTime m_now = QDateTime::currentDateTimeUtc();
    qint64 m_listened = 0;
};

/// The word a person reads for a state.
QString stateText(protocol::CallState state);
/// "2:07" or "1:02:07".
QString clockText(qint64 seconds);

} // namespace console::models
