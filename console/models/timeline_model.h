// What happened in the watched call, step by step.
#pragma once

#include "shared/protocol/call.h"

#include <QAbstractListModel>

#include <vector>

namespace console::models {

/// One row per event, in the order of their times; events of one moment keep their order of
/// arrival. GUI thread.
class TimelineModel final : public QAbstractListModel
{
    Q_OBJECT

public:
    enum Role { AtRole = Qt::UserRole + 1, NameRole, DetailRole, TimeTextRole };

    using QAbstractListModel::QAbstractListModel;

    int rowCount(const QModelIndex &parent = {}) const override;
    QVariant data(const QModelIndex &index, int role) const override;

    void setEvents(const QList<protocol::TimelineEvent> &events);
    void append(const protocol::TimelineEvent &event);
    void clear();

private:
    std::vector<protocol::TimelineEvent> m_events;
};

/// "0:03.4": a moment within a call.
QString momentText(qint64 ms);

} // namespace console::models
