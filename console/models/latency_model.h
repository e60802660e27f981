// How long each turn of the watched call took.
#pragma once

#include "shared/protocol/call.h"

#include <QAbstractListModel>

#include <vector>

namespace console::models {

/// One row per turn, ordered by its number. GUI thread.
class LatencyModel final : public QAbstractListModel
{
    Q_OBJECT

public:
    enum Role {
        TurnRole = Qt::UserRole + 1,
        IsGreetingRole,
        ModelMsRole,    ///< until the model's first audio; -1 when not seen
        ResponseMsRole, ///< until the first frame on the wire; -1 when not seen
        ScaleMsRole     ///< what a full bar stands for, the same for all rows
    };

    using QAbstractListModel::QAbstractListModel;

    int rowCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;

    void setTurns(const QList<protocol::TurnLatency> &turns);
    void upsert(const protocol::TurnLatency &turn);
    void clear();

    /// Median of the turns that were seen to the end; -1 when there are none.
    qint64 medianMs() const;

private:
    qint64 scaleMs() const;

    std::vector<protocol::TurnLatency> m_turns;
};

} // namespace console::models
