#include "console/models/timeline_model.h"

#include <algorithm>

namespace console::models {

using protocol::TimelineEvent;

QString momentText(qint64 ms)
{
    const qint64 tenths = std::max(qint64(0), ms) / 100;
    return QStringLiteral("%1:%2.%3")
        .arg(tenths / 600)
        .arg((tenths / 10) % 60, 2, 10, QLatin1Char('0'))
        .arg(tenths % 10);
}

int TimelineModel::rowCount(const QModelIndex &parent) const
{
    return parent.isValid() ? 0 : int(m_events.size());
}

QVariant TimelineModel::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    const TimelineEvent &event = m_events[size_t(index.row())];
    switch (role) {
    case Qt::DisplayRole:
    case Qt::ToolTipRole:
        return event.detail.isEmpty() ? event.name
                                      : QStringLiteral("%1 · %2").arg(event.name, event.detail);
    case Qt::AccessibleTextRole:
        return QStringLiteral("%1 %2 %3").arg(momentText(event.atMs), event.name, event.detail);
    case AtRole:
        return event.atMs;
    case NameRole:
        return event.name;
    case DetailRole:
        return event.detail;
    case TimeTextRole:
        return momentText(event.atMs);
    default:
        return {};
    }
}

void TimelineModel::setEvents(const QList<TimelineEvent> &events)
{
    beginResetModel();
    m_events.assign(events.begin(), events.end());
    std::stable_sort(
        m_events.begin(), m_events.end(),
        [](const TimelineEvent &a, const TimelineEvent &b) { return a.atMs < b.atMs; });
    endResetModel();
}

void TimelineModel::append(const TimelineEvent &event)
{
    const auto place = std::upper_bound(
        m_events.begin(), m_events.end(), event,
        [](const TimelineEvent &a, const TimelineEvent &b) { return a.atMs < b.atMs; });
    const int row = int(place - m_events.begin());
    beginInsertRows({}, row, row);
    m_events.insert(place, event);
    endInsertRows();
}

void TimelineModel::clear()
{
    setEvents({});
}

} // namespace console::models
